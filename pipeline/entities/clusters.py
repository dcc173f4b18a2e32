"""Which mentions of one article name the same thing: clusters, their fullest names, types and affiliations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.entities.abbreviations import LongForms, find_introductions, outlets_by_initials
from pipeline.entities.lexicon import Lexicon
from pipeline.entities.names import (
    body_form,
    is_demonym_form,
    is_full_name,
    merge_full_names,
    names_by_part,
    person_tokens,
    place_stem,
    single_name_owner,
)
from pipeline.entities.roles import Role
from pipeline.entities.spans import Mention, surface
from pipeline.gazetteer import Gazetteer

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
    identity = _identities(article_text, named, gazetteer, lexicon, roles)
    members: dict[str, list[Mention]] = defaultdict(list)
    for mention in named:
        members[identity[mention]].append(mention)
    names = {name: _fullest_name(group, gazetteer, lexicon) for name, group in members.items()}
    clusters: dict[Mention, Cluster] = {}
    for number, (name, group) in enumerate(members.items()):
        entry = gazetteer.get(_listed_key(name))
        if entry is not None:
            state = gazetteer.state_of(entry.key)
            speaks_for = state.key if state is not None and state.type in ("GPE", "ORG") else None
            cluster = Cluster(number, entry.name, entry.type, entry.key, speaks_for)
        else:
            votes = Counter(
                affiliation
                for mention in (*group, *members.get(name.removeprefix(_GOVERNMENT), ()))
                if (role := roles.get(mention)) is not None
                and (affiliation := _affiliation(role, identity, names, gazetteer)) is not None
            )
            speaks_for = min(votes, key=lambda key: (-votes[key], key), default=None)
            cluster = Cluster(number, names[name], _majority_type(group), None, speaks_for)
        clusters.update(dict.fromkeys(group, cluster))
    return clusters


def _listed_key(identity: str) -> str | None:
    return identity.removeprefix(_LISTED) if identity.startswith(_LISTED) else None


def _affiliation(
    role: Role, identity: Mapping[Mention, str], names: Mapping[str, str], gazetteer: Gazetteer
) -> str | None:
    """The role's affiliation; where it is an unlisted body's name, the fullest name that the article gives the body."""
    body = role.body
    if body is None or body not in identity or role.affiliation != body_form(body.full_text):
        return role.affiliation
    state = gazetteer.state_of(_listed_key(identity[body]))
    return state.key if state is not None else body_form(names[identity[body]])


_LISTED, _GOVERNMENT = "listed ", "government of "


def _identities(
    article_text: str,
    named: Sequence[Mention],
    gazetteer: Gazetteer,
    lexicon: Lexicon,
    roles: Mapping[Mention, Role],
) -> dict[Mention, str]:
    """What each mention is, as a word that two mentions share exactly when they name one thing."""
    identity = {mention: _plain_identity(mention, gazetteer, lexicon) for mention in named}
    identity |= _person_identities([m for m in named if m.label == "PERSON" and m.key is None], lexicon)
    governments = {m: _government(m, identity, gazetteer, roles) for m in named if m.government is not None}
    introduced = find_introductions(article_text, named, gazetteer)
    for mention in named:
        if mention.text in introduced:
            identity[mention] = identity[introduced[mention.text]]
    identity |= _short_forms(article_text, named, identity, gazetteer)
    identity |= _ownerless_organs(named, identity, lexicon)
    identity |= _demonyms(named, identity)
    return identity | _directions(named, gazetteer) | governments


def _government(
    mention: Mention, identity: Mapping[Mention, str], gazetteer: Gazetteer, roles: Mapping[Mention, Role]
) -> str:
    """A government called after a person: the listed one, unless the article has the person of another state."""
    entry = gazetteer.lookup(f"{surface(mention.text).split()[-1]} {mention.government}")
    given = {roles[m].affiliation for m, person in identity.items() if person == identity[mention] and m in roles}
    if entry is not None and given <= {None, entry.stands_for}:
        return f"{_LISTED}{entry.key}"
    return f"{_GOVERNMENT}{identity[mention]}"


def _plain_identity(mention: Mention, gazetteer: Gazetteer, lexicon: Lexicon) -> str:
    if mention.key is not None:
        return f"{_LISTED}{mention.key}"
    return f"{_GROUPS.get(mention.label, mention.label)} {body_form(shown_name(mention, gazetteer, lexicon))}"


def _person_identities(persons: Iterable[Mention], lexicon: Lexicon) -> dict[Mention, str]:
    tokens = {mention: person_tokens(mention.text, lexicon) for mention in persons}
    full = merge_full_names({name for name in tokens.values() if is_full_name(name)})
    by_part = names_by_part(full.values())
    identity = {}
    for mention, name in tokens.items():
        owner = full.get(name) or single_name_owner(name, by_part)
        identity[mention] = f"person {' '.join(owner or name)}"
    return identity


def _short_forms(
    article_text: str, named: Sequence[Mention], identity: Mapping[Mention, str], gazetteer: Gazetteer
) -> dict[Mention, str]:
    """Bodies called by initials or by one word of their name, where one body of the article alone fits.

    Initials may also be those of an outlet that stands anywhere in the text, furniture included.
    """
    bodies = [mention for mention in named if mention.label == "ORG"]
    long_forms = LongForms(bodies, gazetteer)
    open_forms = [m for m in bodies if m.key is None and " " not in surface(m.text)]
    outlets = outlets_by_initials(article_text, gazetteer) if any(m.text.isupper() for m in open_forms) else {}
    joined = {}
    for mention in open_forms:
        short = surface(mention.text)
        owner = long_forms.of(short)
        if owner is not None:
            joined[mention] = identity[owner]
        elif short in outlets:
            joined[mention] = f"{_LISTED}{outlets[short].key}"
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


def _demonyms(named: Sequence[Mention], identity: Mapping[Mention, str]) -> dict[Mention, str]:
    """An unlisted people as the one unlisted place of the article that it is named after."""
    places: dict[str, set[str]] = defaultdict(set)
    for mention in named:
        stem = place_stem(mention.text) if mention.label == "GPE" and mention.key is None else None
        if stem is not None and not is_demonym_form(mention.text):
            places[stem].add(identity[mention])
    return {
        mention: next(iter(places[stem]))
        for mention in named
        if (mention.label == "NORP" or (mention.label in ("GPE", "ORG") and is_demonym_form(mention.text)))
        and mention.key is None
        and (stem := place_stem(mention.text)) is not None
        and len(places.get(stem, ())) == 1
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


def _majority_type(group: Sequence[Mention]) -> str:
    """The label of most mentions, the first in the alphabet of several; a people is of its place's type."""
    labels = Counter("ORG" if mention.government else mention.label for mention in group)
    return "GPE" if "GPE" in labels else min(labels, key=lambda label: (-labels[label], label))


def _fullest_name(group: Sequence[Mention], gazetteer: Gazetteer, lexicon: Lexicon) -> str:
    """The name with most words, then most letters; of a place and its people the place's."""
    type_ = _majority_type(group)
    names = {
        shown_name(mention, gazetteer, lexicon) for mention in group if mention.label == type_ or mention.government
    }
    places = {name for name in names if not is_demonym_form(name)} if type_ == "GPE" else names
    return min(places or names, key=lambda text: (-len(text.split()), -len(text), text))


def shown_name(mention: Mention, gazetteer: Gazetteer, lexicon: Lexicon) -> str:
    """The mention's text without article; an organ that was named with its state gets the state's adjective.

    A government called after a person gets the word for it.
    """
    if mention.government is not None:
        return f"{surface(mention.text)} {mention.government.lower()}"
    if mention.owner is None:
        return surface(mention.text)
    if not lexicon.is_state_organ(mention.text):
        return mention.full_text
    entry = gazetteer.lookup(mention.owner)
    owner = mention.owner if entry is None else (*entry.adjectives, entry.name)[0]
    return f"{owner} {mention.text}"
