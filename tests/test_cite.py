"""Citations as text: what the manuals ask for, what they must hold, and what must stay text."""

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypandoc
import pytest
from markupsafe import Markup, escape

from tumen import cards, cite, view
from tumen.cite import styles, typography
from tumen.cite.items import Item, address_of, clean, persons
from tumen.records import Records, load
from tumen.view import View

ON = date(2026, 11, 21)
ADDRESS = "https://tumen.example/record?record=x"
STYLES = Path(styles.FOLDER)


@pytest.fixture(scope="module")
def records() -> Records:
    return load()


def source(records: Records, **values: str) -> Item:
    """A source of which all fields are given."""
    frame = records["sources"].head(1).copy()
    blank = {
        "title": "A title",
        "publisher": "Outlet",
        "via": "",
        "author": "",
        "published": "",
        "url": "",
        "note": "",
    }
    for column, value in {**blank, "kind": "news", **values}.items():
        frame[column] = value
    changed = replace(records, tables={**records.tables, "sources": frame})
    return cite.items.of_source(changed, frame.index[0])


# --- what is cited -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"type": "article-newspaper", "container-title": "Outlet"}),
        ({"kind": "state-media"}, {"type": "article-newspaper", "container-title": "Outlet"}),
        ({"kind": "think-tank"}, {"type": "webpage", "author": [{"literal": "Outlet"}]}),
        (
            {"kind": "think-tank", "author": "Ann Writer"},
            {"type": "webpage", "author": [{"family": "Writer", "given": "Ann"}], "publisher": "Outlet"},
        ),
        ({"kind": "un", "title": "Report of the Panel"}, {"type": "report", "publisher": "Outlet"}),
        ({"kind": "government", "title": "Remarks by A at B"}, {"type": "speech", "genre": "Speech"}),
        ({"kind": "data", "title": "Database of sanctions"}, {"type": "dataset", "publisher": "Outlet"}),
        ({"kind": "treaty", "title": "Treaty of X"}, {"type": "treaty"}),
        ({"kind": "treaty", "title": "Summit Declaration"}, {"type": "webpage"}),
        ({"published": "2024"}, {"issued": {"date-parts": [[2024]]}}),
        ({"published": "2024-05"}, {"issued": {"date-parts": [[2024, 5]]}}),
        ({"published": "2024-05-07"}, {"issued": {"date-parts": [[2024, 5, 7]]}}),
        ({"via": "A Relay"}, {"archive": "A Relay", "note": "Read through A Relay."}),
        ({"note": "In Turkish. Shortened."}, {"language": "tr", "note": "In Turkish. Shortened."}),
        ({"author": "Ann Writer et al."}, {"note": "With further authors."}),
        ({"url": "https://a.example/b_c?d=1&e=2#f"}, {"URL": "https://a.example/b_c?d=1&e=2#f"}),
    ],
)  # fmt: skip
def test_a_source_says_what_it_is(records: Records, values: dict[str, str], expected: Item) -> None:
    item = source(records, **values)
    assert {name: item[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("values", "absent"),
    [
        ({}, ("author", "issued", "URL", "note", "archive", "accessed", "language")),
        ({"url": "javascript:alert(1)"}, ("URL",)),
        ({"kind": "un"}, ("container-title", "publisher")),
    ],
)
def test_a_source_says_no_more_than_is_known(
    records: Records, values: dict[str, str], absent: Sequence[str]
) -> None:
    assert not set(absent) & set(source(records, **values))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Iclal Turan", [("Turan", "Iclal")]),
        ("Jin-Woo Shin, Na-Ri Shin", [("Shin", "Jin-Woo"), ("Shin", "Na-Ri")]),
        ("Kim Eun-jung and Chae Yun-hwan", [("Kim", "Eun-jung"), ("Chae", "Yun-hwan")]),
        ("Kim Yo Jong", [("Kim", "Yo Jong")]),
        ("Jack Kim", [("Kim", "Jack")]),
        ("Soo-hyang Choi", [("Choi", "Soo-hyang")]),
        ("Michelle Ye Hee Lee, Joyce Sohyun Lee", [("Lee", "Michelle Ye Hee"), ("Lee", "Joyce Sohyun")]),
        ("Helen Regan, Yumi Asada and Gawon Bae", [("Regan", "Helen"), ("Asada", "Yumi"), ("Bae", "Gawon")]),
        ("Dion Nissenbaum and Benoit Faucon (WSJ)", [("Nissenbaum", "Dion"), ("Faucon", "Benoit")]),
        ("Henry Foy et al.", [("Foy", "Henry")]),
        ("Bilousova, Vlasyuk", [("Bilousova", None), ("Vlasyuk", None)]),
        ("Anna van der Berg", [("van der Berg", "Anna")]),
        ("", []),
    ],
)
def test_people_have_family_and_given_names(text: str, names: list[tuple[str, str | None]]) -> None:
    assert [(name["family"], name.get("given")) for name in persons(text)] == names


