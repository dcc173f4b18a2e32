"""How often a pronoun or description in source position is resolved to the right one, on hand-labelled sources.

    python benchmarks/coreference.py OUT LABELS [--list]

OUT is a folder that `benchmarks/attribution.py` wrote (articles, attributions, document_mentions). LABELS is a CSV file
with the columns article (file name), start, end (code points of the source in the article) and antecedent: the fullest
name in the article, several joined by "; " ("Anna Brevik; Olaf Sund"), shorter spellings of one behind "|", or `none`
where nobody named is meant. A source is resolved to clusters of the article; it is right when each antecedent is among
them and nobody else. Labels whose source is no source of ours are counted apart. With --list, wrong ones are printed.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

_PRONOUNS = frozenset(["he", "she", "it", "they"])
_POSSESSIVE = re.compile(r"['’]s?(?=\s|$)")
_VERDICTS = ("right", "wrong", "unresolved", "absent")


def read_table(folder: Path, table: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of one table of OUT."""
    rows: list[dict[str, Any]] = pq.read_table(folder / table, columns=list(columns)).to_pylist()
    return rows


def clusters_named(mentions: Sequence[Mapping[str, Any]], name: str) -> set[int]:
    """Clusters with a mention that holds all words of the first spelling, or with nothing but words of the name."""
    spellings = [set(spelling.lower().split()) for spelling in name.split("|")]
    words: dict[int, list[set[str]]] = defaultdict(list)
    for mention in mentions:
        if mention["cluster_no"] is not None:
            words[mention["cluster_no"]].append(set(_POSSESSIVE.sub("", mention["text"].lower()).split()))
    known = set().union(*spellings)
    return {
        cluster
        for cluster, texts in words.items()
        if any(spellings[0] <= text for text in texts)
        or (all(text <= known for text in texts) and any(spelling <= text for spelling in spellings for text in texts))
    }


def judge(row: Mapping[str, Any] | None, mentions: Sequence[Mapping[str, Any]], antecedent: str) -> str:
    """`right`, `wrong`, `unresolved`, or `absent` where the source was not found.

    For `none`, right is to name nobody, wrong to name somebody.
    """
    if row is None:
        return "absent"
    resolved = set(row["source_clusters"])
    if antecedent == "none":
        return "wrong" if resolved else "right"
    if not resolved:
        return "unresolved"
    wanted = [clusters_named(mentions, name) for name in antecedent.split("; ")]
    fits = all(resolved & clusters for clusters in wanted) and not resolved - set().union(*wanted)
    return "right" if fits else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("out", type=Path, help="folder written by benchmarks/attribution.py")
    parser.add_argument("labels", type=Path, help="CSV file: article, start, end, antecedent")
    parser.add_argument("--list", action="store_true", help="print the wrong ones")
    arguments = parser.parse_args()

    articles = read_table(arguments.out, "articles", ["article_id", "source_uri", "text"])
    by_name = {Path(row["source_uri"]).name: row for row in articles}
    sources: dict[tuple[str, int], dict[str, Any]] = {}
    columns = ["article_id", "source_start", "source_clusters", "source_resolution"]
    for row in read_table(arguments.out, "attributions", columns):
        if row["source_start"] is not None:
            sources.setdefault((row["article_id"], row["source_start"]), row)
    mentions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_table(arguments.out, "document_mentions", ["article_id", "text", "start", "cluster_no"]):
        mentions[row["article_id"]].append(row)

    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with arguments.labels.open(encoding="utf-8", newline="") as file:
        for label in csv.DictReader(file):
            article = by_name.get(label["article"])
            if article is None:
                continue
            start, end = int(label["start"]), int(label["end"])
            words = article["text"][start:end]
            found = sources.get((article["article_id"], start))
            own = mentions[article["article_id"]]
            verdict = judge(found, own, label["antecedent"])
            kind = "pronoun" if words.lower() in _PRONOUNS else "description"
            named = "nobody named" if label["antecedent"] == "none" else "named"
            counts[f"{kind}, {named}"][verdict] += 1
            if arguments.list and verdict in ("wrong", "unresolved"):
                given = {m["text"] for m in own if found is not None and m["cluster_no"] in found["source_clusters"]}
                print(
                    f"{verdict:10} {label['article'][:48]:48} {start:6} {words!r} → {sorted(given)[:3]}, "
                    f"not {label['antecedent']}"
                )
    for kind, tally in sorted(counts.items()):
        decided = tally["right"] + tally["wrong"]
        accuracy = tally["right"] / decided if decided else 0.0
        print(
            f"{kind:28} {', '.join(f'{verdict} {tally[verdict]}' for verdict in _VERDICTS)}; "
            f"of those decided right {accuracy:.3f}"
        )


if __name__ == "__main__":
    main()
