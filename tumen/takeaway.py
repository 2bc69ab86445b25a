"""What can be taken away from a view: its files, each with its rows and its address.

The files themselves are made by the data routes (`tumen.export`, `tumen.cite`) when someone asks for one;
nothing is computed here but how much each would hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from tumen import browse, cite, flows
from tumen.export import sheets, tables
from tumen.records import Records
from tumen.running import Numbers
from tumen.speech import N_, Texts, _
from tumen.view import Selection, to_query

SECTIONS = Texts(
    {
        "data": N_("Data"),
        "cite": N_("Citation"),
        "brief": N_("Brief"),
        "calls": N_("Code"),
    }
)
DEFAULT = "data"

FORMATS: Mapping[str, str] = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet", "json": "JSON"}
MAIN = ("transfers", "assertions", "events", "quotes", "sources")  # what most readers come for


@dataclass(frozen=True)
class File:
    """One table or layer: its name, how many rows it holds, and format → address."""

    title: str
    rows: int
    links: Sequence[tuple[str, str]]


def files(records: Records, selection: Selection) -> dict[str, list[File]]:
    """The files of a view in three groups: main tables, other tables, map layers."""
    found = {name: _table(records, selection, name, len(rows)) for name, rows in _rows(records, selection)}
    return {
        "main": [found[name] for name in MAIN],
        "other": [file for name, file in found.items() if name not in MAIN],
        "layers": list(_layers(records, selection)),
    }


def too_long(file: File) -> bool:
    """Whether a table has more rows than a workbook of Excel holds, and so does not come as one."""
    return all(label != FORMATS["xlsx"] for label, _url in file.links)


def whole(selection: Selection) -> str:
    """The address of the one file that holds all of a view."""
    return f"/api/view.zip{_query(selection)}"


def gpkg(selection: Selection) -> str:
    """The address of all map layers of a view in one file."""
    return f"/api/view.gpkg{_query(selection)}"


def citations(selection: Selection) -> dict[str, list[tuple[str, str]]]:
    """Addresses of the citation of a view, and of all its sources, by format."""
    forms = {ending: label for code, (label, ending, _) in cite.FORMATS.items() if code not in cite.STYLES}
    return {
        what: [(label, f"/cite/{what}.{ending}{_query(selection)}") for ending, label in forms.items()]
        for what in ("view", "sources")
    }


def cited(records: Records, selection: Selection) -> int:
    """How many sources a view rests on."""
    return len(cite.sources_of(records, selection))


def _rows(records: Records, selection: Selection) -> Iterator[tuple[str, Numbers]]:
    found = tables.rows_in(records, selection)
    return ((table.name, found[table.name]) for table in browse.package(records).tables)


def _table(records: Records, selection: Selection, name: str, rows: int) -> File:
    fits = sheets.holds(rows, len(tables.columns(records, selection, name)))
    formats = {ending: label for ending, label in FORMATS.items() if fits or ending != "xlsx"}
    links = [(label, f"/api/{name}.{ending}{_query(selection)}") for ending, label in formats.items()]
    return File(browse.package(records)[name].title, rows, links)


def _layers(records: Records, selection: Selection) -> Iterator[File]:
    places = tables.rows_in(records, selection)["places"]
    counts = {
        "flows": (_("Flows between countries"), len(flows.flows(records, selection))),
        "routes": (_("Routes, leg by leg"), len(flows.legs(records, selection))),
        "places": (_("Places"), len(places)),
    }
    for name, (title, count) in counts.items():
        yield File(title, count, [("GeoJSON", f"/api/{name}.geojson{_query(selection)}")])


def _query(selection: Selection) -> str:
    query = urlencode(to_query(selection.view), doseq=True)
    return f"?{query}" if query else ""
