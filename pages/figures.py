"""How far do the published numbers disagree?"""

from datetime import date
from urllib.parse import urlencode

import streamlit as st

from tumen import captions, estimates, wording
from tumen.app import address, frame
from tumen.app.chart import chart
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.desk import Desk
from tumen.figures import estimates as drawing
from tumen.speech import _
from tumen.story import story
from tumen.templates import render
from tumen.view import View, rows_ref

QUESTION = _("How far do the published numbers disagree?")
WIDTHS = (340, 620, 980)  # the names beside the marks are placed for a width: phone, tablet, desk

records, selection = frame.scene()
wanted = address.local("of")
options = estimates.choices(records, selection, wanted)

if not options:
    frame.empty(records, selection, _("published figures"))
    st.stop()

usual = estimates.default(selection, options)
choice, notes = estimates.understood({"of": address.locals_of("of")}, options, usual)
for note in notes:
    st.warning(wording.plain(note), icon=":material/link_off:")

desk, whole = Desk(records, selection.view.as_of), View(as_of=selection.view.as_of)
chosen = estimates.transfers(records, selection, choice)
told = estimates.figures(records, selection.view.as_of, chosen)
panels, alone = estimates.split(estimates.panels(records, selection, told))
drawn = drawing.limited(panels)
finding = estimates.headline(records, selection, chosen)
frame.title(QUESTION, finding)


def turn(value: str | None) -> None:
    """Show the figures of another transfer, or do what any other link or mark asks for."""
    kind, _, name = (value or "").partition(":")
    if kind == "of":
        address.go(of=None if name == usual else name)
    else:
        pick(value)


def detail_url(transfer: str) -> str:
    """The address of this page with the figures of a transfer."""
    return f"/figures?{urlencode({**address.filters_only(), 'of': transfer}, doseq=True)}"


ranking = estimates.ranking(records, selection)
values = {"desk": desk, "level": 1, "choice": choice, "detail_url": detail_url}
prose(render("figures.html", part="ranking", ranking=ranking, **values), key="ranking", on_pick=turn)

st.session_state.figures_of = choice
st.selectbox(
    _("Figures by date and claimant"),
    list(options),
    format_func=lambda code: options.get(code, code),
    key="figures_of",
    on_change=lambda: turn(f"of:{st.session_state.figures_of}"),
)

if drawn:
    signs = drawing.signs(drawn)
    prose(render("figures.html", part="key", signs=signs, **values), key="key", on_pick=turn)
    chart(
        lambda colours, width: records.once(
            ("figures chart", selection.view, choice, colours["background"], width),
            lambda: drawing.figure(
                drawn,
                palette=colours,
                ranks=estimates.colour_ranks(records),
                width=width,
                window=story(records).window,
            ),
        ),
        WIDTHS,
        key="figures",
        caption=captions.caption(
            records,
            selection,
            finding=finding,
            title=_("Published figures by date and claimant: {options}").format(options=options[choice]),
            reading=captions.signs(signs),
            on=date.today(),
            told=records["assertions"].loc[[figure.id for panel in drawn for figure in panel.figures]],
        ),
        alt=estimates.in_words(drawn),
        on_pick=turn,
    )

prose(
    render(
        "figures.html",
        part="detail",
        drawn=sum(len(panel.figures) for panel in drawn),
        of=sum(len(panel.figures) for panel in panels),
        alone=alone,
        alone_rows=rows_ref(whole, "assertions", ids=[figure.id for figure in alone]),
        all_rows=rows_ref(whole, "assertions", f"transfer={'|'.join(chosen)} compared>1"),
        told=told,
        cautions=estimates.cautions(records, selection, told),
        remarks=estimates.remarks(records, selection, dict.fromkeys(f.transfer for f in told)),
        heading=options[choice].rsplit(" (", 1)[0],
        tinted=story(records).tinted,
        **values,
    ),
    key="detail",
    on_pick=turn,
)
