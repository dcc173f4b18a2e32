"""newsclaims stage by stage, with the tables that its lake keeps between them: what a run of the whole chain does."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.peers import contest
from pipeline.dedup import compute_signatures, find_candidates, group_copies, verify_pairs
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, PASSAGES


def main() -> None:
    options = contest.read_options()
    pairs, groups = find_copies(options)
    pq.write_table(
        groups.select(["article_id", "copy_group_id"]).rename_columns(["article_id", "group"]), options.groups
    )
    contained = pairs.filter(pc.equal(pairs.column("kind"), "contained")).select(["article_id_a", "article_id_b"])
    pq.write_table(contained, options.groups.with_name("contained.parquet"))


def find_copies(options: argparse.Namespace) -> tuple[pa.Table, pa.Table]:
    """(duplicate_pairs, copy_groups) of the articles of a Parquet file, which is read twice and never held."""
    settings = Settings()
    row_groups = range(pq.ParquetFile(options.articles).num_row_groups)
    with ProcessPoolExecutor(options.cores) if options.cores > 1 else nullcontext() as pool:
        each = pool.map if pool else map
        parts = list(each(partial(sign_row_group, options.articles), row_groups))
    signatures, counted = (pa.concat_tables(tables) for tables in zip(*parts, strict=True))
    candidates = find_candidates(signatures, settings)
    named = pc.unique(pa.chunked_array([*candidates.column(0).chunks, *candidates.column(1).chunks], pa.string()))
    pairs = verify_pairs(candidates, *read_named(options.articles, named), settings)
    return pairs, group_copies(pairs, counted)


def sign_row_group(path: Path, number: int) -> tuple[pa.Table, pa.Table]:
    """The signatures of a row group's articles, and the columns of their articles that groups ask for."""
    articles, passages = as_tables(pq.ParquetFile(path).read_row_group(number, columns=["article_id", "text"]))
    return compute_signatures(articles, passages, Settings()), articles.select(
        ["article_id", "published_at", "n_words"]
    )


def read_named(path: Path, named: pa.Array) -> tuple[pa.Table, pa.Table]:
    """Articles and passages of these ids."""

    def parts() -> Iterator[pa.Table]:
        for batch in pq.ParquetFile(path).iter_batches(contest.ROWS_AT_A_TIME, columns=["article_id", "text"]):
            part = pa.Table.from_batches([batch])
            yield part.filter(pc.is_in(part.column("article_id"), named))

    return as_tables(pa.concat_tables(parts()))


def as_tables(rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    """`articles` and `passages` (one of kind body each) over article_id and text, as ingest would have made them."""
    n = len(rows)
    lengths = pc.utf8_length(rows.column("text"))
    known = {
        "article_id": rows.column("article_id"),
        "text": rows.column("text"),
        "n_words": pa.array([0] * n, pa.int32()),
    }
    articles = pa.table(
        {
            field.name: known.get(
                field.name, pa.array([""] * n, pa.string()) if not field.nullable else pa.nulls(n, field.type)
            )
            for field in ARTICLES.schema
        }
    ).cast(ARTICLES.schema)
    passages = {
        "article_id": rows.column("article_id"),
        "passage_no": pa.array([0] * n, pa.int32()),
        "start": pa.array([0] * n, pa.int32()),
        "end": lengths,
        "kind": pa.array(["body"] * n),
        "passage_sha256": pa.array([""] * n),
    }
    return articles, pa.table(passages).cast(PASSAGES.schema)


if __name__ == "__main__":
    main()
