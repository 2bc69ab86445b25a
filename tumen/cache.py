"""Checked tables kept on disk, so that a large data set is read and checked once and not at every start.

Only data that passed the check is kept, under a hash of everything the check looked at: the content of the
CSV files and the descriptor, our own code and the border map. A kept table is itself hashed, and read only
if that hash still holds; whatever is wrong is logged, thrown away and made anew. Files are Arrow's, which
hold data and nothing that could be run. They are not packed, so that texts can be used where the system keeps
the file (`memory.mapped`): of a million assertions most are looked at by few readers or none.

`TUMEN_CACHE` names another place than `.cache/` beside the code (installed: the user's cache directory);
`TUMEN_CACHE=off` keeps nothing.
"""

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather

from tumen import memory, reading

LOG = logging.getLogger(__name__)
LEAST = 16_000_000  # bytes of CSV from which keeping pays; less is checked in a moment
KEPT = 2  # data sets; the oldest ones go
MANIFEST = "manifest.json"
CODE = Path(__file__).resolve().parent
HOME = CODE.parent
PIECE = 1 << 20

Frames = Mapping[str, pd.DataFrame]


class Spoilt(ValueError):
    """A kept data set that is not what was written."""


def place() -> Path | None:
    """Where tables are kept; None where nothing shall be."""
    named = os.environ.get("TUMEN_CACHE", "")
    if named:
        return None if named == "off" else Path(named)
    if (HOME / "pyproject.toml").exists():
        return HOME / ".cache" / "tables"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tumen"


def key(directory: Path, files: Iterable[Path]) -> str:
    """The name under which a data directory is kept; '' where it is small, or nothing shall be kept.

    Args:
        directory: the data directory.
        files: all files in it that the check looks at.
    """
    own = sorted(path for path in files if path.is_file())
    if place() is None or sum(path.stat().st_size for path in own) < LEAST:
        return ""
    digest = hashlib.sha256(f"{pd.__version__} {pa.__version__}".encode())
    code = [*sorted(CODE.glob("*.py")), *sorted((HOME / "data" / "geo").glob("*.json"))]
    for path, base in [*((p, directory) for p in own), *((p, HOME) for p in code)]:
        digest.update(path.relative_to(base).as_posix().encode() + b"\0")
        update(digest, path)
    return digest.hexdigest()[:32]


def update(digest: "hashlib._Hash", path: Path) -> None:
    """Add a file's content to a hash, piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)


def find(name: str, today: date) -> Frames | None:
    """The tables kept under a name, every cell as text; None if there are none, or they cannot be trusted.

    Data that had no date in the future on one day has none later, but may have had one earlier.
    """
    folder = _folder(name)
    if folder is None or not (folder / MANIFEST).is_file():
        return None
    try:
        manifest = _manifest(folder)
        if manifest["checked"] > today:
            return None
        return {table: _read(folder, table, told) for table, told in manifest["tables"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException) as error:
        LOG.warning("The kept tables in %s cannot be used and are made anew: %s", folder, error)
        shutil.rmtree(folder, ignore_errors=True)
        return None


def _manifest(folder: Path) -> dict[str, Any]:
    """What a folder says that it keeps: `checked`, the day, and of each of its `tables` the hash."""
    found = json.loads((folder / MANIFEST).read_text("utf-8"))
    return {**found, "checked": date.fromisoformat(found["checked"])}


def _folder(name: str) -> Path | None:
    base = place()
    return base / name if base and name else None


def _read(folder: Path, table: str, told: str) -> pd.DataFrame:
    path = folder / f"{table}.arrow"
    digest = hashlib.sha256()
    update(digest, path)
    if digest.hexdigest() != told:
        raise Spoilt(f"{path.name} is not what was written")
    return reading.texts(pa.ipc.open_file(memory.mapped(path)).read_all())


def keep(name: str, frames: Frames, today: date) -> None:
    """Keep checked tables; where that is not possible, say so in the log and go on."""
    folder = _folder(name)
    if folder is None:
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder.parent))
        try:
            _write(made, frames, today)
            if not _is_kept(folder, today):  # another process may have kept the same meanwhile, and use it
                shutil.rmtree(folder, ignore_errors=True)
                made.rename(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        _tidy(folder.parent)
    except OSError as error:
        LOG.warning("The checked tables could not be kept in %s: %s", folder, error)


def _write(folder: Path, frames: Frames, today: date) -> None:
    told = {}
    for table, frame in frames.items():
        path, digest = folder / f"{table}.arrow", hashlib.sha256()
        kept = pa.table({str(column): pa.array(frame[column], reading.TEXT) for column in frame})
        feather.write_feather(kept, path, compression="uncompressed", chunksize=max(1, len(kept)))
        update(digest, path)
        told[table] = digest.hexdigest()
    manifest = {"checked": today.isoformat(), "tables": told}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def _is_kept(folder: Path, today: date) -> bool:
    try:
        return bool(_manifest(folder)["checked"] <= today)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _tidy(base: Path) -> None:
    """Keep the newest data sets only."""
    kept = sorted(base.glob("*/" + MANIFEST), key=lambda path: path.stat().st_mtime, reverse=True)
    for manifest in kept[KEPT:]:
        shutil.rmtree(manifest.parent, ignore_errors=True)
