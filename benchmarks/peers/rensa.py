"""rensa: full-set R-MinHash in bulk and its LSH, queried in bulk. (Its faster rho sketch answers yes or no alone.)"""

# The library is installed in its own environment alone.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

from rensa import RMinHash, RMinHashLSH

from benchmarks.peers import contest


def main() -> None:
    options = contest.read_options()
    index = RMinHashLSH(threshold=contest.THRESHOLD, num_perm=contest.NUM_PERM, num_bands=contest.BANDS)
    ids: list[str] = []
    pairs: list[tuple[int, int]] = []
    for some_ids, texts in contest.read_batches(options.articles, options.limit):
        sets = (contest.shingles(contest.split_words(text)) for text in texts)
        signatures = RMinHash.from_token_sets(sets, num_perm=contest.NUM_PERM, seed=1)
        index.insert_many(signatures, start_key=len(ids))
        for row, found in enumerate(index.query_all(signatures), start=len(ids)):
            pairs += [(other, row) for other in found if other < row]
        ids += some_ids
    contest.finish(options, ids, pairs)


if __name__ == "__main__":
    main()
