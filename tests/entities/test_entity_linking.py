"""Entities over several articles: what is joined, what is kept apart, and that order and additions do not matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities import link_entities
from pipeline.gazetteer import load_gazetteer
from pipeline.settings import Settings
from pipeline.tables import COPY_GROUPS, DOCUMENT_MENTIONS, row_id

Row = dict[str, Any]
PERSON_NAMES = ["Ada Berg", "Olav Berg", "Berg", "Ada", "Han Sol Mi", "Han", "Lund", "Ada B. Berg"]
BODY_NAMES = ["Tarn Motors", "The Tarn Motors", "Tarn Motors Ltd.", "Supreme Court", "Norwegian Trade Ministry"]
AFFILIATIONS = [None, None, "country:no", "country:dk", "tarn motors"]


def mention(
    uri: str, number: int, name: str, type_: str = "PERSON", key: str | None = None, speaks_for: str | None = None
) -> Row:
    return {
        "mention_id": row_id(uri, str(number)),
        "article_id": row_id(uri),
        "start": number * 100,
        "end": number * 100 + len(name),
        "text": name,
        "label": type_,
        "method": "model",
        "cluster_no": number,
        "cluster_name": name,
        "cluster_type": type_,
        "gazetteer_id": key,
        "affiliation": speaks_for,
    }


def link(rows: list[Row], groups: Mapping[str, str] | None = None) -> tuple[dict[str, Row], dict[tuple[str, int], str]]:
    """Entities by id, and the entity id of each (article uri's id, cluster)."""
    article_ids = sorted({row["article_id"] for row in rows})
    copies = COPY_GROUPS.from_rows(
        [
            {"article_id": i, "copy_group_id": (groups or {}).get(i, i), "is_canonical": True, "n_articles": 1}
            for i in article_ids
        ]
    )
    entities, links, _ = link_entities(DOCUMENT_MENTIONS.from_rows(rows), pa.table({}), copies, Settings())
    return (
        {row["entity_id"]: row for row in entities.to_pylist()},
        {(row["article_id"], row["cluster_no"]): row["entity_id"] for row in links.to_pylist()},
    )


def entity_id(links: Mapping[tuple[str, int], str], uri: str, number: int = 0) -> str:
    return links[row_id(uri), number]


def test_a_bare_surname_is_the_only_person_so_called() -> None:
    _, links = link([mention("a", 0, "Ada Berg"), mention("b", 0, "Berg")])
    assert entity_id(links, "a") == entity_id(links, "b")


def test_two_people_with_one_surname_are_never_merged() -> None:
    rows = [mention("a", 0, "Ada Berg"), mention("b", 0, "Olav Berg"), mention("c", 0, "Berg"), mention("d", 0, "Berg")]
    _, links = link(rows)
    assert len({entity_id(links, uri) for uri in "abcd"}) == 4


def test_a_bare_surname_in_copies_is_one_speaker() -> None:
    rows = [mention("a", 0, "Ada Berg"), mention("b", 0, "Olav Berg"), mention("c", 0, "Berg"), mention("d", 0, "Berg")]
    _, links = link(rows, {row_id("c"): "copies", row_id("d"): "copies"})
    assert entity_id(links, "c") == entity_id(links, "d")


def test_a_surname_whose_affiliation_contradicts_is_someone_else() -> None:
    rows = [mention("a", 0, "Ada Berg", speaks_for="country:no"), mention("b", 0, "Berg", speaks_for="country:dk")]
    _, links = link(rows)
    assert entity_id(links, "a") != entity_id(links, "b")


def test_of_two_people_a_surname_is_the_one_whose_affiliation_agrees() -> None:
    rows = [
        mention("a", 0, "Ada Berg", speaks_for="country:no"),
        mention("b", 0, "Olav Berg", speaks_for="country:dk"),
        mention("c", 0, "Berg", speaks_for="country:dk"),
    ]
    _, links = link(rows)
    assert entity_id(links, "c") == entity_id(links, "b") != entity_id(links, "a")


def test_of_two_people_a_surname_is_the_one_in_whose_articles_the_same_is_named() -> None:
    rows = [
        mention("a", 0, "Ada Berg"),
        mention("a", 1, "Tarn Motors", "ORG"),
        mention("b", 0, "Olav Berg"),
        mention("b", 1, "Norway", "GPE", key="country:no"),
        mention("c", 0, "Berg"),
        mention("c", 1, "Tarn Motors", "ORG"),
        mention("c", 2, "Norway", "GPE", key="country:no"),
    ]
    _, links = link(rows)
    assert entity_id(links, "c") == entity_id(links, "a") != entity_id(links, "b")


def test_surnames_of_one_state_are_one_person_and_of_another_someone_else() -> None:
    rows = [
        mention("a", 0, "Berg", speaks_for="country:no"),
        mention("b", 0, "Berg", speaks_for="country:no"),
        mention("c", 0, "Berg", speaks_for="country:dk"),
    ]
    _, links = link(rows)
    assert entity_id(links, "a") == entity_id(links, "b") != entity_id(links, "c")


def test_a_body_is_known_by_the_abbreviation_that_another_article_gives() -> None:
    rows = [
        mention("a", 0, "Tarn Trade Board", "ORG"),
        mention("a", 0, "Tarn Trade Board", "ORG") | {"mention_id": "short", "text": "TTB"},
        mention("b", 0, "TTB", "ORG"),
        mention("c", 0, "TTU", "ORG"),
    ]
    _, links = link(rows)
    assert entity_id(links, "a") == entity_id(links, "b") != entity_id(links, "c")


def test_the_last_words_of_a_name_need_something_else_in_common() -> None:
    rows = [
        mention("a", 0, "Tarn Dockers' Union", "ORG"),
        mention("a", 1, "Ada Berg"),
        mention("b", 0, "Dockers' Union", "ORG"),
        mention("b", 1, "Ada Berg"),
        mention("c", 0, "Dockers' Union", "ORG"),
    ]
    _, links = link(rows)
    assert entity_id(links, "a") == entity_id(links, "b") != entity_id(links, "c")


def test_last_words_that_two_bodies_have_are_neither() -> None:
    rows = [
        mention("a", 0, "Tarn Dockers' Union", "ORG"),
        mention("a", 1, "Halm Dockers' Union", "ORG"),
        mention("a", 2, "Dockers' Union", "ORG"),
    ]
    _, links = link(rows)
    assert len({entity_id(links, "a", number) for number in range(3)}) == 3


def test_a_body_taken_for_a_person_is_the_body() -> None:
    rows = [
        mention("a", 0, "Tarn Motors", "ORG"),
        mention("a", 0, "Tarn Motors", "ORG") | {"mention_id": "short", "text": "Tarn"},
        mention("b", 0, "Tarn"),
    ]
    entities, links = link(rows)
    assert entity_id(links, "a") == entity_id(links, "b")
    assert entities[entity_id(links, "a")]["type"] == "ORG"


def test_a_government_called_after_a_person_speaks_for_her_state() -> None:
    rows = [
        mention("a", 0, "Berg administration", "ORG") | {"text": "Berg"},
        mention("b", 0, "Ada Berg", speaks_for="vestrian"),
        mention("b", 1, "Vestria", "GPE"),
    ]
    entities, links = link(rows)
    government = entities[entity_id(links, "a")]
    assert (government["name"], government["type"]) == ("Berg administration", "ORG")
    assert government["actor_id"] == entity_id(links, "b", 1)
    assert government["entity_id"] != entity_id(links, "b")


def test_a_people_whose_place_is_not_named_has_a_row_of_its_own() -> None:
    entities, links = link([mention("a", 0, "Ada Berg", speaks_for="vestrian")])
    actor = entities[entities[entity_id(links, "a")]["actor_id"]]
    assert (actor["name"], actor["type"]) == ("vestrian", "NORP")


def test_a_surname_without_any_full_name_is_one_person() -> None:
    _, links = link([mention("a", 0, "Berg"), mention("b", 0, "Berg")])
    assert entity_id(links, "a") == entity_id(links, "b")


def test_a_person_speaks_for_what_most_articles_say() -> None:
    rows = [
        mention("a", 0, "Ada Berg", speaks_for="country:no"),
        mention("b", 0, "Ada Berg", speaks_for="country:dk"),
        mention("c", 0, "Ada Berg", speaks_for="country:dk"),
    ]
    entities, links = link(rows)
    assert entities[entities[entity_id(links, "a")]["actor_id"]]["name"] == "Denmark"


def test_a_speaker_of_an_unmentioned_body_gives_that_body_a_row() -> None:
    entities, links = link([mention("a", 0, "Ada Berg", speaks_for="tarn motors")])
    body = entities[entities[entity_id(links, "a")]["actor_id"]]
    assert (body["name"], body["type"], body["n_mentions"]) == ("tarn motors", "ORG", 0)


def test_a_person_of_a_ministry_speaks_for_its_state() -> None:
    rows = [
        mention("a", 0, "Trade Ministry of Norway", "ORG", speaks_for="country:no"),
        mention("a", 1, "Ada Berg", speaks_for="trade ministry of norway"),
    ]
    entities, links = link(rows)
    assert entities[entities[entity_id(links, "a", 1)]["actor_id"]]["name"] == "Norway"


def test_a_president_of_an_unlisted_people_speaks_for_its_state() -> None:
    rows = [
        mention("a", 0, "Vestria", "GPE"),
        mention("b", 0, "Vestrian", "NORP"),
        mention("b", 1, "Ada Berg", speaks_for="vestrian"),
        mention("c", 0, "Olav Ny", speaks_for="vestria"),
    ]
    entities, links = link(rows)
    state = entities[entity_id(links, "a")]
    assert entity_id(links, "b") == state["entity_id"]
    assert entities[entity_id(links, "b", 1)]["actor_id"] == state["entity_id"]
    assert entities[entity_id(links, "c")]["actor_id"] == state["entity_id"]


def test_a_full_name_taken_for_a_body_elsewhere_is_still_the_person() -> None:
    _, links = link([mention("a", 0, "Ada Lian"), mention("b", 0, "Ada Lian", "ORG"), mention("c", 0, "Lian", "ORG")])
    assert entity_id(links, "a") == entity_id(links, "b") != entity_id(links, "c")


def test_an_unlisted_body_is_not_the_listed_one_with_the_same_word_in_its_key() -> None:
    entities, links = link([mention("a", 0, "WHO", "ORG", key="body:who"), mention("b", 0, "Who", "ORG")])
    assert entity_id(links, "a") != entity_id(links, "b")
    assert len(entities) == 2


def test_a_body_is_one_whatever_its_article_and_legal_form() -> None:
    rows = [mention(uri, 0, name, "ORG") for uri, name in zip("abc", BODY_NAMES[:3], strict=True)]
    _, links = link(rows)
    assert len({entity_id(links, uri) for uri in "abc"}) == 1


def test_the_organ_of_an_unnamed_state_is_another_in_each_article() -> None:
    _, links = link([mention("a", 0, "Supreme Court", "ORG"), mention("b", 0, "Supreme Court", "ORG")])
    assert entity_id(links, "a") != entity_id(links, "b")


def test_a_person_is_shown_with_the_full_name() -> None:
    entities, links = link([mention("a", 0, "Ada Berg"), mention("b", 0, "Berg"), mention("c", 0, "Berg")])
    assert entities[entity_id(links, "b")]["name"] == "Ada Berg"


def test_counts_go_by_articles_and_copy_groups() -> None:
    rows = [mention("a", 0, "Ada Berg"), mention("b", 0, "Ada Berg"), mention("c", 0, "Berg")]
    entities, links = link(rows, {row_id("a"): "copies", row_id("b"): "copies"})
    row = entities[entity_id(links, "a")]
    assert (row["n_mentions"], row["n_articles"], row["n_copy_groups"]) == (3, 3, 2)
    assert row["aliases"] == ["Ada Berg", "Berg"]


def test_state_media_point_to_a_row_of_their_state() -> None:
    entities, links = link([mention("a", 0, "TASS", "ORG", key="outlet:tass")])
    row = entities[entity_id(links, "a")]
    assert entities[row["state_media_of"]]["name"] == "Russia"
    assert row["actor_id"] == row["entity_id"]


clusters = st.one_of(
    st.tuples(st.just("PERSON"), st.sampled_from(PERSON_NAMES), st.none(), st.sampled_from(AFFILIATIONS)),
    st.tuples(st.just("ORG"), st.sampled_from(BODY_NAMES), st.none(), st.none()),
    st.tuples(st.just("GPE"), st.just("Oslo"), st.just("city:oslo"), st.just("country:no")),
    st.tuples(st.just("ORG"), st.just("TASS"), st.just("outlet:tass"), st.none()),
    st.tuples(st.just("FAC"), st.just("Halm Bridge"), st.none(), st.none()),
)
corpora = st.dictionaries(st.sampled_from("abcdef"), st.lists(clusters, max_size=4), max_size=6)


def rows_of(corpus: Mapping[str, list[tuple[str, str, str | None, str | None]]]) -> list[Row]:
    return [
        mention(uri, number, name, type_, key, speaks_for)
        for uri, found in corpus.items()
        for number, (type_, name, key, speaks_for) in enumerate(found)
    ]


@given(corpora, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(corpus: Any, random: Any) -> None:
    rows = rows_of(corpus)
    shuffled = rows.copy()
    random.shuffle(shuffled)
    assert link(rows) == link(shuffled)


@given(corpora)
def test_references_resolve_and_every_mention_is_counted(corpus: Any) -> None:
    rows = rows_of(corpus)
    entities, links = link(rows)
    assert len(links) == len(rows)
    assert set(links.values()) <= entities.keys()
    for row in entities.values():
        assert row["actor_id"] is None or row["actor_id"] in entities
        assert row["state_media_of"] is None or row["state_media_of"] in entities
    assert sum(row["n_mentions"] for row in entities.values()) == len(rows)


@given(corpora, st.sampled_from("abcdef"))
def test_an_article_that_comes_renames_only_what_it_merges_or_makes_ambiguous(corpus: Any, new: str) -> None:
    """Every entity keeps its id, or two are one now, or a single name has one more bearer than before."""
    _, before = link(rows_of({uri: found for uri, found in corpus.items() if uri != new}))
    entities, after = link(rows_of(corpus))
    for place, old in before.items():
        if after[place] == old:
            continue
        together = [other for other, now in after.items() if now == after[place]]
        has_merged = any(before.get(other) != old for other in together)
        was_bare = all(" " not in name for name in entities[after[place]]["aliases"])
        assert has_merged or was_bare


@given(corpora)
def test_ids_of_full_names_bodies_and_listed_things_survive_a_new_article(corpus: Any) -> None:
    before = rows_of(corpus)
    _, old = link(before)
    _, new = link([*before, mention("new", 0, "Ada Berg"), mention("new", 1, "Tarn Motors", "ORG")])
    for row in before:
        bare = row["cluster_type"] == "PERSON" and " " not in row["cluster_name"]
        if not bare:
            place = row["article_id"], row["cluster_no"]
            assert old[place] == new[place]


def test_entity_ids_of_listed_things_come_from_their_key() -> None:
    entities, _ = link([mention("a", 0, "Oslo", "GPE", key="city:oslo")])
    assert row_id("city:oslo") in entities
    assert row_id("country:no") in entities
    assert load_gazetteer()["city:oslo"].stands_for == "country:no"


def test_the_chain_over_two_articles(linked: Callable[[Mapping[str, str]], Any]) -> None:
    texts = {
        "one.txt": (
            "The United States and the DPRK traded accusations on Monday. U.S. Defense Secretary Marla Quint said the "
            "talks were over, and Americans were told to leave. Quint spoke in Seoul.\n"
        ),
        "two.txt": (
            "North Korea rejected the charge, the Yonhap News Agency reported. Marla Quint, the US defense secretary, "
            "had criticized North Koreans in a speech. Yonhap gave no details. America did not answer.\n"
        ),
    }
    result = linked(texts)
    names = ("United States", "U.S.", "Americans", "US", "America")
    assert {result.entity_of(name)["name"] for name in names} == {"United States"}
    assert {result.entity_of(name)["name"] for name in ("DPRK", "North Korea", "North Koreans")} == {"North Korea"}
    assert result.entity_of("Yonhap") == result.entity_of("Yonhap News Agency")
    assert result.entity_of("Quint") == result.entity_of("Marla Quint")
    assert result.actor_of("Quint") == "United States"
    assert result.actor_of("Seoul") == "South Korea"
    assert result.entity_of("Seoul")["name"] == "Seoul"
