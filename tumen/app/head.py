"""Our part of the head of Streamlit's page: the frame's style is there before the first paint.

Sent as an element of the page it would come after the first paint, and everything would jump.
"""

from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tumen import speech

ASSETS = Path(__file__).parent / "assets"
PROSE = (
    "tokens.css",
    "prose.css",
    "pages.css",
    "exchange.css",
    "figures.css",
    "known.css",
    "records.css",
    "forecasts.css",
    "method.css",
    "take.css",
)  # the style of all our own HTML: cards, and what only pages use
STYLE, WAIT, SCRIPT = ((ASSETS / name).read_text("utf-8") for name in ("frame.css", "wait.css", "wait.js"))
SHARED = "\n".join((ASSETS / name).read_text("utf-8") for name in PROSE)
STYLES = f"""<style>{STYLE}</style><style id="tumen-wait">{WAIT}</style>
<style id="tumen-prose" media="not all">{SHARED}</style>"""
HEAD = f"{STYLES}<script>{SCRIPT}</script><title>Tumen</title>".encode()
BEFORE, SPOKEN = b"</head>", b'<html lang="en"'
# What Streamlit must not hear of: it would answer compressed, or that the page is as it was.
COMPRESSED_OR_KEPT = (b"accept-encoding", b"if-none-match", b"if-modified-since")


class Head:
    """Adds HEAD to every HTML page on its way out; stands inside of whatever compresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; hold back the start of an HTML answer until its body is known."""
        if scope["type"] == "http" and scope["method"] == "GET" and _asks_for_a_page(scope):
            plain = [(name, value) for name, value in scope["headers"] if name not in COMPRESSED_OR_KEPT]
            await self.app({**scope, "headers": plain}, receive, Rewriter(send, _language(scope)))
        else:
            await self.app(scope, receive, send)


class Rewriter:
    """The way out of one answer."""

    def __init__(self, send: Send, language: str = speech.ENGLISH) -> None:
        self.send, self.start, self.body = send, None, b""  # type: Send, Message | None, bytes
        self.language = language

    async def __call__(self, message: Message) -> None:
        """Gather an HTML body and send it with our head; pass on anything else as it comes."""
        if message["type"] == "http.response.start" and _is_page(message):
            self.start = message
            return
        if self.start is None or message["type"] != "http.response.body":
            await self.send(message)
            return
        self.body += message.get("body", b"")
        if not message.get("more_body"):
            await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        body = self.body.replace(BEFORE, HEAD + BEFORE, 1)
        body = body.replace(SPOKEN, SPOKEN.replace(b"en", self.language.encode()), 1)
        headers = MutableHeaders(raw=start["headers"])
        headers["content-length"] = str(len(body))
        for name in ("etag", "last-modified"):  # those of Streamlit's own page
            del headers[name]
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def _language(scope: Scope) -> str:
    """The language that the address asks for, if there is such a one."""
    asked = parse_qs(scope.get("query_string", b"").decode("ascii", "replace")).get("lang", [""])[-1]
    return asked if asked in speech.installed() else speech.ENGLISH


def _asks_for_a_page(scope: Scope) -> bool:
    return b"text/html" in dict(scope["headers"]).get(b"accept", b"")


def _is_page(start: Message) -> bool:
    kind = dict(start["headers"]).get(b"content-type", b"")
    return bool(start["status"] == 200 and kind.startswith(b"text/html"))
