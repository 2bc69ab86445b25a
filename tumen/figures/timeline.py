"""The timeline: what happened when, as a plotly figure in plain dicts.

The y axis is measured in pixels from the top, so everything can be packed and labelled before a browser
sees it: dots grow from the base line of their lane like a histogram, labels hang below it as flags on
poles. Zooming in only pulls marks apart, hence what does not overlap here does not overlap there either.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from html import escape
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

from tumen.dates import day_short, month_short
from tumen.figures import template
from tumen.figures.palette import Palette
from tumen.speech import N_, _

WINDOW = (date(2023, 9, 13), date(2024, 6, 19))
EDGES = ("Vostochny summit", "Treaty")  # the events at its ends, in short
LANES = ("meetings-treaties", "deliveries-use", "disclosures-statements", "sanctions-un", "tests-launches")
ENDS = ("first", "last")
LIMIT = 300  # marks in one figure; the JSON budget is 60 kB
DAY_MS = 86_400_000
LEADING = 1.3  # plotly's line spacing, in em

Figure = dict[str, Any]
Box = tuple[float, float, float, float]


# --- measures ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """Days to pixels, and the sizes that follow from the width of the chart."""

    first: float
    last: float
    left: int
    plot: float
    narrow: bool

    @property
    def per_day(self) -> float:
        """Pixels that one day takes."""
        return self.plot / (self.last - self.first)

    def x(self, day: float) -> float:
        """Pixels from the left edge of the plot."""
        return (day - self.first) * self.per_day

    def shows(self, day: float) -> bool:
        """Whether a moment lies in the range of the axis."""
        return self.first <= day <= self.last

    @property
    def radii(self) -> dict[int, float]:
        """Radius of a dot by significance."""
        return {1: 2.5, 2: 3.5, 3: 5.5} if self.narrow else {1: 3.5, 2: 5, 3: 7.5}

    @property
    def font_size(self) -> int:
        """Size of the labels of events."""
        return 11 if self.narrow else 12


LEFT, RIGHT, NARROW_SIDE, NARROW_BELOW, EDGE = 148, 14, 6, 560, 10


def scale(start: date, end: date, width: float) -> Scale:
    """Lay the days from `start` to `end`, both included, over a chart `width` pixels wide."""
    if end < start:
        raise ValueError(f"the timeline ends ({end}) before it starts ({start})")
    narrow = width < NARROW_BELOW
    left, right = (NARROW_SIDE, NARROW_SIDE) if narrow else (LEFT, RIGHT)
    plot = max(width - left - right, 100.0)
    days = end.toordinal() + 1 - start.toordinal()
    edge = EDGE * days / (plot - 2 * EDGE)  # so that a dot on the first day is not cut
    return Scale(start.toordinal() - edge, end.toordinal() + 1 + edge, left, plot, narrow)


# Widths of Arial in em, rounded up; the fonts that we name before it are narrower.
CLASSES = {"ijl'|‘’": 0.23, "ft.,:;! I/[]": 0.29, "r()-“”": 0.35, "ckszvxyJ": 0.51, "FTZL": 0.62}
CLASSES |= {"ABEKPSVXY&<>+=": 0.67, "wCDHNRU": 0.74, "GOQ": 0.79, "mM": 0.84, "W%@—…": 1.0}
EM = {letter: em for letters, em in CLASSES.items() for letter in letters}


@lru_cache(maxsize=8192)
def text_width(text: str, size: float) -> float:
    """Estimate how many pixels a line of text takes."""
    return sum(EM.get(letter, 0.565) for letter in text) * size


def wrap(text: str, size: float, width: float, most: int = 3) -> tuple[str, ...]:
    """Break a text into lines no wider than `width`; what does not fit in `most` lines ends in '…'."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size) <= width:
            lines[-1] = joined
        else:
            lines.append(_cut(word, size, width))
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(f"{lines[most - 1]} {lines[most]}…", size, width)]
    return tuple(lines)


