"""The repository keeps its promises to a newcomer: README, set-up, licences, nothing of our machines."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PINNED = (ROOT / "requirements.txt").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PAGES = sorted((ROOT / "pages").glob("*.py"))

# Hosts of package registries, in pieces so that this file does not name them.
REGISTRIES = [".".join(parts) for parts in (("py" + "pi", "org"), ("py" + "thonhosted", "org"))]
REGISTRIES += [".".join(parts) for parts in (("npm" + "js", "com"), ("npm" + "js", "org"), ("deb", "debian"))]
# A path of one machine; in a web address such words come after a host's name.
MACHINE = re.compile(r"(?<![\w./:%~-])/(?:work|root|home|Users|opt|tmp|mnt)/\w+")


def tracked() -> Iterator[Path]:
    """Every text file that is, or would be, part of the repository."""
    lines = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    ignored = {".git", *(line.strip("/") for line in lines)}
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not ignored.intersection(parts) and not any("egg-info" in p for p in parts):
            yield path


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def test_no_file_names_a_package_registry_or_a_path_of_this_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in tracked()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if any(host in line for host in REGISTRIES) or MACHINE.search(line)
    ]
    assert found == []


def test_the_commands_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", README))
    assert {"run", "test"} <= named <= targets
    assert "make test" in text_of(ROOT / ".ci" / "run")


def test_the_files_and_folders_that_the_readme_names_exist() -> None:
    named = re.findall(r"`([\w.]+(?:/[\w.]+)*/?)`|\]\(([\w./]+)\)", README)
    paths = {a or b for a, b in named if "/" in (a or b) or (a or b).endswith((".md", ".py", ".json"))}
    paths -= {".venv/", "datapackage.json"}
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert missing == []
    assert (ROOT / "data" / "datapackage.json").exists()


def test_the_readme_explains_each_folder_that_holds_code_or_data() -> None:
    hidden = {"docs", "bench"}
    folders = {path.parent.relative_to(ROOT).parts[0] for path in tracked() if path.parent != ROOT}
    visible = {f for f in folders if not f.startswith(".")} - hidden
    assert [folder for folder in sorted(visible) if f"`{folder}/`" not in README] == []


def test_the_evidence_steps_of_the_readme_are_those_of_the_data() -> None:
    codes = text_of(ROOT / "data" / "codes" / "evidence.csv").splitlines()[1:]
    labels = [line.split(",")[1] for line in codes]
    assert re.findall(r"^\d\. \*\*(.+?)\*\*", README, flags=re.MULTILINE) == labels


def test_every_dependency_is_pinned_with_hashes() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", PINNED, flags=re.MULTILINE))
    names = {}
    for block in blocks:
        head = re.match(r"([A-Za-z0-9._-]+)(\[[^]]*\])?==([^\s;\\]+)", block)
        assert head, f"not pinned: {block[:80]}"
        assert "--hash=sha256:" in block, f"no hash: {block[:80]}"
        names[canonical(head[1])] = head[3]
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    missing = {canonical(re.split(r"[<>=!~\[; ]", entry)[0]) for entry in wanted} - names.keys()
    assert missing == set()


def test_the_pinned_list_names_no_host() -> None:
    assert "://" not in PINNED
    assert not re.search(r"^\s*-(?!-hash)", PINNED, flags=re.MULTILINE), (
        "an option of pip in requirements.txt"
    )


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_opens_with_the_question_it_answers(page: Path) -> None:
    question = ast.get_docstring(ast.parse(text_of(page))) or ""
    assert question.splitlines()[:1], "no docstring"
    assert question.splitlines()[0].endswith("?")


def test_only_the_screen_knows_streamlit() -> None:
    """Everything else can be used, and tested, without it."""
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tumen").rglob("*.py")
        if "app" not in path.relative_to(ROOT / "tumen").parts[:1]
        and re.search(r"^\s*(import|from) streamlit", text_of(path), flags=re.MULTILINE)
    ]
    assert found == []


def test_the_server_listens_here_only_and_tells_nobody() -> None:
    config = tomllib.loads(text_of(ROOT / ".streamlit" / "config.toml"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False


def test_code_and_data_have_their_own_licences() -> None:
    assert text_of(ROOT / "LICENSE").startswith("MIT License")
    assert "CC BY 4.0" in text_of(ROOT / "LICENSE-DATA.md")
    assert PROJECT["project"]["license"] == "MIT"
