"""The table of `make bench`: Tumen against its yardsticks, in one run, in a real browser.

    python -m bench.run                       the curated data
    python -m bench.run --big DIR             also a large data set (made there if the directory is not)
    python -m bench.run --json FILE           the figures as JSON too
    python -m bench.run --compare A B         two such files side by side

Only ratios within one run mean anything: the same machine, minute and browser. Every measurement of Tumen
alternates with one of its yardstick, so that a machine that gets busy slows both.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from bench.generate import Size, generate
from tools.browser import chromium, settled
from tools.server import HOST, ROOT, Server, free_port, serving, wait

CLICKS = 16
VISITS = 4
SEEN = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
PAINTED = """() => {
    const charts = [...document.querySelectorAll(".tumen-chart .plot")];
    return charts.length > 0 && charts.every(chart => Number(chart.dataset.painted ?? 0) > 0);
}"""
# From the click on a legend button to the moment at which every chart has been painted again.
CLICK = """(n) => new Promise((resolve, reject) => {
    const buttons = document.querySelectorAll(".tumen-chart .legend button");
    const charts = [...document.querySelectorAll(".tumen-chart .plot")];
    const before = charts.map(chart => Number(chart.dataset.painted));
    const start = performance.now();
    const look = () => {
        if (charts.every((chart, i) => Number(chart.dataset.painted) > before[i])) {
            requestAnimationFrame(() => resolve(performance.now() - start));
        } else if (performance.now() - start > 60000) reject(new Error("no repaint within a minute"));
        else setTimeout(look, 2);
    };
    buttons[n % buttons.length].click();
    look();
})"""
# The same for a radio button and the text that answers it.
ANSWER = """(n) => new Promise((resolve, reject) => {
    const buttons = document.querySelectorAll("[role=radiogroup] input");
    const answer = () => document.querySelector("#answer")?.textContent;
    const old = answer(), start = performance.now();
    const look = () => {
        if (answer() !== old) requestAnimationFrame(() => resolve(performance.now() - start));
        else if (performance.now() - start > 60000) reject(new Error("no answer within a minute"));
        else setTimeout(look, 2);
    };
    buttons[(n + 1) % buttons.length].click();
    look();
})"""


@dataclass(frozen=True)
class Line:
    """A line of the table: what, its figure, the yardstick's, and the budget for the ratio or the figure."""

    what: str
    figure: float
    unit: str
    yardstick: str = ""
    beside: float | None = None
    budget: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """The figure over its yardstick's."""
        return self.figure / self.beside if self.beside else None


def against(what: str, figure: float, unit: str, yardstick: str, beside: float, most: float | None) -> Line:
    """A line whose budget is a ratio; None for one that is only told."""
    budget = f"≤ {most:g} ×" if most else ""
    return Line(what, figure, unit, yardstick, beside, budget, figure <= most * beside if most else None)


def within(what: str, figure: float, unit: str, most: float) -> Line:
    """A line whose budget is a figure."""
    return Line(what, figure, unit, budget=f"≤ {most:g} {unit}", met=figure <= most)


