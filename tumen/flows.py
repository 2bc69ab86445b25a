"""Flows: the transfers in view, gathered by sender, receiver and family of goods.

A flow's number is a count of transfers on record, never a sum of amounts: containers, tonnes and
rounds cannot be added, and a parent transfer holds its children's amounts already.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from tumen import geography, wording
from tumen.desk import courses
from tumen.records import Records, rows
from tumen.references import public_rows
from tumen.speech import _, ngettext
from tumen.told import Part, Told
from tumen.view import Selection, rows_ref

FLOW = ["origin", "destination", "family"]
MOVED = ("id", *FLOW, "item", "route", "origin_place", "destination_place", "via")

MOST = {"flows": 36, "legs": 18, "places": 43}  # drawn on the map, so that it can be read and sent
COARSE = 0.2  # degrees by which a drawn leg may stray where there are too many
MOST_LISTED = 60  # flows in the table, and routes

Layers = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def moved(records: Records, selection: Selection) -> pd.DataFrame:
    """What is drawn of the transfers in view: the columns MOVED of their rows."""
    return records.once(("moved", selection.view), lambda: selection.columns("transfers", *MOVED))


def flows(records: Records, selection: Selection) -> pd.DataFrame:
    """One row per sender, receiver and family, the best evidenced first.

    Columns: origin, destination, family, transfers (count), evidence (best step, 1–5), contested
    (any of them), record (reference of the card: the transfer if it is one, else the flow), label.
    """
    return records.once(("flows", selection.view), lambda: _flows(records, selection))


def _flows(records: Records, selection: Selection) -> pd.DataFrame:
    own = moved(records, selection)[[*FLOW, "item"]]
    told = {
        name: selection.states[name].to_numpy() for name in ("evidence", "contested")
    }  # in the same order
    own = own.assign(**told, transfer=own.index)
    if own.empty:
        return pd.DataFrame(columns=[*FLOW, "transfers", "evidence", "contested", "record", "label"])
    found = own.groupby(FLOW, as_index=False).agg(
        transfers=("transfer", "size"),
        evidence=("evidence", "max"),
        contested=("contested", "any"),
        first=("transfer", "first"),
        item=("item", "first"),
    )
    countries, families = records.labels("countries"), records.labels("families")
    every = list(rows(found))
    found["record"] = [reference(row) for row in every]
    found["label"] = [_label(countries, families, row) for row in every]
    return found.sort_values(["evidence", "transfers"], ascending=False, ignore_index=True)


def pairs(found: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Sender, receiver and their number of transfers, the busiest direction first."""
    counts = found.groupby(["origin", "destination"])["transfers"].sum().reset_index()
    busiest = counts.sort_values("transfers", ascending=False, kind="stable")
    columns = (busiest[name].tolist() for name in ("origin", "destination", "transfers"))
    return list(zip(*columns, strict=True))


def reference(flow: Any) -> str:
    """The card that a flow opens: its only transfer, or the list of all of them."""
    if flow.transfers == 1:
        return f"transfer:{flow.first}"
    return f"flow:{flow.origin}>{flow.destination}:{flow.family}"


def _label(countries: Mapping[str, str], families: Mapping[str, str], flow: Any) -> str:
    ends = f"{countries[flow.origin]} → {countries[flow.destination]}"
    what = flow.item if flow.transfers == 1 else wording.plural(flow.transfers, "transfer")
    dispute = _(", contested") if flow.contested else ""
    return _("{ends} · {family}: {what}, best evidence {evidence}{dispute}").format(
        ends=ends, family=families[flow.family], what=what, evidence=flow.evidence, dispute=dispute
    )


def legs(records: Records, selection: Selection) -> pd.DataFrame:
    """The legs of every route that a transfer in view has taken, with their course.

    Columns: id, route, mode, basis, family, evidence, record, label, coordinates, km.
    A leg shows the best evidenced transfer of its route; routes that no transfer uses are left out.
    """
    return records.once(("legs", selection.view), lambda: _legs(records, selection))


