"""Prefix dates: what a text can mean, and how it is written out."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tumen import dates

DAYS = st.dates(dates.FIRST_DAY, dates.LAST_DAY)
LENGTHS = {"year": 4, "month": 7, "day": 10}
TEXTS = st.builds(lambda day, length: day.isoformat()[:length], DAYS, st.sampled_from(list(LENGTHS.values())))


@given(DAYS, st.sampled_from(list(LENGTHS)))
@example(date(2024, 2, 29), "month")
@example(date(2023, 12, 31), "year")
def test_a_prefix_means_all_days_that_begin_with_it_and_no_other(day: date, precision: str) -> None:
    text = day.isoformat()[: LENGTHS[precision]]
    span = dates.parse(text)
    assert span.precision == precision
    assert span.first <= day <= span.last
    assert span.first.isoformat().startswith(text) and span.last.isoformat().startswith(text)
    assert not (span.first - timedelta(days=1)).isoformat().startswith(text)
    assert not (span.last + timedelta(days=1)).isoformat().startswith(text)


@given(TEXTS)
def test_it_is_surely_known_from_the_end_of_what_it_can_mean(text: str) -> None:
    assert dates.known_from(text) == dates.parse(text).last


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "2023-",
            "2023-1",
            "2023-10-1",
            "23-10-13",
            "2023/10/13",
            "20231013",
            "2023-10-13 ",
            " 2023",
        ),
        *("2023-13", "2023-00", "2023-00-05", "2023-10-00", "2023-02-29", "2023-04-31", "0000", "0000-01"),
        *(
            "2023-10-13T00:00",
            "2023-10-13\n",
            "-2023",
            "October 2023",
            "13.10.2023",
            "2023-10-13-14",
            "10000",
        ),
        *("２０２３", "٢٠٢٣-١٠", "2023–10", "2023‑10", "nan", "None", "\x00"),
    ],
)
def test_anything_else_is_refused_and_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a") as error:
        dates.parse(text)
    assert f"'{text}'" in str(error.value)


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        span = dates.parse(text)
    except ValueError:
        return
    assert text in (span.first.isoformat()[:length] for length in LENGTHS.values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2023", "2023"),
        ("2023-10", "October 2023"),
        ("2023-10-13", "13 October 2023"),
        ("2024-06-01", "1 June 2024"),
        ("", ""),
    ],
)
def test_words(text: str, words: str) -> None:
    assert dates.words(text) == words


@given(TEXTS)
def test_words_are_as_precise_as_the_text(text: str) -> None:
    assert len(dates.words(text).split()) == (len(text) - 1) // 3
    assert dates.words(text).endswith(text[:4])


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2023-09-13", "2023-09-17", "13–17 September 2023"),
        ("2023-09-13", "2023-10-02", "13 September 2023 – 2 October 2023"),
        ("2023-12-30", "2024-01-02", "30 December 2023 – 2 January 2024"),
        ("2023-09-13", "2024-09-17", "13 September 2023 – 17 September 2024"),
        ("2023-08", "2024-01", "August 2023 – January 2024"),
        ("2022", "2023-08", "2022 – August 2023"),
        ("2023-09", "2023-09-17", "September 2023 – 17 September 2023"),
        ("2023-09-13", "2023-09-13", "13 September 2023"),
        ("2023-09", "", "September 2023"),
        ("", "2024-05-27", "until 27 May 2024"),
        ("", "", ""),
    ],
)
def test_interval_words(start: str, end: str, words: str) -> None:
    assert dates.interval_words(start, end) == words


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2023", "2023"),
        ("2023-01/2023-07", "January 2023 – July 2023"),
        ("../2023-03", "until March 2023"),
        ("2024-02-01/2024-02-27", "1–27 February 2024"),
        ("", ""),
    ],
)
def test_period_words(period: str, words: str) -> None:
    assert dates.period_words(period) == words
