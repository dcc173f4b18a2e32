"""Rule files: tab-separated tables with a header comment that explains their columns."""

from __future__ import annotations

from pathlib import Path

from pipeline.data_files import read_rows

DATA = Path(__file__).parent / "data"


def read_rules(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a tab-separated rule file without its comments.

    Raises `ValueError` naming file and rule when the header differs, a row has too few or too many columns, or a rule
    stands twice.
    """
    rules: dict[str, dict[str, str]] = {}
    for number, row in read_rows(path, columns):
        name = row[columns[0]]
        if name in rules:
            raise ValueError(f"{path.name}, line {number}: rule {name!r} stands twice; remove or rename one")
        rules[name] = dict(row)
    return list(rules.values())
