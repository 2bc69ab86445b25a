"""What a page keeps and what it lets rest once it is open: widths, rules of the wait, folds, ticks."""

import json
from typing import Any

import pytest
from playwright.sync_api import WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import Visit
from tests.browser.reader import Reader
from tools.browser import settled

pytestmark = pytest.mark.browser

RESTING = "() => document.getElementById('tumen-wait').disabled"
SHOW = """display => { document.querySelector(".tumen-chart").style.display = display }"""
LATE = """let heard; Object.defineProperty(window, "__tumenTellWidths", {
    get: () => (window.listens ? heard : undefined), set: (hear) => { heard = hear } })"""
MONTHS = """() => [...document.querySelector(".st-key-events [data-filled]").shadowRoot
    .querySelectorAll("details.month[open]")].map(month => month.dataset.name)"""


def charts_sent(socket: WebSocket, into: list[dict[str, Any]]) -> None:
    """Note what our charts are given, as it comes over the wire."""

    def note(frame: str | bytes) -> None:
        said = ForwardMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
        part = said.delta.new_element.bidi_component
        if part.component_name == "tumen_chart":
            into.append(json.loads(part.json))

    socket.on("framereceived", note)


def test_a_chart_comes_for_the_readers_width_alone_and_again_when_it_changes(visit: Visit) -> None:
    reader = visit()
    sent: list[dict[str, Any]] = []
    reader.page.on("websocket", lambda socket: charts_sent(socket, sent))

    def last() -> list[int]:
        return [least for least, _ in sent[-1]["figures"]]

    reader.open("/timeline")
    assert [least for least, _ in sent[0]["figures"]] == sent[0]["widths"] == [340, 620, 980]
    reader.page.wait_for_timeout(1500)
    settled(reader.page)
    assert len(sent) == 1  # the server has been told, and nothing was sent again for it
    reader.filter("country", "Iran")
    assert last() == [980]
    reader.turn_to("exchange")
    assert last() == [980]  # guessed from the other chart
    reader.page.set_viewport_size({"width": 390, "height": 844})
    reader.page.wait_for_timeout(2500)
    settled(reader.page)
    assert last() == [340]


def test_a_width_waits_for_who_listens(reader: Reader) -> None:
    """On a slow machine the chart is drawn before the listener is there."""
    sent: list[dict[str, Any]] = []
    reader.page.on("websocket", lambda socket: charts_sent(socket, sent))
    reader.page.add_init_script(LATE)
    reader.open("/timeline")
    reader.page.wait_for_timeout(2000)
    reader.page.evaluate("() => { window.listens = true }")
    reader.page.wait_for_timeout(1500)
    settled(reader.page)
    reader.filter("country", "Iran")
    assert [least for least, _ in sent[-1]["figures"]] == [980]


def test_a_chart_that_is_out_of_sight_tells_no_width(reader: Reader) -> None:
    """It is 0 wide while it is hidden, or as its page is left: no reader's width."""
    sent: list[dict[str, Any]] = []
    reader.page.on("websocket", lambda socket: charts_sent(socket, sent))
    reader.open("/timeline")
    reader.page.wait_for_timeout(1500)
    settled(reader.page)
    reader.filter("country", "Iran")
    before = len(sent)
    for display in ("none", ""):
        reader.page.evaluate(SHOW, display)
        reader.page.wait_for_timeout(1500)
        settled(reader.page)
    assert len(sent) == before
    reader.filter("country", "China")
    assert [least for least, _ in sent[-1]["figures"]] == [980]


def test_the_rules_of_the_wait_rest_once_a_page_is_open(reader: Reader) -> None:
    reader.open("/map")
    reader.page.wait_for_function(RESTING)
    reader.page.evaluate(
        """() => { window.seen = new Set(); const rules = document.getElementById("tumen-wait");
        setInterval(() => window.seen.add(rules.disabled), 5) }"""
    )
    reader.filter("country", "Iran")
    assert reader.page.evaluate("() => [...window.seen]") == [True]
    reader.turn_to("quotes")
    reader.page.wait_for_function(RESTING)
    assert set(reader.page.evaluate("() => [...window.seen]")) == {True, False}


def test_a_month_stays_open_while_the_filters_change(reader: Reader) -> None:
    reader.open("/timeline")
    reader.page.locator("details.month summary", has_text="October 2023").click()
    assert reader.page.evaluate(MONTHS) == ["Window 2023-10"]
    reader.page.locator(".tumen-chart .legend button", has_text="Ammunition").click()
    expect(reader.sentence).to_contain_text("Ammunition and artillery", ignore_case=True)
    settled(reader.page)
    assert reader.page.evaluate(MONTHS) == ["Window 2023-10"]


def test_long_texts_are_cut_until_the_reader_wants_them_and_then_on_every_page(reader: Reader) -> None:
    reader.open("/records?table=transfers")
    text = reader.page.locator(".sheet td.wide > .text").first
    assert text.evaluate("cell => cell.scrollHeight > cell.clientHeight + 4")
    reader.page.get_by_label("Long texts in full").check()
    assert text.evaluate("cell => getComputedStyle(cell).display") == "inline"
    reader.page.locator("[data-testid=stPagination] button", has_text="2").first.click()
    expect(reader.page.locator(".records .counted")).to_contain_text("51–100")
    expect(reader.page.get_by_label("Long texts in full")).to_be_checked()
