import csv
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from itertools import combinations
from math import hypot
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from tumen.dates import parse
from tumen.figures import timeline
from tumen.figures.palette import LIGHT

EVENTS = Path(__file__).parents[1] / "data" / "events.csv"
LANES = {
    "meetings-treaties": ("Meetings and treaties", "summit visit treaty"),
    "deliveries-use": ("Deliveries and use", "delivery combat-use industrial"),
    "disclosures-statements": ("Disclosures and statements", "disclosure statement"),
    "sanctions-un": ("Sanctions and the UN", "sanctions un-action"),
    "tests-launches": ("Tests and launches", "missile-test satellite-launch nuclear exercise"),
}
LANE_OF = {category: lane for lane, (_, words) in LANES.items() for category in words.split()}
PALETTE = LIGHT
DEFAULT = (date(2023, 7, 1), date(2024, 12, 31))
RANGES = {
    "default": DEFAULT,
    "everything": (date(2017, 12, 1), date(2024, 12, 31)),
    "winter": (date(2023, 12, 15), date(2024, 2, 29)),
    "one week": (date(2024, 6, 15), date(2024, 6, 21)),
    "one day": (date(2024, 1, 4), date(2024, 1, 4)),
    "prelude": (date(2023, 7, 1), date(2023, 9, 1)),
    "aftermath": (date(2024, 7, 1), date(2024, 12, 31)),
    "over the summit": (date(2023, 9, 1), date(2023, 9, 20)),
}
WIDTHS = (1400, 1100, 700, 360)


def read() -> pd.DataFrame:
    with EVENTS.open(encoding="utf-8", newline="") as file:
        return pd.DataFrame([as_drawn(row) for row in csv.DictReader(file)])


def as_drawn(row: dict[str, str]) -> dict[str, object]:
    span = parse(row["date"])
    lane = LANE_OF.get(row["category"], "disclosures-statements")
    family = (
        "missiles"
        if "missile" in row["weapon_types"]
        else "drones"
        if "drones" in row["weapon_types"]
        else ""
    )
    return {
        "id": row["id"],
        "title": row["title"],
        "first": span.first,
        "last": parse(row["end"]).last if row["end"] else span.last,
        "precision": span.precision,
        "lane": lane,
        "lane_label": LANES[lane][0],
        "category": row["category"],
        "significance": int(row["significance"]),
        "phase": row["phase"],
        "family": family,
        "families": (family,) if family else (),
        "countries": tuple(row["countries"].split(";")),
    }


REAL = read()


def event(id: str = "one", day: str = "2024-01-04", title: str = "Something happens", **more: object) -> dict:
    row = {"id": id, "date": day, "end": "", "title": title, "category": "summit", "significance": "1"}
    return as_drawn(row | {"phase": "window", "weapon_types": "", "countries": "PRK;RUS"}) | more


def draw(
    events: pd.DataFrame, span: tuple[date, date] = DEFAULT, width: int = 1100, as_of: date | None = None
) -> dict:
    return timeline.figure(events, palette=PALETTE, start=span[0], end=span[1], width=width, as_of=as_of)


@cache
def drawn_once(span: tuple[date, date], width: int, as_of: date | None) -> dict:
    return draw(known(as_of), span, width, as_of)


def known(as_of: date | None) -> pd.DataFrame:
    return REAL if as_of is None else REAL[[last <= as_of for last in REAL["last"]]]


# --- boxes, computed from the finished figure alone -------------------------------------------------


def days(text: str) -> float:
    stamp = datetime.strptime(text, "%Y-%m-%d %H" if " " in text else "%Y-%m-%d")
    return (stamp - datetime(1970, 1, 1)) / timedelta(days=1)


class Ruler:
    def __init__(self, figure: dict, width: int) -> None:
        margin, axis = figure["layout"]["margin"], figure["layout"]["xaxis"]
        self.left, self.plot = margin["l"], width - margin["l"] - margin["r"]
        self.start, self.end = map(days, axis["range"])
        self.height = figure["layout"]["yaxis"]["range"][0]

    def x(self, text: str) -> float:
        return self.left + (days(text) - self.start) / (self.end - self.start) * self.plot


def notes(figure: dict, width: int) -> list[tuple[str, tuple[float, float, float, float]]]:
    ruler = Ruler(figure, width)
    return [(note["text"], note_box(note, ruler)) for note in figure["layout"]["annotations"]]


