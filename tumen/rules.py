"""Tumen's rules beyond the descriptor: what must hold between the cells of a row and between tables.

Each rule is one small function and one line in RULES. A rule sees only tables that could be read
whole; a cell that is wrong by itself is reported elsewhere, so here it simply does not count.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tumen import dates, geography
from tumen.cells import INTEGER, NUMBER, URL
from tumen.descriptor import FILE, Package
from tumen.mistakes import nearest, several, shown
from tumen.reading import Fault, Row, Sheet

FIGURE = ("measure", "unit", "rate", "scope")  # what every figure must carry
OPEN_ENDED = ("ongoing", "partly-delivered")  # statuses under which a transfer without an end runs on
NOT_RAISED = ("left-out", "merged")  # corrections whose record may be gone
AHEAD = (("quotes", "due"),)  # dates that may lie in the future
FORETOLD = ("foretold", "criterion")  # what every forecast must have, and nothing else may


Column: TypeAlias = "pd.Series[Any]"
Suspect = Callable[[pd.DataFrame], Any]  # a quick look at the columns of a table: which rows to look at


def _every(frame: pd.DataFrame) -> "np.ndarray[Any, Any]":
    return np.ones(len(frame), dtype=bool)


@dataclass(frozen=True)
class Data:
    """All tables that could be read, and the day that counts as today."""

    package: Package
    sheets: Mapping[str, Sheet]
    today: date

    def rows(self, table: str, suspect: Suspect = _every) -> Sequence[Row]:
        """The rows of a table; of a large one only those that a quick look at its columns marks."""
        return self.sheets[table].where(suspect)

    def find(self, table: str, name: str) -> Row | None:
        """The record with an id, or None."""
        return self.sheets[table].find(name)

    def of(self, ids: Column, table: str, column: str) -> Column:
        """For each id of a column the value of the record that it names; '' where there is none."""
        frame = self.sheets[table].frame.drop_duplicates("id").set_index("id")
        return ids.map(frame[column]).fillna("")


class Broken(NamedTuple):
    """A rule broken by a row: the table, the row, the column to look at and what is wrong."""

    table: str
    row: Row
    column: str
    expected: str
    remedy: str = ""
    nearest: str = ""
    found: str | None = None  # where it is not the content of the column


class Rule(NamedTuple):
    """A rule: the function that finds what breaks it, and the tables that it needs."""

    broken: Callable[[Data], Iterator[Broken]]
    needs: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name in reports, such as 'low-above-high'."""
        return self.broken.__name__.replace("_", "-")


def broken_by(data: Data, rule: Rule) -> Iterator[tuple[str, Fault]]:
    """Every fault that a rule finds, each with the path of the file in which it lies."""
    if not all(table in data.sheets and data.sheets[table].sound for table in rule.needs):
        return
    try:
        for at in rule.broken(data):
            yield data.package[at.table].path, _fault(at, rule.name)
    except KeyError as error:  # the descriptor has been changed, and the rule not
        expected = f"the rule '{rule.name}' needs {error}, which the descriptor does not describe"
        yield FILE, Fault(expected, rule="descriptor", remedy="Describe it, or change the rule.")


def _fault(at: Broken, rule: str) -> Fault:
    found = at.row.cells.get(at.column, "") if at.found is None else at.found
    return Fault(at.expected, at.row.line, at.column, found, at.nearest, at.remedy, at.row.id, rule)


# --- a quick look at whole columns ---
#
# Each tells of a large table which rows a rule must look at: all that break it, and as few others as can be.


def before(one: Column, other: Column) -> Column:
    """Where a prefix date may lie wholly before another: then it does so as a text."""
    return one.ne("") & other.ne("") & (one < other)


def filled(frame: pd.DataFrame, *columns: str) -> Column:
    """Where any of the columns holds something."""
    return pd.concat([frame[column].ne("") for column in columns], axis=1).any(axis=1)


def empty(frame: pd.DataFrame, *columns: str) -> Column:
    """Where any of the columns holds nothing."""
    return pd.concat([frame[column].eq("") for column in columns], axis=1).any(axis=1)


