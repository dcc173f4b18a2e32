"""Precision and recall of the agencies that `origins` finds, against metadata that names the wire of each article.

    python benchmarks/origins.py FOLDER METADATA [--list]

METADATA is a tab-separated file with the columns ``filename`` (of a text in FOLDER, without its suffix), ``publisher``,
``author`` and ``wire`` (the agency, or None). What counts as found are the news agencies of an article's credits of
evidence `credit_line` and `byline`: what it says that it is made of. (An agency that is only cited is no wire.) The
articles are read in two ways: with the text alone, and with author and publisher beside it, as a sidecar gives them.
"In the text" counts the articles whose text writes the agency's name or letters at all: no more can be found in it.
With ``--list`` the misses and false finds follow.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.dedup import find_credits, group_copies, trace_origins
from pipeline.dedup.outlet_names import is_agency, listed_outlets
from pipeline.ingest import read_sources, scan_sources, split_passages
from pipeline.settings import Settings
from pipeline.tables import DUPLICATE_PAIRS

NO_WIRE = ("", "None", "NA")


@dataclass(frozen=True)
class Judged:
    """An article's wire by the metadata (None without one), the agencies found, and whether its text names the wire."""

    name: str
    wire: str | None
    found: frozenset[str]
    written: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("metadata", type=Path)
    parser.add_argument("--list", action="store_true", help="name the articles that were missed or wrongly found")
    options = parser.parse_args()
    wires = read_wires(options.metadata)
    settings = Settings(sources=options.folder)
    articles, _ = read_sources(scan_sources(settings)["source_file"].to_pylist(), settings)
    print("| Read | Articles | With a wire | In the text | Found | Right | Precision | Recall | Recall in the text |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for title, table in (("text", articles), ("text, author, publisher", with_metadata(articles, wires))):
        judged = judge(table, wires, settings)
        report(title, judged)
        if options.list:
            for row in judged:
                if (row.wire is None and row.found) or (row.wire is not None and row.wire not in row.found):
                    print(f"  {row.name}: wire {row.wire}, found {sorted(row.found)}{', written' * row.written}")


def read_wires(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["filename"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def name_of(source_uri: str) -> str:
    return Path(source_uri).name.removesuffix(".txt")


def with_metadata(articles: pa.Table, wires: dict[str, dict[str, str]]) -> pa.Table:
    """``articles`` with publisher and author of the metadata."""
    rows = [wires.get(name_of(uri), {}) for uri in articles["source_uri"].to_pylist()]
    given = {
        "publisher": [row.get("publisher") or None for row in rows],
        "byline": [[row["author"]] if row.get("author") not in (None, "", "None", "NA") else [] for row in rows],
    }
    for name, values in given.items():
        field = articles.schema.field(name)
        articles = articles.set_column(articles.schema.get_field_index(name), field, pa.array(values, field.type))
    return articles


def judge(articles: pa.Table, wires: dict[str, dict[str, str]], settings: Settings) -> list[Judged]:
    passages = split_passages(articles)
    groups = group_copies(DUPLICATE_PAIRS.empty(), articles)
    origins = trace_origins(find_credits(articles, passages, settings), articles, passages, groups, settings)
    agencies: dict[str, set[str]] = defaultdict(set)
    for row in origins.to_pylist():
        if row["evidence"] in ("credit_line", "byline") and is_agency(row["origin"]):
            agencies[row["article_id"]].add(row["origin"])
    judged = []
    for article in articles.select(["article_id", "source_uri", "text"]).sort_by("source_uri").to_pylist():
        name = name_of(article["source_uri"])
        if name in wires:
            given = wires[name]["wire"]
            wire = None if given in NO_WIRE else listed_outlets().normalise(given)
            names = [given, wire] if wire else []
            written = any(re.search(rf"\b{re.escape(n)}\b", article["text"], re.IGNORECASE) for n in names if n)
            judged.append(Judged(name, wire, frozenset(agencies[article["article_id"]]), written))
    return judged


def report(title: str, judged: list[Judged]) -> None:
    with_wire = [row for row in judged if row.wire is not None]
    written = [row for row in with_wire if row.written]
    right = sum(row.wire in row.found for row in with_wire)
    right_written = sum(row.wire in row.found for row in written)
    found = sum(len(row.found) for row in judged)
    shares = [share(right, found), share(right, len(with_wire)), share(right_written, len(written))]
    print(f"| {' | '.join(map(str, (title, len(judged), len(with_wire), len(written), found, right, *shares)))} |")


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


if __name__ == "__main__":
    main()
