"""The whole deduplication job with newsclaims and with every peer, on the same articles, in one run.

    python benchmarks/dedup.py --articles 100000

Writes a seeded corpus with planted copies (see `benchmarks/dedup_corpus.py`) and runs each contestant on it, one after
the other, each as a process of its own pinned to one core (or two): read Parquet, normal form, 5-word shingles, 128
MinHash permutations, LSH, the exact Jaccard of the candidates, groups, write Parquet. Lines marked "unchecked" leave
the exact Jaccard out. Prints a line for each: CPU seconds (user and system, all its processes, start-up included), wall
seconds, peak memory, articles per CPU second, precision and recall against the planted copies, and how many times as
many articles per CPU second newsclaims does.

Peers live in virtual environments of their own, made on first use from the pinned requirements in benchmarks/peers. A
peer that cannot be installed or fails gives a line that says so.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.dedup_peers import CONTESTANTS, ROOT, Contestant, ContestantError, prepare_environment, run_contestant

BASE = "newsclaims"
WARMING = 1_000  # articles of the corpus that everybody runs on first, unmeasured
ENOUGH = 60.0  # CPU seconds of a run that is not repeated
HEADER = (
    f"{'':<24}{'articles':>9}{'CPU s':>9}{'wall s':>9}{'MiB':>8}{'per CPU s':>11}{'precision':>11}{'recall':>8}"
    f"{'contained':>11}{'times slower':>14}"
)

Row = dict[str, Any]


def main() -> None:
    options = read_options()
    named = {contestant.name: contestant for contestant in CONTESTANTS}
    chosen = [named[name] for name in options.only or named]
    size = [f"--{name}={getattr(options, name)}" for name in ("articles", "words", "typographic", "seed")]
    with tempfile.TemporaryDirectory(prefix="newsclaims-benchmark-") as temporary:
        work = options.work or Path(temporary)
        rows = run_all(chosen, options, write_corpus(work, size), work)
    print_table(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000, help="articles in the corpus")
    parser.add_argument("--words", type=int, default=400, help="words in an article, on average")
    parser.add_argument("--typographic", type=float, default=0.5, help="share of articles with curly quotes and dashes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[contestant.name for contestant in CONTESTANTS],
        metavar="NAME",
        help="lines of the table to run, in this order",
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    add_run_options(parser)
    return parser.parse_args()


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """What `run_all` reads."""
    parser.add_argument(
        "--repeat",
        type=int,
        default=1,
        help=f"rounds, of which each contestant's cheapest counts; those that take over {ENOUGH:g} CPU s run once",
    )
    parser.add_argument("--patience", type=float, default=3600, help="wall seconds that a contestant may take")
    parser.add_argument(
        "--environments",
        type=Path,
        default=Path(tempfile.gettempdir()) / "newsclaims-peers",
        help="folder with the peers' virtual environments (default: %(default)s)",
    )
    parser.add_argument("--newer-python", help="Python for peers that do not install on this one")
    parser.add_argument("--work", type=Path, help="folder for corpus and results (default: a temporary one)")


def write_corpus(work: Path, arguments: Sequence[str]) -> Path:
    """The folder below ``work`` of the corpus with these arguments, which is written unless it is there."""
    corpus = work / " ".join(["corpus", *arguments])
    if not (corpus / "articles.parquet").exists():
        call_corpus("write", str(corpus), *arguments)
    return corpus


def run_all(contestants: Sequence[Contestant], options: argparse.Namespace, corpus: Path, work: Path) -> list[Row]:
    """A row of figures for each contestant: of its cheapest run, or why it has none.

    Each runs on a small corpus first, so that no line but the one for that pays what is paid once on a machine.
    """
    warming = write_corpus(work, [f"--articles={WARMING}"])
    rows: dict[str, Row] = {}
    for _ in range(options.repeat):
        for contestant in contestants:
            before = rows.get(contestant.name, {"cpu_seconds": 0})
            if before.get("cpu_seconds", math.inf) > ENOUGH:
                continue
            if contestant.name not in rows and not contestant.cold:
                run_one(contestant, options, warming, work / contestant.name)
            row = run_one(contestant, options, corpus, work / contestant.name)
            print(describe(row, None), flush=True)
            if contestant.name not in rows or row.get("cpu_seconds", math.inf) < before["cpu_seconds"]:
                rows[contestant.name] = row
    return list(rows.values())


def run_one(contestant: Contestant, options: argparse.Namespace, corpus: Path, results: Path) -> Row:
    try:
        python = prepare_environment(contestant, options.environments, options.newer_python)
        cost = run_contestant(contestant, python, corpus / "articles.parquet", results, options.patience)
    except ContestantError as error:
        return {"name": contestant.name, "failed": str(error)}
    score = json.loads(call_corpus("score", str(corpus), str(results / "groups.parquet")))
    rate = score["n_articles"] / cost.cpu_seconds
    return {"name": contestant.name, "sample": contestant.sample, **asdict(cost), "per_cpu_second": rate, **score}


def call_corpus(*arguments: str) -> str:
    """Run `benchmarks.dedup_corpus` as a process of its own, so that this one stays small; what it printed."""
    command = [sys.executable, "-m", "benchmarks.dedup_corpus", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def print_table(rows: list[Row]) -> None:
    base = next((row["per_cpu_second"] for row in rows if row["name"] == BASE and "failed" not in row), None)
    print(f"\n{HEADER}")
    for row in sorted(rows, key=lambda row: -row.get("per_cpu_second", 0)):
        print(describe(row, base))
    if any(row.get("sample") for row in rows):
        print("* the first articles of the corpus alone")


def describe(row: Row, base: float | None) -> str:
    """A line of the table; ``base`` is the rate of newsclaims."""
    if "failed" in row:
        return f"{row['name']:<24}failed: {row['failed']}"
    mark = "*" if row["sample"] else ""
    shares = (f"{row[name]:.4f}" if row[name] is not None else "–" for name in ("precision", "recall", "contained"))
    precision, recall, contained = shares
    slower = f"{base / row['per_cpu_second']:.1f}" if base else ""
    return (
        f"{row['name'] + mark:<24}{row['n_articles']:>9,}{row['cpu_seconds']:>9.2f}{row['wall_seconds']:>9.2f}"
        f"{row['peak_memory']:>8,.0f}{row['per_cpu_second']:>11,.0f}{precision:>11}{recall:>8}{contained:>11}{slower:>14}"
    )


if __name__ == "__main__":
    main()