def which(test: Callable[..., object], *columns: Column) -> "np.ndarray[Any, Any]":
    """Where a test of the values of some columns holds; each different set of values is tested once."""
    frame = pd.concat([column.rename(place) for place, column in enumerate(columns)], axis=1)
    number = frame.groupby(list(frame), sort=False).ngroup().to_numpy()
    different = frame.drop_duplicates().itertuples(index=False, name=None)
    return np.array([bool(test(*values)) for values in different], dtype=bool)[number]


def each(test: Callable[..., bool], *columns: Column) -> list[bool]:
    """Where a test of the values of some columns holds."""
    return [test(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


# --- dates ---


def span_of(cell: str) -> dates.Span | None:
    """The days that a cell can mean, or None if it is empty or no date."""
    try:
        span = dates.parse(cell)
    except ValueError:
        return None
    return span if span.first >= dates.FIRST_DAY else None


def _ends_before_it_starts(data: Data, table: str, start: str, end: str) -> Iterator[Broken]:
    for row in data.rows(table, lambda f: before(f[end], f[start])):
        first, last = span_of(row[start]), span_of(row[end])
        if first and last and last.last < first.first:
            yield Broken(
                table,
                row,
                end,
                f"which lies before its {start} '{shown(row[start])}'",
                "Exchange or correct the two dates.",
            )


def end_before_start(data: Data) -> Iterator[Broken]:
    """A transfer, an event, a phase or a law that ends before it starts."""
    yield from _ends_before_it_starts(data, "transfers", "start", "end")
    yield from _ends_before_it_starts(data, "events", "date", "end")
    yield from _ends_before_it_starts(data, "phases", "start", "end")
    yield from _ends_before_it_starts(data, "laws", "in_force_from", "in_force_until")


def period_reversed(data: Data) -> Iterator[Broken]:
    """A figure for a period that ends before it starts."""
    for row in data.rows("assertions", lambda f: which(lambda period: "/" in period, f["period"])):
        first, _, last = row["period"].partition("/")
        start, end = span_of(first), span_of(last)
        if start and end and end.last < start.first:
            yield Broken(
                "assertions", row, "period", "whose end lies before its start", "Exchange the two dates."
            )


def in_the_future(data: Data) -> Iterator[Broken]:
    """Any date that has not come yet."""
    for table in data.package.tables:
        columns = [c.name for c in table.columns if c.is_date and (table.name, c.name) not in AHEAD]
        for row in data.rows(table.name, _after(data.today, columns)) if columns else ():
            for column in columns:
                span = span_of(row.cells.get(column, ""))
                if span and span.first > data.today:
                    expected = f"which lies in the future (today is {data.today})"
                    yield Broken(table.name, row, column, expected, "Correct the date.")


def _after(day: date, columns: list[str]) -> Suspect:
    def suspect(frame: pd.DataFrame) -> Any:
        late = [frame[column].gt(day.isoformat()) for column in columns if column in frame]
        return pd.concat(late, axis=1).any(axis=1) if late else _every(frame)

    return suspect


def said_after_published(data: Data) -> Iterator[Broken]:
    """Something said only after the source that carries it was published."""
    for table in ("assertions", "quotes"):
        for row in data.rows(
            table, lambda f: before(data.of(f["source"], "sources", "published"), f["date"])
        ):
            source = data.find("sources", row["source"])
            said, printed = span_of(row["date"]), span_of(source["published"]) if source else None
            if source and said and printed and said.first > printed.last:
                printed_on = shown(source["published"])
                expected = f"which lies after its source '{shown(source.id)}' was published ({printed_on})"
                yield Broken(
                    table, row, "date", expected, "Correct the date, or name the source that carries it."
                )


def as_of_after_said(data: Data) -> Iterator[Broken]:
    """A figure that holds for a day after it was given."""
    for row in data.rows("assertions", lambda f: before(f["date"], f["as_of"])):
        said, holds = span_of(row["date"]), span_of(row["as_of"])
        if said and holds and holds.first > said.last:
            yield Broken(
                "assertions",
                row,
                "as_of",
                f"which lies after the assertion itself ({shown(row['date'])})",
                "Correct the day.",
            )


def phase_misses_date(data: Data) -> Iterator[Broken]:
    """An event or a quotation whose phase does not hold its date."""
    for table in ("events", "quotes"):
        for row in data.rows(table, lambda f: which(partial(_misses, data), f["phase"], f["date"])):
            phase, day = data.find("phases", row["phase"]), span_of(row["date"])
            if phase and day and not _overlap(day, phase):
                fits = [other.id for other in data.rows("phases") if _overlap(day, other)]
                expected = f"which does not hold the date {shown(row['date'])}"
                yield Broken(table, row, "phase", expected, nearest=fits[0] if fits else "")


def _misses(data: Data, name: str, text: str) -> bool:
    phase, day = data.find("phases", name), span_of(text)
    return bool(phase and day and not _overlap(day, phase))


def _overlap(day: dates.Span, phase: Row) -> bool:
    start, end = span_of(phase["start"]), span_of(phase["end"])
    return (not start or day.last >= start.first) and (not end or day.first <= end.last)


# --- figures and stances ---


def low_above_high(data: Data) -> Iterator[Broken]:
    """A range whose lower end lies above its upper end."""
    for table in ("assertions", "likelihood"):
        for row in data.rows(table, lambda f: _number(f["low"]) > _number(f["high"])):
            low, high = _value(row["low"]), _value(row["high"])
            if low is not None and high is not None and low > high:
                yield Broken(
                    table, row, "low", f"which is above high '{shown(row['high'])}'", "Exchange the two."
                )


def _number(column: Column) -> Column:
    return pd.to_numeric(column, errors="coerce")


def _value(cell: str) -> float | None:
    return float(cell) if NUMBER.fullmatch(cell) else None


GIVEN = ("low", "high", "qualifier")  # what makes a figure


def _has_figure(row: Row) -> bool:
    return any(row[column] for column in GIVEN)


def figure_incomplete(data: Data) -> Iterator[Broken]:
    """A figure without measure, unit, rate, scope or qualifier: it could be compared with anything."""
    wanted = (*FIGURE, "qualifier")
    for row in data.rows("assertions", lambda f: filled(f, *GIVEN) & empty(f, *wanted)):
        for column in wanted if _has_figure(row) else ():
            if not row[column]:
                yield Broken(
                    "assertions", row, column, "but every figure must have one", f"Fill in the {column}."
                )


def figure_absent(data: Data) -> Iterator[Broken]:
    """A measure, unit, rate, scope, period or conversion without a figure."""
    unwanted = (*FIGURE, "period", "conversion")
    for row in data.rows("assertions", lambda f: ~filled(f, *GIVEN) & filled(f, *unwanted)):
        for column in () if _has_figure(row) else unwanted:
            if row[column]:
                expected = "though low, high and qualifier are empty"
                yield Broken("assertions", row, column, expected, "Fill in the figure, or empty the cell.")


BOUNDS = {"point": "low", "lower": "low", "upper": "high", "interval": "low and high", "words": "no number"}


def qualifier_misfits(data: Data) -> Iterator[Broken]:
    """A qualifier that does not go with the bounds given, such as 'more than' with an upper bound."""

    def suspect(frame: pd.DataFrame) -> Any:
        return which(partial(_unfit, data), frame["qualifier"], frame["low"].ne(""), frame["high"].ne(""))

    for row in data.rows("assertions", suspect):
        qualifier = data.find("qualifiers", row["qualifier"])
        if qualifier and not _fits(qualifier["bound"], bool(row["low"]), bool(row["high"])):
            given = {(True, True): "low and high", (True, False): "low", (False, True): "high"}
            expected = (
                f"which goes with {BOUNDS.get(qualifier['bound'], 'other bounds')}, "
                f"but {given.get((bool(row['low']), bool(row['high'])), 'no number')} is filled"
            )
            yield Broken("assertions", row, "qualifier", expected, "Change the qualifier or move the number.")


def _unfit(data: Data, name: str, low: bool, high: bool) -> bool:
    qualifier = data.find("qualifiers", name)
    return bool(qualifier and not _fits(qualifier["bound"], low, high))


def _fits(bound: str, low: bool, high: bool) -> bool:
    return {
        "point": low,
        "lower": low and not high,
        "upper": high and not low,
        "interval": low and high,
        "words": not low and not high,
    }.get(bound, True)


def stance_misfits(data: Data) -> Iterator[Broken]:
    """An assertion that lacks the evidence or reach of its stance, or has one that its stance excludes."""

    def suspect(frame: pd.DataFrame) -> Any:
        given = (frame[column].ne("") for column in ("evidence", "reach"))
        return which(partial(_misfits, data), frame["stance"], *given)

    for row in data.rows("assertions", suspect):
        stance = data.find("stances", row["stance"])
        for column in ("evidence", "reach") if stance else ():
            wanted = stance[column] if stance else ""
            if wanted == "required" and not row[column]:
                expected = f"but an assertion that {shown(row['stance'])} must have one"
                yield Broken("assertions", row, column, expected, f"Fill in the {column}.")
            if wanted == "forbidden" and row[column]:
                expected = f"but an assertion that {shown(row['stance'])} must have none"
                yield Broken("assertions", row, column, expected, "Empty the cell, or correct the stance.")


def _misfits(data: Data, name: str, *given: bool) -> bool:
    """Whether evidence or reach is given against what the stance wants."""
    stance = data.find("stances", name)
    wanted = [stance[column] if stance else "" for column in ("evidence", "reach")]
    return any(want == ("forbidden" if has else "required") for want, has in zip(wanted, given, strict=True))


def reach_misfits(data: Data) -> Iterator[Broken]:
    """A reach that cannot stand with the stance, such as 'no answer' with a denial."""

    def suspect(frame: pd.DataFrame) -> Any:
        return which(partial(_unreached, data), frame["reach"], frame["stance"])

    for row in data.rows("assertions", suspect):
        reach = data.find("reaches", row["reach"])
        if (
            reach
            and row["stance"] not in reach.items("stances")
            and row["stance"] in data.sheets["stances"].by_id
        ):
            fitting = [other.id for other in data.rows("reaches") if row["stance"] in other.items("stances")]
            if fitting:
                expected = f"which does not go with the stance '{shown(row['stance'])}'"
                yield Broken("assertions", row, "reach", expected, f"Use one of {', '.join(fitting)}.")


def _unreached(data: Data, name: str, stance: str) -> bool:
    reach = data.find("reaches", name)
    return bool(reach and stance not in reach.items("stances"))


# --- ids ---


def id_misnames(data: Data) -> Iterator[Broken]:
    """An id that does not begin with what it belongs to: sender and receiver, transfer, route, or law."""
    for table, (columns, start) in BELONGS.items():
        for row in data.rows(table, partial(_misnamed, columns, start)):
            if not row.id.startswith(begin := start(*(row[column] for column in columns))):
                expected = f"which does not begin with '{shown(begin)}'"
                yield Broken(
                    table,
                    row,
                    "id",
                    expected,
                    "An id never changes: correct the other columns, or the id if it is new.",
                )


def _misnamed(columns: tuple[str, ...], start: Callable[..., str], frame: pd.DataFrame) -> list[bool]:
    own = (frame[column] for column in columns)
    return each(lambda name, *values: not name.startswith(start(*values)), frame["id"], *own)


BELONGS: Mapping[str, tuple[tuple[str, ...], Callable[..., str]]] = {  # how ids begin, and with what columns
    "transfers": (("origin", "destination"), lambda origin, to: f"{origin}-{to}-".casefold()),
    "assertions": (("transfer",), lambda transfer: f"{transfer}--"),
    "legs": (("route", "seq"), lambda route, seq: f"{route}--{seq}"),
    "transfer_laws": (("transfer", "law"), lambda transfer, law: f"{transfer}--{law}"),
}


# --- transfers ---


def sends_to_itself(data: Data) -> Iterator[Broken]:
    """A transfer whose sender is its receiver."""
    for row in data.rows("transfers", lambda f: f["origin"].eq(f["destination"])):
        if row["origin"] == row["destination"]:
            yield Broken(
                "transfers", row, "destination", "which is also the origin", "Correct one of the two."
            )


def parents_in_a_circle(data: Data) -> Iterator[Broken]:
    """A transfer that is, directly or over others, its own umbrella flow."""
    rows = data.sheets["transfers"].frame
    parents = dict(zip(rows["id"], rows["parent"], strict=True))
    for row in data.rows(
        "transfers", lambda f: each(lambda i, p: bool(p) and i in _chain(i, parents), f["id"], f["parent"])
    ):
        chain = _chain(row.id, parents)
        if row["parent"] and row.id in chain:
            path = several([row.id, *chain], " → ")
            expected = (
                "which is the transfer itself"
                if row["parent"] == row.id
                else f"which closes a circle ({path})"
            )
            yield Broken("transfers", row, "parent", expected, "Empty the parent of the widest flow.")


def _chain(start: str, parents: Mapping[str, str]) -> list[str]:
    """The umbrella flows above a transfer, up to the first that comes again."""
    chain: list[str] = []
    at = parents.get(start, "")
    while at and at not in chain:
        chain.append(at)
        at = parents.get(at, "")
    return chain


def parent_elsewhere(data: Data) -> Iterator[Broken]:
    """A part whose umbrella flow goes between other countries."""

    def suspect(frame: pd.DataFrame) -> Any:
        ends = [
            data.of(frame["parent"], "transfers", end).ne(frame[end]) for end in ("origin", "destination")
        ]
        return frame["parent"].ne("") & (ends[0] | ends[1])

    for row in data.rows("transfers", suspect):
        parent = data.find("transfers", row["parent"])
        if parent and (parent["origin"], parent["destination"]) != (row["origin"], row["destination"]):
            expected = f"which goes from {shown(parent['origin'])} to {shown(parent['destination'])}"
            remedy = f"Name an umbrella flow from {shown(row['origin'])} to {shown(row['destination'])}."
            yield Broken("transfers", row, "parent", expected, remedy)


def law_out_of_force(data: Data) -> Iterator[Broken]:
    """A transfer that ran only before a law came into force, or only after it had ended."""

    def suspect(frame: pd.DataFrame) -> Any:
        ran = [data.of(frame["transfer"], "transfers", name) for name in ("start", "end", "status")]
        return which(partial(_missed, data), frame["law"], *ran)

    for row in data.rows("transfer_laws", suspect):
        transfer, law = data.find("transfers", row["transfer"]), data.find("laws", row["law"])
        ran = _ran(transfer["start"], transfer["end"], transfer["status"]) if transfer else None
        if law and ran and not _in_force(law, ran):
            ended = f" to {shown(law['in_force_until'])}" if law["in_force_until"] else " on"
            expected = (
                f"which was in force from {shown(law['in_force_from'])}{ended}, when the transfer did not run"
            )
            yield Broken("transfer_laws", row, "law", expected, "Remove the row, or correct the dates.")


def _missed(data: Data, name: str, *given: str) -> bool:
    law, ran = data.find("laws", name), _ran(*given)
    return bool(law and ran and not _in_force(law, ran))


def _ran(begun: str, ended: str, status: str) -> dates.Span | None:
    """The days on which a transfer may have run, as in derive.active; None where nothing is said."""
    start, end = span_of(begun), span_of(ended)
    if not (start or end):
        return None
    first = start.first if start else dates.FIRST_DAY
    if end or status in OPEN_ENDED:
        return dates.Span(first, end.last if end else dates.LAST_DAY)
    return start


def _in_force(law: Row, ran: dates.Span) -> bool:
    start, end = span_of(law["in_force_from"]), span_of(law["in_force_until"])
    return (not start or ran.last >= start.first) and (not end or ran.first <= end.last)


# --- places and routes ---


def outside_country(data: Data) -> Iterator[Broken]:
    """A place outside the country it is said to lie in, without a reason."""
    for row, lon, lat in _located(data, "places"):
        there = geography.country_at(lon, lat)
        if there != row["country"] and not row["outside_reason"]:
            yield Broken(
                "places",
                row,
                "lat",
                _elsewhere(there, row["country"]),
                _way_back(row, lon, lat),
                found=f"{row['lat']}, lon {row['lon']}",
            )


def reason_not_needed(data: Data) -> Iterator[Broken]:
    """A reason for lying outside, given for a place that lies inside."""
    for row, lon, lat in _located(data, "places"):
        if row["outside_reason"] and geography.country_at(lon, lat) == row["country"]:
            expected = f"but the point lies inside {shown(row['country'])}"
            yield Broken("places", row, "outside_reason", expected, "Empty the cell.")


def capital_misplaced(data: Data) -> Iterator[Broken]:
    """A seat of government outside its country, half given, or given for a body."""
    for row in data.rows("countries"):
        if bool(row["lat"]) != bool(row["lon"]) or (row["lat"] and row["kind"] == "body"):
            expected = "but latitude and longitude must both be given for a state, and neither for a body"
            yield Broken("countries", row, "lat", expected, "Fill in or empty both.")
    for row, lon, lat in _located(data, "countries"):
        there = geography.country_at(lon, lat)
        if row["kind"] == "state" and there != row.id and (there or geography.in_atlas(row.id)):
            yield Broken(
                "countries",
                row,
                "lat",
                _elsewhere(there, row.id),
                "Correct it.",
                found=f"{row['lat']}, lon {row['lon']}",
            )


def _located(data: Data, table: str) -> Iterator[tuple[Row, float, float]]:
    for row in data.rows(table):
        lat, lon = _value(row["lat"]), _value(row["lon"])
        if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180:
            yield row, lon, lat


def _elsewhere(there: str | None, country: str) -> str:
    return f"which lies {f'in {there}' if there else 'in no country (at sea)'} and not in {shown(country)}"


def _way_back(row: Row, lon: float, lat: float) -> str:
    if abs(lon) <= 90 and geography.country_at(lat, lon) == row["country"]:
        return "Latitude and longitude seem to be exchanged."
    return "Correct the coordinates or the country, or say in outside_reason why it lies outside."


def stops_too_few(data: Data) -> Iterator[Broken]:
    """A route with fewer than two stops."""
    for row in data.rows("routes"):
        if len(row.items("stops")) == 1:
            yield Broken("routes", row, "stops", "but a route has at least two stops", "Add the other end.")


def leg_off_route(data: Data) -> Iterator[Broken]:
    """A leg that begins or ends at a place where its route does not stop, or goes nowhere."""
    for row in data.rows("legs"):
        route = data.find("routes", row["route"])
        stops = route.items("stops") if route else []
        for column in ("from_place", "to_place") if route else ():
            if row[column] not in stops and row[column] in data.sheets["places"].by_id:
                expected = f"which is not a stop of the route '{shown(row['route'])}'"
                yield Broken(
                    "legs",
                    row,
                    column,
                    expected,
                    f"Its stops are {several(stops)}.",
                    nearest(row[column], stops),
                )
        if row["from_place"] == row["to_place"]:
            yield Broken(
                "legs", row, "to_place", "which is also where the leg begins", "Correct one of the two."
            )


def stop_without_leg(data: Data) -> Iterator[Broken]:
    """A stop that no leg of the route touches."""
    ends: dict[str, set[str]] = defaultdict(set)
    for row in data.rows("legs"):
        ends[row["route"]] |= {row["from_place"], row["to_place"]}
    for row in data.rows("routes"):
        if lonely := [stop for stop in row.items("stops") if row.id in ends and stop not in ends[row.id]]:
            expected = f"but no leg of the route touches '{shown(lonely[0])}'"
            yield Broken("routes", row, "stops", expected, "Add the leg, or take the stop out.")


def legs_with_gaps(data: Data) -> Iterator[Broken]:
    """Legs of a route that are not numbered from 1 without a gap."""
    legs: dict[str, list[Row]] = defaultdict(list)
    for row in data.rows("legs"):
        legs[row["route"]].append(row)
    for route in legs.values():
        numbers = {int(row["seq"]) for row in route if INTEGER.fullmatch(row["seq"])}
        gap = next(n for n in range(1, len(route) + 2) if n not in numbers)
        if gap <= len(route) and (after := [row for row in route if _value(row["seq"]) not in range(1, gap)]):
            yield Broken(
                "legs",
                after[0],
                "seq",
                f"but the route has no leg {gap}",
                "Number the legs of a route from 1 without a gap.",
            )


def mode_misfits(data: Data) -> Iterator[Broken]:
    """A leg by another mode than its route, where the route is not mixed."""
    for row in data.rows("legs"):
        route = data.find("routes", row["route"])
        if (
            route
            and route["mode"] not in ("mixed", row["mode"])
            and row["mode"] in data.sheets["modes"].by_id
        ):
            expected = f"but the mode of the route '{shown(route.id)}' is '{shown(route['mode'])}'"
            yield Broken("legs", row, "mode", expected, "Correct the leg, or make the route 'mixed'.")


# --- quotes and sources ---


def forecast_incomplete(data: Data) -> Iterator[Broken]:
    """A forecast without a criterion, or a criterion for what is no forecast."""

    def suspect(frame: pd.DataFrame) -> Any:
        forecast = frame["forecast"].eq("true")
        return empty(frame, *FORETOLD) & forecast | filled(frame, *FORETOLD, "due") & ~forecast

    for row in data.rows("quotes", suspect):
        forecast = row["forecast"] == "true"
        if forecast and (absent := next((column for column in FORETOLD if not row[column]), "")):
            yield Broken("quotes", row, absent, "but every forecast must have it", "Fill it in.")
        if not forecast and (given := next((c for c in (*FORETOLD, "due") if row[c]), "")):
            expected = "though the quotation is no forecast"
            yield Broken("quotes", row, given, expected, "Empty it, or make forecast 'true'.")


def due_before_said(data: Data) -> Iterator[Broken]:
    """A forecast for a time that lay in the past when it was made."""
    for row in data.rows("quotes", lambda f: before(f["due"], f["date"])):
        said, due = span_of(row["date"]), span_of(row["due"])
        if said and due and due.last < said.first:
            yield Broken(
                "quotes", row, "due", f"which lies before its date '{shown(row['date'])}'", "Correct it."
            )


def outcome_missing(data: Data) -> Iterator[Broken]:
    """A forecast or an outcome without a word on how the two compare."""
    for row in data.rows("quotes", lambda f: f["outcome_status"].eq("")):
        if row["forecast"] == "true" and not row["outcome_status"]:
            yield Broken(
                "quotes",
                row,
                "outcome_status",
                "but every forecast must have one",
                "Use 'open' where it cannot be told yet.",
            )
        elif row["outcome"] and not row["outcome_status"]:
            yield Broken("quotes", row, "outcome_status", "though an outcome is given", "Fill it in.")


def outcome_unsourced(data: Data) -> Iterator[Broken]:
    """An outcome without a source, where something is said to have happened or not."""
    for row in data.rows("quotes", lambda f: f["outcome"].ne("") & f["outcome_sources"].eq("")):
        told = row["outcome"] and row["outcome_status"] in ("happened", "partly", "contradicted")
        if told and not row["outcome_sources"]:
            yield Broken(
                "quotes", row, "outcome_sources", "though an outcome is given", "Name where it can be read."
            )


def source_repeated(data: Data) -> Iterator[Broken]:
    """A quotation whose other sources repeat its source."""
    for row in data.rows("quotes", lambda f: f["also_sources"].ne("")):
        if row["source"] in row.items("also_sources"):
            yield Broken(
                "quotes",
                row,
                "also_sources",
                f"which repeats the source '{shown(row['source'])}'",
                "Remove it.",
            )


def unverified_elsewhere(data: Data) -> Iterator[Broken]:
    """An unverified quotation that no founding article explains."""
    for row in data.rows("quotes", lambda f: f["verified"].eq("false") & f["founding_article"].eq("")):
        if row["verified"] == "false" and not row["founding_article"]:
            expected = "but a quotation that is not verified must come from a founding article"
            yield Broken(
                "quotes", row, "founding_article", expected, "Name the article, or leave the quotation out."
            )


def address_unexplained(data: Data) -> Iterator[Broken]:
    """A source without an address and without a note that says why."""
    for row in data.rows("sources", lambda f: f["url"].eq("") & f["note"].eq("")):
        if not row["url"] and not row["note"]:
            yield Broken(
                "sources",
                row,
                "url",
                "and the note does not say why",
                "Give the address, or the reason in the note.",
            )


# --- corrections ---


def correction_astray(data: Data) -> Iterator[Broken]:
    """A correction of a record or column that does not exist."""
    for row in data.rows("corrections"):
        sheet = data.sheets.get(row["table"])
        if not sheet or not sheet.sound:
            continue
        if row.id not in sheet.by_id and row["kind"] not in NOT_RAISED:
            expected = f"which is not in {sheet.table.path}"
            yield Broken("corrections", row, "id", expected, nearest=nearest(row.id, sheet.by_id))
        if row["column"] and row["column"] not in sheet.table.by_name:
            expected = f"which is not a column of {sheet.table.path}"
            yield Broken(
                "corrections", row, "column", expected, nearest=nearest(row["column"], sheet.table.by_name)
            )


def correction_overtaken(data: Data) -> Iterator[Broken]:
    """A correction whose new value is not what the record holds; free text may have been worded anew."""
    for row in data.rows("corrections"):
        sheet = data.sheets.get(row["table"])
        column = sheet.table.by_name.get(row["column"]) if sheet and sheet.sound else None
        record = sheet.find(row.id) if sheet and column and not column.is_text else None
        if record and column and record[column.name] != row["now"]:
            expected = f"but {shown(row['table'])} '{shown(row.id)}' has '{shown(record[column.name])}'"
            yield Broken("corrections", row, "now", expected, "Make the two agree.")


def correction_unsourced(data: Data) -> Iterator[Broken]:
    """A correction that rests on something that is neither a source nor an address."""
    known = data.sheets["sources"].by_id
    for row in data.rows("corrections"):
        if row["source"] and row["source"] not in known and not URL.fullmatch(row["source"]):
            expected = "which is neither in sources.csv nor a web address"
            yield Broken("corrections", row, "source", expected, nearest=nearest(row["source"], known))


# --- versions ---


def version_out_of_step(data: Data) -> Iterator[Broken]:
    """Releases out of order, or a newest one that is not the version of the package."""
    listed = data.rows("versions")
    for before, row in pairwise(listed):
        if _release(row.id) <= _release(before.id):
            expected = f"which is not newer than '{shown(before.id)}'"
            yield Broken("versions", row, "id", expected, "Put them in order.")
    if listed and listed[-1].id != data.package.version:
        expected = f"but the version of the package is '{shown(data.package.version)}'"
        yield Broken("versions", listed[-1], "id", expected, "Make the two agree; tumen release does so.")


def _release(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if INTEGER.fullmatch(part))


RULES = (
    Rule(end_before_start, ("transfers", "events", "phases", "laws")),
    Rule(period_reversed, ("assertions",)),
    Rule(in_the_future, ()),
    Rule(said_after_published, ("assertions", "quotes", "sources")),
    Rule(as_of_after_said, ("assertions",)),
    Rule(phase_misses_date, ("events", "quotes", "phases")),
    Rule(low_above_high, ("assertions", "likelihood")),
    Rule(figure_incomplete, ("assertions",)),
    Rule(figure_absent, ("assertions",)),
    Rule(qualifier_misfits, ("assertions", "qualifiers")),
    Rule(stance_misfits, ("assertions", "stances")),
    Rule(reach_misfits, ("assertions", "stances", "reaches")),
    Rule(id_misnames, ("transfers", "assertions", "legs", "transfer_laws")),
    Rule(sends_to_itself, ("transfers",)),
    Rule(parents_in_a_circle, ("transfers",)),
    Rule(parent_elsewhere, ("transfers",)),
    Rule(law_out_of_force, ("transfer_laws", "transfers", "laws")),
    Rule(outside_country, ("places",)),
    Rule(reason_not_needed, ("places",)),
    Rule(capital_misplaced, ("countries",)),
    Rule(stops_too_few, ("routes",)),
    Rule(leg_off_route, ("legs", "routes", "places")),
    Rule(stop_without_leg, ("legs", "routes")),
    Rule(legs_with_gaps, ("legs",)),
    Rule(mode_misfits, ("legs", "routes", "modes")),
    Rule(forecast_incomplete, ("quotes",)),
    Rule(due_before_said, ("quotes",)),
    Rule(outcome_missing, ("quotes",)),
    Rule(outcome_unsourced, ("quotes",)),
    Rule(source_repeated, ("quotes",)),
    Rule(unverified_elsewhere, ("quotes",)),
    Rule(address_unexplained, ("sources",)),
    Rule(correction_astray, ("corrections",)),
    Rule(correction_overtaken, ("corrections",)),
    Rule(correction_unsourced, ("corrections", "sources")),
    Rule(version_out_of_step, ("versions",)),
)
