"""The security review names a test for each answer, and each of them exists."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
REVIEW = (TESTS.parent / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", REVIEW)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_test_exists(file: str, name: str) -> None:
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_threat_has_an_answer_and_a_test() -> None:
    rows = [line for line in REVIEW.splitlines() if line.startswith("| ") and not line.startswith("| threat")]
    assert len(rows) > 20
    for row in rows:
        threat, answer, test = (cell.strip() for cell in row.strip("|").split("|"))
        assert threat and answer, row
        assert "::" in test or "no test" in test, row


def test_every_security_test_is_named() -> None:
    """A file of security tests from which nothing is named has been forgotten in the review."""
    files = {path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_security_*.py")}
    files |= {path.relative_to(TESTS).as_posix() for path in (TESTS / "fuzz").glob("test_*.py")}
    assert files - {file for file, _ in NAMED} - {"test_security_review.py"} == set()
