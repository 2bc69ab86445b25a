"""What the records lean towards: who speaks, how often, through whom; counted for a view.

Counted are the assertions on the transfers in view that were public by its day. Nothing is weighed: one
assertion is one assertion, by whomever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from tumen import browse, wording
from tumen.records import Records, rows
from tumen.speech import _
from tumen.story import story
from tumen.told import Told
from tumen.view import EVERYTHING, MOST_IDS, Selection, View, rows_ref

STANCES = ("asserts", "confirms", "denies", "doubts", "declines-to-comment")
CODED = ["by_country", "actor_kind", "origin", "stance"]
STATE = ("government", "intelligence", "military", "party-official", "state-media")  # who speaks for a state
MOST_BANDS = 8  # countries with a band of their own in the chart; the others share one
MOST_MONTHS = 48  # in the chart, the newest
SHOWN = 4  # evidence step from which anyone can check it: imagery, records, finds
FEW = 3  # transfers of a family from which a share says something

Counts = tuple[int, ...]  # one number for each of STANCES
Cells = Mapping[str, Mapping[str, Counts]]  # country → month → counts


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole: so many of so many."""

    code: str
    label: str
    count: int
    of: int

    @property
    def percent(self) -> int:
        """Its share."""
        return share(self.count, self.of)


P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Voice(Part):
    """Someone who speaks: a part of all assertions, by stance."""

    stances: Counts = (0,) * len(STANCES)

    @property
    def sides(self) -> Counts:
        """Claims, disputes and silences."""
        return sides(self.stances)


@dataclass(frozen=True, slots=True)
class Band:
    """A country in the chart, or all others together, month by month."""

    voice: Voice
    party: bool  # whether it sends or receives any of the transfers in view
    months: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Weakness(Part):
    """A usage warning (code and label), and how many rows of a table in view deserve it."""

    table: str = ""
    q: str = ""  # a search that finds them …
    sort: str = ""  # … or an order that brings them together


@dataclass(frozen=True)
class Bias:
    """All that is counted for one view; voices and parts by number, the greatest first."""

    assertions: int
    transfers: int
    relayed: Part  # sources read through another outlet
    countries: tuple[Voice, ...]
    actors: tuple[Voice, ...]
    origins: tuple[Voice, ...]
    source_kinds: tuple[Part, ...]
    letters: tuple[Part, ...]  # of the sources, A first
    shown: tuple[Part, ...]  # families: transfers with imagery, records or a find; the best shown first
    bands: tuple[Band, ...]
    months: tuple[str, ...]  # of the chart, without a gap
    left_out: int  # assertions that the chart does not draw: dated by year alone, or before its months
    own: Voice  # what the ends of a transfer say about it
    state: Part  # assertions by those who speak for a state
    in_window: Part  # assertions that became public between the summit and the treaty
    weaknesses: tuple[Weakness, ...]


def share(count: int, of: int) -> int:
    """Per cent, rounded to the nearest whole number; nothing of nothing is 0."""
    return (200 * count + of) // (2 * of) if of else 0


def sides(counts: Counts) -> Counts:
    """What is asserted or confirmed, what is denied or doubted, what is left without an answer."""
    asserts, confirms, denies, doubts, silent = counts
    return asserts + confirms, denies + doubts, silent


def bias(records: Records, selection: Selection) -> Bias:
    """Count who speaks in a view."""
    return records.once(("bias", selection.view), lambda: _bias(records, selection))


def told(records: Records, selection: Selection) -> pd.DataFrame:
    """The assertions that are counted: on the transfers in view, public by its day."""
    said = records.once("assertions to count", lambda: _compact(records))
    found: pd.DataFrame = said.iloc[selection.assertions]
    return found


def _compact(records: Records) -> pd.DataFrame:
    """What is counted of every assertion by its place: codes as categories, and what holds or not."""
    said, ends = records["assertions"], records["transfers"]
    parties = [said["transfer"].map(ends[column]) for column in ("origin", "destination")]
    dates = said["date"]
    return pd.DataFrame(
        {
            **{name: said[name].astype("category") for name in CODED},
            "month": dates.str[: len("2024-01")].where(dates.str.len() >= len("2024-01")).astype("category"),
            "known": said["known"],
            "own": said["by_country"].eq(parties[0]) | said["by_country"].eq(parties[1]),
            "one-reader": ~said["checked"].astype(bool),
            "month-only-date": dates.str.len() < len("2024-01-01"),
            "passage-not-seen": said["locator"].eq(""),
            "capacity-not-count": said["measure"].eq("capacity"),
            "alternative-capacities": said["scope"].str.startswith("if-"),
            "converted-figure": said["conversion"].ne(""),
        }
    ).reset_index(drop=True)


