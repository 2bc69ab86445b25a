"""The Exchange: pairs, squares, ledger, order of reports, not found; against plain loops over the CSVs."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from tests import reference
from tests.conftest import MakeRecords, Rows
from tumen import climb, exchange, view
from tumen.app.theme import palette
from tumen.desk import Desk
from tumen.exchange import Pair
from tumen.figures import exchange as drawing
from tumen.records import Records
from tumen.templates import render
from tumen.view import View

VIEWS = {
    "all": View(),
    "North Korea sends": View(country=("PRK",), role="origin"),
    "Iran": View(country=("IRN",)),
    "shown": View(evidence=4),
    "contested": View(contested="yes"),
    "missiles": View(weapon_type=("missiles",)),
    "2 November 2023": View(as_of=date(2023, 11, 2)),
    "20 June 2024": View(as_of=date(2024, 6, 20)),
    "first day": View(as_of=date(2022, 10, 20)),
}
BUDGET = 60_000  # bytes of one figure


@pytest.fixture(params=VIEWS.values(), ids=VIEWS)
def seen(request, records: Records) -> view.Selection:
    return view.select(records, request.param)


def slow(raw, as_of: date | None, ids: list[str]) -> dict[str, dict[str, object]]:
    """Transfer → its row, with family and group, and what is known of it on a day."""
    families = {row["id"]: row["family"] for row in raw["weapon_types"]}
    known = reference.states(raw, as_of)
    found = {}
    for row in raw["transfers"]:
        if row["id"] in ids:
            step = known[row["id"]]["evidence"]
            group = "shown" if step > 3 else "assessed" if step == 3 else "reported"
            found[row["id"]] = {
                **row,
                **known[row["id"]],
                "family": families[row["weapon_type"]],
                "group": group,
            }
    return found


def test_pairs_put_russia_right_and_lose_nobody(records: Records, seen: view.Selection) -> None:
    found = exchange.table(records, seen)
    pairs = exchange.pairs(found)
    ends = [direction for pair in pairs for direction in pair.directions]
    assert len({frozenset(e) for e in ends}) == len(pairs)
    assert {*zip(found.rows["origin"], found.rows["destination"], strict=True)} <= {*ends}
    assert all(pair.left != "RUS" for pair in pairs)
    assert sum(len(exchange.between(found, *e)) for e in ends) == len(seen.transfers)


def test_pairs_come_in_their_order(records: Records) -> None:
    found = exchange.table(records, view.select(records, View()))
    assert [pair.key for pair in exchange.pairs(found)][:3] == ["PRK-RUS", "IRN-RUS", "CHN-RUS"]


def test_each_transfer_is_one_square_of_its_family_and_proof(
    records: Records, raw, seen: view.Selection
) -> None:
    picture = exchange.picture(records, exchange.table(records, seen))
    expected = Counter(
        (row["origin"], row["family"], f"transfer:{row['id']}", row["group"], row["contested"])
        for row in slow(raw, seen.view.as_of, seen.transfers).values()
    )
    drawn = Counter(
        (panel[side]["country"], row["family"]["id"], s["record"], s["group"], s["contested"])
        for panel in [*picture["panels"], *picture["small"]]
        for row in panel["rows"]
        for side in ("left", "right")
        for s in (row[side] or {"squares": []})["squares"]
    )
    assert drawn == expected and picture["per"] == 1


def test_the_ledger_has_a_line_for_each_transfer(records: Records, raw, seen: view.Selection) -> None:
    found, as_of = exchange.table(records, seen), seen.view.as_of
    expected = slow(raw, as_of, seen.transfers)
    labels = {row["id"]: row["label"] for row in raw["statuses"]}
    written = {}
    for pair in exchange.pairs(found):
        for family in exchange.ledger(records, found, pair, as_of):
            for side, (origin, _) in zip(family["sides"], pair.directions, strict=True):
                assert side["count"] == len(side["lines"]) + side["more"] and not side["more"]
                for line in side["lines"]:
                    assert (line["origin"], line["family"]) == (origin, family["id"])
                    written[line["id"]] = line
    assert written.keys() == expected.keys()
    for transfer, line in written.items():
        row = expected[transfer]
        assert line["group"] == row["group"] and line["contested"] == row["contested"]
        assert line["code"] == f"{row['reliability']}{row['credibility']}"
        assert reference.last_day(line["reported"]) == row["first_reported"]
        assert line["status"] == ("" if as_of else labels[row["status"]])  # type: ignore[index]


def test_the_sides_add_up(records: Records, raw, seen: view.Selection) -> None:
    found = exchange.table(records, seen)
    expected = slow(raw, seen.view.as_of, seen.transfers).values()
    for pair in exchange.pairs(found):
        sides = exchange.sides(records, found, pair)
        for side, (origin, destination) in zip(sides, pair.directions, strict=True):
            own = [row for row in expected if (row["origin"], row["destination"]) == (origin, destination)]
            assert side["count"] == len(own) == sum(f["count"] for f in side["families"])
            counts = Counter(row["group"] for row in own)
            assert {g["id"]: g["count"] for g in side["groups"]} == {g: counts[g] for g in exchange.GROUPS}
            assert side["contested"]["count"] == sum(bool(row["contested"]) for row in own)
            statuses = sum(s["count"] for s in side["statuses"])
            assert statuses == (0 if seen.view.as_of else len(own))


def test_half_by_is_the_day_on_which_half_was_public(records: Records, raw, seen: view.Selection) -> None:
    found, as_of = exchange.table(records, seen), seen.view.as_of
    expected = slow(raw, as_of, seen.transfers)
    for pair in exchange.pairs(found):
        order = exchange.order(records, found, pair, as_of)
        if order is None:
            assert min(len(exchange.between(found, *e)) for e in pair.directions) == 0
            continue
        for row in [order["anchor"], *order["rows"]]:
            giver = next(c for c in (pair.left, pair.right) if records.label("countries", c) == row["giver"])
            own = [r for r in expected.values() if (r["origin"], r["family"]) == (giver, row["family"])]
            own = [r for r in own if {r["origin"], r["destination"]} == {pair.left, pair.right}]
            days = [r["first_reported"] for r in own]
            half = row["half"]["day"]
            assert row["count"] == len(own) and row["first"]["day"] == min(days)
            assert sum(day <= half for day in days) * 2 >= len(days) > sum(day < half for day in days) * 2
            assert expected[row["half"]["transfer"]]["first_reported"] == half
            if "after" in row:
                assert row["after"] == (half - order["anchor"]["half"]["day"]).days
            begun = [r["start"] for r in own if len(str(r["start"])) > 4]
            begun = [t for t in begun if as_of is None or reference.first_day(str(t)) <= as_of]
            assert row["started"] == len(begun) and (row["start"] is None) == (not begun)


def test_apart_in_words() -> None:
    words = [exchange.apart(n) for n in (-20, -1, 0, 1, None)]
    assert words == ["20 days earlier", "1 day earlier", "the same day", "1 day later", ""]


def test_the_title_counts_what_is_shown(records: Records, raw, seen: view.Selection) -> None:
    found = exchange.table(records, seen)
    expected = slow(raw, seen.view.as_of, seen.transfers).values()
    for pair in exchange.pairs(found):
        title = exchange.headline(records, found, pair)
        for ends in pair.directions:
            own = [row for row in expected if (row["origin"], row["destination"]) == ends]
            shown = sum(row["group"] == "shown" for row in own)
            assert (f"{shown or 'none'} of {len(own)}" in title) == bool(own)
        assert "None" not in title and "nan" not in title


def test_not_found_is_told_with_its_pair_and_only_today(records: Records, raw) -> None:
    selection = view.select(records, View())
    found = exchange.table(records, selection)
    ends = {row["id"]: frozenset((row["origin"], row["destination"])) for row in raw["transfers"]}
    for pair in exchange.pairs(found):
        own = frozenset((pair.left, pair.right))
        subjects = {f"{a}-{b}".lower() for a, b in pair.directions}
        expected = set()
        for row in raw["not_found"]:
            named = [t for t in row["transfers"].split(";") if t]
            if any(ends[t] == own and t in selection.transfers for t in named):
                expected.add(row["id"])
            if not named and row["subject"] in subjects:
                expected.add(row["id"])
        groups = exchange.not_found(records, found, pair, View())
        assert {row["id"] for group in groups for row in group["rows"]} == expected
        assert all(group["rows"] for group in groups)
        assert exchange.not_found(records, found, pair, View(as_of=date(2026, 1, 1))) == []


def test_every_number_of_the_page_leads_to_a_record(records: Records, seen: view.Selection) -> None:
    """Each pick is a record that exists, with a real address beside it."""
    for html in parts(records, seen):
        for href, pick in re.findall(r'<a[^>]*?href="([^"]*)"[^>]*?data-pick="([^"]*)"', html):
            kind, _, name = pick.replace("&gt;", ">").partition(":")
            if kind == "pair":
                assert href == f"?pair={name}"
                continue
            if kind == "page":
                assert href.startswith("/records?") and ("as_of=" in href) == bool(seen.view.as_of)
                continue
            assert kind in ("transfer", "flow") and href.startswith("/record?record=")
            assert kind == "flow" or name in seen.transfers
            assert ("as_of=" in href) == bool(seen.view.as_of)
        assert html.count("<a ") == html.count("data-pick=")


def parts(records: Records, selection: view.Selection) -> Iterator[str]:
    """The page's HTML for each pair in view."""
    found, as_of = exchange.table(records, selection), selection.view.as_of
    common = {"desk": Desk(records, as_of), "level": 2, "family_colours": palette(False)["families"]}
    for pair in exchange.pairs(found):
        yield render(
            "exchange.html", picture=exchange.picture(records, found), groups=exchange.GROUPS,
            chosen=pair.key, **common,
        )  # fmt: skip
        yield render(
            "exchange_sides.html", sides=exchange.sides(records, found, pair), tinted="the window", **common
        )
        yield render(
            "exchange_ledger.html",
            order=exchange.order(records, found, pair, as_of),
            apart=exchange.apart,
            ledger=exchange.ledger(records, found, pair, as_of),
            names=[pair.left, pair.right],
            not_found=exchange.not_found(records, found, pair, selection.view),
            **common,
        )


