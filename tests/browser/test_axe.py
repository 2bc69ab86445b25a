"""Every page for every reader: axe finds nothing serious, nothing scrolls sideways or jumps."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.reader import Reader
from tools.shots import VIEWS

pytestmark = pytest.mark.browser

SHIFTS = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 200);
})"""
SIDEWAYS = """() => [...document.querySelectorAll("html, main, [data-testid=stMain], [role=dialog]")]
    .filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => `${box.tagName} ${box.scrollWidth} > ${box.clientWidth}`)"""
SETTINGS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
LARGEST_SHIFT = 0.05  # cumulative, as web.dev calls good up to 0.1

# The narrow page in the light, the wide one in the dark; those with the most colours the other way too.
WAYS = {(390, "light"): tuple(VIEWS), (1440, "dark"): tuple(VIEWS)}
WAYS |= dict.fromkeys([(390, "dark"), (1440, "light")], ("map", "record"))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_every_page_can_be_used_by_everyone(visit: Visit, way: tuple[int, str]) -> None:
    """One window goes through all pages, so that its files are read once."""
    width, theme = way
    size = {"width": width, "height": 844 if width < 600 else 900}
    reader = visit(viewport=size, color_scheme=theme, has_touch=width < 600)
    faults = {name: found for name in WAYS[way] if (found := faults_of(reader, VIEWS[name]))}
    assert not faults


def faults_of(reader: Reader, path: str) -> list[Any]:
    """What is wrong with a page as it opens."""
    reader.open(path)
    shift = reader.page.evaluate(SHIFTS)
    jumps = [f"layout shift {shift:.2f}"] if shift >= LARGEST_SHIFT else []
    return [*reader.page.evaluate(SIDEWAYS), *jumps, *serious(reader.page)]


def serious(page: Page) -> list[tuple[str, list[Any]]]:
    """What axe calls serious or critical: rule and where."""
    found = Axe().run(page, options=SETTINGS).response["violations"]
    told = {one["id"]: _ours(one) for one in found if one["impact"] in ("serious", "critical")}
    return [(rule, nodes[:5]) for rule, nodes in told.items() if nodes]


def _ours(violation: Any) -> list[Any]:
    """Where a rule is broken; year, month and day of Streamlit's date fields are small, its doing."""
    nodes = [node["target"] for node in violation["nodes"]]
    return [node for node in nodes if violation["id"] != "target-size" or "react-aria" not in str(node)]


def test_axe_would_find_a_picture_without_words(visit: Visit) -> None:
    """The test of the test: axe looks into our components, shadow roots and all."""
    reader: Reader = visit()
    reader.open("/method")
    reader.page.evaluate(
        """() => document.querySelector(".st-key-title [data-filled]").shadowRoot
            .querySelector(".tumen").insertAdjacentHTML("beforeend", "<img src='data:,'>")"""
    )
    assert [rule for rule, _ in serious(reader.page)] == ["image-alt"]
