"""datasketch as its documentation's first example has it: one update for each shingle, its own SHA-1 hash."""

from __future__ import annotations

from datasketch import MinHash, MinHashLSH

from benchmarks.peers import contest


def main() -> None:
    options = contest.read_options()
    index = MinHashLSH(num_perm=contest.NUM_PERM, params=(contest.BANDS, contest.BAND_ROWS))
    ids: list[str] = []
    pairs: list[tuple[int, int]] = []
    for some_ids, texts in contest.read_batches(options.articles, options.limit):
        for article_id, text in zip(some_ids, texts, strict=True):
            signature = MinHash(num_perm=contest.NUM_PERM)
            for shingle in set(contest.shingles(contest.split_words(text))):
                signature.update(shingle.encode())
            row = len(ids)
            pairs += [(other, row) for other in index.query(signature)]
            index.insert(row, signature)
            ids.append(article_id)
    contest.finish(options, ids, pairs)


if __name__ == "__main__":
    main()
