"""The speaker of a quotation by what stands beside it on the page, where no rule of grammar has found one."""

from __future__ import annotations

import bisect
import re

from spacy.tokens import Doc, Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.lexicon import Lexicon
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.quotations import Quotation
from pipeline.claims.attribution.spans import noun_phrase, strip_edges, verb_group
from pipeline.claims.attribution.subjects import find_subject

_REACH = 40  # tokens behind a closing mark in which the verb must come
_BACK = 12  # tokens before an opening mark in which the verb must come
_SIGNATURE_LENGTH = 160  # code points of a paragraph that is nothing but a signature
_SIGNED = re.compile(r"[-–—―]{1,2}\s*(?=[A-Z])")
_SIGNED_END = re.compile(
    r"[”\"’'][.,]?\s*(?P<dash>[-–—―]{1,2})\s*(?P<name>[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){1,5}?)\.?\s*$"
)
_IRREGULAR = {"said": "say", "told": "tell", "wrote": "write"}
_FINITE = ("VBD", "VBZ", "VBP")
_RUN = frozenset(["DET", "ADJ", "NUM", "NOUN", "PROPN", "PRON"])
_OWNERS = frozenset(["his", "her", "their"])
_NAME_LEADS = frozenset([".", "!", "?", "-", "–", "—", "”", '"', ":", ";"])
_STOPS = frozenset([".", ";", "?", "!", "”", '"'])
_DASHES = frozenset(["-", "–", "—", "--"])


def named_before(place: Place, quotation: Quotation, lexicon: Lexicon) -> Found | None:
    """ "Anna Brevik: “We will build it.”": a name alone between the start of a sentence (or a dash) and a colon."""
    doc, colon = place.doc, _token_before(place, quotation.start)
    if colon < 1 or doc[colon].text != ":" or place.in_title:
        return None
    first = _start_of_names(doc, colon)
    lead = doc[first - 1] if first else None
    dashed = lead is not None and lead.text in _DASHES
    named = any(token.ent_type_ in ("PERSON", "ORG") for token in doc[first:colon])
    if first == colon or not (named or dashed):
        return None
    if _opens_speech(doc[first], lexicon):
        return None  # "Said Lund:" is a verb and its subject
    opens = lead is None or lead.text in _NAME_LEADS or lead.is_space or _opens_digest(doc, first - 1)
    return _spoken(place, quotation, first, colon - 1, doc[colon - 1], colon, colon, "name_colon") if opens else None


def _opens_digest(doc: Doc, at: int) -> bool:
    """ "From the Gazette: “…”" and "More from the Gazette: “…”", headings of excerpts."""
    more = at > 0 and doc[at - 1].lower_.endswith("more")
    return doc[at].lower_ == "from" and (doc[at].is_title or more)


def _start_of_names(doc: Doc, end: int) -> int:
    """The first of the capitalised words right before ``end``, those joined by "and" included."""
    first = end
    while first > 0 and _is_name_word(doc[first - 1]):
        first -= 1
        if first > 1 and doc[first - 1].lower_ in ("and", "&") and _is_name_word(doc[first - 2]):
            first -= 1
    return first


def _is_name_word(token: Token) -> bool:
    return token.pos_ in ("PROPN", "NOUN", "ADJ") and not token.is_lower


def speaker_beside(
    text: str, place: Place, above: Place | None, below: Place | None, quotation: Quotation, lexicon: Lexicon
) -> Found | None:
    """The speaker before the opening mark, announced above or signed at the end or below; else None.

    ``above`` and ``below`` are the passages around that of the quotation. Verbs need not be in the lexicon where
    punctuation alone (a comma at the mark, a question mark inside it) says that the quotation's speaker stands there.
    """
    before = _before(text, place, quotation, lexicon)
    if before is not None or quotation.start != place.start:
        return before
    found = _announced_above(above, quotation, lexicon) if above is not None else None
    found = found or _signed_at_end(text, place, quotation)
    return found or (_signed_below(text, place, below, quotation) if below is not None else None)


