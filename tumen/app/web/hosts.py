"""Only the names that we serve: another site's name that leads here (DNS rebinding) gets nothing."""

from urllib.parse import urlsplit

from tumen.app.web.asgi import ASGI, REQUESTS, Receive, Scope, Send, header, refuse


class Hosts:
    """Refuses requests under a name that is not allowed, by HTTP and by websocket.

    `open_paths` are answered under any name: probes ask by address.
    """

    def __init__(self, app: ASGI, allowed: tuple[str, ...], open_paths: tuple[str, ...] = ()) -> None:
        self.app, self.allowed, self.open_paths = app, allowed, open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what asks for one of our names."""
        if scope["type"] not in REQUESTS or scope["path"] in self.open_paths or self._known(scope):
            await self.app(scope, receive, send)
            return
        why = "This server does not answer to that name. Whoever runs it can allow names in TUMEN_HOSTS."
        await refuse(scope, receive, send, 421, why)

    def _known(self, scope: Scope) -> bool:
        return "*" in self.allowed or is_allowed(header(scope, b"host"), self.allowed)


def is_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    """Whether the Host header names one of the allowed hosts, whatever its port."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    return any(name == host or (host.startswith("*.") and name.endswith(host[1:])) for host in allowed)
