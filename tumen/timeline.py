"""What the Timeline says: the events in view, with their lane, in a form for the chart and for the table."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from tumen import dates, wording
from tumen.records import Records, rows
from tumen.running import Numbers
from tumen.speech import _
from tumen.story import Story
from tumen.told import Told
from tumen.view import Selection, View, rows_ref

MOST_LISTED = 400  # events in the table
MOST_TOLD = 40  # key events in words
AIR = timedelta(days=14)  # around the window
TOLD = (  # columns of the events; their long texts are told by cards only
    *("id", "date", "end", "title", "category", "significance", "phase", "first_reported", "sources"),
    *("precision", "families", "about_transfers"),
)
BUSY = 3  # events in a month from which it is worth naming


def ranges(told: Story) -> dict[str, str]:
    """The ranges that one can choose, with their words."""
    first, last = (dates.words(f"{day:%Y-%m}") for day in told.span)
    return {
        "story": _("{first} to {last}").format(first=first, last=last),
        "window": _("The window"),
        "all": _("Everything"),
    }


def events(records: Records, selection: Selection) -> pd.DataFrame:
    """The events in view with lane, lane_label and family (that of the first weapon type), oldest first."""
    laned, rank = records.once("events with lanes", lambda: _laned(records))
    places = selection.places["events"]
    if len(places) == len(laned):
        return laned
    return records.once(("events", selection.view), lambda: laned.iloc[np.sort(rank[places])])


def _laned(records: Records) -> tuple[pd.DataFrame, Numbers]:
    """All events, oldest first, with what the timeline tells of them; and where each row of the table is."""
    events = records["events"]
    days = {end: pd.to_datetime(events[end]).astype("datetime64[s]") for end in ("first", "last")}
    order = np.lexsort((pd.factorize(events["id"], sort=True)[0], days["first"]))
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order))
    frame = events[list(TOLD)].assign(**days).iloc[order]
    lane = frame["category"].map(records["event_categories"]["lane"])
    laned = frame.drop(columns=["families", "category"]).assign(
        lane=lane,
        lane_label=lane.map(records.labels("lanes")),
        family=[families[0] if families else "" for families in frame["families"]],
        month=frame["date"].str[:7],
    )
    return laned, rank


def span(told: Story, chosen: str, frame: pd.DataFrame, selection: Selection) -> tuple[date, date]:
    """First and last day of the chart: the filter's period, else the chosen range."""
    view = selection.view
    whole = (frame["first"].min().date(), frame["last"].max().date()) if len(frame) else told.window
    usual = {
        "story": told.span,
        "window": (told.window[0] - AIR, told.window[1] + AIR),
        "all": whole,
    }
    first, last = usual.get(chosen, usual["story"])
    return view.start or first, view.end or last


def headline(story: Story, frame: pd.DataFrame, view: View) -> Told:
    """The finding: how many events, how many of them in the window, and the busiest month."""
    inside = int((frame["phase"] == "window").sum())
    whole = (wording.plural(len(frame), "event"), rows_ref(view, "events"))
    part = (str(inside), rows_ref(view, "events", "phase=window")) if inside else (_("none"), "")
    told = Told.of(_("{whole}, {part} in the window"), whole=whole, part=part)
    if story.between:
        ends = {"opening": story.opening, "closing": story.closing}
        told = Told.of(_("{whole}, {part} between {opening} and {closing}"), whole=whole, part=part, **ends)
    months = frame["month"].value_counts()
    busiest = months.index[months == months.max()]
    if len(busiest) > 1 or len(busiest[0]) < 7 or months.max() < BUSY:
        return told
    ids = frame.index[frame["month"] == busiest[0]]
    most = (str(months.max()), rows_ref(view, "events", ids=ids))
    return Told.of(_("{told}; {most} in {day} alone"), told=told, most=most, day=dates.words(busiest[0]))


def in_words(frame: pd.DataFrame) -> str:
    """The chart for those who cannot see it: the key events in order."""
    key = np.flatnonzero(frame["significance"] == 3)
    named = frame[["date", "title"]].iloc[key[-MOST_TOLD:]]
    told = "; ".join(f"{dates.words(e.date)}: {e.title}" for e in rows(named))
    which = (
        _("The newest {most_told} of {count} key events").format(most_told=MOST_TOLD, count=f"{len(key):,}")
        if len(key) > MOST_TOLD
        else _("Key events")
    )
    count = wording.plural(len(frame), "event")
    return _("Timeline of {count} in five lanes. {named}: {told}.").format(
        count=count, named=which, told=told or _("none in this view")
    )


def listed(frame: pd.DataFrame) -> pd.DataFrame:
    """The events of the table: all, or of very many the most significant, and of these the newest."""
    if len(frame) <= MOST_LISTED:
        return frame
    weight = frame["significance"].to_numpy(dtype=int)
    least = np.sort(weight)[-MOST_LISTED]
    above, equal = np.flatnonzero(weight > least), np.flatnonzero(weight == least)
    return frame.iloc[np.sort([*above, *equal[len(above) - MOST_LISTED :]])]


def not_listed(frame: pd.DataFrame) -> str:
    """What the table leaves out, in words; '' where it lists everything."""
    if len(frame) <= MOST_LISTED:
        return ""
    count = _("{most_listed} of {count} events").format(
        most_listed=f"{MOST_LISTED:,}", count=f"{len(frame):,}"
    )
    return _("The table lists {count}: the most significant, and of equals the newest.").format(count=count)


def months(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of `table` by month of their first day, in order.

    Each with its key (`2023-09`; a year where no month is known), its name, its rows, and the titles of
    its key events, by which a folded month is known.
    """
    return [
        {
            "key": key,
            "name": dates.words(key),
            "rows": (own := list(group)),
            "known_for": [row["title"] for row in own if row["key"]],
        }
        for key, group in groupby(found, key=lambda row: row["iso"][:7])
    ]


def table(records: Records, frame: pd.DataFrame, selection: Selection) -> list[dict[str, Any]]:
    """The same events as rows for people, oldest first; with the transfers in view that each bears on."""
    frame, shown = listed(frame), selection.states.index
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
