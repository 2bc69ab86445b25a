"""The rows themselves: complete, narrowed, found, ordered, linked, and never from the future."""

import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import plain
from tumen import browse, cards, derive, gallery, ladder, law, search
from tumen.browse import PER_PAGE, Wanted
from tumen.desk import Desk
from tumen.query import MOST_WORDS
from tumen.records import Records, load
from tumen.templates import render
from tumen.view import Selection, View, select

RECORDS = load()
TABLES = list(browse.tables(RECORDS))
EVERYTHING = select(RECORDS, View())
DAY = date(2023, 11, 2)
TURNED = select(RECORDS, View(as_of=DAY))
IRAN = select(RECORDS, View(country=("IRN",)))
SHELLS = "prk-rus-artillery-shells"


def ids(selection: Selection, table: str) -> set[str]:
    frame = RECORDS[table]
    return {str(frame.index[place]) for place in browse.in_view(RECORDS, selection, table)}


def column(listing: browse.Listing, name: str) -> list[str]:
    at = [head.name for head in listing.heads].index(name)
    return [" ".join(part.text for part in row[at]) for row in listing.rows]


def page(table: str, q: str = "", sort: str = "", selection: Selection = EVERYTHING) -> browse.Listing:
    return browse.listing(RECORDS, selection, Wanted(table, q, sort))


# --- which rows ---


@pytest.mark.parametrize("table", TABLES)
def test_without_a_filter_every_row_of_the_file_is_there(table: str) -> None:
    path = "codes/" if browse.package(RECORDS)[table].group == "codes" else ""
    assert page(table).total == len(plain.table(f"{path}{table}"))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("selection", [EVERYTHING, TURNED, IRAN], ids=["all", "turned", "iran"])
def test_every_table_can_be_shown_in_every_view(table: str, selection: Selection) -> None:
    shown = page(table, selection=selection)
    assert shown.total == shown.found == len(browse.in_view(RECORDS, selection, table))
    assert len(shown.rows) == min(PER_PAGE, shown.found)
    assert {len(row) for row in shown.rows} <= {len(shown.heads)}
    assert browse.counted(RECORDS, selection, Wanted(table), shown)


def test_transfers_and_assertions_are_those_of_the_view() -> None:
    assert ids(IRAN, "transfers") == plain.transfers("IRN")
    said = plain.table("assertions")
    assert ids(IRAN, "assertions") == {*said["id"][said["transfer"].isin(plain.transfers("IRN"))]}
    assert ids(TURNED, "transfers") == plain.transfers(as_of="2023-11-02")
    known = derive.known(RECORDS, DAY)
    assert ids(TURNED, "assertions") == {*known.index[known["transfer"].isin(TURNED.transfers)]}


def test_what_the_records_rest_on_is_kept_and_nothing_else() -> None:
    said = plain.table("assertions").set_index("id").loc[sorted(ids(IRAN, "assertions"))]
    assert ids(IRAN, "origins") == {*said["origin"]}
    assert {*said["source"]} <= ids(IRAN, "sources")
    for source in ids(IRAN, "sources") - {*said["source"]}:
        named = {
            *IRAN.events["sources"].explode(),
            *IRAN.quotes["source"],
            *IRAN.quotes["also_sources"].explode(),
        }
        named |= {*IRAN.quotes["outcome_sources"].explode()}
        named |= {*RECORDS["routes"].loc[sorted(ids(IRAN, "routes")), "sources"].explode()}
        links = RECORDS["transfer_laws"].loc[sorted(ids(IRAN, "transfer_laws"))]
        named |= {*RECORDS["laws"].loc[links["law"], "sources"].explode()}
        assert source in named
    assert ids(IRAN, "speakers") == {*IRAN.quotes["speaker_id"]}
    assert {row.transfer for row in RECORDS["transfer_laws"].itertuples()} & {*IRAN.transfers} == {
        RECORDS["transfer_laws"].at[name, "transfer"] for name in ids(IRAN, "transfer_laws")
    }


