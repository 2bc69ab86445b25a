"""The data routes: the rows of the pages over HTTP, strict about what is asked, and saying what is wrong."""

import asyncio
import csv
import gzip
import io
import json
import socket
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pandas as pd
import pyarrow.parquet as pq
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import validate
from starlette.applications import Starlette

from tests.test_export_tables import RECORDS, VIEWS, selected, taken
from tumen import browse, check, view
from tumen.app import server
from tumen.export import api, asking, calls, download, openapi, sheets
from tumen.mistakes import Mistake
from tumen.records import BadData, Records
from tumen.view import PARAMETERS, View

HOST = "tumen.example"
VIEW_OF_NOTHING = view.to_query(VIEWS["nothing"])
SHELLS = {"country": "PRK", "weapon_type": "artillery-ammunition", "as_of": "2024-02-27"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def faults(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.json["errors"]
        return found

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.body.decode("utf-8"), newline="")))


def served(app: Any, path: str, query: str = "", method: str = "GET", **headers: str) -> Answer:
    """What an ASGI application answers, without a server between."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    given = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
        "server": (HOST, 443),
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(app(scope, receive, send))
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))


BARE = Starlette(routes=api.routes(lambda: RECORDS))
WHOLE = Starlette(routes=server.routes(), middleware=server.middleware())


def ask(path: str, query: Mapping[str, Any] | None = None, method: str = "GET", **headers: str) -> Answer:
    return served(BARE, path, urlencode(query or {}, doseq=True), method, **headers)


# --- the same rows as everywhere -----------------------------------------------------------------


def listed(name: str, table: str) -> list[str]:
    """The ids in the first column of the Records page, turned page by page."""
    found: list[str] = []
    while True:
        turned = len(found) // browse.PER_PAGE + 1
        shown = browse.listing(RECORDS, selected(name), browse.Wanted(table), turned)
        found += [row[0][0].text for row in shown.rows]
        if len(found) >= shown.found:
            return found


@pytest.mark.parametrize("name", VIEWS)
def test_route_zip_page_and_selection_hold_the_same_ids_in_the_same_order(name: str) -> None:
    query = view.to_query(VIEWS[name])
    with zipfile.ZipFile(io.BytesIO(ask("/api/view.zip", query).body)) as packed:
        for table in ("transfers", "assertions", "events", "quotes"):
            route = [row["id"] for row in ask(f"/api/{table}.csv", query).rows]
            text = packed.read(f"{table}.csv").decode("utf-8")
            assert route == [row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))]
            assert route == [row["id"] for row in ask(f"/api/{table}.json", query).json["rows"]]
            assert route == listed(name, table)
            if table == "transfers":
                assert route == selected(name).transfers


@pytest.mark.parametrize(("name", "formats"), download.formats(RECORDS).items())
def test_every_file_is_served_with_its_type_and_a_telling_name(name: str, formats: tuple[str, ...]) -> None:
    for format in formats:
        answer = ask(f"/api/{name}.{format}", SHELLS)
        assert answer.status == 200, answer.body[:500]
        assert answer.headers["content-type"] == download.MEDIA[format]
        assert answer.headers["content-disposition"] == (
            f'attachment; filename="tumen-{name}-PRK-artillery-ammunition-2024-02-27.{format}"'
        )
        assert int(answer.headers["content-length"]) == len(answer.body) > 0


def test_json_says_what_it_holds() -> None:
    answer = ask("/api/transfers.json", SHELLS).json
    chosen = view.from_query({k: [v] for k, v in SHELLS.items()}, RECORDS)[0]
    selection = view.select(RECORDS, chosen)
    assert answer["view"] == view.sentence(selection, RECORDS)
    assert (answer["as_of"], answer["version"]) == ("2024-02-27", RECORDS.version)
    assert answer["count"] == len(answer["rows"]) == len(selection.transfers) > 3


def test_parquet_and_geojson_say_it_too() -> None:
    told = pq.read_table(io.BytesIO(ask("/api/transfers.parquet", SHELLS).body)).schema.metadata
    sent = ask("/api/transfers.geojson", SHELLS).json
    assert told[b"tumen:view"].decode() == sent["view"] and "North Korea" in sent["view"]
    assert sent["count"] == len(sent["features"])


def test_rows_can_be_asked_for_by_id() -> None:
    two = ["prk-rus-152mm-shells", "prk-rus-artillery-shells"]
    assert [row["id"] for row in ask("/api/transfers.csv", {"id": two}).rows] == two
    assert ask("/api/evidence.json", {"id": "3"}).json["rows"][0]["label"].startswith("Official")
    assert ask("/api/transfers.json", {"id": two, "country": "IRN"}).json["count"] == 0
    legs = ask("/api/routes.geojson", {"id": "air-vladivostok-sunan"}).json["features"]
    assert {leg["properties"]["route"] for leg in legs} == {"air-vladivostok-sunan"}


def test_addresses_lead_to_the_host_that_was_asked() -> None:
    feature = ask("/api/flows.geojson", {"as_of": "2024-02-27"}).json["features"][0]
    assert feature["properties"]["address"].startswith(f"https://{HOST}/record?record=")
    assert "as_of=2024-02-27" in feature["properties"]["address"]


@pytest.mark.parametrize("host", ['evil"><script>', "a b", "x\\y", "evil.example/path?"])
def test_a_host_that_is_none_is_not_repeated(host: str) -> None:
    address = ask("/api/places.geojson", host=host).json["features"][0]["properties"]["address"]
    assert address.startswith("/record?record=place:") or host not in address


# --- strict --------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_named_at_once() -> None:
    query = {
        "contry": "PRK",
        "country": ["PRX", "RUS"],
        "role": ["origin", "destination"],
        "evidence": "9",
        "contested": "maybe",
        "as_of": "2023-13",
        "law": "un-resolutoin",
        "from": "2024",
        "to": "2023",
        "id": "prk-rus-152mm-shell",
    }
    answer = ask("/api/transfers.cvs", query)
    assert answer.status == 400
    by_name = {fault["parameter"]: fault for fault in answer.faults}
    assert by_name.keys() == {"format", *query} - {"to"}
    nearest = {name: fault["nearest"] for name, fault in by_name.items() if fault["nearest"]}
    assert nearest == {
        "format": "csv",
        "contry": "country",
        "country": "PRK",
        "law": "un-resolution",
        "id": "prk-rus-152mm-shells",
    }
    assert by_name["country"]["found"] == "PRX"
    assert "2030-12-31" in by_name["as_of"]["expected"]
    assert by_name["evidence"]["expected"] == "one of 0, 1, 2, 3, 4, 5"
    assert all(fault["message"].endswith((".", "?")) for fault in answer.faults)


@pytest.mark.parametrize(
    "query", [{"table": "events"}, {"q": "shells"}, {"record": "transfer:x"}, {"AS_OF": "2024"}]
)
def test_what_only_pages_understand_is_wrong_here(query: dict[str, str]) -> None:
    answer = ask("/api/transfers.csv", query)
    assert (answer.status, [f["parameter"] for f in answer.faults]) == (400, [*query])


@pytest.mark.parametrize(
    "path", ["/api/transfer.csv", "/api/nothing", "/api/a/b.csv", "/api/../data.csv", "/api/.csv"]
)
def test_an_unknown_table_is_not_found(path: str) -> None:
    answer = ask(path, {"contry": "x"})
    assert answer.status == 404
    assert [fault["parameter"] for fault in answer.faults] == ["table", "contry"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_table_without_a_format_or_without_places_is_told_its_formats() -> None:
    (fault,) = ask("/api/sources.geojson").faults
    assert fault["expected"] == "one of csv, json, parquet, xlsx"
    (fault,) = ask("/api/sources").faults
    assert "needs a format" in fault["message"]
    (fault,) = ask("/api/view.gpkg", {"id": "x"}).faults
    assert fault["parameter"] == "id"


def test_names_are_understood_as_on_the_pages_and_empty_values_say_nothing() -> None:
    by_code = ask("/api/transfers.csv", {"country": "PRK"})
    assert by_code.body == ask("/api/transfers.csv", {"country": "north korea", "role": "", "as_of": ""}).body


def test_a_thousand_values_are_refused_shortly() -> None:
    answer = ask(
        "/api/transfers.csv", {"country": [f"x{n}" for n in range(1000)], "id": [*map(str, range(999))]}
    )
    assert answer.status == 400 and len(answer.body) < 100_000
    assert answer.faults[0]["message"].startswith("“country=1000 values” are too many")


words = st.text(max_size=12)
one_line = words.filter(lambda text: "\n" not in text)  # a path with a line feed reaches no route at all
names = st.one_of(st.sampled_from([*PARAMETERS.values(), "id"]), words)
values = st.one_of(words, st.sampled_from(["PRK", "2024-02-27", "missiles", "yes", "5", "origin", "all"]))
files = [f"{n}.{f}" for n, many in download.formats(RECORDS).items() for f in many if n != download.VIEW]


@given(
    st.one_of(st.sampled_from(files), one_line),
    st.dictionaries(names, st.lists(values, max_size=3), max_size=4),
)
def test_whatever_is_asked_is_answered(path: str, query: dict[str, list[str]]) -> None:
    answer = ask(f"/api/{path}", query)
    assert answer.status in (200, 400, 404)
    if answer.status != 200:
        for fault in answer.faults:
            assert set(fault) == {"parameter", "found", "expected", "nearest", "message"}
            assert all(text.isprintable() for text in fault.values())


# --- HTTP ----------------------------------------------------------------------------------------


def test_a_copy_that_is_still_good_is_not_sent_again() -> None:
    first = ask("/api/transfers.csv", SHELLS)
    tag = first.headers["etag"]
    again = ask("/api/transfers.csv", SHELLS, if_none_match=f'"other", {tag}')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert first.headers["cache-control"] == again.headers["cache-control"] == "public, no-cache"
    assert ask("/api/transfers.csv", SHELLS, if_none_match='W/"other"').status == 200
    for path in ("/api", "/api/openapi.json", "/api/view.zip"):
        tag = ask(path).headers["etag"]
        assert ask(path, if_none_match=tag).status == 304


def test_another_view_file_host_or_data_have_another_tag() -> None:
    def tag(path: str, query: Mapping[str, Any] | None = None, **headers: str) -> str:
        return ask(path, query, **headers).headers["etag"]

    newer = Records(RECORDS.tables, "another", RECORDS.directory)
    other = served(Starlette(routes=api.routes(lambda: newer)), "/api/transfers.csv").headers["etag"]
    tags = [
        tag("/api/transfers.csv"),
        tag("/api/transfers.csv", {"country": "PRK"}),
        tag("/api/transfers.csv", {"id": "prk-rus-152mm-shells"}),
        tag("/api/transfers.json"),
        tag("/api/events.csv"),
        tag("/api/transfers.csv", host="other.example"),
        other,
    ]
    assert len(set(tags)) == len(tags)
    assert tag("/api/transfers.csv", {"country": "PRK"}) == tag(
        "/api/transfers.csv", {"country": "north korea"}
    )


def test_what_holds_a_citation_is_new_each_day(monkeypatch: pytest.MonkeyPatch) -> None:
    def tags(day: date) -> list[str]:
        monkeypatch.setattr(api, "today", lambda: day)
        return [
            ask(f"/api/{file}", VIEW_OF_NOTHING).headers["etag"] for file in ("view.zip", "transfers.csv")
        ]

    (zipped, table), (zipped_later, table_later) = tags(date(2026, 11, 27)), tags(date(2026, 11, 28))
    assert zipped != zipped_later and table == table_later


def test_any_site_may_read_and_nobody_may_write() -> None:
    for answer in (ask("/api/transfers.csv"), ask("/api/nothing.csv"), ask("/api")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    asked = ask("/api/transfers.csv", method="OPTIONS")
    assert asked.status == 204 and "If-None-Match" in asked.headers["access-control-allow-headers"]
    for method in ("POST", "PUT", "DELETE"):
        assert ask("/api/transfers.csv", method=method).status == 405
    assert ask("/api/transfers.csv", method="HEAD").headers["content-disposition"]


def test_around_streamlit_answers_are_compressed_and_keep_their_headers() -> None:
    answer = served(WHOLE, "/api/sources.json", accept_encoding="gzip", host="localhost")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["x-content-type-options"] == "nosniff"
    plain = gzip.decompress(answer.body)
    assert json.loads(plain)["count"] == len(RECORDS["sources"])
    assert len(answer.body) < len(plain) / 3


def test_without_data_the_mistakes_are_named() -> None:
    mistake = Mistake("transfers.csv", 7, "x", "origin", "PRX", "which is no country", "PRK", "", "reference")

    def none() -> Records:
        raise BadData(check.Report((mistake,), 1, 1, 1))

    answer = served(Starlette(routes=api.routes(none)), "/api/transfers.csv")
    assert answer.status == 503 and answer.headers["retry-after"]
    assert "transfers.csv:7" in answer.faults[0]["message"]


def test_a_table_too_long_for_excel_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 5)
    answer = ask("/api/sources.xlsx")
    assert answer.status == 400 and answer.faults[0]["expected"] == "csv or json or parquet"


# --- described -----------------------------------------------------------------------------------

DOCUMENT = ask("/api/openapi.json").json


def test_a_stock_validator_accepts_the_description() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    validate(DOCUMENT)


def test_the_description_is_that_of_the_filters_files_and_columns() -> None:
    assert [*DOCUMENT["components"]["parameters"]] == [*PARAMETERS.values()]
    paths = {f"/api/{name}.{{format}}" for name in download.formats(RECORDS)}
    assert set(DOCUMENT["paths"]) == paths | {"/api", "/api/openapi.json"}
    for table in browse.package(RECORDS).tables:
        described = DOCUMENT["components"]["schemas"][table.name]["properties"]
        assert list(described) == list(taken("all")[table.name].columns)
    assert set(asking.WORDS) == set(PARAMETERS)


def test_every_code_that_is_described_is_understood() -> None:
    for name, parameter in DOCUMENT["components"]["parameters"].items():
        schema = parameter["schema"].get("items", parameter["schema"])
        for value in [*schema.get("enum", ()), *schema.get("examples", ())]:
            _, _, faults = asking.read({name: [value]}, RECORDS)
            assert faults == [], (name, value)


@pytest.mark.parametrize("name", ["all", "february", "nothing"])
@pytest.mark.parametrize("table", [t.name for t in browse.package(RECORDS).tables])
def test_answers_are_as_described(table: str, name: str) -> None:
    operation = DOCUMENT["paths"][f"/api/{table}.{{format}}"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    answer = ask(f"/api/{table}.json", view.to_query(VIEWS[name])).json
    jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(answer)


def test_errors_are_as_described() -> None:
    schema = {"$ref": "#/components/schemas/Errors", "components": DOCUMENT["components"]}
    for path in ("/api/x.csv", "/api/transfers.x"):
        jsonschema.Draft202012Validator(schema).validate(ask(path, {"x": "y"}).json)


def test_the_description_itself_cannot_be_changed_by_a_reader() -> None:
    assert openapi.document(RECORDS) == DOCUMENT


def test_the_index_names_every_filter_and_file() -> None:
    text = ask("/api").body.decode()
    assert ask("/api/").body.decode() == text
    for name in (*PARAMETERS.values(), *download.formats(RECORDS)):
        assert name in text


# --- calls ---------------------------------------------------------------------------------------


@pytest.fixture
def live() -> Iterator[str]:
    """A real server on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(BARE, port=port, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=10)


def test_the_call_in_python_gives_the_table(live: str) -> None:
    chosen = View(country=("PRK",), as_of=date(2023, 11, 2))
    given: dict[str, Any] = {}
    exec(calls.calls(live, "transfers", chosen)["Python"], given)
    assert isinstance(given["transfers"], pd.DataFrame)
    assert given["transfers"]["id"].tolist() == selected("november").transfers


@pytest.mark.parametrize("name", VIEWS)
def test_calls_ask_for_the_view_and_cannot_be_broken_out_of(name: str) -> None:
    told = calls.calls("http://localhost:8501/", "events", VIEWS[name])
    address = calls.url("http://localhost:8501/", "events", VIEWS[name])
    assert address.startswith("http://localhost:8501/api/events.csv") and " " not in address
    assert list(told) == ["curl", "Python", "R"]
    assert all(address in text for text in told.values())
    hostile = calls.calls("http://x'\"; rm -rf \n", "events", VIEWS[name])
    assert all("http://x;rm-rf/api" in text for text in hostile.values())
