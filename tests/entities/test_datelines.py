"""Listed names in datelines, which are no running text and are not annotated."""

from __future__ import annotations

import pytest

from pipeline.entities import find_mentions
from pipeline.settings import Settings
from pipeline.tables import ANNOTATIONS, ARTICLES, PASSAGES, row_id
from pipeline.text.annotation import annotate

BODY = "Ada Berg spoke in the harbour."


def mentions_of(dateline: str, *, tagged: bool = True) -> list[tuple[str, str, str]]:
    """(text, label, method) of the mentions in an article of a dateline and one sentence."""
    text = f"{dateline} {BODY}"
    article = {"article_id": row_id("a"), "source_uri": "a", "text": text, "status": "tagged"}
    start = len(dateline) + 1
    passages = [
        {"start": 0, "end": len(dateline), "kind": "dateline", "passage_sha256": "dateline", "passage_no": 0},
        {"start": start, "end": len(text), "kind": "body", "passage_sha256": "body", "passage_no": 1},
    ]
    annotations = annotate([BODY], ["body"], Settings().spacy_model) if tagged else ANNOTATIONS.empty()
    found = find_mentions(
        ARTICLES.from_rows([article]),
        PASSAGES.from_rows([{"article_id": row_id("a"), **passage} for passage in passages]),
        annotations,
        Settings(),
    ).to_pylist()
    assert all(text[row["start"] : row["end"]] == row["text"] for row in found)
    return [(row["text"], row["label"], row["method"]) for row in found if row["start"] < start]


@pytest.mark.parametrize(
    ("dateline", "expected"),
    [
        ("OSLO –", [("OSLO", "GPE")]),
        ("OSLO, Oct 1 (Reuters) -", [("OSLO", "GPE"), ("Reuters", "ORG")]),
        ("PORT BRENLOW, Norway —", [("Norway", "GPE")]),
        ("PORT BRENLOW —", []),
    ],
)
def test_listed_names_are_found(dateline: str, expected: list[tuple[str, str]]) -> None:
    assert mentions_of(dateline) == [(text, label, "dateline") for text, label in expected]


def test_an_article_that_is_not_tagged_has_none() -> None:
    assert mentions_of("OSLO –", tagged=False) == []
