"""The cue lexicon: which words attribute, in which frames, with which stance. Read from `cues.tsv` and validated."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from pipeline.data_files import numbered_lines
from pipeline.tables import STANCES

FRAMES = (
    "clause",
    "question",
    "quote",
    "bare",
    "infinitive",
    "gerund",
    "object",
    "object_infinitive",
    "object_predicate",
    "adjective",
    "relative",
    "experienced",
)
_OPEN_FRAMES = ("object_", "prep_")  # followed by a preposition
KINDS = ("verb", "noun", "carried", "adjective", "carrier", "phrase", "drawn", "drawer", "aim", "follower")


@dataclass(frozen=True)
class Cue:
    """One sense of a cue: its dictionary form and the stance it gives to the content in one frame."""

    lemma: str
    kind: str
    frame: str
    stance: str


@dataclass(frozen=True)
class Lexicon:
    """Cues by kind, then by lemma as the parser gives it, then by frame."""

    cues: Mapping[str, Mapping[str, Mapping[str, Cue]]]
    digest: str

    def frames(self, kind: str, lemma: str) -> Mapping[str, Cue]:
        """The frames of a lemma of that kind; empty when it is no cue."""
        return self.cues[kind].get(lemma, {})


def parse_lexicon(text: str) -> Lexicon:
    """Read the lexicon from the text of a `cues.tsv`.

    Raises `ValueError` that names the line, its fault and what is allowed, for a wrong number of columns, an unknown
    kind, frame or stance, or a frame given twice for one cue.
    """
    cues: dict[str, dict[str, dict[str, Cue]]] = {kind: {} for kind in KINDS}
    for number, line in numbered_lines(text):
        fields = line.split("\t")
        if len(fields) not in (4, 5):
            raise ValueError(f"cues.tsv line {number}: {len(fields)} columns, 4 or 5 are needed: {line!r}")
        lemmas, kind, frames, stance = (field.strip() for field in fields[:4])
        if kind not in KINDS:
            raise ValueError(f"cues.tsv line {number}: kind {kind!r} is none of {', '.join(KINDS)}")
        if stance not in STANCES:
            raise ValueError(f"cues.tsv line {number}: stance {stance!r} is none of {', '.join(STANCES)}")
        dictionary_form, *_ = lemmas.split("|")
        for frame in frames.split():
            if frame not in FRAMES and not frame.startswith(_OPEN_FRAMES):
                raise ValueError(
                    f"cues.tsv line {number}: frame {frame!r} is none of {', '.join(FRAMES)}, object_*, prep_*"
                )
            for form in lemmas.split("|"):
                senses = cues[kind].setdefault(form, {})
                if frame in senses:
                    raise ValueError(f"cues.tsv line {number}: {form!r} has frame {frame!r} twice; remove one")
                senses[frame] = Cue(dictionary_form, kind, frame, stance)
    return Lexicon(cues, hashlib.sha256(text.encode()).hexdigest()[:16])


@functools.cache
def load_lexicon() -> Lexicon:
    """The lexicon shipped with the package."""
    return parse_lexicon(resources.files(__package__).joinpath("cues.tsv").read_text(encoding="utf-8"))
