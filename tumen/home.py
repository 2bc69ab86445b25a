"""Where Tumen's own files lie: beside the library in a checkout, inside it once it is installed."""

from pathlib import Path

LIBRARY = Path(__file__).resolve().parent
HOME = LIBRARY / "_app" if (LIBRARY / "_app").is_dir() else LIBRARY.parent  # holds dashboard.py and pages/
DATA = HOME / "data"
PLOTLY = LIBRARY / "plotlyjs" / "plotly.min.js"  # made by tools/bundle.py