def balance(text: str, size: float, width: float, most: int) -> tuple[str, ...]:
    """Wrap into as many lines as `wrap` needs, of about one length: no last line of one short word."""
    lines = wrap(text, size, width, most)
    narrower = text_width(text, size) / len(lines)
    while narrower < width and not lines[-1].endswith("…"):
        tried = wrap(text, size, narrower, most)
        if len(tried) == len(lines) and not any(line.endswith("…") for line in tried):
            return tried
        narrower *= 1.06
    return lines


def _cut(text: str, size: float, width: float) -> str:
    if text_width(text, size) <= width:
        return text
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,;:.…')}…"


# --- marks ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """One event: a dot, a short bar of several days, or a faint bar of a whole month or year."""

    id: str
    title: str
    lane: str
    lane_label: str
    significance: int
    phase: str
    family: str
    precision: str
    first: date
    last: date
    radius: float
    height: float = 0.0  # of its centre above the base line

    @property
    def vague(self) -> bool:
        """Whether the event is known by month or year only."""
        return self.precision != "day"

    @property
    def ends(self) -> tuple[float, float]:
        """The moments between which the mark is drawn: noon to noon, or all of its days."""
        first, last = self.first.toordinal(), self.last.toordinal()
        return (first, last + 1) if self.vague else (first + 0.5, last + 0.5)

    @property
    def anchor(self) -> float:
        """The moment at which the pole of its label stands."""
        return sum(self.ends) / 2 if self.vague else self.ends[0]


FIELDS = (
    "id", "title", "lane", "lane_label", "significance", "phase", "family", "precision", "first", "last"
)  # fmt: skip


def _day(value: Any) -> date:
    stamp: date = pd.Timestamp(value).date()
    return stamp


def _marks(events: pd.DataFrame, radii: Mapping[int, float]) -> list[Mark]:
    marks = []
    for row in events[list(FIELDS)].to_dict(orient="records"):
        fields: dict[str, Any] = {str(name): value for name, value in row.items()}
        size = int(fields["significance"])
        fields |= {"first": _day(fields["first"]), "last": _day(fields["last"]), "significance": size}
        marks.append(Mark(**fields, radius=radii[size] if fields["precision"] == "day" else VAGUE))
    return marks


def outside(events: pd.DataFrame, start: date, end: date) -> tuple[int, int]:
    """How many events lie wholly before `start`, and how many wholly after `end`."""
    before, after = _beyond(events, start, end)
    return int(before.sum()), int(after.sum())


def within(events: pd.DataFrame, start: date, end: date) -> "pd.Series[bool]":
    """Which events reach into the days from `start` to `end`."""
    before, after = _beyond(events, start, end)
    return ~(before | after)


def _beyond(events: pd.DataFrame, start: date, end: date) -> tuple["pd.Series[bool]", "pd.Series[bool]"]:
    first, last = (pd.to_datetime(events[end]) for end in ENDS)
    return last < pd.Timestamp(start), first > pd.Timestamp(end)