def test_a_suffix_is_no_family() -> None:
    assert persons("Joseph S. Bermudez Jr.") == [
        {"family": "Bermudez", "given": "Joseph S.", "suffix": "Jr."}
    ]


def test_what_no_reader_sees_is_left_out() -> None:
    assert clean("a\u202eb\tc\r\nd\x00\ufdd0e\ud800 ") == "ab c de"
    assert (
        address_of("https://a.example/ü{x}|y;z’%20") == "https://a.example/%C3%BC%7Bx%7D%7Cy%3Bz%E2%80%99%20"
    )


def test_keys_are_unique(records: Records) -> None:
    names = [cite.items.of_source(records, name)["id"] for name in records["sources"].index]
    names += [
        cite.items.of_record(records, kind, name, ON, ADDRESS)["id"]
        for kind, table in cards.TABLES.items()
        for name in records[table].index
    ]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in names)


# --- what the manuals ask for --------------------------------------------------------------------

# Written by the rules: CMOS 18 (14.87–14.104: newspapers and websites, the unsigned piece under the name of
# the paper; 13.15 access dates; headline-style titles; the full stop within the quotation marks) and the APA
# manual, 7th edition (10.1 no. 16, 10.16 and 9.12: the unsigned piece under its title; 10.9 data sets).
KNOWN = {
    "aa-2024-05-17-treasury": (
        "Turan, Iclal. “US Announces Sanctions over Arms Transfers Between Russia, North Korea.” Anadolu "
        "Agency, May 17, 2024. https://www.aa.com.tr/en/americas/"
        "us-announces-sanctions-over-arms-transfers-between-russia-north-korea/3222013.",
        "Turan, I. (2024, May 17). US announces sanctions over arms transfers between Russia, North Korea. "
        "Anadolu Agency. https://www.aa.com.tr/en/americas/"
        "us-announces-sanctions-over-arms-transfers-between-russia-north-korea/3222013",
    ),
    "aawsat-2024-04-25-sahara": (
        "Reuters. “US Issues Sanctions on Iran, Targets Drones.” April 25, 2024. Asharq Al-Awsat. "
        "https://english.aawsat.com/world/4985201-us-issues-sanctions-iran-targets-drones?page=2.",
        "US Issues Sanctions on Iran, Targets Drones. (2024, April 25). Reuters. Asharq Al-Awsat. "
        "https://english.aawsat.com/world/4985201-us-issues-sanctions-iran-targets-drones?page=2",
    ),
    "38north-2024-04-poe": (
        "38 North. “UN Panel of Experts: The Final Act.” April 2024. "
        "https://www.38north.org/2024/04/un-panel-of-experts-the-final-act/.",
        "38 North. (2024, April). UN Panel of Experts: The Final Act. "
        "https://www.38north.org/2024/04/un-panel-of-experts-the-final-act/",
    ),
    "38north-hecker-2023-09": (
        "Wit, Joel. “Siegfried Hecker on the New Russia-DPRK Relationship and Nuclear Cooperation.” "
        "38 North, September 21, 2023. https://www.38north.org/2023/09/"
        "siegfried-hecker-on-the-new-russia-dprk-relationship-and-nuclear-cooperation/.",
        "Wit, J. (2023, September 21). Siegfried Hecker on the New Russia-DPRK Relationship and Nuclear "
        "Cooperation. 38 North. https://www.38north.org/2023/09/"
        "siegfried-hecker-on-the-new-russia-dprk-relationship-and-nuclear-cooperation/",
    ),
    "ac-2023-11-garlauskas": (
        "Garlauskas, Markus, Joseph Webster, and Emma C. Verges. “China’s Support for Russia Has Been "
        "Hindering Ukraine’s Counteroffensive.” Atlantic Council, November 2023. China Heralder. https://chinaheralder.com"
        "/2023/11/22/chinas-support-for-russia-has-been-hindering-ukraines-counteroffensive.",
        "Garlauskas, M., Webster, J., & Verges, E. C. (2023, November). China’s support for Russia has been "
        "hindering Ukraine’s counteroffensive. Atlantic Council. China Heralder. https://chinaheralder.com"
        "/2023/11/22/chinas-support-for-russia-has-been-hindering-ukraines-counteroffensive",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_known_sources_are_cited_as_the_manuals_ask(records: Records, name: str) -> None:
    item = cite.items.of_source(records, name)
    assert (cite.text([item], "chicago")[0], cite.text([item], "apa")[0]) == KNOWN[name]


@pytest.mark.parametrize(
    ("values", "chicago", "apa"),
    [
        ({}, "Outlet. “A Title.” n.d.", "A title. (n.d.). Outlet."),
        (
            {"title": "Who knows?", "url": "https://a.example/b"},
            "Outlet. “Who Knows?” n.d. https://a.example/b.",
            "Who knows? (n.d.). Outlet. https://a.example/b",
        ),
        (
            {"title": "He says 'no', and \"why\"", "published": "2024"},
            "Outlet. “He Says ‘No,’ and ‘Why.’” 2024.",
            "He says “no,” and “why.” (2024). Outlet.",
        ),
        (
            {"title": "The state-of-the-art 'kamikaze' (or so)", "published": "2024-05"},
            "Outlet. “The State-of-the-Art ‘Kamikaze’ (or So).” May 2024.",
            "The state-of-the-art “kamikaze” (or so). (2024, May). Outlet.",
        ),
        (
            {"author": "Kim Eun-jung", "publisher": "Argumenty i Fakty", "published": "2024-05-01"},
            "Kim, Eun-jung. “A Title.” Argumenty i Fakty, May 1, 2024.",
            "Kim, E. (2024, May 1). A title. Argumenty i Fakty.",
        ),
        (
            {"kind": "un", "title": "Report of the panel", "published": "2010-11-05"},
            "Outlet. Report of the Panel. Outlet, 2010.",
            "Outlet. (2010). Report of the panel.",
        ),
        (
            {"kind": "government", "author": "Ann B. Writer and Carl Doe", "published": "2024-01"},
            "Writer, Ann B., and Carl Doe. “A Title.” Outlet, January 2024.",
            "Writer, A. B., & Doe, C. (2024, January). A title. Outlet.",
        ),
        (
            {"title": "Uma visita à Rússia", "note": "In French.", "published": "2024-01-02"},
            "Outlet. “Uma visita à Rússia.” January 2, 2024.",
            "Uma visita à Rússia. (2024, January 2). Outlet.",
        ),
    ],
)
def test_a_source_is_cited_by_what_is_known_of_it(
    records: Records, values: dict[str, str], chicago: str, apa: str
) -> None:
    item = source(records, **values)
    assert (cite.text([item], "chicago")[0], cite.text([item], "apa")[0]) == (chicago, apa)


def test_a_record_names_itself_its_version_day_and_address(records: Records) -> None:
    item = cite.items.of_record(records, "transfer", "prk-rus-munitions-containers", ON, ADDRESS)
    version = f"2026.11.0+{records.version}"
    house = "Tumen: arms and technology flows around Russia’s war"
    assert cite.text([item], "chicago") == [
        "Tumen. “Containerised Munitions, Contents Not Stated.” Transfer record "
        f"prk-rus-munitions-containers. Version {version}. {house}, November 2026. "
        f"Accessed November 21, 2026. {ADDRESS}."
    ]
    assert cite.text([item], "apa") == [
        f"Tumen. (2026). Containerised munitions, contents not stated (Version {version}) "
        f"[Transfer record prk-rus-munitions-containers]. {house}. {ADDRESS}"
    ]


def test_a_turned_back_record_or_view_names_its_day(records: Records) -> None:
    day = date(2023, 10, 31)
    shown = view.select(records, View(country=("PRK",), as_of=day))
    turned = [
        cite.items.of_record(records, "event", records["events"].index[0], ON, ADDRESS, day),
        cite.items.of_view(records, shown, ON, ADDRESS),
        cite.items.of_view(records, view.select(records, View(as_of=day)), ON, ADDRESS),
    ]
    assert all("(as known on 31 October 2023)" in line for line in cite.text(turned, "apa"))
    now = cite.items.of_view(records, view.select(records, View()), ON, ADDRESS)
    assert len({item["id"] for item in [*turned, now]}) == 4
    assert now["title"] == "Tumen: arms and technology flows around Russia's war"


def test_a_view_is_named_by_its_filters_and_its_count(records: Records) -> None:
    chosen = view.select(records, View(country=("PRK",), role="origin"))
    item = cite.items.of_view(records, chosen, ON, ADDRESS)
    assert item["title"] == f"{len(chosen.transfers)} of {chosen.reported} transfers: North Korea sends"


@pytest.mark.parametrize("kind", [*cards.TABLES, "flow"])
@pytest.mark.parametrize("style", cite.STYLES)
def test_a_record_of_each_kind_can_be_cited(records: Records, kind: str, style: str) -> None:
    names = ["PRK>RUS:missiles"] if kind == "flow" else records[cards.TABLES[kind]].index[::97]
    cited = [cite.items.of_record(records, kind, name, ON, ADDRESS) for name in names]
    for name, line in zip(names, cite.text(cited, style), strict=True):
        assert f"{kind.capitalize()} record {name}" in line and ADDRESS in line
        assert not re.search(r"\.\.|[\ufdd0-\ufdef]|  |None", line)


def test_the_old_names_still_answer(records: Records) -> None:
    record = cite.citation(records, "place", "rajin", ON, ADDRESS, date(2024, 1, 1))
    assert "Place record rajin" in record and "as Known on 1 January 2024" in record
    assert "Version 2.0+" in cite.whole(records, "2.0", ON, ADDRESS)
    name = records["sources"].index[0]
    assert (
        cite.source_citation(records, name) == cite.text([cite.items.of_source(records, name)], "chicago")[0]
    )
    assert "+unknown" in cite.citation(replace(records, version=""), "place", "rajin", ON, ADDRESS)


# --- text stays text -----------------------------------------------------------------------------

HOSTILE = '<script>alert(1)</script> & <span class="nocase">X</span> %s \\x {y} #1 _z_ $1 김정은 «q» Кім'


@pytest.mark.parametrize("style", cite.STYLES)
@pytest.mark.parametrize("kind", ["news", "un", "government", "treaty"])
def test_hostile_text_stays_text(records: Records, style: str, kind: str) -> None:
    item = source(records, kind=kind, title=HOSTILE, publisher=HOSTILE, author=HOSTILE, via=HOSTILE,
                  url="https://a.example/<b>&c")  # fmt: skip
    html = cite.html([item], style)
    assert isinstance(html, Markup)
    assert not re.search(r"<(?!/?(i|p|p class=\"citation\")>)", html)
    assert not re.search(r"&(?!(lt|gt|amp);)", html)
    plain = cite.text([item], style)[0]
    assert "<script>" in plain.casefold() and "김정은" in plain and "{y} #1 _z_ $1" in plain.casefold()


@pytest.mark.parametrize("style", cite.STYLES)
def test_html_and_text_say_the_same(records: Records, style: str) -> None:
    some = [cite.items.of_source(records, name) for name in records["sources"].index[::60]]
    lines = cite.html(some, style).split("\n")
    assert [Markup(line).striptags() for line in lines] == cite.text(some, style)
    assert any("<i>" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "curled"),
    [
        ("N. Korea's 'war machine'", "N. Korea’s ‘war machine’"),
        ("'China's support' for \"him\"", "‘China’s support’ for “him”"),
        ("the pilots' strike", "the pilots’ strike"),
        ('5" shells', '5" shells'),
        ("‘a’ “b ‘c’”", "‘a’ “b ‘c’”"),
    ],
)
def test_quotation_marks_are_those_of_print(text: str, curled: str) -> None:
    assert typography.curled(text) == curled


# --- against another processor -------------------------------------------------------------------


def pandoc(items: Sequence[Item], style: str, folder: Path) -> list[str]:
    """The same items by pandoc's processor, in the order given."""
    numbered = [{**item, "id": str(number)} for number, item in enumerate(items)]
    (folder / "items.json").write_text(json.dumps(numbered), encoding="utf-8")
    command = [pypandoc.get_pandoc_path(), "--citeproc", "--csl", STYLES / f"{styles.FILES[style]}.csl"]
    page = _run([*command, "-f", "csljson", "-t", "json", folder / "items.json"])
    document = json.loads(page)
    (listed,) = [block["c"][1] for block in document["blocks"] if block["c"][0][0] == "refs"]
    found = {block["c"][0][0].removeprefix("ref-"): block["c"][1] for block in listed}
    ordered = [block for number in range(len(items)) for block in found[str(number)]]
    (folder / "page.json").write_text(
        json.dumps({**document, "meta": {}, "blocks": ordered}), encoding="utf-8"
    )
    page = _run([command[0], "-f", "json", "-t", "plain", "--wrap=none", folder / "page.json"])
    return [line for line in page.splitlines() if line]


def _run(command: Sequence[object]) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def telling(records: Records) -> list[Item]:
    """Sources that put a style to the test (signed, quoting, of a rare kind), and some of the plain ones."""
    rows = records["sources"]
    rare = (rows["author"] != "") | rows["title"].str.contains("['\"?&(]") | (rows["kind"] != "news")
    names = dict.fromkeys([*rows.index[rare][::3], *rows.index[::25]])
    return [cite.items.of_source(records, name) for name in names]


def alike(line: str) -> str:
    """A citation without what the two processors settle differently, by choice or by fault.

    Case: pandoc capitalises 'Kim Jong-Un' and the names of outlets. Marks: it leaves the full stop between
    two closing marks, where the manuals put it before both. 'Retrieved' without a day says nothing. And in a
    list it tells (2024a) from (2024b).
    """
    line = re.sub(r"Retrieved (?=https?://\S+$)", "", line).replace("’.”", ".’”")
    return re.sub(r"\((\d{4}|n\.d\.)-?[a-z](?=[,)])", r"(\1", line).casefold()


@pytest.mark.parametrize("style", cite.STYLES)
def test_pandocs_processor_writes_the_same(records: Records, style: str, tmp_path: Path) -> None:
    items = telling(records)
    theirs = items
    if style == "apa":  # the manual (9.29) leaves out a publisher who is the author; the style file does not
        own = [item.get("author") == [{"literal": item.get("publisher")}] for item in items]
        theirs = [
            {name: value for name, value in item.items() if not (same and name == "publisher")}
            for item, same in zip(items, own, strict=True)
        ]
    pairs = zip(cite.text(items, style), pandoc(theirs, style, tmp_path), strict=True)
    assert [(ours, other) for ours, other in pairs if alike(ours) != alike(other)] == []
    assert len(items) > 150


# --- where they are shown ------------------------------------------------------------------------


def test_a_card_offers_every_style_and_format(records: Records) -> None:
    html = cards.card(records, "transfer", "prk-rus-munitions-containers", today=ON)
    address = f"{cite.HERE}/record?record=transfer:prk-rus-munitions-containers"
    item = cite.items.of_record(records, "transfer", "prk-rus-munitions-containers", ON, address)
    for form, text in cite.forms(item).items():
        assert f'data-copy="{escape(text)}">Copy {cite.FORMATS[form][0]}</button>' in html
        assert address in text
    assert "Accessed November 21, 2026." in html


def test_the_card_of_a_source_cites_the_source_itself_too(records: Records) -> None:
    name = records["sources"].index[0]
    html = cards.card(records, "source", name, today=ON)
    for text in cite.forms(cite.items.of_source(records, name)).values():
        assert f'data-copy="{escape(text)}"' in html
    assert "Copy citation of the source itself" in html and f"Source record {name}" in html


def test_the_browser_knows_the_stand_in_for_the_host() -> None:
    script = Path(cards.__file__).parent / "app" / "assets" / "prose.js"
    assert f'const HERE = "{cite.HERE}";' in script.read_text(encoding="utf-8")
