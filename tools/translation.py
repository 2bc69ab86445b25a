"""What a translation must keep of the original: its named places, and its markup."""

import re
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Protocol

TAG = re.compile(r"</?[a-zA-Z][^>]*>|[<>]")
NAMED = re.compile(r"%\((\w+)\)s|%%|(%)")


class Message(Protocol):
    """One text of a catalogue, as Babel gives it; plural forms are tuples."""

    id: str | tuple[str, ...]
    string: str | tuple[str, ...]
    flags: set[str]


def faults(messages: Iterable[Message]) -> Iterator[str]:
    """What is wrong with a translation, text by text; what is not translated yet is not wrong."""
    for message in messages:
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        for form in message.string if isinstance(message.string, tuple) else (message.string,):
            if originals[0] and form:
                yield from (f"“{originals[-1]}”: {fault}" for fault in _faults(originals, form))


def _faults(originals: tuple[str, ...], form: str) -> Iterator[str]:
    """A form may leave out a place that one of the original's forms leaves out too, but add none."""
    allowed = set().union(*map(places, originals))
    needed = set(allowed).intersection(*map(places, originals))
    try:
        found = places(form)
    except ValueError as error:
        yield f"“{form}” cannot be filled: {error}"
        return
    if found - allowed or needed - found:
        yield f"“{form}” has the places {sorted(found)} instead of {sorted(needed)}"
    if sorted(TAG.findall(form)) not in [sorted(TAG.findall(text)) for text in originals]:
        yield f"“{form}” has other markup"
    if not any(text.startswith(" ") for text in originals) and form != form.strip():
        yield f"“{form}” begins or ends with a space"


def places(text: str) -> set[str]:
    """The named places of a text: `{count}` in code, `%(count)s` in templates.

    Raises ValueError for a place that cannot be filled, such as `{count.real}` or `{0}`.
    """
    named = {found[1] for found in NAMED.finditer(text) if found[1]}
    braced = {
        _plain(name, spec, sign) for _words, name, spec, sign in Formatter().parse(text) if name is not None
    }
    return named | braced


def _plain(name: str, spec: str | None, sign: str | None) -> str:
    if not name.isidentifier() or spec or sign:
        raise ValueError(f"{{{name}}} is no plain name")
    return name
