"""Whom pronouns and descriptions in source position mean, and when that stays open."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.claims.attribution.nominals import parse_nominals


def clusters(found: Any, cue: str) -> list[int]:
    """The source's clusters of the last attribution with that cue."""
    source: list[int] = [r for r in found.rows if r["cue_lemma"] == cue][-1]["source_clusters"]
    return source


def test_a_subject_is_taken_up_rather_than_whoever_is_named_last(read: Any, name: Any) -> None:
    found = read(
        "Brevik opened the hall in the manner of Lund. She warned that the dam was old.",
        name("Brevik", "PERSON", 1),
        name("Lund", "PERSON", 2),
    )
    assert clusters(found, "warn") == [1]


def test_whose_gender_the_article_tells_is_not_taken_for_the_other(read: Any, name: Any) -> None:
    found = read(
        "Mr. Lund met Mrs. Brevik. He warned that the dam was old.",
        name("Lund", "PERSON", 2),
        name("Brevik", "PERSON", 1),
    )
    assert clusters(found, "warn") == [2]


def test_a_pronoun_stays_open_between_two_who_are_as_likely(read: Any, name: Any) -> None:
    found = read(
        "The council heard Anna Brevik and Maria Lund. She warned that the dam was old.",
        name("Anna Brevik", "PERSON", 1),
        name("Maria Lund", "PERSON", 2),
    )
    assert clusters(found, "warn") == []


def test_a_speaker_without_a_name_keeps_her_pronoun(read: Any, name: Any) -> None:
    found = read(
        "Anna Brevik opened the hall.\nA resident said that the town was tired. She warned that the dam was old.",
        name("Anna Brevik", "PERSON", 1),
    )
    warning = found.by_cue("warn")
    assert (warning["source_clusters"], warning["source_anonymous"]) == ([], True)


def test_a_relative_clause_is_not_spoken_by_the_one_it_describes(read: Any, name: Any) -> None:
    found = read(
        "Peter Lund said that the dam was old. He blamed Olaf Sund, whom he called a liar.",
        name("Peter Lund", "PERSON", 1),
        name("Olaf Sund", "PERSON", 2),
    )
    assert all(row["source_clusters"] != [2] for row in found.rows)


def test_they_are_two_who_were_named_together(read: Any, name: Any) -> None:
    found = read(
        "Brevik and Lund met on Monday. They warned that the dam was old.",
        name("Brevik", "PERSON", 1),
        name("Lund", "PERSON", 2),
    )
    assert clusters(found, "warn") == [1, 2]


def test_it_is_open_after_a_document_that_spoke(read: Any, name: Any) -> None:
    found = read(
        "The Harbour Board met on Monday. The report said that the dam was old. It warned that the valley would flood.",
        name("Harbour Board", "ORG", 1),
    )
    assert clusters(found, "warn") == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Sen. Lund met Brevik in Vess. The senator warned that the dam was old.", 1),
        ("Brevik wrote to the Harbour Department. The department warned that the dam was old.", 4),
        ("Brevik spoke to the Morning Gazette. The newspaper reported that the dam was old.", 5),
        ("The hall was full when Brevik came. The businesswoman warned that the dam was old.", 2),
        ("Brevik spoke in Norland. The kingdom warned that the dam was old.", 6),
        ("Brevik sold her shares in Vess Timber. The company warned that the dam was old.", 7),
    ],
)
def test_a_description_goes_back_to_the_name_it_fits(read: Any, name: Any, text: str, meant: int) -> None:
    found = read(
        text,
        name("Lund", "PERSON", 1),
        name("Brevik", "PERSON", 2),
        name("Harbour Department", "ORG", 4),
        name("Morning Gazette", "ORG", 5),
        name("Norland", "GPE", 6, "country:n1"),
        name("Vess Timber", "ORG", 7),
    )
    assert found.rows[-1]["source_clusters"] == [meant]
    assert found.rows[-1]["source_resolution"] == "coreference"


@pytest.mark.parametrize(
    "text",
    [
        "Sen. Lund met Sen. Brevik. The senator warned that the dam was old.",
        "Lund met Brevik in the hall. The billionaire warned that the dam was old.",
        "Lund met Brevik in the hall. The clerk warned that the dam was old.",
        "The Harbour Board asked Vess Timber for help. The company warned that the dam was old.",
    ],
)
def test_a_description_that_fits_several_or_none_stays_open(read: Any, name: Any, text: str) -> None:
    found = read(
        text,
        name("Lund", "PERSON", 1),
        name("Brevik", "PERSON", 2),
        name("Harbour Board", "ORG", 3),
        name("Vess Timber", "ORG", 7),
    )
    assert found.rows[-1]["source_clusters"] == []


def test_the_agency_is_the_nearest_one_called_so(read: Any, name: Any) -> None:
    found = read(
        "Brevik spoke to Lantern News Agency. The news agency Portnews asked her about the dam. "
        "According to the agency, the dam was old.",
        name("Lantern News Agency", "ORG", 4, "outlet:lantern"),
        name("Portnews", "ORG", 5, "outlet:portnews"),
    )
    assert found.by_cue("according to")["source_clusters"] == [5]


def test_the_senators_are_those_named_together_with_the_title(read: Any, name: Any) -> None:
    found = read(
        "Sen. Lund and Sen. Brevik met the mayor. The senators warned that the dam was old.",
        name("Lund", "PERSON", 1),
        name("Brevik", "PERSON", 2),
    )
    assert found.rows[-1]["source_clusters"] == [1, 2]


DENIED = "Vessia accused Norland of arming rebels."


def test_a_denial_in_direct_speech_answers_the_one_accusation_before_it(read: Any, name: Any) -> None:
    found = read(
        f"{DENIED} “This is a lie,” said Peter Lund.",
        name("Vessia", "GPE", 1, "country:v1"),
        name("Norland", "GPE", 2, "country:n1"),
        name("Peter Lund", "PERSON", 3, affiliation="country:n1"),
    )
    accusation, denial = found.rows
    assert (denial["stance"], denial["refers_to"]) == ("deny", accusation["claim_id"])
    assert denial["content_text"] == "“This is a lie,”"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (DENIED, "“This is a good day for the valley,” said Peter Lund."),
        (DENIED, "“This is a lie,” said Olaf Sund."),
        (f"{DENIED} Ostrava accused Norland of stealing ships.", "“This is a lie,” said Peter Lund."),
    ],
)
def test_a_quotation_answers_nothing_without_one_accusation_against_its_speaker(
    read: Any, name: Any, before: str, words: str
) -> None:
    found = read(
        f"{before} {words}",
        name("Vessia", "GPE", 1, "country:v1"),
        name("Norland", "GPE", 2, "country:n1"),
        name("Ostrava", "GPE", 4, "country:o1"),
        name("Peter Lund", "PERSON", 3, affiliation="country:n1"),
        name("Olaf Sund", "PERSON", 5),
    )
    assert found.rows[-1]["refers_to"] is None


def test_a_title_without_its_noun_is_refused() -> None:
    with pytest.raises(ValueError, match="line 1: titles are pairs"):
        parse_nominals("title\tsen.")
