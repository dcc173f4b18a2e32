"""Rules for relative clauses: what a source says, wants or opposes is the noun that the clause describes."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.lexicon import Cue, Lexicon
from pipeline.claims.attribution.spans import Range, noun_phrase, verb_group

_RELATIVES = frozenset(["which", "that", "who", "whom"])
_EMPTY = frozenset(["it", "there", "you", "i", "we"])
_COMPLEMENTS = frozenset(["dobj", "ccomp", "xcomp", "oprd", "prep", "acomp", "dative"])


def attribute_relative_objects(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "the plan (that) S opposed", "the plan, opposed by S": the object of the cue is the noun before the clause.

    "…, a claim (that) both S deny" is the same with a noun for a claim, and has a rule of its own (`denied_noun`).
    """
    for verb in place.tokens:
        sense = lexicon.frames("verb", verb.lemma_.lower()).get("relative")
        if sense is None or verb.dep_ not in ("relcl", "acl"):
            continue
        holder = _holder(verb)
        if holder is None:
            continue
        denied = sense.stance == "deny" and verb.head.lemma_.lower() in lexicon.cues["noun"]
        described = verb.dep_ == "relcl" or holder.dep_ == "pobj"
        nominal = described and verb.head.pos_ in ("NOUN", "PROPN", "PRON")
        if not denied and (holder.lower_ in _EMPTY or not nominal):
            continue
        yield _found(place, verb, sense, holder, "denied_noun" if denied else "relative_object")


def _holder(verb: Token) -> Token | None:
    """The subject of a clause whose object is the noun it describes, or the agent of one in the passive."""
    agent = next((c for c in verb.children if c.dep_ == "agent"), None)
    if agent is not None:
        described = verb.tag_ == "VBN" and not any(c.dep_ in ("dobj", "ccomp", "oprd") for c in verb.children)
        return next((c for c in agent.children if c.dep_ == "pobj"), None) if described else None
    if verb.dep_ == "acl" and verb.tag_ not in ("VBP", "VBZ", "VBD"):
        return None
    subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
    others = [c for c in verb.children if c.dep_ in _COMPLEMENTS and (c.i > verb.i or c.lower_ not in _RELATIVES)]
    if subject is None or subject.lower_ in _RELATIVES or others:
        return None
    return subject


def _found(place: Place, verb: Token, sense: Cue, holder: Token, rule: str) -> Found:
    return Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + verb.idx,
        cue=(place.span(*verb_group(verb)),),
        cue_lemma=sense.lemma,
        rule=rule,
        frame="object",
        stance=sense.stance,
        content=(place.span(*_described(verb.head)),),
        source=place.span(*noun_phrase(holder)),
        source_token=holder,
        in_title=place.in_title,
        negated_cue=any(c.dep_ == "neg" for c in verb.children),
    )


def _described(noun: Token) -> Range:
    """The noun that a clause describes, with what stands before it and what belongs to it before the clause."""
    first = noun_phrase(noun)[0]
    first = max(first, min([c.left_edge.i for c in noun.children if c.i < noun.i] + [noun.i]))
    last = max([noun.i, *(c.right_edge.i for c in noun.children if c.dep_ == "prep" and c.i == noun.i + 1)])
    clause = min((c.left_edge.i for c in noun.children if c.dep_ in ("relcl", "acl")), default=noun.i + 1)
    return first, noun.i if last >= clause else last
