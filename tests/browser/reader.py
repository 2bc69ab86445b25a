"""What a reader does and sees: open an address, set a filter, read the sentence and the charts."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tools.browser import settled

# Everything that can be picked on the charts of a page, by its customdata.
PICKS = """() => [...document.querySelectorAll(".tumen-chart .plot")].flatMap(plot =>
    (plot.data ?? []).flatMap(trace => trace.customdata ?? []).flat().filter(Boolean))"""

PATH = "path => window.location.pathname === path"


class Reader:
    """One person at one browser window."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    # --- going about -----------------------------------------------------------------------------

    def open(self, path: str) -> None:
        """Open an address and wait until everything is painted."""
        self.page.goto(self.url + path)
        settled(self.page)
        expect(self.page.get_by_test_id("stException")).to_have_count(0)

    def turn_to(self, name: str) -> None:
        """Choose a page (not the first) in the navigation."""
        self.page.locator(f'[class*=st-key-navigation] a[href^="{name}"]').click()
        self.page.wait_for_function(PATH, arg=f"/{name}")
        settled(self.page)

    def filter(self, name: str, value: str) -> None:
        """Add a value to one of the multiple filters, as by hand."""
        field = self.field(name)
        field.click()
        field.fill(value)
        self.page.get_by_role("option", name=value, exact=True).click()
        self.page.keyboard.press("Escape")
        settled(self.page)

    def escapes(self) -> None:
        """Close the dialog by its key; it hears keys once the focus has moved into it."""
        self.page.wait_for_function(
            "() => document.querySelector('[role=dialog]').contains(document.activeElement)"
        )
        self.page.keyboard.press("Escape")

    def field(self, name: str) -> Locator:
        """The input of a filter by the name in its key."""
        return self.page.locator(f".st-key-filter_{name} input").first

    # --- looking ---------------------------------------------------------------------------------

    @property
    def address(self) -> dict[str, list[str]]:
        """The parameters in the address bar."""
        return parse_qs(urlsplit(self.page.url).query)

    @property
    def path(self) -> str:
        """The page in the address bar."""
        return urlsplit(self.page.url).path

    @property
    def sentence(self) -> Locator:
        """The sentence that says what is shown."""
        return self.page.locator(".sentence")

    def shows(self, count: int) -> None:
        """Wait until the sentence counts so many transfers, and the page has come to rest."""
        expect(self.sentence).to_contain_text(re.compile(rf"^\s*(All )?{count:,} (of|transfers)"))
        settled(self.page)

    @property
    def picks(self) -> set[str]:
        """What can be picked on the charts: records, countries."""
        return set(self.page.evaluate(PICKS))

    def painted(self, layer: str) -> int:
        """How long the lines of a layer of the map are, in letters of SVG."""
        lines = self.page.locator(f".st-key-map .plot .{layer} path")
        return sum(lines.evaluate_all("all => all.map(path => (path.getAttribute('d') ?? '').length)"))

    def links(self, kind: str) -> set[str]:
        """The ids of all records of a kind that the page links to."""
        found = self.page.locator(f'[data-pick^="{kind}:"]').evaluate_all(
            "all => all.map(a => a.dataset.pick)"
        )
        return {pick.partition(":")[2] for pick in found}
