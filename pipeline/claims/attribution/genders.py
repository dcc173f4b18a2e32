"""Gender of titles, nouns and first names, as far as a pronoun's antecedent needs it; read from `genders.tsv`."""

from __future__ import annotations

import functools
import hashlib
from importlib import resources

from pipeline.data_files import numbered_lines

_GENDERS = ("male", "female")
_KINDS = ("title", "name")


def parse_genders(text: str) -> dict[tuple[str, str], str]:
    """(kind, word) -> gender.

    Raises `ValueError` naming the line for an unknown gender or kind, or a word that stands under both genders.
    """
    words: dict[tuple[str, str], str] = {}
    for number, line in numbered_lines(text):
        fields = line.split("\t")
        if len(fields) != 3 or fields[0] not in _GENDERS or fields[1] not in _KINDS:
            raise ValueError(f"genders.tsv line {number}: needs gender, kind and words between tabs, got {line[:60]!r}")
        gender, kind, listed = fields
        for word in listed.split():
            if words.setdefault((kind, word), gender) != gender:
                raise ValueError(f"genders.tsv line {number}: {word!r} stands under both genders; remove it from one")
    return words


@functools.cache
def _load() -> tuple[dict[tuple[str, str], str], str]:
    text = resources.files(__package__).joinpath("genders.tsv").read_text(encoding="utf-8")
    return parse_genders(text), hashlib.sha256(text.encode()).hexdigest()[:16]


def genders_digest() -> str:
    """Digest of the data file."""
    return _load()[1]


def gender_of_noun(word: str) -> str | None:
    """`male` or `female` for a title or noun that tells it, else None."""
    return _load()[0].get(("title", word.lower()))


def gender_of_name(name: str) -> str | None:
    """`male` or `female` by the first name, else None; a single word is taken for a surname."""
    parts = name.lower().split()
    return _load()[0].get(("name", parts[0])) if len(parts) > 1 else None
