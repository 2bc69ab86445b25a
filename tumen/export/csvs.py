"""Tables as CSV, written as in `data/`: UTF-8, line feeds, minimal quoting, lists joined by their separator.

A spreadsheet runs a cell that begins with one of =, +, -, @, tab or return as a formula. Such texts are
made safe by one rule that can be undone: `safe` puts an apostrophe before them, and before texts in which
only apostrophes stand before such a sign; `unsafe` takes one apostrophe away from every text that begins
with apostrophes and such a sign. Numbers and lists of points stay as they are: they can compute nothing.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tumen.descriptor import Column

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
    written, changed = [], []
    for column in columns:
        texts = [text(value, column) for value in frame[column.name].tolist()]
        shown = [safe(t) for t in texts] if _may_run(column) else texts
        written.append(shown)
        pairs = zip(frame.index, texts, shown, strict=True)
        changed += [(str(row), column.name) for row, before, after in pairs if before != after]
    lines = [[column.name for column in columns], *zip(*written, strict=True)]
    content = "".join(f"{','.join(map(_quoted, line))}\n" for line in lines)
    return Sheet(content.encode("utf-8", "replace"), tuple(changed))


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
