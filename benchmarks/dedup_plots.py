"""The two plots of docs/deduplication.md: recall against Jaccard, and cost against corpus size.

    python benchmarks/dedup_plots.py measure docs/deduplication
    python benchmarks/dedup_plots.py draw docs/deduplication

`measure` runs contestants of `benchmarks/dedup.py` on corpora of several sizes, and on one with pairs planted at many
levels of Jaccard, and keeps the figures in ``figures.json``, where they replace those of an earlier run; ``--table``
adds those that `benchmarks/dedup.py --json` has kept. `draw` makes ``recall.svg`` and ``cost.svg`` of them: the same
figures always give the same files.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.dedup import Row, add_run_options, run_all, write_corpus
from benchmarks.dedup_peers import CONTESTANTS, Contestant

FIGURES = "figures.json"
SIZES = (5_000, 10_000, 20_000, 50_000, 100_000)
COSTS = ("newsclaims", "daft", "rensa", "gaoya", "datasketch", "datatrove", "text-dedup")
RECALLS = ("newsclaims", "daft, unchecked", "gaoya, unchecked", "datasketch, unchecked")
LEVELS = tuple(f"{jaccard / 100:g}" for jaccard in range(44, 98, 2))
PAIRS_PER_LEVEL = 200
COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#7f7f7f")  # told apart by all eyes
WAYS = {
    "newsclaims": "newsclaims (32 bands, exact check)",
    "daft, unchecked": "daft (32 bands, no check)",
    "gaoya, unchecked": "gaoya (32 bands, estimate of .7)",
    "datasketch, unchecked": "datasketch (its own bands for .7)",
}


def main() -> None:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("measure", help="run the contestants and keep the figures")
    measure.add_argument("folder", type=Path)
    measure.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="articles in the corpora for the cost")
    measure.add_argument("--only", nargs="+", metavar="NAME", help="contestants to run (default: those of the plots)")
    measure.add_argument("--table", type=Path, help="figures of benchmarks/dedup.py to add")
    add_run_options(measure)
    draw = commands.add_parser("draw", help="draw the figures kept")
    draw.add_argument("folder", type=Path)
    options = parser.parse_args()
    if options.command == "draw":
        draw_all(options.folder)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="newsclaims-benchmark-") as temporary:
        work = options.work or Path(temporary)
        if options.table:
            keep(options.folder, "cost", json.loads(options.table.read_text()))
        measure_recall(options, work)
        for size in options.sizes:
            chosen = _named(COSTS, options.only)
            keep(options.folder, "cost", run_all(chosen, options, write_corpus(work, [f"--articles={size}"]), work))


def measure_recall(options: argparse.Namespace, work: Path) -> None:
    chosen = _named(RECALLS, options.only)
    if not chosen:
        return
    n_articles = 2 * PAIRS_PER_LEVEL * len(LEVELS)
    planted = [f"--articles={n_articles}", "--copied=1", "--only-copies", "--jaccards", *LEVELS]
    keep(options.folder, "recall", run_all(chosen, options, write_corpus(work, planted), work))


def keep(folder: Path, figure: str, rows: list[Row]) -> None:
    """Put what a figure needs of these rows into `FIGURES`.

    ``cost``: contestant, articles, cpu_seconds. ``recall``: contestant, planted, jaccard, recall.
    """
    new: list[Row] = []
    for row in (row for row in rows if "failed" not in row):
        if figure == "cost" and row["name"] in COSTS:
            cost = {"articles": row["n_articles"], "cpu_seconds": round(row["cpu_seconds"], 2)}
            new.append({"contestant": row["name"], **cost})
        elif figure == "recall":
            for kind, jaccard in row["jaccard_at"].items():
                measured = {"jaccard": round(jaccard, 4), "recall": round(row["recall_at"][kind], 4)}
                new.append({"contestant": row["name"], "planted": kind, **measured})
    path = folder / FIGURES
    figures = json.loads(path.read_text()) if path.exists() else {"recall": [], "cost": []}
    figures[figure] = _merge(figures[figure], new)
    path.write_text(json.dumps(figures, indent=1) + "\n")


def _merge(kept: list[Row], new: list[Row]) -> list[Row]:
    """Both, in order; of rows that measure the same thing the new one."""
    keyed = {tuple(str(row.get(name, "")) for name in ("contestant", "planted", "articles")): row for row in kept + new}
    return sorted(keyed.values(), key=lambda row: (row["contestant"], row.get("jaccard", row.get("articles"))))


def _named(names: tuple[str, ...], only: list[str] | None) -> list[Contestant]:
    return [contestant for contestant in CONTESTANTS if contestant.name in names and contestant.name in (only or names)]


def draw_all(folder: Path) -> None:
    """Write the plots beside the figures."""
    import altair as alt  # noqa: PLC0415 - needed for drawing alone

    figures = json.loads((folder / FIGURES).read_text())
    recall = [row | {"contestant": WAYS[row["contestant"]]} for row in figures["recall"]]
    shared = alt.X("jaccard:Q", title="Jaccard of the two articles", scale=alt.Scale(domain=[0.44, 1]))
    found = alt.Y("recall:Q", title="share of pairs in one group", axis=alt.Axis(format="%", tickCount=5))
    _draw(alt, recall, (shared, found), list(WAYS.values()), folder / "recall.svg")
    latest = max(row["articles"] for row in figures["cost"])
    names = sorted(
        (row["contestant"] for row in figures["cost"] if row["articles"] == latest),
        key=lambda name: next(
            r["cpu_seconds"] for r in figures["cost"] if (r["contestant"], r["articles"]) == (name, latest)
        ),
    )
    sizes = sorted({row["articles"] for row in figures["cost"]})
    size = _logarithmic(alt.X("articles:Q", title="articles in the corpus"), alt, sizes)
    taken = _logarithmic(alt.Y("cpu_seconds:Q", title="CPU seconds, whole job"), alt, [0.3, 1, 3, 10, 30, 100, 300])
    _draw(alt, figures["cost"], (size, taken), names, folder / "cost.svg")


def _logarithmic(axis: Any, alt: Any, marked: list[float]) -> Any:
    return axis.scale(alt.Scale(type="log", nice=False)).axis(alt.Axis(values=marked, format=",~r"))


def _draw(alt: Any, rows: list[Row], axes: tuple[Any, Any], names: list[str], path: Path) -> None:
    """A line with points for each of ``names``, newsclaims' in the first colour and thicker."""
    ordered = sorted(names, key=lambda name: not name.startswith("newsclaims"))
    colours = dict(zip(ordered, COLOURS, strict=False))
    colour = alt.Color(
        "contestant:N",
        title=None,
        scale=alt.Scale(domain=names, range=[colours[name] for name in names]),
        legend=alt.Legend(orient="right", labelLimit=260),
    )
    own = alt.condition("slice(datum.contestant, 0, 10) == 'newsclaims'", alt.value(3.5), alt.value(1.5))
    base = alt.Chart(alt.Data(values=rows)).encode(x=axes[0], y=axes[1], color=colour)
    chart = base.mark_line().encode(strokeWidth=own) + base.mark_circle(size=24, opacity=1)
    chart = chart.properties(width=460, height=300).configure_view(stroke=None).configure(background="white")
    chart.save(path, format="svg")


if __name__ == "__main__":
    main()
