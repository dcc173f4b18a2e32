"""A part: one Parquet object of a table, and what its head records of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One Parquet object of a table: its hash bucket, SHA-256, rows and bytes (of a log, see `logs`)."""

    bucket: int
    object: str
    rows: int
    bytes: int
