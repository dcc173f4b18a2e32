"""How content and quotation marks lie to each other: content that runs on to the closing mark, and what is quoted."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place, Span
from pipeline.claims.attribution.quotations import Quotation
from pipeline.claims.attribution.spans import Range, verb_group

DIRECT_SHARE = 0.9  # share of the content's words inside quotation marks from which a quotation is direct


class QuotationIndex:
    """Finds the quotation piece that holds a position; pieces do not overlap one another."""

    def __init__(self, quotations: Sequence[Quotation]) -> None:
        self._pieces = sorted((start, end, number) for number, q in enumerate(quotations) for start, end in q.pieces)
        self._starts = [piece[0] for piece in self._pieces]
        self._inner = {
            (start, number): inner
            for number, q in enumerate(quotations)
            for (start, _), inner in zip(q.pieces, q.inner, strict=True)
        }

    def inner(self, piece: tuple[int, int, int]) -> Span:
        """The span of a piece without its marks."""
        return self._inner[piece[0], piece[2]]

    def at(self, position: int) -> tuple[int, int, int] | None:
        """(start, end, number of the quotation) of the piece around ``position``, marks included; None outside."""
        at = bisect.bisect_right(self._starts, position) - 1
        if at >= 0 and self._pieces[at][0] <= position < self._pieces[at][1]:
            return self._pieces[at]
        return None

    def within(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        """The pieces that overlap a span, in text order."""
        at = max(0, bisect.bisect_right(self._starts, start) - 1)
        while at < len(self._pieces) and self._pieces[at][0] < end:
            if self._pieces[at][1] > start:
                yield self._pieces[at]
            at += 1


def fit_to_quotations(text: str, found: Sequence[Found], quotations: Sequence[Quotation]) -> list[Found]:
    """Let content that ends or begins inside a quotation run to the quotation's mark.

    The parser ends a clause at the sentence's end; a quotation of several sentences is one content. Content of a cue
    that itself stands in the quotation stays inside it.
    """
    index = QuotationIndex(quotations)
    fitted = []
    for item in found:
        around_cue = index.at(item.cue_at)
        pieces: list[Span] = []
        for span in item.content:
            start, end = span
            first, last = index.at(start), index.at(max(start, end - 1))
            if around_cue is not None:
                end = min(end, around_cue[1] - 1) if start < around_cue[1] else end
                start = max(start, around_cue[0] + 1) if end > around_cue[0] else start
            else:
                if first is not None and not _holds(first, item):
                    start = min(start, first[0])
                if last is not None and not _holds(last, item):
                    end = max(end, last[1])
                    pieces.extend(p for p in quotations[last[2]].pieces if p[0] > last[0])
            if end > start:
                pieces.append(trim_span(text, (start, end)))
        content = merge_spans([p for p in pieces if p[1] > p[0]])
        if content:
            fitted.append(item.but(content=tuple(content)))
    return fitted


def _holds(piece: tuple[int, int, int], item: Found) -> bool:
    return item.source is not None and piece[0] <= item.source[0] < piece[1]


_LOOSE = " \t\n\r\u00a0,;:—–"


def trim_span(text: str, span: Span) -> Span:
    """The span without spaces, commas and dashes at its edges."""
    words = text[slice(*span)]
    first = span[0] + len(words) - len(words.lstrip(_LOOSE))
    return first, max(first, span[0] + len(words.rstrip(_LOOSE)))


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """The spans in text order, overlapping ones joined."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def quoted_parts(content: Sequence[Span], index: QuotationIndex) -> list[Span]:
    """The parts of the content inside quotation marks, marks left out, in text order."""
    parts = []
    for start, end in content:
        for piece in index.within(start, end):
            first, last = index.inner(piece)
            if max(start, first) < min(end, last):
                parts.append((max(start, first), min(end, last)))
    return merge_spans(parts)


def quote_type(text: str, content: Sequence[Span], quoted: Sequence[Span]) -> str:
    """`direct` when nine tenths of the content's words are quoted, `mixed` when some are, else `indirect`."""
    words = sum(len(text[start:end].split()) for start, end in content)
    inside = sum(len(text[start:end].split()) for start, end in quoted)
    if not inside:
        return "indirect"
    return "direct" if inside >= DIRECT_SHARE * words else "mixed"


def quoted_by(place: Place, verb: Token, source: Range, head: Token, content: tuple[Span, ...], rule: str) -> Found:
    """What a verb of speech beside a quotation gives to the noun phrase ``source``."""
    return Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + verb.idx,
        cue=(place.span(*verb_group(verb)),),
        cue_lemma=verb.lemma_.lower(),
        rule=rule,
        frame="quote",
        stance="assert",
        content=content,
        source=place.span(*source),
        source_token=head,
        in_title=place.in_title,
    )
