"""Reading an address: what it says that we understand, and a note for each part that we do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tumen import dates
from tumen.mistakes import nearest, shown
from tumen.speech import _

Query = Mapping[str, Sequence[str]]  # an address: parameter → values

MOST_VALUES, MOST_NOTES = 200, 8  # of one parameter, of one address
MOST_WORDS = 30  # of a search: each is looked for in all rows
DAYS = (date(2000, 1, 1), date(2030, 12, 31))  # what a date in the address may be


@dataclass
class Reader:
    """Reads the parameters of one address; never fails, and collects what was ignored in `notes`."""

    query: Query
    notes: list[str] = field(default_factory=list)

    def codes(self, name: str, spellings: Mapping[str, str]) -> tuple[str, ...]:
        """The known codes of a parameter that may repeat."""
        given = self._given(name)
        if len(given) > MOST_VALUES:
            self.notes.append(
                _("Only the first {most_values} values of “{name}” were read.").format(
                    most_values=MOST_VALUES, name=name
                )
            )
        found = [self._understood(name, text, spellings) for text in given[:MOST_VALUES]]
        return tuple(dict.fromkeys(code for code in found if code))

    def code(self, name: str, spellings: Mapping[str, str], default: str) -> str:
        """The known code of a parameter that stands once."""
        text = self.last(name)
        return self._understood(name, text, spellings) or default if text else default

    def last(self, name: str) -> str:
        """The text of a parameter that stands once; of several the last."""
        given = self._given(name)
        if len(given) > 1:
            self.notes.append(
                _("“{name}” has {count} values; only the last counts.").format(name=name, count=len(given))
            )
        return given[-1] if given else ""

    def words(self, name: str) -> str:
        """The words of a search, those at its end left out where there are very many."""
        text = self.last(name)
        if len(words := text.split()) <= MOST_WORDS:
            return text
        self.notes.append(
            _("Only the first {most_words} words of the search were looked for.").format(
                most_words=MOST_WORDS
            )
        )
        return " ".join(words[:MOST_WORDS])

    def day(self, name: str, *, end: bool = False) -> date | None:
        """The day of a parameter; of a month or year its first, or its last for `end`."""
        text = self.last(name)
        if not text:
            return None
        try:
            span = dates.parse(text.strip())
        except ValueError:
            self.ignore(name, text, _("is not a date (expected YYYY-MM-DD)"))
            return None
        day = span.last if end else span.first
        if not DAYS[0] <= day <= DAYS[1]:
            self.ignore(name, text, _("lies outside {days} to {days2}").format(days=DAYS[0], days2=DAYS[1]))
            return None
        return day

    def ignore(self, name: str, text: str, why: str, near: str = "") -> None:
        """Note that a part of the address was ignored, why, and what may have been meant."""
        self.notes.append(ignored(name, text, why, near))

    def few_notes(self) -> list[str]:
        """The notes, shortened: a reader needs to see the kind of mistake, not each of a thousand."""
        more = len(self.notes) - MOST_NOTES
        if more <= 0:
            return self.notes
        return [
            *self.notes[:MOST_NOTES],
            _("{more} more parts of the address were ignored.").format(more=more),
        ]

    def _given(self, name: str) -> list[str]:
        """The different values of a parameter; empty ones, as a form sends them, say nothing."""
        return list(dict.fromkeys(text for text in self.query.get(name, ()) if text.strip()))

    def _understood(self, name: str, text: str, spellings: Mapping[str, str]) -> str:
        wanted = text.strip().casefold()
        code = next((code for spelling, code in spellings.items() if spelling.casefold() == wanted), None)
        if code is None:  # '' is a code too: 'contested=all' says it
            self.ignore(name, text, _("is not known"), nearest(text, spellings))
        return code or ""


def spellings(*labels: Mapping[str, str]) -> dict[str, str]:
    """What may stand in an address → the code that it means: the codes themselves, then their labels."""
    codes = {code: code for names in labels for code in names}
    return codes | {label: code for names in labels for code, label in names.items() if label not in codes}


def ignored(name: str, text: str, why: str, near: str = "") -> str:
    """The note that a part of the address was ignored."""
    hint = " " + _("Did you mean “{near}”?").format(near=near) if near else ""
    return _("“{name}={shown}” {why} and was ignored.{hint}").format(
        name=name, shown=shown(text), why=why, hint=hint
    )
