"""Claims by source: every actor with what it said, and the sources that could not be named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.report.addresses import Addresses
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


def claims_by_source(article_ids: Iterable[str], corpus: Corpus, addresses: Addresses) -> Sources:
    """The claims of some articles under each actor that they rest on; claims of several stand under each of them."""
    by_actor: defaultdict[str, list[Row]] = defaultdict(list)
    unnamed: list[Row] = []
    for article_id in article_ids:
        for claim in corpus.by("claims", "article_id")[article_id]:
            actors = {corpus.actor_of(entity_id) for entity_id in claim["source_entity_ids"]}
            for actor_id in actors:
                by_actor[actor_id].append(claim)
            if not actors:
                unnamed.append(claim)
    ordered = sorted(by_actor, key=lambda actor_id: (*_weight(by_actor[actor_id], corpus), actor_id))
    printed = first(ordered, MAX_SOURCES)
    return Sources(
        named=Printed(
            tuple(_source(actor_id, by_actor[actor_id], corpus, addresses) for actor_id in printed.items),
            printed.left_out,
        ),
        unnamed=_unnamed(unnamed, corpus, addresses) if unnamed else None,
    )


def _weight(claims: list[Row], corpus: Corpus) -> tuple[int, int]:
    return -len({corpus.place(claim["article_id"]) for claim in claims}), -len(claims)


def _source(actor_id: str, claims: list[Row], corpus: Corpus, addresses: Addresses) -> Source:
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
        state_media_of=corpus.state_media_of(actor_id),
        lines=first(lines_of(claims, corpus, addresses), MAX_LINES_PER_SOURCE),
    )


def _unnamed(claims: list[Row], corpus: Corpus, addresses: Addresses) -> Source:
    return Source(
        anchor="source-unnamed",
        name="Sources without a known name",
        counts=carriers(claims, corpus),
        voices="",
        state_media_of="",
        lines=first(lines_of(claims, corpus, addresses), MAX_LINES_PER_SOURCE),
    )
