"""What runs is pinned, of known licences, and nothing that only developers need."""

import re
from pathlib import Path

import pytest

from tools import supply

LOCK = """# This file was made by hand
alpha==1.0 \\
    --hash=sha256:aa
    # via tumen (pyproject.toml)
beta-two==2.1 ; sys_platform == 'win32' \\
    --hash=sha256:bb
    # via
    #   alpha
    #   gamma
delta[extra]==3 \\
    --hash=sha256:cc
    # via beta-two
gamma==4 \\
    --hash=sha256:dd
    # via tumen (pyproject.toml:dev)
"""


def test_what_runs_is_what_is_wanted_and_all_that_it_needs() -> None:
    packages = supply.locked(LOCK)
    assert {name: own.version for name, own in packages.items()} == {
        "alpha": "1.0",
        "beta-two": "2.1",
        "delta": "3",
        "gamma": "4",
    }
    assert packages["beta-two"].via == {"alpha", "gamma"}
    assert list(supply.runtime(packages, ["Alpha>=1"])) == ["alpha", "beta-two", "delta"]
    with pytest.raises(ValueError, match="epsilon"):
        supply.runtime(packages, ["epsilon"])
    with pytest.raises(ValueError, match="not a pinned"):
        supply.locked("alpha>=1")


def test_tools_of_development_do_not_run() -> None:
    running = supply.running()
    assert {"streamlit", "pandas", "limits", "authlib"} <= running.keys()
    assert not {"pytest", "mypy", "playwright", "schemathesis", "pip-audit"} & running.keys()
    assert all("--hash=sha256:" in own.lines for own in running.values())


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("MIT License", []),
        ("BSD License; MIT", []),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", []),
        ("GPL-3.0-only OR MIT", []),
        ("Apache-2.0 WITH LLVM-exception", []),
        ("GPL-3.0-only", ["GPL-3.0-only"]),
        ("MIT AND AGPL-3.0-only", ["AGPL-3.0-only"]),
        ("UNKNOWN", ["UNKNOWN"]),
        ("GNU General Public License v3 (GPLv3)", ["GNU General Public License v3 (GPLv3)"]),
    ],
)
def test_a_licence_is_understood(text: str, bad: list[str]) -> None:
    assert supply.refused(supply.spdx(text)) == bad


def test_no_licence_of_what_runs_is_refused() -> None:
    found = supply.licences(supply.running())
    assert len(found) > 50
    assert {name: licence for name, licence in found.items() if supply.refused(licence)} == {}


def test_the_page_of_licences_is_that_of_the_pinned_list() -> None:
    page = supply.LICENCES.read_text("utf-8")
    rows = dict(re.findall(r"^\| ([a-z0-9-]+) \| (\S+) \|", page, flags=re.MULTILINE))
    rows.pop("package")
    running = {name: own.version for name, own in supply.running().items()}
    unlisted = set(re.findall(r"[a-z0-9-]+", page.partition("not listed:")[2]))
    assert {**rows, **{name: running[name] for name in unlisted & running.keys()}} == running


def test_the_image_installs_by_hash_only_what_runs() -> None:
    text = (Path(supply.ROOT) / "deploy" / "Dockerfile").read_text("utf-8")
    assert "tools.supply runtime" in text
    assert "--require-hashes" in text
