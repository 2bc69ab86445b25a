"""The figures page's content: like beside like, nothing lost, nothing added, and the finding in words."""

from datetime import date
from html import unescape
from itertools import pairwise

import pytest

from tests.conftest import MakeRecords, Rows
from tests.test_pages import look
from tumen import derive, estimates, view
from tumen.estimates import Figure, Panel
from tumen.records import Records
from tumen.view import View

EVERYTHING = View()
STOPS = (date(2023, 11, 2), date(2024, 2, 27), date(2024, 6, 20), None)

# What issue 3 wants on one page: transfer, day, claimant, and the numbers of the figure.
MUST_SHOW = [
    ("prk-rus-artillery-shells", "2023-11-01", "ROK National Intelligence Service", 1e6, None),
    ("prk-rus-munitions-containers", "2024-02-26", "ROK Defence Minister Shin Won-sik", 6700, None),
    ("prk-rus-152mm-shells", "2024-02-26", "ROK Defence Minister Shin Won-sik", None, 3e6),
    ("prk-rus-122mm-rockets", "2024-02-26", "ROK Defence Minister Shin Won-sik", 5e5, None),
    ("prk-rus-munitions-containers", "2024-02-23", "US Department of State", 10_000, None),
    ("prk-rus-artillery-shells", "2024-02-25", "President of Ukraine (Zelensky)", 1.5e6, None),
    ("prk-rus-artillery-shells", "2024-02-26", "Ukrainian military intelligence (Skibitskyi)", 1.5e6, None),
    ("prk-rus-artillery-shells", "2024-02-28", "CSIS Beyond Parallel", 2.5e6, None),
    ("prk-rus-munitions-containers", "2024-02-28", "CSIS Beyond Parallel", 25, None),
    ("prk-rus-munitions-containers", "2024-06-22", "C4ADS, from Russian cargo records", 74_000, None),
    ("prk-rus-artillery-shells", "2024-06-22", "C4ADS, from Russian cargo records", 1.6e6, None),
    ("prk-rus-152mm-shells", "2024-06-14", "ROK Defence Minister Shin Won-sik", None, 4.8e6),
    ("prk-rus-152mm-shells", "2024-08-27", "ROK Defense Intelligence Agency", 6e6, None),
    ("prk-rus-artillery-shells", "2024-10-18", "ROK National Intelligence Service", 8e6, None),
    ("prk-rus-munitions-containers", "2024-10-18", "ROK National Intelligence Service", 13_000, None),
    ("prk-rus-munitions-containers", "2024-12-18", "US Mission to the UN (Thomas-Greenfield)", 20_000, None),
    ("prk-rus-artillery-shells", "2025-04-15", "Open Source Centre", 4e6, 6e6),
]


def shown(records: Records, wanted: View = EVERYTHING, choice: str = "") -> list[Figure]:
    selection = view.select(records, wanted)
    chosen = choice or estimates.default(selection, estimates.choices(records, selection))
    return estimates.figures(records, wanted.as_of, estimates.transfers(records, selection, chosen))


def paneled(records: Records, wanted: View = EVERYTHING, choice: str = "") -> list[Panel]:
    return estimates.panels(records, view.select(records, wanted), shown(records, wanted, choice))


# --- the real data ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("transfer", "day", "by", "low", "high"), MUST_SHOW)
def test_the_first_view_holds_what_must_be_shown(
    records: Records, transfer: str, day: str, by: str, low: float | None, high: float | None
) -> None:
    drawn, alone = estimates.split(paneled(records))
    told = [f for panel in drawn for f in panel.figures] + alone
    found = [f for f in told if (f.transfer, f.date, f.by, f.low, f.high) == (transfer, day, by, low, high)]
    assert found
    assert all(f.cited["url"].startswith("http") for f in found)


