"""A yardstick for the timeline: the same events in TimelineJS3, the field's usual tool, as a page of files.

It has no server behind it and nothing to filter, so it says what a timeline alone costs.
"""

import functools
import http.server
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

PACKAGE = "@knight-lab/timelinejs"
VERSION = "3.9.11"
READY = "() => document.querySelector('.tl-timemarker') && document.querySelector('.tl-slide')"
PAGE = """<!doctype html><meta charset="utf-8"><title>TimelineJS3</title>
<link rel="stylesheet" href="dist/css/timeline.css"><script src="dist/js/timeline.js"></script>
<div id="timeline" style="width: 100%; height: 700px"></div>
<script>
fetch("events.json").then(answer => answer.json()).then(told => {
  window.timeline = new TL.Timeline("timeline", told, {font: null, script_path: "dist/js/"});
});
</script>"""


def fetched(folder: Path) -> Path | None:
    """Its files from npm, in a folder where they stay; None without npm, or without an answer."""
    package = folder / "node_modules" / PACKAGE
    npm = shutil.which("npm")
    if not package.is_dir() and npm:
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([*command, "--prefix", str(folder), f"{PACKAGE}@{VERSION}"], check=False, timeout=180)
    return package if package.is_dir() else None


def told(events: Path) -> dict[str, list[dict[str, object]]]:
    """Our table of events in its shape."""
    rows = pd.read_csv(events, dtype=str, keep_default_na=False)
    return {"events": [_event(row) for row in rows.to_dict("records")]}


def _event(row: dict[str, str]) -> dict[str, object]:
    parts = zip(("year", "month", "day"), row["date"].split("/")[0].split("-"), strict=False)
    return {"start_date": dict(parts), "text": {"headline": row["title"], "text": row["summary"]}}


@contextmanager
def serving(package: Path, events: Path) -> Iterator[str]:
    """The address of a page with our events in TimelineJS3, as long as it is needed."""
    with tempfile.TemporaryDirectory() as made, _server(Path(made)) as server:
        folder = Path(made)
        shutil.copytree(package / "dist", folder / "dist")
        (folder / "events.json").write_text(json.dumps(told(events)), "utf-8")
        (folder / "index.html").write_text(PAGE, "utf-8")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _server(folder: Path) -> http.server.ThreadingHTTPServer:
    handler = functools.partial(_Quiet, directory=str(folder))
    return http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed beside the table."""