def note_box(note: dict, ruler: Ruler) -> tuple[float, float, float, float]:
    lines = note["text"].removeprefix("<b>").removesuffix("</b>").split("<br>")
    size = note["font"]["size"]
    wide = max(timeline.text_width(line.replace("&amp;", "&"), size) for line in lines)
    x = (ruler.left if note.get("xref") == "paper" else ruler.x(note["x"])) + note["xshift"]
    left = x if note["xanchor"] == "left" else x - wide
    return left, note["y"], left + wide, note["y"] + len(lines) * size * 1.3


def marks(figure: dict, width: int) -> list[tuple[str, float, float, float, float]]:
    """Every mark as id, left and right centre, height and radius."""
    ruler, found = Ruler(figure, width), []
    for trace in figure["data"][1:]:
        for i, name in enumerate(trace["customdata"]):
            if trace["type"] == "bar":
                left = ruler.x(trace["base"][i])
                wide = trace["x"][i] / timeline.DAY_MS / (ruler.end - ruler.start) * ruler.plot
                found.append((name, left, left + wide, trace["y"][i], trace["width"][i] / 2))
            else:
                x = ruler.x(trace["x"][i])
                found.append((name, x, x, trace["y"][i], trace["marker"]["size"][i] / 2))
    return found


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


cases = pytest.mark.parametrize(
    ("span", "width", "as_of"),
    [
        pytest.param(span, width, as_of, id=f"{name}-{width}{'-turned-back' if as_of else ''}")
        for name, span in RANGES.items()
        for width in WIDTHS
        for as_of in (None, date(2024, 1, 5))
    ],
)


@cases
def test_texts_overlap_neither_each_other_nor_the_marks_nor_the_edge(span, width, as_of):
    figure = drawn_once(span, width, as_of)
    texts = notes(figure, width)
    for (text, box), (other, other_box) in combinations(texts, 2):
        assert not overlap(box, other_box), f"'{text}' and '{other}' overlap"
    for text, (left, top, right, bottom) in texts:
        assert left >= 0 and right <= width, f"'{text}' runs out of the chart"
        assert top >= 0 and bottom <= figure["layout"]["yaxis"]["range"][0], f"'{text}' runs out of the chart"
    edge = figure["layout"]["margin"]["l"]  # what sticks out to the left is cut there
    drawn = [(max(edge, left - r), y - r, right + r, y + r) for _, left, right, y, r in marks(figure, width)]
    for text, box in texts:
        assert not any(overlap(box, mark) for mark in drawn), f"'{text}' lies on a mark"


@cases
def test_marks_do_not_overlap(span, width, as_of):
    found = marks(drawn_once(span, width, as_of), width)
    for one, other in combinations(found, 2):
        if one[0] == other[0]:
            continue  # the ends of one bar
        across = max(0.0, one[1] - other[2], other[1] - one[2])
        distance = hypot(across, one[3] - other[3])
        assert distance >= one[4] + other[4], f"{one[0]} and {other[0]} overlap"


@cases
def test_no_line_runs_through_text(span, width, as_of):
    figure = drawn_once(span, width, as_of)
    ruler = Ruler(figure, width)
    poles = figure["data"][0]
    lines = [(poles["x"][i], *poles["y"][i : i + 2]) for i in range(0, len(poles["x"]), 3)]
    lines += [(s["x0"], s["y0"], s["y1"]) for s in figure["layout"]["shapes"] if s["x0"] == s.get("x1")]
    for x, top, bottom in [line for line in lines if ruler.start <= days(line[0]) <= ruler.end]:
        for text, box in notes(figure, width):
            assert not overlap((ruler.x(x), top, ruler.x(x), bottom), box), f"a line at {x} crosses '{text}'"


@pytest.mark.parametrize("zoom", [1.5, 4, 30])
def test_zooming_in_brings_no_texts_together(zoom):
    figure = draw(REAL, width=1100)
    axis = figure["layout"]["xaxis"]
    first, last = map(days, axis["range"])
    middle, half = (first + last) / 2, (last - first) / 2 / zoom
    edges = [datetime(1970, 1, 1) + timedelta(days=day) for day in (middle - half, middle + half)]
    axis["range"] = [edge.strftime("%Y-%m-%d %H") for edge in edges]
    dated = [n for n in notes(figure, 1100) if not n[0].startswith("<b>")]
    assert not any(overlap(a[1], b[1]) for a, b in combinations(dated, 2))


def test_the_reader_cannot_zoom_out_to_where_texts_would_collide():
    layout = draw(REAL)["layout"]
    for axis in (layout["xaxis"], layout["xaxis2"]):
        assert [axis["minallowed"], axis["maxallowed"]] == axis["range"]
        assert axis["fixedrange"] is False
    assert layout["yaxis"]["fixedrange"] is True


