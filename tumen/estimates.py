"""What the Figures page says: how far the published numbers for one thing lie apart, and who gave each.

Like is set beside like alone: a panel holds the figures of one transfer with the same measure, unit,
rate and scope, and which of them are compared is for `derive.spreads` to say. Nothing is summed, and a
flow's figures are never added to those of the flows within it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, islice
from math import inf, log
from typing import Any, overload

import numpy as np

from tumen import cards, dates, derive, wording
from tumen.derive import Spread
from tumen.desk import Desk, Row, referring
from tumen.query import Query, Reader
from tumen.records import DENIALS, Records
from tumen.running import Numbers, running
from tumen.speech import N_, _
from tumen.told import Told
from tumen.view import MOST_IDS, Selection, View, rows_ref

# Several transfers read as one question: code in the address → its words, and the flow that holds the others.
READINGS: Mapping[str, tuple[str, str]] = {
    "shells": (N_("Shells and containers"), "prk-rus-munitions-containers")
}
PLANS = ("planned", "ordered")  # measures of what is meant to come, never set against what came
MOST_RANKED, MOST_CHOICES = 60, 200
SHOWN_RANKED = 5  # at once; the others fold away
MONTH = 31  # days within which two figures count as given at the same time
LOG_FROM = 10  # highest over lowest from which an even scale would hide the small figures
BOUNDS = {
    "more than": "lower",
    "at least": "lower",
    "up to": "upper",
    "fewer than": "upper",
    "almost": "upper",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that someone published about a transfer, with all that must be read beside it."""

    id: str
    transfer: str
    item: str
    date: str
    by: str
    who: str  # whose knowledge it is, in a word or two
    origin: str
    stance: str
    words: str  # 'more than 10,000 containers'
    what: str  # 'supplied, August 2023 – January 2024'
    bound: str  # 'point', 'lower', 'upper', 'interval'; 'words' for 'dozens'
    low: float | None
    high: float | None
    measure: str
    unit: str
    rate: str
    scope: str
    period: str
    as_of: str
    conversion: str
    note: str
    cited: Row  # its source
    group: Spread | None  # the figures that it is compared with; None for a denial and for mere words

    @property
    def least(self) -> float:
        """The lower end of an interval, else the number itself."""
        return min(self._ends)

    @property
    def most(self) -> float:
        """The upper end of an interval, else the number itself."""
        return max(self._ends)

    @property
    def _ends(self) -> list[float]:
        return [end for end in (self.low, self.high) if end is not None]

    @property
    def not_under(self) -> float:
        """The least that it leaves possible: nothing below 'more than', anything below 'up to'."""
        return -inf if self.bound == "upper" else self.least

    @property
    def not_over(self) -> float:
        """The most that it leaves possible."""
        return inf if self.bound == "lower" else self.most

    @property
    def covers(self) -> str:
        """The stretch of time that it covers, in words."""
        return dates.period_words(self.period)

    @property
    def days(self) -> dates.Span:
        """The days on which it may have been published."""
        return dates.parse(self.date)

    @property
    def disputes(self) -> bool:
        """Whether it is given by someone who denies or doubts the transfer or its amount."""
        return self.stance in DENIALS


@dataclass(frozen=True, slots=True)
class Panel:
    """The figures of one transfer that may share an axis: one measure, unit, rate and scope."""

    transfer: str
    item: str
    title: str  # 'Containers, supplied'
    measure: str
    scope: str
    contested: bool
    figures: tuple[Figure, ...]  # oldest first

    @property
    def least(self) -> float:
        """The lowest number of all."""
        return min(figure.least for figure in self.figures)

    @property
    def most(self) -> float:
        """The highest number of all."""
        return max(figure.most for figure in self.figures)

    @property
    def ratio(self) -> float:
        """Highest over lowest; 1 where the lowest is not above zero."""
        return self.most / self.least if self.least > 0 else 1.0

    @property
    def logarithmic(self) -> bool:
        """Whether the numbers lie so far apart that equal steps must stand for equal factors."""
        return self.ratio >= LOG_FROM

    @property
    def origins(self) -> int:
        """How many independent origins its figures have."""
        return len({figure.origin for figure in self.figures})

    @property
    def alternative(self) -> bool:
        """Whether it reckons what containers would hold if all were of one calibre: one of two readings."""
        return self.scope.startswith("if-")

    def revisions(self) -> list[list[Figure]]:
        """Per origin the figures that it gave for the same thing, where there are several."""
        runs: dict[tuple[str, Spread | None], list[Figure]] = {}
        for figure in self.figures:
            runs.setdefault((figure.origin, figure.group), []).append(figure)
        return [run for run in runs.values() if len(run) > 1]


