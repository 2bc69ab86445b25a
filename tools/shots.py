"""A picture of every page, at 390, 1440 and 2560 pixels, light and dark, in shots/: `make shots`.

Pictures are for looking at; `python -m tools.shots map empty` takes only some. Each view gives two:
what is seen without scrolling, and the whole page. `python -m tools.shots readme` makes the picture
of the README, docs/overview.png.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.browser import chromium, settled
from tools.server import serving
from tumen.app.frame import PAGES

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "shots"
WIDTHS = {390: 844, 1440: 900, 2560: 1440}
THEMES = ("light", "dark")
VIEWS = {
    PAGES[0]: "/",
    **{page: f"/{page}" for page in PAGES[1:]},
    "map-shells": "/map?country=PRK&weapon_type=artillery-ammunition",
    "record": "/record?record=transfer:prk-rus-kn23-kn24-missiles",
    "card": "/map?record=transfer:prk-rus-kn23-kn24-missiles",
    "empty": "/map?country=IRN&weapon_type=space-and-satellite&as_of=2023-01-01",
    "wrong-address": "/?country=Narnia&as_of=2024-99-99&record=transfer:nope",
}

# Streamlit scrolls an inner box, so a full-page screenshot would show the window only.
HEIGHT = "() => Math.max(...[...document.querySelectorAll('main,[role=dialog]')].map(e => e.scrollHeight))"
TALLEST = 12_000


def main() -> None:
    """Take the pictures that are asked for, or all."""
    wanted = sys.argv[1:] or list(VIEWS)
    with serving() as server, chromium() as browser:
        if wanted == ["readme"]:
            readme(browser, server.url)
            return
        SHOTS.mkdir(exist_ok=True)
        for width, theme in product(WIDTHS, THEMES):
            with a_page(browser, width, theme) as page:  # one window for all pages: its files are read once
                for name in wanted:
                    shoot(page, server.url + VIEWS[name], SHOTS / f"{name}-{width}-{theme}.png")


@contextmanager
def a_page(browser: Browser, width: int, theme: str) -> Iterator[Page]:
    """A window of the given width, for a reader whose system is light or dark."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        has_touch=width < 600,
        reduced_motion="reduce",  # nothing fades in, so nothing has to be waited for
    )
    page = context.new_page()
    page.on("pageerror", lambda error: print("  error in the page:", error))
    yield page
    context.close()


def shoot(page: Page, url: str, picture: Path) -> None:
    """Two pictures: what is seen without scrolling, and the whole page."""
    width = page.viewport_size["width"]  # type: ignore[index]
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.goto(url)
    settled(page)
    page.screenshot(path=picture)
    height = max(page.evaluate(HEIGHT), WIDTHS[width])
    page.set_viewport_size({"width": width, "height": min(height, TALLEST)})
    page.wait_for_timeout(150)
    settled(page)
    page.screenshot(path=picture.with_stem(f"{picture.stem}-whole"))
    print(picture.relative_to(ROOT))


def readme(browser: Browser, url: str) -> None:
    """The map, without filters, as the README shows it: whole, with the guide folded away."""
    with a_page(browser, 1440, "light") as page:
        page.add_init_script("sessionStorage.setItem('tumen-guide', 'closed')")
        page.set_viewport_size({"width": 1440, "height": 925})
        page.goto(f"{url}/map")
        settled(page)
        page.screenshot(path=ROOT / "docs" / "overview.png")


if __name__ == "__main__":
    main()