@pytest.mark.parametrize(("width", "least"), [(1400, 13), (1100, 12), (700, 8), (360, 7)])
def test_most_key_events_are_labelled(width, least):
    keys = {f"event:{row.id}" for row in REAL.itertuples() if row.significance == 3}
    labelled = {note.get("name") for note in draw(REAL, width=width)["layout"]["annotations"]}
    assert len(keys & labelled) >= least


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("span", RANGES.values(), ids=RANGES)
def test_plotly_accepts_the_figure_within_the_budget(span, width):
    figure = drawn_once(span, width, None)
    go.Figure(figure)
    assert len(json.dumps(figure, ensure_ascii=False, separators=(",", ":")).encode()) <= 60_000


def test_every_event_of_the_range_can_be_clicked():
    figure = draw(REAL, RANGES["everything"])
    clickable = {name for trace in figure["data"][1:] for name in trace["customdata"]}
    assert clickable == {f"event:{id}" for id in REAL["id"]}
    labels = [note for note in figure["layout"]["annotations"] if "name" in note]
    assert labels and all(note["captureevents"] and note["name"] in clickable for note in labels)


def test_a_month_is_drawn_as_a_month_and_never_as_a_day():
    figure = draw(pd.DataFrame([event(day="2024-02")]))
    _, months, several, ends, single = figure["data"]
    assert (months["base"], months["x"]) == (["2024-02-01"], [29 * timeline.DAY_MS])
    assert not (several["x"] or ends["x"] or single["x"])
    assert months["text"] == ["Feb 2024<br>Something happens"]


def test_several_months_say_so():
    _, months, *_ = draw(pd.DataFrame([event(day="2024-02", last=date(2024, 3, 31))]))["data"]
    assert months["text"] == ["Feb 2024 – Mar 2024<br>Something happens"]


def test_a_year_is_drawn_as_a_year():
    _, years, *_ = draw(pd.DataFrame([event(day="2024")]))["data"]
    assert (years["base"], years["x"]) == (["2024-01-01"], [366 * timeline.DAY_MS])
    assert years["text"][0].startswith("2024<br>")


@pytest.mark.parametrize(
    ("last", "words"), [(date(2024, 1, 6), "4–6 Jan 2024"), (date(2024, 2, 1), "4 Jan 2024 – 1 Feb 2024")]
)
def test_several_days_are_a_bar_between_two_dots(last, words):
    _, _, bars, ends, single = draw(pd.DataFrame([event(last=last)]))["data"]
    assert bars["base"] == ["2024-01-04 12"]
    assert ends["x"] == ["2024-01-04 12", f"{last} 12"]
    assert bars["text"] == [f"{words}<br>Something happens"]
    assert not single["x"]


def test_size_follows_significance_and_colour_the_family():
    rows = [event("a", significance=1), event("b", significance=3, family="missiles")]
    dots = draw(pd.DataFrame(rows))["data"][-1]
    found = dict(
        zip(
            dots["customdata"], zip(dots["marker"]["size"], dots["marker"]["color"], strict=True), strict=True
        )
    )
    assert found["event:b"][0] > found["event:a"][0]
    assert found["event:a"][1] == PALETTE["none"]
    assert found["event:b"][1] == PALETTE["families"]["missiles"]


def test_text_from_data_never_becomes_markup():
    title = "<b>Bold</b> & <a href='https://example.org'>link</a>"
    rows = [event(title=title, significance=3, lane_label="<i>Lane</i>")]
    figure = draw(pd.DataFrame(rows))
    texts = [*figure["data"][-1]["text"], *(note["text"] for note in figure["layout"]["annotations"])]
    tags = set(re.findall(r"<[^>]*>", " ".join(texts)))
    assert tags <= {"<br>", "<b>", "</b>"}
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp;" in " ".join(texts).replace("<br>", " ")


def head(figure: dict) -> list[str]:
    return [
        note["text"]
        for note in figure["layout"]["annotations"]
        if "name" not in note and "<b>" not in note["text"]
    ]


def test_the_window_and_what_lies_around_it_are_named():
    said = ["Vostochny summit, 13 Sep 2023", "Treaty, 19 Jun 2024", "Prelude", "Aftermath"]
    assert sorted(head(draw(REAL))) == sorted(said)
    assert sorted(head(draw(REAL, width=360))) == sorted(said)
    assert head(draw(REAL, RANGES["winter"])) == ["Between the Vostochny summit and the treaty"]
    assert head(draw(REAL, RANGES["winter"], 360)) == ["Between summit and treaty"]
    assert head(draw(REAL, RANGES["prelude"])) == ["Prelude"]
    assert head(draw(REAL, RANGES["aftermath"])) == ["Aftermath"]


