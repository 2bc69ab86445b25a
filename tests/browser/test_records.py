"""Whatever is clicked opens its record; the card is in the address and closes without a trace."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

# Where the marks of a kind are painted: [pick, x, y].
PAINTED = """kind => {
    const plot = document.querySelector(".tumen-chart .plot");
    return [...plot.querySelectorAll("path.point")].flatMap(mark => {
        const pick = mark.__data__.data;  // plotly keeps a mark's customdata there
        const box = mark.getBoundingClientRect();
        return typeof pick === "string" && pick.startsWith(kind + ":")
            ? [[pick, box.x + box.width / 2, box.y + box.height / 2]] : [];
    });
}"""


def painted(reader: Reader, kind: str) -> tuple[str, float, float]:
    """One mark of a kind that stands apart from all others."""
    every = [
        m for k in ("flow", "transfer", "place", "event", "route") for m in reader.page.evaluate(PAINTED, k)
    ]
    apart = [
        (pick, x, y)
        for pick, x, y in every
        if pick.startswith(f"{kind}:")
        and all(pick == other or (x - a) ** 2 + (y - b) ** 2 > 30**2 for other, a, b in every)
    ]
    assert apart, f"no {kind} stands apart"
    return apart[0]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/map?country=PRK&weapon_type=ballistic-missiles", "flow"),
        ("/map?country=PRK&weapon_type=munitions-unspecified", "transfer"),
        ("/map?country=IRN", "place"),
        ("/timeline?country=PRK&weapon_type=ballistic-missiles", "event"),
    ],
)
def test_a_click_on_a_mark_opens_its_record(reader: Reader, address: str, kind: str) -> None:
    reader.open(address)
    pick, x, y = painted(reader, kind)
    reader.page.mouse.move(x, y)
    reader.page.mouse.click(x, y)
    card = reader.page.get_by_role("dialog")
    expect(card).to_be_visible()
    assert reader.address["record"] == [pick]
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)
    reader.page.wait_for_function("() => !window.location.search.includes('record=')")


def test_a_card_has_a_permanent_address_of_its_own(visit: Visit) -> None:
    reader = visit()
    reader.open("/map?record=transfer:prk-rus-munitions-containers")
    card = reader.page.get_by_role("dialog")
    expect(card).to_contain_text("containers")
    permanent = card.locator("a.address").get_attribute("href")
    assert permanent
    alone = visit()
    alone.open(permanent)
    expect(alone.page.get_by_role("heading", level=1)).to_have_text(
        "Containerised munitions, contents not stated"
    )
    assert alone.links("source") >= {"yonhap-2023-10-14-white-house"}


def test_a_citation_is_copied_with_its_address(visit: Visit) -> None:
    reader = visit(permissions=["clipboard-read", "clipboard-write"])
    reader.open("/map?record=transfer:prk-rus-munitions-containers")
    reader.page.get_by_role("dialog").get_by_role("button", name="Copy citation").click()
    expect(reader.page.get_by_role("button", name="Copied")).to_be_visible()
    copied = reader.page.evaluate("() => navigator.clipboard.readText()")
    assert "Tumen" in copied
    assert f"{reader.url}/record?record=transfer:prk-rus-munitions-containers" in copied


def test_a_record_of_another_kind_opens_from_within_a_card(reader: Reader) -> None:
    reader.open("/map?record=transfer:prk-rus-munitions-containers")
    card = reader.page.get_by_role("dialog")
    card.locator('[data-pick^="source:"]').first.click()
    reader.page.wait_for_function("() => window.location.search.includes('record=source')")
    expect(card).to_be_visible()


def test_closing_a_card_keeps_the_filters(reader: Reader) -> None:
    reader.open("/quotes?country=PRK&record=transfer:prk-rus-munitions-containers")
    expect(reader.page.get_by_role("dialog")).to_be_visible()
    reader.escapes()
    reader.page.wait_for_function("() => !window.location.search.includes('record=')")
    assert reader.address == {"country": ["PRK"]}
