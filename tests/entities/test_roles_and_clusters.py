"""Roles beside names, whom they speak for, and which mentions of an article are one thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.tokens import Span

from pipeline.entities.clusters import Cluster, cluster_mentions
from pipeline.entities.lexicon import load_lexicon
from pipeline.entities.mentions import label_mentions
from pipeline.entities.names import body_form, merge_full_names, names_by_part, person_tokens, single_name_owner
from pipeline.entities.roles import Role, read_roles
from pipeline.entities.spans import Passage
from pipeline.gazetteer import load_gazetteer

Build = Callable[..., Passage]
ADA = {"Ada Berg": "PERSON"}
TAGS = {"a": "DET", "the": "DET", "an": "DET", "of": "ADP", "at": "ADP", "for": "ADP", "said": "VERB", "'s": "PART"}


def role_of(passage: Passage) -> Role | None:
    mentions = label_mentions({0: passage}, load_gazetteer(), load_lexicon())
    roles = read_roles({0: passage}, mentions, load_gazetteer(), load_lexicon())
    return next((role for mention, role in roles.items() if mention.label == "PERSON"), None)


@pytest.mark.parametrize(
    ("text", "spans", "role", "affiliation"),
    [
        ("Danish Foreign Minister Ada Berg said", {"Danish": "NORP"}, "Danish Foreign Minister", "country:dk"),
        ("US Secretary of State Ada Berg said", {"US": "GPE"}, "US Secretary of State", "country:us"),
        ("Norway's president, Ada Berg, said", {"Norway": "GPE"}, "Norway's president", "country:no"),
        ("Kremlin spokeswoman Ada Berg said", {"Kremlin": "ORG"}, "Kremlin spokeswoman", "country:ru"),
        ("Ada Berg, spokeswoman for Tarn, said", {"Tarn": "ORG"}, "spokeswoman for Tarn", "tarn"),
        ("Ada Berg, the mayor of Oslo, said", {"Oslo": "GPE"}, "mayor of Oslo", "city:oslo"),
        ("Ada Berg, a professor at Halm, said", {"Halm": "ORG"}, "professor at Halm", None),
        ("Ada Berg, chair at Halm University, said", {"Halm University": "ORG"}, "chair at Halm University", None),
        ("Ada Berg, chair at Oslo School, said", {"Oslo School": "ORG"}, "chair at Oslo School", None),
        ("Ada Berg, head of Oslo Tram, said", {"Oslo Tram": "ORG"}, "head of Oslo Tram", "oslo tram"),
        ("former Danish minister Ada Berg said", {"Danish": "NORP"}, "former Danish minister", None),
        ("resident Ada Berg said", {}, "resident", None),
        ("Tarn Defence Secretary Ada Berg said", {"Tarn Defence": "ORG"}, "Tarn Defence Secretary", "tarn"),
        ("Vestrian President Ada Berg said", {"Vestrian": "NORP"}, "Vestrian President", "vestrian"),
        ("Foreign Minister Ada Berg of Vestria said", {"Vestria": "GPE"}, "Foreign Minister", "vestria"),
        ("farmer Ada Berg of Norway said", {"Norway": "GPE"}, "farmer", None),
    ],
)  # fmt: skip
def test_roles_are_read_beside_the_name(
    passage: Build, text: str, spans: dict[str, str], role: str, affiliation: str | None
) -> None:
    assert role_of(passage(text, ADA | spans, TAGS)) == Role(role, affiliation)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Ada Berg said the minister left", {}),
        ("Ada Berg, said the minister", {}),
        ("a minister said Ada Berg left", {}),
        ("Ada Berg, who met the minister, said", {}),
        ("ministers met Olav Lund, Ada Berg", {"Olav Lund": "PERSON"}),
        ("a lawyer for Ada Berg said", {}),
    ],
)
def test_a_role_of_someone_else_is_not_taken(passage: Build, text: str, spans: dict[str, str]) -> None:
    assert role_of(passage(text, ADA | spans, TAGS | {"met": "VERB", "left": "VERB", "who": "PRON"})) is None


def found_clusters(passage: Passage) -> list[tuple[str, Cluster]]:
    mentions = label_mentions({0: passage}, load_gazetteer(), load_lexicon())
    roles = read_roles({0: passage}, mentions, load_gazetteer(), load_lexicon())
    found = cluster_mentions(passage.article_text, mentions, load_gazetteer(), load_lexicon(), roles)
    return [(mention.text, cluster) for mention, cluster in found.items()]


def clusters_of(passage: Passage) -> dict[str, str]:
    return {text: cluster.name for text, cluster in found_clusters(passage)}


def test_a_surname_is_the_person_and_shares_her_affiliation(passage: Build) -> None:
    built = passage("Danish minister Ada Berg said . Berg left", {"Danish": "NORP"} | ADA, TAGS)
    assert clusters_of(built)["Berg"] == "Ada Berg"


def test_a_surname_that_two_people_share_is_neither(passage: Build) -> None:
    built = passage("Ada Berg and Olav Berg met . Berg left", ADA | {"Olav Berg": "PERSON"}, {"and": "CCONJ"})
    names = clusters_of(built)
    assert (names["Ada Berg"], names["Olav Berg"], names["Berg"]) == ("Ada Berg", "Olav Berg", "Berg")


def test_a_family_name_may_stand_first_unless_it_is_a_surname_too() -> None:
    assert single_name_owner(("han",), names_by_part([("han", "sol", "mi")])) == ("han", "sol", "mi")
    assert single_name_owner(("han",), names_by_part([("han", "sol", "mi"), ("ada", "han")])) == ("ada", "han")
    assert single_name_owner(("han",), names_by_part([("ola", "han"), ("ada", "han")])) is None


def test_an_abbreviation_is_the_body_it_was_introduced_for(passage: Build) -> None:
    built = passage("Tarn Trade Board (TTB) met and TTB left", {"Tarn Trade Board": "ORG"})
    assert clusters_of(built) == {"Tarn Trade Board": "Tarn Trade Board", "TTB": "Tarn Trade Board"}


def test_an_outlet_may_be_called_by_its_initials_where_it_is_named(passage: Build) -> None:
    named = passage("she told BI . Read more on Business Insider", {"BI": "ORG"})
    assert clusters_of(named)["BI"] == "Business Insider"
    assert clusters_of(passage("she told BI . Read more", {"BI": "ORG"}))["BI"] == "BI"


def test_an_outlet_may_be_called_by_the_last_word_of_its_name(passage: Build) -> None:
    built = passage("the Financial Times reported and the Times added", {"Financial Times": "ORG"}, {"the": "DET"})
    built.doc.set_ents([*built.doc.ents, Span(built.doc, 6, 7, "ORG")])
    assert clusters_of(built)["Times"] == "Financial Times"


def test_an_organ_is_named_with_its_state(passage: Build) -> None:
    built = passage("Norway's Trade Ministry met", {"Norway": "GPE", "Trade Ministry": "ORG"}, TAGS)
    assert clusters_of(built)["Trade Ministry"] == "Norwegian Trade Ministry"


@pytest.mark.parametrize(
    ("text", "organ", "affiliation"),
    [
        ("the Vestrian navy left", "Vestrian navy", "vestrian"),
        ("the Harbour Navy left", "Harbour Navy", None),
        ("the Danish navy left", "Danish navy", "country:dk"),
    ],
)
def test_an_organ_belongs_to_the_state_it_is_named_with(
    passage: Build, text: str, organ: str, affiliation: str | None
) -> None:
    found = found_clusters(passage(text, {organ: "ORG"}, TAGS))
    assert {cluster.affiliation for _, cluster in found if cluster.type == "ORG"} == {affiliation}


def test_a_government_called_after_a_person_is_not_the_person(passage: Build) -> None:
    found = found_clusters(passage("the Berg administration said that Ada Berg left", ADA, TAGS))
    assert {(name, cluster.name, cluster.type) for name, cluster in found} == {
        ("Berg", "Berg administration", "ORG"),
        ("Ada Berg", "Ada Berg", "PERSON"),
    }


def test_a_listed_government_stands_for_its_state(passage: Build) -> None:
    ((_, cluster),) = found_clusters(passage("the Obama administration said", {"Obama": "PERSON"}, TAGS))
    assert (cluster.name, cluster.affiliation) == ("Obama administration", "country:us")


def test_a_mayor_of_that_name_leads_another_government(passage: Build) -> None:
    text = "Oslo Mayor Ada Obama spoke and the Obama administration left"
    found = found_clusters(passage(text, {"Ada Obama": "PERSON", "Oslo": "GPE"}, TAGS | {"spoke": "VERB"}))
    assert {c.affiliation for _, c in found if c.name.endswith("Obama administration")} == {"city:oslo"}


def test_an_unlisted_people_is_its_place(passage: Build) -> None:
    built = passage("Vestria met and Vestrian ships and Vestrians left", {"Vestria": "GPE"}, {"met": "VERB"})
    built.doc.set_ents([Span(built.doc, *place) for place in ((0, 1, "GPE"), (3, 4, "NORP"), (6, 7, "NORP"))])
    assert clusters_of(built) == dict.fromkeys(("Vestria", "Vestrian", "Vestrians"), "Vestria")


def test_a_direction_is_the_one_country_named_with_it(passage: Build) -> None:
    built = passage("North Korea spoke and the North left", {"North Korea": "GPE"}, {"the": "DET"})
    built.doc.set_ents([*built.doc.ents, Span(built.doc, 5, 6, "LOC")])
    assert clusters_of(built)["North"] == "North Korea"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Dr Ada B. Berg", ("ada", "berg")),
        ("Han Sol-mi", ("han", "sol", "mi")),
        ("Ola Ny Jr.", ("ola", "ny")),
        ("José Ångström", ("jose", "angstrom")),
        ("Mr", ("mr",)),
        ("Joe Berg", ("joseph", "berg")),
        ("Joseph Berg", ("joseph", "berg")),
        ("Oleh Halmskyy", ("oleh", "halmsky")),
        ("Oleh Halmskiy", ("oleh", "halmsky")),
    ],
)
def test_name_tokens(text: str, tokens: tuple[str, ...]) -> None:
    assert person_tokens(text, load_lexicon()) == tokens


def test_full_names_merge_with_one_fuller_name_only() -> None:
    merged = merge_full_names(
        {("ada", "berg"), ("ada", "lund", "berg"), ("ola", "ny"), ("ola", "a", "ny"), ("ola", "b", "ny")}
    )
    assert merged[("ada", "berg")] == ("ada", "lund", "berg")
    assert merged[("ola", "ny")] == ("ola", "ny")


@pytest.mark.parametrize(
    ("text", "form"),
    [("The Tarn Motors Co. Ltd.", "tarn motors"), ("Tarn Motors, Inc.", "tarn motors"), ("Inc.", "inc.")],
)
def test_body_form(text: str, form: str) -> None:
    assert body_form(text) == form
