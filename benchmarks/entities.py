"""Mentions of a folder of texts, as the tables that an external scorer reads, with the time that each step takes.

    python benchmarks/entities.py SOURCES OUTPUT [--cache ANNOTATIONS]

Reads every file below SOURCES, runs ingestion, annotation and the entity stages, nothing else, and writes
OUTPUT/articles, OUTPUT/mentions, OUTPUT/entities and OUTPUT/document_mentions as Parquet. With --cache the annotations
are kept in that file and reused for passages seen before.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dedup import group_copies
from pipeline.entities import find_mentions, link_entities, resolve_mentions
from pipeline.ingest import read_sources, scan_sources, split_passages
from pipeline.settings import Settings
from pipeline.tables import ANNOTATIONS, DUPLICATE_PAIRS, TAGGED_KINDS
from pipeline.text.annotation import annotate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path, help="folder of articles")
    parser.add_argument("output", type=Path, help="folder for the tables")
    parser.add_argument("--cache", type=Path, help="Parquet file that keeps annotations between runs")
    args = parser.parse_args()
    settings = Settings(sources=args.sources)

    files = scan_sources(settings).column("source_file").to_pylist()
    articles, _ = timed("ingestion", lambda: read_sources(files, settings))
    passages = timed("passages", lambda: split_passages(articles))
    annotations = timed("annotation", lambda: annotate_passages(articles, passages, settings, args.cache))
    document_mentions = timed("mentions", lambda: find_mentions(articles, passages, annotations, settings))
    copy_groups = group_copies(DUPLICATE_PAIRS.empty(), articles)
    entities, links, _ = timed("linking", lambda: link_entities(document_mentions, articles, copy_groups, settings))
    tables = {
        "articles": articles,
        "document_mentions": document_mentions,
        "entities": entities,
        "mentions": resolve_mentions(document_mentions, links),
    }
    for name, table in tables.items():
        folder = args.output / name
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / "part-0.parquet")
        print(f"{name:18} {table.num_rows:8} rows")


T = TypeVar("T")


def timed(name: str, step: Callable[[], T]) -> T:
    """The step's result; prints the processor seconds that it took."""
    start = time.process_time()
    result = step()
    print(f"{name:18} {time.process_time() - start:8.2f} CPU seconds")
    return result


def annotate_passages(articles: pa.Table, passages: pa.Table, settings: Settings, cache: Path | None) -> pa.Table:
    """Annotations of all tagged passages, each text once."""
    texts = dict(zip(articles.column("article_id").to_pylist(), articles.column("text").to_pylist(), strict=True))
    wanted = {
        row["passage_sha256"]: texts[row["article_id"]][row["start"] : row["end"]]
        for row in passages.to_pylist()
        if row["kind"] in TAGGED_KINDS
    }
    known = pq.read_table(cache) if cache is not None and cache.exists() else ANNOTATIONS.empty()
    missing = sorted(wanted.keys() - set(known.column("passage_sha256").to_pylist()))
    found = annotate([wanted[key] for key in missing], missing, settings.spacy_model)
    everything = pa.concat_tables([known.cast(ANNOTATIONS.schema), found])
    if cache is not None and missing:
        pq.write_table(everything, cache)
    return everything


if __name__ == "__main__":
    main()
