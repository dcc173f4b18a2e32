"""Classes of acts and things: which words name one act (`supply`, `ship`, `arm`) or one kind of thing."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.words import read_table, stem

_COLUMNS = ("kind", "class", "direction", "weight", "implies", "words")
_KINDS = ("act", "thing")
_DIRECTIONS = ("forward", "reverse", "even")

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordClass:
    """One class: ``kind`` is `act` or `thing`, ``direction`` `forward`, `reverse` or `even` (no roles).

    ``weight`` says how much it means that two claims share the class, 0 to 1; ``implies`` is a
    thing that the word names by itself, or empty. ``term`` stands for all words of the class when claims are compared.
    """

    kind: str
    name: str
    direction: str
    weight: float
    implies: str
    term: str

    @property
    def needs_thing(self) -> bool:
        """Whether the act says little without what it is done with (`supply`), unlike `attack`."""
        return self.implies == "?"


@functools.lru_cache(maxsize=1)
def load_classes() -> dict[Phrase, WordClass]:
    """Stems of each listed word or phrase -> its class.

    Raises `ValueError` naming the word where kinds or directions are unknown or a word stands in two classes.
    """
    classes: dict[Phrase, WordClass] = {}
    for row in read_table("act_classes.tsv", _COLUMNS):
        if row["kind"] not in _KINDS or row["direction"] not in _DIRECTIONS:
            raise ValueError(
                f"act_classes.tsv: {row['kind']!r}, {row['direction']!r} in class {row['class']!r} unknown"
            )
        term = f"{row['kind']}:{row['class']}"
        found = WordClass(row["kind"], row["class"], row["direction"], float(row["weight"]), row["implies"], term)
        for phrase in row["words"].split(","):
            key = tuple(stem(word) for word in phrase.replace("-", " ").split())
            if classes.get(key, found) != found:
                raise ValueError(f"act_classes.tsv: {phrase.strip()!r} stands in {classes[key].name} and {found.name}")
            classes[key] = found
    return classes


@functools.lru_cache(maxsize=1)
def _by_first_stem() -> dict[str, list[tuple[Phrase, WordClass]]]:
    """First stem -> the phrases that begin with it, longest first."""
    found: dict[str, list[tuple[Phrase, WordClass]]] = defaultdict(list)
    for phrase, class_ in sorted(load_classes().items(), key=lambda item: (-len(item[0]), item[0])):
        found[phrase[0]].append((phrase, class_))
    return dict(found)


def class_at(stems: Sequence[str], at: int) -> tuple[WordClass, int] | None:
    """The class of the longest listed phrase that begins at ``stems[at]`` and its length in words, or None."""
    for phrase, found in _by_first_stem().get(stems[at], ()):
        length = len(phrase)
        if length == 1 or tuple(stems[at : at + length]) == phrase:
            return found, length
    return None


@functools.lru_cache(maxsize=1)
def thing_bits() -> dict[str, int]:
    """Each kind of thing as one bit of 64, so that sets of things are numbers.

    Raises `ValueError` where the table names more than 64 kinds.
    """
    names = sorted({c.name for c in load_classes().values() if c.kind == "thing"} | _implied_things())
    if len(names) > 64:
        raise ValueError(f"act_classes.tsv names {len(names)} kinds of things; 64 are the most that fit")
    return {name: 1 << number for number, name in enumerate(names)}


def _implied_things() -> set[str]:
    return {c.implies for c in load_classes().values()} - {"", "?"}
