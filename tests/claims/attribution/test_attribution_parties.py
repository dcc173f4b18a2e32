"""Sources, targets and relays as clusters: names, descriptions, pronouns, pairs."""

from __future__ import annotations

from typing import Any

import pytest


def test_members_of_a_list_are_one_source_with_several_clusters(read: Any, name: Any) -> None:
    found = read(
        "Norland, Vessia and the League said that the border was closed.",
        name("Norland", "GPE", 1, "country:n1"),
        name("Vessia", "GPE", 2, "country:v1"),
        name("League", "ORG", 3),
    ).only
    assert found["source_clusters"] == [1, 2, 3]
    assert found["source_text"] == "Norland, Vessia and the League"


def test_officials_of_two_states_are_two_bodies_without_a_name(read: Any, name: Any) -> None:
    found = read(
        "Norland and Vessian officials said that the border was closed.",
        name("Norland", "GPE", 1),
        name("Vessian", "NORP", 2),
    ).only
    assert found["source_clusters"] == [1, 2]
    assert found["source_anonymous"]


@pytest.mark.parametrize(
    "source",
    [
        "Vessian analysts",
        "Vessian media",
        "Vessian newspapers",
        "Vessian voters",
        "A Vessian scholar",
        "Two villagers in Vessian",
    ],
)
def test_people_and_media_do_not_speak_for_the_country_named_with_them(read: Any, name: Any, source: str) -> None:
    found = read(f"{source} said that the border was closed.", name("Vessian", "NORP", 2, "country:v1")).only
    assert (found["source_clusters"], found["source_anonymous"]) == ([], True)


def test_people_of_two_countries_speak_for_neither(read: Any, name: Any) -> None:
    found = read(
        "Norland and Vessian voters said that the border was closed.",
        name("Norland", "GPE", 1),
        name("Vessian", "NORP", 2),
    ).only
    assert (found["source_clusters"], found["source_anonymous"]) == ([], True)


@pytest.mark.parametrize("source", ["Vessian state media", "Vessian state-run media", "Vessian officials"])
def test_officials_and_the_media_of_a_state_count_by_it(read: Any, name: Any, source: str) -> None:
    found = read(f"{source} said that the border was closed.", name("Vessian", "NORP", 2, "country:v1")).only
    assert found["source_clusters"] == [2]


def test_researchers_count_by_their_university_and_not_by_its_country(read: Any, name: Any) -> None:
    found = read(
        "Vessian researchers at Halm University said that the dam was old.",
        name("Vessian", "NORP", 2, "country:v1"),
        name("Halm University", "ORG", 3),
    ).only
    assert (found["source_clusters"], found["source_anonymous"]) == ([3], True)


def test_a_spokesperson_is_anonymous_and_counts_by_the_body(read: Any, name: Any) -> None:
    found = read("A Harbour Council spokesperson said that the port was open.", name("Harbour Council", "ORG", 4)).only
    assert (found["source_clusters"], found["source_anonymous"]) == ([4], True)


def test_a_person_with_an_apposition_is_that_person(read: Any, name: Any) -> None:
    found = read(
        "Anna Brevik, a historian at Vessia College, said that the letters were forged.",
        name("Anna Brevik", "PERSON", 1),
        name("Vessia College", "ORG", 2),
    ).only
    assert (found["source_clusters"], found["source_anonymous"]) == ([1], False)


def test_a_pronoun_is_the_last_speaker_of_its_gender(read: Any, name: Any) -> None:
    found = read(
        "Anna Brevik met Peter Lund on Monday. She said that the letters were forged.",
        name("Anna Brevik", "PERSON", 1),
        name("Peter Lund", "PERSON", 2),
    ).only
    assert (found["source_clusters"], found["source_resolution"]) == ([1], "coreference")


def test_they_after_an_unnamed_spokesperson_is_the_spokesperson(read: Any, name: Any) -> None:
    found = read(
        "A Harbour Council spokesperson said that the port was open.\nThey added that no ship was late.",
        name("Harbour Council", "ORG", 4),
    )
    assert found.rows[1]["source_clusters"] == [4]
    assert found.rows[1]["source_anonymous"]


def test_the_outlet_is_the_last_medium_named(read: Any, name: Any) -> None:
    found = read(
        "Norland closed the port, according to the Daily Lantern. No ship was late, the outlet reported.",
        name("Daily Lantern", "ORG", 5, "outlet:lantern"),
        name("Norland", "GPE", 1),
    )
    assert found.by_cue("report")["source_clusters"] == [5]
    assert found.by_cue("report")["source_resolution"] == "coreference"


