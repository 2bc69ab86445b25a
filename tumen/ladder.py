"""The evidence ladder: when a transfer began, was first reported, assessed, shown, found; and the lags.

A rung is reached on the day on which a claim that stands on it became public. Rungs are kinds of
proof, not grades: a transfer may be shown by imagery that no government has assessed, or found on the
ground without an image ever having been published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tumen import dates
from tumen.records import Records
from tumen.running import Numbers, Running, running
from tumen.speech import N_, Texts

OFFICIAL = ("government", "intelligence", "military", "un", "international-body")

RUNGS = Texts(
    {
        "report": N_("First report"),
        "official": N_("Official assessment"),
        "records": N_("Imagery or records"),
        "find": N_("Physical find"),
    }
)

RULES = Texts(
    {
        "report": N_("The first claim in public, by anyone, on any evidence."),
        "official": N_(
            "The first claim on evidence step 3 or more by a government, intelligence service, military, "
            "United Nations or other international body; the parties themselves count too."
        ),
        "records": N_(
            "The first claim on evidence step 4: imagery, ship tracking, customs or cargo records."
        ),
        "find": N_(
            "The first claim on evidence step 5: debris, ammunition or parts examined by investigators."
        ),
        "began": N_(
            "Where the start is known to the month. Days run from the nearest day that the start can mean, "
            "so a lag is the least that it can have been; a report before the start gives a negative lag. "
            "The start is the one known today, also in a view of an earlier day."
        ),
        "median": N_(
            "The middle one, and of an even number the smaller of the two in the middle: so every median "
            "is the lag of a transfer that can be opened."
        ),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Lag:
    """How long it took a set of transfers from one point to another."""

    reached: int  # how many came to the second point, of those that have the first
    of: int
    median: int | None = None  # days
    transfer: str = ""  # the one in the middle
    least: int | None = None
    most: int | None = None
    ids: Sequence[str] | pd.Index = ()  # of those that came to the second point


def rungs(records: Records, as_of: date | None = None) -> pd.DataFrame:
    """When each claimed transfer reached each rung, as known on a day; indexed by transfer id.

    Columns: for each of RUNGS its day (NaT if never), and the claim that brought it as `<rung>_by`;
    began, began_last: the first and last day that the start can mean, NaT if it is not known to the
    month, or lies after `as_of`; start: the start as the data have it ('' likewise).
    """
    return records.once(("rungs", as_of), lambda: _rungs(records, as_of))


def _rungs(records: Records, as_of: date | None) -> pd.DataFrame:
    run = running(records)
    first, starts = records.once("first claims", lambda: (_first_claims(run), _starts(run)))
    count = run.known(as_of)
    reported = np.flatnonzero(first["report"] < count)
    ids, days = records["assertions"]["id"].array, run.all["known"].array
    found = {}
    for rung, places in first.items():
        own = np.where(places < count, places, -1)[reported]  # -1 is taken as none
        found[rung] = days.take(own, allow_fill=True)
        found[f"{rung}_by"] = ids.take(own, allow_fill=True, fill_value="")
    index = run.transfers[reported].rename("transfer")
    return pd.DataFrame(found, index=index).join(_began(starts.iloc[reported], as_of))


def _first_claims(run: Running) -> dict[str, Numbers]:
    """For each rung, of each transfer by its number, the place of its first claim on it whenever it came.

    Where there is none, a place behind all.
    """
    claims, kinds = run.claims, run.records["assertions"]["actor_kind"]
    evidence = claims.rows["evidence"].to_numpy()
    official = kinds.isin(OFFICIAL).to_numpy()[claims.places]
    standing = {
        "report": evidence >= 0,
        "official": official & (evidence >= 3),
        "records": evidence == 4,
        "find": evidence == 5,
    }
    return {rung: _first_of_each(run, np.flatnonzero(flags)) for rung, flags in standing.items()}


def _first_of_each(run: Running, claims: Numbers) -> Numbers:
    found = np.full(len(run.transfers), len(run.on))
    found[run.claims.on[claims[::-1]]] = run.claims.places[claims[::-1]]  # of several the first one stays
    return found


def _starts(run: Running) -> pd.DataFrame:
    """The starts of all transfers by number and the days that they can mean; '' if not known to the month."""
    starts = run.records["transfers"]["start"].iloc[run.rows]
    spans = {text: dates.parse(text) for text in starts.unique() if _precise(text)}
    known = {
        "start": starts.where(starts.isin(spans), ""),
        "began": _stamps(starts.map({text: span.first for text, span in spans.items()})),
        "began_last": _stamps(starts.map({text: span.last for text, span in spans.items()})),
    }
    return pd.DataFrame(known, index=starts.index)


def _began(starts: pd.DataFrame, as_of: date | None) -> pd.DataFrame:
    """The starts that lie before the day of the view."""
    if as_of is None:
        return starts
    begun = starts["began"] <= pd.Timestamp(as_of)
    return starts.assign(
        start=starts["start"].where(begun, ""),
        began=starts["began"].where(begun),
        began_last=starts["began_last"].where(begun),
    )


def _stamps(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days).astype("datetime64[s]")


def _precise(text: str) -> bool:
    return len(text) >= len("2023-08")


def lags(found: pd.DataFrame) -> pd.DataFrame:
    """Days from the start to the first report ('began'), and from the report to each later rung; or NaN."""
    late = np.maximum(_days(found, "began_last", "report"), 0)
    early = np.minimum(_days(found, "began", "report"), 0)
    later = {rung: _days(found, "report", rung) for rung in list(RUNGS)[1:]}
    ids = found.index.astype(object)  # as Python's own: some of them are taken for each direction
    return pd.DataFrame({"began": late + early, **later}, index=ids)


def _days(found: pd.DataFrame, first: str, last: str) -> Numbers:
    """Days between two columns; NaN where one is not known."""
    apart: Numbers = (found[last].to_numpy() - found[first].to_numpy()) / np.timedelta64(1, "D")
    return apart


def summary(days: pd.DataFrame) -> dict[str, Lag]:
    """Of rows of `lags`, for 'began' and each rung after the report: how many reached it, and the median.

    `began` counts, of all, those with a known start; the rungs count who reached them.
    """
    return {str(name): lag(column) for name, column in days.items()}


def lag(days: pd.Series) -> Lag:
    """The lower median of the days that are known, with the transfer that has it."""
    values = days.to_numpy(dtype=float, na_value=np.nan)
    places = np.flatnonzero(~np.isnan(values))
    places = places[np.argsort(values[places], kind="stable")]
    if not len(places):
        return Lag(0, len(days))
    ids, known = days.index[places], values[places]
    middle = (len(known) - 1) // 2
    least, median, most = (int(known[place]) for place in (0, middle, -1))
    return Lag(len(known), len(days), median, str(ids[middle]), least, most, ids)


def steps(claims: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any] | None]:
    """Each evidence step, the highest first, with the claim that first stood on it (None if none did).

    The claims carry their `step`, and come oldest first.
    """
    return {step: _first(claims, step) for step in range(5, 0, -1)}


def _first(claims: Iterable[Mapping[str, Any]], step: int) -> Mapping[str, Any] | None:
    return next((claim for claim in claims if claim["step"] == step), None)


def never(found: pd.DataFrame, rung: str) -> int:
    """How many never reached a rung."""
    return int(found[rung].isna().sum())
