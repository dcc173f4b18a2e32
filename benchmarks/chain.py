"""The whole chain on N articles: time, articles per second and peak memory of each stage, a no-op, one article added.

    python benchmarks/chain.py --texts FOLDER [FOLDER …] --articles 2000

Articles come from the readable files below the folders; when there are fewer than N, the rest is put together from
paragraphs of two of them (seeded), so that copies, partial copies and new text are all there. Each stage runs in a
process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from pipeline.chain import STAGES, make_release
from pipeline.ingest import read_sources, scan_sources
from pipeline.lake import Lake
from pipeline.settings import Settings

Measure = tuple[str, int, float, float, float]  # stage, keys computed, wall s, CPU s, peak MiB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=Settings().workers)
    parser.add_argument("--work", type=Path, help="folder for articles and tables (default: a temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        sources = work / "articles"
        texts = collect_texts(options.texts)
        write_articles(texts, options.articles, sources)
        settings = Settings(sources=sources, data=work / "data", workers=options.workers)
        print(f"{options.articles} articles, {len(texts)} of them as they came; {options.workers} workers")
        report("from nothing", run_stages(settings), options.articles)
        report("no-op", run_stages(settings), options.articles)
        (sources / "one-more.txt").write_text(compose(texts, random.Random(-1)), encoding="utf-8")
        report("one article added", run_stages(settings), 1)


def collect_texts(folders: list[Path]) -> list[str]:
    """The texts of all readable articles below the folders, in the order of their paths."""
    found = []
    for folder in folders:
        settings = Settings(sources=folder)
        articles, _ = read_sources(scan_sources(settings)["source_file"].to_pylist(), settings)
        found += [row["text"] for row in articles.select(["source_uri", "text"]).sort_by("source_uri").to_pylist()]
    return found


def compose(texts: list[str], chance: random.Random) -> str:
    """An article of paragraphs from two others, each kept in order."""
    paragraphs = []
    for text in chance.sample(texts, 2):
        pieces = [piece for piece in text.splitlines() if piece.strip()]
        start = chance.randrange(len(pieces))
        paragraphs += pieces[start : start + 12]
    return "\n\n".join(paragraphs)


def write_articles(texts: list[str], count: int, folder: Path) -> None:
    """``count`` files: the texts as they are, then composed ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        text = texts[number] if number < len(texts) else compose(texts, random.Random(number))
        (folder / f"{number:06d}.txt").write_text(text, encoding="utf-8")


def run_stages(settings: Settings) -> Iterator[Measure]:
    """Every stage, then the release, each in a fresh process."""
    context = multiprocessing.get_context("spawn")
    for name in [*(stage.name for stage in STAGES), "release"]:
        with ProcessPoolExecutor(1, mp_context=context) as process:
            yield process.submit(run_one, name, settings).result()


def run_one(name: str, settings: Settings) -> Measure:
    """Run a stage (or the release) and measure this process with its workers."""
    lake = Lake(settings.data)
    started, cpu = time.perf_counter(), _cpu_seconds()
    with lake.locked(settings.lock_timeout):
        if name == "release":
            computed = int(make_release(lake, settings, datetime.datetime.now(datetime.UTC)).created)
        else:
            computed = next(stage for stage in STAGES if stage.name == name).run(lake, settings).computed
    wall = time.perf_counter() - started
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    return name, computed, wall, _cpu_seconds() - cpu, peak


def _cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def report(title: str, measures: Iterator[Measure], articles: int) -> None:
    print(
        f"\n{title}\n{'stage':18} {'computed':>9} {'wall s':>8} {'CPU s':>8} {'art./s':>8} {'peak MiB':>9}", flush=True
    )
    wall = cpu = 0.0
    for name, computed, seconds, used, peak in measures:
        wall, cpu = wall + seconds, cpu + used
        print(f"{name:18} {computed:9} {seconds:8.2f} {used:8.2f} {articles / seconds:8.0f} {peak:9.0f}", flush=True)
    print(f"{'all stages':18} {'':9} {wall:8.2f} {cpu:8.2f} {articles / wall:8.1f}")


if __name__ == "__main__":
    main()
