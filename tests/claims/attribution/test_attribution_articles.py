"""What holds for whole articles: furniture, titles, independence of the batch, ids, resolving."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from pipeline.claims.attribution import attributions_version, find_attributions, resolve_claims
from pipeline.settings import Settings
from pipeline.tables import ATTRIBUTIONS, CLAIMS, ENTITY_LINKS, row_id


def test_furniture_carries_no_claim(read: Any) -> None:
    text = "The mayor said that the bridge was safe.\nRead more: the mayor said that the port was safe."
    assert len(read(text, kinds=["body", "boilerplate"]).rows) == 1
    assert read(text, kinds=["caption", "boilerplate"]).rows == []


def test_a_claim_in_the_headline_says_so(read: Any) -> None:
    found = read("Bridge will fall, mayor says\nThe mayor said that the bridge was safe.", kinds=["title", "body"])
    assert [row["in_title"] for row in found.rows] == [True, False]


@pytest.mark.parametrize("title", ["Brevik: The bridge will never fall", "Anna Brevik: ‘The bridge will never fall’"])
def test_a_colon_in_a_headline_gives_the_words_behind_it_to_the_name_before(read: Any, name: Any, title: str) -> None:
    found = read(title, name("Anna Brevik", "PERSON", 1, others=("Brevik",)), kinds=["title"]).only
    assert found["source_clusters"] == [1]
    assert found["content_text"].strip("‘’") == "The bridge will never fall"


def test_rows_do_not_depend_on_the_other_articles_of_the_batch(input_tables: Any) -> None:
    texts = ["The mayor said that the bridge was safe.", "“We will see about that,” the bishop said."]
    parts = [input_tables(text) for text in texts]
    articles, passages, annotations, mentions = (pa.concat_tables(same) for same in zip(*parts, strict=True))
    together = find_attributions(articles, passages, annotations, mentions, Settings()).to_pylist()
    alone = [row for a, p, n, m in parts for row in find_attributions(a, p, n, m, Settings()).to_pylist()]
    assert sorted(together, key=lambda r: r["claim_id"]) == sorted(alone, key=lambda r: r["claim_id"])


def test_claim_ids_are_unique_and_parents_and_references_exist(read: Any) -> None:
    found = read(
        "According to the Lantern, the envoy accused Norland of arming rebels. Norland denied the accusation, "
        "and the mayor said that the envoy had said that it was over."
    )
    ids = [row["claim_id"] for row in found.rows]
    assert len(ids) == len(set(ids))
    assert {row["parent_claim_id"] for row in found.rows} - {None} <= set(ids)
    assert {row["refers_to"] for row in found.rows} - {None} <= set(ids)


def test_resolving_replaces_clusters_by_sorted_entities_and_drops_what_has_no_link() -> None:
    row: dict[str, Any] = {field.name: [] if pa.types.is_list(field.type) else None for field in ATTRIBUTIONS.schema}
    row |= {
        "claim_id": row_id("c"),
        "article_id": "a",
        "content_sha256": "0",
        "layer": 0,
        "source_resolution": "named",
        "source_anonymous": False,
        "cue_lemma": "say",
        "content_text": "x",
        "quote_type": "indirect",
        "stance": "assert",
        "negated": False,
        "in_title": False,
        "confidence": 1.0,
        "rule": "r",
        "source_clusters": [2, 1, 3],
        "content_clusters": [1, 3, 1],
        "content_entity_starts": [5, 9, 12],
        "content_entity_ends": [7, 10, 14],
    }
    links = [
        {"article_id": "a", "cluster_no": 1, "entity_id": "e9"},
        {"article_id": "a", "cluster_no": 2, "entity_id": "e1"},
        {"article_id": "b", "cluster_no": 3, "entity_id": "e5"},
    ]
    claim = resolve_claims(ATTRIBUTIONS.from_rows([row]), ENTITY_LINKS.from_rows(links))
    assert claim.schema == CLAIMS.schema
    resolved = claim.to_pylist()[0]
    assert resolved["source_entity_ids"] == ["e1", "e9"]
    assert (resolved["content_entity_starts"], resolved["content_entity_ids"]) == ([5, 12], ["e9", "e9"])


def test_the_version_names_every_data_file() -> None:
    version = attributions_version(Settings())
    assert all(part in version for part in ("cues", "nominals", "genders", "wrongs", "rules"))
