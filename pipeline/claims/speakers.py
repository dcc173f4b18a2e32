"""Conflicts over who spoke: one quotation with two speakers, words whose source is lost on the way."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.claims.misquotations import quoting_pairs
from pipeline.claims.quotes import shared_runs
from pipeline.claims.sides import (
    Conflict,
    Group,
    Member,
    ids,
    is_alike_in_name,
    is_person,
    name_words,
    outlets,
    quote,
    speakers,
    verb,
)
from pipeline.claims.words import tokenize, weight
from pipeline.data_files import read_words
from pipeline.gazetteer import load_gazetteer

_COINED_RUN = 6  # quoted words that two speakers cannot both have coined
_COINED_WEIGHT = 2.5  # what those words weigh at least


def speaker_mismatch(group: Group) -> Iterator[Conflict]:
    """The same quotation with different speakers: hard between two persons, soft between two bodies.

    Both articles must name their speaker beside the words: behind a pronoun a misreading is likelier than a mistake of
    the press. Who relays the words is not their speaker, nor is an outer claim's source that of the claim inside it,
    nor a body that of its spokesman. All articles that give the words to the same two speakers make one conflict.
    """
    found: dict[tuple[str, str], tuple[list[Member], list[Member], list[tuple[str, ...]]]] = {}
    for one, two in quoting_pairs(group):
        if (
            not _are_two_speakers(one, two)
            or {one.claim_id, two.claim_id} & group.passed_on
            or _both_give(group, one, two)
        ):
            continue
        coinages = [run for run in shared_runs(one.version.segments, two.version.segments) if _is_coined(run)]
        if coinages:
            first, second = sorted((one, two), key=lambda m: speakers([m]))
            sides = found.setdefault((speakers([first]), speakers([second])), ([], [], []))
            sides[0].append(first)
            sides[1].append(second)
            sides[2].append(max(coinages, key=_by_length))
    for a, b, runs in found.values():
        longest: tuple[str, ...] = max(runs, key=_by_length)
        yield Conflict(
            "speaker_mismatch",
            "hard" if all(map(is_person, (*a, *b))) else "soft",
            ids(a),
            ids(b),
            f"{outlets(a, b)} {verb('gives', 'give', a)} {quote(' '.join(longest), 12)} to {speakers(a)}, "
            f"{outlets(b, a)} to {speakers(b)}.",
        )


def _by_length(run: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return len(run), run


def _are_two_speakers(one: Member, two: Member) -> bool:
    if not (one.is_named and two.is_named) or is_person(one) != is_person(two) or is_relayed(one, two):
        return False
    if {*one.claim["source_entity_ids"]} & {*two.claim["source_entity_ids"]} or is_alike_in_name(one, two):
        return False
    return is_person(one) or not (one.actors & two.actors or _is_outlet(one) or _is_outlet(two))


def _both_give(group: Group, one: Member, two: Member) -> bool:
    """Whether one of the two articles itself lets the other one's speaker say it: somebody repeats somebody."""
    return any(
        m.place == here.place and {*m.claim["source_entity_ids"]} & {*there.claim["source_entity_ids"]}
        for m in group.members
        for here, there in ((one, two), (two, one))
    )


def is_relayed(one: Member, two: Member) -> bool:
    """Whether one claim's source passes the other one on, or one stands inside a claim and the other does not."""
    relayed = {*one.claim["relayed_by"], *two.claim["relayed_by"]}
    sources = {*one.claim["source_entity_ids"], *two.claim["source_entity_ids"]}
    return bool(relayed & sources) or one.claim["layer"] != two.claim["layer"]


def _is_outlet(member: Member) -> bool:
    names = [member.parties.names.get(entity, "") for entity in member.claim["source_entity_ids"]]
    return any(entry is not None and entry.is_outlet for entry in map(load_gazetteer().lookup, names))


def attribution_lost(group: Group) -> Iterator[Conflict]:
    """Soft: words with a named source in one article have none in another; or a relay takes the place of its source.

    An unnamed source is one without a name, introduced as such ("an insider", "officials"): of "the director" the
    article has said who it is.
    """
    yield from _sources_unnamed(group)
    yield from _sources_dropped(group)


