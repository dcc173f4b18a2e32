"""Small article and passage tables from plain texts."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import settings as hypothesis_settings

from pipeline.settings import Settings
from pipeline.tables import ARTICLES, PASSAGES

# Machine code is loaded, and other work may run beside the tests: time says nothing about an example.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

Corpus = tuple[pa.Table, pa.Table]
Passages = Sequence[tuple[str, str]]


def build_corpus(texts: Mapping[str, str | Passages], metadata: Mapping[str, dict[str, Any]] | None = None) -> Corpus:
    """Articles and passages; a text is one body passage, or a list of (kind, text of the passage)."""
    articles, passages = [], []
    for article_id, given in texts.items():
        parts: Passages = [("body", given)] if isinstance(given, str) else given
        position = 0
        for number, (kind, part) in enumerate(parts):
            passages.append(
                {
                    "article_id": article_id,
                    "passage_no": number,
                    "start": position,
                    "end": position + len(part),
                    "kind": kind,
                    "passage_sha256": "",
                }
            )
            position += len(part) + 2
        text = "\n\n".join(part for _, part in parts)
        articles.append(
            {
                "article_id": article_id,
                "source_uri": f"{article_id}.txt",
                "source_file": f"{article_id}.txt",
                "content_sha256": "",
                "article_digest": "",
                "format": "txt",
                "text": text,
                "byline": [],
                "n_words": len(text.split()),
                "status": "tagged",
                "metadata_evidence": [],
                **(metadata or {}).get(article_id, {}),
            }
        )
    return ARTICLES.from_rows(articles), PASSAGES.from_rows(passages)


@pytest.fixture(scope="session")
def corpus() -> Callable[..., Corpus]:
    return build_corpus


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="session")
def noon() -> datetime.datetime:
    return datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.UTC)