def test_an_unlisted_organisation_called_an_agency_is_the_agency(read: Any, name: Any) -> None:
    found = read(
        "Norland closed the port, according to Portnews, the Norland state news agency. No ship was late, "
        "the agency reported.",
        name("Portnews", "ORG", 5),
        name("Norland", "GPE", 1, "country:n1"),
    )
    assert found.by_cue("report")["source_clusters"] == [5]


def test_the_minister_is_the_one_whose_role_was_read(read: Any, name: Any) -> None:
    found = read(
        "Interior Minister Peter Lund met Anna Brevik. The minister said that the port was open.",
        name("Peter Lund", "PERSON", 2, role="Interior Minister"),
        name("Anna Brevik", "PERSON", 1),
    ).only
    assert found["source_clusters"] == [2]


def test_both_countries_after_an_accusation_are_the_accused_ones(read: Any, name: Any) -> None:
    found = read(
        "Norland officials accuse Vessia of supplying Ostrava with rockets. Both countries deny these accusations.",
        name("Norland", "GPE", 1, "country:n1"),
        name("Vessia", "GPE", 2, "country:v1"),
        name("Ostrava", "GPE", 3, "country:o1"),
    )
    accusation, denial = found.rows
    assert (denial["source_clusters"], denial["source_resolution"]) == ([2, 3], "coreference")
    assert (denial["stance"], denial["refers_to"]) == ("deny", accusation["claim_id"])


def test_a_capital_named_by_both_sides_is_its_state_where_that_is_named(read: Any, name: Any) -> None:
    found = read(
        "Vessia is far away. Norland accused Portvess of supplying Ostrava with rockets. Both sides deny the charge.",
        name("Vessia", "GPE", 2, "country:v1", affiliation="country:v1"),
        name("Norland", "GPE", 1, "country:n1"),
        name("Portvess", "GPE", 9, "city:portvess", affiliation="country:v1"),
        name("Ostrava", "GPE", 3, "country:o1"),
    )
    assert found.by_cue("deny")["source_clusters"] == [2, 3]


def test_a_claim_told_to_a_paper_is_relayed_by_it(read: Any, name: Any) -> None:
    found = read(
        "Two officials told the Daily Lantern that the port was open.",
        name("Daily Lantern", "ORG", 5, "outlet:lantern"),
    ).only
    assert (found["source_text"], found["addressee_clusters"], found["relayed_by_clusters"]) == (
        "Two officials",
        [5],
        [5],
    )


def test_a_claim_inside_another_is_relayed_by_the_outer_source(read: Any, name: Any) -> None:
    found = read(
        "According to the Daily Lantern, analysts predict that the port will close.",
        name("Daily Lantern", "ORG", 5, "outlet:lantern"),
    )
    outer, inner = found.by_cue("according to"), found.by_cue("predict")
    assert (outer["layer"], inner["layer"]) == (0, 1)
    assert inner["parent_claim_id"] == outer["claim_id"]
    assert (inner["source_text"], inner["relayed_by_clusters"], inner["stance"]) == ("analysts", [5], "predict")


def test_according_to_after_a_report_stands_around_it(read: Any, name: Any) -> None:
    found = read(
        "Peter Lund maintains that the port is safe, according to the Daily Lantern.",
        name("Peter Lund", "PERSON", 2),
        name("Daily Lantern", "ORG", 5, "outlet:lantern"),
    )
    outer, inner = found.by_cue("according to"), found.by_cue("maintain")
    assert inner["parent_claim_id"] == outer["claim_id"]
    assert inner["content_text"] == "that the port is safe"
    assert inner["relayed_by_clusters"] == [5]


def test_without_mentions_everything_but_the_clusters_is_the_same(read: Any, name: Any) -> None:
    text = "Norland accused Vessia of arming the rebels."
    bare, full = read(text), read(text, name("Norland", "GPE", 1), name("Vessia", "GPE", 2))
    assert bare.told == full.told
    assert bare.only["source_clusters"] == []


def test_pronouns_beside_a_surname_tell_its_gender(read: Any, name: Any) -> None:
    found = read(
        "Brevik sold her boat in May. Lund sold his house. She said that the price was fair.",
        name("Brevik", "PERSON", 1),
        name("Lund", "PERSON", 2),
    ).only
    assert found["source_clusters"] == [1]
