"""The command line: what it teaches, what it answers, how it ends."""

import json
import re
from collections.abc import Sequence
from datetime import date

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from tests import plain
from tumen import known
from tumen.cli import app
from tumen.cli.common import HELP
from tumen.records import Records
from tumen.view import PARAMETERS, View, select

COMMANDS = [command.name or "" for command in app.registered_commands]


def tumen(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def told(*arguments: str) -> dict[str, object]:
    result = tumen(*arguments)
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_the_help_names_every_command_the_exit_codes_and_examples() -> None:
    text = tumen("--help").stdout
    assert set(COMMANDS) >= {"serve", "check", "as-of"}
    assert all(f"\n  {name} " in text for name in COMMANDS)
    assert re.search(r"0 +done", text) and re.search(r"1 +the data have mistakes", text)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_teaches_by_example(command: str) -> None:
    assert f"Examples:\n    tumen {command}" in tumen(command, "--help").stdout


def test_every_filter_of_the_pages_is_an_option() -> None:
    assert set(HELP) == set(PARAMETERS)
    text = tumen("as-of", "--help").stdout
    flags = ["--" + name.replace("_", "-") for name in PARAMETERS.values() if name != "as_of"]
    assert all(flag in text for flag in flags)


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ((), {}),
        (("--weapon-type", "artillery-ammunition"), {"weapon_type": "artillery-ammunition"}),
        (("--country", "north korea"), {"country": "PRK"}),
    ],
    ids=str,
)
def test_as_of_counts_what_pandas_counts(options: Sequence[str], query: dict[str, str]) -> None:
    found = told("as-of", "2023-11-02", "--json", *options)
    transfers = found["transfers"]
    assert isinstance(transfers, list)
    assert set(transfers) == plain.transfers(**query, as_of="2023-11-02")


def test_several_filters_mean_the_view_that_they_mean_in_an_address(records: Records) -> None:
    options = (
        "--country",
        "PRK",
        "--country",
        "IRN",
        "--role",
        "origin",
        "--evidence",
        "4",
        "--from",
        "2023-10",
    )
    wanted = View(("PRK", "IRN"), "origin", start=date(2023, 10, 1), evidence=4, as_of=date(2024, 6, 30))
    assert told("as-of", "2024-06", "--json", *options)["transfers"] == select(records, wanted).transfers


def test_as_of_says_what_was_added_since_the_stop_before(records: Records) -> None:
    day = date(2023, 11, 2)
    found = told("as-of", "2023-11-02", "--json")
    before = known.around(records, day)[0]
    assert before and found["since"] == before.day.isoformat()
    earlier, later = (set(select(records, View(as_of=d)).transfers) for d in (before.day, day))
    added = found["added"]
    assert isinstance(added, dict)
    assert set(added["reported"]) == later - earlier != set()
    said = records["assertions"]
    new = said[said["known"].between(pd.Timestamp(before.day), pd.Timestamp(day), inclusive="right")]
    for name, stances in (("claims", ("asserts", "confirms")), ("denials", ("denies", "doubts"))):
        assert added[name] == list(new.index[new["stance"].isin(stances)]), name
    assert len(added["claims"]) > 2
    for name in ("events", "quotes"):
        a, b = (set(getattr(select(records, View(as_of=d)), name).index) for d in (before.day, day))
        assert set(added[name]) == b - a, name


def test_as_of_compares_two_days_in_words() -> None:
    text = tumen("as-of", "2023-11-02", "--against", "2024-02-27", "--country", "PRK").stdout
    assert text.startswith("33 of 56 transfers: North Korea sends or receives; as known on 2 November 2023.")
    assert re.search(r"2023-11-02 +2024-02-27\n", text)
    assert re.search(r"Transfers on record +33 +\d\d\n", text)


def test_a_day_before_everything_is_an_answer_too() -> None:
    result = tumen("as-of", "2001-01-01")
    assert result.exit_code == 0 and "Transfers on record" in result.stdout


def test_all_wrong_filters_are_named_at_once_with_the_nearest() -> None:
    result = tumen("as-of", "2023-11-02", "--country", "Nort Korea", "--evidence", "9", "--law", "xyz")
    assert result.exit_code == 2 and not result.stdout
    assert "“country=Nort Korea” is not known. Did you mean “North Korea”?" in result.stderr
    assert "evidence=9" in result.stderr and "law=xyz" in result.stderr


@pytest.mark.parametrize("day", ["yesterday", "", "1999-01-01"])
def test_a_wrong_day_is_named(day: str) -> None:
    result = tumen("as-of", day)
    assert result.exit_code == 2 and "DAY" in result.stderr


@pytest.mark.parametrize("command", [("as-of", "2023-11-02"), ("serve",), ("check",)], ids=str)
def test_a_directory_that_is_not_there_is_named(command: Sequence[str]) -> None:
    result = tumen(*command, "--data", "nowhere")
    assert result.exit_code == 2 and "nowhere is not a directory" in result.stderr
