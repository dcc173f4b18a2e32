"""What decides the results of claim matching: code versions and digests of the word tables."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from spacy.about import __version__ as spacy_version

_TABLES = (
    "act_classes.tsv",
    "amount_words.txt",
    "common_words.txt",
    "definite_words.txt",
    "denying_cues.txt",
    "irregular_forms.tsv",
    "negators.txt",
    "number_words.tsv",
    "opposites.tsv",
    "rebuttals.txt",
    "unnamed_companions.txt",
)


@functools.lru_cache(maxsize=1)
def word_tables_digest() -> str:
    """SHA-256 over the word tables beside this module and spaCy's version, whose stop words weigh nothing."""
    digest = hashlib.sha256(spacy_version.encode())
    for name in _TABLES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]
