"""Generate a valid data set of any size, in the shape of data/, to measure with.

    python -m bench.generate OUT --transfers 100000 --assertions 1000000 --seed 1

Every row is drawn from a row of data/ for its codes (who speaks of which direction, in which stance, on which
evidence, in which unit), so frequencies are about those of the real records; ids, names, texts, dates and
numbers are made up, and every name and text says so. One seed always gives the same bytes.
"""

import argparse
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from tumen import geography
from tumen.records import DATA

FIRST, LAST = np.datetime64("2022-01-01"), np.datetime64("2025-06-30")
NAMED = "Generated"  # the first word of every made-up name and text
SAYS = "for measurements only; nobody said this, and it tells nothing of the world – not a record."
PARTIES = 0.8  # share of transfers between the countries of data/; the others are between any two states
LINES = {  # rows of other tables for each transfer; see `Size`
    "events": 2.0, "quotes": 1.0, "sources": 3.0, "speakers": 0.02, "origins": 0.01, "places": 0.05,
    "routes": 0.02, "transfer_laws": 0.5, "not_found": 0.02, "corrections": 0.02,
}  # fmt: skip

CITING = (("laws", "sources"), ("founding_articles", "source"))  # code tables that name sources

Table = pd.DataFrame
Texts = np.ndarray


@dataclass(frozen=True)
class Size:
    """How many transfers and assertions; the other tables follow."""

    transfers: int
    assertions: int

    def of(self, table: str) -> int:
        """Rows of another table: at least a handful."""
        return max(12, round(self.transfers * LINES[table]))


