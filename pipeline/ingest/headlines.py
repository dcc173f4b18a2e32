"""Headlines: the title where it is known, and the first line of a text file that looks like one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.ingest.paragraphs import BULLET
from pipeline.ingest.pieces import Piece

_STOPPED = re.compile(r"[.!?][\"”’')\]»]{0,3}$")
_SENTENCE = re.compile(r"[.!?…:;,][\"”’')\]»]{0,3}$")
_SENTENCE_BREAK = re.compile(r"(?<=[a-z0-9”\"’'%)])[.!?][\"”’')]*\s+(?=[\"“‘'(]*[A-Z0-9])")
_DASHED_PLACE = re.compile(r"[A-Z][A-Z.'’-]+[^a-z]*(?:[A-Z][a-z.]+)?[^a-z]*(?:\([^)]*\))?\s?[—–-]\s")
# Headlines are in the present tense and name no weekday; lead sentences do both.
_NARRATES = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|said|told|announced|yesterday|last (?:week|month|year|night))\b"
)
_WORD = re.compile(r"[^\W_]{4,}")
_MIN_WORDS, _MAX_WORDS, _MAX_CHARS = 3, 30, 220
_MAX_STOPPED_WORDS = 18  # of a headline that ends like a sentence
_MIN_TITLE_CASE = 4  # words of four letters or more that show whether a line is in title case
_KNOWN_AMONG = 6  # paragraphs from the top among which a known title is looked for


def mark_known_title(pieces: list[Piece], text: str, title: str | None) -> list[Piece]:
    """The pieces with the one that says the known title marked as such, if it is among the first six."""
    if title is None or any(piece.kind == "title" for piece in pieces):
        return pieces
    wanted = _folded(title)
    for piece in pieces[:_KNOWN_AMONG]:
        if piece.kind is None and _folded(text[piece.start : piece.end]) == wanted:
            return [replace(p, kind="title") if p is piece else p for p in pieces]
    return pieces


def find_headline(pieces: Sequence[Piece], text: str) -> Piece | None:
    """The undecided piece on top that is a headline by its looks, None when there is none.

    That is a Markdown heading, or one line of 3 to 30 words over running text that does not end like a sentence. A line
    that does (some outlets and archives put a full stop there) must stand alone, be short, tell no event of a day,
    and be in title case or taken up again by the lead below it. A line that ends in a semicolon may have a deck below.
    """
    if any(piece.kind == "title" for piece in pieces):
        return None
    first = next((number for number, piece in enumerate(pieces) if piece.kind is None), None)
    if first is None:
        return None
    piece = pieces[first]
    following = [text[other.start : other.end] for other in pieces[first + 1 :] if other.kind is None]
    if piece.heading:
        return piece if following else None
    line = text[piece.start : piece.end]
    if _has_deck_line(pieces, first, line):
        line = line.rstrip(" ;")
    if not _looks_like_headline(line) or not any(is_sentence(other) for other in following[:4]):
        return None
    if _STOPPED.search(line) and not (piece.alone and _stands_in_for_headline(line, following)):
        return None
    return piece


def content_words(text: str) -> set[str]:
    """Words of four letters or more, cut to five so that inflections meet."""
    return {word.casefold()[:5] for word in _WORD.findall(text)}


def is_sentence(paragraph: str) -> bool:
    """Whether a paragraph is running text: six words or more, ended by punctuation."""
    return len(paragraph.split()) >= 6 and _SENTENCE.search(paragraph) is not None


def count_sentence_breaks(paragraph: str) -> int:
    """How often one sentence ends and another begins within the paragraph."""
    return len(_SENTENCE_BREAK.findall(paragraph))


def _folded(text: str) -> str:
    """A headline for comparison: quotes and spaces made equal, case ignored."""
    plain = re.sub("[‘’‚‛`´′]", "'", re.sub("[“”„‟″«»]", '"', text))
    return " ".join(plain.casefold().split()).rstrip(" ;")


def _looks_like_headline(line: str) -> bool:
    if len(line) > _MAX_CHARS or not _MIN_WORDS <= len(line.split()) <= _MAX_WORDS:
        return False
    if re.search(r"[\r\n]", line) or line.endswith((":", ";", ",", "…", "...")):
        return False
    return BULLET.match(line) is None and count_sentence_breaks(line) == 0 and _DASHED_PLACE.match(line) is None


def _has_deck_line(pieces: Sequence[Piece], number: int, line: str) -> bool:
    """Whether a line that ends in a semicolon and the next one are a block: headline and deck, as archives set them."""
    block = pieces[number : number + 3]
    return line.endswith(";") and [piece.alone for piece in block] == [False, False, True]


def _stands_in_for_headline(line: str, following: Sequence[str]) -> bool:
    """Whether a line that ends like a sentence is a headline: in title case, or taken up again by the lead."""
    if len(line.split()) > _MAX_STOPPED_WORDS or _NARRATES.search(line):
        return False
    words = _WORD.findall(line)
    capitals = sum(word[0].isupper() for word in words)
    return (len(words) >= _MIN_TITLE_CASE and capitals >= 0.8 * len(words)) or _is_restated(line, following)


def _is_restated(line: str, following: Sequence[str]) -> bool:
    words = content_words(line)
    shared = words & content_words(" ".join(following[:2]))
    return len(shared) >= 2 and len(shared) >= 0.25 * len(words)
