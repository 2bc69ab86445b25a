"""How to read each page, in three short points: all such texts stand here."""

from collections.abc import Mapping

Point = tuple[str, str]  # what is seen, what it means

GUIDE: Mapping[str, tuple[Point, ...]] = {
    "overview": (
        ("Each cell", "counts transfers on record, never amounts: one can be two cars or a million shells."),
        ("The fill", "is the best evidence: dashed a claim, tinted an assessment, full imagery or a find."),
        ("Anything underlined", "opens its record with every claim, denial and source."),
    ),
    "map": (
        ("A thin curve", "joins two capitals, no real course; its width is the number of transfers."),
        ("An edged line", "is a route that sources name. Colour is the family, dashes weaker evidence."),
        ("A hollow diamond", "says that someone denies or doubts it. Click any line, mark or country."),
    ),
    "timeline": (
        ("A dot", "is an event on its day, a bar some days or a month; larger is more significant."),
        ("Tinted", "is the time at the centre; the words below the chart say from when to when."),
        ("Drag", "across the chart to zoom in, double-click to come back; the table below holds the same."),
    ),
    "known": (
        ("The bands", "count what was public on each day, the best evidence darkest and lowest."),
        ("A triangle", "is a day on which much became known. Click it, or any day, to turn everything back."),
        ("Below", "two days stand side by side: what was added, better shown, denied or revised since."),
    ),
    "exchange": (
        ("A square", "is one transfer on record; its fill is the best evidence, a diamond is contested."),
        ("Left and right", "are the two directions between the same two countries."),
        ("The ladder", "below says how long it took from first claim to assessment, imagery and find."),
    ),
    "figures": (
        ("×23", "means that the highest published figure is 23 times the lowest, like compared with like."),
        ("A mark", "is one published figure at its date; an arrow is “more than” or “up to”."),
        ("Nothing is added", "up or averaged; a capacity is not a count, a running total grows with time."),
    ),
    "quotes": (
        ("Only words", "that a source gives are here; translations and second-hand wordings say so."),
        ("The stance", "is the speaker’s own at that moment, as the editors read it."),
        ("A forecast", "carries the criterion by which it is judged, and what came of it."),
    ),
    "records": (
        ("White columns", "are stored as sources gave them; grey ones are computed from the assertions."),
        ("The code", "such as B2 grades the best source (A–F) and the information (1–6)."),
        ("A number", "under “Named in” leads to the rows that name this one."),
    ),
    "method": (
        ("Bars up", "are claims by month of publication, bars down denials, doubts and refusals to answer."),
        ("An origin", "is who knew it first-hand; ten papers that repeat one briefing are one origin."),
        ("The sections", "hold the rules in full, what was looked for and not found, and every correction."),
    ),
}  # fmt: skip
