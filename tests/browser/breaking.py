"""Streamlit's command with a page that breaks for one search: `python breaking.py run dashboard.py`."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from streamlit.web.cli import main

from tumen import gallery

_find = gallery.find


def find(records: Any, quotes: Any, wanted: gallery.Wanted, *rest: Any, **more: Any) -> Any:
    if wanted.q == "break":
        raise RuntimeError("inner words of the server")
    return _find(records, quotes, wanted, *rest, **more)


if __name__ == "__main__":
    gallery.find = find
    main()
