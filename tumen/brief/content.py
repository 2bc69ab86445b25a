"""What a brief says: every part in plain words with numbered sources, the same for all formats."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from tumen import (
    browse,
    captions,
    cards,
    cite,
    dates,
    derive,
    estimates,
    exchange,
    flows,
    overview,
    wording,
)
from tumen import timeline as events_told
from tumen.brief import drawing
from tumen.captions import Caption
from tumen.derive import Spread
from tumen.desk import Desk, Row
from tumen.figures import estimates as figures_drawing
from tumen.figures import timeline as timeline_drawing
from tumen.figures.palette import LIGHT
from tumen.geography import BORDER_POLICY
from tumen.records import DENIALS, Records
from tumen.story import story
from tumen.templates import record_url, safe_url
from tumen.view import Selection, sentence

MOST_CARDS = 12  # a view with no more transfers has the card of each
RULE = (
    f"Of more than {MOST_CARDS} transfers, the cards of the {MOST_CARDS} most important: highest step of "
    "evidence, then most independent origins, then most publications, then by id. The "
    "table below has the others."
)
CHOSEN = "The cards are those that the maker of this brief chose; the table below has the other transfers."
ALL = "Every transfer in view has its card."
HINDSIGHT = (
    "Turned back to an earlier day, this brief leaves out what was looked for and not found, and the "
    "editors’ summaries: both were written with hindsight."
)
MOST_FIGURES = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A text with the numbers of the sources that it rests on, and the address of its record, if any."""

    text: str
    notes: tuple[int, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in words: its heads, and rows of as many lines."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its figure for those who draw it, its words and table for those who do not."""

    name: str
    heading: str
    figure: Mapping[str, Any]
    caption: Caption
    alt: str
    table: Table
    colours: tuple[tuple[str, str], ...]  # label and colour of each family shown


@dataclass(frozen=True, slots=True)
class Statement:
    """One assertion or denial."""

    when: str
    by: str
    stance: str
    evidence: str
    says: str
    figure: str
    passage: str  # the words of the source, quoted
    cautions: str
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """The record card of a transfer."""

    id: str
    url: str
    title: str
    line: str
    code: str
    code_words: str
    summary: str
    facts: tuple[tuple[str, Line], ...]
    figures: tuple[Line, ...]
    claims: tuple[Statement, ...]
    more_claims: int  # that the whole card has and this one leaves out
    answers: tuple[Statement, ...]
    breaches: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """Who denies or doubts a transfer, how far, and in which words."""

    title: str
    url: str
    words: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered source; `citation` is without its address, which stands in `url` ('' if it has none)."""

    number: int
    id: str
    citation: str
    url: str


@dataclass(frozen=True, slots=True)
class Brief:
    """All parts of a brief, in their order."""

    finding: str
    sentence: str
    address: str
    as_of: date | None
    on: date
    version: str
    dated: str
    key_figures: Table
    charts: tuple[Chart, ...]
    contested: tuple[Dispute, ...]
    cards: tuple[Card, ...]
    rule: str
    rest: Table
    not_found: tuple[tuple[str, tuple[Line, ...]], ...]
    hindsight: str
    scale: tuple[Table, ...]
    borders: str
    sources: tuple[Source, ...]
    citation: str
    licence: str
    licence_url: str
    licence_note: str

    @property
    def stem(self) -> str:
        """The beginning of the name of its file."""
        return f"tumen-brief-{(self.as_of or self.on).isoformat()}"


def compose(
    records: Records,
    selection: Selection,
    address: str,
    on: date,
    chosen: Iterable[str] | None = None,
) -> Brief:
    """Gather all parts of the brief of a view.

    Args:
        records: the records.
        selection: the view and what it leaves.
        address: where the view is found, with the host if it is known.
        on: today.
        chosen: ids of the transfers whose cards are wanted; None for the usual ones (see RULE).

    Raises:
        LookupError: if a chosen id is not in view.
    """
    writer = _Writer(records, selection, address, on)
    return writer.brief(_wanted(selection, chosen), chosen is not None)


def important(selection: Selection) -> list[str]:
    """The transfers in view whose cards a brief has unless others are chosen, the most important first."""
    state = selection.states.assign(id=selection.states.index)
    order = ["evidence", "origins", "publications", "id"]
    return list(state.sort_values(order, ascending=[False, False, False, True])["id"].head(MOST_CARDS))


def _wanted(selection: Selection, chosen: Iterable[str] | None) -> list[str]:
    if chosen is None:
        return important(selection)
    wanted = list(dict.fromkeys(chosen))
    unknown = [record for record in wanted if record not in selection.states.index]
    if unknown:
        raise LookupError(f"not in view: {', '.join(unknown)}")
    return wanted


class _Notes:
    """Numbers sources in the order in which the text first names them."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __call__(self, *sources: str) -> tuple[int, ...]:
        named = dict.fromkeys(source for source in sources if source)
        return tuple(self.numbers.setdefault(source, len(self.numbers) + 1) for source in named)


class _Writer:
    """Writes the parts of one brief; the numbers of its sources run through all of them."""

    def __init__(self, records: Records, selection: Selection, address: str, on: date) -> None:
        self.records, self.selection, self.address, self.on = records, selection, address, on
        self.as_of = selection.view.as_of
        self.desk = Desk(records, self.as_of)
        self.notes = _Notes()

    def brief(self, wanted: Sequence[str], by_choice: bool) -> Brief:
        """All parts, written in the order in which they are read."""
        records, selection = self.records, self.selection
        package = browse.package(records)
        parts: dict[str, Any] = {
            "key_figures": self.key_figures(),
            "charts": tuple(self.charts()),
            "contested": tuple(self.contested()),
            "cards": tuple(self.card(transfer) for transfer in wanted),
            "rest": self.rest(wanted),
            "not_found": tuple(self.not_found()),
        }
        version = captions.version(records)
        day = dates.day_words(self.as_of or self.on)
        return Brief(
            finding=overview.headline(records, selection),
            sentence=sentence(selection, records),
            address=self.address,
            as_of=self.as_of,
            on=self.on,
            version=version,
            dated=f"As known on {day}. Made on {dates.day_words(self.on)}. Data version {version}.",
            **parts,
            rule=self.rule(wanted, by_choice),
            hindsight=HINDSIGHT if self.as_of else "",
            scale=self.scale(),
            borders=BORDER_POLICY,
            sources=tuple(self.sources()),
            citation=cite.whole(records, package.version, self.on, self.address, self.as_of),
            licence=package.licence,
            licence_url=safe_url(package.licence_url),
            licence_note=package.licence_note,
        )

    # --- figures -----------------------------------------------------------------------------------

    def key_figures(self) -> Table:
        """The most published figures of the view: range, code, how many say so, the latest."""
        heads = ("Figure", "Of what", "Code", "Figures", "Latest")
        return Table("Key figures", heads, tuple(self._key_figures()))

    def _key_figures(self) -> Iterable[tuple[Line, ...]]:
        spreads = derive.spreads(self.records, self.as_of)
        for found in overview.figures(self.records, self.selection):
            spread = next(s for s in spreads[found["transfer"]] if self._same(s, found))
            yield (
                Line(found["words"], self._ends(spread)),
                Line(f"{found['item']}: {found['what']}", url=self.url("transfer", found["transfer"])),
                Line(self.code(found["transfer"])),
                Line(f"{found['figures']} by {wording.plural(found['origins'], 'origin')}"),
                Line(f"{found['latest_words']} ({found['latest_by']}, {found['latest']})"),
            )

    def _same(self, spread: Spread, found: Row) -> bool:
        words = wording.spread(spread, self.records), wording.measured(spread, self.records)
        return words == (found["words"], found["what"])

    def _ends(self, spread: Spread) -> tuple[int, ...]:
        """The sources of the lowest, the highest and the latest figure."""
        told = self.records.taken("assertions", spread.assertions).sort_values("known")
        bounds = told[["low", "high"]].astype(float)
        least, most = bounds.min(axis=1).idxmin(), bounds.max(axis=1).idxmax()
        return self.notes(*(str(told.at[name, "source"]) for name in (least, most, told.index[-1])))

    def code(self, transfer: str) -> str:
        """'B2, contested'."""
        state = self.selection.states.loc[transfer]
        return f"{state['reliability']}{state['credibility']}{', contested' if state['contested'] else ''}"

    # --- charts ------------------------------------------------------------------------------------

    def charts(self) -> Iterable[Chart]:
        """The charts that have something to show."""
        makers: Mapping[str, Callable[[Mapping[str, Any]], Chart]] = {
            "map": self._map,
            "timeline": self._timeline,
            "figures": self._figures,
        }
        for name, figure in drawing.figures(self.records, self.selection).items():
            yield makers[name](figure)

    def caption(self, finding: str, title: str, reading: str, **told: Any) -> Caption:
        """The words around a chart."""
        return captions.caption(
            self.records, self.selection, finding=finding, title=title, reading=reading, on=self.on, **told
        )

    def _map(self, figure: Mapping[str, Any]) -> Chart:
        rows = tuple(
            (
                Line(f"{row['from']} → {row['to']}"),
                Line(row["family_label"]),
                Line(str(row["transfers"])),
                Line(f"{row['evidence']}, {row['step'].lower()}"),
                Line("yes" if row["contested"] else "no"),
            )
            for row in flows.table(self.records, self.selection)
        )
        heads = ("From and to", "What", "Transfers", "Best evidence", "Contested")
        finding = flows.headline(self.records, self.selection)
        title = "Flows between countries, and routes from the sources"
        left_out = flows.not_drawn(self.records, self.selection)
        reading = f"{captions.READINGS['map'].strip()} {left_out}".strip()
        every = len(flows.flows(self.records, self.selection))
        listed = f"{len(rows):,} of the {every:,} flows" if len(rows) < every else "The flows"
        return Chart(
            "map",
            "Map",
            figure,
            self.caption(finding, title, reading),
            flows.in_words(self.records, self.selection),
            Table(f"{listed} of the map", heads, rows),
            self._colours(self.records["transfers"].loc[self.selection.transfers, "family"]),
        )

    def _timeline(self, figure: Mapping[str, Any]) -> Chart:
        found = events_told.events(self.records, self.selection)
        start, end = drawing.span(self.records, self.selection)
        inside = found[timeline_drawing.within(found, start, end)]
        told = inside[inside["significance"] == 3] if len(inside) > 20 else inside
        rows = tuple(
            (
                Line(dates.interval_words(e["date"], e["end"])),
                Line(
                    e["title"],
                    self.notes(*self.desk.public("sources", e["sources"])[:2]),
                    self.url("event", e["id"]),
                ),
                Line(e["lane_label"]),
            )
            for e in told.to_dict("records")
        )
        which = "The key events" if len(told) < len(inside) else "The events of the timeline"
        title = f"Events by day and kind, {dates.day_words(start)} to {dates.day_words(end)}"
        return Chart(
            "timeline",
            "Timeline",
            figure,
            self.caption(
                events_told.headline(story(self.records), found, self.selection.view),
                title,
                captions.READINGS["timeline"],
                events=inside,
            ),
            events_told.in_words(found),
            Table(which, ("When", "What", "Kind"), rows),
            self._colours(inside["family"]),
        )

    def _figures(self, figure: Mapping[str, Any]) -> Chart:
        words, found, panels = drawing.told(self.records, self.selection)
        drawn = [f for panel in panels for f in panel.figures]
        rows = tuple(
            (
                Line(dates.words(f.date)),
                Line(f.by),
                Line(f.words, self.notes(f.cited["id"])),
                Line(f"{f.item}: {f.what}"),
            )
            for f in found
        )
        transfers = list(dict.fromkeys(f.transfer for f in found))
        told = self.records.taken("assertions", [f.id for f in drawn])
        title = f"Published figures by date and claimant: {words}"
        reading = captions.signs(figures_drawing.signs(panels))
        if len(found) > len(drawn):
            reading += f" {len(drawn)} of {len(found)} figures are drawn; the table has all."
        return Chart(
            "figures",
            "Published figures",
            figure,
            self.caption(
                estimates.headline(self.records, self.selection, transfers), title, reading, told=told
            ),
            estimates.in_words(panels),
            Table("Every figure", ("Published", "By", "Figure", "Of what"), rows),
            (),
        )

    def _colours(self, families: Iterable[str]) -> tuple[tuple[str, str], ...]:
        shown, rows = set(families), self.records["families"]
        colours = LIGHT["families"]
        return tuple(
            (short, colours[name])
            for name, short in zip(rows["id"], rows["short"], strict=True)
            if name in shown
        )

    # --- cards -------------------------------------------------------------------------------------

    def card(self, transfer: str) -> Card:
        """The card of a transfer, as on the screen, in plain words."""
        told = cards.WRITERS["transfer"](self.desk, transfer)
        row, grade = told["row"], told["grade"]
        return Card(
            id=transfer,
            url=self.url("transfer", transfer),
            title=row["item"],
            line=f"{self._ends_of(row)}; {self.desk.label('weapon_types', row['weapon_type'])}",
            code=grade["code"],
            code_words=f"{grade['number_words']}; best source {grade['letter_words'].lower()}",
            summary="" if self.as_of else row["summary"],
            facts=tuple(self._facts(told)),
            figures=tuple(self._spread(spread) for spread in told["spreads"][:MOST_FIGURES]),
            claims=tuple(self.statement(a) for a in told["shown"]),
            more_claims=len(told["claims"]) - len(told["shown"]),
            answers=tuple(self.statement(a) for a in told["answers"]),
            breaches=tuple(self._breach(b) for b in told["breaches"]),
        )

    def _ends_of(self, row: Row) -> str:
        return " → ".join(self.desk.label("countries", row[end]) for end in ("origin", "destination"))

    def _facts(self, told: Row) -> Iterable[tuple[str, Line]]:
        grade, row = told["grade"], told["row"]
        best, first = told["best"], told["first"]
        yield (
            "Best evidence",
            Line(
                f"step {best['step']}, {self.desk.label('evidence', best['step']).lower()}; first on "
                f"{dates.words(best['date'])}, {best['by']}",
                self.notes(best["source"]),
            ),
        )
        yield (
            "First reported",
            Line(f"{dates.words(first['date'])}, {first['by']}", self.notes(first["source"])),
        )
        yield (
            "Weight",
            Line(
                f"{wording.plural(grade['publications'], 'publication')}, "
                f"{wording.plural(grade['origins'], 'independent origin')}"
            ),
        )
        yield "Disputed", Line(self._disputed(told))
        if told["period"]:
            yield "When", Line(told["period"])
        if not self.as_of:
            status = row["status"]
            meaning = self.desk.meaning("statuses", status)
            yield "Editors’ status, with hindsight", Line(f"{self.desk.label('statuses', status)}. {meaning}")

    def _disputed(self, told: Row) -> str:
        parts = [f"{self.desk.label('countries', d['country'])} {d['words']}" for d in told["disputes"]]
        return "; ".join(parts) or "nobody denies or doubts it in these records"

    def _spread(self, spread: Row) -> Line:
        count = (
            f"{wording.plural(spread['figures'], 'figure')} by {wording.plural(spread['origins'], 'origin')}"
        )
        ends = dict.fromkeys([spread["claims"][0]["source"], spread["claims"][-1]["source"]])
        caution = "; what would fit, not a count" if spread["capacity"] else ""
        return Line(f"{spread['words']} ({spread['what']}{caution}): {count}", self.notes(*ends))

    def _breach(self, breach: Row) -> Line:
        return Line(
            f"{breach['instrument']}, {breach['article']}: {breach['sentence']}",
            self.notes(*(source["id"] for source in breach["cited"])),
        )

    def statement(self, told: Row) -> Statement:
        """An assertion or denial in words."""
        country = self.desk.label("countries", told["by_country"])
        cautions = [self.desk.label("warnings", code) for code in told["warnings"]]
        if told["cited"]["via"]:
            cautions.insert(0, f"read through {told['cited']['via']}")
        return Statement(
            when=dates.words(told["date"]),
            by=told["by"] if not country or country in told["by"] else f"{told['by']} ({country})",
            stance=self._stance(told),
            evidence=f"evidence {told['step']}" if told["step"] else "",
            says=told["says"],
            figure=f"{told['figure']}, {told['what']}" if told["figure"] and told["what"] else told["figure"],
            passage=told["locator"],
            cautions="; ".join(cautions),
            notes=self.notes(told["source"]),
        )

    def _stance(self, told: Row) -> str:
        verb = self.desk.meaning("stances", told["stance"], "verb")
        if told["stance"] not in DENIALS:
            return "gives no answer" if told["reach"] == "no-answer" else str(verb)
        return f"{verb} {self.desk.label('reaches', told['reach']).lower()}"

    def contested(self) -> Iterable[Dispute]:
        """Each transfer in view that someone denies or doubts, with the words in which it is done."""
        state = self.selection.states
        for transfer in state.index[state["contested"]]:
            said = cards.assertions(self.desk, self.desk.naming("assertions", "transfer", transfer))
            against = [a for a in said if a["stance"] in DENIALS]
            row = self.desk.row("transfers", transfer)
            told = {"disputes": cards.disputes(self.desk, against)}
            yield Dispute(
                f"{row['item']} ({self._ends_of(row)})",
                self.url("transfer", transfer),
                wording.capital(self._disputed(told)),
                tuple(self.statement(a) for a in against),
            )

    def rule(self, wanted: Sequence[str], by_choice: bool) -> str:
        """Why these cards stand here."""
        if len(wanted) == len(self.selection.transfers):
            return ALL
        return CHOSEN if by_choice else RULE

    def rest(self, wanted: Sequence[str]) -> Table:
        """The transfers in view without a card, one line each."""
        left = [t for t in self.selection.transfers if t not in set(wanted)]
        ordered = sorted(
            self.desk.rows("transfers", left),
            key=lambda row: (row["origin"], row["destination"], row["item"]),
        )
        rows = tuple(self._rest(row) for row in ordered)
        heads = ("Transfer", "From and to", "Code", "Best evidence", "First reported")
        return Table("The other transfers in view", heads, rows)

    def _rest(self, row: Row) -> tuple[Line, ...]:
        state = self.selection.states.loc[row["id"]]
        source = self.desk.cell("assertions", str(state["evidence_assertion"]), "source")
        return (
            Line(row["item"], url=self.url("transfer", row["id"])),
            Line(self._ends_of(row)),
            Line(self.code(row["id"])),
            Line(
                f"{state['evidence']}, {self.desk.label('evidence', state['evidence']).lower()}",
                self.notes(source),
            ),
            Line(dates.day_words(state["first_reported"].date())),
        )

    # --- what is not known, how to read, sources ------------------------------------------------------

    def not_found(self) -> Iterable[tuple[str, tuple[Line, ...]]]:
        """What was looked for and not found, by result; none on a turned-back day."""
        found = exchange.table(self.records, self.selection)
        groups: dict[str, dict[str, Line]] = {}
        for pair in exchange.pairs(found):
            for group in exchange.not_found(self.records, found, pair, self.selection.view):
                rows = groups.setdefault(group["label"], {})
                rows |= {
                    row["id"]: Line(f"{row['looked_for']} {row['note']}".strip()) for row in group["rows"]
                }
                if group["more"]:
                    rows[""] = Line("Not all are listed: the records hold more.")
        return ((label, tuple(rows.values())) for label, rows in groups.items())

    def scale(self) -> tuple[Table, ...]:
        """What steps, letters and numbers mean."""
        kinds = {
            "evidence": "Evidence of an assertion, steps 1 to 5",
            "reliability": "Letter: reliability of the best source",
            "credibility": "Number: credibility of the information",
        }
        return tuple(
            Table(title, ("Code", "Name", "Meaning"), tuple(self._codes(table)))
            for table, title in kinds.items()
        )

    def _codes(self, table: str) -> Iterable[tuple[Line, ...]]:
        for row in self.records[table].to_dict("records"):
            meaning = cards.rule(int(row["id"])) if table == "credibility" else row["meaning"]
            yield Line(str(row["id"])), Line(row["label"]), Line(wording.capital(meaning))

    def sources(self) -> Iterable[Source]:
        """The sources that the text names, in the order of their numbers; last, when all else is written."""
        for source, number in self.notes.numbers.items():
            url = safe_url(str(self.desk.cell("sources", source, "url")))
            words = cite.source_citation(self.records, source)
            if url and words.rstrip(".").endswith(url):
                words = words.rstrip(".").removesuffix(url).rstrip()
            yield Source(number, source, words, url)

    def url(self, kind: str, record: str) -> str:
        """The address of a record, if the host is known."""
        parts = urlsplit(self.address)
        if not parts.netloc:
            return ""
        day = {"as_of": self.as_of.isoformat()} if self.as_of else None
        return safe_url(f"{parts.scheme}://{parts.netloc}{record_url(kind, record, day)}")
