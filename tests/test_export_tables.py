"""The tables of a view: the rows of the pages in their order, whole, and nothing from after its day."""

from datetime import date, timedelta
from functools import cache

import pandas as pd
import pytest

from tests import plain
from tumen import browse, cards, dates, derive, descriptor
from tumen.desk import Desk
from tumen.export import package, tables
from tumen.export.tables import Tables
from tumen.records import Records, load
from tumen.view import Selection, View, select

RECORDS = load()
VIEWS = {
    "all": View(),
    "shells": View(country=("PRK",), weapon_type=("artillery-ammunition",)),
    "november": View(country=("PRK",), as_of=date(2023, 11, 2)),
    "february": View(as_of=date(2024, 2, 27)),
    "june": View(country=("RUS",), role="origin", as_of=date(2024, 6, 20)),
    "denier": View(country=("RUS",), role="denier"),
    "between": View(country=("CHN", "RUS"), role="between", evidence=3),
    "contested": View(contested="yes", start=date(2023, 9, 13), end=date(2024, 6, 19)),
    "law": View(law=("un-resolution",), as_of=date(2024, 1, 15)),
    "families": View(weapon_type=("drones", "missiles"), start=date(2024, 1, 1), contested="sender"),
    "nothing": View(country=("IRN",), weapon_type=("space-and-satellite",), as_of=date(2023, 1, 1)),
}
TURNED = [name for name, chosen in VIEWS.items() if chosen.as_of]
AS_THE_PAGES = ("transfers", "assertions", "events", "quotes", "legs", "not_found", "corrections")


@cache
def selected(name: str) -> Selection:
    return select(RECORDS, VIEWS[name])


@cache
def taken(name: str) -> Tables:
    return tables.tables(RECORDS, selected(name))


def items(cells: pd.Series) -> set[str]:
    return {str(value) for value in cells.explode() if pd.notna(value) and value != ""}


def test_the_views_differ_and_all_but_one_hold_something() -> None:
    sizes = {name: len(selected(name).transfers) for name in VIEWS}
    assert [name for name, size in sizes.items() if not size] == ["nothing"]
    assert len(set(sizes.values())) >= 9


@pytest.mark.parametrize("name", VIEWS)
def test_the_rows_are_those_that_the_pages_list_in_their_order(name: str) -> None:
    found, selection = taken(name), selected(name)
    assert found["transfers"]["id"].tolist() == selection.transfers
    for table in AS_THE_PAGES:
        listed = [RECORDS[table]["id"].iloc[place] for place in browse.in_view(RECORDS, selection, table)]
        assert found[table]["id"].tolist() == listed, table
    for table in tables.SUPPORT:
        listed = [RECORDS[table].index[place] for place in browse.in_view(RECORDS, selection, table)]
        kept = set(listed)
        assert [row for row in found[table]["id"] if row in kept] == listed, table


@pytest.mark.parametrize("name", VIEWS)
def test_every_table_is_there_with_the_columns_that_are_described(name: str) -> None:
    found = taken(name)
    assert list(found) == [table.name for table in browse.package(RECORDS).tables]
    for table, frame in found.items():
        described = [column.name for column in tables.columns(RECORDS, selected(name), table)]
        assert list(frame.columns) == described, table
        assert len(set(described)) == len(described), table


@pytest.mark.parametrize("name", VIEWS)
def test_what_rows_rest_on_is_in_the_package(name: str) -> None:
    """References lead out only to transfers and events that the view leaves out, never to what is missing."""
    out = package.leading_out(RECORDS, selected(name), taken(name))
    assert {leading.target for leading in out} <= {"transfers", "events"}
    for leading in out:
        for record in leading.out:
            assert record in RECORDS[leading.target].index
            assert Desk(RECORDS, VIEWS[name].as_of).is_public(leading.target, record)
    if name == "all":
        assert out == []


def test_without_a_filter_the_stored_columns_hold_what_the_files_hold() -> None:
    for table in browse.package(RECORDS).tables:
        whole = plain.table(table.path.removesuffix(".csv"))
        assert sorted(taken("all")[table.name]["id"].astype(str)) == sorted(whole["id"])


# --- derived columns ---


@pytest.mark.parametrize("name", VIEWS)
def test_derived_columns_say_what_derivation_says_on_that_day(name: str) -> None:
    state = derive.states(RECORDS, VIEWS[name].as_of)
    for row in taken(name)["transfers"].itertuples():
        own = state.loc[row.Index]
        assert row.code == f"{own['reliability']}{own['credibility']}"
        assert row.first_reported == own["first_reported"].date().isoformat()
        assert (row.evidence, row.contested) == (own["evidence"], own["contested"])
        assert (row.claimants, row.deniers, row.origins) == (own["claimants"], own["deniers"], own["origins"])


def test_the_columns_cover_all_that_is_derived() -> None:
    derived = {column.name for column in tables.DERIVED["transfers"]}
    assert derived == {*derive.states(RECORDS).columns, "family", "code"}


