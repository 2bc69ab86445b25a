"""The main job: filter by country and weapon type; map, timeline and quotes answer with the same records."""

import pytest
from playwright.sync_api import expect

from tests import plain
from tests.browser.conftest import Visit
from tests.browser.reader import Reader
from tumen.app.frame import PAGES

pytestmark = pytest.mark.browser

SHELLS = plain.transfers("PRK", "artillery-ammunition")
ZOOM = """() => { const geo = document.querySelector(".st-key-map .plot")._fullLayout.geo;
    return [geo.projection.scale, geo.center.lon, geo.center.lat, geo.projection.rotation.lon] }"""

# [pick, x] of every arrowhead of a flow: its tip is the path's origin, so a base to the right points west.
ARROWHEADS = r"""() => {
    const arrows = document.querySelector(".st-key-map .trace.scattergeo");
    const base = mark => /M0,0L(-?[\d.]+)/.exec(mark.getAttribute("d"))?.[1];
    return [...arrows.querySelectorAll("path.point")].map(mark => [mark.__data__.data, Number(base(mark))]);
}"""


def test_choosing_country_and_type_by_hand_gives_what_pandas_gives_on_every_page(reader: Reader) -> None:
    reader.open("/")
    reader.filter("country", "North Korea")
    reader.shows(len(plain.transfers("PRK")))
    reader.filter("weapon_type", "Artillery ammunition")
    for page in PAGES[1:]:
        reader.turn_to(page)
        reader.shows(len(SHELLS))
        assert reader.address == {"country": ["PRK"], "weapon_type": ["artillery-ammunition"]}


def test_map_timeline_and_quotes_show_what_belongs_to_the_same_transfers(reader: Reader) -> None:
    query = "?country=PRK&weapon_type=artillery-ammunition"
    reader.open(f"/map{query}")
    assert flows_on_the_map(reader) == plain.flows(SHELLS)
    numbers = reader.page.locator(".flows td.num").all_inner_texts()
    assert sum(map(int, numbers)) == len(SHELLS)

    reader.open(f"/timeline{query}")
    events = plain.bearing("events", SHELLS)
    assert events <= reader.links("event")
    assert reader.links("transfer") <= SHELLS

    reader.open(f"/quotes{query}")
    quotes = plain.bearing("quotes", SHELLS)
    assert reader.links("quote") == quotes


def flows_on_the_map(reader: Reader) -> set[tuple[str, str, str]]:
    """Sender, receiver and family of every flow that can be picked on the map."""
    ends = plain.table("transfers").set_index("id")
    families = plain.table("codes/weapon_types").set_index("id")["family"]
    found = set()
    for pick in reader.picks:
        kind, _, name = pick.partition(":")
        if kind == "flow":
            pair, _, family = name.partition(":")
            found.add((*pair.split(">"), family))
        elif kind == "transfer":
            row = ends.loc[name]
            found.add((row["origin"], row["destination"], families[row["weapon_type"]]))
    return found


def test_a_family_is_filtered_from_the_legend_and_let_go_again(reader: Reader) -> None:
    reader.open("/map?country=PRK")
    legend = reader.page.get_by_role("group", name="Filter by family")
    button = legend.get_by_role("button", name="Missiles")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert reader.address == {"country": ["PRK"], "weapon_type": ["missiles"]}
    assert {family for *_, family in flows_on_the_map(reader)} == {"missiles"}
    button.click()
    reader.shows(len(plain.transfers("PRK")))
    assert reader.address == {"country": ["PRK"]}


def test_a_country_is_filtered_by_a_click_on_its_land(reader: Reader) -> None:
    reader.open("/map")
    country = reader.page.locator(".st-key-map .choroplethlayer path")
    iran = country.evaluate_all(
        "all => all.findIndex(path => path.__data__.loc === 'IRN' || path.__data__.id === 'IRN')"
    )
    box = country.nth(iran).bounding_box()
    assert box
    reader.page.mouse.click(box["x"] + box["width"] * 0.72, box["y"] + box["height"] * 0.55)
    reader.shows(len(plain.transfers("IRN")))
    assert reader.address == {"country": ["IRN"]}


def test_everything_is_reset_with_one_click(reader: Reader) -> None:
    reader.open("/timeline?country=PRK&weapon_type=missiles&as_of=2024-01-05&evidence=3&contested=yes")
    reader.page.get_by_role("button", name="Reset all filters").click()
    reader.shows(len(plain.transfers()))
    assert reader.address == {}


def test_an_empty_view_says_why_and_leads_out(reader: Reader) -> None:
    reader.open("/map?country=IRN&weapon_type=space-and-satellite&as_of=2022-12-31")
    reader.shows(0)
    assert reader.page.locator(".tumen-chart").count() == 0
    expect(reader.page.get_by_test_id("stAlert")).to_contain_text("No transfers match this view")
    reader.page.get_by_role("button", name="Any weapon type").click()
    reader.shows(plain.count(country="IRN", as_of="2022-12-31"))


