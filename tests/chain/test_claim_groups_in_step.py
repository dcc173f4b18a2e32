"""Groups, quotation variants and conflicts after any history of articles: byte for byte those of a rebuild."""

from __future__ import annotations

import datetime
import functools
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.chain import STAGES
from pipeline.claims import blocking
from pipeline.lake import KeyedStage, Lake, StageReport, run_global_stage, run_keyed_stage
from pipeline.lake.releases import verify
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, CLAIMS, COPY_GROUPS, ENTITIES, ORIGINS, row_id

MADE = ("claim_features", "claim_matches", "claim_groups", "quote_variants", "conflicts")
COMPARED = ("claim_matches", "claim_groups", "claim_group_members", "quote_variants", "conflicts", "claim_overrides")
PLACES = ("Norland", "Vessia", "Ostmark", "Southmoor")
PEOPLE = {"Mira Tolvanen": "Norland", "Pavel Dressen": "Vessia", "Ada Quill": None}
CONTENTS = (
    "Norland has been supplying Vessia with rockets",
    "Norland shipped shells to Vessia through Ostmark",
    "Vessia received rockets from Norland",
    "Vessia attacked the lighthouse of Norland",
    "the lighthouse of Norland was struck by Vessia at dawn",
    "“the harbour tolls strangle every skipper” on the coast of Norland",
    "the harbour tolls “strangle every single skipper on this coast” of Norland",
    "Norland is in full compliance with the treaty",
    "the treaty is a peaceful one for Norland",
    "the treaty is an aggressive one against Norland",
    "the ferry of Ostmark sank with 21 of 200 passengers",
    "the ferry of Ostmark sank with 34 passengers",
    "to respond",
)
STANCES = ("assert", "assert", "accuse", "deny", "characterize")
Story = list[tuple[str, str, str]]


