"""No address, reference or click, however made, breaks anything; what is understood is of our own words."""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import cases
from tests.fuzz.hostile import NASTY, queries, values
from tumen import browse, cards, estimates, gallery, known, law, query, search, view
from tumen.app import address, picks
from tumen.app.store import STORE
from tumen.records import Records, load
from tumen.templates import safe_url

RECORDS = load()
CODES = [
    *RECORDS.labels("countries"), *RECORDS.labels("families"), *RECORDS.labels("weapon_types"), *view.ROLES,
    *view.CONTESTED, *law.options(RECORDS), *"012345", "2023-10-13", "2024-02", "2024",
    *browse.tables(RECORDS),
    *gallery.vocabulary(RECORDS)["speaker"], "-id", "item", "newest",
]  # fmt: skip
REFERENCES = [f"{kind}:{row}" for kind, table in cards.TABLES.items() for row in RECORDS[table].index[:9]]
REFERENCES += ["flow:PRK>RUS:missiles", "flow:PRK>RUS"]


@cases(0.5)
@given(queries(list(view.PARAMETERS.values()), CODES))
def test_any_address_gives_a_view_of_known_words(asked: dict[str, list[str]]) -> None:
    found, notes = view.from_query(asked, RECORDS)
    assert set(found.country) <= set(RECORDS.labels("countries"))
    assert set(found.weapon_type) <= {*RECORDS.labels("families"), *RECORDS.labels("weapon_types")}
    assert set(found.law) <= set(law.options(RECORDS))
    assert found.role in view.ROLES and found.contested in view.CONTESTED and 0 <= found.evidence <= 5
    assert all(
        day is None or query.DAYS[0] <= day <= query.DAYS[1] for day in (found.start, found.end, found.as_of)
    )
    assert len(notes) <= query.MOST_NOTES + 1
    assert all(note.isprintable() and len(note) < 2_000 for note in notes), notes
    assert view.from_query(view.to_query(found), RECORDS)[0] in (found, without_role(found))


def without_role(found: view.View) -> view.View:
    """A role says nothing without a country, and is left out of the address."""
    return found if found.country else view.replace(found, role="subject")


@cases(0.03)
@given(queries(list(view.PARAMETERS.values()), CODES))
def test_any_address_selects_and_is_said_in_words(asked: dict[str, list[str]]) -> None:
    found, _ = view.from_query(asked, RECORDS)
    selection = view.select(RECORDS, found)
    assert set(selection.transfers) <= set(RECORDS["transfers"].index)
    assert view.sentence(selection, RECORDS)


@cases(0.5)
@given(
    queries(["table", "q", "sort", "against", "of", "page", *gallery.vocabulary(RECORDS)], CODES), st.data()
)
def test_what_only_one_page_reads_is_as_safe(asked: dict[str, list[str]], draw: st.DataObject) -> None:
    wanted, _ = browse.from_query(asked, RECORDS)
    assert wanted.table in browse.tables(RECORDS)
    quotes, _ = gallery.from_query(asked, RECORDS)
    assert quotes.speaker in ("", *RECORDS.labels("speakers"))
    day, _ = known.understood(asked.get("against", []))
    assert day is None or query.DAYS[0] <= day <= query.DAYS[1]
    choice, _ = estimates.understood(asked, ["a", "b"], "a")
    assert choice in ("a", "b")
    page, _ = gallery.page_of(draw.draw(values(["1", "2"])), 3)
    assert 1 <= page <= 3


@cases(0.02)
@given(values(CODES), values(CODES), st.sampled_from(list(browse.tables(RECORDS))))
def test_any_search_ends(words: str, sort: str, table: str) -> None:
    everything = view.select(RECORDS, view.View())
    wanted, _ = browse.from_query({"table": [table], "q": [words], "sort": [sort]}, RECORDS)
    listing = browse.listing(RECORDS, everything, wanted)
    assert 0 <= listing.found <= len(RECORDS[table])
    quotes = RECORDS["quotes"]
    assert len(gallery.find(RECORDS, quotes, gallery.Wanted(q=words))) <= len(quotes)
    folded = search.words(words)
    assert "<script" not in gallery.marked(f"{words}<script>", folded)


@cases(0.5)
@given(values(REFERENCES))
def test_any_reference_names_a_record_or_none(reference: str) -> None:
    assert isinstance(cards.exists(RECORDS, reference), bool)
    for near in cards.nearest(RECORDS, reference, most=2):
        assert cards.exists(RECORDS, near)


@cases(0.01)
@given(values(REFERENCES))
def test_what_stands_near_a_wrong_reference_is_shown_as_text(reference: str) -> None:
    shown = cards.suggestions(RECORDS, reference)
    assert "<script" not in shown and "<img" not in shown


@cases(0.5)
@given(st.sampled_from(NASTY) | st.text() | st.builds("https://{}".format, st.text(max_size=20)))
def test_only_web_addresses_become_links(url: str) -> None:
    assert safe_url(url) in ("", url)
    assert not safe_url(url) or url.lower().lstrip().startswith(("http://", "https://"))


KINDS = ["country", "type", "family", "asof", "page", "close", "transfer"]
TURNS = ["map?country=PRK", "nowhere?x=1", "map?embed=true"]


class State(dict[str, Any]):
    """Streamlit's session state, as far as our code uses it."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[State]:
    """A visitor at the bare address."""

    class Bar(dict[str, list[str]]):
        def from_dict(self, new: dict[str, list[str]]) -> None:
            assert all(isinstance(text, str) for values in new.values() for text in values)
            self.clear()
            self.update(new)

    state = State()
    monkeypatch.setattr(streamlit, "session_state", state)
    monkeypatch.setattr(streamlit, "query_params", Bar())
    monkeypatch.setattr(STORE, "good", RECORDS)
    yield state


@cases(0.5)
@given(st.lists(st.builds("{}:{}".format, values(KINDS), values([*CODES, *TURNS])), max_size=4))
def test_any_click_leaves_a_view_that_an_address_can_hold(session: State, clicks: list[str]) -> None:
    session.clear()
    session.update(view=view.View(), notes=[], address={})
    for click in clicks:
        picks.pick(click)
    found, notes = view.from_query(address.filters_only(), RECORDS)
    assert found == session.view and not notes
    assert not any(name.startswith("embed") for name in session.get("turn_to", ("", {}))[1])


def test_the_records_that_are_fuzzed_are_the_real_ones(records: Records) -> None:
    assert RECORDS.version == records.version
