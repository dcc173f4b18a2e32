"""What became of each correction: applied, or kept and reported because nothing in the corpus answers to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.overrides.records import ClaimOverride, EntityOverride


@dataclass(frozen=True)
class Outcome:
    """A correction and what became of it; ``note`` says why it was not applied, or what was done."""

    override: EntityOverride | ClaimOverride
    applied: bool
    note: str


def outcome_rows(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Rows of the table `entity_overrides` or `claim_overrides`, in no particular order."""
    return [
        {
            "override_id": outcome.override.override_id,
            "file": outcome.override.file,
            "line": outcome.override.line,
            "action": outcome.override.action,
            "target": outcome.override.target,
            "value": outcome.override.given or None,
            "article": getattr(outcome.override, "article", "") or None,
            "author": outcome.override.author,
            "reason": outcome.override.reason,
            "date": outcome.override.date or None,
            "applied": outcome.applied,
            "note": outcome.note,
        }
        for outcome in outcomes
    ]


def unapplied(table: pa.Table) -> list[str]:
    """A sentence for each correction in a table of outcomes that was not applied, by line.

    `entities.csv line 4: merge 'Ada Berg' was not applied: …`
    """
    left = table.filter(pc.invert(table["applied"])).sort_by([("file", "ascending"), ("line", "ascending")])
    return [
        f"{row['file']} line {row['line']}: {row['action']} {row['target']!r} was not applied: {row['note']}"
        for row in left.select(["file", "line", "action", "target", "note"]).to_pylist()
    ]
