"""An invented newsroom: articles, sources and claims in a line each, as the tables that claim matching reads."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest

from pipeline.claims.conflicts import find_conflicts
from pipeline.claims.grouping import group_claims
from pipeline.claims.quotes import compare_quotes
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, CLAIMS, COPY_GROUPS, ENTITIES, ORIGINS, row_id

_QUOTED = re.compile(r"“([^”]*)”|\"([^\"]*)\"")
NOTHING: tuple[str, ...] = ()


@dataclass
class Newsroom:
    """Builds tables. Entities are known by name; names in contents are found by the entities' aliases."""

    entities: dict[str, dict[str, Any]] = field(default_factory=dict)
    articles: dict[str, dict[str, Any]] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    claims: list[dict[str, Any]] = field(default_factory=list)
    origins: list[dict[str, Any]] = field(default_factory=list)

    def entity(self, name: str, *aliases: str, actor: str | None = None, kind: str = "GPE") -> None:
        key = row_id("entity", name)
        self.entities[name] = {
            "entity_id": key,
            "name": name,
            "type": kind,
            "aliases": sorted({name, *aliases}),
            "actor_id": row_id("entity", actor) if actor else (None if kind == "PERSON" else key),
            "n_mentions": 1,
            "n_articles": 1,
            "n_copy_groups": 1,
        }

    def article(
        self,
        uri: str,
        *,
        copy_of: str | None = None,
        published: datetime.datetime | None = None,
        credits: Iterable[str] = (),  # noqa: A002 - the word for what an article credits
        publisher: str | None = None,
    ) -> None:
        self.articles[uri] = {
            "article_id": row_id(uri),
            "source_uri": uri,
            "source_file": uri,
            "content_sha256": "0",
            "article_digest": "0",
            "format": "txt",
            "text": "",
            "n_words": 0,
            "status": "tagged",
            "published_at": published,
        }
        self.copies[uri] = self.copies[copy_of] if copy_of else uri
        for origin in credits:
            self.origins.append({"article_id": row_id(uri), "origin": origin, "evidence": "credit_line"})
        if publisher:
            self.origins.append({"article_id": row_id(uri), "origin": publisher, "evidence": "publisher"})

    def claim(
        self,
        uri: str,
        source: str | Iterable[str],
        content: str,
        stance: str = "assert",
        *,
        targets: Iterable[str] = (),
        refers_to: str | None = None,
        parent: str | None = None,
        relayed_by: Iterable[str] = (),
        source_text: str | None = "as written",
        **columns: Any,
    ) -> str:
        """Add a claim and return its id. Quotation marks in the content make its quoted spans; " … " parts pieces."""
        if uri not in self.articles:
            self.article(uri)
        sources = [source] if isinstance(source, str) else list(source)
        start = 400 * len(self.claims)
        pieces, at = [], 0
        for text in content.split(" … "):
            pieces.append({"text": text, "start": start + at, "end": start + at + len(text)})
            at += len(text) + len(" … ")
        claim_id = row_id(row_id(uri), content, stance, *sources, str(columns.get("layer", 0)))
        mentions = [(start + first, start + last, name) for (first, last), name in self._mentions(content)]
        spans = [m.span(1 if m.group(1) is not None else 2) for m in _QUOTED.finditer(content)]
        self.claims.append(
            {
                "claim_id": claim_id,
                "article_id": row_id(uri),
                "content_sha256": "0",
                "layer": 1 if parent else 0,
                "parent_claim_id": parent,
                "relayed_by": [row_id("entity", name) for name in relayed_by],
                "source_text": source_text,
                "source_resolution": "named",
                "source_anonymous": False,
                "source_entity_ids": [row_id("entity", name) for name in sources if name],
                "cue": [],
                "cue_lemma": "say",
                "content": pieces,
                "content_text": content,
                "quoted_spans": [{"start": start + a, "end": start + b} for a, b in spans],
                "quote_type": "mixed" if spans else "indirect",
                "content_entity_starts": [first for first, _, _ in mentions],
                "content_entity_ends": [last for _, last, _ in mentions],
                "content_entity_ids": [row_id("entity", name) for _, _, name in mentions],
                "stance": stance,
                "negated": False,
                "target_entity_ids": [row_id("entity", name) for name in targets],
                "addressee_entity_ids": [],
                "refers_to": refers_to,
                "in_title": False,
                "confidence": 1.0,
                "rule": "test",
                **columns,
            }
        )
        return claim_id

    def _mentions(self, content: str) -> list[tuple[tuple[int, int], str]]:
        aliases = sorted(
            ((alias, name) for name, row in self.entities.items() for alias in row["aliases"]), key=lambda a: -len(a[0])
        )
        found: dict[tuple[int, int], str] = {}
        taken: set[int] = set()
        for alias, name in aliases:
            for match in re.finditer(rf"\b{re.escape(alias)}\b", content):
                if match.start() not in taken:
                    found[match.span()] = name
                    taken.update(range(match.start(), match.end()))
        return sorted(found.items())

    def tables(self) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table, pa.Table]:
        """Claims, entities, articles, copy groups, origins."""
        sizes = {group: sum(g == group for g in self.copies.values()) for group in self.copies.values()}
        copies = [
            {
                "article_id": row_id(uri),
                "copy_group_id": row_id("copies", group),
                "is_canonical": uri == group,
                "n_articles": sizes[group],
            }
            for uri, group in self.copies.items()
        ]
        return (
            CLAIMS.from_rows(self.claims),
            ENTITIES.from_rows(list(self.entities.values())),
            ARTICLES.from_rows(list(self.articles.values())),
            COPY_GROUPS.from_rows(copies),
            ORIGINS.from_rows(self.origins),
        )

    def match(self) -> Matched:
        """Group, compare and confront the claims."""
        claims, entities, articles, copies, origins = self.tables()
        settings = Settings()
        groups, members = group_claims(claims, entities, articles, copies, origins, settings)
        variants = compare_quotes(claims, members, settings, entities=entities, copy_groups=copies)
        conflicts = find_conflicts(claims, groups, members, variants, entities, articles, copies, settings)
        names = {row["entity_id"]: name for name, row in self.entities.items()}
        return Matched(groups.to_pylist(), members.to_pylist(), variants.to_pylist(), conflicts.to_pylist(), names)


