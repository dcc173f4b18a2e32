"""datasketch, used well: shingles hashed by MurmurHash3, signatures from its generator, one query and insert each.

Without the exact check the index chooses its own bands for the threshold.
"""

from __future__ import annotations

from collections.abc import Iterator

import mmh3
from datasketch import MinHash, MinHashLSH

from benchmarks.peers import contest


def hash_shingle(shingle: bytes) -> int:
    return mmh3.hash(shingle, signed=False)


def main() -> None:
    options = contest.read_options()
    ids: list[str] = []

    def shingled() -> Iterator[set[bytes]]:
        for some_ids, texts in contest.read_batches(options.articles, options.limit):
            ids.extend(some_ids)
            for text in texts:
                yield {shingle.encode() for shingle in contest.shingles(contest.split_words(text))}

    bands = {"params": (contest.BANDS, contest.BAND_ROWS)} if options.verify else {"threshold": contest.THRESHOLD}
    index = MinHashLSH(num_perm=contest.NUM_PERM, **bands)
    pairs: list[tuple[int, int]] = []
    signatures = MinHash.generator(shingled(), num_perm=contest.NUM_PERM, hashfunc=hash_shingle)
    for row, signature in enumerate(signatures):
        pairs += [(other, row) for other in index.query(signature)]
        index.insert(row, signature, check_duplication=False)
    contest.finish(options, ids, pairs)


if __name__ == "__main__":
    main()
