"""How to read each page, in three short points: all such texts stand here."""

from collections.abc import Mapping

from tumen.speech import N_

Point = tuple[str, str]  # what is seen, what it means

GUIDE: Mapping[str, tuple[Point, ...]] = {
    "overview": (
        (
            N_("Each cell"),
            N_("counts transfers on record, never amounts: one can be two cars or a million shells."),
        ),
        (
            N_("The fill"),
            N_("is the best evidence: dashed a claim, tinted an assessment, full imagery or a find."),
        ),
        (N_("Anything underlined"), N_("opens its record with every claim, denial and source.")),
    ),
    "map": (
        (N_("A thin curve"), N_("joins two capitals, no real course; its width is the number of transfers.")),
        (
            N_("An edged line"),
            N_("is a route that sources name. Colour is the family, dashes weaker evidence."),
        ),
        (
            N_("A hollow diamond"),
            N_("says that someone denies or doubts it. Click any line, mark or country."),
        ),
    ),
    "timeline": (
        (N_("A dot"), N_("is an event on its day, a bar some days or a month; larger is more significant.")),
        (N_("Tinted"), N_("is the time at the centre; the words below the chart say from when to when.")),
        (
            N_("Drag"),
            N_("across the chart to zoom in, double-click to come back; the table below holds the same."),
        ),
    ),
    "known": (
        (N_("The bands"), N_("count what was public on each day, the best evidence darkest and lowest.")),
        (
            N_("A triangle"),
            N_("is a day on which much became known. Click it, or any day, to turn everything back."),
        ),
        (
            N_("Below"),
            N_("two days stand side by side: what was added, better shown, denied or revised since."),
        ),
    ),
    "exchange": (
        (
            N_("A square"),
            N_("is one transfer on record; its fill is the best evidence, a diamond is contested."),
        ),
        (N_("Left and right"), N_("are the two directions between the same two countries.")),
        (
            N_("The ladder"),
            N_("below says how long it took from first claim to assessment, imagery and find."),
        ),
    ),
    "figures": (
        (
            N_("×23"),
            N_("means that the highest published figure is 23 times the lowest, like compared with like."),
        ),
        (N_("A mark"), N_("is one published figure at its date; an arrow is “more than” or “up to”.")),
        (
            N_("Nothing is added"),
            N_("up or averaged; a capacity is not a count, a running total grows with time."),
        ),
    ),
    "quotes": (
        (N_("Only words"), N_("that a source gives are here; translations and second-hand wordings say so.")),
        (N_("The stance"), N_("is the speaker’s own at that moment, as the editors read it.")),
        (N_("A forecast"), N_("carries the criterion by which it is judged, and what came of it.")),
    ),
    "records": (
        (
            N_("White columns"),
            N_("are stored as sources gave them; grey ones are computed from the assertions."),
        ),
        (N_("The code"), N_("such as B2 grades the best source (A–F) and the information (1–6).")),
        (N_("A number"), N_("under “Named in” leads to the rows that name this one.")),
    ),
    "method": (
        (
            N_("Bars up"),
            N_("are claims by month of publication, bars down denials, doubts and refusals to answer."),
        ),
        (
            N_("An origin"),
            N_("is who knew it first-hand; ten papers that repeat one briefing are one origin."),
        ),
        (
            N_("The sections"),
            N_("hold the rules in full, what was looked for and not found, and every correction."),
        ),
    ),
}
