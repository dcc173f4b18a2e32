"""Canonical entities over the corpus: which clusters of different articles are one thing, and for whom it speaks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipeline.entities.lexicon import Lexicon, lexicon_digest, load_lexicon
from pipeline.entities.names import (
    Name,
    body_form,
    is_demonym_form,
    is_full_name,
    names_by_part,
    person_tokens,
    place_stem,
    single_name_owner,
)
from pipeline.entities.spans import surface
from pipeline.gazetteer import Entry, Gazetteer, load_gazetteer
from pipeline.settings import Settings
from pipeline.tables import ENTITIES, ENTITY_LINKS, MENTIONS, row_id

CODE_VERSION = "1"
ACTORS = frozenset({"GPE", "ORG", "NORP", "PERSON", "LOC"})
# Prefixes that no gazetteer key has: an unlisted body called SEC is not the listed one whose key ends so.
_PLACE, _BODY, _PEOPLE = "unlisted place:", "unlisted body:", "unlisted people:"
_KEY_PREFIXES = {"GPE": _PLACE, "LOC": _PLACE, "FAC": _PLACE, "ORG": _BODY, "NORP": _PEOPLE}


@dataclass
class _ArticleCluster:
    """One cluster of one article, gathered from its mentions."""

    article_id: str
    number: int
    name: str
    type: str
    gazetteer_id: str | None
    affiliation: str | None
    texts: Counter[str] = field(default_factory=Counter)


def link_entities(
    document_mentions: pa.Table,
    articles: pa.Table,  # noqa: ARG001
    copy_groups: pa.Table,
    settings: Settings,  # noqa: ARG001
) -> tuple[pa.Table, pa.Table]:
    """(`entities`, `entity_links`) of all articles' clusters.

    Listed things are joined by gazetteer key, persons by full name, bodies by normalised name. A bare surname is the
    corpus' only person of that surname whose affiliation does not contradict; otherwise it stays an entity of its own.
    Time grows with the number of mentions.
    """
    gazetteer = load_gazetteer()
    clusters = _gather_clusters(document_mentions)
    groups = dict(
        zip(copy_groups.column("article_id").to_pylist(), copy_groups.column("copy_group_id").to_pylist(), strict=True)
    )
    keys = _canonical_keys(clusters, groups)
    members: dict[str, list[_ArticleCluster]] = defaultdict(list)
    for cluster in clusters:
        members[keys[cluster.article_id, cluster.number]].append(cluster)
    rows = _entity_rows(members, groups, gazetteer)
    actors = {row["entity_id"]: row["actor_id"] for row in rows}
    links = []
    for (article_id, number), key in keys.items():
        entity_id = row_id(key)
        links.append(
            {"article_id": article_id, "cluster_no": number, "entity_id": entity_id, "actor_id": actors[entity_id]}
        )
    return ENTITIES.from_rows(rows), ENTITY_LINKS.from_rows(links)


def linking_version(settings: Settings) -> str:  # noqa: ARG001
    """What decides the links, besides the mentions: this code and the data files."""
    return f"linking {CODE_VERSION} gazetteer {load_gazetteer().digest} lexicon {lexicon_digest()}"


def resolve_mentions(document_mentions: pa.Table, entity_links: pa.Table) -> pa.Table:
    """The published `mentions`: each mention with the entity that its cluster is linked to, null without a cluster."""
    links = {(row["article_id"], row["cluster_no"]): row["entity_id"] for row in entity_links.to_pylist()}
    entity_ids = [
        links.get((article_id, number))
        for article_id, number in zip(
            document_mentions.column("article_id").to_pylist(),
            document_mentions.column("cluster_no").to_pylist(),
            strict=True,
        )
    ]
    columns = [
        pa.array(entity_ids, pa.string()) if name == "entity_id" else document_mentions.column(name)
        for name in MENTIONS.schema.names
    ]
    return pa.Table.from_arrays(columns, schema=MENTIONS.schema)


def _gather_clusters(document_mentions: pa.Table) -> list[_ArticleCluster]:
    columns = [
        "article_id",
        "text",
        "cluster_no",
        "cluster_name",
        "cluster_type",
        "gazetteer_id",
        "affiliation",
    ]
    clusters: dict[tuple[str, int], _ArticleCluster] = {}
    for row in document_mentions.select(columns).to_pylist():
        if row["cluster_no"] is None:
            continue
        place = (row["article_id"], row["cluster_no"])
        if place not in clusters:
            clusters[place] = _ArticleCluster(
                *place, row["cluster_name"], row["cluster_type"], row["gazetteer_id"], row["affiliation"]
            )
        clusters[place].texts[surface(row["text"])] += 1
    return [clusters[place] for place in sorted(clusters)]


def _canonical_keys(clusters: Iterable[_ArticleCluster], copy_groups: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """Canonical key of each (article, cluster)."""
    lexicon = load_lexicon()
    keys: dict[tuple[str, int], str] = {}
    bare: dict[Name, list[_ArticleCluster]] = defaultdict(list)
    persons: dict[Name, Counter[str]] = defaultdict(Counter)
    for cluster in clusters:
        name = person_tokens(cluster.name, lexicon)
        if cluster.gazetteer_id is None and cluster.type == "PERSON" and not is_full_name(name):
            bare[name].append(cluster)
            continue
        if cluster.gazetteer_id is None and cluster.type == "PERSON":
            persons[name].update([cluster.affiliation] if cluster.affiliation else [])
        keys[cluster.article_id, cluster.number] = _plain_key(cluster, name, copy_groups, lexicon)
    places = _places_by_stem(set(keys.values()))
    for place, key in keys.items():
        form = key.removeprefix(_PEOPLE).removeprefix(_PLACE).removeprefix(_BODY)
        if key.startswith(_PEOPLE) or (key.startswith((_PLACE, _BODY)) and is_demonym_form(form)):
            keys[place] = places.get(place_stem(form) or "", key)
        elif key.startswith(_BODY) and person_tokens(form, lexicon) in persons:
            keys[place] = _person_key(person_tokens(form, lexicon))  # a person taken for a body in this article
    by_part = names_by_part(persons)
    for name, homonyms in bare.items():
        keys.update(_bare_keys(name, homonyms, by_part, persons, copy_groups))
    return keys


def _plain_key(cluster: _ArticleCluster, name: Name, copy_groups: Mapping[str, str], lexicon: Lexicon) -> str:
    """Key of a cluster that needs no other: listed, a full name, a body or place by its normalised name.

    An organ of an unnamed state (`the Supreme Court`) may be another one in every article: each copy group has its own.
    """
    if cluster.gazetteer_id is not None:
        return cluster.gazetteer_id
    if cluster.type == "PERSON":
        return _person_key(name)
    key = _KEY_PREFIXES.get(cluster.type, f"{cluster.type.lower()}:") + body_form(cluster.name)
    if cluster.type == "ORG" and cluster.affiliation is None and lexicon.is_state_organ(cluster.name):
        return f"{key} in {copy_groups.get(cluster.article_id, cluster.article_id)}"
    return key


def _person_key(name: Name) -> str:
    return f"person:{' '.join(name)}"


def _bare_keys(
    name: Name,
    homonyms: list[_ArticleCluster],
    by_part: Mapping[str, set[Name]],
    persons: Mapping[Name, Counter[str]],
    copy_groups: Mapping[str, str],
) -> dict[tuple[str, int], str]:
    """Keys of the clusters that give only this one name.

    With one bearer in the corpus they are that person, unless the affiliations contradict. Without a bearer they are
    one person as long as their affiliations agree. Otherwise each copy group keeps its own.
    """
    candidates = by_part.get(name[0], set()) if name else set()
    owner = single_name_owner(name, by_part)
    affiliations = {cluster.affiliation for cluster in homonyms if cluster.affiliation}
    keys = {}
    for cluster in homonyms:
        place = (cluster.article_id, cluster.number)
        if owner is not None and (
            not cluster.affiliation or not persons[owner] or cluster.affiliation in persons[owner]
        ):
            keys[place] = _person_key(owner)
        elif not candidates and len(affiliations) < 2:
            keys[place] = _person_key(name)
        else:
            keys[place] = f"{_person_key(name)} in {copy_groups.get(cluster.article_id, cluster.article_id)}"
    return keys


def _entity_rows(
    members: Mapping[str, list[_ArticleCluster]], copy_groups: Mapping[str, str], gazetteer: Gazetteer
) -> list[dict[str, Any]]:
    """One row per entity, and one without mentions for each state or body that others speak for or are run by."""
    groups: dict[str, list[_ArticleCluster]] = dict(members)
    places = _places_by_stem(members)
    for key, group in members.items():
        entry = gazetteer.get(key)
        needed = (entry.stands_for, entry.state_media_of) if entry else (_affiliation_key(group, gazetteer, places),)
        for other in needed:
            if other is not None:
                groups.setdefault(other, [])
    rows = []
    for key, group in groups.items():
        row = _row(key, group, copy_groups, gazetteer)
        actor = _actor_key(key, row["type"], groups, gazetteer, places)
        rows.append(row | {"actor_id": row_id(actor) if actor else None})
    return rows


def _affiliation_key(group: Iterable[_ArticleCluster], gazetteer: Gazetteer, places: Mapping[str, str]) -> str | None:
    """The affiliation that most articles give, the smallest of several; as a canonical key.

    An unlisted name may be a place's or its people's, else it is a body's.
    """
    votes = Counter(cluster.affiliation for cluster in group if cluster.affiliation)
    if not votes:
        return None
    name = min(votes, key=lambda affiliation: (-votes[affiliation], affiliation))
    return name if name in gazetteer else places.get(name) or places.get(place_stem(name) or "") or _BODY + name


def _places_by_stem(keys: Iterable[str]) -> dict[str, str]:
    """Canonical key of each unlisted place by its name, and by the stem of its demonym where no other place has it."""
    names = {
        name: key for key in keys if key.startswith(_PLACE) and not is_demonym_form(name := key.removeprefix(_PLACE))
    }
    stems = Counter(stem for name in names if (stem := place_stem(name)) is not None)
    by_stem = {stem: key for name, key in names.items() if stems[stem := place_stem(name) or ""] == 1}
    return by_stem | names


def _actor_key(
    key: str,
    type_: str,
    groups: Mapping[str, list[_ArticleCluster]],
    gazetteer: Gazetteer,
    places: Mapping[str, str],
) -> str | None:
    """The state or body that an entity speaks for: a person for a ministry speaks for the ministry's state."""
    affiliation = _affiliation_key(groups.get(key, []), gazetteer, places)
    if key in gazetteer or affiliation is None:
        state = gazetteer.state_of(key)
        return state.key if state is not None else key if type_ in ACTORS else None
    if affiliation in gazetteer:
        return affiliation
    return _affiliation_key(groups[affiliation], gazetteer, places) or affiliation


