"""What all charts share: the typeface, the ground, the hover box. Each figure adds only what is its own."""

from typing import Any

from tumen.figures.palette import Palette

# The interface's own typeface, which Streamlit serves; then the systems' faces, also for Cyrillic and Hangul.
FONT = (
    '"Source Sans", "Source Sans 3", "Segoe UI", Roboto, "Noto Sans", '
    '"Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", Arial, sans-serif'
)
SIZE, TICK = 12, 11  # pixels: texts and hover boxes, dates and numbers along an axis
CLEAR = "rgba(0,0,0,0)"  # a chart lies on the page's own paper


def layout(palette: Palette) -> dict[str, Any]:
    """The part of a figure's layout that all share (plotly's layout attributes)."""
    return {
        "showlegend": False,  # keys are HTML beside the chart: they wrap, and a keyboard reaches them
        "hovermode": "closest",
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"family": FONT, "size": SIZE, "color": palette["text"]},
        "hoverlabel": {
            "bgcolor": palette["background"],
            "bordercolor": palette["faint"],
            "font": {"family": FONT, "size": SIZE + 1, "color": palette["text"]},
            "align": "left",
        },
        "modebar": {"bgcolor": CLEAR, "color": palette["muted"], "activecolor": palette["text"]},
    }


def axis(palette: Palette) -> dict[str, Any]:
    """What all axes share: quiet numbers, hair lines (plotly's axis attributes)."""
    return {
        "tickangle": 0,
        # Otherwise plotly measures every label, and each measure makes the browser lay out the whole page.
        "ticklabeloverflow": "allow",
        "tickfont": {"size": TICK, "color": palette["muted"]},
        "gridcolor": palette["grid"],
        "zeroline": False,
    }