# --- what can be chosen ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Ranked(Sequence[tuple[str, Spread]]):
    """Transfers with a spread each, in an order; each is made when it is asked for, for there may be many."""

    spreads: derive.Spreads
    places: Numbers  # among the groups present

    def of(self, transfers: Iterable[str]) -> "Ranked":
        """Those of some transfers."""
        return self.where(self.spreads.of(transfers)[self.places])

    def where(self, flags: Numbers) -> "Ranked":
        """The flagged ones."""
        return Ranked(self.spreads, self.places[flags])

    @property
    def ratios(self) -> Numbers:
        """Highest over lowest of each."""
        return self.spreads.ratio[self.places]

    @property
    def numbers(self) -> Numbers:
        """The number of the transfer of each."""
        return self.spreads.number[self.places]

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, at: int) -> tuple[str, Spread]: ...
    @overload
    def __getitem__(self, at: slice) -> "Ranked": ...
    def __getitem__(self, at: int | slice) -> "tuple[str, Spread] | Ranked":
        if isinstance(at, slice):
            return Ranked(self.spreads, self.places[at])
        place = int(self.places[at])
        return self.spreads.transfer(place), self.spreads.at(place)


def ranked(records: Records, as_of: date | None) -> Ranked:
    """All groups of two or more comparable figures, the strongest disagreement first.

    Strong is what is wide and what many independent origins take part in. A single origin that changes
    its number revises it and does not disagree with itself: such groups stand last.
    """
    return records.once(("ranked", as_of), lambda: _ranked(derive.spreads(records, as_of)))


def _ranked(spreads: derive.Spreads) -> Ranked:
    places = np.flatnonzero(spreads.figures > 1)
    ratio, origins = spreads.ratio[places], spreads.origins[places]
    strength = np.log(ratio) * np.log2(np.maximum(origins, 2))
    number, figures = spreads.number[places], spreads.figures[places]
    order = np.lexsort((-ratio, number, -figures, -strength, origins == 1))
    return Ranked(spreads, places[order])


def choices(records: Records, selection: Selection, wanted: str = "") -> dict[str, str]:
    """What the page can show, with words for a list: readings, then transfers, most disputed first.

    Of very many transfers only the first are listed, and the one that the address asks for.
    """
    counted = records.once(("figure counts", selection.view), lambda: _counted(records, selection))
    listed = list(counted)[:MOST_CHOICES]
    listed += [wanted] if wanted in counted and wanted not in listed else []
    readings = {
        code: _(words)
        for code, (words, _flow) in READINGS.items()
        if len(_holders(records, code, counted)) > 1
    }
    return readings | {t: _choice_words(records, t, counted[t]) for t in listed}


def _choice_words(records: Records, transfer: str, count: int) -> str:
    desk = Desk(records)
    row = desk.row("transfers", transfer)
    ends = " → ".join(desk.cell("countries", row[end], "short") for end in ("origin", "destination"))
    return f"{row['item']}, {ends} ({wording.plural(count, 'figure')})"


def _counted(records: Records, selection: Selection) -> dict[str, int]:
    """Transfers in view with figures → how many; the most disputed first, then those with most figures."""
    spreads, transfers = derive.spreads(records, selection.view.as_of), running(records).transfers
    numbers, most = ranked(records, selection.view.as_of).numbers, len(transfers)
    counts = np.bincount(spreads.number, spreads.figures, minlength=most).astype(int)
    first = np.full(most, len(numbers))
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]  # of several of one transfer the first one stays
    kept = selection.numbers[counts[selection.numbers] > 0]
    kept = kept[np.lexsort((kept, -counts[kept], first[kept]))]
    return dict(zip(transfers[kept].tolist(), counts[kept].tolist(), strict=True))


