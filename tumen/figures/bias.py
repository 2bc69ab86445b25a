"""Who speaks, month by month, as a plotly figure in plain dicts: a band of bars for each country.

What a country asserts or confirms grows up from the base line of its band, what it denies, doubts or
leaves without an answer hangs down. The y axis is measured in pixels from the top, and all bands share
one scale: a bar twice as long means twice as many assertions, in whichever band.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

from tumen import wording
from tumen.bias import Band, sides
from tumen.figures import template
from tumen.figures.palette import Palette
from tumen.figures.timeline import WINDOW
from tumen.speech import N_, _

Drawing = dict[str, Any]
HEIGHT, LONGEST = 420, 16  # pixels for all bars together; the most that one assertion may take
GUTTER, NARROW = 148, 560  # pixels for the names at the left; below this width they stand above the bars
AIR, LEAST, NAME, FOOT, TOP = 12, 20, 22, 30, 14
WORDS = (
    N_("asserts or confirms"),
    N_("denies or doubts"),
    N_("gives no answer"),
)  # claims, disputes, silences


@dataclass(frozen=True)
class Row:
    """A band with its place: pixels from the top of the plot."""

    band: Band
    top: float
    base: float
    bottom: float


def figure(
    bands: Sequence[Band],
    months: Sequence[str],
    *,
    palette: Palette,
    width: float,
    picks: Mapping[str, str] | None = None,
    window: tuple[date, date] = WINDOW,
) -> Drawing:
    """Draw the bands for a chart `width` pixels wide.

    Args:
        bands: see `bias.Bias`.
        months: the months from left to right, without a gap.
        palette: the colours.
        width: pixels that the chart is made for.
        picks: country → what a click on its bars or its name asks for.
        window: the days that are tinted.
    """
    narrow, picks = width < NARROW, picks or {}
    unit = _unit(bands)
    rows = list(_rows(bands, unit, narrow))
    height = (rows[-1].bottom if rows else TOP) + AIR / 2
    traces = [
        _bars(row, side, unit, palette, picks.get(row.band.voice.code, ""))
        for row in rows
        for side in range(len(WORDS))
        if any(sides(counts)[side] for counts in row.band.months.values())
    ]
    layout = _layout(months, height, narrow, palette)
    layout["shapes"] = [*_window(months, window, palette), *_base_lines(rows, palette)]
    layout["annotations"] = [
        *(_name(row, narrow, palette, picks) for row in rows),
        *(peak for row in rows for peak in _peaks(row, unit, palette, picks)),
    ]
    return {"data": traces, "layout": layout}


# --- places ----------------------------------------------------------------------------------------


def _extent(band: Band) -> tuple[int, int]:
    """The longest bar upwards and the longest downwards."""
    told = [sides(counts) for counts in band.months.values()]
    return max((up for up, _, _ in told), default=0), max((no + none for _, no, none in told), default=0)


def _unit(bands: Sequence[Band]) -> float:
    """Pixels for one assertion."""
    return min(LONGEST, HEIGHT / max(sum(sum(_extent(band)) for band in bands), 1))


def _rows(bands: Sequence[Band], unit: float, narrow: bool) -> Iterator[Row]:
    top: float = TOP
    for band in bands:
        up, down = (length * unit for length in _extent(band))
        above = up + 12 + NAME if narrow else max(up + 12, LEAST)
        base = top + above
        bottom = base + max(down + (12 if down else 0), 0 if narrow else LEAST)
        yield Row(band, top, base, bottom)
        top = bottom + AIR


# --- from layout to plotly -------------------------------------------------------------------------


def _bars(row: Row, side: int, unit: float, palette: Palette, pick: str) -> Drawing:
    """The bars of one side: claims upwards, disputes downwards, silences below those."""
    told = [(month, sides(counts)) for month, counts in sorted(row.band.months.items())]
    drawn = [(month, counts) for month, counts in told if counts[side]]
    below = [counts[1] if side == 2 else 0 for _, counts in drawn]
    sign = -1 if side == 0 else 1
    label, words = escape(row.band.voice.label), _(WORDS[side])
    return {
        "type": "bar",
        "x": [f"{month}-15" for month, _ in drawn],
        "y": [_round(sign * counts[side] * unit) for _, counts in drawn],
        "base": [_round(row.base + under * unit) for under in below],
        "width": 24 * 86_400_000,
        "text": [str(counts[side]) for _, counts in drawn],
        "textposition": "none",
        "hovertemplate": f"<b>{label}</b> {words}: %{{text}}<br>%{{x|%B %Y}}<extra></extra>",
        "marker": _marker(side, palette),
        "meta": pick,
    }


def _marker(side: int, palette: Palette) -> Drawing:
    colour = palette["none"] if side == 0 else palette["accent"]
    if side == 2:
        return {"color": palette["background"], "line": {"color": colour, "width": 1.2}}
    return {"color": colour, "line": {"width": 0}}


def _name(row: Row, narrow: bool, palette: Palette, picks: Mapping[str, str]) -> Drawing:
    """Who speaks, how often, and whether about its own trade."""
    voice = row.band.voice
    counts = f"{voice.count:,} · {voice.percent} %{_(' · a party') if row.band.party else ''}"
    between = " " if narrow else "<br>"
    text = f"<b>{escape(voice.label)}</b>{between}<span style='color:{palette['muted']}'>{counts}</span>"
    return {
        "x": 0,
        "xref": "paper",
        "xshift": 0 if narrow else -GUTTER,
        "y": _round(row.top if narrow else row.base),
        "yanchor": "top" if narrow else "middle",
        "xanchor": "left",
        "align": "left",
        "text": text,
        "showarrow": False,
        "font": {"size": 13, "color": palette["text"]},
        **_leading(picks.get(voice.code)),
    }


def _leading(pick: str | None) -> Drawing:
    """What makes a note answer clicks."""
    return {"captureevents": True, "name": pick} if pick else {}


def _peaks(row: Row, unit: float, palette: Palette, picks: Mapping[str, str]) -> Iterator[Drawing]:
    """The number at the end of the longest bar up, and of the longest down."""
    months = [(month, sides(counts)) for month, counts in sorted(row.band.months.items())]
    up, down = _extent(row.band)
    for length, sign in ((up, -1), (down, 1)):
        if not length:
            continue
        month = next(m for m, c in months if (c[0] if sign < 0 else c[1] + c[2]) == length)
        yield {
            "x": f"{month}-15",
            "y": _round(row.base + sign * length * unit),
            "yanchor": "bottom" if sign < 0 else "top",
            "text": wording.number(length),
            "showarrow": False,
            "borderpad": 0,
            "font": {"size": 11, "color": palette["muted"] if sign < 0 else palette["accent"]},
            **_leading(picks.get(row.band.voice.code)),
        }


def _base_lines(rows: Sequence[Row], palette: Palette) -> Iterator[Drawing]:
    for row in rows:
        y = _round(row.base)
        yield {
            "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "layer": "below",
            "line": {"color": palette["faint"], "width": 1},
        }  # fmt: skip


def _window(months: Sequence[str], window: tuple[date, date], palette: Palette) -> Iterator[Drawing]:
    """The tint of the window, as far as the months reach."""
    first, last = (day.isoformat() for day in (window[0], window[1] + timedelta(days=1)))
    if months and first[:7] <= months[-1] and last[:7] >= months[0]:
        yield {
            "type": "rect", "x0": max(first, f"{months[0]}-01"), "x1": min(last, f"{months[-1]}-28"),
            "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": {"width": 0},
            "fillcolor": palette["band"],
        }  # fmt: skip


def _layout(months: Sequence[str], height: float, narrow: bool, palette: Palette) -> Drawing:
    left = 4 if narrow else GUTTER
    return template.layout(palette) | {
        "height": round(height + FOOT),
        "margin": {"l": left, "r": 4, "t": FOOT, "b": 0},
        "barmode": "overlay",
        "bargap": 0,
        "dragmode": False,
        "uirevision": "bias",
        "xaxis": template.axis(palette)
        | {
            "type": "date",
            "range": [f"{months[0]}-01", f"{_after(months[-1])}-03"] if months else None,
            "fixedrange": True,
            "side": "top",  # seen before the bars, on every screen
            **_ticks(len(months), narrow),
            "ticklabelposition": "outside right",
            "showline": False,
        },
        "yaxis": {"range": [round(height), 0], "visible": False, "fixedrange": True},
    }


def _ticks(months: int, narrow: bool) -> Drawing:
    """Years, half years or quarters, as many as there is room for."""
    step = 12 if narrow and months > 20 else 6 if narrow or months > 20 else 3
    return {"dtick": f"M{step}", "tick0": "2022-01-01", "tickformat": "%Y" if step == 12 else "%b %Y"}


def _after(month: str) -> str:
    """The next month."""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02}"


def _round(value: float) -> float:
    return round(value, 1)
