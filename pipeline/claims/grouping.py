"""Claims that propose the same, gathered into groups, each described: proposition, sources on either side, counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.claims.explanations import explain_match
from pipeline.claims.features import read_features
from pipeline.claims.forms import entity_names
from pipeline.claims.independence import (
    Publication,
    Standing,
    count_sources,
    n_components,
    read_publication,
    read_standings,
)
from pipeline.claims.matching import match_claims
from pipeline.claims.propositions import Parties, read_parties
from pipeline.claims.versions import word_tables_digest
from pipeline.settings import Settings
from pipeline.tables import CLAIM_GROUP_MEMBERS, CLAIM_GROUPS

CODE_VERSION = "3"
_SENTENCE = range(5, 41)  # words of a proposition that reads well
_CLAIMS = 8192  # claims held as Python values at a time
_MATCH = ("claim_id", "claim_group_id", "how", "other", "score", "utterance", "act", "run", "corrected_by", "note")
_EXPLAINED = ("claim_id", "terms", "term_weights", "shown", "speakers", "actors", "parties")
DESCRIBED = (
    "claim_id",
    "article_id",
    "parent_claim_id",
    "refers_to",
    "relayed_by",
    "source_text",
    "source_resolution",
    "source_anonymous",
    "source_entity_ids",
    "content",
    "content_text",
    "quoted_spans",
    "content_entity_starts",
    "content_entity_ids",
    "stance",
    "negated",
    "in_title",
)


def group_claims(
    claims: pa.Table,
    entities: pa.Table,
    articles: pa.Table,
    copy_groups: pa.Table,
    origins: pa.Table,
    settings: Settings,  # noqa: ARG001 - no setting bears on grouping yet
) -> tuple[pa.Table, pa.Table]:
    """The tables `claim_groups` and `claim_group_members`: every claim is in exactly one group.

    Similarity is a function of two claims alone, never of the corpus, so an article moves no group it has no claim in
    or beside. A denial that points to a claim joins that claim's group, an outer claim that of the claim inside it.
    The three steps are also taken one by one: `read_features` for each article, `match_claims`, `describe_groups`.
    """
    parties = read_parties(entities)
    features = read_features(claims, parties)
    matches = match_claims(features, claims, articles, copy_groups).matches
    publication = read_publication(articles, copy_groups, origins, parties)
    return describe_groups(matches, claims, features, parties, publication)


def describe_groups(
    matches: pa.Table, claims: pa.Table, features: pa.Table, parties: Parties, publication: Publication
) -> tuple[pa.Table, pa.Table]:
    """Rows of `claim_groups` and `claim_group_members` for whole groups of `claim_matches`.

    ``claims`` and ``features`` hold their claims, and may hold others; ``publication`` knows their articles.
    """
    names = entity_names(parties.names)
    groups, members = [CLAIM_GROUPS.schema.empty_table()], [CLAIM_GROUP_MEMBERS.schema.empty_table()]
    ordered = matches.select(_MATCH).sort_by([("claim_group_id", "ascending"), ("claim_id", "ascending")])
    claim_at, feature_at, other_at = (
        pc.index_in(ordered[name], table["claim_id"].combine_chunks())
        for name, table in (("claim_id", claims), ("claim_id", features), ("other", features))
    )
    for first, last in _portions(ordered["claim_group_id"].combine_chunks()):
        portion = ordered.slice(first, last - first)
        described: dict[str, list[Any]] = {name: [] for name in CLAIM_GROUPS.schema.names}
        listed: dict[str, list[Any]] = {name: [] for name in CLAIM_GROUP_MEMBERS.schema.names}
        by_id = {row["claim_id"]: row for row in _rows_of(claims, DESCRIBED, claim_at[first:last])}
        like = pc.equal(portion["how"], "like")
        compared = [at[first:last].filter(like) for at in (feature_at, other_at)]
        explained = pc.unique(pa.chunked_array([chunk for at in compared for chunk in at.chunks], pa.int32()))
        known = {row["claim_id"]: row for row in _rows_of(features, _EXPLAINED, explained)}
        for group_id, found in _by_group(portion.to_pylist()):
            here = [by_id[match["claim_id"]] for match in found]
            standings = read_standings(here, parties, publication)
            if found[0]["how"] == "rejected":  # it stands alone, on no side
                standings = {here[0]["claim_id"]: Standing("silent", folded=found[0]["note"])}
            for name, value in _describe(here, standings, publication).items():
                described[name].append(value)
            described["claim_group_id"].append(group_id)
            for match in found:
                claim_id = match["claim_id"]
                reason = _reason(match, by_id, known, names)
                for name, value in _membership(reason, standings[claim_id]).items():
                    listed[name].append(value)
                listed["corrected_by"].append(match["corrected_by"])
                if match["how"] == "rejected":
                    listed["not_counted"][-1] = match["note"]
                listed["claim_id"].append(claim_id)
                listed["claim_group_id"].append(group_id)
        groups.append(pa.table(described, schema=CLAIM_GROUPS.schema))
        members.append(pa.table(listed, schema=CLAIM_GROUP_MEMBERS.schema))
    return pa.concat_tables(groups), pa.concat_tables(members)


def _portions(groups: pa.Array) -> Iterator[tuple[int, int]]:
    """Ranges of about `_CLAIMS` rows that part no group, of rows sorted by group."""
    if not len(groups):
        return
    ends = np.flatnonzero(pc.not_equal(groups[1:], groups[:-1]).to_numpy(zero_copy_only=False)) + 1
    first = 0
    while first < len(groups):
        after = ends[np.searchsorted(ends, first + _CLAIMS) :]
        last = int(after[0]) if len(after) else len(groups)
        yield first, last
        first = last


def _rows_of(table: pa.Table, columns: Sequence[str], places: pa.ChunkedArray | pa.Array) -> list[dict[str, Any]]:
    """The rows at these places, as dicts."""
    found = table.select(columns).take(places)
    values = [found[name].to_pylist() for name in columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


def _by_group(matches: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    gathered: dict[str, list[Mapping[str, Any]]] = {}
    for match in matches:
        gathered.setdefault(match["claim_group_id"], []).append(match)
    yield from gathered.items()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a claim is in its group: similarity to its nearest member, whether it repeats an utterance, and words."""

    score: float
    variant: bool
    evidence: str