class World:
    """Articles that come, change and go, and lakes that are given their claims."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.generator = random.Random(seed)
        self.articles: dict[str, Story] = {}
        self.copies: dict[str, str] = {}
        self.actors = dict(PEOPLE)
        self.aliases: dict[str, list[str]] = {}
        self.credits: dict[str, str] = {}
        (root / "overrides").mkdir()

    def write(self, name: str) -> None:
        """An article of a few claims, perhaps a copy of another one."""
        sources = [*PLACES, *PEOPLE, ""]
        choose = self.generator.choice
        self.articles[name] = [
            (choose(sources), choose(CONTENTS), choose(STANCES)) for _ in range(self.generator.randint(1, 4))
        ]
        self.copies[name] = name
        self.credits.pop(name, None)
        if self.generator.random() < 0.4:
            self.credits[name] = "Harbour Wire"
        originals = [other for other in self.articles if self.copies[other] == other and other != name]
        if originals and self.generator.random() < 0.3:
            original = choose(sorted(originals))
            self.articles[name], self.copies[name] = list(self.articles[original]), original

    def change(self) -> None:
        """Add, edit or remove some articles; now and then correct an entity."""
        for number in self.generator.sample(range(30), 4):
            name = f"{number:02}.txt"
            if name in self.articles and self.generator.random() < 0.4:
                del self.articles[name]
                self.copies = {a: b if b in self.articles else a for a, b in self.copies.items() if a in self.articles}
            else:
                self.write(name)
        if self.generator.random() < 0.3:
            self.actors["Ada Quill"] = self.generator.choice([None, *PLACES])
        if self.generator.random() < 0.3:
            self.aliases["Norland"] = [self.generator.choice(["the Norlandic state", "Old Norland"])]

    def correct(self, *rows: str) -> None:
        """Write corrections: action, claim, other, value."""
        lines = [f"{row},An Editor,as the article says,2031-10-01" for row in rows]
        header = "action,claim,other,value,author,reason,date"
        (self.root / "overrides" / "claims.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")

    def claim_id(self, name: str, at: int) -> str:
        """The id of an article's claim."""
        return row_id(name, str(at))

    def follow(self, lake: str) -> dict[str, StageReport]:
        """Bring a lake in step."""
        settings = Settings(data=self.root / lake, overrides=self.root / "overrides", workers=1)
        opened = Lake(settings.data)
        with opened.locked(1):
            self._give(opened)
            return {stage.name: stage.run(opened, settings) for stage in STAGES if stage.name in MADE}

    def _give(self, lake: Lake) -> None:
        """What the stages before would have made."""
        for spec, rows in (
            (ARTICLES, list(map(self._article, self.articles))),
            (ENTITIES, list(self._entities())),
            (COPY_GROUPS, list(map(self._copy, self.articles))),
            (ORIGINS, list(self._origins())),
        ):  # fmt: skip
            upstream = {"all": row_id(repr(sorted(rows, key=repr)))}
            tables = {spec.name: spec.from_rows(rows)}
            run_global_stage(
                lake,
                spec.name,
                [spec.name],
                code_version="1",
                upstream=upstream,
                compute=functools.partial(dict, tables),
            )
        made_of = {row_id(name): list(self._claims(name)) for name in self.articles}
        inputs = pa.table(
            {
                "key": pa.array(sorted(made_of), pa.string()),
                "input_digest": pa.array([row_id(repr(made_of[key])) for key in sorted(made_of)], pa.string()),
            }
        )
        run_keyed_stage(
            lake,
            KeyedStage("claims", ("claims",), "article_id", "1"),
            inputs=lambda: inputs,
            upstream={"all": row_id(repr(sorted(made_of.items())))},
            compute=lambda batch: {"claims": CLAIMS.from_rows([row for key in batch for row in made_of[key]])},
        )

    def _article(self, name: str) -> dict[str, Any]:
        day = datetime.datetime(2031, 1 + int(name[:2]) % 3, 1, tzinfo=datetime.UTC)
        return {
            "article_id": row_id(name), "source_uri": name, "source_file": name, "content_sha256": "0", "text": "",
            "article_digest": row_id(repr(self.articles[name])), "format": "txt", "n_words": 0, "status": "tagged",
            "published_at": day,
        }  # fmt: skip

    def _copy(self, name: str) -> dict[str, Any]:
        group = self.copies[name]
        return {
            "article_id": row_id(name), "copy_group_id": row_id("copies", group), "is_canonical": name == group,
            "n_articles": sum(other == group for other in self.copies.values()), "canonical_reason": "only",
        }  # fmt: skip

    def _entities(self) -> Iterator[dict[str, Any]]:
        for name in (*PLACES, *self.actors):
            actor = name if name in PLACES else self.actors[name]
            yield {
                "entity_id": row_id("entity", name), "name": name, "type": "GPE" if name in PLACES else "PERSON",
                "aliases": sorted({name, *self.aliases.get(name, [])}), "overrides": [],
                "n_mentions": 1, "n_articles": 1,
                "actor_id": row_id("entity", actor) if actor else None, "n_copy_groups": 1,
            }  # fmt: skip

    def _origins(self) -> Iterator[dict[str, Any]]:
        for name, origin in self.credits.items():
            if name in self.articles:
                yield {"article_id": row_id(name), "origin": origin, "evidence": "credit_line"}

    def _claims(self, name: str) -> Iterator[dict[str, Any]]:
        for number, (source, content, stance) in enumerate(self.articles[name]):
            start = 300 * number
            spans = [m.span(1) for m in re.finditer("“([^”]*)”", content)]
            named = sorted((content.find(place), place) for place in PLACES if place in content)
            yield {
                "claim_id": self.claim_id(name, number), "article_id": row_id(name), "content_sha256": "0", "layer": 0,
                "relayed_by": [], "source_text": source or "officials", "source_resolution": "named",
                "source_anonymous": not source, "cue": [], "cue_lemma": "say", "content_text": content,
                "source_entity_ids": [row_id("entity", source)] if source else [],
                "content": [{"text": content, "start": start, "end": start + len(content)}],
                "quoted_spans": [{"start": start + a, "end": start + b} for a, b in spans],
                "quote_type": "mixed" if spans else "indirect",
                "content_entity_starts": [start + at for at, _ in named],
                "content_entity_ends": [start + at + len(place) for at, place in named],
                "content_entity_ids": [row_id("entity", place) for _, place in named],
                "stance": stance, "negated": False, "addressee_entity_ids": [], "in_title": False,
                "target_entity_ids": [row_id("entity", "Norland")] if stance == "accuse" else [],
                "refers_to": self.claim_id(name, 0) if stance == "deny" and number and len(content) % 2 else None,
                "confidence": 1.0, "rule": "test",
            }  # fmt: skip

    def bytes_of(self, lake: str, table: str) -> dict[int, str]:
        return {part.bucket: part.object for part in Lake(self.root / lake).required_head(table).parts}

    def assert_as_rebuilt(self, lake: str, fresh: str) -> None:
        self.follow(fresh)
        for table in COMPARED:
            assert self.bytes_of(lake, table) == self.bytes_of(fresh, table), table


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are too large from four claims on, so that a few articles have blocks of every kind."""
    monkeypatch.setattr(blocking, "BLOCK", 3)
    monkeypatch.setattr(blocking, "_PIVOTS", 2)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("small_blocks")
def test_all_tables_are_those_of_a_rebuild(seed: int, tmp_path: Path) -> None:
    world, groups = World(tmp_path, seed), set()
    for step in range(6):
        world.change()
        world.follow("grown")
        world.assert_as_rebuilt("grown", f"rebuilt {step}")
        groups.add(Lake(tmp_path / "grown").required_head("claim_groups").rows)
    assert len(groups) > 2
    assert verify(Lake(tmp_path / "grown")) == []


def test_a_new_article_touches_only_the_groups_it_has_a_claim_in(tmp_path: Path) -> None:
    world = World(tmp_path, 0)
    world.articles = {"00.txt": [("Norland", CONTENTS[10], "assert")], "03.txt": [("Vessia", CONTENTS[3], "assert")]}
    world.copies = {name: name for name in world.articles}
    first = world.follow("grown")
    assert (first["claim_groups"].computed, first["claim_features"].computed) == (2, 2)
    before = set(Lake(tmp_path / "grown").read("claim_groups")["claim_group_id"].to_pylist())
    world.articles["06.txt"] = [("Southmoor", CONTENTS[4], "assert")]
    world.copies["06.txt"] = "06.txt"
    added = world.follow("grown")
    assert (added["claim_features"].computed, added["claim_features"].reused) == (1, 2)
    for stage in ("claim_groups", "conflicts"):
        assert (added[stage].computed, added[stage].reused) == (1, 1), stage
    after = set(Lake(tmp_path / "grown").read("claim_groups")["claim_group_id"].to_pylist())
    assert len(after & before) >= 1
    world.articles["06.txt"] = [("Southmoor", CONTENTS[4], "assert")]
    again = world.follow("grown")
    assert all(report.status == "unchanged" for report in again.values())


def test_corrections_hold_through_later_changes_and_can_be_taken_back(tmp_path: Path) -> None:
    world = World(tmp_path, 5)
    world.articles = {
        "00.txt": [("Ostmark", CONTENTS[0], "accuse")],
        "03.txt": [("Southmoor", CONTENTS[0], "accuse")],
        "06.txt": [("Vessia", CONTENTS[10], "assert")],
    }
    world.copies = {name: name for name in world.articles}
    world.follow("grown")
    untouched = {table: world.bytes_of("grown", table) for table in COMPARED}
    a, b, c = (world.claim_id(name, 0) for name in world.articles)
    assert group_of(world, a) == group_of(world, b) != group_of(world, c)

    world.correct(f"part,{a},,", f"join,{a},{c},", f"reject,{b},,", "reject,0123456789abcdef,,")
    world.follow("grown")
    world.assert_as_rebuilt("grown", "corrected")
    assert group_of(world, a) == group_of(world, c) != group_of(world, b)
    members = {row["claim_id"]: row for row in Lake(tmp_path / "grown").read("claim_group_members").to_pylist()}
    assert members[b]["side"] == "silent"
    assert members[b]["not_counted"] == "rejected by An Editor: as the article says"
    assert len(members[a]["corrected_by"]) == 2
    rows = Lake(tmp_path / "grown").read("claim_overrides").to_pylist()
    outcomes = {(row["action"], row["target"]): row["applied"] for row in rows}
    assert outcomes == {
        ("part", a): True,
        ("join", a): True,
        ("reject", b): True,
        ("reject", "0123456789abcdef"): False,
    }

    world.write("09.txt")
    world.follow("grown")
    world.assert_as_rebuilt("grown", "corrected and grown")
    assert group_of(world, a) == group_of(world, c) != group_of(world, b)
    del world.articles["09.txt"], world.copies["09.txt"]
    world.credits.pop("09.txt", None)
    world.correct()
    world.follow("grown")
    assert {table: world.bytes_of("grown", table) for table in COMPARED} == untouched


def group_of(world: World, claim_id: str) -> str:
    members = Lake(world.root / "grown").read("claim_group_members", ["claim_id", "claim_group_id"])
    (row,) = [row for row in members.to_pylist() if row["claim_id"] == claim_id]
    return str(row["claim_group_id"])
