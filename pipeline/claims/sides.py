"""The claims of a group as conflict rules see them: of copies one only, with side, wording and names to speak of."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.claims.explanations import join_words, source_name
from pipeline.claims.propositions import Parties, Proposition, read_parties, read_proposition
from pipeline.claims.quotes import Version, read_version
from pipeline.claims.words import tokenize

_NAMED = 6  # articles or sources that a sentence names; the rest are counted


@dataclass(frozen=True)
class Member:
    """One claim, with its copy group (``place``), its article's ``uri`` and its ``side`` in the group."""

    claim: Mapping[str, Any]
    place: str
    uri: str
    side: str
    parties: Parties

    @property
    def claim_id(self) -> str:
        """Its id."""
        return str(self.claim["claim_id"])

    @property
    def actors(self) -> frozenset[str]:
        """The actors of its source."""
        return self.parties.actors(self.claim["source_entity_ids"])

    @functools.cached_property
    def version(self) -> Version:
        """Its wording; the speakers are its source entities and their actors."""
        return read_version(self.claim, frozenset(self.claim["source_entity_ids"]) | self.actors, self.place)

    @functools.cached_property
    def proposition(self) -> Proposition:
        """Its features."""
        return read_proposition(self.claim, self.parties)


@dataclass(frozen=True)
class Group:
    """A claim group: the claims that stand for all copies."""

    group_id: str
    proposition: str
    members: tuple[Member, ...]
    contested: bool

    def on(self, side: str) -> list[Member]:
        """Members on that side."""
        return [m for m in self.members if m.side == side]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What one rule finds: claim ids of both sides and one sentence."""

    type: str
    strength: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    explanation: str


def read_groups(
    claims: pa.Table,
    claim_groups: pa.Table,
    members: pa.Table,
    entities: pa.Table,
    articles: pa.Table,
    copy_groups: pa.Table,
) -> dict[str, Group]:
    """Group id -> group. Where copies carry the same words, the canonical article's claim stands for them."""
    parties = read_parties(entities)
    columns = ["claim_group_id", "proposition", "contested"]
    groups = {row["claim_group_id"]: row for row in claim_groups.select(columns).to_pylist()}
    uri = dict(zip(articles["article_id"].to_pylist(), articles["source_uri"].to_pylist(), strict=True))
    copies = {row["article_id"]: row for row in copy_groups.to_pylist()}
    side_of = dict(zip(members["claim_id"].to_pylist(), members["side"].to_pylist(), strict=True))
    group_of = dict(zip(members["claim_id"].to_pylist(), members["claim_group_id"].to_pylist(), strict=True))
    by_group: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in claims.to_pylist():
        by_group[group_of[row["claim_id"]]].append(row)
    found = {}
    for group_id, rows in sorted(by_group.items()):
        rows.sort(key=lambda r: (not copies[r["article_id"]]["is_canonical"], uri[r["article_id"]], r["claim_id"]))
        kept: dict[Any, Member] = {}
        for row in rows:
            place = copies[row["article_id"]]["copy_group_id"]
            words = tuple(token.text for token in tokenize(row["content_text"])) if len(rows) > 1 else ()
            key = (place, words, tuple(sorted(row["source_entity_ids"])), row["stance"], row["layer"])
            kept.setdefault(key, Member(row, place, uri[row["article_id"]], side_of[row["claim_id"]], parties))
        described = groups[group_id]
        found[group_id] = Group(group_id, described["proposition"], tuple(kept.values()), described["contested"])
    return found


def ids(members: Iterable[Member]) -> tuple[str, ...]:
    """Their claim ids, sorted."""
    return tuple(sorted({m.claim_id for m in members}))


def uris(members: Iterable[Member]) -> str:
    """Their articles, sorted, as `a.txt, b.txt and c.txt`; of many the first and a count."""
    return _shortened(sorted({m.uri for m in members}))


def speakers(members: Iterable[Member]) -> str:
    """Who speaks in these claims, each once, by the names of the sources."""
    return _shortened(sorted({name for m in members for name in _speaker_names(m)}))


def actors(members: Iterable[Member]) -> str:
    """Whom these claims count for, each once: a minister's state, a spokesman's company."""
    names = set()
    for member in members:
        found = {member.parties.names.get(actor, actor) for actor in member.actors}
        names.update(found or _speaker_names(member))
    return _shortened(sorted(names))


def _speaker_names(member: Member) -> set[str]:
    entities = member.claim["source_entity_ids"]
    if entities:
        return {member.parties.names.get(entity, entity) for entity in entities}
    return {source_name(member.claim, member.parties)}


def _shortened(names: list[str]) -> str:
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return join_words(names)


def verb(singular: str, plural: str, members: Iterable[Member]) -> str:
    """The form of a verb whose subject is the articles of these claims."""
    return plural if len({m.uri for m in members}) > 1 else singular


def quote(text: str, words: int = 25) -> str:
    """Words of an article between curly quotation marks, shortened after ``words`` of them."""
    parts = text.strip(" \"'“”‘’").split()
    return f"“{' '.join(parts[:words])}{' …' if len(parts) > words else ''}”"
