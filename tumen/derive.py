"""What can be said of each transfer on a given day, derived from the assertions public by then.

Nothing here is stored in the data: turn the day back and every value turns back with it.
The rules are written once, here, and shown to readers on the Method page (`RULES`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from tumen import dates
from tumen.records import CLAIMS, DENIALS, Records
from tumen.running import Numbers, Running, Said, running
from tumen.speech import N_

COMPARABLE = ["transfer", "measure", "unit", "rate", "scope", "period"]
PER_PERIOD = ("share", "change")  # measures that mean something only for a stretch of time, whatever the rate

RULES: Mapping[str, str] = {
    "known": N_(
        "An assertion counts from the day it was made public; one dated by month or year alone counts "
        "from the end of that month or year."
    ),
    "first_reported": N_("The first day on which anyone asserted or confirmed the transfer in public."),
    "evidence": N_(
        "The highest step (1 to 5) that any assertion for the transfer has brought by that day; "
        "a step once reached is never lost."
    ),
    "origins": N_(
        "Independent origins are counted by whose knowledge it is, not by publications: five outlets "
        "that quote one briefing are one origin, and the agencies of one state are one origin."
    ),
    "contested": N_(
        "Someone has denied or doubted the transfer, its amount, its purpose or an agreement on it. "
        "Silence and 'no comment' are recorded, but do not make it contested. A denial has lapsed once the "
        "country that uttered it claims the transfer itself on a later day."
    ),
    "credibility": "1 confirmed: claimed by two or more independent origins, one with a physical find "
    "(step 5) or two with imagery or records (step 4 or more). 2 probably true: two or more origins, best "
    "evidence step 3 or more. 3 possibly true: best evidence step 2 or more, or two origins. 4 doubtful: "
    "someone who is no party to the transfer and does not claim it elsewhere denies or doubts it as a whole, "
    "and the evidence for it has not passed step 3. 5 improbable: such a doubt rests on evidence of step 3 "
    "or more and the claim on step 2 or less. 6 cannot be judged: a bare claim of a single origin.",
    "period": N_(
        "When a transfer ran is recorded with hindsight: start and end are those known today, in a "
        "view of an earlier day too, where they are marked so."
    ),
    "reliability": N_("The best letter among the sources that carry the best evidence."),
    "spread": N_(
        "Only figures of one measure, unit, rate and scope are compared. Running totals are compared "
        "with one another; rates, shares and changes only within one stated period, for those of different "
        "periods are a series, not a disagreement. Those who claim the transfer and those who dispute "
        "its amount enter; a zero from someone who denies the whole is a denial, not a figure. "
        "Nothing is summed or averaged."
    ),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """The published figures of one transfer that measure the same thing, from least to most."""

    measure: str
    unit: str
    rate: str
    scope: str
    period: str  # the stretch of time that rates, shares and changes cover, as stated; '' for running totals
    low: float
    high: float
    figures: int
    origins: int
    assertions: tuple[str, ...]

    @property
    def ratio(self) -> float:
        """Highest over lowest; 1 where all agree or the lowest is not above zero."""
        return self.high / self.low if self.low > 0 else 1.0


def known(records: Records, as_of: date | None) -> pd.DataFrame:
    """The assertions public on a day (all of them for None), oldest first."""
    frame = records["assertions"]  # in the order of the days on which they became public
    if as_of is None:
        return frame
    return frame.iloc[: int(frame["known"].searchsorted(pd.Timestamp(as_of), side="right"))]


def told(
    records: Records, as_of: date | None, transfers: Iterable[str], columns: Sequence[str]
) -> pd.DataFrame:
    """Some columns of the assertions public on a day on some transfers, oldest first.

    Found by the numbers of the transfers: a million texts are neither compared nor copied.
    """
    found = places(records, as_of, running(records).among(transfers))
    return records["assertions"][list(columns)].iloc[found]


def counted(records: Records, assertions: Numbers) -> tuple[int, int, int]:
    """How many assertions stand at some places, of how many origins and sources."""
    every = running(records).all
    return len(assertions), *(_different(every[name].iloc[assertions]) for name in ("origin", "source"))  # type: ignore[return-value]


def places(records: Records, as_of: date | None, transfers: Numbers) -> Numbers:
    """The places of the assertions public on a day on the flagged ones of all transfers by number."""
    run = running(records)
    found: Numbers = np.flatnonzero(transfers[run.on[: run.known(as_of)]])
    return found


def _different(column: pd.Series) -> int:
    """How many values there are, the empty one left out."""
    return len({*column.unique()} - {""})


def states(records: Records, as_of: date | None = None) -> pd.DataFrame:
    """One row per transfer that someone has asserted by the day `as_of`, indexed by transfer id.

    Columns: first_reported, last_reported (days), first_assertion, claims, denials, silences,
    publications, origins (counts), evidence (1–5), evidence_assertion, evidence_date,
    contested, denied_by_sender, denied_by_receiver, lapsed (bools), reaches (tuple), credibility
    (1–6), reliability (A–F), claimants, deniers (tuples of country codes). See RULES for how each is derived.
    """
    return records.once(("states", as_of), lambda: _states(running(records), as_of))


def numbers(records: Records, as_of: date | None) -> Numbers:
    """The numbers (see `Running`) of the transfers in `states`, in its order."""
    run = running(records)
    return records.once(("numbers", as_of), lambda: np.flatnonzero(run.claims.last(run.known(as_of)) >= 0))


def _states(run: Running, as_of: date | None) -> pd.DataFrame:
    """The running values at the last claim, denial and silence on each transfer that was public by a day."""
    count = run.known(as_of)
    last = run.claims.last(count)
    reported = np.flatnonzero(last >= 0)
    claim = last[reported]
    state = {
        **_claimed(run, claim),
        **_denied(run, run.denials.last(count)[reported]),
        "silences": _at(run.unanswered, run.silences.last(count)[reported]),
        "lapsed": run.lapse[reported] < count,
    }
    showing, doubt = run.claimed["showing"][claim], run.doubt(count)[reported]
    state["credibility"] = _credibilities(state["evidence"], state["origins"], showing, doubt)
    return pd.DataFrame(state, index=run.transfers[reported].rename("transfer"))


def _claimed(run: Running, claim: Numbers) -> dict[str, Any]:
    """What the claims on each transfer come to, by its last one."""
    values = {name: of_claim[claim] for name, of_claim in run.claimed.items()}
    said, places = run.records["assertions"], run.claims.places
    days, ids = run.all["known"].to_numpy(), said["id"].array
    return {
        "first_reported": days[places[values["first"]]],
        "last_reported": days[places[claim]],
        "first_assertion": ids.take(places[values["first"]]),
        **{name: values[name] for name in ("claims", "publications", "origins", "evidence")},
        "evidence_assertion": ids.take(places[values["best"]]),
        "evidence_date": days[places[values["best"]]],
        "reliability": run.letters.array.take(values["letter"]),
        "claimants": _tuples(run.claimants, claim),
    }


def _denied(run: Running, denial: Numbers) -> dict[str, Any]:
    """What the denials and doubts of each transfer come to, by its last one (-1 for none)."""
    counts = {name: _at(values, denial) for name, values in run.denied.items()}
    return {
        "denials": counts["denials"],
        "contested": counts["denials"] > 0,
        "denied_by_sender": counts["sender"] > 0,
        "denied_by_receiver": counts["receiver"] > 0,
        "deniers": _tuples(run.deniers, denial),
        "reaches": _tuples(run.reaches, denial),
    }


def _at(values: Numbers, places: Numbers) -> Numbers:
    """The values at some places; 0 for the place -1, which means none."""
    return np.where(places >= 0, values[places], 0) if len(values) else np.zeros(len(places), dtype=int)


def _tuples(found: tuple[Numbers, Numbers], places: Numbers) -> Numbers:
    """The tuples that hold at some places; () for the place -1."""
    told, which = found
    tuples = np.empty(len(places), dtype=object)
    tuples.fill(())
    some = places >= 0
    tuples[some] = told[which[places[some]]]
    return tuples


def _credibilities(evidence: Numbers, origins: Numbers, showing: Numbers, doubt: Numbers) -> Numbers:
    """`credibility` for many transfers: its rule is asked once for each case that it can tell apart."""
    found: Numbers = _cases()[evidence, np.minimum(origins, 2), np.minimum(showing, 2), doubt + 1]
    return found


@cache
def _cases() -> Numbers:
    cases = np.empty((6, 3, 3, 7), dtype=int)
    for evidence, origins, showing, doubt in np.ndindex(*cases.shape):
        cases[evidence, origins, showing, doubt] = credibility(evidence, origins, showing, doubt - 1)
    return cases


def credibility(evidence: int, origins: int, showing: int, doubt: int) -> int:
    """Information credibility 1–6 (STANAG 2511) by Tumen's rule, see RULES['credibility'].

    Args:
        evidence: best evidence step reached, 0–5.
        origins: number of independent origins that claim the transfer.
        showing: how many of them bring imagery, records or a find (step 4 or more).
        doubt: best evidence of a denial or doubt by a non-party; -1 if there is none.
    """
    if doubt >= 3 and evidence <= 2:
        return 5
    if doubt >= 0 and evidence <= 3:
        return 4
    if origins >= 2 and (evidence == 5 or showing >= 2):
        return 1
    if origins >= 2 and evidence >= 3:
        return 2
    return 3 if evidence >= 2 or origins >= 2 else 6


def spreads(records: Records, as_of: date | None = None) -> "Spreads":
    """Transfer → its groups of comparable figures as known on a day, most figures first, then the widest."""
    return records.once(("spreads", as_of), lambda: _spreads(records, as_of))


def _spreads(records: Records, as_of: date | None) -> "Spreads":
    groups = records.once("groups of figures", lambda: _groups(records))
    count = running(records).known(as_of)
    last = groups.said.last(count)
    present = np.flatnonzero(last >= 0)
    return Spreads(groups, present.astype(np.int32), last[present].astype(np.int32))


def figures(records: Records, as_of: date | None) -> pd.DataFrame:
    """The figures known on a day that may be compared, oldest first.

    Columns: `place` of the assertion among all, origin, known, low, high, `on`: the number of the group of
    comparable ones, and `number`: that of the transfer.
    """
    groups = records.once("groups of figures", lambda: _groups(records))
    count = running(records).known(as_of)
    found = groups.said.rows.iloc[: int(np.searchsorted(groups.said.places, count))]
    return found.assign(number=groups.number[found["on"]])


def compared(records: Records, as_of: date | None) -> Numbers:
    """For each assertion with how many figures known on a day it is compared, itself included; 0 for none."""
    found, by_day = spreads(records, as_of), np.zeros(len(records["assertions"]), dtype=int)
    groups = records.once("groups of figures", lambda: _groups(records))
    count = np.zeros(len(groups.keys), dtype=int)
    count[found.present] = found.figures
    own = groups.said.rows.iloc[: int(np.searchsorted(groups.said.places, running(records).known(as_of)))]
    by_day[own["place"]] = count[own["on"]]
    return by_day


@dataclass(frozen=True, eq=False)
class Groups:
    """All groups of comparable figures, known on any day, in the order of COMPARABLE, and their figures."""

    said: Said  # the figures in order of time, each `on` a group
    keys: pd.DataFrame  # of each group: COMPARABLE
    number: Numbers  # of each group: the number of its transfer
    run: Running
    figures: Numbers  # of each figure: how many its group has with it
    origins: Numbers  # … of how many origins
    low: Numbers  # … the least of them
    high: Numbers  # … the most
    members: tuple[Numbers, Numbers]  # places of figures by group, and where each group begins among them

    def measured(self, measures: Iterable[str]) -> Numbers:
        """Which groups are of some measures."""
        number, named = self._measures
        return np.isin(number, [n for n, name in enumerate(named) if name in {*measures}])

    @cached_property
    def _measures(self) -> tuple[Numbers, list[str]]:
        number, named = pd.factorize(self.keys["measure"])
        return number, [*named]

    def transfer(self, group: int) -> str:
        """The transfer of a group."""
        return str(self.run.transfers[self.number[group]])

    def alike(self, group: int) -> tuple[int, str, str]:
        """What several groups may share: the transfer, by its number, the measure and the unit."""
        return int(self.number[group]), self.texts["measure"][group], self.texts["unit"][group]

    @cached_property
    def texts(self) -> dict[str, Any]:
        """What the figures of each group measure, column by column: a frame's own access is slow."""
        return {name: self.keys[name].array for name in COMPARABLE[1:]}


