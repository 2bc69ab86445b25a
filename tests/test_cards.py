"""The record cards: complete, honest about the day, and proof against hostile text."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from tumen import cards, dates, derive
from tumen.app.frame import PAGES
from tumen.desk import TABLES, Desk, flow_transfers
from tumen.records import Records, load
from tumen.templates import safe_url

DAYS = (None, date(2023, 9, 1), date(2023, 10, 31), date(2024, 6, 20))
MISSILES, CONTAINERS = "prk-rus-kn23-kn24-missiles", "prk-rus-munitions-containers"
VOID = {"br", "img", "input", "hr"}

OURS = ("/record?", "/?", *(f"/{page}?" for page in PAGES))  # where a link of a card may lead


@pytest.fixture(scope="module")
def records() -> Records:
    return load()


class Page(HTMLParser):
    """Tags, attributes and text of a card; fails on a tag closed out of order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> within {self.open}"
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] for _, attrs in self.tags if attribute in attrs]


def everything(records: Records, kind: str) -> list[str]:
    if kind != "flow":
        return list(records[TABLES[kind]].index)
    rows = records["transfers"]
    flows = {f"{r.origin}>{r.destination}:{r.family}" for r in rows.itertuples()}
    return sorted(flows | {f"{r.origin}>{r.destination}" for r in rows.itertuples()})


def sources_of(records: Records, kind: str, record: str) -> list[str]:
    """Every source that the card of a record must name."""
    if kind == "transfer":
        rows = records["assertions"]
        return list(rows["source"][rows["transfer"] == record])
    row = records[TABLES[kind]].loc[record]
    if kind == "assertion":
        return [row["source"]]
    if kind == "quote":
        return [row["source"], *row["also_sources"], *row["outcome_sources"]]
    return [record] if kind == "source" else list(row.get("sources", ()))


@pytest.mark.parametrize("kind", cards.KINDS)
def test_every_record_has_a_card_on_every_day(records, kind):
    for record in everything(records, kind):
        for day in DAYS:
            html = cards.card(records, kind, record, day)
            assert cards.title(records, f"{kind}:{record}") in unescape(html)


@pytest.mark.parametrize("kind", list(TABLES))
def test_a_card_names_every_source_with_its_address(records, kind):
    for record in everything(records, kind):
        links = Page(cards.card(records, kind, record)).values("href")
        for source in sources_of(records, kind, record):
            url = records["sources"].at[source, "url"]
            assert not url or url in links, f"{kind}:{record} does not link {source}"


@pytest.mark.parametrize("kind", cards.KINDS)
def test_every_link_leads_somewhere(records, kind):
    known = {
        "country": set(records["countries"].index),
        "type": set(records["weapon_types"].index),
        "family": set(records["families"].index),
    }
    for record in everything(records, kind):
        page = Page(cards.card(records, kind, record, date(2024, 3, 1)))
        for pick in page.values("data-pick"):
            name, _, code = pick.partition(":")
            if name == "page":  # the rows that a number counts, as known on the day of the card
                assert code.partition("?")[0] in PAGES and "as_of=2024-03-01" in code, pick
            else:
                assert code in known[name] if name in known else cards.exists(records, pick), pick
        inner = [a["href"] for tag, a in page.tags if tag == "a" and "data-pick" in a]
        assert all(href.startswith(OURS) and "as_of=2024-03-01" in href for href in inner)


def test_outer_links_open_apart_and_tell_nothing(records):
    page = Page(cards.card(records, "transfer", CONTAINERS))
    outer = [a for tag, a in page.tags if tag == "a" and a["href"].startswith("http")]
    assert outer
    assert all(a["target"] == "_blank" and a["rel"] == "noopener noreferrer nofollow" for a in outer)


def test_no_assertion_is_lost_in_folding(records):
    rows = records["assertions"]
    for transfer in (CONTAINERS, MISSILES):
        page = Page(cards.card(records, "transfer", transfer))
        said = [a for tag, a in page.tags if tag == "li" and a.get("class", "").startswith("said ")]
        assert len(said) == (rows["transfer"] == transfer).sum()


# --- the day ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS[1:])
def test_nothing_later_than_the_day_is_told(records, day):
    later = records["assertions"]
    later = later[later["known"] > pd.Timestamp(day)]
    for transfer, own in later.groupby("transfer"):
        text = Page(cards.card(records, "transfer", transfer, day)).text
        earlier = set(derive.known(records, day).query("transfer == @transfer")["says"])
        for says in set(own["says"]) - earlier:
            assert re.sub(r"\s+", " ", says) not in text, f"{transfer} on {day}: {says}"


