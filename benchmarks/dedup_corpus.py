"""A seeded corpus of made-up articles with planted copies, and the score of groups against its exactly known truth.

    python -m benchmarks.dedup_corpus write FOLDER --articles 100000
    python -m benchmarks.dedup_corpus score FOLDER GROUPS.parquet

`write` puts two files into FOLDER. ``articles.parquet`` holds article_id and text in a random order. ``truth.parquet``
holds a row for every two articles of one planted family: their ids and what they were planted as, their Jaccard and
both containments, counted on the sets of five-word shingles of the words that were drawn (not of the written text, so
that no tokeniser, ours included, has a say). Articles of different families share no more than chance.

Words follow Zipf's law. The text has capitals and ASCII punctuation, always beside a word and never inside one, drawn
anew at a few places of every copy: whoever does not normalise finds less. With ``--typographic`` a share of the
families has curly quotes and long dashes instead, as half the articles of newsrooms do.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ARTICLES, TRUTH = "articles.parquet", "truth.parquet"
JACCARDS = (0.95, 0.85, 0.75, 0.6)  # of planted copies; those of the last level are no copies at the threshold of 0.7
MERGING, ASKED, CONTAINED = 0.7, 0.75, 0.8  # the Jaccard that makes a copy, the one recall is asked for; containment
SHINGLE_WORDS = 5
TRUTH_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("article_id_a", "article_id_b", "planted")]
    + [(name, pa.float64()) for name in ("jaccard", "containment_a_in_b", "containment_b_in_a")]
)
VOCABULARY = 50_000
ROWS_AT_A_TIME = 8192
FORMS = ("{}", "{title}", "{},", "{}.", '"{title}"', "{} -")  # how a word is written; all have one normal form
FORM_WEIGHTS = (0.80, 0.08, 0.06, 0.04, 0.01, 0.01)
WRITTEN_ANEW = 0.02  # share of a copy's words whose form is drawn again

Words = npt.NDArray[np.int32]
Planted = tuple[str, list[Words]]  # what a family is, its articles as word numbers
Family = tuple[str, int, int]  # what it is, positions of its first text and of the one after its last


@dataclass(frozen=True)
class Source:
    """Where words and places come from: one seeded generator of the kind whose numbers numpy never changes."""

    chance: np.random.RandomState
    steps: npt.NDArray[np.float64]  # of the words' summed probabilities
    mean_words: int

    def draw(self, n_words: int) -> Words:
        found = np.searchsorted(self.steps, self.chance.random_sample(n_words))
        return np.minimum(found, VOCABULARY - 1).astype(np.int32)

    def draw_article(self) -> Words:
        """About ``mean_words`` words: three quarters to five quarters of that."""
        return self.draw(self.chance.randint(self.mean_words * 3 // 4, self.mean_words * 5 // 4 + 1))

    def copy_at(self, jaccard: float, original: Words) -> Words:
        """``original`` with words replaced at places far enough apart that each costs five shingles of its own.

        With m of n shingles' worth of places the Jaccard is (n - 5m) / (n + 5m); m is the greatest that keeps it at
        ``jaccard`` or above.
        """
        n = len(original) - SHINGLE_WORDS + 1
        m = int(n * (1 - jaccard) / (SHINGLE_WORDS * (1 + jaccard)))
        room = len(original) // SHINGLE_WORDS - 1
        places = SHINGLE_WORDS * (1 + self.chance.permutation(room - 1)[:m]) - 1
        copy = original.copy()
        copy[places] = (copy[places] + self.chance.randint(1, VOCABULARY, len(places))) % VOCABULARY
        return copy


def plant_families(source: Source, jaccards: tuple[float, ...], others: bool) -> Iterator[Planted]:
    """Endless families, all kinds in turn: a pair at each Jaccard and, with ``others``, three more.

    `excerpt`: an article and a third to a half of it. `embedded`: a short item and a longer article that carries it
    whole. `wire`: an article with four copies, alternately at .95 and .9.
    """
    while True:
        for jaccard in jaccards:
            original = source.draw_article()
            yield f"copy {jaccard:g}", [original, source.copy_at(jaccard, original)]
        if others:
            whole = source.draw_article()
            size = source.chance.randint(len(whole) // 3, len(whole) // 2)
            first = source.chance.randint(0, len(whole) - size)
            yield "excerpt", [whole, whole[first : first + size]]
            item, around = source.draw(source.mean_words // 3), source.draw_article()
            place = source.chance.randint(0, len(around))
            yield "embedded", [item, np.concatenate([around[:place], item, around[place:]])]
            original = source.draw_article()
            yield "wire", [original, *(source.copy_at(jaccard, original) for jaccard in (0.95, 0.9, 0.95, 0.9))]


def write_corpus(folder: Path, options: argparse.Namespace) -> None:
    """Write `ARTICLES` and `TRUTH` (see the module) into ``folder``."""
    chance = np.random.RandomState(options.seed)
    weights = 1 / (np.arange(VOCABULARY) + 2.7)
    source = Source(chance, np.cumsum(weights / weights.sum()), options.words)
    spellings = _spell_words(chance)
    texts, families = draw_texts(source, options)
    forms = _draw_forms(source, texts, families)
    curly = chance.random_sample(len(texts)) < options.typographic
    for _, first, end in families:
        curly[first:end] = curly[first]
    ids = [hashlib.blake2b(f"{options.seed} {i}".encode(), digest_size=8).hexdigest() for i in range(len(texts))]
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(_measure_families(texts, families, ids), folder / TRUTH)
    schema = pa.schema([("article_id", pa.string()), ("text", pa.string())])
    order = chance.permutation(len(texts))
    with pq.ParquetWriter(folder / ARTICLES, schema, compression="zstd") as writer:
        for first in range(0, len(order), ROWS_AT_A_TIME):
            rows = order[first : first + ROWS_AT_A_TIME].tolist()
            written = [" ".join(spellings[texts[i], forms[i]]) for i in rows]
            written = [_set_type(text) if curly[i] else text for i, text in zip(rows, written, strict=True)]
            writer.write_table(pa.table({"article_id": [ids[i] for i in rows], "text": written}, schema=schema))


def draw_texts(source: Source, options: argparse.Namespace) -> tuple[list[Words], list[Family]]:
    """All texts, the families first, and what the families are."""
    texts: list[Words] = []
    families: list[Family] = []
    for kind, members in plant_families(source, tuple(options.jaccards), not options.only_copies):
        if len(texts) + len(members) > options.articles * options.copied:
            break
        families.append((kind, len(texts), len(texts) + len(members)))
        texts += members
    texts += [source.draw_article() for _ in range(options.articles - len(texts))]
    return texts, families


def _spell_words(chance: np.random.RandomState) -> npt.NDArray[Any]:
    """Distinct words of two to ten letters, in every form: `VOCABULARY` × `FORMS`."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(chance.choice(letters, chance.randint(2, 11)))] = None
    return np.array([[form.format(word, title=word.capitalize()) for form in FORMS] for word in words], dtype=object)


