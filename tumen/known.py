"""What was known when: the stops one jumps to, how knowledge grew, and in what two days differ.

Everything follows from the days on which assertions, events and quotes became public. A transfer counts
on a day as the view of that day counts it (`view.select`), so every number here is one of that view too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Any, cast, overload
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from tumen import dates, derive, overview, wording
from tumen.derive import Spread, Spreads
from tumen.desk import Desk, Row
from tumen.query import Reader
from tumen.records import CLAIMS, DENIALS, Records, rows
from tumen.running import Numbers, Running, flagged, running
from tumen.speech import _, ngettext
from tumen.story import story
from tumen.told import Part, Told
from tumen.view import Selection, View, listed, rows_ref, select, to_query

LANES = ("disclosures-statements", "sanctions-un", "meetings-treaties")  # of the events that make a stop
MOST_STOPS, PER_MONTH = 30, 3
BANDS: Mapping[str, int] = {"find": 5, "records": 4, "assessed": 3, "reported": 0}  # → least evidence step
NEVER = pd.Timestamp(dates.LAST_DAY)
MOST_FIGURES = 6
MOST_CHANGED, FEW_CHANGED = 200, 60  # rows of a table of changes: all, or so many of those that are more
MOST_STEPS = 300  # of the drawn growth; a step is then some three pixels wide


# --- stops ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stop:
    """A day on which much became known, named by what made it so."""

    day: date
    title: str
    event: str  # its id, '' if no event became known on the day

    @property
    def label(self) -> str:
        """'1 Nov 2023 · South Korean intelligence: over a million shells sent to Russia'."""
        return f"{dates.day_short(self.day)} · {self.title}"


def stops(records: Records) -> tuple[Stop, ...]:
    """The days on which most became known, oldest first: at most a few a month, so that they spread.

    A day weighs as much as the significance of the key events (disclosures, statements, sanctions,
    meetings) that became known on it, and the number of transfers whose best evidence rose.
    """
    return records.once("stops", lambda: _stops(records))


def _stops(records: Records) -> tuple[Stop, ...]:
    raised, key = _raising(records), _key_events(records).groupby("known")["significance"]
    weight = pd.DataFrame({"events": key.sum(), "key": key.max(), "raised": raised.groupby("known").size()})
    first, last = story(records).span
    weight = weight.fillna(0).loc[str(first) : str(last)]
    weight["all"] = weight["events"] + weight["raised"]
    ranked = weight.sort_values(["all", "key"], ascending=False, kind="stable")
    kept = ranked.groupby(pd.DatetimeIndex(ranked.index).to_period("M")).head(PER_MONTH).head(MOST_STOPS)
    dated = _dated_events(records)
    return tuple(_stop(records, day, dated, raised) for day in kept.index.sort_values())


def _key_events(records: Records) -> pd.DataFrame:
    """Events of the lanes in which something is made known, whose day of report is known."""
    events = _dated_events(records)
    return events[events["significance"].ge(2) & events["key"]]


def _dated_events(records: Records) -> pd.DataFrame:
    """The events whose day of report is known: id, title, significance, known, and whether they are `key`."""
    events = records["events"]
    told = events["first_reported"].where(events["first_reported"] != "", events["date"])
    key = events["category"].map(records["event_categories"]["lane"]).isin(LANES)
    found = events[["id", "title", "significance", "known"]].assign(key=key)
    return found[told.str.len().eq(len("2023-11-01"))]


def _raising(records: Records) -> pd.DataFrame:
    """The claims of known day that brought a transfer further than any before; the first one included."""
    claims = running(records).claims
    best = claims.rows["evidence"].groupby(claims.on).cummax()
    before = best.groupby(claims.on).shift(fill_value=-1)
    places = claims.places[claims.rows["evidence"].gt(before)]
    found = records["assertions"][["transfer", "date", "by", "evidence", "known"]].iloc[places]
    return found[found["date"].str.len().eq(len("2023-11-01"))]


def _stop(records: Records, day: pd.Timestamp, events: pd.DataFrame, raised: pd.DataFrame) -> Stop:
    """A day with the title of its most significant event, or else what was claimed best on it."""
    own = events[events["known"].eq(day)]
    if not own.empty:
        first = own.sort_values(["key", "significance"], ascending=False, kind="stable").iloc[0]
        return Stop(day.date(), first["title"], str(first["id"]))
    best = raised[raised["known"].eq(day)].sort_values("evidence", ascending=False, kind="stable").iloc[0]
    return Stop(day.date(), f"{best['by']}: {records.label('transfers', best['transfer'])}", "")


def around(records: Records, day: date | None) -> tuple[Stop | None, Stop | None]:
    """The stop before and the stop after a day; None (today) lies behind all of them."""
    here = day or date.max
    found = stops(records)
    before = next((stop for stop in reversed(found) if stop.day < here), None)
    return before, next((stop for stop in found if stop.day > here), None)


def month_ends(records: Records) -> tuple[str, ...]:
    """The days that are played: the last of each month of the story, as ISO dates; at least one."""
    first, last = story(records).span
    days = [day.date() for day in pd.date_range(first - timedelta(days=1), last, freq="ME")]
    return tuple(day.isoformat() for day in days or [last])


# --- growth ---------------------------------------------------------------------------------------


def growth(records: Records, view: View) -> pd.DataFrame:
    """How many transfers were in view on each day, by best evidence: one column for each of BANDS.

    One row per day on which that changed; between them it holds. Whatever day the view is turned back to,
    the whole story is told, for the other filters.
    """
    still = replace(view, as_of=None)
    return records.once(("growth", still), lambda: _growth(records, still))


def _growth(records: Records, view: View) -> pd.DataFrame:
    run = running(records)
    ids = select(records, replace(view, evidence=0, contested="")).numbers
    enters, leaves = _stay(run, view, ids)
    claims, passed = run.all["stance"].isin(CLAIMS), pd.Series(NEVER, ids)
    changes = {}
    for band, least in BANDS.items():
        reached = _first(run, claims & run.all["evidence"].ge(least), ids)
        start, end = reached.clip(lower=enters), passed.clip(upper=leaves)
        stays = start < end
        changes[band] = start[stays].value_counts().sub(end[stays].value_counts(), fill_value=0)
        passed = reached
    counts = pd.DataFrame(changes).fillna(0).sort_index().cumsum().astype(int)
    return counts[counts.index < NEVER]


def steps(grown: pd.DataFrame, needed: Iterable[date] = ()) -> pd.DataFrame:
    """The growth as it is drawn: of very many days the last of each short stretch, and some that are needed.

    What stands on a day is what was known on it; a day that is left out shows the count of the one before.
    """
    if len(grown) <= MOST_STEPS:
        return grown
    days = pd.DatetimeIndex(grown.index)
    stretch = (days - days[0]) // ((days[-1] - days[0]) / MOST_STEPS)
    kept = days[~stretch.duplicated(keep="last")]
    wanted = pd.DatetimeIndex([pd.Timestamp(day) for day in needed])
    every = kept.union(wanted[wanted.to_series().between(days[0], days[-1])]).unique()
    return grown.reindex(every, method="ffill")


def steps_left_out(grown: pd.DataFrame) -> str:
    """What the caption says of days that are not drawn; '' if all are."""
    if len(grown) <= MOST_STEPS:
        return ""
    return _(
        "{count} days brought a change; drawn are the last one in each of {few} equal stretches of time, "
        "and the days that are named."
    ).format(count=f"{len(grown):,}", few=MOST_STEPS)


def _first(run: Running, flags: pd.Series, ids: Numbers) -> pd.Series:
    """Number of a transfer → the first day on which something flagged was said of it; NEVER if it was not."""
    found = np.full(len(run.transfers), NEVER.to_datetime64().astype("datetime64[s]"))
    latest = np.flatnonzero(flags.to_numpy())[::-1]  # assertions are in order of time: the first one stays
    found[run.on[latest]] = run.all["known"].to_numpy()[latest]
    return pd.Series(found[ids], ids)


def _stay(run: Running, view: View, ids: Numbers) -> tuple[pd.Series, pd.Series]:
    """Since when each transfer passes the filters that depend on the day, and until when."""
    said = run.all
    enters = _first(run, said["stance"].isin(CLAIMS) & said["evidence"].ge(view.evidence), ids)
    if view.country and view.role in ("claimant", "denier"):
        stances = CLAIMS if view.role == "claimant" else DENIALS
        told = said["stance"].isin(stances) & said["by_country"].isin(view.country)
        enters = enters.clip(lower=_first(run, told, ids))
    begins, ends = _disputed(run, view.contested, ids)
    return enters.clip(lower=begins), ends


def _disputed(run: Running, code: str, ids: Numbers) -> tuple[pd.Series, pd.Series]:
    """Since when, and until when, what the filter on denials asks for holds (see view.CONTESTED)."""
    stance = run.all["stance"]
    always, never = pd.Series(pd.Timestamp(dates.FIRST_DAY), ids), pd.Series(NEVER, ids)
    if code in ("sender", "receiver"):
        return _first(run, stance.eq("denies") & run.all[code], ids), never
    if code == "lapsed":
        return _first(run, run.all["place"].isin(run.lapse), ids), never
    if not code:
        return always, never
    contested = _first(run, stance.isin(DENIALS), ids)
    return {
        "yes": (contested, never),
        "no": (always, contested),
        "silent": (_first(run, stance.eq("declines-to-comment"), ids), contested),
    }[code]


# --- two days -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """The same filters on two days."""

    earlier: Selection
    later: Selection

    @property
    def transfers(self) -> list[str]:
        """Ids of the transfers in view on either day."""
        return sorted({*self.earlier.transfers, *self.later.transfers})

    @property
    def days(self) -> tuple[date, date | None]:
        """Both days; None is today."""
        return self.earlier.view.as_of or dates.LAST_DAY, self.later.view.as_of

    @property
    def same(self) -> bool:
        """Whether both days are one."""
        return self.earlier.view.as_of == self.later.view.as_of


def compare(records: Records, view: View, one: date, other: date | None) -> Comparison:
    """The view on two days, the earlier one first; None is today."""
    first, last = sorted((one, other), key=lambda day: day or date.max)
    return Comparison(select(records, replace(view, as_of=first)), select(records, replace(view, as_of=last)))


@dataclass(frozen=True, eq=False)
class Ids(Sequence[str]):
    """Some of very many ids, each made a text when it is asked for: mostly they are only counted."""

    every: Any  # an array of texts
    places: Numbers

    def __len__(self) -> int:
        return len(self.places)

    @property
    def taken(self) -> pd.Index:
        """All of them, for a look by numbers."""
        ids: Any = self.every.take(self.places)
        found: pd.Index = pd.Index(ids)
        return found

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return Ids(self.every, self.places[at])
        return str(self.every[self.places[at]])

    def __iter__(self) -> Iterator[str]:
        return iter(self.every.take(self.places).tolist())


@dataclass(frozen=True, slots=True)
class Changes:
    """What became known after one day, up to another."""

    reported: Sequence[str]  # transfers first reported
    raised: Sequence[str]  # transfers on record before, now on better evidence
    graded: Sequence[str]  # transfers on record before whose two-character code is another
    contested: Ids  # transfers denied or doubted only now
    revised: tuple[tuple[str, str], ...]  # assertions of one origin: its figure then, its figure now
    claims: Sequence[str]  # new assertions that claim
    denials: Sequence[str]  # and that deny or doubt
    events: Sequence[str]
    quotes: Sequence[str]

    @property
    def better(self) -> tuple[str, ...]:
        """Transfers on record before whose evidence or grade is another, those with better evidence first."""
        return tuple(dict.fromkeys([*self.raised, *self.graded]))


def changes(records: Records, pair: Comparison) -> Changes:
    """What the later day knows that the earlier one did not, of the transfers in view on either."""
    return records.once(("changes", pair.earlier.view, pair.later.view), lambda: _changes(records, pair))


def since(records: Records, selection: Selection) -> Changes | None:
    """What today knows beyond the day of the view; None if the view is of today."""
    as_of = selection.view.as_of
    return changes(records, compare(records, selection.view, as_of, None)) if as_of else None


def _changes(records: Records, pair: Comparison) -> Changes:
    run, names = running(records), ["evidence", "reliability", "credibility", "contested"]
    before, after = (derive.states(records, day)[names] for day in pair.days)
    viewed = _viewed(run, pair)
    old, new = (derive.numbers(records, day) for day in pair.days)  # what was on record then is so later
    ids, was = viewed[new], np.isin(new, old, assume_unique=True)
    then, now, kept = before[viewed[old]], after[ids & was], after.index[ids & was]
    code = now["reliability"].ne(then["reliability"]) | now["credibility"].ne(then["credibility"])
    disputed = np.isin(new, old[before["contested"]], assume_unique=True)
    told = _said_between(run, pair.days) & viewed[run.on]
    return Changes(
        reported=_among(after.index, ids & ~was),
        raised=_among(kept, now["evidence"] > then["evidence"]),
        graded=_among(kept, code),
        contested=_among(after.index, after["contested"] & ~disputed & ids),
        revised=tuple(_revised(records, pair)),
        claims=_among(records["assertions"]["id"], told & run.all["stance"].isin(CLAIMS)),
        denials=_among(records["assertions"]["id"], told & run.all["stance"].isin(DENIALS)),
        events=_known_after(pair, "events"),
        quotes=_known_after(pair, "quotes"),
    )


def _viewed(run: Running, pair: Comparison) -> Numbers:
    """Of all transfers by number, which are in view on either day."""
    return flagged(np.concatenate([pair.earlier.numbers, pair.later.numbers]), len(run.transfers))


def _said_between(run: Running, days: tuple[date, date | None]) -> Numbers:
    """Which assertions became public after the first day, up to the second."""
    first, last = (run.known(day) for day in days)
    found = np.zeros(len(run.on), dtype=bool)
    found[first:last] = True
    return found


def _known_after(pair: Comparison, table: str) -> Ids:
    """The events or quotes of the later view that became public after the earlier day."""
    every, places = pair.later.records[table], pair.later.places[table]
    late = every["known"].to_numpy()[places] > np.datetime64(pair.days[0])
    return Ids(every.index.array, places[late])


def _among(every: pd.Index | pd.Series, flags: Any) -> Ids:
    """Those of some ids that are flagged."""
    return Ids(every.array, np.flatnonzero(flags))


def _revised(records: Records, pair: Comparison) -> list[tuple[str, str]]:
    """Where an origin's newest figure for the same thing is another than on the earlier day."""
    earlier, later = pair.days
    old = _newest(derive.figures(records, earlier))
    new = records.once(("newest figures", later), lambda: _newest(derive.figures(records, later)))
    now = new.iloc[np.searchsorted(new.index, old.index)]  # whatever was known then is so later
    bounds = (frame[["low", "high"]].fillna(-1.0).to_numpy() for frame in (old, now))
    viewed = _viewed(running(records), pair)[old["number"]]
    changed, ids = np.not_equal(*bounds).any(axis=1) & viewed, records["assertions"]["id"].array
    was, became = (ids.take(frame["place"].to_numpy()[changed]) for frame in (old, now))
    return list(zip(was, became, strict=True))


