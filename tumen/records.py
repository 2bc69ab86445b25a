"""The records: every table of a data directory, checked, typed and ready to be asked.

A `Records` is made once per data directory and never changed; everything that depends on a day or
on a filter is computed from it by pure functions (see `derive` and `view`).
"""

import hashlib
import sys
import threading
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tumen import cache, check, dates, memory, speech
from tumen.home import DATA

KINDS = ("transfers", "events", "quotes", "places", "sources", "routes")  # what has a card and an address

T = TypeVar("T")

CLAIMS = ("asserts", "confirms")
DENIALS = ("denies", "doubts")
MISSING = object()
WORDLESS = frozenset(  # what is large and holds no words of the interface: made once for all languages
    (
        *("about", "active", "assertions", "coded transfers", "columns", "courses"),
        *("days of sources", "first claims", "groups of figures", "ids", "labels", "legs with courses"),
        *("lists", "moved", "naming", "newest figures", "numbers", "package"),
        *("public", "references", "referring", "reported", "running", "select"),
        *("spreads", "states"),
    )
)
LARGE = 10_000  # transfers
MANY = 250_000  # rows of a table whose ids are found by halving
MEMORY, MEMORY_OF_LARGE = 20_000, 256  # derived values kept per Records, e.g. one set for each day
BYTES, BYTES_OF_LARGE = 96_000_000, 128_000_000  # that they take, about; with all around them twice that
HEAVY = 4_000_000  # bytes of a value, after the making of which unused memory is given back


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

    def names(self, table: str) -> pd.Series:
        """The words of `labels`, as they stand in the table."""
        return _names(self.tables[table])

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
            if memo is self._passing:
                self._weights.touch(key)
            return kept  # type: ignore[return-value]
        value = memo[key] = make()
        if memo is self._passing:
            self._make_room(key, _bytes(value))
        return value

    def _make_room(self, key: Hashable, weight: int) -> None:
        """What must go for a new value goes; after a heavy one unused memory is soon given back."""
        for old in self._weights.add(key, weight):
            self._passing.pop(old, None)
        if weight > HEAVY:
            memory.clear_up_soon()

    def place(self, table: str, record: str) -> int:
        """Where a row stands in its table, from 0.

        Raises KeyError where the table has no such id.
        """
        if len(self.tables[table]) <= MANY:
            return int(self.tables[table].index.get_loc(record))  # type: ignore[arg-type]
        return self.ids(table).place(record)

    def ids(self, table: str) -> "Ids":
        """The ids of a table in alphabetical order."""
        return self.once(("ids", table), lambda: Ids(self.tables[table]["id"]))

    def has(self, table: str, record: str) -> bool:
        """Whether a table has a row of this id."""
        try:
            return self.place(table, record) >= 0
        except KeyError:
            return False

    def taken(self, table: str, ids: Iterable[str]) -> pd.DataFrame:
        """Some rows of a table, in the order asked for."""
        return self.tables[table].iloc[[self.place(table, record) for record in ids]]

    @cached_property
    def _lasting(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _passing(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _weights(self) -> "Weights":
        large = len(self["transfers"]) > LARGE
        return Weights(MEMORY_OF_LARGE, BYTES_OF_LARGE) if large else Weights(MEMORY, BYTES)

    @cached_property
    def family_of(self) -> Mapping[str, str]:
        """Weapon type → its family."""
        return dict(self["weapon_types"]["family"])

    def kind_of(self, record: str) -> str | None:
        """The table that holds an id among those that have cards, or None."""
        return next((kind for kind in KINDS if self.has(kind, record)), None)


class Ids:
    """Where ids stand, found by halving: a table of a million as Python's own takes 120 MB, their order 4."""

    def __init__(self, ids: pd.Series) -> None:
        self._ids = pa.array(ids, pa.large_string())
        self._order = pc.sort_indices(self._ids).to_numpy().astype(np.int32)

    def place(self, wanted: str) -> int:
        """The place of an id; raises KeyError where there is none."""
        at = bisect_left(self._order, wanted, key=self._at)
        if at == len(self._order) or self._at(self._order[at]) != wanted:
            raise KeyError(wanted)
        return int(self._order[at])

    def around(self, wanted: str, count: int) -> list[str]:
        """The ids that stand nearest to a text in alphabetical order, so many on either side of it."""
        at = bisect_left(self._order, wanted, key=self._at)
        return [self._at(place) for place in self._order[max(0, at - count) : at + count]]

    def _at(self, place: np.int32) -> str:
        return str(self._ids[int(place)].as_py())


class Weights:
    """What the values weigh that pass, those asked for longest ago first: they go first."""

    def __init__(self, room: int, most: int) -> None:
        self.room, self.most, self.total = room, most, 0
        self._own: dict[Hashable, int] = {}
        self._lock = threading.Lock()

    def touch(self, key: Hashable) -> None:
        """What was asked for last goes last: a day's states, say, serve every filter."""
        with self._lock:
            if (weight := self._own.pop(key, None)) is not None:
                self._own[key] = weight

    def add(self, key: Hashable, weight: int) -> list[Hashable]:
        """Note a new value; returns those that must go so that it all has room."""
        gone = []
        with self._lock:
            self.total += weight - self._own.pop(key, 0)
            self._own[key] = weight
            while len(self._own) > self.room or (len(self._own) > 1 and self.total > self.most):
                gone.append(oldest := next(iter(self._own)))
                self.total -= self._own.pop(oldest)
        return gone


def _name_of(key: Hashable) -> Hashable:
    return key[0] if isinstance(key, tuple) else key


def _is_named(key: Hashable) -> bool:
    return isinstance(key, str) or (isinstance(key, tuple) and all(isinstance(part, str) for part in key))


def _bytes(value: Any, deep: bool = True) -> int:
    """About how much memory a value takes; what it shares with others is counted too."""
    if is_dataclass(value):
        return sum(_bytes(own, deep=False) for own in vars(value).values()) if deep and _open(value) else 0
    if isinstance(value, pd.DataFrame):
        return int(value.memory_usage(index=False).sum())
    if isinstance(value, pd.Series | pd.Index | np.ndarray):
        return int(value.nbytes)
    if isinstance(value, str):
        return sys.getsizeof(value)
    if isinstance(value, Mapping):
        few = [*islice(value.values(), 8)]
        return len(value) * (150 + sum(map(_bytes, few)) // max(1, len(few)))
    if isinstance(value, tuple | list | set | frozenset):
        few = [*islice(value, 8)]
        return len(value) * (60 + sum(map(_bytes, few)) // max(1, len(few)))
    return 0


def _open(value: Any) -> bool:
    return hasattr(value, "__dict__")


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
    made = _prepare(tables)  # takes the tables over, so that no large one is in memory twice
    memory.give_back()
    return Records(made, fingerprint(directory), directory)


def prepared(tables: Mapping[str, pd.DataFrame], version: str, directory: Path) -> Records:
    """Records from tables without a mistake, as `check.read` gives them."""
    return Records(_prepare({**tables}), version, directory)


def fingerprint(directory: Path) -> str:
    """A short hash of the content of all CSV files: the version of the data."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*.csv")):
        digest.update(path.relative_to(directory).as_posix().encode() + b"\0")
        cache.update(digest, path)
        digest.update(b"\0")
    return digest.hexdigest()[:12]


def _names(frame: pd.DataFrame) -> pd.Series:
    column = next((c for c in ("label", "short", "name", "item", "title", "plural") if c in frame), "id")
    return frame[column]


def _labels(frame: pd.DataFrame) -> dict[str, str]:
    return dict(zip(map(str, frame.index), _names(frame), strict=True))


def _prepare(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Index by id, and add the two things that every page needs: families and known-from days."""
    said = _prepare_assertions(tables.pop("assertions"))
    indexed = {n: f.set_axis(f["id"].array) if "id" in f else f for n, f in tables.items()}
    family: dict[str, str] = dict(indexed["weapon_types"]["family"])
    transfers = indexed["transfers"]
    indexed["transfers"] = transfers.assign(family=transfers["weapon_type"].map(family))
    indexed["events"] = _prepare_events(indexed["events"], family)
    indexed["assertions"] = said
    quotes = indexed["quotes"]
    indexed["quotes"] = quotes.assign(
        known=dates.known(quotes["date"]), **_span(quotes["date"], quotes["date"])
    )
    return indexed


def _prepare_assertions(said: pd.DataFrame) -> pd.DataFrame:
    """In the order in which they became public: as checked data already are, but not what a visitor adds."""
    plain = {"low": "float64", "high": "float64", "evidence": "int64"}  # NaN and step 0 are easier than NA
    said = said.fillna({"evidence": 0}).astype(plain).assign(known=dates.known(said["date"]))
    said = dates.in_public_order(said, said["known"])
    return said.set_axis(pd.Index(said["id"].array))


def _prepare_events(events: pd.DataFrame, family: Mapping[str, str]) -> pd.DataFrame:
    """An event is known once it is reported, and never before it begins, even if it was announced."""
    spans = _span(events["date"], events["end"])
    reported = dates.known(events["first_reported"].where(events["first_reported"] != "", events["date"]))
    kinds = {types: _unique(family[t] for t in types) for types in set(events["weapon_types"])}
    families = [kinds[types] for types in events["weapon_types"]]
    return events.assign(
        families=pd.Series(families, events.index, dtype=object),
        known=reported.clip(lower=dates.stamps(spans["first"], events.index)),
        **spans,
    )


def _span(start: pd.Series, end: pd.Series) -> dict[str, list[Any]]:
    first, last = dates.each(dates.parse, start), dates.each(dates.parse, end.where(end != "", start))
    return {
        "first": [span.first for span in first],
        "last": [span.last for span in last],
        "precision": [span.precision for span in first],
    }


def _unique(items: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))  # type: ignore[call-overload]
