"""The design system holds: each rule stands once, and readers can read what is drawn by it."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.test_figures_map import contrast
from tumen import guide
from tumen.app import frame
from tumen.app.head import ASSETS, PROSE

ROOT = Path(__file__).resolve().parent.parent
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
OWN = [name for name in PROSE if name != "tokens.css"]
SHARED = ("paper_bgcolor", "plot_bgcolor", "hoverlabel", "showlegend", "Source Sans")


@pytest.mark.parametrize("name", OWN)
def test_sizes_and_colours_stand_in_the_tokens_only(name: str) -> None:
    text = (ASSETS / name).read_text("utf-8")
    assert re.findall(r"font-size:\s*[\d.]+(?:rem|px)", text) == []
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|var\(--st-(?!code-font)[\w-]+", text) == []


def test_every_token_is_used_and_every_use_is_a_token() -> None:
    tokens = set(re.findall(r"(--[a-z-]+):", (ASSETS / "tokens.css").read_text("utf-8")))
    used = set(re.findall(r"var\((--[\w-]+)", "".join((ASSETS / name).read_text("utf-8") for name in PROSE)))
    assert tokens <= used
    assert {name for name in used if name.startswith("--t-")} <= tokens


def test_what_charts_share_is_said_once() -> None:
    files = sorted((ROOT / "tumen" / "figures").glob("*.py"))
    said = {path.name for path in files for word in SHARED if word in path.read_text("utf-8")}
    assert said == {"template.py"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_every_ground(theme: str) -> None:
    for part in (THEME[theme], {**THEME[theme], **THEME[theme]["sidebar"]}):
        for ground in (part["backgroundColor"], part["secondaryBackgroundColor"]):
            muted = mixed(part["textColor"], ground, 0.7)  # as --muted in tokens.css
            for colour in (part["textColor"], part["linkColor"], part["primaryColor"], muted):
                assert contrast(colour, ground) >= 4.5, (theme, colour, ground)


def mixed(colour: str, ground: str, share: float) -> str:
    pairs = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def test_each_page_says_how_to_read_it_in_three_points() -> None:
    assert set(guide.GUIDE) == set(frame.PAGES)
    assert all(len(points) == 3 for points in guide.GUIDE.values())
    assert all(len(sign) + len(meaning) < 120 for points in guide.GUIDE.values() for sign, meaning in points)
