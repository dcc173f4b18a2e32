"""Propositions joined to clusters: strongest pairs first, and never by a chain of neighbours alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.blocking import candidate_pairs
from pipeline.claims.matching import SAME, Match, match_propositions
from pipeline.claims.propositions import Proposition

_UTTERANCE_BOND = 0.38  # mean score across two clusters of versions of one utterance
_BOND = 0.42  # mean score across two clusters that are to become one group
_CHUNK = 1 << 16  # candidate pairs unpacked at a time
_REPRESENTATIVES = 6  # members of each cluster that the mean is taken over


@dataclass(frozen=True, slots=True)
class Bond:
    """Why a proposition is in its group: its nearest other one there, and how the two match."""

    other: int
    match: Match


def cluster_propositions(propositions: Sequence[Proposition]) -> tuple[list[list[int]], dict[int, Bond]]:
    """Clusters (positions in ``propositions``) and, for each member of a cluster of several, its nearest other.

    Agglomerative, strongest pairs first, versions of one utterance before other pairs; two clusters are joined only
    where the mean score over their representatives is high enough, so that groups do not chain.
    """
    matches = _strong_matches(propositions)
    edges = sorted(matches, key=lambda pair: (not matches[pair].utterance, -matches[pair].score, pair))
    scores = {pair: match.score for pair, match in matches.items()}
    cluster_of = list(range(len(propositions)))
    members = {number: [number] for number in cluster_of}
    for pair in edges:
        one, two = sorted((cluster_of[pair[0]], cluster_of[pair[1]]))
        bond = _UTTERANCE_BOND if matches[pair].utterance else _BOND
        if one != two and _mean_score(members[one], members[two], propositions, scores) >= bond:
            members[one] = sorted(members[one] + members[two])
            for number in members.pop(two):
                cluster_of[number] = one
    bonds: dict[int, Bond] = {}
    for (i, j), match in sorted(matches.items(), key=lambda item: (-item[1].score, item[0])):
        if cluster_of[i] == cluster_of[j]:
            bonds.setdefault(i, Bond(j, match))
            bonds.setdefault(j, Bond(i, match))
    return [members[number] for number in sorted(members)], bonds


def _strong_matches(propositions: Sequence[Proposition]) -> dict[tuple[int, int], Match]:
    """The candidate pairs that propose the same, taken alone."""
    found = {}
    candidates = candidate_pairs(propositions)
    for first in range(0, len(candidates), _CHUNK):
        for i, j in candidates[first : first + _CHUNK].tolist():
            match = match_propositions(propositions[i], propositions[j])
            if match.score >= SAME:
                found[i, j] = match
    return found


def _mean_score(
    one: list[int], two: list[int], propositions: Sequence[Proposition], scores: dict[tuple[int, int], float]
) -> float:
    """The mean over the representatives of two clusters; ``scores`` remembers what was computed."""
    total = []
    for i in one[:_REPRESENTATIVES]:
        for j in two[:_REPRESENTATIVES]:
            pair = (min(i, j), max(i, j))
            if pair not in scores:
                scores[pair] = match_propositions(propositions[pair[0]], propositions[pair[1]]).score
            total.append(scores[pair])
    return math.fsum(total) / len(total)
