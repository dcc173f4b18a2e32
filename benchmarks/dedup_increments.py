"""What a change costs the table of signatures and its index: additions, edits and removals where very many are stored.

    python benchmarks/dedup_increments.py --articles 1000000

Draws seeded signatures (what texts of some hundred shingles would hash to; one article in ten copies another, and forms
of words stand in up to one in seventy), stores them, and prints for each change its CPU and wall seconds, the bytes
that it read and wrote, and how many candidate pairs it found. Each change finds the state that the one before it left;
the index is opened anew, as in a new process. Nothing is downloaded or kept.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedup.index import SignatureIndex
from pipeline.dedup.signatures import SKETCH_BOUND, anchor_window, band_keys
from pipeline.lake import Part, logs
from pipeline.lake.runs import RunStore
from pipeline.lake.storage import Storage
from pipeline.settings import Settings
from pipeline.tables import SIGNATURES, row_id

COPIED = 0.1  # share of the articles that are copies
KEPT = 0.92  # share of an original's shingles that a copy keeps
PHRASES = 20_000  # forms of words that stand in many articles, each with one value in their sketches
PHRASES_PER_ARTICLE = 3
PER_BATCH = 1 << 14  # articles drawn together, and among which copies are made
PER_PORTION = 1 << 15  # articles of the first ones that are stored together
SIZES = (200, 600)  # shingles of an article

U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]
Drawn = tuple[I64, U32, list[U32], list[U32]]  # sizes, minimums, sketches, anchors


def draw(n: int, seed: Sequence[int], originals: Drawn | None, settings: Settings) -> Drawn:
    """``n`` signatures; the copies among them are of ``originals``, or of the first of these ``n``."""
    generator = np.random.Generator(np.random.SFC64(list(seed)))
    sizes = generator.integers(*SIZES, n)
    uniform = -np.expm1(-generator.standard_exponential((n, settings.num_perm)) / sizes[:, None])
    minimums = (uniform * 2**32).astype(np.uint32)
    ranks = np.arange(1, PHRASES + 1) + 30.0
    steps = np.cumsum(1 / ranks) / (1 / ranks).sum()
    phrases = np.searchsorted(steps, generator.random((n, PHRASES_PER_ARTICLE))) * (SKETCH_BOUND // PHRASES)
    window = anchor_window(settings)
    n_sketch = generator.binomial(sizes, SKETCH_BOUND / 2**32)
    n_anchors = generator.binomial(sizes, (1 - SKETCH_BOUND / 2**32) ** window * 2 / (window + 1))
    values = generator.integers(0, SKETCH_BOUND, n_sketch.sum(), dtype=np.uint32)
    others = generator.triangular(SKETCH_BOUND, SKETCH_BOUND, 2**32, n_anchors.sum()).astype(np.uint32)
    sketches = np.split(values, np.cumsum(n_sketch)[:-1])
    anchors = np.split(others, np.cumsum(n_anchors)[:-1])
    source = originals or (sizes.copy(), minimums.copy(), list(sketches), list(anchors))
    for row in np.flatnonzero(generator.random(n) < COPIED).tolist():
        original = int(generator.integers(0, len(source[0]) if originals else max(1, row)))
        sizes[row] = source[0][original]
        agree = generator.random(settings.num_perm) < KEPT / (2 - KEPT)
        minimums[row] = np.where(agree, source[1][original], minimums[row])
        for own, theirs in ((sketches, source[2][original]), (anchors, source[3][original])):
            stay = generator.random(len(theirs)) < KEPT
            own[row] = np.concatenate([theirs[stay], own[row][: np.count_nonzero(~stay)]])
    sketches = [
        np.unique(np.append(sketch, own.astype(np.uint32))) for sketch, own in zip(sketches, phrases, strict=True)
    ]
    return sizes, minimums, sketches, [np.unique(anchor) for anchor in anchors]


def make_table(ids: Sequence[str], drawn: Drawn, settings: Settings) -> pa.Table:
    """Rows of the `signatures` table."""
    sizes, minimums, sketches, anchors = drawn
    bands = band_keys(minimums, settings.band_rows)
    columns = {
        "article_id": pa.array(ids, pa.string()),
        "n_tokens": sizes.astype(np.int32),
        "n_shingles": sizes.astype(np.int32),
        "signature": _lists([minimums.ravel()], np.full(len(ids), minimums.shape[1])),
        "bands": _lists([bands.ravel()], np.full(len(ids), bands.shape[1])),
        "sketch": _lists(sketches, np.array(list(map(len, sketches)))),
        "anchors": _lists(anchors, np.array(list(map(len, anchors)))),
    }
    return pa.table(columns, schema=SIGNATURES.schema)


def _lists(parts: Sequence[npt.NDArray[Any]], lengths: I64) -> pa.ListArray:
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(np.concatenate(parts)))


class CountingStorage(Storage):
    """Storage that counts what is read and written of Parquet objects."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.read = self.written = 0

    def write_table(self, table: pa.Table, rows_per_group: int = 1 << 16) -> tuple[str, int]:
        name, size = super().write_table(table, rows_per_group)
        self.written += size
        return name, size

    def read_table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        self.read += (self.objects / f"{name}.parquet").stat().st_size
        return super().read_table(name, columns)


