"""Forecasts: what was foretold, by which criterion it is judged, and what had come of it by a day.

Turned back, a forecast is open until everything that its outcome rests on was public, and one that did
not come about is open until its time was over. What nothing could settle is so from the first day on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import pandas as pd

from tumen import dates, wording
from tumen.desk import Desk, Row
from tumen.records import Records
from tumen.speech import N_, _
from tumen.story import story
from tumen.told import Refer, Told, listed, nowhere

OPEN, LATE, VOID = "open", "not-by-2024-end", "not-checkable"
JUDGED = ("happened", "partly", LATE, "contradicted")
OUTCOMES = (*JUDGED, OPEN, VOID)  # the order in which they are told
OPEN_THEN = N_("Its time was not over, or what it is judged by was not public yet.")
LEAST = 3  # judged forecasts that a scorecard needs
PER_PAGE = 60
MOST_SQUARES = 40  # of one outcome in the picture; beyond, they are only counted
GROUPINGS: Mapping[str, tuple[str, str]] = {  # how forecasts are grouped → column, table of its codes
    "kind": ("kind", "speaker_kinds"),
    "stance": ("stance", "quote_stances"),
    "speaker": ("speaker_id", "speakers"),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """A group of forecasts, such as those of experts, and how many of them came to each outcome."""

    code: str
    label: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them, judged or not."""
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """Those whose criterion has been met or missed."""
        return sum(self.counts[code] for code in JUDGED)


def told(desk: Desk, quote: Row) -> bool:
    """Whether something is recorded of what came of the words, and was public by the day of the desk."""
    if not (quote["outcome"] or quote["outcome_status"]):
        return False
    published = [desk.cell("sources", source, "published") for source in quote["outcome_sources"]]
    return desk.as_of is None or (bool(published) and all(map(desk.published, published)))


def verdict(desk: Desk, quote: Row) -> str:
    """How a forecast (or another quote with an outcome) stood on the day of the desk."""
    status = str(quote["outcome_status"])
    if desk.as_of is None or status == VOID:
        return status
    early = status == LATE and desk.as_of < deadline(desk.records, quote["due"])
    return OPEN if early or not told(desk, quote) else status


def deadline(records: Records, due: str) -> date:
    """The last day on which a forecast can still come about in time: its own, or the span's."""
    return dates.known_from(due) if due else story(records).span[1]


def verdicts(records: Records, as_of: date | None) -> pd.DataFrame:
    """The kind of speaker and the verdict on a day of every forecast."""
    return records.once(("forecasts", as_of), lambda: _verdicts(Desk(records, as_of)))


def _verdicts(desk: Desk) -> pd.DataFrame:
    quotes = desk.records["quotes"]
    own = quotes[quotes["forecast"]]
    return pd.DataFrame(
        {
            "kind": own["speaker_id"].map(desk.records["speakers"]["kind"]),
            "verdict": [verdict(desk, row) for row in desk.rows("quotes", own.index)],
        },
        own.index,
        dtype=object,
    )


def among(records: Records, quotes: pd.DataFrame, as_of: date | None) -> pd.DataFrame:
    """The forecasts among some quotes with kind of speaker and verdict, by outcome, the oldest first."""
    every = verdicts(records, as_of)
    own = every[every.index.isin(quotes.index)]
    order = own["verdict"].map(OUTCOMES.index).rename("order")
    own = quotes.loc[own.index].join([own, order])
    return own.sort_values(["order", "known", "id"]).drop(columns="order")


def counts(found: pd.DataFrame) -> dict[str, int]:
    """How many came to each outcome; those that none came to are counted too."""
    return {code: int(found["verdict"].eq(code).sum()) for code in OUTCOMES}


def headline(desk: Desk, found: pd.DataFrame, refer: Refer = nowhere) -> Told:
    """The finding: '32 forecasts: 12 borne out, 7 partly, 4 contradicted, 2 cannot be checked'.

    `refer` says where the forecasts of an outcome are listed.
    """
    parts = [
        Told((str(n), refer(outcome=code)), f" {outcome_words(desk, code)}")
        for code, n in counts(found).items()
        if n
    ]
    if not parts:
        return Told(_("No forecasts"))
    return Told.of(
        _("{forecasts}: {list}"),
        forecasts=(wording.plural(len(found), "forecast"), refer(outcome="")),
        list=listed(parts),
    )


