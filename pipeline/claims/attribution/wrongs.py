"""Words that tell of a wrong or call something false, read from `wrongs.tsv`."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from importlib import resources

from pipeline.data_files import numbered_lines


@dataclass(frozen=True)
class Wrongs:
    """Verbs for wrongs that a party does, and predicates that call something false."""

    deeds: frozenset[str]
    falsehoods: frozenset[str]
    digest: str


def parse_wrongs(text: str) -> Wrongs:
    """Read the words from the text of a `wrongs.tsv`; raises `ValueError` naming line and fault."""
    words: dict[str, set[str]] = {"deed": set(), "falsehood": set()}
    for number, line in numbered_lines(text):
        kind, _, listed = line.partition("\t")
        if kind not in words or not listed.strip():
            raise ValueError(f"wrongs.tsv line {number}: needs deed or falsehood, a tab and words, got {line[:60]!r}")
        words[kind].update(listed.split())
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Wrongs(frozenset(words["deed"]), frozenset(words["falsehood"]), digest)


@functools.cache
def load_wrongs() -> Wrongs:
    """The words shipped with the package."""
    return parse_wrongs(resources.files(__package__).joinpath("wrongs.tsv").read_text(encoding="utf-8"))
