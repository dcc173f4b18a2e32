"""Passages: an article cut into title, summary, dateline, captions, body and furniture."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pyarrow as pa

from pipeline.ingest.field_maps import field_maps_digest
from pipeline.ingest.furniture import find_byline, mark_boilerplate, mark_captions, split_dateline
from pipeline.ingest.headlines import find_headline, mark_known_title
from pipeline.ingest.passage_patterns import patterns_digest
from pipeline.ingest.pieces import Piece, cut_pieces
from pipeline.ingest.summaries import mark_summary
from pipeline.tables import PASSAGES

CODE_VERSION = "1"
_COLUMNS = ("article_id", "text", "title", "format")


def passages_version() -> str:
    """Everything besides the articles that decides the passages."""
    return f"passages {CODE_VERSION}; patterns {patterns_digest()[:16]}; fieldmaps {field_maps_digest()[:16]}"


def split_passages(articles: pa.Table) -> pa.Table:
    """The passages of every article, as rows of the passages table.

    ``articles`` needs the columns article_id, text, title and format. Passages begin and end with non-space
    characters, do not overlap, and together hold every non-space character of the text.
    """
    rows = []
    for article in articles.select(_COLUMNS).to_pylist():
        text = article["text"]
        for number, piece in enumerate(cut_article(text, article["title"], article["format"])):
            rows.append(
                {
                    "article_id": article["article_id"],
                    "passage_no": number,
                    "start": piece.start,
                    "end": piece.end,
                    "kind": piece.kind,
                    "passage_sha256": hashlib.sha256(text[piece.start : piece.end].encode()).hexdigest(),
                }
            )
    return PASSAGES.from_rows(rows)


def cut_article(text: str, title: str | None, format_: str) -> list[Piece]:
    """The passages of one text, in order, each with its kind; ``title`` is the known one, ``format_`` the file's."""
    pieces = mark_known_title(cut_pieces(text, format_), text, title)
    pieces = mark_captions(mark_boilerplate(pieces, text), text)
    if format_ in ("txt", "md") and (headline := find_headline(pieces, text)):
        pieces = [replace(piece, kind="title") if piece is headline else piece for piece in pieces]
    pieces = split_dateline(mark_summary(pieces, text), text)
    return [piece if piece.kind else replace(piece, kind="body") for piece in pieces]


def find_title_and_byline(text: str, format_: str) -> tuple[Piece | None, Piece | None]:
    """The headline and the "By …" line that a text file begins with, None where it has none."""
    pieces = cut_pieces(text, format_)
    headline = find_headline(mark_captions(mark_boilerplate(pieces, text), text), text)
    return headline, find_byline(pieces, text)
