"""The drawn figures: own axes, true places, signs for bounds, names with room, small and harmless."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from math import log10
from typing import Any

import pytest

from tumen import dates, estimates, records, view
from tumen.estimates import Figure, Panel
from tumen.figures import estimates as drawing
from tumen.figures.palette import DARK, LIGHT, Palette
from tumen.figures.timeline import text_width

WIDTHS = (340, 620, 980)
REAL = records.load()
WHOLE = view.select(REAL, view.View())
CHOICES = tuple(estimates.choices(REAL, WHOLE))
RANKS = estimates.colour_ranks(REAL)

Box = tuple[float, float, float, float]


@cache
def panels(choice: str, as_of: date | None = None) -> tuple[Panel, ...]:
    selection = view.select(REAL, view.View(as_of=as_of))
    told = estimates.figures(REAL, as_of, estimates.transfers(REAL, selection, choice))
    return tuple(estimates.split(estimates.panels(REAL, selection, told))[0])


DRAWN = tuple(choice for choice in CHOICES if panels(choice))


def draw(own: tuple[Panel, ...], width: int = 980, palette: Palette = LIGHT) -> dict[str, Any]:
    return drawing.figure(drawing.limited(own), palette=palette, ranks=RANKS, width=width)


def points(figure: dict[str, Any]) -> list[dict[str, Any]]:
    return [trace for trace in figure["data"] if trace["mode"] == "markers"]


def shell(**more: Any) -> Figure:
    """A real figure with some of it made up."""
    return replace(panels("shells")[0].figures[0], **more)


def panel_of(*own: Figure) -> Panel:
    return replace(panels("shells")[0], figures=own)


# --- what is drawn ---------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", DRAWN)
def test_each_panel_has_axes_of_its_own_and_shares_only_the_dates(choice: str) -> None:
    figure = draw(panels(choice))
    assert len({trace["yaxis"] for trace in points(figure)}) == len(panels(choice))
    xs = [axis for name, axis in figure["layout"].items() if name.startswith("xaxis")]
    assert len({tuple(axis["range"]) for axis in xs}) == 1
    assert all(axis.get("matches") == "x" for axis in xs[1:])


@pytest.mark.parametrize("choice", DRAWN)
def test_a_point_stands_at_its_day_and_number_and_leads_to_its_source(choice: str) -> None:
    for panel, trace in zip(panels(choice), points(draw(panels(choice))), strict=True):
        assert trace["customdata"] == [f"source:{f.cited['id']}" for f in panel.figures]
        for f, x, y in zip(panel.figures, trace["x"], trace["y"], strict=True):
            span = dates.parse(f.date)
            assert span.first <= datetime.fromisoformat(x[:10]).date() <= span.last
            assert f.least <= y * (1 + 1e-7) and y <= f.most * (1 + 1e-7)


@pytest.mark.parametrize("choice", DRAWN)
def test_the_scale_is_logarithmic_exactly_where_the_spread_needs_it_and_says_so(choice: str) -> None:
    figure = draw(panels(choice))
    axes = [figure["layout"][trace["yaxis"].replace("y", "yaxis")] for trace in points(figure)]
    texts = " ".join(" ".join(note["text"].split("<br>")) for note in figure["layout"]["annotations"])
    wide = [panel.least > 0 and panel.most / panel.least >= 10 for panel in panels(choice)]
    assert [axis["type"] == "log" for axis in axes] == wide
    assert texts.count("log scale") == sum(wide)
    for axis, panel in zip(axes, panels(choice), strict=True):
        ends = [log10(v) if panel.logarithmic else v for v in (panel.least, panel.most)]
        assert axis["range"][0] <= min(ends) <= max(ends) < axis["range"][1]
        assert panel.logarithmic or axis["range"][0] <= 0
        assert len(axis["tickvals"]) >= 2


@pytest.mark.parametrize("choice", DRAWN)
def test_every_bound_has_its_arrow_every_interval_its_bar_every_month_its_span(choice: str) -> None:
    own = [f for panel in panels(choice) for f in panel.figures]
    shapes = draw(panels(choice))["layout"]["shapes"]
    paths = [shape["path"] for shape in shapes if shape["type"] == "path"]
    assert paths.count(drawing.UP) == sum(f.bound == "lower" for f in own)
    assert paths.count(drawing.DOWN) == sum(f.bound == "upper" for f in own)
    bars = [shape for shape in shapes if shape["type"] == "line"]
    assert sum(bar["x0"] == bar["x1"] for bar in bars) == sum(f.bound == "interval" for f in own)
    assert sum(bar["x0"] != bar["x1"] for bar in bars) == sum(len(f.date) < 10 for f in own)


def test_a_month_is_drawn_from_its_first_to_its_last_day() -> None:
    own = panel_of(shell(date="2024-02"), shell(id="b", date="2024-06-01"))
    bar = next(s for s in draw((own,))["layout"]["shapes"] if s["type"] == "line")
    assert (bar["x0"], bar["x1"]) == ("2024-02-01", "2024-03-01")


def test_revisions_are_joined_by_thin_step_lines_without_a_claim_of_their_own() -> None:
    lines = [trace for trace in draw(panels("shells"))["data"] if trace["mode"] == "lines"]
    assert len(lines) == sum(len(panel.revisions()) for panel in panels("shells"))
    assert all(line["line"]["shape"] == "hv" and line["line"]["width"] < 2 for line in lines)
    assert all("customdata" not in line for line in lines)


def test_who_disputes_the_amount_is_marked() -> None:
    own = panel_of(shell(), shell(id="b", stance="denies"))
    trace = points(draw((own,)))[0]
    assert trace["marker"]["symbol"] == ["circle", "x-thin"]
    assert "disputes this" in trace["text"][1].replace("<br>", " ")
    assert "dispute" in drawing.signs([own])


def test_a_converted_figure_says_so_under_the_mouse() -> None:
    texts = [text for trace in points(draw(panels("prk-rus-152mm-shells"))) for text in trace["text"]]
    assert texts
    assert all("converted by the South Korean" in text.replace("<br>", " ") for text in texts)


def test_the_key_names_the_signs_in_use_and_no_other() -> None:
    assert drawing.signs(panels("shells")) == ["point", "lower", "upper", "interval", "line"]


# --- room ------------------------------------------------------------------------------------------


def names(figure: dict[str, Any], width: int) -> Iterator[tuple[str, Box]]:
    """Panel and box of each name beside a mark, in pixels, read from the finished figure alone."""
    layout = figure["layout"]
    for note in layout["annotations"]:
        if note["xref"] == "paper":
            continue
        left, top, right, bottom = plot(layout, note["xref"], width)
        xaxis, yaxis = (layout[note[r].replace(r[0], f"{r[0]}axis")] for r in ("xref", "yref"))
        first, last = map(day, xaxis["range"])
        x = left + (day(note["x"]) - first) / (last - first) * (right - left) + note["xshift"]
        low, high = yaxis["range"]
        y = top + (high - note["y"]) / (high - low) * (bottom - top) - note["yshift"]
        wide, tall = text_width(note["text"], 11), 11 * 1.3
        x -= {"left": 0, "center": wide / 2, "right": wide}[note["xanchor"]]
        yield note["xref"], (x, y - tall / 2, x + wide, y + tall / 2)


def plot(layout: dict[str, Any], axis: str, width: int) -> Box:
    x, y = layout[axis.replace("x", "xaxis")]["domain"], layout[axis.replace("x", "yaxis")]["domain"]
    return x[0] * width, (1 - y[1]) * layout["height"], x[1] * width, (1 - y[0]) * layout["height"]


def day(text: str) -> float:
    stamp = datetime.strptime(text, "%Y-%m-%d %H" if " " in text else "%Y-%m-%d")
    return (stamp - datetime(1970, 1, 1)) / timedelta(days=1)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("choice", DRAWN)
def test_names_touch_neither_each_other_nor_the_edge(choice: str, width: int) -> None:
    figure = draw(panels(choice), width)
    boxes = list(names(figure, width))
    for number, (axis, one) in enumerate(boxes):
        assert one[0] >= 0 and one[2] <= width + 1
        for other_axis, other in boxes[:number]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
            )
            assert axis != other_axis or apart


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("choice", DRAWN)
def test_names_cover_no_mark(choice: str, width: int) -> None:
    figure = draw(panels(choice), width)
    boxes = list(names(figure, width))
    for trace in points(figure):
        axes = figure["layout"][trace["yaxis"].replace("y", "yaxis")]
        for x, y in zip(trace["x"], trace["y"], strict=True):
            mark = {"xref": trace["xaxis"], "yref": trace["yaxis"], "x": x, "xshift": 0, "yshift": 0}
            mark |= {"y": log10(y) if axes["type"] == "log" else y, "text": "", "xanchor": "center"}
            _, (left, top, right, bottom) = next(
                names({"layout": figure["layout"] | {"annotations": [mark]}}, width)
            )
            middle = (left + right) / 2, (top + bottom) / 2
            for axis, box in boxes:
                inside = box[0] < middle[0] < box[2] and box[1] < middle[1] < box[3]
                assert axis != trace["xaxis"] or not inside


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("choice", DRAWN)
def test_both_ends_of_a_spread_are_named(choice: str, width: int) -> None:
    figure = draw(panels(choice), width)
    told = {(note["xref"], note.get("name")) for note in figure["layout"]["annotations"]}
    for number, panel in enumerate(panels(choice), 1):
        axis = "x" if number == 1 else f"x{number}"
        for end in (min(panel.figures, key=lambda f: f.least), max(panel.figures, key=lambda f: f.most)):
            assert (axis, f"source:{end.cited['id']}") in told or len(panel.figures) > 6


@pytest.mark.parametrize("width", WIDTHS)
def test_panels_do_not_overlap(width: int) -> None:
    figure = draw(panels("shells"), width)
    boxes = [plot(figure["layout"], trace["xaxis"], width) for trace in points(figure)]
    for number, one in enumerate(boxes):
        assert one[0] >= 40 and one[2] <= width and one[1] >= 0 and one[3] <= figure["layout"]["height"]
        for other in boxes[:number]:
            assert one[1] >= other[3] + 40 or one[0] >= other[2] + 40


# --- budget and safety -----------------------------------------------------------------------------


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("choice", DRAWN)
def test_a_chart_is_small(choice: str, palette: Palette) -> None:
    for width in WIDTHS:
        text = json.dumps(draw(panels(choice), width, palette), ensure_ascii=False)
        assert len(text.encode()) <= 60_000
        assert "://" not in text


def test_of_very_many_figures_the_ends_and_the_newest_are_drawn() -> None:
    days = [
        f"{year}-{month:02d}-{d:02d}" for year in (2023, 2024) for month in range(1, 13) for d in range(1, 29)
    ]
    told = tuple(
        shell(
            id=f"f{n}", date=text, low=float(1000 + (n * 37) % 977), bound="point", conversion="by hand " * 12
        )
        for n, text in enumerate(days)
    )
    kept = drawing.limited([panel_of(*told)] * 40)
    assert [len(panel.figures) for panel in kept] == [drawing.MOST_MARKS]
    assert (kept[0].least, kept[0].most) == (min(f.least for f in told), max(f.most for f in told))


@pytest.mark.parametrize("sizes", [(30, 20, 20, 20), (3,) * 30, (53, 3, 2), (50, 9, 2), (2, 90)])
def test_the_first_panels_are_drawn_as_far_as_a_chart_can_be_sent(sizes: tuple[int, ...]) -> None:
    panels = [
        panel_of(
            *(shell(id=f"{p}-{n}", date=f"2024-01-{n % 28 + 1:02d}", low=1000.0 + n) for n in range(size))
        )
        for p, size in enumerate(sizes)
    ]
    kept = [len(panel.figures) for panel in drawing.limited(panels)]
    assert sum(kept) <= drawing.MOST_MARKS and len(kept) <= drawing.MOST_PANELS
    assert all(own == size for own, size in zip(kept[:-1], sizes, strict=False)), "only the last is cut"
    assert kept[-1] >= min(drawing.LEAST_MARKS, sizes[len(kept) - 1])
    if len(kept) < min(len(sizes), drawing.MOST_PANELS):
        assert drawing.MOST_MARKS - sum(kept) < drawing.LEAST_MARKS


def test_hostile_texts_stay_texts() -> None:
    evil = '<a href="javascript:alert(1)">x</a><b onload=1>&amp;'
    own = panel_of(shell(by=evil, words=evil, who=evil, conversion=evil), shell(id="b", who=evil))
    figure = draw((replace(own, title=evil, item=evil),))
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    texts += [text for trace in points(figure) for text in trace["text"]]
    assert not any("<a" in text or "<b " in text for text in texts)


def test_a_single_day_and_equal_values_can_be_drawn() -> None:
    figure = draw((panel_of(shell(low=0.0), shell(id="b", low=0.0)),))
    axis = figure["layout"]["yaxis"]
    assert axis["range"][0] < axis["range"][1]


def test_an_origin_keeps_its_colour_whatever_is_in_view() -> None:
    def colour(own: tuple[Panel, ...], origin: str) -> set[str]:
        return {
            c
            for panel, trace in zip(own, points(draw(own)), strict=True)
            for f, c in zip(panel.figures, trace["marker"]["color"], strict=True)
            if f.origin == origin
        }

    every = {c for choice in DRAWN for c in colour(panels(choice), "kor-government")}
    assert len(every) == 1
