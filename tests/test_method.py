"""The Method page says all that it promises, and its numbers are those of a plain count."""

import calendar
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from html import unescape
from typing import Any

import pytest
from markupsafe import escape

from tumen import bias, browse, cite, derive, descriptor, geography, ladder, method, view
from tumen.app import head
from tumen.figures import bias as drawing
from tumen.figures.palette import DARK, LIGHT
from tumen.records import DATA, Records
from tumen.story import story
from tumen.templates import render
from tumen.view import Selection, View

EXAMPLE = "prk-rus-kn23-kn24-missiles"
TODAY = date(2026, 11, 21)
PACKAGE = descriptor.read(DATA)
WIDTHS = (320, 620)
EARLY = View(as_of=date(2023, 10, 31))
NOTHING = View(as_of=date(2020, 1, 1))
VIEWS = (View(), EARLY, View(country=("PRK",)), View(weapon_type=("missiles",)), NOTHING)
Raw = Mapping[str, list[dict[str, str]]]


def page(records: Records, section: str, chosen: View | None = None) -> str:
    """The HTML of a section."""
    selection = view.select(records, chosen or View())
    values = method.content(section, records, selection, TODAY)
    return str(render("method.html", section_url=lambda name: f"/method?section={name}", **values))


def words(html: str) -> str:
    """What a reader reads."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def said(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.fixture(scope="module")
def whole(records: Records) -> str:
    """All sections, as text."""
    return words(" ".join(page(records, section) for section in method.shown("all")))


# --- everything is there -------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in derive.RULES if name != "credibility"])
def test_every_rule_of_derivation_is_on_the_page(whole: str, name: str) -> None:
    assert derive.RULES[name] in whole


def test_the_rule_of_credibility_is_on_the_page_number_by_number_and_whole(whole: str) -> None:
    rules = method.credibility_rules()
    assert [rule["number"] for rule in rules] == list("123456")
    assert " ".join(f"{r['number']} {r['words']}: {r['rule']}" for r in rules) == derive.RULES["credibility"]
    assert all(rule["rule"] in whole for rule in rules)


def test_the_numbers_of_the_rule_have_the_words_of_the_code_table(records: Records) -> None:
    labels = records.labels("credibility")
    for rule in method.credibility_rules():
        assert rule["words"].removeprefix("truth ") in labels[rule["number"]].lower()


@pytest.mark.parametrize("rule", ladder.RULES.values())
def test_every_rule_of_the_ladder_is_on_the_page(whole: str, rule: str) -> None:
    assert rule in whole


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("evidence", ("id", "label", "meaning")),
        ("reliability", ("id", "label", "meaning")),
        ("reliability_rules", ("label", "reliability", "examples")),
        ("relay_rules", ("label", "effect", "examples")),
        ("credibility", ("id", "label", "meaning")),
        ("likelihood", ("label", "alternative", "low", "high")),
        ("confidence", ("label", "meaning")),
        ("warnings", ("label", "sentence", "rule")),
        ("phases", ("label", "meaning")),
        ("stances", ("label", "meaning")),
        ("reaches", ("label", "meaning")),
        ("statuses", ("label", "meaning")),
        ("bases", ("label", "meaning")),
        ("correction_kinds", ("label", "meaning")),
        ("not_found_results", ("label",)),
    ],
)
def test_every_code_is_on_the_page(whole: str, raw: Raw, table: str, columns: tuple[str, ...]) -> None:
    lower = whole.lower()
    missing = [row[c] for row in raw[table] for c in columns if said(row[c]).lower() not in lower]
    assert missing == []


def test_every_rule_of_reliability_has_a_letter_and_every_letter_a_rule(raw: Raw) -> None:
    assert {row["reliability"] for row in raw["reliability_rules"]} == {r["id"] for r in raw["reliability"]}


@pytest.mark.parametrize("table", PACKAGE.tables, ids=lambda table: table.name)
def test_every_table_and_column_is_in_the_dictionary(records: Records, table: descriptor.Table) -> None:
    html = records.once("dictionary for tests", lambda: page(records, "dictionary"))
    text = words(html)
    assert table.path in text and said(table.description) in text
    for column in table.columns:
        assert f"<code>{column.name}</code>" in html
        assert said(column.description) in text
        assert all(f"<code>{value}</code>" in html for value in column.enum)
        if column.reference:
            assert f'data-pick="page:records?table={column.reference.table}"' in html


def test_every_search_without_a_find_is_on_the_page(records: Records, raw: Raw, whole: str) -> None:
    html = page(records, "gaps")
    for row in raw["not_found"]:
        assert said(row["looked_for"]) in whole and said(row["note"]) in whole
        assert all(f'data-pick="transfer:{t}"' in html for t in row["transfers"].split(";") if t)
    assert html.count('class="tag') == len(raw["not_found"])
    assert {row["subject"] for row in raw["not_found"]} <= story(records).subjects.keys()


def test_every_correction_is_on_the_page_and_counted(records: Records, raw: Raw) -> None:
    text = words(page(records, "corrections"))
    for row in raw["corrections"]:
        assert row["id"] in text and said(row["reason"]) in text
    assert f"{len(raw['corrections'])} corrections" in text
    groups = method.content("corrections", records, view.select(records, View()), TODAY)["groups"]
    counted = {
        (g["table"], k): n for g in groups for k, n in zip(raw_ids(raw), g["counts"], strict=True) if n
    }
    assert counted == dict(Counter((row["table"], row["kind"]) for row in raw["corrections"]))


def raw_ids(raw: Raw) -> list[str]:
    return [row["id"] for row in raw["correction_kinds"]]


def test_the_border_policy_and_what_it_settles_are_on_the_page(whole: str) -> None:
    assert geography.BORDER_POLICY in whole
    assert "drawing decision of the atlas" in whole and "npm package" in whole
    assert all(point.name in whole for point in geography.BORDER_POINTS)


def test_versions_licences_and_citation_are_on_the_page(records: Records, whole: str) -> None:
    for text in (records.version, PACKAGE.version, PACKAGE.licence, "MIT", "BSD-3-Clause", "SIL Open Font"):
        assert text in whole
    html = page(records, "citing", View(country=("PRK",), as_of=date(2023, 10, 31)))
    chosen = view.select(records, View(country=("PRK",), as_of=date(2023, 10, 31)))
    address = f"{cite.HERE}/?country=PRK&as_of=2023-10-31"
    for cited in cite.forms(cite.items.of_view(records, chosen, TODAY, address)).values():
        assert f'data-copy="{escape(cited)}"' in html
        assert "as known on 31 october 2023" in cited.casefold()
        assert address in cited and records.version in cited


@pytest.mark.parametrize("section", method.shown("all"))
@pytest.mark.parametrize("chosen", VIEWS, ids=str)
def test_a_section_can_be_written_for_any_view(records: Records, section: str, chosen: View) -> None:
    html = page(records, section, chosen)
    assert "None" not in re.sub(r"<[^>]+>", "", html)
    assert html.count("<table") == html.count("</table>")
    assert html.count("<section") == html.count("</section>") == 1


@pytest.mark.parametrize("section", ["gaps", "corrections"])
def test_what_was_written_with_hindsight_is_left_out_of_an_earlier_day(
    records: Records, section: str
) -> None:
    html = page(records, section, EARLY)
    assert "left out" in html
    assert "<details" not in html and "looked_for" not in html and 'class="tag' not in html


# --- the example ---------------------------------------------------------------------------------


def test_the_example_shows_each_change_of_the_code_with_what_made_it(records: Records) -> None:
    stages = method.example(records, EXAMPLE)
    assert [(str(stage.day), stage.code) for stage in stages][:3] == [
        ("2023-11-02", "B6"),
        ("2024-01-04", "B2"),
        ("2024-01-06", "C1"),
    ]
    html = page(records, "grades")
    for stage in stages:
        state = derive.states(records, stage.day).loc[EXAMPLE]
        assert stage.code == f"{state['reliability']}{state['credibility']}"
        assert (stage.evidence, stage.origins) == (state["evidence"], state["origins"])
        assert stage.ids and all(f'data-pick="assertion:{said_by}"' in html for said_by in stage.ids)


def test_between_two_stages_of_the_example_the_code_stays(records: Records) -> None:
    codes = {stage.day: stage.code for stage in method.example(records, EXAMPLE)}
    own = records["assertions"].query(f"transfer == '{EXAMPLE}'")
    now = ""
    for stamp in own["known"].drop_duplicates():
        now = codes.get(stamp.date(), now)
        state = derive.states(records, stamp.date()).loc[EXAMPLE]
        assert now == f"{state['reliability']}{state['credibility']}"


def test_the_example_ends_on_the_day_of_the_view(records: Records) -> None:
    assert [s.code for s in method.example(records, EXAMPLE, date(2024, 1, 5))] == ["B6", "B2"]
    assert method.example(records, EXAMPLE, date(2023, 10, 1)) == []
    assert "nobody had reported this transfer" in page(records, "grades", EARLY)


# --- the numbers are plain counts ----------------------------------------------------------------


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_who_speaks_is_a_plain_count_over_the_file(records: Records) -> None:
    found = bias.bias(records, view.select(records, View()))
    said_rows = rows("assertions")
    assert found.assertions == len(said_rows)
    for voices, column in (
        (found.countries, "by_country"),
        (found.actors, "actor_kind"),
        (found.origins, "origin"),
    ):
        assert {v.code: v.count for v in voices} == dict(Counter(row[column] for row in said_rows))
        by_stance = Counter((row[column], row["stance"]) for row in said_rows)
        for voice in voices:
            assert voice.stances == tuple(by_stance[voice.code, stance] for stance in bias.STANCES)
            assert voice.percent == round(100 * voice.count / len(said_rows) + 1e-9)


def test_the_months_are_a_plain_count_over_the_file(records: Records) -> None:
    found = bias.bias(records, view.select(records, View()))
    drawn = [row for row in rows("assertions") if len(row["date"]) >= 7 and row["date"] >= found.months[0]]
    by_month = Counter(row["date"][:7] for row in drawn)
    table = {row["month"]: row["total"] for row in method._month_table(found) if row["total"]}
    assert table == dict(by_month)
    assert found.left_out == len(rows("assertions")) - len(drawn)
    alone = {band.voice.code: band for band in found.bands}
    united = Counter(row["date"][:7] for row in drawn if row["by_country"] == "USA")
    assert {m: sum(c) for m, c in alone["USA"].months.items()} == dict(united)
    assert sum(band.voice.count for band in found.bands) == found.assertions


def test_sources_and_warnings_are_a_plain_count_over_the_files(records: Records) -> None:
    found = bias.bias(records, view.select(records, View()))
    sources, told, quotes = rows("sources"), rows("assertions"), rows("quotes")
    assert (found.relayed.count, found.relayed.of) == (sum(r["via"] != "" for r in sources), len(sources))
    assert {p.code: p.count for p in found.source_kinds} == dict(Counter(r["kind"] for r in sources))
    assert {p.code: p.count for p in found.letters} == dict(Counter(r["reliability"] for r in sources))
    origins: dict[str, set[str]] = {}
    for row in told:
        if row["stance"] not in ("asserts", "confirms"):  # as on the card: those who claim it
            continue
        origins.setdefault(row["transfer"], set()).add(row["origin"])
    assert {(w.code, w.table): w.count for w in found.weaknesses} == {
        ("relay", "sources"): sum(r["via"] != "" for r in sources),
        ("single-origin", "transfers"): sum(len(own) == 1 for own in origins.values()),
        ("one-reader", "assertions"): sum(r["checked"] == "false" for r in told),
        ("month-only-date", "assertions"): sum(len(r["date"]) < 10 for r in told),
        ("passage-not-seen", "assertions"): sum(r["locator"] == "" for r in told),
        ("passage-not-seen", "events"): sum(r["locator"] == "" for r in rows("events")),
        ("capacity-not-count", "assertions"): sum(r["measure"] == "capacity" for r in told),
        ("alternative-capacities", "assertions"): sum(r["scope"].startswith("if-") for r in told),
        ("converted-figure", "assertions"): sum(r["conversion"] != "" for r in told),
        ("retranslated", "quotes"): sum(r["wording"] == "retranslated" for r in quotes),
        ("unverified-quote", "quotes"): sum(r["verified"] == "false" for r in quotes),
    }


def test_the_warnings_are_those_that_stand_beside_the_assertions(records: Records) -> None:
    found = bias.bias(records, view.select(records, View()))
    told = Counter(
        code for _, row in records["assertions"].iterrows() for code in derive.warnings(records, row)
    )
    for weakness in found.weaknesses:
        if weakness.table == "assertions":
            assert weakness.count == told[weakness.code]


def test_what_the_parties_and_states_say_is_a_plain_count(records: Records) -> None:
    found = bias.bias(records, view.select(records, View()))
    ends = {row["id"]: (row["origin"], row["destination"]) for row in rows("transfers")}
    own = [row for row in rows("assertions") if row["by_country"] in ends[row["transfer"]]]
    assert found.own.stances == tuple(sum(r["stance"] == s for r in own) for s in bias.STANCES)
    assert found.state.count == sum(row["actor_kind"] in bias.STATE for row in rows("assertions"))
    assert found.in_window.count == sum(
        "2023-09-13" <= known(row["date"]) <= "2024-06-19" for row in rows("assertions")
    )


def known(text: str) -> str:
    if len(text) == 10:
        return text
    year, month = int(text[:4]), int(text[5:7] or 12)
    return f"{year}-{month:02}-{calendar.monthrange(year, month)[1]}"


def test_what_is_shown_of_each_family_is_a_plain_count(records: Records) -> None:
    found = bias.bias(records, view.select(records, View()))
    family = {row["id"]: row["family"] for row in rows("codes/weapon_types")}
    of = {row["id"]: family[row["weapon_type"]] for row in rows("transfers")}
    claims = [row for row in rows("assertions") if row["stance"] in ("asserts", "confirms")]
    shown = {row["transfer"] for row in claims if row["evidence"] in ("4", "5")}
    for part in found.shown:
        assert part.count == sum(of[transfer] == part.code for transfer in shown)
        assert part.of == sum(of[t] == part.code for t in {row["transfer"] for row in claims})


@pytest.mark.parametrize("chosen", VIEWS, ids=str)
def test_the_counts_respect_the_view(records: Records, chosen: View) -> None:
    selection = view.select(records, chosen)
    found = bias.bias(records, selection)
    ids = {*selection.transfers}
    kept = [
        row
        for row in rows("assertions")
        if row["transfer"] in ids and (not chosen.as_of or known(row["date"]) <= chosen.as_of.isoformat())
    ]
    assert found.assertions == len(kept)
    assert {v.code: v.count for v in found.countries} == dict(Counter(row["by_country"] for row in kept))
    assert found.months == () or found.months[-1] == max(row["date"][:7] for row in kept)


@pytest.mark.parametrize("chosen", VIEWS, ids=str)
def test_a_number_leads_to_as_many_rows(records: Records, chosen: View) -> None:
    """Each count links to a search of the Records page that finds exactly so many rows."""
    selection = view.select(records, chosen)
    found = bias.bias(records, selection)
    for voices, column in ((found.countries, "by_country"), (found.origins, "origin")):
        for voice in voices[:5]:
            assert listed(records, selection, "assertions", f"{column}={voice.code}") == voice.count
            for stance, count in zip(bias.STANCES, voice.stances, strict=True):
                q = f"{column}={voice.code} stance={stance}"
                assert listed(records, selection, "assertions", q) == count
    for part in found.letters:
        assert listed(records, selection, "sources", f"reliability={part.code}") == part.count
    for weakness in found.weaknesses:
        if weakness.q:
            assert listed(records, selection, weakness.table, weakness.q) == weakness.count


def listed(records: Records, selection: Selection, table: str, q: str) -> int:
    return browse.listing(records, selection, browse.Wanted(table, q)).found


def test_a_link_to_rows_carries_the_view(records: Records) -> None:
    chosen = View(country=("PRK",), as_of=date(2023, 10, 31))
    assert method.rows_ref(chosen, "assertions", "by_country=USA") == (
        "records?country=PRK&as_of=2023-10-31&table=assertions&q=by_country%3DUSA"
    )


def test_the_finding_says_the_numbers(records: Records) -> None:
    found = bias.bias(records, view.select(records, View()))
    said_rows, sources = rows("assertions"), rows("sources")
    top = Counter(row["by_country"] for row in said_rows).most_common(2)
    line = bias.headline(found)
    assert f"{len(said_rows)} assertions by {len({r['origin'] for r in said_rows})} origins" in line
    assert f"{round(100 * sum(n for _, n in top) / len(said_rows))} %" in line
    assert f"{round(100 * sum(r['via'] != '' for r in sources) / len(sources))} %" in line
    assert all(records.label("countries", code) in line for code, _ in top)
    empty = bias.bias(records, view.select(records, NOTHING))
    assert bias.headline(empty).startswith("Nothing is said")


# --- the chart -----------------------------------------------------------------------------------


def traces(figure: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for trace in figure["data"]:
        for month, count in zip(trace["x"], trace["text"], strict=True):
            yield month[:7], int(count)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("chosen", VIEWS[:-1], ids=str)
def test_the_chart_draws_every_assertion_once(records: Records, chosen: View, width: int) -> None:
    found = bias.bias(records, view.select(records, chosen))
    figure = drawing.figure(found.bands, found.months, palette=LIGHT, width=width)
    drawn: Counter[str] = Counter()
    for month, count in traces(figure):
        drawn[month] += count
    assert dict(drawn) == {r["month"]: r["total"] for r in method._month_table(found) if r["total"]}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_chart_is_small_and_bars_stay_in_their_bands(records: Records, width: int) -> None:
    found = bias.bias(records, view.select(records, View()))
    picks = {voice.code: f"page:records?q={voice.code}" for voice in found.countries}
    figure = drawing.figure(found.bands, found.months, palette=DARK, width=width, picks=picks)
    assert len(json.dumps(figure)) < 60_000 and "://" not in json.dumps(figure)
    height = figure["layout"]["yaxis"]["range"][0]
    for trace in figure["data"]:
        ends = [b + y for b, y in zip(trace["base"], trace["y"], strict=True)]
        assert all(0 <= end <= height for end in [*ends, *trace["base"]])
        assert trace["meta"] in {*picks.values(), ""}
    named = [note["text"] for note in figure["layout"]["annotations"] if note["text"].startswith("<b>")]
    assert len(named) == len(found.bands)


def test_the_chart_shares_one_scale_and_turns_denials_down(records: Records) -> None:
    found = bias.bias(records, view.select(records, View()))
    figure = drawing.figure(found.bands, found.months, palette=LIGHT, width=620)
    units = set()
    for trace in figure["data"]:
        claims = "asserts or confirms" in trace["hovertemplate"]
        for y, count in zip(trace["y"], trace["text"], strict=True):
            assert (y < 0) == claims
            units.add(round(abs(y) / int(count), 1))
    assert max(units) - min(units) <= 0.11


def test_a_hostile_name_is_only_text() -> None:
    voice = bias.Voice("XXX", "<script>alert(1)</script>", 1, 1, (1, 0, 0, 0, 0))
    band = bias.Band(voice, False, {"2024-01": (1, 0, 0, 0, 0)})
    figure = drawing.figure([band], ["2024-01"], palette=LIGHT, width=620)
    assert "<script" not in json.dumps(figure)


def test_an_empty_view_draws_nothing_and_breaks_nothing() -> None:
    assert drawing.figure([], [], palette=LIGHT, width=620)["data"] == []


def test_the_chart_is_told_in_words(records: Records) -> None:
    found = bias.bias(records, view.select(records, View()))
    told = bias.in_words(found)
    assert all(band.voice.label in told for band in found.bands)
    assert str(found.countries[0].sides[0]) in told


def test_the_styles_of_the_page_are_loaded() -> None:
    assert "method.css" in head.PROSE and (head.ASSETS / "method.css").read_text("utf-8") in head.SHARED
