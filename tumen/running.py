"""Running values: for every assertion, what its transfer had come to with it.

The assertions are in order of the day on which they became public, so those known on a day are the first so
many of them, and everything derived of a transfer on that day is the running value at its last assertion
among them. The values are computed once per data set; a day then costs one look per transfer, not one
per assertion (docs/scale.md has the figures).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tumen.records import CLAIMS, DENIALS, Records

Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Said:
    """Some assertions in order of time (all claims, say): where they stand among all, and on what."""

    rows: pd.DataFrame  # of these assertions, with `place` among all and `on`, the number of the transfer
    transfers: int  # how many there are

    @cached_property
    def on(self) -> Numbers:
        """The number of each assertion's transfer."""
        return self.rows["on"].to_numpy()

    @cached_property
    def places(self) -> Numbers:
        """The place of each among all assertions, ascending."""
        return self.rows["place"].to_numpy()

    def last(self, known: int) -> Numbers:
        """For each transfer the last of these among the first `known` assertions of all; -1 for none."""
        count = int(np.searchsorted(self.places, known))
        found = np.full(self.transfers, -1)
        found[self.on[:count]] = np.arange(count)  # of several on one transfer the last one stays
        return found

    @cached_property
    def _grouped(self) -> tuple[Numbers, Numbers]:
        """The order by transfer, then by time, and where in it a transfer begins."""
        order = np.argsort(self.on, kind="stable")
        own = self.on[order]
        return order, np.concatenate([[True], own[1:] != own[:-1]]) if len(own) else np.zeros(0, bool)

    def running(self, flags: Any) -> Numbers:
        """How many flagged ones of its transfer there are, up to and with each."""
        order, begins = self._grouped
        total = np.cumsum(np.asarray(flags, dtype=np.int64)[order])
        before = np.where(begins, total - np.asarray(flags, dtype=np.int64)[order], 0)
        return self._back(total - np.maximum.accumulate(before) if len(total) else total)

    def latest(self, flags: Any) -> Numbers:
        """The last flagged one of its transfer, up to and with each; -1 where there is none yet."""
        order, begins = self._grouped
        flagged = np.asarray(flags, dtype=bool)[order]
        here = np.arange(len(order))
        marked = np.maximum.accumulate(np.where(flagged | begins, here, 0)) if len(order) else here
        return self._back(np.where(flagged[marked], order[marked], -1))

    def _back(self, ordered: Numbers) -> Numbers:
        found = np.empty(len(ordered), dtype=ordered.dtype)
        found[self._grouped[0]] = ordered
        return found

    def new(self, column: str, among: Any = True) -> Numbers:
        """Which are the first of their transfer with their value of a column."""
        numbers, different = pd.factorize(self.rows[column])
        pairs = pd.Series(self.on * max(1, len(different)) + numbers)
        flags = np.broadcast_to(np.asarray(among, dtype=bool), len(pairs))
        found = np.zeros(len(pairs), dtype=bool)
        found[np.flatnonzero(flags)] = ~pairs[flags].duplicated().to_numpy()
        return found

    def tuples(self, column: str) -> tuple[Numbers, Numbers]:
        """The different values of a column as they came up: tuples, and for each row which one holds."""
        new, values = self.new(column), self.rows[column].to_numpy(dtype=object)
        order, begins = self._grouped
        found = np.empty(len(order), dtype=object)
        kept: dict[tuple[str, ...], tuple[str, ...]] = {}
        own: tuple[str, ...] = ()
        for place, first in zip(order[new[order]].tolist(), begins[new[order]].tolist(), strict=True):
            own = (values[place],) if first else (*own, values[place])
            found[place] = own = kept.setdefault(own, own)
        return found, self.latest(new)


