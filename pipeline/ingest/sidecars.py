"""Sidecar tables: a `metadata.csv` in any folder, whose rows fill or override what is known of the files it names."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.ingest.field_maps import Metadata, load_field_maps
from pipeline.ingest.quarantine import RefusedError
from pipeline.ingest.records import read_table_rows

SIDECAR = "metadata.csv"


@dataclass(frozen=True)
class Sidecar:
    """One folder's sidecar: rows by file name, then by record key ("" for a whole file); and what is wrong with it."""

    rows: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    error: RefusedError | None = None


@functools.lru_cache(maxsize=16)  # every batch of files asks for the same few tables
def read_sidecar(data: bytes) -> Sidecar:
    """The rows of a sidecar table; of two rows about one thing the first counts.

    A row that does not fit the header is left out, and the first such is the table's error. Raises `RefusedError` when
    the data is no CSV or no column names files.
    """
    names, rows = read_table_rows(data)
    columns = [name.casefold() for name in names]
    known = [path[0] for path in load_field_maps()["sidecar"].paths["file"]]
    naming = next((columns.index(name) for name in known if name in columns), None)
    if naming is None:
        raise RefusedError(
            "malformed", f"no column names the files (found: {', '.join(names)}): call one of them `file`"
        )
    found: dict[str, dict[str, dict[str, Any]]] = {}
    first_error: RefusedError | None = None
    for cells in rows:
        if isinstance(cells, RefusedError):
            first_error = first_error or cells
            continue
        values = {column: cell.strip() for column, cell in zip(columns, cells, strict=True) if cell.strip()}
        name, _, key = cells[naming].strip().replace("\\", "/").removeprefix("./").partition("#")
        if name:
            found.setdefault(name, {}).setdefault(key, values)
    return Sidecar(found, first_error)


def sidecar_metadata(row: Mapping[str, Any]) -> Metadata:
    """What a sidecar row says about its file."""
    return load_field_maps()["sidecar"].metadata(row)
