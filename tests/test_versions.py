"""Releases: what changed is found by comparing tables, and a release that means nothing is refused."""

import csv
import io
import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from starlette.requests import Request
from typer.testing import CliRunner, Result

from tumen import check, descriptor, versions
from tumen.app import feed
from tumen.cli import app
from tumen.home import DATA
from tumen.records import Records, load
from tumen.versions import Change, NoRelease

DAY = date(2026, 12, 1)
ATOM = {"a": "http://www.w3.org/2005/Atom"}
Edit = Callable[[list[list[str]]], object]


def copied(target: Path) -> Path:
    return Path(shutil.copytree(DATA, target, ignore=shutil.ignore_patterns("geo")))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The records as last released."""
    return copied(tmp_path / "old")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The same records, to be edited."""
    return copied(tmp_path / "new")


def edit(directory: Path, file: str, change: Edit) -> None:
    path = directory / file
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def rename(rows: list[list[str]]) -> None:
    rows[1][rows[0].index("note")] = "Another note."


def three_edits(directory: Path) -> tuple[str, str, str]:
    """Change a place, withdraw a thing looked for, add a topic; return their ids."""
    told: list[str] = []
    edit(directory, "places.csv", lambda rows: (told.append(rows[1][0]), rename(rows)))
    edit(directory, "not_found.csv", lambda rows: told.append(rows.pop()[0]))
    edit(directory, "codes/topics.csv", lambda rows: rows.append(["weather", "Weather", "What it was like."]))
    changed, withdrawn = told
    return changed, withdrawn, "weather"


def test_nothing_differs_between_two_copies(old: Path, new: Path) -> None:
    assert versions.changes(old, new) == []


def test_what_was_changed_withdrawn_and_added_is_told_by_table_and_id(old: Path, new: Path) -> None:
    changed, withdrawn, added = three_edits(new)
    assert set(versions.changes(old, new)) == {
        Change("places", changed, "changed", ("note",)),
        Change("not_found", withdrawn, "withdrawn"),
        Change("topics", added, "added"),
    }
    assert set(versions.changes(new, old)) == {
        Change("places", changed, "changed", ("note",)),
        Change("not_found", withdrawn, "added"),
        Change("topics", added, "withdrawn"),
    }


def test_the_order_of_rows_is_no_change(old: Path, new: Path) -> None:
    edit(new, "places.csv", lambda rows: rows.insert(1, rows.pop()))
    assert versions.changes(old, new) == []


def test_a_key_of_several_columns_names_the_row(old: Path, new: Path) -> None:
    edit(new, "corrections.csv", lambda rows: rows[1].__setitem__(rows[0].index("reason"), "Another reason."))
    (change,) = versions.changes(old, new)
    assert (change.kind, change.columns) == ("changed", ("reason",)) and change.id.count("+") == 3


def test_a_release_is_written_and_passes_the_check(old: Path, new: Path) -> None:
    changed, _, _ = three_edits(new)
    found = versions.release(new, old, "2026.12.0", DAY, "A  place\nis better known.")
    report = check.check(new, today=DAY)
    assert report.ok, report.mistakes
    assert descriptor.read(new).version == "2026.12.0"
    newest, first = versions.told(load_on(new))
    assert newest["summary"] == "A place is better known." and newest["date"] == "2026-12-01"
    assert newest["words"] == "1 added, 1 changed, 1 withdrawn"
    assert (first["id"], first["words"]) == ("2026.11.0", "everything is new")
    lines = (new / "changes.csv").read_text("utf-8").splitlines()
    assert f"2026.12.0,places,{changed},changed,note" in lines and len(lines) == 1 + len(found)
    assert versions.changes(new, new) == [] and len(versions.changes(old, new)) == 3


def load_on(directory: Path) -> Records:
    """Records of a release of the future, as they will be read on its day."""
    tables, _ = check.read(directory, today=DAY)
    return Records({n: f.set_axis(f["id"].array) if "id" in f else f for n, f in tables.items()})


