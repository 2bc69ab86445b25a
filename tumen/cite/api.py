"""Citations over HTTP, for scripts and reference managers.

    /cite/sources.{bib|ris|json|txt}?country=…&as_of=…   the sources of a view, filtered as the pages are
    /cite/view.{bib|ris|json|txt}?country=…              the view itself
    /cite/{kind}/{id}.{bib|ris|json|txt}?as_of=…         one record: /cite/transfer/prk-rus-….bib

A source's own record is cited as the source, not as a page of Tumen. Text takes `style=chicago` or `apa`.
Whatever is not understood is answered with 400, or 404 for an unknown record, as JSON that names it and
what comes nearest.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tumen import cards, cite, view
from tumen.cite import items
from tumen.cite.items import Item
from tumen.mistakes import nearest, shown
from tumen.query import Query, Reader, spellings
from tumen.records import Records
from tumen.templates import record_url

ENDINGS: Mapping[str, str] = {"bib": "bibtex", "ris": "ris", "json": "csl-json", "txt": ""}
FILTERS = tuple(view.PARAMETERS.values())
LONGEST_NAME = 100  # characters of a file name


class Refused(Exception):
    """A request that is not understood: the status, what is wrong, and what comes nearest."""

    def __init__(self, status: int, error: str, near: Sequence[str] = ()) -> None:
        super().__init__(error)
        self.answer = JSONResponse({"error": error, "nearest": list(near)}, status)


@dataclass(frozen=True)
class Asked:
    """A request that is understood: what to cite, in which format, under which name."""

    cited: Sequence[Item]
    form: str
    name: str


def routes(current: Callable[[], Records]) -> list[BaseRoute]:
    """The route of all citations; `current` gives the records to cite from."""

    def answer(request: Request) -> Response:  # no coroutine: a thread of its own for the slower ones
        try:
            return _file(request, _asked(request, current()))
        except Refused as refused:
            return refused.answer

    return [Route("/cite/{path:path}", answer, methods=["GET"])]


def _file(request: Request, asked: Asked) -> Response:
    _, ending, media = cite.FORMATS[asked.form]
    body = cite.written(asked.cited, asked.form).encode()
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'  # weak: the answer may be compressed on its way
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",
        "Content-Disposition": f'attachment; filename="{asked.name}.{ending}"',
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=f"{media}; charset=utf-8")


def _asked(request: Request, records: Records) -> Asked:
    path, dot, ending = request.path_params["path"].rpartition(".")
    if not dot or ending not in ENDINGS:
        raise Refused(404, f"“{shown(ending)}” is no format here", tuple(ENDINGS))
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    kind, _, record = path.partition("/")
    _known_names(query, (*(("as_of",) if record else FILTERS), *(() if ENDINGS[ending] else ("style",))))
    form = ENDINGS[ending] or _style(query)
    host = str(request.base_url).rstrip("/")
    if record:
        return Asked([_record(records, kind, record, query, host)], form, _name("tumen", kind, record))
    if kind not in ("sources", "view"):
        raise Refused(404, f"“{shown(path)}” is nothing that can be cited", ("sources", "view"))
    return Asked(_of_view(records, kind, query, host), form, _name("tumen", kind, *_words(query)))


def _known_names(query: Query, names: Sequence[str]) -> None:
    for name in query:
        if name not in names:
            near = nearest(name, names)
            raise Refused(400, f"“{shown(name)}” is no parameter here", [near] if near else names)


def _style(query: Query) -> str:
    reader = Reader(query)
    style = reader.code("style", spellings(cite.STYLES), "chicago")
    _understood(reader.notes)
    return style


def _record(records: Records, kind: str, record: str, query: Query, host: str) -> Item:
    reference = f"{kind}:{record}"
    if not cards.exists(records, reference):
        raise Refused(404, f"there is no record “{shown(reference)}”", cards.nearest(records, reference))
    if kind == "source":
        return items.of_source(records, record)
    day = _view(records, query).as_of
    address = host + record_url(kind, record, {"as_of": day.isoformat()} if day else None)
    return items.of_record(records, kind, record, date.today(), address, day)


def _of_view(records: Records, what: str, query: Query, host: str) -> list[Item]:
    selection = view.select(records, _view(records, query))
    if what == "sources":
        return [items.of_source(records, source) for source in cite.sources_of(records, selection)]
    address = urlencode(view.to_query(selection.view), doseq=True)
    return [items.of_view(records, selection, date.today(), f"{host}/{'?' if address else ''}{address}")]


def _view(records: Records, query: Query) -> view.View:
    wanted, notes = view.from_query({name: query[name] for name in query if name in FILTERS}, records)
    _understood(notes)
    return wanted


def _understood(notes: Sequence[str]) -> None:
    """Nothing is ignored here as a page would: a script would not see it."""
    if notes:
        said = [note.replace(" and was ignored", "").replace("; it was ignored", "") for note in notes]
        raise Refused(400, said[0], re.findall(r"Did you mean “([^”]*)”", " ".join(said)))


def _words(query: Query) -> list[str]:
    return [word for name in FILTERS if name in query for word in (name, *query[name])]


def _name(*words: str) -> str:
    return items.key(" ".join(words))[:LONGEST_NAME].rstrip("-.")
