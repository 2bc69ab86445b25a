"""Published figures by date and claimant as a plotly figure in plain dicts, one panel for each measure.

Panels share the dates and nothing else: each has an axis of values of its own. Everything is laid out
in pixels for a given width, so that the names beside the marks never touch; a wider chart only pulls
the marks apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

from tumen import dates, wording
from tumen.estimates import Figure, Panel
from tumen.figures import template
from tumen.figures.palette import Palette
from tumen.figures.timeline import LEADING, WINDOW, Box, moment, plain, text_width, wrap
from tumen.speech import _

Drawing = dict[str, Any]

MOST_PANELS, MOST_MARKS = 12, 55  # in one chart: the JSON budget is 60 kB
LEAST_MARKS = 4  # a panel that could keep fewer of its many figures is left out
COLOURS = ("drones", "ammunition-artillery", "components", "platforms", "missiles", "space-nuclear")
LEFT, RIGHT, BETWEEN, NARROW = 66, 10, 26, 560  # pixels: value labels, right edge, between columns, a phone
TWO_COLUMNS, WIDE_FROM = 900, 6  # width for two columns; figures that deserve a whole row
HEIGHTS = {"row": 270, "half": 200, "phone": 220}
TITLE, SUB, LABEL = 14, 12, 11  # sizes of text
FOOT, GAP = 26, 30  # below a panel: dates, air
ARROW = 15  # how far the arrow of a bound reaches
SIGNS = ("point", "lower", "upper", "interval", "month", "period", "dispute", "line")
UP, DOWN = "M0,3L0,15M-4,10L0,15L4,10", "M0,-3L0,-15M-4,-10L0,-15L4,-10"


def limited(panels: Sequence[Panel]) -> list[Panel]:
    """The panels that are drawn: of very many the first, of very many figures the ends and the newest."""
    drawn, room = [], MOST_MARKS
    for panel in panels[:MOST_PANELS]:
        if room < min(LEAST_MARKS, len(panel.figures)):
            break
        figures = _kept(panel, room)
        drawn.append(replace(panel, figures=figures))
        room -= len(figures)
    return drawn


def _kept(panel: Panel, most: int) -> tuple[Figure, ...]:
    if len(panel.figures) <= most:
        return panel.figures
    ends = {min(panel.figures, key=lambda f: f.least).id, max(panel.figures, key=lambda f: f.most).id}
    newest = {figure.id for figure in panel.figures[-(most - len(ends)) :]}
    return tuple(figure for figure in panel.figures if figure.id in ends | newest)


def signs(panels: Sequence[Panel]) -> list[str]:
    """Which signs the panels use, for the key above the chart."""
    drawn = [figure for panel in panels for figure in panel.figures]
    used = {sign for figure in drawn for sign in _signs(figure)}
    used |= {"line"} if any(panel.revisions() for panel in panels) else set()
    return [sign for sign in SIGNS if sign in used]


def _signs(figure: Figure) -> Iterator[str]:
    yield figure.bound
    if _vague(figure):
        yield "month"
    if figure.disputes:
        yield "dispute"
    elif figure.group and figure.group.period:
        yield "period"


# --- measures --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A panel with its number and its plot in pixels from the top left corner of the chart."""

    panel: Panel
    number: int
    left: float
    top: float
    width: float
    height: float
    head: tuple[tuple[str, ...], tuple[str, ...]]  # lines of its title and below it
    days: tuple[float, float]  # first and last on the axis

    @property
    def axis(self) -> str:
        """'' for the first pair of axes, '2' for the second and so on, as plotly counts."""
        return "" if self.number == 1 else str(self.number)

    def x(self, day: float) -> float:
        """Pixels from the left edge of the plot."""
        return (day - self.days[0]) / (self.days[1] - self.days[0]) * self.width

    def y(self, value: float) -> float:
        """Pixels from the upper edge of the plot."""
        low, high = self.range
        return (high - self.on_axis(value)) / (high - low) * self.height

    def on_axis(self, value: float) -> float:
        """A value as the axis counts: itself, or its logarithm."""
        return log10(value) if self.panel.logarithmic else value

    @property
    def range(self) -> tuple[float, float]:
        """The ends of the axis: room for arrows and names above and below; an even scale begins at zero."""
        low, high = self.on_axis(self.panel.least), self.on_axis(self.panel.most)
        if not self.panel.logarithmic:
            low, high = min(0.0, low), max(0.0, high)
        under = 20 if self.panel.logarithmic or low < 0 else 0
        per_pixel = (high - low or 1) / (self.height - 30 - under)
        return low - under * per_pixel, high + 30 * per_pixel


