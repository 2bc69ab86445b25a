"""Many viewers at once: real visits by websocket, each changing a filter every two seconds.

`python -m tools.load` (make load does it) starts servers of its own, one process or several behind nginx,
and prints how long a change takes for one viewer alone and for each of many, in the same run, what went
wrong, and the memory of the processes over time. A change is what the browser's back button sends: the
page with another address; it ends with the server's last word on it. Like a browser, a viewer tells how
wide its charts are, and which messages it holds already. For a quiet machine; errors alone make it fail.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import mean, quantiles
from typing import Any

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tools.front import front
from tools.server import serving
from tumen.app.chart import LISTENING
from tumen.app.frame import PAGES

COUNTRIES = ("PRK", "IRN", "CHN", "RUS", "BLR", "UKR", "KOR", "USA")
TYPES = ("missiles", "drones", "ammunition-artillery", "artillery-ammunition", "money-energy-food")
DAYS = ("2023-10-31", "2023-12-31", "2024-02-26", "2024-06-19", "2024-12-31")
PATIENCE = 60  # seconds for one change
ALONE = 20  # changes of the viewer alone
WIDE = 1100  # pixels of a desk's chart


@dataclass
class Tally:
    """What some viewers met: seconds of each change, bytes received, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    received: int = 0
    errors: list[str] = field(default_factory=list)

    def row(self, who: str) -> dict[str, Any]:
        """The line of the table: milliseconds and kilobytes."""
        cuts = quantiles(self.seconds, n=20) if len(self.seconds) > 1 else [0.0] * 19
        return {
            "viewers": who,
            "changes": len(self.seconds),
            "p50 ms": round(cuts[9] * 1000),
            "p95 ms": round(cuts[18] * 1000),
            "kB a change": round(self.received / max(1, len(self.seconds)) / 1000, 1),
            "errors": len(self.errors),
        }


class Viewer:
    """One visitor: a page, an open websocket, and what it has met."""

    def __init__(self, url: str, page: str, tally: Tally, luck: random.Random) -> None:
        self.url = url.replace("http", "ws", 1) + "/_stcore/stream"
        self.page, self.tally, self.luck = page, tally, luck
        self.held: set[str] = set()  # hashes of messages that need not come again
        self.listener = ""  # the id of the part of the page that hears of widths

    async def visit(self, changes: int | None, every: float, until: float) -> None:
        """Open the page, then change its filters, so many times or until a moment."""
        try:
            async with connect(
                self.url, subprotocols=["streamlit"], max_size=None, open_timeout=PATIENCE
            ) as to:  # type: ignore[list-item]
                await self._ask(to, "")
                await self._ask(to, "")  # now it tells the width of its charts
                done = 0
                while (done < changes) if changes is not None else (time.monotonic() < until):
                    started = time.monotonic()
                    received = await self._ask(to, self._address())
                    self.tally.received += received
                    self.tally.seconds.append(time.monotonic() - started)
                    done += 1
                    await asyncio.sleep(max(0.0, every - (time.monotonic() - started)))
        except (OSError, TimeoutError, WebSocketException) as error:
            self.tally.errors.append(f"{self.page}: {type(error).__name__} {error}")

    def _address(self) -> str:
        parts = [f"country={self.luck.choice(COUNTRIES)}"]
        if self.luck.random() < 0.5:
            parts.append(f"weapon_type={self.luck.choice(TYPES)}")
        if self.luck.random() < 0.3:
            parts.append(f"as_of={self.luck.choice(DAYS)}")
        return "&".join(parts)

    async def _ask(self, to: ClientConnection, query: str) -> int:
        """Send the page with an address; wait for the end of its run; return the bytes received."""
        ask = BackMsg()
        ask.rerun_script.query_string, ask.rerun_script.page_name = query, self.page
        ask.rerun_script.cached_message_hashes.extend(self.held)
        if self.listener:
            told = json.dumps({"widths": {self.page: WIDE}})
            ask.rerun_script.widget_states.widgets.add(id=self.listener, json_value=told)
        await to.send(ask.SerializeToString())
        received = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                data = await to.recv()
                received += len(data)
                said = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
                self._look(said)
                if said.WhichOneof("type") == "script_finished" and said.script_finished in (0, 1):
                    return received

    def _look(self, said: ForwardMsg) -> None:
        kind = said.WhichOneof("type")
        if said.metadata.cacheable:
            self.held.add(said.hash)
        if kind == "delta" and said.delta.new_element.bidi_component.component_name == LISTENING:
            self.listener = said.delta.new_element.bidi_component.id
        if kind == "script_finished" and said.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.tally.errors.append(f"{self.page}: did not compile")
        if kind == "delta" and said.delta.new_element.WhichOneof("type") == "exception":
            self.tally.errors.append(f"{self.page}: {said.delta.new_element.exception.type}")


