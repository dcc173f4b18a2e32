"""How sure an attribution is: the share of a rule's finds that annotators agreed with, from `rules.tsv`."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from pipeline.claims.attribution.found import Found
from pipeline.data_files import numbered_lines

_ANY = "*"
_UNSEEN = 0.5  # a rule that never fired where confidence was measured


@dataclass(frozen=True)
class Reliability:
    """(rule, cue) -> confidence, with cue `*` for every other cue of that rule."""

    shares: Mapping[tuple[str, str], float]
    digest: str

    def of(self, rule: str, cue: str) -> float:
        """Confidence of a rule's find with that cue, 0 to 1."""
        return self.shares.get((rule, cue), self.shares.get((rule, _ANY), _UNSEEN))


def parse_reliability(text: str) -> Reliability:
    """Read the text of a `rules.tsv`; raises `ValueError` naming line and fault."""
    shares: dict[tuple[str, str], float] = {}
    for number, line in numbered_lines(text):
        fields = line.split("\t")
        if len(fields) != 3:
            raise ValueError(f"rules.tsv line {number}: {len(fields)} columns, 3 are needed: {line!r}")
        rule, cue, share = fields
        try:
            value = float(share)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise ValueError(f"rules.tsv line {number}: confidence {share!r} is no number from 0 to 1")
        if (rule, cue) in shares:
            raise ValueError(f"rules.tsv line {number}: {rule} {cue} stands twice; remove one")
        shares[rule, cue] = value
    return Reliability(shares, hashlib.sha256(text.encode()).hexdigest()[:16])


@functools.cache
def load_reliability() -> Reliability:
    """The confidences shipped with the package."""
    return parse_reliability(resources.files(__package__).joinpath("rules.tsv").read_text(encoding="utf-8"))


def confidence_of(found: Found) -> float:
    """Confidence of an attribution, 0 to 1."""
    return load_reliability().of(found.rule, found.cue_lemma)
