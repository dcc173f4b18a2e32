"""Reasons in words a reader understands: why two claims are one, made from their shared features."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from pipeline.claims.act_classes import load_classes
from pipeline.claims.features import hash64
from pipeline.claims.propositions import Parties, quoted_places
from pipeline.claims.words import tokenize

_SHOWN = 6  # shared words named at most
_RUN = 3  # words of a shared quotation that are shown


def explain_match(
    match: Mapping[str, Any],
    one: Mapping[str, Any],
    two: Mapping[str, Any],
    features: tuple[Mapping[str, Any], Mapping[str, Any]],
    names: Mapping[int, str],
) -> str:
    """Why the claim ``one`` stands with ``two``: same speaker and words, same act between the same parties, or words.

    ``match`` is a row of `claim_matches`, ``features`` are the rows of `claim_features` of both claims, ``names`` maps
    hashes of entity ids to their names.
    """
    a, b = features
    words = ", ".join(_shared_words(a, b))
    if match["utterance"]:
        speakers = (set(a["speakers"]) & set(b["speakers"])) or (set(a["actors"]) & set(b["actors"]))
        who = f"same speaker ({_named(speakers, names)})" if speakers else "one utterance"
        if match["run"] >= _RUN:
            return f"{who}, same quoted words: “{' '.join(shared_quotation(one, two))}”"
        return f"{who} in like words: {words}"
    reasons = []
    if match["act"]:
        reasons.append(f"same act ({_act_names()[match['act']]}) in the same roles")
    parties = set(a["parties"]) & set(b["parties"])
    if parties:
        reasons.append(f"same parties: {_named(parties, names)}")
    if words:
        reasons.append(f"shared words: {words}")
    return "; ".join(reasons)


def _shared_words(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    """The most telling words of ``a`` whose terms ``b`` has too, sorted."""
    there = set(b["terms"])
    shared = zip(a["terms"], a["term_weights"], a["shown"], strict=True)
    found = sorted((-weight, word) for term, weight, word in shared if term in there)
    return sorted(word for _, word in found[:_SHOWN])


def shared_quotation(one: Mapping[str, Any], two: Mapping[str, Any]) -> list[str]:
    """The longest run of words that stands inside quotation marks in one claim and in the other's words."""
    best: list[str] = []
    tokens = {id(claim): tokenize(claim["content_text"]) for claim in (one, two)}
    for a, b in ((one, two), (two, one)):
        words, others = ([token.text for token in tokens[id(claim)]] for claim in (a, b))
        for first, last in quoted_places(a, tokens[id(a)]):
            span = words[first:last]
            found = SequenceMatcher(None, span, others, autojunk=False).find_longest_match()
            if found.size > len(best):
                best = span[found.a : found.a + found.size]
    return best


@functools.lru_cache(maxsize=1)
def _act_names() -> dict[int, str]:
    return {hash64(c.name): c.name for c in load_classes().values()}


def _named(hashes: Iterable[int], names: Mapping[int, str]) -> str:
    return join_words(sorted(names.get(number, f"{number:016x}") for number in hashes))


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