def test_turned_back_nothing_is_there_that_was_not_public() -> None:
    published = RECORDS["sources"]["published"]
    assert all(published[source][:10] <= "2023-11-02" for source in ids(TURNED, "sources"))
    assert ids(TURNED, "not_found") == ids(TURNED, "corrections") == set()
    assert ids(TURNED, "routes") == {*Desk(RECORDS, DAY).public("routes", ids(TURNED, "routes"))}


def test_turned_back_words_written_with_hindsight_are_left_out() -> None:
    names = [head.name for head in page("transfers", selection=TURNED).heads]
    assert {"status", "summary", "note", "route"}.isdisjoint(names)
    assert "Summary" in browse.hidden(RECORDS, "transfers", True)
    assert browse.hidden(RECORDS, "transfers", False) == []
    for table, hidden in browse.HINDSIGHT.items():
        assert set(hidden) <= set(browse.package(RECORDS)[table].by_name), table


def test_turned_back_no_cell_holds_a_later_day_or_names_a_later_record() -> None:
    desk = Desk(RECORDS, DAY)
    for table in TABLES:
        if browse.package(RECORDS)[table].group == "codes":
            continue
        for row in page(table, selection=TURNED).rows:
            for part in (part for cell in row for part in cell):
                assert not part.iso or part.iso[:7] <= "2023-11", (table, part)
                kind, _, record = part.reference.partition(":")
                if kind in ("transfer", "event", "quote", "assertion", "source"):
                    assert desk.is_public(cards.TABLES[kind], record), (table, part)


def test_a_search_cannot_find_what_the_day_hides() -> None:
    hidden = RECORDS["transfers"].at[SHELLS, "summary"].split()[-1].strip(".")
    summary_only = [w for w in ("satellite", "Pyongyang", hidden) if w]
    for word in summary_only:
        shown = page("transfers", word, selection=TURNED)
        for row in shown.rows:
            words = " ".join(f"{part.text} {part.iso}" for cell in row for part in cell)
            stored = " ".join(
                str(v) for v in RECORDS["transfers"].loc[row[0][0].text][["id", "origin", "destination"]]
            )
            assert word.casefold() in f"{words} {stored}".casefold()


# --- search and order ---


def test_all_words_must_occur_in_any_order_case_and_accent() -> None:
    found = page("transfers", "SHELLS artillery russia")
    assert 0 < found.found < page("transfers", "russia").found
    assert page("transfers", "russia ARTILLERY shélls").found == found.found
    assert page("sources", "ropcke").found == page("sources", "RÖPCKE").found > 0
    assert page("transfers", "zzzz").found == 0


def words_of(writer: browse.Writer, place: int) -> str:
    """All that a row says: what is stored, what is shown, and the whole names of records that it names."""
    texts: list[str] = []
    for head in browse.heads(RECORDS, writer.table, writer.as_of is not None):
        value = writer.value(head, place)
        items = value if isinstance(value, tuple) else [str(value) if pd.notna(value) else ""]
        column = writer.own.by_name.get(head.name) if head.group == browse.STORED else None
        if head.name != "named_in":
            texts += [*items, *(part.text for part in writer.cells(head, np.array([place]))[0])]
        if column and column.reference and browse.package(RECORDS)[column.reference.table].group == "records":
            texts += [RECORDS.label(column.reference.table, item) for item in items if item]
    return search.folded("\n".join(texts))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("selection", [EVERYTHING, TURNED, IRAN], ids=["all", "turned", "iran"])