def anchor(figure: Figure) -> float:
    """The moment at which a figure is drawn: noon of its day, or the middle of its month or year."""
    return (figure.days.first.toordinal() + figure.days.last.toordinal() + 1) / 2


def level(place: Place, figure: Figure) -> float:
    """The height at which a figure is drawn: its number, or the middle of its interval as it appears."""
    if figure.bound != "interval":
        return figure.least
    middle = (place.on_axis(figure.least) + place.on_axis(figure.most)) / 2
    return float(10**middle) if place.panel.logarithmic else middle


def span(panels: Sequence[Panel], names: float) -> tuple[float, float]:
    """First and last day of all panels, with room at the right for names (a share of the width)."""
    days = [edge.toordinal() for p in panels for f in p.figures for edge in (f.days.first, f.days.last)]
    length = max(max(days) - min(days), 60)
    return min(days) - 0.03 * length, max(days) + names * length


def _places(panels: Sequence[Panel], width: float) -> tuple[list[Place], float]:
    """Lay the panels out in rows; returns them and the height of all."""
    narrow = width < NARROW
    days = span(panels, 0.22 if narrow else 0.1)
    places: list[Place] = []
    top = 0.0
    for row in _rows(panels, width):
        each = (width - BETWEEN * (len(row) - 1)) / len(row)
        heads = [_head(panel, each) for panel in row]
        head = max(len(title) * TITLE + len(sub) * SUB for title, sub in heads) * LEADING + 8
        tall = HEIGHTS["phone" if narrow else "row" if len(row) == 1 and len(row[0].figures) > 3 else "half"]
        for column, panel in enumerate(row):
            left = column * (each + BETWEEN) + LEFT
            plot = each - LEFT - RIGHT
            place = Place(panel, len(places) + 1, left, top + head, plot, tall, heads[column], days)
            places.append(place)
        top += head + tall + FOOT + GAP
    return places, top - GAP


