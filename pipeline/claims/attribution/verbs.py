"""Rules for verbs: a reporting verb in one of the frames that the lexicon gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from spacy.tokens import Token

from pipeline.claims.attribution.contents import (
    content_pieces,
    enclosed_content,
    fronted_part,
    opens_with_as,
    runs_on,
    skip_adjuncts,
    surrounding_content,
)
from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.frames import Filled, fill_frames
from pipeline.claims.attribution.lexicon import Cue, Lexicon
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.spans import Range, noun_phrase, strip_edges, verb_group
from pipeline.claims.attribution.subjects import Subject, find_subject

_MAX_CARRIER = 6  # tokens of "issued a joint statement" before "saying"
_LIGHT = frozenset(["be", "have", "do", "get", "seem", "appear", "ensure", "mean", "happen", "take", "bring", "come"])
_SPEECH_FRAMES = frozenset(["clause", "question", "bare"])
_AIM_FRAMES = frozenset(["infinitive", "object"])
_EMPTY_SUBJECTS = frozenset(["it", "that", "which", "what", "this", "there", "you", "i", "we"])
_OPENING = frozenset(["“", '"', "``", "''", "‘", "'"])
_GAPS = frozenset(["that", "which", "who", "whom", "what"])
_DEGREE = frozenset(["so", "such"])
_RELATIVES = frozenset(["that", "which", "who", "whom", "what", "it", "this"])


def attribute_verbs(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """Every attribution that a verb of the lexicon makes in one document."""
    verbs = lexicon.cues["verb"]
    for token in place.tokens:
        known = token.pos_ in ("VERB", "AUX") and token.lemma_.lower() in verbs
        if known or (token.pos_ == "VERB" and token.lemma_.lower() not in _LIGHT):
            found = attribute_verb(place, token, lexicon)
            if found is not None:
                yield found


def attribute_verb(place: Place, verb: Token, lexicon: Lexicon) -> Found | None:
    """The attribution that one verb makes: its first frame that the lexicon knows and that has a source."""
    senses = lexicon.frames("verb", verb.lemma_.lower())
    subject = find_subject(verb)
    if subject is None or subject.token.i == verb.i:
        return None
    rest = lexicon.frames("verb", "*") if not subject.passive and _is_named(subject.token) else {}
    if not senses and not rest:
        return None
    for filled in fill_frames(verb, subject.passive):
        cue = senses.get(filled.frame) or _quoted_predicate(filled, senses) or _other_sense(verb, filled, rest)
        if filled.frame == "bare" and ((subject.passive and not opens_with_as(verb)) or verb.dep_ == "relcl"):
            continue
        if cue is None or not _is_source(subject.token, filled.frame, cue) or not _is_content(filled, lexicon):
            continue
        found = _build(place, verb, subject, filled, cue)
        if found is not None:
            return found
    return None


def _is_named(head: Token) -> bool:
    """Whether a subject is named as a party: a person, a body or a state, or a personal pronoun."""
    named = head.ent_type_ in ("PERSON", "ORG", "GPE", "NORP") or head.lower_ in ("he", "she", "they")
    return named or load_nominals().is_a(head.lemma_.lower(), "person")


def _other_sense(verb: Token, filled: Filled, rest: Mapping[str, Cue]) -> Cue | None:
    """The sense of a verb that the lexicon has no frame for, where the frame alone tells of speech or thought."""
    cue = rest.get(filled.frame)
    if cue is None or filled.content is None or verb.lemma_.lower() in _LIGHT:
        return None
    lead = verb.doc[filled.content[0]]
    if filled.frame == "clause" and (lead.lower_ != "that" or lead.dep_ != "mark"):
        return None
    if filled.head is not None and filled.head.dep_ == "advcl":
        return None  # a condition
    between = [t.lower_ for t in verb.doc[verb.i + 1 : lead.i]] if filled.frame == "clause" else []
    if "," in between and not _DEGREE.isdisjoint(between):
        return None  # "drove so fast, and so close, that …" tells what followed
    return replace(cue, lemma=verb.lemma_.lower())


def _build(place: Place, verb: Token, subject: Subject, filled: Filled, cue: Cue) -> Found | None:
    cue_range = _with_governors(verb, verb_group(verb))
    subject, cue_range = _issuer(subject, cue_range)
    source = _apart(_whole_subject(verb, noun_phrase(subject.token)), cue_range, subject.token)
    pieces = _cue_pieces(cue_range, filled, cue)
    if filled.content is None:
        contents = surrounding_content(verb, source, cue_range, filled)
    else:
        contents = content_pieces(verb, filled, [source, *pieces])
        core = min(source[0], cue_range[0])
        after = skip_adjuncts(verb, max(source[1], cue_range[1]))
        behind = filled.frame == "clause" and not subject.shared and contents[:1] and contents[0][0] > verb.i
        if behind and runs_on(verb.doc, after + 1):
            contents = enclosed_content(verb, core, after) or contents
        elif behind:
            contents = [*fronted_part(verb, core, after), *contents]
    if not contents:
        return None
    if filled.patient is not None and filled.patient[1] < min(contents[0][0], cue_range[0]):
        contents = [filled.patient, *contents]
    lemma = cue.lemma if filled.preposition is None else f"{cue.lemma} {filled.preposition.lower_}"
    return Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + verb.idx,
        cue=tuple(place.span(*piece) for piece in pieces),
        cue_lemma=lemma,
        rule=f"verb_{filled.frame}" + ("_passive" if subject.passive else ""),
        frame=filled.frame,
        stance=cue.stance,
        content=tuple(place.span(*content) for content in contents),
        source=place.span(*source),
        source_token=subject.token,
        cue_token=verb,
        content_token=filled.head,
        target=_party(filled.target),
        addressee=_party(filled.addressee),
        in_title=place.in_title,
        negated_cue=any(c.dep_ == "neg" or (c.dep_ == "advmod" and c.lower_ == "longer") for c in verb.children),
    )


def _with_governors(verb: Token, cue: Range) -> Range:
    """The cue with the verbs right before it that it depends on ("continued to argue", "was quick to add")."""
    first, node = cue[0], verb
    while node.dep_ == "xcomp" and node.head.i < first and node.head.pos_ in ("VERB", "AUX", "ADJ"):
        above = node.head
        top = above.head if above.dep_ == "acomp" else above
        before = verb_group(top)[0]
        linked = all(token.pos_ in ("PART", "ADV", "ADP") for token in verb.doc[above.i + 1 : first])
        if not linked or cue[0] - before > _MAX_CARRIER or (top.i != above.i and above.i - top.i > 3):
            break
        first, node = before, top
    return first, cue[1]


def _issuer(subject: Subject, cue: Range) -> tuple[Subject, Range]:
    """Who issued the text that speaks: of "issued a statement saying C" the issuer, with all of it as the cue."""
    text = subject.token
    if not subject.shared or text.dep_ != "dobj" or not load_nominals().is_a(text.lemma_.lower(), "text"):
        return subject, cue
    issuer = find_subject(text.head)
    if issuer is None or issuer.passive:
        return subject, cue
    first = verb_group(text.head)[0]
    return Subject(issuer.token, True), ((first, cue[1]) if cue[0] - first <= _MAX_CARRIER else cue)


def _whole_subject(verb: Token, source: Range) -> Range:
    """The source with the noun right before it that the parser made a second subject ("the news site Brevik Daily")."""
    for child in verb.children:
        if child.dep_ == "nsubj" and child.i < source[0] and child.right_edge.i == source[0] - 1:
            return noun_phrase(child)[0], source[1]
    return source


def _apart(source: Range, cue: Range, head: Token) -> Range:
    """The source without the cue, which stands inside it where a participle describes the source: a letter saying …"""
    if head.i < cue[0] <= source[1]:
        trimmed = strip_edges(head.doc, source[0], cue[0] - 1)
        return trimmed if trimmed is not None else (head.i, head.i)
    return source


def _cue_pieces(cue: Range, filled: Filled, sense: Cue) -> list[Range]:
    preposition = filled.preposition
    if preposition is None:
        return [cue]
    if filled.frame.startswith("prep_"):
        return [(cue[0], preposition.i)] if preposition.i - cue[1] <= 2 else [cue]
    relative_object = filled.frame == "object_as" and filled.target is not None and filled.target.lower_ in _GAPS
    parting = filled.content is not None and filled.content[0] == preposition.i + 1
    if (filled.frame == "object_of" and sense.stance == "accuse") or relative_object or parting:
        return [cue, (preposition.i, preposition.i)]
    return [cue]


def _quoted_predicate(filled: Filled, senses: Mapping[str, Cue]) -> Cue | None:
    """The sense "calls O C" when the parser took O and the quoted C for one object: called the bridge "a gift"."""
    if filled.frame != "object" or filled.content is None or filled.head is None:
        return None
    cue = senses.get("object_predicate")
    if cue is None or cue.stance != "characterize":
        return None
    doc, (_, last) = filled.head.doc, filled.content
    quoted = any(t.text in _OPENING for t in doc[filled.head.i + 1 : min(last + 2, len(doc))])
    return cue if quoted else None


def _is_source(head: Token, frame: str, cue: Cue) -> bool:
    """Whether a subject can be a source in that frame: "you" holds no attitude, "it" an aim or a judgement.

    The article's own "I" and "we" are no sources of attitudes.
    """
    if frame in _SPEECH_FRAMES or cue.stance == "accuse" or head.lower_ not in _EMPTY_SUBJECTS:
        return True
    if head.lower_ == "it" and head.dep_ == "nsubj" and frame in _AIM_FRAMES and cue.stance != "assert":
        return True
    return head.lower_ in ("that", "which") and _relates_to_speaker(head)


def _relates_to_speaker(relative: Token) -> bool:
    """Whether a relative pronoun stands for a body, a state or a text ("the union, which opposes the closure")."""
    clause = relative.head
    if clause.dep_ != "relcl" or relative.dep_ != "nsubj":
        return False
    noun = clause.head
    nominals = load_nominals()
    return noun.ent_type_ in ("ORG", "GPE", "NORP") or any(
        nominals.is_a(noun.lemma_.lower(), kind) for kind in ("person", "body", "state", "text", "outlet")
    )


def _is_content(filled: Filled, lexicon: Lexicon) -> bool:
    """Whether an object can be content: no bare relative pronoun, no noun cue that brings its own content."""
    if filled.frame != "object" or filled.head is None:
        return True
    head = filled.head
    if head.lower_ in _RELATIVES and (head.tag_ in ("WDT", "WP") or not _points_back(head)):
        return False
    owned = any(c.dep_ == "poss" for c in head.children)  # "defended her decision to C"
    return owned or not _is_carried(head, lexicon)


def _points_back(pronoun: Token) -> bool:
    """Whether a pronoun behind the verb stands for what was told before ("the bishop opposed it")."""
    return pronoun.dep_ == "dobj" and pronoun.i > pronoun.head.i


def _is_carried(noun: Token, lexicon: Lexicon) -> bool:
    """Whether an object is a noun with content of its own: "repeated accusations that C", not "rejected a request"."""
    clause = next((c for c in noun.children if c.dep_ == "acl"), None)
    if clause is None:
        return False
    lemma, lead = noun.lemma_.lower(), clause.left_edge
    frame = "infinitive" if lead.tag_ == "TO" else "clause"
    known = frame in lexicon.frames("noun", lemma) or frame in lexicon.frames("carried", lemma)
    return known and "object" in lexicon.frames("carrier", noun.head.lemma_.lower())


def _party(head: Token | None) -> Token | None:
    return head if head is not None and head.pos_ not in ("VERB", "AUX") else None
