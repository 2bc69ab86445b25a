"""The view: which records are looked at, as of which day; and its two other forms, address and sentence.

One `View` serves every page, download and command. It is made from an address (`from_query`), which
never fails: what cannot be understood is left out and said in a note.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from itertools import islice
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from tumen import dates, derive, law, speech, wording
from tumen.query import Query, Reader, spellings
from tumen.records import CLAIMS, DENIALS, Records
from tumen.references import Pairs, pairs
from tumen.running import Numbers, flagged, running
from tumen.speech import N_, Texts, _
from tumen.told import Told

ROLES = Texts(
    {
        "subject": N_("sends or receives"),
        "origin": N_("sends"),
        "destination": N_("receives"),
        "between": N_("sends and receives among themselves"),
        "claimant": N_("says so"),
        "denier": N_("denies or doubts it"),
    }
)
PLURAL = Texts(
    {
        "subject": N_("send or receive"),
        "origin": N_("send"),
        "destination": N_("receive"),
        "claimant": N_("say so"),
        "denier": N_("deny or doubt it"),
    }
)
CONTESTED = Texts(
    {
        "": N_("all"),
        "yes": N_("contested"),
        "no": N_("not contested"),
        "sender": N_("denied by the sender"),
        "receiver": N_("denied by the receiver"),
        "silent": N_("asked about and left unanswered, but not denied"),
        "lapsed": N_("denied, and later claimed by the denier"),
    }
)
WINDOW = (date(2023, 9, 13), date(2024, 6, 19))  # the Kim–Putin meeting to the treaty


@dataclass(frozen=True)
class View:
    """A filter over all records. Empty means no restriction; `as_of` None means all that is known."""

    country: tuple[str, ...] = ()
    role: str = "subject"
    weapon_type: tuple[str, ...] = ()  # families and single types
    start: date | None = None
    end: date | None = None
    evidence: int = 0
    contested: str = ""
    as_of: date | None = None
    law: tuple[str, ...] = ()  # laws, and kinds of law

    @property
    def is_default(self) -> bool:
        """Nothing is filtered and nothing turned back."""
        return replace(self, role="subject") == View()

    @property
    def active(self) -> int:
        """How many of the filters are set."""
        return sum(getattr(self, f.name) not in ((), "", None, 0) for f in fields(self) if f.name != "role")


PARAMETERS = {  # field of View → name in the address
    "country": "country",
    "role": "role",
    "weapon_type": "weapon_type",
    "start": "from",
    "end": "to",
    "evidence": "evidence",
    "contested": "contested",
    "law": "law",
    "as_of": "as_of",
}


def to_query(view: View) -> dict[str, list[str]]:
    """The address of a view: parameter → values, with what is at its default left out."""
    query: dict[str, list[str]] = {}
    for name, parameter in PARAMETERS.items():
        value, default = getattr(view, name), getattr(View(), name)
        if value == default or (name == "role" and not view.country):
            continue
        query[parameter] = list(value) if isinstance(value, tuple) else [str(value)]
    return query


def from_query(query: Query, records: Records) -> tuple[View, list[str]]:
    """The view that an address means, and a note for each part that was ignored."""
    reader = Reader(query)
    return read(reader, records), reader.few_notes()


def read(reader: Reader, records: Records) -> View:
    """The view that a reader finds in its query; what it cannot understand it notes in its own way."""
    countries = spellings(records.labels("countries"), dict(records["countries"]["name"]))
    types = spellings(records.labels("families"), records.labels("weapon_types"))
    steps = {str(step): str(step) for step in range(6)}
    view = View(
        country=reader.codes("country", countries),
        role=reader.code("role", spellings(ROLES.english), "subject"),
        weapon_type=reader.codes("weapon_type", types),
        start=reader.day("from"),
        end=reader.day("to", end=True),
        evidence=int(reader.code("evidence", steps, "0")),
        contested=reader.code("contested", spellings(CONTESTED.english), ""),
        law=reader.codes("law", spellings(law.options(records), records.labels("laws"))),
        as_of=reader.day("as_of", end=True),
    )
    if view.start and view.end and view.start > view.end:
        reader.notes.append(
            _("The period from {start} to {end} ends before it begins; it was ignored.").format(
                start=view.start, end=view.end
            )
        )
        view = replace(view, start=None, end=None)
    return view


EVERYTHING = View()
MOST_IDS = 200  # ids that an address may name one by one


def page_ref(view: View, page: str, **local: str) -> str:
    """What a number leads to: a page in a view, with parameters of its own; 'page:timeline?country=PRK'."""
    own = {name: [value] for name, value in local.items() if value}
    query = urlencode({**to_query(view), **own}, doseq=True)
    return f"page:{page}{'?' if query else ''}{query}"


def rows_ref(view: View, table: str, q: str = "", sort: str = "", ids: Iterable[str] = ()) -> str:
    """What a count rests on: the rows of a table in a view, as a search finds them, or of some ids.

    Ids are for sets that no search describes. Of very many the address names none, and all rows are listed.
    """
    named = list(islice(ids, MOST_IDS + 1))
    if named and len(named) <= MOST_IDS:
        q = f"id={'|'.join(named)} {q}".strip()
    return page_ref(view, "records", table=table, q=q, sort=sort)


# --- selection -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Selection:
    """What a view leaves: ids of transfers, events and quotes, and the state of each transfer.

    `states` has one row per transfer id (see derive.states), `among` says which of all on record by the
    day of the view they are, and `numbers` which of all (see Running); `reported` counts all on record;
    `places` says where the transfers, events and quotes stand in their table.
    """

    view: View
    states: pd.DataFrame
    among: Numbers
    numbers: Numbers
    reported: int
    places: Mapping[str, Numbers]
    records: Records = field(repr=False)

    @cached_property
    def transfers(self) -> list[str]:
        """Ids of the transfers in view, sorted."""
        return list(self.states.index)

    @property
    def assertions(self) -> Numbers:
        """The places of the assertions public by the day of the view on the transfers in view."""
        return self.records.once(("assertions", self.view), self._assertions)

    def _assertions(self) -> Numbers:
        flags = flagged(self.numbers, len(running(self.records).transfers))
        return derive.places(self.records, self.view.as_of, flags)

    @property
    def events(self) -> pd.DataFrame:
        """The rows of the events in view, taken anew each time; `columns` takes fewer of very many."""
        return self.records["events"].iloc[self.places["events"]]

    @property
    def quotes(self) -> pd.DataFrame:
        """The rows of the quotes in view, likewise."""
        return self.records["quotes"].iloc[self.places["quotes"]]

    def columns(self, table: str, *names: str) -> pd.DataFrame:
        """Some columns alone of the transfers, events or quotes in view."""
        return self.records[table][[*names]].iloc[self.places[table]]


def select(records: Records, view: View) -> Selection:
    """Apply a view to the records: the same set of transfers for every page."""
    return records.once(("select", view), lambda: _select(records, view))


def _select(records: Records, view: View) -> Selection:
    state = derive.states(records, view.as_of)
    rows = records.once(("reported", view.as_of), lambda: _reported(records, view.as_of))
    fits = _by_type(rows, records, view) & _by_country(rows, records, view)
    fits &= state["evidence"].ge(view.evidence)
    fits &= _by_dispute(state, view)
    if view.law:
        fits &= rows.index.isin(law.transfers_under(records, view.law))
    among = np.flatnonzero(fits & _by_period(records, state, view))
    numbers = rows["number"].to_numpy()
    places = {name: _bearing(records, name, view, numbers, fits.to_numpy()) for name in ("events", "quotes")}
    places["transfers"] = rows["place"].to_numpy()[among]
    return Selection(view, state.iloc[among], among, numbers[among], len(state), places, records)


def _reported(records: Records, as_of: date | None) -> pd.DataFrame:
    """What is filtered by of the transfers on record: ends and type, and the number and place of each."""
    rows = records["transfers"][["weapon_type", "origin", "destination"]]
    number = derive.numbers(records, as_of)
    place = running(records).rows[number]
    return rows.iloc[place].assign(number=number, place=place)


def types_of(records: Records, view: View) -> frozenset[str]:
    """The single weapon types that the view's families and types stand for."""
    return frozenset(
        t for t, family in records.family_of.items() if t in view.weapon_type or family in view.weapon_type
    )


