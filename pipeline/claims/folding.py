"""Which claims of an article take their group from another one, and what stands inside what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.claims.propositions import piece_starts

_SHARE = 0.5  # share of an outer claim's words that the claims inside it must hold to be what it passes on


def resolve_pointers(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Claims of one article that take their group from another one -> that claim.

    A denial follows what it refers to; an outer claim follows the fullest claim inside it, where the claims inside
    hold half its words at least. A pointer to an unknown claim, or one that comes back to itself, is none.
    """
    inner: dict[str, list[str]] = defaultdict(list)
    for claim_id, row in rows.items():
        if row["parent_claim_id"] in rows:
            inner[row["parent_claim_id"]].append(claim_id)
    direct: dict[str, str] = {}
    for claim_id, row in rows.items():
        if row["refers_to"] in rows:
            direct[claim_id] = row["refers_to"]
        elif claim_id in inner and sum(_n_words(rows[c]) for c in inner[claim_id]) >= _SHARE * _n_words(row):
            direct[claim_id] = min(inner[claim_id], key=lambda c: (-_n_words(rows[c]), rows[c]["content_text"], c))
    resolved = {}
    for claim_id, first in direct.items():
        seen, at = {claim_id}, first
        while at in direct and at not in seen:
            seen.add(at)
            at = direct[at]
        if at not in seen:
            resolved[claim_id] = at
    return resolved


def _n_words(row: Mapping[str, Any]) -> int:
    return len(str(row["content_text"]).split())


def find_nested(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[tuple[int, int]]]:
    """Claim id -> spans of the article that are other claims inside this one's content, though not all of it.

    The claims are those of one article.
    """
    spans = [
        (row["content"][0]["start"], max(piece["end"] for piece in row["content"]), row["claim_id"])
        for row in rows
        if row["content"]
    ]
    spans.sort(key=lambda span: (span[0], -span[1], span[2]))
    nested: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, (start, end, claim_id) in enumerate(spans):
        for inner_start, inner_end, _ in spans[number + 1 :]:
            if inner_start >= end:
                break
            if inner_end <= end and (inner_start, inner_end) != (start, end):
                nested[claim_id].append((inner_start, inner_end))
    return nested


def without_spans(row: Mapping[str, Any], spans: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """The claim with those spans of its article blanked out of its content; all offsets stay."""
    text = list(str(row["content_text"]))
    for start, end in spans:
        for piece_start, piece_end, at in piece_starts(row):
            low, high = max(start, piece_start) + at - piece_start, min(end, piece_end) + at - piece_start
            if low < high:
                text[low:high] = " " * (high - low)
    mentions = zip(row["content_entity_starts"], row["content_entity_ends"], row["content_entity_ids"], strict=True)
    kept = [mention for mention in mentions if not any(start <= mention[0] < end for start, end in spans)]
    return {
        **row,
        "content_text": "".join(text),
        "content_entity_starts": [start for start, _, _ in kept],
        "content_entity_ends": [end for _, end, _ in kept],
        "content_entity_ids": [entity for _, _, entity in kept],
    }