def _weightiest(events: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """The events of the range, or of too many for one figure the most significant."""
    inside = np.flatnonzero(within(events, start, end))
    if len(inside) > LIMIT:
        weight = events["significance"].to_numpy(dtype=int)[inside]
        inside = inside[np.argsort(-weight, kind="stable")[:LIMIT]]
    return events.iloc[inside]


# --- packing ----------------------------------------------------------------------------------------

GAP = 1.2  # pixels between two marks
VAGUE = 2.0  # half the thickness of the bar of a whole month


def pack(marks: Sequence[Mark], per_day: float) -> list[Mark]:
    """Give every mark the lowest free height, key events first, whole months last (so on top)."""
    placed: list[tuple[float, float, float, float]] = []  # left, right, height, radius; sorted by left
    packed = []
    longest = max((mark.ends[1] - mark.ends[0] for mark in marks), default=0) * per_day
    for mark in sorted(marks, key=lambda m: (m.vague, -m.significance, m.first, m.id)):
        left, right = mark.ends[0] * per_day, mark.ends[1] * per_day
        reach = 2 * 7.5 + GAP
        near = [p for p in placed if left - reach - longest <= p[0] <= right + reach and p[1] >= left - reach]
        height = _lowest(left, right, mark.radius, near)
        insort(placed, (left, right, height, mark.radius))
        packed.append(replace(mark, height=height))
    return packed


def _lowest(left: float, right: float, radius: float, near: list[Box]) -> float:
    limits = []
    for other_left, other_right, height, other in near:
        across = max(0.0, other_left - right, left - other_right)
        distance = radius + other + GAP
        if across < distance:
            rise = sqrt(distance**2 - across**2)
            limits.append((height - rise, height + rise))
    candidates = sorted([radius, *(top for _, top in limits if top > radius)])
    clear = (h for h in candidates if not any(low + 1e-9 < h < high - 1e-9 for low, high in limits))
    return next(clear)


# --- labels -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """A text that wants to hang from a pole at `x`, in one of several shapes, on one of several sides."""

    key: str
    x: float
    shapes: tuple[tuple[str, ...], ...]
    size: float
    deepest: float  # the text must end above this
    sides: tuple[int, ...] = (1, -1)  # 1 = to the right of the pole, -1 = to the left


@dataclass(frozen=True)
class Flag:
    """A text with its place: to the right (1) or left (-1) of its pole, from `top` down."""

    key: str
    x: float
    lines: tuple[str, ...]
    size: float
    side: int
    top: float

    @property
    def bottom(self) -> float:
        """Where the text ends."""
        return self.top + len(self.lines) * self.size * LEADING

    @cached_property
    def box(self) -> Box:
        """The rectangle of the text: left, top, right, bottom."""
        wide = max(text_width(line, self.size) for line in self.lines)
        near, far = self.x + self.side * POLE_GAP, self.x + self.side * (POLE_GAP + wide)
        return min(near, far), self.top, max(near, far), self.bottom

    @property
    def pole(self) -> Box:
        """The line from above down along the text, with air on both sides."""
        return self.x - 2, -1e6, self.x + 2, self.bottom


POLE_GAP, AIR, BETWEEN = 4, 7, 5


def place(
    wishes: Iterable[Wish], width: float, walls: Sequence[float] = (), placed: Sequence[Flag] = ()
) -> list[Flag]:
    """Hang each text as high as it can go without touching another text, pole, wall or the edge.

    A wall is a vertical line that text must not straddle. What finds no place is left out.
    """
    flags = list(placed)
    for wish in wishes:
        flag = _hang(wish, flags, width, walls)
        if flag:
            flags.append(flag)
    return flags


def _hang(wish: Wish, flags: list[Flag], width: float, walls: Sequence[float]) -> Flag | None:
    taken = [flag.box for flag in flags] + [flag.pole for flag in flags if flag.x != wish.x]
    tops = sorted({0.0, *(flag.bottom + BETWEEN for flag in flags)})
    for top in tops:
        for side in wish.sides:
            for lines in wish.shapes:
                flag = Flag(wish.key, wish.x, lines, wish.size, side, top)
                if flag.bottom <= wish.deepest and _free(flag, taken, width, walls):
                    return flag
    return None


def _free(flag: Flag, taken: list[Box], width: float, walls: Sequence[float]) -> bool:
    left, top, right, bottom = flag.box
    inside = left >= 0 and right <= width and not any(left < wall < right for wall in walls)
    grown = (left - AIR, top - BETWEEN + 0.1, right + AIR, bottom + BETWEEN - 0.1)
    return inside and not any(_touch(grown, box) or _touch(flag.pole, box) for box in taken)


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# --- lanes ------------------------------------------------------------------------------------------

PAD, DROP, NAME_SIZE, NAME_ROW = 9, 5, 12, 20
BOLD = 1.07  # how much wider bold text runs
HEAD_TOP = 3
ROWS = 10  # lines that the labels of key events may take below a lane
CLOSE = 8  # pixels a day from which the least events are labelled too


@dataclass(frozen=True)
class Lane:
    """One lane with its packed marks and labels; `top`, `base` and `bottom` are pixels from the top."""

    name: str
    marks: tuple[Mark, ...]
    flags: tuple[Flag, ...]
    top: float
    base: float
    bottom: float


def _lanes(marks: Sequence[Mark], scaled: Scale, walls: Sequence[float], top: float) -> list[Lane]:
    lanes = []
    for lane in _in_order({mark.lane for mark in marks}):
        packed = pack([mark for mark in marks if mark.lane == lane], scaled.per_day)
        lanes.append(_lane(packed, scaled, walls, top))
        top = lanes[-1].bottom
    return lanes


def _in_order(lanes: set[str]) -> list[str]:
    return sorted(lanes, key=lambda lane: (LANES.index(lane) if lane in LANES else len(LANES), lane))


def _lane(marks: Sequence[Mark], scaled: Scale, walls: Sequence[float], top: float) -> Lane:
    flags = _label(marks, scaled, walls)
    name = marks[0].lane_label
    stack = max(mark.height + mark.radius for mark in marks)
    base = top + PAD + (NAME_ROW if scaled.narrow else 0) + max(stack, 2 * scaled.radii[3])
    bottom = base + PAD + max((DROP + flag.bottom for flag in flags), default=0)
    if not scaled.narrow:
        bottom = max(bottom, top + 2 * PAD + len(_name(name, scaled)) * NAME_SIZE * LEADING)
    return Lane(name, tuple(marks), tuple(flags), top, base, bottom)


def _name(name: str, scaled: Scale) -> tuple[str, ...]:
    return wrap(name, NAME_SIZE * BOLD, scaled.plot if scaled.narrow else scaled.left - 24)


def _label(marks: Sequence[Mark], scaled: Scale, walls: Sequence[float]) -> list[Flag]:
    """Label the key events of a lane, then lesser ones in the first row under it."""
    seen = [mark for mark in marks if scaled.shows(mark.anchor) and _stands_free(mark, marks, scaled)]
    line = scaled.font_size * LEADING
    flags = _key_flags(
        [_wish(m, scaled, ROWS * line + 1) for m in seen if m.significance == 3], scaled, walls
    )
    for significance in (2, 1) if scaled.per_day > CLOSE else (2,):
        wishes = [_wish(mark, scaled, 3 * line + 1) for mark in seen if mark.significance == significance]
        flags = _best(wishes, scaled.plot, walls, flags)
    return flags


def _key_flags(wishes: list[Wish], scaled: Scale, walls: Sequence[float]) -> list[Flag]:
    """A key event rather straddles a wall than goes without its label."""
    between = _best(wishes, scaled.plot, walls, ())
    mended = _best(_missing(wishes, between), scaled.plot, (), between)
    return max(mended, _best(wishes, scaled.plot, (), ()), key=len)


def _best(wishes: list[Wish], width: float, walls: Sequence[float], placed: Sequence[Flag]) -> list[Flag]:
    """Try the wishes from either end, on either side, and take what fits most and hangs highest.

    Right flags hung from the last to the first leave every pole free, left flags the other way round;
    what does not fit so may turn to the other side.
    """
    forth = sorted(wishes, key=lambda wish: (wish.x, wish.key))
    tries = []
    for ordered, side in product((forth[::-1], forth), (1, -1)):
        one_sided = place([replace(wish, sides=(side,)) for wish in ordered], width, walls, placed)
        tries.append(place(_missing(ordered, one_sided), width, walls, one_sided))
        tries.append(place([replace(wish, sides=(side, -side)) for wish in ordered], width, walls, placed))
    return max(tries, key=_merit)


def _missing(wishes: Iterable[Wish], flags: Iterable[Flag]) -> list[Wish]:
    hung = {flag.key for flag in flags}
    return [wish for wish in wishes if wish.key not in hung]


def _merit(flags: Sequence[Flag]) -> tuple[float, ...]:
    bottoms = [flag.bottom for flag in flags]
    return len(flags), -max(bottoms, default=0), -sum(bottoms)


def _wish(mark: Mark, scaled: Scale, deepest: float) -> Wish:
    """The shapes a title can take; it is cut only where no whole shape is narrow enough."""
    size = scaled.font_size if mark.significance == 3 else scaled.font_size - 1
    widths = ((118, 3), (175, 2)) if scaled.narrow else ((172, 2), (205, 2), (130, 3))
    shapes = list(dict.fromkeys(balance(mark.title, size, width, most) for width, most in widths))
    whole = [lines for lines in shapes if not lines[-1].endswith("…")]
    return Wish(mark.id, scaled.x(mark.anchor), tuple(whole or shapes), size, deepest)


def _stands_free(mark: Mark, marks: Sequence[Mark], scaled: Scale) -> bool:
    """Whether a pole can drop from a mark to the base line without crossing a mark below."""
    pole = scaled.x(mark.anchor)
    below = (other for other in marks if other.height < mark.height)
    return not any(
        scaled.x(other.ends[0]) - other.radius - 1 < pole < scaled.x(other.ends[1]) + other.radius + 1
        for other in below
    )


# --- the head: what the window is, and what lies before and after ------------------------------------


def _head(window: tuple[date, date], edges: tuple[str, str], as_of: date | None, scaled: Scale) -> list[Flag]:
    """The words above the lanes; 'known as of' has a row of its own, for its line starts there."""
    walls = [scaled.x(edge) for edge in _edges(window) if scaled.shows(edge)]
    size = scaled.font_size
    said = _said(window, edges, scaled)
    wishes = [Wish(text, scaled.x(day), ((text,),), size, 99, (side,)) for day, text, side in said]
    flags = place(wishes, scaled.plot, walls)
    flags = place(map(_yielding, _missing(wishes, flags)), scaled.plot, (), flags)
    if as_of and scaled.shows(as_of.toordinal() + 1):
        text = f"{_(KNOWN)} {day_short(as_of)}"
        wish = Wish(text, scaled.x(as_of.toordinal() + 1), ((text,),), size, 99, (-1, 1))
        below = max((flag.bottom for flag in flags), default=0)
        flags += [replace(flag, top=below) for flag in place([wish], scaled.plot)]
    return flags


def _yielding(wish: Wish) -> Wish:
    """In a narrow band the words may stand outside it, or go without their date."""
    return replace(
        wish, sides=(-wish.sides[0], wish.sides[0]), shapes=(*wish.shapes, (wish.key.split(",")[0],))
    )


KNOWN, PRELUDE, AFTERMATH = N_("known as of"), N_("Prelude"), N_("Aftermath")


def _said(window: tuple[date, date], edges: tuple[str, str], scaled: Scale) -> list[tuple[float, str, int]]:
    """What stands at the edges of the window: day, words, side."""
    opens, closes = _edges(window)
    all_said: list[tuple[float, str, int]] = [
        (opens, ", ".join(filter(None, (edges[0], day_short(window[0])))), 1),
        (closes, ", ".join(filter(None, (edges[1], day_short(window[1])))), -1),
        (opens, _(PRELUDE), -1),
        (closes, _(AFTERMATH), 1),
    ]
    seen = [said for said in all_said if scaled.shows(said[0])]
    return seen or [(scaled.first, _one_phase(window, edges, scaled), 1)]


def _one_phase(window: tuple[date, date], edges: tuple[str, str], scaled: Scale) -> str:
    """Name the one phase that fills the whole chart."""
    opens, closes = _edges(window)
    if scaled.last <= opens:
        return _(PRELUDE)
    if scaled.first >= closes:
        return _(AFTERMATH)
    if not all(edges):
        return _("The window")
    last = [edge.split()[-1].lower() for edge in edges]
    return (
        _("Between {list}").format(list=" and ".join(last))
        if scaled.narrow
        else _("Between the {edges} and the {last}").format(edges=edges[0], last=last[1])
    )


# --- from layout to plotly --------------------------------------------------------------------------


def figure(
    events: pd.DataFrame,
    *,
    palette: Palette,
    start: date,
    end: date,
    width: float,
    window: tuple[date, date] = WINDOW,
    edges: tuple[str, str] = EDGES,
    as_of: date | None = None,
) -> Figure:
    """Draw the events in lanes over the days from `start` to `end`, for a chart `width` pixels wide.

    The reader can zoom in but not out of this range, so that labels never collide; `outside` counts
    what lies beyond. Every mark carries 'event:<id>' as customdata, every label has it as its name
    (plotly_clickannotation), so a click on either can open the record. Of more events than fit the
    budget the most significant are drawn; `meta` says how many of how many. `edges` names the events that
    open and close the window; where they are empty, the days stand alone.
    """
    scaled = scale(start, end, width)
    kept = _weightiest(events, start, end)
    head = _head(window, edges, as_of, scaled)
    top = 6 + max((flag.bottom for flag in head), default=0)
    walls = [scaled.x(day) for day in _verticals(window, as_of) if scaled.shows(day)]
    lanes = _lanes(_marks(kept, scaled.radii), scaled, walls, top)
    height = lanes[-1].bottom if lanes else top + 60
    vertical = _window_shapes(window, as_of, [*_texts(head, lanes, scaled)], height, scaled, palette)
    layout = _layout(scaled, palette, height) | {
        "shapes": [*vertical, *_lane_shapes(lanes, scaled, palette)],
        "annotations": [*_head_notes(head, scaled, palette), *_lane_notes(lanes, scaled, palette)],
        "meta": {"drawn": len(kept), "of": len(events) - sum(outside(events, start, end))},
    }
    return {"data": _traces(lanes, palette), "layout": layout}


def _edges(window: tuple[date, date]) -> tuple[int, int]:
    return window[0].toordinal(), window[1].toordinal() + 1


def _verticals(window: tuple[date, date], as_of: date | None) -> list[int]:
    return [*_edges(window), as_of.toordinal() + 1] if as_of else [*_edges(window)]


def moment(day: float) -> str:
    """A day count as plotly reads it: '2024-01-04', or '2024-01-04 12' for noon."""
    whole, hour = divmod(round(day * 24), 24)
    text = date.fromordinal(whole).isoformat()
    return f"{text} {hour:02}" if hour else text


Placed = tuple[float, Mark]  # pixels from the top, mark


def _traces(lanes: Sequence[Lane], palette: Palette) -> list[Figure]:
    """Poles below; then whole months as thin faint bars, several days as bars between two dots, days."""
    placed = [(round(lane.base - mark.height, 1), mark) for lane in lanes for mark in lane.marks]
    several = [(y, mark) for y, mark in placed if not mark.vague and mark.first != mark.last]
    return [
        _poles(lanes, palette),
        _bars([(y, mark) for y, mark in placed if mark.vague], palette, 0.5),
        _bars(several, palette, 1),
        _dots([(y, mark) for y, mark in several for _ in mark.ends], palette)
        | {"x": [moment(end) for _, mark in several for end in mark.ends]},
        _dots([(y, mark) for y, mark in placed if mark.ends[0] == mark.ends[1]], palette)
        | {"hovertemplate": "%{x|%-d %b %Y}<br>%{text}<extra></extra>"},
    ]


def _dots(placed: Sequence[Placed], palette: Palette) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [moment(mark.anchor) for _, mark in placed],
        **_common(placed),
        "marker": {
            "color": [_colour(mark, palette) for _, mark in placed],
            "size": [2 * mark.radius for _, mark in placed],
            "line": {"width": 0},
            "opacity": 1,
        },
    }


