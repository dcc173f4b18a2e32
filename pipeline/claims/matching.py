"""Whether two claims propose the same: a score from their features alone, and the reasons in words."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.claims.propositions import Proposition
from pipeline.claims.roles import Frame
from pipeline.claims.words import weight

SAME = 0.5  # score from which two claims propose the same
_PAIRED_RUN = 4  # quoted words in a row that make two claims of one speaker one utterance
_HEADLINE_RUN = 3  # quoted words that suffice between a headline and its body
_ANY_RUN = 6  # quoted words in a row that make one utterance even where different speakers are named
_TELLING_RUN = 1.5  # weight of a shared quoted run, names left out: grammatical words are shared by chance
_TELLING_ANY = 2.5  # the same where different speakers are named
_MOST = 0.5  # share of the shorter claim's weight that two paraphrases of one speaker have in common
_PARAPHRASE = 0.15  # what that adds to the likeness of the words
_SAME_PHRASE = 0.25  # what a phrase in common adds
_SHARED_GRAMS = 3  # runs of three words, one telling at least, that make a phrase
_ENOUGH_SAID = 2.0  # weight that they have in common at least
_NAME = 0.5  # weight of a party in common
_REPEATED = 0.8  # share of the longer claim that a quotation repeated in one body makes up at least
_SAME_ADDRESS = 0.38  # what it adds that one speaker praises, blames or warns the same party
_ROLE_CLASH = 0.3
_OTHER_TIME = 0.4
_NO_PARTIES = 0.8
_OTHER_PARTIES = 0.3
_LATER = 0.8
_WEEKS = datetime.timedelta(days=14)
_ENOUGH = 3.0  # shared weight, parties included, below which agreement may be chance
_FRAME_SHARE = 0.2  # share of a claim that an act with its parties makes up at least
_STRONG_ACT = 0.7  # weight from which an act with both its roles identifies a proposition


@dataclass(frozen=True, slots=True)
class Match:
    """How alike two claims are: ``score`` 0 to 1, ``utterance`` where one speaker's words are given twice."""

    score: float
    utterance: bool
    shared: frozenset[str]
    act: str | None
    run: tuple[str, ...]


def match_propositions(a: Proposition, b: Proposition) -> Match:
    """Compare two propositions; symmetric, and a function of the two alone."""
    if b.claim_id < a.claim_id:
        a, b = b, a
    shared = frozenset(a.terms.keys() & b.terms.keys())
    common = math.fsum(a.terms[term] for term in shared)  # exact, so that the order of a set does not show
    text = _text_score(a, b, common) * _party_factor(a, b) * _occasion(a, b)
    frame, act, clash = _frame_score(a, b, text)
    score = max(text, frame)
    run = longest_run(a, b) if (a.quoted_grams & b.grams) or (b.quoted_grams & a.grams) else ()
    versions = 0.0 if clash else _utterance_score(a, b, common, score, run)
    score = max(score, versions)
    if clash:
        score *= _ROLE_CLASH
    if not _times_fit(a, b):
        score *= _OTHER_TIME
    return Match(min(1.0, score), versions >= SAME, shared, act if frame == score else None, run)


def _text_score(a: Proposition, b: Proposition, common: float) -> float:
    """Mean of weighted cosine and weighted containment; containment is damped where little stands in the smaller."""
    if not common:
        return 0.0
    cosine = common / (a.mass * b.mass) ** 0.5
    containment = common / (min(a.mass, b.mass) + 1.0)
    enough = common + _NAME * len(a.parties & b.parties)
    return 0.5 * float(cosine + containment) * min(1.0, enough / _ENOUGH)


def _party_factor(a: Proposition, b: Proposition) -> float:
    """1 where the smaller claim's parties are all the other's too, less where not; between where none is named."""
    if not a.parties or not b.parties:
        return _NO_PARTIES
    return _OTHER_PARTIES + (1 - _OTHER_PARTIES) * len(a.parties & b.parties) / min(len(a.parties), len(b.parties))


def _frame_score(a: Proposition, b: Proposition, text: float) -> tuple[float, str | None, bool]:
    """The best agreement of two acts with roles, the act, and whether some act has its roles the other way round."""
    best, act, clash, agreed = 0.0, None, False, False
    for one, two in _same_acts(a, b):
        if _roles_agree(one, two):
            agreed = True
            score = _act_score(one, two, a, b, text)
            if score > best:
                best, act = score, one.act
        elif _roles_swapped(one, two):
            clash = True
    return best, act, clash and not agreed


def _same_acts(a: Proposition, b: Proposition) -> list[tuple[Frame, Frame]]:
    return [(one, two) for one in a.frames for two in b.frames if one.act == two.act]


