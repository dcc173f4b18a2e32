"""Rules for nouns: S's claim that C, voiced concern about C, drew criticism from S, S's aim is to C."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.lexicon import Lexicon
from pipeline.claims.attribution.spans import Range, before_aside, noun_phrase, trim_content, verb_group
from pipeline.claims.attribution.subjects import find_subject

_MAX_BETWEEN = 6  # tokens from a verb to the noun that it carries


def attribute_nouns(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "accusations that C", "his claim that C", "made the point that C", "voiced concern about C"."""
    nouns = lexicon.cues["noun"].keys() | lexicon.cues["carried"].keys()
    for token in place.tokens:
        if token.pos_ not in ("NOUN", "PROPN") or token.lemma_.lower() not in nouns:
            continue
        found = _attribute_noun(place, token, lexicon)
        if found is not None:
            yield found


def _attribute_noun(place: Place, noun: Token, lexicon: Lexicon) -> Found | None:
    content, frame, preposition = _noun_content(noun)
    if content is None:
        content, frame, preposition = _content_behind_carrier(noun)
    trimmed = trim_content(place.doc, content[0], before_aside(place.doc, *content)) if content is not None else None
    if content is None or frame is None or trimmed is None:
        return None
    lemma = noun.lemma_.lower()
    alone = lexicon.frames("noun", lemma).get(frame)
    sense = alone or lexicon.frames("carried", lemma).get(frame)
    if sense is None:
        return None
    if alone is not None and _is_object_of_cue(noun, lexicon):
        return None
    last = preposition.i if preposition is not None else noun.i
    source = _noun_holder(noun, content[0]) if alone is not None and not _returns_to_carrier(noun, lexicon) else None
    found = Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + noun.idx,
        cue=(place.span(noun.i, last),),
        cue_lemma=sense.lemma,
        rule=f"noun_{frame}",
        frame=frame,
        stance=sense.stance,
        content=(place.span(*trimmed),),
        content_token=_clause_head(noun),
        in_title=place.in_title,
    )
    if source is not None:
        return found.but(source=place.span(*noun_phrase(source)), source_token=source)
    return _carried(place, found, noun, last, lexicon)


def _is_object_of_cue(noun: Token, lexicon: Lexicon) -> bool:
    """Whether a noun with its owner is all that a verb attributes ("defended her decision to press ahead")."""
    owned = any(c.dep_ == "poss" for c in noun.children) and not _returns_to_carrier(noun, lexicon)
    return owned and noun.dep_ == "dobj" and "object" in lexicon.frames("verb", noun.head.lemma_.lower())


def _returns_to_carrier(noun: Token, lexicon: Lexicon) -> bool:
    """Whether the owner of a noun is who carries it: "S voiced her support for C"."""
    owner = next((c for c in noun.children if c.dep_ == "poss"), None)
    carrier = lexicon.frames("carrier", noun.head.lemma_.lower()).get("object") if noun.dep_ == "dobj" else None
    judged = lexicon.frames("verb", noun.head.lemma_.lower()).get("object", carrier)  # "S defended her decision"
    plain = carrier is not None and judged is not None and judged.stance == "assert"
    return plain and owner is not None and owner.tag_ == "PRP$"


def _noun_holder(noun: Token, content_first: int) -> Token | None:
    """Whose claim a noun is: its possessor, or the name behind "by", "from" and "among"."""
    owner = next((c for c in noun.children if c.dep_ == "poss"), None)
    if owner is not None:
        return owner
    by = next((c for c in noun.children if c.dep_ == "prep" and c.lower_ in ("by", "from", "among")), None)
    if by is None or (by.i >= content_first and by.lower_ != "by"):
        return None
    return next((c for c in by.children if c.dep_ == "pobj"), None)


