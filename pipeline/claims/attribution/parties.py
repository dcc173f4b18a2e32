"""Who the parties of an attribution are: entity clusters of source, target, addressee and relay."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.tokens import Token

from pipeline.claims.attribution.cast import PARTY_TYPES, Cast
from pipeline.claims.attribution.coreference import Antecedents, Resolved
from pipeline.claims.attribution.found import Found, Span
from pipeline.claims.attribution.layers import Layered
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.quotations import Quotation
from pipeline.claims.attribution.quoting import QuotationIndex

_TARGETED = frozenset(["accuse", "praise", "criticize", "characterize"])
_RELAY_LEADS = frozenset(["with", "to", "on", "for", "by", "in", "from"])


@dataclass(frozen=True)
class Parties:
    """Clusters of the parties, sorted and unique, and how the source was found.

    ``inside`` are (start, end, cluster) of the mentions in the content, in text order.
    """

    source: list[int]
    targets: list[int]
    addressees: list[int]
    relays: list[int]
    inside: list[tuple[int, int, int]]
    resolution: str
    anonymous: bool


def describe_parties(
    text: str,
    layered: Sequence[Layered],
    mentions: Sequence[Mapping[str, Any]],
    quotations: Sequence[Quotation],
    stances: Sequence[str],
) -> list[Parties]:
    """The parties of each attribution, in the order given (text order)."""
    cast = Cast(text, mentions, load_nominals())
    resolved = _resolve_sources(text, layered, cast, quotations)
    told = _told_media(cast, layered)
    taken = sorted({item.found.source for item in layered if item.found.source is not None})
    parties: list[Parties] = []
    for i, item in enumerate(layered):
        found, source = item.found, resolved[i]
        addressees = _clusters_of(cast, found.addressee, found)
        parties.append(
            Parties(
                source=sorted(set(source.clusters)),
                targets=_targets(cast, found, stances[i]),
                addressees=addressees,
                relays=_relays(text, cast, layered, resolved, i, addressees, told, taken),
                inside=_inside(cast, found.content),
                resolution="inherited" if found.inherits else source.resolution,
                anonymous=source.anonymous,
            )
        )
    return parties


def _resolve_sources(
    text: str, layered: Sequence[Layered], cast: Cast, quotations: Sequence[Quotation]
) -> list[Resolved]:
    antecedents = Antecedents(text, cast, QuotationIndex(quotations))
    resolved: list[Resolved] = []
    by_source: dict[Span, Resolved] = {}
    for item in layered:
        found = item.found
        if found.source is None or found.source_token is None:
            resolved.append(Resolved((), "implicit", False))
            continue
        known = by_source.get(found.source)
        if known is None:
            first = max(0, len(resolved) - 8)
            earlier = [(layered[j].found, resolved[j]) for j in range(first, len(resolved))]
            known = antecedents.resolve(found, found.doc_start, earlier)
            by_source[found.source] = known
        resolved.append(known)
        if item.parent is None:
            antecedents.remember(found.source[0], known)
    return resolved


def _clusters_of(cast: Cast, head: Token | None, found: Found) -> list[int]:
    if head is None:
        return []
    start = found.doc_start + head.left_edge.idx
    end = found.doc_start + head.right_edge.idx + len(head.right_edge.text)
    return sorted(set(cast.named(head, found.doc_start, (start, end)).clusters))


def _targets(cast: Cast, found: Found, stance: str) -> list[int]:
    """Those accused, praised, criticized or described: the object, or the subject of the content clause."""
    if stance not in _TARGETED:
        return []
    head = found.target
    if head is None and found.content_token is not None and found.frame in ("clause", "question"):
        head = next((c for c in found.content_token.children if c.dep_ in ("nsubj", "nsubjpass")), None)
    if head is None:
        return []
    clusters = _clusters_of(cast, head, found)
    return clusters if clusters else _possessor(cast, head, found)


def _possessor(cast: Cast, head: Token, found: Found) -> list[int]:
    owner = next((c for c in head.children if c.dep_ == "poss"), None)
    return _clusters_of(cast, owner, found) if owner is not None else []


def _told_media(cast: Cast, layered: Sequence[Layered]) -> frozenset[int]:
    """Clusters that pass claims on: listed media, and unlisted organisations that somebody "told" something."""
    unlisted = {m.cluster for m in cast.mentions if m.type == "ORG" and not m.gazetteer_id}
    told = {
        cluster
        for item in layered
        if item.found.cue_lemma == "tell"
        for cluster in _clusters_of(cast, item.found.addressee, item.found)
    }
    return cast.outlets | (told & unlisted)


def _relays(
    text: str,
    cast: Cast,
    layered: Sequence[Layered],
    resolved: Sequence[Resolved],
    i: int,
    addressees: Sequence[int],
    media: frozenset[int],
    taken: Sequence[Span],
) -> list[int]:
    """Those who pass a claim on: the medium spoken to or of an interview, and the source of the claim around it."""
    found, own = layered[i].found, set(resolved[i].clusters)
    relays = {cluster for cluster in addressees if cluster in media}
    parent = layered[i].parent
    seen = set()
    while parent is not None and parent not in seen:
        seen.add(parent)
        relays.update(resolved[parent].clusters)
        parent = layered[parent].parent
    if layered[i].parent is None:
        relays.update(_media_beside(text, cast, found, media, taken))
    return sorted(relays - own)


def _media_beside(text: str, cast: Cast, found: Found, media: frozenset[int], taken: Sequence[Span]) -> set[int]:
    """Media named behind a preposition in the cue's sentence: "in an interview with the Gazette", "on Radio Vess"."""
    beside: set[int] = set()
    if found.source_token is None or not found.cue:
        return beside
    sentence = found.source_token.sent
    start, end = found.doc_start + sentence.start_char, found.doc_start + sentence.end_char
    if not start <= found.cue_at < end:
        return beside
    for mention in cast.within(start, end):
        if mention.cluster not in media or _covers(found, mention.start):
            continue
        at = bisect.bisect_right(taken, (mention.start, 1 << 60)) - 1
        if at >= 0 and taken[at][0] <= mention.start < taken[at][1]:
            continue
        lead = text[max(start, mention.start - 12) : mention.start].lower().split()
        if set(lead[-2:]) & _RELAY_LEADS:
            beside.add(mention.cluster)
    return beside


def _covers(found: Found, position: int) -> bool:
    spans = [*found.content, *([found.source] if found.source else [])]
    return any(start <= position < end for start, end in spans)


def _inside(cast: Cast, content: Sequence[Span]) -> list[tuple[int, int, int]]:
    found = (m for start, end in content for m in cast.within(start, end))
    return sorted({(m.start, m.end, m.cluster) for m in found if m.type in PARTY_TYPES})
