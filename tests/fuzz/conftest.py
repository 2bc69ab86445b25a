"""Fuzzing: a few cases of each kind in every test run, 100,000 of each by `make fuzz`."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

FEW = 40
CASES = int(os.environ.get("TUMEN_FUZZ", FEW))  # of each test


def cases(share: float = 1.0) -> Callable[[Any], Any]:
    """How many cases a test takes: all, or a share of them where one takes long."""
    return settings(
        max_examples=max(10, int(CASES * share)),
        deadline=None,
        derandomize=CASES == FEW,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
