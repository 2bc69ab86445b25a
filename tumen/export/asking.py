"""Reading what a data route is asked for. Unlike pages, routes are strict: whatever is wrong is an error.

A script that misspells a filter must not get everything and take it for an answer. All errors are named
at once, each with the parameter, what was found, what was expected and the nearest match.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from tumen import law, view
from tumen.export import download
from tumen.mistakes import nearest, shown
from tumen.query import DAYS, MOST_VALUES, Query, Reader
from tumen.records import Records
from tumen.view import CONTESTED, PARAMETERS, ROLES, View

ID = "id"
MOST_FAULTS = 100
A_DAY = f"YYYY-MM-DD, YYYY-MM or YYYY, from {DAYS[0]} to {DAYS[1]}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request."""

    parameter: str
    found: str
    expected: str
    nearest: str
    message: str

    def as_json(self) -> dict[str, str]:
        """The fault as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Parameter:
    """A parameter of the address: what it asks, and the codes that it takes, if it takes codes."""

    name: str
    words: str
    codes: Mapping[str, str] = field(default_factory=dict)
    several: bool = False
    default: str = ""

    @property
    def is_day(self) -> bool:
        """Whether it takes a day."""
        return not self.codes

    @property
    def expected(self) -> str:
        """What it takes, in words."""
        if self.is_day:
            return A_DAY
        few = len(self.codes) <= MOST_CODES
        return f"one of {', '.join(self.codes)}" if few else f"one of {len(self.codes)} codes, see {SEE}"


MOST_CODES, SEE = 10, "/api/openapi.json"
WORDS: Mapping[str, str] = {  # field of View → what it asks
    "country": "Countries and bodies that take part, in the role below. Codes or names.",
    "role": "What the countries do.",
    "weapon_type": "Families and single types of goods. Codes or names.",
    "start": "First day of the period: what may have run, happened or been said on it or later.",
    "end": "Last day of the period; of a month or year its last day.",
    "evidence": "Least step of the best evidence for a transfer, from 1 (bare claim) to 5 (physical find).",
    "contested": "Whether, and by whom, a transfer is denied or doubted.",
    "law": "Rules, or kinds of rule, that a transfer would breach.",
    "as_of": "Only what was public by this day; of a month or year its last day.",
}


def parameters(records: Records) -> dict[str, Parameter]:
    """Every filter by its name in the address, as `view.PARAMETERS` has them."""
    codes: Mapping[str, Mapping[str, str]] = {
        "country": records.labels("countries"),
        "role": ROLES,
        "weapon_type": {**records.labels("families"), **records.labels("weapon_types")},
        "evidence": {"0": "any", **records.labels("evidence")},
        "contested": {code: words for code, words in CONTESTED.items() if code},
        "law": law.options(records),
    }
    blank = View()
    return {
        name: Parameter(
            name,
            WORDS[attribute],
            codes.get(attribute, {}),
            several=isinstance(getattr(blank, attribute), tuple),
            default="" if getattr(blank, attribute) in ((), None) else str(getattr(blank, attribute)),
        )
        for attribute, name in PARAMETERS.items()
    }


@dataclass
class Strict(Reader):
    """A reader of addresses that takes whatever it cannot understand as a fault."""

    known: Mapping[str, Parameter] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def codes(self, name: str, spellings: Mapping[str, str]) -> tuple[str, ...]:
        """The codes of a parameter that may repeat."""
        given = len(self._given(name))
        if given > MOST_VALUES:
            self.fault(name, f"{given} values", f"at most {MOST_VALUES}", why="are too many")
            return ()
        return super().codes(name, spellings)

    def last(self, name: str) -> str:
        """The text of a parameter that stands once."""
        given = self._given(name)
        if len(given) > 1:
            self.fault(name, ", ".join(given[:5]), "one value", why="stands there more than once")
        return given[-1] if given else ""

    def ignore(self, name: str, text: str, why: str, near: str = "") -> None:
        """Take a part of the address that pages ignore as a fault."""
        self.fault(name, text, self.known[name].expected, near, why)

    def fault(self, name: str, found: str, expected: str, near: str = "", why: str = "is wrong") -> None:
        """Add a fault."""
        hint = f" Did you mean “{near}”?" if near else ""
        said = f"“{shown(name)}={shown(found)}” {why}; expected {expected}.{hint}"
        self.faults.append(Fault(shown(name), shown(found), expected, near, said))


def read(
    query: Query, records: Records, others: Iterable[str] = (ID,)
) -> tuple[View, tuple[str, ...], list[Fault]]:
    """The view and the ids that a request asks for, and every fault in it."""
    known = parameters(records)
    reader = Strict(query, known=known)
    names = [*known, *others]
    for name in query:
        if name not in names:
            near = nearest(name, names)
            reader.fault(name, ", ".join(query[name])[:200], _one_of(names), near, "is no parameter")
    chosen = view.read(reader, records)
    for note in reader.notes:  # only one is left to it: a period that ends before it begins
        said = f"{note.partition(';')[0]}."
        found = " to ".join(shown(query[name][-1]) for name in ("from", "to") if query.get(name))
        reader.faults.append(Fault("from", found, "a first day that is not after the last", "", said))
    ids = tuple(dict.fromkeys(text for text in query.get(ID, ()) if text.strip()))
    if len(ids) > MOST_VALUES:
        reader.fault(ID, f"{len(ids)} values", f"at most {MOST_VALUES}", why="are too many")
    return chosen, ids[:MOST_VALUES], reader.faults[:MOST_FAULTS]


def unknown_ids(records: Records, name: str, ids: Sequence[str]) -> list[Fault]:
    """A fault for each id that no row of a table has."""
    if name not in records.tables:
        return [_fault(ID, ids[0], "a table, whose rows have ids", "", f"{name} is no table")] if ids else []
    known = records.once(("ids as text", name), lambda: frozenset(map(str, records[name]["id"])))
    return [
        _fault(
            ID, text, f"the id of a row of {name}", nearest(text, known), f"“id={shown(text)}” is not known"
        )
        for text in ids
        if text not in known
    ]


def file(records: Records, path: str) -> tuple[str, str, list[Fault]]:
    """The table (or layer, or 'view') and the format that a path asks for, and what is wrong with them."""
    name, _, format = path.rpartition(".") if "." in path else (path, "", "")
    known = download.formats(records)
    if name not in known:
        near = nearest(name, known)
        expected = f"one of {len(known)} tables and files, see /api"
        return name, format, [_fault("table", name, expected, near, f"there is no “{shown(name)}”")]
    if format in known[name]:
        return name, format, []
    said = f"“{name}” does not come as “{shown(format)}”" if format else f"“{name}” needs a format"
    near = nearest(format, known[name])
    return name, format, [_fault("format", format, _one_of(known[name]), near, said)]


def _fault(name: str, found: str, expected: str, near: str, said: str) -> Fault:
    hint = f" Did you mean “{near}”?" if near else ""
    return Fault(
        name, shown(found), expected, near, f"{said[:1].upper()}{said[1:]}; expected {expected}.{hint}"
    )


def _one_of(choices: Iterable[str]) -> str:
    return f"one of {', '.join(choices)}"
