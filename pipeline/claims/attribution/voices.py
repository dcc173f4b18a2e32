"""One voice for each quotation: of several reports that hold one, its own speaker; of none, the report around it."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place, Span
from pipeline.claims.attribution.lexicon import Lexicon
from pipeline.claims.attribution.misread import read_by_position, run_over_verbless_clauses, seen_by
from pipeline.claims.attribution.quotations import Quotation
from pipeline.claims.attribution.quoting import QuotationIndex, merge_spans, trim_span
from pipeline.claims.attribution.spans import verb_group
from pipeline.claims.attribution.speech import is_speech

_REACH = 600  # code points between a cue and a quotation later in its sentence
_CANDIDATES = 4  # reports before a quotation that are asked
_SUBJECTS = ("nsubj", "nsubjpass")
_RELATIVE = ("who", "which", "that")
_FINITE = ("VBD", "VBZ", "VBP", "MD")
_MIN_WORDS = 2  # a quotation of one word without a report around it is irony or a name
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|\n")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|St|vs|Jan|Feb|Aug|Sept|Oct|Nov|Dec|No)\.$")
_AFTERWORD = re.compile(r"[,.!?]?\s*(?:[\w’']+ly\s+)?$")  # between the closing mark and the words that attribute
_ANNOUNCING = re.compile(r"\s*[,:]\s*[“\"]")
_SEQUEL = re.compile(r"(?:but|and|although|though|while)\s")
_TELLING = ("clause", "object_predicate")  # frames whose content is a clause or goes on with one
_CONTENT_FRAMES = ("clause", "question", "quote", "bare", "phrase", "object", "prep_", "infinitive", "gerund")


def settle_voices(text: str, found: Sequence[Found], quotations: Sequence[Quotation]) -> list[Found]:
    """Leave each quotation to one attribution where several hold it.

    The one that stands right behind the closing mark ("…," she said) is the quotation's own; another that reaches into
    it over a colon or a missing full stop ends before it. Without one behind the mark nothing changes.
    """
    index = QuotationIndex(quotations)
    result = [
        _without_sequel(text, _own_quotation(text, item), index) for item in found if not _borrows_source(item, index)
    ]
    order = sorted(range(len(result)), key=lambda i: result[i].cue_at)
    cues = [result[i].cue_at for i in order]
    for quotation in quotations:
        start, end = quotation.pieces[-1]
        if quotation.single or not _begins_utterance(text, quotation):
            continue
        low = bisect.bisect_left(cues, start - 2 * _REACH)
        high = bisect.bisect_right(cues, end + _REACH)
        holders = [i for i in order[low:high] if _holds(result[i], quotation)]
        own = [i for i in holders if _stands_behind(text, result[i], quotation)]
        if len(own) != 1 or len(holders) < 2:
            continue
        for i in holders:
            if i != own[0] and result[i].cue_at < start and result[i].source != result[own[0]].source:
                cut = _cut_before(text, result[i], start)
                if cut is not None:
                    result[i] = cut
                    result[own[0]] = _cut_until(text, result[own[0]], start)
    return result


def _borrows_source(item: Found, index: QuotationIndex) -> bool:
    """Whether the cue stands outside quotation marks and its source inside: a parse across the mark."""
    if item.source is None or index.at(item.cue_at) is not None:
        return False
    piece = index.at(item.source[0])
    return piece is not None and piece[0] < item.source[0] and item.source[1] < piece[1]


def _own_quotation(text: str, item: Found) -> Found:
    """The report without a quotation that ended before it, where it announces the next: “A.” S said, “B.”"""
    if item.source is None or not item.cue or item.source[0] < item.content[0][0]:
        return item
    first, last = min(item.source[0], item.cue[0][0]), max(item.source[1], item.cue[-1][1])
    announces = _ANNOUNCING.match(text, last)
    ended = text[:first].rstrip()[-2:] if first < 200 else text[first - 4 : first].rstrip()[-2:]
    if announces is None or ended[:1] not in (".", "!", "?") or ended[1:] not in ("”", '"', "'", "’"):
        return item
    content = [(a, b) for a, b in item.content if a >= last]
    return item.but(content=tuple(content)) if content else item


def _without_sequel(text: str, item: Found, index: QuotationIndex) -> Found:
    """The report without what the article tells behind it: “A,” S said, but the crowd laughed."""
    if item.source is None or not item.cue or len(item.content) < 2:
        return item
    first, last = min(item.source[0], item.cue[0][0]), max(item.source[1], item.cue[-1][1])
    before = [b for _, b in item.content if b <= first]
    if not before or text[max(before) - 1] not in '”"' or not _AFTERWORD.fullmatch(text, max(before), first):
        return item
    kept = [(a, b) for a, b in item.content if a < last or not _SEQUEL.match(text, a) or not _tells(item, a, b, index)]
    return item.but(content=tuple(kept))


def _tells(item: Found, start: int, end: int, index: QuotationIndex) -> bool:
    """Whether the words of a piece before its first quotation have a finite verb."""
    end = next((first for first, _, _ in index.within(start, end)), end)
    words = None
    if item.cue_token is not None:
        words = item.cue_token.doc.char_span(start - item.doc_start, end - item.doc_start, alignment_mode="expand")
    return words is not None and any(token.tag_ in _FINITE for token in words)


def _begins_utterance(text: str, quotation: Quotation) -> bool:
    """Whether a quotation is an utterance of its own: behind a colon, comma or full stop, and begun in a capital."""
    first = text[quotation.inner[0][0] : quotation.inner[0][0] + 1]
    return first.isupper() and text[max(0, quotation.start - 3) : quotation.start].rstrip().endswith(
        (":", ",", ".", "”")
    )


def _holds(item: Found, quotation: Quotation) -> bool:
    start, end = quotation.pieces[-1]
    shared = sum(max(0, min(end, b) - max(start, a)) for a, b in item.content)
    return shared * 2 >= end - start


def _stands_behind(text: str, item: Found, quotation: Quotation) -> bool:
    """Whether the source and the cue follow the closing mark directly."""
    if item.source is None or not item.cue:
        return False
    first = min(item.source[0], item.cue[0][0])
    return quotation.end <= first <= quotation.end + 20 and bool(_AFTERWORD.fullmatch(text, quotation.end, first))


def _cut_before(text: str, item: Found, position: int) -> Found | None:
    """The attribution with its content ending where the quotation begins; None when nothing would be left."""
    content = [trim_span(text, (a, min(b, position))) for a, b in item.content if a < position]
    content = [span for span in content if span[1] > span[0]]
    return item.but(content=tuple(content)) if content else None


def _cut_until(text: str, item: Found, position: int) -> Found:
    """The attribution with its content beginning at the quotation, where it held words before it."""
    content = [trim_span(text, (max(a, position), b)) for a, b in item.content if b > position]
    return item.but(content=tuple(content))


def finish_reports(
    text: str, places: Sequence[Place], quotations: Sequence[Quotation], found: Sequence[Found], lexicon: Lexicon
) -> list[Found]:
    """Give quotations in mid-sentence that nobody holds to the report earlier in their sentence.

    The parser often ends a clause before its sentence does ("said that the plan was dead and “not worth a penny”"). The
    report must be the nearest before the quotation, and no other subject may take the word in between.
    """
    result = sorted(found, key=lambda f: (f.cue_at, f.content))
    cues = [f.cue_at for f in result]
    by_passage = {place.passage_no: place for place in places}
    index = QuotationIndex(quotations)
    further: list[Found] = []
    spoken = sorted(span for item in result for span in item.content)
    for quotation in quotations:
        place = by_passage.get(quotation.passage_nos[0])
        if place is None or quotation.single or _covered(quotation, spoken):
            continue
        if not _is_part_of_sentence(text, quotation):
            continue
        view = seen_by(place, quotation)
        if view is not None:
            further.append(view)
            continue
        at, finished = _report_before(text, place, quotation, result, cues, index)
        if at is None and finished is None:
            at, finished = _told_on(text, place, quotation, result, cues, index, lexicon)
        if at is not None and finished is not None:
            result[at] = finished
            for around in _reports_in_sentence(text, place, quotation, result, cues, index):
                if any(a <= finished.cue_at < b for a, b in result[around].content):
                    result[around] = _extended(text, result[around], quotation)
        elif finished is not None:
            further.append(finished)
            spoken = sorted([*spoken, *finished.content])
    result.extend(further)
    result.sort(key=lambda f: (f.cue_at, f.content))
    cues = [f.cue_at for f in result]
    result = run_over_verbless_clauses(text, result)
    return [_with_whole_quotation(item, result, cues) for item in result]


def _with_whole_quotation(item: Found, found: Sequence[Found], cues: Sequence[int]) -> Found:
    """A relay ("…, S said, according to the Gazette") with all that the speaker inside it says."""
    if item.frame != "phrase":
        return item
    pieces = [
        span
        for a, b in item.content
        for other in found[bisect.bisect_left(cues, a) : bisect.bisect_left(cues, b)][:_CANDIDATES]
        if other.cue and other.cue_at != item.cue_at and not other.inherits
        for span in other.content
    ]
    return item.but(content=tuple(merge_spans([*item.content, *pieces]))) if pieces else item


def _is_part_of_sentence(text: str, quotation: Quotation) -> bool:
    """Whether a quotation is words of the sentence: begun in small letters, or an utterance and no title."""
    words = [word for a, b in quotation.inner for word in text[a:b].split()]
    if len(words) < _MIN_WORDS:
        return False
    return words[0][:1].islower() or is_speech(text, quotation)


def _covered(quotation: Quotation, spoken: Sequence[Span]) -> bool:
    at = bisect.bisect_left(spoken, (quotation.start, 1 << 60))
    return any(a < quotation.end and quotation.start < b for a, b in spoken[max(0, at - 12) : at + 1])


def _report_before(
    text: str,
    place: Place,
    quotation: Quotation,
    result: Sequence[Found],
    cues: Sequence[int],
    index: QuotationIndex,
) -> tuple[int | None, Found | None]:
    """(index of the report that the quotation continues, the report with it), or (None, a further act of its source).

    A participle right behind a report and a verb coordinated with it are further acts. Both None where none is near.
    """
    head = _first_word(place, quotation)
    near = _reports_in_sentence(text, place, quotation, result, cues, index) if head is not None else []
    if head is None or not near:
        return None, None
    participle = _participle_behind(place, result[near[0]], head)
    if participle is not None:
        return None, _further_act(text, place, result[near[0]], participle, quotation)
    near = [i for i in near if any(a > result[i].cue_at for a, _ in result[i].content)]
    governing = next((i for i in near if _governs(result[i], head)), None)
    if governing is not None:
        return governing, _extended(text, result[governing], quotation)
    gap = _between(place, result[near[0]], quotation) if near else []
    acts = [token for token in gap if token.tag_ in _FINITE]
    if not near or any(token.dep_ in _SUBJECTS and token.lower_ not in _RELATIVE for token in gap):
        return None, None
    if not acts:
        return near[0], _extended(text, result[near[0]], quotation)
    joined = len(acts) == 1 and acts[0].dep_ == "conj" and acts[0].head == result[near[0]].cue_token
    return None, _further_act(text, place, result[near[0]], acts[0], quotation) if joined else None


def _told_on(
    text: str,
    place: Place,
    quotation: Quotation,
    result: Sequence[Found],
    cues: Sequence[int],
    index: QuotationIndex,
    lexicon: Lexicon,
) -> tuple[int | None, Found | None]:
    """The report that still runs at a quotation by the words alone, or the one that the words before it make.

    What is told behind "said that" goes on to the end of its sentence unless another verb of speech takes over.
    """
    near = _reports_in_sentence(text, place, quotation, result, cues, index)
    read = read_by_position(text, place, quotation, lexicon)
    taken = {result[i].cue_at for i in near}
    if read is not None and read.cue_at not in taken and not (near and read.cue_at < result[near[0]].cue_at):
        return None, read
    for i in near:
        behind = [b for a, b in result[i].content if a > result[i].cue_at]
        if result[i].frame not in _TELLING or not behind or _SENTENCE_END.search(text, max(behind), quotation.start):
            continue
        gap = _between(place, result[i], quotation)
        if not any(_takes_over(token, lexicon) for token in gap):
            return i, _extended(text, result[i], quotation)
    return None, None


def _takes_over(token: Token, lexicon: Lexicon) -> bool:
    """Whether a verb is one of speech or of naming, so that its own subject has the word."""
    if token.pos_ != "VERB":
        return False
    frames = lexicon.frames("verb", token.lemma_.lower())
    return "quote" in frames or "object_predicate" in frames or "object_as" in frames


def _reports_in_sentence(
    text: str,
    place: Place,
    quotation: Quotation,
    result: Sequence[Found],
    cues: Sequence[int],
    index: QuotationIndex,
) -> list[int]:
    """The last few reports before a quotation in its sentence, the nearest first."""
    start = _sentence_start(text, place, quotation.start, index)
    high = bisect.bisect_left(cues, quotation.start)
    low = max(bisect.bisect_left(cues, max(start, quotation.start - _REACH)), high - _CANDIDATES)
    return [
        i
        for i in range(high - 1, low - 1, -1)
        if result[i].cue
        and result[i].passage_no == place.passage_no
        and index.at(result[i].cue_at) is None
        and result[i].frame.startswith(_CONTENT_FRAMES)
    ]


def _first_word(place: Place, quotation: Quotation) -> Token | None:
    at = bisect.bisect_left(place.token_starts, quotation.inner[0][0] - place.start)
    return place.doc[at] if at < len(place.doc) and place.reads(place.doc[at]) else None


def _participle_behind(place: Place, item: Found, head: Token) -> Token | None:
    """The participle right behind a report that governs the quotation: "“A,” S said, adding that the deal was “B”"."""
    if item.source is None:
        return None
    end = max(item.source[1], item.cue[-1][1])
    first = bisect.bisect_left(place.token_starts, end - place.start)
    if first + 1 >= head.i or place.doc[first].text != ",":
        return None
    verb = place.doc[first + 1]
    return verb if verb.tag_ == "VBG" and verb.is_ancestor(head) else None


def _governs(item: Found, word: Token) -> bool:
    """Whether the cue's verb governs a word, and not over a coordinated clause with a subject of its own."""
    cue = item.cue_token
    if cue is None or cue.doc is not word.doc:
        return False
    node = word
    while node.head.i != node.i:
        if node.head.i == cue.i:
            apart = node.dep_ in ("conj", "advcl", "parataxis", "relcl")
            return not apart or (node.dep_ != "conj" and not any(c.dep_ in _SUBJECTS for c in node.children))
        node = node.head
    return False


