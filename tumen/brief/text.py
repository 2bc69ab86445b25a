"""The brief as Markdown that pandoc, GitHub and people read; every text of the data stays a text."""

import re
from collections.abc import Iterable, Iterator

from tumen.brief.content import Brief, Card, Chart, Line, Source, Statement, Table
from tumen.templates import TURNING

SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>$~^|@&"})  # at any place
# What would begin a heading, a list, a quotation, a definition.
OPENING = frozenset("#+-:=%!.\"'")
NUMBER = re.compile(r"^(\(?\w{1,5})([.)])")
WEB = re.compile(r"(?i)\b(https?|ftp|www)([:.])")  # a bare address would become a link
URL = str.maketrans({sign: f"%{ord(sign):02X}" for sign in " <>()[]\\\"'`|{}^\n\r"})


def markdown(brief: Brief) -> str:
    """The brief as Markdown: headings, pipe tables, numbered sources with links from the text."""
    parts = [
        *_head(brief),
        *_table(brief.key_figures, 2),
        *(block for chart in brief.charts for block in _chart(chart)),
        *_contested(brief),
        *_cards(brief),
        *_table(brief.rest, 2),
        *_unknown(brief),
        *_reading(brief),
        *_sources(brief),
        *_terms(brief),
    ]
    return "\n\n".join(parts) + "\n"


def plain(text: object) -> str:
    """A text for a place that reads Markdown, with every sign of Markdown made harmless."""
    shown = " ".join(str(text).translate(TURNING).split()).translate(SIGNS)
    shown = NUMBER.sub(r"\1\\\2", WEB.sub(r"\1\\\2", shown))
    return f"\\{shown}" if shown[:1] in OPENING else shown


def _head(brief: Brief) -> Iterator[str]:
    yield f"# {plain(brief.finding)}"
    yield plain(brief.sentence)
    yield f"{plain(brief.dated)} {_address(brief.address)}"
    if brief.hindsight:
        yield plain(brief.hindsight)


def _address(url: str) -> str:
    return f"<{url.translate(URL)}>" if "://" in url else plain(url)


def _line(line: Line) -> str:
    text = plain(line.text)
    if line.url and text:
        text = f"[{text}]({line.url.translate(URL)})"
    return f"{text}{_notes(line.notes)}"


def _notes(numbers: Iterable[int]) -> str:
    """Numbers of sources as links to the list at the end."""
    return "".join(f" [\\[{number}\\]](#source-{number})" for number in numbers)


def _table(table: Table, level: int) -> Iterator[str]:
    if not table.rows:
        return
    yield f"{'#' * level} {plain(table.title)}"
    yield "\n".join(
        [
            _row(plain(head) for head in table.heads),
            _row("---" for _ in table.heads),
            *(_row(_line(cell) or " " for cell in row) for row in table.rows),
        ]
    )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _chart(chart: Chart) -> Iterator[str]:
    yield f"## {plain(chart.heading)}"
    yield f"**{plain(chart.caption.finding)}**"
    yield plain(chart.alt)
    yield plain(chart.caption.basis)
    yield from _table(chart.table, 3)


def _contested(brief: Brief) -> Iterator[str]:
    if not brief.contested:
        return
    yield "## What is contested"
    for dispute in brief.contested:
        yield f"### {_line(Line(dispute.title, url=dispute.url))}"
        yield f"{plain(dispute.words)}."
        yield _statements(dispute.statements)


def _statements(told: Iterable[Statement]) -> str:
    return "\n".join(f"- {_statement(one)}" for one in told)


def _statement(told: Statement) -> str:
    head = f"**{plain(told.when)}**, {plain(told.by)} {plain(told.stance)}"
    parts = [f"{head}{f' ({plain(told.evidence)})' if told.evidence else ''}: {plain(told.says)}"]
    parts += [f"**{plain(told.figure)}**."] if told.figure else []
    parts += [f"“{plain(told.passage)}”"] if told.passage else []
    parts += [f"*{plain(told.cautions)}.*"] if told.cautions else []
    return f"{' '.join(parts)}{_notes(told.notes)}"


def _cards(brief: Brief) -> Iterator[str]:
    if not brief.cards:
        return
    yield "## Record cards"
    yield plain(brief.rule)
    for card in brief.cards:
        yield from _card(card)


def _card(card: Card) -> Iterator[str]:
    yield f"### {_line(Line(card.title, url=card.url))}"
    yield f"{plain(card.line)}. **{plain(card.code)}**: {plain(card.code_words)}."
    if card.summary:
        yield plain(card.summary)
    yield "\n".join(f"- {plain(name)}: {_line(line)}" for name, line in card.facts)
    if card.figures:
        yield "#### Figures"
        yield "\n".join(f"- {_line(line)}" for line in card.figures)
    if card.claims:
        yield "#### Claims"
        yield _statements(card.claims)
    if card.more_claims:
        yield f"{card.more_claims} more claims stand on the whole card."
    if card.answers:
        yield "#### Denials, doubts, no answers"
        yield _statements(card.answers)
    if card.breaches:
        yield "#### Would breach, if it took place"
        yield "\n".join(f"- {_line(line)}" for line in card.breaches)


def _unknown(brief: Brief) -> Iterator[str]:
    if not brief.not_found:
        return
    yield "## What is not known"
    for label, lines in brief.not_found:
        yield f"### {plain(label)}"
        yield "\n".join(f"- {_line(line)}" for line in lines)


def _reading(brief: Brief) -> Iterator[str]:
    yield "## How to read the code"
    for table in brief.scale:
        yield from _table(table, 3)
    yield plain(brief.borders)


def _sources(brief: Brief) -> Iterator[str]:
    if not brief.sources:
        return
    yield "## Sources"
    yield "\n".join(_source(source) for source in brief.sources)


def _source(source: Source) -> str:
    address = f" {_address(source.url)}" if source.url else ""
    return f'{source.number}. <a id="source-{source.number}"></a>{plain(source.citation)}{address}'


def _terms(brief: Brief) -> Iterator[str]:
    yield "## How to cite"
    yield plain(brief.citation)
    yield f"Licence: {_line(Line(brief.licence, url=brief.licence_url))}. {plain(brief.licence_note)}"
