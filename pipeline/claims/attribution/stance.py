"""The stance of a source to its content, and whether the content is negated."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found
from pipeline.claims.attribution.lexicon import load_lexicon
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.wrongs import load_wrongs

_FUTURE = frozenset(["will", "would", "might", "may", "could", "wo", "'ll", "’ll", "shall"])
# "does not believe that C" says that C is not so; "did not say that C" leaves it open.
_NEGATION_IS_CONTENTS = frozenset(
    [
        "believe",
        "think",
        "want",
        "expect",
        "feel",
        "hope",
        "see",
        "support",
        "endorse",
        "favor",
        "agree",
        "back",
        "prefer",
    ]
)


def stance_of(found: Found) -> str:
    """One of `tables.STANCES`: that of the lexicon, moved by negation of the cue and by what the content says.

    A neutral report of a future is a prediction; of a third party's wrong an accusation; of something called false
    a denial. "Did not say", "declined to comment" are `not_said`; "refused to leave" is a wish.
    """
    lemma = found.cue_lemma.split(" ")[0]
    head = found.content_token
    if found.negated_cue and lemma not in _NEGATION_IS_CONTENTS:
        return "not_said"
    if found.stance == "not_said" and found.frame == "infinitive" and head is not None:
        return "not_said" if _is_speech_verb(head) else "desire"
    if found.stance == "assert" and found.frame == "clause" and head is not None:
        return _stance_of_clause(head, found)
    return found.stance


def _stance_of_clause(head: Token, found: Found) -> str:
    """What a neutral cue's content clause makes of it."""
    if _calls_false(head):
        return "deny"
    auxiliaries = {c.lower_ for c in head.children if c.dep_ in ("aux", "auxpass")}
    if auxiliaries & _FUTURE and "have" not in auxiliaries:
        return "predict"
    return "accuse" if _tells_wrong(head, found) else "assert"


def _is_speech_verb(token: Token) -> bool:
    return token.lemma_.lower() in {"comment", "answer", "elaborate", "identify", "name", "discuss", "specify"} or bool(
        load_lexicon().frames("verb", token.lemma_.lower())
    )


def _calls_false(head: Token) -> bool:
    """A content clause that calls something false ("the claims are baseless")."""
    words = load_wrongs()
    negated = any(c.dep_ == "neg" for c in head.children)
    predicates = [c for c in head.children if c.dep_ in ("acomp", "attr")]
    return not negated and any(p.lemma_.lower() in words.falsehoods for p in predicates)


def _tells_wrong(head: Token, found: Found) -> bool:
    """A content clause in which a third party does a wrong ("Norland was arming rebels")."""
    words = load_wrongs()
    if head.lemma_.lower() not in words.deeds or any(c.dep_ in ("neg", "nsubjpass") for c in head.children):
        return False
    subject = next((c for c in head.children if c.dep_ == "nsubj"), None)
    if subject is None or subject.pos_ not in ("PROPN", "NOUN"):
        return False
    nominals, lemma = load_nominals(), subject.lemma_.lower()
    if subject.pos_ == "NOUN" and not any(nominals.is_a(lemma, kind) for kind in ("person", "state", "body")):
        return False
    source = found.source_token
    return source is None or subject.lower_ != source.lower_


def content_negated(found: Found) -> bool:
    """Whether the main clause of the content is negated, or the cue's negation belongs to it ("does not believe")."""
    lemma = found.cue_lemma.split(" ")[0]
    if found.negated_cue and lemma in _NEGATION_IS_CONTENTS:
        return True
    if found.stance == "not_said" and stance_of(found) == "desire":
        return True
    head = found.content_token
    if head is None or head.pos_ not in ("VERB", "AUX"):
        return False
    return any(c.dep_ == "neg" or (c.dep_ == "advmod" and c.lower_ == "never") for c in head.children) or any(
        c.dep_ in ("nsubj", "dobj", "attr") and any(g.dep_ == "det" and g.lower_ == "no" for g in c.children)
        for c in head.children
    )
