"""Rule files: tab-separated tables with a header comment that explains their columns."""

from __future__ import annotations

import csv
from pathlib import Path

DATA = Path(__file__).parent / "data"


def read_rules(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a tab-separated rule file without its comments.

    Raises `ValueError` naming file and rule when the header differs, a row has too few or too many columns, or a rule
    stands twice.
    """
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    header, *rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(header) != columns:
        raise ValueError(
            f"{path.name}: the header must be {' '.join(columns)}, separated by tabs, not {' '.join(header)}"
        )
    seen: set[str] = set()
    for row in rows:
        if len(row) != len(columns) or row[0] in seen:
            raise ValueError(f"{path.name}: rule {row[0]!r} stands twice or does not have {len(columns)} columns")
        seen.add(row[0])
    return [dict(zip(columns, row, strict=True)) for row in rows]
