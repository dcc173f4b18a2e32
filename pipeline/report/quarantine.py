"""Inputs that could not be read, with what to do about each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pipeline.report.corpus import Corpus
from pipeline.report.limits import MAX_QUARANTINE_ROWS, Printed, first
from pipeline.report.wording import QUARANTINE_REASONS


@dataclass(frozen=True)
class Refused:
    """An input in quarantine."""

    source_uri: str
    reason: str
    message: str


@dataclass(frozen=True)
class Quarantine:
    """The section: reasons with their numbers, most frequent first, and the rows."""

    reasons: tuple[tuple[str, int], ...]
    rows: Printed[Refused]


def refused_inputs(corpus: Corpus) -> Quarantine:
    """Quarantine rows in the table's order (by path)."""
    rows = [
        Refused(row["source_uri"], QUARANTINE_REASONS[row["reason"]], row["message"])
        for row in corpus.rows("quarantine")
    ]
    reasons = Counter(row.reason for row in rows)
    return Quarantine(
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        rows=first(rows, MAX_QUARANTINE_ROWS),
    )
