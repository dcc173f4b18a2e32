"""What hostile text costs: CPU per character of every stage at growing lengths, for shapes that news never has.

    python benchmarks/scaling.py --lengths 10000 100000 1000000

Each shape is one unit, over and over, between two plain paragraphs of an article. A stage whose cost per character more
than doubles from one length to the next, which is ten times as long, grows faster than its input and is marked. A stage
that takes less than the given number of seconds is never marked: start-up counts for more than the text.
"""

from __future__ import annotations

import argparse
import datetime
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.chain import STAGES, make_release
from pipeline.lake import Lake
from pipeline.settings import Settings

SENTENCE = "The minister said the harbour would open, and Ada Berg denied it. "
SHAPES = {
    "sentences on one line": SENTENCE,
    "paragraphs": SENTENCE * 3 + "\n\n",
    "lines of one word": "harbour\n",
    "one word": "harbour ",
    "one name": "Berg ",
    "no spaces": "harbour",
    "one capital letter": "A",
    "said said said": "said ",
    "opening quotation marks": "“",
    "straight quotation marks": '"',
    "quotation marks between words": 'harbour" ',
    "quoted words": "“harbour” ",
    "apostrophes": "'",
    "single quotation marks": "‘harbour ",
    "opening brackets": "(",
    "brackets in brackets": "(harbour [Berg ",
    "full stops": ".",
    "dashes": " — ",
    "line ends": "\n",
    "blanks": " ",
    "digits": "1234567890",
    "dates": "Monday 3 October ",
    "addresses": "https://example.org/harbour?a=b&c=d ",
    "angle brackets": "<b>",
    "right to left": "الميناء ",
    "without word breaks": "港口开放",
    "emoji": "👩‍👩‍👧🏽",
    "combining marks": "e\u0301\u0302\u0303",
    "control characters": "a\x01\x0b\x7f ",
    "escapes": "\\ud83d\\u0000 ",
    "according to": "according to Berg ",
    "that that that": "that ",
    "commas": "Berg, ",
    "and and and": "Berg and ",
    "list of quotes and verbs": "“We agree,” said Berg, ",
    "hyphens": "well-",
    "credit lines": "(Halm Press)\n",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES), metavar="SHAPE")
    parser.add_argument("--seconds", type=float, default=0.5, help="stages below are never marked")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        warm = measure(SENTENCE * 10, Path(temporary) / "warm")  # compiles and loads what is loaded once
        print(f"stages: {', '.join(name for name, _ in warm)}")
        marked = 0
        for shape in options.shapes:
            marked += sum(grows for *_, grows in report(shape, options.lengths, options.seconds, Path(temporary)))
    print(f"{marked} stages cost more than twice as much per character at ten times the length")


def report(shape: str, lengths: list[int], seconds: float, folder: Path) -> Iterator[tuple[str, bool]]:
    """Measure a shape at all lengths, print a line for each and its dearest stages; (stage, grows) for each."""
    before: dict[str, float] = {}
    for length in sorted(lengths):
        unit = SHAPES[shape]
        costs = dict(measure((unit * (length // len(unit) + 1))[:length], folder / f"{shape} {length}"))
        per_character = {stage: 1e6 * cost / length for stage, cost in costs.items()}
        growing = {
            stage
            for stage, cost in costs.items()
            if before and cost > seconds and per_character[stage] > 2 * before[stage]
        }
        dearest = sorted(costs, key=lambda stage: -costs[stage])[:3]
        shown = [f"{stage} {costs[stage]:.2f} s" for stage in dict.fromkeys([*dearest, *sorted(growing)])]
        marks = "".join(f"  << {stage} {before[stage]:.1f} -> {per_character[stage]:.1f}" for stage in sorted(growing))
        total = sum(costs.values())
        print(f"{shape:30} {length:9} {total:7.2f} s {1e6 * total / length:7.1f} µs/char  {', '.join(shown)}{marks}")
        yield from ((stage, stage in growing) for stage in costs)
        before = per_character


def measure(text: str, folder: Path) -> list[tuple[str, float]]:
    """CPU seconds of each stage and of the release for one article."""
    sources = folder / "sources"
    sources.mkdir(parents=True)
    plain = SENTENCE * 4  # an article needs words to be read at all
    (sources / "article.txt").write_text(f"{plain}\n\n{text}\n\n{plain}", encoding="utf-8")
    (sources / "metadata.csv").write_text("file,language\narticle.txt,en\n", encoding="utf-8")
    settings = Settings(sources=sources, data=folder / "data", workers=1)
    lake = Lake(settings.data)
    costs = []
    with lake.locked(1):
        for stage in STAGES:
            started = time.process_time()
            stage.run(lake, settings)
            costs.append((stage.name, time.process_time() - started))
        started = time.process_time()
        make_release(lake, settings, datetime.datetime.now(datetime.UTC))
        costs.append(("release", time.process_time() - started))
    return costs


if __name__ == "__main__":
    main()
