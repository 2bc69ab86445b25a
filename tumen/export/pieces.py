"""Long tables in parts: the whole is never in memory as cells, only as what is written of it."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import pandas as pd

AT_ONCE = 20_000  # rows


def pieces(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """A table in parts, of which the first may be empty."""
    return (frame.iloc[start : start + AT_ONCE] for start in range(0, max(len(frame), 1), AT_ONCE))


def json_list(about: Mapping[str, Any], name: str, parts: Iterable[Sequence[Any]]) -> bytes:
    """A JSON object whose last member is a long list, given part by part."""
    out, between = io.BytesIO(), b""
    out.write(orjson.dumps({**about, name: []})[:-2])
    for part in filter(None, parts):
        out.write(between)
        out.write(orjson.dumps(part)[1:-1])
        between = b","
    out.write(b"]}")
    return out.getvalue()
