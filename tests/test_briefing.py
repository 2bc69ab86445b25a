"""The panel that makes a brief: cards, format, steps, and what it says if a browser cannot draw."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.test_pages import walk
from tumen.brief import MOST_CARDS

VIEW = {"country": "PRK", "as_of": "2024-02-27"}


def script() -> None:
    from tumen import view
    from tumen.app import address, briefing
    from tumen.app.store import STORE

    records = STORE.current()
    address.adopt(records)
    briefing.panel(records, view.select(records, address.view()))


@pytest.fixture
def panel() -> Iterator[AppTest]:
    app = AppTest.from_function(script, default_timeout=60)
    app.query_params.update(VIEW)
    yield app.run()
    assert not app.exception


def make(panel: AppTest, form: str) -> AppTest:
    panel.session_state["brief_format"] = form
    panel.run()
    return next(button for button in panel.button if button.label == "Make the brief").click().run()


def asked(panel: AppTest) -> dict[str, Any] | None:
    """What the browser is asked to draw."""
    parts = [
        json.loads(n.proto.json) for n in walk(panel._tree) if getattr(n, "type", "") == "bidi_component"
    ]
    return next((part for part in parts if "request" in part), None)


def order(panel: AppTest) -> Any:
    return panel.session_state["brief_order"]


def test_the_usual_cards_are_chosen_at_first(panel: AppTest) -> None:
    assert len(panel.multiselect[0].value) == MOST_CARDS
    assert "brief_order" not in panel.session_state


def test_markdown_needs_no_picture(panel: AppTest) -> None:
    make(panel, "md")
    assert asked(panel) is None and order(panel).file.startswith(b"# 46 transfers on record")
    assert order(panel).name == "tumen-brief-2024-02-27.md" and not order(panel).remark


def test_the_browser_is_asked_once_for_the_charts_of_a_brief(panel: AppTest) -> None:
    make(panel, "html")
    wish = asked(panel)
    assert wish and set(wish["figures"]) == {"map", "timeline", "figures"}
    assert not order(panel).file
    assert asked(panel.run()) == wish


def test_a_browser_that_cannot_draw_gets_a_brief_in_words_that_says_so(panel: AppTest) -> None:
    make(panel, "docx")
    order(panel).pictures = {}
    panel.run()
    assert order(panel).file.startswith(b"PK")
    assert "Without pictures of: Map, Timeline, Published figures" in panel.warning[0].value
    assert any(b.label.startswith("Download Word, 0.") for b in panel.get("download_button"))


def test_another_choice_makes_the_old_brief_void(panel: AppTest) -> None:
    make(panel, "md")
    panel.multiselect[0].set_value(panel.multiselect[0].value[:1]).run()
    assert panel.session_state["brief_order"] is None
    make(panel, "md")
    assert order(panel).file.count(b"#### Claims") == 1
