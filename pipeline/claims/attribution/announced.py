"""Words that a verb of speech hands over by typography: a colon and a paragraph, or a short cry and "she wrote"."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place, Span
from pipeline.claims.attribution.lexicon import Lexicon
from pipeline.claims.attribution.quotations import Quotation
from pipeline.claims.attribution.quoting import merge_spans, quoted_by
from pipeline.claims.attribution.spans import noun_phrase
from pipeline.claims.attribution.subjects import find_subject

_WINDOW = 30  # tokens before a closing colon in which the verb of speech is looked for
_NEAR = 3  # tokens behind a short quotation within which its cue stands
_STOPS = frozenset([".", "”", ";", "?", "!"])
_GAP = 4  # code points before a quotation in which the sentence before ends
_OWN_SENTENCE = re.compile(r"[.?!]\s*$")
_NOTHING_ELSE = re.compile(r"[^.?!“”\"\n]{0,60}[.?!][ \u00a0]*")
_SPOKEN = frozenset(["clause", "bare", "quote", "question"])
_NO_PROSE = re.compile(r"[“\"‘'•*<-]")  # a quotation, a list, markup


class Announcements:
    """Gives the paragraphs and short quotations of one article that are still nobody's to who announces them."""

    def __init__(self, text: str, places: Sequence[Place], quotations: Sequence[Quotation], lexicon: Lexicon) -> None:
        self._text = text
        self._places = places
        self._quotations = quotations
        self._lexicon = lexicon

    def attribute(self, found: Sequence[Found]) -> list[Found]:
        """The attributions, those announced by a colon with the cue that announces them, and new ones."""
        taken = {item.cue_at for item in found if item.cue}
        result = self._with_cues(found, taken)
        result = self._with_afterthoughts(result)
        contents = sorted(span for item in result for span in item.content)
        for new in [*self._paragraphs(contents), *self._cries(contents)]:
            if new.cue_at not in taken:
                taken.add(new.cue_at)
                result.append(new)
        return result

    def _with_cues(self, found: Sequence[Found], taken: set[int]) -> list[Found]:
        """ "S declared:" and a quotation in the next paragraph: S's verb is the cue."""
        before = {after.passage_no: place for place, after in zip(self._places, self._places[1:], strict=False)}
        result = []
        for item in found:
            place = before.get(item.passage_no)
            told = None
            if item.rule == "quotation_after_colon" and not item.cue and place is not None:
                told = self._told(place, item.content, item.rule)
            if told is None or told.cue_at in taken:
                result.append(item)
            else:
                taken.add(told.cue_at)
                result.append(told)
        return result

    def _with_afterthoughts(self, found: Sequence[Found]) -> list[Found]:
        """“It is a hard winter,” she said. “So be it.” – a short sentence in marks right behind who has just spoken."""
        result = list(found)
        contents = sorted((end, start, i) for i, item in enumerate(result) for start, end in item.content)
        ends = [end for end, _, _ in contents]
        for quotation in self._quotations:
            behind = _OWN_SENTENCE.search(self._text, max(0, quotation.start - _GAP), quotation.start)
            if quotation.single or behind is None or quotation.last_point(self._text) not in ".?!":
                continue
            at = bisect.bisect_right(ends, quotation.start) - 1
            if at < 0 or (at + 1 < len(contents) and contents[at + 1][1] < quotation.end):
                continue  # the first words of the article, or words that are somebody's already
            end, _, i = contents[at]
            item = result[i]
            told = max([end, *(e for _, e in item.cue), *([item.source[1]] if item.source else [])])
            between = self._text[told : quotation.start]
            if item.frame in _SPOKEN and item.cue and told <= quotation.start and _NOTHING_ELSE.fullmatch(between):
                result[i] = item.but(content=tuple(merge_spans([*item.content, *quotation.pieces])))
        return result

    def _paragraphs(self, contents: Sequence[Span]) -> list[Found]:
        """ "S writes:" and a paragraph without marks."""
        starts = [start for start, _ in contents]
        announced = []
        for place, after in zip(self._places, self._places[1:], strict=False):
            end = after.start + len(after.doc.text.rstrip())
            if not place.doc.text.rstrip().endswith(":") or _NO_PROSE.match(self._text, after.start):
                continue
            within = contents[bisect.bisect_left(starts, after.start) : bisect.bisect_left(starts, end)]
            if any(2 * (last - first) >= end - after.start for first, last in within):
                continue  # somebody's words already
            told = self._told(place, ((after.start, end),), "paragraph_after_colon")
            if told is not None:
                announced.append(told)
        return announced

    def _cries(self, contents: Sequence[Span]) -> list[Found]:
        """“Never!” she wrote: too short for a rule of its own, but with a mark of its own and a cue right behind."""
        starts = [start for start, _ in contents]
        cries = []
        places = {place.passage_no: place for place in self._places}
        for quotation in self._quotations:
            place = places.get(quotation.passage_nos[-1])
            mark = quotation.last_point(self._text)
            if place is None or mark not in "?!," or len(quotation.pieces) > 1 or quotation.single:
                continue
            at = bisect.bisect_right(starts, quotation.start) - 1
            if any(start <= quotation.start < end for start, end in contents[max(0, at - 3) : at + 2]):
                continue
            found = self._cue_right_behind(place, quotation)
            if found is not None:
                cries.append(found)
        return cries

    def _cue_right_behind(self, place: Place, quotation: Quotation) -> Found | None:
        first = bisect.bisect_left(place.token_starts, quotation.end - place.start)
        for token in place.doc[first : first + _NEAR]:
            if not self._speaks(place, token):
                continue
            subject = find_subject(token)
            if subject is None or subject.token.i < first or subject.token.i > first + _NEAR:
                return None
            found = quoted_by(
                place, token, noun_phrase(subject.token), subject.token, quotation.pieces, "quotation_then_speaker"
            )
            return found.but(cue_token=token)
        return None

    def _told(self, place: Place, content: tuple[Span, ...], rule: str) -> Found | None:
        """The attribution of ``content`` to the subject of the last verb of speech before the closing colon."""
        if place.in_title:
            return None
        doc = place.doc
        last = len(doc) - 1
        while last > 0 and doc[last].is_space:
            last -= 1
        for i in range(last, max(-1, last - _WINDOW), -1):
            token = doc[i]
            if token.text in _STOPS:
                return None
            if token.tag_ != "VBG" and self._speaks(place, token):
                subject = find_subject(token)
                if subject is not None and subject.token.i != token.i:
                    span = noun_phrase(subject.token)
                    return quoted_by(place, token, span, subject.token, content, rule).but(cue_token=token)
        return None

    def _speaks(self, place: Place, token: Token) -> bool:
        senses = self._lexicon.frames("verb", token.lemma_.lower())
        return token.pos_ in ("VERB", "AUX") and "quote" in senses and place.reads(token)
