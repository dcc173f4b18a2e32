"""Which claims propose the same: pairs that are alike, joined to clusters; what is known is not searched again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.claims.blocking import Blocks, build_blocks
from pipeline.claims.forms import Folded
from pipeline.claims.kernels import Hashes, Numbers, describe_pairs, join_clusters, nearest_members, search_pairs

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Known:
    """What a search found, by the keys of forms, so that it holds in a corpus that has grown or shrunk since.

    ``keys`` and ``version`` are those of all forms; ``left``, ``right``, ``score`` and ``utterance`` the alike pairs;
    ``large`` the keys of blocks that are too large to compare all their members, ``large_members`` a hash of those.
    """

    keys: Hashes
    version: Hashes
    left: Hashes
    right: Hashes
    score: npt.NDArray[np.float64]
    utterance: Flags
    large: Hashes
    large_members: Hashes

    def arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        """All of it by name."""
        return vars(self)


@dataclass(frozen=True)
class Clusters:
    """The cluster of each form (its first form) and, for members of several, the nearest other: form and match.

    ``nearest`` is -1 for a form that is alone; ``score``, ``utterance``, ``act`` and ``run`` describe that pair.
    """

    cluster: Numbers
    nearest: Numbers
    score: npt.NDArray[np.float64]
    utterance: Flags
    act: Hashes
    run: npt.NDArray[np.int32]


def find_pairs(folded: Folded, known: Known | None = None) -> tuple[Known, int]:
    """All pairs of forms that are alike, and how many forms were compared anew.

    A pair depends on its two forms and on the blocks that they share. With what is ``known`` of another state of the
    corpus, only forms that are new or differ are searched for, and the members of large blocks that changed: the
    result is the same.
    """
    blocks = build_blocks(folded.forms)
    large, large_members = _large_blocks(blocks, folded.keys)
    wanted = np.ones(len(folded.keys), np.bool_)
    if known is not None:
        wanted = _is_new(folded, known) | _in_changed_blocks(blocks, large, large_members, known, len(folded.keys))
    left, right, score, utterance = search_pairs(folded.forms, blocks, wanted)
    found = (folded.keys[left], folded.keys[right], score, utterance)
    if known is not None:
        kept = _still_there(known.left, folded.keys, wanted) & _still_there(known.right, folded.keys, wanted)
        old = (known.left, known.right, known.score, known.utterance)
        found = tuple(np.concatenate((a, b[kept])) for a, b in zip(found, old, strict=True))  # type: ignore[assignment]
    order = np.lexsort((found[1], found[0]))
    left_keys, right_keys, scores, utterances = (column[order] for column in found)
    state = Known(folded.keys, folded.version, left_keys, right_keys, scores, utterances, large, large_members)
    return state, int(np.count_nonzero(wanted))


def _large_blocks(blocks: Blocks, keys: Hashes) -> tuple[Hashes, Hashes]:
    """Keys of the large blocks, sorted, and a hash of the members of each, in any order the same."""
    numbers = np.flatnonzero(blocks.large >= 0)
    numbers = numbers[np.argsort(blocks.keys[numbers])]
    sums = [
        np.add.reduce(keys[blocks.members[blocks.members_at[b] : blocks.members_at[b + 1]]]) for b in numbers.tolist()
    ]
    return blocks.keys[numbers], np.array(sums, np.uint64)


def _is_new(folded: Folded, known: Known) -> Flags:
    """Forms that were not there, or stood in other places or times."""
    at = np.minimum(np.searchsorted(known.keys, folded.keys), max(0, len(known.keys) - 1))
    if not len(known.keys):
        return np.ones(len(folded.keys), np.bool_)
    found: Flags = (known.keys[at] != folded.keys) | (known.version[at] != folded.version)
    return found


def _in_changed_blocks(blocks: Blocks, large: Hashes, large_members: Hashes, known: Known, n: int) -> Flags:
    """Members of blocks that are or were too large, and whose members are no longer the same."""
    before = dict(zip(known.large.tolist(), known.large_members.tolist(), strict=True))
    now = dict(zip(large.tolist(), large_members.tolist(), strict=True))
    changed = [key for key in before.keys() | now.keys() if before.get(key) != now.get(key)]
    chosen = np.isin(blocks.keys, np.array(sorted(changed), np.uint64))
    found = np.zeros(n, np.bool_)
    found[blocks.members[np.repeat(chosen, np.diff(blocks.members_at))]] = True
    return found


def _still_there(sides: Hashes, keys: Hashes, wanted: Flags) -> Flags:
    """Sides of pairs whose form is still there and was not searched for anew."""
    if not len(keys):
        return np.zeros(len(sides), np.bool_)
    at = np.minimum(np.searchsorted(keys, sides), len(keys) - 1)
    found: Flags = (keys[at] == sides) & ~wanted[at]
    return found


def cluster_forms(folded: Folded, pairs: Known) -> Clusters:
    """Clusters of alike forms.

    Agglomerative, strongest pairs first, versions of one utterance before other pairs; two clusters are joined only
    where the mean score over their first members is high enough, so that groups do not chain.
    """
    left, right = (np.searchsorted(folded.keys, side) for side in (pairs.left, pairs.right))
    strongest = np.lexsort((right, left, -pairs.score, ~pairs.utterance))
    cluster = join_clusters(folded.forms, left, right, pairs.utterance, strongest)
    alike = np.lexsort((right, left, -pairs.score))
    pair = nearest_members(cluster, left, right, alike)
    several = pair >= 0
    chosen = pair[several]
    n = len(cluster)
    nearest, score, utterance = np.full(n, -1, np.int64), np.ones(n), np.zeros(n, np.bool_)
    act, run = np.zeros(n, np.uint64), np.zeros(n, np.int32)
    here = np.flatnonzero(several)
    nearest[several] = np.where(left[chosen] == here, right[chosen], left[chosen])
    score[several], utterance[several] = pairs.score[chosen], pairs.utterance[chosen]
    act[several], run[several] = describe_pairs(folded.forms, left[chosen], right[chosen])
    return Clusters(cluster, nearest, score, utterance, act, run)