def _by_dispute(state: pd.DataFrame, view: View) -> pd.Series:
    by_code = {
        "": _all(state),
        "yes": state["contested"],
        "no": ~state["contested"],
        "sender": state["denied_by_sender"],
        "receiver": state["denied_by_receiver"],
        "silent": state["silences"].gt(0) & ~state["contested"],
        "lapsed": state["lapsed"],
    }
    return by_code[view.contested]


def _by_type(rows: pd.DataFrame, records: Records, view: View) -> pd.Series:
    if not view.weapon_type:
        return _all(rows)
    return rows["weapon_type"].isin(types_of(records, view))


def _by_country(rows: pd.DataFrame, records: Records, view: View) -> pd.Series:
    if not view.country:
        return _all(rows)
    sends, receives = rows["origin"].isin(view.country), rows["destination"].isin(view.country)
    if view.role in ("claimant", "denier"):
        told = _told_by(records, view)
        return pd.Series(rows.index.isin(told), index=rows.index, dtype=bool)
    by_role = {
        "subject": sends | receives,
        "origin": sends,
        "destination": receives,
        "between": sends & receives,
    }
    return by_role[view.role]


def _told_by(records: Records, view: View) -> frozenset[str]:
    """Transfers that the chosen countries assert (or deny) by the day of the view."""
    assertions = derive.known(records, view.as_of)
    stances = CLAIMS if view.role == "claimant" else DENIALS
    told = assertions[assertions["by_country"].isin(view.country) & assertions["stance"].isin(stances)]
    return frozenset(told["transfer"])


