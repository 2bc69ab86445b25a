"""`make texts`: gather every fixed text of the interface in one place, and compile the translations.

The place is `tumen/locale/tumen.pot`; a translation is `tumen/locale/LANGUAGE/LC_MESSAGES/tumen.po` with its
compiled form beside it. docs/translation.md tells a translator how.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.translation import faults
from tumen.speech import DOMAIN, LOCALE

ROOT = Path(__file__).resolve().parent.parent
# Beside gettext's own the marks of tumen/speech.py.
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None, "n_": (1, 2), "np_": ((1, "c"), 2)}
SOURCES = [
    ("tumen/html/brief.html", "ignore"),  # a document of its own, in English
    ("tumen/html/**.html", "jinja2"),
    ("tumen/**.py", "python"),
    ("pages/**.py", "python"),
]
JINJA = {
    "extensions": "jinja2.ext.i18n",
    "newstyle_gettext": "true",
    "trimmed": "true",
    "silent": "false",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}
POT = LOCALE / f"{DOMAIN}.pot"


def gathered() -> Catalog:
    """All texts as they stand in code and templates now."""
    catalog = Catalog(project="Tumen", charset="utf-8")
    options = {pattern: JINJA for pattern, method in SOURCES if method == "jinja2"}
    for _file, _line, message, comments, context in extract_from_dir(
        ROOT, SOURCES, options, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        catalog.add(message, auto_comments=comments, context=context)
    return catalog


def template() -> str:
    """The file that holds all texts, without dates and lines, so that it changes only with a text."""
    found = io.BytesIO()
    write_po(found, gathered(), width=0, no_location=True, omit_header=True, sort_output=True)
    return found.getvalue().decode()


def translations() -> Iterator[Path]:
    """Every translation that there is."""
    yield from sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def compiled(path: Path) -> bytes:
    """A translation as the program reads it."""
    found = io.BytesIO()
    write_mo(found, read(path))
    return found.getvalue()


def read(path: Path) -> Catalog:
    """A translation."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def main() -> None:
    """Write what is gathered and compiled; refuse translations with other places or markup."""
    LOCALE.mkdir(exist_ok=True)
    POT.write_text(template(), "utf-8")
    wrong = [f"{path}: {fault}" for path in translations() for fault in faults(read(path))]
    if wrong:
        sys.exit("\n".join(wrong))
    for path in translations():
        path.with_suffix(".mo").write_bytes(compiled(path))
    print(f"{POT.relative_to(ROOT)}: {POT.read_text('utf-8').count('msgid ')} texts")


if __name__ == "__main__":
    main()
