"""Citations as text and HTML, in the two styles that our readers are asked for.

The styles are the official CSL files, worked by citeproc-py. What that processor (0.11) does not yet do is
done around it, and a test holds what comes of it against pandoc's processor:

- it abbreviates first names although the Chicago style says not to, and prints labels ('Edition.') of what
  an item does not have: `_mend` takes both out of the style once it is read;
- it repeats a title or a newspaper that stands in for a missing author: `_led` puts them there itself;
- it leaves full stops outside quotation marks, and marks within marks alone: see `typography`.
"""

import json
import re
import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from citeproc import (
    VARIABLES,
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.model import TextCased
from citeproc.source.json import CiteProcJSON
from citeproc.string import String
from markupsafe import Markup

from tumen.cite import typography
from tumen.cite.items import Item

FILES: Mapping[str, str] = {"chicago": "chicago-notes-bibliography-access-dates", "apa": "apa"}
FOLDER = Path(__file__).parent / "styles"
TURN = threading.Lock()  # the processor keeps the state of a text in the parsed style
HOUSES = ("container-title", "publisher", "archive")
SMALL = ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "up", "with")

# Texts that stand as they are wherever a style puts them, and the signs for their places meanwhile.
PLACES: Mapping[str, str] = {"title": "\ufddc", "genre": "\ufddd", "URL": "\ufdde"}

# The processor capitalises the words of a title that stand between spaces. Seams are spaces for it alone.
SEAM = "\ufdda "
COMPOUND = re.compile(r"(?<![\w-])[a-z]+(?:-[a-z]+)+(?![\w-])")
OPENING = re.compile(rf"(?<!\S)[(\[{typography.OPEN}{typography.OPEN_ONE}]+")
HYPHENED = re.compile(r"-[a-z]\S*")  # APA keeps 'E.' of 'Eun-jung', but 'J.-W.' of 'Jin-Woo'
STANDS_FIRST = "\ufddb"  # for the name of a paper that has taken the author's place already
AGAIN = re.compile(rf"(?:<i>)?{STANDS_FIRST}(?:</i>)?[.,]? ?")
CSL = "{http://purl.org/net/xbiblio/csl}"


def text(items: Iterable[Item], style: str) -> list[str]:
    """Each item as one line of plain text, in the order given.

    Args:
        items: CSL items.
        style: 'chicago' (Manual of Style, 18th edition, bibliography) or 'apa' (7th edition).

    Raises:
        KeyError: for any other style.
    """
    return [_cited(json.dumps(item), style, "plain") for item in items]


def html(items: Iterable[Item], style: str) -> Markup:
    """The items as paragraphs with italics; all text is escaped. Arguments as for `text`."""
    lines = (_cited(json.dumps(item), style, "html") for item in items)
    return Markup("\n").join(Markup(f'<p class="citation">{line}</p>') for line in lines)


@lru_cache(maxsize=8192)
def _cited(item: str, style: str, form: str) -> str:
    """One item, given as JSON so that it can be remembered."""
    made = json.loads(item)
    texts = {name: typography.marked(made[name]) for name in PLACES if name in made}
    if style == "chicago" and made.get("language", "en")[:2] == "en":
        texts["title"] = _headline(texts["title"])
    unplaced = {name: value for name, value in made.items() if name not in ("id", "note")}
    line = _frame(json.dumps(unplaced | {name: PLACES[name] for name in texts}), style, form)
    for name, text_ in texts.items():
        line = _put(line, PLACES[name], text_)
    return typography.set_american(_escaped(line) if form == "html" else line)


def _put(line: str, place: str, text_: str) -> str:
    """The line with a text in its place; the full stop after it only if it has no such sign of its own."""
    ends = text_[-1:] in (".", "?", "!", "…")
    return re.sub(rf"{place}(</i>)?(\.?)", lambda f: f"{text_}{f[1] or ''}{'' if ends else f[2]}", line)


@lru_cache(maxsize=4096)
def _frame(item: str, style: str, form: str) -> str:
    """What a style makes of an item with signs in place of its own texts.

    The processor takes some ten milliseconds, and all records of a kind share one frame.
    """
    made = _prepared(json.loads(item), style)
    parsed = _style(style, form, made["type"], frozenset(made) - {"id", "type"})
    source = CiteProcJSON([made])
    with TURN:
        bibliography = CitationStylesBibliography(parsed, source, getattr(formatter, form))
        bibliography.register(Citation([CitationItem("1")]))
        return AGAIN.sub("", str(bibliography.bibliography()[0]))


class _Titled(TextCased):  # type: ignore[misc]
    """The processor's own way to capitalise a title."""

    def get(self, name: str) -> str:
        return "title"


def _headline(title: str) -> str:
    """A title in headline style. The processor knows words between spaces only, so seams part the others."""
    parted = COMPOUND.sub(_parted, OPENING.sub(rf"\g<0>{SEAM}", title))
    return str(_Titled().case(String(parted), "en")).replace(SEAM, "")


def _parted(compound: re.Match[str]) -> str:
    """'state-of-the-art' with a seam before each part that a title capitalises."""
    first, *others = compound[0].split("-")
    return "-".join([first, *(part if part in SMALL else f"{SEAM}{part}" for part in others)])


