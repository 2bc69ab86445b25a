"""The view: its address, its words and what it leaves; on the real data against a plain second reading."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests import reference
from tests.conftest import MakeRecords, Rows, complete
from tumen import derive, ladder
from tumen.query import DAYS, MOST_NOTES
from tumen.records import DATA, Records
from tumen.running import running
from tumen.view import (
    CONTESTED,
    PARAMETERS,
    ROLES,
    WINDOW,
    Selection,
    View,
    describe,
    from_query,
    listed,
    select,
    sentence,
    to_query,
    types_of,
    ways_out,
)

COUNTRIES = ("PRK", "RUS", "IRN", "CHN", "USA", "KOR", "UKR", "UNO")
TYPES = (
    "artillery-ammunition",
    "ballistic-missiles",
    "drones",
    "energy",
    "missiles",
    "components",
    "money-energy-food",
)
OFTEN = st.dates(date(2022, 6, 1), date(2024, 12, 31))


@st.composite
def views(draw: st.DrawFn, days: st.SearchStrategy[date] = OFTEN) -> View:
    """Views as an address can give them: roles only with countries, no period that ends before it begins."""
    country = tuple(draw(st.lists(st.sampled_from(COUNTRIES), unique=True, max_size=3)))
    start, end = draw(st.none() | days), draw(st.none() | days)
    if start and end and start > end:
        start, end = end, start
    return View(
        country=country,
        role=draw(st.sampled_from(list(ROLES))) if country else "subject",
        weapon_type=tuple(draw(st.lists(st.sampled_from(TYPES), unique=True, max_size=2))),
        start=start,
        end=end,
        evidence=draw(st.sampled_from([0, 0, 0, 2, 3, 4, 5])),
        contested=draw(st.sampled_from(["", "", *CONTESTED])),
        law=draw(st.sampled_from([(), (), ("un-resolution",), ("export-control", "un-2397-workers")])),
        as_of=draw(st.none() | days),
    )


def reads(query: Mapping[str, Sequence[str]], records: Records) -> View:
    """The view of an address in which nothing had to be ignored."""
    view, notes = from_query(query, records)
    assert notes == []
    return view


# --- the address ---------------------------------------------------------------------------------


@given(view=views(days=st.dates(*DAYS)))
def test_an_address_gives_back_its_view(records: Records, view: View) -> None:
    assert reads(to_query(view), records) == view


def test_the_default_view_has_no_address(records: Records) -> None:
    assert to_query(View()) == {} and reads({}, records) == View()
    assert View().is_default and View().active == 0
    assert to_query(View(role="origin")) == {}, "a role without a country says nothing"


def test_the_address_of_a_full_view_is_a_contract() -> None:
    view = View(("PRK", "RUS"), "between", ("drones",), *WINDOW, 3, "yes", date(2024, 3, 1))
    assert to_query(view) == {
        "country": ["PRK", "RUS"],
        "role": ["between"],
        "weapon_type": ["drones"],
        "from": ["2023-09-13"],
        "to": ["2024-06-19"],
        "evidence": ["3"],
        "contested": ["yes"],
        "as_of": ["2024-03-01"],
    }
    assert view.active == 7 and not view.is_default


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ({"country": ["prk"]}, View(country=("PRK",))),
        ({"country": ["North Korea"]}, View(country=("PRK",))),
        ({"country": [" south KOREA "]}, View(country=("KOR",))),
        ({"country": ["Democratic People's Republic of Korea"]}, View(country=("PRK",))),
        ({"country": ["PRK", "North Korea", "RUS", "PRK"]}, View(country=("PRK", "RUS"))),
        ({"weapon_type": ["Artillery ammunition"]}, View(weapon_type=("artillery-ammunition",))),
        ({"weapon_type": ["MISSILES"]}, View(weapon_type=("missiles",))),
        ({"role": ["sends"], "country": ["PRK"]}, View(country=("PRK",), role="origin")),
        ({"contested": ["not contested"]}, View(contested="no")),
        ({"contested": ["all"], "evidence": ["0"]}, View()),
        ({"from": ["2023-09"], "to": ["2023-09"]}, View(start=date(2023, 9, 1), end=date(2023, 9, 30))),
        ({"as_of": ["2023"]}, View(as_of=date(2023, 12, 31))),
        ({"country": [""], "role": [" "], "from": [""], "evidence": []}, View()),
        ({"page": ["3"], "record": ["transfer:x"], "": ["y"]}, View()),
    ],
)
def test_other_ways_to_say_the_same(records: Records, query: dict[str, list[str]], view: View) -> None:
    assert reads(query, records) == view


@pytest.mark.parametrize(
    ("query", "view", "parts"),
    [
        ({"country": ["DPRK"]}, View(), ["country=DPRK", "“PRK”"]),
        ({"country": ["nort korea", "RUS"]}, View(country=("RUS",)), ["country=nort korea", "North Korea"]),
        (
            {"weapon_type": ["artilery-amunition"]},
            View(),
            ["weapon_type=artilery-amunition", "artillery-ammunition"],
        ),
        ({"role": ["orign"], "country": ["PRK"]}, View(country=("PRK",)), ["role=orign", "origin"]),
        ({"contested": ["yess"]}, View(), ["contested=yess", "yes"]),
        ({"evidence": ["9"]}, View(), ["evidence=9"]),
        ({"evidence": ["-1"]}, View(), ["evidence=-1"]),
        ({"evidence": ["٣"]}, View(), ["evidence=٣"]),
        ({"as_of": ["31.10.2023"]}, View(), ["as_of=31.10.2023", "YYYY-MM-DD"]),
        ({"as_of": ["2023-02-30"]}, View(), ["as_of=2023-02-30"]),
        ({"from": ["0001-01-01"]}, View(), ["from=0001-01-01", "2000-01-01"]),
        ({"to": ["9999"]}, View(), ["to=9999", "2030-12-31"]),
        ({"from": ["2024-02"], "to": ["2024-01"]}, View(), ["2024-02-01", "2024-01-31"]),
        ({"evidence": ["2", "3"]}, View(evidence=3), ["“evidence” has 2 values"]),
        ({"as_of": ["2024-01-01", "then"]}, View(), ["“as_of” has 2 values", "as_of=then"]),
        ({"country": ["zzzz\x00\u202e\n"]}, View(), ["country=zzzz\\x00\\u202e\\n"]),
    ],
)
def test_what_is_wrong_is_ignored_and_named(
    records: Records, query: dict[str, list[str]], view: View, parts: list[str]
) -> None:
    found, notes = from_query(query, records)
    assert found == view and 1 <= len(notes) <= 2
    for part in parts:
        assert part in " ".join(notes)


HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=80),
    st.sampled_from(
        ["<script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd", "%00", "\x00" * 9, "𝒫ℛ𝒦"]
    ),
    st.sampled_from(["9" * 5000, "PRK;RUS", "2023-10-13T12:00Z", "NaN", "-0", "1e9", "[](javascript:x)"]),
    st.sampled_from([*ROLES, *CONTESTED, "PRK", "prk ", "drones", "Drones", "2023", "2023-10", "3"]),
)
NAMES = st.sampled_from([*PARAMETERS.values(), "COUNTRY", "as-of", "", "nonsense"])


@given(query=st.dictionaries(NAMES, st.lists(HOSTILE, max_size=6)))
@example(query={"country": ["x" * 100_000]})
@example(query={"country": [f"land {n}" for n in range(5000)], "weapon_type": ["y"] * 9999})
@example(query={"role": ["denier"] * 3, "country": ["\ud800"]})
def test_no_address_can_break_it(records: Records, query: dict[str, list[str]]) -> None:
    view, notes = from_query(query, records)
    assert reads(to_query(view), records) == (view if view.country else replace(view, role="subject"))
    assert len(notes) <= MOST_NOTES + 1 and all(note.isprintable() and len(note) < 300 for note in notes)
    assert select(records, view).reported >= 0 and describe(view, records) is not None
    known = {*PARAMETERS.values()}
    if not known & {name for name, values in query.items() if any(v.strip() for v in values)}:
        assert notes == [] and view == View()


def test_a_note_names_its_parameter(records: Records) -> None:
    for name in PARAMETERS.values():
        _, (note,) = from_query({name: ["no such thing"]}, records)
        assert note.startswith(f"“{name}=no such thing”")


def test_codes_of_families_and_types_do_not_contradict_each_other(records: Records) -> None:
    """A code or label that names both a family and a type must mean the same goods."""
    families, types = records.labels("families"), records.labels("weapon_types")
    for code in set(families) & set(types):
        assert [t for t, family in records.family_of.items() if family == code] == [code]
    shared = {label for code, label in families.items() if code not in types} & set(types.values())
    assert shared == set()


def test_country_names_are_unambiguous(records: Records) -> None:
    countries = records["countries"]
    spellings = pd.concat([countries["id"], countries["name"], countries["short"]]).str.casefold()
    owners = spellings.groupby(spellings).agg(lambda rows: rows.index.nunique())
    assert owners.eq(1).all(), owners[owners > 1].index.tolist()


# --- the selection -------------------------------------------------------------------------------


def check_against_reference(records: Records, tables: Mapping[str, Rows], view: View) -> None:
    selection, wanted = select(records, view), reference.Wanted(**asdict(view))
    assert set(selection.transfers) == reference.transfers(tables, wanted)
    assert set(selection.events["id"]) == reference.events(tables, wanted)
    assert set(selection.quotes["id"]) == reference.quotes(tables, wanted)
    assert selection.reported == len(reference.states(tables, view.as_of))
    check_numbers(records, selection)


def check_numbers(records: Records, selection: Selection) -> None:
    """What is found by numbers is what is found by ids."""
    as_of, wanted = selection.view.as_of, selection.transfers
    assert list(selection.columns("transfers", "id")["id"]) == wanted
    assert list(running(records).transfers[selection.numbers]) == wanted
    assert list(derive.states(records, as_of).index[selection.among]) == wanted
    assert list(ladder.rungs(records, as_of).index[selection.among]) == wanted
    said = derive.known(records, as_of)
    assert list(records["assertions"]["id"].iloc[selection.assertions]) == list(
        said["id"][said["transfer"].isin(wanted)]
    )


@given(view=views())
@example(view=View())
@example(view=View(start=WINDOW[0], end=WINDOW[1]))
@example(view=View(as_of=date(2023, 9, 15)))
def test_it_leaves_what_the_plain_reading_leaves(
    records: Records, raw: Mapping[str, Rows], view: View
) -> None:
    check_against_reference(records, raw, view)


@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize("country", [("PRK",), ("UKR",), ("PRK", "RUS"), ("CHN", "RUS", "IRN")])
def test_every_role_leaves_what_the_plain_reading_leaves(
    records: Records, raw: Mapping[str, Rows], role: str, country: tuple[str, ...]
) -> None:
    check_against_reference(records, raw, View(country=country, role=role))


def test_north_korea_and_artillery_ammunition_are_what_a_plain_query_gives(records: Records) -> None:
    frame = pd.read_csv(DATA / "transfers.csv", dtype=str, keep_default_na=False)
    korean = (frame["origin"] == "PRK") | (frame["destination"] == "PRK")
    expected = sorted(frame[korean & (frame["weapon_type"] == "artillery-ammunition")]["id"])
    view = reads({"country": ["PRK"], "weapon_type": ["artillery-ammunition"]}, records)
    assert select(records, view).transfers == expected and expected


def test_a_family_is_the_union_of_its_types(records: Records) -> None:
    everything = set()
    for family in records.labels("families"):
        types = [t for t, own in records.family_of.items() if own == family]
        assert types_of(records, View(weapon_type=(family,))) == set(types)
        whole = set(select(records, View(weapon_type=(family,))).transfers)
        assert whole == set().union(*(select(records, View(weapon_type=(t,))).transfers for t in types))
        everything |= whole
    assert everything == set(records["transfers"].index)


@given(view=views())
def test_it_holds_nothing_later_than_the_day(records: Records, view: View) -> None:
    assume(view.as_of)
    day, selection = pd.Timestamp(str(view.as_of)), select(records, view)
    said = derive.known(records, view.as_of)
    assert (said["known"] <= day).all() and (said["date"] <= str(view.as_of)).all()
    for frame in (selection.events, selection.quotes):
        assert (frame["known"] <= day).all() and (frame["date"] <= str(view.as_of)).all()
    assert (selection.states["first_reported"] <= day).all() and (
        selection.states["last_reported"] <= day
    ).all()
    assert set(selection.states["evidence_assertion"]) <= set(said["id"])


@given(view=views())
def test_each_filter_only_takes_away(records: Records, view: View) -> None:
    shown = select(records, view)
    for wider in (
        *(replace(view, country=()), replace(view, weapon_type=()), replace(view, contested="")),
        *(replace(view, evidence=0), replace(view, start=None), replace(view, end=None)),
    ):
        assert set(shown.transfers) <= set(select(records, wider).transfers)
    later = select(records, replace(view, as_of=None, contested=""))
    assert set(shown.transfers) <= set(later.transfers) or view.start or view.end


def test_announced_events_do_not_come_before_their_day(make_records: MakeRecords) -> None:
    event = {"id": "ban", "date": "2023-09-01", "first_reported": "2023-07-31", "countries": "CHN"}
    made = make_records({"events": [event]})
    assert select(made, View(as_of=date(2023, 8, 31))).events.empty
    assert list(select(made, View(as_of=date(2023, 9, 1))).events.index) == ["ban"]


MADE: dict[str, Rows] = {
    "transfers": [
        {
            "id": "made-up-a",
            "origin": "PRK",
            "destination": "RUS",
            "weapon_type": "drones",
            "start": "2023-05",
        },
        {
            "id": "made-up-b",
            "origin": "RUS",
            "destination": "PRK",
            "weapon_type": "energy",
            "start": "2024-02",
        },
    ],
    "sources": [{"id": "source-a", "reliability": "B"}],
    "assertions": [
        {
            "id": f"{t}--said",
            "transfer": t,
            "date": d,
            "stance": "asserts",
            "evidence": "3",
            "source": "source-a",
        }
        for t, d in (("made-up-a", "2023-10-13"), ("made-up-b", "2024-03-01"))
    ],
    "events": [
        {"id": "about-b", "date": "2023-06-01", "countries": "RUS;PRK", "about_transfers": "made-up-b"},
        {"id": "about-a", "date": "2024-01-04", "countries": "USA", "about_transfers": "made-up-a"},
        {"id": "about-none", "date": "2024-01", "countries": "PRK;CHN", "weapon_types": "drones"},
    ],
    "quotes": [{"id": "word", "date": "2024-06", "countries": "RUS", "about_transfers": ""}],
}


@pytest.mark.parametrize(
    ("view", "events"),
    [
        (View(), {"about-a", "about-b", "about-none"}),
        (View(as_of=date(2023, 6, 1)), {"about-b"}),  # public, though its transfer was not reported yet
        (View(as_of=date(2023, 6, 1), country=("CHN",)), set()),
        (View(start=date(2024, 1, 1), end=date(2024, 1, 31)), {"about-a", "about-none"}),  # by its own date
        (View(country=("PRK",)), {"about-a", "about-b", "about-none"}),
        (View(country=("PRK", "CHN", "RUS"), role="between"), {"about-a", "about-b", "about-none"}),
        (View(country=("USA",)), set()),  # what bears on transfers is judged by them
        (View(weapon_type=("drones",)), {"about-a", "about-none"}),
        (View(evidence=2), {"about-a", "about-b"}),
        (View(contested="yes"), set()),
    ],
)
def test_which_events_stay(
    make_records: MakeRecords, raw: Mapping[str, Rows], view: View, events: set[str]
) -> None:
    made = make_records(MADE)
    assert set(select(made, view).events["id"]) == events
    check_against_reference(made, {**complete(MADE), "weapon_types": raw["weapon_types"]}, view)


def test_a_quote_dated_by_month_belongs_to_any_period_that_touches_the_month(
    make_records: MakeRecords,
) -> None:
    made = make_records(MADE)
    assert list(select(made, View(start=WINDOW[0], end=WINDOW[1])).quotes["id"]) == ["word"]
    assert select(made, View(start=date(2024, 7, 1))).quotes.empty
    assert select(made, View(as_of=date(2024, 6, 29))).quotes.empty


@given(view=views())
def test_before_everything_nothing_is_left_and_nothing_breaks(records: Records, view: View) -> None:
    selection = select(records, replace(view, as_of=DAYS[0]))
    full = select(records, View())
    assert selection.transfers == [] and selection.reported == 0
    for frame, whole in ((selection.events, full.events), (selection.quotes, full.quotes)):
        assert frame.empty and list(frame.columns) == list(whole.columns)
    assert list(selection.states.columns) == list(full.states.columns)


def test_a_view_is_selected_once(records: Records) -> None:
    assert select(records, View(country=("PRK",))) is select(records, View(country=("PRK",)))


# --- ways out ------------------------------------------------------------------------------------


@given(view=views())
@example(view=View(country=("UNO",), weapon_type=("drones",), evidence=5, as_of=date(2023, 1, 1)))
@example(view=View(as_of=DAYS[0]))
def test_every_way_out_leads_to_something(records: Records, view: View) -> None:
    ways = ways_out(records, view)
    assert ways or view.is_default or select(records, view).transfers
    for words, wider, left in ways:
        assert words and wider != view
        assert len(select(records, wider).transfers) == left > 0
        assert len(set(asdict(view).items()) ^ set(asdict(wider).items())) <= 4 or wider.is_default
    assert len({words for words, *_ in ways}) == len(ways)


def test_a_country_that_only_reports_is_offered_as_such(records: Records) -> None:
    view = View(country=("KOR",))
    assert select(records, view).transfers == []
    assert View(country=("KOR",), role="claimant") in [wider for _, wider, _ in ways_out(records, view)]


# --- words ---------------------------------------------------------------------------------------


@given(view=views())
def test_the_sentence_counts_what_is_shown(records: Records, view: View) -> None:
    selection = select(records, view)
    text = sentence(selection, records)
    if describe(view, records):
        assert re.match(rf"{len(selection.transfers)} of {selection.reported} transfers: .+\.$", text)
    else:
        assert view.is_default and text.startswith(f"All {len(records['transfers'])} transfers")


@given(view=views())
def test_the_words_name_every_filter(records: Records, view: View) -> None:
    words = describe(view, records).casefold()
    for country in view.country:
        assert records.label("countries", country).casefold() in words
    for code in view.weapon_type:
        label = records.labels("weapon_types").get(code) or records.label("families", code)
        assert label.casefold() in words
    for day in filter(None, (view.start, view.end, view.as_of)):
        assert f"{day.day} {day:%B %Y}".casefold() in words
    assert bool(view.evidence) == ("evidence" in words)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (View(), ""),
        (View(country=("PRK",), role="origin"), "North Korea sends"),
        (View(country=("PRK", "RUS")), "North Korea and Russia send or receive"),
        (View(country=("PRK", "RUS"), role="between"), "between North Korea and Russia"),
        (
            View(country=("USA", "UKR", "KOR"), role="denier"),
            "United States, Ukraine and South Korea deny or doubt it",
        ),
        (View(weapon_type=("artillery-ammunition",)), "artillery ammunition"),
        (View(weapon_type=("drones", "engines")), "drones or engines"),
        (View(start=WINDOW[0], end=WINDOW[1]), "13 September 2023 to 19 June 2024"),
        (View(end=WINDOW[1]), "until 19 June 2024"),
        (View(evidence=4, contested="no"), "evidence 4 or better; not contested"),
        (View(as_of=date(2023, 11, 1)), "as known on 1 November 2023"),
    ],
)
def test_words(records: Records, view: View, words: str) -> None:
    assert describe(view, records) == words


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")]
)
def test_listed(items: list[str], text: str) -> None:
    assert listed(items) == text


# --- what the real data must show ------------------------------------------------------------------


def test_turned_back_to_october_2023_the_missiles_are_gone_and_the_containers_are_there(
    records: Records,
) -> None:
    view = reads({"as_of": ["2023-10-31"], "country": ["PRK"], "role": ["origin"]}, records)
    shown = select(records, view)
    assert "prk-rus-munitions-containers" in shown.transfers
    assert "prk-rus-kn23-kn24-missiles" not in shown.transfers
    missiles = select(records, replace(view, weapon_type=("ballistic-missiles",)))
    assert missiles.transfers == [] and missiles.reported == shown.reported
    ways = ways_out(records, replace(view, weapon_type=("ballistic-missiles",)))
    assert any(wider.as_of is None for _, wider, _ in ways)


def test_each_day_of_the_window_can_be_looked_at(records: Records) -> None:
    shown, day = 0, WINDOW[0]
    while day <= WINDOW[1]:
        now = len(select(records, View(as_of=day)).transfers)
        assert now >= shown
        shown, day = now, day + timedelta(days=7)
