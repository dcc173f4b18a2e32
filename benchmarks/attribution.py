"""Attributions of a folder of articles, as `articles/` and `claims/` Parquet that a span scorer can read.

    python benchmarks/attribution.py SOURCES OUT [--cache DIR] [--gold FOLDER]

Runs ingestion, annotation, mentions and attribution on SOURCES without the lake, writes OUT/articles and OUT/claims
(claims carry spans; entities are not resolved over the corpus) and prints how many words per CPU second annotation
and attribution took. With --cache, annotations are kept in DIR between runs, so that only attribution is paid again.
With --gold, a folder of brat files named after the articles, it prints for each rule (and for the cues that differ from
their rule) the share of layer-0 claims whose source, cue and content all overlap an annotated attribution, in the
format of pipeline/claims/attribution/rules.tsv, and then how the confidences written compare with those shares.
"""

from __future__ import annotations

import argparse
import glob
import os
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.claims.attribution import find_attributions, resolve_claims
from pipeline.entities import find_mentions
from pipeline.ingest import read_sources, scan_sources, split_passages
from pipeline.settings import Settings
from pipeline.tables import ENTITY_LINKS, TAGGED_KINDS
from pipeline.text.annotation import annotate, model_version

Span = tuple[int, int]


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


def read_brat(path: Path) -> list[dict[str, list[Span]]]:
    """The attributions of one brat file: spans by role (source, cue, content)."""
    marked: dict[str, list[Span]] = {}
    attributions: list[dict[str, list[Span]]] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        name, _, rest = line.partition("\t")
        if re.fullmatch(r"T\d+", name):
            _, _, offsets = rest.partition("\t")[0].partition(" ")
            pairs = (piece.split(" ") for piece in offsets.split(";"))
            marked[name] = [(int(first), int(last)) for first, last in pairs]
        elif re.fullmatch(r"E\d+", name):
            roles: dict[str, list[Span]] = {"source": [], "cue": [], "content": []}
            for argument in rest.split():
                role, _, target = argument.partition(":")
                roles.setdefault(role.rstrip("0123456789").lower(), []).extend(marked.get(target, []))
            attributions.append(roles)
    return attributions


def agrees(claim: dict[str, Any], gold: list[dict[str, list[Span]]]) -> bool:
    """Whether source, cue (where there is one) and content of a claim all overlap one annotated attribution."""
    source = [(claim["source_start"], claim["source_end"])] if claim["source_start"] is not None else []
    cue = [(span["start"], span["end"]) for span in claim["cue"]]
    content = [(span["start"], span["end"]) for span in claim["content"]]
    return any(
        overlap(source, roles["source"])
        and (not cue or overlap(cue, roles["cue"]))
        and overlap(content, roles["content"])
        for roles in gold
    )


def overlap(spans: list[Span], others: list[Span]) -> bool:
    return any(start < b and a < end for start, end in spans for a, b in others)


def report_reliability(articles: pa.Table, claims: pa.Table, gold: Path) -> None:
    """Print shares of agreement by rule and cue, smoothed by eight finds of the level above, and by confidence."""
    stems = {row["article_id"]: Path(row["source_uri"]).stem for row in articles.to_pylist()}
    annotated = {stem: read_brat(min(gold.glob(f"{glob.escape(stem)}_*.ann"))) for stem in stems.values()}
    rules: dict[str, list[bool]] = defaultdict(list)
    cues: dict[tuple[str, str], list[bool]] = defaultdict(list)
    bands: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for claim in claims.to_pylist():
        if claim["layer"]:
            continue
        right = agrees(claim, annotated[stems[claim["article_id"]]])
        rules[claim["rule"]].append(right)
        cues[claim["rule"], claim["cue_lemma"]].append(right)
        bands[int(claim["confidence"] * 10)].append((claim["confidence"], right))
    overall = sum(sum(finds) for finds in rules.values()) / max(1, sum(len(finds) for finds in rules.values()))
    for rule, finds in sorted(rules.items()):
        share = (sum(finds) + 8 * overall) / (len(finds) + 8)
        print(f"{rule}\t*\t{share:.2f}")
        for (of, cue), own in sorted(cues.items()):
            refined = (sum(own) + 8 * share) / (len(own) + 8)
            if of == rule and cue and len(own) >= 15 and abs(refined - share) >= 0.05:
                print(f"{rule}\t{cue}\t{refined:.2f}")
    print("confidence  claims  mean  agreed")
    for band, pairs in sorted(bands.items()):
        mean = sum(confidence for confidence, _ in pairs) / len(pairs)
        agreed = sum(right for _, right in pairs) / len(pairs)
        print(f"{band / 10:.1f}–{(band + 1) / 10:.1f}  {len(pairs):10}  {mean:.2f}  {agreed:.2f}")


def write(table: pa.Table, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "part-00000.parquet")


def main() -> None:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("sources", type=Path, help="folder of articles")
    parser.add_argument("out", type=Path, help="folder to write articles/ and claims/ to")
    parser.add_argument("--cache", type=Path, default=None, help="folder to keep annotations in")
    parser.add_argument("--gold", type=Path, default=None, help="folder of annotations in brat format")
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
    if arguments.gold is not None:
        report_reliability(articles, claims, arguments.gold)


if __name__ == "__main__":
    main()