def _legs(records: Records, selection: Selection) -> pd.DataFrame:
    own = moved(records, selection)[["family"]].assign(
        evidence=selection.states["evidence"], route=_routes(records, selection)
    )
    own = own[own["route"] != ""].sort_values("evidence", ascending=False).drop_duplicates("route")
    every = records.once("legs in words", lambda: _in_words(records))
    return every[every["route"].isin(own["route"])].merge(
        own[["route", "family", "evidence"]], on="route", how="left"
    )[[*every.columns[:-2], "family", "evidence", "record", "label"]]


def _in_words(records: Records) -> pd.DataFrame:
    """All legs with their course, their route's card and what they are, which no view changes."""
    found = courses(records)
    label = [_leg_label(records, leg) for leg in rows(found)]
    return found.assign(record="route:" + found["route"], label=pd.Series(label, found.index, dtype="str"))


def _leg_label(records: Records, leg: Any) -> str:
    ends = f"{records.label('places', leg.from_place)} → {records.label('places', leg.to_place)}"
    return _("{ends}, by {mode}, {km} km, {basis}").format(
        ends=ends, mode=leg.mode, km=f"{leg.km:,.0f}", basis=leg.basis
    )


def places(records: Records, selection: Selection) -> pd.DataFrame:
    """The places that transfers in view name, those of their routes, and the capitals that flows join.

    Columns: id, name, lon, lat, kind, approximate, record, label.
    """
    return records.once(("places", selection.view), lambda: _places(records, selection))


def _places(records: Records, selection: Selection) -> pd.DataFrame:
    own = moved(records, selection)
    stops = records["routes"].loc[[r for r in _routes(records, selection).unique() if r], "stops"]
    ends = {*own["origin_place"].unique(), *own["destination_place"].unique()}
    named = ends.union(*own["via"].unique(), *stops, _seats(records, own)) - {""}
    found = records["places"].loc[sorted(named)].copy()
    found["record"] = "place:" + found["id"]
    found["label"] = [
        f"{name}{_(' (approximate)') if vague else ''}"
        for name, vague in zip(found["name"], found["approximate"], strict=True)
    ]
    return found


def _seats(records: Records, own: pd.DataFrame) -> Iterable[str]:
    every, countries = records["places"], {*own["origin"].unique(), *own["destination"].unique()}
    seats = (every["kind"] == "capital") & ~every["approximate"] & every["country"].isin(countries)
    return every.index[seats]


def drawn(records: Records, selection: Selection) -> Layers:
    """Flows, legs and places for the map: all, or where they are too many to be told apart, the first.

    Of the flows those with most transfers; of the legs those of the best evidenced routes; of the places
    those where a drawn leg begins or ends.
    """
    return records.once(("drawn", selection.view), lambda: _drawn(records, selection))


def _drawn(records: Records, selection: Selection) -> Layers:
    found, ways, there = (part(records, selection) for part in (flows, legs, places))
    if len(found) > MOST["flows"]:
        found = found.sort_values("transfers", ascending=False, kind="stable").head(MOST["flows"])
    if len(ways) > MOST["legs"]:
        ways = ways.sort_values("evidence", ascending=False, kind="stable").head(MOST["legs"])
        lines = [geography.thinned(line, COARSE) for line in ways["coordinates"]]  # to be sent
        ways = ways.assign(coordinates=pd.Series(lines, ways.index, dtype=object))
    if len(there) > MOST["places"]:
        there = there[there["id"].isin({*ways["from_place"], *ways["to_place"]})].head(MOST["places"])
    return found, ways, there


def not_drawn(records: Records, selection: Selection) -> str:
    """What the map leaves out, in words; '' where it draws everything."""
    whole = (part(records, selection) for part in (flows, legs, places))
    pairs = zip(MOST, drawn(records, selection), whole, strict=True)
    told = [
        _("{count} of {count2} {name}").format(count=f"{len(own):,}", count2=f"{len(every):,}", name=name)
        for name, own, every in pairs
        if len(own) < len(every)
    ]
    return (
        _("The map draws {list}: those that matter most. Filter to see the others.").format(
            list=", ".join(told)
        )
        if told
        else ""
    )


