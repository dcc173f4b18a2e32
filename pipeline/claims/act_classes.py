"""Classes of acts and things: which words name one act (`supply`, `ship`, `arm`) or one kind of thing."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from pipeline.claims.words import read_table, stem

_COLUMNS = ("kind", "class", "direction", "weight", "implies", "words")
_KINDS = ("act", "thing")
_DIRECTIONS = ("forward", "reverse", "even")


@dataclass(frozen=True, slots=True)
class WordClass:
    """One class: ``kind`` is `act` or `thing`, ``direction`` `forward`, `reverse` or `even` (no roles).

    ``weight`` says how much it means that two claims share the class, 0 to 1; ``implies`` is a
    thing that the word names by itself, or empty.
    """

    kind: str
    name: str
    direction: str
    weight: float
    implies: str

    @property
    def needs_thing(self) -> bool:
        """Whether the act says little without what it is done with (`supply`), unlike `attack`."""
        return self.implies == "?"

    @property
    def term(self) -> str:
        """The term that stands for all words of the class when claims are compared."""
        return f"{self.kind}:{self.name}"


@functools.lru_cache(maxsize=1)
def load_classes() -> dict[tuple[str, ...], WordClass]:
    """Stems of each listed word or phrase -> its class.

    Raises `ValueError` naming the word where kinds or directions are unknown or a word stands in two classes.
    """
    classes: dict[tuple[str, ...], WordClass] = {}
    for row in read_table("act_classes.tsv", _COLUMNS):
        if row["kind"] not in _KINDS or row["direction"] not in _DIRECTIONS:
            raise ValueError(
                f"act_classes.tsv: {row['kind']!r}, {row['direction']!r} in class {row['class']!r} unknown"
            )
        found = WordClass(row["kind"], row["class"], row["direction"], float(row["weight"]), row["implies"])
        for phrase in row["words"].split(","):
            key = tuple(stem(word) for word in phrase.replace("-", " ").split())
            if classes.get(key, found) != found:
                raise ValueError(f"act_classes.tsv: {phrase.strip()!r} stands in {classes[key].name} and {found.name}")
            classes[key] = found
    return classes


@functools.lru_cache(maxsize=1)
def longest_phrase() -> int:
    """Words in the longest phrase of the table."""
    return max(map(len, load_classes()))


def class_at(stems: list[str], at: int) -> tuple[WordClass, int] | None:
    """The class of the longest listed phrase that begins at ``stems[at]`` and its length in words, or None."""
    classes = load_classes()
    for length in range(min(longest_phrase(), len(stems) - at), 0, -1):
        found = classes.get(tuple(stems[at : at + length]))
        if found is not None:
            return found, length
    return None
