"""Reasons in words a reader understands: why two claims are one, made from their shared features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.claims.matching import Match
from pipeline.claims.propositions import Parties, Proposition

_SHOWN = 6  # shared words named at most


def explain_bond(a: Proposition, b: Proposition, match: Match, parties: Parties) -> str:
    """Why claim ``a`` stands with claim ``b``: same speaker and words, same act between the same parties, or words."""
    telling = sorted(match.shared, key=lambda term: (-a.terms[term], term))[:_SHOWN]
    words = ", ".join(sorted(a.shown[term] for term in telling))
    if match.utterance:
        speakers = name_list(sorted((a.speakers & b.speakers) or (a.speaker_actors & b.speaker_actors)), parties)
        who = f"same speaker ({speakers})" if speakers else "one utterance"
        if len(match.run) >= 3:
            return f"{who}, same quoted words: “{' '.join(match.run)}”"
        return f"{who} in like words: {words}"
    reasons = []
    if match.act is not None:
        reasons.append(f"same act ({match.act}) in the same roles")
    shared_parties = sorted(a.parties & b.parties)
    if shared_parties:
        reasons.append(f"same parties: {name_list(shared_parties, parties)}")
    if words:
        reasons.append(f"shared words: {words}")
    return "; ".join(reasons)


def name_list(entity_ids: list[str], parties: Parties) -> str:
    """Names of entities, sorted, as `A, B and C`; an id stands for what has no name."""
    return join_words(sorted(parties.names.get(entity, entity) for entity in entity_ids))


def join_words(words: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def source_name(claim: Mapping[str, Any], parties: Parties) -> str:
    """The source of a claim as readers know it: names of its entities, else the words of the article."""
    if claim["source_entity_ids"]:
        return name_list(sorted(set(claim["source_entity_ids"])), parties)
    return str(claim["source_text"] or "an unnamed source")