def _newest(said: pd.DataFrame) -> pd.DataFrame:
    """The last figure of each origin in each group: place among all, low, high, number of the transfer.

    In the order of groups and origins, by a number for both that is the same on all days.
    """
    origins = said["origin"].cat
    key = said["on"].to_numpy() * max(1, len(origins.categories)) + origins.codes.to_numpy()
    own = said[["place", "low", "high", "number"]].set_axis(pd.Index(key))
    return own.loc[~own.index.duplicated(keep="last")].sort_index()


# --- what the page shows --------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One of the two days: what was in view, and where its records and lists are found."""

    selection: Selection
    desk: Desk
    here: bool  # the day of the address: its records open over the page, others are plain links

    @property
    def day(self) -> str:
        """'2 November 2023' or 'Today'."""
        as_of = self.selection.view.as_of
        return dates.day_words(as_of) if as_of else _("Today")

    def record(self, reference: str) -> tuple[str, str]:
        """A record as of this day: its address, and what picking it asks for ('' for a plain link)."""
        url = self.desk.url(*reference.split(":", 1))
        return url, reference if self.here else ""

    def page(self, name: str, **changed: Any) -> tuple[str, str]:
        """Another page with the view of this day, some filters changed: address and pick, as for a record."""
        view = replace(self.selection.view, **changed)
        query = urlencode(to_query(view), doseq=True)
        url = f"/{'' if name == 'overview' else name}{'?' if query else ''}{query}"
        return url, f"page:{name}?{query}" if self.here and view == self.selection.view else ""


