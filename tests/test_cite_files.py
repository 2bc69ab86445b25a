"""Citations as files: what reference managers read is what was written, whatever stands in a title."""

import json
import re
import subprocess
from datetime import date
from pathlib import Path

import pypandoc
import pytest
import rispy
from hypothesis import example, given
from hypothesis import strategies as st
from pybtex.database import parse_string

from tumen import cards, cite, derive, view
from tumen.cite.items import Item, clean
from tumen.cite.typography import curled
from tumen.records import Records, load
from tumen.view import View

ON = date(2026, 11, 21)
READERS = {"bibtex": "biblatex", "ris": "ris", "csl-json": "csljson"}


@pytest.fixture(scope="module")
def records() -> Records:
    return load()


@pytest.fixture(scope="module")
def everything(records: Records) -> list[Item]:
    """Every source, a sample of each kind of record, and two views."""
    found = [cite.items.of_source(records, name) for name in records["sources"].index]
    for kind, table in cards.TABLES.items():
        for name in records[table].index[::50]:
            address = f"https://tumen.example/record?record={kind}:{name}&as_of=2024-01-01"
            found.append(cite.items.of_record(records, kind, name, ON, address))
    for chosen in (View(), View(country=("PRK",), as_of=date(2023, 10, 31))):
        shown = view.select(records, chosen)
        found.append(cite.items.of_view(records, shown, ON, "https://tumen.example/?a=1&b=2"))
    return found


