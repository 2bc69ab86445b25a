"""What can be said of each transfer on a given day, derived from the assertions public by then.

Nothing here is stored in the data: turn the day back and every value turns back with it.
The rules are written once, here, and shown to readers on the Method page (`RULES`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tumen import dates
from tumen.records import CLAIMS, DENIALS, Records

COMPARABLE = ["transfer", "measure", "unit", "rate", "scope", "period"]
PER_PERIOD = ("share", "change")  # measures that mean something only for a stretch of time, whatever the rate

JUDGED = ["id", "transfer", "known", "by_country", "origin", "stance", "reach", "evidence", "source"]

RULES: Mapping[str, str] = {
    "known": "An assertion counts from the day it was made public; one dated by month or year alone counts "
    "from the end of that month or year.",
    "first_reported": "The first day on which anyone asserted or confirmed the transfer in public.",
    "evidence": "The highest step (1 to 5) that any assertion for the transfer has brought by that day; "
    "a step once reached is never lost.",
    "origins": "Independent origins are counted by whose knowledge it is, not by publications: five outlets "
    "that quote one briefing are one origin, and the agencies of one state are one origin.",
    "contested": "Someone has denied or doubted the transfer, its amount, its purpose or an agreement on it. "
    "Silence and 'no comment' are recorded, but do not make it contested. A denial has lapsed once the "
    "country that uttered it claims the transfer itself on a later day.",
    "credibility": "1 confirmed: claimed by two or more independent origins, one with a physical find "
    "(step 5) or two with imagery or records (step 4 or more). 2 probably true: two or more origins, best "
    "evidence step 3 or more. 3 possibly true: best evidence step 2 or more, or two origins. 4 doubtful: "
    "someone who is no party to the transfer and does not claim it elsewhere denies or doubts it as a whole, "
    "and the evidence for it has not passed step 3. 5 improbable: such a doubt rests on evidence of step 3 "
    "or more and the claim on step 2 or less. 6 cannot be judged: a bare claim of a single origin.",
    "period": "When a transfer ran is recorded with hindsight: start and end are those known today, in a "
    "view of an earlier day too, where they are marked so.",
    "reliability": "The best letter among the sources that carry the best evidence.",
    "spread": "Only figures of one measure, unit, rate and scope are compared. Running totals are compared "
    "with one another; rates, shares and changes only within one stated period, for those of different "
    "periods are a series, not a disagreement. Those who claim the transfer and those who dispute "
    "its amount enter; a zero from someone who denies the whole is a denial, not a figure. "
    "Nothing is summed or averaged.",
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
    frame = records["assertions"]
    return frame if as_of is None else frame[frame["known"] <= pd.Timestamp(as_of)]


def states(records: Records, as_of: date | None = None) -> pd.DataFrame:
    """One row per transfer that someone has asserted by the day `as_of`, indexed by transfer id.

    Columns: first_reported, last_reported (days), first_assertion, claims, denials, silences,
    publications, origins (counts), evidence (1–5), evidence_assertion, evidence_date,
    contested, denied_by_sender, denied_by_receiver, lapsed (bools), reaches (tuple), credibility
    (1–6), reliability (A–F), claimants, deniers (tuples of country codes). See RULES for how each is derived.
    """
    return records.once(("states", as_of), lambda: _states(records, known(records, as_of)))


def _states(records: Records, assertions: pd.DataFrame) -> pd.DataFrame:
    assertions = assertions[JUDGED]  # the long texts would only be copied about
    claims = assertions[assertions["stance"].isin(CLAIMS)]
    denials = assertions[assertions["stance"].isin(DENIALS)]
    silences = assertions[assertions["stance"] == "declines-to-comment"]
    state = pd.concat([_claimed(claims), _best(claims, records)], axis=1)
    state["denials"] = _count(denials, state)
    state["silences"] = _count(silences, state)
    state["contested"] = state["denials"] > 0
    state["deniers"] = _tuples(denials, "by_country", state.index)
    state["reaches"] = _tuples(denials, "reach", state.index)
    state = state.assign(**_disputes(records, claims, denials, state.index))
    state["credibility"] = _credibility(state, claims, _outside_doubts(records, claims, denials))
    state.index.name = "transfer"
    return state


def _claimed(claims: pd.DataFrame) -> pd.DataFrame:
    found = claims.groupby("transfer", sort=True).agg(
        first_reported=("known", "first"),
        last_reported=("known", "last"),
        first_assertion=("id", "first"),
        claims=("id", "size"),
        publications=("source", "nunique"),
        origins=("origin", "nunique"),
    )
    return found.assign(claimants=_tuples(claims, "by_country", found.index))


def _best(claims: pd.DataFrame, records: Records) -> pd.DataFrame:
    """The best evidence of each transfer, the assertion that brought it first, and its source's letter."""
    graded = claims.assign(evidence=claims["evidence"].fillna(0).astype(int))
    top = graded[graded["evidence"] == graded.groupby("transfer")["evidence"].transform("max")]
    letters = top.assign(letter=top["source"].map(records["sources"]["reliability"]))
    first = top.drop_duplicates("transfer").set_index("transfer")
    return pd.DataFrame(
        {
            "evidence": first["evidence"],
            "evidence_assertion": first["id"],
            "evidence_date": first["known"],
            "reliability": letters.groupby("transfer")["letter"].min(),
        }
    )


