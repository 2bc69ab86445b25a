"""Which numbers stand on a page, and where each of them leads: read from the HTML that a page is given.

Whatever a template prints is marked while these tests run: a text that is a cell of the data as a record's
own words, everything else as derived. What the template says by itself is no number of the data. So a
number cannot hide: it is in a cell, in a link, or found here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup

from tumen import templates
from tumen.records import Records

CELL, DERIVED, END = "\ue001", "\ue002", "\ue003"
VOID = frozenset(("br", "hr", "img", "input", "wbr", "rect", "line", "circle", "path"))
UNSEEN = frozenset(("style", "svg", "button", "script"))  # a button holds what it copies, not what it says
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
SHORT = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DAY = re.compile(
    rf"\b(\d{{1,2}}(\s|\xa0)(–\s?\d{{1,2}}\s)?)?({MONTHS}|{SHORT})\b((\s|\xa0)\d{{4}})?|\b(19|20)\d\d(-\d\d){{0,2}}\b"
)
NUMBER = re.compile(r"\d[\d,.]*|\b[A-F][1-6]\b")


@dataclass
class Number:
    """A number that a page derives from records: its text, and the link that it stands in ('' for none)."""

    text: str
    pick: str
    around: str  # the words that it stands in
    blocks: tuple[str, ...]  # classes and tags around it
    fold: "Fold | None" = None  # what is folded away under the heading that it stands in


@dataclass
class Fold:
    """How much a folded part of a page holds."""

    entries: int = 0
    rows: int = 0


@dataclass
class Reading(HTMLParser):
    """Reads the marked HTML of a page."""

    names: re.Pattern[str]
    numbers: list[Number] = field(default_factory=list)
    stack: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    folds: list[Fold] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # what is picked, and the whole text

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "details":
            self.folds.append(Fold())
        for fold in self.folds:
            fold.entries += tag == "li"
            fold.rows += tag == "tr"
        if tag == "a":
            self.links.append((clean(dict(attrs).get("data-pick") or ""), ""))
        if tag not in VOID:
            self.stack.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and tag not in VOID:
            closed = self.stack.pop()[0]
            if closed == "details":
                self.folds.pop()
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        """Take up the derived parts of a text; what lies in a cell's mark is the record's own."""
        if any(tag == "a" for tag, _ in self.stack):
            pick, text = self.links[-1]
            self.links[-1] = (pick, text + clean(data))
        for part in re.split(f"([{CELL}{DERIVED}{END}])", data):
            if part == END:
                self.marks.pop()
            elif part in (CELL, DERIVED):
                self.marks.append(part)
            elif self.marks and CELL not in self.marks and not self._unseen():
                self._note(part, data)

    def _unseen(self) -> bool:
        return any(tag in UNSEEN or tag == "time" for tag, _ in self.stack)

    def _note(self, text: str, around: str) -> None:
        rest = DAY.sub(" ", self.names.sub(" ", text))
        link = next((attrs for tag, attrs in reversed(self.stack) if tag == "a"), {})
        leads = clean(link.get("data-pick") or link.get("href", ""))
        blocks = tuple(f"{tag}.{attrs.get('class', '')}" for tag, attrs in self.stack)
        fold = self.folds[-1] if any(tag == "summary" for tag, _ in self.stack) else None
        self.numbers += [Number(n, leads, clean(around).strip(), blocks, fold) for n in NUMBER.findall(rest)]


def clean(text: str) -> str:
    """A text without our marks."""
    return re.sub(f"[{CELL}{DERIVED}{END}]", "", text)


def mark(texts: frozenset[str], plain: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What stands in for the last step of every output of a template."""

    def marked(value: Any) -> Any:
        if isinstance(value, Markup) or value is None:
            return plain(value)
        text = str(plain(value))
        sign = CELL if isinstance(value, str) and text in texts else DERIVED
        return f"{sign}{text}{END}" if any(c.isdigit() for c in text) else text

    return marked


def texts(records: Records) -> frozenset[str]:
    """Every text of the data that holds a digit: what a record says in its own words."""
    found = (value for frame in records.tables.values() for column in frame for value in frame[column])
    flat = (item for value in found for item in (value if isinstance(value, tuple) else [value]))
    held = frozenset(item for item in flat if isinstance(item, str) and any(map(str.isdigit, item)))
    return frozenset(item for item in held if any(map(str.isalpha, item)))  # '5' may be anything


def names(records: Records) -> re.Pattern[str]:
    """The names of records and codes that hold a digit ('152 mm artillery shells'): no numbers of ours."""
    called = ("label", "short", "name", "item", "title", "plural")
    columns = (frame[name] for frame in records.tables.values() for name in called if name in frame)
    labels = {str(label) for column in columns for label in column if any(map(str.isdigit, str(label)))}
    every = sorted({*labels, *(label.lower() for label in labels)}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, every)) or "(?!)")


def trace(monkeypatch: Any, records: Records, ours: frozenset[str] = frozenset()) -> None:
    """From now on templates print marked texts; `ours` are rules and other words of the program."""
    env = templates.environment()
    assert env.finalize
    traced = env.overlay(finalize=mark(texts(records) | ours, env.finalize))
    monkeypatch.setattr(templates, "environment", lambda: traced)


def read(html: str, known: re.Pattern[str]) -> Reading:
    """What stands in some marked HTML: numbers and links."""
    reading = Reading(known)
    reading.feed(html)
    return reading


def folded_beneath(number: Number) -> bool:
    """Whether a number in the heading of a fold counts what is folded: entries or rows."""
    if number.fold is None or not number.text.isdigit():
        return False
    rows = number.fold.rows
    return int(number.text) in (number.fold.entries, rows, rows - 1)