def default(selection: Selection, options: Iterable[str]) -> str:
    """Shells and containers in the whole view, else the most disputed transfer; '' where there is none."""
    codes = list(options)
    whole = selection.view.active == (selection.view.as_of is not None)
    kept = codes if whole else [code for code in codes if code not in READINGS]
    return next(iter(kept), "")


def transfers(records: Records, selection: Selection, choice: str) -> list[str]:
    """The transfers behind a choice: itself, or for a reading the umbrella flow in view and all within it."""
    return _holders(records, choice, selection.transfers) if choice in READINGS else [choice]


def _holders(records: Records, reading: str, among: Iterable[str]) -> list[str]:
    allowed, todo, found = set(among), [READINGS[reading][1]], []
    within = referring(records, "transfers", "parent")
    while todo:
        transfer = todo.pop(0)
        found += [transfer] if transfer in allowed else []
        todo += within.get(transfer, ())
    return found


# --- figures and panels ----------------------------------------------------------------------------


def figures(records: Records, as_of: date | None, ids: Iterable[str]) -> list[Figure]:
    """Every figure published on some transfers by a day, oldest first; also those given in words only."""
    kept: dict[str, list[Figure]] = records.once(("figures", as_of), dict)  # a filter changes none of them
    for transfer in (wanted := list(ids)):
        if transfer not in kept:
            kept[transfer] = _figures(Desk(records, as_of), transfer)
    found = [figure for transfer in wanted for figure in kept[transfer]]
    return _by_day(found)


def _by_day(found: Iterable[Figure]) -> list[Figure]:
    return sorted(found, key=lambda f: (f.days.last, f.item, f.id))


def of_group(records: Records, as_of: date | None, spread: Spread) -> list[Figure]:
    """The figures of one group of comparable ones as known on a day, oldest first."""
    kept: dict[tuple[str, ...], list[Figure]] = records.once(("figures of groups", as_of), dict)
    if spread.assertions not in kept:
        desk = Desk(records, as_of)
        rows = cards.assertions(desk, spread.assertions)
        kept[spread.assertions] = _by_day(_figure(desk, row, spread) for row in rows)
    return kept[spread.assertions]


def _figures(desk: Desk, transfer: str) -> list[Figure]:
    spreads = derive.spreads(desk.records, desk.as_of).get(transfer, ())
    group = {assertion: spread for spread in spreads for assertion in spread.assertions}
    told = desk.naming("assertions", "transfer", transfer)
    rows = cards.assertions(desk, (a for a in told if desk.cell("assertions", a, "measure")))
    return [_figure(desk, row, group.get(row["id"])) for row in rows if row["figure"]]


