"""Attributions of a folder of articles, as `articles/` and `claims/` Parquet that a span scorer can read.

    python benchmarks/attribution.py SOURCES OUT [--cache DIR]

Runs ingestion, annotation, mentions and attribution on SOURCES without the lake, writes OUT/articles and OUT/claims
(claims carry spans; entities are not resolved over the corpus) and prints how many words per CPU second annotation
and attribution took. With --cache, annotations are kept in DIR between runs, so that only attribution is paid again.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.claims.attribution import find_attributions, resolve_claims
from pipeline.entities import find_mentions
from pipeline.ingest import read_sources, scan_sources, split_passages
from pipeline.settings import Settings
from pipeline.tables import ENTITY_LINKS, TAGGED_KINDS
from pipeline.text.annotation import annotate, model_version


def annotate_cached(articles: pa.Table, passages: pa.Table, settings: Settings, cache: Path | None) -> pa.Table:
    """The annotations of all tagged passages; what the cache folder holds is not annotated again."""
    texts: dict[str, str] = {}
    by_id = {row["article_id"]: row["text"] for row in articles.select(["article_id", "text"]).to_pylist()}
    for row in passages.to_pylist():
        if row["kind"] in TAGGED_KINDS:
            texts.setdefault(row["passage_sha256"], by_id[row["article_id"]][row["start"] : row["end"]])
    stored = None
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
        stored = cache / f"annotations {model_version(settings.spacy_model)}.parquet"
    known = pq.read_table(stored) if stored is not None and stored.exists() else None
    seen = set(known["passage_sha256"].to_pylist()) if known is not None else set()
    missing = [key for key in sorted(texts) if key not in seen]
    fresh = annotate([texts[key] for key in missing], missing, settings.spacy_model)
    table = fresh if known is None else pa.concat_tables([known, fresh])
    if stored is not None and missing:
        partial = stored.with_name(f"{stored.name}.{os.getpid()}")
        pq.write_table(table, partial)
        partial.replace(stored)
    return table.filter(pc.is_in(table["passage_sha256"], pa.array(sorted(texts), pa.string())))


def write(table: pa.Table, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "part-00000.parquet")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path, help="folder of articles")
    parser.add_argument("out", type=Path, help="folder to write articles/ and claims/ to")
    parser.add_argument("--cache", type=Path, default=None, help="folder to keep annotations in")
    arguments = parser.parse_args()
    settings = Settings(sources=arguments.sources)

    files = scan_sources(settings)["source_file"].to_pylist()
    articles, quarantine = read_sources(files, settings)
    passages = split_passages(articles)
    clock = time.process_time()
    annotations = annotate_cached(articles, passages, settings, arguments.cache)
    annotating = time.process_time() - clock

    clock = time.process_time()
    mentions = find_mentions(articles, passages, annotations, settings)
    mentioning = time.process_time() - clock
    clock = time.process_time()
    attributions = find_attributions(articles, passages, annotations, mentions, settings)
    attributing = time.process_time() - clock

    claims = resolve_claims(attributions, ENTITY_LINKS.empty())
    write(articles, arguments.out / "articles")
    write(claims, arguments.out / "claims")
    write(attributions, arguments.out / "attributions")
    write(mentions, arguments.out / "document_mentions")
    words = pc.sum(articles["n_words"]).as_py() or 0
    print(f"{len(articles)} articles ({len(quarantine)} quarantined), {words} words, {len(claims)} claims")
    for step, seconds in (("annotation", annotating), ("mentions", mentioning), ("attribution", attributing)):
        print(f"{step:12} {seconds:7.2f} CPU s  {words / max(seconds, 1e-9):10.0f} words per CPU second")


if __name__ == "__main__":
    main()
