"""Stored signatures as datasketch objects, for whoever goes on with that library."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from datasketch import LeanMinHash


def as_lean_minhash(signature: Sequence[int]) -> LeanMinHash:
    """The `datasketch.LeanMinHash` of a ``signature`` column's value (``num_perm`` integers below 2^32).

    It compares with any MinHash of seed 1, scheme ``affine32`` and a 32-bit murmur3 hash function. Raises `ValueError`
    for the empty signature of an article without shingles.
    """
    if not len(signature):
        raise ValueError("an article without shingles has no MinHash")
    return LeanMinHash(seed=1, hashvalues=np.asarray(signature, dtype=np.uint64), scheme="affine32")