def speaker_behind(text: str, place: Place, quotation: Quotation, lexicon: Lexicon) -> Found | None:
    """ "…?” the 43-year-old asked", "…!” the man's niece, a teacher, shouted", "…,” says a voter": name and verb."""
    doc, rule = place.doc, "quotation_then_speaker"
    first = _announced_behind(text, place, quotation)
    if first is None:
        return None
    if _speaks(doc[first], lexicon) and doc[first].tag_ in _FINITE and not doc[first].is_title:
        head = _end_of_run(doc, first + 1)
        return _spoken(place, quotation, first + 1, head, doc[head], first, first, rule) if head > first else None
    head = _end_of_run(doc, first)
    if head > first and _speaks(doc[head], lexicon):
        head -= 1  # "the two write": the tagger took the verb for a noun
    last = _over_prepositions(doc, head, lexicon) if head >= first else head
    verb = _verb_behind(doc, last + 1, lexicon) if head >= first else None
    if verb is None:
        return None
    if not _speaks(verb, lexicon) and not (_starts_utterance(text, quotation) and _can_speak(doc, first, head)):
        return None
    return _spoken(place, quotation, first, last, doc[head], *verb_group(verb), rule)


def _announced_behind(text: str, place: Place, quotation: Quotation) -> int | None:
    """The first word behind a closing mark that punctuation joins to the quotation; None where nothing does."""
    if quotation.passage_nos[-1] != place.passage_no:
        return None
    doc = place.doc
    first = bisect.bisect_left(place.token_starts, quotation.end - place.start)
    closing = quotation.last_point(text)
    announced = closing in (",", "?", "!") or (first < len(doc) and doc[first].text in (",", *_DASHES))
    while first < len(doc) and (doc[first].text in (",", *_DASHES) or _is_blank(doc[first])):
        first += 1
    return first if announced and first < len(doc) and place.reads(doc[first]) else None


def _is_blank(token: Token) -> bool:
    """A token of spaces within a line."""
    return token.is_space and "\n" not in token.text


def _over_prepositions(doc: Doc, last: int, lexicon: Lexicon) -> int:
    """The end of the noun phrase with its prepositional phrases ("a voice in the crowd")."""
    limit = min(len(doc) - 1, last + _REACH)
    while last < limit and doc[last + 1].pos_ == "ADP":
        further = _end_of_run(doc, last + 2)
        if further < last + 2:
            break
        last = further
        if last + 1 < len(doc) and doc[last + 1].text in (".", ",", ":") and _speaks(doc[last], lexicon):
            return last - 1  # "a voice in the crowd states."
    return last


def _before(text: str, place: Place, quotation: Quotation, lexicon: Lexicon) -> Found | None:
    """ "The clerk shot back, “Never.”" and, at the start of a sentence, "Continued the clerk: “Never.”" """
    doc, mark = place.doc, _token_before(place, quotation.start)
    if mark < 1 or doc[mark].text not in (",", ":") or not _starts_utterance(text, quotation):
        return None
    for at in range(mark - 1, max(-1, mark - _BACK), -1):
        token = doc[at]
        if token.text in _STOPS or token.is_space or not place.reads(token):
            return None
        opens = at == 0 or doc[at - 1].is_space or doc[at - 1].text in _STOPS
        if opens and token.is_title and _opens_speech(token, lexicon):
            name = strip_edges(doc, at + 1, mark - 1)
            if name is not None and _can_speak(doc, *name):
                return _spoken(place, quotation, *name, doc[name[1]], at, at, "speaker_then_quotation")
        if token.lemma_.lower() == "be" and at == mark - 1:
            return _of_noun_before(place, quotation, token)
        if _is_finite(token):
            return _of_verb_before(place, quotation, token)
    return None


def _of_noun_before(place: Place, quotation: Quotation, verb: Token) -> Found | None:
    """ "The clerk's answer was: “Never.”": the owner of the noun that the quotation is said to be."""
    noun = next((c for c in verb.children if c.dep_ == "nsubj" and c.i < verb.i), None)
    owner = next((c for c in noun.children if c.dep_ == "poss"), None) if noun is not None else None
    if noun is None or owner is None or not (_is_someone(owner) or owner.lower_ in _OWNERS):
        return None
    found = _spoken(place, quotation, *noun_phrase(owner), owner, noun.i, verb.i, "speaker_then_quotation")
    return found.but(cue=(place.span(noun.i, noun.i), place.span(verb.i, verb.i)) if verb.i > noun.i + 1 else found.cue)