def _escaped(line: str) -> str:
    """The signs of HTML that stand in texts (still as inner signs) as entities; the style's own tags stay."""
    entities: dict[str, str | int | None] = {
        typography.LESS: "&lt;",
        typography.MORE: "&gt;",
        typography.AND: "&amp;",
    }
    return line.translate(str.maketrans(entities))


# --- the item as the processor needs it ----------------------------------------------------------


def _prepared(item: Item, style: str) -> Item:
    known = {name: value for name, value in item.items() if name.replace("-", "_") in VARIABLES}
    made = _marked(_led(known, style))
    for name in HOUSES:
        if name in made:  # 'Argumenty i Fakty' is a name, and no style capitalises it
            made[name] = f'<span class="nocase">{made[name]}</span>'
    return {**made, "id": "1", "type": item["type"]}


def _led(item: Item, style: str) -> Item:
    """The item with an author: Chicago begins an unsigned piece with the paper, APA with the title."""
    author, house = item.get("author"), item.get("container-title", item.get("publisher", ""))
    if style == "chicago":
        return item if author else {**item, "author": [{"literal": house}], "container-title": STANDS_FIRST}
    if not author:
        return {**_without(item, "title"), "author": [{"literal": item["title"]}]}
    if author == [{"literal": item.get("publisher")}]:  # APA does not name a publisher who is the author
        item = _without(item, "publisher")
    return {**item, "author": [{**name, "given": HYPHENED.sub("", name["given"])} if "given" in name else name
                               for name in author]}  # fmt: skip


def _without(item: Item, name: str) -> Item:
    return {key: value for key, value in item.items() if key != name}


def _marked(value: Any) -> Any:
    """All texts of an item with inner signs: nothing in them can be taken for markup."""
    if isinstance(value, str):
        return typography.marked(value)
    if isinstance(value, list):
        return [_marked(part) for part in value]
    return {key: _marked(part) for key, part in value.items()} if isinstance(value, dict) else value


# --- the style as the processor needs it ---------------------------------------------------------


@lru_cache(maxsize=64)
def _style(name: str, form: str, kind: str, given: frozenset[str]) -> CitationStylesStyle:
    """A style parsed for items of one type with these variables.

    One for each form of output, because the processor writes that into it.
    """
    parsed = CitationStylesStyle(str(FOLDER / f"{FILES[name]}.csl"), validate=False)
    _decide(parsed.root, kind, given)
    _forget(parsed.root)
    _mend(parsed.root, name, given)
    return parsed


def _mend(root: Any, name: str, given: frozenset[str]) -> None:
    """Take out what citeproc-py would print wrongly."""
    if name == "chicago":  # every name of its bibliography says initialize="false"
        root.attrib.pop("initialize-with")
    for label in list(root.iter(f"{CSL}label")):
        label.set("plural", "never")
        if not given.issuperset([label.get("variable", "author")]):
            label.getparent().remove(label)
    for term in [] if "accessed" in given else list(root.iter(f"{CSL}text")):
        if term.get("term") in ("accessed", "retrieved"):  # 'Retrieved' without a day says nothing
            term.getparent().remove(term)


def _decide(root: Any, kind: str, given: frozenset[str]) -> None:
    """Settle the conditions that hang on type and variables alone: many times faster than at every item."""
    for choose in list(root.iter(f"{CSL}choose")):
        settled: list[Any] = []  # branches that are not taken
        for branch in list(choose):
            holds = _holds(branch, kind, given)
            if holds is False:
                settled.append(branch)
            elif holds:
                branch.attrib.clear()
                settled += branch.itersiblings()
                break
        for branch in settled:
            choose.remove(branch)
        if settled:
            choose.append(_stub(settled[0]))


def _holds(branch: Any, kind: str, given: frozenset[str]) -> bool | None:
    """Whether a branch is taken; None if only the processor can say."""
    conditions = set(branch.attrib) - {"match"}
    if conditions - {"type", "variable"}:
        return None
    found = [name == kind for name in branch.get("type", "").split()]
    found += [name in given for name in branch.get("variable", "").split()]
    match = branch.get("match", "all")
    return {"any": any, "none": lambda all_: not any(all_), "all": all}[match](found)


def _stub(branch: Any) -> Any:
    """A branch with nothing but a variable that no item has: only groups that name one may stay empty."""
    for child in list(branch):
        branch.remove(child)
    branch.append(branch.makeelement(f"{CSL}text", variable="abstract"))
    return branch


def _forget(root: Any) -> None:
    """Drop what a bibliography does not call: the processor looks each macro up from the top."""
    called, ahead = set(), [root.find(f"{CSL}bibliography")]
    macros = {macro.get("name"): macro for macro in root.findall(f"{CSL}macro")}
    while ahead:
        for text in ahead.pop().iter(f"{CSL}text"):
            name = text.get("macro")
            if name and name not in called:
                called.add(name)
                ahead.append(macros[name])
    for name, macro in macros.items():
        if name not in called:
            root.remove(macro)
