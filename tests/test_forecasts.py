"""Forecasts: every one has a criterion, the counts are plain counts, and outcomes wait for their day."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from tests import plain
from tests.test_pages import look
from tumen import cards, dates, forecasts, gallery
from tumen.desk import Desk
from tumen.forecasts import JUDGED, LEAST, OPEN, OUTCOMES, VOID
from tumen.gallery import Wanted
from tumen.templates import render

DAYS = [date(2023, 8, 1), date(2023, 9, 20), date(2023, 11, 30), date(2024, 6, 20), date(2024, 12, 30)]
LAST_DAY = date(2024, 12, 31)  # of the span of our records
DAYS += [LAST_DAY, date(2025, 11, 4), date(2025, 11, 5), date(2026, 1, 1)]
UNVOICED = {"least": LEAST, "these_url": lambda query: query, "marked": lambda text: text}


def found(records, day=None, quotes=None):
    known = records["quotes"] if day is None else records["quotes"].query("known <= @day")
    return forecasts.among(records, known if quotes is None else quotes, day)


def rows():
    return plain.table("quotes").query("forecast == 'true'")


def slow_verdict(row, day):
    """The verdict of a day, told the long way from the files."""
    if row["outcome_status"] == VOID:
        return VOID
    published = plain.table("sources").set_index("id")["published"]
    sources = [s for s in row["outcome_sources"].split(";") if s]
    if not sources or any(dates.known_from(published[s]) > day for s in sources):
        return OPEN
    over = dates.known_from(row["due"]) if row["due"] else date(2024, 12, 31)
    return OPEN if row["outcome_status"] == "not-by-2024-end" and day < over else row["outcome_status"]


def test_every_forecast_says_what_it_foretells_and_how_it_is_judged():
    for row in rows().to_dict("records"):
        assert row["foretold"].endswith(".") and row["criterion"].endswith("."), row["id"]
        assert row["outcome_status"] in OUTCOMES, row["id"]
        assert row["criterion"].startswith("Nothing seen from outside") == (row["outcome_status"] == VOID)
    others = plain.table("quotes").query("forecast == 'false'")
    assert set(others["foretold"] + others["due"] + others["criterion"]) == {""}


def test_the_outcomes_are_those_of_the_code_table(records):
    assert set(OUTCOMES) == set(records["outcome_statuses"].index)


def test_the_counts_are_plain_counts(records):
    mine = forecasts.counts(found(records))
    assert tuple(mine) == OUTCOMES
    assert mine == {code: Counter(rows()["outcome_status"])[code] for code in OUTCOMES}
    assert sum(mine.values()) == len(rows())


def test_the_title_counts_them_and_names_the_voids(records):
    title = forecasts.headline(Desk(records), found(records))
    count = Counter(rows()["outcome_status"])
    assert title.startswith(f"{len(rows())} forecasts: {count['happened']} borne out, ")
    assert title.endswith(f"{count[VOID]} cannot be checked")


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_verdict_waits_for_its_sources_and_its_time(records, day):
    desk = Desk(records, day)
    by_hand = {row["id"]: slow_verdict(row, day) for row in rows().to_dict("records")}
    assert forecasts.verdicts(records, day)["verdict"].to_dict() == by_hand
    title = forecasts.headline(desk, found(records, day))
    assert "open on" in title or not len(found(records, day)) or OPEN not in by_hand.values()


@pytest.mark.parametrize("day", DAYS[:5], ids=str)
def test_no_outcome_is_read_before_its_day(records, day):
    desk = Desk(records, day)
    own = found(records, day)
    html = render("forecasts.html", desk=desk, level=2, **UNVOICED | forecasts.report(desk, own, own))
    for row in desk.rows("quotes", records["quotes"].query("outcome != ''").index):
        late = [s for s in row["outcome_sources"] if not desk.is_public("sources", s)]
        if late or not row["outcome_sources"]:
            assert str(render_text(row["outcome"])) not in html, row["id"]


def render_text(text):
    from markupsafe import escape

    return escape(text)


def test_the_card_shows_forecast_criterion_and_outcome(records):
    quote = "shin-satellite-late-nov-2023-11-03"
    row = Desk(records).row("quotes", quote)
    today = cards.card(records, "quote", quote)
    before = cards.card(records, "quote", quote, date(2023, 11, 10))
    for words in (row["foretold"], row["criterion"], "by <time", "November 2023"):
        assert words in today and words in before
    assert row["outcome"].split(";")[0] in today and "Borne out" in today
    assert row["outcome"].split(";")[0] not in before and "Borne out" not in before
    assert "Open on 10 November 2023" in before


def test_what_did_not_come_stays_open_until_its_time_is_over(records):
    late = "carlin-hecker-decision-2024-01-11"
    for day, code in ((LAST_DAY - timedelta(1), OPEN), (LAST_DAY, "not-by-2024-end")):
        assert forecasts.verdict(Desk(records, day), Desk(records).row("quotes", late)) == code


def test_a_scorecard_takes_enough_judged_forecasts(records):
    judged = Counter(rows()[rows()["outcome_status"].isin(JUDGED)]["speaker_id"])
    enough = {speaker for speaker, n in judged.items() if n >= LEAST}
    made = forecasts.scorecards(Desk(records), found(records))
    assert {tally.code for tally in made} == enough
    assert all(tally.judged == judged[tally.code] for tally in made)
    report = forecasts.report(Desk(records), found(records), found(records))
    assert report["most_judged"] == max(judged.values())


def test_where_nobody_has_enough_it_is_said(records):
    few = found(records).groupby("speaker_id").head(LEAST - 1)
    desk = Desk(records)
    assert forecasts.scorecards(desk, few) == []
    report = forecasts.report(desk, few, few)
    html = render("forecasts.html", desk=desk, level=2, **UNVOICED | report)
    assert "Nobody has so many." in html and f"The most is {report['most_judged']}." in html


@pytest.mark.parametrize("by", list(forecasts.GROUPINGS))
def test_a_grouping_loses_nobody(records, by):
    made = forecasts.tallies(Desk(records), found(records), by)
    assert sum(tally.total for tally in made) == len(rows())
    assert {code: sum(t.counts[code] for t in made) for code in OUTCOMES} == forecasts.counts(found(records))


def test_every_count_leads_to_the_forecasts_that_it_counts(records):
    desk, quotes = Desk(records), records["quotes"]
    for by in forecasts.GROUPINGS:
        for tally in forecasts.tallies(desk, found(records), by):
            for outcome, n in tally.counts.items():
                wanted, _ = gallery.from_query({by: [tally.code], "outcome": [outcome]}, records)
                assert wanted.forecast == "yes"
                assert len(gallery.find(records, quotes, wanted)) == n


def test_every_forecast_has_a_square_and_an_entry(records):
    report = forecasts.report(Desk(records), found(records), found(records))
    squares = [square["id"] for part in report["picture"] for square in part["squares"]]
    entries = [entry["id"] for group in report["groups"] for entry in group["entries"]]
    assert sorted(squares) == sorted(entries) == sorted(rows()["id"])
    assert [part["code"] for part in report["picture"]] == list(OUTCOMES)


def test_the_outcome_that_is_looked_for_is_that_of_the_day(records):
    wanted = Wanted(forecast="yes", outcome=OPEN)
    day = date(2023, 11, 10)
    then = gallery.find(records, records["quotes"], wanted, day)
    assert "shin-satellite-late-nov-2023-11-03" in then.index
    assert "shin-satellite-late-nov-2023-11-03" not in gallery.find(records, records["quotes"], wanted).index


@pytest.mark.parametrize("query", [{}, {"outcome": "open"}, {"q": "missiles"}], ids=str)
def test_the_page_lists_what_is_looked_for_and_counts_all_outcomes(query):
    seen = look("quotes", {"forecast": "yes", **query})
    text = rows()[["text", "context", "foretold"]].agg(" ".join, axis=1).str.casefold()
    own = rows()[text.str.contains(query.get("q", ""))]
    listed = own if "outcome" not in query else own[own["outcome_status"] == query["outcome"]]
    title = re.sub(r"<[^>]+>", "", seen.parts["title"]["html"])
    entries = seen.html.split('class="fc-group"', 1)[1]
    assert f"{len(own)} forecasts: " in title
    assert all(f'data-pick="quote:{row}"' in entries for row in listed["id"])
    assert entries.count('class="fc-entry"') == len(listed)
