"""Canonical keys: which clusters of different articles are one person, body, place or people.

A key is made of what the thing is called, so that it survives other articles. It changes only where an article that
comes shows that two are one, or that a name which seemed to have one bearer has two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from pipeline.entities.abbreviations import abbreviates
from pipeline.entities.lexicon import Lexicon
from pipeline.entities.names import (
    Name,
    body_form,
    is_demonym_form,
    is_full_name,
    names_by_part,
    person_tokens,
    place_stem,
)
from pipeline.gazetteer import Gazetteer

# Prefixes that no gazetteer key has: an unlisted body called SEC is not the listed one whose key ends so.
PLACE, BODY, PEOPLE, GOVERNMENT = "unlisted place:", "unlisted body:", "unlisted people:", "unlisted government:"
_PREFIXES = {"GPE": PLACE, "LOC": PLACE, "FAC": PLACE, "ORG": BODY, "NORP": PEOPLE}
_TELLING = frozenset({"ORG", "PERSON"})  # listed things whose mention in two articles says that both are on one matter

Place = tuple[str, int]  # article id and cluster number


@dataclass
class ArticleCluster:
    """One cluster of one article, gathered from its mentions; ``texts`` counts their surface forms."""

    article_id: str
    number: int
    name: str
    type: str
    gazetteer_id: str | None
    affiliation: str | None
    texts: Counter[str] = field(default_factory=Counter)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.article_id, self.number

    @property
    def called_after(self) -> str | None:
        """The person whose name stands before the word for a government: `Berg`, where that is all that is marked."""
        person, _, _ = self.name.rpartition(" ")
        return person if self.type == "ORG" and person in self.texts and self.name not in self.texts else None


def canonical_keys(
    clusters: Iterable[ArticleCluster], copy_groups: Mapping[str, str], gazetteer: Gazetteer, lexicon: Lexicon
) -> dict[Place, str]:
    """The canonical key of every cluster, whatever their order.

    Listed things go by gazetteer key, persons by full name, bodies and places by normalised name. Then those names are
    joined that are short for one other name of the corpus: a people's to its place's, a body's abbreviation or last
    words to the whole name, a person's single name to the full one.
    """
    clusters = sorted(clusters, key=lambda cluster: cluster.place)
    names = {cluster.place: person_tokens(cluster.name, lexicon) for cluster in clusters}
    bare = [c for c in clusters if c.gazetteer_id is None and c.type == "PERSON" and not is_full_name(names[c.place])]
    waiting = {cluster.place for cluster in bare}
    keys = {
        cluster.place: _plain_key(cluster, names[cluster.place], copy_groups, lexicon)
        for cluster in clusters
        if cluster.place not in waiting
    }
    places = places_by_stem(set(keys.values()))
    full_names = {key for key in keys.values() if key.startswith("person:")}
    for place, key in keys.items():
        form = key.removeprefix(PEOPLE).removeprefix(PLACE).removeprefix(BODY)
        if key.startswith(PEOPLE) or (key.startswith((PLACE, BODY)) and is_demonym_form(form)):
            keys[place] = places.get(place_stem(form) or "", key)
        elif key.startswith(BODY) and _person_key(person_tokens(form, lexicon)) in full_names:
            keys[place] = _person_key(person_tokens(form, lexicon))  # a person taken for a body in this article
    surroundings = _surroundings(keys, copy_groups, gazetteer)
    keys |= _short_bodies(clusters, keys, surroundings, copy_groups)
    return keys | _bare_persons(bare, clusters, keys, names, surroundings, copy_groups, gazetteer)


def _plain_key(cluster: ArticleCluster, name: Name, copy_groups: Mapping[str, str], lexicon: Lexicon) -> str:
    """Key of a cluster that needs no other: listed, a full name, a body or place by its normalised name.

    An organ of an unnamed state (`the Supreme Court`) may be another one in every article: each copy group has its own.
    A government called after a person goes by the last part of the person's name.
    """
    if cluster.gazetteer_id is not None:
        return cluster.gazetteer_id
    if cluster.type == "PERSON":
        return _person_key(name)
    form = body_form(cluster.name)
    if cluster.called_after is not None:
        return GOVERNMENT + person_tokens(cluster.called_after, lexicon)[-1]
    key = _PREFIXES.get(cluster.type, f"{cluster.type.lower()}:") + form
    if cluster.type == "ORG" and cluster.affiliation is None and lexicon.is_state_organ(cluster.name):
        return f"{key}; in {copy_groups.get(cluster.article_id, cluster.article_id)}"
    return key


def _person_key(name: Name) -> str:
    return f"person:{' '.join(name)}"


def places_by_stem(keys: Iterable[str]) -> dict[str, str]:
    """Canonical key of each unlisted place by its name, and by the stem of its demonym where no other place has it."""
    names = {
        name: key for key in keys if key.startswith(PLACE) and not is_demonym_form(name := key.removeprefix(PLACE))
    }
    stems = Counter(stem for name in names if (stem := place_stem(name)) is not None)
    by_stem = {stem: key for name, key in names.items() if stems[stem := place_stem(name) or ""] == 1}
    return by_stem | names


def affiliation_key(name: str, gazetteer: Gazetteer, places: Mapping[str, str]) -> str:
    """The canonical key of what an affiliation names: listed, an unlisted place or its people's, else a body."""
    if name in gazetteer:
        return name
    unknown = (PEOPLE if is_demonym_form(name) else BODY) + name
    return places.get(name) or places.get(place_stem(name) or "") or unknown


