"""Every text of the interface can be translated, and a language is a matter of the address."""

import ast
import gettext
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tests import pseudo
from tests.test_pages import EMPTY, PAGES, SHELLS, Query, Seen, look, walk
from tools import texts
from tools.translation import faults, places
from tumen import dates, speech, templates, wording
from tumen.app.head import _language
from tumen.records import Records
from tumen.speech import N_, Texts
from tumen.told import Told

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "translation.md"
TURNED = {**SHELLS, "as_of": "2023-11-02"}
CARD = "transfer:prk-rus-artillery-ammunition"
VIEWS: list[tuple[str, Query]] = [
    *((page, {}) for page in PAGES),
    *((page, TURNED) for page in PAGES),
    ("map", EMPTY),
    ("figures", EMPTY),
    ("overview", {"zz": "1", "country": "999", "from": "2024", "to": "2023"}),
    ("overview", {"country": ["IRN", "RUS"], "role": "between", "contested": "yes", "to": "2023-12"}),
    *(("overview", {"take": part}) for part in ("data", "cite", "brief", "calls")),
    *(("record", {"record": CARD, **day}) for day in ({}, {"as_of": "2023-11-02"})),
    ("record", {"record": "event:2023-09-17-drone-gifts"}),
    ("record", {"record": "flow:PRK>RUS"}),
    ("record", {"record": "transfer:000"}),
    ("quotes", {"forecast": "yes"}),
    ("quotes", {"q": "zzzzz"}),
    ("records", {"table": "assertions", "q": "stance=denies"}),
    ("method", {"section": "all"}),
    ("timeline", {"range": "all"}),
    ("map", {"view": "caspian", "focus": CARD}),
]


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The language in brackets is installed."""
    monkeypatch.setitem(speech.installed(), pseudo.CODE, pseudo.Pseudo())  # type: ignore[arg-type]


def listed() -> set[str]:
    """What docs/translation.md names as not translatable yet, in the block that this test reads."""
    found = re.search(r"```remainders\n(.*?)```", GUIDE.read_text("utf-8"), re.S)
    assert found
    return {line.strip() for line in found[1].splitlines() if line.strip()}


def outside(seen: Seen) -> Iterator[tuple[str, str]]:
    """What a page says outside of the brackets and is no data, with the text in which it stands."""
    for node in walk(seen.app._tree):
        for text in pseudo.texts(node):
            yield from ((left, text) for left in pseudo.remainders(text))


def test_no_page_says_a_word_that_cannot_be_translated(made_up: None) -> None:
    told = {
        left: (page, query, text)
        for page, query in VIEWS
        for left, text in outside(look(page, {**query, "lang": pseudo.CODE}))
    }
    unknown = {left: where for left, where in told.items() if left not in listed()}
    assert not unknown, "mark these texts, see docs/translation.md"
    assert listed() <= told.keys(), "these are translated now: take them off the list"


def test_the_brackets_catch_a_text_that_nobody_marked() -> None:
    assert pseudo.remainders("⟦Country⟧ Whichever flavour ⟦by {who}⟧") == ["whichever flavour"]
    assert not pseudo.remainders("⟦Country⟧ North Korea, 13 ⟦October⟧ 2023")


def test_the_one_place_of_all_texts_is_up_to_date() -> None:
    assert texts.template() == texts.POT.read_text("utf-8"), "run `make texts`"


def test_every_translation_is_sound_and_compiled() -> None:
    for path in texts.translations():
        assert list(faults(texts.read(path))) == [], path
        assert path.with_suffix(".mo").read_bytes() == texts.compiled(path), f"{path}: run `make texts`"


@pytest.mark.parametrize(
    ("original", "translation", "fault"),
    [
        ("{count} rows of {table}", "{count} рядків", "has the places"),
        ("{count} rows", "{число} рядків", "has the places"),
        ("{count} rows", "{count.real} рядків", "no plain name"),
        ("{count} rows", "{count рядків", "cannot be filled"),
        ("%(count)s rows", "рядків", "has the places"),
        ("<b>Bare</b> claim", "<b>Заява", "other markup"),
        ("Bare claim", "<script>x</script>", "other markup"),
        ("Bare claim", "Заява ", "space"),
    ],
)
def test_a_translation_that_breaks_a_page_is_named(original: str, translation: str, fault: str) -> None:
    catalog = Catalog(locale="uk")
    catalog.add(original, translation)
    assert [fault in told for told in faults(catalog)] == [True]


def test_a_translation_may_move_its_places_and_a_plural_form_may_do_without_the_number() -> None:
    catalog = Catalog(locale="uk")
    catalog.add("{who} gave {what}", "{what} дав {who}")
    catalog.add(("one row", "{count} rows"), ("один рядок", "{count} рядки", "{count} рядків"))
    catalog.add("100 % sure", "")
    assert list(faults(catalog)) == []
    assert places("%(a)s {b} 5 %% {{c}}") == {"a", "b"}


def catalogue(language: str, messages: Mapping[object, object]) -> gettext.GNUTranslations:
    """A catalogue as the program reads it, through Babel's own compiler."""
    made, file = Catalog(locale=language), io.BytesIO()
    for message, translation in messages.items():
        made.add(message, translation)
    write_mo(file, made)
    return gettext.GNUTranslations(io.BytesIO(file.getvalue()))