def _draw_forms(source: Source, texts: list[Words], families: list[Family]) -> list[npt.NDArray[np.int8]]:
    """A form for every word; a planted copy of its original's length keeps most of the original's."""
    steps = np.cumsum(FORM_WEIGHTS)

    def draw(size: int) -> npt.NDArray[np.int8]:
        return np.minimum(np.searchsorted(steps, source.chance.random_sample(size)), len(FORMS) - 1).astype(np.int8)

    forms = [draw(len(text)) for text in texts]
    for _, first, end in families:
        for i in range(first + 1, end):
            if len(texts[i]) == len(texts[first]):
                anew = source.chance.random_sample(len(texts[i])) < WRITTEN_ANEW
                forms[i] = np.where(anew, forms[i], forms[first])
    return forms


def _set_type(text: str) -> str:
    """``text`` with curly quotes and dashes for straight ones."""
    return re.sub(r'"(\w+)"', "“\\1”", text).replace(" -", " —")


def _measure_families(texts: list[Words], families: list[Family], ids: list[str]) -> pa.Table:
    """The truth: every two articles of a family, with Jaccard and containments counted on their shingles."""
    rows = []
    for kind, first, end in families:
        sets = [set(zip(*(text[k:].tolist() for k in range(SHINGLE_WORDS)), strict=False)) for text in texts[first:end]]
        for i, j in itertools.combinations(range(end - first), 2):
            shared = len(sets[i] & sets[j])
            jaccard = shared / (len(sets[i]) + len(sets[j]) - shared)
            names = {"article_id_a": ids[first + i], "article_id_b": ids[first + j], "planted": kind}
            shares = {"containment_a_in_b": shared / len(sets[i]), "containment_b_in_a": shared / len(sets[j])}
            rows.append({**names, "jaccard": jaccard, **shares})
    return pa.Table.from_pylist(rows, schema=TRUTH_SCHEMA)


