"""The README of a taken-away view: what it is, as of when, what its files hold and leave out, the terms."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tumen import browse, cite, dates, view, wording
from tumen.descriptor import Table
from tumen.desk import Desk
from tumen.export import csvs, package, tables
from tumen.export.csvs import Sheet
from tumen.export.tables import Tables
from tumen.mistakes import shown
from tumen.records import Records
from tumen.view import Selection

MARKS = "\\`*_[]<>#|"  # what Markdown would read as more than text
MOST_NAMED = 200  # cells made safe that are named one by one
OTHERS: Mapping[str, str] = {  # the files of a package that are no tables
    "flows.geojson": "One line for each sender, receiver and family of goods, with the number of transfers, "
    "best evidence, its code and whether any is contested. The lines are schematic.",
    "routes.geojson": "One line for each leg of a route in view: how it is travelled, on what basis it is "
    "drawn, its length, and the best evidence of a transfer on it.",
    "places.geojson": "The places that the rows name; `approximate` says how sure the point is.",
    "view.gpkg": "The same three as layers of a GeoPackage, for QGIS and others. EPSG:4326.",
    "datapackage.json": "What every table and column means and may hold (Frictionless Data Package). "
    "Columns with `tumen:derived` follow from the assertions and are stored nowhere.",
}


@dataclass(frozen=True)
class Made:
    """What a README tells of: the tables of a view and how they were written."""

    records: Records
    selection: Selection
    tables: Tables
    sheets: Mapping[str, Sheet]
    address: str
    on: date

    @property
    def known(self) -> list[Table]:
        """What the descriptor says of the tables."""
        return list(browse.package(self.records).tables)


def about(records: Records, selection: Selection, address: str, on: date) -> list[tuple[str, str]]:
    """What a reader of any download must know of it: view, day, version, address, terms, citation."""
    known, day = browse.package(records), selection.view.as_of
    return [
        ("View", view.sentence(selection, records)),
        ("Known as of", dates.day_words(day) if day else "all that is recorded"),
        ("Address", shown_address(address)),
        ("Data version", f"{known.version}, content {records.version or 'unknown'}"),
        ("Licence", f"{known.licence} ({known.licence_url}). {known.licence_note}".strip()),
        ("Cite as", cite.whole(records, known.version, on, shown_address(address), day)),
    ]


def shown_address(address: str) -> str:
    """An address without anything that could break out of a line."""
    return "".join(sign for sign in address if sign.isprintable() and sign not in " <>\"'`")


def readme(made: Made) -> str:
    """The whole README as Markdown."""
    parts = {
        browse.package(made.records).title: _opening(made),
        "What each file holds": _files(made),
        "Where each row comes from": _sources(made),
        "What is left out": _left_out(made),
        "Spreadsheets": _spreadsheets(made),
        "Licence": _licence(made),
        "How to cite": [f"> {text(_told(made)['Cite as'])}"],
    }
    return "\n".join(line for title, lines in parts.items() for line in _part(title, lines))


def text(words: str) -> str:
    """Words of the data as Markdown that shows them and nothing else."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
    return "".join(f"\\{sign}" if sign in MARKS else sign for sign in line)


def _part(title: str, lines: Iterable[str]) -> list[str]:
    rank = "#" if title not in PARTS else "##"
    return [f"{rank} {text(title)}", "", *lines, ""]


PARTS = (
    "What each file holds",
    "Where each row comes from",
    "What is left out",
    "Spreadsheets",
    "Licence",
    "How to cite",
)


def _told(made: Made) -> dict[str, str]:
    return dict(about(made.records, made.selection, made.address, made.on))


def _opening(made: Made) -> Iterator[str]:
    told = _told(made)
    yield f"**{text(told['View'])}**"
    yield ""
    yield f"- Known as of: {text(told['Known as of'])}."
    yield f"- Address of this view: <{told['Address']}>"
    yield f"- Data version: {text(told['Data version'])} (the second is a hash of all rows)."
    yield f"- Taken away on {dates.day_words(made.on)}."
    yield ""
    yield text(browse.package(made.records).description)


