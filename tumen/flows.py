"""Flows: the transfers in view, gathered by sender, receiver and family of goods.

A flow's number is a count of transfers on record, never a sum of amounts: containers, tonnes and
rounds cannot be added, and a parent transfer holds its children's amounts already.
"""

from typing import Any

import pandas as pd

from tumen import geography, wording
from tumen.desk import Desk
from tumen.records import Records, rows
from tumen.told import Part, Told
from tumen.view import Selection, rows_ref

FLOW = ["origin", "destination", "family"]


def flows(records: Records, selection: Selection) -> pd.DataFrame:
    """One row per sender, receiver and family, the best evidenced first.

    Columns: origin, destination, family, transfers (count), evidence (best step, 1–5), contested
    (any of them), record (reference of the card: the transfer if it is one, else the flow), label.
    """
    moved = records["transfers"].loc[selection.transfers, [*FLOW, "item"]]
    moved = moved.join(selection.states[["evidence", "contested"]])
    moved["transfer"] = moved.index
    if moved.empty:
        return pd.DataFrame(columns=[*FLOW, "transfers", "evidence", "contested", "record", "label"])
    found = moved.groupby(FLOW, as_index=False).agg(
        transfers=("transfer", "size"),
        evidence=("evidence", "max"),
        contested=("contested", "any"),
        first=("transfer", "first"),
        item=("item", "first"),
    )
    found["record"] = [reference(row) for row in rows(found)]
    found["label"] = [_label(records, row) for row in rows(found)]
    return found.sort_values(["evidence", "transfers"], ascending=False, ignore_index=True)


