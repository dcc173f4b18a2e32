"""daft: normal form, signatures and LSH keys as expressions, candidates by grouping on a 64-bit hash of each band.

Grouping on the band's four numbers, as daft's own example does, takes twice as long for the whole job.
"""

# The library is installed in its own environment alone.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import daft
from daft import col
from daft.functions import chunk, hash, minhash, monotonically_increasing_id, normalize  # noqa: A004 - daft's name

from benchmarks.peers import contest


def main() -> None:
    options = contest.read_options()
    articles = daft.read_parquet(str(options.articles)).with_column("row", monotonically_increasing_id())
    words = normalize(col("text"), remove_punct=True, lowercase=True, white_space=True)
    signature = minhash(words, num_hashes=contest.NUM_PERM, ngram_size=contest.SHINGLE_WORDS, seed=1)
    numbers = daft.lit(list(range(contest.BANDS)))
    shared = (
        articles.select(col("row"), chunk(signature, contest.BAND_ROWS).alias("band"), numbers.alias("number"))
        .explode("band", "number")
        .select(col("row"), hash(col("number"), col("band")).alias("key"))
        .groupby("key")
        .agg(col("row").list_agg())
        .where(col("row").list_count() > 1)
        .to_pydict()["row"]
    )
    known = articles.select("article_id", "row").to_pydict()
    position = {row: i for i, row in enumerate(known["row"])}
    pairs = set()
    for rows in shared:
        members = sorted(position[row] for row in rows)
        pairs |= {(a, b) for i, a in enumerate(members) for b in members[i + 1 :]}
    contest.finish(options, known["article_id"], pairs)


if __name__ == "__main__":
    main()
