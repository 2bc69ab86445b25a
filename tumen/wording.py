"""How Tumen writes: numbers, counts, bounds and explanations, written once."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from tumen import dates

if TYPE_CHECKING:
    from tumen.derive import Spread
    from tumen.records import Records
    from tumen.view import Selection

MARKDOWN = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]()#+-.!|<>$~:^&="} | dict.fromkeys("\r\n", " "))


def plain(text: str) -> str:
    """A text for a place that reads Markdown, with every sign of Markdown made harmless."""
    return text.translate(MARKDOWN)


def number(value: float) -> str:
    """1.5 million, 6,700, 0.5: as people write numbers, and no digit of a long one is lost."""
    if not _is(value):
        return ""
    for size, word in ((10**9, "billion"), (10**6, "million")):
        if abs(value) >= size:
            return f"{_digits(value / size)} {word}" if value % (size // 1000) == 0 else _digits(value)
    return _digits(value)


def _digits(value: float) -> str:
    """At most three decimals, two digits of what is smaller still."""
    if 0 < abs(value) < 0.001:
        return f"{value:.2g}"
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def capital(text: str) -> str:
    """The text with a capital at its start, the rest as it is."""
    return text[:1].upper() + text[1:]


def plural(count: int, one: str, many: str = "") -> str:
    """'1 event', '3 events'."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def figure(row: pd.Series, records: "Records") -> str:
    """The figure of an assertion in words: 'more than 10,000 containers', '1 to 1.5 million rounds'."""
    low, high = row["low"], row["high"]
    unit = _unit(row["unit"], high if _is(high) else low, records)
    if not (_is(low) or _is(high)):
        return _vague(row["qualifier"], unit)
    return f"{_bounds(row['qualifier'], low, high)} {unit}".strip()


def _vague(qualifier: str, unit: str) -> str:
    """'several missiles', 'dozens of missiles'; nothing without a qualifier."""
    of = " of" if qualifier.endswith("s") and unit else ""
    return f"{qualifier}{of} {unit}".strip() if qualifier else ""


def _bounds(qualifier: str, low: float, high: float) -> str:
    if _is(low) and _is(high) and low != high:
        return f"{number(low)} to {number(high)}"
    value = number(low if _is(low) else high)
    words = "" if qualifier in ("exactly", "between") else qualifier
    return f"{words} {value}".strip()


def _is(value: Any) -> bool:
    return bool(pd.notna(value))


def _unit(code: str, value: float, records: "Records") -> str:
    if not code:
        return ""
    row = records["units"].loc[code]
    return str(row["singular"] if _is(value) and value == 1 else row["plural"])


def why_empty(records: "Records", selection: "Selection") -> str:
    """Why a view shows nothing, as far as one filter explains it."""
    view = selection.view
    if view.as_of and not selection.reported:
        return f"Nothing was public by {dates.day_words(view.as_of)}."
    if view.role == "subject" and view.country:
        ends = {*records["transfers"]["origin"], *records["transfers"]["destination"]}
        if not ends.intersection(view.country):
            names = " and ".join(records.label("countries", c) for c in view.country)
            return f"{names}: no sender or receiver here, but perhaps among those who report transfers."
    return f"{selection.reported} transfers were on record; the filters together leave none of them."


def spread(found: "Spread", records: "Records") -> str:
    """The range of comparable figures: '1,000 to 20,000 containers', 'about 74,000 tonnes' where one."""
    if found.figures == 1:
        return figure(records["assertions"].loc[list(found.assertions)].iloc[0], records)
    unit = _unit(found.unit, found.high, records)
    if found.low == found.high:
        return f"{number(found.low)} {unit}"
    return f"{number(found.low)} to {number(found.high)} {unit}"


def measured(found: "Spread", records: "Records") -> str:
    """What a group of figures measures: 'capacity, if all were 152 mm', 'supplied, a month, 2023'."""
    parts = [records.label("measures", found.measure)]
    if found.rate != "total":
        parts.append(records.label("rates", found.rate))
    if found.scope != "this-flow":
        parts.append(records.label("scopes", found.scope))
    parts[1:] = [part[:1].lower() + part[1:] for part in parts[1:]]
    return ", ".join([*parts, *filter(None, [dates.period_words(found.period)])])
