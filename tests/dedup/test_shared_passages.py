"""Shared passages: which kinds there are, where the spans lie, and what is no evidence."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import find_shared_passages, group_copies, shared_passages_version
from pipeline.dedup.shared_passages import MOST_GROUPS, RUN_WORDS, word_spans
from pipeline.settings import Settings
from pipeline.tables import DUPLICATE_PAIRS, SHARED_KINDS
from pipeline.text import normalise

Build = Callable[..., tuple[pa.Table, pa.Table]]
CREW = (
    "The ferry “Ostra” left the quay of Lindmark at dawn with ninety islanders aboard, the harbour master said, and no "
    "one noticed that its second engine had been taken ashore."
)
EDITED = CREW.replace("ninety", "about ninety").replace("the harbour master said, ", "")
INQUIRY = "An inquiry was opened by the maritime office of Sarn, which has not yet heard a single witness."
OWN = [
    "Schools on the outer islands stay closed until the ice has gone, their inspector wrote to parents last week.",
    "A brass band played in front of the old customs house while the mayor cut a ribbon that nobody had ordered.",
    "Prices for smoked herring fell again, and the three remaining smokehouses blame the new road across the dam.",
]


def find(
    corpus: Build,
    texts: Mapping[str, str | Sequence[tuple[str, str]]],
    near: Sequence[tuple[str, str]] = (),
    **more: Any,
) -> list[dict[str, Any]]:
    """Rows of `shared_passages`; ``near`` are pairs of copies."""
    articles, passages = corpus(texts, more.get("metadata"))
    numbers = {"jaccard": 0.9, "containment_a_in_b": 0.9, "containment_b_in_a": 0.9, "kind": "near"}
    pairs = DUPLICATE_PAIRS.from_rows([{"article_id_a": a, "article_id_b": b, **numbers} for a, b in near])
    table = find_shared_passages(articles, passages, group_copies(pairs, articles), Settings())
    text = dict(zip(articles["article_id"].to_pylist(), articles["text"].to_pylist(), strict=True))
    rows: list[dict[str, Any]] = table.to_pylist()
    for row in rows:
        for side in "ab":
            row[side] = text[row[f"article_id_{side}"]][row[f"start_{side}"] : row[f"end_{side}"]]
    return rows


def body(*parts: str) -> list[tuple[str, str]]:
    return [("body", part) for part in parts]


def test_the_same_passage_in_other_typography_is_exact(corpus: Build) -> None:
    straight = CREW.replace("“", '"').replace("”", '"').replace("The ferry", "the\u00a0ferry")
    (row,) = find(corpus, {"a": body(OWN[0], CREW), "b": body(straight, OWN[1])})
    assert (row["kind"], row["passage_no_a"], row["passage_no_b"]) == ("exact", 1, 0)
    assert (row["a"], row["b"]) == (CREW.removesuffix("."), straight.removesuffix("."))
    assert row["n_words"] == len(normalise.split_words(CREW))


def test_an_edited_passage_is_near_and_spans_from_the_first_to_the_last_shared_word(corpus: Build) -> None:
    (row,) = find(corpus, {"a": body(CREW), "b": body(OWN[0], EDITED)})
    assert (row["kind"], row["passage_no_b"]) == ("near", 1)
    assert (row["a"], row["b"]) == (CREW.removesuffix("."), EDITED.removesuffix("."))
    assert row["n_words"] == len(normalise.split_words(CREW)) - len(["the", "harbour", "master", "said"])


def test_a_passage_inside_a_longer_one_is_contained(corpus: Build) -> None:
    (row,) = find(corpus, {"a": body(f"{OWN[0]} {INQUIRY} {OWN[1]} {OWN[2]}"), "b": body(INQUIRY)})
    assert row["kind"] == "contained"
    assert row["a"] == row["b"] == INQUIRY.removesuffix(".")


def test_a_run_of_words_in_two_passages_that_differ_is_as_long_as_it_can_be(corpus: Build) -> None:
    words = "its second engine had been taken ashore for repairs that were never paid for"
    texts = {
        "a": body(f"{OWN[0]} Nobody told the passengers that {words}. {OWN[1]}"),
        "b": body(f"{OWN[2]} According to the log, {words}, and {OWN[1].split(' while')[0]}."),
    }
    kinds = {row["a"].lower(): row["kind"] for row in find(corpus, texts)}
    assert kinds[words] == "run"
    assert all(len(run.split()) >= RUN_WORDS for run in kinds)


def test_two_runs_of_one_pair_of_passages_are_two_rows(corpus: Build) -> None:
    texts = {"a": body(f"{OWN[0]} {INQUIRY} {CREW}"), "b": body(f"{INQUIRY} {OWN[1]} {OWN[2]} {OWN[0]}")}
    rows = find(corpus, texts)
    assert {row["a"] for row in rows} == {INQUIRY.removesuffix("."), OWN[0].removesuffix(".")}
    assert {row["kind"] for row in rows} == {"run"}
    assert len({row["shared_id"] for row in rows}) == 2


def test_short_phrases_headlines_and_furniture_are_no_evidence(corpus: Build) -> None:
    short = " ".join(CREW.split()[: RUN_WORDS - 1])
    texts = {
        "a": [("title", CREW), ("body", f"{short} {OWN[0]}"), ("boilerplate", INQUIRY), ("caption", OWN[2])],
        "b": [("title", CREW), ("body", f"{short} {OWN[1]}"), ("boilerplate", INQUIRY), ("caption", OWN[2])],
    }
    assert find(corpus, texts) == []


@pytest.mark.parametrize(("n_articles", "is_evidence"), [(MOST_GROUPS, True), (MOST_GROUPS + 1, False)])
def test_what_stands_in_many_articles_is_no_evidence(corpus: Build, n_articles: int, is_evidence: bool) -> None:
    rows = find(corpus, {f"{number}": body(CREW) for number in range(n_articles)})
    assert len(rows) == (n_articles * (n_articles - 1) // 2 if is_evidence else 0)


def test_copies_speak_with_one_voice(corpus: Build) -> None:
    copies = [f"copy{number}" for number in range(MOST_GROUPS + 3)]
    texts: dict[str, Any] = {name: body(CREW, OWN[0]) for name in copies} | {"other": body(OWN[1], CREW)}
    texts["copy4"] = body(CREW, OWN[0], OWN[2])
    texts["third"] = body(OWN[2], INQUIRY)
    metadata = {"copy2": {"n_words": 500}}
    rows = find(corpus, texts, [(copies[0], name) for name in copies[1:]], metadata=metadata)
    assert {(row["article_id_a"], row["article_id_b"]) for row in rows} == {("copy2", "other"), ("copy4", "third")}


def test_a_passage_that_one_article_repeats_is_shared_once(corpus: Build) -> None:
    (row,) = find(corpus, {"a": body(CREW, OWN[0], CREW), "b": body(CREW)})
    assert row["passage_no_a"] == 0


def test_no_articles_no_passages(corpus: Build) -> None:
    assert find(corpus, {}) == []
    assert find(corpus, {"a": body(CREW)}) == []


SENTENCES = [*OWN, CREW, EDITED, INQUIRY, "Ünïcode “ﬁsh” co\u00adoperate 東京の港は静かだ and a short end."]
ARTICLES = st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), min_size=2, max_size=5)


@given(ARTICLES, st.booleans(), st.randoms(use_true_random=False))
def test_spans_hold_the_words_and_the_order_of_articles_does_not_show(
    corpus: Build, drawn: list[list[str]], together: bool, chance: random.Random
) -> None:
    texts = {f"{n}": body(" ".join(parts)) if together else body(*parts) for n, parts in enumerate(drawn)}
    articles, passages = corpus(texts)
    groups = group_copies(DUPLICATE_PAIRS.empty(), articles)
    table = find_shared_passages(articles, passages, groups, Settings())
    a, p, g = (given.take(chance.sample(range(len(given)), len(given))) for given in (articles, passages, groups))
    again = find_shared_passages(a, p, g, Settings())
    assert again.sort_by("shared_id").equals(table.sort_by("shared_id"))
    assert len(set(table["shared_id"].to_pylist())) == len(table)
    text = dict(zip(articles["article_id"].to_pylist(), articles["text"].to_pylist(), strict=True))
    where = {(row["article_id"], row["passage_no"]): (row["start"], row["end"]) for row in passages.to_pylist()}
    for row in table.to_pylist():
        assert row["kind"] in SHARED_KINDS
        assert row["article_id_a"] < row["article_id_b"]
        assert row["n_words"] >= RUN_WORDS
        words = []
        for side in "ab":
            first, last = where[row[f"article_id_{side}"], row[f"passage_no_{side}"]]
            assert first <= row[f"start_{side}"] < row[f"end_{side}"] <= last
            span = text[row[f"article_id_{side}"]][row[f"start_{side}"] : row[f"end_{side}"]]
            words.append(normalise.split_words(span))
        assert min(map(len, words)) >= row["n_words"]
        if row["kind"] == "exact":
            assert words[0] == words[1]


@given(st.text(max_size=60) | st.sampled_from(SENTENCES))
def test_every_word_of_the_normal_form_has_a_span(text: str) -> None:
    spans = word_spans(text)
    assert len(spans) == len(normalise.split_words(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_words_that_letters_tell_apart_have_their_own_spans() -> None:
    text = "«Vår båt», she wrote—again."
    assert [text[start:end] for start, end in word_spans(text)] == ["Vår", "båt", "she", "wrote", "again"]


def test_the_version_follows_the_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shared_passages_version()
    monkeypatch.setattr("pipeline.dedup.shared_passages.RUN_WORDS", 9)
    assert shared_passages_version() != before
