"""Which mentions of one article name the same thing: clusters, their fullest names, types and affiliations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.entities.abbreviations import find_introductions, matching_long_form, outlet_of_initials
from pipeline.entities.lexicon import Lexicon
from pipeline.entities.names import body_form, is_full_name, merge_full_names, person_tokens, single_name_owner
from pipeline.entities.roles import Role
from pipeline.entities.spans import Mention, surface
from pipeline.gazetteer import Entry, Gazetteer

_GROUPS = {"GPE": "place", "LOC": "place", "FAC": "place", "ORG": "body", "PERSON": "person", "NORP": "group"}


@dataclass(frozen=True)
class Cluster:
    """An entity of one article; ``key`` is its gazetteer key, ``affiliation`` the state or body it speaks for."""

    number: int
    name: str
    type: str
    key: str | None
    affiliation: str | None


def cluster_mentions(
    article_text: str,
    mentions: Sequence[Mention],
    gazetteer: Gazetteer,
    lexicon: Lexicon,
    roles: Mapping[Mention, Role],
) -> dict[Mention, Cluster]:
    """Each naming mention with its cluster. Clusters are numbered from 0 in the order of their first mention."""
    named = [mention for mention in mentions if mention.is_name]
    identity = _identities(article_text, named, gazetteer, lexicon)
    members: dict[str, list[Mention]] = defaultdict(list)
    for mention in named:
        members[identity[mention]].append(mention)
    clusters: dict[Mention, Cluster] = {}
    for number, (name, group) in enumerate(members.items()):
        key = name.removeprefix(_LISTED) if name.startswith(_LISTED) else None
        cluster = _describe(number, group, gazetteer.get(key), gazetteer, roles)
        clusters.update(dict.fromkeys(group, cluster))
    return clusters


_LISTED = "listed "


def _identities(
    article_text: str, named: Sequence[Mention], gazetteer: Gazetteer, lexicon: Lexicon
) -> dict[Mention, str]:
    """What each mention is, as a word that two mentions share exactly when they name one thing."""
    identity = {mention: _plain_identity(mention, gazetteer) for mention in named}
    identity |= _person_identities([m for m in named if m.label == "PERSON" and m.key is None], lexicon)
    introduced = find_introductions(article_text, named, gazetteer)
    for mention in named:
        if mention.text in introduced:
            identity[mention] = identity[introduced[mention.text]]
    identity |= _short_forms(article_text, named, identity, gazetteer)
    identity |= _ownerless_organs(named, identity, lexicon)
    return identity | _directions(named, gazetteer)


def _plain_identity(mention: Mention, gazetteer: Gazetteer) -> str:
    if mention.key is not None:
        return f"{_LISTED}{mention.key}"
    return f"{_GROUPS.get(mention.label, mention.label)} {body_form(shown_name(mention, gazetteer))}"


def _person_identities(persons: Iterable[Mention], lexicon: Lexicon) -> dict[Mention, str]:
    tokens = {mention: person_tokens(mention.text, lexicon) for mention in persons}
    full = merge_full_names({name for name in tokens.values() if is_full_name(name)})
    identity = {}
    for mention, name in tokens.items():
        owner = full.get(name) or single_name_owner(name, full.values())
        identity[mention] = f"person {' '.join(owner or name)}"
    return identity


def _short_forms(
    article_text: str, named: Sequence[Mention], identity: Mapping[Mention, str], gazetteer: Gazetteer
) -> dict[Mention, str]:
    """Bodies called by their initials or by the beginning of their name, where one body alone fits."""
    bodies = [mention for mention in named if mention.label == "ORG"]
    long_forms = [mention for mention in bodies if " " in surface(mention.text)]
    joined = {}
    for mention in bodies:
        if mention.key is not None or " " in mention.text:
            continue
        owner = matching_long_form(mention.text, [m for m in long_forms if identity[m] != identity[mention]])
        outlet = outlet_of_initials(mention.text, article_text, gazetteer)
        if owner is not None:
            joined[mention] = identity[owner]
        elif outlet is not None:
            joined[mention] = f"{_LISTED}{outlet.key}"
    return joined


def _ownerless_organs(
    named: Sequence[Mention], identity: Mapping[Mention, str], lexicon: Lexicon
) -> dict[Mention, str]:
    """`Trade Ministry` as the one trade ministry that the article names with its state."""
    owned: dict[str, set[str]] = defaultdict(set)
    for mention in named:
        if mention.owner is not None:
            owned[body_form(mention.text)].add(identity[mention])
    return {
        mention: next(iter(owned[body_form(mention.text)]))
        for mention in named
        if mention.label == "ORG"
        and mention.owner is None
        and mention.key is None
        and lexicon.is_body(mention.text)
        and len(owned.get(body_form(mention.text), ())) == 1
    }


def _directions(named: Sequence[Mention], gazetteer: Gazetteer) -> dict[Mention, str]:
    """`the North` as the one listed country of the article whose name begins so."""
    countries: dict[str, set[str]] = defaultdict(set)
    for mention in named:
        entry = gazetteer.get(mention.key)
        if entry is not None and entry.type == "GPE" and " " in entry.name:
            countries[entry.name.split()[0]].add(entry.key)
    return {
        mention: f"{_LISTED}{next(iter(countries[surface(mention.text)]))}"
        for mention in named
        if mention.label in ("LOC", "GPE")
        and mention.key is None
        and surface(mention.text) in ("North", "South", "East", "West")
        and len(countries.get(surface(mention.text), ())) == 1
    }


def _describe(
    number: int,
    group: Sequence[Mention],
    entry: Entry | None,
    gazetteer: Gazetteer,
    roles: Mapping[Mention, Role],
) -> Cluster:
    if entry is not None:
        state = gazetteer.state_of(entry.key)
        affiliation = state.key if state is not None and state.type in ("GPE", "ORG") else None
        return Cluster(number, entry.name, entry.type, entry.key, affiliation)
    labels = Counter(mention.label for mention in group)
    type_ = min(labels, key=lambda label: (-labels[label], label))
    names = {shown_name(mention, gazetteer) for mention in group}
    name = min(names, key=lambda text: (-len(text.split()), -len(text), text))
    return Cluster(number, name, type_, None, _affiliation(group, roles))


def shown_name(mention: Mention, gazetteer: Gazetteer) -> str:
    """The mention's text without article; a body that was named with its state gets the state's adjective."""
    if mention.owner is None:
        return surface(mention.text)
    entry = gazetteer.lookup(mention.owner)
    owner = mention.owner if entry is None else (*entry.adjectives, entry.name)[0]
    return f"{owner} {mention.text}"


def _affiliation(group: Sequence[Mention], roles: Mapping[Mention, Role]) -> str | None:
    votes = Counter(role.affiliation for m in group if (role := roles.get(m)) is not None and role.affiliation)
    return min(votes, key=lambda name: (-votes[name], name)) if votes else None
