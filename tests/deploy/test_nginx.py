"""Two processes behind the real nginx: a visitor stays with one, and loses no view when it dies."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPMessage
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests import plain
from tests.browser.reader import Reader
from tools.front import CONFIGURATION, front, nginx
from tools.server import Server, serving

pytestmark = [
    pytest.mark.deploy,
    pytest.mark.browser,
    pytest.mark.skipif(
        not (os.environ.get("TUMEN_DEPLOY") and nginx()), reason="set TUMEN_DEPLOY, needs nginx"
    ),
]
SHELLS = "/quotes?country=PRK&weapon_type=artillery-ammunition"


@pytest.fixture
def site() -> Iterator[tuple[str, list[Server]]]:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(TUMEN_LOG="json")) for _ in range(2)]
        yield stack.enter_context(front([server.port for server in servers])), servers


def visits(server: Server) -> int:
    """How many websockets a process has seen end, by its own log."""
    return sum('"WEBSOCKET"' in line for line in server.log.splitlines())


def pages(server: Server) -> int:
    """How many pages a process has served."""
    return sum('"path": "/quotes"' in line for line in server.log.splitlines())


def ask(url: str, cookie: str = "") -> HTTPMessage:
    with urlopen(Request(url, headers={"cookie": cookie} if cookie else {}), timeout=20) as answer:
        answer.read()
        headers: HTTPMessage = answer.headers
        return headers


def cookie_of(headers: HTTPMessage) -> str:
    found = next((c for c in headers.get_all("set-cookie") or [] if c.startswith("tumen_visit=")), "")
    return found.split(";")[0]


def test_a_visitor_stays_with_one_process_and_visitors_are_spread(site: tuple[str, list[Server]]) -> None:
    url, servers = site

    def served(asked: int) -> list[int]:
        """How many pages each process has served, once all are logged: a moment after their answers."""
        until = time.monotonic() + 10
        while sum(found := [pages(server) for server in servers]) < asked and time.monotonic() < until:
            time.sleep(0.02)
        return found

    for visitor in range(16):
        cookie = cookie_of(ask(f"{url}/quotes"))
        assert re.fullmatch(r"tumen_visit=[0-9a-f]{32}", cookie)
        before = served(4 * visitor + 1)
        for _ in range(3):
            assert not cookie_of(ask(f"{url}/quotes", cookie))
        now = served(4 * visitor + 4)
        assert sorted(count - was for count, was in zip(now, before, strict=True)) == [0, 3]
    assert min(pages(server) for server in servers) >= 4


def test_what_a_process_dies_with_is_not_the_view(browser: Browser, site: tuple[str, list[Server]]) -> None:
    url, servers = site
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        reader = Reader(context.new_page(), url)
        reader.open(SHELLS)
        shown = reader.sentence.inner_text()
        assert shown.startswith(str(plain.count(country="PRK", weapon_type="artillery-ammunition")))
        mine = max(servers, key=pages)
        other = next(server for server in servers if server is not mine)
        assert pages(other) == 0
        mine.process.send_signal(signal.SIGKILL)
        mine.process.wait(timeout=10)
        reader.page.reload()  # the same address, through the process that is left
        reader.open(reader.page.url.removeprefix(url))
        assert reader.sentence.inner_text() == shown
        expect(reader.page.locator(".st-key-filter_country")).to_contain_text("North Korea")
        assert pages(other) > 0
    finally:
        context.close()


def test_what_is_not_for_visitors_is_refused_at_the_door(site: tuple[str, list[Server]]) -> None:
    url, _ = site
    assert status(f"{url}/readyz") == 404
    headers = ask(f"{url}/healthz")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "nginx/" not in headers["server"]
    assert status(Request(f"{url}/quotes", data=b"x" * 7_000_000, method="POST")) == 413
    many = [status(f"{url}/api/transfers.csv") for _ in range(60)]
    assert 429 in many


def status(asked: str | Request) -> int:
    try:
        with urlopen(asked, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_big_files_come_compressed(site: tuple[str, list[Server]]) -> None:
    url, _ = site
    asked = Request(f"{url}/plotly/plotly.min.js", headers={"accept-encoding": "gzip"})
    with urlopen(asked, timeout=20) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert len(answer.read()) < 2_000_000


@pytest.mark.parametrize("visitor", [False, True], ids=["idle", "with a visitor"])
def test_a_process_that_is_told_to_end_ends_soon(browser: Browser, visitor: bool) -> None:
    with serving(TUMEN_LOG="json") as server:
        context = browser.new_context()
        if visitor:
            Reader(context.new_page(), server.url).open("/quotes")
        started = time.monotonic()
        server.process.terminate()
        code = server.process.wait(timeout=25)
        assert time.monotonic() - started < 20
        assert code in (0, -signal.SIGTERM)
        lines = [line for line in server.log.splitlines() if line.startswith("{")]
        assert not [line for line in lines if json.loads(line)["level"] in ("error", "critical")]
        context.close()


def test_nginx_finds_no_fault_with_the_configuration(tmp_path: Path) -> None:
    from tools.front import configured

    text = configured(CONFIGURATION.read_text("utf-8"), [1, 2], 8080, str(tmp_path))
    (tmp_path / "nginx.conf").write_text(text, "utf-8")
    program = shutil.which(nginx() or "")
    assert program
    found = subprocess.run(
        [program, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
    assert "warn" not in found.stderr