def _bias(records: Records, selection: Selection) -> Bias:
    said = told(records, selection)
    read = records["sources"][["via", "reliability", "kind"]]
    sources = read.iloc[browse.in_view(records, selection, "sources")]
    countries = voices(said, "by_country", records.labels("countries"))
    months, cells = _months(said)
    bands = _bands(records, selection, countries, cells)
    letters = parts(sources["reliability"], records.labels("reliability"))
    window = story(records).window
    drawn = sum(sum(counts) for band in bands for counts in band.months.values())
    return Bias(
        assertions=len(said),
        transfers=len(selection.states),
        relayed=_part(sources["via"].ne("")),
        countries=countries,
        actors=voices(said, "actor_kind", records.labels("actor_kinds")),
        origins=voices(said, "origin", records.labels("origins")),
        source_kinds=parts(sources["kind"], records.labels("source_kinds")),
        letters=tuple(sorted(letters, key=lambda part: part.code)),
        shown=_shown(records, selection),
        bands=bands,
        months=months,
        left_out=len(said) - drawn,
        own=_own(said),
        state=_part(said["actor_kind"].isin(STATE)),
        in_window=_part(said["known"].between(pd.Timestamp(window[0]), pd.Timestamp(window[1]))),
        weaknesses=_weaknesses(records, selection, said, sources),
    )


def _part(holds: pd.Series) -> Part:
    return Part("", "", int(holds.sum()), len(holds))


# --- who speaks ----------------------------------------------------------------------------------


def voices(said: pd.DataFrame, column: str, labels: Mapping[str, str]) -> tuple[Voice, ...]:
    """Who speaks, by a column of the assertions."""
    wide = _by_stance(said, [column])
    found = [_voice(str(code), labels, tuple(counts), len(said)) for code, *counts in wide]
    return _greatest_first(found)


def _voice(code: str, labels: Mapping[str, str], counts: Counts, of: int) -> Voice:
    return Voice(code, labels.get(code, code), sum(counts), of, counts)


def _by_stance(said: pd.DataFrame, columns: list[str]) -> list[tuple[Any, ...]]:
    """For each value of the columns: that value, and the number of assertions of each stance."""
    found: dict[tuple[Any, ...], list[int]] = {}
    sizes = said.groupby([*columns, "stance"], observed=True).size()
    for key, count in zip(sizes.index.tolist(), sizes.tolist(), strict=True):
        found.setdefault(key[:-1], [0] * len(STANCES))[STANCES.index(key[-1])] = count
    return [(*key, *counts) for key, counts in found.items()]


def parts(column: pd.Series, labels: Mapping[str, str]) -> tuple[Part, ...]:
    """How often each value of a column occurs."""
    counts = column.value_counts().items()
    return _greatest_first(
        Part(str(code), labels.get(str(code), str(code)), int(count), len(column)) for code, count in counts
    )


def _greatest_first(found: Iterable[P]) -> tuple[P, ...]:
    return tuple(sorted(found, key=lambda part: (-part.count, part.label)))


def _own(said: pd.DataFrame) -> Voice:
    """What the sender or the receiver of a transfer says of it."""
    counts = said["stance"][said["own"]].value_counts()
    stances = tuple(int(counts.get(stance, 0)) for stance in STANCES)
    return Voice("", "", sum(stances), len(said), stances)


def _shown(records: Records, selection: Selection) -> tuple[Part, ...]:
    """Families of some size, by the share of their transfers that anyone can check."""
    families = records["transfers"]["family"].loc[selection.states.index]
    counted = selection.states["evidence"].ge(SHOWN).groupby(families).agg(["sum", "size"])
    labels = records.labels("families")
    found = [Part(str(row.Index), labels[row.Index], int(row.sum), int(row.size)) for row in rows(counted)]
    return tuple(sorted((part for part in found if part.of >= FEW), key=lambda p: (-p.count / p.of, p.label)))


# --- month by month ------------------------------------------------------------------------------


def _months(said: pd.DataFrame) -> tuple[tuple[str, ...], Cells]:
    """The months of the chart, and for each country its counts in those in which it speaks."""
    counted = _by_stance(said, ["by_country", "month"])  # without those that have no month
    if not counted:
        return (), {}
    spoken = [month for _, month, *_ in counted]
    months = tuple(map(str, pd.period_range(min(spoken), max(spoken), freq="M")[-MOST_MONTHS:]))
    cells: dict[str, dict[str, Counts]] = {}
    for country, month, *counts in counted:
        if month >= months[0]:
            cells.setdefault(country, {})[month] = tuple(counts)
    return months, cells


def month_search(month: str) -> str:
    """The search that finds what was made public in a month: 'date>=2023-10 date<2023-11'."""
    return f"date>={month} date<{pd.Period(month, freq='M') + 1}"


