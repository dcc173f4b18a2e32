"""Recall of `duplicate_pairs` against a comparison of every article with every other one, on folders of real news.

    python benchmarks/dedup_recall.py FOLDER [FOLDER …] [--list LEAST]

Each folder is read as the chain reads it. The exhaustive side counts the shingles that any two articles share, with no
signature, sketch or index, and applies the definitions of the settings. With ``--list`` it also prints every pair whose
Jaccard or containment is at LEAST or above, merged or not, for a reader who wants to judge the thresholds.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pyarrow as pa

from pipeline.dedup import compute_signatures, find_candidates, verify_pairs
from pipeline.dedup.shingles import body_words, shingles
from pipeline.ingest import read_sources, scan_sources, split_passages
from pipeline.settings import Settings


@dataclass(frozen=True)
class Compared:
    """Two articles (by id, a < b) with their exact measures."""

    ids: tuple[str, str]
    jaccard: float
    a_in_b: float
    b_in_a: float
    same_words: bool

    @property
    def containment(self) -> float:
        """The greater of both containments."""
        return max(self.a_in_b, self.b_in_a)

    def kind(self, settings: Settings) -> str | None:
        """The kind of `duplicate_pairs`, None where no threshold is reached."""
        if self.same_words:
            return "exact"
        if self.jaccard >= settings.jaccard_threshold:
            return "near"
        return "contained" if self.containment >= settings.containment_threshold else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--list", type=float, metavar="LEAST", help="print the pairs from this measure on")
    options = parser.parse_args()
    print("| Folder | Articles | Pairs compared | exact | near | contained | found | missed | wrong | Seconds |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for folder in options.folders:
        report(folder, options.list)


def report(folder: Path, least: float | None) -> None:
    settings = Settings(sources=folder)
    articles, _ = read_sources(scan_sources(settings)["source_file"].to_pylist(), settings)
    passages = split_passages(articles)
    started = time.perf_counter()
    signatures = compute_signatures(articles, passages, settings)
    found_table = verify_pairs(find_candidates(signatures, settings), articles, passages, settings)
    seconds = time.perf_counter() - started
    found = {(row["article_id_a"], row["article_id_b"]): row["kind"] for row in found_table.to_pylist()}
    compared = compare_all(articles, passages, settings)
    true = {pair.ids: kind for pair in compared if (kind := pair.kind(settings)) is not None}
    kinds = Counter(true.values())
    right = sum(found.get(ids) == kind for ids, kind in true.items())
    wrong = sum(true.get(ids) != kind for ids, kind in found.items())
    n = len(articles)
    cells = (folder.name, n, n * (n - 1) // 2, *(kinds[kind] for kind in ("exact", "near", "contained")))
    print(f"| {' | '.join(map(str, (*cells, right, len(true) - right, wrong)))} | {seconds:.2f} |")
    if least is not None:
        print_pairs([pair for pair in compared if max(pair.jaccard, pair.containment) >= least], articles, settings)


def compare_all(articles: pa.Table, passages: pa.Table, settings: Settings) -> list[Compared]:
    """The measures of every two articles that share a shingle and have enough of them; two others share nothing."""
    words = {article_id: body.split() for article_id, body in body_words(articles, passages)}
    sets = {article_id: set(shingles(b" ".join(body))) for article_id, body in words.items()}
    holders: dict[bytes, list[str]] = defaultdict(list)
    for article_id in sorted(sets):
        if len(sets[article_id]) >= settings.min_shingles:
            for shingle in sets[article_id]:
                holders[shingle].append(article_id)
    shared = Counter(pair for ids in holders.values() for pair in combinations(ids, 2))
    return [
        Compared(
            (a, b),
            n / (len(sets[a]) + len(sets[b]) - n),
            n / len(sets[a]),
            n / len(sets[b]),
            words[a] == words[b],
        )
        for (a, b), n in sorted(shared.items())
    ]


def print_pairs(pairs: list[Compared], articles: pa.Table, settings: Settings) -> None:
    uri = dict(zip(articles["article_id"].to_pylist(), articles["source_uri"].to_pylist(), strict=True))
    for pair in sorted(pairs, key=lambda pair: (-pair.jaccard, pair.ids)):
        measures = f"{pair.jaccard:.3f} {pair.a_in_b:.3f} {pair.b_in_a:.3f}"
        print(f"{measures} {pair.kind(settings) or '-'} {uri[pair.ids[0]]} {uri[pair.ids[1]]}")


if __name__ == "__main__":
    main()
