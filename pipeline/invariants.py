"""What must hold of every table before a release: the checks, as plain functions over tables.

Each gives a sentence for every kind of violation it finds, with a count and the first offenders; none means it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake import Lake
from pipeline.lake.releases import row_keys
from pipeline.settings import Settings
from pipeline.tables import TABLES, TableSpec

CODE_VERSION = "1"
# Span columns of each anchored table: (article, start, end, column with the expected text or None).
_SPANS: Mapping[str, tuple[tuple[str, str, str, str | None], ...]] = {
    "passages": (("article_id", "start", "end", None),),
    "origins": (("article_id", "start", "end", None),),
    "shared_passages": (("article_id_a", "start_a", "end_a", None), ("article_id_b", "start_b", "end_b", None)),
    "mentions": (("article_id", "start", "end", "text"),),
    "claims": (("article_id", "source_start", "source_end", "source_text"),),
}
# Columns that are lists of spans, with or without their text.
_SPAN_LISTS: Mapping[str, tuple[str, ...]] = {
    "articles": ("metadata_evidence",),
    "claims": ("cue", "content", "quoted_spans"),
}


@dataclass(frozen=True)
class Outcome:
    """A check's result: the table, the check's name, and what is wrong (empty when it holds)."""

    table: str
    check: str
    problems: tuple[str, ...]


def check_names(table: str) -> list[str]:
    """The checks that apply to a published table."""
    spec = TABLES[table]
    names = ["schema", "keys_unique"]
    if spec.closed:
        names.append("closed_values")
    if spec.references:
        names.append("references_resolve")
    if table in _SPANS or table in _SPAN_LISTS:
        names.append("offsets_round_trip")
    if table in _COUNTS:
        names.append("counts_consistent")
    if table == "quarantine":
        names.append("quarantine_share")
    return names


def check_table(lake: Lake, table: str, settings: Settings) -> list[Outcome]:
    """Run the checks of one table.

    A check that held for exactly the tables at hand is not run again: its result is kept beside the stages.
    """
    involved = lake.digests(sorted({table, *_tables_involved(table)}))
    signature = {
        "code_version": CODE_VERSION,
        "tables": involved,
        "max_quarantine_share": settings.max_quarantine_share,
    }
    if lake.storage.read_json(f"checks/{table}.json") == signature:
        return [Outcome(table, name, ()) for name in check_names(table)]
    outcomes = [
        Outcome(table, name, tuple(_CHECKS[name](lake, TABLES[table], settings))) for name in check_names(table)
    ]
    if not any(outcome.problems for outcome in outcomes):
        lake.storage.write_json(f"checks/{table}.json", signature)
    return outcomes


def _tables_involved(table: str) -> set[str]:
    tables = {target.split(".")[0] for _, target in TABLES[table].references}
    if table in _SPANS or table in _SPAN_LISTS or table == "quarantine":
        tables.add("articles")
    return tables | set(_COUNT_TABLES.get(table, ()))


def _check_schema(lake: Lake, spec: TableSpec, settings: Settings) -> list[str]:  # noqa: ARG001
    problems = []
    for part in lake.required_head(spec.name).parts:
        rows = lake.storage.read_table(part.object)
        if rows.schema != spec.schema:
            problems.append(f"a part of {spec.name} has another schema than pipeline/tables.py gives it")
        problems += [
            f"{spec.name}.{name}: {rows[name].null_count} nulls in a column that has none"
            for name in spec.schema.names
            if name in rows.schema.names and not spec.schema.field(name).nullable and rows[name].null_count
        ]
    return sorted(set(problems))


def _check_keys(lake: Lake, spec: TableSpec, settings: Settings) -> list[str]:  # noqa: ARG001
    keys = row_keys(lake.read(spec.name, spec.key), spec)
    counts = pc.value_counts(keys)
    twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    return _complain(f"{spec.name}: keys that stand twice", twice)


def _check_closed(lake: Lake, spec: TableSpec, settings: Settings) -> list[str]:  # noqa: ARG001
    problems = []
    for name, allowed in spec.closed:
        values = pc.unique(lake.read(spec.name, [name])[name])
        strange = values.filter(pc.invert(pc.is_in(values, value_set=pa.array(allowed))))
        problems += _complain(f"{spec.name}.{name}: values outside the closed list", strange)
    return problems


def _check_references(lake: Lake, spec: TableSpec, settings: Settings) -> list[str]:  # noqa: ARG001
    problems = []
    for name, target in spec.references:
        other, key = target.split(".")
        values = lake.read(spec.name, [name])[name]
        if pa.types.is_list(values.type):
            values = pc.list_flatten(values)
        values = pc.unique(pc.drop_null(values))
        known = lake.read(other, [key])[key].combine_chunks()
        missing = values.filter(pc.invert(pc.is_in(values, value_set=known)))
        problems += _complain(f"{spec.name}.{name}: not found in {target}", missing)
    return problems


def _check_offsets(lake: Lake, spec: TableSpec, settings: Settings) -> list[str]:  # noqa: ARG001
    """Every span lies inside its article's text, and the text stored with it is what stands there."""
    wrong: dict[str, list[str]] = {}
    spans, lists = _SPANS.get(spec.name, ()), _SPAN_LISTS.get(spec.name, ())
    owners = sorted({span[0] for span in spans} | ({"article_id"} if lists else set()))
    columns = sorted({column for span in spans for column in span if column} | set(lists) | set(owners))
    for part in lake.required_head(spec.name).parts:
        rows = lake.storage.read_table(part.object, columns)
        named = [article for owner in owners for article in rows[owner].to_pylist()]
        articles = lake.read("articles", ["article_id", "text"], keys=named)
        texts = dict(zip(articles["article_id"].to_pylist(), articles["text"].to_pylist(), strict=True))
        for row in rows.to_pylist():
            for label, article, start, end, expected in _spans_of_row(spec.name, row):
                text = texts[article]
                if not 0 <= start < end <= len(text) or (expected is not None and text[start:end] != expected):
                    wrong.setdefault(label, []).append(f"{article} {start}–{end}")
    return [
        problem
        for label, where in sorted(wrong.items())
        for problem in _complain(f"{spec.name}.{label}: spans that do not give their text", where)
    ]


