"""Claims by source: every actor with what it said, and the sources that could not be named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pipeline.report.anchors import anchor
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import MAX_LINES_PER_SOURCE, MAX_SOURCES, Printed, first
from pipeline.report.lines import Line, carriers, lines_of

_VOICES_SHOWN = 6


@dataclass(frozen=True)
class Source:
    """An actor: ``voices`` are the persons and bodies that speak for it in the claims below."""

    anchor: str
    name: str
    counts: str
    voices: str
    state_media_of: str
    lines: Printed[Line]


@dataclass(frozen=True)
class Sources:
    """Actors, those carried by most copy groups first, and the claims of sources without an entity."""

    named: Printed[Source]
    unnamed: Source | None


def claims_by_source(corpus: Corpus) -> Sources:
    """Every claim under each actor that it rests on; claims of several sources stand under each of them."""
    by_actor: defaultdict[str, list[Row]] = defaultdict(list)
    unnamed: list[Row] = []
    for claim in corpus.rows("claims"):
        actors = {corpus.actor_of(entity_id) for entity_id in claim["source_entity_ids"]}
        for actor_id in actors:
            by_actor[actor_id].append(claim)
        if not actors:
            unnamed.append(claim)
    ordered = sorted(by_actor, key=lambda actor_id: (*_weight(by_actor[actor_id], corpus), actor_id))
    printed = first(ordered, MAX_SOURCES)
    return Sources(
        named=Printed(
            tuple(_source(actor_id, by_actor[actor_id], corpus) for actor_id in printed.items), printed.left_out
        ),
        unnamed=_unnamed(unnamed, corpus) if unnamed else None,
    )


def _weight(claims: list[Row], corpus: Corpus) -> tuple[int, int]:
    groups = corpus.one("copy_groups", "article_id")
    articles = {claim["article_id"] for claim in claims}
    copy_groups = {groups[article]["copy_group_id"] if article in groups else article for article in articles}
    return -len(copy_groups), -len(claims)


def _source(actor_id: str, claims: list[Row], corpus: Corpus) -> Source:
    speakers = {
        entity_id
        for claim in claims
        for entity_id in claim["source_entity_ids"]
        if corpus.actor_of(entity_id) == actor_id and entity_id != actor_id
    }
    voices = sorted(corpus.entity_names(sorted(speakers)), key=lambda name: (name.casefold(), name))
    more = len(voices) - _VOICES_SHOWN
    return Source(
        anchor=anchor("source", actor_id),
        name=corpus.entity_name(actor_id),
        counts=carriers(claims, corpus),
        voices=", ".join(voices[:_VOICES_SHOWN]) + (f" and {more} more" if more > 0 else ""),
        state_media_of=corpus.state_media_of(actor_id) or "",
        lines=first(lines_of(claims, corpus), MAX_LINES_PER_SOURCE),
    )


def _unnamed(claims: list[Row], corpus: Corpus) -> Source:
    return Source(
        anchor="source-unnamed",
        name="Sources without a known name",
        counts=carriers(claims, corpus),
        voices="",
        state_media_of="",
        lines=first(lines_of(claims, corpus), MAX_LINES_PER_SOURCE),
    )
