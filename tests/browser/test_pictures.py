"""A chart taken away as a picture: a file comes, for paper, with all its words and nothing from outside."""

import re
import struct
import zlib
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.browser.conftest import Visit
from tests.browser.reader import Reader
from tumen.figures.palette import DARK, LIGHT

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"
VIEW = "country=PRK&weapon_type=artillery-ammunition&as_of=2024-02-27"
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/2000/xmlns/")


def taken(reader: Reader, kind: str) -> tuple[str, bytes]:
    """The name and content of the file that a button gives, pressed by keyboard."""
    button = reader.page.get_by_role("button", name=re.compile(f"^Download as {kind}: "))
    with reader.page.expect_download() as waiting:
        button.focus()
        reader.page.keyboard.press("Enter")
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize(("page", "marks"), [("map", 15), ("figures", 10)])
def test_a_chart_becomes_an_svg_and_a_png_for_paper(visit: Visit, page: str, marks: int) -> None:
    reader = visit(viewport={"width": 390, "height": 844}, color_scheme="dark")
    reader.open(f"/{page}?{VIEW}")
    finding = reader.page.get_by_role("heading", level=1).inner_text()
    name, svg = taken(reader, "SVG")
    assert name == f"tumen-{page}-2024-02-27.svg"
    root = ElementTree.fromstring(svg)
    words = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    flat = re.sub(r"\s+", "", words)
    for wanted in (finding, "as known on 27 February 2024", "data version", "sources", reader.page.url):
        assert re.sub(r"\s+", "", wanted) in flat, wanted
    paths = [path.get("d", "") for path in root.iter(f"{SVG}path")]
    assert len(paths) > marks
    assert page != "map" or max(map(len, paths)) > 20_000  # the borders
    assert_alone(root)
    assert_on_the_sheet(root)
    text = svg.decode()
    assert DARK["text"] not in text and _rgb(DARK["text"]) not in text and _rgb(LIGHT["text"]) in text
    name, png = taken(reader, "PNG")
    assert name.endswith(".png") and png.startswith(b"\x89PNG")
    assert struct.unpack(">I", png[16:20])[0] >= 2100
    length, kind, across, down, unit, told = struct.unpack(">I4sIIBI", png[33:54])
    assert (length, kind, across, down, unit) == (9, b"pHYs", 11811, 11811, 1)  # 300 dots an inch
    assert told == zlib.crc32(png[37:50])


def _rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


def assert_alone(root: ElementTree.Element) -> None:
    """Nothing in an attribute leads anywhere but into the picture itself."""
    for node in root.iter():
        assert node.tag.rpartition("}")[2] not in ("script", "image", "foreignObject", "style"), node.tag
        for attribute, value in node.attrib.items():
            assert "://" not in value or value in NAMESPACES, (attribute, value)
            assert not re.search(r"url\((?!['\"]?#)", value), value


def assert_on_the_sheet(root: ElementTree.Element) -> None:
    """Our own lines of text stand within the sheet and do not touch each other."""
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    own = [node for node in root if node.tag == f"{SVG}text" and node.get("class")]
    lines = [(float(node.attrib["y"]), float(node.attrib["font-size"])) for node in own]
    assert width > 1000 and all(size <= y <= height for y, size in lines)
    assert all(after - size >= before for (before, _), (after, size) in pairwise(lines))
