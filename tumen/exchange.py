"""What the Exchange says: for each pair of countries what either gave, how well it is shown, and when.

Everything counts transfers on record, never amounts: containers, tonnes and dollars cannot be added.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tumen import dates, flows, ladder, wording
from tumen.desk import Desk, referring
from tumen.overview import share
from tumen.records import Records
from tumen.running import Numbers
from tumen.speech import N_, _, n_, ngettext
from tumen.story import Story, story
from tumen.told import Told
from tumen.view import EVERYTHING, Selection, View, listed, rows_ref

Row = dict[str, Any]

GROUPS: Mapping[str, tuple[str, int]] = {  # how far a transfer is proven → words, least evidence step
    "shown": (N_("imagery, records or a find"), 4),
    "assessed": (N_("an official assessment"), 3),
    "reported": (N_("a report or bare claim"), 0),
}
MOST_PAIRS = 12  # told apart; the others, with fewer transfers, are found by the filter on countries
MOST_SQUARES = 40  # in one cell of the picture; beyond, a square stands for several transfers
MOST_SEARCHES = 60  # for what was not found, by result
MOST_DOTS = 150  # of one direction in the strip
MOST_LINES = 24  # of one family and direction in the ledger …
VERY_MANY, FEW_LINES = 200, 8  # … and so few of so many: the first of hundreds are a sample anyway
SMALL_PAIR = 2  # a pair with so few transfers is told in words where others have a picture
NOWHERE: Numbers = np.empty(0, dtype=int)
MONTH = 30.44  # days
UNREALISED = ("agreed", "offered", "sought", "not-observed")  # editors' status: no delivery is reported


@dataclass(frozen=True, slots=True)
class Pair:
    """Two countries between which something is on record, in either direction or both."""

    left: str
    right: str

    @property
    def key(self) -> str:
        """How the address names the pair: 'PRK-RUS'."""
        return f"{self.left}-{self.right}"

    @property
    def directions(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Left to right, and back."""
        return (self.left, self.right), (self.right, self.left)


@dataclass(frozen=True, eq=False)
class Found:
    """The transfers in view, as rows, by direction and by pair; see `table`."""

    rows: pd.DataFrame
    told: Story

    @cached_property
    def _places(self) -> Mapping[Any, Numbers]:
        """Sender and receiver → the places of their rows, in order."""
        return dict(self.rows.groupby(["origin", "destination"], sort=False, observed=True).indices)  # type: ignore[arg-type]

    @cached_property
    def _halves(self) -> dict[tuple[str, str], pd.DataFrame]:
        return {}

    @cached_property
    def totals(self) -> dict[tuple[str, str], int]:
        """Sender and receiver → how many transfers."""
        return {(str(end), str(other)): len(own) for (end, other), own in self._places.items()}

    @cached_property
    def paired(self) -> dict[Pair, int]:
        """Two countries → how many transfers run between them, in either direction."""
        found: dict[Pair, int] = {}
        for ends, count in self.totals.items():
            pair = _pair(self.told, *ends)
            found[pair] = found.get(pair, 0) + count
        return found

    def places(self, origin: str, destination: str) -> Numbers:
        """Where the rows of one direction stand."""
        return self._places.get((origin, destination), NOWHERE)

    def between(self, origin: str, destination: str) -> pd.DataFrame:
        """The rows of one direction."""
        ends = origin, destination
        if ends not in self._halves:
            self._halves[ends] = self.rows.iloc[self.places(*ends)]
        return self._halves[ends]


def table(records: Records, selection: Selection) -> Found:
    """The transfers in view with what is derived of them, `group` (shown, assessed, reported), `status`.

    `number` is the place among all on record, in the order of ids. The best evidenced come first, then by
    first report. The editors' status is a word of hindsight: '' on a turned-back day.
    """
    return records.once(
        ("exchange", selection.view), lambda: Found(_table(records, selection), story(records))
    )


def _table(records: Records, selection: Selection) -> pd.DataFrame:
    state = selection.states
    order = np.lexsort((state["first_reported"].to_numpy(), -state["evidence"].to_numpy()))
    coded = records.once("coded transfers", lambda: _coded(records))
    rows = coded.iloc[selection.places["transfers"][order]]
    if selection.view.as_of:
        rows = rows.assign(status="")
    return rows.assign(
        **{name: state[name].array[order] for name in DERIVED},
        number=selection.among[order],
        group=_groups(state["evidence"].to_numpy()[order]),
        view=np.full(len(rows), selection.view, dtype=object),
    )