def _by_period(records: Records, state: pd.DataFrame, view: View) -> pd.Series:
    if not (view.start or view.end):
        return _all(state)
    return _in_period(records.once(("active", view.as_of), lambda: derive.active(records, state)), view)


def _bearing(records: Records, table: str, view: View, numbers: Numbers, fits: Numbers) -> Numbers:
    """The places of the events or quotes in view."""
    frame = records[table]
    kept = _dated(frame, view) & _in_period(frame, view)
    kept &= _bears(records, table, numbers, fits, view)
    return np.flatnonzero(kept)


def _by_itself(records: Records, table: str, view: View) -> pd.Series:
    """Which rows the filters leave by their own data: a quote names no weapon type."""
    concerned = _concerns(records, table, view)
    if "weapon_types" in records[table]:
        return concerned & _of_types(records, table, view)
    return concerned & (not view.weapon_type)


def _bears(records: Records, table: str, numbers: Numbers, fits: Numbers, view: View) -> Numbers:
    """What bears on a transfer that fits; what bears on none reported yet is judged by its own data.

    `fits` holds for each reported transfer whether it passes all filters but the period: an event or a quote
    has a date of its own. Evidence, dispute and claimants are properties of transfers, so under those
    filters only what bears on a transfer stays.
    """
    about = records.once(("about", table), lambda: _about(records, table))
    linked = about.naming(flagged(numbers[fits], about.names))
    if view.evidence or view.contested or view.law or (view.country and view.role in ("claimant", "denier")):
        return linked
    free = ~about.naming(flagged(numbers, about.names))
    found: Numbers = linked | (_by_itself(records, table, view).to_numpy() & free)
    return found


def _about(records: Records, table: str) -> Pairs:
    """The transfers, by their numbers, that the rows of a table name."""
    return pairs(records[table]["about_transfers"], running(records).transfers)


def _where(records: Records, table: str, column: str, test: Callable[[tuple[str, ...]], bool]) -> pd.Series:
    """Where a test of a column of lists holds; few differ among very many, and each is tested once."""
    lists = records[table][column]
    place, different = records.once(("lists", table, column), lambda: pd.factorize(lists))
    holds = np.fromiter(map(test, different), bool, len(different))
    return pd.Series(holds[place], index=lists.index, dtype=bool)


def _all(frame: pd.DataFrame | pd.Series) -> pd.Series:
    return pd.Series(True, index=frame.index, dtype=bool)


def _dated(frame: pd.DataFrame, view: View) -> pd.Series:
    if view.as_of is None:
        return _all(frame)
    return frame["known"] <= pd.Timestamp(view.as_of)


def _in_period(frame: pd.DataFrame, view: View) -> pd.Series:
    """What may lie in the period, by the first and the last day that each row can mean."""
    if not (view.start or view.end):
        return _all(frame)
    first, last = view.start or dates.FIRST_DAY, view.end or dates.LAST_DAY
    return (frame["first"] <= last) & (frame["last"] >= first)


def _concerns(records: Records, table: str, view: View) -> pd.Series:
    wanted = frozenset(view.country)
    if not wanted:
        return _all(records[table])
    least = min(2, len(wanted)) if view.role == "between" else 1
    return _where(records, table, "countries", lambda own: len(wanted.intersection(own)) >= least)


