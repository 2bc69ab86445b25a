"""Logs that a machine can read and that name nobody.

A line for a request holds the kind of path, which filters were used (never their values), the status, the
time and the size. No client address, no other part of the address, no header. An exception is told by its
type and the lines of code that it came through; its message may quote what a visitor sent, so it is left out.
"""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

import streamlit.logger

from tumen.app.frame import HIDDEN, PAGES
from tumen.app.web.asgi import ASGI, REQUESTS, Message, Receive, Scope, Send
from tumen.app.web.settings import Settings
from tumen.view import PARAMETERS

LOG = logging.getLogger("tumen.requests")
FILTERS = frozenset(PARAMETERS.values())
KINDS = frozenset(
    {*PAGES, *HIDDEN, "home", "api", "brief", "cite", "download", "export", "feed", "geo", "plotly"}
    | {"static", "media", "_stcore", "healthz", "readyz", "oauth2callback", "auth"}
)


class Requests:
    """Writes a line for each request when it ends; nothing unless logs are JSON."""

    def __init__(self, app: ASGI, settings: Settings) -> None:
        self.app, self.wanted = app, settings.log_json
        if self.wanted:
            speak_json()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and measure its answer."""
        if not self.wanted or scope["type"] not in REQUESTS:
            await self.app(scope, receive, send)
            return
        started, answer = (
            time.perf_counter(),
            {"status": 101 if scope["type"] == "websocket" else 500, "bytes": 0},
        )

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
            elif message["type"] == "http.response.body":
                answer["bytes"] += len(message.get("body", b""))
            elif message["type"] == "websocket.close":
                answer["closed"] = message.get("code", 1000)
            await send(message)

        try:
            await self.app(scope, receive, measured)
        finally:
            took = round((time.perf_counter() - started) * 1000)
            LOG.info("request", extra={"fields": {**asked(scope), **answer, "ms": took}})


def asked(scope: Scope) -> dict[str, Any]:
    """What may be said of a request: its method, the kind of its path and the filters that it used."""
    first = scope["path"].strip("/").split("/")[0].split(".")[0]
    names = {name for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=None)}
    return {
        "method": scope.get("method", "WEBSOCKET"),
        "path": f"/{first}" if first in KINDS or not first else "other",
        "filters": sorted(names & FILTERS),
    }


def speak_json() -> None:
    """Make every logger of the process write JSON, one object a line, to standard error.

    Streamlit gives each of its loggers a handler of its own when it is first asked for; so that function
    is told, too.
    """
    streamlit.logger.setup_formatter = _formatted
    logging.basicConfig(level=logging.WARNING, force=True)
    for name in ("", *logging.root.manager.loggerDict):
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(Json())
    LOG.setLevel(logging.INFO)
    sys.excepthook = _uncaught


def _formatted(logger: logging.Logger) -> None:
    for old in list(logger.handlers):
        logger.removeHandler(old)
    handler = logging.StreamHandler()
    handler.setFormatter(Json())
    logger.addHandler(handler)


def _uncaught(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    logging.getLogger("tumen").critical("the process ends", exc_info=(kind, error, at))


class Json(logging.Formatter):
    """One JSON object: time, level, logger, message, the fields of a request, the way of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["at"] = way(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def way(at: TracebackType | None) -> list[str]:
    """The lines of code that an exception came through, the last first: 'view.py:12 select'."""
    frames = traceback.extract_tb(at)
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames)]
