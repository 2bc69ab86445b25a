"""How to cite a record of Tumen, and how Tumen cites a source, in the manner of Chicago.

A small honest function each: one style, plain text. Export to reference managers and further
styles are to come with a CSL processor.
"""

from datetime import date

from tumen import dates
from tumen.desk import Desk, title
from tumen.records import Records
from tumen.templates import safe_url

SITE = "Tumen: Arms and Technology Flows around Russia's War"
CLOSED = (".", "?", "!", "…")
INNER = str.maketrans("“”", "‘’")  # quotation marks within quotation marks


def citation(
    records: Records, kind: str, record: str, on: date, address: str, as_of: date | None = None
) -> str:
    """A record of Tumen, with the version of its data and the day it was looked at.

    Args:
        records: the records that hold it.
        kind: 'transfer', 'event', …
        record: its id.
        on: the day of access.
        address: the permanent address.
        as_of: the day up to which the record was looked at, if it was turned back.
    """
    turned = f" As known on {dates.day_words(as_of)}." if as_of else ""
    name = title(records, f"{kind}:{record}").translate(INNER)
    return (
        f"“{_closed(name)}” {kind.capitalize()} record {record}.{turned} "
        f"{SITE}, data version {records.version or 'unknown'}. "
        f"Accessed {dates.day_words(on)}. {address}"
    )


def whole(records: Records, version: str, on: date, address: str, as_of: date | None = None) -> str:
    """All of Tumen, or a view of it, with the version of its data and the day it was looked at.

    Args:
        records: the records.
        version: of the descriptor, such as 2026.11.0.
        on: the day of access.
        address: of the view.
        as_of: the day up to which it was looked at, if it was turned back.
    """
    turned = f" As known on {dates.day_words(as_of)}." if as_of else ""
    stamp = f"{version} ({records.version or 'unknown'})"
    return f"{SITE}, data version {stamp}.{turned} Accessed {dates.day_words(on)}. {address}"


def source_citation(records: Records, source: str) -> str:
    """A source: author or publisher, title, publisher, date, the outlet it was read through, address."""
    row = Desk(records).row("sources", source)
    published = dates.words(row["published"])
    where = [row["publisher"], published] if row["author"] else [published]
    parts = [
        _closed(row["author"] or row["publisher"]),
        f"“{_closed(row['title'].translate(INNER))}”",
        _closed(", ".join(part for part in where if part)),
        _closed(f"Read through {row['via']}") if row["via"] else "",
        safe_url(row["url"]),
    ]
    return " ".join(part for part in parts if part)


def _closed(text: str) -> str:
    """The text with a full stop, unless it ends with a sign of its own."""
    return text if not text or text.endswith(CLOSED) else f"{text}."
