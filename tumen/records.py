"""The records: every table of a data directory, checked, typed and ready to be asked.

A `Records` is made once per data directory and never changed; everything that depends on a day or
on a filter is computed from it by pure functions (see `derive` and `view`).
"""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from tumen import cache, check, dates, speech
from tumen.home import DATA

KINDS = ("transfers", "events", "quotes", "places", "sources", "routes")  # what has a card and an address

T = TypeVar("T")

CLAIMS = ("asserts", "confirms")
DENIALS = ("denies", "doubts")
MISSING = object()
WORDLESS = frozenset(  # what is large and holds no words of the interface: made once for all languages
    (
        *("about", "active", "columns", "courses", "groups of figures", "labels", "legs with courses"),
        *("moved", "package", "quotes folded", "references", "referring", "reported", "running", "select"),
        *("spreads", "states"),
    )
)
LARGE = 10_000  # transfers
MEMORY = 512  # derived values kept per Records, e.g. one set for each day looked at


class BadData(ValueError):
    """The data directory has mistakes; `report` names each one."""

    def __init__(self, report: check.Report) -> None:
        self.report = report
        super().__init__("\n".join(str(mistake) for mistake in report.mistakes))


@dataclass(frozen=True, eq=False)  # one data set is itself: frames cannot be compared with ==
class Records:
    """All tables by name, each a frame indexed by id; lists are tuples, empty text is ''."""

    tables: Mapping[str, pd.DataFrame]
    version: str = ""
    directory: Path = field(default=DATA)

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    def label(self, table: str, code: str) -> str:
        """The reader's word for a code, or the code itself where the table has none."""
        return self.labels(table).get(code, code)

    def labels(self, table: str) -> Mapping[str, str]:
        """Code → reader's word for a whole code table (or any table with names)."""
        return self.once(("labels", table), lambda: _labels(self.tables[table]))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Compute a value for these records once, and give the same one to every later asker.

        What depends on a day or a view passes when there is too much of it; what is named by texts alone,
        such as labels, stays: no key of texts may hold what a reader has typed.
        """
        memo = self._lasting if _is_named(key) else self._passing
        if (spoken := speech.language()) != speech.ENGLISH and _name_of(key) not in WORDLESS:
            key = (spoken, key)  # what is made may hold words of ours
        kept: T | object = memo.get(key, MISSING)  # one look: another session may clear in between
        if kept is not MISSING:
            return kept  # type: ignore[return-value]
        value = make()
        if memo is self._passing and len(memo) >= self._room:
            memo.clear()
        memo[key] = value
        return value

    @cached_property
    def _room(self) -> int:
        """How much that passes is kept: less of large records, whose every view takes megabytes."""
        return MEMORY if len(self["transfers"]) <= LARGE else MEMORY // 16

    @cached_property
    def _lasting(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _passing(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def family_of(self) -> Mapping[str, str]:
        """Weapon type → its family."""
        return dict(self["weapon_types"]["family"])

    def kind_of(self, record: str) -> str | None:
        """The table that holds an id among those that have cards, or None."""
        return next((kind for kind in KINDS if record in self.tables[kind].index), None)


def _name_of(key: Hashable) -> Hashable:
    return key[0] if isinstance(key, tuple) else key


def _is_named(key: Hashable) -> bool:
    return isinstance(key, str) or (isinstance(key, tuple) and all(isinstance(part, str) for part in key))


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame as named tuples; typed Any, for what a cell holds stands in the descriptor."""
    return iter(frame.itertuples())


def load(directory: Path = DATA) -> Records:
    """Read and check a data directory.

    Raises BadData, naming every mistake at once, if anything in it is wrong.
    """
    tables, report = check.read(directory)
    if report.mistakes:
        raise BadData(report)
    return prepared(tables, fingerprint(directory), directory)


def prepared(tables: Mapping[str, pd.DataFrame], version: str, directory: Path) -> Records:
    """Records from tables without a mistake, as `check.read` gives them."""
    return Records(_prepare(tables), version, directory)


def fingerprint(directory: Path) -> str:
    """A short hash of the content of all CSV files: the version of the data."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*.csv")):
        digest.update(path.relative_to(directory).as_posix().encode() + b"\0")
        cache.update(digest, path)
        digest.update(b"\0")
    return digest.hexdigest()[:12]


def _labels(frame: pd.DataFrame) -> dict[str, str]:
    column = next((c for c in ("label", "short", "name", "item", "title", "plural") if c in frame), "id")
    return dict(zip(map(str, frame.index), frame[column], strict=True))


def _prepare(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Index by id, and add the two things that every page needs: families and known-from days."""
    indexed = {n: f.set_axis(f["id"].array) if "id" in f else f for n, f in tables.items()}
    family: dict[str, str] = dict(indexed["weapon_types"]["family"])
    transfers = indexed["transfers"]
    indexed["transfers"] = transfers.assign(family=transfers["weapon_type"].map(family))
    indexed["events"] = _prepare_events(indexed["events"], family)
    said = indexed["assertions"]
    plain = {"low": "float64", "high": "float64", "evidence": "int64"}  # NaN and step 0 are easier than NA
    said = said.fillna({"evidence": 0}).astype(plain).assign(known=_known(said["date"]))
    # Where the file is in the order of ids, as ours are, sorting by the day alone gives the same order.
    by = ["known"] if said["id"].is_monotonic_increasing else ["known", "id"]
    indexed["assertions"] = said.sort_values(by, kind="stable")
    quotes = indexed["quotes"]
    indexed["quotes"] = quotes.assign(known=_known(quotes["date"]), **_span(quotes["date"], quotes["date"]))
    return indexed


def _prepare_events(events: pd.DataFrame, family: Mapping[str, str]) -> pd.DataFrame:
    """An event is known once it is reported, and never before it begins, even if it was announced."""
    spans = _span(events["date"], events["end"])
    reported = _known(events["first_reported"].where(events["first_reported"] != "", events["date"]))
    kinds = {types: _unique(family[t] for t in types) for types in set(events["weapon_types"])}
    families = [kinds[types] for types in events["weapon_types"]]
    return events.assign(
        families=pd.Series(families, events.index, dtype=object),
        known=reported.clip(lower=_days(spans["first"], events.index)),
        **spans,
    )


def _known(column: pd.Series) -> pd.Series:
    return _days(_each(dates.known_from, column), column.index)


def _days(days: Iterable[date], index: pd.Index) -> pd.Series:
    place, different = pd.factorize(np.array([*days], dtype=object))
    stamps = pd.DatetimeIndex(pd.to_datetime(different).as_unit("s"))  # a unit that reaches any year
    return pd.Series(stamps.take(place), index=index)


def _each(of: Callable[[str], T], column: pd.Series) -> list[T]:
    """What a function makes of each text; of equal ones once."""
    place, different = pd.factorize(column)
    made = [of(text) for text in different.tolist()]
    return [made[n] for n in place.tolist()]


def _span(start: pd.Series, end: pd.Series) -> dict[str, list[Any]]:
    first, last = _each(dates.parse, start), _each(dates.parse, end.where(end != "", start))
    return {
        "first": [span.first for span in first],
        "last": [span.last for span in last],
        "precision": [span.precision for span in first],
    }


def _unique(items: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))  # type: ignore[call-overload]