def _sources_unnamed(group: Group) -> Iterator[Conflict]:
    named = [m for m in group.members if m.claim["source_entity_ids"] and not m.claim["source_anonymous"]]
    found: dict[tuple[str, ...], tuple[list[Member], list[Member]]] = {}
    for lost in group.members:
        if lost.claim["in_title"] or not _is_unnamed(lost):
            continue
        same = [m for m in named if _same_words(m, lost) and not is_relayed(m, lost)]
        kept = [m for m in same if m.place != lost.place and not _is_outlet(m)]
        told = {token.text for token in tokenize(lost.claim["source_text"] or "")}
        if kept and len(kept) == len(same) and not any(name_words(m) & told for m in kept):
            found.setdefault((lost.claim["source_text"] or "nobody", *ids(kept)), (kept, []))[1].append(lost)
    for (who, *_), (a, b) in found.items():
        yield Conflict(
            "attribution_lost",
            "soft",
            ids(a),
            ids(b),
            f"{outlets(a, b)} {verb('gives', 'give', a)} to {speakers(a)} "
            f"what {outlets(b, a)} {verb('gives', 'give', b)} to {who}.",
        )


def _is_unnamed(member: Member) -> bool:
    """Whether the article leaves the source unnamed, or gives none at all."""
    text = member.claim["source_text"]
    if member.claim["source_entity_ids"]:
        return False
    if text is None:
        return bool(member.claim["source_resolution"] == "implicit")
    words = [token.text for token in tokenize(text)]
    if not member.claim["source_anonymous"] or member.claim["source_resolution"] != "named" or not words:
        return False
    return words[0] not in _definite_words() and not any(word.isdigit() for word in words)


@functools.lru_cache(maxsize=1)
def _definite_words() -> frozenset[str]:
    return frozenset(read_words(Path(__file__).parent / "definite_words.txt"))


def _sources_dropped(group: Group) -> Iterator[Conflict]:
    """A claim that one article gives to a source through a relay, and another one to the relay alone.

    A relay is an outlet or another body: who is a person and tells what somebody said is a source himself.
    """
    inner = [m for m in group.members if m.claim["relayed_by"] and _is_somebody(m)]
    for relay in sorted({entity for m in inner for entity in m.claim["relayed_by"]}):
        if inner[0].parties.types.get(relay) != "ORG":
            continue
        kept = [m for m in inner if relay in m.claim["relayed_by"]]
        places = {m.place for m in kept}
        lost = [
            m
            for m in group.members
            if relay in m.claim["source_entity_ids"]
            and m.claim_id not in group.passed_on
            and m.place not in places
            and not m.claim["relayed_by"]
        ]
        if lost and _are_of_one_side(kept, lost):
            name = lost[0].parties.names.get(relay, relay)
            yield Conflict(
                "attribution_lost",
                "soft",
                ids(kept),
                ids(lost),
                f"{outlets(kept, lost)} {verb('gives', 'give', kept)} to {speakers(kept)}, through {name}, "
                f"what {outlets(lost, kept)} {verb('gives', 'give', lost)} to {name} alone.",
            )


def _is_somebody(member: Member) -> bool:
    return bool(member.claim["source_entity_ids"]) or bool(member.claim["source_anonymous"])


def _are_of_one_side(one: Sequence[Member], two: Sequence[Member]) -> bool:
    return len({m.side for m in (*one, *two)}) == 1


def _same_words(one: Member, two: Member) -> bool:
    runs = itertools.chain(
        shared_runs(one.version.segments, [two.version.words]), shared_runs(two.version.segments, [one.version.words])
    )
    return any(map(_is_coined, runs))


def _is_coined(run: tuple[str, ...]) -> bool:
    """Whether a run of words is long and telling enough that two speakers did not find it independently."""
    return len(run) >= _COINED_RUN and sum(map(weight, run)) >= _COINED_WEIGHT
