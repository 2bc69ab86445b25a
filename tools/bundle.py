"""Make tumen/plotlyjs/: the part of plotly.js that our figures need, a third of the whole.

    python -m tools.bundle      (needs npm and the network; `make plotlyjs`)

The whole of plotly.js is the heaviest file of a first visit. This is plotly.js's own way to a smaller one
(CUSTOM_BUNDLE.md in its repository), in the version that plotly.py carries, which is the one that our tests
check figures against. What is made is committed, so that nobody else needs npm.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import plotly

from tumen.home import PLOTLY

TRACES = ("bar", "choropleth", "scattergeo")  # and scatter, which is always there
ESBUILD = "0.25.9"
WHOLE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
ENTRY = """const Plotly = require("plotly.js/lib/core");
Plotly.register([{traces}]);
module.exports = Plotly;
"""
# As in plotly.js's own esbuild-config.js.
OPTIONS = (
    "--bundle", "--minify", "--format=iife", "--global-name=Plotly", "--target=es2016",
    "--define:global=window", "--define:define.amd=false",
)  # fmt: skip


def version(script: Path) -> str:
    """The version that a plotly.js file names in its first lines.

    Raises ValueError if it names none.
    """
    found = re.search(r"plotly\.js.* v(\d+\.\d+\.\d+)", script.read_text("utf-8")[:500])
    if not found:
        raise ValueError(f"{script} names no version of plotly.js in its first lines")
    return found[1]


def make(out: Path) -> None:
    """Fetch plotly.js, bundle our part of it, and write it, with its licence beside it."""
    wanted = version(WHOLE)
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        npm = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", made]
        subprocess.run([*npm, f"plotly.js@{wanted}", f"esbuild@{ESBUILD}"], check=True)
        package = work / "node_modules" / "plotly.js"
        traces = ", ".join(f'require("plotly.js/lib/{name}")' for name in TRACES)
        (work / "entry.js").write_text(ENTRY.format(traces=traces), "utf-8")
        program = work / "node_modules" / "esbuild" / "bin" / "esbuild"
        subprocess.run([program, "entry.js", *OPTIONS, "--outfile=out.js"], cwd=work, check=True)
        out.parent.mkdir(exist_ok=True)
        out.write_text(_head(wanted) + (work / "out.js").read_text("utf-8"), "utf-8")
        shutil.copy(package / "LICENSE", out.with_name("LICENSE"))


def _head(number: str) -> str:
    kinds = ", ".join(("scatter", *TRACES))
    return f"/* plotly.js v{number}, Copyright Plotly, Inc., MIT licence (see LICENSE); {kinds} only */\n"


if __name__ == "__main__":
    make(PLOTLY)
