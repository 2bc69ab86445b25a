"""The words around a chart: from how many assertions, as of when; and the figure that goes on paper."""

from datetime import date
from typing import Any

import pytest

from tests import plain
from tests.test_pages import look
from tumen import captions
from tumen.app.chart import PAPER, fitting
from tumen.captions import Caption
from tumen.figures.palette import DARK, LIGHT
from tumen.records import Records
from tumen.view import View, select

ON = date(2026, 11, 27)
TURNED = View(country=("PRK",), weapon_type=("artillery-ammunition",), as_of=date(2024, 2, 27))


def made(records: Records, view: View, **given: Any) -> Caption:
    words = {"finding": "F", "title": "T", "reading": "R", "on": ON}
    return captions.caption(records, select(records, view), **{**words, **given})


def test_a_caption_counts_what_was_public_on_the_day(records: Records) -> None:
    chosen = plain.transfers("PRK", "artillery-ammunition", "2024-02-27")
    said = plain.table("assertions")
    public = said["date"].map(lambda day: (day if len(day) == 10 else f"{day}-31") <= "2024-02-27")
    told = said[said["transfer"].isin(chosen) & public]
    words = made(records, TURNED)
    assert words.basis.startswith(
        f"From {len(told)} assertions of {told['origin'].nunique()} origins, as known on 27 February 2024; "
        "data version"
    )
    assert f", {told['source'].nunique()} sources" in words.source
    assert "as known on 27 February 2024" in words.view


def test_a_view_of_today_says_todays_date_and_no_filter(records: Records) -> None:
    words = made(records, View())
    assert "as known on 27 November 2026" in words.basis and words.view == ""
    assert words.stem == "2026-11-27" and records.version in words.source


def test_a_chart_of_events_counts_events(records: Records) -> None:
    events = select(records, View()).events.head(3)
    assert made(records, View(), events=events).basis.startswith("From 3 events,")


def test_turning_signs_leave_the_words(records: Records) -> None:
    assert made(records, View(), finding="a\u202eb").finding == "ab"


@pytest.mark.parametrize("page", ["map", "exchange"])
def test_the_picture_for_paper_is_light_and_wide_whatever_the_screen(page: str) -> None:
    dark, light = (look(page, theme=theme) for theme in ("dark", "light"))
    for key, part in dark.charts.items():
        figures = dict(light.charts[key]["figures"])
        assert part["paper"] == figures[fitting(list(figures), PAPER)] and light.charts[key]["paper"] == ""
        assert DARK["text"] not in part["paper"] and LIGHT["text"] in part["paper"]
        assert {ink["color"] for ink in part["inks"]} <= set(LIGHT["families"].values())


def test_the_chart_fits_its_container() -> None:
    assert [fitting((340, 620), width) for width in (100, 619, 620, 2000)] == [340, 340, 620, 620]
