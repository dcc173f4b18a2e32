"""Two versions of an utterance side by side: which words differ, for the eye.

The published `quote_variants.diff` is the record for programs; this is the same comparison laid out over the words as
they are printed, so that both columns can be read whole.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass


@dataclass(frozen=True)
class DiffPart:
    """A run of words; ``differs`` where the other version does not have it."""

    words: str
    differs: bool


def compare_words(text_a: str, text_b: str) -> tuple[tuple[DiffPart, ...], tuple[DiffPart, ...]]:
    """Both texts as runs of words that are shared or not. Curly and straight marks and case count as equal."""
    words_a, words_b = text_a.split(), text_b.split()
    matcher = difflib.SequenceMatcher(None, _plain(words_a), _plain(words_b), autojunk=False)
    parts_a: list[DiffPart] = []
    parts_b: list[DiffPart] = []
    for operation, start_a, end_a, start_b, end_b in matcher.get_opcodes():
        differs = operation != "equal"
        if start_a < end_a:
            parts_a.append(DiffPart(" ".join(words_a[start_a:end_a]), differs))
        if start_b < end_b:
            parts_b.append(DiffPart(" ".join(words_b[start_b:end_b]), differs))
    return tuple(parts_a), tuple(parts_b)


_MARKS = str.maketrans("", "", "\"'“”‘’«»„.,;:")


def _plain(words: list[str]) -> list[str]:
    return [word.translate(_MARKS).casefold() or word for word in words]