def _surroundings(
    keys: Mapping[Place, str], copy_groups: Mapping[str, str], gazetteer: Gazetteer
) -> dict[str, frozenset[str]]:
    """What each copy group names that few matters have in common: unlisted things, listed bodies but no outlets."""
    found: dict[str, set[str]] = defaultdict(set)
    for (article_id, _), key in keys.items():
        entry = gazetteer.get(key)
        if entry is None or (entry.type in _TELLING and not entry.is_outlet):
            found[copy_groups.get(article_id, article_id)].add(key)
    return {group: frozenset(named) for group, named in found.items()}


def _short_bodies(
    clusters: Iterable[ArticleCluster],
    keys: Mapping[Place, str],
    surroundings: Mapping[str, Set[str]],
    copy_groups: Mapping[str, str],
) -> dict[Place, str]:
    """Unlisted bodies called by an abbreviation, or by the last words of a name, that one body of the corpus alone has.

    An abbreviation must be given beside the whole name in some article. The last words, two at least, and the one word
    that some article calls it by, are believed only where something else is shared with an article of the whole name.
    """
    abbreviated: dict[str, set[str]] = defaultdict(set)
    endings: dict[str, set[str]] = defaultdict(set)
    around: dict[str, set[str]] = defaultdict(set)
    bodies = [cluster for cluster in clusters if cluster.type == "ORG" and cluster.gazetteer_id is None]
    for cluster in bodies:
        key = keys[cluster.place]
        if not key.startswith(BODY) or "; in " in key:
            continue
        words = key.removeprefix(BODY).split()
        around[key] |= surroundings[copy_groups.get(cluster.article_id, cluster.article_id)] - {key}
        for start in range(1, len(words) - 1):
            endings[" ".join(words[start:])].add(key)
        for text in cluster.texts:
            if " " not in text and len(words) > 1 and body_form(text) != key.removeprefix(BODY):
                letters = abbreviates(text.replace(".", ""), cluster.name)
                (abbreviated if letters else endings)[body_form(text)].add(key)
    joined = {}
    for cluster in bodies:
        key = keys[cluster.place]
        form = key.removeprefix(BODY)
        near = surroundings.get(copy_groups.get(cluster.article_id, cluster.article_id), frozenset()) - {key}
        owners = abbreviated.get(form, set()) or {key for key in endings.get(form, ()) if near & around[key]}
        if key.startswith(BODY) and len(owners) == 1:
            joined[cluster.place] = next(iter(owners))
    return joined


@dataclass(frozen=True)
class _Bearer:
    """A person who may be meant by a single name: the key, the affiliations that articles give, what stands around."""

    key: str
    affiliations: frozenset[str]
    around: frozenset[str]


