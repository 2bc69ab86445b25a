"""`tumen brief`: a view as one document to send, print and cite."""

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tumen import brief, view
from tumen.brief import Picture
from tumen.brief.pictures import NoPictures, render
from tumen.cli.common import DataOption, choose, fail, filtered, opened, viewed, working, write
from tumen.cli.export import address
from tumen.query import Query
from tumen.records import Records
from tumen.view import Selection

TYPES = ("html", "docx", "md")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "brief",
        epilog="""\b
Examples:
  tumen brief --country PRK --as-of 2024-02-27 --out brief.html
  tumen brief --country IRN --weapon-type drones --out brief.docx
  tumen brief --card prk-rus-152mm-shells --out - --format md    cards of your choice
\b
Pictures of the charts need a Chromium or Chrome and `pip install tumen[pictures]`; without them each
chart is told in words and a table, and standard error says so. Markdown has no pictures.""",
    )(run)


@filtered()
def run(
    query: Query,
    form: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help=", ".join(TYPES))] = "",
    card: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A transfer whose card is wanted; may be repeated.")
    ] = None,
    interactive: Annotated[
        bool, typer.Option("--interactive", help="HTML whose charts answer the pointer (1.4 MB more).")
    ] = False,
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="FILE", help="Where to write to; - is standard output.")
    ] = "-",
    site: Annotated[str, typer.Option(metavar="URL", help="The address of a dashboard, for the links.")] = "",
    data: DataOption = None,
) -> None:
    """Write the brief of a view: what moved, who says so, what is contested, numbered sources."""
    kind = choose("--format", form or Path(out).suffix.lstrip(".") or "md", TYPES)
    if out == "-" and kind == "docx" and sys.stdout.isatty():
        fail("docx is no text for a terminal; name a file with --out.")
    records = opened(data)
    chosen = viewed(records, query)
    selection = view.select(records, chosen)
    with working("Gathering the evidence"):
        try:
            parts = brief.compose(records, selection, address(site, chosen), date.today(), card or None)
        except LookupError as error:
            fail(f"--card: {error.args[0]}")
    drawn = {} if kind == "md" else _pictures(records, selection)
    with working("Writing"):
        if kind == "docx":
            content = brief.docx(parts, drawn)
        else:
            text = brief.markdown(parts) if kind == "md" else brief.html(parts, drawn, interactive)
            content = text.encode()
    write(content, out)


def _pictures(records: Records, selection: Selection) -> Mapping[str, Picture]:
    """The charts as pictures; none, and a word on why, where they cannot be drawn."""
    with working("Drawing the charts"):
        try:
            return render(brief.figures(records, selection))
        except NoPictures as error:
            typer.echo(f"Without pictures: {error}.", err=True)
            return {}
