"""What the Overview says: the exchange at a glance, the figures that matter, the latest events and words."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pandas as pd

from tumen import dates, derive, flows, wording
from tumen.derive import Spread
from tumen.records import Records, rows
from tumen.view import Selection

MOST_DIRECTIONS = 60  # in the matrix, the busiest
MOST_FIGURES, MOST_EVENTS, MOST_QUOTES = 4, 7, 2
COUNTED = (
    "supplied",
    "capacity",
    "seen",
    "used",
    "value",
    "people",
    "movement",
)  # measures of how much moved


def headline(records: Records, selection: Selection) -> str:
    """The finding of the view in one line, computed from its states."""
    state = selection.states
    if len(state) == 1:
        return _single(records, state.iloc[0])
    shown, contested = int(state["evidence"].ge(4).sum()), int(state["contested"].sum())
    return (
        f"{len(state)} transfers on record: {_share(shown)} shown by imagery, records or a physical find, "
        f"{_share(contested)} denied or doubted by someone"
    )


def _share(count: int) -> str:
    return str(count) if count else "none"


def _single(records: Records, state: pd.Series) -> str:
    item = records.label("transfers", str(state.name))
    grade = records.label("credibility", str(state["credibility"])).lower()
    step = records.label("evidence", str(state["evidence"])).lower()
    return f"{item}: {grade}; best evidence so far: {step}"


def matrix(records: Records, selection: Selection) -> dict[str, Any]:
    """The exchange: one row per sender and receiver, one column per family, a cell per flow.

    Returns families (id, label), and rows (origin, destination, label, transfers, cells); a cell is
    None or a row of `flows.flows` as a dict.
    """
    found = flows.flows(records, selection)
    families = [{"id": f, "label": label} for f, label in records.labels("families").items()]
    cells = {(f.origin, f.destination, f.family): f._asdict() for f in rows(found)}
    lines = [
        {
            "origin": origin,
            "destination": destination,
            "from": records.label("countries", origin),
            "to": records.label("countries", destination),
            "transfers": count,
            "cells": [cells.get((origin, destination, f["id"])) for f in families],
        }
        for origin, destination, count in flows.pairs(found)[:MOST_DIRECTIONS]
    ]
    more = max(0, len(flows.pairs(found)) - MOST_DIRECTIONS)
    return {"families": families, "rows": _two_way(lines), "more": more}


def _two_way(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each direction followed by its return, the busiest pair first."""
    ordered: list[dict[str, Any]] = []
    for row in lines:
        if row not in ordered:
            back = [
                r for r in lines if (r["origin"], r["destination"]) == (row["destination"], row["origin"])
            ]
            first = sorted([row, *back], key=lambda r: r["destination"] != "RUS")
            ordered += [r for r in first if r not in ordered]
    return ordered


def figures(records: Records, selection: Selection) -> list[dict[str, Any]]:
    """The most published figures of the view: who differs how far, on what, until when.

    Each: words (range and unit), what, transfer, item, figures, origins, latest (day), ratio.
    """
    spreads = derive.spreads(records, selection.view.as_of)
    found = _one_each(spreads.foremost(selection.transfers, COUNTED))
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
    told = records["assertions"].loc[list(spread.assertions)]
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


def events(selection: Selection) -> list[dict[str, Any]]:
    """The key events of the view in order of time: the most significant, newest first among equals."""
    ranked = selection.events.sort_values(["significance", "first"], ascending=[False, False])
    kept = ranked.head(MOST_EVENTS).sort_values("first")
    return [{"id": e.id, "when": dates.words(e.date), "title": e.title} for e in rows(kept)]


def quotes(records: Records, selection: Selection) -> list[dict[str, Any]]:
    """The latest quotes of the view whose wording is the original one."""
    found = selection.quotes
    found = found[(found["wording"] == "original") & found["verified"]].sort_values("known", ascending=False)
    return [
        {
            "id": q.id,
            "text": q.text,
            "speaker": records.label("speakers", q.speaker_id),
            "role": q.role_at_time,
            "when": dates.words(q.date),
        }
        for q in rows(found.head(MOST_QUOTES))
    ]