def sides(records: Records, pair: Comparison, as_of: date | None) -> tuple[Side, Side]:
    """Both days of a comparison; `as_of` is the day of the address."""
    earlier, later = (
        Side(selection, Desk(records, selection.view.as_of), selection.view.as_of == as_of)
        for selection in (pair.earlier, pair.later)
    )
    return earlier, later


def headline(pair: Comparison) -> Told:
    """How much was on record on either day, and how much of it was shown."""
    day = _("on {day}").format(day=dates.day_words(pair.days[0]))
    count, shown = _on_record(pair.earlier)
    known = Told.of(
        ngettext(
            "{count} transfer on record {day}, {shown} shown by imagery, records or a find",
            "{count} transfers on record {day}, {shown} shown by imagery, records or a find",
            len(pair.earlier.states),
        ),
        count=count,
        day=day,
        shown=shown,
    )
    if pair.same:
        return known
    if pair.earlier.states.empty:
        return Told.of(_("Nothing was public {day}; {by_now}"), day=day, by_now=_by_now(pair))
    return Told.of(_("{known}; {by_now}"), known=known, by_now=_by_now(pair))


def _on_record(selection: Selection) -> tuple[Part, Part]:
    """How many transfers are on record, and how many of them are shown, each with its rows."""
    states = selection.states
    shown = overview.share(selection.view, int(states["evidence"].ge(4).sum()), "best_evidence>=4")
    return (f"{len(states):,}", rows_ref(selection.view, "transfers")), shown


