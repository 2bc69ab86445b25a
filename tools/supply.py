"""What Tumen is made of: the locked packages that run, their licences, a bill of materials, a release.

    python -m tools.supply runtime    the lines of requirements.txt that a server needs (deploy/Dockerfile)
    python -m tools.supply licences   writes docs/licences.md
    python -m tools.supply sbom       writes dist/sbom.json (CycloneDX)
    python -m tools.supply new        fails unless the version is new and everything is committed

Known weaknesses are looked up by `make audit` (pip-audit), which needs the network.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "requirements.txt"
LICENCES = ROOT / "docs" / "licences.md"
SBOM = ROOT / "dist" / "sbom.json"

# Licences under which a package may be part of a running server. All let our MIT code be used by anybody;
# MPL-2.0 and LGPL ask only for their own files.
ALLOWED = frozenset(
    {"MIT", "BSD", "BSD-2-Clause", "BSD-2-Clause-Views", "BSD-3-Clause", "Apache-2.0", "ISC", "PSF-2.0",
     "MPL-2.0", "Unlicense", "0BSD", "HPND", "MIT-CMU", "Zlib", "CC0-1.0", "CNRI-Python", "BSL-1.0",
     "LGPL-3.0-or-later", "MIT-0"}
)  # fmt: skip
# What packages write in place of an SPDX name.
SPDX = {
    "MIT License": "MIT",
    "The MIT License": "MIT",
    "BSD License": "BSD",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
PAGE = """# Licences of what runs

Every package of a running Tumen, as pinned in `requirements.txt`; tools of development are not part of it.
Written by `make licences`; a test refuses a licence that is not on the list in `tools/supply.py`.

| package | version | licence |
|---|---|---|
"""


@dataclass(frozen=True)
class Locked:
    """One package of requirements.txt."""

    name: str
    version: str
    lines: str
    via: frozenset[str]  # who needs it


def canonical(name: str) -> str:
    """A package's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> dict[str, Locked]:
    """Every package of a list as uv writes it, by name."""
    found = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)\A(^#.*\n)+", "", text)):
        head = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", block)
        if not head:
            raise ValueError(f"not a pinned package: {block[:60]}")
        via = re.findall(r"^ +# +(?:via +)?(?!via$)([A-Za-z0-9._-]+)", block, flags=re.MULTILINE)
        found[canonical(head[1])] = Locked(canonical(head[1]), head[2], block, frozenset(map(canonical, via)))
    return found


def runtime(packages: dict[str, Locked], wanted: Iterable[str]) -> dict[str, Locked]:
    """The packages that are wanted, and all that these need."""
    kept = {canonical(re.split(r"[<>=!~\[; ]", entry)[0]) for entry in wanted}
    missing = kept - packages.keys()
    if missing:
        raise ValueError(f"not in requirements.txt (make lock): {', '.join(sorted(missing))}")
    while more := {name for name, own in packages.items() if name not in kept and own.via & kept}:
        kept |= more
    return {name: packages[name] for name in sorted(kept)}


def running() -> dict[str, Locked]:
    """The locked packages of a running server."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["sign-in"]]
    return runtime(locked(PINNED.read_text("utf-8")), wanted)


def licences(names: Iterable[str]) -> dict[str, str]:
    """Package → its licence as an SPDX expression, of those that are installed here."""
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--packages", *names]
    listed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {canonical(each["Name"]): spdx(each["License"]) for each in listed}


def spdx(text: str) -> str:
    """A licence as packages write it, as an SPDX expression."""
    parts = re.split(r"\s*;\s*", text.strip())
    named = [SPDX.get(part, part) for part in parts]
    return " AND ".join(dict.fromkeys(named))


def refused(expression: str) -> list[str]:
    """The licences of an expression that are not allowed; of alternatives one must be."""
    bad = []
    for part in re.split(r"\s+AND\s+", expression):
        choices = [choice.strip("() ") for choice in re.split(r"\s+OR\s+", part)]
        if not any(re.sub(r" WITH .*", "", choice) in ALLOWED for choice in choices):
            bad.append(part)
    return bad


def licence_page(found: dict[str, str], packages: dict[str, Locked]) -> str:
    """docs/licences.md."""
    rows = [f"| {name} | {packages[name].version} | {found[name]} |" for name in sorted(found)]
    elsewhere = sorted(packages.keys() - found.keys())
    notes = f"\nOnly on other systems, and not listed: {', '.join(elsewhere)}.\n" if elsewhere else ""
    return PAGE + "\n".join(rows) + "\n" + notes


def write_licences() -> None:
    """Write docs/licences.md; fail if a licence is not allowed."""
    packages = running()
    found = licences(packages)
    LICENCES.write_text(licence_page(found, packages), "utf-8")
    bad = {name: refused(licence) for name, licence in found.items() if refused(licence)}
    if bad:
        sys.exit(f"not allowed: {bad}")


def write_sbom() -> None:
    """Write the bill of materials of a running server."""
    SBOM.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text("\n".join(own.lines for own in running().values()), "utf-8")
        command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(wanted)]
        command += ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "-o", str(SBOM)]
        subprocess.run(command, check=True)


def check_new() -> None:
    """Fail unless everything is committed and no release has this version."""
    from tumen import __version__

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout.strip()

    if git("status", "--porcelain"):
        sys.exit("There are changes that are not committed.")
    if git("tag", "--list", f"v{__version__}"):
        sys.exit(f"Version {__version__} is released already; raise it in tumen/__init__.py.")


def main() -> None:
    """Do what the command line says."""
    commands = {
        "runtime": lambda: print("\n".join(own.lines for own in running().values())),
        "licences": write_licences,
        "sbom": write_sbom,
        "new": check_new,
    }
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]]()


if __name__ == "__main__":
    main()