# --- pandoc reads them ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", READERS)
def test_pandoc_reads_every_citation_without_a_warning(
    everything: list[Item], form: str, tmp_path: Path
) -> None:
    file = tmp_path / f"sources.{cite.FORMATS[form][1]}"
    file.write_text(cite.written(everything, form), encoding="utf-8")
    command = [pypandoc.get_pandoc_path(), "-f", READERS[form], "-t", "csljson", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    read = {item["id"]: item for item in json.loads(done.stdout)}
    assert set(read) == {item["id"] for item in everything}
    for item in everything:
        theirs = read[item["id"]]
        assert plain(theirs["title"]) == plain(item["title"])
        assert theirs.get("URL") == item.get("URL")
        assert when(theirs, form) == when(item, form)
        assert theirs["type"] == item["type"] or form != "csl-json"


def when(item: Item, form: str) -> list[int]:
    """The date, of which pandoc reads only the year from RIS."""
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    return parts[:1] if form == "ris" else parts


def plain(text: str) -> str:
    """A title without the marks that readers set in their own way."""
    return re.sub(r"</?span[^>]*>|[‘’'“”\"]", "", text)


def test_a_news_piece_is_one_for_every_reader(everything: list[Item]) -> None:
    news = [item for item in everything if item["type"] == "article-newspaper"]
    assert cite.ris(news).count("TY  - NEWS") == len(news)
    assert cite.bibtex(news).count('entrysubtype = "newspaper"') == len(news)


# --- what was written is read again --------------------------------------------------------------

NASTY = "ab Z9 &%$#_{}~^\\\"'`@,;:<>[]|/-–—=+*!?.()\n\r\t\u2028\u202e\x00é김Кم“”‘’"
texts = st.text(st.one_of(st.sampled_from(NASTY), st.characters(codec="utf-8")), max_size=40)
lines = texts.map(clean).filter(bool)
parts = lines.filter(lambda text: "," not in text)  # a comma parts names, see items.persons
names = st.one_of(
    st.fixed_dictionaries({"literal": lines}),
    st.fixed_dictionaries({"family": parts, "given": parts}),
)


NASTIEST: Item = {
    "id": "k",
    "type": "webpage",
    "title": "}{ \\",
    "author": [{"literal": "{"}],
    "publisher": '"',
    "note": "%",
    "issued": {"date-parts": [[2024, 5]]},
    "URL": "https://a.example/b_%20#e",
}


@st.composite
def items(draw: st.DrawFn) -> Item:
    """An item with any texts, as `tumen.cite.items` would leave them."""
    return {
        "id": "key-1",
        "type": draw(
            st.sampled_from(["article-newspaper", "webpage", "report", "dataset", "speech", "treaty"])
        ),
        "title": draw(texts.map(clean).filter(bool)),
        "author": draw(st.lists(names, max_size=3)),
        "publisher": draw(texts.map(clean).filter(bool)),
        "note": draw(texts.map(clean).filter(bool)),
        "issued": {"date-parts": [[2024, 5]]},
        "URL": cite.items.address_of("https://a.example/" + draw(texts.map(clean))),
    }


@given(items())
@example(NASTIEST)
def test_bibtex_is_read_as_it_was_written(item: Item) -> None:
    (entry,) = parse_string(cite.bibtex([item]), "bibtex").entries.values()
    assert untexed(entry.fields["title"]) == curled(item["title"])
    assert untexed(entry.fields["note"]) == curled(item["note"])
    assert entry.fields["url"] == item["URL"]
    assert entry.fields["date"] == "2024-05"
    read = [untexed(" ".join(person.last_names)) for person in entry.persons.get("author", [])]
    assert read == [curled(name.get("literal", name.get("family", ""))) for name in item["author"]]
    given_names = [untexed(" ".join(p.first_names + p.middle_names)) for p in entry.persons.get("author", [])]
    assert given_names == [curled(name.get("given", "")) for name in item["author"]]


def untexed(text: str) -> str:
    """TeX back to text, by a reading of its own: commands by name, then signs after a backslash."""
    named = {"textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbraceleft": "{",
             "textbraceright": "}"}  # fmt: skip
    text = text[1:-1] if text.startswith("{") else text
    return re.sub(r"\\(?:([a-z]+)\{\}|(.))", lambda found: named[found[1]] if found[1] else found[2], text)


@given(items())
def test_ris_is_read_as_it_was_written(item: Item) -> None:
    (read,) = rispy.loads(cite.ris([item]))
    assert read["title"] == item["title"] and read["notes"] == [item["note"]]
    assert read["urls"] == [item["URL"]]
    assert read.get("publisher", read.get("secondary_title")) == item["publisher"]
    assert read["date"] == "2024/05//" and read["id"] == "key-1"
    assert len(read.get("authors", [])) == len(item["author"])
    for name, text in zip(item["author"], read.get("authors", []), strict=True):
        assert text == (re.sub(", *", " ", name["literal"]).strip() if "literal" in name else
                        f"{name['family']}, {name['given']}")  # fmt: skip


@given(st.lists(items(), max_size=3))
def test_csl_json_is_read_as_it_was_written(some: list[Item]) -> None:
    assert json.loads(cite.csl_json(some)) == some


@given(items())
def test_any_text_can_be_set_in_both_styles(item: Item) -> None:
    for style in cite.STYLES:
        (line,) = cite.text([item], style)
        assert line and not re.search("[\ufdd0-\ufdef]", line)
        html = str(cite.html([item], style))
        assert not re.search(r"<(?!/?(i|p|p class=\"citation\")>)", html)


# --- which sources a view rests on ---------------------------------------------------------------


@pytest.mark.parametrize(
    "chosen", [View(), View(country=("PRK",), role="origin"), View(as_of=date(2023, 10, 31))], ids=str
)
def test_the_sources_of_a_view_are_those_of_its_records(records: Records, chosen: View) -> None:
    selection = view.select(records, chosen)
    found = cite.sources_of(records, selection)
    said = derive.known(records, chosen.as_of)
    must = set(said[said["transfer"].isin(selection.transfers)]["source"]) | set(selection.quotes["source"])
    assert must <= set(found) and len(found) == len(set(found))
    if chosen.as_of:
        later = set(records["assertions"]["source"]) - set(said["source"])
        days = records["sources"]["published"]
        assert not {name for name in found if days[name] > "2023-10-31"} & later
    order = [
        (records["sources"].author[name] or records["sources"].publisher[name]).casefold() for name in found
    ]
    assert order == sorted(order)


def test_a_narrower_view_rests_on_fewer_sources(records: Records) -> None:
    every = cite.sources_of(records, view.select(records, View()))
    some = cite.sources_of(records, view.select(records, View(weapon_type=("missiles",))))
    assert set(some) < set(every) <= set(records["sources"].index)


def test_an_unknown_format_is_an_error(records: Records) -> None:
    with pytest.raises(KeyError):
        cite.written([], "endnote")
    with pytest.raises(KeyError):
        cite.text([{"id": "a", "type": "webpage", "title": "x"}], "mla")