def score_groups(folder: Path, groups: Path) -> dict[str, Any]:
    """How well ``groups`` (article_id, group; a part of the corpus will do) shows the planted copies.

    ``recall``: of the planted pairs with a Jaccard of `ASKED` or more, the share that lies in one group; ``recall_at``
    the same for each kind of family, whose mean Jaccard is in ``jaccard_at``. ``precision``: of the pairs that lie in
    one group, the share that lies in one group of the truth (the connected components of pairs with a Jaccard of
    `MERGING` or more). ``contained``: of the pairs that are no copies but of which one holds `CONTAINED` of the other,
    the share reported as contained, or nothing when there is no file of such pairs beside ``groups``.
    """
    found = pq.read_table(groups)
    group_of = dict(zip(found["article_id"].to_pylist(), found["group"].to_pylist(), strict=True))
    truth = pq.read_table(folder / TRUTH)
    known = pa.array(list(group_of))
    both = pc.and_(pc.is_in(truth["article_id_a"], known), pc.is_in(truth["article_id_b"], known))
    pairs = truth.filter(both).to_pylist()

    def recall(some: list[dict[str, Any]]) -> float | None:
        together = [group_of[pair["article_id_a"]] == group_of[pair["article_id_b"]] for pair in some]
        return sum(together) / len(together) if together else None

    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for pair in pairs:
        by_kind[pair["planted"]].append(pair)
    true_group = _components(pairs)
    cells = Counter((group, true_group.get(article, article)) for article, group in group_of.items())
    grouped, rightly = _count_pairs(Counter(group_of.values())), _count_pairs(cells)
    contained = [p for p in pairs if p["jaccard"] < MERGING and _containment(p) >= CONTAINED]
    beside = groups.with_name("contained.parquet")
    return {
        "n_articles": len(group_of),
        "recall": recall([pair for pair in pairs if pair["jaccard"] >= ASKED]),
        "recall_at_merging": recall([pair for pair in pairs if pair["jaccard"] >= MERGING]),
        "precision": rightly / grouped if grouped else None,
        "pairs_grouped": grouped,
        "contained": _contained_found(contained, beside) if beside.exists() and contained else None,
        "recall_at": {kind: recall(some) for kind, some in sorted(by_kind.items())},
        "jaccard_at": {kind: sum(p["jaccard"] for p in some) / len(some) for kind, some in sorted(by_kind.items())},
    }


def _containment(pair: dict[str, Any]) -> float:
    return float(max(pair["containment_a_in_b"], pair["containment_b_in_a"]))


def _contained_found(contained: list[dict[str, Any]], path: Path) -> float:
    table = pq.read_table(path)
    found = {frozenset(ids) for ids in zip(*(column.to_pylist() for column in table.columns), strict=True)}
    return sum(frozenset((p["article_id_a"], p["article_id_b"])) in found for p in contained) / len(contained)


def _count_pairs(sizes: Counter[Any]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes.values())


def _components(pairs: list[dict[str, Any]]) -> dict[str, str]:
    """For each article of a merging pair, a name that all articles joined to it have."""
    root: dict[str, str] = {}

    def find(article: str) -> str:
        while root.setdefault(article, article) != article:
            article = root[article]
        return article

    for pair in pairs:
        if pair["jaccard"] >= MERGING:
            root[find(pair["article_id_a"])] = find(pair["article_id_b"])
    return {article: find(article) for article in list(root)}


def main() -> None:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write", help="write a corpus and its truth")
    write.add_argument("folder", type=Path)
    write.add_argument("--articles", type=int, default=100_000, help="articles in the corpus")
    write.add_argument("--words", type=int, default=400, help="words in an article, on average")
    write.add_argument("--copied", type=float, default=0.3, help="share of the articles in families of copies")
    write.add_argument("--jaccards", type=float, nargs="+", default=JACCARDS, help="of the planted pairs")
    write.add_argument("--only-copies", action="store_true", help="plant pairs alone: no excerpts, no larger families")
    write.add_argument("--typographic", type=float, default=0.5, help="share of families with curly quotes and dashes")
    write.add_argument("--seed", type=int, default=1)
    score = commands.add_parser("score", help="print the score of groups as JSON")
    score.add_argument("folder", type=Path)
    score.add_argument("groups", type=Path)
    options = parser.parse_args()
    if options.command == "write":
        write_corpus(options.folder, options)
    else:
        print(json.dumps(score_groups(options.folder, options.groups)))


if __name__ == "__main__":
    main()
