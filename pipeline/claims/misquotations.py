"""Conflicts over the words of one speaker: quotations that cannot both be verbatim, headlines that add a speaker."""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.claims.clashes import Clash, count_shared, find_clash, find_replacement
from pipeline.claims.quotes import shared_runs
from pipeline.claims.sides import Conflict, Group, Member, entity_words, ids, is_person, outlets, speakers, verb

_COMPARED = 40  # quoting claims of a group that are compared with each other
_ENOUGH = 4  # words that two claims share before they are compared in order
_AS_ALIKE = 0.9  # share of the words that a claim shares with its most alike, from which another is as alike
_HEADLINE_RUN = 3  # quoted words that headline and body share
_OCCASION = datetime.timedelta(days=30)  # articles further apart may report two occasions


def quotation_variant(group: Group) -> Iterator[Conflict]:
    """Hard: two verbatim quotations that cannot both be; soft: one quotes a word that the other replaces by its own.

    Quotations that are more likely two translations are soft too. Of two articles those claims are compared that are
    most alike. Versions that differ in the same words are one conflict.
    """
    clashing: dict[tuple[str, str], tuple[list[Member], list[Member], Clash]] = {}
    replaced: dict[tuple[str, str], tuple[list[Member], list[Member]]] = {}
    for one, two in _alike_pairs(group):
        found = find_clash(one.version, two.version, (one.claim["content_text"], two.claim["content_text"]))
        if found is not None:
            if (found.words[1], found.words[0]) in clashing:
                _add(clashing[found.words[1], found.words[0]], two, one)
            else:
                _add(clashing.setdefault(found.words, ([], [], found)), one, two)
            continue
        words = find_replacement(one.version, two.version, one.names | two.names)
        if words is not None and words.first_quotes:
            _add(replaced.setdefault((words.a, words.b), ([], [])), one, two)
        elif words is not None:
            _add(replaced.setdefault((words.b, words.a), ([], [])), two, one)
    for a, b, found in clashing.values():
        yield _clash_conflict(a, b, found)
    for (quoted, own), (a, b) in replaced.items():
        yield Conflict(
            "quotation_variant",
            "soft",
            ids(a),
            ids(b),
            f"{outlets(a, b)} {verb('quotes', 'quote', a)} “{quoted}” where "
            f"{outlets(b, a)} {verb('writes', 'write', b)} “{own}” in {verb('its', 'their', b)} own words.",
        )


def _add(sides: Sequence[Any], one: Member, two: Member) -> None:
    sides[0].append(one)
    sides[1].append(two)


def _clash_conflict(a: list[Member], b: list[Member], found: Clash) -> Conflict:
    return Conflict(
        "quotation_variant",
        "hard" if found.verbatim else "soft",
        ids(a),
        ids(b),
        f"{outlets(a, b)} {verb('quotes', 'quote', a)} {speakers(a)} as “{found.a}”, {outlets(b, a)} as “{found.b}”.",
    )


def _alike_pairs(group: Group) -> Iterator[tuple[Member, Member]]:
    """Pairs of different articles that give one speaker's words on one occasion, each about the other's most alike."""
    pairs = [pair for pair in quoting_pairs(group) if _is_one_occasion(*pair)]
    rivals: dict[tuple[str, str], list[tuple[Member, Member]]] = defaultdict(list)
    for one, two in pairs:
        rivals[one.claim_id, two.place].append((one, two))
        rivals[two.claim_id, one.place].append((one, two))
    for one, two in pairs:
        if one.claim["words"] == two.claim["words"]:
            continue
        others = [*rivals[one.claim_id, two.place], *rivals[two.claim_id, one.place]]
        if len(others) == 2 or _likeness(one, two) >= _AS_ALIKE * max(_likeness(*pair) for pair in others):
            yield one, two


def quoting_pairs(group: Group) -> Iterator[tuple[Member, Member]]:
    """Pairs of claims of different articles with a known source and some words in common, one quoting at least."""
    quoting = [m for m in group.members if m.claim["source_entity_ids"] and m.side != "silent"]
    quoting.sort(key=lambda m: not m.claim["quoted_spans"])
    for one, two in itertools.combinations(quoting[:_COMPARED], 2):
        quoted = one.claim["quoted_spans"] or two.claim["quoted_spans"]
        if quoted and one.place != two.place and count_shared(one.claim["words"], two.claim["words"]) >= _ENOUGH:
            yield one, two


def _is_one_occasion(one: Member, two: Member) -> bool:
    """Whether one speaker says both at one time: nobody retells what another one said, nor weeks later."""
    if one.claim["layer"] != two.claim["layer"] or not _is_one_speaker(one, two):
        return False
    times = one.article.published_at, two.article.published_at
    return times[0] is None or times[1] is None or abs(times[0] - times[1]) <= _OCCASION


def _is_one_speaker(one: Member, two: Member) -> bool:
    if {*one.claim["source_entity_ids"]} & {*two.claim["source_entity_ids"]}:
        return True
    return bool(one.actors & two.actors) and not (is_person(one) and is_person(two))


def _likeness(one: Member, two: Member) -> int:
    return count_shared(one.claim["words"], two.claim["words"])


def headline_vs_body(group: Group) -> Iterator[Conflict]:
    """Hard: a headline gives words to somebody to whom the body of the same article does not give them.

    A headline's state or company may stand for the person who speaks in the body, unless that person is known to speak
    for another one.
    """
    for title in group.members:
        if not title.claim["in_title"] or not title.is_named:
            continue
        if not title.claim["quoted_spans"]:
            continue
        body = [m for m in group.members if m.place == title.place and _gives_words_of(title, m)]
        given = frozenset().union(*(m.version.speakers for m in body))
        extra = [e for e in title.claim["source_entity_ids"] if not ({e} | title.parties.actors([e])) & given]
        if body and any(_is_another(entity, body, title) for entity in extra):
            named = sorted(title.parties.names.get(e, e) for e in extra)
            yield Conflict(
                "headline_vs_body",
                "hard",
                ids([title]),
                ids(body),
                f"The headline of {outlets([title])} gives the words to {' and '.join(named)}, "
                f"its body to {speakers(body)} only.",
            )


def _is_another(entity: str, body: Sequence[Member], title: Member) -> bool:
    """Whether an entity of the headline can be none of the body's speakers, nor whom they speak for."""
    words = entity_words([entity], title.parties)
    if any(words & entity_words([*m.claim["source_entity_ids"], *m.actors], m.parties) for m in body):
        return False
    if title.parties.types.get(entity) == "PERSON":
        return True
    return all(m.actors and not m.actors <= {*m.claim["source_entity_ids"]} for m in body)


def _gives_words_of(title: Member, member: Member) -> bool:
    """Whether a claim of the body names a speaker and has words that the headline quotes."""
    claim = member.claim
    if claim["in_title"] or not claim["source_entity_ids"] or claim["source_resolution"] == "inherited":
        return False
    return any(len(run) >= _HEADLINE_RUN for run in shared_runs(title.version.segments, [member.version.words]))
