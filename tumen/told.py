"""Sentences whose numbers remember what they rest on.

A finding is plain text to whoever prints it, and each number in it leads on where it is shown: to the
card of a record, or to the rows that it counts. `linked` in a template writes the links.
"""

from collections.abc import Callable, Iterable
from string import Formatter
from typing import Self

from tumen import speech

Part = tuple[str, str]  # a text, and what it rests on: 'transfer:…', 'page:records?…', '' for mere words


Refer = Callable[..., str]  # the filters of a list → what a count of it rests on


def nowhere(**filters: str) -> str:
    """For a sentence that nobody clicks."""
    return ""


class Told(str):
    """A sentence in parts; as a text it is simply the sentence."""

    parts: tuple[Part, ...]

    def __new__(cls, *parts: "str | Part") -> Self:
        """Put a sentence together from words, sentences and pairs of a number and what it rests on."""
        flat = tuple(part for given in parts for part in _parts(given))
        sentence = super().__new__(cls, "".join(text for text, _ in flat))
        sentence.parts = flat
        return sentence

    @classmethod
    def of(cls, text: str, **parts: "str | Part") -> Self:
        """Fill the named places of a text, '{count} transfers on record', each with what it rests on."""
        found: list[str | Part] = []
        for words, name, _spec, _conversion in Formatter().parse(text):
            found += [words] if name is None else [words, parts[name]]
        return cls(*found)


def _parts(given: "str | Part") -> tuple[Part, ...]:
    if isinstance(given, tuple):
        return ((str(given[0]), given[1]),)
    return given.parts if isinstance(given, Told) else ((given, ""),)


def joined(separator: str, items: "Iterable[str | Part]") -> Told:
    """The items with a separator between them."""
    found: list[str | Part] = []
    for item in items:
        found += [separator, item] if found else [item]
    return Told(*found)


def listed(items: "Iterable[str | Part]", last: str = "and") -> Told:
    """'a', 'a and b', 'a, b and c'."""
    *most, final = list(items) or [""]
    return Told.of(speech.last_of(last), most=joined(", ", most), last=final) if most else Told(final)
