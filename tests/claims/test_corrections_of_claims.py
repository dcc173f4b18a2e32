"""What a user says of a claim or a group is done, is told in the rows, and is reported where nothing answers to it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline.claims.corrections import set_stances
from pipeline.claims.features import read_features
from pipeline.claims.matching import Matched, match_claims
from pipeline.claims.propositions import read_parties
from pipeline.overrides import ClaimOverride, Overrides
from pipeline.tables import row_id

DEED = "Norland has been supplying Vessia with rockets"
OTHER_WORDS = "Norland shipped artillery shells to Vessia"
FERRY = "the ferry sank with 21 of 200 passengers"


def correct(*rows: tuple[str, str, str, str]) -> Overrides[ClaimOverride]:
    numbered = enumerate(rows, 2)
    return Overrides(tuple(ClaimOverride(line, *row, "An Editor", "as it reads", "") for line, row in numbered))


def match(newsroom: Any, *rows: tuple[str, str, str, str]) -> Matched:
    claims, entities, articles, copies, _ = newsroom.tables()
    return match_claims(read_features(claims, read_parties(entities)), claims, articles, copies, correct(*rows))


def groups(matched: Matched) -> dict[str, str]:
    rows = matched.matches.select(["claim_id", "claim_group_id"]).to_pylist()
    return {row["claim_id"]: row["claim_group_id"] for row in rows}


def notes(matched: Matched) -> list[tuple[bool, str]]:
    return [(row["applied"], row["note"]) for row in matched.outcomes.to_pylist()]


def test_a_stance_that_was_set_is_the_claim_s_stance(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", DEED)
    b = newsroom.claim("b.txt", "Council", DEED)
    overrides = correct(("stance", a, "", "deny"))
    rows = {row["claim_id"]: row for row in set_stances(newsroom.tables()[0], overrides).to_pylist()}
    assert (rows[a]["stance"], rows[b]["stance"]) == ("deny", "assert")
    assert (rows[a]["corrected_by"], rows[b]["corrected_by"]) == ([overrides.rows[0].override_id], None)


def test_a_rejected_claim_and_its_copies_leave_their_group(newsroom: Any) -> None:
    newsroom.article("a.txt")
    newsroom.article("copy.txt", copy_of="a.txt")
    a, copy, b = (newsroom.claim(uri, "Ostmark", DEED) for uri in ("a.txt", "copy.txt", "b.txt"))
    matched = match(newsroom, ("reject", a, "", ""))
    assert len(set(groups(matched).values())) == 3
    how = dict(zip(*(matched.matches[name].to_pylist() for name in ("claim_id", "how")), strict=True))
    assert (how[a], how[copy], how[b]) == ("rejected", "rejected", "alone")
    assert notes(matched) == [(True, "rejected (2 rows)")]


def test_what_is_parted_between_two_goes_with_the_one_that_it_is_like(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", f"{DEED} through the lighthouse harbour")
    b = newsroom.claim("b.txt", "Council", OTHER_WORDS)
    c = newsroom.claim("c.txt", "Ada Quill", "the lighthouse harbour lets Norland supply Vessia with shells")
    found = groups(match(newsroom, ("part", a, b, "")))
    assert found[a] == found[c] != found[b]
    assert len(set(groups(match(newsroom)).values())) == 1


def test_groups_are_joined_by_a_claim_or_by_the_group_s_id(newsroom: Any) -> None:
    a, b = newsroom.claim("a.txt", "Ostmark", DEED), newsroom.claim("b.txt", "Council", FERRY)
    for other in (b, row_id(b)):
        matched = match(newsroom, ("join", a, other, ""))
        assert groups(matched) == dict.fromkeys((a, b), row_id(min(a, b)))
        assert "joined" in matched.matches["how"].to_pylist()


def test_a_denial_moves_with_the_claim_that_it_points_to(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", DEED)
    denial = newsroom.claim("a.txt", "Norland", "these accusations", "deny", refers_to=a)
    b = newsroom.claim("b.txt", "Council", OTHER_WORDS)
    found = groups(match(newsroom, ("part", a, "", "")))
    assert found[a] == found[denial] != found[b]


def test_a_correction_that_nothing_answers_to_is_kept_and_reported(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", DEED)
    matched = match(newsroom, ("reject", "0" * 16, "", ""), ("join", a, "1" * 16, ""), ("part", a, "2" * 16, ""))
    assert [applied for applied, _ in notes(matched)] == [False, False, False]
    assert all("no claim" in note for _, note in notes(matched))


def test_the_order_of_the_file_s_lines_decides_nothing(newsroom: Any) -> None:
    a, b, c = (
        newsroom.claim(f"{n}.txt", source, text)
        for n, (source, text) in enumerate([("Ostmark", DEED), ("Council", OTHER_WORDS), ("Ada Quill", FERRY)])
    )
    rows = [("join", a, c, ""), ("part", a, "", ""), ("join", b, c, ""), ("reject", b, "", "")]
    one, other = match(newsroom, *rows), match(newsroom, *reversed(rows))
    assert one.matches.equals(other.matches)
    assert isinstance(one.outcomes, pa.Table)
