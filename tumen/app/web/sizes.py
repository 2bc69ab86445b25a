"""Limits on what one request may send: a long address or a large body ends before anybody reads it."""

from tumen.app.web.asgi import ASGI, REQUESTS, Message, Receive, Scope, Send, header, refuse

LONGEST_ADDRESS = 8_192  # bytes of path and query; the longest that our own pages make has some 3,000
LARGEST_BODY = 64 * 1024
UPLOADS = "/_stcore/upload_file/"
LARGEST_UPLOAD = 6 * 1024 * 1024  # Streamlit's own limit (maxUploadSize) is 5, and it says so nicely


class TooLarge(Exception):
    """The body has grown over its limit while it was read."""


class Sizes:
    """Refuses too long addresses (414) and too large bodies (413, declared or found)."""

    def __init__(self, app: ASGI) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough, and count the body while it is read."""
        if scope["type"] not in REQUESTS:
            await self.app(scope, receive, send)
            return
        most = LARGEST_UPLOAD if scope["path"].startswith(UPLOADS) else LARGEST_BODY
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            await refuse(scope, receive, send, 414, f"The address is longer than {LONGEST_ADDRESS:,} bytes.")
        elif scope["type"] == "http" and _declared(scope) > most:
            await _too_large(scope, receive, send, most)
        else:
            await self._counted(scope, receive, send, most)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        read, started = 0, False

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b"")) if message["type"] == "http.request" else 0
            if read > most:
                raise TooLarge
            return message

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counting, noting)
        except TooLarge:
            if not started:
                await _too_large(scope, receive, send, most)


def _declared(scope: Scope) -> int:
    text = header(scope, b"content-length")
    return int(text) if text.isascii() and text.isdigit() else 0


async def _too_large(scope: Scope, receive: Receive, send: Send, most: int) -> None:
    await refuse(
        scope, receive, send, 413, f"The request is larger than {most:,} bytes.", {"connection": "close"}
    )