def _between(place: Place, item: Found, quotation: Quotation) -> Sequence[Token]:
    """The words from the end of a report to the quotation."""
    end = max([b for _, b in item.cue] + [b for _, b in item.content if b <= quotation.start])
    first = bisect.bisect_left(place.token_starts, end - place.start)
    last = bisect.bisect_left(place.token_starts, quotation.start - place.start)
    return list(place.doc[first:last])


def _further_act(text: str, place: Place, item: Found, verb: Token, quotation: Quotation) -> Found:
    """A second act of a report's source: "called the deal a mistake and ranked it among the “worst in years”"."""
    first, last = verb_group(verb)
    begin = place.span(last, last)[1]
    content = [trim_span(text, (begin, quotation.pieces[0][1])), *quotation.pieces[1:]]
    return item.but(
        cue_at=place.start + verb.idx,
        cue=(place.span(first, last),),
        cue_lemma=verb.lemma_.lower(),
        cue_token=verb,
        rule="quotation_in_sentence",
        frame="quote",
        stance="assert",
        content=tuple(content),
        content_token=None,
        target=None,
        addressee=None,
        negated_cue=False,
    )


def _sentence_start(text: str, place: Place, position: int, index: QuotationIndex) -> int:
    """Where the sentence around a position starts: behind the last full stop that stands outside quotation marks."""
    low = max(place.start, position - _REACH)
    start = low
    for mark in _SENTENCE_END.finditer(text, low, position):
        piece = index.at(mark.start())
        inside = piece is not None and mark.end() < piece[1]
        if not inside and not _ABBREVIATED.search(text, max(low, mark.start() - 6), mark.start() + 1):
            start = mark.end()
    for piece in index.within(low, position):
        closing = text[max(piece[0], piece[1] - 2) : piece[1] - 1]
        if piece[1] <= position and closing in (".", "!", "?") and text[piece[1] : piece[1] + 2].strip()[:1].isupper():
            start = max(start, piece[1])
    return start


def _extended(text: str, item: Found, quotation: Quotation) -> Found:
    """The attribution with the quotation in its content, joined to what stands right before it in the sentence."""
    before = [span for span in item.content if span[1] <= quotation.start]
    pieces = list(quotation.pieces)
    if before and before[-1][0] > item.cue_at:
        first, end = before[-1]
        if not _SENTENCE_END.search(text, end, quotation.start):
            pieces[0] = first, pieces[0][1]
    return item.but(content=tuple(merge_spans([*item.content, *pieces])))
