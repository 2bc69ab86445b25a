"""How knowledge grew: transfers on record by best evidence, day by day, with the stops that made it grow."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from tumen import dates
from tumen.figures import template
from tumen.figures.exchange import mixed
from tumen.figures.palette import Palette
from tumen.figures.timeline import DAY_MS, WINDOW, moment, plain, text_width, wrap
from tumen.speech import _

Figure = dict[str, Any]

INK = {
    "find": 0.9,
    "records": 0.56,
    "assessed": 0.3,
    "reported": 0.12,
}  # how dark a band is, the best darkest
NARROW_BELOW = 560
HEIGHT, LOWER = 330, 270  # pixels: desk, phone
TOP, BOTTOM, SIDE = 44, 34, 8  # pixels around the plot: names of the two days, months, edges
STRIP = 22  # pixels below zero, for the stops
LABEL, LEAST = 12, 15  # size of a band's label, and the height that a band needs to bear it


def fills(palette: Palette) -> dict[str, str]:
    """The colour of each band: one ink, the better the evidence the more of it."""
    return {band: mixed(palette["text"], palette["background"], share) for band, share in INK.items()}


def figure(
    grown: pd.DataFrame,
    *,
    stops: Sequence[tuple[date, str]],
    days: tuple[date, date | None],
    names: Mapping[str, str],
    palette: Palette,
    width: float,
    window: tuple[date, date] = WINDOW,
    leads: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the bands of a growth on one another, the best evidence lowest.

    Args:
        grown: one column per band, best first; one row per day on which a count changed.
        stops: days and titles.
        days: the two days that are compared; None is today, at the right edge.
        names: band → what it is called.
        palette: the colours.
        width: pixels that the chart is wide.
        window: the days to tint.
        leads: what the written counts lead to: by band, and 'then' and 'now' for the two days.
    """
    narrow = width < NARROW_BELOW
    height = (LOWER if narrow else HEIGHT) - TOP - BOTTOM
    span = _span([*(day.date() for day in grown.index), *(day for day, _ in stops), *window], days)
    most = max(int(grown.sum(axis=1).max()), 1)
    floor = -most * 1.04 * STRIP / (height - STRIP)
    daily = _grid(grown, [day for day, _ in stops], span)
    titles = {day: f"<b>{'<br>'.join(map(plain, wrap(title, 12, 230)))}</b>" for day, title in stops}
    plot = width - 2 * SIDE
    return {
        "data": [
            *(_band(daily, band, names[band], palette) for band in grown.columns),
            _titles(daily, titles),
            _ticks(list(titles), floor / 2, palette),
        ],
        "layout": _layout(span, (floor, most * 1.04), narrow, palette)
        | {
            "shapes": list(_shapes(span, days, palette, window)),
            "annotations": [
                *_day_notes(daily, span, days, plot, palette, leads or {}),
                *_band_notes(daily, names, height / (most * 1.04 - floor), narrow, palette, leads or {}),
            ],
        },
    }


def _span(shown: Sequence[date], days: tuple[date, date | None]) -> tuple[int, int]:
    """From the first change or stop to the last (or the days compared), with some air; as day counts."""
    all_days = [*shown, *(day for day in days if day)]
    first, last = min(all_days).toordinal(), max(all_days).toordinal()
    return first - 6, last + max(12, (last - first) // 40)


def _grid(grown: pd.DataFrame, more: Sequence[date], span: tuple[int, int]) -> pd.DataFrame:
    """The counts on all days on which something changed, on the stops, and at both edges."""
    edges = [date.fromordinal(day) for day in span]
    days = pd.DatetimeIndex([*grown.index, *map(pd.Timestamp, [*more, *edges])]).unique().sort_values()
    return grown.reindex(days, method="ffill").fillna(0).astype(int)


def _band(daily: pd.DataFrame, band: str, name: str, palette: Palette) -> Figure:
    """One band; the topmost also says which day a click means."""
    days = [day.date() for day in daily.index]
    trace: Figure = {
        "type": "scatter",
        "mode": "lines",
        "stackgroup": "known",
        "name": plain(name),
        "x": [day.isoformat() for day in days],
        "y": daily[band].tolist(),
        "line": {"shape": "hv", "width": 1, "color": palette["background"]},
        "fillcolor": fills(palette)[band],
        "hovertemplate": f"%{{y}} {plain(name).lower()}<extra></extra>",
    }
    if band == daily.columns[-1]:
        trace["customdata"] = [f"asof:{day}" for day in days]
    return trace


def _titles(daily: pd.DataFrame, titles: Mapping[date, str]) -> Figure:
    """What made a stop, for the box of its day; unseen, and on all days, lest it speaks on a neighbour's."""
    days = [day.date() for day in daily.index]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.isoformat() for day in days],
        "y": [0] * len(days),
        "text": [titles.get(day, "") for day in days],
        "hoverinfo": ["x+text" if day in titles else "skip" for day in days],
        "line": {"color": "rgba(0,0,0,0)", "width": 0},
    }


