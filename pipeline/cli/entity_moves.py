"""What became of entities between two releases, told by where their mentions went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

Flows = Mapping[str, Mapping[str, int]]


def entity_moves(removed: Collection[str], added: Collection[str], flows: Flows) -> dict[str, tuple[str, str]]:
    """Entity id -> (`merged`, `split` or `renamed`, the other entity), for those of which it can be said.

    ``flows`` tells how many mentions of each entity before are of which one now. An entity that went is merged into the
    one that most of them are of, unless that one is new and has no other forebear: then that one is a new name for it.
    An entity that came is split off from the one that most of its mentions were of, if that one is still there.
    """
    into = {entity: _most(flows[entity]) for entity in sorted(removed) if flows.get(entity)}
    origin: dict[str, str] = {}
    for entity in sorted(added):
        sources = Counter({one: counts[entity] for one, counts in flows.items() if counts.get(entity)})
        if sources:
            origin[entity] = _most(sources)
    forebears = Counter(into.values())
    moves: dict[str, tuple[str, str]] = {}
    for entity, source in origin.items():
        if source not in removed:
            moves[entity] = "split", source
        elif into.get(source) == entity and forebears[entity] == 1:
            moves[entity] = "renamed", source
    renamed = {source for kind, source in moves.values() if kind == "renamed"}
    moves.update({entity: ("merged", target) for entity, target in into.items() if entity not in renamed})
    return moves


def _most(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda entity: (-counts[entity], entity))