def _groups(records: Records) -> Groups:
    figures = _figures(records["assertions"].reset_index(drop=True))
    by = figures.groupby(COMPARABLE, sort=True)
    rows = figures.assign(on=by.ngroup(), place=figures.index).reset_index(drop=True)
    slim = rows[["place", "on", "known", "low", "high"]].assign(origin=rows["origin"].astype("category"))
    said, on = Said(slim, by.ngroups), rows["on"].to_numpy()
    keys = rows.drop_duplicates("on").sort_values("on", ignore_index=True)[COMPARABLE]
    return Groups(
        said,
        keys,
        running(records).numbers(pd.Index(keys["transfer"])).astype(np.int32),
        running(records),
        figures=said.running(np.ones(len(rows), dtype=bool)),
        origins=said.running(said.new("origin")),
        low=rows["least"].groupby(on).cummin().to_numpy(),
        high=rows["most"].groupby(on).cummax().to_numpy(),
        members=(
            rows["place"].to_numpy()[np.argsort(on, kind="stable")],
            np.searchsorted(np.sort(on), np.arange(len(keys))),
        ),
    )


@dataclass(frozen=True, eq=False)
class Spreads(Mapping[str, list[Spread]]):
    """Transfer → its spreads on a day; each is made when it is asked for, for there may be very many."""

    groups: Groups
    present: Numbers  # the groups of which a figure is known
    last: Numbers  # the last known figure of each of them

    @property
    def figures(self) -> Numbers:
        """How many figures each group present has."""
        return self.groups.figures[self.last]

    @property
    def origins(self) -> Numbers:
        """Of how many origins."""
        return self.groups.origins[self.last]

    @property
    def ratio(self) -> Numbers:
        """Highest over lowest of each, see `Spread.ratio`."""
        low, high = self.groups.low[self.last], self.groups.high[self.last]
        return np.divide(high, low, out=np.ones(len(low)), where=low > 0)

    @cached_property
    def number(self) -> Numbers:
        """The number of the transfer of each."""
        return self.groups.number[self.present]

    def of(self, transfers: Iterable[str]) -> Numbers:
        """Which of the groups present are of some transfers."""
        found: Numbers = self.groups.run.among(transfers)[self.number]
        return found

    def transfer(self, place: int) -> str:
        """The transfer of a group present."""
        return self.groups.transfer(int(self.present[place]))

    def _places(self, transfer: object) -> range:
        """The places of the groups of a transfer among those present: they are in the order of transfers."""
        every = self.groups.run.transfers
        if transfer not in every:
            return range(0)
        number = int(every.get_loc(transfer))  # type: ignore[arg-type]
        return range(*np.searchsorted(self.number, [number, number + 1]).tolist())

    def at(self, place: int) -> Spread:
        """The spread of a group present, by its place among them."""
        group, last = int(self.present[place]), int(self.last[place])
        own, begins = self.groups.members
        count = int(self.groups.figures[last])
        named: dict[str, Any] = {name: texts[group] for name, texts in self.groups.texts.items()}
        return Spread(
            **named,
            low=float(self.groups.low[last]),
            high=float(self.groups.high[last]),
            figures=count,
            origins=int(self.groups.origins[last]),
            assertions=tuple(self._ids.take(own[begins[group] : begins[group] + count])),
        )

    @property
    def _ids(self) -> Any:
        return self.groups.run.records["assertions"]["id"].array

    def within(self, transfers: Iterable[str], measures: Iterable[str]) -> Numbers:
        """The places of the groups present of some transfers and measures."""
        return np.flatnonzero(self.of(transfers) & self.groups.measured(measures)[self.present])

    def foremost(self, transfers: Iterable[str], measures: Iterable[str]) -> Iterator[tuple[Spread, str]]:
        """The spreads of some transfers and measures: most figures first, then most origins, then by id."""
        places = self.within(transfers, measures)
        figures, origins = self.figures[places], self.origins[places]
        order = np.lexsort((-self.ratio[places], self.number[places], -origins, -figures))
        for place in places[order].tolist():
            yield self.at(place), self.transfer(place)

    def __getitem__(self, transfer: str) -> list[Spread]:
        if transfer not in self._kept:
            if not (places := self._places(transfer)):
                raise KeyError(transfer)
            self._kept[transfer] = sorted(map(self.at, places), key=lambda s: (-s.figures, -s.ratio))
        return self._kept[transfer]

    @cached_property
    def _kept(self) -> dict[str, list[Spread]]:
        return {}

    def __contains__(self, transfer: object) -> bool:
        return bool(self._places(transfer))

    def __iter__(self) -> Iterator[str]:
        return iter(self.groups.run.transfers[np.unique(self.number)].tolist())

    def __len__(self) -> int:
        return len(np.unique(self.number))


