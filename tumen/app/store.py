"""The records that the server shows: loaded once, renewed when the files change, last good kept."""

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from tumen import check, memory
from tumen.home import DATA
from tumen.records import BadData, Records, load
from tumen.trial import Trial

LOG = logging.getLogger(__name__)
LOOK_EVERY = 2.0  # seconds between two looks at the files


@dataclass
class Store:
    """Holds the records of one directory for all visitors."""

    directory: Path
    good: Records | None = None
    report: check.Report | None = None  # why the newest files are not shown, if they are not
    _stamp: tuple[tuple[str, int, int], ...] = ()
    _looked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> Records:
        """The newest good records.

        While one visitor's request looks at changed files, all others get what was good before.

        Raises BadData only if there have never been good ones.
        """
        good = self.good
        if self._lock.acquire(blocking=good is None):
            try:
                if self.good is None or time.monotonic() - self._looked > LOOK_EVERY:
                    self._look()
                good = self.good
            finally:
                self._lock.release()
        if good is None:
            raise BadData(self.report or check.check(self.directory))
        return good

    def _look(self) -> None:
        self._looked = time.monotonic()
        stamp = _stamp(self.directory)
        if stamp == self._stamp and (self.good or self.report):
            return
        self._stamp = stamp
        try:
            self.good, self.report = load(self.directory), None
            memory.settle()
        except BadData as error:
            self.report = error.report
            LOG.error("%s not loaded, %d mistakes:\n%s", self.directory, len(error.report.mistakes), error)


def _stamp(directory: Path) -> tuple[tuple[str, int, int], ...]:
    files = sorted([*directory.rglob("*.csv"), directory / "datapackage.json"])
    stats = [(str(path), path.stat()) for path in files if path.exists()]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


def trial() -> Trial | None:
    """The visitor's own rows, if there are any: in this session only."""
    found: Trial | None = st.session_state.get("trial")
    return found


def shown() -> Records:
    """What this visitor looks at: the records, or the records with rows of the visitor's own.

    Raises BadData only if there have never been good records.
    """
    own = trial()
    return own.records if own and own.records else STORE.current()


def let_go() -> None:
    """Callback: forget the visitor's own rows."""
    for name in ("trial", "trial_given"):
        st.session_state.pop(name, None)
    st.session_state.trial_round = st.session_state.get("trial_round", 0) + 1


STORE = Store(Path(os.environ.get("TUMEN_DATA", DATA)))
