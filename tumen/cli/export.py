"""`tumen export`: a view, or a table of it, as a file."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from tumen import view
from tumen.cli.common import DataOption, choose, fail, filtered, opened, viewed, working, write
from tumen.export.download import VIEW, NoSuchFile, download, formats
from tumen.query import Query

TYPES = ("zip", "csv", "xlsx", "parquet", "geojson", "gpkg", "json")
WHOLE = ("zip", "gpkg", "xlsx")  # formats that hold a whole view; the others one table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "export",
        epilog="""\b
Examples:
  tumen export --out tumen.zip                                   everything, with a README
  tumen export --country PRK --as-of 2024-02-27 --out prk.zip    what is in view on that day
  tumen export --format csv --table assertions                   one table, to standard output
  tumen export --format geojson --table flows --out flows.geojson
  tumen export --format gpkg --out map.gpkg                      for a GIS
\b
CSV, JSON, Parquet and GeoJSON hold one table (--table); zip, GeoPackage and Excel a whole view.""",
    )(run)


@filtered()
def run(
    query: Query,
    form: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help=", ".join(TYPES))] = "",
    table: Annotated[
        str, typer.Option(metavar="TABLE", help="A table, or flows; transfers where one is needed.")
    ] = "",
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="FILE", help="Where to write to; - is standard output.")
    ] = "-",
    site: Annotated[
        str, typer.Option(metavar="URL", help="The address of a dashboard, for the links in the files.")
    ] = "",
    data: DataOption = None,
) -> None:
    """Write a view, or a table of it, to a file: what is filtered, as of the chosen day."""
    kind = choose("--format", form or Path(out).suffix.lstrip(".") or "zip", TYPES)
    name = table or (VIEW if kind in WHOLE else "transfers")
    if out == "-" and sys.stdout.isatty() and kind not in ("csv", "json", "geojson"):
        fail(f"{kind} is no text for a terminal; name a file with --out.")
    records = opened(data)
    if table:
        choose("--table", table, [known for known in formats(records) if known != VIEW])
    chosen = viewed(records, query)
    selection, where = view.select(records, chosen), address(site, chosen)
    with working(f"Writing {name}.{kind}"):
        try:
            made = download(records, selection, name, kind, address=where, on=date.today())
        except (NoSuchFile, ValueError) as error:
            fail(f"{str(error).rstrip('.')}.")
    write(made.content, out)


def address(site: str, chosen: view.View) -> str:
    """Where the view is found on a dashboard; without its address, on some host."""
    query = urlencode(view.to_query(chosen), doseq=True)
    return f"{site.rstrip('/')}/{'?' if query else ''}{query}"
