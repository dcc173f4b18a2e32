"""Who and what the articles speak of: persons, bodies, places, and for whom each speaks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from pipeline.report.corpus import Corpus
from pipeline.report.limits import MAX_ENTITIES, Printed, first
from pipeline.report.wording import ENTITY_TYPES

_ALIASES_SHOWN = 4
_WIKIDATA = re.compile(r"Q[1-9][0-9]{0,11}")


@dataclass(frozen=True)
class Entity:
    """An entity with its numbers in the articles at hand. ``wikidata`` is an address, or empty."""

    name: str
    kind: str
    aliases: tuple[str, ...]
    speaks_for: str
    state_media_of: str
    wikidata: str
    n_claims: int
    n_targeted: int
    n_mentions: int
    n_articles: int


def entities_of(article_ids: Collection[str], corpus: Corpus) -> Printed[Entity]:
    """Entities that the articles mention: those in most copy groups first, then most mentioned, then by name.

    Dates, numbers and the like are left out.
    """
    places: defaultdict[str, set[str]] = defaultdict(set)
    articles: Counter[str] = Counter()
    mentions: Counter[str] = Counter()
    claims: Counter[str] = Counter()
    targeted: Counter[str] = Counter()
    for article_id in sorted(article_ids):
        for entity_id, number in corpus.n_mentions()[article_id].items() if article_id in corpus.n_mentions() else ():
            places[entity_id].add(corpus.place(article_id))
            articles[entity_id] += 1
            mentions[entity_id] += number
        for claim in corpus.by("claims", "article_id")[article_id]:
            claims.update(set(claim["source_entity_ids"]))
            targeted.update(set(claim["target_entity_ids"]))
    rows = corpus.one("entities", "entity_id")
    known = [e for e in places if e in rows and rows[e]["type"] in ENTITY_TYPES]
    known.sort(key=lambda e: (-len(places[e]), -mentions[e], rows[e]["name"].casefold(), e))
    printed = first(known, MAX_ENTITIES)
    return Printed(
        tuple(_entity(e, claims[e], targeted[e], mentions[e], articles[e], corpus) for e in printed.items),
        printed.left_out,
    )


def _entity(entity_id: str, claims: int, targeted: int, mentions: int, articles: int, corpus: Corpus) -> Entity:
    row = corpus.one("entities", "entity_id")[entity_id]
    aliases = sorted({alias for alias in row["aliases"] if alias != row["name"]}, key=lambda a: (a.casefold(), a))
    actor = corpus.actor_of(entity_id)
    known = row["wikidata_id"] is not None and _WIKIDATA.fullmatch(row["wikidata_id"])
    return Entity(
        name=row["name"],
        kind=ENTITY_TYPES[row["type"]],
        aliases=tuple(aliases[:_ALIASES_SHOWN]),
        speaks_for=corpus.entity_name(actor) if actor != entity_id else "",
        state_media_of=corpus.state_media_of(entity_id),
        wikidata=f"https://www.wikidata.org/wiki/{row['wikidata_id']}" if known else "",
        n_claims=claims,
        n_targeted=targeted,
        n_mentions=mentions,
        n_articles=articles,
    )
