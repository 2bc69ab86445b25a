"""Citations: what they must hold, and what they must not."""

from dataclasses import replace
from datetime import date

import pytest

from tumen import cards, cite
from tumen.records import Records, load

ON = date(2026, 11, 21)


@pytest.fixture(scope="module")
def records() -> Records:
    return load()


def source(records: Records, **values: str) -> Records:
    """Records with one source of which all fields are given."""
    frame = records["sources"].head(1).copy()
    blank = {"title": "A title", "publisher": "Outlet", "via": "", "author": "", "published": "", "url": ""}
    for column, value in {**blank, **values}.items():
        frame[column] = value
    return replace(records, tables={**records.tables, "sources": frame})


def cited(records: Records, **values: str) -> str:
    changed = source(records, **values)
    return cite.source_citation(changed, changed["sources"].index[0])


def test_a_citation_names_record_version_day_and_address(records):
    text = cite.citation(records, "transfer", "prk-rus-munitions-containers", ON, "/record?record=x")
    assert text.startswith("“Containerised munitions")
    assert "Transfer record prk-rus-munitions-containers." in text
    assert f"data version {records.version}." in text
    assert "Accessed 21 November 2026." in text
    assert text.endswith("/record?record=x")


def test_a_turned_back_citation_names_its_day(records):
    text = cite.citation(records, "event", records["events"].index[0], ON, "/x", date(2023, 10, 31))
    assert "As known on 31 October 2023." in text


def test_quotation_marks_within_the_title_are_single(records):
    quote = records["quotes"].index[0]
    text = cite.citation(records, "quote", quote, ON, "/x")
    assert text.count("“") == text.count("”") == 1


def test_records_without_a_version_say_so(records):
    text = cite.citation(replace(records, version=""), "place", "rajin", ON, "/x")
    assert "data version unknown." in text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "Outlet. “A title.”"),
        ({"published": "2024-01-05"}, "Outlet. “A title.” 5 January 2024."),
        ({"author": "A. Writer", "published": "2024-01"}, "A. Writer. “A title.” Outlet, January 2024."),
        ({"via": "A Relay"}, "Outlet. “A title.” Read through A Relay."),
        ({"title": "Who knows?", "url": "https://a.example/b"}, "Outlet. “Who knows?” https://a.example/b"),
        ({"title": "The “axis”", "url": "javascript:alert(1)"}, "Outlet. “The ‘axis’.”"),
    ],
)
def test_a_source_is_cited_by_what_is_known_of_it(records, values, expected):
    assert cited(records, **values) == expected


def test_every_source_can_be_cited(records):
    for name in records["sources"].index:
        text = cite.source_citation(records, name)
        assert records["sources"].at[name, "publisher"] in text and ".." not in text.replace("...", "")


def test_the_card_carries_both_citations(records):
    name = records["sources"].index[0]
    html = cards.card(records, "source", name, today=ON)
    assert "Accessed 21 November 2026." in html
    assert "Copy citation of the source itself" in html
