"""Tokens of a passage in linear time: spaCy's tokenizer, kept from runs without a space that no language has."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

# For each mark that it splits off the edge of a run without spaces, spaCy's tokenizer looks at the rest of the run
# again. So ten thousand quotation marks cost a hundred million steps, and twice as many four times that. A longer run
# is read in pieces, as if each were a word; the longest addresses in news stay whole.
LONGEST_RUN = 500  # code points
_LONG_RUN = re.compile(rf"\S{{{LONGEST_RUN + 1}}}")


def tokenize(text: str, nlp: Language) -> Doc:
    """The document of a text, token for token the text's own characters. There is no limit on the text's length."""
    if _LONG_RUN.search(text) is None:
        return nlp.tokenizer(text)
    tokens = [token for piece in _pieces(text) for token in nlp.tokenizer(piece)]
    return Doc(nlp.vocab, words=[token.text for token in tokens], spaces=[bool(token.whitespace_) for token in tokens])


def _pieces(text: str) -> list[str]:
    """The text, cut inside its long runs."""
    cuts = [0]
    for run in re.finditer(rf"\S{{{LONGEST_RUN + 1},}}", text):
        cuts += range(run.start() + LONGEST_RUN, run.end(), LONGEST_RUN)
    return [text[start:end] for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True)]
