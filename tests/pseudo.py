"""A language made up for tests: every translated text stands in ⟦brackets⟧, and what is not does not."""

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict

from tumen.geography import BORDER_POINTS
from tumen.speech import Catalogue

CODE = "qq"
DATA = Path(__file__).resolve().parent.parent / "data"
HELD = re.compile(r"(%\(\w+\)s|%%|\{\w+\}|<[^>]*>)")  # what stands for a value, and markup
TOLD = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[A-Za-z]{2,}")
MARKUP = re.compile(r"<[^>]*>|%\{[^}]*\}")  # in a chart: its markup, and the values that it fills in
ADDRESS = re.compile(r"(/|https?:|\w+:)\S+$")
FINGERPRINT = re.compile(r"[0-9a-f]{12}|2026\w*")
SPOKEN = ("title", "aria-label", "data-label", "placeholder", "alt")  # attributes that people hear or see


class Pseudo(Catalogue):
    """Brackets around the words of every text, but not around the values put into it."""

    def gettext(self, message: str) -> str:
        return "".join(
            part if HELD.fullmatch(part) or not part.strip() else f"⟦{part}⟧" for part in HELD.split(message)
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


class _Texts(HTMLParser):
    """The texts of a piece of HTML: what is read, and what is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in SPOKEN and value]
        self.silent += tag in ("style", "code")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "code")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def of_html(html: str) -> list[str]:
    parser = _Texts()
    parser.feed(html)
    return parser.found


FIELDS = ("label", "help", "placeholder", "options", "body", "caption", "title", "text", "alt")
DRAWN = ("text", "hovertext", "hovertemplate", "texttemplate", "title", "name", "ticktext")


def texts(node: Any) -> Iterator[str]:
    """All that an element of Streamlit says: of ours what the component was given, else its own fields."""
    proto = getattr(node, "proto", None)
    if getattr(node, "type", "") == "bidi_component":
        yield from _component(json.loads(proto.json))
    elif hasattr(proto, "DESCRIPTOR"):
        yield from _fields(MessageToDict(proto), FIELDS)


def _component(given: dict[str, Any]) -> Iterator[str]:
    yield from of_html(given.get("html", ""))
    yield from _fields(given.get("caption", {}), ("finding", "title", "reading", "view", "basis", "source"))
    yield from _fields(given.get("legend", []), ("label", "title"))
    yield given.get("alt", "")
    for _width, figure in given.get("figures", []):
        yield from _fields(json.loads(figure), DRAWN)


def _fields(node: Any, wanted: tuple[str, ...], named: bool = False) -> Iterator[str]:
    if isinstance(node, str) and named:
        yield node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _fields(value, wanted, name in wanted)
    elif isinstance(node, list):
        for value in node:
            yield from _fields(value, wanted, named)


# --- what is data ----------------------------------------------------------------------------------

MOST, LONG = 12, 4  # words of a piece that is looked for; so many together are a part of a sentence


@cache
def cells() -> frozenset[str]:
    """The words of every cell of the data, whole and item by item, and of all that the descriptor says."""
    found: set[str] = set()
    for path in DATA.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    found |= {_words(cell), *map(_words, re.split(r"[;,:()]", cell))}
    borders = (DATA / "geo" / "README.md").read_text("utf-8")
    found |= {_words(part) for part in re.split(r"\n\n|\n[-#|]|[`\[\]|]", borders)}
    found |= {_words(f"{point.name}") for point in BORDER_POINTS}
    found |= {_words(text) for text in _strings(json.loads((DATA / "datapackage.json").read_text("utf-8")))}
    return frozenset(found)


@cache
def corpus() -> str:
    """The same as one long text, in which a part of a sentence is found."""
    return "\n".join(f" {cell} " for cell in sorted(cells()))


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _strings(value)


def _words(text: str) -> str:
    return " ".join(
        word
        for word in re.findall(r"[^\W_]+", text.casefold())
        if not (word.isdecimal() or FINGERPRINT.fullmatch(word))
    )


def _is_data(words: list[str]) -> bool:
    piece = " ".join(words)
    return piece in cells() or (len(words) >= LONG and f" {piece} " in corpus())


def _left(words: list[str]) -> list[str]:
    """The words that stand in no piece of data."""
    told = [False] * len(words)
    for at in range(len(words)):
        ends = range(min(len(words), at + MOST), at, -1)
        end = next((end for end in ends if _is_data(words[at:end])), at)
        told[at:end] = [True] * (end - at)
    return [word for word, known in zip(words, told, strict=True) if not known]


def remainders(spoken: str) -> list[str]:
    """What a text of the made-up language says outside of brackets that is no data, in small letters.

    Addresses and our own citations, which stay English, say nothing.
    """
    if spoken == CODE or ADDRESS.match(spoken) or "tumen.invalid" in spoken:
        return []
    outside = MARKUP.sub(" ", TOLD.sub("\n", spoken)).split("\n")
    left = (" ".join(_left(_words(part).split())) for part in outside)
    return [words for words in left if WORD.search(words)]
