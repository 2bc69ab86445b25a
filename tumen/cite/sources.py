"""Which sources a view rests on."""

from collections.abc import Iterable, Iterator

from tumen import derive
from tumen.desk import Desk
from tumen.records import Records
from tumen.view import Selection


def sources_of(records: Records, selection: Selection) -> list[str]:
    """Ids of all sources behind a view: of its assertions, events, quotes and routes.

    Nothing later than the view's day counts: no later assertion, event or quote, and of events and
    routes, which gather sources over time, only those that were published.

    Returns:
        ids ordered by author or publisher, then date, then id.
    """
    desk = Desk(records, selection.view.as_of)
    found = frozenset(_found(desk, selection))
    rows = desk.rows("sources", found)
    rows.sort(key=lambda row: ((row["author"] or row["publisher"]).casefold(), row["published"], row["id"]))
    return [row["id"] for row in rows]


def _found(desk: Desk, selection: Selection) -> Iterator[str]:
    said = derive.known(desk.records, desk.as_of)
    yield from said.loc[said["transfer"].isin(selection.transfers), "source"]
    quotes = selection.columns("quotes", "source", "also_sources", "outcome_sources")
    yield from quotes["source"]
    yield from _public(desk, selection.columns("events", "sources")["sources"])
    yield from _public(desk, quotes["also_sources"])
    yield from _public(desk, quotes["outcome_sources"])
    routes = desk.records["transfers"].loc[selection.transfers, "route"]
    known = desk.public("routes", sorted({route for route in routes if route}))
    yield from _public(desk, desk.records["routes"].loc[known, "sources"])


def _public(desk: Desk, columns: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for ids in columns:
        yield from desk.public("sources", ids)
