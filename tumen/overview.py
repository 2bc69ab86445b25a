"""What the Overview says: the exchange at a glance, the figures that matter, the latest events and words."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from tumen import dates, derive, estimates, flows, wording
from tumen.derive import Spread
from tumen.records import Records, rows
from tumen.speech import _
from tumen.story import story
from tumen.told import Part, Told
from tumen.view import Selection, View, rows_ref, select, to_query

MOST_DIRECTIONS = 60  # in the matrix, the busiest
MOST_FIGURES, MOST_EVENTS, MOST_QUOTES = 4, 7, 2
DEPARTURE = "2023-09-17-drone-gifts"  # the event of Kim's last day in Russia
COUNTED = (
    "supplied",
    "capacity",
    "seen",
    "used",
    "value",
    "people",
    "movement",
)  # measures of how much moved


def headline(records: Records, selection: Selection) -> Told:
    """The finding of the view in one line, computed from its states."""
    state = selection.states
    if len(state) == 1:
        return _single(records, state.iloc[0])
    proven = _all_or(
        len(state), share(selection.view, int(state["evidence"].ge(4).sum()), "best_evidence>=4")
    )
    disputed = _all_or(len(state), share(selection.view, int(state["contested"].sum()), "contested=True"))
    count = (f"{len(state):,}", rows_ref(selection.view, "transfers"))
    return Told.of(_("{count} transfers on record: {proven} shown by imagery, records or a find, "
"{disputed} denied or doubted by someone"), count=count, proven=proven, disputed=disputed)  # fmt: skip


def _all_or(of: int, found: Part) -> Part:
    """'all' instead of a number that is all of them."""
    return (_("all"), found[1]) if found[0] == f"{of:,}" else found


def share(view: View, count: int, q: str) -> Part:
    """How many of the transfers in view a search finds, and the search; 'none' where it finds none."""
    return (f"{count:,}", rows_ref(view, "transfers", q)) if count else (_("none"), "")


def _single(records: Records, state: pd.Series) -> Told:
    item = (records.label("transfers", str(state.name)), f"transfer:{state.name}")
    grade = records.label("credibility", str(state["credibility"])).lower()
    step = records.label("evidence", str(state["evidence"])).lower()
    return Told.of(_("{item}: {grade}; best evidence so far: {step}"), item=item, grade=grade, step=step)


def directions(records: Records, *selections: Selection) -> list[tuple[str, str]]:
    """Every sender and receiver, the busiest direction first; those of the first selection before others."""
    found = [flows.pairs(flows.flows(records, selection)) for selection in selections]
    return list(dict.fromkeys((origin, destination) for own in found for origin, destination, _ in own))


def matrix(
    records: Records, selection: Selection, wanted: Sequence[tuple[str, str]] | None = None
) -> dict[str, Any]:
    """The exchange: one row per sender and receiver, one column per family, a cell per flow.

    Without the wanted directions the busiest are shown. Returns families (id, label), rows (origin,
    destination, label, transfers, cells), and more (directions left out); a cell is None or a row of
    `flows.flows` as a dict.
    """
    found = flows.flows(records, selection)
    shown = {*(directions(records, selection)[:MOST_DIRECTIONS] if wanted is None else wanted)}
    families = [{"id": f, "label": label} for f, label in records.labels("families").items()]
    ends = {f"{origin}>{destination}" for origin, destination in shown}
    drawn = found[(found["origin"] + ">" + found["destination"]).isin(ends)]
    cells = {(f.origin, f.destination, f.family): f._asdict() for f in rows(drawn)}
    lines = [
        {
            "origin": origin,
            "destination": destination,
            "from": records.label("countries", origin),
            "to": records.label("countries", destination),
            "transfers": count,
            "cells": [cells.get((origin, destination, f["id"])) for f in families],
        }
        for origin, destination, count in flows.pairs(found)
        if (origin, destination) in shown
    ]
    return {
        "families": families,
        "rows": _two_way(lines, story(records).hub),
        "more": len(flows.pairs(found)) - len(lines),
    }


def _two_way(lines: list[dict[str, Any]], hub: str) -> list[dict[str, Any]]:
    """Each direction followed by its return, the busiest pair first."""
    ordered: list[dict[str, Any]] = []
    for row in lines:
        if row not in ordered:
            back = [
                r for r in lines if (r["origin"], r["destination"]) == (row["destination"], row["origin"])
            ]
            first = sorted([row, *back], key=lambda r: r["destination"] != hub)
            ordered += [r for r in first if r not in ordered]
    return ordered


def figures(records: Records, selection: Selection) -> list[dict[str, Any]]:
    """The most published figures of the view: who differs how far, on what, until when.

    Each: words (range and unit), what, transfer, item, figures, origins, latest (day), ratio.
    """
    spreads = derive.spreads(records, selection.view.as_of)
    found = _one_each(spreads.foremost(selection.states.index, COUNTED))
    return [_figure(records, spread, transfer) for spread, transfer in islice(found, MOST_FIGURES)]


def _one_each(found: Iterable[tuple[Spread, str]]) -> Iterator[tuple[Spread, str]]:
    """At most one figure of a measure and unit per transfer, so that a few flows do not fill the row."""
    seen: set[tuple[str, str, str]] = set()
    for spread, transfer in found:
        key = (transfer, spread.measure, spread.unit)
        if key not in seen:
            seen.add(key)
            yield spread, transfer


def _figure(records: Records, spread: Spread, transfer: str) -> dict[str, Any]:
    told = records.taken("assertions", spread.assertions)
    latest = told.sort_values("known").iloc[-1]
    return {
        "words": wording.spread(spread, records),
        "what": wording.measured(spread, records),
        "transfer": transfer,
        "item": records.label("transfers", transfer),
        "figures": spread.figures,
        "origins": spread.origins,
        "latest": dates.words(latest["date"]),
        "latest_by": latest["by"],
        "latest_words": wording.figure(latest, records),
    }


def questions(records: Records) -> list[dict[str, str]]:
    """Questions worth asking first, answered from all that is known today; those that the data can answer.

    Each: question, answer, and the page with the filters that show more (name and query).
    """
    asked = (_at_vostochny, _shells, _back)
    return records.once("questions", lambda: [found for ask in asked for found in ask(records)])


def _at_vostochny(records: Records) -> list[dict[str, str]]:
    """What was public on the day on which Kim left Russia; the day is that of the event."""
    if DEPARTURE not in records["events"].index:
        return []
    day = dates.parse(str(records["events"].loc[DEPARTURE, "date"])).last
    seen = select(records, View(country=("PRK", "RUS"), role="between", as_of=day))
    shown = int(seen.states["evidence"].ge(4).sum())
    return [
        {
            "question": _("What was known when Kim left Vostochny?"),
            "answer": _(
                "On {day} {transfers} between North Korea and Russia had been reported; {shown} had "
                "been shown by imagery, records or a find."
            ).format(
                day=dates.day_words(day),
                transfers=wording.plural(len(seen.states), "transfer"),
                shown=shown or _("none"),
            ),
            "page": "known",
            "query": urlencode(to_query(seen.view), doseq=True),
        }
    ]


def _shells(records: Records) -> list[dict[str, str]]:
    """How far the published numbers of shells lie apart."""
    seen = select(records, View(country=("PRK",), weapon_type=("artillery-ammunition",)))
    if not any(derive.spreads(records).get(t) for t in seen.transfers):
        return []
    ends = estimates.headline(records, seen, seen.transfers).rpartition(": ")[2]
    return [
        {
            "question": _("How many shells, by whom you ask?"),
            "answer": f"{wording.capital(ends)}.",
            "page": "figures",
            "query": urlencode(to_query(seen.view), doseq=True),
        }
    ]


def _back(records: Records) -> list[dict[str, str]]:
    """What Russia is reported to have given North Korea."""
    seen = select(records, View(country=("PRK",)))
    moved = records["transfers"].loc[seen.transfers]
    back = seen.states[(moved["origin"] == "RUS") & (moved["destination"] == "PRK")]
    if back.empty:
        return []
    most = moved.loc[back.index, "family"].value_counts().index[0]
    return [
        {
            "question": _("What did Moscow give back?"),
            "answer": _(
                "{family} above all: {count} transfers are on record, {count2} of them shown by "
                "imagery, records or a find."
            ).format(
                family=records.label("families", most),
                count=len(back),
                count2=int(back["evidence"].ge(4).sum()),
            ),
            "page": "exchange",
            "query": urlencode(to_query(seen.view), doseq=True),
        }
    ]


def events(selection: Selection) -> list[dict[str, Any]]:
    """The key events of the view in order of time: the most significant, newest first among equals."""
    told = selection.columns("events", "id", "date", "first", "significance", "title")
    ranked = told.sort_values(["significance", "first"], ascending=[False, False])
    kept = ranked.head(MOST_EVENTS).sort_values("first")
    return [{"id": e.id, "when": dates.words(e.date), "title": e.title} for e in rows(kept)]


def quotes(records: Records, selection: Selection) -> list[dict[str, Any]]:
    """The latest quotes of the view whose wording is the original one."""
    found = selection.columns("quotes", "id", "wording", "verified", "known")
    found = found[(found["wording"] == "original") & found["verified"]].sort_values("known", ascending=False)
    told = records.taken("quotes", found["id"].head(MOST_QUOTES))
    return [
        {
            "id": q.id,
            "text": q.text,
            "speaker": records.label("speakers", q.speaker_id),
            "role": q.role_at_time,
            "affiliation": q.affiliation,
            "when": dates.words(q.date),
        }
        for q in rows(told)
    ]
