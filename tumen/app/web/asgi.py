"""The few words of ASGI that our own middleware speaks."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from starlette.responses import PlainTextResponse

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

A_DAY = b"public, max-age=86400"
REQUESTS = ("http", "websocket")


class Headers:
    """Adds headers to every HTTP answer; one that the answer has already stays as it is."""

    def __init__(self, app: ASGI, extra: Iterable[Header]) -> None:
        self.app, self.extra = app, tuple(extra)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers when the answer starts."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", []))
                there = {name.lower() for name, _ in own}
                message["headers"] = own + [pair for pair in self.extra if pair[0] not in there]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class Cached(Headers):
    """Files that change only with a release: the browser may keep them for a day."""

    def __init__(self, app: ASGI) -> None:
        super().__init__(app, [(b"cache-control", A_DAY)])


def header(scope: Scope, name: bytes) -> str:
    """The value of a header of the request, or ''; of several the first."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, why: str, headers: dict[str, str] | None = None
) -> None:
    """Answer with a plain sentence; a websocket is closed before it opens (its client sees 403)."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why[:120]})
        return
    await PlainTextResponse(f"{why}\n", status, headers)(scope, receive, send)