def _rows(panels: Sequence[Panel], width: float) -> Iterator[list[Panel]]:
    """One panel a row, or two where there is room and neither has many figures; alternatives side by side."""
    waiting: list[Panel] = []
    for panel in panels:
        alone = width < TWO_COLUMNS or (len(panel.figures) >= WIDE_FROM and not panel.alternative)
        if waiting and (alone or waiting[0].alternative != panel.alternative):
            yield waiting
            waiting = []
        waiting.append(panel)
        if alone or len(waiting) == 2:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _head(panel: Panel, width: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    title = wrap(panel.title, TITLE * 1.07, width, 3)
    origins = wording.plural(panel.origins, "origin")
    parts = [panel.item, f"{wording.plural(len(panel.figures), 'figure')}, {origins}"]
    parts += [_("log scale")] if panel.logarithmic else []
    parts += [_("contested")] if panel.contested else []
    return title, wrap(" · ".join(parts), SUB, width, 3)


# --- names beside the marks ------------------------------------------------------------------------


@dataclass(frozen=True)
class Name:
    """A text beside the mark of a figure: its box in the plot, and which way it hangs."""

    figure: Figure
    text: str
    box: Box

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the text in the plot."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def _names(place: Place) -> list[Name]:
    """Say who and how much beside as many marks as have room; the ends and each newest first."""
    taken = [box for figure in place.panel.figures for box in _boxes(place, figure)]
    lines = [segment for run in place.panel.revisions() for segment in _steps(place, run)]
    names: list[Name] = []
    for figure, texts in _wishes(place.panel):
        found = _beside(place, figure, texts, taken, lines)
        if found:
            names.append(found)
            taken.append(found.box)
    return names


def _wishes(panel: Panel) -> Iterator[tuple[Figure, list[str]]]:
    """Figures in the order in which they may claim room, each with its texts, the best first."""
    newest = {figure.origin: figure.id for figure in panel.figures}
    ends = {min(panel.figures, key=lambda f: f.least).id, max(panel.figures, key=lambda f: f.most).id}
    telling, said = {*ends, *newest.values()}, set()
    for figure in sorted(panel.figures, key=lambda f: (f.id not in ends, f.id not in telling, -anchor(f))):
        number = _number(figure)
        named = f"{wrap(figure.who, LABEL, 150, 1)[0]} {number}" if figure.who else number
        yield figure, [named, number] if figure.id in telling and named not in said else [number]
        said.add(named)


def _number(figure: Figure) -> str:
    if figure.bound == "interval":
        return _("{count} to {count2}").format(
            count=wording.number(figure.least), count2=wording.number(figure.most)
        )
    return wording.number(figure.least)


def _boxes(place: Place, figure: Figure) -> list[Box]:
    """What a mark covers: its dot, its arrow, its interval, its month."""
    x, y = place.x(anchor(figure)), place.y(level(place, figure))
    boxes = [(x - 6, y - 6, x + 6, y + 6)]
    if figure.bound == "lower":
        boxes.append((x - 5, y - ARROW - 2, x + 5, y))
    if figure.bound == "upper":
        boxes.append((x - 5, y, x + 5, y + ARROW + 2))
    if figure.bound == "interval":
        boxes.append((x - 5, place.y(figure.most) - 2, x + 5, place.y(figure.least) + 2))
    if _vague(figure):
        first, last = (place.x(day) for day in _month(figure))
        boxes.append((first, y - 4, last, y + 4))
    return boxes


def _steps(place: Place, run: Sequence[Figure]) -> Iterator[Box]:
    """The straight pieces of the line that joins the figures of one origin, as thin boxes."""
    points = [(place.x(anchor(f)), place.y(level(place, f))) for f in run]
    for (x0, y0), (x1, y1) in pairwise(points):
        yield x0, y0 - 0.5, x1, y0 + 0.5
        yield x1 - 0.5, min(y0, y1), x1 + 0.5, max(y0, y1)


def _beside(
    place: Place, figure: Figure, texts: Sequence[str], taken: Sequence[Box], lines: Sequence[Box]
) -> Name | None:
    """The longest of the texts that has room, where it crosses the fewest lines."""
    for text in texts:
        free = [box for box in _spots(place, figure, text) if _fits(place, box, taken)]
        if free:
            best = min(free, key=lambda box: sum(_touch(box, line) for line in lines))
            return Name(figure, text, best)
    return None


def _spots(place: Place, figure: Figure, text: str) -> Iterator[Box]:
    """Where the text may stand: right, left, above, below, then slantwise."""
    x, y = place.x(anchor(figure)), place.y(level(place, figure))
    wide, tall = text_width(text, LABEL) + 2, LABEL * LEADING
    up = y - 8 - (ARROW - 4 if figure.bound == "lower" else 0)
    down = y + 8 + (ARROW - 4 if figure.bound == "upper" else 0)
    right, left, middle = x + 9, x - 9 - wide, x - wide / 2
    for x0, y0 in (
        (right, y - tall / 2), (left, y - tall / 2), (middle, up - tall), (middle, down),
        (right, y - tall - 2), (left, y - tall - 2), (right, y + 2), (left, y + 2),
        (x - 4, up - tall), (x + 4 - wide, up - tall), (x - 4, down), (x + 4 - wide, down),
    ):  # fmt: skip
        yield x0, y0, x0 + wide, y0 + tall


def _fits(place: Place, box: Box, taken: Sequence[Box]) -> bool:
    inside = box[0] >= 0 and box[1] >= 0 and box[2] <= place.width + RIGHT and box[3] <= place.height
    return inside and not any(_touch(box, other) for other in taken)


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# --- from layout to plotly -------------------------------------------------------------------------


def figure(
    panels: Sequence[Panel],
    *,
    palette: Palette,
    ranks: Mapping[str, int],
    width: float,
    window: tuple[date, date] = WINDOW,
) -> Drawing:
    """Draw the panels for a chart `width` pixels wide.

    Every mark carries 'source:<id>' as customdata and every title the name 'transfer:<id>', so that a
    click leads to the source or the record. `ranks` gives each origin its colour, see
    `estimates.colour_ranks`. The caller passes what `limited` left.
    """
    places, height = _places(panels, width)
    colours = {origin: _colour(rank, palette) for origin, rank in ranks.items()}
    drawing: Drawing = {"data": [], "layout": _layout(places, height, width, palette)}
    for place in places:
        drawing["data"] += [*_lines(place, colours, palette), _points(place, colours, palette)]
    shapes = [shape for place in places for shape in _shapes(place, colours, palette, window)]
    notes = [note for place in places for note in _notes(place, height, width, palette)]
    drawing["layout"] |= {"shapes": shapes, "annotations": notes}
    return drawing


def _colour(rank: int, palette: Palette) -> str:
    """One of the searched colours for those who gave most figures, a neutral one for all others."""
    return palette["families"][COLOURS[rank]] if rank < len(COLOURS) else palette["none"]


def _of(figure: Figure, colours: Mapping[str, str], palette: Palette) -> str:
    return colours.get(figure.origin, palette["none"])


def _lines(place: Place, colours: Mapping[str, str], palette: Palette) -> Iterator[Drawing]:
    """The figures of one origin for the same thing, joined by a thin step line."""
    for run in place.panel.revisions():
        yield {
            "type": "scatter",
            "mode": "lines",
            "x": [moment(anchor(f)) for f in run],
            "y": [_round(level(place, f)) for f in run],
            "xaxis": f"x{place.axis}",
            "yaxis": f"y{place.axis}",
            "line": {"shape": "hv", "width": 1.2, "color": _of(run[0], colours, palette)},
            "hoverinfo": "skip",
        }


def _points(place: Place, colours: Mapping[str, str], palette: Palette) -> Drawing:
    own = place.panel.figures
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [moment(anchor(f)) for f in own],
        "y": [_round(level(place, f)) for f in own],
        "xaxis": f"x{place.axis}",
        "yaxis": f"y{place.axis}",
        "text": [_hover(f) for f in own],
        "customdata": [f"source:{f.cited['id']}" for f in own],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": [_of(f, colours, palette) for f in own],
            "symbol": [_symbol(f) for f in own],
            "size": [12 if _bar(f) else 9 for f in own],
            "opacity": [
                0 if _bar(f) else 1 for f in own
            ],  # a bar stands there; the mark only feels the mouse
            "line": {"width": 1.5, "color": [_of(f, colours, palette) for f in own]},
        },
    }


