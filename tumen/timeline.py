"""What the Timeline says: the events in view, with their lane, in a form for the chart and for the table."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tumen import dates, wording
from tumen.records import Records, rows
from tumen.view import WINDOW, Selection

MOST_LISTED = 400  # events in the table
MOST_TOLD = 40  # key events in words
USUAL = {"story": (date(2023, 7, 1), date(2024, 12, 31)), "window": (date(2023, 9, 1), date(2024, 7, 5))}
RANGES = {"story": "July 2023 to December 2024", "window": "The window", "all": "Everything"}


def events(records: Records, selection: Selection) -> pd.DataFrame:
    """The events in view with lane, lane_label and family (that of the first weapon type), oldest first."""
    categories = records["event_categories"]["lane"]
    order = records.once("order of events", lambda: records["events"].sort_values(["first", "id"]).index)
    frame = selection.events
    frame = frame.iloc[np.argsort(order.get_indexer(frame.index), kind="stable")]
    lane = frame["category"].map(categories)
    return frame.assign(
        lane=lane,
        lane_label=lane.map(records.labels("lanes")),
        family=[families[0] if families else "" for families in frame["families"]],
    )


def span(chosen: str, frame: pd.DataFrame, selection: Selection) -> tuple[date, date]:
    """First and last day of the chart: the filter's period, else the chosen range."""
    view = selection.view
    whole = (min(frame["first"]), max(frame["last"])) if len(frame) else WINDOW
    usual = {
        "story": (date(2023, 7, 1), date(2024, 12, 31)),
        "window": (date(2023, 9, 1), date(2024, 7, 5)),
        "all": whole,
    }
    first, last = usual.get(chosen, usual["story"])
    return view.start or first, view.end or last


def headline(frame: pd.DataFrame) -> str:
    """The finding: how many events, and how many between the summit and the treaty."""
    inside, key = int((frame["phase"] == "window").sum()), int((frame["significance"] == 3).sum())
    told = f", {key} of them key" if key else ""
    return f"{wording.plural(len(frame), 'event')}, {inside} between the summit and the treaty{told}"


def in_words(frame: pd.DataFrame) -> str:
    """The chart for those who cannot see it: the key events in order."""
    key = frame[frame["significance"] == 3].tail(MOST_TOLD)
    told = "; ".join(f"{dates.words(e.date)}: {e.title}" for e in rows(key))
    count = wording.plural(len(frame), "event")
    return f"Timeline of {count} in five lanes. Key events: {told or 'none in this view'}."


def listed(frame: pd.DataFrame) -> pd.DataFrame:
    """The events of the table: all, or of very many the most significant, and of these the newest."""
    if len(frame) <= MOST_LISTED:
        return frame
    ranked = frame.sort_values("significance", ascending=False, kind="stable")
    least = ranked["significance"].iloc[MOST_LISTED - 1]
    above = frame["significance"].gt(least)
    rest = frame.index[frame["significance"].eq(least)][-(MOST_LISTED - int(above.sum())) :]
    return frame[above | frame.index.isin(rest)]


def not_listed(frame: pd.DataFrame) -> str:
    """What the table leaves out, in words; '' where it lists everything."""
    if len(frame) <= MOST_LISTED:
        return ""
    count = f"{MOST_LISTED:,} of {len(frame):,} events"
    return f"The table lists {count}: the most significant, and of equals the newest."


def table(records: Records, frame: pd.DataFrame, selection: Selection) -> list[dict[str, Any]]:
    """The same events as rows for people, oldest first; with the transfers in view that each bears on."""
    shown = set(selection.transfers)
    frame = listed(frame)
    return [
        {
            "id": e.id,
            "when": dates.interval_words(e.date, e.end),
            "iso": e.date,
            "title": e.title,
            "lane": e.lane_label,
            "phase": e.phase,
            "significance": e.significance,
            "key": e.significance == 3,
            "reported": dates.words(e.first_reported) if e.first_reported != e.date else "",
            "transfers": [(t, records.label("transfers", t)) for t in e.about_transfers if t in shown],
        }
        for e in rows(frame)
    ]