def test_the_readers_zoom_outlives_a_filter(reader: Reader) -> None:
    reader.open("/map")
    before = reader.page.evaluate(ZOOM)
    plot = reader.page.locator(".st-key-map .plot .geo")
    plot.hover(position={"x": 300, "y": 200})
    for _ in range(4):
        reader.page.mouse.wheel(0, -240)
    reader.page.wait_for_function(f"before => ({ZOOM})()[0] > before * 1.3", arg=before[0])
    reader.page.wait_for_timeout(400)  # the zoom glides
    zoomed = reader.page.evaluate(ZOOM)
    reader.filter("country", "Iran")
    reader.shows(len(plain.transfers("IRN")))
    assert reader.page.evaluate(ZOOM) == pytest.approx(zoomed)


def test_another_fixed_view_moves_the_map(reader: Reader) -> None:
    reader.open("/map")
    before = reader.page.evaluate(ZOOM)
    reader.page.get_by_role("radio", name="Sea of Japan").click()
    reader.page.wait_for_function(f"before => String(({ZOOM})()) !== before", arg=",".join(map(str, before)))
    assert "view" in reader.address


def test_the_keyboard_alone_filters_opens_a_record_and_closes_it(reader: Reader) -> None:
    reader.open("/map")
    reader.field("country").focus()
    press = reader.page.keyboard.press
    reader.page.keyboard.type("North K")
    press("Enter")
    press("Escape")
    reader.shows(len(plain.transfers("PRK")))
    assert reader.address == {"country": ["PRK"]}
    link = reader.page.locator(".flows td a").first
    link.focus()
    press("Enter")
    expect(reader.page.get_by_role("dialog")).to_be_visible()
    reader.escapes()
    expect(reader.page.get_by_role("dialog")).to_have_count(0)
    reader.page.wait_for_function("() => !window.location.search.includes('record=')")


def test_the_country_filter_is_reached_by_tab(reader: Reader) -> None:
    """From the top of the page, within a few steps, and never caught in between."""
    reader.open("/")
    label = "() => document.activeElement?.closest('[class*=st-key-filter_country]') !== null"
    for _ in range(15):
        reader.page.keyboard.press("Tab")
        if reader.page.evaluate(label):
            return
    pytest.fail("15 tabs did not reach the country filter")


@pytest.mark.parametrize("view", ["eurasia", "globe"])
def test_an_arrowhead_points_where_the_goods_went(reader: Reader, view: str) -> None:
    """Both directions between two countries can be told apart: shells go west, payment comes east."""
    reader.open(f"/map?country=PRK&country=RUS&role=between&view={view}")
    heads = reader.page.evaluate(ARROWHEADS)
    west, east = {pick for pick, base in heads if base > 3}, {pick for pick, base in heads if base < -3}
    assert "flow:PRK>RUS:ammunition-artillery" in west - east
    assert "flow:RUS>PRK:money-energy-food" in east - west


@pytest.mark.parametrize(
    ("day", "missiles", "words"),
    [
        ("2023-10-31", False, ""),
        ("2024-01-05", True, "Official assessment"),
        ("2024-03-01", True, "Physical find"),
    ],
)
def test_the_day_decides_what_was_known(reader: Reader, day: str, missiles: bool, words: str) -> None:
    """Must show 3: the ballistic missiles, before, after the White House, after the debris."""
    reader.open(f"/map?country=PRK&as_of={day}")
    known = plain.transfers("PRK", as_of=day)
    reader.shows(len(known))
    assert ("prk-rus-kn23-kn24-missiles" in known) is missiles
    assert (("PRK", "RUS", "missiles") in flows_on_the_map(reader)) is missiles
    assert "prk-rus-munitions-containers" in known
    if missiles:
        row = reader.page.locator(".flows tr", has_text="Missiles").first
        expect(row).to_contain_text(words)


def test_the_thousand_containers_were_known_in_october(reader: Reader) -> None:
    reader.open("/map?country=PRK&weapon_type=munitions-unspecified&as_of=2023-10-31")
    reader.shows(1)
    assert "transfer:prk-rus-munitions-containers" in reader.picks


def test_who_examined_the_debris_is_one_click_away(visit: Visit) -> None:
    reader = visit()
    reader.open("/map?country=PRK&weapon_type=ballistic-missiles&as_of=2024-03-01&evidence=5")
    reader.page.locator(".flows td a").first.click()
    card = reader.page.get_by_role("dialog")
    expect(card).to_contain_text("Conflict Armament Research")
    expect(card).to_contain_text("20 February 2024")
    assert card.locator('a[href^="https://"]').count() > 0