@dataclass
class Cost:
    """What something took: CPU and wall seconds, bytes read and written."""

    cpu: float = 0.0
    wall: float = 0.0
    read: int = 0
    written: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.cpu + other.cpu, self.wall + other.wall, self.read + other.read, self.written + other.written)


class Bench:
    """A table of signatures and their index in a folder, changed step by step and measured."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.storage = CountingStorage(folder)
        self.storage.prepare()
        self.store = RunStore(self.storage)
        self.settings = settings
        self.parts: tuple[Part, ...] = ()
        self.recorded: dict[str, Any] | None = None

    def build(self, n: int) -> Drawn:
        """Store ``n`` articles; returns the first of them, of which later ones may be copies."""
        first: Drawn | None = None
        total, n_found = Cost(), 0
        for start in range(0, n, PER_PORTION):
            batch = [
                (i, draw(min(PER_BATCH, n - i), (1, i), None, self.settings))
                for i in range(start, min(n, start + PER_PORTION), PER_BATCH)
            ]
            first = first or batch[0][1]
            table = pa.concat_tables(
                make_table(names(range(i, i + len(drawn[0]))), drawn, self.settings) for i, drawn in batch
            )
            cost, found, _ = self.change(table, ())
            total, n_found = total + cost, n_found + len(found)
        self.print_line(f"add {n:,}", total, n_found)
        assert first is not None
        return first

    def change(self, table: pa.Table, gone: Sequence[str]) -> tuple[Cost, pa.Table, SignatureIndex]:
        """Make a change and find the candidates of what is new; ``gone`` are removed or replaced."""
        before = self.cost_so_far()
        keys = pa.array(gone, pa.string())
        self.parts = logs.append(self.storage, SIGNATURES, self.parts, table, keys)
        index = SignatureIndex(self.store, self.recorded, self.settings)
        index.update(table, pa.array(["0" * 16] * len(table)), gone)
        found = index.find_candidates(table)
        self.recorded = index.to_json()
        after = self.cost_so_far()
        cost = Cost(
            after.cpu - before.cpu,
            after.wall - before.wall,
            after.read - before.read,
            after.written - before.written,
        )
        return cost, found, index

    def measure(self, name: str, table: pa.Table, gone: Sequence[str] = ()) -> None:
        """Make a change and print what it cost."""
        cost, found, _ = self.change(table, gone)
        self.print_line(name, cost, len(found))

    def cost_so_far(self) -> Cost:
        traffic = self.store.traffic
        return Cost(
            time.process_time(),
            time.perf_counter(),
            self.storage.read + traffic.read,
            self.storage.written + traffic.written,
        )

    def print_line(self, name: str, cost: Cost, n_found: int) -> None:
        n_segments = len(self.recorded["segments"]) if self.recorded else 0
        print(
            f"{name:<14}{cost.cpu:>9.3f}{cost.wall:>9.3f}{megabytes(cost.read):>14}{megabytes(cost.written):>14}"
            f"{n_found:>12,}{n_segments:>10}{len(self.parts):>7}",
            flush=True,
        )


def names(numbers: range) -> list[str]:
    return [row_id(str(number)) for number in numbers]


def megabytes(n: int) -> str:
    return f"{n / 1e6:,.2f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("--articles", type=int, default=50_000, help="articles stored before the changes")
    parser.add_argument("--folder", type=Path, default=None, help="where the index may lie for the time of the run")
    given = parser.parse_args()
    n, settings = given.articles, Settings()
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="newsclaims-benchmark-") as folder:
        bench = Bench(Path(folder), settings)
        print(
            f"{'':<14}{'CPU s':>9}{'wall s':>9}{'read':>14}{'written':>14}"
            f"{'candidates':>12}{'segments':>10}{'parts':>7}"
        )
        originals = bench.build(n)

        def rows(numbers: range, edition: int) -> pa.Table:
            return make_table(names(numbers), draw(len(numbers), (2, edition), originals, settings), settings)

        for edition in range(4):
            bench.measure("add 1", rows(range(n + edition, n + edition + 1), edition))
        bench.measure("add 100", rows(range(n + 10, n + 110), 4))
        bench.measure("add 10,000", rows(range(n + 200, n + 10_200), 5))
        edited = range(n // 2, n // 2 + 100)
        bench.measure("edit 100", rows(edited, 6), names(edited))
        bench.measure("remove 100", SIGNATURES.empty(), names(range(n // 3, n // 3 + 100)))
        bench.measure("add 1", rows(range(n + 10_300, n + 10_301), 8))
        index = SignatureIndex(bench.store, bench.recorded, settings)
        print(
            f"{index.n_articles:,} articles: signatures {megabytes(sum(part.bytes for part in bench.parts))}, "
            f"index {megabytes(index_bytes(bench.recorded))}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process, pages of mapped files included: {peak:,.0f} MB")


def index_bytes(recorded: dict[str, Any] | None) -> int:
    segments = recorded["segments"] if recorded else []
    return sum(run["bytes"] for segment in segments for run in (segment["run"], segment["dead"]) if run)


if __name__ == "__main__":
    main()
