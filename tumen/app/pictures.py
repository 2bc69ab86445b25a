"""Pictures of charts, made by the reader's own browser: `pictures(figures, …)`."""

import base64
import binascii
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import streamlit as st

from tumen.brief.picture import BadPicture, Picture, picture

LOG = logging.getLogger(__name__)
ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("plot.js", "pictures.js")


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component(
        "tumen_pictures",
        html='<p class="drawing" role="status"></p>',
        css=".drawing { margin: 0; font-size: 0.85rem; }",
        js="\n".join((ASSETS / name).read_text("utf-8") for name in SCRIPTS),
        isolate_styles=False,  # plotly writes its styles into the document
    )


def pictures(
    figures: Mapping[str, Mapping[str, Any]],
    *,
    key: str,
    request: str,
    on_drawn: Callable[[dict[str, Picture]], None],
) -> None:
    """Have figures drawn by the reader's browser.

    Args:
        figures: name → figure with its size in its layout, see `brief.figures`.
        key: stable name on the page.
        request: names this wish; the same one is drawn once.
        on_drawn: called before the next run of the page with the pictures that came and can be taken;
            a chart that could not be drawn is missing.
    """
    _component()(
        key=key,
        data={"request": request, "figures": {name: _json(figure) for name, figure in figures.items()}},
        on_drawn_change=lambda: on_drawn(taken(st.session_state[key].drawn, request, figures)),
    )


def taken(drawn: Any, request: str, figures: Mapping[str, object]) -> dict[str, Picture]:
    """The pictures in an answer of a browser: only those asked for, each made safe; the rest is dropped."""
    if not isinstance(drawn, Mapping) or drawn.get("request") != request:
        return {}
    sent = drawn.get("pictures")
    found = {}
    for name in figures:
        one = sent.get(name) if isinstance(sent, Mapping) else None
        if not isinstance(one, Mapping):
            continue
        try:
            found[name] = picture(name, str(one["svg"]), base64.b64decode(str(one["png"]), validate=True))
        except (BadPicture, binascii.Error, KeyError) as error:
            LOG.warning("no picture of %s: %s", name, error)
    return found


def _json(figure: Mapping[str, Any]) -> str:
    return orjson.dumps(figure, option=orjson.OPT_SERIALIZE_NUMPY).decode()