def _ticks(days: Sequence[date], y: float, palette: Palette) -> Figure:
    """The stops below the bands; pointing at one points at its day, which is in the grid of the bands."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [day.isoformat() for day in days],
        "y": [round(y, 2)] * len(days),
        "hoverinfo": "skip",
        "marker": {"symbol": "triangle-up", "size": 9, "color": palette["muted"], "line": {"width": 0}},
        "cliponaxis": False,
    }


def _shapes(
    span: tuple[int, int], days: tuple[date, date | None], palette: Palette, window: tuple[date, date]
) -> list[Figure]:
    """The tint of the window, and the lines of both days."""
    tint = {"x0": moment(window[0].toordinal()), "x1": moment(window[1].toordinal() + 1), "y0": 0, "y1": 1}
    shapes: list[Figure] = [
        {
            "type": "rect",
            "yref": "paper",
            "fillcolor": palette["band"],
            "line": {"width": 0},
            "layer": "below",
        }
        | tint
    ]
    for day, dash in zip(days, ("solid", "5px,3px"), strict=True):
        x = moment(_at(day, span))
        line = {"color": palette["accent"], "width": 2, "dash": dash}
        shapes.append({"type": "line", "yref": "paper", "y0": 0, "y1": 1.02, "x0": x, "x1": x, "line": line})
    return shapes


def _at(day: date | None, span: tuple[int, int]) -> int:
    """Where a day's line stands: at its end, for it counts as a whole."""
    return day.toordinal() + 1 if day else span[1]


def _day_notes(
    daily: pd.DataFrame,
    span: tuple[int, int],
    days: tuple[date, date | None],
    plot: float,
    palette: Palette,
    leads: Mapping[str, str],
) -> list[Figure]:
    """Above each line its day and how many transfers were on record, one above the other if need be."""
    notes = []
    for row, day in enumerate(days):
        at = _at(day, span)
        count = int(daily.loc[: pd.Timestamp(date.fromordinal(min(at - 1, span[1])))].iloc[-1].sum())
        when = dates.day_short(day) if day else _("Today")
        text = f"{when}: {count:,}"
        x = (at - span[0]) / (span[1] - span[0]) * plot
        half = text_width(text, 13) / 2
        anchor = "left" if x < half else "right" if x > plot - half else "center"
        note = {"text": f"<b>{text}</b>", "x": moment(at), "xanchor": anchor, "yref": "paper", "y": 1.02}
        font = {"size": 13, "color": palette["accent"]}
        lift = {"yshift": 17 if row == 0 else 0, "yanchor": "bottom", "showarrow": False, "borderpad": 0}
        notes.append(note | lift | {"font": font} | _leading(leads.get("now" if row else "then")))
    return notes


def _band_notes(
    daily: pd.DataFrame,
    names: Mapping[str, str],
    per_unit: float,
    narrow: bool,
    palette: Palette,
    leads: Mapping[str, str],
) -> list[Figure]:
    """What each band is, written into its right end where it is high enough."""
    notes, below = [], 0
    for band, count in daily.iloc[-1].items():
        if count * per_unit >= LEAST:
            fill = fills(palette)[str(band)]
            notes.append(
                {
                    "text": f"{plain(names[str(band)])} <b>{count:,}</b>",
                    "xref": "paper", "x": 1, "xshift": -8, "xanchor": "right", "y": below + count / 2,
                    "yanchor": "middle", "showarrow": False, "borderpad": 0,
                    "font": {"size": LABEL - narrow, "color": _readable(fill, palette)},
                    **_leading(leads.get(str(band))),
                }
            )  # fmt: skip
        below += count
    return notes


def _leading(pick: str | None) -> Figure:
    """What makes a note answer clicks."""
    return {"name": pick, "captureevents": True} if pick else {}


def _readable(fill: str, palette: Palette) -> str:
    """Ink or paper, whichever stands out more from a fill."""
    return max((palette["text"], palette["background"]), key=lambda colour: _contrast(colour, fill))


def _contrast(one: str, other: str) -> float:
    low, high = sorted(map(_light, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _layout(span: tuple[int, int], heights: tuple[float, float], narrow: bool, palette: Palette) -> Figure:
    return template.layout(palette) | {
        "height": LOWER if narrow else HEIGHT,
        "margin": {"l": SIDE, "r": SIDE, "t": TOP, "b": BOTTOM, "pad": 0},
        "xaxis": template.axis(palette)
        | {
            "type": "date",
            "range": [moment(span[0]), moment(span[1])],
            "fixedrange": True,
            "hoverformat": "%-d %B %Y",
            "nticks": 5 if narrow else 14,
            "tickformatstops": [
                {"dtickrange": [None, 20 * DAY_MS], "value": "%-d %b\n%Y"},
                {"dtickrange": [20 * DAY_MS, "M6"], "value": "%b\n%Y"},
                {"dtickrange": ["M6", None], "value": "%b %Y"},
            ],
            "showspikes": True,
            "spikemode": "across",
            "spikethickness": 1,
            "spikedash": "solid",
            "spikecolor": palette["muted"],
        },
        "yaxis": {"range": [round(y, 2) for y in heights], "fixedrange": True, "visible": False},
        "hovermode": "x unified",
        "hoverdistance": 40,
        "dragmode": False,
        "uirevision": "known",
    }