def _carried(place: Place, found: Found, noun: Token, last: int, lexicon: Lexicon) -> Found | None:
    """The attribution of a noun that is the object of a carrier: the carrier's subject is the source."""
    verb = noun.head
    carrier = lexicon.frames("carrier", verb.lemma_.lower()).get("object") if noun.dep_ == "dobj" else None
    subject = find_subject(verb) if carrier is not None else None
    if carrier is None or subject is None or subject.token.i == verb.i:
        return None
    return found.but(
        cue_at=place.start + verb.idx,
        cue=(place.span(verb_group(verb)[0], last),),
        cue_lemma=f"{verb.lemma_.lower()} {found.cue_lemma}",
        rule=f"carried_{found.rule}",
        stance=found.stance if carrier.stance == "assert" else carrier.stance,
        source=place.span(*noun_phrase(subject.token)),
        source_token=subject.token,
        negated_cue=any(c.dep_ == "neg" for c in verb.children),
    )


def _clause_behind(preposition: Token) -> Token | None:
    """The clause of "allegations by S that C", which the parser hangs on S."""
    return next(
        (
            clause
            for inner in preposition.children
            for clause in inner.children
            if clause.dep_ in ("acl", "relcl", "ccomp") and clause.left_edge.lower_ == "that" and clause.i > inner.i
        ),
        None,
    )


def _clause_head(noun: Token) -> Token | None:
    return next((c for c in noun.children if c.dep_ in ("acl", "ccomp", "relcl") and c.i > noun.i), None)


def _noun_content(noun: Token) -> tuple[Range | None, str | None, Token | None]:
    for child in noun.children:
        if child.i < noun.i:
            continue
        if child.dep_ in ("acl", "ccomp", "relcl"):
            lead = child.left_edge
            if lead.lower_ == "that" and lead.dep_ == "mark":
                return (lead.i, child.right_edge.i), "clause", None
            if _is_infinitive(child):
                return (lead.i, child.right_edge.i), "infinitive", None
        elif child.dep_ == "prep" and child.lower_ in ("by", "from") and (clause := _clause_behind(child)) is not None:
            return (clause.left_edge.i, clause.right_edge.i), "clause", None
        elif child.dep_ == "prep":
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if inner is None or child.lower_ in ("by", "from", "among", "in"):
                continue
            span = inner.left_edge.i, inner.right_edge.i
            name = "object_of" if child.lower_ == "of" and noun.lemma_.lower() in ("accusation", "allegation") else None
            return (max(span[0], child.i + 1), span[1]), name or f"prep_{child.lower_}", child
    return None, None, None


def _is_infinitive(clause: Token) -> bool:
    """Whether a clause is "to C" or "not to C"."""
    lead = clause.left_edge
    after = lead.nbor() if lead.lower_ == "not" and lead.i + 1 < len(lead.doc) else lead
    return clause.tag_ == "VB" and after.tag_ == "TO"


def _content_behind_carrier(noun: Token) -> tuple[Range | None, str | None, Token | None]:
    """What stands behind a noun and hangs on the verb that carries it: "took issue with C", "paid tribute to C"."""
    following = noun.i + 1
    if noun.dep_ != "dobj" or following >= noun.sent.end:
        return None, None, None
    preposition = noun.doc[following]
    inner = next((c for c in preposition.children if c.dep_ in ("pobj", "pcomp")), None)
    if preposition.dep_ != "prep" or preposition.head.i != noun.head.i or inner is None:
        return None, None, None
    return (following + 1, inner.right_edge.i), f"prep_{preposition.lower_}", preposition