def headline(records: Records, selection: Selection) -> Told:
    """The finding of the map: the busiest pair or direction, and how many routes the sources name."""
    view, directions = selection.view, pairs(flows(records, selection))
    origin, destination, _count = directions[0]
    one, other = (records.label("countries", country) for country in (origin, destination))
    both = [count for *ends, count in directions if {*ends} == {origin, destination}]
    between, total = sum(both), len(selection.states)
    ends = (
        _("between {one} and {other}").format(one=one, other=other)
        if len(both) > 1
        else _("from {one} to {other}").format(one=one, other=other)
    )
    search = f"origin={origin} destination={destination}"
    if len(both) > 1:
        search = f"origin={origin}|{destination} destination={origin}|{destination}"
    whole = (wording.plural(total, "transfer"), rows_ref(view, "transfers"))
    share = Told(whole)
    if between != total:
        busiest = (str(between), rows_ref(view, "transfers", search))
        runs = ngettext("{busiest} of {whole} runs", "{busiest} of {whole} run", between)
        share = Told.of(runs, busiest=busiest, whole=whole)
    routed = _routed(within(records, selection)["routed"], total)
    return Told.of(_("{share} {ends}; {routed}"), share=share, ends=ends, routed=routed)


def _routed(routed: Part, total: int) -> Told:
    count = int(routed[0]) if routed[0].isdigit() else 0
    if not count:
        return Told(_("no source names a route"))
    return (
        Told.of(_("sources name {route}"), route=(_("its route"), routed[1]))
        if total == 1
        else Told.of(_("sources name the route of {routed}"), routed=routed)
    )


def in_words(records: Records, selection: Selection) -> str:
    """The map for those who cannot see it: each flow in words, the best evidenced first."""
    labels = list(flows(records, selection)["label"])
    rest = (
        _("; and {value} more, all in the table below").format(value=len(labels) - 12)
        if len(labels) > 12
        else ""
    )
    return _("Map of {flows}: {list}{rest}.").format(
        flows=wording.plural(len(labels), "flow"), list="; ".join(labels[:12]), rest=rest
    )


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
        for flow in rows(flows(records, selection).head(MOST_LISTED))
    ]


def routes(records: Records, selection: Selection) -> list[dict[str, Any]]:
    """The routes that transfers in view have taken: name, legs in words, length (a range if it branches)."""
    found, told = legs(records, selection), dict[str, list[str]]()
    lengths = records.once("lengths of routes", lambda: geography.route_km(courses(records)).to_dict("index"))
    for route, label in zip(found["route"], found["label"], strict=True):
        told.setdefault(route, []).append(label)
    return [
        {
            "id": route,
            "name": records.label("routes", route),
            "legs": told[route],
            "km": _length(lengths[route]["shortest"], lengths[route]["longest"]),
        }
        for route in sorted(told)[:MOST_LISTED]
    ]


def not_listed(records: Records, selection: Selection) -> str:
    """What the two tables leave out, in words; '' where they list everything."""
    whole = {"flows": len(flows(records, selection)), "routes": legs(records, selection)["route"].nunique()}
    told = [
        _("{most_listed} of {count} {name}").format(
            most_listed=f"{MOST_LISTED:,}", count=f"{count:,}", name=name
        )
        for name, count in whole.items()
        if count > MOST_LISTED
    ]
    return (
        _("The tables list {list}. Filter to see the others.").format(list=" and ".join(told)) if told else ""
    )


def _length(shortest: float, longest: float) -> str:
    near, far = f"{shortest:,.0f}", f"{longest:,.0f}"
    return (
        _("{near} km").format(near=near)
        if near == far
        else _("{near} to {far} km").format(near=near, far=far)
    )


def within(records: Records, selection: Selection) -> dict[str, Part]:
    """How many transfers in view are drawn in which way: with a documented route, or country to country."""
    return records.once(("within", selection.view), lambda: _within(records, selection))


def _within(records: Records, selection: Selection) -> dict[str, Part]:
    routed = _routes(records, selection).ne("")
    ways = {"routed": routed.index[routed], "schematic": routed.index[~routed]}
    return {
        way: (f"{len(ids):,}", rows_ref(selection.view, "transfers", ids=ids)) for way, ids in ways.items()
    }


def _routes(records: Records, selection: Selection) -> pd.Series:
    """The route of each transfer in view, '' where none was public by its day."""
    route = moved(records, selection)["route"]
    if selection.view.as_of is None:
        return route
    public = public_rows(records, "routes", selection.view.as_of)
    return route.where(route.isin(records["routes"].index[public]), "")
