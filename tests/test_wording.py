"""Numbers, figures and explanations as readers see them."""

import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MakeRecords
from tumen import derive, wording
from tumen.records import Records
from tumen.view import View, select


@pytest.mark.parametrize(
    ("value", "words"),
    [
        *(
            (0, "0"),
            (1, "1"),
            (0.5, "0.5"),
            (48.5, "48.5"),
            (6700, "6,700"),
            (12345.5, "12,345.5"),
            (-3, "-3"),
        ),
        *(
            (999_999, "999,999"),
            (1_000_000, "1 million"),
            (1_500_000, "1.5 million"),
            (1_152_000, "1.152 million"),
        ),
        *((1_234_567, "1,234,567"), (1_788_402.2, "1,788,402.2"), (34_400_000, "34.4 million")),
        *((999_999_999, "999,999,999"), (1_750_000_000, "1.75 billion"), (240_000_000_000, "240 billion")),
        *((1e13, "10,000 billion"), (1_234_567_000, "1,234,567,000"), (-2_000_000, "-2 million")),
        *((3.14159, "3.142"), (0.00042, "0.00042"), (None, ""), (float("nan"), ""), (pd.NA, "")),
    ],
)
def test_number(value: float, words: str) -> None:
    assert wording.number(value) == words


@given(st.one_of(st.integers(-(10**12), 10**12), st.integers(-(10**9), 10**9).map(lambda n: n / 1000)))
def test_no_digit_of_a_number_is_lost(value: float) -> None:
    text = wording.number(value).replace(",", "")
    digits, _, size = text.partition(" ")
    assert float(digits) * {"": 1, "million": 10**6, "billion": 10**9}[size] == pytest.approx(
        value, rel=1e-12
    )


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 events"), (1, "1 event"), (3, "3 events"), (1200, "1,200 events")]
)
def test_plural(count: int, words: str) -> None:
    assert wording.plural(count, "event") == words
    assert wording.plural(2, "country", "countries") == "2 countries"


@given(st.text())
def test_no_sign_of_markdown_is_left_alive(text: str) -> None:
    """Every sign of punctuation that Markdown reads stands behind a backslash, and no line begins anew."""
    safe = wording.plain(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_{}\[\]()#+.!|<>$~:^&=-]", safe.replace("\\\\", ""))
    assert "\n" not in safe and "\r" not in safe
    assert re.sub(r"\\(.)", r"\1", safe) == text.replace("\n", " ").replace("\r", " ")


FIGURE = {"low": "", "high": "", "unit": "containers", "qualifier": ""}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"low": "1000", "qualifier": "more than"}, "more than 1,000 containers"),
        ({"low": "74000", "high": "74000", "qualifier": "about", "unit": "tonnes"}, "about 74,000 tonnes"),
        (
            {"low": "1000000", "high": "1500000", "unit": "rounds", "qualifier": "between"},
            "1 million to 1.5 million rounds",
        ),
        ({"high": "3000000", "unit": "rounds", "qualifier": "up to"}, "up to 3 million rounds"),
        ({"low": "1", "high": "1", "unit": "missiles", "qualifier": "exactly"}, "1 missile"),
        ({"low": "345", "high": "345", "unit": "per-cent"}, "345 per cent"),
        ({"low": "0", "high": "0", "unit": "missiles"}, "0 missiles"),
        ({"unit": "missiles", "qualifier": "dozens"}, "dozens of missiles"),
        ({"unit": "missiles", "qualifier": "several"}, "several missiles"),
        ({"unit": "missiles", "qualifier": "several dozen"}, "several dozen missiles"),
        ({"unit": "", "qualifier": ""}, ""),
    ],
)
def test_figure(make_records: MakeRecords, given: dict[str, str], words: str) -> None:
    made = make_records({"assertions": [{"id": "a--b", "date": "2023", **FIGURE, **given}]})
    assert wording.figure(made["assertions"].iloc[0], made) == words


def test_every_real_figure_can_be_said(records: Records) -> None:
    for _, row in records["assertions"].iterrows():
        words = wording.figure(row, records)
        assert bool(words) == bool(pd.notna(row["low"]) or pd.notna(row["high"]) or row["qualifier"])
        assert "nan" not in words.lower().split() and "NA" not in words and "  " not in words


LIKE = {"measure": "supplied", "unit": "containers", "rate": "total", "scope": "this-flow"}
BASE = {"transfer": "made-up-a", "date": "2023-10", "stance": "asserts", "evidence": "3"}


@pytest.mark.parametrize(
    ("figures", "words", "measured"),
    [
        ([{"low": "1000", "qualifier": "more than"}], "more than 1,000 containers", "supplied"),
        ([{"low": "1000"}, {"high": "20000"}], "1,000 to 20,000 containers", "supplied"),
        ([{"low": "1", "high": "1"}, {"low": "1", "high": "1"}], "1 container", "supplied"),
        (
            [
                {
                    "low": "5",
                    "high": "7",
                    "rate": "per-month",
                    "scope": "all-origins",
                    "period": "2023-01/2023-07",
                }
            ],
            "5 to 7 containers",
            "supplied, a month, from all countries, January 2023 – July 2023",
        ),
    ],
)
def test_spread_and_what_it_measures(
    make_records: MakeRecords, figures: list[dict[str, str]], words: str, measured: str
) -> None:
    said = [{"id": f"made-up-a--{n}", **BASE, **LIKE, **own} for n, own in enumerate(figures)]
    made = make_records({"transfers": [{"id": "made-up-a"}], "assertions": said})
    (spread,) = derive.spreads(made)["made-up-a"]
    assert wording.spread(spread, made) == words
    assert wording.measured(spread, made) == measured


def test_every_real_spread_can_be_said(records: Records) -> None:
    for spreads in derive.spreads(records).values():
        for spread in spreads:
            assert re.match(r".*\d", wording.spread(spread, records))
            assert wording.measured(spread, records)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (View(as_of=date(2001, 1, 1)), "Nothing was public by 1 January 2001."),
        (View(country=("KOR",)), "South Korea: no sender or receiver here"),
        (
            View(country=("PRK",), evidence=5, as_of=date(2023, 10, 31)),
            "the filters together leave none of them",
        ),
    ],
)
def test_why_nothing_is_shown(records: Records, view: View, words: str) -> None:
    selection = select(records, view)
    assert selection.transfers == [] and words in wording.why_empty(records, selection)