def _symbol(figure: Figure) -> str:
    if figure.disputes:
        return "x-thin"
    return "circle-open" if figure.group and figure.group.period else "circle"


def _bar(figure: Figure) -> bool:
    return figure.bound == "interval" or _vague(figure)


def _vague(figure: Figure) -> bool:
    """Whether the figure is dated by its month or year alone."""
    return figure.days.precision != "day"


def _month(figure: Figure) -> tuple[int, int]:
    """The first moment and the last of all the days on which the figure may have been published."""
    return figure.days.first.toordinal(), figure.days.last.toordinal() + 1


def _round(value: float) -> float:
    """Eight digits are more than any eye or axis tells apart."""
    return float(f"{value:.8g}")


def _hover(figure: Figure) -> str:
    """All that the table says of the figure, in short lines."""
    stance = f"{figure.by} {_('disputes this') if figure.disputes else ''}".strip()
    told = [stance, dates.words(figure.date), figure.what, figure.conversion]
    told.append(_("Source: {cited}").format(cited=figure.cited["publisher"] or figure.cited["title"]))
    lines = [line for text in told if text for line in wrap(text, SUB, 250, 6)]
    return "<br>".join([f"<b>{plain(figure.words)}</b>", *map(plain, lines)])


def _shapes(
    place: Place, colours: Mapping[str, str], palette: Palette, window: tuple[date, date]
) -> Iterator[Drawing]:
    """The tint of the window, the arrows of bounds, the bars of intervals and of whole months."""
    axes = {"xref": f"x{place.axis}", "yref": f"y{place.axis}"}
    yield from _tint(place, palette, window)
    for figure in place.panel.figures:
        line = {"color": _of(figure, colours, palette), "width": 1.5}
        x, y = moment(anchor(figure)), _round(level(place, figure))
        if figure.bound in ("lower", "upper"):
            pixels = {"xsizemode": "pixel", "ysizemode": "pixel", "xanchor": x, "yanchor": y}
            path = UP if figure.bound == "lower" else DOWN
            yield {"type": "path", "path": path, "line": line} | pixels | axes
        if figure.bound == "interval":
            ends = {"x0": x, "x1": x, "y0": figure.least, "y1": figure.most}
            yield {"type": "line", "line": line | {"width": 5}} | ends | axes
        if _vague(figure):
            first, last = map(moment, _month(figure))
            ends = {"x0": first, "x1": last, "y0": y, "y1": y}
            yield {"type": "line", "line": line | {"width": 6}, "opacity": 0.6} | ends | axes


def _tint(place: Place, palette: Palette, window: tuple[date, date]) -> Iterator[Drawing]:
    first = max(window[0].toordinal(), place.days[0])
    last = min(window[1].toordinal() + 1, place.days[1])
    if first < last:
        across = {"x0": moment(first), "x1": moment(last), "y0": 0, "y1": 1}
        axes = {"xref": f"x{place.axis}", "yref": f"y{place.axis} domain", "layer": "below"}
        yield {"type": "rect", "fillcolor": palette["band"], "line": {"width": 0}} | across | axes


