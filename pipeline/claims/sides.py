"""The claims of a group as conflict rules see them: copies folded into one, with side, wording and names."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.claims.article_names import Article, name_articles
from pipeline.claims.explanations import join_words, source_name
from pipeline.claims.propositions import Parties, Proposition, read_parties, read_proposition
from pipeline.claims.quotes import Version, read_version
from pipeline.claims.words import weight

_NAMED = 6  # articles or sources that a sentence names; the rest are counted
_UNREAD = ("cue", "content_sha256", "source_start", "source_end", "addressee_entity_ids", "rule")
_MARKS = str.maketrans(dict.fromkeys("\"“”‘’'´`.,;:!?()[]{}–—-…«»/*", " "))  # they tell copies apart, not words


@dataclass(frozen=True)
class Member:
    """One claim, with its copy group (``place``), its ``article`` and its ``side`` in the group.

    ``claim`` has the columns of `claims`, and its ``words``, lower case, cut at white space and marks.
    ``copies`` are the claims of copies of the article that say the same, each with its article.
    """

    claim: Mapping[str, Any]
    place: str
    article: Article
    side: str
    parties: Parties
    copies: tuple[tuple[str, Article], ...] = ()

    @property
    def claim_id(self) -> str:
        """Its id."""
        return str(self.claim["claim_id"])

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """Its id and those of its copies."""
        return (self.claim_id, *(claim_id for claim_id, _ in self.copies))

    @property
    def is_named(self) -> bool:
        """Whether the article names its source right there, and no pronoun or order of sentences had to be read."""
        return self.claim["source_resolution"] == "named" and bool(self.claim["source_entity_ids"])

    @functools.cached_property
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

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """The words of all names of the entities that its content mentions."""
        aliases = (self.parties.aliases.get(entity, ()) for entity in self.claim["content_entity_ids"])
        return frozenset(word for forms in aliases for form in forms for word in form)


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

    @functools.cached_property
    def passed_on(self) -> frozenset[str]:
        """Ids of claims that another claim of the group stands inside."""
        return frozenset(m.claim["parent_claim_id"] for m in self.members if m.claim["parent_claim_id"] is not None)


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
    parties = read_parties(_entities_spoken_of(entities, claims))
    columns = ["claim_group_id", "proposition", "contested"]
    groups = {row["claim_group_id"]: row for row in claim_groups.select(columns).to_pylist()}
    described = read_articles(articles)
    copies = {row["article_id"]: row for row in copy_groups.to_pylist()}
    side_of = dict(zip(members["claim_id"].to_pylist(), members["side"].to_pylist(), strict=True))
    group_of = dict(zip(members["claim_id"].to_pylist(), members["claim_group_id"].to_pylist(), strict=True))
    by_group: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in claims.drop_columns(list(_UNREAD)).to_pylist():
        row["words"] = tuple(row["content_text"].translate(_MARKS).casefold().split())
        by_group[group_of[row["claim_id"]]].append(row)
    found = {}
    for group_id, rows in sorted(by_group.items()):
        rows.sort(
            key=lambda r: (not copies[r["article_id"]]["is_canonical"], described[r["article_id"]].uri, r["claim_id"])
        )
        alike: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            alike[_wording_key(row, copies[row["article_id"]]["copy_group_id"])].append(row)
        kept = tuple(
            Member(
                first,
                copies[first["article_id"]]["copy_group_id"],
                described[first["article_id"]],
                side_of[first["claim_id"]],
                parties,
                tuple((row["claim_id"], described[row["article_id"]]) for row in others),
            )
            for first, *others in alike.values()
        )
        # By content first: where only some of many are compared, no file name decides which.
        ordered = tuple(sorted(kept, key=lambda m: (m.claim["words"], m.claim["stance"], m.article.uri, m.claim_id)))
        found[group_id] = Group(group_id, groups[group_id]["proposition"], ordered, groups[group_id]["contested"])
    return found


def read_articles(articles: pa.Table) -> dict[str, Article]:
    """Article id -> what names it."""
    columns = ["article_id", "source_uri", "publisher", "title", "published_at"]
    return {row[0]: Article(*row) for row in zip(*(articles[name].to_pylist() for name in columns), strict=True)}


def _entities_spoken_of(entities: pa.Table, claims: pa.Table) -> pa.Table:
    """The rows of entities that these claims have in any role, and of the actors those speak for."""
    roles = ("source_entity_ids", "target_entity_ids", "content_entity_ids", "relayed_by")
    ids = pc.unique(pa.concat_arrays([pc.list_flatten(claims[role].combine_chunks()) for role in roles]))
    spoken_of = entities.filter(pc.is_in(entities["entity_id"], value_set=ids))
    wanted = pa.concat_arrays([ids, spoken_of["actor_id"].combine_chunks()])
    return entities.filter(pc.is_in(entities["entity_id"], value_set=pc.drop_null(pc.unique(wanted))))


def _wording_key(row: Mapping[str, Any], place: str) -> tuple[Any, ...]:
    return place, row["words"], tuple(sorted(row["source_entity_ids"])), row["stance"], row["layer"], row["in_title"]


def ids(members: Iterable[Member]) -> tuple[str, ...]:
    """The ids of their claims and of those that copies repeat, sorted."""
    return tuple(sorted({claim_id for m in members for claim_id in m.claim_ids}))


def outlets(members: Sequence[Member], among: Sequence[Member] = (), *, copies: bool = False) -> str:
    """Their articles as a reader knows them, `A, B and C`, of many the first and a count.

    No name of theirs is that of another article among ``among``; with ``copies`` the copies are named too.
    """
    every = [m.article for m in (*members, *among)]
    wanted = {m.article.article_id for m in members}
    if copies:
        every += [article for m in (*members, *among) for _, article in m.copies]
        wanted |= {article.article_id for m in members for _, article in m.copies}
    names = name_articles(every)
    return _shortened(sorted(names[article_id] for article_id in wanted))


def speakers(members: Iterable[Member]) -> str:
    """Who speaks in these claims, each once, by the names of the sources."""
    return _shortened(sorted({name for m in members for name in _speaker_names(m)}))


def actors(members: Iterable[Member]) -> str:
    """Whom these claims count for, each once: a minister's state, a spokesman's company.

    Who is named nowhere is told by the article's words, unless these are a pronoun and somebody else is known.
    """
    known: set[str] = set()
    unlinked: set[str] = set()
    vague = False
    for member in members:
        if member.actors:
            known.update(member.parties.names.get(actor, actor) for actor in member.actors)
        elif member.claim["source_resolution"] == "named" and not member.claim["in_title"]:
            unlinked.add(source_name(member.claim, member.parties))
        else:
            vague = True
    return _shortened(sorted(known | unlinked) or (["an unnamed source"] if vague else []))


def _speaker_names(member: Member) -> set[str]:
    entities = member.claim["source_entity_ids"]
    if entities:
        return {member.parties.names.get(entity, entity) for entity in entities}
    return {source_name(member.claim, member.parties)}


def _shortened(names: list[str]) -> str:
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return join_words(names)


def verb(singular: str, plural: str, members: Iterable[Member], *, copies: bool = False) -> str:
    """The form of a verb whose subject is the articles of these claims."""
    several = {article.uri for m in members for article in (m.article, *(a for _, a in (m.copies if copies else ())))}
    return plural if len(several) > 1 else singular


def quote(text: str, words: int = 25) -> str:
    """Words of an article between curly quotation marks, shortened after ``words`` of them."""
    parts = text.strip(" \"'“”‘’").split()
    return f"“{' '.join(parts[:words])}{' …' if len(parts) > words else ''}”"


def is_alike_in_name(one: Member, two: Member) -> bool:
    """Whether two sources share a word of their names, or one name is the other's initials: perhaps they are one."""
    return bool(name_words(one) & name_words(two))


def name_words(member: Member) -> frozenset[str]:
    """The telling words of all names of a claim's source, and the initials of each name."""
    return entity_words(member.claim["source_entity_ids"], member.parties)


def entity_words(entity_ids: Iterable[str], parties: Parties) -> frozenset[str]:
    """The telling words of all names of these entities, and the initials of each name."""
    found: set[str] = set()
    for entity in entity_ids:
        for alias in parties.aliases.get(entity, frozenset()):
            telling = [word for word in alias if weight(word) > 0]
            found.update(telling)
            found.add("".join(word[0] for word in telling))
    return frozenset(found - {""})


def is_person(member: Member) -> bool:
    """Whether a person is among the entities of its source."""
    return "PERSON" in {member.parties.types.get(entity) for entity in member.claim["source_entity_ids"]}
