"""What was known when?"""

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from tumen import captions, known, wording
from tumen import story as stories
from tumen.app import address, frame
from tumen.app.chart import chart
from tumen.app.picks import catch_up, pick
from tumen.app.player import Player
from tumen.app.prose import prose
from tumen.figures import known as drawing
from tumen.query import DAYS
from tumen.speech import _
from tumen.view import select

WIDTHS = (340, 620, 980)  # the labels are placed for a width: phone, tablet, desk

records, selection = frame.scene()
against, notes = known.understood(address.locals_of("against"))
for note in notes:
    st.warning(wording.plain(note), icon=":material/link_off:")

story = known.growth(records, selection.view)
if story.empty:
    frame.empty(records, selection)
    st.stop()

# The growth is told to the end, whatever day the view is turned back to.
whole = select(records, replace(selection.view, as_of=None))
PLAYER = Player(
    "known_on",
    known.month_ends(records),
    lambda day: pick(f"asof:{day}"),
    hint=_("Play from month to month: what was known at the end of each"),
)


def draw(pair: known.Comparison, colours: dict[str, object], width: int) -> dict[str, object]:
    """The growth of knowledge for a phone, tablet or desk."""
    stops = [(stop.day, stop.title) for stop in known.stops(records)]
    named = [*(day for day, _title in stops), *filter(None, pair.days)]
    return drawing.figure(
        known.steps(story, named),
        stops=stops,
        days=pair.days,
        names=known.band_labels(records),
        palette=colours,
        width=width,
        window=stories.story(records).window,
        leads=known.leads(pair, selection.view),
    )


def day_field(label: str, key: str, day: date | None, meaning: str | None = None) -> None:
    """A day of the comparison; an empty one is today."""
    st.session_state[key] = day
    st.date_input(
        label,
        key=key,
        min_value=DAYS[0],
        max_value=DAYS[1],
        on_change=chosen,
        args=(key,),
        width=170,
        help=meaning,
    )


def chosen(key: str) -> None:
    """The earlier day is that of the whole view; the other one is the page's own."""
    day = st.session_state[key]
    if key == "known_then":
        pick(f"asof:{day or ''}")
    else:
        address.go(against=day.isoformat() if day else None)
        st.session_state.picked = True


def told(pair: known.Comparison, colours: dict[str, Any]) -> dict[str, Any]:
    """The two days side by side, and all that became known in between."""
    found, sides = known.changes(records, pair), known.sides(records, pair, selection.view.as_of)
    return {
        "sides": sides,
        "stops": known.stops(records),
        "names": known.band_labels(records),
        "fills": drawing.fills(colours),
        "counts": known.counts(sides),
        "figures": known.figures(records, pair),
        "matrix": known.matrix(records, pair),
        "family_colours": colours["families"],
        "found": found,
        "reported": known.reported(records, pair, found),
        "graded": known.graded(records, pair, found),
        "contested": known.contested(records, pair, found),
        "revised": known.revised(records, pair, found),
        **known.places(pair),
    }


@st.fragment(run_every=PLAYER.tick())
def shown() -> None:
    """The whole page; while the months play, only this runs again."""
    catch_up()
    then = date.fromisoformat(PLAYER.step((selection.view.as_of or stories.story(records).then).isoformat()))
    pair = known.compare(records, selection.view, then, against)
    finding, colours = known.headline(pair), frame.colours()
    left_out = known.steps_left_out(story)
    frame.title(_("What was known when?"), finding)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day_field(_("Known on"), "known_then", then)
        day_field(_("Compared with"), "known_against", against, _("Empty: today."))
        PLAYER.button(then.isoformat())
    if pair.same:
        st.caption(_("Both days are the same, so nothing lies between them. Choose another to compare."))
    chart(
        lambda colours, width: records.once(
            ("known", selection.view, pair.days, colours["background"], width),
            lambda: draw(pair, colours, width),
        ),
        WIDTHS,
        key="growth",
        caption=captions.caption(
            records,
            whole,
            finding=finding,
            title=_("Transfers on record by day and best evidence reached"),
            reading=" ".join(filter(None, (captions.READINGS["known"], left_out))),
            on=date.today(),
        ),
        alt=known.in_words(records, selection.view, pair),
        on_pick=pick,
        config={"displayModeBar": False},
    )
    if left_out:
        st.caption(left_out)
    on = (selection.view, pair.days, colours["background"])
    html = frame.rendered(records, "known.html", on, lambda: told(pair, colours))
    prose(html, key="days", on_pick=pick)


shown()
