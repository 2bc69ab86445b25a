"""nginx, really run, with the configuration of deploy/, before processes on this machine."""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tools.server import HOST, ROOT, free_port

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
KEEPS = "/var/cache/nginx/"  # where the configuration lets nginx write


def nginx() -> str | None:
    """The path of nginx, or None."""
    return shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@contextmanager
def front(ports: Sequence[int]) -> Iterator[str]:
    """Run nginx before the processes on these ports; gives its address."""
    program = nginx()
    if not program:
        raise RuntimeError("nginx is not installed")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        file = Path(folder) / "nginx.conf"
        file.write_text(configured(CONFIGURATION.read_text("utf-8"), ports, port, folder), "utf-8")
        process = subprocess.Popen([program, "-p", folder, "-c", str(file), "-g", "daemon off;"])
        try:
            _wait(f"http://{HOST}:{port}/healthz", process)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def configured(text: str, ports: Sequence[int], port: int, folder: str) -> str:
    """The configuration for this machine: our ports, our folder, and nothing else changed."""
    servers = "\n".join(f"        server {HOST}:{each} max_fails=1 fail_timeout=5s;" for each in ports)
    text, found = re.subn(r"(?m)(^ +server tumen-\d.*\n)+", servers + "\n", text)
    text, listens = re.subn(r"listen \d+;", f"listen {HOST}:{port};", text)
    text = text.replace(KEEPS, f"{folder}/").replace("/dev/stdout", f"{folder}/access.log")
    if found != 1 or listens != 1:
        raise ValueError("deploy/nginx.conf has another shape than this tool knows")
    return text


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        if process.poll() is not None:
            break
        try:
            with urlopen(url, timeout=5):
                return
        except (HTTPError, URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("nginx did not come up")