def _by_now(pair: Comparison) -> Told:
    later = pair.days[1]
    count, shown = _on_record(pair.later)
    return Told.of(
        _("by {day} it is {count} and {shown}") if later else _("today it is {count} and {shown}"),
        day=dates.day_words(later) if later else "",
        count=count,
        shown=shown,
    )


def places(pair: Comparison) -> dict[str, Callable[..., str]]:
    """What the counts of changes rest on: `after` for rows that a search finds, the others for some ids."""
    later, day = pair.later.view, pair.days[0]

    def listing(transfers: Iterable[str]) -> str:
        return rows_ref(View(as_of=later.as_of), "transfers", ids=transfers)

    def figures_of(assertions: Iterable[str]) -> str:
        return rows_ref(View(as_of=later.as_of), "assertions", ids=assertions)

    return {
        "after": lambda table, q="": rows_ref(later, table, f"{q} known>{day}".strip()),
        "listing": listing,
        "figures_of": figures_of,
    }


BAND_SEARCH: Mapping[str, str] = {  # band → the search for the transfers that stand in it
    "find": "best_evidence=5",
    "records": "best_evidence=4",
    "assessed": "best_evidence=3",
    "reported": "best_evidence<3",
}


def leads(pair: Comparison, view: View) -> dict[str, str]:
    """What the counts written into the picture rest on: by band as of today, and for either day."""
    today = replace(view, as_of=None)
    days = {"then": pair.earlier.view, "now": pair.later.view}
    bands = {band: rows_ref(today, "transfers", q) for band, q in BAND_SEARCH.items()}
    return bands | {name: rows_ref(own, "transfers") for name, own in days.items()}


