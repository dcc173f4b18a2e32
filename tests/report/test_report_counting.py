"""What a count rests on: every counted source is shown once, with a statement or with why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from pipeline.report.addresses import Addresses
from pipeline.report.corpus import Corpus
from pipeline.report.counting import Side, count_sides
from pipeline.report.stories import find_stories
from pipeline.tables import row_id

Rows = dict[str, list[dict[str, Any]]]
AsTables = Callable[[Rows], dict[str, pa.Table]]
SidesOf = Callable[[Rows], dict[str, Side]]


@pytest.fixture
def rows(invented_corpus: Callable[[], Rows]) -> Rows:
    return invented_corpus()


@pytest.fixture
def sides_of(as_tables: AsTables) -> SidesOf:
    """The sides of the contested group, by key."""

    def count(rows: Rows) -> dict[str, Side]:
        corpus = Corpus(as_tables(rows))
        group = next(row for row in corpus.rows("claim_groups") if row["contested"])
        return {side.key: side for side in count_sides(group, corpus, Addresses(corpus, find_stories(corpus)))}

    return count


def contested(rows: Rows) -> dict[str, Any]:
    return next(row for row in rows["claim_groups"] if row["contested"])


def members(rows: Rows, side: str) -> list[dict[str, Any]]:
    group_id = contested(rows)["claim_group_id"]
    return [m for m in rows["claim_group_members"] if m["claim_group_id"] == group_id and m["side"] == side]


def test_the_numbers_of_the_sources_shown_make_the_count(rows: Rows, sides_of: SidesOf) -> None:
    contested(rows)["n_independent_asserting"] = 3
    for member in members(rows, "asserts"):
        member["counted_actor_ids"] = []
    contested(rows)["asserting_actor_ids"] = []
    (source,) = sides_of(rows)["asserts"].sources
    assert (source.number, source.name) == (3, "3 sources without a known name")
    assert source.rests_on


def test_a_source_rests_on_its_earliest_statement(rows: Rows, sides_of: SidesOf) -> None:
    (source,) = sides_of(rows)["asserts"].sources
    (line,) = source.rests_on
    assert line.report.by.outlet == "Harbour Wire"
    assert [copy.by.outlet for copy in line.copies.items] == ["Inland Courier"]
    assert [folded.line.report.by.file for folded in source.folded.items] == ["coast.md"]


def test_every_claim_of_a_side_is_shown_or_counted_as_left_out(rows: Rows, sides_of: SidesOf) -> None:
    for key, side in sides_of(rows).items():
        lines = [line for source in side.sources for line in source.rests_on]
        lines += [folded.line for source in side.sources for folded in source.folded.items]
        lines += [folded.line for folded in side.apart.items]
        assert sum(1 + line.copies.total for line in lines) == len(members(rows, key))


def test_company_without_a_statement_of_its_own_is_said_to_be_that(rows: Rows, sides_of: SidesOf) -> None:
    contested(rows)["n_independent_denying"] = 2
    assert [source.name for source in sides_of(rows)["denies"].sources] == [
        "Norland",
        "1 source named only as company of these",
    ]


def test_a_name_that_does_not_count_says_why(rows: Rows, sides_of: SidesOf) -> None:
    members(rows, "denies")[0]["counted_actor_ids"] = []
    (apart,) = sides_of(rows)["denies"].apart.items
    assert apart.why.startswith("no name to count by")


def test_what_takes_no_side_stands_apart(rows: Rows, sides_of: SidesOf) -> None:
    members(rows, "denies")[0] |= {"side": "silent", "counted_actor_ids": [], "not_counted": "takes no side"}
    silent = sides_of(rows)["silent"]
    assert not silent.sources
    assert [folded.why for folded in silent.apart.items] == ["takes no side"]


def test_actors_of_one_name_stand_in_the_order_of_their_ids(rows: Rows, sides_of: SidesOf) -> None:
    twins = [{**rows["entities"][0], "entity_id": row_id("twin", str(n)), "name": "Twin"} for n in range(12)]
    rows["entities"] += twins
    claims = {claim["claim_id"]: claim for claim in rows["claims"]}
    carriers = members(rows, "asserts")[: len(twins)]
    contested(rows)["asserting_actor_ids"] = [twin["entity_id"] for twin in twins]
    contested(rows)["n_independent_asserting"] = len(twins)
    for number, member in enumerate(carriers):
        member["counted_actor_ids"] = [twin["entity_id"] for twin in twins[number :: len(carriers)]]
        member["not_counted"] = None
    said = [
        (len(source.rests_on) + source.folded.total, source.rests_on[0].content)
        for source in sides_of(rows)["asserts"].sources
    ]
    expected = {
        actor_id: claims[member["claim_id"]]["content_text"]
        for member in carriers
        for actor_id in member["counted_actor_ids"]
    }
    assert [content for _, content in said] == [expected[actor_id] for actor_id in sorted(expected)]
