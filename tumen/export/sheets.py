"""Tables as one Excel workbook: a sheet each, and a first sheet that says what the view is.

Every text is written as text: nothing is run as a formula, turned into a link or guessed to be a date.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tumen.descriptor import Column
from tumen.export import csvs
from tumen.export.pieces import pieces

MOST_TEXT = 32_767  # signs in a cell, Excel's limit
CUT = " […] (cut here: a cell of Excel holds no more; the CSV has the whole text)"
MOST_NUMBER = 9.99999999999999e307  # Excel's limit; what is beyond it stands as text
MOST_ROWS = 1_048_575  # below the header, Excel's limit
MOST_CELLS = 5_000_000  # of a workbook: more would keep a server from others for a minute, and Excel, too
MANY_CELLS = 250_000  # from which each row is written to disk at once, and texts are not gathered first
NARROWEST, WIDEST, LOOKED_AT = 8, 60, 200  # signs; rows from which a width is taken
ABOUT_WIDTH, LINE_HEIGHT = 100, 15.0  # signs, points
MADE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # the same view gives the same file

Sheets = Mapping[str, tuple[pd.DataFrame, Sequence[Column]]]


class TooManyRows(ValueError):
    """A table has more rows than a sheet of Excel can hold, or a workbook more cells than we write."""


def workbook(sheets: Sheets, about: Iterable[tuple[str, str]]) -> bytes:
    """Tables of `tables.tables` as a workbook.

    Args:
        sheets: name → table and what its columns mean.
        about: the lines of the first sheet: what, and its words.

    Raises:
        TooManyRows: if a table does not fit into a sheet, or there are very many cells.
    """
    cells = _fits(sheets)
    out, way = io.BytesIO(), "in_memory" if cells < MANY_CELLS else "constant_memory"
    with xlsxwriter.Workbook(out, {way: True}) as book:
        book.set_properties({"title": "Tumen", "created": MADE})
        bold, wrapped = (
            book.add_format({"bold": True, "valign": "top"}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        _about(book.add_worksheet("About"), [*about, *_contents(sheets)], bold, wrapped)
        for name, (frame, columns) in sheets.items():
            _fill(book.add_worksheet(name), frame, columns, bold)
    return out.getvalue()


def holds(rows: int, columns: int) -> bool:
    """Whether a workbook can hold a table of so many rows and columns."""
    return rows <= MOST_ROWS and rows * columns <= MOST_CELLS


def _fits(sheets: Sheets) -> int:
    """How many cells there are."""
    for name, (frame, _columns) in sheets.items():
        if len(frame) > MOST_ROWS:
            raise TooManyRows(f"{name} has {len(frame):,} rows; a sheet of Excel holds {MOST_ROWS:,}")
    cells = sum(len(frame) * len(columns) for frame, columns in sheets.values())
    if cells > MOST_CELLS:
        raise TooManyRows(f"that would be {cells:,} cells; a workbook of ours holds {MOST_CELLS:,}")
    return cells


def _contents(sheets: Sheets) -> list[tuple[str, str]]:
    lines = [(f"Sheet {name}", f"{len(frame):,} rows") for name, (frame, _) in sheets.items()]
    return [*lines, ("Numbers", "Excel keeps 15 digits of a number; CSV and Parquet keep all.")]


def _about(sheet: Worksheet, lines: Sequence[tuple[str, str]], bold: Format, wrapped: Format) -> None:
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # on paper too, what and its words stand side by side
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, ABOUT_WIDTH, wrapped)
    for row, (what, words) in enumerate(lines):
        sheet.set_row(row, LINE_HEIGHT * (1 + len(words) // (ABOUT_WIDTH - 10)))
        sheet.write_string(row, 0, what, bold)
        sheet.write_string(row, 1, _fitting(words), wrapped)


def _fill(sheet: Worksheet, frame: pd.DataFrame, columns: Sequence[Column], bold: Format) -> None:
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _width(column, frame[column.name].iloc[:LOOKED_AT].tolist()))
        sheet.write_string(0, place, column.name, bold)
    for row, cells in enumerate(_rows(frame, columns), 1):
        for place, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            _write(sheet, row, place, cell, column)
    sheet.autofilter(0, 0, len(frame), len(columns) - 1)


def _rows(frame: pd.DataFrame, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """The rows one after the other, as they must be written to disk."""
    for part in pieces(frame):
        yield from zip(*(part[column.name].tolist() for column in columns), strict=True)


def _write(sheet: Worksheet, row: int, place: int, cell: Any, column: Column) -> None:
    """Numbers and truths as such, where Excel has them; everything else as text; nothing for none."""
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, int | float) and abs(cell) <= MOST_NUMBER:
        sheet.write_number(row, place, cell)
    elif words := csvs.text(cell, column):
        sheet.write_string(row, place, _fitting(words))


def _fitting(words: str) -> str:
    """A text that fits into a cell, which says so where it was cut."""
    return words if len(words) <= MOST_TEXT else words[: MOST_TEXT - len(CUT)] + CUT


def _width(column: Column, cells: Iterable[Any]) -> int:
    longest = max([len(column.name) + 3, *(len(csvs.text(cell, column)) for cell in cells)])
    return min(max(longest, NARROWEST), WIDEST)
