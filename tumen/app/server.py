"""What the web server adds around Streamlit: our own files, compression and safe headers."""

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import plotly
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from tumen import geography
from tumen.app import feed
from tumen.app.store import STORE
from tumen.cite import api as cite_api
from tumen.export import api

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]

PLOTLY = Path(plotly.__file__).parent / "package_data"

# Everything comes from this host. Streamlit needs inline styles, an inline start script and, to
# load a component's code, blob scripts; it needs no foreign host.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'self'",
    ]
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
A_DAY = b"public, max-age=86400"


def routes() -> list[BaseRoute]:
    """plotly.js from the installed package, our own base map, the data and the citations."""
    return [
        *api.routes(STORE.current),
        Mount("/plotly", Cached(StaticFiles(directory=PLOTLY))),
        Mount("/geo", Cached(StaticFiles(directory=geography.BASEMAP))),
        Route(feed.PATH, feed.answer),
        *cite_api.routes(STORE.current),
    ]


def middleware() -> list[Middleware]:
    """Compression (Streamlit sends its files uncompressed) and headers that keep the page to itself."""
    return [
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        Middleware(Headers, extra=HEADERS),
    ]


class Headers:
    """Adds headers to every HTTP answer."""

    def __init__(self, app: ASGI, extra: list[tuple[bytes, bytes]]) -> None:
        self.app, self.extra = app, extra

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers when the answer starts."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.extra]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class Cached(Headers):
    """Files that change only with a release: the browser may keep them for a day."""

    def __init__(self, app: ASGI) -> None:
        super().__init__(app, [(b"cache-control", A_DAY)])
