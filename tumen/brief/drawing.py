"""The charts of a brief: on white, in the light palette, laid out for paper."""

from datetime import date
from typing import Any

from tumen import estimates, flows, ground, timeline
from tumen.figures import estimates as figures_drawing
from tumen.figures import map as map_drawing
from tumen.figures import timeline as timeline_drawing
from tumen.figures.palette import LIGHT, Palette, coloured
from tumen.records import Records
from tumen.story import story
from tumen.view import Selection

Figure = dict[str, Any]

WIDTHS = {
    "map": 860,
    "timeline": 860,
    "figures": 720,
}  # pixels that fill a page's 180 mm: 12 px are 7 to 8 pt
ASPECT = 1.72  # of the map, width over height
MOST_PANELS = 2  # that stand on a page together with their words


def figures(records: Records, selection: Selection) -> dict[str, Figure]:
    """The charts of a view by name (map, timeline, figures); those with nothing to show are left out.

    Each is a plotly figure of plain dicts whose layout has its width and height in pixels.
    """
    makers = {"map": _map, "timeline": _timeline, "figures": _figures}
    made = {name: maker(records, selection) for name, maker in makers.items()}
    return {name: sized(figure, WIDTHS[name]) for name, figure in made.items() if figure}


def sized(figure: Figure, width: int) -> Figure:
    """The figure with its size in its layout, on white."""
    height = figure["layout"].get("height") or round(width / ASPECT)
    size = {"width": width, "height": height, "autosize": False, "paper_bgcolor": LIGHT["background"]}
    return {"data": figure["data"], "layout": {**figure["layout"], **size}}


def _map(records: Records, selection: Selection) -> Figure | None:
    if not selection.transfers:
        return None
    layers = flows.drawn(records, selection)
    known = ground.setting(records)
    return map_drawing.figure(
        *layers,
        palette=_palette(records),
        view=next(iter(known.views)),
        narrow=False,
        aspect=ASPECT,
        setting=known,
    )


def _palette(records: Records) -> Palette:
    """The light palette, with a colour for every family of the records."""
    return {**LIGHT, "families": coloured(LIGHT["families"], records["families"].index)}


def span(records: Records, selection: Selection) -> tuple[date, date]:
    """The days that the timeline of a brief covers: the usual ones, or all where those are empty."""
    events = timeline.events(records, selection)
    start, end = timeline.span(story(records), "story", events, selection)
    inside = timeline_drawing.within(events, start, end)
    return (start, end) if inside.any() else timeline.span(story(records), "all", events, selection)


def _timeline(records: Records, selection: Selection) -> Figure | None:
    events = timeline.events(records, selection)
    if events.empty:
        return None
    start, end = span(records, selection)
    about = story(records)
    return timeline_drawing.figure(
        events,
        palette=_palette(records),
        start=start,
        end=end,
        width=WIDTHS["timeline"],
        as_of=selection.view.as_of,
        window=about.window,
        edges=about.edges,
    )


def told(records: Records, selection: Selection) -> tuple[str, list[estimates.Figure], list[estimates.Panel]]:
    """What the chart of figures is of (words), all figures behind it, and the panels that are drawn."""
    options = estimates.choices(records, selection)
    if not options:
        return "", [], []
    choice = estimates.default(selection, options) or next(iter(options))
    chosen = estimates.transfers(records, selection, choice)
    found = estimates.figures(records, selection.view.as_of, chosen)
    panels, _ = estimates.split(estimates.panels(records, selection, found))
    return options[choice], found, figures_drawing.limited(panels)[:MOST_PANELS]


def _figures(records: Records, selection: Selection) -> Figure | None:
    _, _, panels = told(records, selection)
    if not panels:
        return None
    ranks = estimates.colour_ranks(records)
    return figures_drawing.figure(
        panels, palette=LIGHT, ranks=ranks, width=WIDTHS["figures"], window=story(records).window
    )
