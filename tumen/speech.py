"""The language in which Tumen speaks: every fixed text of the interface passes through here.

A text stands in English where it is used, `_("Reset all filters")`; `make texts` gathers all of them in
`locale/tumen.pot`. A language is a catalogue beside it, `locale/uk/LC_MESSAGES/tumen.mo`. Which one is spoken
is a matter of the present thread or task: the frame sets it from the address; everyone else (downloads,
data routes, the command line) hears English. Records are data and never pass through here.
"""

import gettext as catalogues
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "tumen"
ENGLISH = "en"
NAMES: Mapping[str, str] = {"en": "English", "ko": "한국어", "uk": "Українська"}  # each in itself

Catalogue = catalogues.NullTranslations
_SPOKEN: ContextVar[tuple[str, Catalogue]] = ContextVar("spoken", default=(ENGLISH, Catalogue()))


@cache
def installed() -> Mapping[str, Catalogue]:
    """The languages there are, English first: code → catalogue."""
    found: dict[str, Catalogue] = {ENGLISH: Catalogue()}
    for path in sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")):
        with path.open("rb") as file:
            found[path.parts[-3]] = catalogues.GNUTranslations(file)
    return found


def names() -> dict[str, str]:
    """Code → name of each language there is, in that language."""
    return {code: NAMES.get(code, code) for code in installed()}


def language() -> str:
    """The code of the language that is spoken."""
    return _SPOKEN.get()[0]


def speak(code: str) -> None:
    """Speak a language from here on; English if there is no such catalogue."""
    found = installed()
    code = code if code in found else ENGLISH
    _SPOKEN.set((code, found[code]))


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language within a block, then again the one before."""
    before = _SPOKEN.get()
    speak(code)
    try:
        yield
    finally:
        _SPOKEN.set(before)


def gettext(text: str) -> str:
    """A text in the language that is spoken; in English the text itself."""
    return _SPOKEN.get()[1].gettext(text)


_ = gettext


def ngettext(one: str, many: str, count: float) -> str:
    """The form of a text that goes with a number; its placeholders are still to be filled."""
    return _SPOKEN.get()[1].ngettext(one, many, count)  # type: ignore[arg-type]


def pgettext(context: str, text: str) -> str:
    """A text whose English is used in two senses, told apart by a context."""
    return _SPOKEN.get()[1].pgettext(context, text)


def N_(text: str) -> str:
    """Mark a text of a constant, which is made before anyone speaks; translate it where it is shown."""
    return text


def n_(one: str, many: str) -> tuple[str, str]:
    """The same for a pair of singular and plural."""
    return one, many


def np_(context: str, text: str) -> tuple[str, str]:
    """The same for a text with a context."""
    return context, text


class Texts(Mapping[str, str]):
    """A constant of texts by code, marked with `N_`; each is read in the language that is spoken then."""

    def __init__(self, english: Mapping[str, str]) -> None:
        self.english = english

    def __getitem__(self, code: str) -> str:
        return gettext(self.english[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self.english)

    def __len__(self) -> int:
        return len(self.english)


_LAST = {"and": N_("{most} and {last}"), "or": N_("{most} or {last}")}


def last_of(word: str) -> str:
    """How the last of several things is joined to the others, by 'and' or 'or'."""
    return gettext(_LAST[word])
