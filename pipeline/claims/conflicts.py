"""The table of conflicts: every rule over every group, each finding with its sides, strength and one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.claims.characterisations import characterisation, opposite_words
from pipeline.claims.discrepancies import numbers_differ
from pipeline.claims.disputes import accusation_vs_denial, counter_assertion, omitted_denial, rebuttal_words
from pipeline.claims.misquotations import headline_vs_body, quotation_variant
from pipeline.claims.sides import Conflict, Group, read_groups
from pipeline.claims.speakers import attribution_lost, speaker_mismatch
from pipeline.claims.versions import word_tables_digest
from pipeline.settings import Settings
from pipeline.tables import CONFLICTS, row_id

CODE_VERSION = "3"

GROUP_RULES: tuple[Callable[[Group], Iterator[Conflict]], ...] = (
    accusation_vs_denial,
    omitted_denial,
    quotation_variant,
    headline_vs_body,
    speaker_mismatch,
    attribution_lost,
    numbers_differ,
)
ONE_ARTICLE_RULES = (accusation_vs_denial, headline_vs_body)  # those that find something inside one article
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
    """The table `conflicts`. Of copies the canonical article's claim is compared; the others stand beside it.

    A pure function of any set of groups with all their claims, and of those claims' articles, copy groups and
    entities. What `GROUP_RULES` find in a group depends on that group alone. What `STORY_RULES` find does not:
    `counter_assertion` looks at all claims of the articles of the group's accusations, `characterisation` at all
    claims of other actors that call the same thing by the opposite word. Run over a part of the corpus, rows of
    these two types are the whole corpus's only where the part holds those claims too.
    """
    wanted = _worth_comparing(claims, claim_group_members)
    members = claim_group_members.filter(pc.is_in(claim_group_members["claim_id"], value_set=wanted))
    compared = claims.filter(pc.is_in(claims["claim_id"], value_set=wanted))
    groups = read_groups(compared, claim_groups, members, entities, articles, copy_groups)
    rows: dict[str, dict[str, Any]] = {}
    for group_id, found in _all_conflicts(groups):
        conflict_id = row_id(group_id, found.type, *found.a, "against", *found.b)
        rows[conflict_id] = {
            "conflict_id": conflict_id,
            "claim_group_id": group_id,
            "type": found.type,
            "strength": found.strength,
            "claim_ids_a": list(found.a),
            "claim_ids_b": list(found.b),
            "explanation": found.explanation,
        }
    return CONFLICTS.from_rows(list(rows.values()))


def _worth_comparing(claims: pa.Table, members: pa.Table) -> pa.Array:
    """Ids of the claims that some rule may set against another: those not alone in their group, those with a word
    that a story rule looks for, and accusations.
    """
    counts = members["claim_group_id"].combine_chunks().value_counts()
    together = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    grouped = members["claim_id"].filter(pc.is_in(members["claim_group_id"], value_set=together))
    text = pc.utf8_lower(claims["content_text"])
    worded = pc.or_(
        pc.match_substring_regex(text, _any_of(opposite_words(), r"\b")),
        pc.match_substring_regex(text, _any_of(rebuttal_words(), "")),
    )
    alone = claims["claim_id"].filter(pc.or_(worded, pc.equal(claims["stance"], "accuse")))
    return pc.unique(pa.chunked_array([*grouped.chunks, *alone.chunks], pa.string()))


def _any_of(words: frozenset[str], end: str) -> str:
    return rf"\b(?:{'|'.join(map(re.escape, sorted(words)))}){end}"


def _all_conflicts(groups: Mapping[str, Group]) -> Iterator[tuple[str, Conflict]]:
    for group_id, group in groups.items():
        several = len({member.place for member in group.members}) > 1
        for rule in GROUP_RULES if several else ONE_ARTICLE_RULES if len(group.members) > 1 else ():
            for found in rule(group):
                yield group_id, found
    for story_rule in STORY_RULES:
        yield from story_rule(groups)