def test_hindsight_is_left_out_of_a_turned_back_card(records):
    day = date(2024, 1, 10)
    row = records["transfers"].loc[MISSILES]
    turned = Page(cards.card(records, "transfer", MISSILES, day)).text
    whole = Page(cards.card(records, "transfer", MISSILES)).text
    assert row["summary"] in whole and row["summary"] not in turned
    assert "Editors' status, with hindsight" in whole and "Editors' status" not in turned
    assert "As known on 10 January 2024" in turned and "left out" in turned
    assert "start and end as known today" in turned and "as known today" not in whole


def test_the_missiles_rise_from_nothing_to_an_examined_find(records):
    before = Page(cards.card(records, "transfer", MISSILES, date(2023, 10, 31))).text
    assessed = Page(cards.card(records, "transfer", MISSILES, date(2024, 1, 5)))
    examined = Page(cards.card(records, "transfer", MISSILES, date(2024, 3, 1)))
    assert "By 31 October 2023 nobody had reported this transfer" in before
    assert "Official assessment with specifics" in assessed.text
    assert "Physical find examined first on" in examined.text
    best = derive.states(records, date(2024, 3, 1)).at[MISSILES, "evidence_assertion"]
    source = records["sources"].loc[records["assertions"].at[best, "source"]]
    assert source["url"] in examined.values("href")
    assert f"source:{source['id']}" in examined.values("data-pick")


@pytest.mark.parametrize("kind", ["event", "quote", "route", "source"])
def test_a_record_of_a_later_day_says_so(records, kind):
    day = date(2023, 9, 1)
    desk = Desk(records, day)
    later = [r for r in everything(records, kind) if not desk.is_public(TABLES[kind], r)]
    assert later
    for record in later[:40]:
        assert "Not public yet on 1 September 2023" in Page(cards.card(records, kind, record, day)).text


def test_the_outcome_of_a_forecast_waits_for_its_sources(records):
    rows = records["quotes"]
    told = rows[rows["forecast"] & rows["outcome"].ne("") & rows["outcome_sources"].map(len).gt(0)]
    assert len(told)
    for quote in told.itertuples():
        known = max(dates.known_from(records["sources"].at[s, "published"]) for s in quote.outcome_sources)
        eve = date.fromordinal(known.toordinal() - 1)
        outcome = re.sub(r"\s+", " ", quote.outcome)
        assert outcome not in Page(cards.card(records, "quote", quote.id, eve)).text
        if quote.known.date() <= known:
            assert outcome in Page(cards.card(records, "quote", quote.id, known)).text


# --- reasons ---------------------------------------------------------------------------------------


def test_each_credibility_number_has_its_rule():
    rules = [cards.rule(n) for n in range(1, 7)]
    assert len(set(rules)) == 6 and all(r.endswith(".") for r in rules)
    assert "physical find" in rules[0] and "bare claim" in rules[5]


def test_the_code_is_explained_in_words(records):
    page = Page(cards.card(records, "transfer", CONTAINERS)).text
    state = derive.states(records).loc[CONTAINERS]
    assert f"Why {state['reliability']}{state['credibility']}" in page
    assert records.label("credibility", str(state["credibility"])) in page
    assert f"{state['publications']} publications, {state['origins']} independent origins" in page


def test_a_parent_warns_against_adding(records):
    page = Page(cards.card(records, "transfer", CONTAINERS)).text
    assert "Flows within this one" in page and "must not be added to them" in page


def test_a_retranslated_quote_says_that_its_wording_is_not_reliable(records):
    rows = records["quotes"]
    for quote in rows.index[rows["wording"] == "retranslated"]:
        assert (
            "machine-retranslated copy; wording not reliable"
            in Page(cards.card(records, "quote", quote)).text
        )


def test_a_flow_lists_its_transfers_best_evidence_first(records):
    page = Page(cards.card(records, "flow", "PRK>RUS"))
    named = [p.removeprefix("transfer:") for p in page.values("data-pick") if p.startswith("transfer:")]
    picks = list(dict.fromkeys(named))  # a grade leads to its transfer too
    assert sorted(picks) == sorted(flow_transfers(records, "PRK>RUS"))
    evidence = derive.states(records)["evidence"]
    steps = [evidence.get(t, 0) for t in picks]
    assert steps == sorted(steps, reverse=True)


def test_headings_follow_the_rank_of_the_card(records):
    for level in (1, 2):
        page = Page(cards.card(records, "transfer", CONTAINERS, level=level))
        ranks = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
        assert ranks[0] == level
        assert all(b - a <= 1 for a, b in pairwise(ranks))