# --- the browser -----------------------------------------------------------------------------------


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
    """Counts the bytes that a page receives: files as they are sent, and messages of the websocket."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes = 0
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: self._add(event["encodedDataLength"]))
        session.on("Network.webSocketFrameReceived", lambda event: self._frame(event["response"]))

    def _add(self, count: float) -> None:
        self.bytes += int(count)

    def _frame(self, frame: Mapping[str, Any]) -> None:
        data = frame["payloadData"]  # binary frames come as base64
        self.bytes += len(data) if frame["opcode"] == 1 else len(data) * 3 // 4

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
    """How long each of some clicks took; the first two only warm up."""
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


# --- servers ---------------------------------------------------------------------------------------


@contextmanager
def yardstick(name: str) -> Iterator[Server]:
    """One of bench/apps.py on a free port."""
    with tempfile.NamedTemporaryFile(suffix=".log") as printed:
        port = free_port()
        command = [sys.executable, "-m", "streamlit", "run", "bench/apps.py", "--server.port", str(port)]
        command += ["--server.address", HOST, "--", name]
        process = subprocess.Popen(command, cwd=ROOT, stdout=printed, stderr=subprocess.STDOUT)
        server = Server(port, process, Path(printed.name))
        try:
            wait(server)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)


# --- the lines -------------------------------------------------------------------------------------


def curated(browser: Browser, tumen: Server, apps: Mapping[str, Server], pages: Sequence[str]) -> list[Line]:
    """Everything about the curated data."""
    first_paint(browser, tumen.url + "/map", PAINTED)  # the server's own first time is not the reader's
    for app in apps.values():
        first_paint(browser, app.url, SEEN)
    return [*_visits(browser, tumen, apps), *_clicks(browser, tumen, apps, pages)]


def _visits(browser: Browser, tumen: Server, apps: Mapping[str, Server]) -> list[Line]:
    plot = "() => document.querySelector('.js-plotly-plot .scatterlayer path') !== null"
    ours, blanks, naives = [], [], []
    for _ in range(VISITS):
        ours.append(first_paint(browser, tumen.url + "/map", PAINTED))
        blanks.append(first_paint(browser, apps["blank"].url, SEEN))
        naives.append(first_paint(browser, apps["naive"].url, plot))
    paint, size = middle([ms for ms, _ in ours]), middle([b for _, b in ours]) / 1e6
    blank = middle([ms for ms, _ in blanks])
    naive, heavy = middle([ms for ms, _ in naives]), middle([b for _, b in naives]) / 1e6
    return [
        against("first visit, cold browser: map painted", paint, "ms", "blank app's first paint", blank, 2.5),
        against("… beside a naive dashboard", paint, "ms", "naive plotly, borders inside", naive, 1.0),
        within("bytes of the first visit", size, "MB", 3),
        against("… beside a naive dashboard", size, "MB", "naive plotly, borders inside", heavy, 1.0),
    ]


def _clicks(browser: Browser, tumen: Server, apps: Mapping[str, Server], pages: Sequence[str]) -> list[Line]:
    lines = []
    with ExitStack() as stack:
        bare, _ = stack.enter_context(window(browser))
        bare.goto(apps["widget"].url)
        bare.wait_for_selector("#answer")
        naive, heard = stack.enter_context(window(browser))
        naive.goto(apps["naive"].url)
        naive.wait_for_selector(".js-plotly-plot")
        base, slow = clicks(bare, ANSWER, CLICKS), clicks(naive, ANSWER, 6)
        with heard.counting() as heavy:
            clicks(naive, ANSWER, 1)
        for path in pages:
            took, size, figure = filter_clicks(browser, tumen, path)
            again = clicks(bare, ANSWER, 6)  # the yardstick once more, so that both share the minute
            median = middle([*base[-6:], *again])
            lines += [
                against(f"filter click, {path}: repainted", middle(took), "ms", "bare widget", median, 2.5),
                against(f"… 95th percentile, {path}", late(took), "ms", "bare widget's median", median, 4),
                within(f"bytes of a filter click, {path}", size / 1000, "kB", 150),
                within(f"the largest figure's JSON, {path}", figure / 1000, "kB", 60),
            ]
            if path == "/map":
                told = "naive plotly: answer and figure"
                lines.append(against("… beside a naive dashboard", middle(took), "ms", told, middle(slow), 1))
                lines.append(
                    against("bytes of a click", size / 1000, "kB", told, max(1, heavy[0] / 3000), 1.0)
                )
    return lines


def filter_clicks(
    browser: Browser, tumen: Server, path: str, count: int = CLICKS
) -> tuple[list[float], float, int]:
    """Times of clicks on a chart's legend, the median of their bytes, and the largest figure sent."""
    with window(browser) as (page, wire):
        page.goto(tumen.url + path)
        page.wait_for_function(PAINTED, timeout=120_000)
        settled(page)
        sizes, before = [], [wire.bytes]

        def count_bytes() -> None:
            page.wait_for_timeout(100)
            sizes.append(wire.bytes - before[0])
            before[0] = wire.bytes

        took = clicks(page, CLICK, count, count_bytes)
        return took, middle(sizes), int(page.evaluate(FIGURE))


FIGURE = """() => Math.max(...[...document.querySelectorAll(".tumen-chart .plot")].map(
    plot => JSON.stringify({data: plot.data, layout: plot.layout}).length))"""


