"""The colours of charts in both themes; the page's own colours stand in .streamlit/config.toml."""

from typing import Any

from tumen.figures.palette import DARK, LIGHT


def palette(dark: bool) -> dict[str, Any]:
    """What every figure is drawn with: surfaces, text, one accent and the eight family colours."""
    return dict(DARK if dark else LIGHT)
