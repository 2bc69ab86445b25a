"""What plain pandas finds in data/, without a line of Tumen: the tests' own view of the truth."""

from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parent.parent / "data"


def table(name: str) -> pd.DataFrame:
    """A file of data/ as it stands, all text."""
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)


def transfers(country: str = "", weapon_type: str = "", as_of: str = "") -> set[str]:
    """Ids of the transfers that a country sends or receives, of one type, asserted by a day."""
    rows = table("transfers")
    if country:
        rows = rows[rows["origin"].eq(country) | rows["destination"].eq(country)]
    if weapon_type:
        rows = rows[rows["weapon_type"].eq(weapon_type)]
    return {*rows["id"]} & asserted(as_of)


def asserted(as_of: str = "") -> set[str]:
    """Ids of the transfers that someone asserts; by a day if one is given.

    A month counts from its end: '2023-10' was surely public on 31 October.
    """
    rows = table("assertions")
    rows = rows[rows["stance"].isin(["asserts", "confirms"])]
    if as_of:
        known = rows["date"].map(lambda text: pd.Period(text).end_time.normalize())
        rows = rows[known <= pd.Timestamp(as_of)]
    return {*rows["transfer"]}


def count(**chosen: str) -> int:
    """How many transfers that is."""
    return len(transfers(**chosen))


def flows(chosen: set[str]) -> set[tuple[str, str, str]]:
    """Sender, receiver and family of the chosen transfers."""
    types = table("codes/weapon_types").set_index("id")["family"]
    rows = table("transfers").set_index("id").loc[sorted(chosen)]
    return {*zip(rows["origin"], rows["destination"], rows["weapon_type"].map(types), strict=True)}


def bearing(name: str, chosen: set[str]) -> set[str]:
    """Ids of the events or quotes that bear on one of the chosen transfers."""
    rows = table(name)
    about = rows["about_transfers"].str.split(";").map(set)
    return {*rows["id"][about.map(lambda ids: bool(ids & chosen))]}
