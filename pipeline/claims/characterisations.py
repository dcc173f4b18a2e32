"""Conflicts over what kind of thing it is: two actors call one thing by opposite words."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.claims.sides import Conflict, Group, Member, actors, ids, outlets, quote
from pipeline.claims.words import read_table, stem, tokenize, weight

_JUDGING = frozenset({"characterize", "praise", "criticize"})
_NAMING = frozenset({"characterize", "praise", "criticize", "assert", "accuse"})
_SHORT = 25  # words up to which a claim characterises rather than tells
_BEFORE = 8  # words before an opposite in which the thing that it describes is named
_COMPARED = 12  # claims on each side of one pair of opposites about one thing that are compared


@dataclass(frozen=True, slots=True)
class Opposite:
    """A word of the table in a claim: its row and column there, and what it is said of."""

    row: int
    side: int
    parties: frozenset[str]
    things: frozenset[str]


def characterisation(groups: Mapping[str, Group]) -> Iterator[tuple[str, Conflict]]:
    """Soft: two actors call one thing by opposite words, each in a short claim.

    The thing is the same where both claims name it by the same word and nothing that both know it by differs: the
    parties of the one are among the other's. The claims may be of two groups: the result for a group depends on the
    claims, anywhere, that use the opposite word of a thing that it names too (`find_opposites`).
    """
    index: dict[tuple[int, str], tuple[list[Member], list[Member]]] = defaultdict(lambda: ([], []))
    group_of: dict[str, str] = {}
    found_in: dict[str, tuple[Opposite, ...]] = {}
    for group_id, group in groups.items():
        for member in group.members:
            opposites = find_opposites(member)
            if opposites:
                group_of[member.claim_id], found_in[member.claim_id] = group_id, opposites
            for opposite in opposites:
                for thing in sorted(opposite.things):
                    index[opposite.row, thing][opposite.side].append(member)
    pairs: dict[tuple[str, frozenset[str], frozenset[str]], tuple[set[str], list[Member], list[Member]]] = {}
    for (row, thing), (ones, others) in sorted(index.items()):
        for one in sorted(ones, key=_order)[:_COMPARED]:
            for other in sorted(others, key=_order)[:_COMPARED]:
                if _disagree(one, other, row, thing, found_in):
                    key = (group_of[one.claim_id], one.actors, other.actors)
                    seen, a, b = pairs.setdefault(key, (set(), [], []))
                    for member, side in ((one, a), (other, b)):
                        if member.claim_id not in seen:
                            seen.add(member.claim_id)
                            side.append(member)
    for (group_id, _, _), (_, a, b) in pairs.items():
        yield group_id, _opposed(a, b)


def _order(member: Member) -> tuple[tuple[str, ...], str, str]:
    return member.claim["words"], member.article.uri, member.claim_id


def find_opposites(member: Member) -> tuple[Opposite, ...]:
    """The opposites that a claim of a known source calls something by."""
    claim = member.claim
    if claim["stance"] not in _NAMING or claim["negated"] or not member.actors:
        return ()
    if len(claim["words"]) > 2 * _SHORT or opposite_words().isdisjoint(claim["words"]):
        return ()
    words = [token.text for token in tokenize(claim["content_text"])]
    if len(words) > _SHORT:
        return ()
    found = []
    for at, word in enumerate(words):
        for row, side in sorted(_opposites().get(word, ())):
            near = words[max(0, at - _BEFORE) : at] + words[at + 1 : at + 3]
            things = {stem(w) for w in near if weight(w) >= 1.0 and w not in member.names and w not in _opposites()}
            found.append(Opposite(row, side, member.parties.actors(claim["content_entity_ids"]), frozenset(things)))
    return tuple(found)


def _disagree(one: Member, other: Member, row: int, thing: str, found_in: Mapping[str, tuple[Opposite, ...]]) -> bool:
    """Whether two claims speak of one thing: different actors, one at least judging, no party that sets it apart."""
    if one.actors & other.actors or not {one.claim["stance"], other.claim["stance"]} & _JUDGING:
        return False
    if one.claim_id == other.claim_id:
        return False
    a, b = (
        next(o for o in found_in[m.claim_id] if (o.row, o.side) == (row, side) and thing in o.things)
        for m, side in ((one, 0), (other, 1))
    )
    return bool(a.parties and b.parties) and (a.parties <= b.parties or b.parties <= a.parties)


@functools.lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[tuple[int, int]]]:
    """Word, in its singular or plural -> (row of the table, side) of each pair of opposites it stands in."""
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for number, row in enumerate(read_table("opposites.tsv", ("one", "other"))):
        for side, column in enumerate(("one", "other")):
            for word in row[column].split(","):
                found[word.strip()].add((number, side))
                found[f"{word.strip()}s"].add((number, side))
    return {word: frozenset(places) for word, places in found.items()}


@functools.lru_cache(maxsize=1)
def opposite_words() -> frozenset[str]:
    """The words of the table, lower case."""
    return frozenset(_opposites())


def _opposed(a: list[Member], b: list[Member]) -> Conflict:
    one, other = a[0], b[0]
    return Conflict(
        "characterisation",
        "soft",
        ids(a),
        ids(b),
        f"{actors([one])} says {quote(one.claim['content_text'])} ({outlets([one], [other])}), "
        f"{actors([other])} {quote(other.claim['content_text'])} ({outlets([other], [one])}).",
    )
