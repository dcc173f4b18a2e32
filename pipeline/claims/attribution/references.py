"""What "these accusations", "a claim" and "the comment" point to: the claim meant, by position in the article."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.claims.attribution.found import Found
from pipeline.claims.attribution.layers import Layered

REACH = 1500  # code points back in which the claim is looked for
_NOUNS = {
    "accusation": frozenset(["accuse"]),
    "allegation": frozenset(["accuse"]),
    "charge": frozenset(["accuse"]),
    "claim": frozenset(["accuse", "assert", "predict", "warn", "characterize"]),
    "assertion": frozenset(["accuse", "assert", "predict", "characterize"]),
    "report": frozenset(["accuse", "assert", "predict"]),
    "suggestion": frozenset(["accuse", "assert", "predict", "characterize"]),
    "statement": frozenset(["accuse", "assert", "predict"]),
    "comment": frozenset(["accuse", "assert", "predict", "criticize", "characterize"]),
    "remark": frozenset(["accuse", "assert", "predict", "criticize", "characterize"]),
    "criticism": frozenset(["criticize", "accuse"]),
    "warning": frozenset(["warn"]),
    "it": frozenset(["accuse"]),
    "this": frozenset(["accuse"]),
}
_ANAPHOR = re.compile(
    r"(?:(?:the|these|those|this|that|such|any|all|both|a|an|its|their|his|her|which)\s+){0,3}(?:[a-z]+\s+){0,2}?"
    r"(accusation|allegation|charge|claim|assertion|report|suggestion|statement|comment|remark|criticism|warning)s?"
    r"(?:\s+(?:against|about|of)\s+(?:them|him|her|it))?|(it|this)",
    re.IGNORECASE,
)


def find_references(text: str, layered: Sequence[Layered], stances: Sequence[str]) -> dict[int, int]:
    """Index of an attribution -> index of the claim that its content points to.

    Its content must be a noun for a claim and nothing more. The claim meant is the last one before it whose
    stance the noun fits; where two in one sentence fit equally, none is named.
    """
    references: dict[int, int] = {}
    for i, item in enumerate(layered):
        found = item.found
        if len(found.content) != 1:
            continue
        start, end = found.content[0]
        words = text[start:end].partition(" as ")[0] if found.frame == "object_as" else text[start:end]
        matched = _ANAPHOR.fullmatch(words.strip(" ,.;:"))
        if matched is None or (matched.group(2) and stances[i] != "deny"):
            continue
        wanted = _NOUNS[(matched.group(1) or matched.group(2)).lower()]
        target = _last_fitting(text, layered, stances, i, start, wanted)
        if target is not None:
            references[i] = target
    return references


def _last_fitting(
    text: str, layered: Sequence[Layered], stances: Sequence[str], i: int, start: int, wanted: frozenset[str]
) -> int | None:
    candidates = [
        j
        for j, other in ((j, layered[j]) for j in range(max(0, i - 40), min(len(layered), i + 3)))
        if j != i
        and stances[j] in wanted
        and other.found.content
        and start - REACH <= other.found.content[0][0] < start
        and other.found.cue_at < start
        and other.found.source != layered[i].found.source
    ]
    if not candidates:
        return None
    nearest = max(candidates, key=lambda j: (_reference_point(layered[j].found), -j))
    rivals = [
        j
        for j in candidates
        if j != nearest
        and layered[j].parent is None
        and layered[nearest].parent is None
        and ". " not in text[layered[j].found.cue_at : layered[nearest].found.cue_at]
        and "\n" not in text[layered[j].found.cue_at : layered[nearest].found.cue_at]
    ]
    return None if rivals else nearest


def _reference_point(found: Found) -> int:
    return max(found.cue_at, found.content[0][0])
