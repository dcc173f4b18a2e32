"""Words of a claim made comparable: tokens, stems, weights and numbers, without a statistical model."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import NamedTuple

from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.data_files import read_rows, read_words

_FOLDER = Path(__file__).parent
_TOKEN = re.compile(r"[^\W_]+(?:[.,’'][^\W_]+)*")
_VOWEL = re.compile(r"[aeiouy]")
COMMON_WEIGHT = 0.35
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Token(NamedTuple):
    """A word with its code points ``start`` to ``end`` in the string it was read from."""

    text: str
    start: int
    end: int


def read_table(name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of a tab-separated data file beside this module; lines starting with ``#`` are its documentation.

    Raises `ValueError` naming file and line where the columns are not ``columns``.
    """
    return [dict(row) for _, row in read_rows(_FOLDER / name, columns)]


def tokenize(text: str) -> list[Token]:
    """Words and numbers of ``text`` in order; hyphens part words, a possessive ``'s`` is left out of its word."""
    found = []
    for match in _TOKEN.finditer(text):
        word, start = match.group().lower(), match.start()
        if not word.isalnum():
            word = word.replace("’", "'").removesuffix("'s")
        found.append(Token(word, start, start + len(word)))
    return found


@functools.lru_cache(maxsize=1)
def _irregular() -> dict[str, str]:
    return {row["form"]: row["base"] for row in read_table("irregular_forms.tsv", ("form", "base"))}


@functools.lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A key that inflected forms of one English word share (`supplies`, `supplying`: `suppli`).

    Suffix stripping after Porter's step 1 (An algorithm for suffix stripping, 1980), with irregular forms from a
    table first. The key is for comparing, never for showing.
    """
    base = _irregular().get(word)
    if base is not None:
        return base if base == word else stem(base)
    word = word.split("'", maxsplit=1)[0].replace(".", "")
    if not word.isalpha() or len(word) <= 3:
        return word
    return _trim(_without_ending(_without_plural(word)))


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3 and _VOWEL.search(rest):
            return word[:-1] if word.endswith("eed") else rest
    return word


def _trim(word: str) -> str:
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


@functools.lru_cache(maxsize=1)
def _common_stems() -> frozenset[str]:
    return frozenset(map(stem, read_words(_FOLDER / "common_words.txt")))


@functools.lru_cache(maxsize=200_000)
def weight(word: str) -> float:
    """How much it says that two claims share this word: 0 grammatical, `COMMON_WEIGHT` common in news, 1 other."""
    if word in STOP_WORDS or (len(word) == 1 and not word.isdigit()):
        return 0.0
    return COMMON_WEIGHT if stem(word) in _common_stems() else 1.0


@functools.lru_cache(maxsize=1)
def _number_words() -> dict[str, tuple[float, str]]:
    rows = read_table("number_words.tsv", ("word", "value", "use"))
    return {row["word"]: (float(row["value"]), row["use"]) for row in rows}


def read_number(words: list[str], at: int) -> tuple[float, int, bool] | None:
    """The number that begins at ``words[at]``: its value, how many words it takes, whether it is exact.

    ``None`` where no number begins. `dozens` and `millions` are orders of magnitude, not exact.
    """
    word = words[at]
    table = _number_words()
    if NUMBER.fullmatch(word):
        value = float(word.replace(",", "")) if word.count(".") <= 1 else 0.0
    elif word in table and table[word][1] != "scale":
        value, use = table[word]
        if use == "vague":
            return value, 1, False
    else:
        return None
    length = 1
    while at + length < len(words) and table.get(words[at + length], (0.0, ""))[1] == "scale":
        value *= table[words[at + length]][0]
        length += 1
    return value, length, True