def _figures(said: pd.DataFrame) -> pd.DataFrame:
    """The figures that may be compared, each with its least and its most."""
    disputed = said["stance"].isin(DENIALS) & said["reach"].eq("amount")
    given = said["low"].notna() | said["high"].notna()
    figures = said.loc[
        given & (disputed | said["stance"].isin(CLAIMS)),
        [*COMPARABLE, "id", "origin", "known", "low", "high"],
    ]
    running = figures["rate"].eq("total") & ~figures["measure"].isin(PER_PERIOD)
    bounds = figures[["low", "high"]].astype(float)
    return figures.assign(
        period=figures["period"].mask(running, ""), least=bounds.min(axis=1), most=bounds.max(axis=1)
    )


def active(records: Records, state: pd.DataFrame) -> pd.DataFrame:
    """First and last day on which each reported transfer may have run, indexed like `state`.

    Without a start in the data, the first report stands for it; without an end, an ongoing
    transfer runs on, a single one ends with its start. `dated` is False where the report stands in.
    """
    rows = records["transfers"].loc[state.index]
    reported = [day.date() for day in state["first_reported"]]
    spans = [
        _active(start, end, status, day)
        for start, end, status, day in zip(rows["start"], rows["end"], rows["status"], reported, strict=True)
    ]
    frame = pd.DataFrame(spans, index=state.index, columns=["first", "last"])
    return frame.assign(dated=rows["start"].ne("") | rows["end"].ne(""))


OPEN_ENDED = ("ongoing", "partly-delivered")


def _active(start: str, end: str, status: str, reported: date) -> tuple[date, date]:
    first = dates.parse(start).first if start else min(reported, dates.parse(end).first if end else reported)
    if end:
        return first, dates.parse(end).last
    if status in OPEN_ENDED:
        return first, dates.LAST_DAY
    return first, dates.parse(start).last if start else reported


def warnings(records: Records, assertion: pd.Series | Mapping[str, Any]) -> tuple[str, ...]:
    """The usage warnings (codes) that an assertion deserves, from its own columns."""
    found = {
        "capacity-not-count": assertion["measure"] == "capacity",
        "alternative-capacities": assertion["scope"].startswith("if-"),
        "converted-figure": bool(assertion["conversion"]),
        "month-only-date": len(assertion["date"]) < len("2024-01-01"),
        "dated-by-page": not assertion["measure"] and "" < assertion["as_of"] < assertion["date"],
        "relay": bool(records["sources"].at[assertion["source"], "via"]),
        "passage-not-seen": not assertion["locator"],
        "one-reader": not assertion["checked"],
    }
    return tuple(code for code, holds in found.items() if holds)