def _figure(desk: Desk, row: Row, group: Spread | None) -> Figure:
    low, high = (_number(row[end]) for end in ("low", "high"))
    copied = ("id", "transfer", "date", "by", "origin", "stance", "measure", "unit", "rate", "scope")
    return Figure(
        **{name: row[name] for name in (*copied, "period", "as_of", "conversion", "what", "cited")},
        item=desk.label("transfers", row["transfer"]),
        who=short_name(desk, row["origin"]),
        words=row["figure"],
        bound=_bound(row["qualifier"], low, high),
        low=low,
        high=high,
        note="" if desk.as_of else row["note"],  # written with hindsight
        group=group,
    )


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _bound(qualifier: str, low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "words"
    if low is not None and high is not None and low != high:
        return "interval"
    return BOUNDS.get(qualifier, "point")


def short_name(desk: Desk, origin: str) -> str:
    """Whose knowledge a figure is, short enough to stand beside a mark: 'South Korea', 'RUSI'."""
    if not origin:
        return ""
    row = desk.row("origins", origin)
    if row["kind"] == "government" and row["country"]:
        return str(desk.cell("countries", row["country"], "short"))
    name, _, rest = str(row["name"]).partition(" (")
    initials = "".join(word[0] for word in name.split() if word[0].isupper())
    if initials.lower() == origin:  # 'Multilateral Sanctions Monitoring Team' is known as MSMT
        return initials
    return rest.rstrip(")") if rest else name.split(", ")[0]


def panels(records: Records, selection: Selection, told: Sequence[Figure]) -> list[Panel]:
    """The figures in numbers by what may share an axis; most figures first, alternatives side by side."""
    found: dict[tuple[str, ...], list[Figure]] = {}
    for figure in told:
        if figure.group is not None:
            key = (figure.transfer, figure.measure, figure.unit, figure.rate, figure.scope)
            found.setdefault(key, []).append(figure)
    made = [_panel(records, selection, own) for own in found.values()]
    lead: dict[tuple[str, ...], tuple[float, float]] = {}  # bundle → its most figures, its widest spread
    for panel in made:
        lead[_bundle(panel)] = max(lead.get(_bundle(panel), (0, 0)), (len(panel.figures), panel.ratio))
    order = {bundle: (-most, -ratio) for bundle, (most, ratio) in lead.items()}
    return sorted(made, key=lambda p: (order[_bundle(p)], _bundle(p), -len(p.figures), p.title))


def _bundle(panel: Panel) -> tuple[str, ...]:
    """Panels of one bundle stand together: the alternative readings of one capacity."""
    first = panel.figures[0]
    if panel.alternative:
        return (panel.measure, first.unit, first.rate, "if-")
    return (panel.measure, first.unit, first.rate, panel.scope, panel.transfer)


def _panel(records: Records, selection: Selection, own: list[Figure]) -> Panel:
    first = own[0]
    contested = first.transfer in selection.states.index and bool(
        selection.states.at[first.transfer, "contested"]
    )
    return Panel(
        first.transfer, first.item, _title(records, first), first.measure, first.scope, contested, tuple(own)
    )


def _title(records: Records, figure: Figure) -> str:
    """'Containers: supplied'; 'Rounds: capacity, not a count, if all were 152 mm'."""
    words = {"capacity": _("capacity, not a count"), "ordered": _("ordered, not delivered")}
    parts = [words.get(figure.measure, records.label("measures", figure.measure))]
    if figure.rate != "total":
        parts.append(records.label("rates", figure.rate))
    if figure.scope != "this-flow":
        parts.append(records.label("scopes", figure.scope))
    unit = str(records["units"].at[figure.unit, "plural"]) if figure.unit else "number"
    return f"{unit[:1].upper()}{unit[1:]}: {', '.join(parts)}"


def split(found: Sequence[Panel]) -> tuple[list[Panel], list[Figure]]:
    """The panels worth a chart, and the figures that stand alone for what they measure."""
    drawn = [panel for panel in found if len(panel.figures) > 1]
    alone = [panel.figures[0] for panel in found if len(panel.figures) == 1]
    return drawn, sorted(alone, key=lambda f: (f.days.last, f.id))


def colour_ranks(records: Records) -> dict[str, int]:
    """Origin → its place by the number of its figures ever, so that colours keep from view to view."""
    return records.once("figure origins", lambda: _colour_ranks(records))


def _colour_ranks(records: Records) -> dict[str, int]:
    said = records["assertions"]
    counts = said.loc[said["low"].notna() | said["high"].notna(), "origin"].value_counts()
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return {str(origin): place for place, (origin, _) in enumerate(ordered)}


# --- the ranked list -------------------------------------------------------------------------------


def ranking(records: Records, selection: Selection) -> dict[str, Any]:
    """The disagreements in view, widest first, as rows with a strip on one common scale of factors.

    Returns rows (see `_disagreement`), shown (how many at once), ticks (label, left in per cent),
    left_out, agreeing and alone: how many groups hold figures that all agree, and how many one figure.
    """
    as_of, wanted = selection.view.as_of, selection.states.index
    spreads, several = derive.spreads(records, as_of), ranked(records, as_of).of(wanted)
    wide = several.where(several.ratios > 1)
    widest = float(wide.ratios.max()) if wide else 1.0
    agreed = (told for _, spread in several.where(several.ratios <= 1) for told in spread.assertions)
    return {
        "rows": [_disagreement(records, selection.view, *pair, widest) for pair in wide[:MOST_RANKED]],
        "shown": SHOWN_RANKED,
        "ticks": _ticks(widest),
        "left_out": max(0, len(wide) - MOST_RANKED),
        "agreeing": len(several) - len(wide),
        "agreed": rows_ref(selection.view, "assertions", ids=islice(agreed, MOST_IDS + 1)),
        "alone": int(((spreads.figures == 1) & spreads.of(wanted)).sum()),
        "single": rows_ref(selection.view, "assertions", "compared=1"),
        "compared": rows_ref(selection.view, "assertions", "compared>1"),
    }


def _disagreement(
    records: Records, view: View, transfer: str, spread: Spread, widest: float
) -> dict[str, Any]:
    own = of_group(records, view.as_of, spread)
    latest = max(own, key=lambda f: (f.days.last, f.id))
    return {
        "transfer": transfer,
        "item": records.label("transfers", transfer),
        "what": wording.measured(spread, records),
        "words": wording.spread(spread, records),
        "factor": factor(spread.ratio),
        "width": _along(spread.ratio, widest),
        "marks": _marks(own, spread.low, widest),
        "figures": spread.figures,
        "origins": spread.origins,
        "latest": latest,
        "rows": rows_ref(view, "assertions", ids=spread.assertions),
        "who": rows_ref(view, "origins", ids=sorted({f.origin for f in own})),
        "together": _together(own, view),
        "plan": spread.measure in PLANS,
        "capacity": spread.measure == "capacity",
    }


def factor(ratio: float) -> str:
    """'23', '6', '2.1', '1.06': a factor with as many digits as tell it."""
    return f"{ratio:.0f}" if ratio >= 9.95 else wording.number(round(ratio, 1 if ratio >= 1.15 else 2))


def _along(ratio: float, widest: float) -> float:
    """How far along the common scale a factor lies, in per cent."""
    return round(100 * log(ratio) / log(widest), 2) if ratio > 1 and widest > 1 else 0.0


def _marks(own: Iterable[Figure], low: float, widest: float) -> list[dict[str, float]]:
    spans = [(_along(f.least / low, widest), _along(f.most / low, widest)) for f in own]
    return [{"left": left, "width": round(right - left, 2)} for left, right in spans]


def _ticks(widest: float) -> list[dict[str, Any]]:
    return [{"label": f"×{n}", "left": _along(n, widest)} for n in (1, 3, 10, 30, 100, 1000) if n <= widest]


def _together(own: Sequence[Figure], view: View) -> dict[str, Any] | None:
    """Of two origins that spoke within a month and cannot both be right, those furthest apart.

    Here growth over time plays no part, and 'more than 1,000' does not contradict 'about 2,000'.
    """
    near = [
        (high.not_under / low.not_over, low, high)
        for one, other in combinations(own, 2)
        if one.origin != other.origin and abs((one.days.last - other.days.last).days) <= MONTH
        for low, high in ((one, other), (other, one))
        if 0 < low.not_over < high.not_under
    ]
    if not near:
        return None
    ratio, low, high = max(near, key=lambda found: found[0])
    both = rows_ref(view, "assertions", ids=[low.id, high.id])
    return {"factor": factor(ratio), "low": low, "high": high, "rows": both}


# --- words -----------------------------------------------------------------------------------------


def headline(records: Records, selection: Selection, chosen: Sequence[str]) -> Told:
    """The finding: how far the figures of the chosen transfers lie apart, from whom to whom."""
    pair = next(iter(ranked(records, selection.view.as_of).of(chosen)), None)
    if pair is None:
        return _no_two(records, selection, chosen)
    transfer, spread = pair
    what = _about(records, transfer, spread)
    count = (str(spread.figures), rows_ref(_whole(selection), "assertions", ids=spread.assertions))
    if spread.ratio <= 1:
        agreed = (wording.spread(spread, records), f"transfer:{transfer}")
        return Told.of(
            _("{what}: the {count} published figures agree, {agreed}"), what=what, count=count, agreed=agreed
        )
    own = [f for f in figures(records, selection.view.as_of, [transfer]) if f.id in spread.assertions]
    low = next(f for f in own if f.least == spread.low)
    high = next(f for f in own if f.most == spread.high)
    ends = Told.of(_("from {low} to {high}"), low=_said(low), high=_said(high))
    if spread.origins == 1:
        return Told.of(_("{what}: one origin changed its figure, {ends}"), what=what, ends=ends)
    return Told.of(_("{what}: {ends}"), what=what, ends=ends)


def _about(records: Records, transfer: str, spread: Spread) -> str:
    words = wording.measured(spread, records)
    return f"{records.label('transfers', transfer)}{'' if words == 'supplied' else f' ({words})'}"


def _whole(selection: Selection) -> View:
    """Everything public on the day of the view: where figures of a chosen transfer are always found."""
    return View(as_of=selection.view.as_of)


def _said(figure: Figure) -> Told:
    words, month = (figure.words, f"assertion:{figure.id}"), dates.words(figure.date[:7])
    return Told.of(_("{figure} ({who}, {month})"), figure=words, who=figure.who, month=month)


def _no_two(records: Records, selection: Selection, chosen: Sequence[str]) -> Told:
    spreads = derive.spreads(records, selection.view.as_of)
    count = sum(s.figures for t in chosen for s in spreads.get(t, ()))
    item = records.label("transfers", chosen[0])
    if count == 1:
        return Told.of(_("{item}: one published figure, and no other to compare it with"), item=item)
    told = [a for t in chosen for s in spreads.get(t, ()) for a in s.assertions]
    figures = (str(count), rows_ref(_whole(selection), "assertions", ids=told))
    return Told.of(
        _("{item}: {figures} published figures, no two of which measure the same thing"),
        item=item,
        figures=figures,
    )


def in_words(drawn: Sequence[Panel]) -> str:
    """The charts for those who cannot see them: each panel with its range."""
    told = "; ".join(
        _("{item}, {title}: {figures} from {count} to {count2}").format(
            item=p.item,
            title=p.title,
            figures=wording.plural(len(p.figures), "figure"),
            count=wording.number(p.least),
            count2=wording.number(p.most),
        )
        for p in drawn
    )
    count = wording.plural(len(drawn), "panel")
    return _("Published figures by date of publication, {count}. {told}. All are in the table below.").format(
        count=count, told=told
    )


def cautions(records: Records, selection: Selection, told: Sequence[Figure]) -> list[tuple[str, str]]:
    """What must be known to read these figures, a heading and a sentence each; only what bears on them."""
    desk, chosen = Desk(records, selection.view.as_of), {f.transfer for f in told}
    within = referring(records, "transfers", "parent")
    holds = {
        "capacity-not-count": any(f.measure == "capacity" for f in told),
        "alternative-capacities": any(f.scope.startswith("if-") for f in told),
        "umbrella": any(t in within for t in chosen),
    }
    said = [
        (desk.label("warnings", code), desk.meaning("warnings", code, "sentence"))
        for code, so in holds.items()
        if so
    ]
    return said + [(head, text) for head, text, so in _own_cautions(told) if so]


def _own_cautions(told: Sequence[Figure]) -> list[tuple[str, str, bool]]:
    planned, converted = any(f.measure in PLANS for f in told), any(f.conversion for f in told)
    words = sum(f.bound == "words" for f in told)
    denied = sum(f.group is None and f.bound != "words" for f in told)
    return [
        (_("Planned or ordered"), _("Never compared with what was delivered."), planned),
        (
            _("Converted"),
            _("Computed from another quantity; the table says by whom, from what and how."),
            converted,
        ),
        (
            _("In words only"),
            _("{figures} such as “dozens”, in the table only.").format(
                figures=wording.plural(words, "figure")
            ),
            words > 0,
        ),
        (
            _("Denials"),
            _("{zeros} that denies the whole, in the table only.").format(
                zeros=wording.plural(denied, "zero")
            ),
            denied > 0,
        ),
    ]


def remarks(records: Records, selection: Selection, chosen: Iterable[str]) -> list[tuple[str, str, str]]:
    """The editors' notes on the chosen transfers: id, item, note; with hindsight, so only for today."""
    if selection.view.as_of:
        return []
    rows = Desk(records).rows("transfers", chosen)
    return [(row["id"], row["item"], row["note"]) for row in rows if row["note"]]


def understood(query: Query, options: Iterable[str], usual: str) -> tuple[str, list[str]]:
    """The choice that an address names, and a note where it names none that has figures in view."""
    reader = Reader(query)
    return reader.code("of", {code: code for code in options}, usual), reader.few_notes()
