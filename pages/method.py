"""Can I trust this?"""

from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from tumen import bias, captions, method, view
from tumen.app import address, frame
from tumen.app.chart import chart
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.figures import bias as drawing
from tumen.speech import _
from tumen.story import story

QUESTION = _("Can I trust this?")
WIDTHS = (320, 620)  # names above the bars, or beside them

records, selection = frame.scene()
found = bias.bias(records, selection)
finding = bias.headline(found, selection.view)
frame.title(QUESTION, finding)
chosen = frame.choice("section", _("Section"), dict(method.SECTIONS), method.DEFAULT)


def turn(value: str | None) -> None:
    """Open another section, or do what any other link or mark asks for."""
    kind, _, name = (value or "").partition(":")
    if kind == "section":
        address.go(section=None if name == method.DEFAULT else name)
    else:
        pick(value)


def section_url(section: str) -> str:
    """The address of a section with the filters in force."""
    return f"/method?{urlencode({**address.filters_only(), 'section': section}, doseq=True)}"


def content(section: str) -> dict[str, Any]:
    """What a section of the page says."""
    return {"section_url": section_url, **method.content(section, records, selection, date.today())}


sections = method.shown(chosen)
if "bias" in sections and found.months:
    searches = method.band_searches(found)
    picks = {code: view.rows_ref(selection.view, "assertions", q) for code, q in searches.items()}
    chart(
        lambda colours, width: records.once(
            ("bias chart", selection.view, colours["background"], width),
            lambda: drawing.figure(
                found.bands,
                found.months,
                palette=colours,
                width=width,
                picks=picks,
                window=story(records).window,
            ),
        ),
        WIDTHS,
        key="bias",
        caption=captions.caption(
            records,
            selection,
            finding=finding,
            title=_("Assertions by month and country of who speaks"),
            reading=captions.READINGS["method"],
            on=date.today(),
        ),
        alt=bias.in_words(found),
        on_pick=turn,
    )

for section in sections:
    html = frame.rendered(
        records,
        "method.html",
        (selection.view, section, urlencode(address.filters_only(), doseq=True)),
        partial(content, section),
    )
    prose(html, key=f"method_{section}", on_pick=turn)
