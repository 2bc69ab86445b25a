"""In a real browser: the policy holds and hinders nobody; an error shows nothing and touches nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests import plain
from tests.browser.conftest import Visit
from tests.browser.reader import Reader
from tools.browser import settled
from tools.server import Server, serving
from tumen.app.frame import PAGES

pytestmark = pytest.mark.browser

RECORD = "/record?record=transfer:prk-rus-munitions-containers"
LATER = """code => new Promise(done => setTimeout(() => {
    try { done(String((0, eval)(code))) } catch (error) { done(error.name) } }, 0))"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window in which the policy may be broken on purpose."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_the_policy(visit: Visit, scheme: str) -> None:
    """`visit` notes every word of the browser about the policy, and fails the test at its end."""
    reader = visit(color_scheme=scheme)
    for path in (*(f"/{page}" for page in PAGES), RECORD, "/map?view=globe"):
        reader.open(path)


def test_a_script_that_gets_into_a_page_does_not_run(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/quotes")
    settled(page)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    with pytest.raises(Error):
        page.add_script_tag(content="document.title = 'owned'")
    page.evaluate(
        """() => { const box = document.createElement("div"); document.body.append(box);
        const owned = "document.title=String.fromCharCode(111,119,110,101,100)";
        box.innerHTML = `<img src=x onerror="${owned}"><a href="javascript:${owned}">x</a>`;
        box.querySelector("a").click(); }"""
    )
    with pytest.raises(Error):
        page.add_script_tag(url="http://evil.example/x.js")
    page.wait_for_timeout(300)
    assert page.title() != "owned"
    assert len([text for text in refused if "Content Security Policy" in text]) >= 4


def test_a_text_is_never_run_as_code(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/quotes")
    assert page.evaluate(LATER, "1 + 1") == "EvalError"


def test_no_other_site_can_show_a_page_in_a_frame(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/geo/world_110m.json")
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.set_content(f"<iframe src='{server.url}/quotes'></iframe>")
    page.wait_for_timeout(1_500)
    assert any("frame" in text.lower() for text in told), told
    assert "Tumen" not in page.frames[-1].content()


@pytest.fixture(scope="module")
def breaking() -> Iterator[Server]:
    with serving(starter=[str(Path(__file__).with_name("breaking.py"))]) as running:
        yield running


def test_an_error_shows_nothing_of_the_server_and_touches_nobody_else(
    breaking: Server, browser: Browser
) -> None:
    contexts = browser.new_context(), browser.new_context()
    mine, theirs = (Reader(context.new_page(), breaking.url) for context in contexts)
    theirs.open("/quotes?country=PRK")
    mine.page.goto(f"{breaking.url}/quotes?q=break")
    error = mine.page.get_by_test_id("stException")
    expect(error).to_be_visible(timeout=60_000)
    for word in ("inner words", "RuntimeError", "Traceback", "gallery", ".py", "line"):
        assert word not in error.inner_text()
    mine.open("/quotes?country=IRN")  # the same visitor goes on
    mine.shows(len(plain.transfers("IRN")))
    theirs.shows(len(plain.transfers("PRK")))
    theirs.filter("weapon_type", "Missiles (all)")
    expect(theirs.sentence).to_contain_text("missiles")
    assert "inner words of the server" in breaking.log  # whoever runs it can read why
    for context in contexts:
        context.close()
