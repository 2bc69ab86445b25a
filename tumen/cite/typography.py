"""Quotation marks: found in a text whatever signs it uses, and set as its surroundings need them.

A quotation is marked by signs that stand in no text (Unicode keeps them for such inner use), until it is
known whether it stands within another one.
"""

import re

OPEN, CLOSE, OPEN_ONE, CLOSE_ONE, APOSTROPHE, LESS, MORE, AND = map(chr, range(0xFDD0, 0xFDD8))

DOUBLE = re.compile(r"“([^“”]*)”|\"([^\"]*)\"")
SINGLE = re.compile(r"(?<!\w)['‘](?=\S)(.+?)(?<=\S)['’](?!\w)")
CLOSERS = f"{CLOSE}{CLOSE_ONE}"
AFTER_QUOTE = re.compile(rf"(.)([{CLOSERS}”]+)([.,])")
TWICE = re.compile(r"([?!])((?:</i>)?)\.(?=\s|$)")


def marked(text: str) -> str:
    """The text with its quotations, apostrophes and the signs of HTML as inner signs."""
    text = DOUBLE.sub(lambda found: f"{OPEN}{found[1] or found[2] or ''}{CLOSE}", text)
    text = SINGLE.sub(rf"{OPEN_ONE}\1{CLOSE_ONE}", text).replace("'", APOSTROPHE).replace("’", APOSTROPHE)
    return text.replace("<", LESS).replace(">", MORE).replace("&", AND)


def set_plain(text: str) -> str:
    """The signs back in print, each quotation with the marks that it had."""
    return text.translate(
        str.maketrans(f"{OPEN}{CLOSE}{OPEN_ONE}{CLOSE_ONE}{APOSTROPHE}{LESS}{MORE}{AND}", "“”‘’’<>&")
    )


def curled(text: str) -> str:
    """The text with the quotation marks of print: “ ” for " ", ‘ ’ for ' ', ’ for an apostrophe."""
    return set_plain(marked(text))


def set_american(text: str) -> str:
    """Marks by depth, the outermost double; a full stop or comma goes before the marks that close.

    The text holds inner signs, and “ ” where a style put them. No full stop follows '?' or '!'.
    """
    depth, out = 0, []
    for sign in TWICE.sub(r"\1\2", AFTER_QUOTE.sub(_inward, text)):
        opens, closes = sign in f"“{OPEN}{OPEN_ONE}", sign in f"”{CLOSERS}"
        depth -= closes
        out.append("“‘"[depth % 2] if opens else "”’"[depth % 2] if closes else sign)
        depth += opens
    return set_plain("".join(out))


def _inward(found: re.Match[str]) -> str:
    last, closers, point = found.groups()
    return f"{last}{'' if last in '.,?!…' else point}{closers}"