def _of_types(records: Records, table: str, view: View) -> pd.Series:
    if not view.weapon_type:
        return _all(records[table])
    wanted = types_of(records, view)
    return _where(records, table, "weapon_types", lambda own: not wanted.isdisjoint(own))


# --- words ---------------------------------------------------------------------------------------


def describe(view: View, records: Records) -> str:
    """The view in words, without a count: 'North Korea sends; artillery ammunition; as known on …'."""
    parts = [*_country_words(view, records), *_type_words(view, records), *_period_words(view)]
    if view.evidence:
        parts.append(_("evidence {evidence} or better").format(evidence=view.evidence))
    if view.contested:
        parts.append(CONTESTED[view.contested])
    if view.law:
        parts.append(
            _("would breach {list}").format(
                list=listed((law.label(records, code) for code in view.law), "or")
            )
        )
    if view.as_of:
        parts.append(_("as known on {day}").format(day=dates.day_words(view.as_of)))
    return "; ".join(parts)


def _country_words(view: View, records: Records) -> list[str]:
    if not view.country:
        return []
    names = listed(records.label("countries", c) for c in view.country)
    if view.role == "between":
        return [
            _("between {names}").format(names=names)
            if len(view.country) > 1
            else _("{names} at both ends").format(names=names)
        ]
    return [f"{names} {(ROLES if len(view.country) == 1 else PLURAL)[view.role]}"]


def _type_words(view: View, records: Records) -> list[str]:
    if not view.weapon_type:
        return []
    labels = {**records.labels("families"), **records.labels("weapon_types")}
    return [listed((labels[t] for t in view.weapon_type), "or").lower().replace("kn-", "KN-")]


def _period_words(view: View) -> list[str]:
    if view.start and view.end:
        return [_("{day} to {day2}").format(day=dates.day_words(view.start), day2=dates.day_words(view.end))]
    if view.start:
        return [_("from {day}").format(day=dates.day_words(view.start))]
    return [_("until {day}").format(day=dates.day_words(view.end))] if view.end else []


def sentence(selection: Selection, records: Records) -> Told:
    """The view in one sentence with its count: '12 of 129 transfers: North Korea sends; … .'."""
    view, words = selection.view, describe(selection.view, records)
    left = (f"{len(selection.states):,}", rows_ref(view, "transfers"))
    if view == View(as_of=view.as_of):
        events, quotes = (
            (wording.plural(len(selection.places[table]), noun), rows_ref(view, table))
            for table, noun in (("events", "event"), ("quotes", "quote"))
        )
        on = _("known on {day}").format(day=dates.day_words(view.as_of)) if view.as_of else _("on record")
        return Told.of(
            _("All {left} transfers {on}, {events} and {quotes}."),
            left=left,
            on=on,
            events=events,
            quotes=quotes,
        )
    all_of_them = (f"{selection.reported:,}", rows_ref(View(as_of=view.as_of), "transfers"))
    return Told.of(
        _("{left} of {all_of_them} transfers: {words}."), left=left, all_of_them=all_of_them, words=words
    )


def listed(items: Iterable[str], last: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    *most, final = list(items) or [""]
    return speech.last_of(last).format(most=", ".join(most), last=final) if most else final


def ways_out(records: Records, view: View) -> list[tuple[str, View, int]]:
    """For an empty result: each filter that could be let go, the view then, and how many that leaves.

    Where no single filter is to blame, letting all of them go is the way out.
    """
    names = {
        "as_of": _("Show all that is known today"),
        "evidence": _("Accept any evidence"),
        "contested": _("Contested or not"),
        "law": _("Under any law or none"),
        "start": _("Any period"),
        "weapon_type": _("Any weapon type"),
        "country": _("Any country"),
        "role": _("What these countries assert"),
    }
    found = []
    for name, words in names.items():
        wider = _without(view, name)
        left = len(select(records, wider).states) if wider != view else 0
        if left:
            found.append((words, wider, left))
    left = len(select(records, View()).states)
    return found or ([(_("Show everything"), View(), left)] if left and not view.is_default else [])


def _without(view: View, name: str) -> View:
    if name == "start":
        return replace(view, start=None, end=None)
    if name == "role":
        other = "claimant" if view.role == "subject" else "subject"
        return replace(view, role=other) if view.country else view
    return replace(view, **{name: getattr(View(), name)})
