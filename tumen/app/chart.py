"""The one way to put a chart on a page: `chart(draw, …)`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import streamlit as st

from tumen.app.theme import palette
from tumen.captions import Caption

ASSETS = Path(__file__).parent / "assets"
PAPER = 980  # pixels that a chart is wide on paper: a desk's figure, whatever the reader's screen
HTML = """<div class="tumen-chart">
  <p class="chart-title"></p>
  <div class="legend" role="group" aria-label="Filter by family"></div>
  <div class="plot"></div>
  <div class="chart-foot">
    <p class="basis"></p>
    <p class="downloads" role="group"><button type="button">SVG</button><button type="button">PNG</button></p>
    <p class="trouble" role="status"></p>
  </div>
</div>"""

Palette = Mapping[str, Any]
Figure = Mapping[str, Any]
Legend = Sequence[Mapping[str, Any]]


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component(
        "tumen_chart",
        html=HTML,
        css=(ASSETS / "chart.css").read_text("utf-8"),
        js="\n".join((ASSETS / name).read_text("utf-8") for name in ("plot.js", "paper.js", "chart.js")),
        isolate_styles=False,  # plotly writes its styles into the document
    )


def chart(
    draw: Callable[[Any, int], Figure],
    widths: Sequence[int],
    *,
    key: str,
    caption: Caption,
    alt: str,
    on_pick: Callable[[str], None],
    legend: Callable[[Any], Legend] = lambda colours: (),
    config: Mapping[str, Any] | None = None,
) -> None:
    """Draw a plotly figure that keeps the reader's zoom when it changes, and can be taken away as a picture.

    Args:
        draw: palette, one of `widths` → the figure (plotly `data` and `layout`, with its height) for a chart
            that wide or wider; a mark with a text as customdata can be picked. Called for every width until
            the browser has told its own, then for that one; and once more as it is taken
            away, in the light palette and of a desk's width, if that is another one.
        widths: the least widths in pixels for which it is drawn differently, the smallest first.
        key: stable name of the chart on its page.
        caption: the words around it, on the page and in a picture.
        alt: the finding in words, for those who cannot see the chart.
        on_pick: called with the customdata of a clicked mark, or the `pick` of a legend button.
        legend: palette → buttons above the chart: label (in a picture: word), color, pick, pressed, title.
        config: plotly options beyond the usual ones.
    """
    dark = st.context.theme.type == "dark"
    colours, light = palette(dark), palette(dark=False)
    told, paper = _told_width(key), fitting(widths, PAPER)
    sent = widths if told is None else [fitting(widths, told)]
    _component()(
        key=key,
        data={
            "key": key,
            "widths": list(widths),
            "figures": [[width, _json(draw(colours, width))] for width in sent],
            "paper": _json(draw(light, paper)) if dark or paper not in sent else "",
            "alt": alt,
            "caption": {**asdict(caption), "day": caption.stem},
            "name": f"tumen-{key}-{caption.stem}",
            "legend": list(legend(colours)),
            "inks": [{"label": e["word"], "color": e["color"]} for e in legend(light)],
            "config": dict(config or {}),
        },
        on_pick_change=lambda: on_pick(st.session_state[key].pick),
        on_width_change=lambda: _keep_width(key, st.session_state[key].width),
    )


LISTENING = "tumen_listener"  # what hears of widths; the load asks for it by name
LISTENER = """export default function ({ setStateValue }) {
  window.__tumenTellWidths = (widths) => setStateValue("widths", widths);
}"""


@st.cache_resource
def _listener() -> Any:
    return st.components.v2.component(
        LISTENING, html="<span hidden></span>", js=LISTENER, isolate_styles=False
    )


@st.fragment
def listen() -> None:
    """Hear from the browser how wide its charts are; only this runs again for it, and nothing is seen."""
    _listener()(key="chart_listener", data={"listens": True}, on_widths_change=_keep_widths)


def _keep_widths() -> None:
    widths = st.session_state.chart_listener.widths
    for key, width in widths.items() if isinstance(widths, Mapping) else ():
        _keep_width(str(key), width)


def _told_width(key: str) -> float | None:
    """How wide the browser has said that this chart is, or else the last one that it has spoken of."""
    told: dict[str, float] = st.session_state.get("chart_widths", {})
    return told.get(key, next(reversed(told.values()), None))


def _keep_width(key: str, width: object) -> None:
    """What a chart has told of itself; anything but a length tells nothing."""
    if isinstance(width, int | float) and width > 0:
        st.session_state.chart_widths = {**st.session_state.get("chart_widths", {}), key: width}


def fitting(widths: Sequence[int], width: float) -> int:
    """The greatest of some least widths that a container of this width still reaches."""
    return max((least for least in widths if least <= width), default=min(widths))


def _json(figure: Figure) -> str:
    return orjson.dumps(figure, option=orjson.OPT_SERIALIZE_NUMPY).decode()
