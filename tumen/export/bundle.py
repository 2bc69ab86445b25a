"""A view as one zip: its tables, its maps, what they mean and how to use them."""

import io
import json
import zipfile
from datetime import date
from urllib.parse import urlsplit

from tumen import browse
from tumen.export import csvs, geo, package, readme, tables
from tumen.records import Records
from tumen.view import Selection

MADE = (1980, 1, 1, 0, 0, 0)  # of every file: the same view gives the same bytes


def zipped(records: Records, selection: Selection, address: str, on: date) -> bytes:
    """Everything of a view, ready to be taken away; the same for the same view, address and day.

    Holds each table as CSV (where `data/` has it), `datapackage.json`, flows, routes and places as GeoJSON
    and as layers of `view.gpkg`, and a README.md.

    Args:
        records: the records.
        selection: what is in view.
        address: of the view, with its host.
        on: the day on which it is taken away, for the citation.
    """
    found, host = tables.tables(records, selection), host_of(address)
    sheets = {n: csvs.sheet(frame, tables.columns(records, selection, n)) for n, frame in found.items()}
    layers = geo.layers(records, selection, host)
    made = readme.Made(records, selection, found, sheets, address, on)
    described = package.described(records, selection, found)
    files: dict[str, bytes] = {
        "README.md": readme.readme(made).encode(),
        "datapackage.json": json.dumps(described, ensure_ascii=False, indent=2).encode(),
        **{table.path: sheets[table.name].content for table in browse.package(records).tables},
        **{f"{name}.geojson": geo.geojson(layer) for name, layer in layers.items()},
        "view.gpkg": geo.geopackage(layers),
    }
    return _zip(files)


def host_of(address: str) -> str:
    """What stands before the path of an address, '' if it has no host."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            about = zipfile.ZipInfo(name, MADE)
            about.external_attr = 0o644 << 16
            packed.writestr(about, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
