"""The strip of first reports: one lane for each direction, dots growing away from the months between them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from tumen.figures import template
from tumen.figures.palette import Palette, family_colour
from tumen.figures.timeline import (
    DAY_MS,
    LIMIT,
    WINDOW,
    Mark,
    Scale,
    moment,
    pack,
    plain,
    wrap,
)

Figure = dict[str, Any]

RADII = {1: 4.0, 2: 4.75, 3: 6.0, 4: 7.5, 5: 9.0}  # by evidence step
NARROW = 0.72  # of these radii on a phone
TINT = {"shown": 1.0, "assessed": 0.32, "reported": 0.0}  # how much of its colour fills a dot
SIDE, BAND, TITLE, PAD = 10, 26, 24, 12  # pixels: edges, months between the lanes, names, air
NARROW_BELOW = 560


def figure(
    transfers: pd.DataFrame,
    *,
    palette: Palette,
    width: float,
    names: tuple[str, str],
    as_of: date | None = None,
    window: tuple[date, date] = WINDOW,
    leads: tuple[str, str] = ("", ""),
) -> Figure:
    """Draw transfers at their first report: those with `back` False above the months, the others below.

    Args:
        transfers: id, item, family, evidence, group, contested, first_reported (day), back (bool), told
            (the hover text).
        palette: the colours.
        width: pixels that the chart is wide.
        names: what stands at the upper and at the lower lane.
        as_of: a day to mark with a line.
        window: the days to tint.
        leads: what a click on either name asks for.
    """
    kept = transfers.sort_values(["evidence", "id"], ascending=[False, True]).head(LIMIT)
    scaled = _scale(kept, as_of, width)
    lanes = [_packed(kept[kept["back"] == back], scaled) for back in (False, True)]
    rises = [max([m.height + m.radius for m in lane], default=10.0) + PAD + TITLE for lane in lanes]
    return {
        "data": [_dots(lane, kept, sign, palette) for lane, sign in zip(lanes, (1, -1), strict=True) if lane],
        "layout": _layout(scaled, rises, palette)
        | {
            "shapes": _shapes(scaled, rises, as_of, palette, window),
            "annotations": _names(names, leads, rises, palette),
            "meta": {"drawn": len(kept), "of": len(transfers)},
        },
    }


def _scale(kept: pd.DataFrame, as_of: date | None, width: float) -> Scale:
    """From the first report to the last (or the day known), with air for whole dots at both ends."""
    days = [day.date().toordinal() for day in kept["first_reported"]]
    first, last = min(days), max([*days, as_of.toordinal() if as_of else 0])
    plot = max(width - 2 * SIDE, 100.0)
    room = max(last - first, 60) * 26 / plot
    return Scale(first - room, last + 1 + room, SIDE, plot, width < NARROW_BELOW)


def _packed(own: pd.DataFrame, scaled: Scale) -> list[Mark]:
    marks = [_mark(row, scaled) for row in own.to_dict("records")]
    return pack(marks, scaled.per_day)


def _mark(row: Mapping[Any, Any], scaled: Scale) -> Mark:
    day = row["first_reported"].date()
    step = int(row["evidence"])
    radius = RADII.get(step, RADII[1]) * (NARROW if scaled.narrow else 1)
    return Mark(
        id=row["id"], title=row["told"], significance=step, family=row["family"], radius=radius,
        first=day, last=day, precision="day", lane="", lane_label="", phase="",
    )  # fmt: skip


def _dots(lane: Sequence[Mark], kept: pd.DataFrame, sign: int, palette: Palette) -> Figure:
    rows = kept.loc[[mark.id for mark in lane]]
    colours = [family_colour(mark.family, palette) for mark in lane]
    tints = [TINT[group] for group in rows["group"]]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [moment(mark.anchor) for mark in lane],
        "y": [round(sign * (BAND / 2 + mark.height), 1) for mark in lane],
        "customdata": [f"transfer:{mark.id}" for mark in lane],
        "text": ["<br>".join(map(plain, wrap(mark.title, 12, 260, 4))) for mark in lane],
        "hovertemplate": "%{x|%-d %b %Y}<br>%{text}<extra></extra>",
        "marker": {
            "size": [
                round(2 * mark.radius * (0.94 if c else 1), 1)
                for mark, c in zip(lane, rows["contested"], strict=True)
            ],
            "symbol": ["diamond" if contested else "circle" for contested in rows["contested"]],
            "color": [mixed(c, palette["background"], t) for c, t in zip(colours, tints, strict=True)],
            "line": {"color": colours, "width": 1.5},
            "opacity": 1,
        },
    }


def mixed(colour: str, ground: str, share: float) -> str:
    """A share of a colour on a ground, both as '#rrggbb'."""
    pairs = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _shapes(
    scaled: Scale, rises: Sequence[float], as_of: date | None, palette: Palette, window: tuple[date, date]
) -> list[Figure]:
    """The tint of the window, both base lines, and the day known."""
    top, bottom = BAND / 2 + rises[0], -BAND / 2 - rises[1]
    inside = [max(scaled.first, window[0].toordinal()), min(scaled.last, window[1].toordinal() + 1)]
    shapes: list[Figure] = []
    if inside[0] < inside[1]:
        band = {"x0": moment(inside[0]), "x1": moment(inside[1]), "y0": bottom, "y1": top}
        shapes.append(
            {"type": "rect", "fillcolor": palette["band"], "line": {"width": 0}, "layer": "below"} | band
        )
    for y in (BAND / 2, -BAND / 2):
        line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "layer": "below"}
        shapes.append(line | {"line": {"color": palette["faint"], "width": 1}})
    if as_of:
        day = moment(as_of.toordinal() + 1)
        line = {"type": "line", "x0": day, "x1": day, "y0": bottom, "y1": top}
        shapes.append(line | {"line": {"color": palette["accent"], "width": 1, "dash": "5px,3px"}})
    return shapes


def _names(
    names: tuple[str, str], leads: tuple[str, str], rises: Sequence[float], palette: Palette
) -> list[Figure]:
    places = ((BAND / 2 + rises[0], "top"), (-BAND / 2 - rises[1], "bottom"))
    return [
        {
            "text": f"<b>{plain(name)}</b>",
            "xref": "paper", "x": 0, "y": y, "xanchor": "left", "yanchor": anchor,
            "showarrow": False, "borderpad": 2, "font": {"size": 13, "color": palette["text"]},
            **({"name": lead, "captureevents": True} if lead else {}),
        }
        for name, lead, (y, anchor) in zip(names, leads, places, strict=True)
    ]  # fmt: skip


def _layout(scaled: Scale, rises: Sequence[float], palette: Palette) -> Figure:
    height = rises[0] + rises[1] + BAND
    return template.layout(palette) | {
        "height": round(height) + 8,
        "margin": {"l": SIDE, "r": SIDE, "t": 4, "b": 4, "pad": 0},
        "xaxis": _axis(scaled, palette, (rises[1] + BAND) / height),
        "yaxis": {"range": [-BAND / 2 - rises[1], BAND / 2 + rises[0]], "fixedrange": True, "visible": False},
        "hoverdistance": 14 if scaled.narrow else 5,
        "dragmode": False if scaled.narrow else "zoom",
        "uirevision": "exchange",
    }


def _axis(scaled: Scale, palette: Palette, position: float) -> Figure:
    """The months, between the two lanes."""
    span = [moment(scaled.first), moment(scaled.last)]
    return template.axis(palette) | {
        "type": "date",
        "range": span,
        "minallowed": span[0],
        "maxallowed": span[1],
        "uirevision": "/".join(span),
        "anchor": "free",
        "position": round(position, 4),
        "side": "bottom",
        "nticks": max(3, round(scaled.plot / 64)),
        "tickformatstops": [
            {"dtickrange": [None, 20 * DAY_MS], "value": "%-d %b %Y"},
            {"dtickrange": [20 * DAY_MS, "M6"], "value": "%b %Y"},
            {"dtickrange": ["M12", None], "value": "%Y"},
        ],
        "ticks": "",
        "showline": False,
    }
