"""What is cited, as a CSL item: a source, a record of Tumen, or a view of it.

An item is a dict of CSL-JSON (https://docs.citationstyles.org/en/stable/specification.html). It is made
here only; texts and files are made from items by libraries (see `styles` and `files`).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from tumen import browse, dates
from tumen.desk import Desk, Row, title
from tumen.records import Records
from tumen.speech import ENGLISH, speaking
from tumen.templates import TURNING, safe_url
from tumen.view import Selection, describe, to_query

Item = dict[str, Any]

NEWS = ("news", "state-media")  # unsigned, such a piece has no author: styles begin with paper or title
SPOKEN = re.compile(r"Remarks (by|at)\b|Statement (by|at)\b|.*\bRemarks on\b|.*\bopening statement\b")
REPORT = re.compile(r"Report of\b|.*\breport on\b", re.I)
DATABASE = re.compile(r"Database\b|.*\(tracker\)")
WRITTEN_IN = re.compile(r"In ([A-Z][a-z]+)\b")
LANGUAGES = {
    "Chinese": "zh",
    "Finnish": "fi",
    "French": "fr",
    "German": "de",
    "Icelandic": "is",
    "Indonesian": "id",
    "Italian": "it",
    "Japanese": "ja",
    "Korean": "ko",
    "Lithuanian": "lt",
    "Polish": "pl",
    "Russian": "ru",
    "Slovene": "sl",
    "Turkish": "tr",
    "Ukrainian": "uk",
}
# In Korean names the family comes first, unless the writer turned it round for readers abroad.
KOREAN = (
    "Chae",
    "Choi",
    "Hwang",
    "Jung",
    "Kang",
    "Kim",
    "Lee",
    "Lim",
    "Park",
    "Seo",
    "Shin",
    "Song",
    "Yi",
    "Yoon",
)
IN_ADDRESS = "%/:?#[]@!$&'()*+,=~"  # what an address may hold as it is; ';' would split it in RIS


@speaking(ENGLISH)  # a citation is of the English original
def of_source(records: Records, source: str) -> Item:
    """A source of Tumen.

    The day on which it was read is not on record, so there is no `accessed`.

    Raises:
        KeyError: if there is no such source.
    """
    row = Desk(records).row("sources", source)
    kind, people = _type(row), persons(row["author"])
    house = [] if kind == "article-newspaper" else [{"literal": clean(row["publisher"])}]
    item = _filled(
        id=source,
        type=kind,
        title=clean(row["title"]) or source,
        author=people or house,
        issued=_parts(row["published"]),
        URL=address_of(safe_url(row["url"])),
        archive=clean(row["via"]),  # who keeps the text that was read
        genre="Speech" if kind == "speech" else "",
        language=_language(row["note"]),
        note=" ".join(_remarks(row)),
    )
    return item | _published_in(kind, clean(row["publisher"]), bool(people))


@speaking(ENGLISH)
def of_record(
    records: Records, kind: str, record: str, on: date, address: str, as_of: date | None = None
) -> Item:
    """A record of Tumen.

    Args:
        records: the records that hold it.
        kind: 'transfer', 'event', …, 'flow'.
        record: its id.
        on: the day of access.
        address: the permanent address.
        as_of: the day up to which the record was looked at, if it was turned back.
    """
    name = clean(title(records, f"{kind}:{record}"))
    what = f"{kind.capitalize()} record {record}"
    return _ours(records, on, address, f"{kind} {record}", f"{name}{_turned(as_of)}", what, as_of)


@speaking(ENGLISH)
def of_view(records: Records, selection: Selection, on: date, address: str) -> Item:
    """A view of Tumen, named by its filters, or all of Tumen. Arguments as for `of_record`."""
    view = selection.view
    words = describe(replace(view, as_of=None), records)
    if not words:
        return of_all(records, on, address, view.as_of)
    name = f"{len(selection.transfers)} of {selection.reported} transfers: {words}{_turned(view.as_of)}"
    query = urlencode(to_query(replace(view, as_of=None)), doseq=True)
    own = f"view {hashlib.sha256(query.encode()).hexdigest()[:10]}"
    return _ours(records, on, address, own, name, "View of the data set", view.as_of)


@speaking(ENGLISH)
def of_all(records: Records, on: date, address: str, as_of: date | None = None) -> Item:
    """The whole data set. Arguments as for `of_record`."""
    name = f"{browse.package(records).title}{_turned(as_of)}"
    item = _ours(records, on, address, "", name, "Data set", as_of)
    return {part: value for part, value in item.items() if part != "publisher"}


def _turned(as_of: date | None) -> str:
    return f" (as known on {dates.day_words(as_of)})" if as_of else ""


def _ours(
    records: Records, on: date, address: str, own: str, name: str, what: str, as_of: date | None
) -> Item:
    package = browse.package(records)
    released = re.match(r"(\d{4})\.(\d{1,2})\b", package.version)
    return _filled(
        id=key(f"tumen {own} {as_of or ''}".strip()),
        type="dataset",
        title=name,
        author=[{"literal": package.title.partition(":")[0]}],
        publisher=package.title,
        genre=what,
        version=f"{package.version}+{records.version or 'unknown'}",
        issued=_parts(f"{released[1]}-{released[2]}") if released else None,
        accessed={"date-parts": [[on.year, on.month, on.day]]},
        URL=address_of(address),
        language="en-GB",
    )


# --- parts of an item ----------------------------------------------------------------------------


def clean(text: str) -> str:
    """One line without signs that no reader sees: controls, turns of direction, halves of signs."""
    spaced = " ".join(text.translate(TURNING).split())
    kept = (sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn"))
    return " ".join("".join(kept).split())


def address_of(url: str) -> str:
    """An address as every format can hold it: what may not stand in one is written as %XX."""
    return quote(url, safe=IN_ADDRESS)


def persons(text: str) -> list[dict[str, str]]:
    """The people of an author column: 'Jin-Woo Shin, Na-Ri Shin', 'Henry Foy et al.'."""
    plain = re.sub(r"\([^)]*\)|\bet al\.?", "", clean(text))
    return [_person(name.strip()) for name in re.split(r",| and ", plain) if name.strip()]


def _person(name: str) -> dict[str, str]:
    *given, family = name.split()
    suffix = ""
    if given and family in ("Jr.", "Sr.", "II", "III"):
        suffix, family = family, given.pop()
    if given and given[0] in KOREAN and family not in KOREAN:
        family, given = given[0], [*given[1:], family]
    small = next((n for n, part in enumerate(given) if n and part.islower()), len(given))
    family = " ".join([*given[small:], family])  # 'van der Berg'
    return _filled(family=family, given=" ".join(given[:small]), suffix=suffix)


def _type(row: Row) -> str:
    """The CSL type: by the kind of source, and by what the title says that it is."""
    if row["kind"] in NEWS:
        return "article-newspaper"
    if row["kind"] == "treaty":
        return "treaty" if "Treaty" in row["title"] else "webpage"
    told = {"dataset": DATABASE, "report": REPORT, "speech": SPOKEN}
    return next((kind for kind, words in told.items() if words.match(row["title"])), "webpage")


def _published_in(kind: str, publisher: str, signed: bool) -> Item:
    """Where it appeared; a page of the house that wrote it does not say so twice."""
    if kind == "article-newspaper":
        return {"container-title": publisher}
    if kind == "webpage":
        return {"publisher": publisher} if signed else {}
    return {"publisher": publisher}


def _parts(text: str) -> Item | None:
    """A prefix date as CSL holds it: with as many parts as are known."""
    return {"date-parts": [[int(part) for part in text.split("-")]]} if text else None


def _language(note: str) -> str:
    found = WRITTEN_IN.match(note)
    return LANGUAGES.get(found[1], "") if found else ""


def _remarks(row: Row) -> Iterator[str]:
    if row["via"]:
        yield f"Read through {clean(row['via'])}."
    if "et al" in row["author"]:
        yield "With further authors."
    if row["note"]:
        yield clean(row["note"])


def _filled(**values: Any) -> Item:
    return {name: value for name, value in values.items() if value}


def key(text: str) -> str:
    """A key that every format takes: 'flow PRK>RUS:missiles' → 'flow-PRK-RUS-missiles'."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)
