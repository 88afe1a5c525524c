"""A table as Parquet, through pyarrow (extra ``parquet``).

Days are date32, moments timestamps with the zone of the settings, numbers doubles, lists lists. The
label of a column is in its metadata.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from xlflow.errors import UsageError
from xlflow.reports.export.csv_form import whole_characters
from xlflow.reports.export.layout import Column, Layout, Row, Type

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_AT_ONCE = 20_000


class ParquetLibraryMissing(UsageError):
    """Parquet was asked for, and pyarrow is not installed."""

    def __init__(self) -> None:
        super().__init__("export.no-parquet")


def needs_parquet() -> None:
    """Find out whether Parquet can be written.

    Raises:
        ParquetLibraryMissing
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as err:
        raise ParquetLibraryMissing from err


class ParquetForm:
    """Writes a table; `zone`: the name of the zone of its moments.

    Raises:
        ParquetLibraryMissing
    """

    def __init__(self, file: BinaryIO, layout: Layout, zone: str) -> None:
        needs_parquet()
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._schema = pa.schema([_field(column, zone) for column in layout.columns])
        self._fitting = [_fitting(column.type) for column in layout.columns]
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")

    def add(self, rows: Iterable[Row]) -> int:
        """Write these rows behind those before; returns how many there were."""
        import pyarrow as pa

        held, count = iter(rows), 0
        while batch := list(islice(held, _ROWS_AT_ONCE)):
            columns = [
                pa.array([None if value is None else fit(value) for value in values], field.type)
                for fit, values, field in zip(
                    self._fitting, zip(*batch, strict=True), self._schema, strict=True
                )
            ]
            self._writer.write_batch(pa.record_batch(columns, schema=self._schema))
            count += len(batch)
        return count

    def finish(self) -> None:
        """Write the end of the file."""
        self._writer.close()


def _field(column: Column, zone: str) -> pa.Field:
    import pyarrow as pa

    types: dict[Type, pa.DataType] = {
        Type.TEXT: pa.string(),
        Type.INTEGER: pa.int64(),
        Type.NUMBER: pa.float64(),
        Type.TRUTH: pa.bool_(),
        Type.DATE: pa.date32(),
        Type.MOMENT: pa.timestamp("us", tz=zone),
        Type.TEXTS: pa.list_(pa.string()),
        Type.FIELDS: pa.string(),
    }
    return pa.field(column.name, types[column.type], metadata={"label": column.label})


def _fitting(kind: Type) -> Callable[[Any], Any]:
    """How a value of this type becomes one that the file can hold."""
    match kind:
        case Type.TEXT:
            return whole_characters
        case Type.NUMBER:
            return float
        case Type.TEXTS:
            return lambda texts: [whole_characters(text) for text in texts]
        case Type.FIELDS:
            return lambda fields: json.dumps(fields)
        case _:
            return _same


def _same(value: Any) -> Any:
    return value
