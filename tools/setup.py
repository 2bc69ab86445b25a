"""Make .venv/: exactly the pinned packages, and Tumen itself. `make` calls this when it is needed.

It runs before anything is installed, so it uses the standard library only, and nothing that an old
Python could not read, which it sends away with a clear word.
"""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def main() -> None:
    """Set everything up from nothing; the stamp `.venv/ready` comes last, so a broken set-up is redone."""
    refuse_what_cannot_work()
    print("Setting up .venv: the pinned packages, a minute or two, once.", flush=True)
    shutil.rmtree(str(VENV), ignore_errors=True)
    run(sys.executable, "-m", "venv", str(VENV))
    # The list is whole, so there is nothing to resolve; an older pip that resolves all the same may take a
    # newer release of what is pinned (coverage, named by another package with an extra) and stop.
    pip("--no-deps", "--require-hashes", "-r", str(ROOT / "requirements.txt"))
    pip("--no-build-isolation", "--no-deps", "-e", str(ROOT))
    run(str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "check")
    (VENV / "ready").touch()


def refuse_what_cannot_work() -> None:
    """Stop with the remedy if this Python is too old or cannot make environments."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"Tumen needs Python 3.11 or newer; this one is {found}. Try: make PYTHON=python3.12 run")
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        sys.exit(
            "This Python cannot make virtual environments. On Debian and Ubuntu install what is missing:\n"
            "    apt-get install python3-venv"
        )


def pip(*arguments: str) -> None:
    """Install into .venv, quietly, and with no wheel that is not pinned."""
    python = str(VENV / "bin" / "python")
    run(python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *arguments)


def run(*command: str) -> None:
    """Run a command; if it fails, say which, and stop."""
    done = subprocess.run(command, cwd=str(ROOT))
    if done.returncode:
        sys.exit("Set-up failed at: " + " ".join(command))


if __name__ == "__main__":
    main()
