"""How the transfers in view climbed the evidence ladder: lags by direction, and a row of marks for each."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from tumen import dates, ladder
from tumen.desk import Desk
from tumen.exchange import Found, card, pairs
from tumen.records import Records
from tumen.view import View, rows_ref

Row = dict[str, Any]

MOST = 160  # rows
VERY_MANY, FEW = 1_000, 60  # transfers from which so few are a sample anyway, and so many rows are enough


def climbs(records: Records, found: Found, view: View) -> Row:
    """Every transfer in view on the evidence ladder, and the lags by direction.

    Returns totals (Lag by rung), never (by rung), directions (rows of lags), shown and others (rows with
    the marks of the dot plot), more (rows left out), ticks and span of its time axis.
    """
    rungs, numbers = ladder.rungs(records, view.as_of), found.rows["number"].to_numpy()
    own = rungs[[*ladder.RUNGS, "began", "began_last"]].iloc[numbers]
    lags = ladder.lags(own)
    proof = lags[["records", "find"]].min(axis=1).to_numpy()
    proven = ~np.isnan(proof)
    late = np.where(proven, np.datetime64("NaT"), own["report"].to_numpy())
    ranked = np.lexsort((late, proof))  # those without proof come last, by first report
    axis = _axis(own)
    kept = ranked[: FEW if len(ranked) > VERY_MANY else MOST]
    rows = _climb_rows(records, found.rows.iloc[kept], rungs.iloc[numbers[kept]], lags.iloc[kept], axis)
    return {
        "totals": ladder.summary(lags),
        "never": {rung: ladder.never(own, rung) for rung in ladder.RUNGS},
        "directions": _directions(records, found, lags),
        "shown": [row for row in rows if row["proven"]],
        "others": [row for row in rows if not row["proven"]],
        "more": len(ranked) - len(rows),
        "proven": int(proven.sum()),
        "rows": lambda q: rows_ref(view, "transfers", q),
        "reached": lambda name, lag, q: _reached(view, name, lag, q),
        "ticks": _ticks(*axis),
        "count": len(found.rows),
    }


def _reached(view: View, name: str, lag: ladder.Lag, q: str) -> str:
    """What the number of those that have a lag rests on; a known start is no search, so its ids are named."""
    if name == "began":
        return rows_ref(view, "transfers", ids=lag.ids)
    return rows_ref(view, "transfers", f"{q} first_{name}!=".strip())


def _axis(own: pd.DataFrame) -> tuple[date, date]:
    """From a little before the first report to the last rung reached."""
    last = own[list(ladder.RUNGS)].max().max()
    return own["report"].min().date() - timedelta(days=92), last.date() + timedelta(days=15)


def _ticks(first: date, last: date) -> list[Row]:
    years = range(first.year, last.year + 1)
    halves = [date(year, month, 1) for year in years for month in (1, 7)]
    return [
        {
            "left": _percent(day, first, last),
            "label": str(day.year) if day.month == 1 else dates.month_alone(day),
        }
        for day in halves
        if first <= day <= last
    ]


def _percent(day: date, first: date, last: date) -> float:
    return round(100 * (day - first).days / max(1, (last - first).days), 2)


def _directions(records: Records, found: Found, lags: pd.DataFrame) -> list[Row]:
    ends = [ends for pair in pairs(found) for ends in pair.directions]
    return [_direction(records, lags.iloc[places], *way) for way in ends if len(places := found.places(*way))]


def _direction(records: Records, lags: pd.DataFrame, origin: str, destination: str) -> Row:
    return {
        "giver": records.label("countries", origin),
        "taker": records.label("countries", destination),
        "count": len(lags),
        "record": card(len(lags), str(lags.index[0]), origin, destination),
        "q": f"origin={origin} destination={destination}",
        "lags": ladder.summary(lags),
    }


def _climb_rows(
    records: Records, rows: pd.DataFrame, rungs: pd.DataFrame, lags: pd.DataFrame, axis: tuple[date, date]
) -> list[Row]:
    """Some transfers with their rungs and lags, row by row."""
    desk, named = Desk(records), rows[["id", "item", "origin", "destination"]]
    whole = [frame.to_dict("records") for frame in (named, rungs, lags)]
    return [_climb(desk, row, rung, lag, axis) for row, rung, lag in zip(*whole, strict=True)]


def _climb(desk: Desk, row: Any, rungs: Any, lags: Any, axis: tuple[date, date]) -> Row:
    """One transfer: its dates, the days between, and where its marks stand."""
    reached = [rung for rung in ladder.RUNGS if pd.notna(rungs[rung])]
    days = {rung: 0 if rung == "report" else int(lags[rung]) for rung in reached}
    groups = [(day, [rung for rung in reached if days[rung] == day]) for day in sorted({*days.values()})]
    lefts = [_percent(rungs[own[0]].date(), *axis) for _, own in groups]
    stops = [
        {
            "days": day,
            "by": rungs[f"{own[0]}_by"],
            "left": left,
            "date": _short(desk.cell("assertions", rungs[f"{own[0]}_by"], "date")),
            "rungs": own,
        }
        for (day, own), left in zip(groups, lefts, strict=True)
    ]
    return {
        "id": row["id"],
        "item": row["item"],
        "ends": f"{desk.label('countries', row['origin'])} → {desk.label('countries', row['destination'])}",
        "stops": stops,
        "line": {"left": lefts[0], "right": round(100 - lefts[-1], 2)},
        "began": _began(rungs, lags, axis),
        "proven": "records" in reached or "find" in reached,
    }


def _short(text: str) -> str:
    """'5 Oct 2023', 'Oct 2023', '2023': a prefix date for a narrow place."""
    return " ".join(word[:3] if word.isalpha() else word for word in dates.words(text).split())


def _began(rungs: Any, lags: Any, axis: tuple[date, date]) -> Row | None:
    """The start as a stretch of the axis; None where it is not known to the month."""
    if not rungs["start"]:
        return None
    first, last = rungs["began"].date(), rungs["began_last"].date()
    left, right = (min(100.0, max(0.0, _percent(day, *axis))) for day in (first, last))
    return {
        "date": _short(rungs["start"]),
        "days": int(lags["began"]),
        "left": left,
        "width": round(right - left, 2),
        "before": last < axis[0],
    }
