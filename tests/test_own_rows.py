"""Rows of a visitor's own: checked like the rest, named at their own line, seen by that visitor alone."""

import csv
import io
from collections.abc import Mapping

import pytest
from streamlit.testing.v1 import AppTest

from tests import plain
from tests.test_pages import ROOT, Seen, look
from tumen import browse, trial
from tumen.home import DATA
from tumen.records import Records
from tumen.trial import tried

TRANSFER = "prk-rus-test-lanterns"
SAID = f"{TRANSFER}--test-2024-01-05"
KNOWN = "prk-rus-152mm-shells"


def text(records: Records, table: str, *rows: Mapping[str, str]) -> bytes:
    columns = [column.name for column in browse.package(records)[table].columns]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def raw(table: str, name: str) -> dict[str, str]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["id"] == name)


@pytest.fixture(scope="module")
def rows(records: Records) -> tuple[dict[str, str], dict[str, str]]:
    """A transfer and an assertion that do not exist, in the shape of some that do."""
    flow = raw("transfers", KNOWN) | {"id": TRANSFER, "item": "Test lanterns", "route": "", "parent": ""}
    said = raw("assertions", next(i for i in records["assertions"].index if i.startswith(f"{KNOWN}--")))
    return flow, said | {"id": SAID, "transfer": TRANSFER}


@pytest.fixture(scope="module")
def files(records: Records, rows: tuple[dict[str, str], dict[str, str]]) -> dict[str, bytes]:
    flow, said = rows
    return {
        "transfers.csv": text(records, "transfers", flow),
        "assertions (1).csv": text(records, "assertions", said),
    }


def test_good_rows_are_added(records: Records, files: dict[str, bytes]) -> None:
    found = tried(DATA, files, "abc")
    assert not found.mistakes and found.records
    assert (found.added, found.replaced, found.tables) == (2, 0, ("Transfers", "Assertions"))
    assert TRANSFER in found.records["transfers"].index and TRANSFER not in records["transfers"].index
    assert len(found.records["transfers"]) == len(records["transfers"]) + 1
    assert found.records.version != records.version


def test_a_row_with_a_known_id_replaces_it(records: Records) -> None:
    row = raw("transfers", KNOWN) | {"item": "Another name"}
    found = tried(DATA, {"transfers.csv": text(records, "transfers", row)})
    assert (found.added, found.replaced) == (0, 1) and found.records
    assert found.records["transfers"].loc[KNOWN, "item"] == "Another name"
    assert len(found.records["transfers"]) == len(records["transfers"])


def test_all_mistakes_are_named_at_once_at_their_own_line(
    records: Records, rows: tuple[dict[str, str], dict[str, str]]
) -> None:
    flow, said = rows
    found = tried(
        DATA,
        {
            "transfers.csv": text(
                records, "transfers", flow, flow | {"id": "prk-rus-x", "weapon_type": "drone"}
            ),
            "assertions.csv": text(records, "assertions", said | {"date": "2024-13-45"}),
        },
    )
    assert found.records is None
    named = {(m.file, m.line, m.column) for m in found.mistakes}
    assert {("transfers.csv", 3, "weapon_type"), ("assertions.csv", 2, "date")} <= named
    (mistake,) = [m for m in found.mistakes if m.column == "weapon_type"]
    assert "Did you mean 'drones'?" in str(mistake)


def test_a_row_that_stands_twice_is_named_by_both_lines(
    records: Records, rows: tuple[dict[str, str], dict[str, str]]
) -> None:
    found = tried(DATA, {"transfers.csv": text(records, "transfers", rows[0], rows[0])})
    assert any("line 2 has already" in str(m) and m.line == 3 for m in found.mistakes)


def test_a_row_of_ours_that_breaks_is_named_too(records: Records) -> None:
    row = raw("transfers", "prk-rus-munitions-containers") | {"destination": "IRN"}
    found = tried(DATA, {"transfers.csv": text(records, "transfers", row)})
    assert found.records is None and any(m.file == "transfers.csv" for m in found.mistakes)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("transfers.csv", "id;origin\n".encode("utf-16"), "UTF-16"),
        ("transfers.csv", b"id,\xff\n", "0xff"),
        ("transfers.csv", b"", "empty"),
        ("transfers.csv", b"id;origin;destination;item\nx;y;z;w\n", "not a column"),
        ("transfer.csv", b"a,b\n1,2\n", "Did you mean 'transfers'?"),
        ("transfers.csv", b'id,"origin\n', "CSV"),
        ("transfers.csv", b"x" * (trial.MOST_BYTES + 1), "at most"),
        ("../../transfers.csv", b"", "empty"),
        ("<script>.csv", b"\x00", "none of the tables"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_file_that_cannot_be_read_is_named(name: str, content: bytes, words: str) -> None:
    found = tried(DATA, {name: content})
    assert found.records is None and any(words in str(m) for m in found.mistakes)


def test_a_file_without_a_name_is_named_so_in_every_mistake(records: Records) -> None:
    row = raw("transfers", "prk-rus-munitions-containers") | {"origin": "XYZ"}
    found = tried(DATA, {"": text(records, "transfers", row)})
    assert found.mistakes and {m.file for m in found.mistakes if m.id == row["id"]} == {trial.NAMELESS}


@pytest.mark.parametrize(
    "name", ["x" * 5_000 + "transfers.csv", "\u202etransfers.csv"], ids=["long", "turned"]
)
def test_a_strange_name_of_a_file_never_stands_whole_in_a_mistake(records: Records, name: str) -> None:
    row = raw("transfers", "prk-rus-munitions-containers") | {"origin": "XYZ"}
    for content in (text(records, "transfers", row), b"no,table"):
        found = tried(DATA, {name: content})
        assert found.mistakes and all(name[:200] not in str(m) for m in found.mistakes)


def test_a_table_is_known_by_its_first_line(
    records: Records, rows: tuple[dict[str, str], dict[str, str]]
) -> None:
    found = tried(DATA, {"export.csv": text(records, "transfers", rows[0])})
    assert found.added == 1 or {m.file for m in found.mistakes} == {"export.csv"}


# --- on the screen ---


def given(files: dict[str, bytes]) -> AppTest:
    app = look("own").app
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files.items()]).run()
    return app


def test_the_rows_are_shown_to_one_visitor_and_to_no_other(files: dict[str, bytes]) -> None:
    app = given(files)
    assert not app.exception and "2 rows of your own" in " ".join(info.value for info in app.info)
    assert Seen(app).count == plain.count() + 1
    assert look("overview").count == plain.count()
    app.query_params["record"] = f"transfer:{TRANSFER}"
    app.switch_page(str(ROOT / "pages" / "map.py")).run()
    assert "Test lanterns" in Seen(app).html
    assert "2 rows of your own" in " ".join(info.value for info in app.info)
    next(button for button in app.button if button.label == "Let go of my rows").click().run()
    assert Seen(app).count == plain.count() and not app.info


def test_rows_with_mistakes_are_named_and_not_shown(records: Records) -> None:
    app = given(
        {"transfers.csv": text(records, "transfers", raw("transfers", KNOWN) | {"mode": "<b>sledge</b>"})}
    )
    assert "your rows are not shown" in app.error[0].value
    assert any("sledge" in code.value and "transfers.csv:2" in code.value for code in app.code)
    assert Seen(app).count == plain.count() and not app.info
