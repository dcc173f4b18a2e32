"""Who does what to whom: acts found by word class, their roles by the order of the words."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.claims.act_classes import WordClass, class_at
from pipeline.claims.words import stem, tokenize, weight

_PASSIVE = frozenset({"is", "are", "was", "were", "be", "been", "being"})
_RECIPIENT = frozenset({"to", "for"})
_REACH = 14  # words after an act within which its object is looked for
_FIRST_PERSON = frozenset({"i", "we", "our", "my", "us"})
_POSSESSIVE = frozenset({"his", "her", "their", "its"})  # before a noun of action: the speaker's (`his full support`)
_TELLING = 0.7  # weight from which a class of things tells two acts apart


@dataclass(frozen=True, slots=True)
class Frame:
    """An act with its roles, as actors; None where the words do not say. ``things`` are classes of what is acted on."""

    act: str
    agent: str | None
    patient: str | None
    things: frozenset[str]
    weight: float
    needs_thing: bool


def find_frames(
    claim: Mapping[str, Any],
    words: list[str],
    classes: Mapping[int, tuple[WordClass, int]],
    actor_at: Mapping[int, str],
    targets: frozenset[str],
    speakers: frozenset[str],
) -> tuple[Frame, ...]:
    """The acts of a content that have a direction, each with its roles; ``targets`` and ``speakers`` are actors."""
    frames: set[Frame] = set()
    if not any(c.kind == "act" and c.direction != "even" for c, _ in classes.values()):
        return ()
    for number, (found, length) in classes.items():
        if found.kind != "act" or found.direction == "even":
            continue
        before = _nearest_before(words, actor_at, number)
        if before is None:
            before = _implied_subject(claim, words[:number], targets, speakers)
        after = _object_after(words, actor_at, _clause(classes, number, length), before)
        if number and words[number - 1] in _PASSIVE and not words[number].endswith("ing"):
            before, after = _agent_of_passive(words, actor_at, number + length), before
        agent, patient = (before, after) if found.direction == "forward" else (after, before)
        frames.add(Frame(found.name, agent, patient, _things_near(classes, number), found.weight, found.needs_thing))
    return tuple(sorted(frames, key=lambda f: (f.act, f.agent or "", f.patient or "", sorted(f.things))))


def cued_acts(cue_lemma: str) -> list[WordClass]:
    """Acts that the cue itself names (`voice support`, `threaten`)."""
    return _cued_acts(cue_lemma)


@functools.lru_cache(maxsize=10_000)
def _cued_acts(cue_lemma: str) -> list[WordClass]:
    stems = [stem(token.text) for token in tokenize(cue_lemma)]
    found = (class_at(stems, at) for at in range(len(stems)))
    return [hit[0] for hit in found if hit is not None and hit[0].kind == "act" and hit[0].direction != "even"]


def cued_frames(
    cued: list[WordClass],
    words: list[str],
    classes: Mapping[int, tuple[WordClass, int]],
    actor_at: Mapping[int, str],
    speakers: frozenset[str],
) -> tuple[Frame, ...]:
    """Frames of those acts: the speaker does it to the first party of the content."""
    if len(speakers) != 1:
        return ()
    speaker = next(iter(speakers))
    ends = [at for at, (c, _) in classes.items() if c.kind == "act"]
    reach = range(min([len(words), _REACH, *ends]))
    return tuple(
        Frame(c.name, speaker, _object_after(words, actor_at, reach, speaker), frozenset(), c.weight, c.needs_thing)
        for c in cued
    )


def _clause(classes: Mapping[int, tuple[WordClass, int]], number: int, length: int) -> range:
    """The words after an act in which its object may stand: up to the next act of another class, at most `_REACH`."""
    first, name = number + length, classes[number][0].name
    ends = [at for at, (c, _) in classes.items() if at >= first and c.kind == "act" and c.name != name]
    return range(first, min([*ends, first + _REACH]))


def _things_near(classes: Mapping[int, tuple[WordClass, int]], number: int) -> frozenset[str]:
    """Kinds of things named around an act that say what it is done with; vague ones (war, technology) are left out."""
    near = {
        c.name
        for at, (c, _) in classes.items()
        if c.kind == "thing" and c.weight >= _TELLING and abs(at - number) <= _REACH
    }
    return frozenset(near | {classes[number][0].implies} - {"", "?"})


def _nearest_before(words: list[str], actor_at: Mapping[int, str], number: int) -> str | None:
    """The party before the act that is not an object of a preposition, nearest first; else the nearest party."""
    found = [at for at in range(number - 1, -1, -1) if at in actor_at]
    for at in found:
        first = at
        while first - 1 in actor_at and actor_at[first - 1] == actor_at[at]:
            first -= 1
        if first == 0 or words[first - 1] not in {"of", "in", "on", "against", "to", "from", "with", "by", "for"}:
            return actor_at[at]
    return None


def _implied_subject(
    claim: Mapping[str, Any], before: list[str], targets: frozenset[str], speakers: frozenset[str]
) -> str | None:
    """Who acts where the content names nobody before the act: the accused, or a speaker who says `we`.

    Who denies "supplying arms", or "that it supplied arms", speaks of himself.
    """
    if claim["stance"] in ("accuse", "criticize", "praise") and len(targets) == 1:
        return next(iter(targets))
    own = claim["stance"] == "pledge" or _FIRST_PERSON.intersection(before) or _POSSESSIVE.intersection(before[-2:])
    own = own or (claim["stance"] == "deny" and not any(map(weight, before)))
    if own and len(speakers) == 1:
        return next(iter(speakers))
    return None


def _object_after(words: list[str], actor_at: Mapping[int, str], clause: range, subject: str | None) -> str | None:
    """The party that the act falls on: what follows `to`, else the first party in the clause but the subject."""
    parties = [at for at in clause if at in actor_at and actor_at[at] != subject]
    for at in parties:
        if at and words[at - 1] in _RECIPIENT:
            return actor_at[at]
    return actor_at[parties[0]] if parties else None


def _agent_of_passive(words: list[str], actor_at: Mapping[int, str], first: int) -> str | None:
    for at in range(first, min(len(words), first + _REACH)):
        if words[at] == "by":
            return next((actor_at[n] for n in range(at, min(len(words), at + 4)) if n in actor_at), None)
    return None
