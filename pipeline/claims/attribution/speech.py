"""Quotations and their speakers: beside the quotation, in the sentence before, or still speaking from before."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.lexicon import Lexicon
from pipeline.claims.attribution.quotations import Quotation
from pipeline.claims.attribution.quoting import merge_spans, quoted_by
from pipeline.claims.attribution.spans import noun_phrase, strip_edges, verb_group
from pipeline.claims.attribution.subjects import find_subject
from pipeline.claims.attribution.typography import named_before, speaker_behind, speaker_beside

MIN_SPEECH_WORDS = 4  # shorter quotations without a cue are names, titles and irony more often than speech
_SPEAKING = frozenset(["clause", "bare", "question", "quote", "phrase", "quotation"])
_INVERTED = frozenset(["said", "says", "added", "adds", "wrote", "writes", "asked", "asks", "tweeted", "replied"])
_INTRODUCING = frozenset(["clause", "bare", "question", "quote", "phrase"])
_RELATIVES = frozenset(["who", "which", "that"])
_RECENT = 40  # reports before a quotation in its passage that may introduce it
_WINDOW = 30  # tokens beside a quotation in which its cue is looked for
_SENTENCE_ENDS = ".!?…:”\"’'"
_NOMINAL = frozenset(["PROPN", "NOUN", "PRON", "DET", "ADJ", "NUM", "ADP", "PART", "CCONJ"])


_STOPS = re.compile(r"[.!?;:“”\"\n](?:\s|$)|[“”\"]")


_LINKED = re.compile(r"(?:^|(?<=[.!?”\"]\s))[A-Z][a-z]{1,12},?\s*$")  # "Then, " or "And " before a quotation

_TO_AUDIENCE = re.compile(r"\s+(?:to|at|into) [\w’' -]{1,40}\.")  # "she shouted to the crowd."

_NAME = r"[A-Z][\w.'’-]*\w"
_SIGNATURE = re.compile(
    rf"\s*(?P<dash>[-–—―]{{1,2}})\s*(?P<name>{_NAME}(?:\s+(?:{_NAME}|[A-Z]\.?|of|de|van|von|der|al|bin)){{0,5}})"
    r"\s*[.,]?\s*$"
)


class Speech:
    """Gives the quotations of one article that no rule has attributed to their speakers."""

    def __init__(self, text: str, places: Sequence[Place], quotations: Sequence[Quotation], lexicon: Lexicon) -> None:
        self._text = text
        self._places = {place.passage_no: place for place in places}
        self._ends = {place.passage_no: place.start + len(place.doc.text) for place in places}
        self._following = dict(zip((p.passage_no for p in places), (p.passage_no for p in places[1:]), strict=False))
        self._before = {after: before for before, after in self._following.items()}
        self._quotations = quotations
        self._lexicon = lexicon

    def attribute(self, found: Sequence[Found]) -> list[Found]:
        """The attributions, some with further pieces, and new ones for quotations that were left over."""
        result = sorted(found, key=lambda f: (f.cue_at, f.content))
        cues = [f.cue_at for f in result]
        owner: int | None = None  # index of the claim that the latest quotation belongs to
        owner_passage = -1  # passage in which that speaker last spoke
        for quotation in self._quotations:
            passage = quotation.passage_nos[0]
            owning = self._owner(quotation, result, cues)
            if owning is not None:
                keeps = result[owning].frame not in _SPEAKING and not is_speech(self._text, quotation)
                owner, owner_passage = (owner, owner_passage) if keeps else (owning, quotation.passage_nos[-1])
                continue
            if quotation.single or not is_speech(self._text, quotation):
                continue
            place = self._places[passage]
            if owner is not None and owner_passage == passage and self._split_by_cue(result[owner], quotation):
                item = result[owner]
                result[owner] = item.but(content=tuple(merge_spans([*item.content, *quotation.pieces])))
                continue
            beside = (
                named_before(place, quotation, self._lexicon)
                or speaker_behind(self._text, place, quotation, self._lexicon)
                or self._beside(place, quotation)
                or speaker_beside(self._text, place, *self._around(passage), quotation, self._lexicon)
            )
            if beside is not None:
                owner, owner_passage = _add(result, cues, beside), quotation.passage_nos[-1]
                continue
            announced = quotation.last_point(self._text) == ","
            if not self._opens_sentence(place, quotation) or (
                announced and (owner is None or owner_passage != passage)
            ):
                continue  # in the middle of a sentence, or its speaker follows
            introducing = self._introducing(place, quotation, result, cues, owner if owner_passage == passage else None)
            if introducing is not None:
                item = result[introducing]
                result[introducing] = item.but(content=tuple(merge_spans([*item.content, *quotation.pieces])))
                owner, owner_passage = introducing, quotation.passage_nos[-1]
                continue
            continued = None
            rule = "quotation_continued"
            at_start = quotation.start == place.start
            if at_start and self._ends_with_colon(passage):
                continued = self._announced(passage, result, cues)
                rule = "quotation_after_colon"
            if continued is None and at_start and owner is not None and self._before.get(passage) == owner_passage:
                continued = result[owner]
                rule = "quotation_continued"
            if continued is None:
                continued = self._speaker_before(place, quotation)
                rule = "quotation_after_speaker"
            if continued is None and quotation.start == place.start:
                continued = self._announced(passage, result, cues)
            if continued is None:
                continue
            result.append(_inherit(continued, quotation, rule))
            owner, owner_passage = len(result) - 1, quotation.passage_nos[-1]
        return [item for item in result if item.content]

    def _around(self, passage: int) -> tuple[Place | None, Place | None]:
        """The passages before and behind one."""
        return self._places.get(self._before.get(passage, -1)), self._places.get(self._following.get(passage, -1))

    def _owner(self, quotation: Quotation, result: list[Found], cues: Sequence[int]) -> int | None:
        """The attribution whose content holds most of the quotation; of several the one with the nearest cue.

        None also where a name and a colon before the quotation take it from a report, which then ends there.
        """
        low = bisect.bisect_left(cues, quotation.start - 4000)
        high = bisect.bisect_right(cues, quotation.end + 1500)
        length = max(1, sum(end - start for start, end in quotation.pieces))
        candidates = []
        for i in [*range(low, high), *range(max(len(cues), len(result) - 3), len(result))]:
            item = result[i]
            shared = sum(
                max(0, min(end, b) - max(start, a)) for start, end in item.content for a, b in quotation.pieces
            )
            if shared * 2 >= length:
                candidates.append((abs(item.cue_at - quotation.start), i))
        owning = min(candidates)[1] if candidates else None
        return None if owning is not None and self._heads_excerpt(quotation, result, owning) else owning

    def _heads_excerpt(self, quotation: Quotation, result: list[Found], owning: int) -> bool:
        """Whether a name and a colon take the quotation from a report before them: "Polls were wrong - S: “…”"."""
        item = result[owning]
        named = named_before(self._places[quotation.passage_nos[0]], quotation, self._lexicon)
        if named is None or named.source is None or item.frame != "clause" or item.cue_at >= named.source[0]:
            return False
        content = tuple((a, min(b, named.source[0])) for a, b in item.content if a < named.source[0])
        content = tuple((a, a + len(self._text[a:b].rstrip(" -–—"))) for a, b in content)
        if item.source is not None and item.source[1] > named.source[0]:
            return False
        result[owning] = item.but(content=content)
        return True

    def _split_by_cue(self, item: Found, quotation: Quotation) -> bool:
        """Whether the quotation goes on behind its cue: "A," S said, "B" – a comma, and no sentence end in between."""
        core_end = max([end for _, end in item.cue] + [item.source[1] if item.source else 0])
        between = self._text[core_end : quotation.start]
        lead = between.rstrip()
        return 0 < len(between) < 200 and (not lead or lead.endswith((",", ":"))) and not _STOPS.search(lead[:-1])

    def _opens_sentence(self, place: Place, quotation: Quotation) -> bool:
        before = self._text[max(place.start, quotation.start - 24) : quotation.start]
        before = _LINKED.sub("", before).rstrip()
        return not before or before[-1] in _SENTENCE_ENDS

    def _ends_with_colon(self, passage: int) -> bool:
        """Whether the passage before announces a quotation: it ends with a colon."""
        before = self._places.get(self._before.get(passage, -1))
        return before is not None and self._text[before.start : self._ends[before.passage_no]].rstrip().endswith(":")

    def _announced(self, passage: int, result: Sequence[Found], cues: Sequence[int]) -> Found | None:
        """The speaker whom the passage before announces: the source of its last attribution, else its last subject."""
        before = self._places.get(self._before.get(passage, -1))
        if before is None or before.in_title:
            return None
        sentence = None
        for sentence in before.doc.sents:  # noqa: B007 - the last one is wanted
            pass
        if sentence is None:
            return None
        start = before.start + sentence.start_char
        last = bisect.bisect_left(cues, self._ends[before.passage_no]) - 1
        while last > 0 and any(a <= result[last].cue_at < b for a, b in result[last - 1].content):
            last -= 1  # what is told inside another's report is not the speaker's announcement
        subject = next((c for c in sentence.root.children if c.dep_ == "nsubj"), None)
        told = last >= 0 and result[last].cue_at >= start and result[last].source is not None
        if told and (subject is None or not is_person(subject) or result[last].cue_token == sentence.root):
            return result[last]
        return _spoken_by(before, subject) if subject is not None and is_person(subject) else None

    def _introducing(
        self, place: Place, quotation: Quotation, result: Sequence[Found], cues: Sequence[int], owner: int | None
    ) -> int | None:
        """The attribution in the same passage that this quotation continues.

        That is the owner of the quotation before it in the passage, unless somebody else was reported in between; or
        a speech attribution in the sentence that ends where the quotation begins.
        """
        low = bisect.bisect_left(cues, place.start)
        high = bisect.bisect_left(cues, quotation.start)
        low = max(low, high - _RECENT)
        speaking = [
            i
            for i in range(low, high)
            if not _is_relative(result[i])
            and (result[i].frame in _INTRODUCING or (owner is None and result[i].frame.startswith("object")))
        ]
        latest = speaking[-1] if speaking else None
        if owner is not None:
            if latest is not None and latest != owner and result[latest].cue_at > result[owner].cue_at:
                end = result[owner].content[-1][1]
                between = self._text[end : result[latest].cue_at]
                ended = self._text[end - 2 : end].rstrip("”\"’'")[-1:] in (".", "!", "?")
                if ended or any(mark in between for mark in '.!?”"'):
                    return latest
            return owner
        return latest

    def _beside(self, place: Place, quotation: Quotation) -> Found | None:
        """The speaker right behind the closing mark ("…," said S) or right before the opening one (S said: "…")."""
        starts = place.token_starts
        inside = [(s, e) for s, e in quotation.pieces if place.start <= s < self._ends[place.passage_no]]
        if quotation.passage_nos[-1] == place.passage_no:
            signed = self._signed(place, quotation)
            if signed is not None:
                return signed
            first = bisect.bisect_left(starts, quotation.end - place.start)
            found = self._cue_after(place, first, quotation)
            if found is not None:
                return found
        last = bisect.bisect_left(starts, inside[0][0] - place.start) - 1
        return self._cue_before(place, last, quotation)

    def _signed(self, place: Place, quotation: Quotation) -> Found | None:
        """A quotation signed with a dash and a name: “…” — S."""
        signature = _SIGNATURE.match(self._text, quotation.end, self._ends[place.passage_no])
        if signature is None:
            return None
        starts = place.token_starts
        first = bisect.bisect_left(starts, signature.start("name") - place.start)
        last = bisect.bisect_left(starts, signature.end("name") - place.start) - 1
        if first > last or not any(token.pos_ == "PROPN" for token in place.doc[first : last + 1]):
            return None
        return Found(
            passage_no=place.passage_no,
            doc_start=place.start,
            cue_at=signature.start("dash"),
            cue=(signature.span("dash"),),
            cue_lemma="—",
            rule="signature",
            frame="quote",
            stance="assert",
            content=quotation.pieces,
            source=place.span(first, last),
            source_token=place.doc[last],
            in_title=place.in_title,
        )

    def _cue_after(self, place: Place, first: int, quotation: Quotation) -> Found | None:
        doc = place.doc
        if first >= len(doc):
            return None
        closing = quotation.last_point(self._text)
        ended = closing in ".…" and doc[first].text != ","
        announced = closing == "," or doc[first].text == ","  # a comma at the mark: an attribution follows
        position = first
        while position < len(doc) and doc[position].text in (",", "-", "–", "—"):
            position += 1
        if announced:
            return self._cue_announced(place, position, quotation)
        for token in doc[position : position + _WINDOW]:
            if token.text in (".", "“", '"', ";", ":", "''", "``") or (token.is_space and "\n" in token.text):
                return None
            if token.pos_ in ("VERB", "AUX") and self._speaks(token):
                found = self._build(place, token, position, quotation)
                if found is not None and self._announces_next(found):
                    return None
                # After a full stop inside the marks only a bare "S said." speaks of the quotation.
                return None if ended and found is not None and not self._ends_sentence(place, found) else found
        return None

    def _cue_announced(self, place: Place, first: int, quotation: Quotation) -> Found | None:
        """The cue behind a comma at the closing mark: the first verb of speech, else the first finite verb."""
        doc = place.doc
        others: list[Token] = []
        for token in doc[first : first + 2 * _WINDOW]:
            if token.text == "." or (token.is_space and "\n" in token.text):
                break
            if token.pos_ not in ("VERB", "AUX") or not place.reads(token):
                continue
            if self._speaks(token):
                found = self._build(place, token, first, quotation)
                if found is not None:
                    return found
            elif _is_finite(token) and len(others) < 2:
                others.append(token)
        built = (self._build(place, token, first, quotation) for token in others)
        return next((found for found in built if found is not None), None)

    def _announces_next(self, found: Found) -> bool:
        """Whether "S said" stands right before another quotation, which is then its content."""
        end = max(e for _, e in [*found.cue, *([found.source] if found.source else [])])
        return bool(re.match(r"\s*[,:]\s*[“\"‘']", self._text[end : end + 8]))

    def _ends_sentence(self, place: Place, found: Found) -> bool:
        end = max(e for _, e in [*found.cue, *([found.source] if found.source else [])])
        rest = self._text[end : min(end + 60, self._ends[place.passage_no])]
        return rest[:1] in (".", "") or _TO_AUDIENCE.match(rest) is not None

    def _cue_before(self, place: Place, last: int, quotation: Quotation) -> Found | None:
        doc = place.doc
        if last < 0 or doc[last].text not in (",", ":"):
            return None
        for i in range(last, max(-1, last - _WINDOW), -1):
            token = doc[i]
            if token.text in (".", "”", '"', ";", "?", "!"):
                return None
            if token.is_title and token.lower_ in _INVERTED and token.i + 1 < last:
                name = strip_edges(doc, token.i + 1, last - 1)
                if name is not None and _names_someone(doc[name[0]], doc[name[1]]):
                    return quoted_by(place, token, name, doc[name[1]], quotation.pieces, "speaker_then_quotation")
            if token.pos_ in ("VERB", "AUX") and (self._speaks(token) or (doc[last].text == ":" and _is_finite(token))):
                subject = find_subject(token)
                if subject is None or subject.token.i == token.i:
                    continue
                return quoted_by(
                    place, token, noun_phrase(subject.token), subject.token, quotation.pieces, "speaker_then_quotation"
                )
        return None

    def _speaks(self, token: Token) -> bool:
        senses = self._lexicon.frames("verb", token.lemma_.lower())
        return "quote" in senses

    def _build(self, place: Place, verb: Token, first: int, quotation: Quotation) -> Found | None:
        doc = place.doc
        subject = find_subject(verb)
        if subject is not None and subject.token.lower_ in _RELATIVES:
            return None
        if subject is not None and first <= subject.token.i < first + _WINDOW and subject.token.i != verb.i:
            span = noun_phrase(subject.token)
            if span[0] >= first:
                return quoted_by(place, verb, span, subject.token, quotation.pieces, "quotation_then_speaker")
        if verb.i == first:
            last = verb.i + 1
            while last < len(doc) and doc[last].pos_ in _NOMINAL and last - verb.i < 12:
                last += 1
            span_after = strip_edges(doc, verb.i + 1, last - 1)
            if span_after is None or not _names_someone(doc[span_after[0]], doc[span_after[1]]):
                return None
            return quoted_by(place, verb, span_after, doc[span_after[1]], quotation.pieces, "quotation_then_speaker")
        if all(t.pos_ in _NOMINAL or t.text in (",", "-") for t in doc[first : verb_group(verb)[0]]):
            span_before = strip_edges(doc, first, verb_group(verb)[0] - 1)
            if span_before is not None and _names_someone(doc[span_before[0]], doc[span_before[1]]):
                return quoted_by(
                    place, verb, span_before, doc[span_before[1]], quotation.pieces, "quotation_then_speaker"
                )
        return None

    def _speaker_before(self, place: Place, quotation: Quotation) -> Found | None:
        """The subject of the sentence before the quotation, when it is a person or a pronoun for one."""
        doc = place.doc
        at = bisect.bisect_left(place.token_starts, quotation.start - place.start) - 1
        if at < 0 or not place.reads(doc[at]):
            return None
        root = doc[at].sent.root
        subject = next((c for c in root.children if c.dep_ == "nsubj"), None)
        if subject is None or not is_person(subject):
            return None
        return _spoken_by(place, subject)


def _spoken_by(place: Place, subject: Token) -> Found:
    """An attribution to a speaker without a cue; its content is filled in by `_inherit`."""
    return Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + subject.idx,
        cue=(),
        cue_lemma="",
        rule="quotation_after_speaker",
        frame="quotation",
        stance="assert",
        content=(),
        source=place.span(*noun_phrase(subject)),
        source_token=subject,
        in_title=place.in_title,
    )


def _is_finite(verb: Token) -> bool:
    return verb.pos_ == "VERB" and verb.tag_ in ("VBD", "VBZ", "VBP")


def _names_someone(first: Token, last: Token) -> bool:
    """Whether a run of words can be a speaker: no preposition or conjunction leads it, a noun or pronoun ends it."""
    return first.pos_ not in ("ADP", "CCONJ", "PART", "SCONJ") and last.pos_ in ("PROPN", "NOUN", "PRON")


def is_person(token: Token) -> bool:
    """Whether a head word names a person: by its entity label, or a personal pronoun."""
    return token.ent_type_ == "PERSON" or token.lower_ in ("he", "she", "they")


def _is_relative(item: Found) -> bool:
    """Whether a report stands in a relative clause ("said the mayor, who warned of floods"): the mayor goes on."""
    if item.cue_token is not None and item.cue_token.dep_ == "relcl":
        return True
    return item.source_token is not None and item.source_token.lower_ in _RELATIVES


def _add(result: list[Found], cues: Sequence[int], item: Found) -> int:
    """Add an attribution, or its content to the one that has the same cue; returns where it is."""
    at = bisect.bisect_left(cues, item.cue_at)
    if at < len(cues) and cues[at] == item.cue_at and result[at].cue_at == item.cue_at:
        known = result[at]
        result[at] = known.but(content=tuple(merge_spans([*known.content, *item.content])))
        return at
    for i in range(max(len(cues), len(result) - 3), len(result)):
        if item.cue and result[i].cue_at == item.cue_at:
            result[i] = result[i].but(content=tuple(merge_spans([*result[i].content, *item.content])))
            return i
    result.append(item)
    return len(result) - 1


def _inherit(item: Found, quotation: Quotation, rule: str) -> Found:
    head = item.source_token
    if head is not None and head.lower_ in ("who", "which", "that"):
        verb = next((v for v in head.ancestors if v.dep_ == "relcl"), None)
        if verb is not None:
            first, last = noun_phrase(verb.head)
            span = head.doc[first : last + 1]
            place = item.doc_start + span.start_char, item.doc_start + span.end_char
            item = item.but(source=place, source_token=verb.head)
    return item.but(
        passage_no=quotation.passage_nos[0],
        cue_at=quotation.start,
        cue=(),
        content=quotation.pieces,
        rule=rule,
        frame="quotation",
        inherits=True,
        target=None,
        addressee=None,
        content_token=None,
        stance="assert",
        negated_cue=False,
    )


def is_speech(text: str, quotation: Quotation) -> bool:
    """Whether a quotation is an utterance rather than a title or a word in irony: long enough, and more than a name."""
    words = [w for start, end in quotation.inner for w in text[start:end].split()]
    if len(words) < MIN_SPEECH_WORDS:
        return False
    before = text[max(0, quotation.start - 3) : quotation.start].rstrip(" ")
    if words[-1][-1] in ".,!?…" and (not before or before[-1] in '.!?”"\n'):
        return True
    return sum(w[:1].isupper() for w in words) < 0.7 * len(words)