def _bare_persons(
    bare: Iterable[ArticleCluster],
    clusters: Iterable[ArticleCluster],
    keys: Mapping[Place, str],
    names: Mapping[Place, Name],
    surroundings: Mapping[str, frozenset[str]],
    copy_groups: Mapping[str, str],
    gazetteer: Gazetteer,
) -> dict[Place, str]:
    """Keys of the clusters that give only one name, decided alike for all copies of an article.

    They are the corpus' one person of that name whose affiliation does not contradict; of several, the one whose
    affiliation agrees or, failing that, the one in whose articles something else is named that is named here too.
    What stays open is a person of its own in each copy group, or of each affiliation. A name that no person of the
    corpus has, but one body is called by beside its whole name, is that body, taken for a person here.
    """
    places = places_by_stem(set(keys.values()))

    def affiliations_of(group: Iterable[ArticleCluster]) -> frozenset[str]:
        return frozenset(affiliation_key(c.affiliation, gazetteer, places) for c in group if c.affiliation)

    def group_of(cluster: ArticleCluster) -> str:
        return copy_groups.get(cluster.article_id, cluster.article_id)

    persons: dict[str, list[ArticleCluster]] = defaultdict(list)
    full: dict[str, Name] = {}
    for cluster in clusters:
        key = keys.get(cluster.place, "")
        if key.startswith("person:"):
            persons[key].append(cluster)
            full[key] = person_tokens_of(key)
    bearers = {
        name: _Bearer(
            key,
            affiliations_of(persons[key]),
            frozenset().union(*(surroundings[group_of(cluster)] for cluster in persons[key])) - {key},
        )
        for key, name in full.items()
    }
    by_part = names_by_part(bearers)
    bodies = _bodies_by_word(clusters, keys)
    homonyms: dict[Name, dict[str, list[ArticleCluster]]] = defaultdict(lambda: defaultdict(list))
    for cluster in bare:
        homonyms[names[cluster.place]][group_of(cluster)].append(cluster)
    result: dict[Place, str] = {}
    for name, groups in homonyms.items():
        known = [bearers[owner] for owner in sorted(_owners(name, by_part))]
        given = {group: affiliations_of(members) for group, members in groups.items()}
        new = {
            affiliation
            for affiliations in given.values()
            for affiliation in affiliations
            if not any(affiliation in bearer.affiliations or not bearer.affiliations for bearer in known)
        }
        for group, members in groups.items():
            near = surroundings.get(group, frozenset())
            body = bodies.get(" ".join(name)) if not known and not given[group] else None
            key = body or _bare_key(name, known, new, given[group], near) or f"{_person_key(name)}; in {group}"
            result.update({cluster.place: key for cluster in members})
    return result


def _bodies_by_word(clusters: Iterable[ArticleCluster], keys: Mapping[Place, str]) -> dict[str, str]:
    """The unlisted body of a longer name that articles call by a single word, where no other is called so."""
    found: dict[str, set[str]] = defaultdict(set)
    for cluster in clusters:
        key = keys.get(cluster.place, "")
        if cluster.type == "ORG" and key.startswith(BODY) and " " in key.removeprefix(BODY):
            for text in cluster.texts:
                found[body_form(text)].add(key)
    return {word: min(bodies) for word, bodies in found.items() if len(bodies) == 1 and " " not in word}


def person_tokens_of(key: str) -> Name:
    """The name that a person's key is made of; what follows a semicolon tells homonyms apart."""
    return tuple(key.removeprefix("person:").partition(";")[0].split())


def _owners(name: Name, by_part: Mapping[str, Set[Name]]) -> set[Name]:
    """The full names of which a single one is the last part or, failing that, the first."""
    found = by_part.get(name[0], set()) if name else set()
    return {full for full in found if full[-1] == name[0]} or {full for full in found if full[0] == name[0]}


def _bare_key(name: Name, known: list[_Bearer], new: Set[str], given: Set[str], near: Set[str]) -> str | None:
    """The key of a single name in one copy group; None where nothing says which of several persons is meant.

    ``known`` are the persons of that name, ``new`` the affiliations with which only single names stand, ``given`` and
    ``near`` what the articles say and name beside it.
    """
    if given:
        agreeing = [b for b in known if b.affiliations & given] or [b for b in known if not b.affiliations]
        if len(agreeing) == 1:
            return agreeing[0].key
        return f"{_person_key(name)}; of {min(given)}" if len(given) == 1 and not agreeing else None
    if not known and len(new) < 2:
        return f"{_person_key(name)}; of {min(new)}" if new else _person_key(name)
    if len(known) + len(new) == 1:
        return known[0].key
    close = [bearer for bearer in known if bearer.around & near]
    return close[0].key if len(close) == 1 else None
