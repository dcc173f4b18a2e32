"""Conflicts over what is so: denials beside what they deny, denials left out, answers that are no denials."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.claims.independence import negating_words
from pipeline.claims.likeness import is_one_deed, is_one_proposition
from pipeline.claims.sides import Conflict, Group, Member, actors, ids, outlets, quote, verb
from pipeline.claims.words import stem
from pipeline.data_files import read_words

_CLAIMING = frozenset({"assert", "accuse", "predict", "warn", "characterize"})
_ANSWERING = frozenset({"assert", "characterize", "pledge"})
_FACTS = frozenset({"that", "any", "there"})
_MARKS = tuple("\"'“‘«„")
_NEAR = 700  # code points between an accusation and the accused party's answer to it
_COMPARED = 30  # claims on either side of which one at least must contradict the other


def accusation_vs_denial(group: Group) -> Iterator[Conflict]:
    """Hard: one side says it, another denies it."""
    asserting, denying = dispute(group)
    if asserting and denying:
        alleged = "alleged" if any(m.claim["stance"] == "accuse" for m in asserting) else "asserted"
        yield Conflict(
            "accusation_vs_denial",
            "hard",
            ids(asserting),
            ids(denying),
            f"{quote(group.proposition)} is {alleged} by {actors(asserting)} and denied by {actors(denying)} "
            f"(in {outlets(denying, asserting)}).",
        )


def omitted_denial(group: Group) -> Iterator[Conflict]:
    """Soft: articles that report what is denied without the denial, copies included, while others carry it."""
    asserting, denying = dispute(group)
    carrying = {m.place for m in denying}
    without = [m for m in asserting if m.place not in carrying]
    if denying and without:
        thing = "accusation" if any(m.claim["stance"] == "accuse" for m in asserting) else "claim"
        yield Conflict(
            "omitted_denial",
            "soft",
            ids(without),
            ids(denying),
            f"{outlets(denying, without, copies=True)} {verb('carries', 'carry', denying, copies=True)} "
            f"the denial by {actors(denying)}; {outlets(without, denying, copies=True)} "
            f"{verb('reports', 'report', without, copies=True)} the {thing} without it.",
        )


def dispute(group: Group) -> tuple[list[Member], list[Member]]:
    """Claims with a source that say it is so, and denials of a contested group; none where no denial meets a claim.

    A denial meets what it points to, and a claim of another actor whose proposition, compared by itself, is its own:
    that both merely belong to one wide group is not enough for a hard conflict. An assertion with a negating word
    anywhere ("he said that it was denied") is not set against a denial.
    """
    if not group.contested:
        return [], []
    said = [m for m in group.on("asserts") if m.claim["source_text"] is not None and not _negates_anything(m)]
    denying = [m for m in group.on("denies") if m.claim["stance"] == "deny"]
    pointed = {m.claim["refers_to"] for m in denying}
    asserting = [m for m in said if m.claim["stance"] in _CLAIMING or pointed & {*m.claim_ids}]
    met = [m for m in denying if _meets(m, asserting, group)]
    return (asserting, met) if met else ([], [])


def _meets(denial: Member, asserting: Sequence[Member], group: Group) -> bool:
    target = denial.claim["refers_to"]
    if target is not None:
        return any(m.side != "denies" and target in m.claim_ids for m in group.members)
    others = [m for m in asserting[:_COMPARED] if not denial.actors & m.actors]
    if _is_of_a_fact(denial):
        return any(is_one_proposition(denial.proposition, m.proposition, denial.actors) for m in others)
    denies = stem(denial.claim["cue_lemma"].split(maxsplit=1)[0]) in _denying_cues()
    return denies and any(is_one_deed(denial.proposition, m.proposition) for m in others)


def _is_of_a_fact(denial: Member) -> bool:
    """Whether what is denied is that something is so, and no plan, party or offer that is turned down.

    It is where the content is a clause (`that …`), a doing (`supplying …`), `any …`, or a sentence of the speaker's.
    """
    words = denial.version.words
    if not words or denial.claim["content_text"][:1] in _MARKS:
        return bool(words)
    return words[0] in _FACTS or words[0].endswith("ing")


@functools.lru_cache(maxsize=1)
def _denying_cues() -> frozenset[str]:
    return _read_stems("denying_cues.txt")


def _negates_anything(member: Member) -> bool:
    return not negating_words().isdisjoint(member.version.words)


@functools.lru_cache(maxsize=1)
def rebuttal_words() -> frozenset[str]:
    """Stems of the words with which an accused party answers without denying."""
    return _read_stems("rebuttals.txt")


def _read_stems(name: str) -> frozenset[str]:
    return frozenset(map(stem, read_words(Path(__file__).parent / name)))


def counter_assertion(groups: Mapping[str, Group]) -> Iterator[tuple[str, Conflict]]:
    """Soft: beside an accusation the accused says that it keeps the rules or means no harm, the deed left aside.

    Accusation and answer may be of two groups but stand in one article: the result for a group depends on the claims of
    the articles that it has a claim in.
    """
    answers: dict[str, list[tuple[str, Member]]] = defaultdict(list)
    for group_id, group in groups.items():
        for member in group.members:
            if member.claim["stance"] in _ANSWERING and member.actors and _is_rebuttal(member):
                answers[member.claim["article_id"]].append((group_id, member))
    for group_id, group in groups.items():
        found: dict[str, tuple[list[Member], list[Member]]] = defaultdict(lambda: ([], []))
        for accusation in (m for m in group.members if m.claim["stance"] == "accuse"):
            targets = accusation.parties.actors(accusation.claim["target_entity_ids"])
            for other_id, answer in answers.get(accusation.claim["article_id"], ()):
                if (
                    other_id != group_id
                    and answer.actors & targets - accusation.actors
                    and _is_near(accusation, answer)
                ):
                    found[answer.claim_id][0].append(accusation)
                    found[answer.claim_id][1].append(answer)
        for accusations, answering in found.values():
            yield (
                group_id,
                Conflict(
                    "counter_assertion",
                    "soft",
                    ids(accusations),
                    ids(answering),
                    f"Accused by {actors(accusations)}, {actors(answering)} answers "
                    f"{quote(answering[0].claim['content_text'])} ({outlets(answering, accusations)}).",
                ),
            )


def _is_rebuttal(member: Member) -> bool:
    return any(stem(word) in rebuttal_words() for word in member.claim["words"])


def _is_near(one: Member, two: Member) -> bool:
    """Whether two claims of one article stand close together."""
    if one.claim["article_id"] != two.claim["article_id"] or not (one.claim["content"] and two.claim["content"]):
        return False
    return abs(int(one.claim["content"][0]["start"]) - int(two.claim["content"][0]["start"])) <= _NEAR
