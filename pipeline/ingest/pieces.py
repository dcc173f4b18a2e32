"""Pieces: passages in the making. First cut: front matter, header lines, Markdown marks, paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.ingest.paragraphs import cut_paragraphs
from pipeline.ingest.plain import find_header_lines, front_matter_end

_HEADING_MARK = re.compile(r"#{1,6}[ \t]+(?=\S)")


@dataclass(frozen=True)
class Piece:
    """A stretch of text without white space at its edges, and its kind once decided.

    ``alone``: blank lines, or the text's edge, surround it. ``heading``: a Markdown heading.
    """

    start: int
    end: int
    alone: bool = True
    heading: bool = False
    kind: str | None = None


def cut_pieces(text: str, format_: str) -> list[Piece]:
    """The paragraphs of a text; front matter, header lines (but the title's value) and heading marks are furniture."""
    if format_ not in ("txt", "md"):
        return _paragraphs(text, 0, len(text), markdown=False)
    markdown = format_ == "md"
    begin = front_matter_end(text) if markdown else 0
    pieces = trimmed(text, 0, begin, "boilerplate")
    headers = find_header_lines(text, begin)
    if not headers:
        return pieces + _paragraphs(text, begin, len(text), markdown=markdown)
    pieces += _paragraphs(text, begin, headers[0].start, markdown=markdown)
    for header in headers:
        if header.field == "title":
            pieces += trimmed(text, header.start, header.value_start, "boilerplate")
            pieces += trimmed(text, header.value_start, header.end, "title")
        else:
            pieces += trimmed(text, header.start, header.end, "boilerplate")
    return pieces + _paragraphs(text, headers[-1].end, len(text), markdown=markdown)


def trimmed(text: str, start: int, end: int, kind: str | None) -> list[Piece]:
    """The stretch without the white space at its edges, as one piece; none when nothing is left."""
    stretch = text[start:end]
    stripped = stretch.strip()
    if not stripped:
        return []
    begin = start + len(stretch) - len(stretch.lstrip())
    return [Piece(begin, begin + len(stripped), kind=kind)]


def words_of(text: str, piece: Piece) -> int:
    """Number of words (runs of non-space) in a piece."""
    return len(text[piece.start : piece.end].split())


def _paragraphs(text: str, start: int, end: int, *, markdown: bool) -> list[Piece]:
    pieces: list[Piece] = []
    for paragraph in cut_paragraphs(text, start, end):
        mark = _HEADING_MARK.match(text, paragraph.start, paragraph.end) if markdown else None
        if mark is None:
            pieces.append(Piece(paragraph.start, paragraph.end, paragraph.alone))
        else:
            pieces += trimmed(text, paragraph.start, mark.end(), "boilerplate")
            pieces.append(Piece(mark.end(), paragraph.end, True, True))
    return pieces
