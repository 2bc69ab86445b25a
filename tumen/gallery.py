"""The quote gallery: which quotes are wanted, what they add up to, and how each is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from tumen import forecasts, search, wording
from tumen.desk import Desk, Row
from tumen.query import Query, Reader, ignored, spellings
from tumen.records import Records
from tumen.references import naming
from tumen.search import folded
from tumen.speech import N_, Texts, _
from tumen.templates import in_reading_order
from tumen.told import Refer, Told, listed, nowhere
from tumen.view import EVERYTHING, Selection, View, rows_ref

PER_PAGE = 24
MOST_STANCES = 3  # named in the title, the most frequent first
ORDERS = Texts({"newest": N_("Newest first"), "oldest": N_("Oldest first")})
CHOICES = ("speaker", "speaker_country", "stance", "topic", "kind", "outcome")  # values out of a vocabulary
COLUMNS: Mapping[str, str] = {  # choice → column, where they differ
    "speaker": "speaker_id",
    "speaker_country": "country",
    "topic": "topics",
    "outcome": "verdict",
}
SEARCHED = ("text", "context", "role_at_time", "affiliation")
FORECASTS: Mapping[str, str] = {"yes": "Forecasts"}


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for among the quotes in view; empty means anything."""

    q: str = ""
    speaker: str = ""
    speaker_country: str = ""
    stance: str = ""
    topic: str = ""
    kind: str = ""
    outcome: str = ""
    forecast: str = ""
    sort: str = "newest"

    @property
    def is_default(self) -> bool:
        """Nothing is looked for; the order and the choice of forecasts do not matter."""
        return not (self.q.strip() or any(getattr(self, name) for name in CHOICES))


def vocabulary(records: Records) -> dict[str, Mapping[str, str]]:
    """The values that each parameter may have, with their words."""
    return {
        "speaker": records.labels("speakers"),
        "speaker_country": records.labels("countries"),
        "stance": records.labels("quote_stances"),
        "topic": records.labels("topics"),
        "kind": records.labels("speaker_kinds"),
        "outcome": records.labels("outcome_statuses"),
        "forecast": FORECASTS,
        "sort": ORDERS.english,
    }


def from_query(query: Query, records: Records) -> tuple[Wanted, list[str]]:
    """What an address asks for, and a note for each part of it that was ignored."""
    reader = Reader(query)
    found = {
        name: reader.code(name, spellings(labels), getattr(Wanted, name))
        for name, labels in vocabulary(records).items()
    }
    if found["kind"] or found["outcome"]:  # only forecasts have them
        found["forecast"] = "yes"
    return Wanted(q=reader.words("q"), **found), reader.few_notes()


def page_of(text: str, pages: int) -> tuple[int, str]:
    """The page that an address names, and a note if it is not one of them."""
    if not text:
        return 1, ""
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= pages:
        return int(text[:6]), ""
    return 1, ignored("page", text, _("is not a page from 1 to {pages}").format(pages=pages))


def among(selection: Selection) -> pd.DataFrame:
    """The quotes in view with all that is looked for, ordered and counted by; their texts only when shown."""
    return selection.columns("quotes", "id", "known", "speaker_id", "country", "stance", "topics")


def find(records: Records, quotes: pd.DataFrame, wanted: Wanted, as_of: date | None = None) -> pd.DataFrame:
    """The quotes that are wanted, in the order wanted; the outcome is that of the day."""
    keep = _by_choice(quotes, wanted) & _by_words(records, quotes, wanted.q)
    if wanted.forecast:
        keep &= quotes.index.isin(_by_outcome(forecasts.verdicts(records, as_of), wanted))
    return quotes[keep].sort_values(["known", "id"], ascending=wanted.sort == "oldest")


def _by_choice(quotes: pd.DataFrame, wanted: Wanted) -> pd.Series:
    keep = pd.Series(True, index=quotes.index)
    for name in ("speaker", "speaker_country", "stance"):
        if value := getattr(wanted, name):
            keep &= quotes[COLUMNS.get(name, name)].eq(value)
    return keep & quotes["topics"].map(lambda topics: wanted.topic in topics) if wanted.topic else keep