def counts(pair: tuple[Side, Side]) -> list[Row]:
    """The lines of the picture: label, and for each day the number and where it is listed."""
    lines: list[tuple[str, dict[str, Any]]] = [
        (_("Transfers on record"), {}),
        (_("Official assessment or better"), {"evidence": 3}),
        (_("Imagery, records or a find"), {"evidence": 4}),
        (_("Physical find examined"), {"evidence": 5}),
    ]
    found = [{"label": label, "cells": [_counted(side, **own) for side in pair]} for label, own in lines]
    found.append({"label": _("Denied or doubted"), "cells": [_contested(side) for side in pair]})
    for label, table, page in ((_("Events"), "events", "timeline"), (_("Quotes"), "quotes", "quotes")):
        cells = [(len(side.selection.places[table]), side.page(page)) for side in pair]
        found.append({"label": label, "cells": cells})
    return found


def _counted(side: Side, evidence: int = 0) -> tuple[int, tuple[str, str]]:
    view = side.selection.view
    count = int(side.selection.states["evidence"].ge(evidence).sum())
    return count, side.page("overview", evidence=max(evidence, view.evidence))


def _contested(side: Side) -> tuple[int, tuple[str, str]]:
    """Under another filter on denials there is no list of just these: the list is that of the filter."""
    count = int(side.selection.states["contested"].sum())
    return count, side.page("overview", contested=side.selection.view.contested or "yes")


