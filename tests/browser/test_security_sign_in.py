"""Signing in, with a real identity provider on this machine: nobody else sees a record, by whatever way."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests import plain
from tests.browser.conftest import Visit
from tools.browser import settled
from tools.server import HOST, Server, free_port, serving
from tumen.app.web import settings, sign_in
from tumen.app.web.settings import BadSetting, Settings

pytestmark = pytest.mark.browser

SECRETS = """
[auth]
redirect_uri = "http://{host}:{port}/oauth2callback"
cookie_secret = "a text that only this test knows, {port}"
client_id = "tumen"
client_secret = "made up"
server_metadata_url = "http://{host}:{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[int]:
    """The port of an identity provider that lets everybody in under the name they give."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            if answers(f"http://{HOST}:{port}/.well-known/openid-configuration"):
                break
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def closed(provider: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that asks people to sign in."""
    port = free_port()
    secrets = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    secrets.write_text(SECRETS.format(host=HOST, port=port, provider=provider), "utf-8")
    with serving(port=port, TUMEN_SIGN_IN="1", STREAMLIT_SECRETS_FILES=str(secrets)) as running:
        yield running


def status(url: str, cookie: str = "") -> int:
    try:
        with urlopen(Request(url, headers={"cookie": cookie} if cookie else {}), timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def cookies(context: Any) -> str:
    return "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())


def test_nobody_sees_a_record_who_is_not_signed_in(visit: Visit, closed: Server) -> None:
    reader = visit(closed)
    reader.page.goto(f"{closed.url}/quotes?country=PRK")
    settled(reader.page)
    expect(reader.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "North Korea" not in reader.page.content()
    assert reader.page.locator(".tumen, .sentence, [class*=st-key-filter]").count() == 0
    assert status(f"{closed.url}/healthz") == 200
    for path in ("/api/transfers.csv", "/api", "/media/x.csv", "/anything/new", "/cite", "/_stcorex"):
        assert status(closed.url + path) == 401, path


def test_who_signs_in_sees_what_was_asked_for_and_may_leave_again(visit: Visit, closed: Server) -> None:
    reader = visit(closed)
    page = reader.page
    page.context.route(
        "**/pico.min.css", lambda route: route.fulfill(body="")
    )  # the provider's own page wants it
    page.goto(f"{closed.url}/map?country=PRK&weapon_type=artillery-ammunition")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/oauth2/authorize*")
    page.locator("input[name=sub]").fill("an-analyst")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{closed.url}/**")
    reader.shows(len(plain.transfers("PRK", "artillery-ammunition")))
    assert page.url == f"{closed.url}/map?country=PRK&weapon_type=artillery-ammunition"
    assert sign_in.BACK not in cookies(page.context)
    signed = cookies(page.context)
    assert status(f"{closed.url}/api/transfers.csv", signed) != 401
    forged = signed.replace("_streamlit_user=", "_streamlit_user=x")
    assert forged != signed
    assert status(f"{closed.url}/api/transfers.csv", forged) == 401

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()  # the provider asks, too
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert status(f"{closed.url}/api/transfers.csv", cookies(page.context)) == 401


def test_it_is_off_unless_wanted(server: Server) -> None:
    assert not settings.read({}).sign_in
    assert status(f"{server.url}/api/transfers.csv") != 401


def test_the_server_does_not_start_without_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in.check(Settings())
    empty = type("", (), {"load_if_toml_exists": lambda _: False, "get": {}.get})()
    monkeypatch.setattr(sign_in, "secrets_singleton", empty)
    with pytest.raises(BadSetting, match="needs the section"):
        sign_in.check(Settings(sign_in=True))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(BadSetting, match="authlib"):
        sign_in.check(Settings(sign_in=True))
