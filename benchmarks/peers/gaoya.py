"""gaoya: its word n-gram index, filled and queried in bulk; queries compare whole signatures to a threshold."""

# The library is installed in its own environment alone.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

from gaoya.minhash import MinHashStringIndex

from benchmarks.peers import contest

ESTIMATE = 0.5  # asked of the signatures when pairs are checked exactly afterwards: low enough to lose none


def main() -> None:
    options = contest.read_options()
    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=ESTIMATE if options.verify else contest.THRESHOLD,
        num_bands=contest.BANDS,
        band_size=contest.BAND_ROWS,
        num_hashes=contest.NUM_PERM,
        analyzer="word",
        ngram_range=(contest.SHINGLE_WORDS, contest.SHINGLE_WORDS),
        id_container="smallvec",
    )
    ids: list[str] = []
    pairs: list[tuple[int, int]] = []
    for some_ids, texts in contest.read_batches(options.articles, options.limit):
        words = [contest.lower_words(text) for text in texts]
        rows = range(len(ids), len(ids) + len(words))
        index.par_bulk_insert_docs(list(rows), words)
        for row, found in zip(rows, index.par_bulk_query(words), strict=True):
            pairs += [(other, row) for other in found if other < row]
        ids += some_ids
    contest.finish(options, ids, pairs)


if __name__ == "__main__":
    main()
