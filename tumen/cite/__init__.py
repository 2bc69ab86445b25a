"""How to cite Tumen, and how Tumen cites its sources, in the styles and formats that readers need.

item = items.of_source(records, "kcna-…")   what is cited, once
text([item], "chicago")                      … as a line of text, or HTML, in a style
bibtex([item]), ris([item]), csl_json([item])   … as a file for a reference manager
"""

from collections.abc import Iterable, Mapping
from datetime import date

from tumen.cite import items
from tumen.cite.files import bibtex, csl_json, ris
from tumen.cite.items import Item
from tumen.cite.sources import sources_of
from tumen.cite.styles import html, text
from tumen.records import Records

__all__ = [
    "FORMATS",
    "HERE",
    "STYLES",
    "bibtex",
    "citation",
    "csl_json",
    "forms",
    "html",
    "items",
    "ris",
    "source_citation",
    "sources_of",
    "text",
    "whole",
    "written",
]

# Stands for the host in an address until a browser puts its own there: only it knows under which name
# Tumen was reached. ('.invalid' is kept free for ever, so no text means a real place by it.)
HERE = "https://tumen.invalid"

STYLES: Mapping[str, str] = {"chicago": "Chicago", "apa": "APA"}
FORMATS: Mapping[str, tuple[str, str, str]] = {  # code → label, file ending, media type
    "chicago": ("Chicago", "txt", "text/plain"),
    "apa": ("APA", "txt", "text/plain"),
    "bibtex": ("BibTeX", "bib", "application/x-bibtex"),
    "ris": ("RIS", "ris", "application/x-research-info-systems"),
    "csl-json": ("CSL-JSON", "json", "application/vnd.citationstyles.csl+json"),
}


def written(cited: Iterable[Item], form: str) -> str:
    """Items in one of FORMATS, as the text of a file.

    Raises:
        KeyError: for any other format.
    """
    if form in STYLES:
        return "".join(f"{line}\n" for line in text(cited, form))
    return {"bibtex": bibtex, "ris": ris, "csl-json": csl_json}[form](cited)


def forms(item: Item) -> dict[str, str]:
    """One item in each of FORMATS, to be copied: code → text."""
    return {form: written([item], form).strip() for form in FORMATS}


def citation(
    records: Records, kind: str, record: str, on: date, address: str, as_of: date | None = None
) -> str:
    """A record of Tumen in the manner of Chicago; arguments as for `items.of_record`."""
    return text([items.of_record(records, kind, record, on, address, as_of)], "chicago")[0]


def whole(records: Records, version: str, on: date, address: str, as_of: date | None = None) -> str:
    """All of Tumen in the manner of Chicago; `version` is that of the descriptor."""
    item = items.of_all(records, on, address, as_of)
    return text([{**item, "version": f"{version}+{records.version or 'unknown'}"}], "chicago")[0]


def source_citation(records: Records, source: str) -> str:
    """A source in the manner of Chicago."""
    return text([items.of_source(records, source)], "chicago")[0]