def _reason(
    match: Mapping[str, Any],
    claims: Mapping[str, Mapping[str, Any]],
    features: Mapping[str, Mapping[str, Any]],
    names: Mapping[int, str],
) -> Reason:
    how, claim_id, other = match["how"], match["claim_id"], match["other"]
    if how == "like":
        pair = features[claim_id], features[other]
        evidence = explain_match(match, claims[claim_id], claims[other], pair, names)
    elif how == "points":
        evidence = f"points to the claim that “{_short(claims[other]['content_text'])}”"
    else:
        evidence = match["note"] or _PLAIN_REASONS[how] if how in ("joined", "rejected") else _PLAIN_REASONS[how]
    return Reason(match["score"], match["utterance"], evidence)


_PLAIN_REASONS = {
    "alone": "alone in its group",
    "copy": "the same words in a copy of the article",
    "repeat": "the same words of the same source in another article",
    "passes": "passes on the claim inside it",
    "followed": "another claim points to it or passes it on",
    "joined": "joined with it by a user's correction",
}


def _short(text: str, words: int = 20) -> str:
    parts = text.split()
    return " ".join(parts[:words]) + (" …" if len(parts) > words else "")


def _membership(reason: Reason, standing: Standing) -> dict[str, Any]:
    """The columns of `claim_group_members` for one claim, but its ids."""
    relation = "variant" if reason.variant else "same"
    if standing.side == "denies":
        relation = "denies"
    counted = standing.side != "silent"
    return {
        "relation": relation,
        "score": reason.score,
        "evidence": reason.evidence,
        "side": standing.side,
        "counted_actor_ids": sorted(standing.actors) if counted else [],
        "not_counted": standing.folded or (None if counted else "takes no side"),
    }


def _describe(
    claims: Sequence[Mapping[str, Any]], standings: Mapping[str, Standing], publication: Publication
) -> dict[str, Any]:
    """The columns of `claim_groups` for the claims of one group, but its id."""
    places = {publication.copy_group[claim["article_id"]] for claim in claims}
    articles = {claim["article_id"] for claim in claims}
    counts = count_sources(list(standings.values()))
    times = [publication.published_at[article] for article in articles]
    return {
        "proposition": _clearest(claims),
        "n_claims": len(claims),
        "n_articles": len(articles),
        "n_copy_groups": len(places),
        "n_origins": n_components(publication.origins[place] for place in places),
        "asserting_actor_ids": list(counts.asserting),
        "denying_actor_ids": list(counts.denying),
        "n_independent_asserting": counts.n_asserting,
        "n_independent_denying": counts.n_denying,
        "contested": counts.contested,
        "first_published_at": min((time for time in times if time is not None), default=None),
    }


def _clearest(claims: Sequence[Mapping[str, Any]]) -> str:
    """The content that reads best alone: affirmed, beginning with a name, naming its parties, one short sentence."""
    outer = {claim["parent_claim_id"] for claim in claims}

    def unclear(claim: Mapping[str, Any]) -> tuple[Any, ...]:
        text = without_that(claim["content_text"])
        names = len(set(claim["content_entity_ids"]))
        opens = bool(claim["content_entity_starts"]) and bool(claim["content"])
        if opens:
            skipped = len(claim["content_text"]) - len(text)
            opens = claim["content_entity_starts"][0] <= claim["content"][0]["start"] + skipped
        return (
            claim["stance"] in ("deny", "not_said"),
            claim["claim_id"] in outer,
            len(text.split()) not in _SENTENCE,
            len(claim["content"]) > 1,
            not opens,
            -min(2, names),
            len(text),
            text,
        )

    return without_that(str(min(claims, key=unclear)["content_text"]))


def without_that(content: str) -> str:
    """Content without the conjunction that opens a clause (`that the port will close`)."""
    return content[len("that ") :] if content.startswith("that ") else content


def grouping_version(settings: Settings) -> str:  # noqa: ARG001 - no setting bears on grouping yet
    """What decides the result of grouping and counting: this code and the word tables."""
    return f"{CODE_VERSION}, words {word_tables_digest()}"
