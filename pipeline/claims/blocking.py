"""Which claims are worth comparing: pairs that share a party and a telling term, an act, or a quotation."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.claims.propositions import Proposition

BLOCK = 48  # claims in a block that are all compared with each other
_PIVOTS = 6  # claims of a block too large that all others in it are compared with
_TERM = 0.5  # weight from which a term makes a key with a party
_PAIR_TERMS = 6  # telling terms, longest first, that make keys in pairs
_KINDS = ("frame", "party", "speaker", "address", "terms", "gram")
_STRONG = frozenset({"frame", "address"})  # one shared key of these kinds is enough

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]


def candidate_pairs(propositions: Sequence[Proposition]) -> Numbers:
    """Pairs i < j of positions in ``propositions`` that share enough keys, sorted: an array of two columns.

    The pairs do not depend on the order of the sequence. Blocks of more than `BLOCK` claims are parted by a second
    term; what is still too large is compared with a few full claims of the block only, so the number of pairs grows
    with the number of claims.
    """
    rank = _ranks(propositions)
    owners, keys, strong = _all_keys(propositions)
    pairs, strengths = _pairs_of_blocks(propositions, owners, keys, strong, rank)
    if not len(pairs):
        return np.empty((0, 2), dtype=np.int64)
    order = np.argsort(pairs, kind="stable")
    pairs, strengths = pairs[order], strengths[order]
    first = np.flatnonzero(np.concatenate(([True], pairs[1:] != pairs[:-1])))
    total = np.add.reduceat(strengths, first)
    kept = pairs[first][total >= 2]
    return np.stack(np.divmod(kept, len(propositions)), axis=1)


def _ranks(propositions: Sequence[Proposition]) -> Numbers:
    """Position of each proposition by fullness, then by content: a total order that file names do not touch."""
    order = sorted(range(len(propositions)), key=lambda n: (-propositions[n].mass, propositions[n].order_key))
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def block_keys(proposition: Proposition) -> Iterable[tuple[str, str, str]]:
    """The keys (kind, first, second) of one proposition."""
    telling = [term for term, value in proposition.terms.items() if value >= _TERM]
    for frame in proposition.frames:
        if frame.agent and frame.patient:
            yield "frame", frame.act, f"{frame.agent} {frame.patient}"
    for party, term in itertools.product(sorted(proposition.parties), telling):
        yield "party", party, term
    for speaker, term in itertools.product(sorted(proposition.speaker_actors), proposition.terms):
        yield "speaker", speaker, term
    if proposition.stance != "assert":
        for speaker, target in itertools.product(sorted(proposition.speakers), sorted(proposition.targets)):
            yield "address", speaker, f"{target} {proposition.stance}"
    longest = sorted(sorted(telling, key=lambda t: (-len(t), t))[:_PAIR_TERMS])
    for one, two in itertools.combinations(longest, 2):
        yield "terms", one, two
    for gram in sorted(proposition.telling_grams):
        yield "gram", gram[0], " ".join(gram[1:])


def _all_keys(propositions: Sequence[Proposition]) -> tuple[Numbers, Keys, npt.NDArray[np.bool_]]:
    """Owner, 64-bit key and strength of every key of every proposition, without repetition inside one."""
    owners: list[int] = []
    keys: list[int] = []
    strong: list[bool] = []
    numbers: dict[str, int] = {}
    for number, proposition in enumerate(propositions):
        for kind, one, two in dict.fromkeys(block_keys(proposition)):
            owners.append(number)
            first = numbers.setdefault(one, len(numbers) + 1)
            second = numbers.setdefault(two, len(numbers) + 1)
            keys.append((_KINDS.index(kind) << 60) | (first << 30) | second)
            strong.append(kind in _STRONG)
    return np.array(owners, dtype=np.int64), np.array(keys, dtype=np.uint64), np.array(strong, dtype=np.bool_)


def _pairs_of_blocks(
    propositions: Sequence[Proposition],
    owners: Numbers,
    keys: Keys,
    strong: npt.NDArray[np.bool_],
    rank: Numbers,
) -> tuple[Numbers, npt.NDArray[np.int8]]:
    """Encoded pairs (i × n + j) with the strength of the key they share, 2 or 1; a pair may come several times."""
    size = len(propositions)
    found: list[Numbers] = [np.empty(0, dtype=np.int64)]
    strengths: list[npt.NDArray[np.int8]] = [np.empty(0, dtype=np.int8)]
    triangles: dict[int, tuple[Numbers, Numbers]] = {}

    def add(left: Numbers, right: Numbers, is_strong: bool) -> None:
        low, high = np.minimum(left, right), np.maximum(left, right)
        found.append(low * size + high)
        strengths.append(np.full(len(low), 2 if is_strong else 1, dtype=np.int8))

    for members, is_strong in _blocks(owners, keys, strong):
        if len(members) <= BLOCK:
            add(*_all_pairs(members, triangles), is_strong)
            continue
        for part in _parts(members, propositions):
            if len(part) <= BLOCK:
                add(*_all_pairs(part, triangles), is_strong)
        pivots = members[np.argsort(rank[members], kind="stable")][:_PIVOTS]
        left, right = np.repeat(pivots, len(members)), np.tile(members, len(pivots))
        apart = left != right
        add(left[apart], right[apart], is_strong)
    return np.concatenate(found), np.concatenate(strengths)


def _blocks(owners: Numbers, keys: Keys, strong: npt.NDArray[np.bool_]) -> Iterable[tuple[Numbers, bool]]:
    """The owners of each key that more than one has, and whether the key is strong."""
    if not len(keys):
        return
    order = np.lexsort((owners, keys))
    owners, keys, strong = owners[order], keys[order], strong[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    ends = np.concatenate((starts[1:], [len(keys)]))
    several = ends - starts > 1
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        yield owners[start:end], bool(strong[start])


def _all_pairs(members: Numbers, triangles: dict[int, tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    count = len(members)
    if count not in triangles:
        triangles[count] = np.triu_indices(count, 1)
    left, right = triangles[count]
    return members[left], members[right]


def _parts(members: Numbers, propositions: Sequence[Proposition]) -> Iterable[Numbers]:
    """The block parted by each further telling term of its members."""
    by_term: dict[str, list[int]] = {}
    for number in members.tolist():
        for term, value in propositions[number].terms.items():
            if value >= _TERM:
                by_term.setdefault(term, []).append(number)
    for part in by_term.values():
        if len(part) > 1:
            yield np.array(part, dtype=np.int64)
