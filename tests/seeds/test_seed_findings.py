"""What the chain makes of the seeds: each difficulty that they were written for is met."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.lake import Lake


@pytest.fixture(scope="module")
def found(seed_lake: Lake) -> Findings:
    return Findings(seed_lake)


class Findings:
    """Tables of the release of the seeds, with files in the place of article ids."""

    def __init__(self, lake: Lake) -> None:
        self._rows = {
            table: list(lake.read(table).to_pylist())
            for table in ("articles", "claims", "claim_groups", "claim_group_members", "conflicts", "origins")
        }
        self.file = {row["article_id"]: row["source_uri"] for row in self._rows["articles"]}
        self.claim_file = {row["claim_id"]: self.file[row["article_id"]] for row in self._rows["claims"]}

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self._rows[table]

    def conflicts(self, kind: str, words: str) -> list[dict[str, Any]]:
        """Conflicts of a type whose explanation has these words."""
        return [c for c in self.rows("conflicts") if c["type"] == kind and words in c["explanation"]]

    def files(self, claim_ids: list[str]) -> set[str]:
        return {self.claim_file[claim_id] for claim_id in claim_ids}


@pytest.mark.parametrize("story", ["harbour-pact", "river-spill", "hospital-strike"])
def test_every_story_is_contested(found: Findings, story: str) -> None:
    contested = {row["claim_group_id"] for row in found.rows("claim_groups") if row["contested"]}
    members = [m for m in found.rows("claim_group_members") if m["claim_group_id"] in contested]
    sides = {m["side"] for m in members if found.claim_file[m["claim_id"]].startswith(story)}
    assert sides >= {"asserts", "denies"}


def test_articles_that_leave_the_denial_out_are_named_the_copy_too(found: Findings) -> None:
    (row,) = found.conflicts("omitted_denial", "Paravia")
    left_out = found.files(row["claim_ids_a"])
    assert {"harbour-pact/courier-harbour-treaty.txt", "harbour-pact/bayline-syndicated-treaty.txt"} <= left_out
    assert "harbour-pact/standard-fleets-tied-together.html" in found.files(row["claim_ids_b"])


def test_a_quotation_with_a_word_changed_is_a_hard_conflict_and_a_shortened_one_is_none(found: Findings) -> None:
    (row,) = found.conflicts("quotation_variant", "begging")
    assert row["strength"] == "hard"
    assert "harbour-pact/tribune-pact-neighbours-object.txt" in found.files(row["claim_ids_b"])
    assert "every port" in row["explanation"] and "every quay" in row["explanation"]
    assert not found.conflicts("quotation_variant", "shared berths")


def test_one_statement_of_two_persons_is_a_hard_mismatch(found: Findings) -> None:
    (row,) = found.conflicts("speaker_mismatch", "our tanks were full")
    assert row["strength"] == "hard"
    assert "Carla Dunmore" in row["explanation"] and "Hugo Pallister" in row["explanation"]


def test_the_correction_differs_in_its_number(found: Findings) -> None:
    (row,) = found.conflicts("numbers_differ", "14,000")
    assert "40,000" in row["explanation"]
    assert found.files(row["claim_ids_a"]) == {"river-spill/gazette-correction-fourteen-thousand.md"}


def test_two_rewrites_of_one_agency_have_one_origin(found: Findings) -> None:
    rewrites = [
        f"harbour-pact/{name}" for name in ("standard-fleets-tied-together.html", "tribune-pact-neighbours-object.txt")
    ]
    credited = {
        file: {o["origin"] for o in found.rows("origins") if found.file[o["article_id"]] == file} for file in rewrites
    }
    assert all("Northlight News Agency" in origins for origins in credited.values())


def test_another_language_and_a_very_short_text_are_kept_untagged(found: Findings) -> None:
    status = {row["source_uri"]: row["status"] for row in found.rows("articles")}
    assert status["hospital-strike/farol-huelga-en-corriston.md"] == "untagged_language"
    assert "too_short" in status.values()
    untagged = {uri for uri, value in status.items() if value != "tagged"}
    assert not untagged & set(found.claim_file.values())


def test_no_hard_conflict_within_the_sister_pieces_of_one_paper(found: Findings) -> None:
    courier = {f"harbour-pact/{name}" for name in ("courier-harbour-treaty.txt", "courier-no-storm-can-close.txt")}
    hard = [c for c in found.rows("conflicts") if c["strength"] == "hard"]
    assert not [c for c in hard if found.files([*c["claim_ids_a"], *c["claim_ids_b"]]) <= courier]
