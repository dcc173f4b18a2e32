"""Rules for adjectives: S is worried that C, S was opposed to C."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.lexicon import Lexicon
from pipeline.claims.attribution.spans import Range, noun_phrase, trim_content, verb_group
from pipeline.claims.attribution.subjects import find_subject

_COPULAS = frozenset(["be", "feel", "remain", "become", "seem", "sound", "get", "grow"])


def _copula_of(adjective: Token) -> Token | None:
    """The verb that an adjective is said with; a participle that the parser took for a passive is its own."""
    copula = adjective.head if adjective.dep_ == "acomp" else adjective
    if copula.pos_ in ("VERB", "AUX") and copula.lemma_ in _COPULAS:
        return copula
    passive = adjective.tag_ == "VBN" and any(c.dep_ == "auxpass" for c in adjective.children)
    return adjective if passive else None


def _holder(adjective: Token, copula: Token | None) -> Token | None:
    """Who feels or thinks: the copula's subject, the noun that an adjective behind it describes, or its own subject."""
    if copula is not None:
        subject = find_subject(copula)
        return subject.token if subject is not None else None
    own = next((c for c in adjective.children if c.dep_ == "nsubj"), None)
    if own is not None:
        return own
    head = adjective.head
    if adjective.dep_ == "conj" and head.pos_ == "ADJ" and head.i < adjective.i:
        return _holder(head, _copula_of(head))
    if adjective.dep_ in ("acl", "amod") and head.i < adjective.i and head.pos_ in ("NOUN", "PROPN", "PRON"):
        return head
    if adjective.dep_ == "advcl" and head.pos_ in ("VERB", "AUX"):
        subject = find_subject(head)
        return subject.token if subject is not None and subject.token.i < head.i else None
    return None


def _tells_result(adjective: Token, clause: Token) -> bool:
    """ "She was so upset, and drove so fast, that …": what came of it, not what she thought."""
    degree = any(child.lower_ == "so" for child in adjective.children)
    between = adjective.doc[adjective.i + 1 : clause.left_edge.i]
    return degree and any(token.text == "," for token in between)


def attribute_adjectives(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "S is concerned that C", "S, confident C, …", "the news left S fearful that C"."""
    adjectives = lexicon.cues["adjective"]
    for token in place.tokens:
        if token.lower_ not in adjectives:
            continue
        copula = _copula_of(token)
        holder = _holder(token, copula)
        if holder is None or holder.i == token.i or holder.lower_ in ("it", "that", "this", "there"):
            continue
        for child in [*token.children, *(c for c in copula.children if c.i > token.i)] if copula else token.children:
            content: Range | None = None
            frame = ""
            last_cue = token.i
            if child.dep_ == "ccomp" and child.i > token.i and not _tells_result(token, child):
                content, frame = (child.left_edge.i, child.right_edge.i), "clause"
            elif child.dep_ == "xcomp" and child.i > token.i and child.left_edge.tag_ == "TO":
                content, frame = (child.left_edge.i, child.right_edge.i), "infinitive"
            elif child.dep_ == "prep" and child.i > token.i:
                inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
                if inner is not None:
                    content = noun_phrase(inner) if inner.dep_ == "pobj" else (inner.left_edge.i, inner.right_edge.i)
                    frame, last_cue = f"prep_{child.lower_}", child.i
            if content is None or frame not in lexicon.frames("adjective", token.lower_):
                continue
            trimmed = trim_content(place.doc, *content)
            if trimmed is None:
                continue
            sense = lexicon.frames("adjective", token.lower_)[frame]
            first = verb_group(copula)[0] if copula is not None and copula.i <= token.i else token.i
            yield Found(
                passage_no=place.passage_no,
                doc_start=place.start,
                cue_at=place.start + token.idx,
                cue=(place.span(first, last_cue),),
                cue_lemma=f"be {sense.lemma}",
                rule=f"adjective_{frame}",
                frame=frame,
                stance=sense.stance,
                content=(place.span(*trimmed),),
                source=place.span(*noun_phrase(holder)),
                source_token=holder,
                content_token=child if frame == "clause" else None,
                in_title=place.in_title,
            )
            break