def _act_score(one: Frame, two: Frame, a: Proposition, b: Proposition, text: float) -> float:
    """Same act, same roles: decides by itself where the act is telling, else lifts the score of the words."""
    if one.things and two.things and not one.things & two.things:
        return text
    if one.weight < _STRONG_ACT or _share(one, a) < _FRAME_SHARE or _share(two, b) < _FRAME_SHARE:
        return text + 0.1
    if (one.needs_thing or two.needs_thing) and not one.things & two.things:
        return text + 0.1
    return 0.55 + 0.1 * bool(one.things & two.things) + 0.35 * text


def _share(frame: Frame, claim: Proposition) -> float:
    """How much of a claim its act, the things and the two parties are: a remark inside a long claim is little."""
    things = sum(claim.terms.get(f"thing:{thing}", 0.0) for thing in frame.things)
    return (frame.weight + things + 2 * _NAME) / max(claim.mass, 1.0)


def _roles_agree(one: Frame, two: Frame) -> bool:
    return None not in (one.agent, one.patient) and (one.agent, one.patient) == (two.agent, two.patient)


def _roles_swapped(one: Frame, two: Frame) -> bool:
    known = None not in (one.agent, one.patient, two.agent, two.patient)
    return known and one.agent == two.patient and one.patient == two.agent


def _occasion(a: Proposition, b: Proposition) -> float:
    """Less than 1 where the claims came out weeks apart: like words then more often tell of another occasion."""
    if a.published is None or b.published is None:
        return 1.0
    apart = max(a.published[0] - b.published[1], b.published[0] - a.published[1])
    return _LATER if apart > _WEEKS else 1.0


def _times_fit(a: Proposition, b: Proposition) -> bool:
    return a.time is None or b.time is None or (a.time[0] < b.time[1] and b.time[0] < a.time[1])


def longest_run(a: Proposition, b: Proposition) -> tuple[str, ...]:
    """The longest run of words that stands inside quotation marks in one claim and in the other's words."""
    best: tuple[str, ...] = ()
    for one, two in ((a, b), (b, a)):
        for span in one.quoted:
            found = SequenceMatcher(None, span, two.words, autojunk=False).find_longest_match()
            if found.size > len(best):
                best = span[found.a : found.a + found.size]
    return best


def _utterance_score(a: Proposition, b: Proposition, common: float, score: float, run: tuple[str, ...]) -> float:
    """How surely one speaker's one utterance is given twice: shared quoted words, else a likeness of the words.

    Without a shared quotation the very speaker must be the same person or body, not only the state, and the claims must
    stand in different articles, or one of them in the headline: nobody says one thing twice in a row.
    """
    if _same_quotation(a, b, run):
        return 0.7 + 0.3 * min(1.0, len(run) / 12)
    if not a.voices & b.voices or _said_beside(a, b):
        return 0.0
    likeness = 0.0
    enough = common + _NAME * len(a.parties & b.parties) >= _ENOUGH_SAID
    if (enough and common >= _MOST * min(a.mass, b.mass)) or any(_roles_agree(f, g) for f, g in _same_acts(a, b)):
        likeness = _PARAPHRASE
    if a.telling_grams & b.telling_grams and len(a.grams & b.grams) >= _SHARED_GRAMS:
        likeness = _SAME_PHRASE
    if a.stance == b.stance != "assert" and a.targets & b.targets:
        likeness += _SAME_ADDRESS
    return score + likeness


def _same_quotation(a: Proposition, b: Proposition, run: tuple[str, ...]) -> bool:
    """Whether the shared quoted words are many and telling enough to be one utterance.

    Between a headline and its body fewer suffice; where the speakers differ more are needed, and a party in common.
    Beside each other in one body two claims are one utterance only where the quotation is nearly all of both.
    """
    telling = sum(weight(word) for word in run if word not in a.names | b.names)
    if _said_beside(a, b) and len(run) < _REPEATED * max(len(a.words), len(b.words)):
        return False
    if a.in_title != b.in_title and a.places & b.places:
        return len(run) >= _HEADLINE_RUN and telling >= _TELLING_RUN
    if a.speaker_actors & b.speaker_actors:
        return len(run) >= _PAIRED_RUN and telling >= _TELLING_RUN
    strangers = bool(a.parties) and bool(b.parties) and not a.parties & b.parties
    return len(run) >= _ANY_RUN and telling >= _TELLING_ANY and not strangers


def _said_beside(a: Proposition, b: Proposition) -> bool:
    """Whether both stand in one article only, the same, and neither in its headline."""
    return len(a.places) == 1 and a.places == b.places and not (a.in_title or b.in_title)
