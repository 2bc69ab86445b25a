"""No words after `tumen`, however strange, end in anything but an answer or a message with its exit code."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.fuzz.conftest import cases
from tests.fuzz.hostile import NASTY, values
from tumen.cli import app, common
from tumen.records import Records, load
from tumen.view import PARAMETERS

RECORDS = load()
FLAGS = ["--" + name.replace("_", "-") for name in PARAMETERS.values()]
OWN = [
    "--against",
    "--json",
    "--style",
    "--format",
    "-f",
    "--sources",
    "--site",
    "--help",
    "--",
    "-",
    "--no-such",
]
CODES = [*RECORDS.labels("countries"), *RECORDS.labels("families"), "2023-11-02", "2024", "bib", "apa", "zip"]
CODES += [f"transfer:{name}" for name in RECORDS["transfers"].index[:5]]
runner = CliRunner()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The records are read once for all cases, and whatever is written goes nowhere else."""

    def opened(_: Path | None) -> Records:
        return RECORDS

    for command in ("asof", "cite", "export", "brief"):
        monkeypatch.setattr(f"tumen.cli.{command}.opened", opened)
    monkeypatch.chdir(tmp_path)


def words(flags: list[str]) -> st.SearchStrategy[list[str]]:
    """Options with values, options without, values without options, in any order."""
    pair = st.tuples(st.sampled_from(flags), values(CODES))
    single = st.tuples(st.sampled_from(flags) | values(CODES))
    return st.lists(pair | single, max_size=6).map(lambda parts: [word for part in parts for word in part])


def judged(arguments: list[str]) -> None:
    """Ends with one of the exit codes that `tumen --help` names, and a failure says why."""
    result = runner.invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), (arguments, result.exception)
    assert result.exit_code in (0, common.WRONG, common.ABSENT), arguments
    assert result.exit_code == 0 or result.output.strip(), arguments
    assert "Traceback" not in result.output


@cases(0.91)
@given(words([*FLAGS, *OWN]))
def test_options_that_cannot_be_meant_are_named(quick: None, arguments: list[str]) -> None:
    """The cheapest command that reads them all: `tumen as-of` without a good day ends before it answers."""
    judged(["as-of", *arguments])


@cases(0.08)
@given(st.sampled_from(["as-of", "cite", *NASTY]) | st.text(max_size=8), words([*FLAGS, *OWN]))
def test_any_words_end_with_a_known_exit_code(quick: None, command: str, arguments: list[str]) -> None:
    if command not in ("serve", "new", "release"):
        judged([command, *arguments])


@cases(0.01)
@given(st.sampled_from(["export", "brief"]), words([*FLAGS, *OWN]))
def test_what_writes_files_ends_too(quick: None, command: str, arguments: list[str]) -> None:
    judged([command, *arguments])