def test_columns_are_searched_as_the_rows_one_by_one(table: str, selection: Selection) -> None:
    writer = browse.Writer(RECORDS, selection, table)
    rows = browse.in_view(RECORDS, selection, table)
    rows = rows[:: max(1, len(rows) // 60)]
    told = {int(place): words_of(writer, int(place)) for place in rows}
    for word in ("russia", "2023", "1,0", "yes", "’s", "röp", "-", "prk"):
        found = {*browse.found(RECORDS, selection, Wanted(table, word)).tolist()}
        assert {place for place in told if place in found} == {
            place for place, text in told.items() if search.folded(word) in text
        }, word


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_ordered_by_what_their_cells_show(table: str) -> None:
    writer = browse.Writer(RECORDS, EVERYTHING, table)
    for head in browse.heads(RECORDS, table):
        if head.group == browse.STORED and not head.numeric and not writer.own[head.name].is_date:
            rows = browse.found(RECORDS, EVERYTHING, Wanted(table, sort=head.name))
            shown = [" ".join(part.text for part in cell) for cell in writer.cells(head, rows)]
            keys = [search.folded(text.split(" …")[0]) for text in shown if text]
            assert shown == [text for text in shown if text] + [""] * (len(shown) - len(keys)), head.name
            assert all(a <= b or b.startswith(a) or a.startswith(b) for a, b in pairwise(keys)), head.name


def test_counts_of_corrections_are_those_in_view() -> None:
    kinds = page("correction_kinds", selection=IRAN)
    counts = [int(words.split()[0]) for words in column(kinds, "named_in") if words]
    assert sum(counts) == len(browse.in_view(RECORDS, IRAN, "corrections")) > 0


def test_codes_are_found_by_code_and_by_label() -> None:
    assert page("transfers", "PRK").found == page("transfers", "prk").found > 0
    assert page("transfers", "North Korea").found >= page("transfers", "origin=PRK").found > 0


def test_a_value_of_one_column_can_be_asked_for_exactly() -> None:
    said = plain.table("assertions")
    assert page("assertions", f"transfer={SHELLS}").found == int(said["transfer"].eq(SHELLS).sum())
    events = plain.table("events")
    named = events["about_transfers"].str.split(";").map(lambda own: SHELLS in own)
    assert page("events", f"about_transfers={SHELLS}").found == int(named.sum())
    assert page("assertions", "nonsense=5").found == 0


@given(st.text(max_size=30))
def test_no_search_makes_the_page_fail(text: str) -> None:
    shown = page("routes", text)
    assert 0 <= shown.found <= shown.total


@pytest.mark.parametrize("table", TABLES)
def test_every_column_orders_the_rows_both_ways(table: str) -> None:
    for head in browse.heads(RECORDS, table):
        up, down = page(table, sort=head.name), page(table, sort=f"-{head.name}")
        assert up.found == down.found == page(table).found, head.name


def test_numbers_are_ordered_as_numbers_and_empty_cells_come_last() -> None:
    up = browse.Writer(RECORDS, EVERYTHING, "assertions")
    head = next(head for head in browse.heads(RECORDS, "assertions") if head.name == "low")
    for sort in ("low", "-low"):
        shown = browse.listing(RECORDS, EVERYTHING, Wanted("assertions", sort=sort))
        places = [RECORDS["assertions"].index.get_loc(row[0][0].text) for row in shown.rows]
        values = [up.value(head, place) for place in places]
        assert values == sorted(values, reverse=sort == "-low")
    last = browse.listing(RECORDS, EVERYTHING, Wanted("assertions", sort="-low"), page=14)
    assert column(last, "low") == [""] * len(last.rows)


def test_derived_columns_say_what_derivation_says() -> None:
    shown = page("transfers", f"id={SHELLS}")
    state = derive.states(RECORDS).loc[SHELLS]
    assert column(shown, "code") == [f"{state['reliability']}{state['credibility']}"]
    assert column(shown, "origins") == [str(state["origins"])]
    assert column(shown, "contested") == ["Yes" if state["contested"] else "No"]
    groups = {head.name: head.group for head in shown.heads}
    assert all(groups[name] == browse.DERIVED for name in browse.GRADES)
    assert groups["item"] == browse.STORED
    assert column(page("transfers", sort="-origins"), "origins")[0] == str(
        derive.states(RECORDS)["origins"].max()
    )


# --- links ---


def test_every_card_that_a_cell_names_exists() -> None:
    for table in TABLES:
        for row in page(table).rows:
            for part in (part for cell in row for part in cell if part.reference):
                assert cards.exists(RECORDS, part.reference), (table, part)


def test_counts_lead_to_the_rows_that_they_count() -> None:
    for table, view in (
        ("transfers", EVERYTHING),
        ("origins", IRAN),
        ("sources", TURNED),
        ("kinds", IRAN),
        ("evidence", IRAN),
    ):
        shown = page(table, selection=view)
        at = [head.name for head in shown.heads].index("named_in")
        assert any(row[at] for row in shown.rows), table
        for part in (part for row in shown.rows[:12] for part in row[at]):
            assert (
                int(part.text.split()[0].replace(",", "")) == page(part.table, part.q, selection=view).found
            )


def test_a_reading_of_law_leads_to_transfer_and_law() -> None:
    shown = page("transfer_laws", f"transfer={SHELLS}")
    assert [part.reference for part in shown.rows[0][1]] == [f"transfer:{SHELLS}"]
    used = page("laws", "id=un-1874-exports")
    assert column(used, "named_in") == [
        f"{len(law.transfers_under(RECORDS, ['un-1874-exports']))} legal readings"
    ]


def test_codes_are_shown_by_their_labels_with_their_meaning() -> None:
    shown = page("assertions", "stance=denies")
    parts = [part for row in shown.rows for part in row[[h.name for h in shown.heads].index("stance")]]
    assert {part.text for part in parts} == {"Denies"}
    assert all(part.title for part in parts)
    assert column(page("assertions", sort="-evidence"), "evidence")[0].startswith("5 ")
    empty = page("assertions", "stance=denies")
    assert set(column(empty, "evidence")) == {""}


# --- address and words ---


def test_an_unknown_table_or_column_is_noted() -> None:
    wanted, notes = browse.from_query({"table": ["asertions"], "sort": ["-nothing"]}, RECORDS)
    assert wanted == Wanted()
    assert "“table=asertions” is not known and was ignored. Did you mean “assertions”?" in notes
    assert any(note.startswith("“sort=-nothing” is no column of Transfers") for note in notes)
    wanted, notes = browse.from_query({"table": ["Assertions"], "sort": ["-low"], "q": [" kcna "]}, RECORDS)
    assert (wanted.table, wanted.column, wanted.descending, notes) == ("assertions", "low", True, [])


def test_of_a_very_long_search_the_first_words_are_looked_for() -> None:
    asked = [f"word{n}" for n in range(MOST_WORDS + 1)]
    for read in (browse.from_query, gallery.from_query):
        wanted, notes = read({"q": [" ".join(asked[:-1])]}, RECORDS)
        assert (wanted.q, notes) == (" ".join(asked[:-1]), [])
        cut, notes = read({"q": [" ".join(asked)]}, RECORDS)
        assert (cut.q, len(notes)) == (wanted.q, 1) and f"{MOST_WORDS} words" in notes[0]


def test_the_count_says_what_is_shown() -> None:
    found = select(RECORDS, View(country=("PRK",), weapon_type=("artillery-ammunition",)))
    shown = page("assertions", selection=found)
    said = len(ids(found, "assertions"))
    first = f"Rows 1–{min(50, said)} of {said} assertions about the {len(found.transfers)} transfers in view"
    assert browse.counted(RECORDS, found, Wanted("assertions"), shown) == first
    search = Wanted("assertions", "zzzz")
    nothing = browse.listing(RECORDS, found, search)
    assert browse.counted(RECORDS, found, search, nothing).startswith(f"None of {said} assertions")
    codes = page("families")
    assert (
        browse.counted(RECORDS, found, Wanted("families"), codes)
        == "Rows 1–8 of 8 codes, the same in every view"
    )


def test_the_finding_counts_assertions_origins_and_sources() -> None:
    said = plain.table("assertions")
    said = said[said["transfer"].isin(plain.transfers())]
    assert browse.headline(RECORDS, EVERYTHING) == (
        f"{len(said)} assertions by {said['origin'].nunique()} origins in {said['source'].nunique()} sources"
    )
    assert (
        browse.headline(RECORDS, select(RECORDS, View(as_of=date(2001, 1, 1)))) == "No assertion in this view"
    )


def test_every_column_has_a_heading_and_a_meaning() -> None:
    for table in TABLES:
        assert all(head.title and head.meaning for head in browse.heads(RECORDS, table))
        names = [head.name for head in browse.heads(RECORDS, table)]
        assert len(names) == len({*names})


# --- as HTML ---


class Html(HTMLParser):
    """Tags in order, failing on one closed out of turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("br", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def html_of(records: Records, table: str, selection: Selection) -> str:
    wanted = Wanted(table)
    shown = browse.listing(records, selection, wanted)
    counted = browse.counted(records, selection, wanted, shown)
    return str(
        render(
            "records.html", desk=Desk(records), level=2, table=browse.package(records)[table], wanted=wanted,
            listing=shown, counted=counted, hidden=[], derived="Derived",
            groups=[{"group": "stored", "words": "Stored", "span": len(shown.heads)}],
            next_sort=str, sort_url=str, rows_url=lambda name, q: f"/records?table={name}&q={q}",
        )
    )  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_a_real_table(table: str) -> None:
    page_ = Html(html_of(RECORDS, table, EVERYTHING))
    tags = [tag for tag, _ in page_.tags]
    heads = browse.heads(RECORDS, table)
    assert tags.count("table") == tags.count("caption") == tags.count("thead") == 1
    scoped = [attrs for tag, attrs in page_.tags if tag == "th" and attrs.get("scope") == "col"]
    assert len(scoped) == len(heads)
    assert all(attrs["href"] for tag, attrs in page_.tags if tag == "a")


def test_hostile_text_stays_text(records: Records) -> None:
    evil = "<img src=x onerror=alert(1)>\"'`{{7*7}}"
    tables = {name: frame.copy() for name, frame in records.tables.items()}
    for name, frame in tables.items():
        for col in browse.package(records)[name].columns:
            if col.is_text:
                frame[col.name] = evil
    tables["sources"]["url"] = "javascript:alert(1)"
    spoilt = Records(tables, "x", records.directory)
    everything = select(spoilt, View())
    for table in TABLES:
        html = html_of(spoilt, table, everything)
        assert "<img" not in html
        assert not re.search(r'href="javascript:', html)
        Html(html)


@pytest.mark.parametrize(
    ("q", "holds"),
    [
        ("best_evidence>=4", lambda t: t["evidence"] >= 4),
        ("best_evidence<3", lambda t: t["evidence"] < 3),
        ("contested=True", lambda t: t["contested"]),
        ("contested!=True", lambda t: ~t["contested"]),
        ("origins=1", lambda t: t["origins"] == 1),
        ("first_reported>2023-11-02", lambda t: t["first_reported"] > "2023-11-02"),
        ("code=A1|B1", lambda t: (t["reliability"] + t["credibility"].astype(str)).isin(["A1", "B1"])),
    ],
)
def test_a_search_compares_what_is_derived(q: str, holds: Callable[[pd.DataFrame], pd.Series]) -> None:
    states = derive.states(RECORDS)
    found = browse.listing(RECORDS, EVERYTHING, Wanted("transfers", q=q)).found
    assert 0 < found == int(holds(states).sum()) < len(states)


def test_a_search_finds_what_is_empty_and_what_is_not() -> None:
    rungs = ladder.rungs(RECORDS)
    for rung in ("official", "records", "find"):
        never = browse.listing(RECORDS, EVERYTHING, Wanted("transfers", q=f"first_{rung}=")).found
        reached = browse.listing(RECORDS, EVERYTHING, Wanted("transfers", q=f"first_{rung}!=")).found
        assert never == int(rungs[rung].isna().sum()) and reached == int(rungs[rung].notna().sum())


def test_a_month_counts_as_public_from_its_last_day() -> None:
    """What is dated '2024-02' is not public on 28 February."""
    rows = RECORDS["assertions"]
    day = date(2024, 2, 28)
    found = browse.listing(RECORDS, EVERYTHING, Wanted("assertions", q=f"known<={day}")).found
    assert found == int((rows["known"] <= pd.Timestamp(day)).sum())
    assert found < int((rows["date"].str[:7] <= "2024-02").sum())


def test_a_party_that_speaks_for_itself_and_figures_that_are_compared_are_found() -> None:
    said = RECORDS["assertions"]
    ends = RECORDS["transfers"].loc[said["transfer"]]
    own = said["by_country"].eq(ends["origin"].array) | said["by_country"].eq(ends["destination"].array)
    assert browse.listing(RECORDS, EVERYTHING, Wanted("assertions", q="party=True")).found == int(own.sum())
    alone = sum(s.figures == 1 for spreads in derive.spreads(RECORDS).values() for s in spreads)
    assert browse.listing(RECORDS, EVERYTHING, Wanted("assertions", q="compared=1")).found == alone
