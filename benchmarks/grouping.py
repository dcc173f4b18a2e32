"""Claim grouping on claims made from templates with known truth: cost per claim, pairwise precision and recall, memory.

    python benchmarks/grouping.py 10000 100000 1000000

Every story has its own invented parties, places and subject; every proposition is worded in several ways by several
sources, some wordings are quoted in part, and propositions of one story share their parties and many of their words.
Each size is measured in a process of its own, which reads the claims from a file: CPU seconds, and the most memory that
the process ever held, the claims themselves included.
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.claims.features import read_features
from pipeline.claims.grouping import describe_groups
from pipeline.claims.independence import read_publication
from pipeline.claims.matching import match_claims
from pipeline.claims.propositions import read_parties
from pipeline.tables import ARTICLES, CLAIMS, COPY_GROUPS, ENTITIES, ORIGINS, row_id

ONSETS = ("b", "br", "d", "dr", "f", "g", "gr", "k", "l", "m", "n", "p", "r", "s", "t", "tr", "v", "z")
VOWELS = ("a", "e", "i", "o", "u", "ai", "ou")
ENDS = ("land", "via", "mark", "stan", "ria", "nia", "dor", "wick")
WORDINGS = (
    (
        "{a} has supplied {b} with {thing}",
        "{a} sent {thing} and other arms to {b} through {place}",
        "{a} is shipping {thing} to {b}",
        "{b} received {thing} from {a}",
    ),
    (
        "the {topic} plan will cost {n} jobs in {place}",
        "{n} jobs in {place} would be lost under the {topic} plan",
        "the {topic} plan costs {place} about {n} jobs",
    ),
    (
        "troops of {a} attacked the {topic} depot near {place}",
        "{a} shelled a {topic} depot at {place} in a raid on {b}",
        "soldiers from {a} struck the depot for {topic} outside {place}",
    ),
    (
        "the {topic} talks in {place} have failed because {b} walked out",
        "{b} walked out and so the {topic} talks at {place} failed",
        "talks on {topic} failed in {place} after the walkout by {b}",
    ),
    (
        "{a} will close the {topic} office in {place} next spring",
        "the {topic} office in {place} is to be shut by {a} in spring",
        "in spring {a} shuts its {place} office for {topic}",
    ),
    (
        "inspectors found {topic} waste in the river at {place}",
        "{topic} waste was found by inspectors in the {place} river",
        "the river at {place} holds {topic} waste, inspectors found",
    ),
)
THINGS = ("rockets", "shells", "artillery", "rifles", "missiles", "drones", "munitions")
TOPICS = (
    "harbour", "timber", "fishery", "railway", "copper", "orchard", "tannery", "lighthouse", "quarry", "bakery",
    "cement", "flax", "ferry", "canal", "brewery", "glass", "saltworks", "cotton", "paper", "pottery",
)  # fmt: skip
STANCES = ("assert", "assert", "accuse", "deny", "warn", "predict")


class World:
    """Invented names and the rows they make; the same for the same seed and size."""

    def __init__(self, n_claims: int, seed: int) -> None:
        self.rng = random.Random(seed)
        self.claims: list[dict[str, Any]] = []
        self.finished: list[pa.Table] = []
        self.n_claims = 0
        self.truth: dict[str, int] = {}
        self.entities: dict[str, str] = {}
        self.articles: list[str] = []
        story = 0
        while self.n_claims < n_claims:
            self._write_story(story)
            story += 1
            if len(self.claims) >= 10_000:
                self._finish()
        self._finish()

    def _finish(self) -> None:
        self.finished.append(CLAIMS.from_rows(self.claims))
        self.claims.clear()

    def _name(self) -> str:
        syllables = [self.rng.choice(ONSETS) + self.rng.choice(VOWELS) for _ in range(3)]
        name = "".join(syllables).capitalize() + self.rng.choice(ENDS)
        self.entities.setdefault(row_id("entity", name), name)
        return name

    def _write_story(self, story: int) -> None:
        a, b, place, *speakers = [self._name() for _ in range(8)]
        propositions = []
        for number, ways in enumerate(self.rng.sample(WORDINGS, 4)):
            topic, thing = self.rng.choice(TOPICS), self.rng.choice(THINGS)
            filled = {"a": a, "b": b, "place": place, "topic": topic, "thing": thing, "n": self.rng.randint(20, 900)}
            propositions.append((story * 10 + number, [w.format(**filled) for w in ways]))
        articles = [f"story{story}/article{n}.txt" for n in range(8)]
        self.articles.extend(articles)
        for article, (label, wordings) in itertools.product(articles, propositions):
            if self.rng.random() < 0.7:
                self._write_claim(article, label, self.rng.choice(wordings), self.rng.choice(speakers), (a, b, place))

    def _write_claim(self, article: str, label: int, text: str, speaker: str, names: tuple[str, ...]) -> None:
        article_id = row_id(article)
        words = text.split()
        quoted = self.rng.random() < 0.3 and len(words) > 6
        found = sorted((at, name) for name in names if (at := text.find(name)) >= 0)
        claim_id = row_id(article_id, text, speaker)
        if claim_id in self.truth:
            return
        self.truth[claim_id] = label
        self.n_claims += 1
        start = 400 * (len(self.claims) % 1000)  # claims of one article must not overlap
        self.claims.append(
            {
                "claim_id": claim_id, "article_id": article_id, "content_sha256": "0", "layer": 0, "relayed_by": [],
                "source_text": speaker, "source_start": 0, "source_end": 1, "source_resolution": "named",
                "source_anonymous": False, "source_entity_ids": [row_id("entity", speaker)],
                "cue": [], "cue_lemma": "say", "content": [{"text": text, "start": start, "end": start + len(text)}],
                "content_text": text, "quote_type": "mixed" if quoted else "indirect",
                "quoted_spans": [{"start": start + text.find(words[2]), "end": start + len(text)}] if quoted else [],
                "content_entity_starts": [start + at for at, _ in found],
                "content_entity_ends": [start + at + len(name) for at, name in found],
                "content_entity_ids": [row_id("entity", name) for _, name in found],
                "stance": self.rng.choice(STANCES), "negated": False, "target_entity_ids": [],
                "addressee_entity_ids": [], "in_title": False, "confidence": 1.0, "rule": "template",
            }
        )  # fmt: skip

    def tables(self) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table, pa.Table]:
        """Claims, entities, articles, copy groups, origins."""
        entities = [
            {"entity_id": key, "name": name, "type": "GPE", "aliases": [name], "actor_id": key,
             "n_mentions": 1, "n_articles": 1, "n_copy_groups": 1}
            for key, name in self.entities.items()
        ]  # fmt: skip
        articles = [
            {"article_id": row_id(uri), "source_uri": uri, "source_file": uri, "content_sha256": "0",
             "article_digest": "0", "format": "txt", "text": "", "n_words": 0, "status": "tagged"}
            for uri in self.articles
        ]  # fmt: skip
        copies = [
            {
                "article_id": row_id(uri),
                "copy_group_id": row_id("copies", uri),
                "is_canonical": True,
                "n_articles": 1,
                "canonical_reason": "only",
            }
            for uri in self.articles
        ]
        return (
            pa.concat_tables(self.finished),
            ENTITIES.from_rows(entities),
            ARTICLES.from_rows(articles),
            COPY_GROUPS.from_rows(copies),
            ORIGINS.empty(),
        )


def pairwise(truth: dict[str, int], found: dict[str, str]) -> tuple[float, float]:
    """Precision and recall over pairs of claims that stand in one group."""

    def pairs(labels: Iterator[Any]) -> int:
        return sum(n * (n - 1) // 2 for n in Counter(labels).values())

    both = pairs((truth[c], g) for c, g in found.items())
    return both / max(1, pairs(iter(found.values()))), both / max(1, pairs(truth[c] for c in found))


NAMES = ("claims", "entities", "articles", "copy_groups", "origins")


def measure(folder: Path) -> None:
    """Group the claims of a folder, print what it took, and leave the groups there."""
    claims, entities, articles, copies, origins = (pq.read_table(folder / f"{name}.parquet") for name in NAMES)
    match_claims(read_features(claims.slice(0, 50), read_parties(entities)), claims, articles, copies)  # compiles
    n, steps = len(claims), []
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock = time.process_time()

    def lap(name: str) -> None:
        nonlocal clock
        steps.append((name, time.process_time() - clock))
        clock = time.process_time()

    parties = read_parties(entities)
    features = read_features(claims, parties)
    lap("features")
    matches = match_claims(features, claims, articles, copies).matches
    lap("matching")
    groups, members = describe_groups(
        matches, claims, features, parties, read_publication(articles, copies, origins, parties)
    )
    lap("describing")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pq.write_table(members.select(["claim_id", "claim_group_id"]), folder / "found.parquet")
    total = sum(seconds for _, seconds in steps)
    parts = ", ".join(f"{name} {seconds / n * 1e6:.0f}" for name, seconds in steps)
    print(
        f"{n:>9,} claims  {groups.num_rows:>8,} groups  {total:7.1f} CPU s  "
        f"{total / n * 1e6:4.0f} µs a claim ({parts})  "
        f"peak {peak / 1024:,.0f} MB ({held / 1024:,.0f} MB of them the tables)",
        end="  ", flush=True,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure)
        return
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            world = World(size, arguments.seed)
            for name, table in zip(NAMES, world.tables(), strict=True):
                pq.write_table(table, Path(folder) / f"{name}.parquet")
            subprocess.run([sys.executable, __file__, "--measure", folder], check=True)
            members = pq.read_table(Path(folder) / "found.parquet")
            found = dict(zip(members["claim_id"].to_pylist(), members["claim_group_id"].to_pylist(), strict=True))
            precision, recall = pairwise(world.truth, found)
            print(f"precision {precision:.3f}  recall {recall:.3f}")


if __name__ == "__main__":
    main()
