"""No figure stands on any page that cannot be followed to its assertions and their sources.

Every number that a template prints, other than the words of a record, stands in a link (see `followed`),
or is one of the few kinds that EXCEPTED names with a reason. And what a count leads to counts as many.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import parse_qs

import pytest

from tests import followed
from tests.followed import Number
from tests.test_pages import Query, Seen, flat, look
from tumen import browse, cards, derive, forecasts, gallery, geography, ladder, view
from tumen.app import frame
from tumen.figures import map as drawing
from tumen.records import Records
from tumen.templates import render
from tumen.view import View

PAGES = (
    *((page, {}) for page in frame.PAGES),
    *((page, {"country": "PRK", "as_of": "2024-02-27"}) for page in frame.PAGES),
    *((page, {"evidence": "3", "from": "2023-09-01"}) for page in ("overview", "map", "exchange", "figures")),
    ("quotes", {"forecast": "yes"}),
    ("quotes", {"q": "shells", "stance": "alarmed"}),
    ("known", {"as_of": "2023-11-02", "against": "2024-06-20"}),
    ("figures", {"of": "prk-rus-munitions-containers"}),
    ("method", {"section": "grades"}),
    ("method", {"section": "gaps"}),
)
TABLES = ("transfers", "assertions", "sources", "origins", "events", "quotes", "legs", "corrections")
CARDS = (
    "transfer:prk-rus-munitions-containers",
    "transfer:prk-rus-kn23-kn24-missiles",
    "transfer:rus-prk-refined-petroleum-vostochny",
    "assertion:prk-rus-122mm-rockets--rok-mnd-2024-02-26-rbc",
    "source:politico-2024-02-27-shin",
    "flow:PRK>RUS",
    "flow:PRK>RUS:missiles",
    "route:sea-rajin-dunai-tikhoretsk",
    "place:rajin",
    "event:2024-02-26-shin-6700-containers",
    "quote:blinken-iran-missiles-2024-09-10",
)
EXCEPTED: Mapping[str, str] = {  # a place on a page → why its numbers need no link
    "footer.": "the version and hash of the data, and the citation that repeats a record's title",
    "p.counted": "counts the rows that stand beneath it",
    "caption.visually-hidden": "the same count, for those who cannot see it",
    ".stored": "a cell of a record in the table of records: the first cell of its row is the record",
    "me-codes": "a table of codes: rules of ours, not findings",
    "me-rules": "rules of ours",
    "dl.rules": "rules of ours",
    "p.why": "the rule of a grade, quoted",
    "me-narrow": "words of a directive, with its per cents",
    ".line-key": "a legend: rules of drawing",
    ".xc-key": "a legend: how many transfers a square stands for",
    ".ticks": "the scale of a drawing",
    "p.scale": "the scale of a drawing",
    "li.unreached": "a step that no claim has reached: there is nothing to follow",
    "s.": "what a correction replaced: the record's own cells, before and after",
    "ul.plainlist": "what a correction put in its place (cards)",
    "td.num muted": "the difference of the two linked numbers to its left",
    "th.num": "the head of a column, whose cells lead on",
    "tr.group": "the least number of forecasts for a score: a rule of ours",
}


@pytest.fixture
def known(records: Records, monkeypatch: pytest.MonkeyPatch) -> re.Pattern[str]:
    """The names of records, while templates mark what they print."""
    ours = (geography.BORDER_POLICY, *derive.RULES.values(), *ladder.RULES.values())
    legend = (getattr(entry, key) for entry in drawing.legend_entries() for key in ("label", "meaning"))
    followed.trace(monkeypatch, records, frozenset((*ours, *legend)))
    # What is marked must not be kept for those who read without marks.
    monkeypatch.setattr(frame, "rendered", lambda _records, name, _key, fill: render(name, **fill()))
    return followed.names(records)


def excepted(number: Number) -> bool:
    """Whether a number stands in one of the excepted places, or counts what is folded beneath it."""
    if number.text == "0" or followed.folded_beneath(number):
        return True
    around = " ".join(number.blocks)
    by_words = (
        "card-place" in around and "°" in number.around,  # a place's own coordinates
        "card-flow" in around and "p.summary" in around,  # counts the transfers that stand beneath it
        "verdict" in around
        and "details.fold" in around,  # the rule of the code that stands beside it, linked
        f"evidence {number.text} or better" in number.around,  # the words of a filter
    )
    return any(by_words) or any(place in block for place in EXCEPTED for block in number.blocks)


def loose(html: str, known: re.Pattern[str]) -> list[str]:
    """The numbers in some marked HTML that lead nowhere, with the words around them."""
    found = followed.read(html, known).numbers
    return [
        f"{n.text} in “{n.around[:80]}” ({n.blocks[-1]})" for n in found if not n.pick and not excepted(n)
    ]


def shown(seen: Seen) -> Iterator[tuple[str, str]]:
    """The parts of a page that are our own HTML, by key."""
    return ((key, part["html"]) for key, part in seen.parts.items() if "html" in part)


@pytest.mark.parametrize(("page", "query"), PAGES, ids=str)
def test_no_number_on_a_page_leads_nowhere(page: str, query: Query, known: re.Pattern[str]) -> None:
    for key, html in shown(look(page, query)):
        assert not loose(html, known), key


@pytest.mark.parametrize("table", TABLES)
def test_no_number_among_the_records_leads_nowhere(table: str, known: re.Pattern[str]) -> None:
    for key, html in shown(look("records", {"table": table})):
        assert not loose(html, known), key


@pytest.mark.parametrize("as_of", [None, date(2024, 2, 27)], ids=str)
@pytest.mark.parametrize("reference", CARDS)
def test_no_number_on_a_card_leads_nowhere(
    reference: str, as_of: date | None, records: Records, known: re.Pattern[str]
) -> None:
    kind, _, record = reference.partition(":")
    assert not loose(str(cards.card(records, kind, record, as_of)), known)


def test_a_number_without_a_link_is_found(known: re.Pattern[str]) -> None:
    page = "<p>{}{}{}</p>".format(followed.DERIVED, "654 assertions", followed.END)
    assert loose(page, known) == ["654 in “654 assertions” (p.)"]
    assert not loose(f'<a href="/records" data-pick="page:records">{page}</a>', known)
    assert not loose(page.replace("654 assertions", "27 February 2024"), known)
    assert not loose(page.replace("654 assertions", "152 mm artillery shells"), known)


# --- following them ------------------------------------------------------------------------------

# A number alone, or with what it counts; 'and 3 more' and 'in 2 groups' count no rows.
COUNT = re.compile(r"\s*([\d,]+)( (?!more\b|groups?\b)[a-z]+( or [a-z]+| and [a-z]+)*)?\s*")


def counts(seen: Seen, known: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    """The links of a page whose text is a count, and what they count."""
    for _, html in shown(seen):
        for pick, text in followed.read(html, known).links:
            if count := COUNT.fullmatch(text):
                yield pick, int(count[1].replace(",", ""))


def target(records: Records, pick: str, here: View) -> int | None:
    """How many a link leads to; None for the card of a single record, or a page that counts nothing."""
    kind, _, name = pick.partition(":")
    if kind == "flow":
        listed = cards.Desk(records, here.as_of).public("transfers", cards.flow_transfers(records, name))
        return len({*listed} & {*view.select(records, here).transfers})
    page, _, query = name.partition("?")
    if kind != "page" or page not in ("records", "quotes"):
        return None
    asked = parse_qs(query)
    chosen, notes = view.from_query(asked, records)
    selection = view.select(records, chosen)
    assert not notes, pick
    if page == "records":
        wanted, notes = browse.from_query(asked, records)
        assert not notes, pick
        return browse.listing(records, selection, wanted).found
    sought, notes = gallery.from_query(asked, records)
    assert not notes, pick
    found = gallery.find(records, selection.quotes, sought, chosen.as_of)
    return len(forecasts.among(records, found, chosen.as_of) if sought.forecast else found)


@pytest.mark.parametrize(("page", "query"), PAGES, ids=str)
def test_what_a_count_leads_to_counts_as_many(
    page: str, query: Query, records: Records, known: re.Pattern[str]
) -> None:
    here, _ = view.from_query({name: [str(value)] for name, value in query.items()}, records)
    wrong, followed_up = [], 0
    for pick, count in {*counts(look(page, query), known)}:
        number = target(records, pick, here)
        followed_up += number is not None
        if number is not None and number != count:
            wrong.append(f"{count} leads to {number}: {pick[:200]}")
    assert not wrong
    assert followed_up > 2


# --- numbers in charts ---------------------------------------------------------------------------

UNFOLLOWED = ("Vostochny summit", "Treaty,")  # the two days that every time axis names


@pytest.mark.parametrize("page", ["timeline", "known", "exchange", "figures", "method"])
def test_a_number_written_into_a_chart_can_be_picked(page: str) -> None:
    found = 0
    for chart, figure in look(page).figures.items():
        for note in figure["layout"].get("annotations", []):
            text = str(note.get("text", ""))
            if not re.search(r"\d", text) or text.startswith(UNFOLLOWED):
                continue
            assert note.get("captureevents") and note.get("name"), (chart, text)
            found += 1
    assert found or page == "method"


@pytest.mark.parametrize("page", ["map", "timeline", "known", "exchange", "figures", "method"])
def test_every_mark_that_tells_a_number_has_something_to_pick(page: str) -> None:
    """A mark is a point with words of its own; a line has its arrowhead or its ends for marks."""
    marks = 0
    for chart, figure in look(page).figures.items():
        for trace in figure["data"]:
            words = [*flat(trace.get("text")), *flat(trace.get("hovertext"))]
            if "markers" in trace.get("mode", "") and re.search(r"\d", " ".join(map(str, words))):
                assert any(flat(trace.get("customdata"))), (chart, trace.get("name"))
                marks += 1
    assert marks or page in ("known", "method")
