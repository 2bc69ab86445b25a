"""What stands before Streamlit: names, sizes, rates, headers and logs, asked without a network."""

import asyncio
import json
import logging
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import streamlit.logger
from limits import parse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from tumen.app import head, server
from tumen.app.web import health, hosts, policy, rates, settings, sign_in, sizes
from tumen.app.web.asgi import ASGI
from tumen.app.web.settings import LOOPBACK, BadSetting, Settings
from tumen.mistakes import Mistake, Report
from tumen.records import BadData


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())} bytes")


async def fails(_: Request) -> PlainTextResponse:
    raise RuntimeError("secret of a visitor")


async def greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


async def in_parts(body: bytes) -> AsyncIterator[bytes]:
    """A body that does not say how long it is."""
    for start in range(0, len(body), 10_000):
        yield body[start : start + 10_000]


OPENED = ["websocket.accept", "websocket.send", "websocket.close"]
ROUTES = [
    Mount("/api", routes=[Route("/transfers.csv", echo, methods=["GET", "POST"])]),
    Route("/quotes", echo, methods=["GET", "POST"]),
    Route("/fails", fails),
    WebSocketRoute("/_stcore/stream", greet),
]


class Client:
    """Asks an ASGI application as a browser at 192.0.2.7 would."""

    def __init__(self, made: ASGI, address: str = "192.0.2.7") -> None:
        self.made, self.address = made, address

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            way = httpx.ASGITransport(self.made, raise_app_exceptions=False, client=(self.address, 5000))  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=way, base_url="http://localhost") as client:
                return await client.request(method, path, **options)

        return asyncio.run(once())

    def visit(self, host: str = "localhost") -> list[Any]:
        """Open a websocket and leave; what the server said."""
        said: list[Any] = []
        scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", host.encode())],
            "client": (self.address, 5000),
            "subprotocols": [],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            said.append(message)

        asyncio.run(self.made(scope, receive, send))
        return said


def app(environment: Mapping[str, str] | None = None) -> Client:
    """Our middleware around a few plain routes, under the given settings."""
    ours = settings.read(environment or {}, address="127.0.0.1")
    stack: list[Any] = [
        Middleware(each.cls, **{**each.kwargs, **_told(each.kwargs, ours)}) for each in server.middleware()
    ]
    return Client(Starlette(routes=[*server.routes(), *ROUTES], middleware=stack))


def _told(given: Mapping[str, Any], ours: Settings) -> dict[str, Any]:
    values = {"settings": ours, "extra": policy.headers(ours), "allowed": ours.hosts}
    return {name: value for name, value in values.items() if name in given}


# --- names ---


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8501", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8501", 200),
        ("LOCALHOST.", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("evil.example:80@localhost", 200),  # the host of that is localhost; no browser sends it
        ("", 421),
        ("[", 421),
    ],
)
def test_only_our_own_names_are_answered(host: str, status: int) -> None:
    assert app().get("/quotes", headers={"host": host}).status_code == status


def test_a_strange_name_opens_no_websocket() -> None:
    assert [said["type"] for said in app().visit()] == OPENED
    assert [said["type"] for said in app().visit("evil.example")] == ["websocket.close"]


def test_names_can_be_allowed_by_setting() -> None:
    client = app({"TUMEN_HOSTS": "tumen.example, *.press.example"})
    asked = ["tumen.example", "a.press.example", "press.example", "localhost", "xpress.example"]
    answers = [client.get("/quotes", headers={"host": host}).status_code for host in asked]
    assert answers == [200, 200, 421, 421, 421]
    assert app({"TUMEN_HOSTS": "*"}).get("/quotes", headers={"host": "any.example"}).status_code == 200


def test_a_probe_may_ask_by_address() -> None:
    assert app().get("/healthz", headers={"host": "10.0.0.9:8501"}).json() == {"alive": True}


def test_a_server_that_listens_to_everyone_has_no_names_of_its_own() -> None:
    assert settings.read({}, address="0.0.0.0").hosts == ("*",)
    assert settings.read({}, address="127.0.0.1").hosts == LOOPBACK
    assert hosts.is_allowed("[::1]:80", LOOPBACK)


# --- sizes ---


