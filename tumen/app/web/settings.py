"""What whoever runs the server may decide, by environment variables; the defaults are the safe ones.

| variable | meaning | default |
|---|---|---|
| `TUMEN_HOSTS` | names under which the server may be asked, `*.example.org` for all below, `*` for any | this machine's own names where it listens on this machine only, else any |
| `TUMEN_EMBED_IN` | origins that may show the dashboard in a frame | none |
| `TUMEN_HSTS` | seconds for which browsers must use https | not sent |
| `TUMEN_RATE` | requests to the data routes per client, such as `120/minute`; `off` | `120/minute` |
| `TUMEN_RATE_VISITS` | new visits (websockets) per client | `240/minute` |
| `TUMEN_LOG` | `json`: one JSON object a line, with a line for each request; else plain, without requests | plain |
| `TUMEN_SIGN_IN` | `1`: only who is signed in (`[auth]` in `.streamlit/secrets.toml`) sees anything | off |

Which proxies may say whom they speak for is uvicorn's own setting, `FORWARDED_ALLOW_IPS`: this machine
unless it names others.
"""  # noqa: E501

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from limits import RateLimitItem, parse

LOOPBACK = ("localhost", "127.0.0.1", "::1")
HOST = re.compile(r"\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:]*:[0-9a-f:.]*")


class BadSetting(ValueError):
    """An environment variable holds something that cannot be meant; the server does not start."""


@dataclass(frozen=True)
class Settings:
    """Everything that the web server can be told."""

    hosts: tuple[str, ...] = LOOPBACK
    embed_in: tuple[str, ...] = ()
    hsts: int = 0
    rate: RateLimitItem | None = None
    visits: RateLimitItem | None = None
    log_json: bool = False
    sign_in: bool = False


def read(environment: Mapping[str, str] = os.environ, address: str | None = None) -> Settings:
    """The settings from the environment.

    Args:
        environment: the variables.
        address: where the server listens; it decides the default of TUMEN_HOSTS.

    Raises:
        BadSetting: a variable holds something that cannot be meant.
    """
    texts = {name: value.strip() for name, value in environment.items() if name.startswith("TUMEN_")}
    here = address in LOOPBACK
    return Settings(
        hosts=_hosts(texts.get("TUMEN_HOSTS", "")) or (LOOPBACK if here else ("*",)),
        embed_in=_origins(texts.get("TUMEN_EMBED_IN", "")),
        hsts=_seconds(texts.get("TUMEN_HSTS", "")),
        rate=_rate("TUMEN_RATE", texts.get("TUMEN_RATE", "120/minute")),
        visits=_rate("TUMEN_RATE_VISITS", texts.get("TUMEN_RATE_VISITS", "240/minute")),
        log_json=texts.get("TUMEN_LOG", "") == "json",
        sign_in=_switch("TUMEN_SIGN_IN", texts.get("TUMEN_SIGN_IN", "")),
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip("[]").lower() for part in re.split(r"[\s,]+", text) if part)


def _hosts(text: str) -> tuple[str, ...]:
    for host in _list(text):
        if not HOST.fullmatch(host):
            raise BadSetting(f"TUMEN_HOSTS has '{host}', which is not a host name (no scheme, port or path).")
    return _list(text)


def _origins(text: str) -> tuple[str, ...]:
    for origin in _list(text):
        parts = urlsplit(origin)
        whole = f"{parts.scheme}://{parts.netloc}"
        if (
            parts.scheme not in ("http", "https")
            or origin != whole
            or not HOST.fullmatch(parts.hostname or "")
        ):
            raise BadSetting(
                f"TUMEN_EMBED_IN has '{origin}', which is not an origin such as https://example.org."
            )
    return _list(text)


def _seconds(text: str) -> int:
    if text and not re.fullmatch(r"\d{1,9}", text):
        raise BadSetting(f"TUMEN_HSTS has '{text}', which is not a number of seconds.")
    return int(text or 0)


def _rate(name: str, text: str) -> RateLimitItem | None:
    if text.lower() == "off":
        return None
    try:
        return parse(text)
    except ValueError:
        raise BadSetting(f"{name} has '{text}', which is not a rate such as 120/minute, nor off.") from None


def _switch(name: str, text: str) -> bool:
    if text.lower() not in ("", "0", "1"):
        raise BadSetting(f"{name} has '{text}', which is neither 0 nor 1.")
    return text == "1"
