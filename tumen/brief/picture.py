"""A picture of a chart, and the only door by which an SVG from outside comes in.

A reader's browser draws the charts and sends the pictures here, to be put into the reader's own document.
Whatever comes is read as XML and written anew from what is known to be harmless.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError, ParserCreate

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
LARGEST_SVG, LARGEST_PNG = 3_000_000, 8_000_000  # bytes
MOST_ELEMENTS, DEEPEST = 60_000, 60
LARGEST_SIDE = 6000  # pixels

_ELEMENTS = """
svg g defs clipPath path rect circle ellipse line polyline polygon text tspan title use pattern
linearGradient stop"""
_ATTRIBUTES = """
id class transform d x y x1 y1 x2 y2 cx cy r rx ry dx dy width height viewBox points
preserveAspectRatio clip-path clip-rule fill fill-opacity fill-rule stroke stroke-width
stroke-opacity stroke-dasharray stroke-linecap stroke-linejoin stroke-miterlimit opacity font-family
font-size font-weight font-style text-anchor dominant-baseline direction style offset stop-color
stop-opacity patternUnits gradientUnits clipPathUnits href shape-rendering vector-effect"""
_STYLES = """
fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-linecap
stroke-linejoin stroke-miterlimit opacity font-family font-size font-weight font-style
font-variant text-anchor white-space vector-effect shape-rendering display visibility paint-order
stop-color stop-opacity text-shadow line-height letter-spacing text-decoration text-transform"""
ELEMENTS, ATTRIBUTES, STYLES = (frozenset(words.split()) for words in (_ELEMENTS, _ATTRIBUTES, _STYLES))
OUTSIDE = re.compile(r"url\((?!\s*['\"]?#)|@|\\|expression|javascript:|data:|//", re.IGNORECASE)
LOCAL = re.compile(r"url\(\s*['\"]?#([\w.:-]+)['\"]?\s*\)")
NAME = re.compile(r"[\w.:-]+")


class BadPicture(ValueError):
    """What came is no picture that we take."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG (markup that is safe to put into HTML) and as PNG; the size is in CSS pixels."""

    svg: str
    png: bytes
    width: int
    height: int


def picture(name: str, svg: str, png: bytes) -> Picture:
    """Take a picture from outside.

    Args:
        name: of the chart; set before every id, so that several pictures can stand on one page.
        svg: the text of an SVG with a width and a height.
        png: the same as PNG.

    Raises:
        BadPicture: if either is too large, or is not what it should be.
    """
    root = _parsed(svg)
    width, height = (_size(root.get(side, "")) for side in ("width", "height"))
    if not png.startswith(b"\x89PNG\r\n\x1a\n") or len(png) > LARGEST_PNG or len(png) < 33:
        raise BadPicture("the PNG is none, or too large")
    if max(struct.unpack(">II", png[16:24])) > 2 * LARGEST_SIDE:
        raise BadPicture("the PNG has too many dots")
    clean = _clean(root, f"{name}-")
    if not root.get("viewBox"):
        clean.set("viewBox", f"0 0 {width} {height}")
    return Picture(ElementTree.tostring(clean, encoding="unicode"), png, width, height)


def _parsed(svg: str) -> Element:
    """The root of an SVG without a document type, of bounded size and depth."""
    if len(svg.encode("utf-8", "surrogatepass")) > LARGEST_SVG:
        raise BadPicture("the SVG is too large")
    try:
        _measure(svg)
        root = ElementTree.fromstring(svg)
    except (ElementTree.ParseError, ExpatError, ValueError) as error:
        raise BadPicture(f"the SVG cannot be read: {error}") from error
    if root.tag != f"{{{SVG}}}svg":
        raise BadPicture("the picture is no SVG")
    return root


def _measure(svg: str) -> None:
    """Refuse entities, and what would take too long, before anything is built."""
    parser = ParserCreate()
    depth = count = 0

    def start(_: str, __: object) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise BadPicture("the SVG has too many elements")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise BadPicture("the SVG declares a document type")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(svg.encode(), True)


def _size(text: str) -> int:
    try:
        size = round(float(text.removesuffix("px")))
    except (ValueError, OverflowError) as error:
        raise BadPicture("the SVG has no size in pixels") from error
    if not 0 < size <= LARGEST_SIDE:
        raise BadPicture("the SVG has no sensible size")
    return size


def _clean(node: Element, prefix: str) -> Element:
    """The same element with nothing but what is allowed; children that are not allowed are left out."""
    made = Element(node.tag.rpartition("}")[2], dict(_attributes(node, prefix)))
    if made.tag == "svg":
        made.set("xmlns", SVG)
    made.text, made.tail = node.text, node.tail
    for child in node:
        if isinstance(child.tag, str) and _allowed(child):
            made.append(_clean(child, prefix))
    return made


def _allowed(node: Element) -> bool:
    space, _, name = node.tag.rpartition("}")
    return space == f"{{{SVG}" and name in ELEMENTS


def _attributes(node: Element, prefix: str) -> Iterator[tuple[str, str]]:
    for full, value in node.attrib.items():
        space, _, name = full.rpartition("}")
        if name not in ATTRIBUTES or space not in ("", f"{{{XLINK}"):
            continue
        if name == "href":
            if value.startswith("#") and NAME.fullmatch(value[1:]):
                yield "href", f"#{prefix}{value[1:]}"
        elif name == "id":
            if NAME.fullmatch(value):
                yield "id", prefix + value
        elif name == "style":
            yield "style", _style(value, prefix)
        elif not OUTSIDE.search(value):
            yield name, _local(value, prefix)


def _style(text: str, prefix: str) -> str:
    """The declarations that only say how something looks."""
    kept = []
    for declaration in text.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in STYLES and value and not OUTSIDE.search(value):
            kept.append(f"{name}: {_local(value, prefix)}")
    return "; ".join(kept)


def _local(value: str, prefix: str) -> str:
    """Point references within the picture to the new ids."""
    return LOCAL.sub(lambda found: f"url(#{prefix}{found[1]})", value)
