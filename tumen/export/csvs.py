"""Tables as CSV, written as in `data/`: UTF-8, line feeds, minimal quoting, lists joined by their separator.

A spreadsheet runs a cell that begins with one of =, +, -, @, tab or return as a formula. Such texts are
made safe by one rule that can be undone: `safe` puts an apostrophe before them, and before texts in which
only apostrophes stand before such a sign; `unsafe` takes one apostrophe away from every text that begins
with apostrophes and such a sign. Numbers and lists of points stay as they are: they can compute nothing.
"""

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tumen.descriptor import Column
from tumen.export.pieces import pieces

SIGNS = "=+-@\t\r＝＋－＠"  # the last four are the first four as wide signs, which some spreadsheets run too
RULE = (
    "A text that begins with =, +, -, @, a tab or a return (after any number of apostrophes) carries one "
    "apostrophe more in front, so that no spreadsheet runs it as a formula. To undo it, take one apostrophe "
    "away from every text that begins with apostrophes followed by one of these signs."
)
_RISKY, _MADE_SAFE = re.compile(rf"'*[{re.escape(SIGNS)}]"), re.compile(rf"'+[{re.escape(SIGNS)}]")
QUOTE, NEEDS_QUOTES = '"', re.compile(r'[,"\r\n]')
_WHOLE = 1e15  # below it a float holds every whole number


@dataclass(frozen=True)
class Sheet:
    """A table as CSV, and the cells that were made safe: (id of the row, column)."""

    content: bytes
    made_safe: tuple[tuple[str, str], ...]


def sheet(frame: pd.DataFrame, columns: Sequence[Column]) -> Sheet:
    """A table of `tables.tables` as CSV."""
    file, changed = io.BytesIO(), []
    file.write(_lines([[_quoted(column.name)] for column in columns]))
    for part in pieces(frame):
        written = []
        for column in columns:
            cells, risky = _cells(part[column.name], column)
            written.append(cells)
            changed += [(str(part.index[place]), column.name) for place in risky]
        file.write(_lines(written))
    return Sheet(file.getvalue(), tuple(changed))


def _lines(written: Sequence[Sequence[str]]) -> bytes:
    return "".join(f"{','.join(line)}\n" for line in zip(*written, strict=True)).encode("utf-8", "replace")


def _cells(values: pd.Series, column: Column) -> tuple[list[str], list[int]]:
    """A column as it is written, and where it was made safe; equal values are written once."""
    known: dict[tuple[type, Any], tuple[str, bool]] = {}
    found = []
    for value in values.tolist():
        key = type(value), value  # True is not 1
        if key not in known:
            known[key] = _cell(text(value, column), column)
        found.append(known[key])
    return [cell for cell, _ in found], [place for place, (_, risky) in enumerate(found) if risky]


def _cell(plain: str, column: Column) -> tuple[str, bool]:
    shown = safe(plain) if _may_run(column) else plain
    return _quoted(shown), shown != plain


def _quoted(cell: str) -> str:
    """A cell in quotation marks where it needs them; the csv module forgets a lone return."""
    return f'"{cell.replace(QUOTE, QUOTE * 2)}"' if NEEDS_QUOTES.search(cell) else cell


def text(value: Any, column: Column) -> str:
    """A cell as text: '' for none, true and false, whole numbers without a point, lists joined."""
    if isinstance(value, tuple):
        return column.separator.join(value)
    if isinstance(value, str):
        return value
    if value is pd.NA or value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(float(value)) if isinstance(value, float) else str(value)


def number(value: float) -> str:
    """A number that reads back as the same: '1500000', '48.5', '1e+300'; 'INF' as Table Schema has it."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)


def safe(cell: str) -> str:
    """A text that no spreadsheet runs as a formula, see RULE."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def unsafe(cell: str) -> str:
    """The text that `safe` was given."""
    return cell[1:] if _MADE_SAFE.match(cell) else cell


def _may_run(column: Column) -> bool:
    return column.type == "string" and not column.is_points