@dataclass
class Maker:
    """Makes the tables one after another, each from those before it."""

    size: Size
    seed: int
    random: np.random.Generator = field(init=False)
    real: dict[str, Table] = field(init=False)
    made: dict[str, Table] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.real = {path.stem: read(path) for path in sorted(DATA.rglob("*.csv"))}

    def drawn(self, table: str, count: int) -> Table:
        """Rows of the real table, at random, with every text emptied."""
        rows = self.random.integers(0, len(self.real[table]), count)
        return self.real[table].iloc[rows].reset_index(drop=True)

    def of(self, table: str, count: int, share: float = 1.0) -> Texts:
        """Ids of made rows at random, '' for those beyond a share."""
        ids = self.made[table]["id"].to_numpy()
        found = ids[self.random.integers(0, len(ids), count)]
        return found if share >= 1 else np.where(self.random.random(count) < share, found, "")

    def lists(self, table: str, count: int, most: int, least: int = 0) -> Texts:
        """Lists of `least` to `most` different ids of made rows."""
        ids = self.made[table]["id"].to_numpy()
        first = self.random.integers(0, len(ids), count)
        step = self.random.integers(1, max(2, len(ids) // most), count)
        length = self.random.integers(least, most + 1, count)
        found = np.where(length > 0, ids[first], "").astype(object)
        for more in range(1, most):
            found = np.where(length > more, found + ";" + ids[(first + more * step) % len(ids)], found)
        return found

    def days(self, around: np.ndarray, spread: float) -> np.ndarray:
        """Days at random around others."""
        moved = around + self.random.normal(0, spread, len(around)).round().astype("timedelta64[D]")
        return np.clip(moved, FIRST, LAST)

    def later(self, than: np.ndarray, mean: float) -> np.ndarray:
        """Days at random after others."""
        return np.minimum(than + self.random.exponential(mean, len(than)).astype("timedelta64[D]"), LAST)

    def sources_after(self, days: np.ndarray) -> Texts:
        """Sources that were published on a day or soon after it."""
        published = self.made["sources"]["published"].to_numpy(dtype=str)
        first = np.searchsorted(published, days.astype(str))
        found = first + self.random.geometric(0.2, len(days)) - 1
        return self.made["sources"]["id"].to_numpy()[np.minimum(found, len(published) - 1)]


def read(path: Path) -> Table:
    """A table as text, '' for empty."""
    return pd.read_csv(path, dtype=str, keep_default_na=False).astype(object)


def numbered(prefix: str, count: int) -> Texts:
    """`prefix-0000001` and so on."""
    return np.array([f"{prefix}-{number:07d}" for number in range(1, count + 1)], dtype=object)


def named(what: str, count: int, rest: str = "") -> Texts:
    """`Generated event 1` and so on, with what follows."""
    return np.array([f"{NAMED} {what} {number}{rest}" for number in range(1, count + 1)], dtype=object)


def cut(days: np.ndarray, like: Any) -> Texts:
    """Days as prefix dates, each as exact as the text at its side; '' where that is empty."""
    lengths = np.array([len(text) for text in like])
    texts = days.astype("datetime64[D]").astype(str).astype(object)
    return np.array([text[:length] for text, length in zip(texts, lengths, strict=True)], dtype=object)


def not_before(later: Texts, than: Texts) -> Texts:
    """Prefix dates, emptied where they lie before others."""
    return np.array([a if a >= b else "" for a, b in zip(later, than, strict=True)], dtype=object)


def phase(dates: Texts) -> Texts:
    """The phase of a prefix date."""
    days = dates.astype(str)
    return np.where(days < "2023-09-13", "prelude", np.where(days < "2024-06-21", "window", "aftermath"))


# --- what others rest on ---------------------------------------------------------------------------


def sources(make: Maker) -> Table:
    """Sources by day of publication; the last ones on the last day, so that every claim finds one."""
    count = make.size.of("sources")
    span = int((LAST - FIRST).astype(int))
    days = np.sort(FIRST + make.random.integers(0, span + 1, count).astype("timedelta64[D]"))
    days[-3:] = LAST
    ids = numbered("g", count)
    via = make.drawn("sources", count)["via"].ne("").to_numpy()
    return make.drawn("sources", count).assign(
        id=ids,
        title=named("source", count, ", for measurements only: no such publication exists"),
        publisher=named("publisher", count),
        via=np.where(via, f"{NAMED} relay", ""),
        author="",
        published=days.astype(str),
        url=[f"https://example.org/generated/{name}" for name in ids],
        note="",
    )


def origins(make: Maker) -> Table:
    """Every real origin gives several made-up ones of its country and kind."""
    real = make.real["origins"]
    copies = max(1, make.size.of("origins") // len(real))
    rows = real.loc[real.index.repeat(copies)].reset_index(drop=True)
    number = np.tile(np.arange(copies), len(real)).astype(str)
    return rows.assign(id=rows["id"] + "-g" + number, name=named("origin", len(rows)), note="")


def places(make: Maker) -> Table:
    """Places near real ones, in the same country; where the nearness leads abroad, on the same point."""
    count = make.size.of("places")
    rows = make.drawn("places", count)
    lat = rows["lat"].astype(float) + make.random.normal(0, 0.4, count)
    lon = rows["lon"].astype(float) + make.random.normal(0, 0.6, count)
    inside = [
        not reason and geography.country_at(x, y) == country
        for x, y, country, reason in zip(lon, lat, rows["country"], rows["outside_reason"], strict=True)
    ]
    return rows.assign(
        id=numbered("g-place", count),
        name=named("place", count),
        lat=np.where(inside, lat.round(3).astype(str), rows["lat"]),
        lon=np.where(inside, lon.round(3).astype(str), rows["lon"]),
        outside_reason=np.where(rows["outside_reason"] != "", f"{NAMED} reason.", ""),
        note="",
    )


def routes(make: Maker) -> Table:
    count = make.size.of("routes")
    return make.drawn("routes", count).assign(
        id=numbered("g-route", count),
        name=named("route", count),
        stops=make.lists("places", count, 4, least=2),
        vessels="",
        summary=named("route", count, ", " + SAYS),
        sources=make.lists("sources", count, 2, least=1),
        note="",
    )


def legs(make: Maker) -> Table:
    """Each route from stop to stop."""
    rows = [
        (f"{route.id}--{seq}", route.id, str(seq), start, end, route.mode, "schematic", "", "")
        for route in make.made["routes"].itertuples()
        for stops in [route.stops.split(";")]
        for seq, (start, end) in enumerate(pairwise(stops), start=1)
    ]
    return pd.DataFrame(rows, columns=list(make.real["legs"]))


def speakers(make: Maker) -> Table:
    count = make.size.of("speakers")
    return make.drawn("speakers", count).assign(
        id=numbered("g-speaker", count),
        name=named("speaker", count),
        role=f"{NAMED} role",
        affiliation=f"{NAMED} body",
        bio=named("speaker", count, ", " + SAYS),
    )


# --- transfers and what is said of them --------------------------------------------------------------


def transfers(make: Maker) -> Table:
    count = make.size.transfers
    rows = _ends(make, make.drawn("transfers", count))
    began = make.days(np.full(count, np.datetime64("2023-09-01")), 240)
    start = cut(began, rows["start"])
    routed = make.of("routes", count, 0.12)
    placed = rows["origin_place"].ne("").to_numpy()
    rows = rows.assign(
        id=[
            f"{o}-{d}-g{n:07d}"
            for n, o, d in zip(
                range(1, count + 1), rows["origin"].str.lower(), rows["destination"].str.lower(), strict=True
            )
        ],
        item=named("item", count),
        start=start,
        end=not_before(cut(make.later(began, 120), rows["end"]), start),
        phase=phase(np.where(start == "", "2023-09-13", start).astype(object)),
        origin_place=np.where(placed, make.of("places", count), ""),
        destination_place=make.of("places", count, 0.15),
        via=np.where(rows["via"].ne(""), make.lists("places", count, 2), ""),
        route=routed,
        summary=named("transfer", count, ", " + SAYS),
        note=np.where(make.random.random(count) < 0.3, f"{NAMED} note, {SAYS}", ""),
    )
    return rows.assign(parent=_parents(make, rows))


def _ends(make: Maker, rows: Table) -> Table:
    """Most transfers keep the countries of the real one; the others run between any two states."""
    countries = make.real["countries"]
    states = countries.loc[countries["kind"].eq("state"), "id"].to_numpy()
    first = make.random.integers(0, len(states), len(rows))
    second = (first + make.random.integers(1, len(states), len(rows))) % len(states)
    kept = make.random.random(len(rows)) < PARTIES
    return rows.assign(
        origin=np.where(kept, rows["origin"], states[first]),
        destination=np.where(kept, rows["destination"], states[second]),
    )


def _parents(make: Maker, rows: Table) -> Texts:
    """For about every third transfer an earlier one of the same direction, so that no circle can close."""
    groups = rows.groupby(["origin", "destination"], sort=False)
    rank, ids = groups.cumcount().to_numpy(), rows["id"].to_numpy()
    members = {number: ids[own] for number, own in enumerate(groups.indices.values())}
    order = {key: number for number, key in enumerate(groups.indices)}
    group = [order[key] for key in zip(rows["origin"], rows["destination"], strict=True)]
    chosen = (make.random.random(len(rows)) * rank).astype(int)
    wanted = (make.random.random(len(rows)) < 0.35) & (rank > 0)
    return np.array(
        [members[g][c] if w else "" for g, c, w in zip(group, chosen, wanted, strict=True)], dtype=object
    )


def assertions(make: Maker) -> Table:
    """First a claim for each transfer, then more of them, on some transfers far more than on others."""
    count, ids = make.size.assertions, make.made["transfers"]["id"].to_numpy()
    weight = make.random.lognormal(0, 1.3, len(ids))
    more = make.random.choice(len(ids), count - len(ids), p=weight / weight.sum())
    on = np.concatenate([np.arange(len(ids)), more])
    rows = _like(make, on)
    began = make.days(np.full(len(ids), np.datetime64("2023-10-15")), 200)
    days = np.concatenate([began, make.later(began[more], 240)])
    serial = np.arange(1, count + 1)
    figures = _figures(make, rows)
    copies = max(1, make.size.of("origins") // len(make.real["origins"]))
    nth = np.minimum(make.random.geometric(0.35, count) - 1, copies - 1).astype(str).astype(object)
    table = rows.assign(
        id=[f"{ids[t]}--g{n}" for t, n in zip(on, serial, strict=True)],
        transfer=ids[on],
        date=cut(days, rows["date"]),
        by=[f"{NAMED} voice {n}" for n in make.random.integers(1, 1 + max(20, count // 500), count)],
        origin=rows["origin"] + "-g" + nth,
        **figures,
        conversion=np.where(rows["conversion"] != "", f"{NAMED} conversion", ""),
        as_of=cut(days - make.random.integers(0, 60, count).astype("timedelta64[D]"), rows["as_of"]),
        source=make.sources_after(days),
        locator=np.where(rows["locator"] != "", f"{NAMED} passage", ""),
        says=[f"{NAMED} assertion {n}, {SAYS}" for n in serial],
        note=np.where(rows["note"] != "", f"{NAMED} note, {SAYS}", ""),
    )
    return table.sort_values("id", ignore_index=True)


def _like(make: Maker, on: np.ndarray) -> Table:
    """A real assertion about the same direction for each; the first of each transfer claims it."""
    said = make.real["assertions"]
    ends = make.real["transfers"].set_index("id")
    pair = said["transfer"].map(ends["origin"] + ends["destination"])
    own = (make.made["transfers"]["origin"] + make.made["transfers"]["destination"]).to_numpy()
    claims = said["stance"].isin(["asserts", "confirms"])
    pools = {key: np.flatnonzero(pair == key) for key in pair.unique()}
    every, made = np.arange(len(said)), len(make.made["transfers"])
    chance = make.random.random(len(on))
    index = np.empty(len(on), dtype=np.int64)
    keys = pd.Series(own[on])
    for key, places in keys.groupby(keys).indices.items():
        pool = pools.get(str(key), every)
        for part, among in (
            (places[places < made], pool[claims.to_numpy()[pool]]),
            (places[places >= made], pool),
        ):
            index[part] = among[(chance[part] * len(among)).astype(int)]
    return said.iloc[index].reset_index(drop=True)


def _figures(make: Maker, rows: Table) -> dict[str, Texts]:
    """Low and high times a common factor; shares and changes stay as they are."""
    factor = np.where(
        rows["measure"].isin(["share", "change"]), 1.0, make.random.lognormal(0, 0.8, len(rows))
    )
    return {end: _scaled(rows[end], factor) for end in ("low", "high")}


def _scaled(column: pd.Series, factor: np.ndarray) -> Texts:
    value = pd.to_numeric(column, errors="coerce").to_numpy() * factor
    given = ~np.isnan(value)
    found = np.full(len(value), "", dtype=object)
    found[given] = [f"{v:.0f}" if v >= 10 else f"{v:.2f}" for v in value[given]]
    return found


def transfer_laws(make: Maker) -> Table:
    """Laws that have long been in force."""
    laws = make.real["laws"]
    standing = laws.loc[laws["in_force_until"].eq("") & laws["in_force_from"].lt("2018"), "id"].to_numpy()
    ids = make.made["transfers"]["id"].to_numpy()
    chosen = make.random.permutation(len(ids))[: make.size.of("transfer_laws")]
    transfer = ids[np.sort(chosen)]
    law = standing[make.random.integers(0, len(standing), len(transfer))]
    columns = {
        "id": [f"{t}--{one}" for t, one in zip(transfer, law, strict=True)],
        "transfer": transfer,
        "law": law,
        "reason": f"{NAMED} reading, {SAYS}",
        "note": "",
    }
    return pd.DataFrame(columns)


# --- events, quotes and the rest ---------------------------------------------------------------------


def events(make: Maker) -> Table:
    count = make.size.of("events")
    rows = make.drawn("events", count)
    days = make.days(np.full(count, np.datetime64("2024-01-15")), 260)
    date = cut(days, rows["date"])
    return rows.assign(
        id=[f"{d}-g{n}" for n, d in enumerate(date, start=1)],
        date=date,
        end=not_before(cut(make.later(days, 4), rows["end"]), date),
        title=named("event", count),
        summary=named("event", count, ", " + SAYS),
        place=np.where(rows["place"] != "", make.of("places", count), ""),
        first_reported=cut(make.later(days, 5), rows["first_reported"]),
        phase=phase(date),
        about_transfers=make.lists("transfers", count, 3),
        sources=make.lists("sources", count, 2, least=1),
        locator=np.where(rows["locator"] != "", f"{NAMED} passage", ""),
        note="",
    ).sort_values("id", ignore_index=True)


def quotes(make: Maker) -> Table:
    count = make.size.of("quotes")
    rows = make.drawn("quotes", count)
    days = make.days(np.full(count, np.datetime64("2024-02-15")), 220)
    date = cut(days, rows["date"])
    texts = {
        name: np.where(rows[name] != "", f"{NAMED} {name}", "")
        for name in ("context", "locator", "foretold", "criterion", "outcome", "note")
    }
    source = make.sources_after(days)
    return rows.assign(
        **texts,
        id=numbered("g-quote", count),
        speaker_id=make.of("speakers", count),
        role_at_time=f"{NAMED} role",
        affiliation=f"{NAMED} body",
        date=date,
        phase=phase(date),
        text=named("quote", count, ", " + SAYS),
        about_transfers=make.lists("transfers", count, 2),
        about_events=make.lists("events", count, 1),
        source=source,
        also_sources=_others(make, source),
        due=not_before(cut(make.later(days, 200), rows["due"]), date),
        outcome_sources=np.where(rows["outcome_sources"] != "", make.of("sources", count), ""),
    )


def _others(make: Maker, source: Texts) -> Texts:
    other = make.of("sources", len(source), 0.1)
    return np.where(other == source, "", other)


def not_found(make: Maker) -> Table:
    count = make.size.of("not_found")
    return make.drawn("not_found", count).assign(
        id=numbered("g-search", count),
        looked_for=named("search", count, ", " + SAYS),
        transfers=make.lists("transfers", count, 3),
        note="",
    )


def corrections(make: Maker) -> Table:
    count = make.size.of("corrections")
    return pd.DataFrame(
        {
            "table": "transfers",
            "id": make.of("transfers", count),
            "column": "note",
            "kind": "corrected",
            "was": named("wording", count),
            "now": f"{NAMED} wording",
            "reason": f"{NAMED} reason, {SAYS}",
            "source": make.of("sources", count),
        }
    )


def versions(make: Maker) -> Table:
    """The newest release alone: the package keeps its version."""
    return make.real["versions"].tail(1).assign(summary=f"{NAMED} release, {SAYS}")


def changes(make: Maker) -> Table:
    """None: in a first release everything is new."""
    return make.real["changes"].head(0)


MADE = (
    sources, origins, places, routes, legs, speakers, transfers, assertions, transfer_laws, events, quotes,
    not_found, corrections, versions, changes,
)  # fmt: skip


# --- files -----------------------------------------------------------------------------------------


def generate(directory: Path, size: Size, seed: int = 1) -> dict[str, int]:
    """Write a data directory; returns the number of rows of each generated table.

    Raises FileExistsError if the directory holds anything.
    """
    if directory.exists() and any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty")
    if size.assertions < size.transfers:
        raise ValueError("every transfer needs an assertion: ask for at least as many assertions")
    shutil.copytree(DATA / "codes", directory / "codes", dirs_exist_ok=True)
    make = Maker(size, seed)
    rows = {}
    for table in MADE:
        name = table.__name__
        make.made[name] = table(make)[list(make.real[name])]
        write(directory / f"{name}.csv", make.made[name])
        rows[name] = len(make.made[name])
    for name, column in CITING:
        codes = make.real[name]
        write(directory / "codes" / f"{name}.csv", codes.assign(**{column: make.of("sources", len(codes))}))
    descriptor(directory, rows)
    return rows


def write(path: Path, table: Table) -> None:
    """A table as CSV, quoted where it must be."""
    strings = {name: pa.array(table[name].astype(str), pa.large_string()) for name in table}
    with path.open("wb") as file:
        file.write((",".join(table) + "\n").encode())
        options = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")
        arrow_csv.write_csv(pa.table(strings), file, options)


def descriptor(directory: Path, rows: Mapping[str, int]) -> None:
    """The descriptor of data/, with the numbers of rows, and with words that say what this is."""
    package: dict[str, Any] = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    package |= {"title": f"{NAMED} for measurements", "description": f"{NAMED} rows, {SAYS}"}
    for resource in package["resources"]:
        if resource["name"] in rows:
            count = rows[resource["name"]]
            resource["tumen:rows"] = {"minimum": min(1, count), "maximum": count}
    text = json.dumps(package, ensure_ascii=False, indent=1)
    (directory / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Generate what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--transfers", type=int, default=100_000)
    parser.add_argument("--assertions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    start = time.monotonic()
    rows = generate(asked.directory, Size(asked.transfers, asked.assertions), asked.seed)
    print(", ".join(f"{count:,} {name}" for name, count in rows.items()))
    print(f"written in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
