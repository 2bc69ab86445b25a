"""The brief: complete, numbered, honest about the day, the same in all formats, proof against its data."""

import re
import shutil
import struct
import subprocess
import zlib
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree

import pytest
from docx import Document

from tests import plain
from tests.test_cards import poisoned
from tumen import brief, cite
from tumen.app.pictures import taken
from tumen.brief import BadPicture, Brief, Picture
from tumen.brief import pictures as drawn
from tumen.brief.picture import LARGEST_SVG, picture
from tumen.brief.text import plain as marked
from tumen.records import Records
from tumen.view import View, select

ON = date(2026, 11, 27)
ADDRESS = "https://tumen.example/map?country=PRK"
SHELLS = View(country=("PRK",), weapon_type=("artillery-ammunition",), as_of=date(2024, 2, 27))
MISSILES = View(country=("PRK",), weapon_type=("missiles",))
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5">{}</svg>'


def dots(wide: int = 1, high: int = 1) -> bytes:
    """A PNG of grey dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x80" * wide) * high
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def composed(records: Records, view: View, chosen: list[str] | None = None) -> Brief:
    return brief.compose(records, select(records, view), ADDRESS, ON, chosen)


def stills(parts: Brief) -> dict[str, Picture]:
    return {
        chart.name: picture(chart.name, SVG.format("<path d='M0 0L9 4'/>"), dots()) for chart in parts.charts
    }


# --- what stands in it -----------------------------------------------------------------------------


def test_a_small_view_has_the_card_of_every_transfer(records: Records) -> None:
    parts = composed(records, SHELLS)
    assert {card.id for card in parts.cards} == plain.transfers("PRK", "artillery-ammunition", "2024-02-27")
    assert not parts.rest.rows and parts.rule == "Every transfer in view has its card."


def test_a_large_view_has_the_most_important_cards_and_a_table_of_the_rest(records: Records) -> None:
    parts, state = composed(records, View()), select(records, View()).states
    assert len(parts.cards) == brief.MOST_CARDS
    assert len(parts.cards) + len(parts.rest.rows) == len(state)
    shown = {card.id for card in parts.cards}
    least = min((state.at[t, "evidence"], state.at[t, "origins"]) for t in shown)
    assert all((state.at[t, "evidence"], state.at[t, "origins"]) <= least for t in set(state.index) - shown)


def test_a_reader_may_choose_the_cards(records: Records) -> None:
    wanted = list(select(records, View()).transfers[3:5])
    assert [card.id for card in composed(records, View(), wanted).cards] == wanted
    assert composed(records, View(), []).cards == ()
    with pytest.raises(LookupError, match="nobody-knows"):
        composed(records, View(), ["nobody-knows"])


def test_every_contested_transfer_is_told_with_the_words_of_each_denial(records: Records) -> None:
    parts, said = composed(records, View()), plain.table("assertions")
    against = said[said["stance"].isin(["denies", "doubts"]) & said["transfer"].isin(plain.asserted())]
    assert len(parts.contested) == against["transfer"].nunique()
    told = [one for dispute in parts.contested for one in dispute.statements]
    assert sorted(one.says for one in told) == sorted(against["says"])


def test_an_earlier_day_knows_nothing_of_later_ones(records: Records) -> None:
    parts = composed(records, SHELLS)
    cited = plain.table("sources").set_index("id").loc[[source.id for source in parts.sources], "published"]
    assert parts.cards and max(cited) <= "2024-02-27"
    assert parts.not_found == () and parts.hindsight and not any(card.summary for card in parts.cards)
    assert composed(records, View()).not_found


def test_an_empty_view_makes_a_brief_that_says_so(records: Records) -> None:
    parts = composed(records, View(country=("PRK",), as_of=date(2000, 1, 1)))
    assert not (parts.charts or parts.cards or parts.sources or parts.contested)
    assert "0 of 0 transfers" in brief.markdown(parts) and "<svg" not in brief.html(parts, {})
    assert Document(BytesIO(brief.docx(parts, {}))).paragraphs


def test_sources_are_numbered_as_the_text_names_them(records: Records) -> None:
    parts = composed(records, MISSILES)
    html = brief.html(parts, {})
    named = list(dict.fromkeys(map(int, re.findall(r'href="#source-(\d+)"', html))))
    assert named == list(range(1, len(parts.sources) + 1)) == [source.number for source in parts.sources]
    for source in parts.sources[:20]:
        whole = f"{source.citation} {source.url}".strip().rstrip(".")
        assert whole == cite.source_citation(records, source.id).rstrip(".")


# --- the three formats -----------------------------------------------------------------------------


def test_all_formats_hold_the_same(records: Records) -> None:
    parts = composed(records, MISSILES)
    document = Document(BytesIO(brief.docx(parts, stills(parts))))
    word = "\n".join(
        [
            *(p.text for p in document.paragraphs),
            *(c.text for t in document.tables for r in t.rows for c in r.cells),
        ]
    )
    html = Words(brief.html(parts, stills(parts))).text
    wanted = [parts.finding, parts.sentence, parts.dated, parts.citation, parts.borders]
    wanted += [one.says for card in parts.cards for one in card.claims]
    wanted += [source.citation for source in parts.sources]
    wanted += [line.text for _, lines in parts.not_found for line in lines]
    text = brief.markdown(parts)
    for words in wanted:
        assert squeezed(words) in squeezed(html), words
        assert squeezed(words) in squeezed(word), words
        assert squeezed(marked(words)) in squeezed(text), words


def test_a_word_document_has_headings_pictures_with_words_and_sources_to_jump_to(records: Records) -> None:
    parts = composed(records, SHELLS)
    document = Document(BytesIO(brief.docx(parts, stills(parts))))
    styles = {p.style.name for p in document.paragraphs if p.style}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet"} <= styles
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described == [chart.alt for chart in parts.charts]
    xml = document.element.xml
    marks = set(re.findall(r'w:bookmarkStart [^>]*w:name="(source_\d+)"', xml))
    assert set(re.findall(r'w:anchor="(source_\d+)"', xml)) == marks != set()
    assert (
        document.core_properties.title == parts.finding and parts.version in document.core_properties.keywords
    )


def test_without_pictures_each_chart_is_told_in_words_and_a_table(records: Records) -> None:
    parts = composed(records, SHELLS)
    html = brief.html(parts, {})
    assert "<svg" not in html and html.count("made without pictures") == len(parts.charts) == 3
    assert all(chart.alt in Words(html).text and chart.table.rows for chart in parts.charts)


def test_the_page_says_itself_that_it_asks_nobody(records: Records) -> None:
    parts = composed(records, SHELLS)
    still, live = (brief.html(parts, stills(parts), interactive) for interactive in (False, True))
    assert 'default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"' in still
    assert "<script" not in still and len(still) < 1_000_000
    assert live.count("<script") == live.count("</script>") == 4
    for page in (still, live[: live.index("<script")]):
        assert not re.search(r"(?:src|srcset|data|action)=[\"']?https?:|@import|url\((?!#)", page)
    for href in re.findall(r'href="([^"]*)"', still):
        assert href.startswith(("#source-", "https://", "http://")), href


@pytest.mark.skipif(not shutil.which("pandoc"), reason="pandoc is not installed")
@pytest.mark.parametrize("kind", ["markdown", "gfm"])
def test_pandoc_reads_the_markdown_without_a_warning(records: Records, kind: str) -> None:
    parts = composed(records, MISSILES)
    done = subprocess.run(
        ["pandoc", "--fail-if-warnings", "-f", kind, "-t", "html"],
        input=brief.markdown(parts).encode(),
        capture_output=True,
    )
    assert done.returncode == 0 and done.stderr == b""
    html = done.stdout.decode()
    assert html.count("<table") == 4 + sum(bool(c.table.rows) for c in parts.charts) + bool(parts.rest.rows)
    assert html.count("<h3") >= len(parts.cards)


# --- hostile text ----------------------------------------------------------------------------------


class Words(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def hostile(records: Records) -> Brief:
    return composed(poisoned(records), MISSILES)


def assert_harmless(html: str) -> None:
    page = Words(html)
    assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "object", "form", "base", "link"}
    assert all(not name.startswith("on") for _, attrs in page.tags for name in attrs)
    hrefs = {attrs["href"] or "" for _, attrs in page.tags if attrs.get("href")}
    assert all(
        href.startswith(("#", "https://tumen.example/", "https://creativecommons.org/")) for href in hrefs
    )
    assert "<script>alert(1)</script>" in page.text and ":red[loud]" in page.text
    assert "\u202e" not in html and "\u2066" not in html


def test_hostile_text_stays_text_in_html(hostile: Brief) -> None:
    assert_harmless(brief.html(hostile, stills(hostile)))


@pytest.mark.skipif(not shutil.which("pandoc"), reason="pandoc is not installed")
@pytest.mark.parametrize("kind", ["markdown", "gfm"])
def test_hostile_text_stays_text_in_markdown(hostile: Brief, kind: str) -> None:
    done = subprocess.run(
        ["pandoc", "-f", kind, "-t", "html"],
        input=brief.markdown(hostile).encode(),
        capture_output=True,
        check=True,
    )
    assert_harmless(done.stdout.decode())


def test_hostile_text_stays_text_in_word(hostile: Brief) -> None:
    document = Document(BytesIO(brief.docx(hostile, stills(hostile))))
    text = "\n".join(p.text for p in document.paragraphs)
    assert "<script>alert(1)</script>" in text and "\u202e" not in text
    targets = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
    assert targets and all(
        t.startswith(("https://tumen.example/", "https://creativecommons")) for t in targets
    )


@pytest.mark.parametrize(
    "text", ["# head", "- item", "12. item", "a) item", "> said", "* x", "| a | b |", "<b>x</b>", "[x](y)",
             "_a_", "$x^2$", "&lt;", "=== x", ": x", "@smith", "~~x~~", "`x`", "(1) x", "\\begin{x}",
             "www.evil.example"],
)  # fmt: skip
def test_a_text_is_no_markdown(text: str) -> None:
    if not shutil.which("pandoc"):
        pytest.skip("pandoc is not installed")
    for kind in ("markdown", "gfm"):
        done = subprocess.run(
            ["pandoc", "-f", kind, "-t", "plain", "--wrap=none"],
            input=marked(text).encode(), capture_output=True, check=True,
        )  # fmt: skip
        assert done.stdout.decode().strip() == text


# --- pictures from outside -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>",
        "<image href='https://evil.example/x.png'/>",
        "<g onload='alert(1)'/>",
        "<a href='javascript:alert(1)'><text>x</text></a>",
        "<use href='https://evil.example/x.svg#a'/>",
        "<rect fill='url(https://evil.example/x)'/>",
        "<rect style='fill: url(//evil.example/x)'/>",
        "<rect style='background: red; behavior: url(#x)'/>",
        "<style>@import 'https://evil.example/x.css'</style>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
        "<rect style='fill: u\\72l(https://evil.example)'/>",
    ],
)
def test_nothing_harmful_comes_through_a_picture(inside: str) -> None:
    clean = picture("map", SVG.format(inside + "<path d='M0 0'/>"), dots()).svg
    root = ElementTree.fromstring(clean)
    names = {node.tag.rpartition("}")[2] for node in root.iter()}
    assert "path" in names and names <= {"svg", "path", "g", "rect", "use"}
    for sign in ("evil", "alert", "javascript", "onload", "behavior", "background"):
        assert sign not in clean


def test_a_pictures_own_references_are_kept_under_new_names() -> None:
    inside = (
        "<defs><clipPath id='a'><path d='M0 0'/></clipPath></defs>"
        "<g clip-path=\"url('#a')\" style='clip: x; fill: #fff; stroke: url(#a)'/><use href='#a'/>"
    )
    clean = picture("map", SVG.format(inside), dots()).svg
    assert 'id="map-a"' in clean and 'clip-path="url(#map-a)"' in clean and 'href="#map-a"' in clean
    assert 'style="fill: #fff; stroke: url(#map-a)"' in clean


@pytest.mark.parametrize(
    "svg",
    [
        "",
        "<svg",
        "<p/>",
        "<svg width='1' height='1'/>",
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" width="nan" height="1"/>',
        '<!DOCTYPE x [<!ENTITY a "b">]>' + SVG.format("&a;"),
        SVG.format("<g>" * 70 + "</g>" * 70),
        SVG.format("<g/>" * 70_000),
        SVG.format(" " * LARGEST_SVG),
        SVG.format("\ud800"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(svg: str) -> None:
    with pytest.raises(BadPicture):
        picture("map", svg, dots())


@pytest.mark.parametrize("png", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", dots()[:16] + b"\x7f" * 20])
def test_what_is_no_png_is_refused(png: bytes) -> None:
    with pytest.raises(BadPicture):
        picture("map", SVG.format(""), png)


@pytest.mark.parametrize(
    "answer", [None, 7, "x", {}, {"request": "r"}, {"request": "r", "pictures": 3}, {"request": "other"},
               {"request": "r", "pictures": {"map": None}}, {"request": "r", "pictures": {"map": {"svg": 1}}},
               {"request": "r", "pictures": {"map": {"svg": SVG.format(""), "png": "***"}}},
               {"request": "r", "pictures": {"other": {"svg": SVG.format(""), "png": ""}}}],
)  # fmt: skip
def test_a_strange_answer_of_a_browser_gives_no_picture(answer: object) -> None:
    assert taken(answer, "r", {"map": {}}) == {}


def test_without_a_browser_the_command_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TUMEN_BROWSER", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(drawn.NoPictures, match="TUMEN_BROWSER"):
        drawn.render({"map": {}})
    assert drawn.render({}) == {}


@pytest.mark.browser
def test_the_command_line_draws_all_charts_by_itself(records: Records) -> None:
    pytest.importorskip("kaleido")
    figures = brief.figures(records, select(records, SHELLS))
    found = drawn.render(figures)
    assert set(found) == {"map", "timeline", "figures"}
    assert max(map(len, re.findall(r' d="([^"]*)"', found["map"].svg))) > 20_000  # the borders
    for name, one in found.items():
        assert one.width == figures[name]["layout"]["width"]
        assert struct.unpack(">I", one.png[16:20])[0] >= 1800