def _bars(placed: Sequence[Placed], palette: Palette, opacity: float) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "base": [moment(mark.ends[0]) for _, mark in placed],
        "x": [(mark.ends[1] - mark.ends[0]) * DAY_MS for _, mark in placed],
        **_common(placed),
        "width": [2 * mark.radius for _, mark in placed],
        "textposition": "none",
        "marker": {
            "color": [_colour(mark, palette) for _, mark in placed],
            "opacity": opacity,
            "line": {"width": 0},
        },
    }


def _common(placed: Sequence[Placed]) -> Figure:
    """What dots and bars share: height, hover text, and the address that a click opens."""
    return {
        "y": [y for y, _ in placed],
        "text": [_hover(mark) for _, mark in placed],
        "customdata": [f"event:{mark.id}" for _, mark in placed],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _poles(lanes: Sequence[Lane], palette: Palette) -> Figure:
    """The thin lines from marks to their labels, on the upper date axis: it shows only with a trace."""
    x: list[str | None] = []
    y: list[float | None] = []
    for lane in lanes:
        marks = {mark.id: mark for mark in lane.marks}
        for flag in lane.flags:
            mark = marks[flag.key]
            foot = lane.base + DROP + flag.bottom - 2
            x += [moment(mark.anchor)] * 2 + [None]
            y += [round(lane.base - mark.height + mark.radius, 1), round(foot, 1), None]
    line = {"color": palette["faint"], "width": 1}
    points = {"x": x, "y": y, "xaxis": "x2"}
    return {"type": "scatter", "mode": "lines", "line": line, "hoverinfo": "skip"} | points


def _colour(mark: Mark, palette: Palette) -> str:
    return palette["families"][mark.family] if mark.family else palette["none"]


def _hover(mark: Mark) -> str:
    """Title in short lines, so that it fits on a phone; single days get their date from the axis."""
    lines = [plain(line) for line in wrap(mark.title, 12, 240)]
    return "<br>".join(lines if mark.ends[0] == mark.ends[1] else [_when(mark), *lines])


def _when(mark: Mark) -> str:
    """'11–12 Aug 2023', 'Mar 2023' or '2023': the days of what is drawn as a bar."""
    if mark.precision == "year":
        return _from_to(f"{mark.first.year}", f"{mark.last.year}")
    if mark.precision == "month":
        return _from_to(month_short(mark.first), month_short(mark.last))
    if (mark.first.year, mark.first.month) == (mark.last.year, mark.last.month):
        return f"{mark.first.day}–{day_short(mark.last)}"
    return _from_to(day_short(mark.first), day_short(mark.last))


def _from_to(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"


def plain(text: str) -> str:
    """Text that plotly shows letter by letter: no mark-up, no entity is read out of it."""
    return escape(text, quote=False)


def _window_shapes(
    window: tuple[date, date],
    as_of: date | None,
    texts: Sequence[Box],
    height: float,
    scaled: Scale,
    palette: Palette,
) -> Iterator[Figure]:
    """The tint of the window, its edges, and the line of the day known."""
    opens, closes, *turned_back = _verticals(window, as_of)
    band = {"type": "rect", "x0": moment(opens), "x1": moment(closes), "y0": 0, "y1": 1, "yref": "paper"}
    yield band | {"fillcolor": palette["band"], "line": {"width": 0}}
    edge, known = ({"color": palette["accent"], "width": 1} | dash for dash in ({}, {"dash": "5px,3px"}))
    for day, line in [(opens, edge), (closes, edge), *((day, known) for day in turned_back)]:
        x = {"x0": moment(day), "x1": moment(day)}
        for y0, y1 in _clear(scaled.x(day), texts, height):
            yield {"type": "line", "y0": y0, "y1": y1, "line": line} | x


def _clear(x: float, texts: Iterable[Box], height: float) -> Iterator[tuple[float, float]]:
    """The stretches of a vertical line at `x` that run through no text."""
    y = 0.0
    for left, top, right, bottom in sorted(texts, key=lambda box: box[1]):
        if left < x < right:
            if top - y > 2 * BETWEEN:  # no stubs between two lines of text
                yield round(y, 1), round(top, 1)
            y = max(y, bottom)
    yield round(y, 1), round(height, 1)


def _texts(head: Sequence[Flag], lanes: Sequence[Lane], scaled: Scale) -> Iterator[Box]:
    """The boxes of all labels, and on phones of the names of the lanes, with a little air."""
    yield from (_aired(flag, HEAD_TOP) for flag in head)
    for lane in lanes:
        if scaled.narrow:
            yield -2, lane.top, text_width(lane.name, NAME_SIZE) * BOLD, lane.top + PAD + NAME_ROW - 3
        yield from (_aired(flag, lane.base + DROP) for flag in lane.flags)


def _aired(flag: Flag, above: float) -> Box:
    left, top, right, bottom = flag.box
    return left - 2, above + top - 1, right + 2, above + bottom + 1


def _lane_shapes(lanes: Sequence[Lane], scaled: Scale, palette: Palette) -> Iterator[Figure]:
    """A border above each lane, out to its name at the left, and the base line on which its dots stand."""
    out = round(-scaled.left / scaled.plot, 4)
    for lane in lanes:
        for y, x0, colour in ((lane.top, out, palette["grid"]), (lane.base, 0, palette["faint"])):
            line = {"color": colour, "width": 1}
            across = {"xref": "paper", "x0": x0, "x1": 1, "y0": round(y, 1), "y1": round(y, 1)}
            yield {"type": "line", "line": line} | across


def _head_notes(head: Sequence[Flag], scaled: Scale, palette: Palette) -> Iterator[Figure]:
    for flag in head:
        quiet = flag.key in (_(PRELUDE), _(AFTERMATH))
        day = round((scaled.first + flag.x / scaled.per_day) * 24) / 24
        yield _note(flag, day, HEAD_TOP, palette["muted" if quiet else "accent"])


def _lane_notes(lanes: Sequence[Lane], scaled: Scale, palette: Palette) -> Iterator[Figure]:
    for lane in lanes:
        yield _name_note(lane, scaled, palette)
        marks = {mark.id: mark for mark in lane.marks}
        for flag in lane.flags:
            mark = marks[flag.key]
            colour = palette["text" if mark.significance == 3 else "muted"]
            clickable = {"name": f"event:{mark.id}", "captureevents": True}
            yield _note(flag, mark.anchor, lane.base + DROP, colour) | clickable


def _note(flag: Flag, day: float, above: float, colour: str) -> Figure:
    right = flag.side > 0
    return {
        "text": "<br>".join(map(plain, flag.lines)),
        "x": moment(day),
        "y": round(above + flag.top, 1),
        "xanchor": "left" if right else "right",
        "align": "left" if right else "right",
        "xshift": flag.side * POLE_GAP,
        "font": {"size": flag.size, "color": colour},
    }


def _name_note(lane: Lane, scaled: Scale, palette: Palette) -> Figure:
    return {
        "text": "<b>" + "<br>".join(map(plain, _name(lane.name, scaled))) + "</b>",
        "xref": "paper",
        "x": 0,
        "y": round(lane.top + PAD - 3, 1),
        "xanchor": "left",
        "align": "left",
        "xshift": 0 if scaled.narrow else -scaled.left,
        "font": {"size": NAME_SIZE, "color": palette["text"]},
    }


# What all notes and shapes share, said once: it keeps the figure small.
DEFAULTS = {
    "annotationdefaults": {"yanchor": "top", "showarrow": False, "borderpad": 0},
    "shapedefaults": {"layer": "below"},
}
AXIS = 36  # pixels above and below the plot for the months; single days take two lines


def _layout(scaled: Scale, palette: Palette, height: float) -> Figure:
    right = NARROW_SIDE if scaled.narrow else RIGHT
    axis = _date_axis(scaled, palette)
    return template.layout(palette) | {
        "height": round(height) + 2 * AXIS,
        "margin": {"l": scaled.left, "r": right, "t": AXIS, "b": AXIS, "pad": 0},
        "xaxis": axis,
        "xaxis2": axis | {"overlaying": "x", "matches": "x", "side": "top", "showgrid": False},
        "yaxis": {"range": [round(height, 1), 0], "fixedrange": True, "visible": False},
        "barmode": "overlay",
        "template": {"layout": DEFAULTS},
        "hoverdistance": 14 if scaled.narrow else 4,  # a finger needs room; a mouse on a bar means the bar
        # On a phone a drag must scroll the page: the chart is taller than the screen.
        "dragmode": False if scaled.narrow else "zoom",
        "uirevision": "timeline",
    }


def _date_axis(scaled: Scale, palette: Palette) -> Figure:
    return (
        template.axis(palette)
        | {
            "type": "date",
            "range": [moment(scaled.first), moment(scaled.last)],
            "tickmode": "auto",
            "minallowed": moment(scaled.first),
            "maxallowed": moment(scaled.last),
            # Another period is another view; every other filter keeps the reader's zoom.
            "uirevision": f"{moment(scaled.first)}/{moment(scaled.last)}",
            "nticks": max(3, round(scaled.plot / 52)),
            "tickformatstops": [
                {"dtickrange": [None, 20 * DAY_MS], "value": "%-d %b\n%Y"},
                {"dtickrange": [20 * DAY_MS, "M6"], "value": "%b %Y"},
                {"dtickrange": ["M12", None], "value": "%Y"},
            ],
            "showline": False,
            "fixedrange": False,
        }
        | ({"ticklabeloverflow": "hide past div"} if scaled.narrow else {})
    )  # a phone has no margin for them