def test_a_long_address_is_refused_and_a_long_view_is_not() -> None:
    client = app()
    longest = "&".join(["country=ABC"] * 200)
    assert client.get(f"/quotes?{longest}").status_code == 200
    answer = client.get("/quotes?q=" + "x" * sizes.LONGEST_ADDRESS)
    assert answer.status_code == 414
    assert "8,192" in answer.text


def test_a_large_body_is_refused_whether_it_says_so_or_not() -> None:
    client = app()
    body = b"x" * (sizes.LARGEST_BODY + 1)
    assert client.ask("POST", "/quotes", content=body[:-1]).text == f"{sizes.LARGEST_BODY} bytes"
    assert client.ask("POST", "/quotes", content=body).status_code == 413
    assert client.ask("POST", "/quotes", content=in_parts(body)).status_code == 413  # in chunks, undeclared


def test_streamlits_own_limit_on_uploads_comes_first() -> None:
    from streamlit import config

    assert config.get_option("server.maxUploadSize") * 1024 * 1024 < sizes.LARGEST_UPLOAD


# --- rates ---


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    client = app({"TUMEN_RATE": "3/minute"})
    answers = [client.get("/api/transfers.csv") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert "3 per 1 minute" in answers[-1].text
    assert client.get("/quotes").status_code == 200  # a page costs little until its websocket opens


def test_visits_are_limited_too() -> None:
    client = app({"TUMEN_RATE_VISITS": "2/minute"})
    visits = [[said["type"] for said in client.visit()] for _ in range(3)]
    assert visits == [OPENED, OPENED, ["websocket.close"]]


def test_one_clients_limit_is_nobody_elses() -> None:
    made = app({"TUMEN_RATE": "1/minute"})
    other = Client(made.made, "192.0.2.8")
    assert [made.get("/api/transfers.csv").status_code for _ in range(2)] == [200, 429]
    assert other.get("/api/transfers.csv").status_code == 200


def test_rates_can_be_off() -> None:
    client = app({"TUMEN_RATE": "off"})
    assert {client.get("/api/transfers.csv").status_code for _ in range(200)} == {200}


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_a_household_counts_as_one_client(address: str, counted: str) -> None:
    assert rates.client({"client": (address, 1)}) == counted
    assert rates.client({"client": None}) == "unknown"


def test_expensive_is_what_computes() -> None:
    assert all(map(rates.is_expensive, ["/api", "/api/transfers.csv", "/cite", "/brief.html", "/export/x"]))
    assert not any(map(rates.is_expensive, ["/", "/apiary", "/quotes", "/geo/world_50m.json", "/citeproc"]))


# --- settings ---


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TUMEN_HOSTS", "https://tumen.example"),
        ("TUMEN_HOSTS", "tumen.example/path"),
        ("TUMEN_EMBED_IN", "news.example"),
        ("TUMEN_EMBED_IN", "https://news.example/page"),
        ("TUMEN_EMBED_IN", "https://news.example;script-src"),
        ("TUMEN_EMBED_IN", "*"),
        ("TUMEN_HSTS", "a year"),
        ("TUMEN_RATE", "often"),
        ("TUMEN_RATE_VISITS", "-1/minute"),
        ("TUMEN_SIGN_IN", "perhaps"),
    ],
)
def test_a_setting_that_cannot_be_meant_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        settings.read({name: value})


def test_settings_are_read() -> None:
    told = settings.read(
        {
            "TUMEN_HOSTS": "a.example [::1]",
            "TUMEN_EMBED_IN": "https://news.example http://localhost:3000",
            "TUMEN_HSTS": "31536000",
            "TUMEN_RATE": "7/hour",
            "TUMEN_RATE_VISITS": "off",
            "TUMEN_LOG": "json",
            "TUMEN_SIGN_IN": "1",
        }
    )
    assert told == Settings(
        ("a.example", "::1"),
        ("https://news.example", "http://localhost:3000"),
        31_536_000,
        parse("7/hour"),
        None,
        True,
        True,
    )


def test_every_setting_is_described() -> None:
    described = set(re.findall(r"`(TUMEN_\w+)`", settings.__doc__ or ""))
    read = set(re.findall(r'"(TUMEN_\w+)"', Path(settings.__file__).read_text("utf-8")))
    assert described == read - {"TUMEN_"}


