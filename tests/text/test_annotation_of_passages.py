"""Annotation: tokens give back the text, results belong to the passage alone, and documents come back whole."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.settings import Settings
from pipeline.text.annotation import annotate, load_model, rebuild_docs
from pipeline.text.tokenizing import LONGEST_RUN, tokenize

MODEL = Settings().spacy_model
SENTENCES = (
    "The ferry union said on Monday that the night crossings would stop.",
    '"We asked for crews, and got promises," said Ada Berg.',
    "Norland Lines denied the claim; its speaker, Ola Lund, called it absurd.",
    "No.",
    "“It is shut,” she said.\nAnd it was. Ms. Lund wouldn't comment.",
    "",
    " \n ",
    "👩\u200d👧 said no — الميناء 港口 e\u0301",
)
TEXTS = st.one_of(
    st.sampled_from(SENTENCES), st.text(max_size=40), st.lists(st.sampled_from(SENTENCES), max_size=9).map(" ".join)
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_a_passage_has_the_same_annotation_in_any_company(texts: list[str]) -> None:
    keys = [str(number) for number in range(len(texts))]
    together = annotate(texts, keys, MODEL).to_pylist()
    backwards = annotate(texts[::-1], keys[::-1], MODEL).to_pylist()
    alone = [row for text, key in zip(texts, keys, strict=True) for row in annotate([text], [key], MODEL).to_pylist()]
    assert together == alone == backwards[::-1]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_rebuilt_documents_are_what_the_model_made(texts: list[str]) -> None:
    keys = [str(number) for number in range(len(texts))]
    rebuilt = dict(rebuild_docs(annotate(texts, keys, MODEL), dict(zip(keys, texts, strict=True))))
    for key, text in zip(keys, texts, strict=True):
        made = load_model(MODEL)(text)
        assert rebuilt[key].text == text
        for one, other in zip(rebuilt[key], made, strict=True):
            assert (one.text, one.idx, one.lemma_, one.pos_, one.tag_) == (
                *(other.text, other.idx, other.lemma_),
                *(other.pos_, other.tag_),
            )
            assert (str(one.morph), one.dep_, one.head.i) == (str(other.morph), other.dep_, other.head.i)
            assert bool(one.is_sent_start) == bool(other.is_sent_start)
        spans = [[(e.start, e.end, e.label_) for e in doc.ents] for doc in (rebuilt[key], made)]
        assert spans[0] == spans[1]


def test_only_passages_that_are_asked_for_are_rebuilt() -> None:
    rows = annotate(SENTENCES[:2], ["first", "second"], MODEL)
    assert [key for key, _ in rebuild_docs(rows, {"second": SENTENCES[1]})] == ["second"]


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(), st.sampled_from(["'", "“", "(", "a", "-", "é", "👩\u200d👧"]), st.integers(0, 3 * LONGEST_RUN), st.text()
)
def test_tokens_give_back_any_text(before: str, mark: str, count: int, after: str) -> None:
    text = before + mark * count + after
    doc = tokenize(text, load_model(MODEL))
    assert doc.text == text
    assert all(text[token.idx : token.idx + len(token)] == token.text for token in doc)


def test_runs_of_ordinary_length_are_left_to_the_tokenizer() -> None:
    text = "“" * LONGEST_RUN + " said Berg"
    nlp = load_model(MODEL)
    assert [token.text for token in tokenize(text, nlp)] == [token.text for token in nlp.tokenizer(text)]


def test_the_tokenizer_never_sees_a_longer_run() -> None:
    """Its work grows with the square of a run's length: so the length of what it is given has to be limited."""
    given_to_it: list[str] = []

    class Watched:
        vocab = load_model(MODEL).vocab

        def tokenizer(self, text: str) -> object:
            given_to_it.append(text)
            return load_model(MODEL).tokenizer(text)

    tokenize("'" * 20_000 + " " + "(" * 700, Watched())  # type: ignore[arg-type]  # only what it uses
    assert max(len(run) for text in given_to_it for run in text.split()) <= LONGEST_RUN


@pytest.mark.parametrize("name", ["no_such_pipeline", "no such pipeline"])
def test_an_unknown_model_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="NEWSCLAIMS_SPACY_MODEL"):
        load_model(name)
