"""`tumen check`: every mistake in a data directory at once."""

import json
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from tumen.check import Report, check
from tumen.cli.common import ABSENT, WRONG, DataOption, near
from tumen.home import DATA


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "check",
        epilog="""\b
Examples:
  tumen check                 Tumen's own records
  tumen check mine/ --json    another directory, the report as JSON""",
    )(run)


def run(
    directory: Annotated[
        Path | None, typer.Argument(help="The data directory; Tumen's own by default.")
    ] = None,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the report as JSON.")] = False,
) -> None:
    """Check a data directory and name every mistake at once: 0 none, 1 some, 2 no such directory."""
    place = directory or data or near(DATA)
    if not place.is_dir():
        typer.echo(f"{place} is not a directory.", err=True)
        raise typer.Exit(ABSENT)
    report = check(place)
    typer.echo(
        json.dumps(report.as_json(), ensure_ascii=False, indent=2) if as_json else _words(report, place)
    )
    if not report.ok:
        raise typer.Exit(WRONG)


def _words(report: Report, place: Path) -> str:
    """The report for people: mistakes file by file, then one line that sums up."""
    looked = f"{place}: {report.tables} tables, {report.rows:,} rows, {report.rules} rules"
    if report.ok:
        return f"{looked}; no mistakes."
    files = [
        (file, list(group)) for file, group in groupby(report.mistakes, key=lambda mistake: mistake.file)
    ]
    blocks = ["\n".join(str(mistake) for mistake in group) for _, group in files]
    count, number = len(report.mistakes), len(files)
    total = f"{count:,} mistake{'s' * (count != 1)} in {number} file{'s' * (number != 1)}."
    return "\n\n".join([*blocks, f"{looked}; {total}"])