def _of_verb_before(place: Place, quotation: Quotation, verb: Token) -> Found | None:
    subject = find_subject(verb)
    if subject is None or subject.token.i >= verb.i or subject.passive or not _is_someone(subject.token):
        return None
    phrase = noun_phrase(subject.token)
    return _spoken(place, quotation, *phrase, subject.token, *verb_group(verb), "speaker_then_quotation")


def _announced_above(above: Place, quotation: Quotation, lexicon: Lexicon) -> Found | None:
    """ "In its report, the Gazette notes:" at the end of the paragraph above: the last verb of speech there."""
    doc = above.doc
    end = len(doc) - 1
    while end > 0 and doc[end].is_space:
        end -= 1
    if doc[end].text != ":" or above.in_title:
        return None
    for token in reversed(doc[doc[end].sent.start : end]):
        if not above.reads(token) or not _opens_speech(token, lexicon):
            continue
        if token.tag_ in _FINITE:
            subject = find_subject(token)
            if subject is not None and subject.token.i < token.i and not subject.passive:
                span = noun_phrase(subject.token)
                return _spoken(above, quotation, *span, subject.token, *verb_group(token), "quotation_after_colon")
        if token.is_title and token.i == doc[end].sent.start:
            name = strip_edges(doc, token.i + 1, end - 1)
            if name is not None and _can_speak(doc, *name):
                return _spoken(above, quotation, *name, doc[name[1]], token.i, token.i, "quotation_after_colon")
    return None


