"""Quotations in mid-sentence that nobody holds because the parser misread the words that hand them over."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from spacy.tokens import Doc, Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.lexicon import Cue, Lexicon
from pipeline.claims.attribution.quotations import Quotation
from pipeline.claims.attribution.quoting import merge_spans, trim_span
from pipeline.claims.attribution.spans import Range, noun_phrase, strip_edges, verb_group
from pipeline.claims.attribution.subjects import find_subject

_BACK = 30  # tokens before an opening mark in which the verb must come
_TAIL = 120  # code points that a clause may run on behind the closing mark
_FINITE = ("VBD", "VBZ", "VBP")
_REPORTS_BEFORE = 4  # reports that may run on to a participle
_AND = re.compile(r"[,;]?[”\"]?\s+and\s")
_SENTENCE_ENDS = re.compile(r"[.!?](?:\s|$)|\n")
_STOPS = frozenset([".", ";", "?", "!", "”", "“", '"', "''", "``", ":"])
_NAMES = frozenset(["PROPN", "NOUN", "PRON", "DET", "ADJ", "NUM"])
_NAMING = ("object_predicate", "object_as")
_RELATIVE = ("who", "which", "that", "what")
_WORDS = ("words", "view", "opinion", "telling")
_OPENING = ("because", "that", "and", "but", "as", ",", "-", "–", "—")  # before a point of view within a sentence
_WHEN = ("DATE", "TIME")


def read_by_position(text: str, place: Place, quotation: Quotation, lexicon: Lexicon) -> Found | None:
    """The report that the words before a quotation make, whatever their parse: "S said … that C “…”", "S called O “…”".

    The nearest verb of speech before the mark in its sentence, with "that" (or nothing) between the two, or a verb that
    names its object with nothing but that object between; its subject is what stands right before it.
    """
    doc = place.doc
    mark = bisect.bisect_left(place.token_starts, quotation.start - place.start)
    acts = False
    for at in range(mark - 1, max(-1, mark - _BACK), -1):
        token = doc[at]
        if token.text in _STOPS or (token.is_space and "\n" in token.text) or not place.reads(token):
            return None
        if token.pos_ != "VERB" or token.tag_ not in _FINITE:
            acts = acts or token.pos_ in ("VERB", "AUX")
            continue
        sense, first = _sense(doc, token, mark, acts, lexicon)
        if sense is not None:
            return _report(text, place, quotation, token, sense, first)
        acts = True
    return None


def seen_by(place: Place, quotation: Quotation) -> Found | None:
    """ "… because to S, “C”" and "…, in S's words, “C”": a point of view right before the mark, within a sentence."""
    doc = place.doc
    comma = bisect.bisect_left(place.token_starts, quotation.start - place.start) - 1
    if comma < 3 or doc[comma].text != "," or not place.reads(doc[comma]):
        return None
    words = doc[comma - 1].lower_ in _WORDS
    last = comma - 2 if words else comma - 1
    first = last
    while first > 0 and (doc[first - 1].pos_ in _NAMES or doc[first - 1].tag_ == "POS") and last - first < 5:
        first -= 1
    lead, before = doc[first - 1], doc[first - 2] if first > 1 else None
    if lead.lower_ != ("in" if words else "to") or before is None or before.lower_ not in _OPENING:
        return None
    head = doc[last - 1] if doc[last].tag_ == "POS" and last > first else doc[last]
    if not (head.pos_ == "PROPN" or (head.tag_ == "PRP" and not words)):
        return None
    cue = [place.span(lead.i, lead.i)] + ([place.span(comma - 1, comma - 1)] if words else [])
    return Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + lead.idx,
        cue=tuple(cue),
        cue_lemma=lead.lower_,
        rule="point_of_view",
        frame="phrase",
        stance="assert",
        content=quotation.pieces,
        source=place.span(first, last),
        source_token=head,
        cue_token=lead,
        in_title=place.in_title,
    )


def run_over_verbless_clauses(text: str, found: Sequence[Found]) -> list[Found]:
    """Reports that run on over "and T being kind, even warning the clerk: “…”", which has no finite verb of its own."""
    result = list(found)
    for i, item in enumerate(found):
        verb, source = item.cue_token, item.source
        if verb is None or source is None or verb.tag_ != "VBG":
            continue
        for j in range(i - 1, max(-1, i - _REPORTS_BEFORE - 1), -1):
            told = result[j]
            end = max((b for a, b in told.content if a > told.cue_at), default=0)
            if told.frame != "clause" or told.passage_no != item.passage_no or not 0 < end <= source[0] < item.cue_at:
                continue
            if not _AND.match(text, end) or _SENTENCE_ENDS.search(text, end, item.cue_at):
                continue
            between = verb.doc.char_span(end - item.doc_start, verb.idx, alignment_mode="expand")
            if between is not None and not any(token.tag_ in _FINITE for token in between):
                last = max(b for _, b in item.content)
                result[j] = told.but(content=tuple(merge_spans([*told.content, (end, last)])))
            break
    return result


def _sense(doc: Doc, verb: Token, mark: int, acts: bool, lexicon: Lexicon) -> tuple[Cue | None, int]:
    """How a verb hands over the words before the mark, and where its content begins; (None, 0) where it does not."""
    frames = lexicon.frames("verb", verb.lemma_.lower())
    last = verb_group(verb)[1]
    between = doc[last + 1 : mark]
    if "clause" in frames:
        that = next((token for token in between if token.lower_ == "that"), None)
        if that is not None or not len(between):
            return frames["clause"], that.i if that is not None else last + 1
    naming = next((frames[frame] for frame in _NAMING if frame in frames), None)
    object_only = not acts and 0 < len(between) < 12 and not any(token.text in (",", "-") for token in between)
    if naming is not None and (object_only or not len(between)):
        return naming, last + 1
    return None, 0


def _report(text: str, place: Place, quotation: Quotation, verb: Token, sense: Cue, first: int) -> Found | None:
    source = _before(place.doc, verb)
    if source is None:
        return None
    phrase, head = source
    begin = place.span(first, first)[0] if first < len(place.doc) else quotation.start
    content = [trim_span(text, (min(begin, quotation.start), quotation.pieces[0][1])), *quotation.pieces[1:]]
    if sense.frame == "clause" and quotation.passage_nos[-1] == place.passage_no:
        content[-1] = content[-1][0], _clause_end(text, place, quotation)
    return Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + verb.idx,
        cue=(place.span(*verb_group(verb)),),
        cue_lemma=sense.lemma,
        rule="quotation_in_sentence",
        frame=sense.frame,
        stance=sense.stance,
        content=tuple(content),
        source=place.span(*phrase),
        source_token=head,
        cue_token=verb,
        in_title=place.in_title,
    )


def _clause_end(text: str, place: Place, quotation: Quotation) -> int:
    """Where a clause that goes on behind a quotation ends: with its sentence, where that is near."""
    behind = text[quotation.end : quotation.end + 2].strip()
    if quotation.last_point(text) in ".,!?" or not behind[:1].islower():
        return quotation.end
    at = bisect.bisect_left(place.token_starts, quotation.end - place.start)
    for token in place.doc[at:]:
        end = place.start + token.idx
        if end - quotation.end > _TAIL:
            break
        if token.text in (".", "?", "!"):
            return end
    return quotation.end


def _before(doc: Doc, verb: Token) -> tuple[Range, Token] | None:
    """The phrase and head of who stands before a verb: its subject, else the nouns right before it."""
    subject = find_subject(verb)
    if subject is not None and not subject.passive:
        if subject.token.i < verb.i and subject.token.lower_ not in _RELATIVE:
            return noun_phrase(subject.token), subject.token
        if subject.token.lower_ in _RELATIVE and subject.token.dep_ == "nsubj":
            return (subject.token.i, subject.token.i), subject.token
        return None
    last = verb_group(verb)[0] - 1
    while last > 0 and (doc[last].pos_ == "ADV" or doc[last].ent_type_ in _WHEN or doc[last].lower_ in ("on", "in")):
        last -= 1
    first = last
    while first >= 0 and doc[first].pos_ in _NAMES and doc[first].lower_ not in _RELATIVE:
        first -= 1
    phrase = strip_edges(doc, first + 1, last)
    if phrase is None or doc[phrase[1]].pos_ not in ("PROPN", "NOUN", "PRON"):
        return None
    return phrase, doc[phrase[1]]
