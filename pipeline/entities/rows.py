"""Rows of the table of entities: names, types and counts, and for whom each entity speaks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.entities.canonical import (
    BODY,
    GOVERNMENT,
    PEOPLE,
    PLACE,
    ArticleCluster,
    Place,
    affiliation_key,
    person_tokens_of,
    places_by_stem,
)
from pipeline.entities.corrections import Corrections
from pipeline.gazetteer import Entry, Gazetteer
from pipeline.tables import row_id

ACTORS = frozenset({"GPE", "ORG", "NORP", "PERSON", "LOC"})
# What a key's prefix says of the entity's type: an article may have taken it for something else.
_TYPES = {
    "person:": ("PERSON",),
    BODY: ("ORG",),
    GOVERNMENT: ("ORG",),
    PLACE: ("GPE", "LOC", "FAC"),
    PEOPLE: ("NORP",),
}
_STATES = frozenset({"country", "former_country", "territory"})


@dataclass
class EntityRows:
    """Makes the rows from the clusters of each canonical key, as the user's corrections have them."""

    keys: Mapping[Place, str]
    clusters: Iterable[ArticleCluster]
    copy_groups: Mapping[str, str]
    gazetteer: Gazetteer
    corrections: Corrections = field(default_factory=Corrections)

    def __post_init__(self) -> None:
        groups: dict[str, list[ArticleCluster]] = defaultdict(list)
        for cluster in sorted(self.clusters, key=lambda cluster: cluster.place):
            if cluster.place in self.keys:
                groups[self.keys[cluster.place]].append(cluster)
        self._groups = dict(groups)
        self._places = places_by_stem(self._groups)
        self._by_last_name: dict[str, list[str]] = defaultdict(list)
        for key in self._groups:
            if key.startswith("person:") and (name := person_tokens_of(key)):
                self._by_last_name[name[-1]].append(key)

    def rows(self) -> dict[str, dict[str, Any]]:
        """A row for each key, and one without mentions for each state or body that others speak for or are run by."""
        waiting = list(self._groups)
        while waiting:
            key = waiting.pop()
            for needed in (self._media(key), self._affiliation(key), self.actor(key)):
                if needed is not None and needed not in self._groups:
                    self._groups[needed] = []
                    waiting.append(needed)
        result = {}
        for key in self._groups:
            actor = self.actor(key)
            result[key] = self._row(key) | {"actor_id": row_id(actor) if actor else None}
        return result

    def actor(self, key: str) -> str | None:
        """The key of the state or body that an entity speaks for: a ministry's minister speaks for the state."""
        if key in self.corrections.actors:
            return self.corrections.actors[key]
        affiliation = self._affiliation(key)
        if key in self.gazetteer or affiliation is None:
            state = self.gazetteer.state_of(key)
            if state is not None:
                return self.corrections.of(state.key)
            return key if self._type(key) in ACTORS else None
        if affiliation in self.corrections.actors:
            return self.corrections.actors[affiliation]
        if affiliation in self.gazetteer:
            return affiliation
        return self._affiliation(affiliation) or affiliation

    def _affiliation(self, key: str) -> str | None:
        """Key of the affiliation that most articles give, the smallest of several; a government's is its head's."""
        votes = Counter(cluster.affiliation for cluster in self._groups.get(key, ()) if cluster.affiliation)
        if votes:
            name = min(votes, key=lambda affiliation: (-votes[affiliation], affiliation))
            return self.corrections.of(affiliation_key(name, self.gazetteer, self._places))
        return self._head_of_government(key) if key.startswith(GOVERNMENT) else None

    def _head_of_government(self, key: str) -> str | None:
        """The state of the one person of the name that a government is called by; None where there is none or more."""
        states = {
            state
            for person in self._by_last_name.get(key.removeprefix(GOVERNMENT), ())
            if (state := self._affiliation(person)) is not None and self._is_state(state)
        }
        return states.pop() if len(states) == 1 else None

    def _is_state(self, key: str) -> bool:
        entry = self.gazetteer.get(key)
        return not key.startswith(BODY) if entry is None else entry.kind in _STATES

    def _media(self, key: str) -> str | None:
        entry = self.gazetteer.get(key)
        return self.corrections.of(entry.state_media_of) if entry is not None else None

    def _type(self, key: str) -> str:
        entry = self.gazetteer.get(key)
        if entry is not None or key in self.corrections.types:
            return entry.type if entry is not None else self.corrections.types[key]
        fitting = next((types for prefix, types in _TYPES.items() if key.startswith(prefix)), None)
        types = [cluster.type for cluster in self._groups.get(key, ()) if fitting is None or cluster.type in fitting]
        return _majority(types, fitting[0] if fitting else "ORG")

    def _row(self, key: str) -> dict[str, Any]:
        group, entry = self._groups[key], self.gazetteer.get(key)
        texts: Counter[str] = Counter()
        for cluster in group:
            texts.update(cluster.texts)
        article_ids = {cluster.article_id for cluster in group}
        media = self._media(key)
        return {
            "entity_id": row_id(key),
            "name": self.corrections.names.get(key) or _name(key, group, entry),
            "type": self._type(key),
            "aliases": sorted(texts),
            "wikidata_id": entry.wikidata_id if entry else None,
            "state_media_of": row_id(media) if media else None,
            "n_mentions": texts.total(),
            "n_articles": len(article_ids),
            "n_copy_groups": len({self.copy_groups.get(article_id, article_id) for article_id in article_ids}),
            "overrides": sorted(self.corrections.made_by.get(key, ())),
        }


def _name(key: str, group: Iterable[ArticleCluster], entry: Entry | None) -> str:
    """A listed thing's name, else the one that most articles give, of several words where one of them has several."""
    if entry is not None:
        return entry.name
    names = [cluster.name for cluster in group]
    return _majority([name for name in names if " " in name] or names, key.partition(":")[2])


def _majority(values: Iterable[str], default: str) -> str:
    """The most frequent value; of several, the longest, then the smallest; the default where there is none."""
    votes = Counter(values)
    return min(votes, key=lambda value: (-votes[value], -len(value), value), default=default)