def outcome_words(desk: Desk, code: str) -> str:
    """'borne out', or 'open on 1 November 2023' on a turned-back day."""
    label = desk.label("outcome_statuses", code).lower()
    return (
        _("{label} on {day}").format(label=label, day=dates.day_words(desk.as_of))
        if code == OPEN and desk.as_of
        else label
    )


# --- the picture and the tallies -----------------------------------------------------------------


def picture(desk: Desk, found: pd.DataFrame) -> list[Row]:
    """Each outcome with its count and its forecasts, one square each."""
    own = {str(code): list(rows.index) for code, rows in found.groupby("verdict")}
    return [
        {
            **_named(desk, code),
            "count": len(own.get(code, ())),
            "squares": squares(desk, own.get(code, ())[:MOST_SQUARES]),
        }
        for code in OUTCOMES
    ]


def _named(desk: Desk, code: str) -> Row:
    """An outcome with its words."""
    turned = code == OPEN and desk.as_of
    words = outcome_words(desk, code)
    return {
        "code": code,
        "label": words[:1].upper() + words[1:],
        "meaning": _(OPEN_THEN) if turned else desk.meaning("outcome_statuses", code),
    }


def squares(desk: Desk, ids: Iterable[str]) -> list[Row]:
    """What a square of the picture says: whose forecast, and what it foretells."""
    return [
        {"id": row["id"], "words": f"{desk.label('speakers', row['speaker_id'])}: {row['foretold']}"}
        for row in desk.rows("quotes", ids)
    ]


def tallies(desk: Desk, found: pd.DataFrame, by: str) -> list[Tally]:
    """The forecasts grouped by kind of speaker, stance or speaker, the largest group first."""
    column, table = GROUPINGS[by]
    groups = found.groupby(column)
    made = [Tally(str(code), desk.label(table, code), counts(rows)) for code, rows in groups]
    return sorted(made, key=lambda tally: (-tally.total, tally.label))


def scorecards(desk: Desk, found: pd.DataFrame) -> list[Tally]:
    """Every speaker with enough judged forecasts, the one with most first; fewer say nothing."""
    judged = judged_by(found)
    enough = found[found["speaker_id"].isin(judged.index[judged >= LEAST])]
    return tallies(desk, enough, "speaker")


def judged_by(found: pd.DataFrame) -> pd.Series:
    """Speaker → how many judged forecasts."""
    return found.loc[found["verdict"].isin(JUDGED), "speaker_id"].value_counts()


def report(desk: Desk, found: pd.DataFrame, listed_ones: pd.DataFrame) -> Row:
    """All that the Quotes page says of forecasts; only some of them may be listed."""
    judged = judged_by(found)
    return {
        "picture": picture(desk, found),
        "tallies": {by: tallies(desk, found, by) for by in ("kind", "stance")},
        "scorecards": scorecards(desk, found),
        "least": LEAST,
        "most_judged": int(judged.max()) if len(judged) else 0,
        "groups": groups(desk, listed_ones, counts(found)),
    }


# --- the list ------------------------------------------------------------------------------------


def groups(desk: Desk, found: pd.DataFrame, every: Mapping[str, int]) -> list[Row]:
    """Forecasts grouped by outcome; `every` counts those that another page lists too."""
    rows = [entry(desk, row) for row in desk.rows("quotes", found.index)]
    return [
        {
            **_named(desk, code),
            "count": every[code],
            "entries": list(own),
        }
        for code, own in groupby(rows, key=lambda row: row["verdict"])
    ]


def entry(desk: Desk, quote: Row) -> Row:
    """A forecast as list and card show it: what is added to the columns of the quote."""
    shown = told(desk, quote)
    return {
        **quote,
        "speaker": desk.label("speakers", quote["speaker_id"]),
        "verdict": verdict(desk, quote),
        "told": shown,
        "sources": desk.rows("sources", quote["outcome_sources"]) if shown else [],
    }
