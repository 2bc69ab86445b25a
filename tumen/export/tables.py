"""The tables of a view: the rows that the pages list, in their order, with what is derived of each transfer.

Turned back, a table holds nothing that was not public by that day: later rows, references to them, dates
yet to come and columns that were written with hindsight are left out, as on the pages (see `browse`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tumen import browse, derive
from tumen.descriptor import Column, ForeignKey, Table
from tumen.desk import Desk
from tumen.records import Records
from tumen.running import Numbers
from tumen.view import Selection

Tables = dict[str, pd.DataFrame]

# What other rows rest on: a package holds every row of these that any of its rows names.
SUPPORT = ("routes", "places", "sources", "speakers", "origins")
BEGUN: Mapping[str, str] = {"laws": "adopted", "founding_articles": "published"}  # codes that have a day


def _derived(name: str, title: str, type: str, description: str, table: str = "", **more: Any) -> Column:
    reference = ForeignKey(name, table, "id") if table else None
    return Column(name, title, type, f"Derived. {description}", reference=reference, **more)


_KNOWN = _derived(
    "known",
    "Known from",
    "string",
    "First day on which the row was surely public; a view turned back to an earlier day leaves it out.",
    is_date=True,
)
DERIVED: Mapping[str, tuple[Column, ...]] = {  # table → the columns that stand after the stored ones
    "transfers": (
        _derived("family", "Family", "string", "Family of the weapon type.", "families"),
        _derived(
            "first_reported", "First reported", "string", derive.RULES["first_reported"], is_date=True
        ),
        _derived(
            "last_reported", "Last reported", "string",
            "The last day on which anyone asserted or confirmed the transfer in public.", is_date=True,
        ),
        _derived("first_assertion", "First assertion", "string",
                 "The assertion that reported it first.", "assertions"),
        _derived("evidence", "Best evidence", "integer", derive.RULES["evidence"], "evidence"),
        _derived("evidence_assertion", "Assertion of the best evidence", "string",
                 "The assertion that brought the best evidence first.", "assertions"),
        _derived("evidence_date", "Best evidence since", "string",
                 "The day on which the best evidence was first public.", is_date=True),
        _derived("code", "Code", "string",
                 "Reliability and credibility together, NATO's two-character code (AJP-2.1)."),
        _derived("reliability", "Reliability", "string", derive.RULES["reliability"], "reliability"),
        _derived("credibility", "Credibility", "integer", derive.RULES["credibility"], "credibility"),
        _derived("contested", "Contested", "boolean", derive.RULES["contested"]),
        _derived("denied_by_sender", "Denied by the sender", "boolean", "The sending country denies it."),
        _derived("denied_by_receiver", "Denied by the receiver", "boolean",
                 "The receiving country denies it."),
        _derived("lapsed", "Denial lapsed", "boolean",
                 "A country that denied it claims the transfer itself on a later day."),
        _derived("claims", "Claims", "integer", "How many assertions claim the transfer."),
        _derived("denials", "Denials", "integer", "How many assertions deny or doubt it."),
        _derived("silences", "Silences", "integer", "How many times someone was asked and did not answer."),
        _derived("reaches", "Reach of the denials", "string",
                 "What the denials deny: the whole, the amount, the purpose and so on.", "reaches",
                 separator=";"),
        _derived("publications", "Publications", "integer", browse.PUBLICATIONS),
        _derived("origins", "Origins", "integer", derive.RULES["origins"]),
        _derived("claimants", "Claimants", "string",
                 "Countries that claim it, in the order in which they spoke.", "countries", separator=";"),
        _derived("deniers", "Deniers", "string",
                 "Countries that deny or doubt it, in the order in which they spoke.", "countries",
                 separator=";"),
    ),
    "assertions": (_KNOWN,),
    "events": (_KNOWN,),
    "quotes": (_KNOWN,),
}  # fmt: skip


def tables(records: Records, selection: Selection) -> Tables:
    """Every table of a view by name, each indexed by id.

    Transfers, assertions, events and quotes are exactly those that the pages list, in their order.
    Sources, speakers, origins, places and routes hold, besides what the pages list, every row that another
    row of these tables names. Codes are whole, but for laws and articles that a turned-back day does not
    know yet. Cells: text ('' for none), prefix dates as text, numbers, bools, lists as tuples.
    """
    return {table.name: one(records, selection, table.name) for table in browse.package(records).tables}


def one(records: Records, selection: Selection, name: str) -> pd.DataFrame:
    """One table of a view, see `tables`."""
    places = rows_in(records, selection)[name]
    table, frame = browse.package(records)[name], records[name].iloc[places]
    found = {c.name: _stored(records, selection, table, c, places) for c in stored(records, selection, name)}
    if name == "transfers":
        found |= _graded(records, selection, frame.index)
    elif name in DERIVED:
        found["known"] = frame["known"].dt.strftime("%Y-%m-%d")
    return pd.DataFrame(found, index=frame.index)


def columns(records: Records, selection: Selection, name: str) -> list[Column]:
    """What each column of an exported table means, in order: the stored ones, then the derived."""
    return [*stored(records, selection, name), *DERIVED.get(name, ())]


def stored(records: Records, selection: Selection, name: str) -> list[Column]:
    """The stored columns that the day of a view allows."""
    hidden = browse.HINDSIGHT.get(name, ()) if selection.view.as_of else ()
    return [column for column in browse.package(records)[name].columns if column.name not in hidden]


# --- rows ----------------------------------------------------------------------------------------


def rows_in(records: Records, selection: Selection) -> Mapping[str, Numbers]:
    """Table → places of its rows in an exported view."""
    return records.once(("rows to export", selection.view), lambda: _rows_in(records, selection))


def _rows_in(records: Records, selection: Selection) -> dict[str, Numbers]:
    desk = Desk(records, selection.view.as_of)
    found = {t.name: browse.in_view(records, selection, t.name) for t in browse.package(records).tables}
    for table, column in BEGUN.items():
        days = records[table][column].tolist()
        found[table] = np.array([place for place in found[table] if desk.published(days[place])], dtype=int)
    begun = records["laws"].index[found["laws"]]
    readings = records["transfer_laws"]["law"].iloc[found["transfer_laws"]]
    found["transfer_laws"] = found["transfer_laws"][readings.isin(begun)]
    for name in SUPPORT:  # routes first: they name places and sources themselves
        listed = np.concatenate([found[name], *_named(records, selection, found, name)])
        found[name] = np.unique(listed)
    return found


def _named(
    records: Records, selection: Selection, found: Mapping[str, Numbers], target: str
) -> Iterator[Numbers]:
    """Places of the rows of a table that the rows found so far name."""
    index = records[target].index
    for table in browse.package(records).tables:
        for column in stored(records, selection, table.name):
            if column.reference and column.reference.table == target:
                values = _stored(records, selection, table, column, found[table.name]).explode().unique()
                places = index.get_indexer(pd.Index(values, dtype=object))
                yield places[places >= 0]


# --- cells ---------------------------------------------------------------------------------------


def _stored(
    records: Records, selection: Selection, table: Table, column: Column, places: Numbers
) -> pd.Series:
    """The cells of a stored column, without what the day of the view hides."""
    cells = records[table.name][column.name].iloc[places]
    if table.name == "assertions" and column.name == "evidence":
        return cells.astype("Int64").where(cells != 0)  # step 0 stands for none
    if selection.view.as_of is None or not (column.is_date or column.reference):
        return cells
    if column.reference and column.reference.table in BEGUN and not column.is_list:
        return cells.where(cells.isin(_begun(records, selection, column.reference.table)), "")
    writer = browse.Writer(records, selection, table.name)
    head = browse.Head(column.name, column.title, column.description)
    return pd.Series(writer.values(head, places).cells(), cells.index, cells.dtype)


def _begun(records: Records, selection: Selection, table: str) -> list[str]:
    desk, frame = Desk(records, selection.view.as_of), records[table]
    return [str(i) for i, day in zip(frame.index, frame[BEGUN[table]], strict=True) if desk.published(day)]


def _graded(records: Records, selection: Selection, transfers: pd.Index) -> dict[str, pd.Series]:
    """What is derived of each transfer on the day of the view (see DERIVED and derive.states)."""
    state = selection.states.loc[transfers]
    days = {n: state[n].dt.strftime("%Y-%m-%d") for n in ("first_reported", "last_reported", "evidence_date")}
    reaches = [tuple(reach for reach in told if reach) for told in state["reaches"]]
    state = state.assign(
        **days,
        family=records["transfers"]["family"].loc[transfers],
        code=state["reliability"] + state["credibility"].astype(str),
        reaches=pd.Series(reaches, state.index, object),
    )
    return {column.name: state[column.name] for column in DERIVED["transfers"]}
