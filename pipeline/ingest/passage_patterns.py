"""The shapes of furniture, captions and datelines, read from `passage_patterns.tsv`."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

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
    patterns: list[PassagePattern] = []
    header: tuple[str, ...] | None = None
    for number, line in enumerate(PATTERNS.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#") or not line.strip():
            continue
        cells = tuple(line.split("\t"))
        if header is None:
            header = cells
            if header != _COLUMNS:
                raise ValueError(f"{PATTERNS.name}: columns must be {_COLUMNS}, not {header}")
            continue
        patterns.append(_compile(cells, f"{PATTERNS.name}, line {number}"))
    return tuple(patterns)


def patterns_of(kind: str) -> tuple[PassagePattern, ...]:
    """The patterns of one kind, in order."""
    return tuple(pattern for pattern in load_patterns() if pattern.kind == kind)


def patterns_digest() -> str:
    """SHA-256 of the data file."""
    return hashlib.sha256(PATTERNS.read_bytes()).hexdigest()


def _compile(cells: tuple[str, ...], place: str) -> PassagePattern:
    if len(cells) != len(_COLUMNS):
        raise ValueError(f"{place}: {len(_COLUMNS)} columns expected, {len(cells)} found")
    kind, where, max_words, case, pattern = cells
    if kind not in _KINDS or where not in _PLACES or not max_words.isdigit() or case not in "ic":
        raise ValueError(f"{place}: kind, where, max_words or case is not one the header allows: {cells[:4]}")
    try:
        regex = re.compile(pattern, re.IGNORECASE if case == "i" else 0)
    except re.error as error:
        raise ValueError(f"{place}: not a regular expression ({error})") from error
    return PassagePattern(kind, where, int(max_words), regex)