TRANSFERS = ("{count} transfer", "{count} transfers")


@pytest.mark.parametrize(
    ("language", "forms", "told"),
    [
        (
            "uk",
            ("{count} передача", "{count} передачі", "{count} передач"),
            {1: "1 передача", 3: "3 передачі", 5: "5 передач", 21: "21 передача", 1005: "1,005 передач"},
        ),
        ("ko", ("이전 {count}건",), {1: "이전 1건", 5: "이전 5건"}),
    ],
)
def test_counts_take_the_plural_form_of_the_language(
    language: str, forms: tuple[str, ...], told: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(speech.installed(), language, catalogue(language, {TRANSFERS: forms}))  # type: ignore[arg-type]
    with speech.speaking(language):
        assert {count: wording.plural(count, "transfer") for count in told} == told
    assert wording.plural(5, "transfer") == "5 transfers"


def test_every_counted_noun_has_its_forms() -> None:
    """A noun that is counted anywhere in code or templates of pages is among those to translate."""
    used = set()
    for path in [*(ROOT / "tumen").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        if {"cli", "brief", "export", "cite"} & {*path.parts}:
            continue  # they speak English
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("plural", "wording.plural"):
                named = [a.value for a in node.args[1:] if isinstance(a, ast.Constant) and a.value]
                used |= {named[-1]} if named else set()
    for path in (ROOT / "tumen" / "html").glob("*.html"):
        if path.name != "brief.html":
            for one, many in re.findall(r'plural\("([^"]+)"(?:, "([^"]+)")?\)', path.read_text("utf-8")):
                used.add(many or one)
    assert used - wording.NOUNS.keys() == set()


def test_months_stand_in_the_case_that_a_date_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    made, file = Catalog(locale="uk"), io.BytesIO()
    made.add("October", "жовтня", context="day")
    made.add("October", "жовтень", context="month")
    write_mo(file, made)
    found = gettext.GNUTranslations(io.BytesIO(file.getvalue()))
    monkeypatch.setitem(speech.installed(), "uk", found)  # type: ignore[arg-type]
    with speech.speaking("uk"):
        assert (dates.words("2023-10-13"), dates.words("2023-10")) == ("13 жовтня 2023", "жовтень 2023")
    assert dates.words("2023-10-13") == "13 October 2023"


# --- which language ------------------------------------------------------------------------------


def test_an_unknown_language_is_named_and_english_is_spoken() -> None:
    seen = look("overview", {"lang": "english"})  # the name of a language is understood as well
    assert not seen.app.warning
    seen = look("overview", {"lang": "englsh", "country": "PRK"})
    assert "Did you mean “English”?" in seen.app.warning[0].value.replace("\\", "")
    assert seen.text == look("overview", {"country": "PRK"}).text


def test_without_a_translation_there_is_no_choice() -> None:
    if len(speech.installed()) > 1:
        pytest.skip("a translation is installed")
    assert "languages" not in look("overview").parts


def test_the_language_stays_from_page_to_page(made_up: None) -> None:
    seen = look("overview", {"lang": pseudo.CODE, "country": "PRK"})
    links = [node.proto for node in walk(seen.app._tree) if getattr(node, "type", "") == "page_link"]
    assert links
    assert all("lang=qq" in link.query_string for link in links)
    ours = re.findall(r'href="(/(?!api|cite)[^"]*)"', seen.html)
    assert ours
    assert [link for link in ours if "lang=qq" not in link] == []


def test_a_language_is_chosen_by_a_link_that_keeps_the_view(made_up: None) -> None:
    query = {"country": "PRK", "take": "data"}
    seen, turned = look("overview", query), look("overview", {**query, "lang": pseudo.CODE})
    assert 'href="?country=PRK&amp;take=data&amp;lang=qq"' in seen.parts["languages"]["html"]
    assert 'href="?country=PRK&amp;take=data&amp;lang=en"' in turned.parts["languages"]["html"]
    assert "⟦Take it away⟧" in turned.text
    assert look("overview", {**query, "lang": "en"}).text == seen.text


def test_addresses_of_files_know_no_language(made_up: None) -> None:
    seen = look("overview", {"lang": pseudo.CODE, "take": "data"})
    files = re.findall(r'href="(/api[^"]*)"', seen.html)
    assert files
    assert [file for file in files if "lang" in file] == []


@pytest.mark.parametrize(
    ("asked", "spoken"), [("lang=qq", "qq"), ("lang=xx", "en"), ("", "en"), ("lang=%00", "en")]
)
def test_the_document_says_its_language(made_up: None, asked: str, spoken: str) -> None:
    assert _language({"type": "http", "query_string": asked.encode()}) == spoken


def test_what_is_kept_for_one_language_is_not_told_in_another(made_up: None, records: Records) -> None:
    def told() -> str:
        return records.once("a text of this test", lambda: speech.gettext("Country"))

    with speech.speaking(pseudo.CODE):
        assert told() == "⟦Country⟧"
        shared = records.once(("states", "of this test"), object)
    assert told() == "Country"
    assert records.once(("states", "of this test"), object) is shared


def test_a_language_ends_with_its_block(made_up: None) -> None:
    with pytest.raises(ZeroDivisionError), speech.speaking(pseudo.CODE):
        1 / 0  # noqa: B018
    assert speech.language() == speech.ENGLISH
    speech.speak("nobody speaks this")
    assert speech.language() == speech.ENGLISH


def test_a_constant_is_read_in_the_language_spoken_then(made_up: None) -> None:
    found = Texts({"a": N_("sends")})
    with speech.speaking(pseudo.CODE):
        assert dict(found) == {"a": "⟦sends⟧"}
    assert dict(found) == found.english == {"a": "sends"}


# --- filling in ----------------------------------------------------------------------------------


def test_a_told_sentence_keeps_what_its_numbers_rest_on() -> None:
    told = Told.of("{count} of {all}", all="9 rows", count=("3", "page:records"))
    assert told == "3 of 9 rows"
    assert ("3", "page:records") in told.parts


def test_values_in_a_text_of_a_template_are_escaped_and_in_reading_order() -> None:
    env = templates.environment()
    hostile = "<b>\u202ex</b> %(a)s {b}"
    made = env.from_string("{% trans who %}by {{ who }}, 5 %{% endtrans %} {{ _('by %(who)s', who=who) }}")
    assert (
        made.render(who=hostile) == "by &lt;b&gt;x&lt;/b&gt; %(a)s {b}, 5 % by &lt;b&gt;x&lt;/b&gt; %(a)s {b}"
    )
