"""Tumen runs on records that are not its own, and nothing of its own shows there."""

import csv
import html
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.test_pages import PAGES, Seen, look
from tumen import browse, check, method, template
from tumen.app import store
from tumen.cli import app
from tumen.geography import BORDER_POINTS, BORDER_POLICY
from tumen.home import DATA
from tumen.records import Records, load

OTHER = Path(__file__).parent / "other_data"
RECORDS = (
    "transfers",
    "events",
    "quotes",
    "sources",
    "places",
    "routes",
    "speakers",
    "origins",
    "assertions",
)
NAMED = (*RECORDS, "laws")
TITLES = ("item", "title", "name", "text", "by", "label", "instrument")
TURNED = {"as_of": "2021-06-10"}
ONE = {"country": "XXA", "weapon_type": "war-lamps"}
RECORD = {"record": "transfer:xxa-xxb-war-lamps"}


@pytest.fixture(scope="module")
def other() -> Records:
    return load(OTHER)


@pytest.fixture
def on_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of this test is served from the other records."""
    monkeypatch.setattr(store.STORE, "directory", OTHER)
    monkeypatch.setattr(store.STORE, "good", None)
    monkeypatch.setattr(store.STORE, "_stamp", ())
    monkeypatch.setattr(store.STORE, "_looked", 0.0)


@pytest.fixture(scope="module")
def ours(other: Records) -> frozenset[str]:
    """Ids and titles of our records and names of our countries, but for what the other records have too."""
    found: set[str] = set()
    for path in [*(DATA / f"{name}.csv" for name in RECORDS), DATA / "codes" / "laws.csv"]:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found |= {row["id"], *(row[name] for name in TITLES if name in row)}
    with (DATA / "codes" / "countries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found |= {row["name"], row["short"], row["adjective"]}
    theirs = " ".join(path.read_text("utf-8") for path in OTHER.rglob("*.csv"))
    return frozenset(text for text in found if len(text) > 4 and text not in theirs)


def words(seen: Seen) -> str:
    """Everything on a page: texts, charts, widgets and their choices."""
    parts = [json.dumps(part, ensure_ascii=False) for part in seen.parts.values()]
    widgets = [*seen.app.selectbox, *seen.app.multiselect, *seen.app.select_slider, *seen.app.button]
    shown = " ".join([*parts, *(f"{w.label} {getattr(w, 'options', '')}" for w in widgets)])
    shown = html.unescape(shown.replace("\\n", " ").replace('\\"', '"'))
    return " ".join(shown.split())


def traces(text: str, ours: frozenset[str]) -> set[str]:
    return {own for own in ours if own in text and re.search(rf"(?<![\w-]){re.escape(own)}(?![\w-])", text)}


# What Tumen says of its base map and borders on every data set, and where its rules come from.
ITSELF = [BORDER_POLICY, *(point.name for point in BORDER_POINTS)]


def test_the_other_records_are_labelled_as_made_up_and_have_no_mistake(other: Records) -> None:
    assert check.check(OTHER).ok
    assert "Made-up data for tests" in browse.package(other).title
    for table in NAMED:
        frame = other[table]
        rows = [" ".join(map(str, row)).lower().replace("-", " ") for row in frame.to_numpy()]
        assert rows and all("made up" in row for row in rows), table


@pytest.mark.parametrize(
    ("page", "query"),
    [*((page, query) for page in PAGES for query in ({}, TURNED)), ("map", ONE), ("record", RECORD)],
    ids=str,
)
@pytest.mark.usefixtures("on_other")
def test_no_page_shows_anything_of_ours(page: str, query: dict[str, str], ours: frozenset[str]) -> None:
    seen = look(page, query)
    text = words(seen)
    assert "Aldova" in text or "transfers on record" in text
    for own in ITSELF:
        text = text.replace(own, "")
    assert traces(text, ours) == set()
    assert not re.search(r"\b(PRK|RUS|UKR|IRN|CHN)\b|Kim|Putin|Vostochny|2023|2024", text)


@pytest.mark.parametrize("section", [s for s in method.SECTIONS if s not in ("scope", "all")])
@pytest.mark.usefixtures("on_other")
def test_no_section_of_method_shows_anything_of_ours(section: str, ours: frozenset[str]) -> None:
    text = words(look("method", {"section": section}))
    assert traces(text, ours) == set()


@pytest.mark.parametrize("table", ["assertions", "corrections", "changes", "versions", "countries"])
@pytest.mark.usefixtures("on_other")
def test_every_table_is_listed(table: str, other: Records) -> None:
    seen = look("records", {"table": table})
    assert seen.parts["records"]["html"].count("<tr") >= len(other[table])


@pytest.mark.usefixtures("on_other")
def test_the_map_draws_the_flows_of_countries_that_no_atlas_has() -> None:
    seen = look("map")
    assert {"flow:XXA>XXB:lamps", "place:saltmouth"} <= seen.picks
    assert any("XXC" in pick for pick in seen.picks)


@pytest.mark.usefixtures("on_other")
def test_the_months_play_through_the_window_of_the_other_records() -> None:
    (slider,) = look("map").app.select_slider
    assert slider.options[1] == "Feb 2021" and slider.options[-1] == "Oct 2021"


# --- a new directory ---


def test_a_new_directory_passes_the_check_and_is_labelled(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["new", str(tmp_path / "mine")])
    assert result.exit_code == 0, result.output
    made = load(tmp_path / "mine")
    assert list(made["transfers"].index) == [template.EXAMPLE]
    assert (tmp_path / "mine" / "README.md").read_text("utf-8").startswith("# Your own records")
    for table in browse.package(made).tables:
        if table.group == "records" and table.name != "versions":
            assert all("made up" in str(tuple(row)).lower() for row in made[table.name].to_numpy()), (
                table.name
            )


def test_a_new_directory_knows_nothing_of_our_records(tmp_path: Path, ours: frozenset[str]) -> None:
    made = template.write(tmp_path / "mine")
    ids = {own for own in ours if "-" in own and " " not in own}
    text = " ".join(path.read_text("utf-8") for path in made.rglob("*") if path.is_file())
    assert traces(text, frozenset(ids)) == set()


@pytest.mark.parametrize("there", ["file", "full"])
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    target = tmp_path / "mine"
    if there == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "notes.txt").write_text("mine")
    result = CliRunner().invoke(app, ["new", str(target)])
    assert result.exit_code == 2 and "not an empty directory" in result.stderr
    assert (target if there == "file" else target / "notes.txt").read_text() == "mine"


@pytest.fixture
def on_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = template.write(tmp_path / "mine")
    monkeypatch.setattr(store.STORE, "directory", made)
    monkeypatch.setattr(store.STORE, "good", None)
    monkeypatch.setattr(store.STORE, "_stamp", ())
    return made


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("on_new")
def test_every_page_opens_on_a_new_directory(page: str) -> None:
    assert look(page).count == 1
