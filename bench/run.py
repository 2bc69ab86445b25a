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
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from playwright.sync_api import Browser

from bench import timelinejs
from bench.generate import Size, generate
from bench.pages import (
    ANSWER,
    EARLIER,
    FILTER,
    LARGEST,
    PAINTED,
    SEEN,
    clicks,
    first_paint,
    late,
    middle,
    window,
)
from tools.browser import chromium, settled
from tools.server import ROOT, Server, serving
from tumen.home import DATA

CLICKS = 16
VISITS = 4
PAGES = ("/map", "/timeline", "/exchange")  # with a legend to click
EVERY = ("/", "/map", "/timeline", "/known", "/exchange", "/figures", "/quotes", "/records", "/method")


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


# --- the lines -------------------------------------------------------------------------------------


def curated(browser: Browser, tumen: Server, apps: Mapping[str, Server], pages: Sequence[str]) -> list[Line]:
    """Everything about the curated data."""
    first_paint(browser, tumen.url + "/map", PAINTED)  # the server's own first time is not the reader's
    for app in apps.values():
        first_paint(browser, app.url, SEEN)
    return [
        *_visits(browser, tumen, apps),
        *_timelines(browser, tumen),
        *_clicks(browser, tumen, apps, pages),
        *_days(browser, tumen, apps),
    ]


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


def _timelines(browser: Browser, tumen: Server) -> list[Line]:
    """The timeline beside TimelineJS3 with the same events; nothing where npm does not bring it."""
    package = timelinejs.fetched(ROOT / ".cache" / "timelinejs")
    if package is None:
        return []
    with timelinejs.serving(package, DATA / "events.csv") as url:
        pairs = [
            (
                first_paint(browser, tumen.url + "/timeline", PAINTED),
                first_paint(browser, url, timelinejs.READY),
            )
            for _ in range(VISITS)
        ]
    ours, theirs = (middle([pair[side][0] for pair in pairs]) for side in (0, 1))
    light, heavy = (middle([pair[side][1] for pair in pairs]) / 1e6 for side in (0, 1))
    other = "TimelineJS3, a page of files"
    return [
        against("first visit: timeline painted", ours, "ms", other, theirs, None),
        against("… its bytes", light, "MB", other, heavy, None),
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
            took, size, figure = answered(browser, tumen, path, FILTER)
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
                lines += [
                    against("… beside a naive dashboard", middle(took), "ms", told, middle(slow), 1),
                    against("bytes of a click", size / 1000, "kB", told, max(1, heavy[0] / 3000), 1.0),
                ]
    return lines


def _days(browser: Browser, tumen: Server, apps: Mapping[str, Server]) -> list[Line]:
    """One stop earlier in what was known, on every page, until all of the page is there."""
    lines = []
    with window(browser) as (bare, _):
        bare.goto(apps["widget"].url)
        bare.wait_for_selector("#answer")
        for path in EVERY:
            took, size, _ = answered(browser, tumen, path, EARLIER, 8)
            median = middle(clicks(bare, ANSWER, 6))
            what = f"one stop earlier, {path}: whole page"
            lines.append(against(what, middle(took), "ms", "bare widget", median, None))
            lines.append(within(f"… its bytes, {path}", size / 1000, "kB", 150))
    return lines


def answered(
    browser: Browser, server: Server, path: str, script: str, count: int = CLICKS
) -> tuple[list[float], float, int]:
    """Times of clicks on a page, the median of their bytes, and the largest figure sent."""
    with window(browser) as (page, wire):
        page.goto(server.url + path)
        page.wait_for_function(SEEN, timeout=120_000)
        settled(page)
        broken = page.get_by_test_id("stException")
        sizes, before = [], [wire.bytes]

        def count_bytes() -> None:
            page.wait_for_timeout(100)
            sizes.append(wire.bytes - before[0])
            before[0] = wire.bytes

        took = clicks(page, script, count, count_bytes)
        if broken.count():
            raise RuntimeError(f"{path} failed: {broken.first.inner_text()}")
        return took, middle(sizes), int(page.evaluate(LARGEST))


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
    with serving(directory) as large, watched(large) as own:
        for path, script, what in [
            *((path, FILTER, "filter click") for path in pages),
            *((path, EARLIER, "one stop earlier") for path in EVERY),
        ]:
            first_paint(browser, large.url + path, SEEN)
            here, size, figure = answered(browser, large, path, script, 8)
            there, _, _ = answered(browser, tumen, path, script, 8)
            lines += [
                against(f"large set: {what}, {path}", middle(here), "ms", "curated", middle(there), 2),
                within(f"large set: … its bytes, {path}", size / 1000, "kB", 150),
                within(f"large set: … the largest figure, {path}", figure / 1000, "kB", 60),
            ]
        lines += [
            within("large set: memory of the server, at most", max(own), "GB", 2),
            Line("… with pages of files that the system can let go", in_memory(large, "VmHWM"), "GB"),
        ]
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


@contextmanager
def watched(server: Server) -> Iterator[list[float]]:
    """What a server has taken of memory for its own, in GB, twenty times a second.

    Pages of mapped files are not its own: they are the system's, and several processes share them.
    """
    found, over = [in_memory(server, "RssAnon")], Event()

    def look() -> None:
        while not over.wait(0.05):
            found.append(in_memory(server, "RssAnon"))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(look)
        try:
            yield found
        finally:
            over.set()


def in_memory(server: Server, what: str) -> float:
    """A figure of a server's /proc/PID/status in GB; 0 where the system does not tell."""
    status = Path(f"/proc/{server.process.pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1e6 for line in lines if line.startswith(f"{what}:")), 0.0)


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
    parser.add_argument("--pages", nargs="+", default=PAGES, help="pages with a legend to click")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--compare", type=Path, nargs=2, metavar="FILE", help="compare two such files")
    asked = parser.parse_args()
    if asked.compare:
        print(compared(*asked.compare))
        return
    if asked.big and not asked.big.exists():
        generate(asked.big, Size(asked.transfers, asked.assertions))
    lines = measured(asked.pages, asked.big)
    print(shown(lines), flush=True)
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        result = {"machine": machine(), "lines": [asdict(line) for line in lines]}
        asked.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


# The yardsticks run as Streamlit comes, not with what our own settings change of its speed.
AS_IT_COMES = {"STREAMLIT_RUNNER_POST_SCRIPT_GC": "true"}


def measured(pages: Sequence[str], large: Path | None) -> list[Line]:
    """All lines."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        tumen = stack.enter_context(serving())
        apps = {
            name: stack.enter_context(serving(app=("bench/apps.py", name), **AS_IT_COMES))
            for name in ("blank", "widget", "naive")
        }
        lines = curated(browser, tumen, apps, pages)
        return lines + (big(browser, tumen, large, pages) if large else [])


if __name__ == "__main__":
    main()