# --- wrong references ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", ["", "x", "transfer:", "transfer:nix", "flow:PRK", "flow:AAA>BBB", ":", "speaker:kim"]
)
def test_a_wrong_reference_is_no_record(records, wrong):
    assert not cards.exists(records, wrong)
    kind, record = cards.split(wrong)
    with pytest.raises(LookupError, match="there is no record"):
        cards.card(records, kind, record)
    Page(cards.suggestions(records, wrong))


def test_the_nearest_reference_is_found_by_id_and_by_name(records):
    assert f"transfer:{MISSILES}" in cards.nearest(records, "transfer:prk-rus-kn23-kn24-missile")
    assert f"transfer:{MISSILES}" in cards.nearest(records, "KN-23/KN-24 ballistic missiles")
    assert not cards.nearest(records, "qqqqqqqqqqqq")


def test_in_a_long_table_the_ids_around_a_wrong_one_are_offered(records, monkeypatch):
    monkeypatch.setattr(cards, "LONG_TABLE", 0)
    fresh = replace(records)  # nothing is kept of it
    assert f"transfer:{MISSILES}" in cards.nearest(fresh, f"transfer:{MISSILES}-2")
    near = cards.nearest(fresh, MISSILES[:-1])
    assert near and all(cards.exists(records, one) and MISSILES in one for one in near)
    assert not cards.nearest(fresh, "qqqqqqqqqqqq")


# --- hostile text ----------------------------------------------------------------------------------

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror=alert(1)>"><a href="javascript:alert(1)">x</a>'
    "' onmouseover='alert(1)' ![x](http://evil.example/x.png) :red[loud] {{ 7 * 7 }} "
    "\u202egpj.exe\u2066 </li></article>"
)
ADDRESSES = [
    "javascript:alert(1)",
    "data:text/html,<script>1</script>",
    "https://[bad",
    "//evil.example",
    " http:/x",
]
CODES = {"id", "kind", "stance", "date", "url"}


def poisoned(records: Records) -> Records:
    """A copy in which every text for people is hostile, and every address of a source unsafe."""
    tables = dict(records.tables)
    for name, column in spoken(records):
        frame = tables[name].copy()
        frame[column] = HOSTILE
        tables[name] = frame
    sources = tables["sources"].copy()
    sources["url"] = [ADDRESSES[n % len(ADDRESSES)] for n in range(len(sources))]
    return replace(records, tables={**tables, "sources": sources})


def spoken(records: Records) -> list[tuple[str, str]]:
    texts = {
        "transfers": ["item", "summary", "note"],
        "assertions": ["by", "says", "locator", "note", "conversion"],
        "events": ["title", "summary", "note", "locator"],
        "quotes": ["text", "context", "role_at_time", "affiliation", "outcome", "note", "locator"],
        "speakers": ["name", "bio"],
        "sources": ["title", "publisher", "via", "author", "note"],
        "places": ["name", "note", "outside_reason"],
        "routes": ["name", "summary", "note", "vessels"],
        "legs": ["note"],
        "not_found": ["looked_for", "note"],
        "corrections": ["was", "now", "reason"],
        "weapon_types": ["label", "meaning"],
        "countries": ["name"],
        "warnings": ["label", "sentence"],
    }
    return [(table, column) for table, columns in texts.items() for column in columns]


@pytest.mark.parametrize("kind", cards.KINDS)
def test_hostile_text_stays_text(records, kind):
    bad = poisoned(records)
    for record in everything(bad, kind)[::5]:
        html = cards.card(bad, kind, record)
        page = Page(html)
        assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "style", "object", "form"}
        assert all(not name.startswith("on") for _, attrs in page.tags for name in attrs)
        assert all(href.startswith(OURS) for href in page.values("href"))
        assert "\u202e" not in html and "\u2066" not in html
        assert ":red[loud]" in page.text and "{{ 7 * 7 }}" in page.text


def test_unsafe_addresses_are_no_links():
    assert [safe_url(address) for address in ADDRESSES] == [""] * len(ADDRESSES)


def test_the_card_of_a_flow_tells_what_the_filters_leave_from_the_rest(records):
    ids = flow_transfers(records, "PRK>RUS:missiles")
    assert len(ids) > 1
    part = Page(cards.card(records, "flow", "PRK>RUS:missiles", shown=frozenset(ids[:1]))).text
    whole = Page(cards.card(records, "flow", "PRK>RUS:missiles")).text
    assert "1 transfer on record in this view" in part
    assert f"{len(ids) - 1} more transfer" in part and "outside the filters" in part
    assert f"{len(ids)} transfers on record," in whole and "outside the filters" not in whole
