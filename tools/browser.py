"""The browser of tests and screenshots: find a Chromium, or install one, and start it.

`python -m tools.browser` (make does it) finds or installs.

Looked for, in this order: $TUMEN_BROWSER, the browser that Playwright installed earlier, Chromium
or Chrome on the PATH. If there is none: on Debian, with the rights for it, the system's package;
elsewhere Playwright's own download.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

# The tests block foreign hosts page by page; these keep the browser itself from looking for any.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
# A page rests when the server has been silent, and every chart painted, for a little while: between a
# click and the server's first word there is a moment in which everything looks finished.
SETTLED = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    const charts = [...document.querySelectorAll(".tumen-chart .plot")];
    const calm = app?.dataset.testConnectionState === "CONNECTED"
        && app.dataset.testScriptState === "notRunning"
        && !document.querySelector("[data-testid=stSkeleton]")
        && charts.every(chart => chart.dataset.painted);
    if (!calm) window.calmSince = undefined;
    else window.calmSince ??= performance.now();
    return calm && performance.now() - window.calmSince > 400;
}"""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    path = find()
    if not path:
        raise RuntimeError("no Chromium found; run `make browser`")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # as root it would not start
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *sandbox])


def settled(page: Page) -> None:
    """Wait until the server has nothing more to say and every chart in view is painted."""
    page.evaluate("() => { window.calmSince = undefined }")
    page.wait_for_function(SETTLED, timeout=60_000)


def find() -> str | None:
    """The path of a browser that starts, or None."""
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> Iterator[str]:
    """Where a browser may be, the surest first."""
    if named := os.environ.get("TUMEN_BROWSER"):
        yield named
    yield playwrights_own()
    yield from filter(None, map(shutil.which, NAMES))


def playwrights_own() -> str:
    """Where Playwright puts its Chromium, whether it is there or not."""
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def starts(path: str) -> bool:
    """Whether this file is a browser that runs: some systems have a stub that only names a package."""
    if not Path(path).is_file():
        return False
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> None:
    """Install a browser, by the system's package where that is possible, else by Playwright."""
    for attempt in (*debian_package(), *playwright_download()):
        print("No Chromium found; trying:", " ".join(attempt), flush=True)
        if subprocess.run(attempt).returncode == 0 and find():
            return


def debian_package() -> list[list[str]]:
    """The command for Debian's own package; none elsewhere, or without the rights to install."""
    root = as_root()
    if root is None or not is_debian():
        return []
    script = "apt-get update -q && apt-get install -y -q chromium fonts-liberation"
    return [[*root, "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", script]]


def playwright_download() -> list[list[str]]:
    """Playwright's download: with the system libraries it needs, or, where it cannot add them, without."""
    command = [sys.executable, "-m", "playwright", "install"]
    return [[*command, "--with-deps", "chromium"], [*command, "chromium"]]


def is_debian() -> bool:
    """Debian, not Ubuntu: there the package of this name only points to another packager."""
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def as_root() -> list[str] | None:
    """What to put before a command to run it as root unasked; None where that is not possible."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def main() -> None:
    """Say which browser will be used; install one if there is none."""
    if not find():
        install()
    found = find()
    if not found:
        sys.exit("No Chromium could be found or installed. Install one and name it in TUMEN_BROWSER.")
    print("Browser for the tests:", found)


if __name__ == "__main__":
    main()
