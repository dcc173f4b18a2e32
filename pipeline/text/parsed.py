"""Parsed articles: an article's passages with their spaCy documents, joined from three tables."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from spacy.tokens import Doc

from pipeline.tables import TAGGED_KINDS
from pipeline.text.annotation import rebuild_docs


@dataclass(frozen=True)
class ParsedPassage:
    """One passage; ``doc`` is None where the passage is not annotated (furniture, other languages).

    ``start`` and ``end`` are code points into the article; a token's article offset is ``start + token.idx``.
    """

    passage_no: int
    start: int
    end: int
    kind: str
    doc: Doc | None


@dataclass(frozen=True)
class ParsedArticle:
    """An article with its passages in order."""

    article_id: str
    content_sha256: str
    text: str
    title: str | None
    publisher: str | None
    published_at: datetime.datetime | None
    passages: tuple[ParsedPassage, ...]

    @property
    def tagged(self) -> Iterator[ParsedPassage]:
        """The passages that carry mentions and claims: annotated ones of kind title, summary or body."""
        return (p for p in self.passages if p.doc is not None and p.kind in TAGGED_KINDS)


def parse_articles(articles: pa.Table, passages: pa.Table, annotations: pa.Table) -> Iterator[ParsedArticle]:
    """Join the tables to parsed articles, in the order of ``articles``.

    ``annotations`` may hold more passages than are needed; a passage without a row has ``doc=None``. Passages of equal
    text share one `Doc` object, so readers must not write to it.
    """
    by_article: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in passages.to_pylist():
        by_article[row["article_id"]].append(row)
    columns = ["article_id", "content_sha256", "text", "title", "publisher", "published_at"]
    rows = articles.select(columns).to_pylist()
    texts = {
        passage["passage_sha256"]: article["text"][passage["start"] : passage["end"]]
        for article in rows
        for passage in by_article[article["article_id"]]
        if passage["kind"] in TAGGED_KINDS
    }
    docs = dict(rebuild_docs(annotations, texts))
    for article in rows:
        parsed = tuple(
            ParsedPassage(
                passage_no=passage["passage_no"],
                start=passage["start"],
                end=passage["end"],
                kind=passage["kind"],
                doc=docs.get(passage["passage_sha256"]) if passage["kind"] in TAGGED_KINDS else None,
            )
            for passage in sorted(by_article[article["article_id"]], key=lambda p: p["passage_no"])
        )
        yield ParsedArticle(**article, passages=parsed)
