"""The brief as a Word document: real headings, tables and pictures, sources to jump to."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from tumen.brief.content import Brief, Card, Chart, Line, Statement, Table
from tumen.brief.picture import Picture
from tumen.templates import TURNING, safe_url

UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
FONT = "Arial"  # on every machine that has Word, and metric-compatible elsewhere
ACCENT, QUIET = RGBColor(0x8A, 0x1C, 0x1C), RGBColor(0x5A, 0x62, 0x6B)
WIDE, HIGH = 170, 215  # millimetres that a picture may take


def docx(brief: Brief, pictures: Mapping[str, Picture]) -> bytes:
    """The brief as the bytes of a .docx file (A4).

    Args:
        brief: its parts.
        pictures: chart → its picture; a chart without one is told in words and its table.
    """
    paper = _Paper(brief, pictures)
    paper.write()
    file = BytesIO()
    paper.document.save(file)
    return file.getvalue()


def plain(text: object) -> str:
    """A text that XML can hold, in the order in which it is read."""
    return UNFIT.sub("", str(text).translate(TURNING))


class _Paper:
    """One document while it is written."""

    def __init__(self, brief: Brief, pictures: Mapping[str, Picture]) -> None:
        self.brief, self.pictures = brief, pictures
        self.document = Document()
        self.marks = 0
        _styles(self.document)
        self.styles = {style.name: style.style_id for style in self.document.styles}
        _properties(self.document, brief)

    def write(self) -> None:
        """All parts in their order."""
        brief = self.brief
        self.head()
        self.table(brief.key_figures, 1)
        for chart in brief.charts:
            self.chart(chart)
        self.contested()
        self.cards()
        self.table(brief.rest, 1)
        self.unknown()
        self.reading()
        self.sources()
        self.heading("How to cite", 1)
        self.paragraph(brief.citation)
        licence = self.line(Line(f"Licence: {brief.licence}", url=brief.licence_url))
        licence.add_run(f". {plain(brief.licence_note)}")

    # --- small parts -------------------------------------------------------------------------------

    def heading(self, text: str, level: int) -> None:
        """A real heading, so that Word's own outline has it."""
        self.document.add_heading(plain(text), level)

    def paragraph(self, text: str, style: str | None = None) -> Paragraph:
        """A paragraph of plain text."""
        return self.style(self.document.add_paragraph(plain(text)), style)

    def style(self, paragraph: Paragraph, style: str | None) -> Paragraph:
        """Give a paragraph its style by id: python-docx looks for the default one each time, all of 10 ms."""
        if style:
            paragraph._p.style = self.styles[style]
        return paragraph

    def line(self, line: Line, style: str | None = None, before: str = "") -> Paragraph:
        """A paragraph with its links and the numbers of its sources."""
        made = self.paragraph("", style)
        if before:
            made.add_run(plain(before)).bold = True
        _fill(made, line)
        return made

    def table(self, table: Table, level: int) -> None:
        """A table under a heading; nothing at all if it has no rows."""
        if not table.rows:
            return
        self.heading(table.title, level)
        made = self.document.add_table(rows=0, cols=len(table.heads), style="Table Grid")
        made.autofit = False
        widths = _widths(table)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        heads = tuple(Line(head) for head in table.heads)
        for number, row in enumerate((heads, *table.rows)):
            added = made.add_row()
            for cell, line, width in zip(added.cells, row, widths, strict=True):
                cell.width = width
                paragraph = cell.paragraphs[0]
                self.style(paragraph, "Cell")
                _fill(paragraph, line)
                if not number:
                    paragraph.runs[0].bold = True
            _row(added, "w:cantSplit", *(() if number else ("w:tblHeader",)))
        self.document.add_paragraph()

    def statements(self, told: Iterable[Statement]) -> None:
        """Assertions or denials as a list."""
        for one in told:
            made = self.paragraph("", "List Bullet")
            made.add_run(plain(one.when)).bold = True
            made.add_run(plain(f", {one.by} "))
            made.add_run(plain(one.stance)).italic = True
            made.add_run(plain(f"{f' ({one.evidence})' if one.evidence else ''}: {one.says}"))
            if one.figure:
                made.add_run(plain(f" {one.figure}.")).bold = True
            if one.passage:
                made.add_run(plain(f" “{one.passage}”"))
            if one.cautions:
                made.add_run(plain(f" {one.cautions}.")).font.color.rgb = QUIET
            _notes(made, one.notes)

    # --- parts -------------------------------------------------------------------------------------

    def head(self) -> None:
        """What is found, in which view, as of when."""
        brief = self.brief
        self.paragraph("Tumen brief", "Quiet")
        self.heading(brief.finding, 0)
        self.paragraph(brief.sentence)
        made = self.paragraph(f"{brief.dated} ", "Quiet")
        _fill(made, Line(brief.address, url=brief.address))
        if brief.hindsight:
            self.paragraph(brief.hindsight, "Quiet")

    def chart(self, chart: Chart) -> None:
        """The picture with its words, or the words alone; and the table."""
        self.heading(chart.heading, 1)
        finding = self.paragraph(chart.caption.finding)
        finding.runs[0].bold = finding.paragraph_format.keep_with_next = True
        if chart.name in self.pictures:
            self.picture(chart, self.pictures[chart.name])
            caption = f"{chart.caption.title}. {chart.caption.reading} {chart.caption.basis}"
            if chart.colours:
                self.colours(chart.colours)
            self.paragraph(caption, "Caption")
        else:
            self.paragraph(chart.alt)
            self.paragraph(f"Made without pictures. {chart.caption.basis}", "Quiet")
        self.table(chart.table, 2)

    def picture(self, chart: Chart, picture: Picture) -> None:
        """The PNG as wide as the page, with its alternative text."""
        wide = min(WIDE, HIGH * picture.width / picture.height)
        shape = self.document.add_picture(BytesIO(picture.png), width=Mm(wide))
        shape._inline.docPr.set("descr", plain(chart.alt))
        shape._inline.docPr.set("title", plain(chart.caption.title))

    def colours(self, colours: Sequence[tuple[str, str]]) -> None:
        """What the colours of the picture mean."""
        made = self.paragraph("", "Caption")
        for label, colour in colours:
            made.add_run("■ ").font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
            made.add_run(f"{plain(label)}   ")

    def contested(self) -> None:
        """Who denies or doubts what, in which words."""
        if not self.brief.contested:
            return
        self.heading("What is contested", 1)
        for dispute in self.brief.contested:
            self.heading(dispute.title, 2)
            self.paragraph(f"{dispute.words}.")
            self.statements(dispute.statements)

    def cards(self) -> None:
        """The record cards that were chosen."""
        if not self.brief.cards:
            return
        self.heading("Record cards", 1)
        self.paragraph(self.brief.rule, "Quiet")
        for card in self.brief.cards:
            self.card(card)

    def card(self, card: Card) -> None:
        """One card."""
        self.heading(f"{card.title} ({card.code})", 2)
        self.paragraph(f"{card.line}. {card.code_words}.", "Quiet")
        if card.summary:
            self.paragraph(card.summary)
        for name, fact in card.facts:
            self.line(fact, before=f"{name}: ")
        self.lines("Figures", card.figures)
        if card.claims:
            self.heading("Claims", 3)
            self.statements(card.claims)
        if card.more_claims:
            more = f"{card.more_claims} more claims on the whole card"
            self.line(Line(more, url=card.url), "Quiet")
        if card.answers:
            self.heading("Denials, doubts, no answers", 3)
            self.statements(card.answers)
        self.lines("Would breach, if it took place", card.breaches)

    def lines(self, title: str, lines: Iterable[Line], level: int = 3) -> None:
        """A list under a heading; nothing if it is empty."""
        for number, line in enumerate(lines):
            if not number:
                self.heading(title, level)
            self.line(line, "List Bullet")

    def unknown(self) -> None:
        """What was looked for and not found."""
        if self.brief.not_found:
            self.heading("What is not known", 1)
        for label, lines in self.brief.not_found:
            self.lines(label, lines, 2)

    def reading(self) -> None:
        """What steps, letters and numbers mean."""
        self.heading("How to read the code", 1)
        for table in self.brief.scale:
            self.table(table, 2)
        self.paragraph(self.brief.borders, "Quiet")

    def sources(self) -> None:
        """The numbered sources, each a target of the numbers in the text."""
        if self.brief.sources:
            self.heading("Sources", 1)
        for source in self.brief.sources:
            made = self.paragraph("", "Source")
            self.marks += 1
            _bookmark(made, f"source_{source.number}", self.marks)
            made.add_run(f"{source.number}.\t{plain(source.citation)} ")
            _fill(made, Line(source.url, url=source.url))


