"""The brief as one HTML file that asks nobody for anything and prints well."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup

from tumen import __version__, geography
from tumen.brief.content import Brief, Chart
from tumen.brief.picture import Picture
from tumen.home import PLOTLY
from tumen.templates import render

HERE = Path(__file__).parent
LIVE = """
.picture > .still { display: none; }
@media screen { main { max-width: 900px; } }
@media print { .picture > .still { display: block; } .live { display: none; } }
"""


def html(brief: Brief, pictures: Mapping[str, Picture], interactive: bool = False) -> str:
    """The brief as a self-contained HTML page.

    Args:
        brief: its parts.
        pictures: chart → its picture, made by `picture.picture` or `pictures.render`; a chart without one
            is told in words and its table.
        interactive: put plotly.js (1.4 MB) and the borders into the file, so that charts answer the
            pointer; without it the file needs no script and can be mailed.
    """
    live = interactive and bool(pictures)
    page = render(
        "brief.html",
        brief=brief,
        pictures={name: Markup(picture.svg) for name, picture in pictures.items()},
        interactive=live,
        policy=_policy(live),
        program=__version__,
        style=Markup((HERE / "brief.css").read_text("utf-8") + (LIVE if live else "")),
        **(_scripts(brief.charts) if live else {}),
    )
    return str(page)


def _policy(live: bool) -> str:
    """What the page may do, said in the page itself: nothing from outside."""
    scripts = "; script-src 'unsafe-inline'; img-src data: blob:" if live else ""
    return f"default-src 'none'; style-src 'unsafe-inline'{scripts}"


def _scripts(charts: tuple[Chart, ...]) -> dict[str, Markup]:
    figures = {chart.name: chart.figure for chart in charts}
    return {
        "figures": _data(figures),
        "geo": Markup("window.PlotlyGeoAssets = ") + _data({"topojson": _borders(charts)}) + ";",
        "plotly": _inline(PLOTLY.read_text("utf-8")),
        "script": _inline((HERE / "interactive.js").read_text("utf-8")),
    }


def _borders(charts: tuple[Chart, ...]) -> dict[str, Any]:
    """The base maps that the charts are drawn on, under the names by which plotly.js looks for them."""
    grounds = [chart.figure["layout"]["geo"] for chart in charts if "geo" in chart.figure["layout"]]
    names = {f"world_{ground.get('resolution', 110)}m" for ground in grounds}
    return {name: json.loads((geography.BASEMAP / f"{name}.json").read_text("utf-8")) for name in names}


def _inline(code: str) -> Markup:
    """Code for a script element: nothing in it may end the element."""
    return Markup(code.replace("</script", "<\\/script").replace("<!--", "<\\!--"))


def _data(value: Any) -> Markup:
    """A value as JSON for a script element: without a '<' no element can begin or end in it."""
    return Markup(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode().replace("<", "\\u003c"))
