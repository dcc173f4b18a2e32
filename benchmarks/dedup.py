"""How fast copies are found, and how completely, beside a plain loop with datasketch.

    python benchmarks/dedup.py --articles 20000 --plain 2000

Generates a seeded corpus with known copies, runs the whole stage (words, signatures, candidates, exact verification,
groups) on it and the plain loop on its first articles, and prints one line for each: CPU and wall seconds, articles per
CPU second, precision and recall against the known pairs (the plain loop looks for copies alone, not for excerpts).
Nothing is downloaded or kept.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import mmh3
import numpy as np
import pyarrow as pa
from datasketch import MinHash, MinHashLSH

from pipeline.dedup import compute_signatures, find_candidates, group_copies, verify_pairs
from pipeline.dedup.shingles import SHINGLE_WORDS, shingles
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, PASSAGES
from pipeline.text.normalise import split_words

JACCARDS = (0.95, 0.85, 0.75, 0.6)  # of the planted copies; the last ones are below the threshold and must not be found
VOCABULARY = 50_000
FAMILY = len(JACCARDS) + 2  # an original, a copy at each Jaccard, and an excerpt of the original

Pair = tuple[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a run found and what it cost."""

    name: str
    n_articles: int
    cpu_seconds: float
    wall_seconds: float
    pairs: frozenset[Pair]


