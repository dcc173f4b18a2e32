"""Furniture: boilerplate, datelines and photo captions among the pieces of an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.ingest.headlines import count_sentence_breaks, is_sentence
from pipeline.ingest.passage_patterns import PassagePattern, patterns_of
from pipeline.ingest.pieces import Piece, trimmed, words_of

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
)
_DATE_AT_END = re.compile(rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH}),? \d{{4}}\.?$")
_SHOWS = re.compile(
    r"\b[A-Z][\w.’'-]*,? (?:is|are|[a-z]+[^\Wsui]s|shake|stand|walk|speak|attend|look|wave|pose|talk|sit|meet|arrive"
    r"|listen|hold|gather|march|watch|pass|line|queue|leave|take)\b"
)
_TELLS = re.compile(r"\b(?:sa(?:id|ys)|tells?|told|was|were|had|has|have|announced|reported|will|would)\b")
_MAX_CAPTION_WORDS = 60
_DATELINE_AMONG = 3  # paragraphs of running text that may begin with a dateline: a deck can stand above it
_MAX_DATELINE_CHARS = 120
_MIN_PLACE_LETTERS = 4
_TAIL = 3  # paragraphs at the end that patterns bound to the tail may take


def mark_boilerplate(pieces: list[Piece], text: str) -> list[Piece]:
    """Boilerplate and datelines by the patterns; those bound to top or tail only there."""
    patterns = patterns_of("boilerplate") + patterns_of("dateline") + patterns_of("byline")
    marked = [_mark(piece, text, patterns, "any") for piece in pieces]
    for number in _top(marked, text):
        marked[number] = _mark(marked[number], text, patterns, "top")
    for number in _tail(marked, text):
        marked[number] = _mark(marked[number], text, patterns, "tail")
    return marked


def find_byline(pieces: Sequence[Piece], text: str) -> Piece | None:
    """The line on top that names the authors ("By …"), None when there is none."""
    patterns = patterns_of("byline")
    for number in _top(pieces, text):
        piece = pieces[number]
        line = text[piece.start : piece.end]
        if any(pattern.matches(line, words_of(text, piece)) for pattern in patterns):
            return piece
    return None


def mark_captions(pieces: list[Piece], text: str) -> list[Piece]:
    """Photo captions and credits by the patterns, and a dated scene in front of the running text."""
    patterns = patterns_of("caption")
    marked = [_mark(piece, text, patterns, "any") for piece in pieces]
    undecided = [number for number, piece in enumerate(marked) if piece.kind is None]
    for number in undecided[:2]:  # the headline may still stand before it
        if len(undecided) > 3 and _is_dated_scene(text[marked[number].start : marked[number].end]):
            marked[number] = replace(marked[number], kind="caption")
            break
    return marked


def split_dateline(pieces: list[Piece], text: str) -> list[Piece]:
    """The place, date and agency in front of the first running paragraphs become a passage of their own."""
    undecided = [number for number, piece in enumerate(pieces) if piece.kind is None]
    for number in undecided[:_DATELINE_AMONG]:
        piece = pieces[number]
        for pattern in patterns_of("inline_dateline"):
            match = pattern.regex.match(text, piece.start, min(piece.end, piece.start + _MAX_DATELINE_CHARS))
            rest = trimmed(text, match.end(), piece.end, None) if match else []
            if match and rest and _is_dateline(match.group(), pattern.max_words):
                return [
                    *pieces[:number],
                    *trimmed(text, piece.start, match.end(), "dateline"),
                    *rest,
                    *pieces[number + 1 :],
                ]
    return pieces


def _is_dateline(prefix: str, max_words: int) -> bool:
    """Abbreviations before a dash ("EU - …") have the shape of a dateline, but names of places are longer."""
    return len(prefix.split()) <= max_words and sum(map(str.isalpha, prefix)) >= _MIN_PLACE_LETTERS


def _mark(piece: Piece, text: str, patterns: Sequence[PassagePattern], where: str) -> Piece:
    if piece.kind is not None:
        return piece
    line, n_words = text[piece.start : piece.end], words_of(text, piece)
    for pattern in patterns:
        if pattern.where == where and pattern.matches(line, n_words):
            return replace(piece, kind="dateline" if pattern.kind == "byline" else pattern.kind)
    return piece


def _running(pieces: Sequence[Piece], text: str) -> list[int]:
    return [n for n, p in enumerate(pieces) if p.kind in (None, "body") and is_sentence(text[p.start : p.end])]


def _top(pieces: Sequence[Piece], text: str) -> range:
    running = _running(pieces, text)
    return range(running[0]) if running else range(0)


def _tail(pieces: Sequence[Piece], text: str) -> range:
    running = _running(pieces, text)
    return range(max(running[0] + 1, len(pieces) - _TAIL), len(pieces)) if running else range(0)


def _is_dated_scene(line: str) -> bool:
    """One sentence that shows people doing something now and ends with a full date: a photo's caption."""
    if len(line.split()) > _MAX_CAPTION_WORDS or count_sentence_breaks(line) or not _DATE_AT_END.search(line):
        return False
    return not re.search('["“”]', line) and not _TELLS.search(line) and _SHOWS.search(line) is not None