def test_a_panel_mixes_nothing_and_every_number_in_it_was_published(
    records: Records, raw: dict[str, Rows]
) -> None:
    given = {row["id"]: row for row in raw["assertions"]}
    like = ("transfer", "measure", "unit", "rate", "scope")
    for choice in estimates.choices(records, view.select(records, EVERYTHING)):
        for panel in paneled(records, choice=choice):
            assert len({tuple(given[f.id][c] for c in like) for f in panel.figures}) == 1
            for f in panel.figures:
                ends = [float(given[f.id][c]) for c in ("low", "high") if given[f.id][c]]
                assert (f.least, f.most) == (min(ends), max(ends))


@pytest.mark.parametrize("as_of", STOPS)
def test_every_figure_public_by_the_day_is_in_the_table_of_its_transfer(
    records: Records, raw: dict[str, Rows], as_of: date | None
) -> None:
    wanted = View(as_of=as_of)
    selection = view.select(records, wanted)
    public = set(derive.known(records, as_of)["id"])
    numbered = {r["id"] for r in raw["assertions"] if r["low"] or r["high"]} & public
    reported = {r["id"] for r in raw["assertions"] if r["transfer"] in set(selection.transfers)}
    told = {f.id for t in selection.transfers for f in estimates.figures(records, as_of, [t])}
    assert numbered & reported <= told <= public


@pytest.mark.parametrize("as_of", STOPS)
def test_panels_and_single_figures_hold_each_comparable_figure_once(
    records: Records, as_of: date | None
) -> None:
    wanted = View(as_of=as_of)
    for choice in estimates.choices(records, view.select(records, wanted)):
        drawn, alone = estimates.split(paneled(records, wanted, choice))
        ids = [f.id for panel in drawn for f in panel.figures] + [f.id for f in alone]
        assert len(ids) == len(set(ids))
        assert set(ids) == {f.id for f in shown(records, wanted, choice) if f.group}


def test_plans_and_orders_never_share_a_panel_with_deliveries(records: Records) -> None:
    panels = [
        p
        for c in estimates.choices(records, view.select(records, EVERYTHING))
        for p in paneled(records, choice=c)
    ]
    measures = [{f.measure for f in panel.figures} for panel in panels]
    assert any(m & set(estimates.PLANS) for m in measures)
    assert all(len(m) == 1 for m in measures)


def test_the_two_readings_of_a_capacity_stand_side_by_side(records: Records) -> None:
    scopes = [panel.scope for panel in paneled(records)]
    assert abs(scopes.index("if-152-mm") - scopes.index("if-122-mm")) == 1
    titles = [panel.title for panel in paneled(records) if panel.alternative]
    assert all("capacity, not a count" in title for title in titles)


def test_a_revision_joins_figures_of_one_origin_in_order_of_time(records: Records) -> None:
    runs = [run for panel in paneled(records) for run in panel.revisions()]
    assert runs
    for run in runs:
        assert len({(f.origin, f.group) for f in run}) == 1
        assert all(one.days.last <= other.days.last for one, other in pairwise(run))


def test_the_ranked_list_leads_with_many_origins_and_ends_with_single_ones(records: Records) -> None:
    rows = estimates.ranking(records, view.select(records, EVERYTHING))["rows"]
    assert (rows[0]["transfer"], rows[0]["what"]) == ("prk-rus-artillery-shells", "supplied")
    single = [row["origins"] == 1 for row in rows]
    assert single == sorted(single)
    assert all(
        mark["left"] >= 0 and mark["left"] + mark["width"] <= 100.1 for r in rows for mark in r["marks"]
    )


def test_three_days_give_three_findings(records: Records) -> None:
    found = set()
    for as_of in STOPS[:3]:
        selection = view.select(records, View(as_of=as_of))
        chosen = estimates.transfers(records, selection, "shells")
        found.add(estimates.headline(records, selection, chosen))
        assert all(f.days.last <= as_of for f in estimates.figures(records, as_of, chosen) if as_of)
    assert len(found) == 3


