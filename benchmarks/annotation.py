"""Words per CPU second of the annotation stage beside a bare `nlp.pipe`, on the same texts, in one run.

    python benchmarks/annotation.py FOLDER [FOLDER …] --articles 300

Three questions. How much of the bare pipeline's speed is left once passages are looked up, tokens stored, digests taken
and tables written? The two take turns, and the best round of each counts, so that other work on the machine weighs on
both. How much faster is a corpus in which every article stands ten times? And how much faster are two workers than one,
by the clock, with the same objects written?
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.compute as pc
from spacy.language import Language

from pipeline.chain import STAGES
from pipeline.ingest import read_sources, scan_sources
from pipeline.lake import Lake
from pipeline.settings import Settings
from pipeline.tables import TAGGED_KINDS
from pipeline.text.annotation import annotate as annotate_passages
from pipeline.text.annotation import load_model

COPIES = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="folders with articles, in any form the chain reads")
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2, help="compared with one; 1 leaves the comparison out")
    options = parser.parse_args()
    texts = collect_texts(options.folders)[: options.articles]
    with tempfile.TemporaryDirectory() as temporary:
        new = prepare(texts, 1, Path(temporary) / "new")
        repeated = prepare(texts, COPIES, Path(temporary) / "repeated")
        passages = distinct_passages(Lake(new.data))
        words = sum(len(text.split()) for text in passages)
        print(f"{len(texts)} articles, {len(passages)} distinct passages, {words} words")
        compare_with_bare_model(new, repeated, passages, options.rounds)
        if options.workers > 1:
            compare_workers(new, words, options.workers, options.rounds)


def compare_with_bare_model(new: Settings, repeated: Settings, passages: list[str], rounds: int) -> None:
    """Print words per CPU second: model alone, stage on new text, stage on a corpus of copies."""
    nlp = load_model(new.spacy_model)
    compare_results(nlp, passages)

    def run_model() -> None:
        for _ in nlp.pipe(passages):
            pass

    words = sum(len(text.split()) for text in passages)
    in_all = COPIES * sum(Lake(new.data).read("articles", ["n_words"])["n_words"].to_pylist())
    bare, stage, copies = [], [], []
    for _ in range(rounds):
        bare.append(cpu_seconds(run_model))
        stage.append(cpu_seconds(lambda: annotate(new)))
        copies.append(cpu_seconds(lambda: annotate(repeated)))
    once = sum(Lake(new.data).read("articles", ["n_words"])["n_words"].to_pylist())
    print(f"bare nlp.pipe             {words / min(bare):8.0f} words per CPU second ({min(bare):.2f} s)")
    print(f"annotation stage          {words / min(stage):8.0f} words per CPU second ({min(stage):.2f} s)")
    print(f"  of the bare model       {min(bare) / min(stage):8.2f}")
    print(f"words of articles, new    {once / min(stage):8.0f} per CPU second")
    print(f"words of articles, copies {in_all / min(copies):8.0f} per CPU second ({min(copies):.2f} s)")
    of_model = in_all * min(bare) / (once * min(copies))
    print(f"  of the bare model       {of_model:8.2f}, every article standing {COPIES} times")


def compare_results(nlp: Language, passages: list[str]) -> None:
    """Hold what the stage stores against what the bare model says of each passage."""
    stored = annotate_passages(passages, passages, Settings().spacy_model).to_pylist()
    for doc, row in zip(nlp.pipe(passages), stored, strict=True):
        for token, *values in zip(doc, row["head"], row["dep"], row["tag"], row["lemma"], row["ent_type"], strict=True):
            if values != [token.head.i, token.dep_, token.tag_, token.lemma_, token.ent_type_]:
                raise SystemExit(f"stage and model disagree on {token.text!r}, {token.i}, of: {doc.text}")


def compare_workers(settings: Settings, words: int, workers: int, rounds: int) -> None:
    """Print the time by the clock with one worker and with several, and hold the written objects against each other."""
    clock: dict[int, list[float]] = {1: [], workers: []}
    written = set()
    for _ in range(rounds):
        for count, taken in clock.items():
            started = time.perf_counter()
            written.add(annotate(settings.model_copy(update={"workers": count})))
            taken.append(time.perf_counter() - started)
    if len(written) != 1:
        raise SystemExit("the objects written depend on the number of workers")
    one, several = min(clock[1]), min(clock[workers])
    print(f"one worker {one:.2f} s, {workers} workers {several:.2f} s by the clock: {one / several:.2f} times as fast,")
    print(f"  {words / several:.0f} words a second, the same objects written")


def collect_texts(folders: list[Path]) -> list[str]:
    """The texts of all readable articles below the folders, in the order of their paths, each once."""
    found: dict[str, None] = {}
    for folder in folders:
        settings = Settings(sources=folder)
        articles, _ = read_sources(scan_sources(settings)["source_file"].to_pylist(), settings)
        found.update(dict.fromkeys(articles.sort_by("source_uri")["text"].to_pylist()))
    return list(found)


def prepare(texts: list[str], copies: int, folder: Path) -> Settings:
    """A lake over so many copies of each article, up to the passages."""
    sources = folder / "articles"
    sources.mkdir(parents=True)
    for number, text in enumerate(texts):
        for copy in range(copies):
            (sources / f"{number:06d}-{copy}.txt").write_text(text, encoding="utf-8")
    settings = Settings(sources=sources, data=folder / "data", workers=1)
    lake = Lake(settings.data)
    with lake.locked(1):
        for stage in STAGES:
            if stage.name in ("articles", "passages"):
                stage.run(lake, settings)
    return settings


def distinct_passages(lake: Lake) -> list[str]:
    """The texts that the stage has to annotate, each once."""
    articles, passages = lake.read("articles", ["article_id", "text", "status"]), lake.read("passages").to_pylist()
    tagged = articles.filter(pc.equal(articles["status"], "tagged"))
    texts = dict(zip(tagged["article_id"].to_pylist(), tagged["text"].to_pylist(), strict=True))
    return list(
        dict.fromkeys(
            texts[row["article_id"]][row["start"] : row["end"]]
            for row in passages
            if row["kind"] in TAGGED_KINDS and row["article_id"] in texts
        )
    )


def annotate(settings: Settings) -> str:
    """Run the annotation stage from nothing; returns the digest of its table."""
    lake = Lake(settings.data)
    (settings.data / "stages" / "annotations.json").unlink(missing_ok=True)
    for written in lake.storage.objects.glob("*"):
        if f'"{written.stem}"' not in named_objects(settings.data):
            written.unlink()
    with lake.locked(1):
        return (
            next(stage for stage in STAGES if stage.name == "annotations")
            .run(lake, settings)
            .heads["annotations"]
            .digest
        )


def named_objects(data: Path) -> str:
    """What the stages that have run name, so that all else can go."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted((data / "stages").glob("*.json")))


def cpu_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