@pytest.mark.parametrize("table", tables.DERIVED)
def test_a_derived_column_is_described_and_none_is_named_as_a_stored_one(table: str) -> None:
    stored = browse.package(RECORDS)[table].by_name
    for column in tables.DERIVED[table]:
        assert column.name not in stored
        assert column.title[0].isupper() and column.description.endswith(".")
        assert column.type in descriptor.TYPES


# --- nothing from the future ---


@pytest.mark.parametrize("name", TURNED)
def test_no_row_and_no_reference_is_younger_than_the_day(name: str) -> None:
    day = VIEWS[name].as_of
    assert day is not None
    found, young = taken(name), hidden(day)
    for table, frame in found.items():
        for column in tables.columns(RECORDS, selected(name), table):
            if column.type == "string":
                assert not items(frame[column.name]) & young, (table, column.name)


def hidden(day: date) -> set[str]:
    """Ids of everything that was not public on a day, found from the bare files."""
    young: set[str] = set()
    for table, column in (("assertions", "date"), ("quotes", "date"), ("events", "date")):
        frame = plain.table(table)
        late = [
            dates.known_from(r.get("first_reported") or r[column]) > day or dates.parse(r["date"]).first > day
            for r in frame.to_dict("records")
        ]
        young |= {*frame["id"][late]}
    return young | ({*plain.table("transfers")["id"]} - plain.transfers(as_of=day.isoformat()))


@pytest.mark.parametrize("name", TURNED)
def test_no_date_lies_after_the_day(name: str) -> None:
    day = VIEWS[name].as_of
    assert day is not None
    for table in browse.package(RECORDS).tables:
        for column in tables.columns(RECORDS, selected(name), table.name):
            if column.is_date and table.group == "records":
                late = [t for t in items(taken(name)[table.name][column.name]) if dates.parse(t).first > day]
                assert late == [], (table.name, column.name)


@pytest.mark.parametrize("name", TURNED)
def test_what_was_written_with_hindsight_is_left_out(name: str) -> None:
    found = taken(name)
    for table, columns in browse.HINDSIGHT.items():
        assert not {*columns} & {*found[table].columns}
    assert all(found[table].empty for table in browse.EDITORIAL)
    texts = {text for frame in found.values() for column in frame for text in items(frame[column])}
    assert not texts & {*RECORDS["transfers"]["summary"]}


@pytest.mark.parametrize("name", TURNED)
def test_laws_and_articles_that_came_later_are_left_out(name: str) -> None:
    day = VIEWS[name].as_of
    for table, column in tables.BEGUN.items():
        begun = {row for row, text in RECORDS[table][column].items() if dates.known_from(text) <= day}
        assert {*taken(name)[table]["id"]} == begun
    assert items(taken(name)["transfer_laws"]["law"]) <= {*taken(name)["laws"]["id"]}


def test_a_quotation_names_its_founding_article_once_that_is_out() -> None:
    """Words may be public before the article that quotes them."""
    quotes, articles = RECORDS["quotes"], RECORDS["founding_articles"]["published"]
    founding = quotes[quotes["founding_article"] != ""]
    named = set()
    for day in {known.date() for known in founding["known"]}:
        for row in tables.one(RECORDS, select(RECORDS, View(as_of=day)), "quotes").itertuples():
            if article := founding["founding_article"].get(row.Index):
                out = dates.known_from(articles[article]) <= day
                assert row.founding_article == (article if out else "")
                named.add(out)
    assert named == {True, False}


@pytest.mark.parametrize("name", TURNED)
def test_a_later_source_is_there_only_where_a_card_shows_it_too(name: str) -> None:
    """A statement that was public may have been read in a later page; cards name that page, and so do we."""
    found, desk = taken(name), Desk(RECORDS, VIEWS[name].as_of)
    late = {s for s in found["sources"]["id"] if not desk.is_public("sources", s)}
    assert late <= {*found["assertions"]["source"], *found["quotes"]["source"]}
    for said in found["assertions"].itertuples():
        if said.source in late:
            assert f"source:{said.source}" in cards.card(RECORDS, "assertion", said.id, VIEWS[name].as_of)


def test_a_day_more_never_takes_a_row_away() -> None:
    """Of transfers, assertions, events and quotes; walked over the days of a month with many reports."""
    before: dict[str, set[str]] = {table: set() for table in ("transfers", "assertions", "events", "quotes")}
    for step in range(0, 30, 3):
        selection = select(RECORDS, View(as_of=date(2023, 10, 10) + timedelta(days=step)))
        for table, kept in before.items():
            now = {*tables.one(RECORDS, selection, table)["id"]}
            assert kept <= now
            before[table] = now


def test_nothing_is_changed_by_being_taken(records: Records) -> None:
    before = {name: frame.copy(deep=True) for name, frame in records.tables.items()}
    tables.tables(records, select(records, VIEWS["november"]))
    for name, frame in records.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