def matrix(records: Records, pair: Comparison) -> dict[str, Any]:
    """Sender and receiver by family, each cell for both days (None where there was nothing).

    Rows: from, to, cells; a cell: then, now (see overview.matrix), raised (best evidence rose), added.
    Of very many directions the busiest of the later day, the same for both days; `more` are left out.
    """
    every = overview.directions(records, pair.later, pair.earlier)
    kept = every[: overview.MOST_DIRECTIONS]
    then, now = (overview.matrix(records, selection, kept) for selection in (pair.earlier, pair.later))
    old = {_ends(row): row["cells"] for row in then["rows"]}
    new = {_ends(row) for row in now["rows"]}
    nothing: list[Row | None] = [None] * len(now["families"])
    gone = [row | {"cells": nothing} for row in then["rows"] if _ends(row) not in new]
    found = [
        {name: row[name] for name in ("from", "to", "destination")}
        | {"cells": list(map(_cell, old.get(_ends(row), nothing), row["cells"]))}
        for row in [*now["rows"], *gone]
    ]
    return {"families": list(rows(records["families"])), "rows": found, "more": len(every) - len(kept)}


def _ends(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["origin"], row["destination"]


def _cell(then: Row | None, now: Row | None) -> Row | None:
    if not then and not now:
        return None
    before, after = then or {"transfers": 0, "evidence": 0}, now or {"transfers": 0, "evidence": 0}
    return {
        "then": then,
        "now": now,
        "same": all(before[name] == after[name] for name in ("transfers", "evidence")),
    }


def figures(records: Records, pair: Comparison) -> list[Row]:
    """The most published figures of either day: transfer, item, what, and the range then and now."""
    days = [_counted_figures(records, selection) for selection in (pair.earlier, pair.later)]
    return [_ranges(records, days, group) for group in islice(_foremost(days), MOST_FIGURES)]


def _ranges(records: Records, days: Sequence[tuple[Spreads, Numbers]], group: int) -> Row:
    """A group of figures on both days; on one of them at least it was in view."""
    then, now = (_spread(*day, group) for day in days)
    transfer = days[0][0].groups.transfer(group)
    return {
        "transfer": transfer,
        "item": records.label("transfers", transfer),
        "what": wording.measured(cast("Spread", now or then), records),
        "then": _range(records, then),
        "now": _range(records, now),
    }


def _counted_figures(records: Records, selection: Selection) -> tuple[Spreads, Numbers]:
    """The groups of figures on the day of a view, and the places of those that count something in it."""
    spreads = derive.spreads(records, selection.view.as_of)
    return spreads, spreads.within(selection.states.index, overview.COUNTED)


def _foremost(days: Sequence[tuple[Spreads, Numbers]]) -> Iterator[int]:
    """Groups by number, one of a measure and unit for each transfer.

    Published by many on either day comes first, and the number of origins decides among equals.
    """
    every = days[0][0].groups
    figures, origins = np.zeros((2, len(every.keys)), dtype=int)
    for spreads, places in days:
        groups = spreads.present[places]
        figures[groups] = np.maximum(figures[groups], spreads.figures[places])
        origins[groups] = np.maximum(origins[groups], spreads.origins[places])
    seen = set()
    for group in np.lexsort((-origins, -figures))[: np.count_nonzero(figures)].tolist():
        alike = every.alike(group)
        if alike not in seen:
            seen.add(alike)
            yield group


def _spread(spreads: Spreads, places: Numbers, group: int) -> Spread | None:
    """A group of figures on one of the days, if it was in view."""
    at = int(np.searchsorted(spreads.present[places], group))
    found = at < len(places) and spreads.present[places[at]] == group
    return spreads.at(int(places[at])) if found else None


def _range(records: Records, spread: Spread | None) -> Row | None:
    if spread is None:
        return None
    return {
        "words": wording.spread(spread, records),
        "figures": wording.plural(spread.figures, "figure"),
        "origins": wording.plural(spread.origins, "origin"),
    }


# --- the tables of changes ------------------------------------------------------------------------


def reported(records: Records, pair: Comparison, found: Changes) -> list[Row]:
    """Transfers first reported in between, in order of time, with who reported them first."""
    desk, states = Desk(records, pair.days[1]), derive.states(records, pair.days[1])
    first = states.loc[list(found.reported)].sort_values(["first_reported", "first_assertion"])
    first = first.tail(_listed(len(first)))
    return [
        _transfer(desk, str(state.Index)) | _said(desk, state.first_assertion) | {"grade": state}
        for state in rows(first)
    ]


def graded(records: Records, pair: Comparison, found: Changes) -> list[Row]:
    """Transfers whose evidence or grade is another: from, to, and who brought better evidence."""
    before, after = (derive.states(records, day) for day in pair.days)
    desk = Desk(records, pair.days[1])
    lines = []
    for transfer in found.better[: _listed(len(found.better))]:
        then, now = dict(before.loc[transfer]), dict(after.loc[transfer])
        better = bool(now["evidence"] > then["evidence"])
        by = _said(desk, now["evidence_assertion"]) if better else {}
        lines.append(_transfer(desk, transfer) | {"was": then, "grade": now, "better": better} | by)
    return sorted(lines, key=lambda r: (-r["better"], -r["grade"]["evidence"], r["was"]["evidence"], r["id"]))


def contested(records: Records, pair: Comparison, found: Changes) -> list[Row]:
    """Transfers denied or doubted only now: by whom first, and how far it reaches."""
    desk, run, later = Desk(records, pair.days[1]), running(records), pair.days[1]
    told = run.denials.places[run.among(found.contested.taken)[run.denials.on]]
    told = told[told < run.known(later)]
    first = told[~pd.Index(run.on[told]).duplicated()]
    first = first[-_listed(len(first)) :]
    said = records["assertions"][["id", "transfer", "known"]].iloc[first]
    reported_on = derive.states(records, later)["first_reported"]
    return [
        _transfer(desk, row.transfer) | _said(desk, row.id) | {"early": row.known < reported_on[row.transfer]}
        for row in rows(said)
    ]


def revised(records: Records, pair: Comparison, found: Changes) -> list[Row]:
    """Figures that an origin gave anew: what it said, and what it says now."""
    desk = Desk(records, pair.days[1])
    lines = [
        _given_anew(desk, *desk.rows("assertions", both))
        for both in found.revised[-_listed(len(found.revised)) :]
    ]
    return sorted(lines, key=lambda line: (line["date"], line["assertion"]))


def _given_anew(desk: Desk, before: Row, after: Row) -> Row:
    return {
        **_transfer(desk, after["transfer"]),
        **_said(desk, after["id"]),
        "was": wording.figure(before, desk.records),
        "now": wording.figure(after, desk.records),
        "old": _said(desk, before["id"]),
        "what": _measured(desk, after),
    }


def _listed(count: int) -> int:
    """How many of so many changes are listed: all, or if those are too many only the first or latest few."""
    return count if count <= MOST_CHANGED else FEW_CHANGED


def _measured(desk: Desk, told: Row) -> str:
    words = [desk.label("measures", told["measure"])]
    words += [desk.label("rates", told["rate"]).lower()] if told["rate"] != "total" else []
    words += [desk.label("scopes", told["scope"]).lower()] if told["scope"] != "this-flow" else []
    return ", ".join(words)


def _transfer(desk: Desk, transfer: str) -> Row:
    names = (
        desk.label("countries", desk.cell("transfers", transfer, end)) for end in ("origin", "destination")
    )
    return {"id": transfer, "item": desk.cell("transfers", transfer, "item"), "ends": " → ".join(names)}


def _said(desk: Desk, assertion: str) -> Row:
    names = ("date", "by", "stance", "reach", "evidence", "source")
    told = {name: desk.cell("assertions", assertion, name) for name in names}
    cited = desk.row("sources", told.pop("source"))
    return {**told, "assertion": assertion, "step": told.pop("evidence"), "cited": cited}


# --- words ----------------------------------------------------------------------------------------


def in_words(records: Records, view: View, pair: Comparison) -> str:
    """The growth of knowledge for those who cannot see it."""
    grown = growth(records, view)
    first, last = grown.index[0].date(), grown.index[-1].date()
    both = zip((pair.earlier, pair.later), _when(pair), strict=True)
    ends = [f"{_split(selection)} {when}" for selection, when in both]
    return _(
        "Growth of what is on record, from the first report on {day} to {day2}, by best "
        "evidence reached: {list}."
    ).format(day=dates.day_words(first), day2=dates.day_words(last), list="; ".join(ends))


def _when(pair: Comparison) -> tuple[str, str]:
    then, now = (_("on {day}").format(day=dates.day_words(day)) if day else "" for day in pair.days)
    return then, now or _("today")


def _split(selection: Selection) -> str:
    found = banded(selection)
    names = (_("with a find"), _("with imagery or records"), _("assessed"), _("reported only"))
    words = dict(zip(BANDS, names, strict=True))
    parts = listed(f"{n} {words[band]}" for band, n in found.items())
    return _("{count} transfers ({parts})").format(count=sum(found.values()), parts=parts)


def banded(selection: Selection) -> dict[str, int]:
    """How many transfers in view have which best evidence, by the bands of the growth."""
    evidence, above, found = selection.states["evidence"], 6, {}
    for band, least in BANDS.items():
        found[band] = int((evidence.ge(least) & evidence.lt(above)).sum())
        above = least
    return found


def band_labels(records: Records) -> dict[str, str]:
    """What the bands are called: by the steps of the evidence scale."""
    short = records["evidence"]["short"]
    names = {band: str(short[least]) for band, least in BANDS.items() if least}
    return {**names, "reported": f"{short[2]} or {short[1].lower()}"}


def understood(given: Sequence[str]) -> tuple[date | None, list[str]]:
    """The day to compare with, of the address: None for today; and what was ignored."""
    reader = Reader({"against": given})
    return reader.day("against", end=True), reader.few_notes()