def test_the_window_is_tinted_from_its_first_to_its_last_day():
    band = draw(REAL)["layout"]["shapes"][0]
    assert (band["x0"], band["x1"], band["fillcolor"]) == ("2023-09-13", "2024-06-20", PALETTE["band"])


def test_the_day_known_has_its_line():
    day = date(2024, 1, 5)
    figure = draw(known(day), as_of=day)
    assert "known as of 5 Jan 2024" in head(figure)
    dashed = [shape for shape in figure["layout"]["shapes"] if "dash" in shape["line"]]
    assert {shape["x0"] for shape in dashed} == {"2024-01-06"}
    assert "known as of 5 Jan 2024" not in head(draw(known(day), RANGES["aftermath"], as_of=day))


def test_filtering_keeps_the_zoom_and_another_period_does_not():
    one, other = draw(REAL)["layout"], draw(REAL.head(50))["layout"]
    assert one["uirevision"] == other["uirevision"]
    assert one["xaxis"]["uirevision"] == other["xaxis"]["uirevision"]
    assert one["xaxis"]["uirevision"] != draw(REAL, RANGES["winter"])["layout"]["xaxis"]["uirevision"]


def test_on_a_phone_a_drag_scrolls_the_page():
    assert draw(REAL, width=360)["layout"]["dragmode"] is False
    assert draw(REAL, width=1100)["layout"]["dragmode"] == "zoom"


def test_lanes_stand_in_their_order_and_only_where_there_are_events():
    names = [note["text"] for note in draw(REAL)["layout"]["annotations"] if "<b>" in note["text"]]
    plain = [name.removeprefix("<b>").removesuffix("</b>").replace("<br>", " ") for name in names]
    assert plain == [label for label, _ in LANES.values()]
    strange = pd.DataFrame([event("a", lane="weather", lane_label="Weather"), event("b")])
    names = [note["text"] for note in draw(strange)["layout"]["annotations"] if "<b>" in note["text"]]
    assert [name.split("<br>")[0] for name in names] == ["<b>Meetings and", "<b>Weather</b>"]


def test_no_events_leave_the_window_standing():
    figure = draw(REAL.head(0))
    go.Figure(figure)
    assert figure["layout"]["meta"] == {"drawn": 0, "of": 0}
    assert "Prelude" in head(figure)


def test_too_many_events_keep_the_most_significant_and_say_so():
    first = date(2023, 7, 1)
    many = [
        event(f"e{i}", str(first + timedelta(days=i % 500)), significance=3 if i % 40 == 0 else 1)
        for i in range(2000)
    ]
    figure = draw(pd.DataFrame(many))
    assert figure["layout"]["meta"] == {"drawn": timeline.LIMIT, "of": 2000}
    sizes = Counter(figure["data"][-1]["marker"]["size"])
    assert sizes[15.0] == 50


def test_outside_counts_what_the_range_leaves_out():
    rows = [event("a", "2017-12-22"), event("b", "2023-06"), event("c", "2024-12"), event("d", "2025-01-01")]
    assert timeline.outside(pd.DataFrame(rows), *DEFAULT) == (2, 1)
    assert timeline.outside(pd.DataFrame(rows), date(2023, 6, 30), date(2024, 12, 1)) == (1, 1)
    assert timeline.outside(REAL.head(0), *DEFAULT) == (0, 0)


def test_the_same_events_give_the_same_figure_in_any_order():
    assert draw(REAL) == draw(REAL.sample(frac=1, random_state=7))


def test_a_range_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match=r"ends \(2023-01-01\) before it starts \(2024-01-01\)"):
        draw(REAL, (date(2024, 1, 1), date(2023, 1, 1)))


def test_timestamps_serve_as_dates():
    stamped = REAL.assign(first=pd.to_datetime(REAL["first"]), last=pd.to_datetime(REAL["last"]))
    assert draw(stamped) == draw(REAL)


@pytest.mark.parametrize("text", ["a", "one two three four five six seven eight", "x" * 80, "ab " + "y" * 60])
def test_wrapped_lines_fit_and_lose_nothing_unsaid(text):
    lines = timeline.wrap(text, 12, 90, 3)
    assert len(lines) <= 3
    assert all(timeline.text_width(line, 12) <= 90 for line in lines)
    assert " ".join(lines) == text or "…" in lines[-1] or any(line.endswith("…") for line in lines)


def test_balanced_lines_leave_no_orphan():
    assert timeline.wrap("UN missile restrictions on Iran expire", 12, 172)[-1] == "expire"
    assert timeline.balance("UN missile restrictions on Iran expire", 12, 172, 2)[-1] == "on Iran expire"
