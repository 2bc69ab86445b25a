"""A new data directory of Tumen's shape: descriptor, code tables, and rows that are plainly made up."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tumen import descriptor
from tumen.descriptor import Package, Table
from tumen.home import DATA, LIBRARY

BLANK = LIBRARY / "blank"  # what differs from our own data: the guide, and codes that tell our story
RECORDS = "records"
MADE_UP = "Made up, as an example."
EXAMPLE = "xxa-xxb-example-drones"

Rows = Sequence[Mapping[str, str]]

ROWS: Mapping[str, Rows] = {
    "countries": [
        {"id": "XXA", "name": "Example country A", "short": "Example A", "adjective": "A's", "kind": "state",
         "lat": "0", "lon": "-30"},
        {"id": "XXB", "name": "Example country B", "short": "Example B", "adjective": "B's", "kind": "state",
         "lat": "0", "lon": "-20"},
    ],
    "origins": [{"id": "example-ministry", "name": "Example ministry", "country": "XXB", "kind": "government",
                 "note": MADE_UP}],
    "sources": [{"id": "example-source", "title": "Example source (made up)", "publisher": "Example",
                 "published": "2024-03-15", "url": "https://example.org/", "kind": "government",
                 "country": "XXB", "reliability": "F", "note": MADE_UP}],
    "transfers": [{"id": EXAMPLE, "origin": "XXA", "destination": "XXB", "item": "Example drones (made up)",
                   "weapon_type": "drones", "kind": "arms", "start": "2024-03", "status": "alleged",
                   "phase": "window", "mode": "unknown", "summary": MADE_UP}],
    "assertions": [{"id": f"{EXAMPLE}--ministry-2024-03-15", "transfer": EXAMPLE, "date": "2024-03-15",
                    "by": "Example ministry", "by_country": "XXB", "actor_kind": "government",
                    "origin": "example-ministry", "stance": "asserts", "evidence": "1", "low": "20",
                    "high": "20", "measure": "supplied", "unit": "drones", "rate": "total",
                    "scope": "this-flow", "qualifier": "about", "source": "example-source",
                    "says": "Says that about 20 drones came. Made up.", "checked": "false"}],
}  # fmt: skip

CELLS: Mapping[tuple[str, str], Mapping[str, str]] = {  # code → words that do not tell our story
    ("source_kinds", "state-media"): {"meaning": "Owned or directed by a government that is a party."},
    ("speaker_kinds", "party"): {"meaning": "Speaks for a country that sends or receives."},
    ("units", "entries"): {"note": "Entries over a border; one person may enter several times."},
    ("warnings", "aftermath"): {"sentence": "This became known or happened after the window."},
    ("warnings", "alternative-capacities"): {"sentence": "The capacities are alternatives, not a sum."},
}


OPEN: Mapping[tuple[str, str], Mapping[str, Any]] = {  # columns whose values are ours alone
    ("not_found", "subject"): {
        "description": "What it concerns. It must be a word of your own; tumen:story may give it a heading.",
        "constraints": {"required": True, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    }
}


class NotEmpty(ValueError):
    """The directory that is to be made has something in it already."""


def write(target: Path) -> Path:
    """Make a data directory that `check` accepts; its rows are labelled as made up.

    Raises NotEmpty if there is anything at `target` but an empty directory.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise NotEmpty(f"{target} exists and is not an empty directory.")
    package = descriptor.read(DATA)
    (target / "codes").mkdir(parents=True, exist_ok=True)
    (target / descriptor.FILE).write_text(_descriptor(), "utf-8")
    (target / "README.md").write_text((BLANK / "README.md").read_text("utf-8"), "utf-8")
    for table in package.tables:
        (target / table.path).write_text(_text(table, _rows(table, package)), "utf-8")
    return target


def _descriptor() -> str:
    raw: dict[str, Any] = json.loads((DATA / descriptor.FILE).read_text("utf-8"))
    raw |= {
        "name": "my-records",
        "id": "my-records",
        "title": "My records",
        "description": "Made up, as an example: replace this by what your records are about.",
        "version": _version(),
        "keywords": [],
        "created": f"{date.today()}T00:00:00Z",
        "contributors": [{"title": "Me", "role": "author"}],
        "tumen:story": {},
    }
    for resource in raw["resources"]:
        resource["tumen:rows"] = {"minimum": 0, "maximum": 1_000_000}
        for field in resource["schema"]["fields"]:
            field.update(OPEN.get((resource["name"], field["name"]), {}))
    return (
        json.dumps(raw, ensure_ascii=False, indent=2)
        .replace("prk-rus-", "xxa-xxb-")
        .replace("at the end of 2024", "on the last day of the span in tumen:story")
        + "\n"
    )


def _version() -> str:
    return f"{date.today():%Y.%m}.0"


def _rows(table: Table, package: Package) -> Iterable[Mapping[str, str]]:
    if table.name == "versions":
        return [{"id": _version(), "date": date.today().isoformat(), "summary": "First release."}]
    return [*_kept(table, package), *ROWS.get(table.name, ())]


def _kept(table: Table, package: Package) -> Iterable[Mapping[str, str]]:
    """The codes that a new directory begins with; a code table that rests on our records begins empty."""
    blank = BLANK / table.path
    if blank.exists():
        return _read(blank)
    references = {column.reference.table for column in table.columns if column.reference}
    if table.group == RECORDS or any(package[name].group == RECORDS for name in references):
        return []
    return [row | dict(CELLS.get((table.name, row.get("id", "")), {})) for row in _read(DATA / table.path)]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _text(table: Table, rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, [column.name for column in table.columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
