"""Conflicts over how much and when: numbers and dates that differ for the same act."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.claims.amounts import Amount, differ, has_number, read_amounts
from pipeline.claims.explanations import join_words
from pipeline.claims.likeness import is_one_deed
from pipeline.claims.sides import Conflict, Group, Member, ids, outlets, verb

_SILENT = frozenset({"desire", "not_said", "concern", "pledge"})  # they do not say how much or when it was
_SAME_THING = 2  # telling words around two numbers, in common, that show that the same thing is counted
_COMPARED = 30  # claims of a group with a number of one unit, or with a date, that are compared
_SHORT_SPELL = datetime.timedelta(days=7)  # a time as exact as this contradicts another one


def numbers_differ(group: Group) -> Iterator[Conflict]:
    """Soft: different numbers of one thing, or different days of one act, in different articles."""
    yield from _amounts_differ(group)
    yield from _dates_differ(group)


def _amounts_differ(group: Group) -> Iterator[Conflict]:
    """Numbers of one thing that differ. A claim that gives one number of the other claim too differs not at all."""
    by_unit: dict[str, list[tuple[Member, Amount]]] = defaultdict(list)
    for member in group.members:
        if member.claim["stance"] not in _SILENT and has_number(member.claim["words"]):
            for amount in read_amounts(member.claim["content_text"], member.names):
                by_unit[amount.unit].append((member, amount))
    for _, found in sorted(by_unit.items()):
        values: dict[str, set[float]] = defaultdict(set)
        for member, amount in found:
            values[member.claim_id].add(amount.value)
        pairs = [
            (one, two)
            for n, one in enumerate(found[:_COMPARED])
            for two in found[n + 1 : _COMPARED]
            if _contradict(one, two) and not values[one[0].claim_id] & values[two[0].claim_id]
        ]
        if pairs:
            yield _amounts_conflict(pairs)


def _contradict(one: tuple[Member, Amount], two: tuple[Member, Amount]) -> bool:
    (a, first), (b, second) = one, two
    if a.place == b.place or not differ(first, second) or len(first.around & second.around) < _SAME_THING:
        return False
    one_of, two_of = _spoken_of(a), _spoken_of(b)
    return not one_of or not two_of or one_of <= two_of or two_of <= one_of


def _spoken_of(member: Member) -> frozenset[str]:
    """What the content names: persons as such, states and bodies as their actors."""
    types, named = member.parties.types, member.claim["content_entity_ids"]
    persons = frozenset(entity for entity in named if types.get(entity) == "PERSON")
    return persons | member.parties.actors(entity for entity in named if entity not in persons)


def _amounts_conflict(pairs: Sequence[tuple[tuple[Member, Amount], tuple[Member, Amount]]]) -> Conflict:
    """One conflict of all that differ: those with the least number against the rest."""
    every = {(m.claim_id, amount.value): (m, amount) for pair in pairs for m, amount in pair}
    least = min(value for _, value in every)
    low = [pair for (_, value), pair in sorted(every.items()) if value == least]
    rest = [pair for (_, value), pair in sorted(every.items()) if value != least]
    a, b = [m for m, _ in low], [m for m, _ in rest]
    shown = list(dict.fromkeys(amount.shown for _, amount in sorted(rest, key=lambda pair: pair[1].value)))
    return Conflict(
        "numbers_differ",
        "soft",
        ids(a),
        ids(b),
        f"{outlets(a, b)} {verb('gives', 'give', a)} {low[0][1].shown}, "
        f"{outlets(b, a)} {join_words(shown)} ({low[0][1].shown_unit}).",
    )


def _dates_differ(group: Group) -> Iterator[Conflict]:
    """Days of one act that do not overlap, where the claims are the same but for the day."""
    dated = [m for m in group.members if m.claim["stance"] not in _SILENT and _is_dated(m)]
    sides: tuple[list[Member], list[Member]] = ([], [])
    dated.sort(key=lambda m: (m.claim["event_time_start"], m.article.uri, m.claim_id))
    for early in dated[:1]:
        late = [m for m in dated[1:_COMPARED] if m.place != early.place and _on_other_days(early, m)]
        if late:
            sides[0].append(early)
            sides[1].extend(late)
    a, b = sides
    if a and b:
        days = list(dict.fromkeys(_when(m) for m in b))
        yield Conflict(
            "numbers_differ",
            "soft",
            ids(a),
            ids(b),
            f"{outlets(a, b)} {verb('dates', 'date', a)} it to {_when(a[0])}, {outlets(b, a)} to {join_words(days)}.",
        )


def _is_dated(member: Member) -> bool:
    start, end = member.claim["event_time_start"], member.claim["event_time_end"]
    return start is not None and end is not None and end - start <= _SHORT_SPELL


def _on_other_days(one: Member, two: Member) -> bool:
    if one.claim["event_time_start"] < two.claim["event_time_end"] and (
        two.claim["event_time_start"] < one.claim["event_time_end"]
    ):
        return False
    return is_one_deed(one.proposition, two.proposition)


def _when(member: Member) -> str:
    day: datetime.datetime = member.claim["event_time_start"]
    words = " ".join((member.claim["time_text"] or "").split())
    return f"{day.day} {day:%B %Y}" + (f" (“{words}”)" if words else "")
