"""Conflicts over how much and of what kind: numbers that differ, opposite characterisations of one thing."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping

from pipeline.claims.explanations import join_words
from pipeline.claims.sides import Conflict, Group, Member, actors, ids, quote, uris, verb
from pipeline.claims.words import read_table, stem

_JUDGING = frozenset({"characterize", "praise", "criticize"})
_NAMING = frozenset({"characterize", "praise", "criticize", "assert"})
_SHORT = 25  # words up to which a claim characterises rather than tells
_COMPARED = 12  # claims on each side of one pair of opposites about one party that are compared


def numbers_differ(group: Group) -> Iterator[Conflict]:
    """Soft: different exact numbers of the same thing in what is otherwise one claim, in different articles.

    A claim that gives several numbers of a thing ("21 of the 200 boats") differs only from claims that give neither.
    """
    by_unit: dict[str, dict[str, set[float]]] = defaultdict(lambda: defaultdict(set))
    members = {m.claim_id: m for m in group.members}
    for member in members.values() if len(members) > 1 else ():
        for value, unit in member.proposition.amounts:
            by_unit[unit][member.claim_id].add(value)
    for unit, values in sorted(by_unit.items()):
        least = min(min(numbers) for numbers in values.values())
        low = [members[c] for c, numbers in sorted(values.items()) if least in numbers]
        known = set().union(*(values[m.claim_id] for m in low))
        rest = [members[c] for c, numbers in sorted(values.items()) if not numbers & known]
        if {m.place for m in rest} - {m.place for m in low}:
            shown = [_written(v) for v in sorted(set().union(*(values[m.claim_id] for m in rest)))]
            yield Conflict(
                "numbers_differ",
                "soft",
                ids(low),
                ids(rest),
                f"{uris(low)} {verb('gives', 'give', low)} {_written(least)}, "
                f"{uris(rest)} {join_words(shown)} ({low[0].proposition.shown[unit]}).",
            )


def _written(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.10g}"


@functools.lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[tuple[int, int]]]:
    """Stem -> (row of the table, side) of each pair of opposites it stands in."""
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for number, row in enumerate(read_table("opposites.tsv", ("one", "other"))):
        for side, column in enumerate(("one", "other")):
            for word in row[column].split(","):
                found[stem(word.strip())].add((number, side))
    return {word: frozenset(places) for word, places in found.items()}


def characterisation(groups: Mapping[str, Group]) -> Iterator[tuple[str, Conflict]]:
    """Soft: two actors call one thing by opposite words, each in a short claim about the same party."""
    index: dict[tuple[int, str], tuple[list[Member], list[Member]]] = defaultdict(lambda: ([], []))
    group_of: dict[str, str] = {}
    for group_id, group in groups.items():
        for member in group.members:
            if member.claim["stance"] not in _NAMING or not member.actors or member.claim["negated"]:
                continue
            words = {stem(word) for word in member.version.words} & _opposites().keys()
            if words and len(member.version.words) <= _SHORT:
                group_of[member.claim_id] = group_id
                for number, side in sorted({place for word in words for place in _opposites()[word]}):
                    for party in sorted(member.proposition.parties):
                        index[number, party][side].append(member)
    seen = set()
    for _, (ones, others) in sorted(index.items()):
        for one in ones[:_COMPARED]:
            for other in others[:_COMPARED]:
                pair = (one.claim_id, other.claim_id)
                if pair not in seen and _disagree(one, other):
                    seen.add(pair)
                    yield group_of[one.claim_id], _opposed(one, other)


def _disagree(one: Member, other: Member) -> bool:
    """Whether two claims speak of one thing: different actors, one at least judging, and a term in common."""
    if one.actors & other.actors or not {one.claim["stance"], other.claim["stance"]} & _JUDGING:
        return False
    shared = one.proposition.terms.keys() & other.proposition.terms.keys()
    return bool(shared)


def _opposed(one: Member, other: Member) -> Conflict:
    return Conflict(
        "characterisation",
        "soft",
        ids([one]),
        ids([other]),
        f"{actors([one])} says {quote(one.claim['content_text'])} ({one.uri}), "
        f"{actors([other])} {quote(other.claim['content_text'])} ({other.uri}).",
    )
