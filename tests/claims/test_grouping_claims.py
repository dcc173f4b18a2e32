"""Groups as tables: every claim in one group, ids from claims, results that no order shows in."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.claims.blocking import build_blocks
from pipeline.claims.features import pack_propositions
from pipeline.claims.forms import alone
from pipeline.claims.grouping import group_claims, grouping_version
from pipeline.claims.propositions import read_parties, read_proposition
from pipeline.settings import Settings
from pipeline.tables import CLAIM_GROUP_MEMBERS, CLAIM_GROUPS, row_id

CONTENTS = (
    "Norland has been supplying Vessia with rockets",
    "Norland shipped shells to Vessia",
    "Vessia attacked the Norlandic lighthouse",
    "the lighthouse of Norland was struck by Vessia",
    "“the harbour tolls strangle every skipper” on the coast",
    "the harbour tolls “strangle every skipper on this coast”",
    "the ferry sank with 21 of 200 passengers",
    "the ferry sank with 34 passengers",
    "these accusations",
)
SOURCES = ("Ostmark", "Council", "Mira Tolvanen", "Pavel Dressen", "Ada Quill", "")
stories = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(SOURCES),
        st.sampled_from(CONTENTS),
        st.sampled_from(["assert", "accuse", "deny", "concern"]),
    ),
    min_size=1,
    max_size=14,
    unique=True,
)


def fill(room: Any, story: list[tuple[int, str, str, str]]) -> Any:
    for number, source, content, stance in story:
        room.claim(f"article{number}.txt", source, content, stance, source_anonymous=not source)
    return room


def group_all(tables: Any) -> tuple[pa.Table, pa.Table]:
    claims, entities, articles, copies, origins = tables
    return group_claims(claims, entities, articles, copies, origins, Settings())


def test_tables_have_the_contract_s_columns(newsroom: Any) -> None:
    newsroom.claim("a.txt", "Ostmark", CONTENTS[0])
    groups, members = group_all(newsroom.tables())
    assert groups.schema.equals(CLAIM_GROUPS.schema)
    assert members.schema.equals(CLAIM_GROUP_MEMBERS.schema)


def test_no_claims_make_no_groups(newsroom: Any) -> None:
    groups, members = group_all(newsroom.tables())
    assert (groups.num_rows, members.num_rows) == (0, 0)


def test_a_group_is_named_after_its_smallest_claim(newsroom: Any) -> None:
    claims = [newsroom.claim(f"{n}.txt", "Ostmark", CONTENTS[0]) for n in range(3)]
    assert newsroom.match().group(claims[0])["claim_group_id"] == row_id(min(claims))


def test_the_proposition_is_the_member_that_reads_best_alone(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", "sending it rockets and other arms to Vessia", "accuse", targets=["Norland"])
    newsroom.claim("b.txt", "Council", "that Norland has been supplying Vessia with rockets", "accuse")
    newsroom.claim("c.txt", "Norland", "that Norland sent rockets to Vessia", "deny")
    assert newsroom.match().group(a)["proposition"] == CONTENTS[0]


def test_first_publication_is_the_earliest_known(newsroom: Any) -> None:
    early, late = (datetime.datetime(2031, 5, day, tzinfo=datetime.UTC) for day in (2, 9))
    newsroom.article("late.txt", published=late)
    newsroom.article("early.txt", published=early)
    newsroom.article("undated.txt")
    claims = [newsroom.claim(f"{name}.txt", "Ostmark", CONTENTS[0]) for name in ("late", "early", "undated")]
    assert newsroom.match().group(claims[0])["first_published_at"] == early


def test_the_version_names_the_word_tables() -> None:
    assert "words" in grouping_version(Settings())


@settings(max_examples=40, deadline=None)
@given(story=stories, data=st.data())
def test_order_of_rows_changes_nothing(
    open_newsroom: Callable[[], Any], story: list[tuple[int, str, str, str]], data: st.DataObject
) -> None:
    tables = fill(open_newsroom(), story).tables()
    shuffled = [t.take(data.draw(st.permutations(range(t.num_rows)))) if t.num_rows else t for t in tables]

    def results(given_tables: Any) -> list[list[dict[str, Any]]]:
        return [sorted(t.to_pylist(), key=repr) for t in group_all(given_tables)]

    assert results(tables) == results(shuffled)


@settings(max_examples=40, deadline=None)
@given(story=stories)
def test_every_claim_is_in_one_group_and_counts_fit(
    open_newsroom: Callable[[], Any], story: list[tuple[int, str, str, str]]
) -> None:
    room = fill(open_newsroom(), story)
    groups, members = (t.to_pylist() for t in group_all(room.tables()))
    assert sorted(m["claim_id"] for m in members) == sorted(c["claim_id"] for c in room.claims)
    assert sum(g["n_claims"] for g in groups) == len(room.claims)
    for group in groups:
        assert group["n_copy_groups"] <= group["n_articles"] <= group["n_claims"]
        assert group["n_origins"] <= group["n_copy_groups"]
        assert len(group["asserting_actor_ids"]) <= group["n_independent_asserting"]
        assert not group["contested"] or min(group["n_independent_asserting"], group["n_independent_denying"]) > 0


@settings(max_examples=30, deadline=None)
@given(story=stories, apart=st.lists(st.sampled_from(CONTENTS), min_size=1, max_size=3))
def test_a_story_elsewhere_moves_no_group(
    open_newsroom: Callable[[], Any], story: list[tuple[int, str, str, str]], apart: list[str]
) -> None:
    room = fill(open_newsroom(), story)
    before = {row["claim_group_id"]: row for row in group_all(room.tables())[0].to_pylist()}
    room.claim("elsewhere.txt", "", "a marmot won the chess prize of the mountain village", source_anonymous=True)
    after = {row["claim_group_id"]: row for row in group_all(room.tables())[0].to_pylist()}
    assert before.items() <= after.items()


def test_candidates_grow_with_the_claims_not_with_their_square(newsroom: Any) -> None:
    numbers = (200, 800)
    pairs = []
    for count in numbers:
        for n in range(len(newsroom.claims), count):
            newsroom.claim(f"{n}.txt", "Ostmark", f"Norland attacked the depot of Vessia with battery {n}")
        claims, entities, *_ = newsroom.tables()
        parties = read_parties(entities)
        forms = alone(pack_propositions(read_proposition(row, parties) for row in claims.to_pylist()))
        pairs.append(build_blocks(forms).n_pairs)
    assert 0 < pairs[1] < 6 * pairs[0]


@pytest.mark.parametrize("copies", [0, 1, 4])
def test_copies_of_a_claim_are_folded(newsroom: Any, copies: int) -> None:
    newsroom.article("first.txt")
    a = newsroom.claim("first.txt", "Ostmark", "“Norland” sends rockets")
    for n in range(copies):
        newsroom.article(f"copy{n}.txt", copy_of="first.txt")
        newsroom.claim(f"copy{n}.txt", "Ostmark", '"Norland" sends rockets')
    group = newsroom.match().group(a)
    assert (group["n_claims"], group["n_articles"], group["n_copy_groups"]) == (copies + 1, copies + 1, 1)