CODES = ("origin", "destination", "family", "status")
DERIVED = ("evidence", "contested", "first_reported", "first_assertion", "credibility", "reliability")


def _coded(records: Records) -> pd.DataFrame:
    """All transfers with codes as categories, so that very many are gathered by numbers and not by texts."""
    return records["transfers"][["id", "item", *CODES]].astype(dict.fromkeys(CODES, "category"))


def _groups(evidence: Numbers) -> "pd.Categorical[str]":
    names = [*GROUPS]
    ranks = np.array([names.index(group(step)) for step in range(6)])
    return pd.Categorical.from_codes(ranks[evidence], pd.Index(names))


def group(evidence: int) -> str:
    """'shown', 'assessed' or 'reported', by the best evidence step."""
    return next(name for name, (_words, least) in GROUPS.items() if evidence >= least)


def pairs(found: Found) -> list[Pair]:
    """The pairs in view: those with the story's hub first, in the order of its senders, then the busiest.

    Of very many pairs only those with most transfers (see `unpaired`).
    """
    told, totals = found.told, found.paired
    kept = sorted(totals, key=lambda p: (-totals[p], p.key))[:MOST_PAIRS]
    return sorted(kept, key=lambda p: (p.right != told.hub, _rank(told, p.left), -totals[p], p.key))


def unpaired(found: Found) -> str:
    """What `pairs` leaves out, in words; '' where it is nothing."""
    rest = sorted(found.paired.values(), reverse=True)[MOST_PAIRS:]
    if not rest:
        return ""
    return _(
        "Shown are the {most_pairs} pairs with most transfers; {count} more pairs with "
        "{count2} transfers are found by the filter on countries."
    ).format(most_pairs=MOST_PAIRS, count=f"{len(rest):,}", count2=f"{sum(rest):,}")


def _pair(told: Story, one: str, other: str) -> Pair:
    """Two countries with the hub on the right."""
    left, right = sorted((one, other), key=lambda c: (c == told.hub, _rank(told, c), c))
    return Pair(left, right)


def _rank(told: Story, country: str) -> int:
    return told.senders.index(country) if country in told.senders else len(told.senders)


def pair_label(records: Records, pair: Pair) -> str:
    """'North Korea – Russia'."""
    return f"{records.label('countries', pair.left)} – {records.label('countries', pair.right)}"


def between(found: Found, origin: str, destination: str) -> pd.DataFrame:
    """The transfers of one direction, the best evidenced first, then by first report."""
    return found.between(origin, destination)


# --- the finding ---------------------------------------------------------------------------------


def headline(records: Records, found: Found, pair: Pair, view: View = EVERYTHING) -> Told:
    """What is reported most often of either side, and how much of it is shown, in one line."""
    halves = {giver: between(found, giver, taker) for giver, taker in pair.directions}
    told = {giver: own for giver, own in halves.items() if len(own)}
    shown = [_shown(own, view) for own in told.values()]
    proofs = _("shown by {groups}").format(groups=_(GROUPS["shown"][0]))
    (giver, most), *back = ((giver, _most(records, own)) for giver, own in told.items())
    gift = _("{most} from {country}").format(
        most=wording.capital(most), country=records.label("countries", giver)
    )
    if not back:
        words = ngettext(
            "{gift}, nothing the other way in this view: {shown} transfer {proofs}",
            "{gift}, nothing the other way in this view: {shown} transfers {proofs}",
            len(told[giver]),
        )
        return Told.of(words, gift=gift, shown=shown[0], proofs=proofs)
    other, returned = back[0]
    answer = _("{returned} from {country}").format(
        returned=returned, country=records.label("countries", other)
    )
    return Told.of(
        _("{gift} against {answer}: {shown} and {shown2} transfers {proofs}"),
        gift=gift,
        answer=answer,
        shown=shown[0],
        shown2=shown[1],
        proofs=proofs,
    )


def _shown(own: pd.DataFrame, view: View) -> Told:
    """'20 of 57': how many transfers of one direction are shown."""
    ends = f"origin={own['origin'].iloc[0]} destination={own['destination'].iloc[0]}"
    count = int(own["group"].eq("shown").sum())
    proven = share(view, count, f"{ends} {STEPS['shown']}")
    return Told.of(
        _("{proven} of {str}"), proven=proven, str=(f"{len(own):,}", rows_ref(view, "transfers", ends))
    )