def _spans_of_row(table: str, row: Mapping[str, Any]) -> list[tuple[str, str, int, int, str | None]]:
    """(column, article, start, end, expected text or None) of every span in a row."""
    found: list[tuple[str, str, int, int, str | None]] = []
    for article, start, end, text in _SPANS.get(table, ()):
        if row[start] is not None:
            found.append((start, row[article], row[start], row[end], row[text] if text else None))
    for column in _SPAN_LISTS.get(table, ()):
        for span in row[column] or ():
            found.append((column, row["article_id"], span["start"], span["end"], span.get("text")))
    return found


def _check_counts(lake: Lake, spec: TableSpec, settings: Settings) -> list[str]:  # noqa: ARG001
    return _COUNTS[spec.name](lake)


def _count_copy_groups(lake: Lake) -> list[str]:
    rows = lake.read("copy_groups").to_pandas()
    groups = rows.groupby("copy_group_id").agg(
        members=("article_id", "size"),
        canonical=("is_canonical", "sum"),
        least=("n_articles", "min"),
        most=("n_articles", "max"),
    )
    wrong = groups[(groups["members"] != groups["least"]) | (groups["members"] != groups["most"])]
    articles = lake.required_head("articles").rows
    return [
        *_complain("copy_groups.n_articles: not the number of its members", wrong.index),
        *_complain("copy_groups.is_canonical: not exactly one member", groups.index[groups["canonical"] != 1]),
        *([f"copy_groups has {len(rows)} rows for {articles} articles"] if articles != len(rows) else []),
    ]


def _count_claim_groups(lake: Lake) -> list[str]:
    groups = lake.read("claim_groups").to_pandas().set_index("claim_group_id")
    members = lake.read("claim_group_members", ["claim_id", "claim_group_id"]).to_pandas()
    sizes = members.groupby("claim_group_id").size().reindex(groups.index, fill_value=0)
    both_sides = (groups["n_independent_asserting"] > 0) & (groups["n_independent_denying"] > 0)
    claims = lake.required_head("claims").rows
    return [
        *_complain("claim_groups.n_claims: not the number of its members", groups.index[sizes != groups["n_claims"]]),
        *_complain("claim_groups.contested: not as its counts say", groups.index[both_sides != groups["contested"]]),
        *([f"{len(members)} memberships for {claims} claims"] if claims != len(members) else []),
    ]


def _count_entities(lake: Lake) -> list[str]:
    mentions = lake.read("mentions", ["entity_id"]).to_pandas()["entity_id"]
    entities = lake.read("entities", ["entity_id", "n_mentions"]).to_pandas().set_index("entity_id")["n_mentions"]
    counted = mentions.value_counts().reindex(entities.index, fill_value=0)
    return _complain("entities.n_mentions: not the number of its mentions", entities.index[counted != entities])


def _check_quarantine(lake: Lake, spec: TableSpec, settings: Settings) -> list[str]:
    refused, read = lake.required_head(spec.name).rows, lake.required_head("articles").rows
    share = refused / (refused + read) if refused + read else 0.0
    if share <= settings.max_quarantine_share:
        return []
    return [
        f"{refused} of {refused + read} inputs are in quarantine, more than NEWSCLAIMS_MAX_QUARANTINE_SHARE="
        f"{settings.max_quarantine_share:g} allows; see the quarantine table for the reasons"
    ]


def _complain(what: str, offenders: pa.Array | pa.ChunkedArray | Iterable[Any]) -> list[str]:
    """One sentence with the number of offenders and the first three, or nothing."""
    values = offenders.to_pylist() if isinstance(offenders, pa.Array | pa.ChunkedArray) else list(offenders)
    if not values:
        return []
    examples = ", ".join(sorted(map(str, values))[:3])
    return [f"{what}: {len(values)} (first: {examples})"]


_COUNTS: Mapping[str, Callable[[Lake], list[str]]] = {
    "copy_groups": _count_copy_groups,
    "claim_group_members": _count_claim_groups,
    "mentions": _count_entities,
}
_COUNT_TABLES: Mapping[str, tuple[str, ...]] = {
    "copy_groups": ("articles",),
    "claim_group_members": ("claim_groups", "claims"),
    "mentions": ("entities",),
}
_CHECKS: dict[str, Callable[[Lake, TableSpec, Settings], list[str]]] = {
    "schema": _check_schema,
    "keys_unique": _check_keys,
    "closed_values": _check_closed,
    "references_resolve": _check_references,
    "offsets_round_trip": _check_offsets,
    "counts_consistent": _check_counts,
    "quarantine_share": _check_quarantine,
}
