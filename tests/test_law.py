"""The law layer: who would breach what, only where it is plain, and only while the rule was in force."""

import re
from dataclasses import replace
from datetime import date

import pytest

from tests.conftest import MakeRecords, Rows
from tumen import cards, dates, derive, law, rules
from tumen.desk import Desk
from tumen.records import Records

KN23, DRONES, CHIPS = "prk-rus-kn23-kn24-missiles", "irn-rus-shahed-136-131", "chn-rus-microelectronics"
LATE_MISSILES = "irn-rus-fath-360"  # of September 2024, when the limits on Iran had ended


def test_a_law_finds_its_transfers(records: Records) -> None:
    assert KN23 in law.transfers_under(records, ["un-1718-exports"])
    assert law.transfers_under(records, ["un-2397-petroleum"]) == {
        "rus-prk-refined-petroleum-vostochny",
        "rus-prk-diesel-taeryong",
    }
    assert law.transfers_under(records, []) == frozenset()
    assert law.transfers_under(records, ["no-such-law"]) == frozenset()


def test_several_laws_find_the_transfers_of_each(records: Records) -> None:
    one, other = "un-1718-luxury", "china-drone-controls"
    found = law.transfers_under(records, [one, other])
    assert found == law.transfers_under(records, [one]) | law.transfers_under(records, [other])


@pytest.mark.parametrize("kind", law.KINDS)
def test_a_kind_of_law_stands_for_all_of_its_laws(records: Records, kind: str) -> None:
    laws = records["laws"]
    single = [name for name in laws.index if laws.at[name, "kind"] == kind]
    assert law.transfers_under(records, [kind]) == law.transfers_under(records, single) != frozenset()


def test_the_filter_offers_what_leads_somewhere(records: Records) -> None:
    offered = law.options(records)
    assert [code for code in offered if code in law.KINDS] == list(law.KINDS)
    assert all(law.transfers_under(records, [code]) for code in offered)
    assert "un-2231-arms-exports" not in offered
    assert set(offered) - {*law.KINDS} == {*records["transfer_laws"]["law"]}
    assert law.label(records, "un-resolution") == "any UN resolution"
    assert law.label(records, "un-2397-workers") == "2397: return of North Korean workers"


def test_no_law_is_named_that_was_not_in_force(raw: dict[str, Rows]) -> None:
    """Reckoned anew from the CSV files: the days of the transfer and those of the law must meet."""
    transfers = {row["id"]: row for row in raw["transfers"]}
    laws = {row["id"]: row for row in raw["laws"]}
    for link in raw["transfer_laws"]:
        transfer, rule = transfers[link["transfer"]], laws[link["law"]]
        start, end = transfer["start"], transfer["end"]
        if not end and transfer["status"] not in derive.OPEN_ENDED:
            end = start
        if end:
            assert dates.parse(end).last >= dates.parse(rule["in_force_from"]).first, link["id"]
        if start and rule["in_force_until"]:
            assert dates.parse(start).first <= dates.parse(rule["in_force_until"]).last, link["id"]


def test_the_rules_of_the_check_count_a_transfer_as_open_as_derivation_does() -> None:
    assert rules.OPEN_ENDED == derive.OPEN_ENDED


def test_the_limits_on_iran_had_ended(records: Records) -> None:
    laws = records["laws"]
    assert laws.at["un-2231-missiles", "in_force_until"] == "2023-10-18"
    assert laws.at["un-2231-arms-exports", "in_force_until"] == "2020-10-18"
    assert LATE_MISSILES not in law.transfers_under(records, laws.index)
    assert "irn-rus-fateh110-zolfaghar" not in law.transfers_under(records, laws.index)
    assert DRONES in law.transfers_under(records, ["un-2231-missiles"])


def test_every_arms_flow_out_of_north_korea_is_named(records: Records) -> None:
    rows = records["transfers"]
    arms = rows.index[rows["origin"].eq("PRK") & rows["kind"].eq("arms")]
    assert {*arms} <= law.transfers_under(records, ["un-1874-exports"])


def test_export_controls_are_no_ban_on_china(records: Records) -> None:
    chinese = [
        breach for name in (CHIPS, "chn-rus-chpl-goods") for breach in law.breaches(Desk(records), name)
    ]
    assert chinese and {breach["kind"] for breach in chinese} == {"export-control"}
    assert "Not a prohibition on China" in records["laws"].at["common-high-priority-list", "note"]


def test_a_reading_is_conditional_and_short(records: Records) -> None:
    for name, reason in records["transfer_laws"]["reason"].items():
        assert re.search(r"\bwould breach\b", reason), name
        assert "if it took place" in reason or "if they took place" in reason or "if it did" in reason, name
        assert reason.endswith(".") and reason.count(". ") == 0, name


def test_a_law_says_what_it_says_in_one_sentence_and_where(records: Records) -> None:
    for name, row in records["laws"].iterrows():
        assert row["sentence"].endswith(".") and ". " not in row["sentence"], name
        assert row["sources"], name


# --- on the card ---


def test_the_card_says_what_a_transfer_would_breach(records: Records) -> None:
    html = cards.card(records, "transfer", KN23)
    assert "Would breach, if it took place" in html
    assert "UN Security Council resolution 1718 (2006)</b>, paragraph 8 (b)" in html
    assert "in force since 14 October 2006" in html
    assert "Would breach" not in cards.card(records, "transfer", LATE_MISSILES)


def test_turned_back_the_card_leaves_out_the_reading_and_later_laws(records: Records) -> None:
    desk = Desk(records, date(2023, 11, 2))
    (breach,) = law.breaches(desk, DRONES)
    assert (breach["reason"], breach["caveat"], breach["note"]) == ("", "", "")
    assert breach["in_force"] == "in force from 16 January 2016 to 18 October 2023"
    assert all(source["published"] <= "2023-11-02" for source in breach["cited"])
    assert law.breaches(replace(desk, as_of=date(2022, 1, 1)), CHIPS) == []
    early = law.breaches(replace(desk, as_of=date(2023, 9, 1)), DRONES)
    assert [b["in_force"] for b in early] == ["in force since 16 January 2016"]


def test_laws_stand_in_the_order_of_the_code_table(records: Records) -> None:
    found = [breach["id"] for breach in law.breaches(Desk(records), KN23)]
    assert found == ["un-1718-exports", "un-1874-exports"]


def test_records_without_readings_breach_nothing(make_records: MakeRecords) -> None:
    records = make_records({})
    assert law.transfers_under(records, law.KINDS) == frozenset()
    assert list(law.options(records)) == list(law.KINDS)
