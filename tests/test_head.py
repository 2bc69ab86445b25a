"""Our style is in the head of every page, whatever the browser accepts, and nothing else is touched."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route

from tumen.app.head import HEAD, Head

PAGE = "<html><head><title>Streamlit</title></head><body></head></body></html>" + " " * 2000


def page(request: Any) -> HTMLResponse:
    old = {"etag": '"x"', "last-modified": "Sat, 01 Jan 2000 00:00:00 GMT"}
    return HTMLResponse(PAGE, headers=old)


def pieces(request: Any) -> StreamingResponse:
    return StreamingResponse((PAGE[n : n + 7] for n in range(0, len(PAGE), 7)), media_type="text/html")


def text(request: Any) -> PlainTextResponse:
    return PlainTextResponse(PAGE)


def missing(request: Any) -> HTMLResponse:
    return HTMLResponse(PAGE, status_code=404)


def house() -> Starlette:
    inner = Starlette(
        routes=[Route(f"/{view.__name__}", view) for view in (page, pieces, text, missing)],
        middleware=[Middleware(GZipMiddleware)],  # as Streamlit's own does for deep links
    )
    return Starlette(routes=[Mount("/", inner)], middleware=[Middleware(Head)])


def ask(path: str) -> tuple[dict[str, str], bytes]:
    """What a browser gets that takes compressed pages: headers and body as sent."""
    sent: list[Any] = []
    headers = [(b"accept", b"text/html,*/*"), (b"accept-encoding", b"gzip"), (b"if-none-match", b'"x"')]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b""}

    async def receive() -> None:
        await asyncio.Event().wait()  # the reader stays

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(house()(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return found, b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("path", ["/page", "/pieces"])
def test_a_page_has_our_head_once_even_if_it_would_come_compressed(path: str) -> None:
    headers, body = ask(path)
    assert body == PAGE.encode().replace(b"</head>", HEAD + b"</head>", 1)
    assert not {"etag", "last-modified", "content-encoding"} & {*headers}
    assert int(headers["content-length"]) == len(body)


@pytest.mark.parametrize("path", ["/text", "/missing"])
def test_anything_else_is_left_alone(path: str) -> None:
    assert ask(path)[1] == PAGE.encode()


def test_a_script_that_asks_for_no_page_is_let_through_as_it_came() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Callable[..., Any]) -> None:
        seen.append((scope, send))

    scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"gzip")]}
    asyncio.run(Head(app)(scope, None, print))  # type: ignore[arg-type]
    assert seen == [(scope, print)]
