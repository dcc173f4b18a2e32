"""What a claim proposes: who does what to whom, how many, and which words stand in quotation marks."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.claims.act_classes import class_at, load_classes
from pipeline.claims.propositions import Proposition, read_parties, read_proposition
from pipeline.claims.roles import Frame
from pipeline.claims.words import stem
from pipeline.tables import row_id

NORLAND, VESSIA = row_id("entity", "Norland"), row_id("entity", "Vessia")


def read(newsroom: Any, *arguments: Any, **named: Any) -> Proposition:
    newsroom.claim("a.txt", *arguments, **named)
    claims, entities, *_ = newsroom.tables()
    return read_proposition(claims.to_pylist()[-1], read_parties(entities))


def frame(proposition: Proposition, act: str) -> Frame:
    return next(f for f in proposition.frames if f.act == act)


@pytest.mark.parametrize(
    "content",
    [
        "Norland has been supplying Vessia with rockets",
        "Vessia bought thousands of rockets from Norland",
        "Vessia has been buying up Norhaven's cheap shells",
        "rockets that Norland shipped to Vessia",
        "Norlandic convoys sent artillery to Vessia",
        "Norland is arming Vessia",
    ],
)
def test_giver_and_taker_are_found_whichever_way_it_is_told(newsroom: Any, content: str) -> None:
    found = frame(read(newsroom, "Ostmark", content), "transfer")
    assert (found.agent, found.patient) == (NORLAND, VESSIA)
    assert "weapons" in found.things


def test_in_a_passive_the_agent_follows_by(newsroom: Any) -> None:
    found = frame(read(newsroom, "Ostmark", "Vessia was attacked by Norland at dawn"), "attack")
    assert (found.agent, found.patient) == (NORLAND, VESSIA)


def test_the_accused_acts_where_the_content_names_nobody(newsroom: Any) -> None:
    found = frame(read(newsroom, "Ostmark", "sending rockets to Vessia", "accuse", targets=["Norland"]), "transfer")
    assert (found.agent, found.patient) == (NORLAND, VESSIA)


def test_a_speaker_who_says_we_acts(newsroom: Any) -> None:
    found = frame(read(newsroom, "Mira Tolvanen", "“We will supply Vessia with rifles”", "pledge"), "transfer")
    assert (found.agent, found.patient) == (NORLAND, VESSIA)


def test_both_numbers_of_a_share_count_the_same_thing(newsroom: Any) -> None:
    assert read(newsroom, "Ostmark", "21 of the more than 200 trawlers sank").amounts == {
        (21.0, stem("trawlers")),
        (200.0, stem("trawlers")),
    }


def test_years_and_clock_times_count_nothing(newsroom: Any) -> None:
    assert not read(newsroom, "Ostmark", "in 2031 the ferry sank at 07:06 near the lighthouse").amounts


def test_quoted_words_of_both_pieces_are_read(newsroom: Any) -> None:
    found = read(newsroom, "Ada Quill", "“We will,” … “not leave the harbour.”")
    assert found.quoted == (("we", "will"), ("not", "leave", "the", "harbour"))


def test_names_are_parties_and_no_terms(newsroom: Any) -> None:
    found = read(newsroom, "Ostmark", "the Vessian lighthouse is dark")
    assert found.parties == {VESSIA}
    assert "vessian" not in found.terms


def test_a_phrase_is_read_before_its_first_word() -> None:
    found = class_at([stem(w) for w in ("military", "equipment")], 0)
    assert found is not None
    assert (found[0].name, found[1]) == ("weapons", 2)


def test_every_class_of_acts_has_a_kind_and_a_weight() -> None:
    assert all(c.kind in ("act", "thing") and 0 < c.weight <= 1 for c in load_classes().values())
