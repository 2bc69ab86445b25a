"""Pictures of charts without a reader's browser, for the command line: by Kaleido and a local Chromium.

Kaleido is an optional extra (`pip install tumen[pictures]`). It is told to take plotly.js from the
installed package and the borders from our own files; no network is used.
"""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tumen import geography
from tumen.brief.picture import Picture, picture
from tumen.home import PLOTLY

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SCALE = 2.5  # dots a pixel: 720 pixels become 1800 dots, some 250 an inch on paper


class NoPictures(RuntimeError):
    """No picture can be drawn here; the message says what is missing."""


def render(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Picture]:
    """Draw figures that have their size in their layout (see `brief.figures`).

    Raises:
        NoPictures: if Kaleido or a Chromium is missing, or does not start.
    """
    if not figures:
        return {}
    browser = find()
    if not browser:
        raise NoPictures("no Chromium or Chrome was found; name one in TUMEN_BROWSER")
    with tempfile.TemporaryDirectory() as folder:
        try:
            drawn = _drawn(figures, browser, Path(folder))
        except ImportError as error:
            raise NoPictures("Kaleido is not installed; `pip install tumen[pictures]`") from error
        except (OSError, RuntimeError, ValueError) as error:
            raise NoPictures(f"the browser did not draw: {error}") from error
    return {name: picture(name, svg.decode(), png) for name, (svg, png) in drawn.items()}


def find() -> str | None:
    """The path of a local browser: $TUMEN_BROWSER, or one on the PATH."""
    return os.environ.get("TUMEN_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)


def _drawn(
    figures: Mapping[str, Mapping[str, Any]], browser: str, folder: Path
) -> dict[str, tuple[bytes, bytes]]:
    """Chart → SVG and PNG."""
    from kaleido import Kaleido, PageGenerator

    borders = folder / "borders.js"
    borders.write_text(_borders(), "utf-8")
    page = PageGenerator(plotly=(PLOTLY.as_uri(), "utf-8"), mathjax=False, others=[borders.as_uri()])

    async def draw() -> dict[str, tuple[bytes, bytes]]:
        # No server listens on port 9: whatever is not a local file stays unanswered.
        async with Kaleido(path=browser, page_generator=page, proxy_server="127.0.0.1:9") as kaleido:
            return {
                name: (await _as(kaleido, figure, "svg", 1), await _as(kaleido, figure, "png", SCALE))
                for name, figure in figures.items()
            }

    return asyncio.run(draw())


async def _as(kaleido: Any, figure: Mapping[str, Any], kind: str, scale: float) -> bytes:
    layout = figure["layout"]
    size = {"width": layout["width"], "height": layout["height"]}
    made: bytes = await kaleido.calc_fig(dict(figure), opts={"format": kind, "scale": scale, **size})
    return made


def _borders() -> str:
    """Our base maps where plotly.js looks for them before it would ask a server."""
    files = sorted(geography.BASEMAP.glob("*.json"))
    maps = {file.stem: json.loads(file.read_text("utf-8")) for file in files}
    return f"window.PlotlyGeoAssets = {json.dumps({'topojson': maps})};"