def _opens_speech(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word is a verb of speech; a capitalised one in the past the tagger takes for a name or a participle."""
    word = token.lower_
    readings = [token.lemma_.lower(), _IRREGULAR.get(word, word), word.removesuffix("d"), word.removesuffix("ed")]
    return any("quote" in lexicon.frames("verb", reading) for reading in readings)


def _signed_at_end(text: str, place: Place, quotation: Quotation) -> Found | None:
    """A paragraph that opens with the quotation and ends with a mark, a dash and a name."""
    end = _end(place)
    signed = _SIGNED_END.search(text, max(place.start, quotation.end - 3, end - _SIGNATURE_LENGTH), end)
    if signed is None or signed.start() < quotation.end:
        return None
    first = bisect.bisect_left(place.token_starts, signed.start("name") - place.start)
    last = bisect.bisect_left(place.token_starts, signed.end("name") - place.start) - 1
    if first > last or not any(token.pos_ == "PROPN" for token in place.doc[first : last + 1]):
        return None
    dash = bisect.bisect_left(place.token_starts, signed.start("dash") - place.start)
    return _spoken(place, quotation, first, last, place.doc[last], dash, dash, "signature")


def _signed_below(text: str, place: Place, below: Place, quotation: Quotation) -> Found | None:
    """A short paragraph below the quotation that begins with a dash and a name."""
    doc, end = below.doc, _end(below)
    signed = _SIGNED.match(text, below.start, end)
    closes = not text[quotation.end : _end(place)].strip(" .\n") if quotation.end + 4 > _end(place) else False
    if signed is None or not closes or end - below.start > _SIGNATURE_LENGTH or below.in_title:
        return None
    first = bisect.bisect_left(below.token_starts, signed.end() - below.start)
    last = _end_of_run(doc, first) if first < len(doc) else -1
    if last < first or not any(token.pos_ == "PROPN" for token in doc[first : last + 1]):
        return None
    found = _spoken(below, quotation, first, last, doc[last], 0, 0, "signature")
    return found.but(cue=((below.start, below.start + len(signed.group().rstrip())),), cue_lemma="—")


def _end(place: Place) -> int:
    """Where the passage ends, spaces at its end left out."""
    doc = place.doc
    last = len(doc) - 1
    while last > 0 and doc[last].is_space:
        last -= 1
    return place.start + doc[last].idx + len(doc[last].text) if len(doc) else place.start


def _token_before(place: Place, position: int) -> int:
    at = bisect.bisect_left(place.token_starts, position - place.start) - 1
    return at - 1 if at > 0 and place.doc[at].is_space and "\n" not in place.doc[at].text else at


def _starts_utterance(text: str, quotation: Quotation) -> bool:
    return text[quotation.inner[0][0] : quotation.inner[0][0] + 1].isupper()


def _end_of_run(doc: Doc, first: int) -> int:
    """The last word of the noun phrase that starts at ``first``: words of a name or noun up to its last noun."""
    at = first
    while at < len(doc) and (doc[at].pos_ in _RUN or doc[at].text in ("'s", "’s", "-") or doc[at].is_title):
        if doc[at].is_sent_start and at > first:
            break
        at += 1
    at -= 1
    while at >= first and not _ends_phrase(doc, at):
        at -= 1
    return at


def _ends_phrase(doc: Doc, at: int) -> bool:
    """Whether a noun phrase may end with the word: a noun, a capital, or the last word of "the 43-year-old"."""
    token = doc[at]
    hyphened = at > 0 and doc[at - 1].text == "-"
    return token.pos_ in ("NOUN", "PROPN", "PRON", "NUM") or token.is_title or hyphened


def _verb_behind(doc: Doc, at: int, lexicon: Lexicon) -> Token | None:
    """The finite verb behind a noun phrase, over an aside between commas or a relative clause and over adverbs."""
    limit = min(len(doc), at + _REACH)
    aside = at < limit and (doc[at].text == "," or doc[at].tag_ in ("WP", "WDT"))
    begin = next((i + 1 for i in range(at + 1, limit) if doc[i].text == ","), at) if aside else at
    while begin < limit and doc[begin].pos_ in ("ADV", "AUX"):
        begin += 1
    if begin < limit and (_is_finite(doc[begin]) or _speaks(doc[begin], lexicon)):
        return doc[begin]
    for token in doc[at:limit] if aside else ():
        if token.text in (".", "“", '"', ";") or token.is_space:
            return None
        if (token.tag_ in _FINITE or _is_bare_participle(token)) and _speaks(token, lexicon):
            return token
    return None


def _is_bare_participle(token: Token) -> bool:
    """A participle without "has" or "was", which may be a past tense that the tagger misread."""
    return token.tag_ == "VBN" and not any(child.dep_ in ("aux", "auxpass", "agent") for child in token.children)


def _is_finite(token: Token) -> bool:
    return token.tag_ in _FINITE and token.pos_ == "VERB"


def _speaks(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word is a verb of speech, or written like one in the present where the tagger took it for a noun."""
    if token.pos_ == "VERB":
        return "quote" in lexicon.frames("verb", token.lemma_.lower())
    taken = token.pos_ in ("NOUN", "ADJ") and not token.is_title
    return taken and "quote" in lexicon.frames("verb", token.lower_.removesuffix("s"))


def _can_speak(doc: Doc, first: int, last: int) -> bool:
    """Whether a run of words names somebody: a person's name or noun in it, or capitals and a title."""
    return any(_is_someone(token) for token in doc[first : last + 1]) and doc[last].pos_ != "DET"


def _is_someone(token: Token) -> bool:
    if token.ent_type_ == "PERSON" or token.lower_ == "old" or token.lower_ in ("he", "she", "they", "i", "we"):
        return True
    return token.pos_ == "PROPN" or load_nominals().is_a(token.lemma_.lower(), "person")


def _spoken(
    place: Place, quotation: Quotation, first: int, last: int, head: Token, cue_first: int, cue_last: int, rule: str
) -> Found:
    cue = place.doc[cue_last]
    return Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + cue.idx,
        cue=(place.span(cue_first, cue_last),),
        cue_lemma=cue.lemma_.lower(),
        rule=rule,
        frame="quote",
        stance="assert",
        content=quotation.pieces,
        source=place.span(first, last),
        source_token=head,
        in_title=place.in_title,
    )