def _most(records: Records, own: pd.DataFrame) -> str:
    counts = own["family"].value_counts()
    top = sorted(counts.index[counts == counts.max()])
    return listed(records.label("families", family).lower() for family in top)


# --- the picture ---------------------------------------------------------------------------------


def picture(records: Records, found: Found) -> Row:
    """Country × family × country: for each pair and family the transfers as squares on both sides of an axis.

    Returns families (id, label, short), per (transfers that a square stands for), panels (pair, left,
    right, rows with a cell for each side), and small (pairs with too few transfers for a panel).
    """
    kept = pairs(found)
    places = np.concatenate([found.places(*ends) for pair in kept for ends in {*pair.directions}])
    shown = _ranked(found.rows, places)
    cells = _cells(records, shown)
    most = max((cell["count"] for cell in cells.values()), default=0)
    per = max(1, -(-most // MOST_SQUARES))
    for key, square in _single(shown) if per == 1 else _several(shown, cells, per):
        cells[key]["squares"].append(square)
    families = [row for row in _families(records) if any(row["id"] == family for _, _, family in cells)]
    panels = [_panel(records, pair, families, cells) for pair in kept]
    large = [p for p in panels if p["left"]["count"] + p["right"]["count"] > SMALL_PAIR] or panels
    apart = {p["key"] for p in large}
    return {
        "families": families,
        "per": per,
        "panels": large,
        "small": [p for p in panels if p["key"] not in apart],
    }


def _families(records: Records) -> list[Row]:
    rows = records["families"]
    return [
        {"id": f, "label": label, "short": short}
        for f, label, short in zip(rows["id"], rows["label"], rows["short"], strict=True)
    ]


KINDS = ["group", "contested", "realised"]  # what a square shows


def _ranked(rows: pd.DataFrame, places: Numbers) -> pd.DataFrame:
    """What the squares show of the rows at some places, the best evidenced and undisputed first."""
    keys = (rows["number"], rows["contested"], -rows["evidence"])
    order = places[np.lexsort([key.to_numpy()[places] for key in keys])]
    own = rows[[*flows.FLOW, "id", "item", "group", "contested", "status"]].iloc[order]
    return own.assign(realised=~own["status"].isin(UNREALISED))


Key = tuple[str, str, str]  # sender, receiver, family
Cells = dict[Key, Row]


def _cells(records: Records, shown: pd.DataFrame) -> Cells:
    """Sender, receiver, family → how many, and the card that lists them."""
    cells: Cells = {}
    found = shown.groupby(flows.FLOW, sort=False, observed=True)["id"].agg(["size", "first"])
    for (origin, destination, family), count, first in found.itertuples():
        cells[origin, destination, family] = {
            "count": count,
            "record": card(count, first, origin, destination, family),
            "label": f"{records.label('countries', origin)} → {records.label('countries', destination)}, "
            f"{records.label('families', family).lower()}: {wording.plural(count, 'transfer')}",
            "squares": [],
        }
    return cells


def reference(own: pd.DataFrame, origin: str, destination: str, family: str = "") -> str:
    """The card of a set of transfers: the only one, or the flow that they make up; '' for none."""
    if own.empty:
        return ""
    first = own["id"].iloc[0] if len(own) == 1 else ""
    return card(len(own), first, origin, destination, family)


def card(count: int, first: str, origin: str, destination: str, family: str = "") -> str:
    """The card of one transfer by its id, or of so many: the flow that they make up."""
    if count == 1:
        return f"transfer:{first}"
    return f"flow:{origin}>{destination}{':' if family else ''}{family}"


def listing(own: pd.DataFrame, q: str = "") -> str:
    """The rows of some transfers of one direction, as a search within it finds them; '' for none."""
    if own.empty:
        return ""
    first = own.iloc[0]
    ends = f"origin={first['origin']} destination={first['destination']}"
    return rows_ref(first["view"], "transfers", f"{ends} {q}".strip())


def _single(shown: pd.DataFrame) -> Iterator[tuple[Key, Row]]:
    """One square for each transfer, and the cell that it stands in."""
    for row in _dicts(shown):
        key = row.pop("origin"), row.pop("destination"), row.pop("family")
        yield key, {**row, "record": f"transfer:{row['id']}"}


def _several(shown: pd.DataFrame, cells: Cells, per: int) -> Iterator[tuple[Key, Row]]:
    """One square for so many transfers of a kind, one at least."""
    counts = shown.groupby([*flows.FLOW, *KINDS], sort=False, observed=True).size()
    for origin, destination, family, *kind, count in counts.reset_index().itertuples(index=False):
        key = origin, destination, family
        kinds = dict(zip(KINDS, kind, strict=True))
        square = {**kinds, "item": cells[key]["label"], "status": "", "record": cells[key]["record"]}
        yield from [(key, square)] * max(1, round(count / per))


def _panel(records: Records, pair: Pair, families: Sequence[Row], cells: Cells) -> Row:
    there, back = pair.directions
    return {
        "key": pair.key,
        "label": pair_label(records, pair),
        "left": _panel_side(records, there, cells),
        "right": _panel_side(records, back, cells),
        "rows": [
            {"family": f, "left": cells.get((*there, f["id"])), "right": cells.get((*back, f["id"]))}
            for f in families
        ],
    }


def _panel_side(records: Records, direction: tuple[str, str], cells: Cells) -> Row:
    own = [cell for key, cell in cells.items() if key[:2] == direction]
    count = sum(cell["count"] for cell in own)
    flow = f"flow:{direction[0]}>{direction[1]}"
    return {
        "country": direction[0],
        "name": records.label("countries", direction[0]),
        "other": records.label("countries", direction[1]),
        "count": count,
        "record": own[0]["record"] if count == 1 else flow,
        "squares": [square for cell in own for square in cell["squares"]],
    }


def in_words(records: Records, found: Found, pair: Pair) -> str:
    """The strip of first reports for those who cannot see it."""
    told = []
    for origin, destination in pair.directions:
        own = between(found, origin, destination).sort_values("first_reported")
        ends = _("{country} to {country2}").format(
            country=records.label("countries", origin), country2=records.label("countries", destination)
        )
        if own.empty:
            told.append(_("{ends}: nothing in view").format(ends=ends))
            continue
        first, last = own["first_reported"].iloc[0].date(), own["first_reported"].iloc[-1].date()
        told.append(
            _("{ends}: {transfers}, first reported between {day} and {day2}").format(
                ends=ends,
                transfers=wording.plural(len(own), "transfer"),
                day=dates.day_words(first),
                day2=dates.day_words(last),
            )
        )
    return _("Transfers by the day of their first report. {list}.").format(list="; ".join(told))


def reports(records: Records, found: Found, pair: Pair) -> pd.DataFrame:
    """The transfers of a pair for the strip: `back` for those from right to left, `told` for the hover.

    Of more than a strip can hold, the best evidenced.
    """
    own = pd.concat([between(found, *direction).head(MOST_DOTS) for direction in pair.directions])
    steps = records.labels("evidence")
    told = [
        f"{row['item']} · {steps[str(row['evidence'])].lower()}{_(', contested') if row['contested'] else ''}"
        for row in _dicts(own)
    ]
    return own.assign(back=own["origin"].eq(pair.right), told=told)


def names(records: Records, found: Found, pair: Pair) -> tuple[str, str]:
    """What stands at the two lanes of the strip."""
    there, back = (
        f"{records.label('countries', a)} → {records.label('countries', b)}: {len(between(found, a, b)):,}"
        for a, b in pair.directions
    )
    return there, back


def leads(found: Found, pair: Pair) -> tuple[str, str]:
    """What the numbers at the two lanes of the strip rest on."""
    there, back = (listing(between(found, *direction)) for direction in pair.directions)
    return there, back


# --- the two sides in words ----------------------------------------------------------------------


def sides(records: Records, found: Found, pair: Pair) -> list[Row]:
    """A summary of what either side gave: by family and by how far it is proven."""
    return [_side(records, found, *direction) for direction in pair.directions]


def _side(records: Records, found: Found, origin: str, destination: str) -> Row:
    own = between(found, origin, destination)
    return {
        "giver": records.label("countries", origin),
        "taker": records.label("countries", destination),
        "count": len(own),
        "undrawn": max(0, len(own) - MOST_DOTS),
        "record": reference(own, origin, destination),
        "families": _by_family(records, own, origin, destination),
        "rows": listing(own),
        "groups": [_by_group(own, name, _(words)) for name, (words, _least) in GROUPS.items()],
        "contested": _few(own, own["contested"], "contested=True"),
        "statuses": _by_status(records, own),
    }


def _by_family(records: Records, own: pd.DataFrame, origin: str, destination: str) -> list[Row]:
    found = own.groupby("family", observed=True)["id"].agg(["size", "first"]).itertuples()
    return [
        {
            "id": family,
            "label": records.label("families", family),
            "count": count,
            "record": card(count, first, origin, destination, family),
        }
        for family, count, first in sorted(found, key=lambda row: (-row[1], row[0]))
    ]


def _by_status(records: Records, own: pd.DataFrame) -> list[Row]:
    """The editors' statuses in the order of their table of codes; none on a turned-back day."""
    present = {*own["status"].unique()}
    return [
        {"label": label, **_few(own, own["status"] == status, f"status={status}")}
        for status, label in records.labels("statuses").items()
        if status in present
    ]


def _by_group(own: pd.DataFrame, name: str, words: str) -> Row:
    return {"id": name, "words": words, **_few(own, own["group"] == name, STEPS[name])}


STEPS: Mapping[str, str] = {  # group → the search that finds it
    "shown": "best_evidence>=4",
    "assessed": "best_evidence=3",
    "reported": "best_evidence<3",
}


def _few(own: pd.DataFrame, flags: pd.Series, q: str, most: int = 3) -> Row:
    """How many are flagged, the first of them by name, and all of them as rows that a search finds."""
    places = np.flatnonzero(flags.to_numpy())
    head = own.iloc[places[:most]]
    named = list(zip(head["id"], head["item"], strict=True))
    return {"count": len(places), "named": named, "rows": listing(head, q)}


# --- the ledger ----------------------------------------------------------------------------------


def ledger(records: Records, found: Found, pair: Pair, as_of: date | None) -> list[Row]:
    """The two-way ledger: for each family in view the transfers of either direction as lines."""
    desk = Desk(records, as_of)
    halves = [between(found, *direction) for direction in pair.directions]
    places: list[Mapping[Any, Any]] = [own.groupby("family", observed=True).indices for own in halves]
    return [
        {
            **family,
            "sides": [
                _entry(desk, own, mine.get(family["id"], NOWHERE), direction, family["id"])
                for own, mine, direction in zip(halves, places, pair.directions, strict=True)
            ],
        }
        for family in _families(records)
        if any(family["id"] in mine for mine in places)
    ]


def _entry(desk: Desk, own: pd.DataFrame, places: Numbers, direction: tuple[str, str], family: str) -> Row:
    """The transfers at some places, those of one family, as lines."""
    kept = _dicts(own.iloc[places[: FEW_LINES if len(places) > VERY_MANY else MOST_LINES]])
    return {
        "giver": desk.label("countries", direction[0]),
        "count": len(places),
        "record": card(len(places), kept[0]["id"], *direction, family) if kept else "",
        "lines": [_line(desk, row) for row in kept],
        "more": len(places) - len(kept),
    }


def _dicts(frame: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _line(desk: Desk, row: Row) -> Row:
    """A transfer as a line."""
    status = row["status"]
    return {
        **row,
        "code": f"{row['reliability']}{row['credibility']}",
        "reported": desk.cell("assertions", row["first_assertion"], "date"),
        "status": desk.label("statuses", status) if status else "",
        "meaning": desk.meaning("statuses", status) if status else "",
    }


# --- order of first reports ----------------------------------------------------------------------


def order(records: Records, found: Found, pair: Pair, as_of: date | None) -> Row | None:
    """When half of what either side gave had been reported, by family, against the left side's main family.

    None where only one direction is in view. Each date is that of a transfer that can be opened.
    """
    names = ["id", "family", "first_reported", "number", "view"]
    there, back = (between(found, *direction)[names] for direction in pair.directions)
    if there.empty or back.empty:
        return None
    starts = ladder.rungs(records, as_of)[["began", "start"]]
    main = str(there["family"].value_counts().sort_index(kind="stable").idxmax())
    anchor = _half(records, there[there["family"] == main], starts, pair.directions[0])
    rows = [
        _half(records, own, starts, direction, anchor)
        for side, direction in zip((there, back), pair.directions, strict=True)
        for family, own in side.groupby("family", observed=True)
        if not (direction == pair.directions[0] and family == main)
    ]
    ranked = sorted(
        rows, key=lambda row: (row["giver"] != anchor["giver"], row["half"]["day"], row["family"])
    )
    return {"anchor": anchor, "rows": ranked, "words": _order_words(anchor, ranked)}


def _half(
    records: Records,
    own: pd.DataFrame,
    starts: pd.DataFrame,
    direction: tuple[str, str],
    anchor: Row | None = None,
) -> Row:
    """The first and the middle report of some transfers of one family, and the same of their starts."""
    family = str(own["family"].iloc[0])
    days = own["first_reported"].sort_values(kind="stable")
    starts = starts.iloc[own["number"].to_numpy()].dropna().sort_values("began", kind="stable")
    row: Row = {
        "giver": records.label("countries", direction[0]),
        "taker": records.label("countries", direction[1]),
        "family": family,
        "label": records.label("families", family),
        "count": len(own),
        "record": reference(own, *direction, family),
        "first": {"day": days.iloc[0].date(), "transfer": days.index[0]},
        "half": {"day": _middle(days).date(), "transfer": _middle_id(days)},
        "started": len(starts),
        "starts": rows_ref(own["view"].iloc[0], "transfers", ids=starts.index),
        "start": None,
    }
    if len(starts):
        row["start"] = {
            "day": _middle(starts["began"]).date(),
            "text": _middle(starts["start"]),
            "transfer": _middle_id(starts["began"]),
        }
    if anchor:
        row["after"] = (row["half"]["day"] - anchor["half"]["day"]).days
        row["start_after"] = _months(row["start"], anchor["start"])
    return row


def _middle(ordered: pd.Series) -> Any:
    """The lower median of a sorted column: with it, half of the values are reached."""
    return ordered.iloc[(len(ordered) - 1) // 2]


def _middle_id(ordered: pd.Series) -> str:
    return str(ordered.index[(len(ordered) - 1) // 2])


def _months(one: Row | None, other: Row | None) -> int | None:
    return round((one["day"] - other["day"]).days / MONTH) if one and other else None


def _order_words(anchor: Row, rows: Sequence[Row]) -> list[Row]:
    """The returns from the earliest to the latest; without those of one transfer, where there are others."""
    back = [row for row in rows if row["giver"] != anchor["giver"]]
    return [row for row in back if row["count"] > 1] or back


APART: Mapping[str, tuple[str, tuple[str, str], tuple[str, str]]] = {
    "day": (
        N_("the same day"),
        n_("{count} day later", "{count} days later"),
        n_("{count} day earlier", "{count} days earlier"),
    ),
    "month": (
        N_("the same month"),
        n_("{count} month later", "{count} months later"),
        n_("{count} month earlier", "{count} months earlier"),
    ),
}


def apart(days: int | None, unit: str = "day") -> str:
    """'20 days earlier', '3 days later', 'the same day'."""
    if days is None:
        return ""
    same, later, earlier = APART[unit]
    return (
        ngettext(*(later if days > 0 else earlier), abs(days)).format(count=f"{abs(days):,}")
        if days
        else _(same)
    )


# --- looked for, and not found -------------------------------------------------------------------


def not_found(records: Records, found: Found, pair: Pair, view: View) -> list[Row]:
    """What was looked for and bears on a pair, by result; editors' words of today, so none on an earlier day.

    A row that names transfers bears on the pair if one of them is in view between the two; one that
    names none is kept as long as no filter but that for countries is set. Of very many, `more` says how
    many a result has beyond its rows.
    """
    if view.as_of:
        return []
    there, back = (between(found, *direction).index for direction in pair.directions)
    inside = there.append(back)
    tied = referring(records, "not_found", "transfers").of_any(inside)
    free = _subject_rows(records, pair) if _broad(view) else set()
    desk = Desk(records)
    looked = records["not_found"]["result"]
    looked = looked[looked.index.isin(tied | free)]
    return [
        {
            "label": label,
            "meaning": desk.meaning("not_found_results", result),
            "rows": _searches(desk, own[:MOST_SEARCHES], inside),
            "more": len(own[MOST_SEARCHES:]),
        }
        for result, label in records.labels("not_found_results").items()
        if len(own := looked.index[looked == result])
    ]


def _searches(desk: Desk, ids: Iterable[str], inside: pd.Index) -> list[Row]:
    """Rows of what was looked for, each with the transfers among some that it bears on."""
    rows = desk.rows("not_found", ids)
    for row in rows:
        row["bears"] = [(t, desk.label("transfers", t)) for t in row["transfers"] if t in inside]
    return rows


def _subject_rows(records: Records, pair: Pair) -> set[str]:
    """Rows on a pair's own subject that name no transfer."""
    rows = records["not_found"]
    subjects = {f"{a}-{b}".lower() for a, b in pair.directions}
    columns = zip(rows.index, rows["subject"], rows["transfers"], strict=True)
    return {str(row) for row, subject, transfers in columns if subject in subjects and not transfers}


def _broad(view: View) -> bool:
    return not (view.weapon_type or view.evidence or view.contested or view.start or view.end)