def test_a_contradiction_is_between_two_who_cannot_both_be_right(records: Records) -> None:
    rows = estimates.ranking(records, view.select(records, EVERYTHING))["rows"]
    containers = next(r for r in rows if r["transfer"] == "prk-rus-munitions-containers")
    low, high = containers["together"]["low"], containers["together"]["high"]
    assert (low.low, high.low, containers["together"]["factor"]) == (6700, 10_000, "1.5")
    assert low.origin != high.origin


def test_an_unfiltered_view_opens_with_shells_and_containers_and_a_filter_with_its_own(
    records: Records,
) -> None:
    def usual(wanted: View) -> str:
        selection = view.select(records, wanted)
        return estimates.default(selection, estimates.choices(records, selection))

    assert usual(EVERYTHING) == usual(View(as_of=date(2024, 2, 27))) == "shells"
    assert usual(View(country=("PRK",))) == "prk-rus-artillery-shells"
    assert records["transfers"].at[usual(View(country=("CHN",))), "origin"] in ("CHN", "RUS")


def test_an_address_that_names_nothing_here_is_said(records: Records) -> None:
    options = estimates.choices(records, view.select(records, View(country=("IRN",))))
    assert estimates.understood({"of": ["rus-irn-su-35"]}, options, "x") == ("rus-irn-su-35", [])
    choice, notes = estimates.understood({"of": ["prk-rus-artillery-shells"]}, options, "x")
    assert choice == "x"
    assert "prk-rus-artillery-shells" in notes[0]


@pytest.mark.parametrize("as_of", ["2023-11-02", "2024-02-27", "2024-06-20"])
def test_the_page_tells_each_figure_of_the_day_with_its_source_and_record(
    records: Records, as_of: str
) -> None:
    seen = look("figures", {"as_of": as_of})
    text = unescape(seen.parts["detail"]["html"])
    for f in shown(records, View(as_of=date.fromisoformat(as_of))):
        assert f">{f.words}<" in text
        assert f'href="{f.cited["url"]}"' in text
        assert f'data-pick="transfer:{f.transfer}"' in text


def test_a_chosen_transfer_is_in_the_address_and_in_the_title() -> None:
    seen = look("figures", {"of": "rus-irn-su-35"})
    assert "Su-35" in seen.parts["title"]["html"]
    assert seen.app.selectbox(key="figures_of").value == "rus-irn-su-35"
    again = seen.app.selectbox(key="figures_of").select("shells").run()
    assert "of" not in again.query_params


# --- made-up data ----------------------------------------------------------------------------------

PLAIN = {"measure": "supplied", "unit": "rounds", "rate": "total", "scope": "this-flow"}
TRANSFERS: Rows = [
    {"id": "made-up", "item": "Made-up shells", "origin": "PRK", "destination": "RUS"}
    | {"weapon_type": "artillery-ammunition"}
]
ORIGINS: Rows = [
    {"id": "one", "name": "One"},
    {"id": "two", "name": "Two"},
    {"id": "mbo", "name": "Made-up Body Outside"},
    {"id": "usa-government", "name": "United States government", "country": "USA", "kind": "government"},
]


def said(number: int, **more: str) -> dict[str, str]:
    row = {"id": f"a{number}", "transfer": "made-up", "by": "Someone", "origin": "one", "stance": "asserts"}
    return row | {"date": "2024-01-01", "source": "s", "evidence": "2", "qualifier": "about"} | PLAIN | more


def made(make_records: MakeRecords, *told: dict[str, str]) -> Records:
    return make_records(
        {
            "transfers": TRANSFERS,
            "origins": ORIGINS,
            "sources": [{"id": "s", "publisher": "Paper", "reliability": "B"}],
            "assertions": list(told),
        }
    )


def finding(records: Records) -> str:
    return estimates.headline(records, view.select(records, EVERYTHING), ["made-up"])