def _by_outcome(found: pd.DataFrame, wanted: Wanted) -> pd.Index:
    """The forecasts that one kind of speaker made, or that came to one outcome."""
    for name in ("kind", "outcome"):
        if value := getattr(wanted, name):
            found = found[found[COLUMNS.get(name, name)].eq(value)]
    return found.index


def _by_words(records: Records, quotes: pd.DataFrame, text: str) -> pd.Series:
    """Every word must occur in quote, context or speaker's name; case and accents do not matter."""
    every, speakers = records["quotes"], records["speakers"]
    said_by = naming(records, "quotes", "speaker_id", "speakers")
    held = np.ones(len(every), dtype=bool)
    for word in search.words(text):
        found = said_by.naming(search.holding(speakers["name"], word))
        held &= np.logical_or.reduce([found, *(search.holding(every[name], word) for name in SEARCHED)])
    return pd.Series(held[every.index.get_indexer(quotes.index)], index=quotes.index)


def headline(records: Records, quotes: pd.DataFrame, view: View = EVERYTHING, refer: Refer = nowhere) -> Told:
    """The finding: '150 quotes by 88 speakers: 79 alarmed, 21 supportive, 14 denying'.

    `refer` says where the quotes of one stance are listed.
    """
    words = {stance: label.lower() for stance, label in records.labels("quote_stances").items()}
    counts = quotes["stance"].value_counts().head(MOST_STANCES)
    stances = [
        Told((str(n), refer(stance=str(stance))), f" {words[str(stance)]}") for stance, n in counts.items()
    ]
    speakers = quotes["speaker_id"].unique()
    by = (wording.plural(len(speakers), "speaker"), rows_ref(view, "speakers", ids=speakers))
    all_of_them = (wording.plural(len(quotes), "quote"), refer())
    return Told.of(_("{all_of_them} by {by}: {list}"), all_of_them=all_of_them, by=by, list=listed(stances))


def options(records: Records, quotes: pd.DataFrame, name: str, chosen: str = "") -> dict[str, str]:
    """The values of a choice that occur in these quotes, with how often: code → 'Alarmed (79)'.

    The chosen one is always among them, or its widget could not show it.
    """
    counts = quotes[COLUMNS.get(name, name)].explode().value_counts()
    labels = vocabulary(records)[name]
    codes = {str(code): int(count) for code, count in counts.items()}
    if chosen:
        codes.setdefault(chosen, 0)
    ordered = codes if name == "stance" else sorted(codes, key=lambda code: folded(labels[code]))
    return {code: f"{labels[code]} ({codes[code]})" for code in ordered}


def tiles(desk: Desk, quotes: pd.DataFrame, text: str = "") -> list[Row]:
    """The quotes as their cards in the grid show them, with the words searched for marked."""
    words = search.words(text)
    return [_tile(desk, row, words) for row in desk.rows("quotes", quotes.index)]


def _tile(desk: Desk, row: Row, words: list[str]) -> Row:
    return {
        **row,
        "speaker": desk.label("speakers", row["speaker_id"]),
        "marked": marked(row["text"], words),
        "told": forecasts.told(desk, row),
        "verdict": forecasts.verdict(desk, row),
        "events": desk.rows("events", desk.public("events", row["about_events"])),
        "transfers": desk.rows("transfers", desk.public("transfers", row["about_transfers"])),
    }


def marked(text: str, words: Iterable[str]) -> Markup:
    """The text, escaped, with each occurrence of the (folded) words in <mark>."""
    text = in_reading_order(text)
    hit = [False] * len(text)
    plain, origin = _aligned(text)
    for word in words:
        at = plain.find(word)
        while at >= 0:
            for i in range(at, at + len(word)):
                hit[origin[i]] = True
            at = plain.find(word, at + 1)
    return _with_marks(text, hit)


def _aligned(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its signs the place it came from."""
    pairs = [(sign, place) for place, own in enumerate(text) for sign in folded(own)]
    return "".join(sign for sign, _ in pairs), [place for _, place in pairs]


def _with_marks(text: str, hit: list[bool]) -> Markup:
    parts: list[Markup] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or hit[place] != hit[start]:
            piece = escape(text[start:place])
            parts.append(Markup("<mark>{}</mark>").format(piece) if hit[start] else piece)
            start = place
    return Markup("").join(parts)