# --- signing in ---


async def signed(_: Request) -> RedirectResponse:
    """What Streamlit answers at the end: it leads everybody to the first page."""
    return RedirectResponse("/", 302)


def door(wanted: bool = True) -> Client:
    """Our door before the pages, some other routes and the end of signing in."""
    routes = [Route(path, echo) for path in ("/", "/map", "/quotes", "/healthz", "/static/x.js")]
    inside = Starlette(routes=[*routes, Route(sign_in.CALLBACK, signed)])
    return Client(sign_in.Door(inside, Settings(sign_in=wanted)))


@pytest.mark.parametrize(
    ("held", "led"),
    [
        ("/map", "/map"),
        ("/quotes?q=%22a+b%22&as_of=2024-02-26", "/quotes?q=%22a+b%22&as_of=2024-02-26"),
        ("", "/"),
        ("map", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/map", "/"),
        ("/map\r\nset-cookie: x=1", "/"),
        ("/map?q=\x00", "/"),
        ("/\u202emap", "/"),
        ("/map/../auth/logout", "/"),
        ("/api/transfers.csv", "/"),
        (sign_in.CALLBACK, "/"),
    ],
)
def test_who_signs_in_is_led_back_to_a_page_of_ours_and_nowhere_else(held: str, led: str) -> None:
    cookie = {"cookie": f"{sign_in.BACK}={quote(held, safe='')}"}
    answer = door().get(f"{sign_in.CALLBACK}?state=x&code=y", headers=cookie)
    assert (answer.status_code, answer.headers["location"]) == (302, led)
    (forgotten,) = answer.headers.get_list("set-cookie")
    assert forgotten.startswith(f"{sign_in.BACK}=") and "max-age=0" in forgotten.lower()


def test_the_address_of_a_page_is_held_until_its_visitor_has_signed_in() -> None:
    (held,) = door().get("/map?country=PRK&q=a%20b").headers.get_list("set-cookie")
    assert quote("/map?country=PRK&q=a%20b", safe="") in held
    assert "httponly" in held.lower() and "samesite=lax" in held.lower()
    for path in ("/healthz", "/static/x.js", f"/quotes?q={'x' * sign_in.LONGEST}"):
        answer = door().get(path)
        assert answer.status_code == 200 and "set-cookie" not in answer.headers, path
    assert "set-cookie" not in door(wanted=False).get("/map?country=PRK").headers
    assert door().get("/api/transfers.csv").status_code == 401


# --- headers ---


def test_every_answer_has_the_headers_that_keep_it_safe() -> None:
    client = app()
    for path in ("/quotes", "/healthz", "/geo/world_50m.json", "/plotly/plotly.min.js", "/nowhere"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
        assert "camera=()" in headers["permissions-policy"]
        assert "strict-transport-security" not in headers
    refused = client.get("/quotes", headers={"host": "evil.example"})
    assert refused.headers["content-security-policy"] == headers["content-security-policy"]


def test_scripts_come_from_files_blobs_and_known_words_only() -> None:
    (script,) = re.findall(r"script-src ([^;]+)", policy.content_policy(Settings()))
    kinds = {part if not part.startswith("'sha256-") else "hash" for part in script.split()}
    assert kinds == {"'self'", "hash", "blob:"}
    assert "unsafe-eval" not in policy.content_policy(Settings())


def test_each_inline_script_of_the_start_page_is_known() -> None:
    whole = policy.INDEX.read_text("utf-8") + head.HEAD.decode()
    assert len(policy.inline_hashes()) == whole.count("<script>") > 1


def test_embedding_and_https_are_settings() -> None:
    client = app({"TUMEN_EMBED_IN": "https://news.example", "TUMEN_HSTS": "600"})
    headers = client.get("/quotes").headers
    assert headers["content-security-policy"].endswith("frame-ancestors https://news.example")
    assert "x-frame-options" not in headers
    assert headers["strict-transport-security"] == "max-age=600"


# --- health ---


def test_ready_says_which_records_are_shown(records: Any) -> None:
    answer = app().get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["data"] == records.version
    assert answer.json()["mistakes"] == 0
    assert answer.headers["cache-control"] == "no-store"


def mistaken(count: int) -> Report:
    one = Mistake("transfers.csv", 2, "x", "status", "?", "which is wrong", "", "", "reference")
    return Report((one,) * count, 1, 1, 1)


def test_ready_says_that_newer_files_wait_to_be_mended(monkeypatch: pytest.MonkeyPatch, records: Any) -> None:
    monkeypatch.setattr(
        health, "STORE", type("", (), {"current": lambda _: records, "report": mistaken(3)})()
    )
    answer = app().get("/readyz")
    assert (answer.status_code, answer.json()["mistakes"]) == (200, 3)


def test_not_ready_without_any_records(monkeypatch: pytest.MonkeyPatch) -> None:
    class Empty:
        def current(self) -> None:
            raise BadData(mistaken(2))

    monkeypatch.setattr(health, "STORE", Empty())
    answer = app().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "mistakes": 2})
    assert app().get("/healthz").status_code == 200