def _notes(place: Place, height: float, width: float, palette: Palette) -> Iterator[Drawing]:
    title, sub = place.head
    head = (len(title) * TITLE + len(sub) * SUB) * LEADING + 8
    top = place.top - head
    yield _line(title, place.left - LEFT, top, TITLE, palette["text"], height, width) | {
        "text": f"<b>{'<br>'.join(map(plain, title))}</b>",
        "name": f"transfer:{place.panel.transfer}",
        "captureevents": True,
    }
    below = top + len(title) * TITLE * LEADING
    counted = _line(sub, place.left - LEFT, below, SUB, palette["muted"], height, width)
    yield counted | {"name": f"transfer:{place.panel.transfer}", "captureevents": True}
    for name in _names(place):
        yield _name_note(place, name, palette)


def _line(
    lines: Iterable[str], left: float, top: float, size: int, colour: str, height: float, width: float
) -> Drawing:
    return {
        "text": "<br>".join(map(plain, lines)),
        "xref": "paper",
        "yref": "paper",
        "x": round(left / width, 4),
        "y": round(1 - top / height, 4),
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "font": {"size": size, "color": colour},
    }


def _name_note(place: Place, name: Name, palette: Palette) -> Drawing:
    """Bound to the mark and shifted from there by pixels, so that it follows when the chart is wider."""
    figure = name.figure
    x, y = place.x(anchor(figure)), place.y(level(place, figure))
    side = "left" if name.box[0] >= x else "right" if name.box[2] <= x else "center"
    edge = {"left": name.box[0], "right": name.box[2], "center": name.middle[0]}[side]
    return {
        "text": plain(name.text),
        "xref": f"x{place.axis}",
        "yref": f"y{place.axis}",
        "x": moment(anchor(figure)),
        "y": _round(place.on_axis(level(place, figure))),
        "xanchor": side,
        "yanchor": "middle",
        "xshift": round(edge - x, 1),
        "yshift": round(y - name.middle[1], 1),
        "font": {"size": LABEL, "color": palette["text" if " " in name.text else "muted"]},
        "name": f"source:{figure.cited['id']}",
        "captureevents": True,
    }


# --- axes ------------------------------------------------------------------------------------------


def _layout(places: Sequence[Place], height: float, width: float, palette: Palette) -> Drawing:
    narrow = width < NARROW
    layout: Drawing = template.layout(palette) | {
        "height": round(height),
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        "template": {"layout": _defaults(palette)},
        "hoverdistance": 16 if narrow else 8,
        "dragmode": False if narrow else "zoom",
        "uirevision": "estimates",
    }
    for place in places:
        layout[f"xaxis{place.axis}"] = _dates(place, width)
        layout[f"yaxis{place.axis}"] = _values(place, height)
    return layout


def _defaults(palette: Palette) -> Drawing:
    """What all axes and all texts share, said once."""
    axis = template.axis(palette)
    line = {"showline": True, "linecolor": palette["faint"], "showgrid": False, "ticks": "outside"}
    tick = {"ticklen": 4, "tickcolor": palette["faint"]}
    return {
        "xaxis": axis | line | tick,
        "yaxis": axis | {"fixedrange": True},
        "annotationdefaults": {"showarrow": False},
    }


def _dates(place: Place, width: float) -> Drawing:
    first, last = map(moment, place.days)
    shared = {"matches": "x"} if place.axis else {}
    return shared | {
        "type": "date",
        "range": [first, last],
        "minallowed": first,
        "maxallowed": last,
        "uirevision": f"{first}/{last}",
        "domain": [round(place.left / width, 4), round((place.left + place.width) / width, 4)],
        "anchor": f"y{place.axis}",
        "nticks": max(3, round(place.width / 85)),
        "tickformat": "%b %Y",
    }


def _values(place: Place, height: float) -> Drawing:
    ticks = _ticks(place)
    bottom = 1 - (place.top + place.height) / height
    return {
        "type": "log" if place.panel.logarithmic else "linear",
        "range": [_round(end) for end in place.range],
        "domain": [round(max(bottom, 0.0), 4), round(1 - place.top / height, 4)],
        "anchor": f"x{place.axis}",
        "tickvals": ticks,
        "ticktext": [wording.number(tick) for tick in ticks],
    }


def _ticks(place: Place) -> list[float]:
    """Round numbers along the axis, as many as have room."""
    low, high = place.range
    if not place.panel.logarithmic:
        return _even(low, high)
    decades = range(floor(low), ceil(high) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**decade for decade in decades for step in steps]
        shown = [tick for tick in ticks if low <= log10(tick) <= high]
        if len(shown) <= place.height / 32:
            return shown
    return shown


def _even(low: float, high: float, most: int = 5) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten between two ends."""
    raw = (high - low) / most
    power = 10.0 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    return [_round(step * n) for n in range(ceil(low / step), floor(high / step) + 1)]
