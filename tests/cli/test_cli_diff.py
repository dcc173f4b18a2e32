"""`newsclaims diff`: an article that went, told by what it took from groups and counts."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.entity_moves import entity_moves
from pipeline.cli.reading import ReleaseRows
from pipeline.lake import Lake
from pipeline.lake.releases import find_release, read_release_table

WENT = "harbour-pact/tribune-pact-neighbours-object.txt"


@pytest.fixture
def changes(run_shrunk: Any) -> Any:
    """The JSON of the difference between the two releases."""
    status, out, _ = run_shrunk("diff", "1", "2", "--json")
    assert status == 0
    return json.loads(out)


def _rows(lake: Lake, release: str, table: str) -> list[dict[str, Any]]:
    return list(read_release_table(lake, find_release(lake, release), table).to_pylist())


def test_a_release_does_not_differ_from_itself(run: Any) -> None:
    changes = json.loads(run("diff", "1", "latest", "--json")[1])
    assert all(change == {"added": [], "changed": [], "removed": []} for change in changes["tables"].values())
    assert not any(changes[kind] for kind in ("articles", "groups", "claims", "entities", "conflicts"))
    assert "nothing changed" in run("diff", "1")[1]


def test_an_unknown_release_is_an_error(run: Any) -> None:
    status, _, err = run("diff", "99")
    assert status == 1
    assert "there are: v000001" in err


def test_the_article_that_went_is_named_and_its_claims_with_it(changes: Any, shrunk_lake: Lake) -> None:
    assert [(c["change"], c["file"]) for c in changes["articles"]] == [("went", WENT)]
    assert {c["file"] for c in changes["claims"] if c["change"] == "went"} == {WENT}
    before, after = (len(_rows(shrunk_lake, release, "claims")) for release in ("1", "2"))
    numbers = Counter(c["change"] for c in changes["claims"])
    assert numbers["went"] - numbers["came"] == before - after


def test_counts_are_those_of_the_tables(changes: Any, shrunk_lake: Lake) -> None:
    tables = [
        {row["claim_group_id"]: row for row in _rows(shrunk_lake, release, "claim_groups")} for release in ("1", "2")
    ]
    assert changes["groups"]
    for change in changes["groups"]:
        for side in ("asserting", "denying"):
            for number, (group, table) in enumerate(zip((change["before"], change["after"]), tables, strict=True)):
                expected = table[group][f"n_independent_{side}"] if group else None
                assert change[side]["count"][number] == expected


def test_every_group_that_came_or_went_is_told_once(changes: Any, shrunk_lake: Lake) -> None:
    before, after = (
        {row["claim_group_id"] for row in _rows(shrunk_lake, release, "claim_groups")} for release in ("1", "2")
    )
    told = [change[side] for change in changes["groups"] for side in ("before", "after") if change[side]]
    assert before ^ after <= set(told)
    for side, other in (("before", "after"), ("after", "before")):
        ids = [change[side] for change in changes["groups"] if change[side]]
        assert len(ids) == len(set(ids)), other


def test_who_no_longer_counts_is_named_with_the_file(changes: Any) -> None:
    fewer = [
        change
        for change in changes["groups"]
        if change["change"] == "changed" and (change["asserting"]["went"] or change["denying"]["went"])
    ]
    assert fewer
    assert all(WENT in a["files"] for c in fewer for side in ("asserting", "denying") for a in c[side]["went"])


def test_backwards_came_is_went(changes: Any, run_shrunk: Any) -> None:
    back = json.loads(run_shrunk("diff", "2", "1", "--json")[1])
    for kind in ("articles", "claims", "conflicts", "entities", "groups"):
        forth = Counter(c["change"] for c in changes[kind])
        assert forth["went"] == Counter(c["change"] for c in back[kind])["came"], kind


def test_in_words_a_group_tells_its_counts_and_who(run_shrunk: Any, changes: Any) -> None:
    status, out, _ = run_shrunk("diff", "1", "2", "--limit", "0")
    assert status == 0
    assert f"- {WENT}" in out
    change = next(c for c in changes["groups"] if c["change"] == "changed" and c["asserting"]["went"])
    assert f"asserting - {change['asserting']['went'][0]['name']} ({WENT}" in out
    assert "\x1b" not in out


def test_a_limit_says_how_much_it_leaves_out(run_shrunk: Any, changes: Any) -> None:
    _, out, _ = run_shrunk("diff", "1", "2", "--limit", "2")
    assert f"and {len(changes['claims']) - 2} more (--limit 0 shows all)" in out


def test_a_negative_limit_is_an_error(run_shrunk: Any) -> None:
    status, _, err = run_shrunk("diff", "1", "2", "--limit", "-3")
    assert status == 1
    assert "--limit -3" in err


def test_tables_of_another_version_are_named_and_not_taken_for_unchanged(
    run_shrunk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReleaseRows, "has_layout", lambda _, table: table != "claims")
    found = json.loads(run_shrunk("diff", "1", "2", "--json")[1])
    assert found["not_compared"] == ["claims"]
    assert found["claims"] == [] and found["groups"]
    assert "not compared, written by another version: claims" in run_shrunk("diff", "1", "2")[1]


class TestEntityMoves:
    """What became of an entity, told by its mentions."""

    def test_an_entity_that_went_is_merged_where_most_of_its_mentions_are(self) -> None:
        assert entity_moves(["tolvanen"], [], {"tolvanen": {"mira": 4, "quill": 1}}) == {"tolvanen": ("merged", "mira")}

    def test_an_entity_that_came_is_split_off_from_one_that_is_still_there(self) -> None:
        assert entity_moves([], ["quill"], {"mira": {"quill": 2}}) == {"quill": ("split", "mira")}

    def test_one_for_one_is_a_new_name(self) -> None:
        assert entity_moves(["old"], ["new"], {"old": {"new": 3}}) == {"new": ("renamed", "old")}

    def test_two_that_became_one_new_one_are_merged(self) -> None:
        moves = entity_moves(["a", "b"], ["new"], {"a": {"new": 3}, "b": {"new": 1}})
        assert moves == {"a": ("merged", "new"), "b": ("merged", "new")}

    def test_without_mentions_nothing_can_be_said(self) -> None:
        assert entity_moves(["a"], ["b"], {}) == {}

    @given(
        st.sets(st.sampled_from("abcdef")),
        st.sets(st.sampled_from("uvwxyz")),
        st.dictionaries(
            st.sampled_from("abcdef"),
            st.dictionaries(st.sampled_from("uvwxyz"), st.integers(1, 9), min_size=1),
        ),
    )
    def test_nobody_is_told_of_twice(self, removed: set[str], added: set[str], flows: Any) -> None:
        moves = entity_moves(removed, added, flows)
        renamed = [other for kind, other in moves.values() if kind == "renamed"]
        assert len(renamed) == len(set(renamed))
        assert not set(renamed) & moves.keys()
        assert all(entity in removed for entity, (kind, _) in moves.items() if kind == "merged")
