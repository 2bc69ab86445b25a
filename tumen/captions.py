"""What stands at a chart, on the page and in a picture of it: title, how to read it, from what, as of when.

Written once for all charts, so that a picture that has left its page still says where it comes from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tumen import browse, dates, derive, wording
from tumen.records import Records
from tumen.speech import N_, Texts, _
from tumen.templates import TURNING
from tumen.view import Selection, describe

READINGS = Texts(
    {
        "map": N_(
            "Thin curves join two countries and show no real course: solid for imagery, records or a find, "
            "dashed for an official assessment, dotted for a report or bare claim. Heavy lines follow a "
            "documented or inferred route. The width counts transfers on record, not amounts. "
            "A hollow diamond: someone denies or doubts it. Colour: family of weapon type. "
        ),
        "timeline": N_(
            "Each dot is an event, larger if more significant; a bar spans several days, a thin bar a "
            "month. Tinted: the time at the centre. "
            "Colour: family of the first weapon type that the event bears on."
        ),
        "known": N_(
            "Height: number of transfers on record, stacked by the best evidence reached by that day. Ticks "
            "below: disclosures and meetings. Tinted: the time at the centre."
        ),
        "exchange": N_(
            "Each dot is a transfer at its first report, larger and fuller with better evidence; "
            "a diamond: someone denies or doubts it. Colour: family of weapon type. Transfers on record are "
            "counted, not amounts."
        ),
        "method": N_(
            "Bars count assertions in a month: upwards claims, downwards denials and doubts, hollow no "
            "answer. All bars have one scale."
        ),
    }
)
SIGNS = Texts(
    {
        "point": N_("a dot is a figure given as exact or about"),
        "lower": N_("an arrow up: more than, at least"),
        "upper": N_("an arrow down: up to, fewer than, almost"),
        "interval": N_("a bar: between two numbers"),
        "month": N_("a wide bar: published in this month"),
        "period": N_("a hollow dot: for its own period, a series"),
        "dispute": N_("a cross: disputes the amount"),
        "line": N_("a line: the same origin changes its figure"),
    }
)


@dataclass(frozen=True, slots=True)
class Caption:
    """The words around one chart."""

    finding: str  # the answer for the present view: the head of a picture
    title: str  # what the chart shows
    reading: str  # units, and what the marks mean
    view: str  # the filters in words, '' for none
    basis: str  # 'From 614 assertions of 71 origins, as known on 27 February 2024; data version …'
    source: str  # 'Tumen, data version 2026.11.0+…, 214 sources'
    day: date  # as of which

    @property
    def stem(self) -> str:
        """The day as the end of a file's name."""
        return self.day.isoformat()


def caption(
    records: Records,
    selection: Selection,
    *,
    finding: str,
    title: str,
    reading: str,
    on: date,
    told: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> Caption:
    """The words around a chart of a view.

    Args:
        records: the records.
        selection: what is in view.
        finding: the answer of the page.
        title: what the chart shows.
        reading: how to read it.
        on: today; the day as of which a view that is not turned back is known.
        told: the assertions that the chart rests on; those on the transfers in view if not given.
        events: the events that it shows, where it rests on them instead.
    """
    if events is not None:
        what, cited = wording.plural(len(events), "event"), len(set().union(*events["sources"]) - {""})
    else:
        said, origins, cited = _counted(records, selection, told)
        what = _("{assertions} of {origins}").format(
            assertions=wording.plural(said, "assertion"), origins=wording.plural(origins, "origin")
        )
    day, data = selection.view.as_of or on, version(records)
    return Caption(
        finding=finding.translate(TURNING),
        title=title.translate(TURNING),
        reading=reading,
        view=describe(selection.view, records),
        basis=_("From {what}, as known on {day}; data version {data}.").format(
            what=what, day=dates.day_words(day), data=data
        ),
        source=_("Tumen, data version {data}, {sources}").format(
            data=data, sources=wording.plural(cited, "source")
        ),
        day=day,
    )


def assertions(records: Records, selection: Selection, transfers: Iterable[str]) -> pd.DataFrame:
    """The assertions public by the day of the view on some transfers."""
    return derive.told(records, selection.view.as_of, transfers, ("id", "transfer", "origin", "source"))


def signs(used: Iterable[str]) -> str:
    """What the signs of the published figures mean, as one sentence."""
    words = "; ".join(SIGNS[sign] for sign in used)
    return (
        _("{words}. Each panel has an axis of its own.").format(words=wording.capital(words)) if words else ""
    )


def version(records: Records) -> str:
    """The version of the data with the fingerprint of its files, as in citations: '2026.11.0+5b0c…'."""
    return f"{browse.package(records).version}+{records.version or 'unknown'}"


def _counted(records: Records, selection: Selection, told: pd.DataFrame | None) -> tuple[int, int, int]:
    """How many assertions a chart rests on, of how many origins and sources."""
    if told is None:
        return derive.counted(records, selection.assertions)
    origins, sources = ({*told[name].unique()} - {""} for name in ("origin", "source"))
    return len(told), len(origins), len(sources)
