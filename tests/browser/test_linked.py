"""One thing leads to the next without losing the view: by keyboard, from card to chart, there and back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

MISSILES = "transfer:prk-rus-kn23-kn24-missiles"
FADED = """() => (document.querySelector(".tumen-chart .plot")?.data ?? [])
    .filter(trace => typeof trace.meta === "string").map(trace => trace.opacity ?? 1)"""
# How far down the page is, and how near and where the map.
PLACE = """() => { const { scale } = document.querySelector(".st-key-map .plot")._fullLayout.geo.projection;
    const { center } = document.querySelector(".st-key-map .plot")._fullLayout.geo;
    return [document.querySelector("[data-testid=stMain]").scrollTop, scale, center.lon, center.lat] }"""
# What has the focus, looked for through our shadow roots: its words, and the pick that it makes.
FOCUSED = """() => { let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return [at?.textContent?.trim() ?? "", at?.dataset?.pick ?? "", getComputedStyle(at).outlineStyle] }"""


def tab_to(reader: Reader, words: str, most: int = 90) -> None:
    """Press Tab until something with these words has the focus; on what is ours that must be seen."""
    for _ in range(most):
        reader.page.keyboard.press("Tab")
        text, pick, outline = reader.page.evaluate(FOCUSED)
        if text.startswith(words):
            assert outline != "none" or not pick
            return
    pytest.fail(f"{most} tabs did not reach “{words}”")


def test_the_main_job_by_keyboard_alone(visit: Visit) -> None:
    """Country, weapon type, skip the filters, open a record, copy its citation, back to where one was."""
    reader = visit(permissions=["clipboard-read", "clipboard-write"])
    reader.open("/map")
    press, type_ = reader.page.keyboard.press, reader.page.keyboard.type
    tab_to(reader, "Skip to main content", most=3)
    for name, words in (("country", "North K"), ("weapon_type", "Ballistic")):
        for _ in range(12):
            press("Tab")
            if reader.field(name).evaluate("field => field === document.activeElement"):
                break
        type_(words)
        press("Enter")
        press("Escape")
        reader.page.wait_for_function(f"() => location.search.includes('{name}=')")
    reader.shows(3)
    assert reader.address == {"country": ["PRK"], "weapon_type": ["ballistic-missiles"]}
    tab_to(reader, "Missiles")
    while not reader.page.evaluate(FOCUSED)[1].startswith(("flow:", "transfer:")):
        tab_to(reader, "Missiles")
    opened = reader.page.evaluate(FOCUSED)[1]
    press("Enter")
    expect(reader.page.get_by_role("dialog")).to_be_visible()
    tab_to(reader, "Copy citation", most=400)
    press("Enter")
    expect(reader.page.get_by_role("button", name="Copied").first).to_be_visible()
    assert "Tumen" in reader.page.evaluate("() => navigator.clipboard.readText()")
    press("Escape")
    expect(reader.page.get_by_role("dialog")).to_have_count(0)
    reader.page.wait_for_timeout(600)
    assert reader.page.evaluate(FOCUSED)[1] == opened
    assert reader.address == {"country": ["PRK"], "weapon_type": ["ballistic-missiles"]}


def test_a_card_shows_its_record_on_the_map_and_the_timeline(reader: Reader) -> None:
    reader.open(f"/quotes?country=PRK&record={MISSILES}")
    reader.page.get_by_role("dialog").get_by_role("link", name="the map").click()
    reader.page.wait_for_url("**/map?**")
    expect(reader.page.locator(".marked")).to_contain_text("Marked: KN-23/KN-24")
    assert reader.address == {"country": ["PRK"], "focus": [MISSILES]}
    reader.page.wait_for_function(f"() => ({FADED})().some(opacity => opacity < 0.5)")
    assert 1 in reader.page.evaluate(FADED)
    reader.page.locator(".marked").get_by_role("link", name="Let go").click()
    reader.page.wait_for_function(f"() => ({FADED})().every(opacity => opacity > 0.4)")
    assert reader.address == {"country": ["PRK"]}
    reader.page.go_back()
    expect(reader.page.locator(".marked")).to_contain_text("Marked: KN-23/KN-24")
    reader.page.go_forward()
    expect(reader.page.locator(".marked")).to_have_count(0)


def test_opening_and_closing_a_card_keeps_zoom_and_place(reader: Reader) -> None:
    reader.open("/map")
    plot = reader.page.locator(".st-key-map .plot .geo")
    plot.hover(position={"x": 300, "y": 200})
    for _ in range(4):
        reader.page.mouse.wheel(0, -240)
    reader.page.wait_for_timeout(600)
    row = reader.page.locator(".flows td a").nth(8)
    row.scroll_into_view_if_needed()
    before = reader.page.evaluate(PLACE)
    assert before[0] > 0
    row.click()
    expect(reader.page.get_by_role("dialog")).to_be_visible()
    reader.escapes()
    expect(reader.page.get_by_role("dialog")).to_have_count(0)
    reader.page.wait_for_function("() => !location.search.includes('record=')")
    assert reader.page.evaluate(PLACE) == pytest.approx(before, rel=1e-3)


def test_from_a_quote_to_its_event_to_its_transfer_and_back(reader: Reader) -> None:
    view = {"country": ["PRK"]}
    reader.open("/quotes?country=PRK")
    quote = reader.page.locator('.gallery [data-pick^="event:"]').first
    event = quote.get_attribute("data-pick")
    quote.click()
    dialog = reader.page.get_by_role("dialog")
    transfer = dialog.locator('[data-pick^="transfer:"]').first
    name = transfer.get_attribute("data-pick")
    assert reader.address == {**view, "record": [event]}
    transfer.click()
    reader.page.wait_for_function(f"() => decodeURIComponent(location.search).includes('record={name}')")
    reader.page.go_back()
    reader.page.wait_for_function(f"() => decodeURIComponent(location.search).includes('record={event}')")
    reader.page.go_back()
    expect(dialog).to_have_count(0)
    assert reader.address == view and reader.path == "/quotes"


def test_the_guide_stays_folded_for_the_visit(reader: Reader) -> None:
    reader.open("/")
    guide = reader.page.locator("details.guide")
    expect(guide).to_have_attribute("open", "")
    guide.locator("summary").click()
    reader.turn_to("map")
    expect(guide).not_to_have_attribute("open", "")
    expect(guide).to_contain_text("A thin curve")


def test_a_question_sets_its_filters_and_leads_to_its_page(reader: Reader) -> None:
    reader.open("/")
    reader.page.get_by_role("link", name="What was known when Kim left Vostochny?").click()
    reader.page.wait_for_url("**/known?**")
    assert reader.address["as_of"] == ["2023-09-17"]
    expect(reader.page.locator("h1")).to_contain_text("17 September 2023")


def test_on_paper_there_is_no_frame(reader: Reader) -> None:
    reader.open("/map?country=PRK")
    reader.page.emulate_media(media="print")
    for frame in ('[class*="st-key-navigation"]', '[data-testid="stSidebar"]', '[data-testid="stHeader"]'):
        assert not reader.page.locator(frame).first.is_visible()
    assert reader.page.locator("h1").is_visible() and reader.page.locator(".plot svg").first.is_visible()