@dataclass(frozen=True, eq=False)
class Running:
    """The running values of all assertions of a data set."""

    records: Records

    @cached_property
    def transfers(self) -> pd.Index:
        """All transfer ids in alphabetical order; a transfer's number is its place here."""
        found: pd.Index = self.records["transfers"].index.sort_values()
        return found

    @cached_property
    def rows(self) -> Numbers:
        """Where each transfer, by its number, stands in its table."""
        return self.records["transfers"].index.get_indexer(self.transfers)

    @cached_property
    def all(self) -> pd.DataFrame:
        """What is needed of every assertion, oldest first."""
        said = self.records["assertions"]
        names = ["stance", "reach", "evidence", "by_country", "origin", "source", "known"]
        ends = self.records["transfers"]
        rows = said[names].reset_index(drop=True)
        codes = {name: "category" for name in names if rows[name].dtype == "str"}
        number = self.transfers.get_indexer(pd.Index(said["transfer"]))
        sides = {end: ends[end].array.take(self.rows[number]) for end in ("origin", "destination")}
        return rows.assign(
            place=np.arange(len(rows)),
            on=number,
            sender=rows["by_country"].eq(pd.Series(sides["origin"])),
            receiver=rows["by_country"].eq(pd.Series(sides["destination"])),
        ).astype(codes)

    @cached_property
    def on(self) -> Numbers:
        """The number of the transfer of each assertion."""
        return self.all["on"].to_numpy()

    def numbers(self, transfers: Iterable[str]) -> Numbers:
        """The numbers of some transfers."""
        index = transfers if isinstance(transfers, pd.Index) else pd.Index([*transfers], dtype="str")
        return self.transfers.get_indexer(index)

    def among(self, transfers: Iterable[str]) -> Numbers:
        """Of all transfers by number, whether each is one of some."""
        numbers = self.numbers(transfers)
        return flagged(numbers[numbers >= 0], len(self.transfers))

    def known(self, day: date | None) -> int:
        """How many assertions are public on a day (all of them for None): the first so many."""
        days = self.all["known"]
        return len(days) if day is None else int(days.searchsorted(pd.Timestamp(day), side="right"))

    def _of(self, stances: Iterable[str]) -> Said:
        own = self.all[self.all["stance"].isin(list(stances))].reset_index(drop=True)
        return Said(own, len(self.transfers))

    @cached_property
    def claims(self) -> Said:
        """Those that assert or confirm."""
        return self._of(CLAIMS)

    @cached_property
    def denials(self) -> Said:
        """Those that deny or doubt."""
        return self._of(DENIALS)

    @cached_property
    def silences(self) -> Said:
        """Those that give no answer."""
        return self._of(["declines-to-comment"])

    @cached_property
    def claimed(self) -> dict[str, Numbers]:
        """For each claim: first (claim), claims, publications, origins, showing (counts), best, letter."""
        said, rows = self.claims, self.claims.rows
        evidence = rows["evidence"]
        best = evidence.groupby(said.on).cummax().to_numpy()
        before = pd.Series(best).groupby(said.on).shift(fill_value=-1).to_numpy()
        every = np.ones(len(rows), dtype=bool)
        top = said.latest(best > before)
        return {
            "first": said.latest(said.running(every) == 1),
            "claims": said.running(every),
            "publications": said.running(said.new("source")),
            "origins": said.running(said.new("origin")),
            "showing": said.running(said.new("origin", evidence.ge(4).to_numpy())),
            "evidence": best,
            "best": top,
            "letter": self._letters(rows["source"], evidence.to_numpy() == best, top),
        }

    @cached_property
    def claimants(self) -> tuple[Numbers, Numbers]:
        """Who has claimed each transfer so far: see Said.tuples."""
        return self.claims.tuples("by_country")

    @cached_property
    def denied(self) -> dict[str, Numbers]:
        """For each denial or doubt: how many so far, and how many denials by the sender and the receiver."""
        said, rows = self.denials, self.denials.rows
        told = rows["stance"].eq("denies")
        flags = {"denials": told | True, "sender": told & rows["sender"], "receiver": told & rows["receiver"]}
        return {name: said.running(flag) for name, flag in flags.items()}

    @cached_property
    def deniers(self) -> tuple[Numbers, Numbers]:
        """Who has denied or doubted each transfer so far."""
        return self.denials.tuples("by_country")

    @cached_property
    def reaches(self) -> tuple[Numbers, Numbers]:
        """How far the denials of each transfer have reached so far."""
        return self.denials.tuples("reach")

    @cached_property
    def unanswered(self) -> Numbers:
        """For each silence how many there are so far."""
        return self.silences.running(np.ones(len(self.silences.rows), dtype=bool))

    @cached_property
    def letters(self) -> pd.Index:
        """The letters of reliability, the best first."""
        found: pd.Index = pd.Index(sorted(self.records["sources"]["reliability"].unique()), dtype="str")
        return found

    def _letters(self, source: pd.Series, counts: Numbers, top: Numbers) -> Numbers:
        """The best letter among the sources of claims on the evidence that is best so far, as a number."""
        sources = self.records["sources"]
        of_source = self.letters.get_indexer(pd.Index(sources["reliability"]))
        letter = of_source[pd.Index(sources["id"].array).get_indexer(pd.Index(source))]  # looked up but once
        told = pd.Series(np.where(counts, letter, len(self.letters)))
        found: Numbers = told.groupby(top).cummin().to_numpy()  # a claim that goes further begins anew
        return found

    @cached_property
    def lapse(self) -> Numbers:
        """For each transfer the place of the claim with which a denial of its own country lapsed."""
        by = ["on", "by_country"]
        told = self.denials.rows
        denied = (
            told[told["stance"] == "denies"]
            .groupby(by, observed=True)["known"]
            .min()
            .rename("denied")
            .reset_index()
        )
        both = self.claims.rows[[*by, "known", "place"]].merge(denied, on=by)
        first = both[both["known"] > both["denied"]].groupby("on")["place"].min()
        found = np.full(len(self.transfers), len(self.all))
        found[first.index.to_numpy(dtype=int)] = first.to_numpy()
        return found

    @cached_property
    def doubts(self) -> pd.DataFrame:
        """Denials of the whole by outsiders: place, on, evidence, and where their origin first claims it."""
        told = self.denials.rows
        told = told[~told["sender"] & ~told["receiver"] & told["reach"].eq("whole")]
        by = ["on", "origin"]
        claimed = self.claims.rows[["place", *by]].drop_duplicates(by).rename(columns={"place": "claimed"})
        found = told[["place", *by, "evidence"]].merge(claimed, on=by, how="left")
        return found.fillna({"claimed": len(self.all)})

    def doubt(self, known: int) -> Numbers:
        """For each transfer the best evidence of an outsider's doubt; -1 where there is none."""
        own = self.doubts
        heard = own[(own["place"] < known) & (own["claimed"] >= known)]
        found = np.full(len(self.transfers), -1)
        np.maximum.at(found, heard["on"].to_numpy(), heard["evidence"].to_numpy())
        return found


def flagged(places: Numbers, of: int) -> Numbers:
    """Of so many, whether each stands at one of some places."""
    found = np.zeros(of, dtype=bool)
    found[places] = True
    return found


def running(records: Records) -> Running:
    """The running values of some records, computed once."""
    return records.once("running", lambda: Running(records))
