"""The rules for one cell: what the descriptor says of its column, and what no cell may hold.

Every rule is a line in RULES; the first one that a cell breaks is reported.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from tumen import dates
from tumen.descriptor import Column
from tumen.mistakes import nearest, shown
from tumen.reading import Fault

LONGEST = 5000  # characters; the longest real cell has about a quarter of it
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
INTEGER = re.compile(r"-?[0-9]{1,15}")
# Control characters, direction marks, zero-width and other invisible characters, U+FFFD for a lost letter.
# Zero-width joiners (U+200C, U+200D) stay: Persian needs them.
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]"
)
# HTML tags and entities, Markdown images and links, and script addresses
MARKUP = re.compile(
    r"<[a-z/!?]|&[a-z]{2,31};|&#[0-9x]|!\[[^\]]*\]\(|\]\((?:https?|javascript|data):|javascript:",
    re.IGNORECASE,
)
NOT_WORDS = ("-", "–", "—", "?", "???", "#n/a", "#ref!", "#value!", "#name?")
PLACEHOLDERS = {"na", "n/a", "n.a.", "nan", "null", "none", "nil", "tbd", "todo", "tba", "xxx", *NOT_WORDS}
URL = re.compile(r"https?://[^\s<>\"'`\\^{}|]+")

Check = Callable[[Column, str], Fault | None]


class CellRule(NamedTuple):
    """A named rule, the columns it is for, and the function that finds the fault."""

    name: str
    applies: Callable[[Column], bool]
    fault: Check


def rules_for(column: Column) -> Sequence[CellRule]:
    """The rules that apply to a column."""
    return [rule for rule in RULES if rule.applies(column)]


def first_fault(rules: Sequence[CellRule], column: Column, cell: str) -> Fault | None:
    """The first fault of a cell among some rules."""
    if not cell:
        return Fault("but it must be filled", rule="required") if column.required else None
    for rule in rules:
        if found := rule.fault(column, cell):
            return replace(found, rule=rule.name)
    return None


def faults(column: Column, values: pa.Array) -> dict[str, Fault]:
    """Those of some values that may not stand in a column, with the first fault of each."""
    applying = rules_for(column)
    checked = ((value, first_fault(applying, column, value)) for value in _doubtful(column, values))
    return {value: fault for value, fault in checked if fault}


# Plain words of some length in European letters, without a blank at either end and without any sign that
# markup begins with: no rule for words can object to them. Most cells of a large table are such, and one
# expression over a whole column finds them far sooner than our rules one by one.
SIGNS = "!-%'-;=?-Z^-~\u00a1-\u00ac\u00ae-\u017f\u2013\u2014\u2018-\u201f"
PLAIN = f"^[{SIGNS}][{SIGNS} ]{{8,998}}[{SIGNS}]$"
SCRIPT = "javascript"
WORDS = {"length", "unseen", "blanks", "placeholder", "markup", "pattern"}  # the rules for words
MANY = 1_000  # values from which it pays to look for plain ones first


def _doubtful(column: Column, values: pa.Array) -> list[str]:
    """The values that need a closer look."""
    if len(values) >= MANY and {rule.name for rule in rules_for(column)} <= WORDS:
        plain = pc.match_substring_regex(values, PLAIN)
        if column.pattern:
            plain = pc.and_(plain, pc.match_substring_regex(values, f"^(?:{column.pattern})$"))
        script = pc.match_substring(values, SCRIPT, ignore_case=True)
        values = values.filter(pc.or_(pc.invert(plain), script))
    found: list[str] = values.to_pylist()
    return found


def _too_long(column: Column, cell: str) -> Fault | None:
    if len(cell) <= LONGEST:
        return None
    return Fault(
        f"which is {len(cell):,} characters long; at most {LONGEST:,} are allowed",
        remedy="Shorten it, or look for a quotation mark that is not closed.",
    )


def _unseen(column: Column, cell: str) -> Fault | None:
    hit = UNSEEN.search(cell)
    if not hit:
        return None
    return Fault(
        f"which holds the invisible or lost character U+{ord(hit[0]):04X}",
        remedy="Type the words anew without it.",
    )


def _blank_ends(column: Column, cell: str) -> Fault | None:
    if cell == cell.strip():
        return None
    return Fault("which begins or ends with a blank", nearest=cell.strip(), remedy="Remove the blank.")


def _placeholder(column: Column, cell: str) -> Fault | None:
    if cell.casefold() not in PLACEHOLDERS:
        return None
    return Fault("which stands for 'not known'; an empty cell must say that", remedy="Empty the cell.")


def _markup(column: Column, cell: str) -> Fault | None:
    hit = MARKUP.search(cell)
    if not hit:
        return None
    return Fault(
        f"which holds markup ('{cell[hit.start() : hit.start() + 12]}'); text must be plain",
        remedy="Write it without markup.",
    )


def _integer(column: Column, cell: str) -> Fault | None:
    return (
        None if INTEGER.fullmatch(cell) else Fault("which is not a whole number", remedy="Write digits only.")
    )


def _number(column: Column, cell: str) -> Fault | None:
    if NUMBER.fullmatch(cell):
        return None
    return Fault(
        "which is not a number",
        remedy="Write digits only, with a point before decimals and without separators.",
    )


def _boolean(column: Column, cell: str) -> Fault | None:
    if cell in ("true", "false"):
        return None
    return Fault("which is neither 'true' nor 'false'", nearest=nearest(cell, ("true", "false")))


def _bounds(column: Column, cell: str) -> Fault | None:
    value = float(cell)
    if column.minimum is not None and value < column.minimum:
        return Fault(f"which must be at least {column.minimum:g}")
    if column.maximum is not None and value > column.maximum:
        return Fault(f"which must be at most {column.maximum:g}")
    return None


def _enum(column: Column, cell: str) -> Fault | None:
    if cell in column.enum:
        return None
    return Fault(f"which must be one of {', '.join(column.enum)}", nearest=nearest(cell, column.enum))


def _date(column: Column, cell: str) -> Fault | None:
    remedy = "Write YYYY, YYYY-MM or YYYY-MM-DD."
    try:
        span = dates.parse(cell)
    except ValueError:
        shape = dates.PREFIX.fullmatch(cell)
        return Fault(
            "which is not a day of the calendar" if shape else "which is not a prefix date", remedy=remedy
        )
    if span.first < dates.FIRST_DAY:
        return Fault(f"which lies before {dates.FIRST_DAY.year}", remedy=remedy)
    return None


def _period(column: Column, cell: str) -> Fault | None:
    parts = cell.split("/")
    ends = parts[1:] if parts[0] == ".." and len(parts) == 2 else parts
    wrong = next((fault for end in ends if (fault := _date(column, end))), None)
    if wrong or len(parts) > 2:
        return Fault(
            "which is not a period", remedy="Write a prefix date, or START/END, with .. for an open start."
        )
    return None


def _points(column: Column, cell: str) -> Fault | None:
    for point in column.items(cell):
        numbers = [float(part) for part in point.split(" ") if NUMBER.fullmatch(part)]
        if len(numbers) != 2 or len(point.split(" ")) != 2:
            return Fault(
                f"where '{shown(point)}' is not a longitude and a latitude", remedy="Write LON LAT;LON LAT."
            )
        if abs(numbers[0]) > 180 or abs(numbers[1]) > 90:
            return Fault(f"where '{shown(point)}' lies off the globe", remedy="Write the longitude first.")
    return None


def _list(column: Column, cell: str) -> Fault | None:
    items = cell.split(column.separator)
    if "" in items:
        return Fault("which holds an empty item", remedy=f"Remove the '{column.separator}' too many.")
    if blank := next((item for item in items if item != item.strip()), None):
        return Fault(
            f"where the item '{shown(blank)}' begins or ends with a blank", remedy="Remove the blank."
        )
    if twice := next((item for item in items if items.count(item) > 1), None):
        return Fault(f"which names '{shown(twice)}' twice", remedy="Name it once.")
    return None


def _url(column: Column, cell: str) -> Fault | None:
    remedy = "Give the address as the browser shows it, beginning with https:// or http://."
    try:
        parts = urlsplit(cell)
        whole = bool(URL.fullmatch(cell)) and "." in (parts.hostname or "") and parts.username is None
        _ = parts.port  # raises for a port that is none
    except ValueError:
        whole = False
    return None if whole else Fault("which is not a web address", remedy=remedy)


def _pattern(column: Column, cell: str) -> Fault | None:
    if column.regex.fullmatch(cell):
        return None
    return Fault(f"which does not have the form {column.pattern}", nearest=_slug_like(column, cell))


def _slug_like(column: Column, cell: str) -> str:
    """What an id was probably meant to be."""
    slug = re.sub(r"[^a-z0-9]+", "-", cell.casefold()).strip("-")
    return slug if column.regex.fullmatch(slug) else ""


def _always(column: Column) -> bool:
    return True


RULES = (
    CellRule("length", _always, _too_long),
    CellRule("unseen", _always, _unseen),
    CellRule("blanks", _always, _blank_ends),
    CellRule("placeholder", _always, _placeholder),
    CellRule("markup", lambda c: c.is_text, _markup),
    CellRule("integer", lambda c: c.type == "integer", _integer),
    CellRule("number", lambda c: c.type == "number", _number),
    CellRule("boolean", lambda c: c.type == "boolean", _boolean),
    CellRule("bounds", lambda c: (c.minimum, c.maximum) != (None, None), _bounds),
    CellRule("enum", lambda c: bool(c.enum), _enum),
    CellRule("date", lambda c: c.is_date, _date),
    CellRule("period", lambda c: c.is_period, _period),
    CellRule("points", lambda c: c.is_points, _points),
    CellRule("list", lambda c: c.is_list and not c.is_points, _list),
    CellRule("url", lambda c: c.is_url, _url),
    CellRule("pattern", lambda c: bool(c.pattern), _pattern),
)