def big(browser: Browser, tumen: Server, directory: Path, pages: Sequence[str]) -> list[Line]:
    """The large data set beside the curated one."""
    checked, _, _ = loaded(directory, cache="off")
    loaded(directory)  # keeps it
    took, memory, rows = loaded(directory)
    lines = [
        Line("large set: assertions", rows, "rows"),
        Line("large set: first load, with the whole check", checked, "s"),
        within("large set: load", took, "s", 15),
        within("large set: memory after loading", memory, "GB", 2),
    ]
    with serving(directory) as large:
        for path in pages:
            first_paint(browser, large.url + path, PAINTED)
            here, size, figure = filter_clicks(browser, large, path, 8)
            there, _, _ = filter_clicks(browser, tumen, path, 8)
            lines += [
                against(f"large set: filter click, {path}", middle(here), "ms", "curated", middle(there), 2),
                within(f"large set: bytes of a click, {path}", size / 1000, "kB", 150),
                within(f"large set: the largest figure's JSON, {path}", figure / 1000, "kB", 60),
            ]
        lines.append(within("large set: memory of the server", peak(large), "GB", 2))
    return lines


LOAD = """
import resource, sys, time
from pathlib import Path
from tumen.records import load
start = time.perf_counter()
records = load(Path(sys.argv[1]))
took = time.perf_counter() - start
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, len(records["assertions"]))
"""


def loaded(directory: Path, cache: str = "") -> tuple[float, float, int]:
    """Seconds, peak GB and assertions of a fresh process that loads a data directory."""
    environment = {**os.environ, **({"TUMEN_CACHE": cache} if cache else {})}
    command = [sys.executable, "-c", LOAD, str(directory)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    took, memory, rows = done.stdout.split()
    return float(took), float(memory), int(rows)


def peak(server: Server) -> float:
    """The most memory that a server has had, in GB; 0 where the system does not tell."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        return 0.0
    told = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(told.split()[1]) / 1e6


# --- the table -------------------------------------------------------------------------------------


def shown(lines: Sequence[Line]) -> str:
    """The lines as a table for people."""
    head = ("what", "figure", "yardstick", "ratio", "budget", "")
    rows = [head, *(_cells(line) for line in lines)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows
    )


def _cells(line: Line) -> tuple[str, ...]:
    beside = f"{line.beside:,.4g} {line.unit} ({line.yardstick})" if line.beside is not None else ""
    ratio = f"{line.ratio:.2f}" if line.ratio is not None else ""
    met = {None: "", True: "met", False: "NOT MET"}[line.met]
    return line.what, f"{line.figure:,.4g} {line.unit}", beside, ratio, line.budget, met


def compared(one: Path, other: Path) -> str:
    """Two results side by side: the ratios where there are any, else the figures."""
    old, new = (
        {row["what"]: row for row in json.loads(path.read_text("utf-8"))["lines"]} for path in (one, other)
    )
    told = []
    for what, row in new.items():
        before = old.get(what)
        then, now = (_value(r) if r else "–" for r in (before, row))
        told.append(f"{what:60} {then:>14} → {now}")
    return "\n".join(told)


def _value(row: Mapping[str, Any]) -> str:
    if row["beside"]:
        return f"{row['figure'] / row['beside']:.2f} ×"
    return f"{row['figure']:,.4g} {row['unit']}"


def machine() -> dict[str, object]:
    """What it ran on, without a name."""
    return {
        "system": platform.system(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "day": datetime.now(UTC).date().isoformat(),
        "memory_of_bench_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def main() -> None:
    """Measure, print the table and write what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--big", type=Path, help="a large data directory; made if it is not there")
    parser.add_argument("--transfers", type=int, default=100_000)
    parser.add_argument("--assertions", type=int, default=1_000_000)
    parser.add_argument(
        "--pages", nargs="+", default=["/map", "/timeline"], help="pages with a legend to click"
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--compare", type=Path, nargs=2, metavar="FILE", help="compare two such files")
    asked = parser.parse_args()
    if asked.compare:
        print(compared(*asked.compare))
        return
    if asked.big and not asked.big.exists():
        generate(asked.big, Size(asked.transfers, asked.assertions))
    lines = measured(asked.pages, asked.big)
    print(shown(lines))
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        result = {"machine": machine(), "lines": [asdict(line) for line in lines]}
        asked.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def measured(pages: Sequence[str], large: Path | None) -> list[Line]:
    """All lines."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        tumen = stack.enter_context(serving())
        apps = {name: stack.enter_context(yardstick(name)) for name in ("blank", "widget", "naive")}
        lines = curated(browser, tumen, apps, pages)
        return lines + (big(browser, tumen, large, pages) if large else [])


if __name__ == "__main__":
    main()