def attribute_drawn_nouns(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "C drew criticism from S", "C has the support of S": what is judged is the subject, who judges stands behind."""
    for noun in place.tokens:
        sense = lexicon.frames("drawn", noun.lemma_.lower()).get("prep_from")
        verb = noun.head
        if sense is None or noun.dep_ != "dobj" or "object" not in lexicon.frames("drawer", verb.lemma_.lower()):
            continue
        near = [c for c in [*noun.children, *verb.children] if c.dep_ == "prep" and noun.i < c.i <= noun.i + 3]
        behind = next((c for c in near if c.lower_ in ("from", "of", "among")), None)
        judge = next((c for c in behind.children if c.dep_ == "pobj"), None) if behind is not None else None
        subject = find_subject(verb)
        if behind is None or judge is None or subject is None or subject.passive or subject.token.i > verb.i:
            continue
        content = trim_content(place.doc, *noun_phrase(subject.token))
        if content is None or subject.token.i == verb.i or noun.i - verb.i > _MAX_BETWEEN:
            continue
        yield Found(
            passage_no=place.passage_no,
            doc_start=place.start,
            cue_at=place.start + noun.idx,
            cue=(place.span(verb_group(verb)[0], behind.i),),
            cue_lemma=f"{verb.lemma_.lower()} {sense.lemma}",
            rule="drawn_noun",
            frame="drawn",
            stance=sense.stance,
            content=(place.span(*content),),
            source=place.span(*noun_phrase(judge)),
            source_token=judge,
            in_title=place.in_title,
            negated_cue=any(c.dep_ == "neg" for c in verb.children),
        )


def attribute_named_aims(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "S's aim is to C", "his argument was that C": a noun for what is thought or said, with its owner, and *be*."""
    for noun in place.tokens:
        verb = noun.head
        owner = next((c for c in noun.children if c.dep_ == "poss"), None)
        if noun.dep_ != "nsubj" or owner is None or verb.lemma_ != "be":
            continue
        clause = next((c for c in verb.children if c.dep_ in ("ccomp", "xcomp") and c.i > verb.i), None)
        if clause is None:
            continue
        lead = clause.left_edge
        frame = "infinitive" if _is_infinitive(clause) else "clause" if lead.lower_ == "that" else None
        sense = lexicon.frames("aim", noun.lemma_.lower()).get(frame) if frame is not None else None
        content = trim_content(place.doc, lead.i, clause.right_edge.i)
        if sense is None or content is None:
            continue
        yield Found(
            passage_no=place.passage_no,
            doc_start=place.start,
            cue_at=place.start + noun.idx,
            cue=(place.span(noun.i, verb.i),),
            cue_lemma=sense.lemma,
            rule="named_aim",
            frame="phrase",
            stance=sense.stance,
            content=(place.span(*content),),
            content_token=clause,
            source=place.span(*noun_phrase(owner)),
            source_token=owner,
            in_title=place.in_title,
            negated_cue=any(c.dep_ == "neg" for c in verb.children),
        )


def attribute_followers(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "S is a supporter of C": a noun for somebody who holds an opinion, said of S."""
    for noun in place.tokens:
        sense = lexicon.frames("follower", noun.lemma_.lower()).get("prep_of")
        if sense is None or noun.dep_ not in ("attr", "oprd"):
            continue
        preposition = next((c for c in noun.children if c.dep_ == "prep" and c.lower_ == "of"), None)
        inner = next((c for c in preposition.children if c.dep_ == "pobj"), None) if preposition is not None else None
        subject = find_subject(noun.head)
        name = next((c for c in noun.children if c.dep_ == "compound" and c.ent_type_ == "PERSON"), None)
        liked = inner if inner is not None else name
        if liked is None or subject is None or subject.token.i >= noun.i:
            continue
        content = trim_content(place.doc, liked.left_edge.i, liked.right_edge.i)
        if content is None:
            continue
        cue = (noun.i, noun.i) if preposition is None else (verb_group(noun.head)[0], preposition.i)
        yield Found(
            passage_no=place.passage_no,
            doc_start=place.start,
            cue_at=place.start + noun.idx,
            cue=(place.span(*cue),),
            cue_lemma=f"be {sense.lemma}",
            rule="follower",
            frame="prep_of",
            stance=sense.stance,
            content=(place.span(*content),),
            source=place.span(*noun_phrase(subject.token)),
            source_token=subject.token,
            in_title=place.in_title,
        )