def test_a_turned_back_ledger_holds_no_hindsight(records: Records) -> None:
    html = "".join(parts(records, view.select(records, View(as_of=date(2023, 11, 2)))))
    assert "hindsight" not in html and "Looked for" not in html


# --- the strip -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [340, 620, 980])
def test_the_strip_has_a_dot_for_each_transfer_on_its_side(
    records: Records, seen: view.Selection, width: int
) -> None:
    found = exchange.table(records, seen)
    for pair in exchange.pairs(found):
        drawn = drawing.figure(
            exchange.reports(records, found, pair), palette=palette(False), width=width,
            names=exchange.names(records, found, pair), as_of=seen.view.as_of,
        )  # fmt: skip
        dots = {
            pick: (x, y)
            for trace in drawn["data"]
            for pick, x, y in zip(trace["customdata"], trace["x"], trace["y"], strict=True)
        }
        for (origin, destination), sign in zip(pair.directions, (1, -1), strict=True):
            for transfer, row in exchange.between(found, origin, destination).iterrows():
                x, y = dots.pop(f"transfer:{transfer}")
                assert y * sign > 0 and x[:10] == row["first_reported"].date().isoformat()
        assert not dots
        low, high = drawn["layout"]["yaxis"]["range"]
        assert all(low < y < high for trace in drawn["data"] for y in trace["y"])
        assert len(json.dumps(drawn)) < BUDGET


