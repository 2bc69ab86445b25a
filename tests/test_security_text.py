"""No text of the data becomes markup: every card, page and figure, from data whose every text is an attack.

The same pages are made from the real data and from hostile data. What the hostile ones hold more in tags or
attributes, a text has put there.
"""

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.test_pages import PAGES, Seen, look
from tumen import cards, check, descriptor
from tumen import records as loading
from tumen.app.store import STORE
from tumen.records import DATA, Records

ATTACK = (
    '<script>owned()</script><img src=x onerror=owned()><svg onload=owned()> "\' onmouseover=owned() x=" '
    '<a href="http://evil.example/">here</a> <b>loud</b> &lt;i&gt; {{ 7 * 7 }} {% raw %} ${owned()} '
    "![x](http://evil.example/x.png) [x](javascript:owned()) \u202egpj.exe\u2066 \x00 \u2028 "
    "</textarea></style>--> "
)
TODAY = date(2026, 11, 1)
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
Kind = tuple[str, frozenset[str]]


class Tags(HTMLParser):
    """The kinds of elements in a page: name and attributes; and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[Kind] = set()
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kinds.add((tag, frozenset(name for name, _ in attrs)))
        self.targets |= {value or "" for name, value in attrs if name in ("href", "src", "action")}


def tags(html: str) -> Tags:
    parser = Tags()
    parser.feed(html)
    return parser


@pytest.fixture(scope="module")
def hostile() -> Records:
    """The real records with the attack before every text that is no code, date, number or address."""
    tables, _ = check.read(DATA)
    package = descriptor.read(DATA)
    for table in package.tables:
        frame = tables[table.name]
        for column in table.columns:
            if column.is_text and not column.is_list:
                frame[column.name] = ATTACK + frame[column.name]
    made = Records(loading._prepare({**tables}), "hostile")
    assert made["transfers"]["item"].str.startswith(ATTACK).all()
    assert made["sources"]["title"].str.startswith(ATTACK).all()
    return made


def all_cards(records: Records) -> Iterator[tuple[str, str]]:
    """A dozen cards of every kind, of today and turned back, with their references."""
    for kind, table in cards.TABLES.items():
        names = list(records[table].index)
        for name in names[:: max(1, len(names) // 12)]:
            for as_of in (None, date(2024, 3, 1)):
                yield f"{kind}:{name}", str(cards.card(records, kind, name, as_of, level=2, today=TODAY))


def test_cards_hold_only_the_tags_of_their_templates(records: Records, hostile: Records) -> None:
    allowed: set[Kind] = set()
    for _, html in all_cards(records):
        allowed |= tags(html).kinds
    found = dict(all_cards(hostile))
    assert len(found) > 80
    assert any("&lt;script&gt;owned()" in html for html in found.values()), "the attack was not shown"
    for reference, html in found.items():
        judge(reference, html, allowed)


def judge(where: str, html: str, allowed: set[Kind]) -> None:
    parsed = tags(html)
    assert parsed.kinds <= allowed, (where, parsed.kinds - allowed)
    assert not {tag for tag, _ in parsed.kinds} & {"script", "img", "iframe", "object", "form"}, where
    assert not [name for _, names in parsed.kinds for name in names if name.startswith("on")], where
    assert not [to for to in parsed.targets if not re.match(r"https?://[\w.-]|/|\?|#", to)], where
    assert not [to for to in parsed.targets if "evil.example" in to.partition("?")[0]], where
    assert not TURNING.search(html), where


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, hostile: Records) -> None:
    """The app shows the hostile records."""
    monkeypatch.setattr(STORE, "good", hostile)
    monkeypatch.setattr(STORE, "_looked", float("inf"))


@pytest.fixture(scope="module")
def clean() -> dict[str, Seen]:
    """Every page from the real records."""
    return {page: look(page, query(page)) for page in PAGES}


def query(page: str) -> dict[str, str]:
    return {"record": "transfer:prk-rus-munitions-containers"} if page == "record" else {}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_only_the_tags_of_its_templates(page: str, clean: dict[str, Seen], shown: None) -> None:
    allowed = {kind for seen in clean.values() for kind in tags(seen.html).kinds}
    judge(page, look(page, query(page)).html, allowed)


@pytest.mark.parametrize("page", PAGES)
def test_no_figure_takes_markup_from_a_text(page: str, clean: dict[str, Seen], shown: None) -> None:
    """plotly understands a few tags, links among them: <a>, <b>, <br>, <i>, <sub>, <sup>, <span>."""
    for name, figure in look(page, query(page)).figures.items():
        for text in texts(figure):
            assert not re.search(r"<(a|b|script|img|svg)\b[^>]*>?(here|loud|owned|\s*href)", text), (
                name,
                text[:300],
            )
            assert "<a " not in text and "<script" not in text and "<b>loud" not in text, (name, text[:300])


def texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


def test_a_spreadsheet_formula_or_markup_is_refused_by_the_check(tmp_path: Path) -> None:
    column = next(c for t in descriptor.read(DATA).tables for c in t.columns if c.is_text)
    from tumen import cells

    assert cells.first_fault(cells.rules_for(column), column, "<b>loud</b>") is not None
    assert cells.first_fault(cells.rules_for(column), column, "turned \u202e round") is not None
    assert cells.first_fault(cells.rules_for(column), column, "plain words") is None


def test_the_parser_of_this_test_sees_what_a_text_adds() -> None:
    allowed = tags('<p class="a"><a href="/x">y</a></p>').kinds
    for attack in ("<p>", '<p class="a" onclick="z">', "<script>1</script>", "<svg/onload=owned()>"):
        assert not tags(attack).kinds <= allowed
    with pytest.raises(AssertionError):
        judge("", '<a href="javascript:owned()">x</a>', {("a", frozenset({"href"}))})