def generate_texts(n_articles: int, n_words: int, copied: float, seed: int) -> list[str]:
    """``n_articles`` texts of about ``n_words`` words; the given share of them belongs to families of copies.

    Words are drawn by Zipf's law. Families lie together, `FAMILY` texts each, so that positions tell the known pairs.
    """
    generator = np.random.RandomState(seed)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    spellings = np.array(["".join(generator.choice(letters, generator.randint(2, 11))) for _ in range(VOCABULARY)])
    weights = 1 / (np.arange(VOCABULARY) + 2.7)
    steps = np.cumsum(weights / weights.sum())

    def draw(size: int) -> np.ndarray:
        return np.minimum(np.searchsorted(steps, generator.random_sample(size)), VOCABULARY - 1)

    n_families = int(n_articles * copied) // FAMILY
    texts: list[np.ndarray] = []
    for _ in range(n_families):
        original = draw(n_words)
        texts.append(original)
        for jaccard in JACCARDS:
            copy = original.copy()
            n_changed = round(n_words * (1 - jaccard) / (SHINGLE_WORDS * (1 + jaccard)))
            places = np.linspace(SHINGLE_WORDS, n_words - SHINGLE_WORDS - 1, max(n_changed, 1)).astype(int)
            copy[places] = generator.randint(0, VOCABULARY, len(places))
            texts.append(copy)
        texts.append(original[n_words // 4 : n_words // 2])
    texts += [draw(n_words) for _ in range(n_articles - len(texts))]
    return [" ".join(spellings[text]) for text in texts]


def build_tables(texts: list[str]) -> tuple[pa.Table, pa.Table]:
    """Articles and passages (one of kind body) over texts; ids sort in the order given."""
    n = len(texts)
    ids = [article_id(i) for i in range(n)]
    columns = {
        "article_id": ids,
        "source_uri": ids,
        "source_file": ids,
        "content_sha256": [""] * n,
        "article_digest": [""] * n,
        "format": ["txt"] * n,
        "text": texts,
        "n_words": [text.count(" ") + 1 for text in texts],
        "status": ["tagged"] * n,
    }
    missing = {
        name: pa.nulls(n, ARTICLES.schema.field(name).type) for name in ARTICLES.schema.names if name not in columns
    }
    articles = pa.table({**columns, **missing}).select(ARTICLES.schema.names).cast(ARTICLES.schema)
    spans = {"start": [0] * n, "end": [len(text) for text in texts], "kind": ["body"] * n, "passage_sha256": [""] * n}
    passages = pa.table({"article_id": ids, "passage_no": [0] * n, **spans}).cast(PASSAGES.schema)
    return articles, passages


def article_id(position: int) -> str:
    return f"{position:016x}"


def known_pairs(texts: list[str], copied: float, settings: Settings) -> frozenset[Pair]:
    """The pairs at the thresholds, by comparing all members of each family; strangers share next to nothing."""
    found = set()
    for first in range(0, int(len(texts) * copied) // FAMILY * FAMILY, FAMILY):
        sets = [frozenset(shingles(text.encode())) for text in texts[first : first + FAMILY]]
        for (i, a), (j, b) in itertools.combinations(enumerate(sets), 2):
            shared = len(a & b)
            if (
                shared / len(a | b) >= settings.jaccard_threshold
                or shared / min(len(a), len(b)) >= settings.containment_threshold
            ):
                found.add((article_id(first + i), article_id(first + j)))
    return frozenset(found)


def run_newsclaims(texts: list[str], settings: Settings) -> frozenset[Pair]:
    """The whole stage, signatures in batches, pairs in one go."""
    articles, passages = build_tables(texts)
    step = 8192
    batches = [
        compute_signatures(articles.slice(i, step), passages.slice(i, step), settings)
        for i in range(0, len(texts), step)
    ]
    candidates = find_candidates(pa.concat_tables(batches), settings)
    pairs = verify_pairs(candidates, articles, passages, settings)
    group_copies(pairs, articles)
    return frozenset(
        zip(pairs.column("article_id_a").to_pylist(), pairs.column("article_id_b").to_pylist(), strict=True)
    )


def run_datasketch(texts: list[str], settings: Settings) -> frozenset[Pair]:
    """The loop that datasketch's documentation shows, with the same signatures and bands, and exact verification."""
    lsh = MinHashLSH(num_perm=settings.num_perm, params=(settings.bands, settings.band_rows))
    sets: dict[str, frozenset[str]] = {}
    found = set()
    for position, text in enumerate(texts):
        words = split_words(text)
        sets[article_id(position)] = frozenset(
            " ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1)
        )
        minhash = MinHash(num_perm=settings.num_perm, seed=1, scheme="affine32", hashfunc=_murmur3)
        for shingle in sets[article_id(position)]:
            minhash.update(shingle.encode())
        for other in lsh.query(minhash):
            a, b = sets[other], sets[article_id(position)]
            if len(a & b) / len(a | b) >= settings.jaccard_threshold:
                found.add((other, article_id(position)))
        lsh.insert(article_id(position), minhash)
    return frozenset(found)


def _murmur3(data: bytes) -> int:
    return mmh3.hash(data, signed=False)


def measure(name: str, run: Callable[[list[str], Settings], frozenset[Pair]], texts: list[str]) -> Outcome:
    wall, cpu = time.perf_counter(), time.process_time()
    pairs = run(texts, Settings())
    return Outcome(name, len(texts), time.process_time() - cpu, time.perf_counter() - wall, pairs)


def report(outcomes: Iterable[Outcome], texts: list[str], copied: float) -> None:
    known = known_pairs(texts, copied, Settings())
    print(f"{'':<24}{'articles':>10}{'CPU s':>9}{'wall s':>9}{'per CPU s':>11}{'precision':>11}{'recall':>8}")
    for outcome in outcomes:
        last = article_id(outcome.n_articles)
        expected = {pair for pair in known if pair[1] < last}
        right = len(expected & outcome.pairs)
        precision, recall = right / max(1, len(outcome.pairs)), right / max(1, len(expected))
        rate = outcome.n_articles / outcome.cpu_seconds
        print(
            f"{outcome.name:<24}{outcome.n_articles:>10,}{outcome.cpu_seconds:>9.2f}{outcome.wall_seconds:>9.2f}"
            f"{rate:>11,.0f}{precision:>11.4f}{recall:>8.4f}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process, corpus included: {peak:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000, help="articles in the corpus")
    parser.add_argument("--words", type=int, default=400, help="words in an article")
    parser.add_argument("--plain", type=int, default=2_000, help="articles given to the plain datasketch loop")
    parser.add_argument("--copied", type=float, default=0.3, help="share of the articles in families of copies")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cold", action="store_true", help="compile anew, as on a machine's first use")
    given = parser.parse_args()
    if given.cold:
        os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="newsclaims-benchmark-")
    texts = generate_texts(given.articles, given.words, given.copied, given.seed)
    first_use = measure("newsclaims, first use", run_newsclaims, texts[: min(2_000, len(texts))])
    outcomes = [
        first_use,
        measure("newsclaims", run_newsclaims, texts),
        measure("datasketch, plain loop", run_datasketch, texts[: given.plain]),
    ]
    report(outcomes, texts, given.copied)


if __name__ == "__main__":
    main()
