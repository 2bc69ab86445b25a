"""Rate limits: one client cannot keep the server busy for everybody else.

Limited are the routes that compute (`EXPENSIVE`) and the opening of visits. Who the client is, uvicorn
has settled before: the peer, or whom a trusted proxy speaks for. A window that moves is kept in memory
for each process.
"""

import ipaddress
import math
import time

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from tumen.app.web.asgi import ASGI, Receive, Scope, Send, refuse
from tumen.app.web.settings import Settings

EXPENSIVE = ("/api", "/brief", "/cite", "/download", "/export", "/feed", "/_stcore/upload_file")


class Rates:
    """Answers 429, with the seconds to wait, to whoever asks too often."""

    def __init__(self, app: ASGI, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within its limit."""
        limit = self._limit(scope)
        who = client(scope)
        if limit is None or self.limiter.hit(limit, scope["type"], who):
            await self.app(scope, receive, send)
            return
        window = self.limiter.get_window_stats(limit, scope["type"], who)
        wait = max(1, math.ceil(window.reset_time - time.time()))
        why = f"Too many requests: this server answers {limit}. Try again in {wait} seconds."
        await refuse(scope, receive, send, 429, why, {"retry-after": str(wait)})

    def _limit(self, scope: Scope) -> RateLimitItem | None:
        if scope["type"] == "websocket":
            return self.settings.visits
        return self.settings.rate if scope["type"] == "http" and is_expensive(scope["path"]) else None


def is_expensive(path: str) -> bool:
    """Whether a path is, or lies below, one of the routes that compute."""
    return any(path == route or path.startswith((f"{route}/", f"{route}.")) for route in EXPENSIVE)


def client(scope: Scope) -> str:
    """Whom a request counts for: its address; of IPv6 the network, since each household has so many."""
    host = (scope.get("client") or ("unknown",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, ipaddress.IPv6Address) and not address.ipv4_mapped:
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return host
