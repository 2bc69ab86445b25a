"""Who sent what to whom, and by which route?"""

from datetime import date
from typing import Any

import streamlit as st

from tumen import captions, flows, ground, wording
from tumen.app import frame, player
from tumen.app.chart import chart
from tumen.app.picks import catch_up, pick
from tumen.app.prose import prose
from tumen.figures import map as drawing
from tumen.figures.emphasis import emphasised, shows
from tumen.figures.palette import WEAKER, WEAKEST
from tumen.geography import BORDER_POLICY
from tumen.speech import _
from tumen.view import Selection, rows_ref

NARROW = {"eurasia": 1.38, "globe": 1.0}  # width over height on a phone; the close views stand upright
ASPECTS = {560: 1.72, 1300: 2.0}  # least width of a wider chart → its width over its height
WIDTHS = (0, *ASPECTS)

records, selection = frame.scene()

if selection.states.empty:
    frame.empty(records, selection)
    st.stop()

setting, months = ground.setting(records), player.of_months(records)
views = {name: _(view.title) for name, view in setting.views.items()}
finding = records.once(("map finding", selection.view), lambda: flows.headline(records, selection))
frame.title(_("Who sent what to whom, and by which route?"), finding)


def draw(shown: Selection, view: str, colours: dict[str, Any], width: int) -> dict[str, Any]:
    """The map for phones, desks or large screens."""
    layers = flows.drawn(records, shown)
    aspect = ASPECTS.get(width, NARROW.get(view, 0.85))
    figure = drawing.figure(
        *layers, palette=colours, view=view, narrow=not width, aspect=aspect, setting=setting
    )
    figure["layout"]["meta"] = {"aspect": aspect}
    return figure


@st.fragment(run_every=months.tick())
def drawn() -> None:
    """The map with its controls; while the months play, only this part runs again."""
    catch_up()
    view = frame.choice("view", _("View"), views, default=next(iter(views)))
    month = player.month(months)
    shown = player.narrowed(records, selection, month)
    marked = frame.marked(records)
    picks = marked.picks if marked else frozenset()

    def figure(colours: dict[str, Any], width: int) -> dict[str, Any]:
        """The drawn map with the marked record standing out."""
        drawn = records.once(
            ("map", shown.view, view, colours["background"], width),
            lambda: draw(shown, view, colours, width),
        )
        return emphasised(drawn, picks, colours)

    left_out = flows.not_drawn(records, shown)
    if marked:
        frame.marks(marked, shows(figure(frame.colours(), WIDTHS[0]), picks))
    chart(
        figure,
        WIDTHS,
        key="map",
        caption=captions.caption(
            records,
            shown,
            finding=flows.headline(records, shown) if month and shown.transfers else finding,
            title=_("Flows between countries, and routes from the sources"),
            reading=f"{captions.READINGS['map']}{_(BORDER_POLICY)} {left_out}".strip(),
            on=date.today(),
        ),
        alt=flows.in_words(records, shown),
        on_pick=pick,
        legend=lambda colours: frame.family_legend(records, selection, colours),
        config={"scrollZoom": True},
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        player.control(months, month)
    player.caption(shown, month)
    if left_out:
        st.caption(left_out)


drawn()
html = frame.rendered(
    records,
    "flows.html",
    (selection.view,),
    lambda: {
        "flows": flows.table(records, selection),
        "routes": flows.routes(records, selection),
        "key": drawing.legend_entries(),
        "dashes": {"solid": "", WEAKER: "7 3", WEAKEST: "2 4", "dash": "6 4", "dot": "2 3", "": ""},
        "policy": _(BORDER_POLICY),
        "basis": flows.within(records, selection),
        "left_out": flows.not_listed(records, selection),
        "summary": (
            wording.plural(len(selection.states), "transfer"),
            rows_ref(selection.view, "transfers"),
        ),
    },
)
prose(html, key="flows", on_pick=pick)
