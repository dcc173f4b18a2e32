"""What a rule hands on: one attribution within one passage, before the article as a whole is considered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from spacy.tokens import Doc, Token

Span = tuple[int, int]
MAX_SENTENCE = 300  # tokens; longer ones are lists and broken text, and would cost more than linear time


@dataclass(frozen=True)
class Found:
    """One attribution as a rule found it. All spans are code points of the article.

    ``doc_start`` is where the document of the tokens below starts in the article. ``cue_at`` is where the cue's main
    word starts; with ``passage_no`` it identifies the attribution within the article.
    ``source_token`` is the head of the source in its document, ``cue_token`` the verb or noun of the cue,
    ``content_token`` the head of the content; ``target`` and ``addressee`` are heads of the parties accused (praised,
    described) and spoken to, which may stand in another passage's document when a quotation is continued.
    ``inherits`` marks sources taken over from an earlier attribution.
    """

    passage_no: int
    doc_start: int
    cue_at: int
    cue: tuple[Span, ...]
    cue_lemma: str
    rule: str
    frame: str
    stance: str
    content: tuple[Span, ...]
    source: Span | None = None
    source_token: Token | None = field(default=None, compare=False)
    cue_token: Token | None = field(default=None, compare=False)
    content_token: Token | None = field(default=None, compare=False)
    target: Token | None = field(default=None, compare=False)
    addressee: Token | None = field(default=None, compare=False)
    inherits: bool = False
    in_title: bool = False
    negated_cue: bool = False

    def but(self, **changes: Any) -> Found:
        """The same attribution with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Place:
    """Where a document stands in its article: adds the passage's offset to token offsets."""

    passage_no: int
    start: int
    doc: Doc
    in_title: bool = False
    headline: bool = False  # a title, or a first passage that reads like one

    @cached_property
    def token_starts(self) -> list[int]:
        """Offset of every token in the document."""
        return [token.idx for token in self.doc]

    @cached_property
    def _readable(self) -> list[bool]:
        marks: list[bool] = []
        for sentence in self.doc.sents:
            marks.extend([len(sentence) <= MAX_SENTENCE] * len(sentence))
        return marks

    def reads(self, token: Token) -> bool:
        """Whether the token stands in a sentence short enough for its parse to be trusted."""
        return self._readable[token.i]

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens that rules look at: those of sentences short enough for their parse to be trusted."""
        return [token for token, readable in zip(self.doc, self._readable, strict=True) if readable]

    def span(self, first: int, last: int) -> Span:
        """Article span of the tokens from ``first`` to ``last``, both included."""
        tail = self.doc[last]
        return self.start + self.doc[first].idx, self.start + tail.idx + len(tail.text)
