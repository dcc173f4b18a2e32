"""A user's corrections of entities: merged, parted, renamed, rejected, given an actor, or kept and reported."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities import link_entities
from pipeline.overrides import EntityOverride, Overrides, unapplied
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, COPY_GROUPS, DOCUMENT_MENTIONS, row_id

# (article, name, type, gazetteer key, affiliation)
CORPUS = [
    ("one.txt", "Ada Berg", "PERSON", None, "country:no"),
    ("one.txt", "Norway", "GPE", "country:no", "country:no"),
    ("one.txt", "Harbour Union", "ORG", None, None),
    ("two.txt", "Berg Adasdottir", "PERSON", None, None),
    ("two.txt", "Dockers' Union", "ORG", None, None),
    ("two.txt", "Rune Vik", "PERSON", None, "dockers' union"),
    ("three.txt", "Rune Vik", "PERSON", None, "harbour union"),
]


@dataclass(frozen=True)
class Corrected:
    """The three tables, by id and by (article, name)."""

    entities: dict[str, dict[str, Any]]
    links: dict[tuple[str, str], str]
    outcomes: pa.Table

    def row(self, uri: str, name: str) -> dict[str, Any]:
        return self.entities[self.links[uri, name]]

    def actor(self, uri: str, name: str) -> str | None:
        actor = self.row(uri, name)["actor_id"]
        return None if actor is None else str(self.entities[actor]["name"])

    def notes(self) -> dict[str, str]:
        columns = (self.outcomes[name].to_pylist() for name in ("action", "note", "applied"))
        return {action: note for action, note, applied in zip(*columns, strict=True) if not applied}


def override(action: str, entity: str, value: str = "", article: str = "", line: int = 2) -> EntityOverride:
    return EntityOverride(line, action, entity, value, article, "desk", "we know", "")


def correct(*overrides: EntityOverride) -> Corrected:
    uris = sorted({uri for uri, *_ in CORPUS})
    mentions = [
        {
            "mention_id": row_id(uri, name),
            "article_id": row_id(uri),
            "start": number * 50,
            "end": number * 50 + len(name),
            "text": name,
            "label": type_,
            "method": "model",
            "cluster_no": number,
            "cluster_name": name,
            "cluster_type": type_,
            "gazetteer_id": key,
            "affiliation": affiliation,
        }
        for number, (uri, name, type_, key, affiliation) in enumerate(CORPUS)
    ]
    articles = ARTICLES.from_rows([{"article_id": row_id(uri), "source_uri": uri} for uri in uris])
    copies = COPY_GROUPS.from_rows([{"article_id": row_id(uri), "copy_group_id": row_id(uri, uri)} for uri in uris])
    entities, links, outcomes = link_entities(
        DOCUMENT_MENTIONS.from_rows(mentions), articles, copies, Settings(), Overrides(overrides)
    )
    names = {(row_id(uri), number): (uri, name) for number, (uri, name, *_) in enumerate(CORPUS)}
    return Corrected(
        {row["entity_id"]: row for row in entities.to_pylist()},
        {names[row["article_id"], row["cluster_no"]]: row["entity_id"] for row in links.to_pylist()},
        outcomes,
    )


def test_a_merged_entity_takes_id_name_and_actor_of_the_other() -> None:
    merge = override("merge", "Berg Adasdottir", "Ada Berg")
    result = correct(merge)
    row = result.row("two.txt", "Berg Adasdottir")
    assert row == result.row("one.txt", "Ada Berg")
    assert row["entity_id"] == correct().links["one.txt", "Ada Berg"]
    assert (row["name"], row["aliases"], row["n_articles"]) == ("Ada Berg", ["Ada Berg", "Berg Adasdottir"], 2)
    assert row["overrides"] == [merge.override_id]
    assert result.actor("two.txt", "Berg Adasdottir") == "Norway"


def test_speakers_of_a_merged_body_speak_for_the_other() -> None:
    result = correct(override("merge", "Dockers' Union", "Harbour Union"))
    assert result.actor("two.txt", "Rune Vik") == "Harbour Union"


def test_merges_follow_one_another() -> None:
    result = correct(override("merge", "Berg Adasdottir", "Rune Vik"), override("merge", "Rune Vik", "Ada Berg"))
    ids = {result.links[place] for place in result.links if place[1] in ("Berg Adasdottir", "Rune Vik", "Ada Berg")}
    assert ids == {correct().links["one.txt", "Ada Berg"]}


def test_merges_in_a_circle_are_not_applied() -> None:
    result = correct(override("merge", "Rune Vik", "Ada Berg"), override("merge", "Ada Berg", "Rune Vik"))
    assert result.links == correct().links
    assert result.outcomes["applied"].to_pylist() == [False, False]


def test_a_split_parts_the_mentions_of_one_article_alone() -> None:
    split = override("split", "Rune Vik", "Rune Vik (Harbour Union)", "three.txt")
    result = correct(split)
    parted, rest = result.row("three.txt", "Rune Vik"), result.row("two.txt", "Rune Vik")
    assert (parted["name"], rest["name"]) == ("Rune Vik (Harbour Union)", "Rune Vik")
    assert rest["entity_id"] == correct().links["two.txt", "Rune Vik"]
    assert parted["overrides"] == rest["overrides"] == [split.override_id]
    assert (result.actor("three.txt", "Rune Vik"), result.actor("two.txt", "Rune Vik")) == (
        "Harbour Union",
        "Dockers' Union",
    )


def test_a_split_may_name_an_entity_that_is_there() -> None:
    result = correct(override("split", "Rune Vik", "Ada Berg", row_id("three.txt")))
    assert result.links["three.txt", "Rune Vik"] == result.links["one.txt", "Ada Berg"]


def test_what_was_parted_can_be_renamed_and_given_an_actor() -> None:
    result = correct(
        override("split", "Rune Vik", "Vik II", "three.txt"),
        override("rename", "Vik II", "Rune Vik the younger"),
        override("actor", "Vik II", "Norway"),
    )
    assert result.row("three.txt", "Rune Vik")["name"] == "Rune Vik the younger"
    assert result.actor("three.txt", "Rune Vik") == "Norway"
    assert len(result.row("three.txt", "Rune Vik")["overrides"]) == 3


def test_a_new_name_keeps_the_id() -> None:
    result = correct(override("rename", "Norway", "Kingdom of Norway"))
    row = result.row("one.txt", "Norway")
    assert (row["name"], row["entity_id"]) == ("Kingdom of Norway", row_id("country:no"))


@pytest.mark.parametrize(
    ("value", "actor"),
    [("Harbour Union", "Harbour Union"), ("itself", "Ada Berg"), ("nobody", None), ("Denmark", "Denmark")],
)
def test_an_actor_is_an_entity_itself_nobody_or_a_listed_one(value: str, actor: str | None) -> None:
    assert correct(override("actor", "Ada Berg", value)).actor("one.txt", "Ada Berg") == actor


def test_what_is_rejected_has_no_row_and_no_link() -> None:
    result = correct(override("reject", "Harbour Union"))
    assert ("one.txt", "Harbour Union") not in result.links
    assert "Harbour Union" not in {row["name"] for row in result.entities.values()}
    assert result.actor("three.txt", "Rune Vik") != "Harbour Union"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (override("merge", "Nobody Known", "Ada Berg"), "no entity of this corpus"),
        (override("merge", "Ada Berg", "Nobody Known"), "no entity of this corpus"),
        (override("split", "Ada Berg", "X", "two.txt"), "does not mention it"),
        (override("actor", "Ada Berg", "Nobody Known"), "no entity of this corpus"),
    ],
)
def test_what_fits_nothing_is_kept_and_reported(wrong: EntityOverride, why: str) -> None:
    result = correct(wrong)
    assert result.entities == correct().entities
    assert result.outcomes.num_rows == 1
    (sentence,) = unapplied(result.outcomes)
    assert sentence.startswith("entities.csv line 2: ")
    assert why in sentence


def test_an_alias_is_answered_with_the_name() -> None:
    result = correct(override("rename", "Norway", "Kingdom of Norway"), override("actor", "Norwegians", "itself"))
    assert "no entity" in result.notes()["actor"]
    merged = correct(override("merge", "Berg Adasdottir", "Ada Berg"))
    assert merged.notes() == {}


def test_corrections_that_contradict_one_another_are_not_applied() -> None:
    by_id = correct().links["one.txt", "Ada Berg"]
    result = correct(override("rename", "Ada Berg", "A", line=2), override("rename", by_id, "B", line=3))
    assert result.row("one.txt", "Ada Berg")["name"] == "Ada Berg"
    assert sorted(result.outcomes["note"].to_pylist()) == [
        "line 2 says otherwise of the same entity",
        "line 3 says otherwise of the same entity",
    ]


def test_the_order_of_lines_decides_nothing() -> None:
    rows = [
        override("merge", "Berg Adasdottir", "Ada Berg"),
        override("split", "Rune Vik", "Vik II", "three.txt"),
        override("rename", "Ada Berg", "Ada B."),
    ]
    results = [correct(*order) for order in permutations(rows)]
    assert all(result == results[0] for result in results)


named = st.sampled_from(
    ["Ada Berg", "Rune Vik", "Dockers' Union", "Norway", "Vik II", row_id("country:no"), "X", "Berg"]
)
given_values = st.one_of(named, st.sampled_from(["itself", "nobody", "Denmark", "country:dk"]))
any_override = st.builds(
    override,
    st.sampled_from(["merge", "split", "rename", "actor", "reject"]),
    named,
    given_values,
    st.sampled_from(["one.txt", "two.txt", "three.txt", "four.txt"]),
)


@given(st.lists(any_override, max_size=6, unique_by=lambda row: row.override_id))
def test_every_correction_has_one_outcome_and_all_references_resolve(overrides: list[EntityOverride]) -> None:
    result = correct(*overrides)
    assert sorted(result.outcomes["override_id"].to_pylist()) == sorted(row.override_id for row in overrides)
    applied = {
        row["override_id"] for row in result.outcomes.select(["override_id", "applied"]).to_pylist() if row["applied"]
    }
    assert set(result.links.values()) <= result.entities.keys()
    for row in result.entities.values():
        assert row["actor_id"] is None or row["actor_id"] in result.entities
        assert set(row["overrides"]) <= applied
