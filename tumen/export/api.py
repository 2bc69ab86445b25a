"""The data routes: every table of a view over HTTP, by the same filters as the pages.

    /api/transfers.csv?country=PRK&as_of=2024-02-27

Routes are strict (see `asking`), answer conditional requests, and may be read from any other site:
everything here is public, no cookie is looked at, and nothing can be changed.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import orjson
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from tumen import __version__, browse, descriptor, memory, view
from tumen.export import asking, download, openapi, sheets
from tumen.export.asking import Fault
from tumen.export.download import DATED
from tumen.query import Query
from tumen.records import HEAVY, BadData, Records
from tumen.view import View

Current = Callable[[], Records]
Answer = Callable[[Request], Response]

METHODS = ["GET", "HEAD", "OPTIONS"]
MOST_MISTAKES = 20  # of the data that are named to a visitor
HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
OPEN: Mapping[str, str] = {  # any site may read what everybody may read
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Content-Disposition",
}
PREFLIGHT: Mapping[str, str] = {
    **OPEN,
    "access-control-allow-methods": ", ".join(METHODS),
    "access-control-allow-headers": "If-None-Match",
    "access-control-max-age": "86400",
    "allow": ", ".join(METHODS),
}
# A copy may be kept, but is asked about each time: rows change when the data do. There is no Last-Modified,
# for the only honest date is that of the rows in view, and a file's date is that of its installation.
KEEP = "public, no-cache"


def routes(current: Current) -> list[BaseRoute]:
    """The routes below /api.

    Args:
        current: gives the records to answer from; raises BadData if there are none.
    """
    return [
        Route("/api", _answering(_index, current), methods=METHODS),
        Mount(
            "/api",
            routes=[
                Route("/", _answering(_index, current), methods=METHODS),
                Route("/openapi.json", _answering(_openapi, current), methods=METHODS),
                Route("/{path:path}", _answering(_file, current), methods=METHODS),
            ],
        ),
    ]


def _answering(make: Callable[[Request, Records], Response], current: Current) -> Answer:
    """An endpoint; it is no coroutine, so Starlette runs it in a thread and the event loop stays free."""

    def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        try:
            found = make(request, current())
        except BadData as error:
            found = _no_data(error)
        found.headers.update(OPEN)
        return found

    return answer


# --- answers -------------------------------------------------------------------------------------


def _file(request: Request, records: Records) -> Response:
    name, format, wrong = asking.file(records, request.path_params["path"])
    chosen, ids, faults = asking.read(query_of(request), records)
    missing = bool(wrong) and wrong[0].parameter == "table"
    faults = [*wrong, *faults, *([] if missing else asking.unknown_ids(records, name, ids))]
    if faults:
        return _faulty(faults, 404 if missing else 400)
    host, on = host_of(request), today()
    tag = _tag(records, chosen, name, format, *ids, host, str(on) if format in DATED else "")
    if _has(request, tag):
        return Response(status_code=304, headers=_kept(tag))
    try:
        made = download.download(
            records,
            view.select(records, chosen),
            name,
            format,
            address=address(host, chosen),
            on=on,
            ids=ids,
        )
    except sheets.TooManyRows as error:
        ways = [way for way in download.formats(records)[name] if way not in ("xlsx", "geojson")]
        return _faulty([Fault("format", format, " or ".join(ways), ways[0], str(error))], 400)
    disposition = f'attachment; filename="{made.name}"'
    tidy = BackgroundTask(memory.clear_up) if len(made.content) > HEAVY else None
    headers = {**_kept(tag), "content-disposition": disposition}
    return Response(made.content, 200, headers, made.media, background=tidy)


def _openapi(request: Request, records: Records) -> Response:
    described = records.once("openapi", lambda: orjson.dumps(openapi.document(records)))
    return _unchanging(request, records, described, "application/json")


def _index(request: Request, records: Records) -> Response:
    return _unchanging(
        request, records, index(records, host_of(request)).encode(), "text/plain; charset=utf-8"
    )


def _unchanging(request: Request, records: Records, content: bytes, media: str) -> Response:
    tag = _hashed(content)
    if _has(request, tag):
        return Response(status_code=304, headers=_kept(tag))
    return Response(content, 200, _kept(tag), media)


def _faulty(faults: list[Fault], status: int) -> Response:
    told = {"errors": [fault.as_json() for fault in faults], "see": "/api"}
    return Response(orjson.dumps(told), status, {"cache-control": "no-store"}, "application/json")


def _no_data(error: BadData) -> Response:
    mistakes = error.report.mistakes[:MOST_MISTAKES]
    faults = [Fault("data", m.found, m.expected, m.nearest, str(m)) for m in mistakes]
    found = _faulty(faults or [Fault("data", "", "data without mistakes", "", "There are no data.")], 503)
    found.headers["retry-after"] = "10"
    return found


# --- requests ------------------------------------------------------------------------------------


def today() -> date:
    """The day of access, by universal time: it stands in citations."""
    return datetime.now(UTC).date()


def query_of(request: Request) -> Query:
    """The parameters of a request: each with all its values."""
    return {name: request.query_params.getlist(name) for name in request.query_params}


def host_of(request: Request) -> str:
    """What stands before the path in the address that was asked; '' if the client made it up."""
    host = request.url.netloc
    return f"{request.url.scheme}://{host}" if HOST.fullmatch(host) else ""


def address(host: str, chosen: View) -> str:
    """The address of the page that shows a view."""
    query = urlencode(view.to_query(chosen), doseq=True)
    return f"{host}/{f'?{query}' if query else ''}"


def _tag(records: Records, chosen: View, *parts: str) -> str:
    """A weak ETag: the same for the same view of the same data, however it is compressed on its way."""
    asked = urlencode(view.to_query(chosen), doseq=True)
    return _hashed("\n".join([__version__, records.version, _descriptor(records), asked, *parts]).encode())


def _hashed(content: bytes) -> str:
    return f'W/"{hashlib.sha256(content).hexdigest()[:20]}"'


def _descriptor(records: Records) -> str:
    path = records.directory / descriptor.FILE
    return records.once("hash of the descriptor", lambda: hashlib.sha256(path.read_bytes()).hexdigest())


def _has(request: Request, tag: str) -> bool:
    """Whether the client has the newest copy; tags are compared weakly, as RFC 9110 wants it here."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or tag.removeprefix("W/") in (
        one.strip().removeprefix("W/") for one in known.split(",")
    )


def _kept(tag: str) -> dict[str, str]:
    return {"etag": tag, "cache-control": KEEP}


# --- words ---------------------------------------------------------------------------------------


def index(records: Records, host: str = "") -> str:
    """What can be asked for, as plain text."""
    known = browse.package(records)
    lines = [
        known.title,
        "",
        "The records behind the pages, by the same filters. Everything may be read from anywhere.",
        f"Data version {known.version}, content {records.version}. {known.licence}.",
        "",
        f"  {host}/api/transfers.csv?country=PRK&weapon_type=artillery-ammunition&as_of=2024-02-27",
        f"  {host}/api/view.zip?country=PRK   a whole view: tables, maps, README, descriptor",
        f"  {host}/api/openapi.json           the same as this page for machines (OpenAPI 3.1)",
        "",
        "Filters (the same as in the address of a page; whatever is not understood is an error):",
        *(f"  {name:12} {p.words} {p.expected}" for name, p in asking.parameters(records).items()),
        f"  {asking.ID:12} Only these rows of a table.",
        "",
        "Files:",
        *(f"  /api/{name}.{{{','.join(f)}}}" for name, f in download.formats(records).items()),
        "",
    ]
    return "\n".join(lines)
