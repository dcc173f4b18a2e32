"""What Dagster shows of a table at a glance: counts of its closed values, and the rows worth a look first."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake import Lake
from pipeline.tables import TableSpec

PREVIEW_ROWS = 5
_PREVIEW_CELL = 60
_EXPLANATION = 240
_MARKDOWN = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]()#+-.!|~"} | {"\n": " ", "\r": " "})

# Tables whose preview is not their first rows: the columns shown, and what comes first (column, order).
_WORTH_A_LOOK: Mapping[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "claim_groups": (
        ("proposition", "n_independent_asserting", "n_independent_denying", "n_articles", "contested"),
        (
            ("contested", "descending"),
            ("n_independent_denying", "descending"),
            ("n_independent_asserting", "descending"),
            ("n_copy_groups", "descending"),
            ("claim_group_id", "ascending"),
        ),
    ),
    "conflicts": (
        ("strength", "type", "explanation"),
        (("strength", "ascending"), ("type", "ascending"), ("conflict_id", "ascending")),
    ),
}


def count_values(lake: Lake, spec: TableSpec) -> str | None:
    """Rows by each value of the table's closed columns and flags, as a Markdown table; None where it has none."""
    flags = [field.name for field in spec.schema if pa.types.is_boolean(field.type)]
    columns = [name for name, _ in spec.closed] + flags
    if not columns:
        return None
    rows = lake.read(spec.name, columns)
    lines = ["| column | value | rows |", "| --- | --- | ---: |"]
    for column in columns:
        counts = {str(row["values"]).lower(): row["counts"] for row in pc.value_counts(rows[column]).to_pylist()}
        known = dict(spec.closed).get(column, ("true", "false"))
        lines += [f"| {escape(column)} | {escape(value)} | {counts[value]} |" for value in known if value in counts]
    return "\n".join(lines)


def first_to_look_at(lake: Lake, table: str) -> str | None:
    """The most contested claim groups, or the hardest conflicts, as a Markdown table; None for other tables."""
    if table not in _WORTH_A_LOOK:
        return None
    columns, order = _WORTH_A_LOOK[table]
    rows = lake.read(table, list(dict.fromkeys([*columns, *(column for column, _ in order)])))
    best = rows.take(pc.select_k_unstable(rows, k=min(PREVIEW_ROWS, len(rows)), sort_keys=list(order)))
    return markdown_table(best.select(columns), columns, width=_EXPLANATION)


def preview(rows: pa.Table, spec: TableSpec) -> str:
    """A few rows as a Markdown table; everything from articles is escaped, long values are cut."""
    names = [name for name in spec.schema.names if not _is_bulky(spec.schema.field(name).type)]
    return markdown_table(rows.slice(0, PREVIEW_ROWS), names, width=_PREVIEW_CELL)


def markdown_table(rows: pa.Table, names: Sequence[str], *, width: int) -> str:
    """Columns of rows as a Markdown table, escaped, each value within ``width`` characters."""
    lines = [f"| {' | '.join(escape(name) for name in names)} |", f"|{' --- |' * len(names)}"]
    for row in rows.select(list(names)).to_pylist():
        lines.append(f"| {' | '.join(escape(_cut(row[name], width)) for name in names)} |")
    return "\n".join(lines)


def escape(text: str) -> str:
    """``text`` so that Markdown and HTML show it as it is, on one line."""
    return html.escape(text.translate(_MARKDOWN), quote=False)


def _is_bulky(type_: pa.DataType) -> bool:
    return pa.types.is_list(type_) and not pa.types.is_string(type_.value_type)


def _cut(value: object, width: int) -> str:
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= width else f"{text[: width - 1]}…"
