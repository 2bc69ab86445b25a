"""The one way to put a chart on a page: `chart(figure, …)`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import streamlit as st

ASSETS = Path(__file__).parent / "assets"
HTML = """<div class="tumen-chart">
  <div class="legend" role="group" aria-label="Filter by family"></div>
  <div class="plot"></div>
</div>"""


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component(
        "tumen_chart",
        html=HTML,
        css=(ASSETS / "chart.css").read_text("utf-8"),
        js=(ASSETS / "chart.js").read_text("utf-8"),
        isolate_styles=False,  # plotly writes its styles into the document
    )


def chart(
    figures: Mapping[int, Mapping[str, Any]],
    *,
    key: str,
    alt: str,
    on_pick: Callable[[str], None],
    legend: Sequence[Mapping[str, Any]] = (),
    config: Mapping[str, Any] | None = None,
) -> None:
    """Draw a plotly figure that keeps the reader's zoom when it changes.

    Args:
        figures: least width in pixels → the figure (plotly `data` and `layout`, with its height) for a
            chart that wide or wider; a mark with a text as customdata can be picked.
        key: stable name of the chart on its page.
        alt: the finding in words, for those who cannot see the chart.
        on_pick: called with the customdata of a clicked mark, or the `pick` of a legend button.
        legend: buttons above the chart: label, color, pick, pressed, title.
        config: plotly options beyond the usual ones.
    """
    _component()(
        key=key,
        data={
            "figures": [[width, _json(figures[width])] for width in sorted(figures)],
            "alt": alt,
            "legend": list(legend),
            "config": dict(config or {}),
        },
        on_pick_change=lambda: on_pick(st.session_state[key].pick),
    )


def _json(figure: Mapping[str, Any]) -> str:
    return orjson.dumps(figure, option=orjson.OPT_SERIALIZE_NUMPY).decode()
