"""The headers that keep the page to itself; docs/security.md says which weakness is forced by whom."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit

from tumen.app import head
from tumen.app.web.asgi import Header
from tumen.app.web.settings import Settings

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
INLINE = re.compile(r"<script(?:\s[^>]*)?>(.+?)</script>", re.DOTALL)
UNUSED = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")


def headers(settings: Settings) -> list[Header]:
    """The headers of every answer under these settings."""
    found = {
        "content-security-policy": content_policy(settings),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": ", ".join(f"{name}=()" for name in UNUSED),
        "cross-origin-opener-policy": "same-origin",
    }
    if not settings.embed_in:  # this older header knows no list of origins
        found["x-frame-options"] = "DENY"
    if settings.hsts:
        found["strict-transport-security"] = f"max-age={settings.hsts}"
    return [(name.encode(), value.encode()) for name, value in found.items()]


def content_policy(settings: Settings) -> str:
    """The content security policy: everything comes from this host, and no page runs a script of a text.

    The start page holds inline scripts, Streamlit's and one of ours, which are allowed by their hash;
    components are loaded from blobs that only a running script can make; styles are written into the page.
    """
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *inline_hashes(), "blob:"]),
            "script-src-attr 'none'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(settings.embed_in) or chr(39) + 'none' + chr(39)}",
        ]
    )


@cache
def inline_hashes() -> tuple[str, ...]:
    """The hash of each inline script of Streamlit's start page and of our own, as a policy writes it."""
    scripts = [*INLINE.findall(INDEX.read_text("utf-8")), head.SCRIPT]
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts
    )
