"""A real server and a real browser, whose every word to a foreign host is stopped and counted.

These tests are few and slow: they hold only what a browser alone can show. They come last, because
Playwright keeps an event loop running, which Streamlit's AppTest would trip over.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.reader import Reader
from tools.server import HOST, Server, serving

Visit = Callable[..., Reader]

expect.set_options(timeout=15_000)  # a busy machine with two cores answers slowly, but it answers


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server that most tests share."""
    with serving() as running:
        yield running


@dataclass
class Watch:
    """What pages tried and must not: words to foreign hosts, scripts that broke or spoke."""

    foreign: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context; foreign requests are stopped."""
        context.route(is_foreign, self._stop)
        context.on("page", self._listen)

    def _stop(self, route: Any) -> None:
        self.foreign.append(route.request.url)
        route.abort()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.broken.append(str(error)))
        page.on("dialog", lambda dialog: (self.broken.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("websocket", lambda socket: self._note_socket(socket.url))
        page.on("console", self._note_refused)

    def _note_socket(self, url: str) -> None:
        if is_foreign(url):
            self.foreign.append(url)

    def _note_refused(self, message: ConsoleMessage) -> None:
        """What the page's own policy refuses never becomes a request, but was tried all the same."""
        if "Content Security Policy" in message.text:
            self.foreign.append(message.text)


def is_foreign(url: str) -> bool:
    """Whether an address leads to another host than our server's."""
    scheme, _, rest = url.partition("://")
    return scheme in ("http", "https", "ws", "wss") and rest.split("/")[0].split(":")[0] != HOST


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """Open windows as new visitors do: nothing shared, every one watched to the end of the test.

    Takes another server than the shared one (`at`) or starts one that nobody has asked for anything
    (`cold`); other options are the browser's.
    """
    watch = Watch()
    logs: dict[Server, int] = {}
    with ExitStack() as stack:

        def new(at: Server | None = None, cold: bool = False, **options: Any) -> Reader:
            asked = stack.enter_context(serving()) if cold else at or server
            logs.setdefault(asked, len(asked.log))
            context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
            stack.callback(context.close)
            watch.over(context)
            return Reader(context.new_page(), asked.url)

        yield new
        assert not watch.foreign, "the page asked another host"
        assert not watch.broken, "a script of the page failed"
        for server_log in [asked.log[start:] for asked, start in logs.items()]:
            assert "Traceback" not in server_log


@pytest.fixture
def reader(visit: Visit) -> Reader:
    """One visitor of the shared server."""
    return visit()
