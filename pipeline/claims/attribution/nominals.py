"""Common nouns that stand for a source, by kind, read from `nominals.tsv`; and what pronouns agree with."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from pipeline.data_files import numbered_lines

KINDS = ("person", "outlet", "state", "body", "text", "epithet", "city", "company", "masthead", "office", "private")
PRONOUNS: Mapping[str, tuple[str, str]] = {  # pronoun -> (number, gender)
    "he": ("singular", "male"),
    "him": ("singular", "male"),
    "his": ("singular", "male"),
    "himself": ("singular", "male"),
    "she": ("singular", "female"),
    "her": ("singular", "female"),
    "hers": ("singular", "female"),
    "herself": ("singular", "female"),
    "it": ("singular", "neuter"),
    "its": ("singular", "neuter"),
    "they": ("plural", ""),
    "them": ("plural", ""),
    "their": ("plural", ""),
}
INDEFINITE = frozenset(
    ["some", "many", "others", "few", "several", "one", "another", "someone", "anyone", "everyone", "most", "those"]
)


@dataclass(frozen=True)
class Nominals:
    """Kinds of a noun's lemma (a noun may have more than one), and the noun for a title as it is written."""

    kinds: Mapping[str, frozenset[str]]
    titles: Mapping[str, str]
    digest: str

    def is_a(self, lemma: str, kind: str) -> bool:
        """Whether the noun is of that kind."""
        return kind in self.kinds.get(lemma, frozenset())


def parse_nominals(text: str) -> Nominals:
    """Read the nouns from the text of a `nominals.tsv`; raises `ValueError` naming line and fault."""
    kinds: dict[str, set[str]] = {}
    titles: dict[str, str] = {}
    for number, line in numbered_lines(text):
        kind, _, nouns = line.partition("\t")
        if kind == "title":
            pairs = [pair.partition("=") for pair in nouns.split()]
            if not pairs or not all(written and noun for written, _, noun in pairs):
                raise ValueError(f"nominals.tsv line {number}: titles are pairs such as sen.=senator, got {line!r}")
            titles.update((written, noun) for written, _, noun in pairs)
            continue
        if kind not in KINDS or not nouns.strip():
            raise ValueError(
                f"nominals.tsv line {number}: needs one of {', '.join(KINDS)}, a tab and nouns, got {line!r}"
            )
        for noun in nouns.split():
            kinds.setdefault(noun, set()).add(kind)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Nominals({n: frozenset(k) for n, k in kinds.items()}, titles, digest)


@functools.cache
def load_nominals() -> Nominals:
    """The nouns shipped with the package."""
    return parse_nominals(resources.files(__package__).joinpath("nominals.tsv").read_text(encoding="utf-8"))