def test_the_finding_names_both_ends(make_records: MakeRecords) -> None:
    told = said(1, low="100"), said(2, low="250", origin="two", date="2024-03", qualifier="more than")
    assert finding(made(make_records, *told)) == (
        "Made-up shells: from about 100 rounds (One, January 2024) to more than 250 rounds (Two, March 2024)"
    )


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (
            {"low": "300"},
            "one origin changed its figure, from about 100 rounds (One, January 2024) to about 300",
        ),
        ({"low": "100", "origin": "two"}, "the 2 published figures agree, 100 rounds"),
        ({"low": "300", "unit": "tonnes"}, "2 published figures, no two of which measure the same thing"),
        ({"low": "300", "measure": "planned"}, "2 published figures, no two of which measure the same"),
        ({}, "one published figure, and no other to compare it with"),
    ],
)
def test_what_is_no_disagreement_is_not_called_one(
    make_records: MakeRecords, second: dict[str, str], words: str
) -> None:
    records = made(make_records, said(1, low="100"), said(2, date="2024-01-05", **second))
    assert words in finding(records)


@pytest.mark.parametrize(
    ("first", "second", "factor"),
    [
        ({"low": "100"}, {"low": "300", "qualifier": "more than"}, "3"),
        ({"low": "100", "qualifier": "more than"}, {"low": "300"}, None),
        ({"high": "100", "qualifier": "up to"}, {"low": "300"}, "3"),
        ({"low": "100"}, {"high": "300", "qualifier": "up to"}, None),
        ({"low": "50", "high": "100", "qualifier": "between"}, {"low": "300"}, "3"),
        ({"low": "50", "high": "400", "qualifier": "between"}, {"low": "300"}, None),
        ({"low": "100"}, {"low": "300", "date": "2024-02-02"}, None),
        ({"low": "100"}, {"low": "300", "origin": "one"}, None),
    ],
    ids=str,
)
def test_bounds_contradict_only_what_they_exclude(
    make_records: MakeRecords, first: dict[str, str], second: dict[str, str], factor: str | None
) -> None:
    records = made(make_records, said(1, **first), said(2, **{"origin": "two"} | second))
    row = estimates.ranking(records, view.select(records, EVERYTHING))["rows"][0]
    assert (row["together"] or {"factor": None})["factor"] == factor


def test_a_denial_and_mere_words_stand_in_the_table_alone(make_records: MakeRecords) -> None:
    records = made(
        make_records,
        said(1, low="100"),
        said(2, low="0", high="0", stance="denies", reach="whole", qualifier="exactly"),
        said(3, qualifier="dozens"),
        said(4, low="40", stance="denies", reach="amount", origin="two"),
    )
    selection = view.select(records, EVERYTHING)
    told = estimates.figures(records, None, ["made-up"])
    panel = estimates.panels(records, selection, told)[0]
    assert {f.id for f in told} == {"a1", "a2", "a3", "a4"}
    assert {f.id for f in panel.figures} == {"a1", "a4"}
    assert [f.id for f in panel.figures if f.disputes] == ["a4"]
    heads = [head for head, _ in estimates.cautions(records, selection, told)]
    assert {"In words only", "Denials"} <= set(heads)


def test_origins_have_short_names(make_records: MakeRecords) -> None:
    told = [said(n, low="1", origin=o["id"]) for n, o in enumerate(ORIGINS)]
    found = {f.origin: f.who for f in estimates.figures(made(make_records, *told), None, ["made-up"])}
    assert found == {"one": "One", "two": "Two", "mbo": "MBO", "usa-government": "United States"}


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(22.86, "23"), (9.97, "10"), (6.0, "6"), (2.083, "2.1"), (1.06, "1.06"), (100, "100")],
)
def test_a_factor_has_as_many_digits_as_tell_it(ratio: float, words: str) -> None:
    assert estimates.factor(ratio) == words