def _files(made: Made) -> Iterator[str]:
    yield "| file | rows | what it holds |"
    yield "|---|---|---|"
    for table in made.known:
        yield f"| `{table.path}` | {len(made.tables[table.name]):,} | {text(table.description)} |"
    for name, words in OTHERS.items():
        yield f"| `{name}` | | {words} |"


def _sources(made: Made) -> Iterator[str]:
    """Which columns name the sources of a row, and where in the source to read."""
    yield "Nothing here stands without a source. These columns name it by its id in `sources.csv`, which has"
    yield "publisher, date, address, the outlet it was read through (`via`) and a letter for its reliability:"
    yield ""
    for table in made.known:
        own = tables.stored(made.records, made.selection, table.name)
        naming = [c.name for c in own if c.reference and c.reference.table == "sources"]
        if naming:
            where = "; where to read it stands in `locator`" if "locator" in table.by_name else ""
            yield f"- `{table.path}`: {', '.join(f'`{name}`' for name in naming)}{where}."
    yield "- `transfers.csv`: its sources are those of its assertions (column `transfer` there)."
    if late := _late(made):
        yield ""
        yield (
            f"{wording.plural(len(late), 'source')} came out after the day of this view and "
            f"{'is' if len(late) == 1 else 'are'} here because a statement made by that day was read there: "
            f"{', '.join(f'`{source}`' for source in late)}."
        )


def _late(made: Made) -> list[str]:
    desk = Desk(made.records, made.selection.view.as_of)
    return [str(i) for i in made.tables["sources"].index if not desk.is_public("sources", str(i))]


def _left_out(made: Made) -> Iterator[str]:
    left = made.selection.reported - len(made.selection.transfers)
    yield f"- Transfers on record that this view leaves out: {left:,}."
    yield "- Nothing is added up or averaged: containers, tonnes and rounds are different quantities."
    for leading in package.leading_out(made.records, made.selection, made.tables):
        yield (
            f"- `{leading.table}.{leading.column}` also names {wording.plural(len(leading.out), 'row')} of "
            f"{leading.target} outside this view; the ids are kept."
        )
    if made.selection.view.as_of:
        yield from _turned_back(made)


def _turned_back(made: Made) -> Iterator[str]:
    yield "- Everything that was not public by the day of this view, and references to it."
    yield f"- Whole tables that speak of today: {', '.join(f'`{name}`' for name in browse.EDITORIAL)}."
    for table in made.known:
        if hidden := browse.HINDSIGHT.get(table.name):
            names = ", ".join(f"`{name}`" for name in hidden)
            yield f"- Columns of `{table.path}` written with hindsight: {names}."


def _spreadsheets(made: Made) -> Iterator[str]:
    changed = [(t, *cell) for t, sheet in made.sheets.items() for cell in sheet.made_safe]
    yield f"{csvs.RULE} Files that are not CSV hold the texts as they are."
    yield "Open the CSV files as UTF-8 with the comma as separator: a spreadsheet that splits at semicolons"
    yield "sees other cells than those that were looked at here."
    yield ""
    yield f"Cells changed by this rule in this package: {len(changed):,}."
    if changed:
        yield ""
    for table, row, column in changed[:MOST_NAMED]:
        yield f"- {text(table)}, row {text(shown(row))}, column {text(column)}"
    if len(changed) > MOST_NAMED:
        yield f"- and {len(changed) - MOST_NAMED:,} more"


def _licence(made: Made) -> Iterator[str]:
    known = browse.package(made.records)
    yield f"Data: [{text(known.licence)}]({shown_address(known.licence_url)})."
    yield f"{text(known.licence_note)} To give credit, name Tumen, the version of the data and the licence,"
    yield "and say what you changed. Facts belong to nobody: a figure is best cited with the one who"
    yield "published it."
