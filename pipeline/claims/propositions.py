"""What a claim proposes, as comparable features: terms, parties in their roles, amounts, time, quoted words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.claims.act_classes import WordClass, class_at
from pipeline.claims.roles import Frame, cued_acts, cued_frames, find_frames
from pipeline.claims.words import Token, read_number, stem, tokenize, weight

_MAX_NAME = 7
_ARTICLES = frozenset({"the", "a", "an"})
_GRAM = 3
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

    ``terms`` map a stem or class to its weight, ``shown`` to words for readers. ``places`` are the articles, or copy
    groups, in which the claim stands, ``published`` the first and last time it came out there. ``grams`` are its runs
    of three words, ``quoted_grams`` those inside quotation marks, ``telling_grams`` those with a telling word;
    ``names`` are its words inside names; ``anonymous`` says that no entity is known as its source. ``voices`` are the
    speakers that are persons or bodies, not states.
    """

    claim_id: str
    article_id: str
    words: tuple[str, ...]
    terms: Mapping[str, float]
    shown: Mapping[str, str]
    mass: float
    speakers: frozenset[str]
    voices: frozenset[str]
    speaker_actors: frozenset[str]
    stance: str
    targets: frozenset[str]
    parties: frozenset[str]
    entities: frozenset[str]
    frames: tuple[Frame, ...]
    amounts: frozenset[tuple[float, str]]
    time: tuple[datetime.datetime, datetime.datetime] | None
    quoted: tuple[tuple[str, ...], ...]
    negated: bool
    in_title: bool
    anonymous: bool
    places: frozenset[str]
    published: tuple[datetime.datetime, datetime.datetime] | None
    grams: frozenset[tuple[str, ...]]
    quoted_grams: frozenset[tuple[str, ...]]
    telling_grams: frozenset[tuple[str, ...]]
    names: frozenset[str]

    @property
    def order_key(self) -> tuple[object, ...]:
        """A total order by content that no file name and no id of an article touches."""
        return (
            self.words,
            self.quoted,
            sorted(self.speakers),
            self.stance,
            sorted(self.targets),
            self.negated,
            self.in_title,
            [] if self.time is None else [t.isoformat() for t in self.time],
        )


def read_parties(entities: pa.Table) -> Parties:
    """Actors, names and aliases of the `entities` table."""
    actor, names, types, aliases = {}, {}, {}, {}
    for row in entities.select(["entity_id", "name", "type", "actor_id", "aliases"]).to_pylist():
        entity = row["entity_id"]
        actor[entity] = row["actor_id"] or entity
        names[entity] = row["name"]
        types[entity] = row["type"]
        forms = {row["name"], *row["aliases"]}
        aliases[entity] = frozenset(tuple(t.text for t in tokenize(form)) for form in forms)
    return Parties(actor, names, types, aliases)


def read_proposition(claim: Mapping[str, Any], parties: Parties) -> Proposition:
    """The features of one row of `claims`."""
    tokens = tokenize(claim["content_text"])
    words = [token.text for token in tokens]
    entity_at = _entities_by_token(claim, tokens, parties)
    stems = [stem(word) for word in words]
    classes = _classes_by_token(stems, entity_at)
    terms, shown = _terms(words, stems, classes, entity_at)
    cued = cued_acts(claim["cue_lemma"])
    terms = dict(sorted({**{c.term: c.weight for c in cued}, **terms}.items()))
    shown = {**{c.term: claim["cue_lemma"] for c in cued}, **shown}
    targets = parties.actors(claim["target_entity_ids"])
    speaker_actors = parties.actors(claim["source_entity_ids"])
    quoted = _quoted(claim, tokens)
    grams = _grams([words])
    actor_at = _actors_by_token(entity_at, parties)
    frames = find_frames(claim, words, classes, actor_at, targets, speaker_actors)
    frames += cued_frames(cued, words, classes, actor_at, speaker_actors)
    entities = frozenset(claim["content_entity_ids"]) | frozenset(claim["target_entity_ids"])
    return Proposition(
        claim_id=claim["claim_id"],
        article_id=claim["article_id"],
        words=tuple(words),
        terms=terms,
        shown=shown,
        mass=sum(terms.values()),
        speakers=frozenset(claim["source_entity_ids"]),
        voices=frozenset(e for e in claim["source_entity_ids"] if parties.types.get(e) not in _PLACES),
        speaker_actors=speaker_actors,
        stance=claim["stance"],
        targets=targets,
        parties=parties.actors(entities),
        entities=entities,
        frames=frames,
        amounts=_amounts(words, stems, classes, entity_at),
        time=_time(claim),
        quoted=quoted,
        negated=bool(claim["negated"]),
        in_title=bool(claim["in_title"]),
        anonymous=not claim["source_entity_ids"],
        places=frozenset({claim["article_id"]}),
        published=None,
        grams=grams,
        quoted_grams=grams & _grams(quoted),
        telling_grams=_telling_grams(words, entity_at, grams),
        names=frozenset(words[number] for number in entity_at),
    )


