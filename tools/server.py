"""A dashboard of one's own on a free port, for browser tests and screenshots."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 90  # seconds; a cold start with unread byte code takes about ten
HOST = "127.0.0.1"


@dataclass(frozen=True, eq=False)
class Server:
    """A running dashboard: its address, port and everything that it has printed."""

    port: int
    process: subprocess.Popen[bytes]
    printed: Path

    @property
    def url(self) -> str:
        """The address without a path."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> str:
        """Everything printed so far."""
        return self.printed.read_text("utf-8", errors="replace")


@contextmanager
def serving(
    data: Path | None = None,
    starter: Sequence[str] = ("-m", "streamlit"),
    port: int | None = None,
    app: Sequence[str] = ("dashboard.py",),
    **settings: str,
) -> Iterator[Server]:
    """Run a fresh server; it has answered nobody's request yet.

    It prints into a file: a pipe that nobody reads fills up and stops it.

    Args:
        data: another data directory than the repository's.
        starter: what Python runs in Streamlit's place.
        port: where it listens; a free one if None.
        app: another script than the dashboard's, and what it is told.
        settings: environment variables; a test asks faster than any person, so rates are off.
    """
    rates = {"TUMEN_RATE": "off", "TUMEN_RATE_VISITS": "off"}
    environment = {**os.environ, **rates, **({"TUMEN_DATA": str(data)} if data else {}), **settings}
    with tempfile.NamedTemporaryFile(suffix=".log") as printed:
        port = port or free_port()
        command = [sys.executable, *starter, "run", app[0], "--server.port", str(port), "--", *app[1:]]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=printed, stderr=subprocess.STDOUT
        )  # fmt: skip
        server = Server(port, process, Path(printed.name))
        try:
            wait(server)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait(server: Server) -> None:
    """Return when the server is healthy; if it dies or takes too long, say what it printed."""
    for _ in range(PATIENCE * 5):
        if server.process.poll() is not None:
            break
        if healthy(server):
            return
        time.sleep(0.2)
    raise RuntimeError(f"the server did not come up; it printed:\n{server.log}")


def healthy(server: Server) -> bool:
    """Whether the server says so itself."""
    try:
        with urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
