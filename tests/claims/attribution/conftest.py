"""Reads an invented article and gives its attributions in a form that a test can state in a line."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest

from pipeline.claims.attribution import find_attributions
from pipeline.settings import Settings
from pipeline.tables import ANNOTATIONS, ARTICLES, DOCUMENT_MENTIONS, PASSAGES, TAGGED_KINDS, row_id
from pipeline.text.annotation import annotate

SETTINGS = Settings()
_memory: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True)
class Name:
    """An entity of the article: every occurrence of ``text`` (and of ``others``) is a mention of it."""

    text: str
    type: str
    cluster: int
    gazetteer_id: str | None = None
    role: str | None = None
    affiliation: str | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Read:
    """An article read: its text and the rows of `attributions`, in text order."""

    text: str
    rows: list[dict[str, Any]]

    @property
    def only(self) -> dict[str, Any]:
        """The one attribution there is."""
        assert len(self.rows) == 1, [(r["source_text"], r["cue_lemma"], r["content_text"]) for r in self.rows]
        return self.rows[0]

    def by_cue(self, lemma: str) -> dict[str, Any]:
        """The first attribution with that cue."""
        return next(row for row in self.rows if row["cue_lemma"] == lemma)

    @property
    def told(self) -> list[tuple[str | None, str, str]]:
        """(source, cue, content) of each attribution."""
        return [(r["source_text"], " … ".join(c["text"] for c in r["cue"]), r["content_text"]) for r in self.rows]


def tables(
    text: str, names: Sequence[Name] = (), kinds: Sequence[str] = (), published_at: datetime.datetime | None = None
) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """(articles, passages, annotations, document_mentions) of one article; each line is a passage.

    ``kinds`` gives the passages' kinds in order; what it leaves out is body.
    """
    article_id = row_id(text)
    article = {
        "article_id": article_id,
        "source_uri": "invented.txt",
        "source_file": "invented.txt",
        "content_sha256": "0",
        "article_digest": "0",
        "format": "txt",
        "text": text,
        "n_words": len(text.split()),
        "status": "tagged",
        "published_at": published_at,
    }
    passages = []
    for number, line in enumerate(re.finditer(r"\S[^\n]*", text)):
        end = line.start() + len(line.group().rstrip())
        passages.append(
            {
                "article_id": article_id,
                "passage_no": number,
                "start": line.start(),
                "end": end,
                "kind": kinds[number] if number < len(kinds) else "body",
                "passage_sha256": hashlib.sha256(text[line.start() : end].encode()).hexdigest(),
            }
        )
    return (
        ARTICLES.from_rows([article]),
        PASSAGES.from_rows(passages),
        annotations_of(text, passages),
        DOCUMENT_MENTIONS.from_rows(mentions_of(text, article_id, names)),
    )


def annotations_of(text: str, passages: Sequence[dict[str, Any]]) -> pa.Table:
    """Annotations of the tagged passages; a text that has been seen is not parsed again."""
    wanted = {p["passage_sha256"]: text[p["start"] : p["end"]] for p in passages if p["kind"] in TAGGED_KINDS}
    missing = {key: words for key, words in wanted.items() if key not in _memory}
    if missing:
        for row in annotate(list(missing.values()), list(missing), SETTINGS.spacy_model).to_pylist():
            _memory[row["passage_sha256"]] = row
    return ANNOTATIONS.from_rows([_memory[key] for key in wanted])


def mentions_of(text: str, article_id: str, names: Sequence[Name]) -> list[dict[str, Any]]:
    """A mention for every occurrence of every name; of two that overlap the longer one."""
    found: list[tuple[int, int, Name]] = []
    for name in names:
        for form in (name.text, *name.others):
            found += [(m.start(), m.end(), name) for m in re.finditer(rf"\b{re.escape(form)}", text)]
    rows, last = [], 0
    for start, end, name in sorted(found, key=lambda item: (item[0], -item[1])):
        if start < last:
            continue
        last = end
        rows.append(
            {
                "mention_id": row_id(article_id, str(start), str(end)),
                "article_id": article_id,
                "start": start,
                "end": end,
                "text": text[start:end],
                "label": name.type,
                "method": "test",
                "cluster_no": name.cluster,
                "cluster_name": name.text,
                "cluster_type": name.type,
                "gazetteer_id": name.gazetteer_id,
                "role": name.role,
                "affiliation": name.affiliation,
            }
        )
    return rows


Reader = Callable[..., Read]


@pytest.fixture(scope="session")
def read() -> Reader:
    """Reads a text with the names given; keyword arguments as of `tables`."""

    def reader(text: str, *names: Name, **options: Any) -> Read:
        rows = find_attributions(*tables(text, names, **options), SETTINGS).to_pylist()
        rows.sort(key=lambda r: (min(s["start"] for s in [*r["cue"], *r["content"]]), r["layer"]))
        for row in rows:
            for span in [*row["cue"], *row["content"]]:
                assert text[span["start"] : span["end"]] == span["text"]
        return Read(text, rows)

    return reader


@pytest.fixture(scope="session")
def input_tables() -> Callable[..., tuple[pa.Table, pa.Table, pa.Table, pa.Table]]:
    """The function that makes the four input tables of one article."""
    return tables


@pytest.fixture(scope="session")
def name() -> type[Name]:
    """The class of names, so that test modules need no import from here."""
    return Name