async def crowd(
    url: str, viewers: int, changes: int | None, seconds: float, every: float, seed: int
) -> Tally:
    """So many viewers, spread over the pages and over the first seconds."""
    tally, luck = Tally(), random.Random(seed)
    until = time.monotonic() + seconds

    async def one(number: int) -> None:
        await asyncio.sleep(every * number / viewers)
        await Viewer(url, PAGES[number % len(PAGES)], tally, random.Random(luck.random())).visit(
            changes, every, until
        )

    await asyncio.gather(*(one(number) for number in range(viewers)))
    return tally


async def watched(pids: Sequence[int], samples: list[tuple[float, float]], every: float) -> None:
    """Note the memory of all processes together, in MB, again and again until cancelled."""
    processes, started = [psutil.Process(pid) for pid in pids], time.monotonic()
    while True:
        used = sum(process.memory_info().rss for process in processes) / 2**20
        samples.append((time.monotonic() - started, used))
        await asyncio.sleep(every)


@contextmanager
def site(processes: int) -> Iterator[tuple[str, list[int]]]:
    """A dashboard of so many processes: its address, and the ids of the processes."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serving()) for _ in range(processes)]
        pids = [server.process.pid for server in servers]
        if processes == 1:
            yield servers[0].url, pids
        else:
            yield stack.enter_context(front([server.port for server in servers])), pids


async def measure(
    url: str, pids: Sequence[int], viewers: int, seconds: float, every: float, seed: int
) -> dict[str, Any]:
    """One viewer alone, page by page; then the crowd, with an eye on memory."""
    alone = Tally()
    for number, page in enumerate(PAGES):  # the first visit of each page warms it up, and is not counted
        await Viewer(url, page, Tally(), random.Random(seed + number)).visit(1, 0, 0)
        await Viewer(url, page, alone, random.Random(seed + number)).visit(ALONE // 4, 0, 0)
    samples: list[tuple[float, float]] = []
    eye = asyncio.create_task(watched(pids, samples, max(1.0, seconds / 120)))
    many = await crowd(url, viewers, None, seconds, every, seed)
    eye.cancel()
    return {
        "rows": [alone.row("1 alone"), many.row(str(viewers))],
        "changes a second": round(len(many.seconds) / seconds, 1),
        "memory MB": memory(samples, viewers),
        "errors": [*alone.errors, *many.errors],
        "samples": samples,
    }


def memory(samples: Sequence[tuple[float, float]], viewers: int) -> dict[str, float]:
    """MB at the start, a half and the end, per viewer, and how fast it grew in the second half."""
    half = [used for _, used in samples[len(samples) // 2 :]]
    minutes = (samples[-1][0] - samples[len(samples) // 2][0]) / 60
    third = max(1, len(half) // 3)
    growth = (mean(half[-third:]) - mean(half[:third])) / minutes if minutes else 0.0
    return {
        "start": round(samples[0][1]),
        "half": round(half[0]),
        "end": round(samples[-1][1]),
        "a viewer": round((samples[-1][1] - samples[0][1]) / viewers, 1),
        "growth a minute in the second half": round(growth, 1),
    }


def table(found: dict[str, Any], processes: int) -> str:
    """The result for people."""
    rows = found["rows"]
    heads = list(rows[0])
    lines = ["  ".join(f"{head:>12}" for head in heads)]
    lines += ["  ".join(f"{row[head]:>12}" for head in heads) for row in rows]
    lines.append(f"{processes} process(es); {found['changes a second']} changes a second by all")
    lines.append(
        "memory in MB: " + ", ".join(f"{name} {value}" for name, value in found["memory MB"].items())
    )
    lines += [f"error: {error}" for error in found["errors"][:20]]
    return "\n".join(lines)


def main() -> None:
    """Measure as the command line says, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--every", type=float, default=2.0, help="seconds from one change to the next")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 4], help="each number is a run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    failed = False
    for processes in asked.processes:
        with site(processes) as (url, pids):
            found = asyncio.run(measure(url, pids, asked.viewers, asked.seconds, asked.every, asked.seed))
        failed |= bool(found["errors"])
        print(
            json.dumps({"processes": processes, **found}) if asked.json else table(found, processes),
            flush=True,
        )
    sys.exit(failed)


if __name__ == "__main__":
    main()
