"""Citations as files for reference managers: BibTeX by pybtex, RIS by rispy, CSL-JSON by json."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import rispy
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer

from tumen.cite.items import Item, key
from tumen.cite.typography import curled

ENTRY: Mapping[str, str] = {  # CSL type → BibTeX entry; what is not named here is 'misc'
    "article-newspaper": "article",
    "dataset": "dataset",
    "report": "techreport",
    "webpage": "online",
}
HOUSE: Mapping[str, str] = {"techreport": "institution", "online": "organization"}
TEX: Mapping[str, str] = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%#_${}"},
}
PLAIN_NAME = re.compile(r"[A-Z][\w.’'-]*( [A-Z][\w.’'-]*)*")
LONE: Mapping[str, str] = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
TYPE: Mapping[str, str] = {  # CSL type → RIS type
    "article-newspaper": "NEWS",
    "dataset": "DATA",
    "report": "RPRT",
    "speech": "SLIDE",  # what Zotero takes for a presentation
    "treaty": "LEGAL",
    "webpage": "ELEC",
}
WITHIN = ("article-newspaper", "webpage")  # RIS names the paper or site that these are part of


def csl_json(items: Iterable[Item]) -> str:
    """The items as a CSL-JSON array."""
    return json.dumps(list(items), ensure_ascii=False, indent=1) + "\n"


# --- BibTeX --------------------------------------------------------------------------------------


class _Writer(Writer):  # type: ignore[misc]
    """pybtex's writer for what is TeX already: its own encoding loses backslashes and spoils addresses."""

    def _encode(self, text: str) -> str:
        return text


def bibtex(items: Iterable[Item]) -> str:
    """The items as BibTeX, in UTF-8; titles and institutions in double braces, so that their case stays."""
    entries = {key(item["id"]): _entry(item) for item in items}
    return str(_Writer(encoding="utf-8").to_string(BibliographyData(entries)))


def _entry(item: Item) -> Entry:
    kind = ENTRY.get(item["type"], "misc")
    fields = {name: value for name, value in _fields(item, kind) if value}
    return Entry(kind, fields, {"author": [_tex_person(name) for name in item.get("author", [])]})


def _fields(item: Item, kind: str) -> list[tuple[str, str]]:
    when = item["issued"]["date-parts"][0] if "issued" in item else []
    house = _tex(item.get("publisher") or item.get("container-title", ""))
    return [
        ("title", _whole(item["title"])),
        ("journal" if kind == "article" else HOUSE.get(kind, "publisher"), f"{{{house}}}" if house else ""),
        ("entrysubtype", "newspaper" if kind == "article" else ""),
        ("howpublished" if kind == "misc" else "type", _tex(item.get("genre", ""))),
        ("version", _tex(item.get("version", ""))),
        ("year", str(when[0]) if when else ""),
        ("date", _iso(when)),
        ("url", item.get("URL", "")),
        ("urldate", _iso(item["accessed"]["date-parts"][0]) if "accessed" in item else ""),
        ("note", _tex(item.get("note", ""))),
    ]


def _whole(text: str) -> str:
    return f"{{{_tex(text)}}}"


def _tex(text: str) -> str:
    """Text as TeX. A brace without its partner would end the field, so it is written by name."""
    signs = {**TEX, **({} if _balanced(text) else LONE)}
    return "".join(signs.get(sign, sign) for sign in curled(text))


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _tex_person(name: Mapping[str, str]) -> Person:
    if "literal" in name:
        return Person(last=_whole(name["literal"]))
    parts = {"first": "given", "last": "family", "lineage": "suffix"}
    return Person(**{theirs: _name_part(name[ours]) for theirs, ours in parts.items() if ours in name})


def _name_part(text: str) -> str:
    """A part of a name; in braces where BibTeX would read more into it ('and', commas, 'van der')."""
    return _tex(text) if PLAIN_NAME.fullmatch(text) else _whole(text)


def _iso(parts: list[int]) -> str:
    return "-".join(f"{part:02}" for part in parts)


# --- RIS -----------------------------------------------------------------------------------------


class _References(rispy.RisWriter):  # type: ignore[misc]
    """rispy's writer without the number before each reference, which is no part of RIS."""

    def set_header(self, count: int) -> str:
        return ""


def ris(items: Iterable[Item]) -> str:
    """The items as RIS."""
    return str(rispy.dumps([_reference(item) for item in items], implementation=_References))


def _reference(item: Item) -> dict[str, Any]:
    when = item["issued"]["date-parts"][0] if "issued" in item else []
    read = item["accessed"]["date-parts"][0] if "accessed" in item else []
    house = item.get("container-title") or item.get("publisher", "")
    found = {
        "type_of_reference": TYPE[item["type"]],
        "id": item["id"],
        "title": item["title"],
        "authors": [_ris_name(name) for name in item.get("author", [])],
        "secondary_title": house if item["type"] in WITHIN else "",
        "publisher": "" if item["type"] in WITHIN else house,
        "year": str(when[0]) if when else "",
        "date": _slashed(when),
        "edition": item.get("version"),
        "type_of_work": item.get("genre"),
        "name_of_database": item.get("archive"),
        "language": item.get("language"),
        "access_date": _slashed(read),
        "urls": [item["URL"]] if "URL" in item else [],
        "notes": [item["note"]] if "note" in item else [],
    }
    return {name: value for name, value in found.items() if value}


def _ris_name(name: Mapping[str, str]) -> str:
    """A comma parts family and given names in RIS, so an institution's name goes without."""
    if "literal" in name:
        return re.sub(r", *", " ", name["literal"])
    return ", ".join(name[part] for part in ("family", "given", "suffix") if part in name)


def _slashed(parts: list[int]) -> str:
    """'2024/05/17/', for a month '2024/05//', for a year '2024///': a season would come last."""
    return "/".join([*(f"{part:02}" for part in parts), *[""] * (4 - len(parts))]) if parts else ""
