"""The colours of charts in both themes; the page's own colours stand in .streamlit/config.toml."""

from typing import Any

from tumen.app import store
from tumen.figures.palette import DARK, LIGHT, coloured


def palette(dark: bool) -> dict[str, Any]:
    """What every figure is drawn with: surfaces, text, one accent and a colour for every family shown."""
    found = DARK if dark else LIGHT
    return {**found, "families": coloured(found["families"], store.shown()["families"].index)}
