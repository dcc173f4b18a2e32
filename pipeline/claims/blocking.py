"""Which claims are worth comparing: those that share a party and a telling term, an act, or a quotation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.claims.kernels import Forms, Hashes, Numbers, list_keys, list_part_keys, mark_repeated

BLOCK = 48  # claims in a block that are all compared with each other
_PIVOTS = 6  # claims of a block too large that all others in it are compared with


class Blocks(NamedTuple):
    """Forms that share a key. Block b has ``members[members_at[b]:members_at[b + 1]]``, form i is in the blocks
    ``owned[owned_at[i]:owned_at[i + 1]]``. ``large`` is -1, or the row of ``pivots`` for a block that is too large to
    compare all its members.
    """

    members_at: Numbers
    members: npt.NDArray[np.int32]
    strength: npt.NDArray[np.int16]
    large: npt.NDArray[np.int32]
    pivots: npt.NDArray[np.int32]
    owned_at: Numbers
    owned: npt.NDArray[np.int32]
    keys: Hashes

    @property
    def n_pairs(self) -> int:
        """Pairs of members that are compared, those of several blocks counted in each."""
        sizes = np.diff(self.members_at)
        pairs = np.where(self.large < 0, sizes * (sizes - 1) // 2, _PIVOTS * sizes)
        return int(pairs.sum())


def build_blocks(forms: Forms) -> Blocks:
    """All blocks of two forms or more.

    Blocks of more than `BLOCK` forms are parted by a further telling term; whole they are compared with a few full
    forms only, so that the number of pairs grows with the number of claims.
    """
    n = len(forms.mass)
    members, at, keys = _gather(*list_keys(forms, min(28, max(10, (64 * n).bit_length()))))
    sizes = np.diff(at)
    large = np.flatnonzero(sizes > BLOCK)
    pivots = _pick_pivots(forms, members, at, large)
    in_large = np.repeat(sizes > BLOCK, sizes)
    owners, found = list_part_keys(forms, members[in_large], np.repeat(keys[large], sizes[large]))
    repeated = mark_repeated(found, min(28, max(10, (2 * len(found)).bit_length())))
    parts, parts_at, part_keys = _gather(owners[repeated], found[repeated])
    few = np.diff(parts_at) <= BLOCK
    parts, parts_at, part_keys = _choose(parts, parts_at, part_keys, few)
    number = np.full(len(keys) + len(part_keys), -1, np.int32)
    number[large] = np.arange(len(large))
    all_members = np.concatenate((members, parts))
    all_at = np.concatenate((at, at[-1] + parts_at[1:]))
    all_keys = np.concatenate((keys, part_keys))
    owned_at, owned = _by_owner(all_members, all_at, n)
    strength = ((all_keys & np.uint64(1)) + np.uint64(1)).astype(np.int16)
    return Blocks(all_at, all_members, strength, number, pivots, owned_at, owned, all_keys)


def _gather(owners: npt.NDArray[np.int32], keys: Hashes) -> tuple[npt.NDArray[np.int32], Numbers, Hashes]:
    """Members of each key that several forms have, offsets of the blocks, and their keys."""
    order = np.argsort(keys, kind="stable")  # owners ascend, so they do within each key
    owners, keys = owners[order], keys[order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])  # one form may have a key twice
    owners, keys = owners[new], keys[new]
    starts = np.flatnonzero(np.concatenate((np.ones(min(1, len(keys)), np.bool_), keys[1:] != keys[:-1])))
    at = np.concatenate((starts, [len(keys)])).astype(np.int64)
    return _choose(owners, at, keys[starts], np.diff(at) > 1)


def _choose(
    members: npt.NDArray[np.int32], at: Numbers, keys: Hashes, chosen: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int32], Numbers, Hashes]:
    sizes = np.diff(at)
    kept = members[np.repeat(chosen, sizes)]
    return kept, np.concatenate(([0], np.cumsum(sizes[chosen]))).astype(np.int64), keys[chosen]


def _pick_pivots(forms: Forms, members: npt.NDArray[np.int32], at: Numbers, large: Numbers) -> npt.NDArray[np.int32]:
    """The fullest forms of each large block, of equally full ones the first."""
    pivots = np.empty((len(large), _PIVOTS), np.int32)
    for row, block in enumerate(large.tolist()):
        here = members[at[block] : at[block + 1]]
        pivots[row] = here[np.lexsort((here, -forms.mass[here]))[:_PIVOTS]]
    return pivots


def _by_owner(members: npt.NDArray[np.int32], at: Numbers, n: int) -> tuple[Numbers, npt.NDArray[np.int32]]:
    """For each form the blocks that it is in."""
    block = np.repeat(np.arange(len(at) - 1, dtype=np.int32), np.diff(at))
    order = np.argsort(members, kind="stable")
    return np.searchsorted(members[order], np.arange(n + 1)), block[order]
