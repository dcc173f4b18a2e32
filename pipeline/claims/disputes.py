"""Conflicts over what is so: denials beside what they deny, denials left out, answers that are no denials."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.claims.independence import negating_words
from pipeline.claims.sides import Conflict, Group, Member, actors, ids, quote, uris, verb
from pipeline.claims.words import stem

_ANSWERING = frozenset({"assert", "characterize", "pledge"})
_NEAR = 700  # code points between an accusation and the accused party's answer to it


def accusation_vs_denial(group: Group) -> Iterator[Conflict]:
    """Hard: one side says it, another denies it."""
    asserting, denying = _both_sides(group)
    if asserting and denying:
        alleged = "alleged" if any(m.claim["stance"] == "accuse" for m in asserting) else "asserted"
        yield Conflict(
            "accusation_vs_denial",
            "hard",
            ids(asserting),
            ids(denying),
            f"{quote(group.proposition)} is {alleged} by {actors(asserting)} and denied by {actors(denying)} "
            f"(in {uris(denying)}).",
        )


def omitted_denial(group: Group) -> Iterator[Conflict]:
    """Soft: articles that report what is denied without the denial, while others carry it."""
    asserting, denying = _both_sides(group)
    carrying = {m.place for m in denying}
    without = [m for m in asserting if m.place not in carrying]
    if denying and without:
        yield Conflict(
            "omitted_denial",
            "soft",
            ids(without),
            ids(denying),
            f"{uris(denying)} {verb('carries', 'carry', denying)} the denial by {actors(denying)}; "
            f"{uris(without)} {verb('reports', 'report', without)} the claim without it.",
        )


def _both_sides(group: Group) -> tuple[list[Member], list[Member]]:
    """Claims with a source that plainly assert, and outright denials, of a contested group; else none.

    An assertion with a negating word anywhere ("he said that it was denied") is not set against a denial.
    """
    if not group.contested:
        return [], []
    asserting = [m for m in group.on("asserts") if m.claim["source_text"] is not None and not _negates_anything(m)]
    return asserting, [m for m in group.on("denies") if m.claim["stance"] == "deny"]


def _negates_anything(member: Member) -> bool:
    return not negating_words().isdisjoint(member.version.words)


@functools.lru_cache(maxsize=1)
def _rebuttals() -> frozenset[str]:
    lines = (Path(__file__).parent / "rebuttals.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(stem(word) for line in lines if not line.startswith("#") for word in line.split())


def counter_assertion(groups: Mapping[str, Group]) -> Iterator[tuple[str, Conflict]]:
    """Soft: beside an accusation the accused says that it keeps the rules or means no harm, the deed left aside."""
    answers: dict[str, list[tuple[str, Member]]] = defaultdict(list)
    for group_id, group in groups.items():
        for member in group.members:
            if member.claim["stance"] in _ANSWERING and member.actors and _is_rebuttal(member):
                answers[member.place].append((group_id, member))
    for group_id, group in groups.items():
        accusing = [m for m in group.members if m.claim["stance"] == "accuse"]
        found: dict[str, tuple[list[Member], list[Member]]] = defaultdict(lambda: ([], []))
        for accusation in accusing:
            targets = accusation.parties.actors(accusation.claim["target_entity_ids"])
            for other_id, answer in answers.get(accusation.place, ()):
                if other_id != group_id and answer.actors & targets and _is_near(accusation, answer):
                    found[answer.claim_id][0].append(accusation)
                    found[answer.claim_id][1].append(answer)
        for accusations, answering in found.values():
            answer = answering[0]
            yield (
                group_id,
                Conflict(
                    "counter_assertion",
                    "soft",
                    ids(accusations),
                    ids(answering),
                    f"Accused by {actors(accusations)}, {actors(answering)} answers "
                    f"{quote(answer.claim['content_text'])} ({answer.uri}).",
                ),
            )


def _is_rebuttal(member: Member) -> bool:
    return any(stem(word) in _rebuttals() for word in member.version.words)


def _is_near(one: Member, two: Member) -> bool:
    """Whether two claims of one article stand close together."""
    if one.claim["article_id"] != two.claim["article_id"] or not (one.claim["content"] and two.claim["content"]):
        return False
    return abs(int(one.claim["content"][0]["start"]) - int(two.claim["content"][0]["start"])) <= _NEAR
