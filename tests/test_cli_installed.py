"""Installed from a wheel, Tumen holds all that it needs and serves from any directory."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tools import server

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel installs."""
    made = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(made.glob("*.whl"))) as wheel:
        wheel.extractall(made / "site")
    return made / "site"


def tumen(site: Path, here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tumen", *arguments]
    return subprocess.run(command, cwd=here, env=environment(site), capture_output=True, text=True)


def environment(site: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(site)}


def test_the_wheel_holds_nothing_of_the_workshop(site: Path) -> None:
    assert {path.name for path in site.iterdir() if path.suffix != ".dist-info"} == {"tumen"}


def test_its_own_records_are_without_a_mistake(site: Path, tmp_path: Path) -> None:
    result = tumen(site, tmp_path, "check")
    assert result.returncode == 0 and "no mistakes" in result.stdout
    assert str(site) in result.stdout


@pytest.fixture(scope="module")
def served(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    here, port = tmp_path_factory.mktemp("elsewhere"), server.free_port()
    command = [sys.executable, "-m", "tumen", "serve", "--port", str(port)]
    printed = here / "log"
    with printed.open("wb") as log:
        process = subprocess.Popen(command, cwd=here, env=environment(site), stdout=log, stderr=log)
    try:
        running = server.Server(port, process, printed)
        server.wait(running)
        yield running.url
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.parametrize(
    "path", ["/", "/map?country=PRK", "/geo/world_110m.json", "/plotly/plotly.min.js", "/versions.atom"]
)
def test_the_dashboard_is_served_from_another_directory(served: str, path: str) -> None:
    with urlopen(served + path) as answer:
        assert answer.status == 200
        assert "content-security-policy" in {name.lower() for name in answer.headers}
