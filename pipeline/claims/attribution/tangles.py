"""Two attributions in one sentence that claim each other's words: which words belong to which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.claims.attribution.found import Found, Span
from pipeline.claims.attribution.quoting import trim_span

_SENTENCE = 1000  # code points
_LEADS = ("with ", "while ", "and ", "but ")


def untangle(text: str, found: Sequence[Found]) -> list[Found]:
    """The attributions, with contents cut where two hold each other's cue.

    "S said that C, according to W": S's content ends before the phrase, which then stands around S's claim.
    "A, S reported, with B, according to W": A is S's, B is W's.
    """
    result = list(found)
    by_passage: dict[int, list[int]] = defaultdict(list)
    for i, item in enumerate(result):
        by_passage[item.passage_no].append(i)
    for indices in by_passage.values():
        phrases = [i for i in indices if result[i].rule == "according_to"]
        for i in phrases:
            phrase = result[i]
            for j in _near(indices, i, result):
                other = result[j]
                if not _holds(other, phrase.cue_at):
                    continue
                if _holds(phrase, other.cue_at) and _speaks_around(other):
                    cut, rest = _divide(text, other, phrase)
                    result[j] = other.but(content=cut) if cut else other
                    if rest:
                        phrase = result[i] = phrase.but(content=rest)
                else:
                    cut = _before(text, other.content, phrase.cue_at)
                    if cut and other.cue_at < phrase.cue_at:
                        result[j] = other.but(content=cut)
    return result


def _near(indices: Sequence[int], i: int, result: Sequence[Found]) -> list[int]:
    """The attributions of the passage whose cue stands within a sentence's length of that of ``i``."""
    at = result[i].cue_at
    return [j for j in indices if j != i and abs(result[j].cue_at - at) < _SENTENCE]


def _holds(item: Found, position: int) -> bool:
    return any(start <= position < end for start, end in item.content)


def _speaks_around(item: Found) -> bool:
    """Whether an attribution stands in the middle of its content."""
    return len(item.content) > 1 and item.content[0][1] <= item.cue_at


def _divide(text: str, other: Found, phrase: Found) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """(content of the attribution in the middle, content of the phrase): before and after the one in the middle."""
    first = tuple(span for span in other.content if span[1] <= other.cue_at)
    after = max(end for _, end in [*other.cue, *([other.source] if other.source else [])])
    rest = []
    for span in phrase.content:
        start, end = trim_span(text, (min(max(span[0], after), span[1]), span[1]))
        start += next((len(lead) for lead in _LEADS if text.startswith(lead, start)), 0)
        if start < end:
            rest.append((start, end))
    return first, tuple(rest)


def _before(text: str, content: Sequence[Span], position: int) -> tuple[Span, ...]:
    kept = []
    for start, end in content:
        span = trim_span(text, (start, max(start, min(end, position))))
        if span[0] < span[1]:
            kept.append(span)
    return tuple(kept)
