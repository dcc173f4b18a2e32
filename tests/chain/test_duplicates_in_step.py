"""Pairs and groups of copies after any history of a source folder: byte for byte those of a rebuild."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import dedup
from pipeline.chain import STAGES
from pipeline.dedup.index import segments
from pipeline.lake import Lake, StageReport
from pipeline.lake.releases import collect_garbage, verify
from pipeline.settings import Settings

SEARCHED = ("articles", "passages", "signatures", "duplicate_pairs", "copy_groups")
WORDS = ("ferry", "harbour", "council", "tariff", "vote", "crane", "storm", "ledger", "minister", "strike", "depot")


class Folder:
    """A source folder that changes, and the lakes that follow it."""

    def __init__(self, root: Path, seed: int) -> None:
        self.sources = root / "sources"
        self.sources.mkdir()
        self.root = root
        self.generator = random.Random(seed)

    def write(self, name: int, story: int, cut: tuple[int, int], changed: int) -> None:
        """An article of some of a story's words, a few of them replaced."""
        of_story = random.Random(story)
        words = [f"{of_story.choice(WORDS)}{of_story.randrange(90)}" for _ in range(160)][slice(*cut)]
        for place in self.generator.sample(range(len(words)), changed):
            words[place] = f"changed{self.generator.randrange(10**6)}"
        sentences = [" ".join(words[i : i + 16]).capitalize() + "." for i in range(0, len(words), 16)]
        (self.sources / f"{name:02}.txt").write_text("\n\n".join(sentences), encoding="utf-8")

    def change(self) -> None:
        """Add, edit and remove some articles."""
        for name in self.generator.sample(range(12), 4):
            path = self.sources / f"{name:02}.txt"
            if path.exists() and self.generator.random() < 0.4:
                path.unlink()
            else:
                cut = self.generator.choice([(0, 160), (0, 160), (0, 150), (30, 110)])
                self.write(name, self.generator.randrange(2), cut, self.generator.choice([0, 1, 2, 6]))

    def follow(self, lake: str, **options: Any) -> dict[str, StageReport]:
        """Bring a lake in step."""
        settings = Settings(sources=self.sources, data=self.root / lake, workers=1, **options)
        opened = Lake(settings.data)
        with opened.locked(1):
            return {stage.name: stage.run(opened, settings) for stage in STAGES if stage.name in SEARCHED}

    def bytes_of(self, lake: str, table: str) -> dict[int, str]:
        return {part.bucket: part.object for part in Lake(self.root / lake).required_head(table).parts}


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[[int], Folder]:
    return lambda seed: Folder(tmp_path, seed)


@pytest.mark.parametrize("seed", range(3))
def test_pairs_and_groups_are_those_of_a_rebuild(
    seed: int, make_folder: Callable[[int], Folder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "TIER", 2)
    folder, sizes = make_folder(seed), set()
    for step in range(6):
        folder.change()
        folder.follow("grown")
        folder.follow(f"rebuilt {step}")
        for table in ("duplicate_pairs", "copy_groups"):
            assert folder.bytes_of("grown", table) == folder.bytes_of(f"rebuilt {step}", table)
        groups = Lake(folder.root / "grown").read("copy_groups")
        sizes.add(tuple(sorted(groups["n_articles"].to_pylist())))
    assert len(sizes) > 2  # groups merged and split on the way
    assert verify(Lake(folder.root / "grown")) == []


def test_only_new_pairs_are_verified(make_folder: Callable[[int], Folder]) -> None:
    folder = make_folder(1)
    for name in range(4):
        folder.write(name, story=0, cut=(0, 160), changed=1)
    assert folder.follow("grown")["duplicate_pairs"].computed == 6
    folder.write(4, story=0, cut=(0, 160), changed=1)
    report = folder.follow("grown")["duplicate_pairs"]
    assert (report.computed, report.reused, report.removed) == (4, 6, 0)
    (folder.sources / "00.txt").unlink()
    report = folder.follow("grown")["duplicate_pairs"]
    assert (report.computed, report.reused, report.removed) == (0, 6, 4)


def test_other_thresholds_search_anew(make_folder: Callable[[int], Folder]) -> None:
    folder = make_folder(2)
    for name, changed in enumerate([0, 1, 6, 9]):
        folder.write(name, story=0, cut=(0, 160), changed=changed)
    folder.follow("grown")
    folder.follow("grown", jaccard_threshold=0.4, containment_threshold=0.5)
    folder.follow("rebuilt", jaccard_threshold=0.4, containment_threshold=0.5)
    for table in ("duplicate_pairs", "copy_groups"):
        assert folder.bytes_of("grown", table) == folder.bytes_of("rebuilt", table)


def test_death_before_the_commit_leaves_the_index_as_it_was(
    make_folder: Callable[[int], Folder], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder(3)
    for name in range(3):
        folder.write(name, story=0, cut=(0, 160), changed=1)
    folder.follow("grown")
    folder.write(3, story=0, cut=(0, 160), changed=1)
    (folder.sources / "00.txt").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(dedup, "verify_pairs", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            folder.follow("grown")
    lake = Lake(folder.root / "grown")
    collect_garbage(lake, keep=1)
    folder.follow("grown")
    folder.follow("rebuilt")
    for table in ("duplicate_pairs", "copy_groups"):
        assert folder.bytes_of("grown", table) == folder.bytes_of("rebuilt", table)
    assert verify(lake) == []