def test_only_the_version_changes_in_the_descriptor(old: Path, new: Path) -> None:
    three_edits(new)
    versions.release(new, old, "2026.12.0", DAY, "New.")
    before, after = ((path / descriptor.FILE).read_text("utf-8") for path in (old, new))
    assert before.replace('"version": "2026.11.0"', '"version": "2026.12.0"') == after
    assert json.loads(after)["version"] == "2026.12.0"


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("2026.11.0", "exists already"),
        ("2026.10.9", "older than 2026.11.0"),
        ("2027", "not a version"),
        ("2026.13.0", "not a version"),
        ("2026.12.0; rm", "not a version"),
    ],
)
def test_a_version_that_cannot_be_is_refused(old: Path, new: Path, version: str, why: str) -> None:
    three_edits(new)
    with pytest.raises(NoRelease, match=why):
        versions.release(new, old, version, DAY, "New.")
    assert descriptor.read(new).version == "2026.11.0"


def test_a_release_of_nothing_is_refused(old: Path, new: Path) -> None:
    with pytest.raises(NoRelease, match="Nothing has changed"):
        versions.release(new, old, "2026.12.0", DAY, "New.")
    assert (old / "versions.csv").read_bytes() == (new / "versions.csv").read_bytes()


# --- the command ---


def git(directory: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run(["git", *who, *arguments], cwd=directory, check=True, capture_output=True)


def tumen(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_the_last_release_is_found_in_git(tmp_path: Path) -> None:
    place = copied(tmp_path / "repository" / "data")
    git(tmp_path, "init", "-q", "repository")
    git(place, "add", ".")
    git(place, "commit", "-q", "-m", "released")
    assert (
        "Nothing has changed" in tumen("release", "2026.11.1", "--summary", "x", "--data", str(place)).stderr
    )
    three_edits(place)
    git(place, "commit", "-q", "-a", "-m", "edited")
    result = tumen("release", "--dry-run", "--data", str(place))
    assert result.exit_code == 0 and "3 changes." in result.stdout and "places: 1 changed" in result.stdout
    done = tumen("release", "2026.11.1", "--summary", "Three edits.", "--data", str(place))
    assert done.exit_code == 0, done.stderr
    assert descriptor.read(place).version == "2026.11.1" and check.check(place).ok
    git(place, "commit", "-q", "-a", "-m", "released again")
    again = tumen("release", "2026.11.2", "--summary", "x", "--data", str(place))
    assert again.exit_code == 2 and "Nothing has changed" in again.stderr


def test_records_with_mistakes_are_not_released(old: Path, new: Path) -> None:
    edit(new, "places.csv", lambda rows: rows[1].__setitem__(rows[0].index("kind"), "castle"))
    result = tumen("release", "2026.12.0", "--summary", "x", "--since", str(old), "--data", str(new))
    assert result.exit_code == 1 and "castle" in result.stderr
    assert descriptor.read(new).version == "2026.11.0"


@pytest.mark.parametrize("since", ["no-such-revision", "--output=x"])
def test_a_revision_that_git_does_not_know_is_named(new: Path, since: str) -> None:
    result = tumen("release", "--dry-run", f"--since={since}", "--data", str(new))
    assert result.exit_code == 2 and result.stderr


# --- the feed ---


def test_the_feed_holds_every_version_and_answers() -> None:
    scope = {"type": "http", "scheme": "http", "server": ("here", 80), "path": feed.PATH, "headers": []}
    answer = feed.answer(Request(scope))
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/atom+xml")
    assert b'href="http://here/records?table=changes' in answer.body
    entries = ET.fromstring(bytes(answer.body)).findall("a:entry", ATOM)
    told = versions.told(load())
    assert [e.findtext("a:title", "", ATOM) for e in entries] == [f"Version {v['id']}" for v in told]
    assert all((e.findtext("a:id", "", ATOM)).startswith("tag:tumen,2026-") for e in entries)


def test_hostile_words_stay_words_in_the_feed(records: Records) -> None:
    rows = records["versions"].assign(summary='<script>alert("x")</script>')
    text = feed.written(Records({**records.tables, "versions": rows}), "http://here")
    (summary,) = ET.fromstring(text).iterfind("a:entry/a:summary", ATOM)
    assert summary.text and summary.text.startswith("&lt;script&gt;")
