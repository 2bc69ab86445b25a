"""The colours of all figures, light and dark, and what the dashes of lines mean.

The eight family colours were searched for, not picked: in normal sight, under simulated protanopia,
deuteranopia and tritanopia, and in greyscale each pair keeps a distance, and each colour stands at
3:1 or better against land and sea. tests/test_figures_map.py measures all of it.
"""

from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import TypedDict


class Palette(TypedDict):
    """Every colour that a figure may use."""

    background: str  # behind a chart and in hover boxes
    text: str
    muted: str  # ticks, lesser labels
    faint: str  # base lines
    grid: str
    band: str  # the tint of the window
    accent: str  # the one colour that says "look here"
    none: str  # something of no weapon family
    families: Mapping[str, str]
    sea: str
    land: str
    actor: str  # the land of the four states that send and receive
    ukraine: str  # the land of the state they are used against
    coast: str
    border: str


FAMILY_COLOURS: Mapping[str, Mapping[str, str]] = {
    "light": {
        "ammunition-artillery": "#bf2906",
        "missiles": "#760a41",
        "drones": "#073073",
        "platforms": "#2e8868",
        "space-nuclear": "#4a3ea2",
        "components": "#ba7008",
        "people-training": "#665a52",
        "money-energy-food": "#282f00",
    },
    "dark": {
        "ammunition-artillery": "#d95800",
        "missiles": "#ee87b9",
        "drones": "#70c5ff",
        "platforms": "#2f8c75",
        "space-nuclear": "#a976db",
        "components": "#f8c162",
        "people-training": "#f4e4dd",
        "money-energy-food": "#88af69",
    },
}

LIGHT: Palette = {
    "background": "#ffffff",
    "text": "#1c1f23",
    "muted": "#5a626b",
    "faint": "#aab1b8",
    "grid": "#e3e7ea",
    "band": "#f3efe6",
    "accent": "#8a1c1c",
    "none": "#6f7780",
    "families": FAMILY_COLOURS["light"],
    "sea": "#e6edf2",
    "land": "#f8f6f1",
    "actor": "#ebe2d0",
    "ukraine": "#dfe7cf",
    "coast": "#a3aeb7",
    "border": "#c9c5ba",
}

DARK: Palette = {
    "background": "#14181d",
    "text": "#eceff2",
    "muted": "#a3adb8",
    "faint": "#59626c",
    "grid": "#2b3138",
    "band": "#1f2329",
    "accent": "#ff8f7a",
    "none": "#8f99a3",
    "families": FAMILY_COLOURS["dark"],
    "sea": "#10151a",
    "land": "#22272d",
    "actor": "#302d29",
    "ukraine": "#27302a",
    "coast": "#5a6570",
    "border": "#414a53",
}

# Best evidence reached (0 to 5) → the dash of a country-to-country line.
# In pixels: plotly's named dashes grow with the line, and a broad one would fall into bricks.
WEAKER, WEAKEST = "7px,3px", "2px,4px"
EVIDENCE_DASH: Mapping[int, str] = {5: "solid", 4: "solid", 3: WEAKER, 2: WEAKEST, 1: WEAKEST, 0: WEAKEST}

# How a leg is known → the dash of its line.
BASIS_DASH: Mapping[str, str] = {"documented": "solid", "inferred": "dash", "schematic": "dot"}


def coloured(known: Mapping[str, str], families: Iterable[str]) -> dict[str, str]:
    """The colours of all families: those that the palette does not know take what is free, in order."""
    named = list(families)
    free = [colour for family, colour in known.items() if family not in named] or list(known.values())
    new = [family for family in named if family not in known]
    return {**known, **dict(zip(new, cycle(free), strict=False))}


def family_colour(family: str, palette: Palette) -> str:
    """The colour of a family; the neutral colour for one that the palette does not know."""
    return palette["families"].get(family, palette["none"])
