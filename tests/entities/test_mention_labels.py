"""Labels decided by gazetteer, wording, head word and majority, and names that the model passed over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.tokens import Span

from pipeline.entities.lexicon import load_lexicon
from pipeline.entities.mentions import label_mentions
from pipeline.entities.spans import Passage
from pipeline.gazetteer import load_gazetteer

Build = Callable[..., Passage]


def labelled(passage: Passage) -> list[tuple[str, str]]:
    found = label_mentions({0: passage}, load_gazetteer(), load_lexicon())
    return [(mention.text, mention.label) for mention in found]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("the DPRK objected", {"DPRK": "ORG"}, [("DPRK", "GPE")]),
        ("Yonhap reported", {"Yonhap": "PERSON"}, [("Yonhap", "ORG")]),
        ("the Danish minister", {"Danish": "GPE"}, [("Danish", "NORP")]),
        ("Jordan Hale left", {"Jordan Hale": "PERSON"}, [("Jordan Hale", "PERSON")]),
        ("Jordan left", {"Jordan": "PERSON"}, [("Jordan", "PERSON")]),
        ("the Ada Berg Foundation", {"Ada Berg Foundation": "PERSON"}, [("Ada Berg Foundation", "ORG")]),
        ("the Halm Harbour Treaty", {"Halm Harbour Treaty": "ORG"}, [("Halm Harbour Treaty", "LAW")]),
        ("a storm in Brenlow", {"Brenlow": "PERSON"}, [("Brenlow", "GPE")]),
        ("the mayor of Brenlow", {"Brenlow": "ORG"}, [("Brenlow", "GPE")]),
        ("Brenlow district", {"Brenlow": "PERSON"}, [("Brenlow", "GPE")]),
        ("Brenlow said no", {"Brenlow": "ORG"}, [("Brenlow", "PERSON")]),
        ("the Brenlow said no", {"the Brenlow": "ORG"}, [("the Brenlow", "ORG")]),
        ("the Brenlow newspaper", {"Brenlow": "PERSON"}, [("Brenlow", "ORG")]),
        ("advocate Olav Brenlow", {"Olav Brenlow": "GPE"}, [("Olav Brenlow", "PERSON")]),
        ("Brenlow, 34, left", {"Brenlow": "GPE"}, [("Brenlow", "PERSON")]),
        ("T P Lund left", {"T P Lund": "ORG"}, [("T P Lund", "PERSON")]),
        ("the TNB left", {"TNB": "CARDINAL"}, [("TNB", "ORG")]),
        ("THE TNB LEFT", {"TNB": "PERSON"}, [("TNB", "PERSON")]),
        ("said Mr Brenlow", {"Brenlow": "GPE"}, [("Brenlow", "PERSON")]),
        ("the Halm National Park", {"Halm National Park": "ORG"}, [("Halm National Park", "LOC")]),
        ("Olav Brenlow, who left", {"Olav Brenlow": "ORG"}, [("Olav Brenlow", "PERSON")]),
        ("Brenlow was born", {"Brenlow": "GPE"}, [("Brenlow", "PERSON")]),
        ("the GDP and the TNB", {"GDP": "ORG", "TNB": "ORG"}, [("TNB", "ORG")]),
        ("the Brenlow Defence Minister", {"Brenlow Defence": "ORG"}, [("Brenlow", "GPE")]),
        ("the Vestrian Defence Minister", {"Vestrian Defence": "ORG"}, [("Vestrian", "NORP")]),
        ("Minister of Fisheries left", {"Fisheries": "ORG"}, []),
        ("Friends of Norway", {"Friends of Norway": "ORG"}, [("Friends of Norway", "ORG"), ("Norway", "GPE")]),
        ("Voice of America", {"Voice of America": "ORG"}, [("Voice of America", "ORG")]),
    ],
)
def test_labels_are_corrected(
    passage: Build, text: str, spans: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    tags = {"left": "VERB", "objected": "VERB", "of": "ADP", "and": "CCONJ"}
    assert labelled(passage(text, spans, tags)) == expected


def test_the_first_word_of_a_longer_body_is_the_body_unless_it_is_placed(passage: Build) -> None:
    text, spans = "Brenlow Iron Mines grew and they sued Brenlow", {"Brenlow Iron Mines": "ORG"}
    built = passage(text, spans, {"and": "CCONJ"})
    built.doc.set_ents([Span(built.doc, 0, 3, "ORG"), Span(built.doc, 7, 8, "GPE")])
    assert labelled(built) == [("Brenlow Iron Mines", "ORG"), ("Brenlow", "ORG")]
    placed = passage(text.replace("they sued", "work in"), spans, {"and": "CCONJ", "in": "ADP"})
    placed.doc.set_ents([Span(placed.doc, 0, 3, "ORG"), Span(placed.doc, 7, 8, "GPE")])
    assert labelled(placed) == [("Brenlow Iron Mines", "ORG"), ("Brenlow", "GPE")]


def test_the_majority_decides_for_one_surface_form(passage: Build) -> None:
    built = passage("Brenlow met Brenlow near a Brenlow wall", {})
    built.doc.set_ents([Span(built.doc, *place) for place in ((0, 1, "GPE"), (2, 3, "GPE"), (5, 6, "ORG"))])
    assert labelled(built) == [("Brenlow", "GPE")] * 3


def test_a_surname_is_a_person_where_its_full_name_stands(passage: Build) -> None:
    built = passage("Ada Berg spoke and Berg left", {"Ada Berg": "PERSON"}, {"spoke": "VERB", "and": "CCONJ"})
    assert labelled(built) == [("Ada Berg", "PERSON"), ("Berg", "PERSON")]


def test_the_article_before_a_word_shows_that_it_is_no_surname(passage: Build) -> None:
    built = passage("Ada Berg climbed the Berg", {"Ada Berg": "PERSON"}, {"climbed": "VERB", "the": "DET"})
    assert labelled(built) == [("Ada Berg", "PERSON")]


def test_an_abbreviation_in_brackets_is_found_and_recognised_again(passage: Build) -> None:
    built = passage("Tarn Trade Board (TTB) met and TTB left", {"Tarn Trade Board": "ORG"})
    assert labelled(built) == [("Tarn Trade Board", "ORG"), ("TTB", "ORG"), ("TTB", "ORG")]


def test_a_listed_name_that_the_model_passed_over_is_found(passage: Build) -> None:
    assert labelled(passage("ships of Norway and turkey meat", {})) == [("Norway", "GPE")]


def test_the_word_state_in_a_title_is_no_body(passage: Build) -> None:
    assert labelled(passage("Secretary of State Ada Berg", {"State": "ORG", "Ada Berg": "PERSON"})) == [
        ("Ada Berg", "PERSON")
    ]


def test_a_place_label_does_not_reach_a_name_that_speaks_elsewhere(passage: Build) -> None:
    built = passage("trust in Brenlow . Brenlow said no", {"Brenlow": "PERSON"}, {"in": "ADP", "said": "VERB"})
    assert labelled(built) == [("Brenlow", "PERSON")] * 2