# --- what python-docx does not do itself ---------------------------------------------------------------


def _fill(paragraph: Paragraph, line: Line) -> None:
    """The text, as a link where it has a plain address, and its numbers."""
    url = safe_url(line.url)
    if url and line.text:
        relation = paragraph.part.relate_to(plain(url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        _link(paragraph, line.text, {qn("r:id"): relation})
    elif line.text:
        paragraph.add_run(plain(line.text))
    _notes(paragraph, line.notes)


def _notes(paragraph: Paragraph, numbers: Iterable[int]) -> None:
    """Raised numbers that lead to the sources."""
    for place, number in enumerate(numbers):
        if place:
            paragraph.add_run(",").font.superscript = True
        _link(paragraph, str(number), {qn("w:anchor"): f"source_{number}"}, raised=True)


def _link(paragraph: Paragraph, text: str, target: Mapping[str, str], raised: bool = False) -> None:
    run = paragraph.add_run(plain(text))
    run.font.color.rgb = ACCENT
    run.font.superscript = raised or None
    link = OxmlElement("w:hyperlink")
    for name, value in target.items():
        link.set(name, value)
    link.append(run._r)
    paragraph._p.append(link)


def _bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    for kind in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(kind)
        mark.set(qn("w:id"), str(number))
        if kind == "w:bookmarkStart":
            mark.set(qn("w:name"), name)
        paragraph._p.append(mark)


def _widths(table: Table) -> list[Mm]:
    """Columns as wide as what stands in them asks for, short ones not too narrow."""
    lengths = [
        max(len(head), *(len(row[n].text) for row in table.rows)) for n, head in enumerate(table.heads)
    ]
    weights = [max(11.0, length**0.75) for length in lengths]
    return [Mm(WIDE * weight / sum(weights)) for weight in weights]


def _row(row: Any, *rules: str) -> None:
    """Rules of a row: not cut by the end of a page; repeated at the head of each."""
    properties = row._tr.get_or_add_trPr()
    for rule in rules:
        properties.append(OxmlElement(rule))


def _properties(document: Any, brief: Brief) -> None:
    """What a file manager and a reference manager read."""
    core, now = document.core_properties, datetime.combine(brief.on, time(), UTC)
    core.title, core.subject = plain(brief.finding)[:255], plain(brief.sentence)[:255]
    core.author, core.category, core.language = "Tumen", "Brief", "en"
    core.keywords = f"data version {brief.version}"
    core.comments = plain(f"{brief.dated} {brief.licence}")[:255]
    core.created, core.modified = now, now


def _styles(document: Any) -> None:
    """A4, one face, quiet sizes."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    styles = document.styles
    for name, size in {
        "Normal": 10,
        "Title": 20,
        "Heading 1": 14,
        "Heading 2": 11.5,
        "Heading 3": 10,
        "Caption": 8.5,
    }.items():
        style = styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        _face(style)
        if name not in ("Normal", "Caption"):
            style.font.color.rgb = ACCENT if name == "Heading 1" else RGBColor(0x1C, 0x1F, 0x23)
    styles["Caption"].font.color.rgb, styles["Caption"].font.bold = QUIET, False
    styles["Normal"].paragraph_format.space_after = Pt(4)
    for name, size in {"Quiet": 8.5, "Cell": 8.5, "Source": 8.5}.items():
        style = styles.add_style(name, 1)
        style.base_style, style.font.size = styles["Normal"], Pt(size)
        style.paragraph_format.space_after = Pt(2)
    styles["Quiet"].font.color.rgb = QUIET
    styles["Source"].paragraph_format.left_indent = Mm(10)
    styles["Source"].paragraph_format.first_line_indent = Mm(-10)
    styles["Source"].paragraph_format.tab_stops.add_tab_stop(Mm(10))


def _face(style: Any) -> None:
    """One face for all scripts: a heading's theme font would win otherwise."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    for kind in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{kind}"), FONT)
