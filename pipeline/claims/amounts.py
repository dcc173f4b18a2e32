"""Amounts in a claim: each number with the thing counted, how exact it is said to be, and the words around it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.claims.words import Token, read_number, read_table, stem, tokenize, weight
from pipeline.data_files import numbered_lines

_UNIT_REACH = 4  # words after a number within which the thing counted stands
_SHARE_REACH = 2  # and more after `21 of`
_AROUND = 5  # words on either side that tell what is counted
_TENS = frozenset(range(20, 100, 10))
_ONES = frozenset(range(1, 10))
_ROUGHLY = 0.1  # share by which two numbers may differ where one is called rough


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of something. ``around`` are the stems of telling words near it, the unit's own left out."""

    value: float
    unit: str
    shown_unit: str
    shown: str
    rough: bool
    around: frozenset[str]


@functools.lru_cache(maxsize=4096)
def read_amounts(text: str, names: frozenset[str]) -> tuple[Amount, ...]:
    """The amounts in a text, in order.

    ``names`` are the lower-case words of the names that stand in it. Numbers that belong to a name
    (`Mark-12`), years, clock times and ages (`a 16-year-old`) are no amounts; orders of magnitude (`dozens`) neither.
    """
    tokens = tokenize(text)
    words = [token.text for token in tokens]
    name_at = frozenset(n for n, t in enumerate(tokens) if t.text in names and text[t.start].isupper())
    numbers = _numbers(words, name_at)
    found = []
    for at, (value, length) in sorted(numbers.items()):
        if _is_in_name(text, tokens, at, name_at) or _is_date(words, at, value) or _is_age(words, at + length):
            continue
        unit = _unit(text, tokens, numbers, at, length)
        if unit is not None:
            around = {*range(at - _AROUND, at), *range(at + length, at + length + _AROUND)} - {unit}
            found.append(
                Amount(
                    value,
                    "%" if text[tokens[at].end : tokens[at].end + 1] == "%" else stem(words[unit]),
                    "percent" if text[tokens[at].end : tokens[at].end + 1] == "%" else words[unit],
                    text[tokens[at].start : tokens[at + length - 1].end],
                    any(word in _rough_words() for word in words[max(0, at - 3) : at]),
                    frozenset(_telling(words, around, numbers, name_at)),
                )
            )
    return tuple(found)


def has_number(words: Iterable[str]) -> bool:
    """Whether a number may stand among these lower-case words."""
    return any(word in _number_words() or word[0].isdigit() for word in words)


@functools.lru_cache(maxsize=1)
def _number_words() -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("number_words.tsv", ("word", "value", "use")))


def _numbers(words: Sequence[str], name_at: frozenset[int]) -> dict[int, tuple[float, int]]:
    """Place of each exact number -> its value and how many words it takes."""
    found: dict[int, tuple[float, int]] = {}
    at = 0
    while at < len(words):
        read = None if at in name_at else read_number(list(words), at)
        if read is None:
            at += 1
            continue
        value, length, exact = read
        ones = read_number(list(words), at + length) if at + length < len(words) else None
        if words[at].isalpha() and value in _TENS and ones is not None and ones[0] in _ONES and words[at + 1].isalpha():
            value, length = value + ones[0], length + ones[1]  # `twenty-one`
        if exact:
            found[at] = value, length
        at += length
    return found


def _unit(
    text: str, tokens: Sequence[Token], numbers: Mapping[int, tuple[float, int]], at: int, length: int
) -> int | None:
    """The place of the word that is counted: the first telling word after the number, in the same part of a sentence.

    In `21 of the more than 200 boats` both numbers count boats.
    """
    place, share = at + length, at + length < len(tokens) and tokens[at + length].text == "of"
    last = place + _UNIT_REACH + _SHARE_REACH * share
    while place < min(len(tokens), last):
        gap = text[tokens[place - 1].end : tokens[place].start]
        if any(mark in gap for mark in ",;:.!?()"):
            return None
        if place in numbers:
            if not share:
                return None
            place += numbers[place][1]
            last = place + _UNIT_REACH
        elif weight(tokens[place].text) > 0 and tokens[place].text not in _rough_words():
            return place
        else:
            place += 1
    return None


def _is_in_name(text: str, tokens: Sequence[Token], at: int, name_at: frozenset[int]) -> bool:
    """Whether a number is part of a name or a clock time: joined to what stands before it, or after a name."""
    if at == 0:
        return False
    before, gap = tokens[at - 1], text[tokens[at - 1].end : tokens[at].start]
    if gap in ("-", "‑", "–", ":", "/"):
        return True
    return gap == " " and at - 1 in name_at and text[before.start].isupper() and not text[before.end :].startswith("'s")


def _is_date(words: Sequence[str], at: int, value: float) -> bool:
    word = words[at]
    year = len(word) == 4 and word.isdigit() and 1900 <= value <= 2100
    return year or (word.startswith("0") and word != "0") or (at > 0 and words[at - 1] in _months())


def _is_age(words: Sequence[str], after: int) -> bool:
    return after + 1 < len(words) and words[after] in ("year", "month") and words[after + 1] == "old"


def _telling(
    words: Sequence[str], places: set[int], numbers: Mapping[int, tuple[float, int]], name_at: frozenset[int]
) -> set[str]:
    inside = (place for place in places if 0 <= place < len(words) and place not in numbers and place not in name_at)
    return {stem(words[place]) for place in inside if weight(words[place]) > 0}


def differ(one: Amount, two: Amount) -> bool:
    """Whether two amounts of one thing cannot both be meant; a rough number covers what lies close to it."""
    if one.value == two.value:
        return False
    larger = max(abs(one.value), abs(two.value))
    return not (one.rough or two.rough) or abs(one.value - two.value) > _ROUGHLY * larger


@functools.lru_cache(maxsize=1)
def _words_of_numbers() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for _, line in numbered_lines((Path(__file__).parent / "amount_words.txt").read_text(encoding="utf-8")):
        kind, _, listed = line.partition(":")
        found[kind] = frozenset(listed.split())
    return found


def _rough_words() -> frozenset[str]:
    return _words_of_numbers()["rough"]


def _months() -> frozenset[str]:
    return _words_of_numbers()["months"]
