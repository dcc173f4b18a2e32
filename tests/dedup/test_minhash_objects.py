"""Stored signatures go on as datasketch objects."""

from __future__ import annotations

import mmh3
import pytest
from datasketch import MinHash

from pipeline.dedup.minhash import as_lean_minhash


def sketch(words: str) -> MinHash:
    made = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=lambda data: mmh3.hash(data, signed=False))
    made.update_batch([word.encode() for word in words.split()])
    return made


def test_a_signature_compares_like_the_minhash_it_came_from() -> None:
    one, other = sketch("the pact was signed at noon"), sketch("the pact was signed at night")
    lean = as_lean_minhash([int(value) for value in one.hashvalues])
    assert lean.jaccard(one) == 1.0
    assert lean.jaccard(other) == one.jaccard(other)


def test_an_article_without_shingles_has_none() -> None:
    with pytest.raises(ValueError, match="no MinHash"):
        as_lean_minhash([])
