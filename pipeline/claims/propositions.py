"""What a claim proposes, as comparable features: terms, parties in their roles, amounts, time, quoted words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.claims.act_classes import WordClass, class_at
from pipeline.claims.roles import Frame, cued_acts, cued_frames, find_frames
from pipeline.claims.words import Token, read_number, stem, tokenize, weight

_UNIT_REACH = 4  # words after a number within which the thing counted stands
_PLACES = frozenset({"GPE", "NORP", "LOC", "FAC"})


@dataclass(frozen=True, slots=True)
class Parties:
    """Who stands behind each entity: ``actor`` maps an entity to the state or body it speaks for, or to itself."""

    actor: Mapping[str, str]
    names: Mapping[str, str]
    types: Mapping[str, str]
    aliases: Mapping[str, frozenset[tuple[str, ...]]]

    def actors(self, entity_ids: Iterable[str]) -> frozenset[str]:
        """The actors of these entities."""
        return frozenset(self.actor.get(entity, entity) for entity in entity_ids)


@dataclass(frozen=True, slots=True)
class Proposition:
    """The comparable side of one claim.

    ``terms`` map a stem or class to its weight, ``shown`` to words for readers. ``quoted_at`` are the places in
    ``words``, first and after the last, of each stretch inside quotation marks; ``named`` flags the words of names.
    ``voices`` are the speakers that are persons or bodies, not states; ``time`` is what the content speaks of.
    """

    words: tuple[str, ...]
    named: tuple[bool, ...]
    terms: Mapping[str, float]
    shown: Mapping[str, str]
    mass: float
    speakers: frozenset[str]
    voices: frozenset[str]
    speaker_actors: frozenset[str]
    stance: str
    targets: frozenset[str]
    parties: frozenset[str]
    frames: tuple[Frame, ...]
    amounts: frozenset[tuple[float, str]]
    time: tuple[datetime.datetime, datetime.datetime] | None
    quoted_at: tuple[tuple[int, int], ...]
    negated: bool
    in_title: bool

    @property
    def quoted(self) -> tuple[tuple[str, ...], ...]:
        """The words of each quoted stretch, in text order."""
        return tuple(self.words[first:last] for first, last in self.quoted_at)


class Aliases(Mapping[str, frozenset[tuple[str, ...]]]):
    """Entity -> the words of each of its names, cut into words when asked for: most are never looked at."""

    def __init__(self, rows: Mapping[str, int], names: pa.ChunkedArray, aliases: pa.ChunkedArray) -> None:
        self._rows = rows
        self._names = names
        self._aliases = aliases

    def __getitem__(self, entity: str) -> frozenset[tuple[str, ...]]:
        row = self._rows[entity]
        forms = {self._names[row].as_py(), *self._aliases[row].as_py()}
        return frozenset(tuple(token.text for token in tokenize(form)) for form in forms)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def read_parties(entities: pa.Table) -> Parties:
    """Actors, names and aliases of the `entities` table."""
    ids, names, types, speaks_for = (
        entities[column].to_pylist() for column in ("entity_id", "name", "type", "actor_id")
    )
    actor = {entity: behind or entity for entity, behind in zip(ids, speaks_for, strict=True)}
    rows = {entity: row for row, entity in enumerate(ids)}
    aliases = Aliases(rows, entities["name"], entities["aliases"])
    return Parties(actor, dict(zip(ids, names, strict=True)), dict(zip(ids, types, strict=True)), aliases)


def read_proposition(claim: Mapping[str, Any], parties: Parties) -> Proposition:
    """The features of one row of `claims`."""
    tokens = tokenize(claim["content_text"])
    words = [token.text for token in tokens]
    entity_at = _entities_by_token(claim, tokens)
    stems = ["" if number in entity_at else stem(word) for number, word in enumerate(words)]
    classes = _classes_by_token(stems, entity_at)
    terms, shown = _terms(words, stems, classes, entity_at)
    cued = cued_acts(claim["cue_lemma"])
    for act in cued:
        terms.setdefault(act.term, act.weight)
        shown.setdefault(act.term, claim["cue_lemma"])
    sources = claim["source_entity_ids"]
    targets = parties.actors(claim["target_entity_ids"])
    speaker_actors = parties.actors(sources)
    actor_at = {number: parties.actor.get(entity, entity) for number, entity in entity_at.items()}
    frames = find_frames(claim, words, classes, actor_at, targets, speaker_actors)
    if cued:
        frames += cued_frames(cued, words, classes, actor_at, speaker_actors)
    return Proposition(
        words=tuple(words),
        named=tuple(number in entity_at for number in range(len(words))),
        terms=terms,
        shown=shown,
        mass=sum(terms[term] for term in sorted(terms)),
        speakers=frozenset(sources),
        voices=frozenset(e for e in sources if parties.types.get(e) not in _PLACES),
        speaker_actors=speaker_actors,
        stance=claim["stance"],
        targets=targets,
        parties=parties.actors(claim["content_entity_ids"]) | targets,
        frames=frames,
        amounts=_amounts(words, stems, classes, entity_at),
        time=_time(claim),
        quoted_at=quoted_places(claim, tokens),
        negated=bool(claim["negated"]),
        in_title=bool(claim["in_title"]),
    )


def piece_starts(claim: Mapping[str, Any]) -> list[tuple[int, int, int]]:
    """(article start, article end, start in ``content_text``) of each piece of the content."""
    places, at = [], 0
    for piece in claim["content"]:
        places.append((piece["start"], piece["end"], at))
        at += piece["end"] - piece["start"] + len(" … ")
    return places


def _entities_by_token(claim: Mapping[str, Any], tokens: list[Token]) -> dict[int, str]:
    """Token number -> entity, for every token of a name inside the content."""
    if not claim["content_entity_ids"]:
        return {}
    by_start = {token.start: number for number, token in enumerate(tokens)}
    found: dict[int, str] = {}
    places = piece_starts(claim)
    spans = zip(claim["content_entity_starts"], claim["content_entity_ends"], claim["content_entity_ids"], strict=True)
    for start, end, entity in spans:
        for piece_start, piece_end, at in places:
            if not piece_start <= start < piece_end:
                continue
            number = by_start.get(at + start - piece_start)
            while number is not None and number < len(tokens) and tokens[number].start < at + end - piece_start:
                found[number] = entity
                number += 1
    return found


def _classes_by_token(stems: list[str], entity_at: Mapping[int, str]) -> dict[int, tuple[WordClass, int]]:
    """First token number -> (class, words) of each listed word or phrase outside names."""
    found: dict[int, tuple[WordClass, int]] = {}
    number = 0
    while number < len(stems):
        hit = None if number in entity_at else class_at(stems, number)
        if hit is not None:
            found[number] = hit
        number += hit[1] if hit else 1
    return found


def _terms(
    words: list[str], stems: list[str], classes: Mapping[int, tuple[WordClass, int]], entity_at: Mapping[int, str]
) -> tuple[dict[str, float], dict[str, str]]:
    terms: dict[str, float] = {}
    shown: dict[str, str] = {}
    skip = 0
    for number, word in enumerate(words):
        if number < skip or number in entity_at:
            continue
        if number in classes:
            found, length = classes[number]
            skip = number + length
            terms[found.term] = found.weight
            shown.setdefault(found.term, " ".join(words[number:skip]))
        elif (value := weight(word)) > 0:
            terms[stems[number]] = value
            shown.setdefault(stems[number], word)
    return terms, shown


def _amounts(
    words: list[str], stems: list[str], classes: Mapping[int, tuple[WordClass, int]], entity_at: Mapping[int, str]
) -> frozenset[tuple[float, str]]:
    """Exact numbers with the thing counted: the class or stem of the next word that carries weight.

    In `21 of the more than 200 boats` both numbers count boats. Years and parts of clock times count nothing.
    """
    found: set[tuple[float, str]] = set()
    waiting: list[float] = []
    number = last = 0
    while number < len(words):
        read = None if number in entity_at else read_number(words, number)
        if read is not None:
            value, length, exact = read
            waiting = waiting if number - last <= _UNIT_REACH else []
            if exact and not _is_date(words[number], value):
                waiting.append(value)
            number += length
            last = number
            continue
        if waiting and number - last < _UNIT_REACH and weight(words[number]) > 0 and number not in entity_at:
            unit = classes[number][0].term if number in classes else stems[number]
            found.update((value, unit) for value in waiting)
            waiting = []
        number += 1
    return frozenset(found)


def _is_date(word: str, value: float) -> bool:
    return (len(word) == 4 and 1900 <= value <= 2100) or (word.startswith("0") and word != "0")


def _time(claim: Mapping[str, Any]) -> tuple[datetime.datetime, datetime.datetime] | None:
    start, end = claim["event_time_start"], claim["event_time_end"]
    return (start, end) if start is not None and end is not None else None


def quoted_places(claim: Mapping[str, Any], tokens: Sequence[Token]) -> tuple[tuple[int, int], ...]:
    """First token, and token after the last, of each quoted span, in text order."""
    spans = []
    places = piece_starts(claim) if claim["quoted_spans"] else []
    for span in sorted(claim["quoted_spans"], key=lambda s: (s["start"], s["end"])):
        for start, end, at in places:
            low, high = max(span["start"], start) + at - start, min(span["end"], end) + at - start
            if low < high:
                inside = [number for number, t in enumerate(tokens) if low <= t.start and t.end <= high]
                if inside:
                    spans.append((inside[0], inside[-1] + 1))
    return tuple(spans)
