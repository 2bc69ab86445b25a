"""Citations in a real browser: by keyboard alone, with the address under which the reader came."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader

pytestmark = pytest.mark.browser
RECORD = "/record?record=transfer:prk-rus-munitions-containers&as_of=2023-10-31"


def test_each_format_is_copied_by_keyboard_with_the_true_address(visit: Callable[..., Reader]) -> None:
    reader = visit(permissions=["clipboard-read", "clipboard-write"])
    reader.open(RECORD)
    reader.page.get_by_text("Cite this record").focus()
    reader.page.keyboard.press("Enter")
    for label in ("Chicago", "APA", "BibTeX", "RIS", "CSL-JSON"):
        button = reader.page.get_by_role("button", name=f"Copy {label}")
        before = button.bounding_box()
        button.focus()
        reader.page.keyboard.press("Enter")
        said = reader.page.get_by_role("button", name="Copied", exact=True)
        expect(said).to_be_visible()
        after = said.bounding_box()
        assert before and after and before["x"] == after["x"] and abs(before["width"] - after["width"]) < 1
        copied = reader.page.evaluate("() => navigator.clipboard.readText()")
        assert f"{reader.url}{RECORD}" in copied and "tumen.invalid" not in copied
        expect(button).to_be_visible()
    assert json.loads(copied)[0]["URL"] == f"{reader.url}{RECORD}"
