"""Who sent what to whom, and by which route?"""

from typing import Any

import streamlit as st

from tumen import flows, wording
from tumen.app import frame, player
from tumen.app.chart import chart
from tumen.app.picks import catch_up, pick
from tumen.app.prose import prose
from tumen.figures import map as drawing
from tumen.geography import BORDER_POLICY
from tumen.templates import render
from tumen.view import Selection

NARROW = {"eurasia": 1.38, "globe": 1.0}  # width over height on a phone; the close views stand upright
VIEWS = {name: view.title for name, view in drawing.VIEWS.items()}
ASPECTS = {560: 1.72, 1300: 2.2}  # least width of a wider chart → its width over its height

records, selection = frame.scene()

if not selection.transfers:
    frame.empty(records, selection)
    st.stop()

frame.title("Who sent what to whom, and by which route?", flows.headline(records, selection))


def draw(shown: Selection, view: str, colours: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The map for phones, desks and large screens."""
    layers = flows.drawn(records, shown)
    figures = {}
    for least, aspect in {0: NARROW.get(view, 0.85), **ASPECTS}.items():
        figure = drawing.figure(*layers, palette=colours, view=view, narrow=not least, aspect=aspect)
        figure["layout"]["meta"] = {"aspect": aspect}
        figures[least] = figure
    return figures


@st.fragment(run_every=player.tick())
def drawn() -> None:
    """The map with its controls; while the months play, only this part runs again."""
    catch_up()
    view = frame.choice("view", "View", VIEWS, default="eurasia")
    above, below = st.container(), st.container(horizontal=True, vertical_alignment="bottom")
    with below:
        month = player.control()
    shown = player.narrowed(records, selection, month)
    colours = frame.colours()
    with above:
        chart(
            records.once(
                ("map", shown.view, view, colours["background"]), lambda: draw(shown, view, colours)
            ),
            key="map",
            alt=flows.in_words(records, shown),
            on_pick=pick,
            legend=frame.family_legend(records, selection, colours),
            config={"scrollZoom": True},
        )
    player.caption(shown, month)
    if left_out := flows.not_drawn(records, shown):
        st.caption(left_out)


drawn()
prose(
    render(
        "flows.html",
        flows=flows.table(records, selection),
        routes=flows.routes(records, selection),
        key=drawing.legend_entries(),
        dashes={"solid": "", "longdash": "9 4", "dash": "6 4", "dot": "2 3", "": ""},
        policy=BORDER_POLICY,
        basis=flows.within(records, selection),
        summary=wording.plural(len(selection.transfers), "transfer"),
    ),
    key="flows",
    on_pick=pick,
)
