"""What holds for mentions whatever the text and whatever the model found in it."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

import pyarrow as pa
import spacy
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities import find_mentions, mentions_version
from pipeline.settings import Settings
from pipeline.tables import ANNOTATIONS, ARTICLES, PASSAGES, row_id

BLANK = spacy.blank("en")
LABELS = ("PERSON", "ORG", "GPE", "NORP", "LOC", "DATE", "FAC", "LAW")
WORDS = (
    "Ada", "Berg", "Olav", "Dr", "Mr", "King", "Norway", "Danish", "U.S.", "Trade", "Board", "Ministry", "(TTB)",
    "TTB", "of", "for", "the", "in", "and", ",", ".", "'", "'s", "’s", "“", "”", "-", "–", "-led", "said",
    "minister", "president", "former", "Halm-backed", "@", "http://x.example", "5", "$", "US", "dollars", "\u00a0",
    "שלום", "🙂", "e\u0301", "İstanbul",
)  # fmt: skip


@st.composite
def annotated(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A text and an annotation row for it: real tokens, tags and entity spans drawn at random."""
    text = draw(
        st.one_of(
            st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join), st.text(min_size=1, max_size=60)
        )
    )
    doc = BLANK(text)
    size = len(doc)
    pos = draw(st.lists(st.sampled_from(("PROPN", "NOUN", "VERB", "ADP", "DET", "ADJ")), min_size=size, max_size=size))
    marks = draw(st.lists(st.sampled_from(("", "", *LABELS)), min_size=size, max_size=size))
    iob = ["O" if not m else "I" if i and marks[i - 1] == m else "B" for i, m in enumerate(marks)]
    return text, {
        "passage_sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "token_start": [t.idx for t in doc],
        "token_end": [t.idx + len(t.text) for t in doc],
        "lemma": [t.lower_ for t in doc],
        "pos": pos,
        "tag": [""] * size,
        "morph": [""] * size,
        "dep": ["dep"] * size,
        "head": [0] * size,
        "sent_start": [i == 0 for i in range(size)],
        "ent_iob": iob,
        "ent_type": marks,
    }


def tables_of(found: list[tuple[str, dict[str, Any]]]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """One article per drawn text, with some text before its only passage."""
    before = "Lead 🙂\n"
    articles = [
        {
            "article_id": row_id(str(n)),
            "source_uri": str(n),
            "source_file": str(n),
            "content_sha256": "",
            "article_digest": "",
            "format": "txt",
            "text": before + text,
            "n_words": 1,
            "status": "tagged",
        }
        for n, (text, _) in enumerate(found)
    ]
    passages = [
        {
            "article_id": row_id(str(n)),
            "passage_no": 1,
            "start": len(before),
            "end": len(before) + len(text),
            "kind": "body",
            "passage_sha256": row["passage_sha256"],
        }
        for n, (text, row) in enumerate(found)
    ]
    annotations = {row["passage_sha256"]: row for _, row in found}
    return ARTICLES.from_rows(articles), PASSAGES.from_rows(passages), ANNOTATIONS.from_rows(list(annotations.values()))


@given(annotated())
def test_offsets_round_trip_and_mentions_overlap_only_where_one_ends_the_other(
    drawn: tuple[str, dict[str, Any]],
) -> None:
    articles, passages, annotations = tables_of([drawn])
    text = articles.column("text")[0].as_py()
    rows = find_mentions(articles, passages, annotations, Settings()).to_pylist()
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows)
    assert all(row["text"].strip() == row["text"] != "" for row in rows if row["cluster_no"] is not None)
    ordered = sorted((row for row in rows if row["method"] != "nested"), key=lambda row: row["start"])
    assert all(a["end"] <= b["start"] for a, b in itertools.pairwise(ordered))
    for inner in (row for row in rows if row["method"] == "nested"):
        assert any(row["start"] < inner["start"] and row["end"] == inner["end"] for row in ordered)
    assert len({row["mention_id"] for row in rows}) == len(rows)


@given(st.lists(annotated(), min_size=2, max_size=3, unique_by=lambda drawn: drawn[0]))
def test_an_article_gets_the_same_rows_in_any_batch(drawn: list[tuple[str, dict[str, Any]]]) -> None:
    articles, passages, annotations = tables_of(drawn)
    together = find_mentions(articles, passages, annotations, Settings())
    alone = [find_mentions(articles.slice(n, 1), passages, annotations, Settings()) for n in range(len(drawn))]
    assert together.equals(pa.concat_tables(alone))


@given(annotated())
def test_amounts_and_dates_have_no_entity(drawn: tuple[str, dict[str, Any]]) -> None:
    rows = find_mentions(*tables_of([drawn]), Settings()).to_pylist()
    assert all((row["cluster_no"] is None) == (row["label"] == "DATE") for row in rows)


def test_the_version_names_the_data_files() -> None:
    assert mentions_version(Settings()).count(" ") == 5
