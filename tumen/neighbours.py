"""What belongs to a record elsewhere: what map and timeline mark for a reader who comes from its card."""

from dataclasses import dataclass

from tumen.desk import Desk, exists, split, title
from tumen.records import Records

ON_MAP = ("transfer", "flow", "event", "quote", "route", "place")
ON_TIMELINE = ("transfer", "flow", "event", "quote")


@dataclass(frozen=True)
class Marked:
    """A record that is marked on a chart: its reference and name, and every mark that belongs to it."""

    reference: str
    title: str
    picks: frozenset[str]


def marked(records: Records, reference: str) -> Marked | None:
    """What to mark for a reference such as 'transfer:…'; None if there is no such record.

    `picks` are references as the charts carry them: transfers, the flows they are part of, their
    routes, and the events that bear on them.
    """
    if not reference or not exists(records, reference):
        return None
    kind, record = split(reference)
    transfers = _transfers(records, kind, record)
    moved = records["transfers"].loc[sorted(transfers)]
    flows = {
        f"flow:{origin}>{destination}:{family}"
        for origin, destination, family in zip(
            moved["origin"], moved["destination"], moved["family"], strict=True
        )
    }
    own = {f"transfer:{t}" for t in transfers} | {f"route:{r}" for r in moved["route"] if r}
    return Marked(
        reference,
        title(records, reference),
        frozenset({reference} | own | flows | _events(records, kind, record, transfers)),
    )


def _transfers(records: Records, kind: str, record: str) -> frozenset[str]:
    """The transfers that a record is, moves or bears on."""
    rows = records["transfers"]
    if kind == "transfer":
        return frozenset({record})
    if kind in ("event", "quote"):
        return frozenset(Desk(records).row(f"{kind}s", record)["about_transfers"])
    if kind == "route":
        return frozenset(rows.index[rows["route"] == record])
    if kind == "flow":
        pair, _, family = record.partition(":")
        ends = rows["origin"] + ">" + rows["destination"]
        return frozenset(rows.index[ends.eq(pair) & rows["family"].eq(family)])
    return frozenset()


def _events(records: Records, kind: str, record: str, transfers: frozenset[str]) -> set[str]:
    """The events that a record is, or that bear on its transfers; of a quote the one it belongs to."""
    if kind == "event":
        return {f"event:{record}"}
    if kind == "quote":
        return {f"event:{event}" for event in Desk(records).row("quotes", record)["about_events"]}
    found = records["events"]
    bears = zip(found.index, found["about_transfers"], strict=True)
    return {f"event:{event}" for event, about in bears if not transfers.isdisjoint(about)}
