"""A user's corrections applied to canonical entities: which are one, which are two, their names and their actors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.gazetteer import Gazetteer
from pipeline.overrides import EntityOverride, Outcome, Overrides
from pipeline.tables import row_id

ITSELF, NOBODY = "itself", "nobody"
_PARTED = "corrected:"

Place = tuple[str, int]  # article id and cluster number
Row = Mapping[str, Any]


@dataclass
class Corrections:
    """What the corrections come to, by canonical key.

    ``moved`` are clusters that are something else than the rest of their entity, ``merged`` keys that are another,
    ``rejected`` keys of what is no entity; ``names``, ``types`` and ``actors`` (None for nobody) hold for the keys
    that remain. ``made_by`` are the ids of the corrections that made each remaining entity what it is.
    """

    moved: dict[Place, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    actors: dict[str, str | None] = field(default_factory=dict)
    made_by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    outcomes: list[Outcome] = field(default_factory=list)

    def of(self, key: str | None) -> str | None:
        """The key that stands for this one; None for one that is rejected."""
        key = self.merged.get(key, key) if key is not None else None
        return None if key in self.rejected else key


class _UnresolvedError(Exception):
    """Why a correction cannot be applied to this corpus."""


def resolve_corrections(
    overrides: Overrides[EntityOverride],
    rows: Mapping[str, Row],
    keys: Mapping[Place, str],
    uris: Mapping[str, str],
    gazetteer: Gazetteer,
) -> Corrections:
    """What the corrections come to, given the entities as they are without them.

    ``rows`` are those entities by key, ``keys`` the entity of each cluster, ``uris`` the article id of each
    `source_uri`. Splits come first, then merges, then rejections, names and actors; the order of the file's lines
    decides nothing. Each correction has one outcome; one that fits nothing, several entities, or contradicts another
    is not applied.
    """
    corrections = Corrections()
    names = _Names(overrides, rows, gazetteer)
    steps: dict[str, Callable[[Sequence[EntityOverride]], None]] = {
        "split": lambda rows: _split(rows, names, keys, uris, corrections),
        "merge": lambda rows: _merge(rows, names, corrections),
        "reject": lambda rows: _reject(rows, names, corrections),
        "rename": lambda rows: _rename(rows, names, corrections),
        "actor": lambda rows: _set_actors(rows, names, corrections),
    }
    for action, step in steps.items():
        step(overrides.of(action))
    return corrections


class _Names:
    """Entities by id and by exact name, those that the corrections themselves name included."""

    def __init__(self, overrides: Overrides[EntityOverride], rows: Mapping[str, Row], gazetteer: Gazetteer) -> None:
        self.rows, self.gazetteer = rows, gazetteer
        self._found: dict[str, set[str]] = defaultdict(set)
        self._aliases: dict[str, set[str]] = defaultdict(set)
        for key, row in rows.items():
            self._found[row["entity_id"]].add(key)
            self._found[row["name"]].add(key)
            for alias in row["aliases"]:
                self._aliases[alias].add(key)
        for override in overrides.of("rename"):
            if len(self._found.get(override.entity, ())) == 1:
                self._found[override.value] |= self._found[override.entity]
        for override in overrides.of("split"):
            if override.value not in self._found:
                key = _PARTED + override.value
                self._found[override.value], self._found[row_id(key)] = {key}, {key}

    def key(self, named: str) -> str:
        """The one entity of the corpus of this id or name."""
        found = sorted(self._found.get(named, ()))
        if len(found) == 1:
            return found[0]
        if found:
            raise _UnresolvedError(f"{len(found)} entities are called {named!r}; give the id of one: {_ids(found)}")
        aliases = sorted(self._aliases.get(named, ()))
        if aliases:
            shown = ", ".join(f"{self.rows[key]['name']} ({row_id(key)})" for key in aliases)
            raise _UnresolvedError(f"no entity has the name {named!r}, but it is an alias of {shown}")
        raise _UnresolvedError(f"no entity of this corpus has the id or the name {named!r}")

    def known(self, named: str) -> str:
        """The one entity of this id or name in the corpus or, failing that, in the gazetteer."""
        entry = None if named in self._found else self.gazetteer.get(named) or self.gazetteer.lookup(named)
        return entry.key if entry is not None else self.key(named)


def _ids(keys: Sequence[str]) -> str:
    return ", ".join(row_id(key) for key in keys[:5])


def _resolved(
    rows: Sequence[EntityOverride], names: _Names, corrections: Corrections
) -> Iterator[tuple[EntityOverride, str]]:
    """The corrections whose entity is in the corpus, each with the key that now stands for it."""
    for row in rows:
        try:
            key = names.key(row.entity)
        except _UnresolvedError as error:
            corrections.outcomes.append(Outcome(row, False, str(error)))
            continue
        standing = corrections.of(key)
        if standing is None:
            corrections.outcomes.append(Outcome(row, False, "the entity is rejected by another correction"))
        else:
            yield row, standing


def _agreed(
    wanted: Sequence[tuple[EntityOverride, str, Any]], corrections: Corrections
) -> Iterator[tuple[EntityOverride, str, Any]]:
    """Of (correction, key, value) those that no other one contradicts: one key has one value."""
    values: dict[str, set[Any]] = defaultdict(set)
    for _, key, value in wanted:
        values[key].add(value)
    for row, key, value in wanted:
        if len(values[key]) == 1:
            yield row, key, value
        else:
            others = sorted(other.line for other, of, given in wanted if of == key and given != value)
            lines = ", ".join(map(str, others))
            corrections.outcomes.append(Outcome(row, False, f"line {lines} says otherwise of the same entity"))


def _split(
    rows: Sequence[EntityOverride],
    names: _Names,
    keys: Mapping[Place, str],
    uris: Mapping[str, str],
    corrections: Corrections,
) -> None:
    places: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place, key in keys.items():
        places[place[0], key].append(place)
    wanted = []
    for row, key in _resolved(rows, names, corrections):
        article = uris.get(row.article, row.article)
        mentioned = tuple(places.get((article, key), ()))
        try:
            target = names.known(row.value)
        except _UnresolvedError as error:
            corrections.outcomes.append(Outcome(row, False, str(error)))
            continue
        if not mentioned:
            corrections.outcomes.append(Outcome(row, False, f"the article {row.article!r} does not mention it"))
        else:
            wanted.append((row, f"{article} {key}", (target, mentioned)))
    for row, source, (target, mentioned) in _agreed(wanted, corrections):
        corrections.moved.update(dict.fromkeys(mentioned, target))
        for key in (source.partition(" ")[2], target):
            corrections.made_by[key].add(row.override_id)
        if target.startswith(_PARTED):
            corrections.names[target] = target.removeprefix(_PARTED)
        corrections.outcomes.append(Outcome(row, True, f"in this article it is {row_id(target)}"))


def _merge(rows: Sequence[EntityOverride], names: _Names, corrections: Corrections) -> None:
    wanted = []
    for row, key in _resolved(rows, names, corrections):
        try:
            wanted.append((row, key, names.known(row.value)))
        except _UnresolvedError as error:
            corrections.outcomes.append(Outcome(row, False, str(error)))
    agreed = list(_agreed(wanted, corrections))
    into = {key: target for _, key, target in agreed}
    ends = {key: _end(key, into) for key in into}
    for row, key, _ in agreed:
        end = ends[key]
        if end is None:
            corrections.outcomes.append(Outcome(row, False, "it is merged into itself, by way of other corrections"))
            continue
        corrections.merged[key] = end
        corrections.made_by[end] |= corrections.made_by.pop(key, set()) | {row.override_id}
        if end in names.rows:
            corrections.names.setdefault(end, names.rows[end]["name"])
            corrections.types[end] = names.rows[end]["type"]
        corrections.outcomes.append(Outcome(row, True, f"it is {row_id(end)}"))


def _end(key: str, into: Mapping[str, str]) -> str | None:
    """What a key comes to when it is followed from merge to merge; None where that is a circle."""
    seen = {key}
    while key in into:
        key = into[key]
        if key in seen:
            return None
        seen.add(key)
    return key


def _reject(rows: Sequence[EntityOverride], names: _Names, corrections: Corrections) -> None:
    for row, key in list(_resolved(rows, names, corrections)):
        corrections.rejected.add(key)
        corrections.outcomes.append(Outcome(row, True, "its mentions belong to no entity"))


def _rename(rows: Sequence[EntityOverride], names: _Names, corrections: Corrections) -> None:
    wanted = [(row, key, row.value) for row, key in _resolved(rows, names, corrections)]
    for row, key, name in _agreed(wanted, corrections):
        corrections.names[key] = name
        corrections.made_by[key].add(row.override_id)
        corrections.outcomes.append(Outcome(row, True, f"{row_id(key)} is called so"))


def _set_actors(rows: Sequence[EntityOverride], names: _Names, corrections: Corrections) -> None:
    wanted: list[tuple[EntityOverride, str, str | None]] = []
    for row, key in _resolved(rows, names, corrections):
        try:
            actor = None if row.value == NOBODY else key if row.value == ITSELF else names.known(row.value)
        except _UnresolvedError as error:
            corrections.outcomes.append(Outcome(row, False, str(error)))
            continue
        if actor is not None and corrections.of(actor) is None:
            corrections.outcomes.append(Outcome(row, False, "its actor is rejected by another correction"))
        else:
            wanted.append((row, key, corrections.of(actor)))
    for row, key, actor in _agreed(wanted, corrections):
        corrections.actors[key] = actor
        corrections.made_by[key].add(row.override_id)
        corrections.outcomes.append(Outcome(row, True, f"{row_id(key)} speaks for {row_id(actor) if actor else actor}"))
