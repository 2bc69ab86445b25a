"""The brief as a reader makes it: in the dialog, drawn by the reader's browser, opened without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tools.server import Server, serving

pytestmark = pytest.mark.browser

VIEW = "country=PRK&weapon_type=artillery-ammunition&as_of=2024-02-27"


@pytest.fixture(scope="module")
def panel() -> Iterator[Server]:
    """A server with nothing but the panel."""
    with serving(starter=[str(Path(__file__).with_name("with_panel.py"))]) as running:
        yield running


def made(visit: Visit, panel: Server, form: str, live: bool = False) -> Path:
    """The file that a reader gets."""
    page = visit(at=panel).page
    page.goto(f"{panel.url}/?{VIEW}")
    page.get_by_role("button", name="Open").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name=form).click()
    if live:
        dialog.get_by_text("Charts answer the pointer").click()
    dialog.get_by_role("button", name="Make the brief").click()
    button = dialog.get_by_role("button", name=f"Download {form}")
    expect(button).to_be_visible(timeout=90_000)
    expect(dialog.get_by_text("Without pictures")).to_have_count(0)
    with page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path()).rename(waiting.value.path().with_suffix(f".{form.lower()}"))


def opened(browser: Browser, file: Path) -> tuple[Page, list[str]]:
    """A file opened with the network cut, and everything that it asks for."""
    context = browser.new_context(offline=True)
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: message.type == "error" and asked.append(message.text))
    page.goto(file.as_uri())
    return page, [url for url in asked if not url.startswith(("file:", "blob:", "data:"))]


def test_the_html_brief_holds_its_pictures_and_asks_nobody(
    visit: Visit, panel: Server, browser: Browser
) -> None:
    page, asked = opened(browser, made(visit, panel, "HTML"))
    assert asked == []
    assert page.locator(".picture > svg").count() == 3
    borders = page.locator("[aria-label^='Map of'] path").evaluate_all(
        "all => Math.max(...all.map(path => path.getAttribute('d').length))"
    )
    assert borders > 20_000
    expect(page.get_by_text("as known on 27 February 2024").first).to_be_visible()
    numbers = page.locator("sup a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert numbers and all(page.locator(target).count() == 1 for target in set(numbers))
    assert page.locator("script").count() == 0
    assert page.locator("header .address").inner_text() == f"{panel.url}?{VIEW}"
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.context.close()


def test_the_live_brief_draws_its_charts_without_a_network(
    visit: Visit, panel: Server, browser: Browser
) -> None:
    page, asked = opened(browser, made(visit, panel, "HTML", live=True))
    expect(page.locator(".live")).to_have_count(3)
    expect(page.locator(".still").first).to_be_hidden()
    assert page.locator(".live .choroplethlayer path, .live .layer.land path").count() >= 1
    page.emulate_media(media="print")
    expect(page.locator(".still").first).to_be_visible()
    assert asked == []
    page.context.close()