# --- logs ---


class Printed:
    """What the process has written to standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys, self.so_far = capsys, ""

    @property
    def text(self) -> str:
        self.so_far += self.capsys.readouterr().err
        return self.so_far

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == "tumen.requests"]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Printed]:
    """What is printed while logs are JSON; afterwards every logger is as it was before."""
    names = ["", *logging.root.manager.loggerDict]
    before = {name: list(logging.getLogger(name).handlers) for name in names}
    formats = {handler: handler.formatter for handlers in before.values() for handler in handlers}
    monkeypatch.setattr(streamlit.logger, "setup_formatter", streamlit.logger.setup_formatter)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    level = logging.root.level
    yield Printed(capsys)
    logging.root.setLevel(level)
    for name in ["", *logging.root.manager.loggerDict]:
        logging.getLogger(name).handlers[:] = before.get(name, [])
    for handler, formatter in formats.items():
        handler.setFormatter(formatter)


def test_a_request_is_logged_without_a_word_of_its_visitor(printed: Printed) -> None:
    client = app({"TUMEN_LOG": "json"})
    client.get("/quotes?country=Jane+Doe&q=jane%40example.org", headers={"cookie": "who=jane"})
    client.get("/jane.doe?x=1")
    found = printed.requests
    assert [(line["path"], line["status"], line["filters"]) for line in found] == [
        ("/quotes", 200, ["country"]),
        ("other", 404, []),
    ]
    assert set(found[0]) == {
        "time", "level", "logger", "message", "method", "path", "filters", "status", "bytes", "ms",
    }  # fmt: skip
    for word in ("jane", "Jane", "192.0.2.7", "example.org"):
        assert word not in printed.text


def test_a_websocket_is_logged_when_it_ends(printed: Printed) -> None:
    app({"TUMEN_LOG": "json"}).visit()
    (line,) = printed.requests
    assert (line["method"], line["path"], line["status"], line["closed"]) == (
        "WEBSOCKET",
        "/_stcore",
        101,
        1000,
    )


def test_a_broken_request_is_told_by_type_and_place_only(printed: Printed) -> None:
    answer = app({"TUMEN_LOG": "json"}).get("/fails")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert [line["status"] for line in printed.lines if line["logger"] == "tumen.requests"] == [500]
    try:
        asyncio.run(fails(Request({"type": "http"})))
    except RuntimeError:
        logging.getLogger("tumen").exception("broken")
    (line,) = [line for line in printed.lines if line["message"] == "broken"]
    assert line["exception"] == "RuntimeError"
    assert re.fullmatch(r"test_security_server\.py:\d+ fails", line["at"][0])
    assert "secret of a visitor" not in printed.text


def test_a_logger_that_streamlit_makes_later_speaks_json_too(printed: Printed) -> None:
    app({"TUMEN_LOG": "json"}).get("/healthz")
    streamlit.logger.get_logger("streamlit.made.later").warning('a "word"\nand another')
    assert printed.lines[-1]["message"] == 'a "word"\nand another'


def test_plain_logs_do_not_mention_requests(printed: Printed) -> None:
    app().get("/quotes?country=PRK")
    assert printed.text == ""
