"""The page talks to its own server and to nobody else, and no text of the data can become code."""

import csv
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests import plain
from tests.browser.conftest import Visit
from tests.browser.reader import Reader
from tools.server import Server, serving
from tumen import check
from tumen.app.frame import PAGES

pytestmark = pytest.mark.browser

RECORD = "/record?record=transfer:prk-rus-munitions-containers"
PATHS = ("/", *(f"/{page}" for page in PAGES[1:]), RECORD)
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> "
    "![x](http://evil.example/x.png) :red[x] [go](javascript:alert(1)) {{ 7 * 7 }} $x^2$ **bold**"
)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_asks_another_host(visit: Visit, path: str) -> None:
    """`visit` stops and counts every foreign request, and fails the test at its end."""
    reader = visit()
    reader.open(path)
    reader.page.mouse.wheel(0, 4000)
    reader.page.wait_for_timeout(500)  # what would be asked for late, is asked for now
    assert reader.page.evaluate("() => performance.getEntriesByType('resource').length") > 5


def test_the_map_is_painted_without_any_other_host(reader: Reader) -> None:
    reader.open("/map")
    for what, least in {".choroplethlayer path": 4, ".scattergeo path.js-line": 10, "path.point": 40}.items():
        assert reader.page.locator(f".st-key-map .plot {what}").count() >= least, what
    borders = reader.page.locator(
        ".st-key-map .plot .layer.countries path, .st-key-map .plot .layer.land path"
    )
    assert max(borders.evaluate_all("all => all.map(path => path.getAttribute('d').length)")) > 20_000


def test_the_globe_is_painted_too(reader: Reader) -> None:
    reader.open("/map?view=globe")
    assert reader.page.locator(".st-key-map .plot path.point").count() > 20


def test_the_map_needs_no_webgl(visit: Visit) -> None:
    reader = visit()
    reader.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    reader.open("/map")
    assert reader.page.locator(".st-key-map .plot path.point").count() > 40


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on data whose every text is an attack, and which nobody has checked."""
    data = Path(shutil.copytree(plain.DATA, tmp_path_factory.mktemp("hostile") / "data"))
    spoil(data / "events.csv", "title", "summary", "note")
    spoil(data / "quotes.csv", "text", "context", "role_at_time", "note")
    spoil(data / "transfers.csv", "item", "summary", "note")
    spoil(data / "assertions.csv", "says", "by", "locator", "note")
    spoil(data / "sources.csv", "title", "publisher", "author", "note")
    spoil(data / "places.csv", "name", "note")
    with serving(data, starter=[str(Path(__file__).with_name("unchecked.py"))]) as running:
        yield running


def spoil(path: Path, *columns: str) -> None:
    """Put the attack in front of every text of some columns."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row.update({column: f"{HOSTILE} {row[column]}" for column in columns})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_check_refuses_the_attack_before_it_is_shown(tmp_path: Path) -> None:
    data = Path(shutil.copytree(plain.DATA, tmp_path / "data"))
    spoil(data / "events.csv", "title")
    report = check.check(data)
    assert {mistake.column for mistake in report.mistakes} == {"title"}


@pytest.mark.parametrize(
    "path",
    [
        *PATHS,
        "/map?record=transfer:prk-rus-munitions-containers",
        "/record?record=event:2023-09-13-vostochny-summit",
        "/record?record=place:rajin",
    ],
)
def test_text_of_the_data_stays_text(visit: Visit, hostile: Server, path: str) -> None:
    reader = visit(hostile)
    reader.open(path)
    assert reader.page.title() != "owned"
    assert reader.page.locator('img[src="x"], img[src*="evil"]').count() == 0
    assert reader.page.locator('a[href^="javascript:"]').count() == 0
    assert reader.page.get_by_text("bold", exact=True).count() == 0


def test_the_attack_is_read_as_it_was_written(visit: Visit, hostile: Server) -> None:
    reader = visit(hostile)
    reader.open("/timeline")
    events = reader.page.locator(".st-key-events .timeline")
    expect(events).to_contain_text("<script>document.title='owned'</script>")
    expect(events).to_contain_text("{{ 7 * 7 }}")


def test_an_attack_in_the_address_is_text_too(reader: Reader) -> None:
    reader.open(
        "/?country=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&as_of=!%5Bx%5D(http%3A%2F%2Fevil.example%2Fx.png)"
    )
    expect(reader.page.get_by_role("alert").first).to_contain_text("<img src=x")
    assert reader.page.locator('img[src="x"], img[src*="evil"]').count() == 0


def test_the_server_listens_on_this_machine_only(server: Server) -> None:
    """Its port is closed on every other address that this machine has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; only asks which address would be ours
        except OSError:
            pytest.skip("this machine has no other address")
        own = probe.getsockname()[0]
    with pytest.raises(OSError), socket.create_connection((own, server.port), timeout=2):
        pass


@pytest.mark.parametrize(
    "path", ["/", "/map", "/_stcore/health", "/geo/world_50m.json", "/plotly/plotly.min.js"]
)
def test_every_answer_has_the_headers_that_keep_it_safe(server: Server, path: str) -> None:
    with urlopen(server.url + path, timeout=10) as answer:
        headers = answer.headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
