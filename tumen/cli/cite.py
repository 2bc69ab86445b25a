"""`tumen cite`: how to cite a record, a view, or the sources of a view."""

from datetime import date
from typing import Annotated

import typer

from tumen import cards, cite, view
from tumen.cite import items
from tumen.cli.common import DataOption, choose, fail, filtered, opened, viewed, write
from tumen.cli.export import address
from tumen.query import Query
from tumen.records import Records
from tumen.view import View

FORMS = {"text": "", "bib": "bibtex", "ris": "ris", "json": "csl-json"}  # → what the library calls it


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "cite",
        epilog="""\b
Examples:
  tumen cite                                             all of it
  tumen cite transfer:prk-rus-152mm-shells --style apa   one record
  tumen cite source:csis-2024-04-22-back-in-stock        one source
  tumen cite --country PRK --as-of 2024-02-27            a view
  tumen cite --sources --country PRK --format bib --out prk.bib
\b
bib is BibTeX, ris goes into Zotero and EndNote, json is CSL-JSON.""",
    )(run)


@filtered()
def run(
    query: Query,
    record: Annotated[
        str, typer.Argument(metavar="[KIND:ID]", help="A record such as transfer:ID; without it the view.")
    ] = "",
    sources: Annotated[bool, typer.Option("--sources", help="All sources behind the view.")] = False,
    style: Annotated[str, typer.Option(metavar="STYLE", help="Of texts: chicago or apa.")] = "chicago",
    form: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help=", ".join(FORMS))] = "text",
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="FILE", help="Where to write to; - is standard output.")
    ] = "-",
    site: Annotated[str, typer.Option(metavar="URL", help="The address of a dashboard, for the links.")] = "",
    data: DataOption = None,
) -> None:
    """Write the citation of a record, of a view, or of all sources of a view."""
    choose("--style", style, list(cite.STYLES))
    choose("--format", form, list(FORMS))
    if record and sources:
        fail("Name a record or ask for --sources, not both.")
    records = opened(data)
    chosen = viewed(records, query)
    cited = _cited(records, chosen, record, sources, site)
    text = cite.written(cited, FORMS[form] or style)
    write((text.rstrip("\n") + "\n").encode(), out)


def _cited(records: Records, chosen: View, record: str, sources: bool, site: str) -> list[items.Item]:
    today, selection = date.today(), view.select(records, chosen)
    if sources:
        return [items.of_source(records, name) for name in cite.sources_of(records, selection)]
    if not record:
        return [items.of_view(records, selection, today, address(site, chosen))]
    if not cards.exists(records, record):
        near = cards.nearest(records, record, most=1)
        fail(f"“{record}” is not known.{f' Did you mean “{near[0]}”?' if near else ''}")
    kind, name = cards.split(record)
    if kind == "source":
        return [items.of_source(records, name)]
    own = f"{site.rstrip('/')}/record?record={record}"
    return [items.of_record(records, kind, name, today, own, chosen.as_of)]
