"""How prominent a mention is for what follows it: how many sentences lie between, and whether it is a subject."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from pipeline.claims.attribution.cast import Mention
from pipeline.claims.attribution.quoting import QuotationIndex

_SENTENCE_END = re.compile(r"(?<![A-Z])(?<!Mr)(?<!Mrs)(?<!Ms)(?<!Dr)(?<!Sen)(?<!Rep)(?<!Gov)[.!?](?=\s|$)")
_PARAGRAPH = 2  # sentences that a new paragraph counts for
_SUBJECTS = ("nsubj", "nsubjpass")


@dataclass(frozen=True)
class Salience:
    """Distances in an article's text and roles in the parses that were shown to it."""

    text: str
    quotations: QuotationIndex
    _starts: list[int] = field(default_factory=list)
    _docs: dict[int, tuple[Doc, list[int]]] = field(default_factory=dict)

    def show(self, doc: Doc, offset: int) -> None:
        """Make the parse of a passage known; ``offset`` is where it starts in the article."""
        if offset not in self._docs:
            self._docs[offset] = doc, [token.idx for token in doc]
            bisect.insort(self._starts, offset)

    def distance(self, end: int, position: int) -> int:
        """Sentence ends between two positions, those inside quotations left out; a new paragraph counts twice."""
        ends, at = 0, end
        for start, last, _ in [*self.quotations.within(end, position), (position, position, 0)]:
            outside = self.text[at : max(at, min(start, position))]
            ends += len(_SENTENCE_END.findall(outside)) + _PARAGRAPH * _paragraphs(outside)
            at = max(at, min(last, position))
            ends += _PARAGRAPH * _paragraphs(self.text[max(start, end) : at])
        return ends

    def token_of(self, mention: Mention) -> Token | None:
        """The head word of a mention in a parse that was shown, else None."""
        at = bisect.bisect_right(self._starts, mention.start) - 1
        if at < 0:
            return None
        offset = self._starts[at]
        doc, starts = self._docs[offset]
        last = bisect.bisect_left(starts, mention.end - offset) - 1
        if last < 0 or starts[last] + offset < mention.start:
            return None
        token = doc[last]
        while token.head.i != token.i and mention.start <= offset + token.head.idx < mention.end:
            token = token.head
        return token

    def is_subject(self, mention: Mention) -> bool | None:
        """Whether a mention is the subject of its clause or joined to one; None where its parse is not known."""
        token = self.token_of(mention)
        if token is None:
            return None
        while token.dep_ in ("conj", "appos") and token.head.i != token.i:
            token = token.head
        return token.dep_ in _SUBJECTS


def _paragraphs(text: str) -> int:
    return len(re.findall(r"\n\s*", text))