def pairs(found: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Sender, receiver and their number of transfers, the busiest direction first."""
    counts = found.groupby(["origin", "destination"])["transfers"].sum().reset_index()
    busiest = counts.sort_values("transfers", ascending=False, kind="stable")
    return [(pair.origin, pair.destination, int(pair.transfers)) for pair in rows(busiest)]


def reference(flow: Any) -> str:
    """The card that a flow opens: its only transfer, or the list of all of them."""
    if flow.transfers == 1:
        return f"transfer:{flow.first}"
    return f"flow:{flow.origin}>{flow.destination}:{flow.family}"


def _label(records: Records, flow: Any) -> str:
    ends = f"{records.label('countries', flow.origin)} → {records.label('countries', flow.destination)}"
    what = flow.item if flow.transfers == 1 else wording.plural(flow.transfers, "transfer")
    dispute = ", contested" if flow.contested else ""
    family = records.label("families", flow.family)
    return f"{ends} · {family}: {what}, best evidence {flow.evidence}{dispute}"


def legs(records: Records, selection: Selection) -> pd.DataFrame:
    """The legs of every route that a transfer in view has taken, with their course.

    Columns: id, route, mode, basis, family, evidence, record, label, coordinates, km.
    A leg shows the best evidenced transfer of its route; routes that no transfer uses are left out.
    """
    moved = records["transfers"].loc[selection.transfers].join(selection.states["evidence"])
    moved["route"] = _routes(records, selection)
    moved = moved[moved["route"] != ""].sort_values("evidence", ascending=False).drop_duplicates("route")
    courses = records.once("courses", lambda: geography.legs_with_courses(records["legs"], records["places"]))
    found = courses[courses["route"].isin(moved["route"])].merge(
        moved[["route", "family", "evidence"]], on="route", how="left"
    )
    found["record"] = "route:" + found["route"]
    found["label"] = [_leg_label(records, leg) for leg in rows(found)]
    return found


def _leg_label(records: Records, leg: Any) -> str:
    ends = f"{records.label('places', leg.from_place)} → {records.label('places', leg.to_place)}"
    return f"{ends}, by {leg.mode}, {leg.km:,.0f} km, {leg.basis}"


def places(records: Records, selection: Selection) -> pd.DataFrame:
    """The places that transfers in view name, and those of their routes.

    Columns: id, name, lon, lat, kind, approximate, record, label.
    """
    moved = records["transfers"].loc[selection.transfers]
    stops = records["routes"].loc[[r for r in _routes(records, selection).unique() if r], "stops"]
    named = {*moved["origin_place"], *moved["destination_place"]}.union(*moved["via"], *stops) - {""}
    found = records["places"].loc[sorted(named)].copy()
    found["record"] = "place:" + found["id"]
    found["label"] = [
        f"{name}{' (approximate)' if vague else ''}"
        for name, vague in zip(found["name"], found["approximate"], strict=True)
    ]
    return found


def headline(records: Records, selection: Selection) -> Told:
    """The finding of the map: the busiest pair or direction, and how many routes the sources name."""
    view, directions = selection.view, pairs(flows(records, selection))
    origin, destination, _ = directions[0]
    one, other = (records.label("countries", country) for country in (origin, destination))
    both = [count for *ends, count in directions if {*ends} == {origin, destination}]
    between, total = sum(both), len(selection.transfers)
    ends = f"between {one} and {other}" if len(both) > 1 else f"from {one} to {other}"
    search = f"origin={origin} destination={destination}"
    if len(both) > 1:
        search = f"origin={origin}|{destination} destination={origin}|{destination}"
    whole = (wording.plural(total, "transfer"), rows_ref(view, "transfers"))
    share = Told(whole)
    if between != total:
        busiest = (str(between), rows_ref(view, "transfers", search))
        share = Told(busiest, " of ", whole, " runs" if between == 1 else " run")
    return Told(share, f" {ends}; ", _routed(within(records, selection)["routed"], total))


def _routed(routed: Part, total: int) -> Told:
    count = int(routed[0]) if routed[0].isdigit() else 0
    if not count:
        return Told("no source names a route")
    return (
        Told("sources name ", ("its route", routed[1]))
        if total == 1
        else Told("sources name the route of ", routed)
    )


def in_words(records: Records, selection: Selection) -> str:
    """The map for those who cannot see it: each flow in words, the best evidenced first."""
    labels = list(flows(records, selection)["label"])
    rest = f"; and {len(labels) - 12} more, all in the table below" if len(labels) > 12 else ""
    return f"Map of {wording.plural(len(labels), 'flow')}: {'; '.join(labels[:12])}{rest}."


def table(records: Records, selection: Selection) -> list[dict[str, Any]]:
    """The flows as rows for people: names instead of codes, and the step of the best evidence in words."""
    return [
        {
            **flow._asdict(),
            "from": records.label("countries", flow.origin),
            "to": records.label("countries", flow.destination),
            "family_label": records.label("families", flow.family),
            "step": records.label("evidence", str(flow.evidence)),
        }
        for flow in rows(flows(records, selection))
    ]


def routes(records: Records, selection: Selection) -> list[dict[str, Any]]:
    """The routes that transfers in view have taken: name, legs in words, length (a range if it branches)."""
    found = legs(records, selection)
    lengths = geography.route_km(found)
    return [
        {
            "id": route,
            "name": records.label("routes", str(route)),
            "legs": list(own["label"]),
            "km": _length(*lengths.loc[route, ["shortest", "longest"]]),
        }
        for route, own in found.groupby("route", sort=True)
    ]


def _length(shortest: float, longest: float) -> str:
    near, far = f"{shortest:,.0f}", f"{longest:,.0f}"
    return f"{near} km" if near == far else f"{near} to {far} km"


def within(records: Records, selection: Selection) -> dict[str, Part]:
    """How many transfers in view are drawn in which way: with a documented route, or country to country."""
    routed = _routes(records, selection).ne("")
    ways = {"routed": routed.index[routed], "schematic": routed.index[~routed]}
    return {way: (str(len(ids)), rows_ref(selection.view, "transfers", ids=ids)) for way, ids in ways.items()}


def _routes(records: Records, selection: Selection) -> pd.Series:
    """The route of each transfer in view, '' where none was public by its day."""
    route = records["transfers"].loc[selection.transfers, "route"]
    public = Desk(records, selection.view.as_of).public("routes", {*route} - {""})
    return route.where(route.isin(public), "")
