"""The table of `make bench`: ratios, budgets, and two runs side by side. Nothing is measured here."""

import json
from dataclasses import asdict
from pathlib import Path

from bench.pages import late, middle
from bench.run import against, compared, shown, within

SLOW = against("click", 300, "ms", "bare widget", 100, 2.5)
FAST = against("click", 200, "ms", "bare widget", 100, 2.5)


def test_a_ratio_is_held_against_its_budget() -> None:
    assert (SLOW.ratio, SLOW.met, FAST.ratio, FAST.met) == (3.0, False, 2.0, True)
    assert (within("size", 3.0, "MB", 3).met, within("size", 3.1, "MB", 3).met) == (True, False)


def test_the_table_says_what_is_not_met() -> None:
    head, slow, size = shown([SLOW, within("size", 2, "MB", 3)]).splitlines()
    assert head.split() == ["what", "figure", "yardstick", "ratio", "budget"]
    assert "300 ms" in slow and "100 ms (bare widget)" in slow and "3.00" in slow and "NOT MET" in slow
    assert "≤ 3 MB" in size and "NOT MET" not in size and size.rstrip().endswith("met")


def test_median_and_95th_percentile() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (middle(values), late(values), late([7.0])) == (50.5, 95.0, 7.0)


def test_two_runs_are_compared_by_their_ratios(tmp_path: Path) -> None:
    for name, line in (("old", SLOW), ("new", FAST)):
        (tmp_path / name).write_text(json.dumps({"lines": [asdict(line)]}), encoding="utf-8")
    told = compared(tmp_path / "old", tmp_path / "new")
    assert told.split() == ["click", "3.00", "×", "→", "2.00", "×"]
