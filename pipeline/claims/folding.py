"""Claims folded before they are compared: equal wordings, denials that point, outer claims over inner ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.claims.independence import Publication
from pipeline.claims.propositions import Parties, Proposition, piece_starts, read_proposition

_TELLING = 1.5  # weight of the terms from which equal words in two articles are one claim
_SHARE = 0.5  # share of an outer claim's words that the claims inside it must hold to be what it passes on


@dataclass(frozen=True, slots=True)
class Form:
    """Claims alike in words, speaker and stance, compared once; ``claim_ids`` sorted, the first stands for all."""

    proposition: Proposition
    claim_ids: tuple[str, ...]


def resolve_pointers(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Claims that take their group from another claim -> that claim.

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
        elif inner[claim_id] and sum(_n_words(rows[c]) for c in inner[claim_id]) >= _SHARE * _n_words(row):
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


def fold_forms(rows: Iterable[Mapping[str, Any]], parties: Parties, publication: Publication) -> list[Form]:
    """Claims of equal words, source, stance, targets and time as one form each, in the order of their content.

    Words that say next to nothing ("to respond") are one form only within the copies of one article.
    """
    free = list(rows)
    nested = find_nested(free)
    found: dict[tuple[str, str], list[Proposition]] = defaultdict(list)
    for row in free:
        proposition = _main_proposition(row, nested.get(row["claim_id"], []), parties)
        place = "" if _says_something(proposition) else publication.copy_group[proposition.article_id]
        found[repr(proposition.order_key), place].append(proposition)
    forms = []
    for key in sorted(found):
        alike = sorted(found[key], key=lambda p: p.claim_id)
        places = frozenset(publication.copy_group[p.article_id] for p in alike)
        times = [t for p in alike if (t := publication.published_at[p.article_id]) is not None]
        published = (min(times), max(times)) if times else None
        forms.append(Form(replace(alike[0], places=places, published=published), tuple(p.claim_id for p in alike)))
    return forms


def find_nested(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[tuple[int, int]]]:
    """Claim id -> spans of the article that are other claims inside this one's content, though not all of it."""
    by_article: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for row in rows:
        if row["content"]:
            first, last = row["content"][0]["start"], max(piece["end"] for piece in row["content"])
            by_article[row["article_id"]].append((first, last, row["claim_id"]))
    nested: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for spans in by_article.values():
        spans.sort(key=lambda span: (span[0], -span[1], span[2]))
        for number, (start, end, claim_id) in enumerate(spans):
            for inner_start, inner_end, _ in spans[number + 1 :]:
                if inner_start >= end:
                    break
                if inner_end <= end and (inner_start, inner_end) != (start, end):
                    nested[claim_id].append((inner_start, inner_end))
    return nested


def _main_proposition(row: Mapping[str, Any], nested: list[tuple[int, int]], parties: Parties) -> Proposition:
    """The features of a claim without the claims inside it, unless next to nothing would be left."""
    if nested:
        main = read_proposition(without_spans(row, nested), parties)
        if main.mass >= _TELLING or (main.parties and main.mass > 0):
            return main
    return read_proposition(row, parties)


def without_spans(row: Mapping[str, Any], spans: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """The claim with those spans of its article blanked out of its content; all offsets stay."""
    text = list(str(row["content_text"]))
    for start, end in spans:
        for piece_start, piece_end, at in piece_starts(row):
            low, high = max(start, piece_start) + at - piece_start, min(end, piece_end) + at - piece_start
            if low < high:
                text[low:high] = " " * (high - low)
    mentions = zip(row["content_entity_starts"], row["content_entity_ids"], strict=False)
    kept = [(at, entity) for at, entity in mentions if not any(start <= at < end for start, end in spans)]
    return {
        **row,
        "content_text": "".join(text),
        "content_entity_starts": [at for at, _ in kept],
        "content_entity_ids": [entity for _, entity in kept],
    }


def _says_something(proposition: Proposition) -> bool:
    return proposition.mass >= _TELLING or any(f.agent and f.patient for f in proposition.frames)


def gather_claims(forms: Sequence[Form], clusters: Sequence[list[int]], pointers: Mapping[str, str]) -> list[list[str]]:
    """Claim ids of each group, sorted inside and by their first."""
    group_of = {
        claim_id: number
        for number, cluster in enumerate(clusters)
        for form in cluster
        for claim_id in forms[form].claim_ids
    }
    group_of |= {claim_id: group_of[target] for claim_id, target in pointers.items()}
    gathered: dict[int, list[str]] = defaultdict(list)
    for claim_id in sorted(group_of):
        gathered[group_of[claim_id]].append(claim_id)
    return sorted(gathered.values())
