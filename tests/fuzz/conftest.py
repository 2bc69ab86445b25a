"""Fuzzing: a few cases for each way in in every test run, 100,000 for each by `make fuzz`.

A way in is a file here; its tests share its cases, fewer where one case takes long.
"""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

FEW = 80
CASES = int(os.environ.get("TUMEN_FUZZ", FEW))  # for each way in


def cases(share: float) -> Callable[[Any], Any]:
    """How many cases a test takes: its share of those for its way in."""
    return settings(
        max_examples=max(10, int(CASES * share)),
        deadline=None,
        derandomize=CASES == FEW,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
