"""The shapes of furniture, captions and datelines, read from `passage_patterns.tsv`."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.data_files import read_rows

PATTERNS = Path(__file__).with_name("passage_patterns.tsv")
_COLUMNS = ("kind", "where", "max_words", "case", "pattern")
_KINDS = ("boilerplate", "caption", "dateline", "inline_dateline", "byline")
# A few words may be drawn out to any length, which some of the expressions would take quadratic time over.
_CHARS_PER_WORD, _CHARS_TO_SPARE = 40, 400
_PLACES = ("any", "top", "tail")


@dataclass(frozen=True)
class PassagePattern:
    """One row of the data file, compiled."""

    kind: str
    where: str
    max_words: int
    regex: re.Pattern[str]

    def matches(self, text: str, n_words: int) -> bool:
        """Whether the whole of ``text``, of ``n_words`` words, has this shape."""
        if n_words > self.max_words or len(text) > _CHARS_PER_WORD * self.max_words + _CHARS_TO_SPARE:
            return False
        return self.regex.fullmatch(text) is not None


@functools.lru_cache(maxsize=1)
def load_patterns() -> tuple[PassagePattern, ...]:
    """The patterns in the order of the data file.

    Raises `ValueError` naming the line when a row breaks the rules that the file's header states.
    """
    rows = read_rows(PATTERNS, _COLUMNS)
    return tuple(_compile(tuple(row.values()), f"{PATTERNS.name}, line {number}") for number, row in rows)


def patterns_of(kind: str) -> tuple[PassagePattern, ...]:
    """The patterns of one kind, in order."""
    return tuple(pattern for pattern in load_patterns() if pattern.kind == kind)


def patterns_digest() -> str:
    """SHA-256 of the data file."""
    return hashlib.sha256(PATTERNS.read_bytes()).hexdigest()


def _compile(cells: tuple[str, ...], place: str) -> PassagePattern:
    kind, where, max_words, case, pattern = cells
    if kind not in _KINDS or where not in _PLACES or not max_words.isdigit() or case not in "ic":
        raise ValueError(f"{place}: kind, where, max_words or case is not one the header allows: {cells[:4]}")
    try:
        regex = re.compile(pattern, re.IGNORECASE if case == "i" else 0)
    except re.error as error:
        raise ValueError(f"{place}: not a regular expression ({error})") from error
    return PassagePattern(kind, where, int(max_words), regex)