def _grams(runs: Iterable[Sequence[str]]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(run[at : at + _GRAM]) for run in runs for at in range(len(run) - _GRAM + 1))


def _telling_grams(
    words: list[str], entity_at: Mapping[int, str], grams: frozenset[tuple[str, ...]]
) -> frozenset[tuple[str, ...]]:
    """The runs of three words that hold a word of full weight which is no name's."""
    names = {words[number] for number in entity_at}
    return frozenset(gram for gram in grams if any(word not in names and weight(word) >= 1.0 for word in gram))


def piece_starts(claim: Mapping[str, Any]) -> list[tuple[int, int, int]]:
    """(article start, article end, start in ``content_text``) of each piece of the content."""
    places, at = [], 0
    for piece in claim["content"]:
        places.append((piece["start"], piece["end"], at))
        at += len(piece["text"]) + len(" … ")
    return places


def _entities_by_token(claim: Mapping[str, Any], tokens: list[Token], parties: Parties) -> dict[int, str]:
    """Token number -> entity, for every token of a name inside the content."""
    by_start = {token.start: number for number, token in enumerate(tokens)}
    found: dict[int, str] = {}
    places = piece_starts(claim)
    for start, entity in zip(claim["content_entity_starts"], claim["content_entity_ids"], strict=False):
        for piece_start, piece_end, at in places:
            number = by_start.get(at + start - piece_start) if piece_start <= start < piece_end else None
            if number is not None:
                for offset in range(_name_length(tokens, number, parties.aliases.get(entity, frozenset()))):
                    found[number + offset] = entity
    return found


def _name_length(tokens: list[Token], number: int, aliases: frozenset[tuple[str, ...]]) -> int:
    """Words of the name that begins at ``number``, an article before it included; 1 where no alias fits."""
    article = tokens[number].text in _ARTICLES
    for length in range(min(_MAX_NAME, len(tokens) - number), 1, -1):
        words = tuple(token.text for token in tokens[number : number + length])
        if words in aliases or (article and words[1:] in aliases):
            return length
    return 1


def _actors_by_token(entity_at: Mapping[int, str], parties: Parties) -> dict[int, str]:
    return {number: parties.actor.get(entity, entity) for number, entity in entity_at.items()}


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
            terms[found.term] = max(found.weight, terms.get(found.term, 0.0))
            shown.setdefault(found.term, " ".join(words[number:skip]))
        elif (value := weight(word)) > 0:
            terms[stems[number]] = value
            shown.setdefault(stems[number], word)
    return dict(sorted(terms.items())), shown


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


def _quoted(claim: Mapping[str, Any], tokens: list[Token]) -> tuple[tuple[str, ...], ...]:
    """The words of each quoted span, in text order."""
    spans = []
    for span in sorted(claim["quoted_spans"], key=lambda s: (s["start"], s["end"])):
        for start, end, at in piece_starts(claim):
            low, high = max(span["start"], start), min(span["end"], end)
            inside = tuple(
                t.text for t in tokens if low < high and at + low - start <= t.start and t.end <= at + high - start
            )
            if inside:
                spans.append(inside)
    return tuple(spans)
