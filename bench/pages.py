"""Pages under a real browser: how long until they are there, how long a click takes, in how many bytes."""

import base64
import statistics
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

# A page of Streamlit's that has nothing more to do.
SEEN = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
PAINTED = """() => {
    const charts = [...document.querySelectorAll(".tumen-chart .plot")];
    return charts.length > 0 && charts.every(chart => Number(chart.dataset.painted ?? 0) > 0);
}"""
# From a click to the next painted frame in which `over` says that it has been answered.
_TIMED = """(n) => new Promise((resolve, reject) => {
    %(setting)s
    const start = performance.now();
    const look = () => {
        if (%(over)s) requestAnimationFrame(() => resolve(performance.now() - start));
        else if (performance.now() - start > 60000) reject(new Error("no answer within a minute"));
        else setTimeout(look, 2);
    };
    %(target)s.click();
    look();
})"""
_CHARTS = """
    const charts = () => [...document.querySelectorAll(".tumen-chart .plot")];
    const before = new Map(charts().map(chart => [chart, Number(chart.dataset.painted)]));
    const repainted = () => charts().length > 0 // a chart may also be another element than before
        && charts().every(chart => Number(chart.dataset.painted ?? 0) > (before.get(chart) ?? 0));"""
_SENTENCE = """
    const holders = () => [...document.querySelectorAll(".st-key-sentence *")].map(node => node.shadowRoot);
    const told = () => holders().find(Boolean)?.textContent;
    const old = told();
    const app = document.querySelector("[data-testid=stApp]");
    let ended = 0; // a chart that is the same on both days is not painted again: it gets a moment for it
    const done = () => {
        if (told() === old || app.dataset.testScriptState !== "notRunning") return false;
        ended ||= performance.now();
        return repainted() || performance.now() - ended > 300;
    };"""
# A button of a chart's legend: until every chart has been painted again.
FILTER = _TIMED % {
    "setting": _CHARTS + 'const buttons = document.querySelectorAll(".tumen-chart .legend button");',
    "target": "buttons[n % buttons.length]",
    "over": "repainted()",
}
# One stop earlier in what was known: until the sentence says it, the charts show it and all is sent.
EARLIER = _TIMED % {
    "setting": _CHARTS + _SENTENCE,
    "target": '[...document.querySelectorAll("[data-testid=stSidebar] button")]'
    '.find(button => button.textContent.includes("Earlier"))',
    "over": "done()",
}
# A radio button and the text that answers it: the yardsticks' click.
ANSWER = _TIMED % {
    "setting": """
    const buttons = document.querySelectorAll("[role=radiogroup] input");
    const told = () => document.querySelector("#answer")?.textContent;
    const old = told();""",
    "target": "buttons[(n + 1) % buttons.length]",
    "over": "told() !== old",
}
LARGEST = """() => Math.max(0, ...[...document.querySelectorAll(".tumen-chart .plot")].map(
    plot => JSON.stringify({data: plot.data, layout: plot.layout}).length))"""


@contextmanager
def window(browser: Browser) -> Iterator[tuple[Page, "Wire"]]:
    """A reader's window that has never been here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    try:
        yield page, Wire(context.new_cdp_session(page))
    finally:
        context.close()


class Wire:
    """Counts the bytes that come over the wire: files as they are sent, and messages of the websocket.

    The browser tells a message only as it is after unpacking. Where the server packs its messages
    (permessage-deflate, RFC 7692), each is packed here once more in the same way, and what that takes counts.
    """

    def __init__(self, session: CDPSession) -> None:
        self.bytes = 0
        self._packers: dict[str, Any] = {}
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: self._add(event["encodedDataLength"]))
        session.on("Network.webSocketHandshakeResponseReceived", self._agreed)
        session.on("Network.webSocketFrameReceived", self._frame)

    def _add(self, count: float) -> None:
        self.bytes += int(count)

    def _agreed(self, event: Mapping[str, Any]) -> None:
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        said = headers.get("sec-websocket-extensions", "")
        terms = dict(term.strip().partition("=")[::2] for term in said.split(";"))
        if "permessage-deflate" in terms:
            bits = int(terms.get("server_max_window_bits") or 15)
            self._packers[event["requestId"]] = zlib.compressobj(wbits=-bits, memLevel=5)

    def _frame(self, event: Mapping[str, Any]) -> None:
        frame = event["response"]
        content = (
            frame["payloadData"].encode() if frame["opcode"] == 1 else base64.b64decode(frame["payloadData"])
        )
        size = len(content)
        if packer := self._packers.get(event["requestId"]):
            size = len(packer.compress(content)) + len(packer.flush(zlib.Z_SYNC_FLUSH)) - 4
        self._add(size + (2 if size < 126 else 4 if size < 65_536 else 10))

    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """The bytes received in between, in a list of one when it is over."""
        found: list[int] = []
        before = self.bytes
        yield found
        found.append(self.bytes - before)


def first_paint(browser: Browser, url: str, ready: str) -> tuple[float, int]:
    """Milliseconds and bytes from a cold browser's request until a page says that it is there."""
    with window(browser) as (page, wire):
        start = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_function(ready, polling=20, timeout=120_000)
        took = 1000 * (time.perf_counter() - start)
        page.wait_for_timeout(500)
        return took, wire.bytes


def clicks(page: Page, script: str, count: int, each: Callable[[], None] = lambda: None) -> list[float]:
    """How many milliseconds each of some clicks took; the first two only warm up."""
    found = []
    for number in range(count + 2):
        found.append(float(page.evaluate(script, number)))
        each()
        page.wait_for_timeout(150)
    return found[2:]


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def late(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]
