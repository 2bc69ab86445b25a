"""Mistakes: what is wrong in a data directory, said so that a curator can mend it at once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rapidfuzz import fuzz, process

SHOWN = 80  # characters of a found value in a message
FEW = 20  # values of a list in a message
ALIKE = 60  # per cent of likeness from which a value is offered as the one that was meant


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, and where.

    `line` is the line of the file as an editor counts it, 0 for the file as a whole; `expected` is the
    clause that completes "COLUMN has FOUND, …"; `rule` is the name of the rule that was broken.
    """

    file: str
    line: int
    id: str
    column: str
    found: str
    expected: str
    nearest: str
    remedy: str
    rule: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        name = f" {shown(self.id)}" if self.id else ""
        offer = f" Did you mean '{shown(self.nearest)}'?" if self.nearest else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}{name}: {self.sentence}.{offer}{remedy}"

    @property
    def sentence(self) -> str:
        """What is wrong, without the place and the remedy."""
        if not self.column:
            return self.expected
        value = f"has '{shown(self.found)}'" if self.found else "is empty"
        return f"{self.column} {value}, {self.expected}"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check: every mistake, and how much was looked at."""

    mistakes: tuple[Mistake, ...]
    tables: int
    rows: int
    rules: int

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.mistakes

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, for machines."""
        return {
            "ok": self.ok,
            "tables": self.tables,
            "rows": self.rows,
            "rules": self.rules,
            "mistakes": [asdict(mistake) | {"message": str(mistake)} for mistake in self.mistakes],
        }


def shown(text: str) -> str:
    """A value as it may stand in a message: short, on one line, nothing in it invisible."""
    visible = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: SHOWN + 1]
    )
    return visible if len(text) <= SHOWN else f"{visible[:SHOWN]}…"


def several(texts: Sequence[str], between: str = ", ") -> str:
    """Some values as they may stand in a message; of very many only the first."""
    first = between.join(map(shown, texts[:FEW]))
    return first if len(texts) <= FEW else f"{first}{between}… ({len(texts):,} in all)"


def nearest(found: str, choices: Iterable[str]) -> str:
    """The choice most like what was found, or '' if none is like it."""
    best = process.extractOne(
        found[:200], list(choices), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=ALIKE
    )
    return best[0] if best else ""