def _bands(
    records: Records, selection: Selection, countries: Sequence[Voice], cells: Cells
) -> tuple[Band, ...]:
    """Those who speak most, each alone, and the others together."""
    ends = records["transfers"][["origin", "destination"]].loc[selection.states.index]
    parties = {*ends["origin"].unique(), *ends["destination"].unique()}
    alone = countries if len(countries) <= MOST_BANDS + 1 else countries[:MOST_BANDS]
    bands = [Band(voice, voice.code in parties, cells.get(voice.code, {})) for voice in alone]
    if rest := countries[len(alone) :]:
        together = _summed(voice.stances for voice in rest)
        others = Voice("", _("{count} others").format(count=len(rest)), sum(together), rest[0].of, together)
        bands.append(Band(others, False, _merged([cells.get(voice.code, {}) for voice in rest])))
    return tuple(bands)


def _merged(cells: Sequence[Mapping[str, Counts]]) -> dict[str, Counts]:
    months = sorted({month for own in cells for month in own})
    return {month: _summed(own[month] for own in cells if month in own) for month in months}


def _summed(counts: Iterable[Counts]) -> Counts:
    return tuple(map(sum, zip(*counts, strict=True)))


# --- what weakens it -----------------------------------------------------------------------------


def _weaknesses(
    records: Records, selection: Selection, said: pd.DataFrame, sources: pd.DataFrame
) -> tuple[Weakness, ...]:
    """How many rows deserve each warning that bears on trust, by the rules of the code table."""
    quotes = selection.columns("quotes", "wording", "verified")
    events = selection.columns("events", "locator")
    undated = said.index[said["month-only-date"]][:MOST_IDS]
    named = "|".join(records["assertions"]["id"].array.take(undated.to_numpy()))
    conditional = "|".join(scope for scope in records["scopes"].index if scope.startswith("if-"))
    found = (
        ("relay", sources["via"].ne(""), "sources", "via!=", ""),
        ("single-origin", selection.states["origins"].eq(1), "transfers", "origins=1", ""),
        ("one-reader", said["one-reader"], "assertions", "checked=False", ""),
        ("month-only-date", said["month-only-date"], "assertions", f"id={named}", ""),
        ("passage-not-seen", said["passage-not-seen"], "assertions", "locator=", ""),
        ("passage-not-seen", events["locator"].eq(""), "events", "locator=", ""),
        ("capacity-not-count", said["capacity-not-count"], "assertions", "measure=capacity", ""),
        ("alternative-capacities", said["alternative-capacities"], "assertions", f"scope={conditional}", ""),
        ("converted-figure", said["converted-figure"], "assertions", "conversion!=", ""),
        ("retranslated", quotes["wording"].eq("retranslated"), "quotes", "wording=retranslated", ""),
        ("unverified-quote", ~quotes["verified"].astype(bool), "quotes", "verified=False", ""),
    )
    return tuple(
        Weakness(code, records.label("warnings", code), int(holds.sum()), len(holds), table, q, sort)
        for code, holds, table, q, sort in found
    )


# --- words ---------------------------------------------------------------------------------------


def headline(found: Bias, view: View = EVERYTHING) -> Told:
    """The finding in one sentence, for the head of the page."""
    if not found.assertions:
        return Told(_("Nothing is said in this view; the rules below hold for every view"))
    count = (wording.plural(found.assertions, "assertion"), rows_ref(view, "assertions"))
    origins = (wording.plural(len(found.origins), "origin"), rows_ref(view, "origins"))
    relayed = (f"{found.relayed.percent} %", rows_ref(view, "sources", "via!="))
    return Told.of(_("{count} by {origins}; {most}; {relayed} of the sources were read through another "
"outlet"), count=count, origins=origins, most=_most(found, view), relayed=relayed)  # fmt: skip


def _most(found: Bias, view: View) -> Told:
    """'46 % come from two countries, United States and South Korea'."""
    first, *rest = found.countries
    if not rest:
        return Told.of(_("all come from one country, {label}"), label=first.label)
    percent = share(first.count + rest[0].count, found.assertions)
    both = rows_ref(view, "assertions", f"by_country={first.code}|{rest[0].code}")
    return Told.of(
        _("{words} come from two countries, {label} and {label2}"),
        words=(f"{percent} %", both),
        label=first.label,
        label2=rest[0].label,
    )


def in_words(found: Bias) -> str:
    """The chart's finding for those who cannot see it."""
    told = []
    for band in found.bands:
        claims, disputes, silent = band.voice.sides
        told.append(
            _("{label} {claims} claims, {disputes} disputes, {silent} without answer").format(
                label=band.voice.label, claims=f"{claims:,}", disputes=f"{disputes:,}", silent=f"{silent:,}"
            )
        )
    if not found.months:
        return _("Assertions by month and country of who speaks. {told}.").format(told="; ".join(told))
    return _("Assertions by month from {first} to {last} and country of who speaks. {told}.").format(
        first=found.months[0], last=found.months[-1], told="; ".join(told)
    )
