"""Tables as Parquet: typed, lists as lists, prefix dates as text; what a column means travels with it."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tumen.descriptor import Column

TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


def parquet(frame: pd.DataFrame, columns: Sequence[Column], about: Mapping[str, str]) -> bytes:
    """A table of `tables.tables` as Parquet.

    Args:
        frame: the table.
        columns: what its columns mean; a column's description is its field's metadata.
        about: what is to be known of the whole file (view, day, version …), kept as its metadata.
    """
    fields = [_field(column) for column in columns]
    schema = pa.schema(fields, metadata={f"tumen:{key}": value for key, value in about.items()})
    arrays = [_array(frame[c.name], c, field.type) for c, field in zip(columns, fields, strict=True)]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def _field(column: Column) -> pa.Field:
    kind = TYPES[column.type]
    about = {"title": column.title, "description": column.description}
    return pa.field(column.name, pa.list_(kind) if column.is_list else kind, metadata=about)


def _array(cells: pd.Series, column: Column, kind: pa.DataType) -> pa.Array:
    return pa.array([value(cell, column) for cell in cells.tolist()], type=kind)


def value(cell: Any, column: Column) -> Any:
    """A cell as a plain value: None for an empty one, a list for a list."""
    if isinstance(cell, tuple):
        return list(cell)
    if isinstance(cell, str):
        return cell or None
    return None if pd.isna(cell) else cell
