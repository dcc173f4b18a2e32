"""Summaries between headline and running text: bullets, bullets that lost their lines, and decks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.ingest.headlines import content_words, count_sentence_breaks
from pipeline.ingest.paragraphs import BULLET
from pipeline.ingest.pieces import Piece, trimmed

# A sentence's end with the next one's capital right behind it; two small letters before keep initials and titles out.
_JOINT = re.compile(r"(?<=[a-z]{2})[.!?][\"”’']?(?=[\"“‘']?[A-Z][a-z]*[\s’'-])")
_FULL_STOP = re.compile(r"\.[\"”’')\]»]{0,2}$")
_MAX_JOINED_WORDS = 120
_MIN_DECK, _MAX_DECK = 2, 5  # sentences
_MAX_DECK_WORDS = 25  # of one sentence
_MIN_BODY = 3  # paragraphs below a deck
_LONGER_LEAD = 1.8  # the lead below a deck has so many times the words of a deck's sentence
_MIN_TAKEN_UP = 0.6  # share of a deck sentence's words that the body takes up again, on average


def mark_summary(pieces: list[Piece], text: str) -> list[Piece]:
    """The pieces with the summary on top marked, its bullets parted from their marks; unchanged when there is none."""
    undecided = [number for number, piece in enumerate(pieces) if piece.kind is None]
    if len(undecided) < 2:
        return pieces
    bullets = _leading_bullets(pieces, text, undecided)
    if len(bullets) >= 2 and len(undecided) > len(bullets):
        return _split_bullets(pieces, text, bullets)
    first = undecided[0]
    if _is_joined(text[pieces[first].start : pieces[first].end]):
        return [*pieces[:first], *_split_joined(pieces[first], text), *pieces[first + 1 :]]
    deck = _find_deck(pieces, text, undecided)
    return [replace(piece, kind="summary") if number in deck else piece for number, piece in enumerate(pieces)]


def _leading_bullets(pieces: Sequence[Piece], text: str, undecided: Sequence[int]) -> list[int]:
    bullets: list[int] = []
    for number in undecided:
        if not BULLET.match(text, pieces[number].start, pieces[number].end):
            break
        bullets.append(number)
    return bullets


def _split_bullets(pieces: Sequence[Piece], text: str, bullets: Sequence[int]) -> list[Piece]:
    """Each bullet becomes its mark (furniture) and its text (summary)."""
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        mark = BULLET.match(text, piece.start, piece.end) if number in bullets else None
        if mark is None:
            found.append(piece)
        else:
            found += trimmed(text, piece.start, mark.end(), "boilerplate")
            found += trimmed(text, mark.end(), piece.end, "summary")
    return found


def _is_joined(paragraph: str) -> bool:
    joints = len(_JOINT.findall(paragraph))
    return (
        joints > count_sentence_breaks(paragraph)
        and len(paragraph.split()) <= _MAX_JOINED_WORDS
        and _FULL_STOP.search(paragraph) is not None
    )


def _split_joined(piece: Piece, text: str) -> list[Piece]:
    """One summary passage per sentence, so that no parser sees two sentences as one word."""
    cuts = [match.end() for match in _JOINT.finditer(text, piece.start, piece.end)]
    edges = [piece.start, *cuts, piece.end]
    return [part for start, end in itertools.pairwise(edges) for part in trimmed(text, start, end, "summary")]


def _find_deck(pieces: Sequence[Piece], text: str, undecided: Sequence[int]) -> set[int]:
    """Two to five short sentences right under the headline that the longer text below takes up again."""
    if not any(piece.kind == "title" for piece in pieces[: undecided[0]]):
        return set()
    lines = [text[pieces[number].start : pieces[number].end] for number in undecided]
    size = next((n for n, line in enumerate(lines) if not _is_deck_line(line)), len(lines))
    if not _MIN_DECK <= size <= _MAX_DECK or len(lines) - size < _MIN_BODY:
        return set()
    lengths = [len(line.split()) for line in lines]
    if lengths[size] < _LONGER_LEAD * sum(lengths[:size]) / size:
        return set()
    body = content_words(" ".join(lines[size:]))
    shares = [len(words & body) / len(words) for line in lines[:size] if (words := content_words(line))]
    return set(undecided[:size]) if sum(shares) >= _MIN_TAKEN_UP * size else set()


def _is_deck_line(line: str) -> bool:
    return (
        4 <= len(line.split()) <= _MAX_DECK_WORDS
        and count_sentence_breaks(line) == 0
        and re.search('["“”]', line) is None
    )