@dataclass
class Matched:
    """What matching gave, with readers for tests."""

    groups: list[dict[str, Any]]
    members: list[dict[str, Any]]
    variants: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]
    names: dict[str, str]

    def member(self, claim_id: str) -> dict[str, Any]:
        return next(row for row in self.members if row["claim_id"] == claim_id)

    def group(self, claim_id: str) -> dict[str, Any]:
        group_id = self.member(claim_id)["claim_group_id"]
        return next(row for row in self.groups if row["claim_group_id"] == group_id)

    def together(self, *claim_ids: str) -> bool:
        return len({self.member(claim_id)["claim_group_id"] for claim_id in claim_ids}) == 1

    def asserting(self, claim_id: str) -> set[str]:
        return {self.names[actor] for actor in self.group(claim_id)["asserting_actor_ids"]}

    def denying(self, claim_id: str) -> set[str]:
        return {self.names[actor] for actor in self.group(claim_id)["denying_actor_ids"]}

    def counts(self, claim_id: str) -> tuple[int, int]:
        group = self.group(claim_id)
        return group["n_independent_asserting"], group["n_independent_denying"]

    def found(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self.conflicts if row["type"] == kind]


def _open_newsroom() -> Newsroom:
    room = Newsroom()
    room.entity("Norland", "Norlandic", "Norhaven")
    room.entity("Vessia", "Vessian")
    room.entity("Ostmark")
    room.entity("Council", "the Council", kind="ORG")
    room.entity("Mira Tolvanen", "Tolvanen", actor="Norland", kind="PERSON")
    room.entity("Pavel Dressen", "Dressen", actor="Vessia", kind="PERSON")
    room.entity("Ada Quill", "Quill", kind="PERSON")
    room.entity("Harbour Wire", kind="ORG")
    return room


@pytest.fixture
def newsroom() -> Newsroom:
    """Norland and Vessia at odds, Ostmark and the Council looking on, and people who speak for them."""
    return _open_newsroom()


@pytest.fixture(scope="session")
def open_newsroom() -> Callable[[], Newsroom]:
    """A new newsroom for every example of a property test."""
    return _open_newsroom
