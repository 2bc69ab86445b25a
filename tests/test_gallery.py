"""The quote gallery: search, choices, notes, and what the title says."""

from dataclasses import replace
from datetime import date

import pytest

from tests import plain
from tumen import gallery, search
from tumen.desk import Desk
from tumen.gallery import Wanted
from tumen.records import Records, load


@pytest.fixture(scope="module")
def records() -> Records:
    return load()


def test_the_title_counts_quotes_speakers_and_stances(records):
    quotes = records["quotes"]
    title = gallery.headline(records, quotes)
    assert title.startswith(f"{len(quotes)} quotes by {quotes['speaker_id'].nunique()} speakers: ")
    assert f"{(quotes['stance'] == 'alarmed').sum()} alarmed" in title


def test_search_wants_all_words_in_any_case_and_accent(records):
    quotes = records["quotes"]
    both = gallery.find(records, quotes, Wanted(q="RUSSIA wéapons"))
    who = both["role_at_time"] + " " + both["affiliation"]
    texts = [
        search.folded(f"{text} {context} {post}")
        for text, context, post in zip(both["text"], both["context"], who, strict=True)
    ]
    assert len(both) and all("russia" in t and "weapons" in t for t in texts)
    assert len(gallery.find(records, quotes, Wanted(q="   "))) == len(quotes)
    assert gallery.find(records, quotes, Wanted(q="no-such-word-anywhere")).empty


def test_search_finds_a_speaker_by_name(records):
    found = gallery.find(records, records["quotes"], Wanted(q="peskov"))
    assert "peskov" in set(found["speaker_id"])


def test_search_finds_speakers_by_their_institute(records):
    rows = plain.table("quotes")
    wanted = {*rows["id"][rows["affiliation"].str.contains("RUSI")]}
    assert wanted and wanted <= set(gallery.find(records, records["quotes"], Wanted(q="rusi")).index)


@pytest.mark.parametrize(
    ("name", "column"), [("speaker", "speaker_id"), ("speaker_country", "country"), ("stance", "stance")]
)
def test_a_choice_leaves_exactly_its_quotes(records, name, column):
    quotes = records["quotes"]
    for value in quotes[column].unique():
        found = gallery.find(records, quotes, replace(Wanted(), **{name: value}))
        assert set(found.index) == set(quotes.index[quotes[column] == value])


def test_topics_and_forecasts(records):
    quotes = records["quotes"]
    found = gallery.find(records, quotes, Wanted(topic="missiles", forecast="yes"))
    assert len(found) and found["forecast"].all()
    assert all("missiles" in topics for topics in found["topics"])


def test_order(records):
    newest = gallery.find(records, records["quotes"], Wanted())
    oldest = gallery.find(records, records["quotes"], Wanted(sort="oldest"))
    assert newest["known"].is_monotonic_decreasing and oldest["known"].is_monotonic_increasing


def test_an_address_is_understood_and_what_is_wrong_is_said(records):
    query = {
        "q": ["shells"],
        "stance": ["Alarmed"],
        "topic": ["misiles"],
        "sort": ["oldest"],
        "forecast": ["yes"],
    }
    wanted, notes = gallery.from_query(query, records)
    assert wanted == Wanted(q="shells", stance="alarmed", sort="oldest", forecast="yes")
    assert len(notes) == 1 and "topic=misiles" in notes[0] and "missiles" in notes[0].casefold()
    assert gallery.from_query({}, records) == (Wanted(), [])
    assert Wanted().is_default and Wanted(sort="oldest").is_default and not wanted.is_default


@pytest.mark.parametrize(
    ("text", "page"),
    [("", 1), ("2", 2), ("7", 7), ("8", 1), ("0", 1), ("-1", 1), ("x", 1), ("９", 1), ("9" * 40, 1)],
)
def test_pages(text, page):
    number, note = gallery.page_of(text, 7)
    assert number == page
    assert bool(note) == (text not in ("", "2", "7"))


def test_the_words_searched_for_are_marked_and_nothing_else_is_markup():
    text = "<b>Élan</b> & elan"
    assert gallery.marked(text, ["elan"]) == "&lt;b&gt;<mark>Élan</mark>&lt;/b&gt; &amp; <mark>elan</mark>"
    assert gallery.marked(text, []) == "&lt;b&gt;Élan&lt;/b&gt; &amp; elan"
    assert gallery.marked("", ["x"]) == ""


def test_a_choice_that_no_quote_has_can_still_be_shown(records):
    few = records["quotes"].head(1)
    speaker = next(s for s in records["speakers"].index if s != few["speaker_id"].iloc[0])
    assert gallery.options(records, few, "speaker", speaker)[speaker].endswith("(0)")
    assert "(1)" in next(iter(gallery.options(records, few, "stance").values()))


def test_only_forecasts_have_an_outcome_and_a_kind(records):
    for query in ({"outcome": ["happened"]}, {"kind": ["expert"]}):
        wanted, notes = gallery.from_query(query, records)
        assert wanted.forecast == "yes" and not notes
        assert gallery.find(records, records["quotes"], wanted)["forecast"].all()


def test_a_tile_links_only_what_was_public(records):
    day = date(2023, 10, 31)
    desk = Desk(records, day)
    quotes = records["quotes"]
    tiles = gallery.tiles(desk, quotes[quotes["known"].dt.date <= day])
    assert tiles and all(e["known"].date() <= day for tile in tiles for e in tile["events"])
    published = records["sources"]["published"]
    for tile in tiles:
        later = [s for s in tile["outcome_sources"] if not desk.published(published[s])]
        assert not (tile["told"] and later)
