"""What the tests share: the real records, and a maker of small sets that are plainly made up."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from tools.browser import chromium
from tumen import records as loading
from tumen.records import DATA, Records

# No deadline and no luck: the same examples on every machine, however slow it is.
# More of them: pytest --hypothesis-profile=thorough
settings.register_profile(
    "tumen",
    deadline=None,
    max_examples=30,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "thorough", settings.get_profile("tumen"), max_examples=300, derandomize=False, print_blob=True
)
settings.load_profile("tumen")

Rows = list[dict[str, str]]
Made = Mapping[str, Sequence[Mapping[str, str]]]
MakeRecords = Callable[[Made], Records]
CONTENT = (
    "transfers",
    "assertions",
    "origins",
    "events",
    "quotes",
    "speakers",
    "sources",
    "places",
    "routes",
    "transfer_laws",
)

PARSERS: Mapping[str, Callable[[str], object]] = {
    "integer": lambda text: int(text) if text else None,
    "number": lambda text: float(text) if text else None,
    "boolean": lambda text: text == "true",
    "string": str,
}
DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "bool", "string": "str"}


def read_csv(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def typed(resource: Mapping[str, Any], rows: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """Rows of text as the loader would give them; columns that a made-up row leaves out are empty."""
    fields: Sequence[Mapping[str, str]] = resource["schema"]["fields"]
    return pd.DataFrame({field["name"]: _column(field, rows) for field in fields})


def _column(field: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> pd.Series:
    texts = [row.get(field["name"], "") for row in rows]
    if "tumen:list" in field:
        return pd.Series([tuple(t for t in text.split(";") if t) for text in texts], dtype=object)
    return pd.Series([PARSERS[field["type"]](text) for text in texts], dtype=DTYPES[field["type"]])


@cache
def resources() -> dict[str, Mapping[str, Any]]:
    package = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def complete(made: Made) -> dict[str, Rows]:
    """Made-up rows with every column that the CSV file of their table would have."""
    columns = {name: [field["name"] for field in r["schema"]["fields"]] for name, r in resources().items()}
    return {
        name: [dict.fromkeys(columns[name], "") | dict(row) for row in rows] for name, rows in made.items()
    }


@pytest.fixture(scope="session")
def raw() -> dict[str, Rows]:
    """Every CSV file of the real data as rows of text, by table."""
    return {path.stem: read_csv(path) for path in sorted(DATA.rglob("*.csv"))}


@pytest.fixture(scope="session")
def records() -> Records:
    """The real data, loaded and checked as everywhere else."""
    return loading.load()


@pytest.fixture(scope="session")
def make_records(raw: dict[str, Rows]) -> MakeRecords:
    """Build Records from made-up rows of text, with the real code tables around them.

    Nothing is checked: what is made here has to be right, or wrong on purpose.
    """
    described = resources()
    base = {name: typed(r, () if name in CONTENT else raw[name]) for name, r in described.items()}

    def make(made: Made) -> Records:
        content = {name: typed(described[name], rows) for name, rows in made.items()}
        return Records(loading._prepare({**base, **content}))

    return make


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What Playwright drives comes last: it keeps an event loop running, which trips asyncio and AppTest."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of all tests: Playwright cannot be started twice in one process."""
    with chromium() as started:
        yield started