def _row(
    key: str, group: list[_ArticleCluster], copy_groups: Mapping[str, str], gazetteer: Gazetteer
) -> dict[str, Any]:
    entry = gazetteer.get(key)
    texts: Counter[str] = Counter()
    for cluster in group:
        texts.update(cluster.texts)
    article_ids = {cluster.article_id for cluster in group}
    return {
        "entity_id": row_id(key),
        "name": entry.name if entry else _shown_name(group, key.partition(":")[2]),
        "type": entry.type if entry else _majority([cluster.type for cluster in group], "ORG"),
        "aliases": sorted(texts),
        "n_mentions": texts.total(),
        "n_articles": len(article_ids),
        "n_copy_groups": len({copy_groups.get(article_id, article_id) for article_id in article_ids}),
        **_gazetteer_columns(entry),
    }


def _shown_name(group: Iterable[_ArticleCluster], default: str) -> str:
    """The name that most articles give, a person's in full where one of them does."""
    names = [cluster.name for cluster in group]
    return _majority([name for name in names if " " in name] or names, default)


def _gazetteer_columns(entry: Entry | None) -> dict[str, Any]:
    media = entry.state_media_of if entry else None
    return {
        "wikidata_id": entry.wikidata_id if entry else None,
        "state_media_of": row_id(media) if media else None,
    }


def _majority(values: Iterable[str], default: str) -> str:
    """The most frequent value; of several, the longest, then the smallest; the default where there is none."""
    votes = Counter(values)
    return min(votes, key=lambda value: (-votes[value], -len(value), value), default=default)
