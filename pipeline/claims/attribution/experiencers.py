"""Rules for verbs whose object feels or thinks: the flood alarmed the villagers, who were shocked by its force."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.lexicon import Lexicon
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.spans import Range, noun_phrase, trim_content, verb_group

_PARTIES = frozenset(["PERSON", "NORP", "ORG", "GPE"])
_PRONOUNS = frozenset(["him", "her", "them", "he", "she", "they"])
_EMPTY = frozenset(["it", "this", "that", "which", "who", "what", "there", "he", "she", "they", "i", "we", "you"])


def attribute_experiences(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "C alarmed S", "S was alarmed by C", "it alarmed S that C": the object of the verb is the source."""
    for verb in place.tokens:
        if verb.pos_ != "VERB":
            continue
        sense = lexicon.frames("verb", verb.lemma_.lower()).get("experienced")
        if sense is None:
            continue
        parts = _passive(verb) or _active(verb)
        content = trim_content(place.doc, *parts[1]) if parts is not None else None
        if parts is None or content is None:
            continue
        yield Found(
            passage_no=place.passage_no,
            doc_start=place.start,
            cue_at=place.start + verb.idx,
            cue=(place.span(*parts[2]),),
            cue_lemma=sense.lemma,
            rule="experienced",
            frame="experienced",
            stance=sense.stance,
            content=(place.span(*content),),
            source=place.span(*noun_phrase(parts[0])),
            source_token=parts[0],
            in_title=place.in_title,
            negated_cue=any(c.dep_ == "neg" for c in verb.children),
        )


def _passive(verb: Token) -> tuple[Token, Range, Range] | None:
    """(source, content, cue) of "S was alarmed by C"."""
    agent = next((c for c in verb.children if c.dep_ == "agent"), None)
    subject = next((c for c in verb.children if c.dep_ == "nsubjpass"), None)
    if agent is None or subject is None or not _feels(subject) or agent.right_edge.i == agent.i:
        return None
    group = verb_group(verb)
    cue = (group[0], agent.i) if agent.i == group[1] + 1 else group
    return subject, (agent.i + 1, agent.right_edge.i), cue


def _active(verb: Token) -> tuple[Token, Range, Range] | None:
    """(source, content, cue) of "C alarmed S" and "it alarmed S that C"."""
    felt = next((c for c in verb.children if c.dep_ in ("dobj", "dative")), None)
    subject = next((c for c in verb.children if c.dep_ in ("nsubj", "csubj")), None)
    if felt is None or not _feels(felt):
        return None
    if subject is None:
        return _consequence(verb, felt)
    clause = next((c for c in verb.children if c.dep_ == "ccomp" and c.left_edge.lower_ == "that"), None)
    if subject.lower_ == "it" and clause is not None and clause.i > felt.i:
        return felt, (clause.left_edge.i, clause.right_edge.i), verb_group(verb)
    if subject.lower_ in _EMPTY:
        return None
    return felt, (subject.left_edge.i, subject.right_edge.i), verb_group(verb)


def _consequence(verb: Token, felt: Token) -> tuple[Token, Range, Range] | None:
    """(source, content, cue) of "C, angering S"."""
    comma = verb.left_edge.i - 1
    main = verb.head
    if verb.tag_ != "VBG" or verb.dep_ != "advcl" or comma <= main.i or verb.doc[comma].text != ",":
        return None
    return felt, (main.left_edge.i, comma - 1), verb_group(verb)


def _feels(noun: Token) -> bool:
    party = noun.ent_type_ in _PARTIES or noun.lower_ in _PRONOUNS
    return party or load_nominals().is_a(noun.lemma_.lower(), "person")
