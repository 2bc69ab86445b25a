"""Marking a record on any figure: what belongs to it stays, the rest steps back."""

from collections.abc import Mapping, Set
from typing import Any

from tumen.figures.palette import Palette

Figure = dict[str, Any]

BACK = 0.16  # opacity of what is not marked
RING = 7  # pixels that a ring is wider than its mark


def emphasised(figure: Mapping[str, Any], picks: Set[str], palette: Palette) -> Figure:
    """A figure on which some records are marked; as it was, if it shows none of them.

    Args:
        figure: plotly `data` and `layout`; marks name their record by customdata, lines by meta.
        picks: references of the records to mark.
        palette: the colours; rings have its accent.
    """
    if not picks or not shows(figure, picks):
        return dict(figure)
    data = [_stepped(trace, picks) for trace in figure["data"]]
    rings = [ring for trace in figure["data"] for ring in _ring(trace, picks, palette)]
    return {**figure, "data": [*data, *rings]}


def shows(figure: Mapping[str, Any], picks: Set[str]) -> bool:
    """Whether a figure has any mark or line of these records."""
    return any(_named(trace) & picks for trace in figure["data"])


def _named(trace: Mapping[str, Any]) -> set[str]:
    marks = trace.get("customdata", []) if _has_marks(trace) else []
    return {value for value in (*marks, trace.get("meta")) if isinstance(value, str)}


def _has_marks(trace: Mapping[str, Any]) -> bool:
    return "marker" in trace and trace["type"] in ("scatter", "scattergeo", "bar")


def _stepped(trace: Mapping[str, Any], picks: Set[str]) -> Figure:
    """A trace with what is not marked faded."""
    if isinstance(trace.get("meta"), str):
        return {**trace, "opacity": 1 if trace["meta"] in picks else BACK}
    if _has_marks(trace) and "customdata" in trace:
        kept = [1 if value in picks else BACK for value in trace["customdata"]]
        return {**trace, "marker": {**trace["marker"], "opacity": kept}}
    if trace.get("mode") == "lines" and not any(pick.startswith("route:") for pick in picks):
        return {**trace, "opacity": BACK}  # edges, cores and heads of routes
    return dict(trace)


def _ring(trace: Mapping[str, Any], picks: Set[str], palette: Palette) -> list[Figure]:
    """A ring around each marked point of a trace; lines and bars are marked by standing out alone."""
    if not _has_marks(trace) or trace["type"] == "bar" or trace.get("opacity") == 0:
        return []
    hits = [n for n, value in enumerate(trace.get("customdata", [])) if value in picks]
    if not hits or trace["marker"].get("symbol") == "arrow":
        return []
    ends = ("lon", "lat") if trace["type"] == "scattergeo" else ("x", "y")
    sizes = trace["marker"]["size"]
    size = [(sizes[n] if isinstance(sizes, list) else sizes) + RING for n in hits]
    return [
        {
            "type": trace["type"],
            "mode": "markers",
            **{name: [trace[name][n] for n in hits] for name in ends},
            "hoverinfo": "skip",
            "marker": {
                "symbol": "circle-open",
                "size": size,
                "color": palette["accent"],
                "opacity": 1,
                "line": {"width": 2, "color": palette["accent"]},
            },
        }
    ]
