"""`tumen release VERSION`: give the records a new version, with the list of what changed."""

import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tumen import versions
from tumen.check import check
from tumen.cli.common import WRONG, DataOption, fail
from tumen.descriptor import BadDescriptor
from tumen.home import DATA
from tumen.versions import Change, NoRelease


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "release",
        epilog="""\b
Examples:
  tumen release 2026.12.0 --summary "Adds the reports of December."
  tumen release 2026.12.0 --summary "…" --since v2026.11.0     since a git revision
  tumen release 2026.12.0 --summary "…" --since ../old/data    since another directory
  tumen release --dry-run                                      what would be in it
\b
What changed is found by comparing every row of every table with the last release, which is the
git revision that last changed versions.csv. Nothing else has to be kept by hand.""",
    )(run)


def run(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="year.month.number")] = "",
    summary: Annotated[str, typer.Option(help="What is new, in one or two sentences.")] = "",
    since: Annotated[str, typer.Option(metavar="REV|DIR", help="The last release.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only list what changed.")] = False,
    data: DataOption = None,
) -> None:
    """Release the records: write versions.csv, changes.csv and the version in datapackage.json."""
    place = data or DATA
    if not dry_run and not (version and summary):
        fail("A release needs a VERSION and a --summary.")
    report = check(place)
    if not report.ok:
        fail(*map(str, report.mistakes), "", "Records with mistakes cannot be released.", code=WRONG)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            old = _old(place, since, Path(scratch))
            found = (
                versions.changes(old, place)
                if dry_run
                else versions.release(place, old, version, date.today(), summary)
            )
        except (NoRelease, BadDescriptor) as error:
            fail(str(error))
    typer.echo(_words(found))


def _old(place: Path, since: str, scratch: Path) -> Path:
    """The directory of the last release: the one named, or unpacked from git."""
    if since and Path(since).is_dir():
        return Path(since)
    return versions.unpack(place, since or versions.last_release(place), scratch)


def _words(found: list[Change]) -> str:
    counts = Counter((change.table, change.kind) for change in found)
    lines = [f"{table}: {count:,} {kind}" for (table, kind), count in counts.items()]
    return "\n".join([*lines, f"{len(found):,} changes."])