# --- many more than today ------------------------------------------------------------------------


def many(count: int) -> Mapping[str, Rows]:
    transfers = [
        {
            "id": f"made-up-{n:04}", "origin": "PRK", "destination": "RUS", "item": f"Item <{n}>",
            "weapon_type": "artillery-ammunition", "kind": "arms", "status": "alleged", "start": "2023-08",
        }
        for n in range(count)
    ]  # fmt: skip
    assertions = [
        {
            "id": f"{row['id']}--said", "transfer": row["id"],
            "date": f"2023-{n % 12 + 1:02}-{n % 27 + 1:02}",
            "by": "Somebody", "by_country": "USA", "actor_kind": "government", "origin": "one",
            "stance": "asserts", "evidence": str(n % 5 + 1), "source": "source",
        }
        for n, row in enumerate(transfers)
    ]  # fmt: skip
    return {
        "transfers": transfers,
        "assertions": assertions,
        "sources": [{"id": "source", "reliability": "B"}],
    }


def test_a_thousand_transfers_are_gathered_and_what_is_left_out_is_said(
    make_records: MakeRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_records(many(1000))
    found = exchange.table(made, view.select(made, View()))
    pair = Pair("PRK", "RUS")
    picture = exchange.picture(made, found)
    assert picture["per"] == 25 and 39 <= len(picture["panels"][0]["left"]["squares"]) <= 42
    (family,) = exchange.ledger(made, found, pair, None)
    assert family["sides"][0]["more"] == 1000 - exchange.FEW_LINES
    assert exchange.sides(made, found, pair)[0]["undrawn"] == 1000 - exchange.MOST_DOTS
    assert climb.climbs(made, found, View())["more"] == 1000 - climb.MOST
    monkeypatch.setattr(climb, "VERY_MANY", 999)
    assert climb.climbs(made, found, View())["more"] == 1000 - climb.FEW
    drawn = drawing.figure(
        exchange.reports(made, found, pair), palette=palette(True), width=980,
        names=exchange.names(made, found, pair),
    )  # fmt: skip
    assert len(json.dumps(drawn)) < BUDGET and "<9" not in json.dumps(drawn)
    assert all(len(html.encode()) < 60_000 for html in parts(made, view.select(made, View())))


# --- the ladder of all in view -------------------------------------------------------------------


def test_each_transfer_climbs_once_the_proven_ones_first(records: Records, seen: view.Selection) -> None:
    found = exchange.table(records, seen)
    climbs = climb.climbs(records, found, seen.view)
    rows = [*climbs["shown"], *climbs["others"]]
    assert sorted(row["id"] for row in rows) == sorted(seen.transfers)
    proofs = [
        min(s["days"] for s in row["stops"] if {"records", "find"} & {*s["rungs"]}) for row in climbs["shown"]
    ]
    assert proofs == sorted(proofs)
    for row in rows:
        days = [stop["days"] for stop in row["stops"]]
        assert days == sorted({*days}) and days[0] == 0 and row["stops"][0]["rungs"][0] == "report"
        assert all(0 <= stop["left"] <= 100 for stop in row["stops"])
    assert sum(d["count"] for d in climbs["directions"]) == len(rows)
    assert all(
        climbs["never"][rung] == sum(rung not in r for r in map(rungs, rows)) for rung in climbs["never"]
    )


def rungs(row: Mapping[str, list[dict[str, list[str]]]]) -> set[str]:
    return {rung for stop in row["stops"] for rung in stop["rungs"]}


def test_an_empty_half_has_no_order(records: Records) -> None:
    found = exchange.table(records, view.select(records, View(country=("PRK",), role="origin")))
    assert exchange.order(records, found, Pair("PRK", "RUS"), None) is None
    assert "nothing the other way" in exchange.headline(records, found, Pair("PRK", "RUS"))
