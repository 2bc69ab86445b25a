"""The address is the state: it opens the same view for anyone, at any time, and forgives mistakes."""

import asyncio
from contextlib import suppress

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests import plain
from tests.browser.conftest import Visit
from tests.browser.reader import Reader
from tools.server import Server
from tumen.app.frame import PAGES

pytestmark = pytest.mark.browser

SHELLS = plain.transfers("PRK", "artillery-ammunition")


def test_a_deep_link_is_the_first_thing_that_a_fresh_server_is_asked(visit: Visit) -> None:
    reader = visit(cold=True)
    reader.open("/map?country=PRK&weapon_type=artillery-ammunition")
    links = reader.page.locator("[class*=st-key-navigation]").get_by_role("link")
    assert links.count() == len(PAGES)
    reader.shows(len(SHELLS))
    expect(reader.page.locator(".st-key-filter_country")).to_contain_text("North Korea")
    expect(reader.page.locator(".st-key-filter_weapon_type")).to_contain_text("Artillery ammunition")
    assert reader.painted("layer.countries") > 20_000
    assert reader.page.locator(".st-key-map .plot path.js-line").count() >= len(plain.flows(SHELLS))


@pytest.mark.parametrize("path", ["/timeline", "/quotes", "/record"])
def test_other_pages_open_cold_as_well(visit: Visit, path: str) -> None:
    reader = visit(cold=True)
    reader.open(f"{path}?country=PRK&record=transfer:prk-rus-munitions-containers")
    reader.shows(len(plain.transfers("PRK")))


def test_an_address_opens_the_same_view_in_another_browser(visit: Visit) -> None:
    mine, yours = visit(), visit()
    mine.open("/")
    mine.filter("country", "Iran")
    mine.shows(len(plain.transfers("IRN")))
    mine.filter("weapon_type", "Drones")
    mine.shows(plain.count(country="IRN", weapon_type="drones"))
    mine.turn_to("map")
    yours.open(mine.page.url.removeprefix(mine.url))
    assert yours.sentence.inner_text() == mine.sentence.inner_text()
    assert yours.picks == mine.picks
    assert yours.page.url == mine.page.url


def test_back_and_forward_go_through_the_views(reader: Reader) -> None:
    reader.open("/map")
    reader.filter("country", "North Korea")
    reader.shows(len(plain.transfers("PRK")))
    reader.filter("weapon_type", "Artillery ammunition")
    reader.shows(len(SHELLS))
    reader.page.go_back()
    reader.shows(len(plain.transfers("PRK")))
    assert reader.address == {"country": ["PRK"]}
    reader.page.go_back()
    reader.shows(len(plain.transfers()))
    reader.page.go_forward()
    reader.shows(len(plain.transfers("PRK")))
    expect(reader.page.locator(".st-key-filter_country")).to_contain_text("North Korea")


def test_back_leads_to_the_page_before(reader: Reader) -> None:
    reader.open("/map?country=IRN")
    reader.turn_to("quotes")
    assert reader.path == "/quotes"
    reader.page.go_back()
    expect(reader.page.locator(".st-key-map .plot")).to_be_visible()
    reader.shows(len(plain.transfers("IRN")))


def test_a_link_of_the_navigation_can_be_opened_elsewhere(reader: Reader) -> None:
    """Copied, or opened in a new tab, it leads to the page that it names."""
    reader.open("/map?country=IRN")
    links = reader.page.locator("[class*=st-key-navigation]").get_by_role("link")
    addresses = links.evaluate_all("all => all.map(link => new URL(link.href).pathname)")
    assert addresses == [f"/{page}" for page in PAGES]


def test_a_reload_changes_nothing(reader: Reader) -> None:
    reader.open("/timeline?country=CHN&country=RUS&role=between&from=2023-09-13&to=2024-06-19")
    before = reader.sentence.inner_text(), reader.page.url, reader.picks
    reader.page.reload()
    reader.open(reader.page.url.removeprefix(reader.url))
    assert (reader.sentence.inner_text(), reader.page.url, reader.picks) == before


@pytest.mark.parametrize("path", ["/", *(f"/{page}" for page in PAGES[1:]), "/record"])
def test_a_wrong_address_opens_the_page_with_a_note(reader: Reader, path: str) -> None:
    reader.open(
        f"{path}?country=Narnia&as_of=2024-99-99&record=transfer:nope&evidence=77&role=%00&from=%22%3E"
    )
    reader.shows(len(plain.transfers()))
    notes = " ".join(reader.page.get_by_role("alert").all_inner_texts())
    for wrong in ("Narnia", "2024-99-99", "evidence=77"):
        assert wrong in notes
    assert "nope" in notes or (path == "/record" and reader.page.get_by_text("No such record").count())


def test_an_unknown_page_falls_back_to_the_overview(reader: Reader) -> None:
    reader.open("/nowhere?country=PRK")
    reader.shows(len(plain.transfers("PRK")))


async def crossing(url: str, pause: float, back: bool = False) -> tuple[str, str]:
    """Click 'Earlier', and soon after tell something else with the address as it was; what is then shown.

    Returns the sentence of the page and the address that the server wrote last.
    """
    address, told, button = "", "", ""
    stream, ask, click = f"{url.replace('http', 'ws', 1)}/_stcore/stream", BackMsg(), BackMsg()
    ask.rerun_script.page_name = click.rerun_script.page_name = "method"
    async with connect(stream, subprotocols=["streamlit"], max_size=None) as to:  # type: ignore[list-item]
        await to.send(ask.SerializeToString())
        ask.rerun_script.is_history_navigation = back
        with suppress(TimeoutError):
            while True:
                data = await asyncio.wait_for(
                    to.recv(), 5 if click.rerun_script.HasField("widget_states") else 60
                )
                said = ForwardMsg.FromString(data)  # type: ignore[arg-type]
                kind, element = said.WhichOneof("type"), said.delta.new_element
                if kind == "page_info_changed":
                    address = said.page_info_changed.query_string
                elif kind == "navigation":  # a browser tells with each message on which page it is
                    page = said.navigation.page_script_hash
                    ask.rerun_script.page_script_hash = click.rerun_script.page_script_hash = page
                elif element.button.label == "Earlier":
                    button = element.button.id
                elif element.bidi_component.id.endswith("-sentence"):
                    told = element.bidi_component.json
                elif kind == "script_finished" and not click.rerun_script.HasField("widget_states"):
                    click.rerun_script.widget_states.widgets.add(id=button, trigger_value=True)
                    await to.send(click.SerializeToString())
                    await asyncio.sleep(pause)
                    await to.send(ask.SerializeToString())
    return told, address


@pytest.mark.parametrize("pause", [0, 0.02, 0.1, 0.5])
def test_a_message_that_crosses_a_click_does_not_undo_it(server: Server, pause: float) -> None:
    """A chart tells its width while the reader clicks: the address moved on, and so must the page."""
    told, address = asyncio.run(crossing(server.url, pause))
    assert "known on" in told, "a click is lost"
    assert "as_of=" in address or not pause, "only a message at its heels may put off its telling"


def test_who_goes_back_at_once_is_back(server: Server) -> None:
    told, _ = asyncio.run(crossing(server.url, 0.3, back=True))
    assert "known on" not in told
