"""The table of conflicts: every rule over every group, each finding with its sides, strength and one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from pipeline.claims.discrepancies import characterisation, numbers_differ
from pipeline.claims.disputes import accusation_vs_denial, counter_assertion, omitted_denial
from pipeline.claims.misquotations import attribution_lost, headline_vs_body, quotation_variant, speaker_mismatch
from pipeline.claims.sides import Conflict, Group, read_groups
from pipeline.claims.versions import word_tables_digest
from pipeline.settings import Settings
from pipeline.tables import CONFLICTS, row_id

CODE_VERSION = "2"

GROUP_RULES: tuple[Callable[[Group], Iterator[Conflict]], ...] = (
    accusation_vs_denial,
    omitted_denial,
    quotation_variant,
    headline_vs_body,
    speaker_mismatch,
    attribution_lost,
    numbers_differ,
)
STORY_RULES: tuple[Callable[[Mapping[str, Group]], Iterator[tuple[str, Conflict]]], ...] = (
    counter_assertion,
    characterisation,
)


def conflicts_version() -> str:
    """What decides the result of the rules: this code and the word tables."""
    return f"{CODE_VERSION}, words {word_tables_digest()}"


def find_conflicts(
    claims: pa.Table,
    claim_groups: pa.Table,
    claim_group_members: pa.Table,
    quote_variants: pa.Table,  # noqa: ARG001 - its rows come from the wordings that the rules compare themselves
    entities: pa.Table,
    articles: pa.Table,
    copy_groups: pa.Table,
    settings: Settings,  # noqa: ARG001 - no setting bears on conflicts yet
) -> pa.Table:
    """The table `conflicts`. Copies stand on no side twice: the canonical article's claim stands for theirs."""
    groups = read_groups(claims, claim_groups, claim_group_members, entities, articles, copy_groups)
    rows: dict[str, dict[str, Any]] = {}
    for group_id, found in _all_conflicts(groups):
        a, b = sorted(found.a), sorted(found.b)
        conflict_id = row_id(group_id, found.type, *a, "against", *b)
        rows[conflict_id] = {
            "conflict_id": conflict_id,
            "claim_group_id": group_id,
            "type": found.type,
            "strength": found.strength,
            "claim_ids_a": a,
            "claim_ids_b": b,
            "explanation": found.explanation,
        }
    return CONFLICTS.from_rows(list(rows.values()))


def _all_conflicts(groups: Mapping[str, Group]) -> Iterator[tuple[str, Conflict]]:
    for group_id, group in groups.items():
        if len(group.members) > 1:
            for rule in GROUP_RULES:
                for found in rule(group):
                    yield group_id, found
    for story_rule in STORY_RULES:
        yield from story_rule(groups)
