"""Marked text: an article's passages cut at the borders of claims, sources, cues and credits, always validly nested.

Spans of different claims may overlap in any way. A sweep over the borders closes an element that ends, and closes and
reopens those that are open inside it and go on; so one span may come out as several elements, the first of which
carries its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

SpanKind = Literal["claim", "source", "cue", "credit"]
_KIND_ORDER: dict[str, int] = {"credit": 0, "claim": 1, "source": 2, "cue": 3}


@dataclass(frozen=True)
class Span:
    """A stretch of an article's text (code points). ``key`` is the element id of its owner.

    Spans with one kind and one key (the pieces of a discontinuous content) are one thing: the first element made of
    it gets the id if ``has_id``.
    """

    start: int
    end: int
    kind: SpanKind
    key: str
    has_id: bool = False


@dataclass(frozen=True)
class Token:
    """A step of writing marked text: a stretch of text, the start or the end of an element, or a reference."""

    step: Literal["text", "open", "close", "ref"]
    text: str = ""
    span: Span | None = None
    id: str | None = None


class Marker:
    """Cuts the passages of one article, in text order, into tokens; ids and references are given out once."""

    def __init__(self, text: str, spans: Iterable[Span]) -> None:
        """``spans`` outside the text or empty are ignored."""
        self._text = text
        self._spans = sorted(
            {s for s in spans if 0 <= s.start < s.end <= len(text)},
            key=lambda s: (s.start, -s.end, _KIND_ORDER[s.kind], s.key),
        )
        self._with_id: set[str] = set()
        self._last_end: dict[str, int] = {}
        for span in self._spans:
            if span.kind == "claim":
                self._last_end[span.key] = max(span.end, self._last_end.get(span.key, 0))
        self._next_span = 0
        self._going_on: list[Span] = []

    def mark(self, start: int, end: int) -> tuple[Token, ...]:
        """Tokens of ``text[start:end]``. Call with passages in text order; what lies between them is skipped."""
        inside = self._spans_inside(start, end)
        opening: defaultdict[int, list[Span]] = defaultdict(list)
        for span in inside:
            opening[max(span.start, start)].append(span)
        borders = sorted({start, end, *opening, *(min(s.end, end) for s in inside)})
        tokens: list[Token] = []
        stack: list[Span] = []
        for border, following in zip(borders, [*borders[1:], end], strict=True):
            tokens += self._step(border, end, stack, opening[border])
            if border < following:
                tokens.append(Token("text", text=self._text[border:following]))
        return tuple(tokens)

    def _spans_inside(self, start: int, end: int) -> list[Span]:
        while self._next_span < len(self._spans) and self._spans[self._next_span].start < end:
            self._going_on.append(self._spans[self._next_span])
            self._next_span += 1
        self._going_on = [s for s in self._going_on if s.end > start]
        return [s for s in self._going_on if s.start < end]

    def _step(self, border: int, passage_end: int, stack: list[Span], opening: list[Span]) -> list[Token]:
        """Close what ends at ``border``, then open (or reopen) what goes on; ``stack`` is changed in place."""
        tokens = []
        ending = {s for s in stack if min(s.end, passage_end) <= border}
        reopened: list[Span] = []
        while ending & set(stack):
            top = stack.pop()
            tokens.append(Token("close", span=top))
            if top not in ending:
                reopened.append(top)
        for span in sorted(ending, key=lambda s: s.key):
            if span.kind == "claim" and self._last_end[span.key] == span.end <= border:
                tokens.append(Token("ref", span=span))
                self._last_end[span.key] = -1  # two pieces that end together give one reference
        for span in sorted([*reopened, *opening], key=lambda s: (-s.end, _KIND_ORDER[s.kind], s.key)):
            stack.append(span)
            tokens.append(Token("open", span=span, id=self._give_id(span)))
        return tokens

    def _give_id(self, span: Span) -> str | None:
        if not span.has_id or span.key in self._with_id:
            return None
        self._with_id.add(span.key)
        return span.key

    def without_id(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of ``keys`` that no element made so far has carried as its id, in the order given."""
        return tuple(key for key in keys if key not in self._with_id)