def _count(frame: pd.DataFrame, state: pd.DataFrame) -> pd.Series:
    return frame.groupby("transfer").size().reindex(state.index, fill_value=0)


def _tuples(frame: pd.DataFrame, column: str, transfers: pd.Index) -> pd.Series:
    """For each transfer the different values of a column, in the order in which they came up."""
    pairs = frame[["transfer", column]].drop_duplicates()
    found: dict[str, list[str]] = {}
    for transfer, value in zip(pairs["transfer"].tolist(), pairs[column].tolist(), strict=True):
        found.setdefault(transfer, []).append(value)
    return pd.Series([tuple(found.get(t, ())) for t in transfers.tolist()], index=transfers, dtype=object)


def _disputes(
    records: Records, claims: pd.DataFrame, denials: pd.DataFrame, index: pd.Index
) -> dict[str, pd.Series]:
    """Transfer → whether its sender or its receiver denies it, and whether a denial has lapsed.

    A denial has lapsed once the country that uttered it claims the transfer itself on a later day.
    """
    told = denials[denials["stance"] == "denies"]
    transfers = records["transfers"]
    last = claims.groupby(["transfer", "by_country"])["known"].max().rename("claimed").reset_index()
    after = told.merge(last, on=["transfer", "by_country"])
    by = {
        "denied_by_sender": told["transfer"][
            told["by_country"].eq(told["transfer"].map(transfers["origin"]))
        ],
        "denied_by_receiver": told["transfer"][
            told["by_country"].eq(told["transfer"].map(transfers["destination"]))
        ],
        "lapsed": after["transfer"][after["claimed"] > after["known"]],
    }
    return {name: pd.Series(index.isin(found), index=index) for name, found in by.items()}


def _outside_doubts(records: Records, claims: pd.DataFrame, denials: pd.DataFrame) -> pd.Series:
    """Transfer → the best evidence (0 for none) of a denial of the whole by an outsider.

    A party denies as a matter of course, and an origin that claims the transfer elsewhere (one agency
    of a state has doubts that another lacks) does not speak against it; neither is an outsider.
    """
    ends = records["transfers"][["origin", "destination"]].rename(columns={"origin": "sender"})
    told = denials.join(ends, on="transfer")
    outside = told["by_country"].ne(told["sender"]) & told["by_country"].ne(told["destination"])
    claimed = pd.MultiIndex.from_frame(claims[["transfer", "origin"]])
    undecided = pd.MultiIndex.from_frame(told[["transfer", "origin"]]).isin(claimed)
    heard = told[outside & told["reach"].eq("whole") & ~undecided]
    return heard["evidence"].groupby(heard["transfer"]).max()


def _credibility(state: pd.DataFrame, claims: pd.DataFrame, doubts: pd.Series) -> pd.Series:
    shown = claims[claims["evidence"] >= 4].groupby("transfer")["origin"].nunique()
    rows = zip(
        state["evidence"],
        state["origins"],
        shown.reindex(state.index, fill_value=0),
        doubts.reindex(state.index, fill_value=-1),
        strict=True,
    )
    return pd.Series([credibility(*row) for row in rows], index=state.index, dtype=int)


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


def spreads(records: Records, as_of: date | None = None) -> dict[str, list[Spread]]:
    """Transfer → its groups of comparable figures as known on a day, most figures first, then the widest."""
    return records.once(("spreads", as_of), lambda: _spreads(known(records, as_of)))


def _spreads(said: pd.DataFrame) -> dict[str, list[Spread]]:
    figures = _figures(said)
    groups = figures.groupby(COMPARABLE, sort=True)
    rows = groups.agg(
        low=("least", "min"), high=("most", "max"), figures=("id", "size"), origins=("origin", "nunique")
    )
    ids, members = figures["id"].to_numpy(), groups.indices
    found: dict[str, list[Spread]] = {}
    for key, low, high, count, origins in rows.itertuples(name=None):
        transfer, measure, unit, rate, scope, period = key
        told = tuple(ids[members[key]])
        spread = Spread(measure, unit, rate, scope, period, low, high, count, origins, told)
        found.setdefault(transfer, []).append(spread)
    return {t: sorted(spreads, key=lambda s: (-s.figures, -s.ratio)) for t, spreads in found.items()}


def _figures(said: pd.DataFrame) -> pd.DataFrame:
    """The figures that may be compared, each with its least and its most."""
    disputed = said["stance"].isin(DENIALS) & said["reach"].eq("amount")
    given = said["low"].notna() | said["high"].notna()
    figures = said.loc[
        given & (disputed | said["stance"].isin(CLAIMS)), [*COMPARABLE, "id", "origin", "low", "high"]
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


def warnings(records: Records, assertion: pd.Series) -> tuple[str, ...]:
    """The usage warnings (codes) that an assertion deserves, from its own columns."""
    source = records["sources"].loc[assertion["source"]]
    found = {
        "capacity-not-count": assertion["measure"] == "capacity",
        "alternative-capacities": assertion["scope"].startswith("if-"),
        "converted-figure": bool(assertion["conversion"]),
        "month-only-date": len(assertion["date"]) < len("2024-01-01"),
        "dated-by-page": not assertion["measure"] and "" < assertion["as_of"] < assertion["date"],
        "relay": bool(source["via"]),
        "passage-not-seen": not assertion["locator"],
        "one-reader": not assertion["checked"],
    }
    return tuple(code for code, holds in found.items() if holds)
