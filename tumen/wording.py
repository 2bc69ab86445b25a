"""How Tumen writes: numbers, counts, bounds and explanations, written once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from tumen import dates
from tumen.speech import _, n_, ngettext

if TYPE_CHECKING:
    from tumen.derive import Spread
    from tumen.records import Records
    from tumen.view import Selection

MARKDOWN = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]()#+-.!|<>$~:^&="} | dict.fromkeys("\r\n", " "))


NOUNS: Mapping[str, tuple[str, str]] = {  # what is counted: its word, or its plural if that is no -s
    "transfer": n_("{count} transfer", "{count} transfers"),
    "origin": n_("{count} origin", "{count} origins"),
    "event": n_("{count} event", "{count} events"),
    "assertion": n_("{count} assertion", "{count} assertions"),
    "quote": n_("{count} quote", "{count} quotes"),
    "figure": n_("{count} figure", "{count} figures"),
    "source": n_("{count} source", "{count} sources"),
    "independent origin": n_("{count} independent origin", "{count} independent origins"),
    "correction": n_("{count} correction", "{count} corrections"),
    "row": n_("{count} row", "{count} rows"),
    "more transfer": n_("{count} more transfer", "{count} more transfers"),
    "more direction": n_("{count} more direction", "{count} more directions"),
    "day": n_("{count} day", "{count} days"),
    "claim": n_("{count} claim", "{count} claims"),
    "denial": n_("{count} denial", "{count} denials"),
    "grade": n_("{count} grade", "{count} grades"),
    "time": n_("{count} time", "{count} times"),
    "speaker": n_("{count} speaker", "{count} speakers"),
    "publication": n_("{count} publication", "{count} publications"),
    "panel": n_("{count} panel", "{count} panels"),
    "other claim": n_("{count} other claim", "{count} other claims"),
    "more spread": n_("{count} more spread", "{count} more spreads"),
    "more group": n_("{count} more group", "{count} more groups"),
    "more claim": n_("{count} more claim", "{count} more claims"),
    "less evidenced transfer": n_("{count} less evidenced transfer", "{count} less evidenced transfers"),
    "leg": n_("{count} leg", "{count} legs"),
    "group": n_("{count} group", "{count} groups"),
    "forecast": n_("{count} forecast", "{count} forecasts"),
    "column": n_("{count} column", "{count} columns"),
    "chart": n_("{count} chart", "{count} charts"),
    "card": n_("{count} card", "{count} cards"),
    "flow": n_("{count} flow", "{count} flows"),
    "zero": n_("{count} zero", "{count} zeros"),
    "code": n_("{count} code", "{count} codes"),
    "place": n_("{count} place", "{count} places"),
    "route": n_("{count} route", "{count} routes"),
    "version": n_("{count} version", "{count} versions"),
    "change": n_("{count} change", "{count} changes"),
    "mistake": n_("{count} mistake", "{count} mistakes"),
    "legal reading": n_("{count} legal reading", "{count} legal readings"),
    "denials and doubts": n_("{count} denial or doubt", "{count} denials and doubts"),
    "denials or doubts": n_("{count} denial or doubt", "{count} denials or doubts"),
    "questions without an answer": n_(
        "{count} question without an answer", "{count} questions without an answer"
    ),
    "things looked for": n_("{count} thing looked for", "{count} things looked for"),
}


def plain(text: str) -> str:
    """A text for a place that reads Markdown, with every sign of Markdown made harmless."""
    return text.translate(MARKDOWN)


def number(value: float) -> str:
    """1.5 million, 6,700, 0.5: as people write numbers, and no digit of a long one is lost."""
    if not _is(value):
        return ""
    for size, words in ((10**9, _("{number} billion")), (10**6, _("{number} million"))):
        if abs(value) >= size:
            return (
                words.format(number=_digits(value / size)) if value % (size // 1000) == 0 else _digits(value)
            )
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
    """'1 event', '3 events'; in other languages for the words of NOUNS."""
    forms = NOUNS.get(many or one, (f"{{count}} {one}", f"{{count}} {many or one + 's'}"))
    return ngettext(*forms, count).format(count=f"{count:,}")


def figure(row: "pd.Series | Mapping[str, Any]", records: "Records") -> str:
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
        return _("{count} to {count2}").format(count=number(low), count2=number(high))
    value = number(low if _is(low) else high)
    words = "" if qualifier in ("exactly", "between") else qualifier
    return f"{words} {value}".strip()


def _is(value: Any) -> bool:
    return bool(pd.notna(value))


def _unit(code: str, value: float, records: "Records") -> str:
    if not code:
        return ""
    return str(records["units"].at[code, "singular" if _is(value) and value == 1 else "plural"])


def why_empty(records: "Records", selection: "Selection") -> str:
    """Why a view shows nothing, as far as one filter explains it."""
    view = selection.view
    if view.as_of and not selection.reported:
        return _("Nothing was public by {day}.").format(day=dates.day_words(view.as_of))
    if view.role == "subject" and view.country:
        ends = {*records["transfers"]["origin"], *records["transfers"]["destination"]}
        if not ends.intersection(view.country):
            names = " and ".join(records.label("countries", c) for c in view.country)
            return _(
                "{names}: no sender or receiver here, but perhaps among those who report transfers."
            ).format(names=names)
    return _("{reported} transfers were on record; the filters together leave none of them.").format(
        reported=selection.reported
    )


def spread(found: "Spread", records: "Records") -> str:
    """The range of comparable figures: '1,000 to 20,000 containers', 'about 74,000 tonnes' where one."""
    if found.figures == 1:
        return figure(records.taken("assertions", found.assertions[:1]).iloc[0], records)
    unit = _unit(found.unit, found.high, records)
    if found.low == found.high:
        return f"{number(found.low)} {unit}"
    return _("{count} to {count2} {unit}").format(
        count=number(found.low), count2=number(found.high), unit=unit
    )


def measured(found: "Spread", records: "Records") -> str:
    """What a group of figures measures: 'capacity, if all were 152 mm', 'supplied, a month, 2023'."""
    parts = [records.label("measures", found.measure)]
    if found.rate != "total":
        parts.append(records.label("rates", found.rate))
    if found.scope != "this-flow":
        parts.append(records.label("scopes", found.scope))
    parts[1:] = [part[:1].lower() + part[1:] for part in parts[1:]]
    return ", ".join([*parts, *filter(None, [dates.period_words(found.period)])])
