"""Claims that propose the same, gathered into groups: copies folded, utterances first, then propositions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.claims.clustering import Bond, cluster_propositions
from pipeline.claims.explanations import explain_bond
from pipeline.claims.folding import Form, fold_forms, gather_claims, resolve_pointers
from pipeline.claims.independence import (
    Publication,
    Standing,
    count_sources,
    n_components,
    read_publication,
    read_standings,
)
from pipeline.claims.propositions import Parties, read_parties
from pipeline.claims.versions import word_tables_digest
from pipeline.settings import Settings
from pipeline.tables import CLAIM_GROUP_MEMBERS, CLAIM_GROUPS, row_id

CODE_VERSION = "2"
_SENTENCE = range(5, 41)  # words of a proposition that reads well


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
    """
    rows = {row["claim_id"]: row for row in sorted(claims.to_pylist(), key=lambda row: str(row["claim_id"]))}
    parties = read_parties(entities)
    publication = read_publication(articles, copy_groups, origins, parties)
    pointers = resolve_pointers(rows)
    free = [row for claim_id, row in rows.items() if claim_id not in pointers]
    forms = fold_forms(free, parties, publication)
    clusters, bonds = cluster_propositions([form.proposition for form in forms])
    members = gather_claims(forms, clusters, pointers)
    reasons = _reasons(rows, forms, bonds, pointers, publication, parties)
    groups: list[dict[str, Any]] = []
    memberships: list[dict[str, Any]] = []
    for claim_ids in members:
        group_id = row_id(claim_ids[0])
        claims_here = [rows[claim_id] for claim_id in claim_ids]
        standings = read_standings(claims_here, parties, publication)
        groups.append({"claim_group_id": group_id, **_describe(claims_here, standings, publication)})
        memberships.extend(
            {"claim_id": c, "claim_group_id": group_id, **_membership(reasons[c], standings[c])} for c in claim_ids
        )
    return CLAIM_GROUPS.from_rows(groups), CLAIM_GROUP_MEMBERS.from_rows(memberships)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a claim is in its group: similarity to its nearest member, whether it repeats an utterance, and words."""

    score: float
    variant: bool
    evidence: str


def _reasons(
    rows: Mapping[str, Mapping[str, Any]],
    forms: Sequence[Form],
    bonds: Mapping[int, Bond],
    pointers: Mapping[str, str],
    publication: Publication,
    parties: Parties,
) -> dict[str, Reason]:
    reasons = {}
    for number, form in enumerate(forms):
        bond = bonds.get(number)
        for claim_id in form.claim_ids:
            reasons[claim_id] = _reason(claim_id, form, bond, forms, rows, publication, parties)
    for claim_id, target in pointers.items():
        if rows[claim_id]["refers_to"] is not None:
            evidence = f"points to the claim that “{_short(rows[target]['content_text'])}”"
        else:
            evidence = "passes on the claim inside it"
        reasons[claim_id] = Reason(1.0, False, evidence)
    return reasons


def _reason(
    claim_id: str,
    form: Form,
    bond: Bond | None,
    forms: Sequence[Form],
    rows: Mapping[str, Mapping[str, Any]],
    publication: Publication,
    parties: Parties,
) -> Reason:
    place = publication.copy_group[rows[claim_id]["article_id"]]
    others = [c for c in form.claim_ids if c != claim_id]
    if any(publication.copy_group[rows[c]["article_id"]] == place for c in others):
        return Reason(1.0, False, "the same words in a copy of the article")
    if others:
        return Reason(1.0, bool(form.proposition.speakers), "the same words of the same source in another article")
    if bond is None:
        return Reason(1.0, False, "alone in its group")
    evidence = explain_bond(form.proposition, forms[bond.other].proposition, bond.match, parties)
    return Reason(round(bond.match.score, 4), bond.match.utterance, evidence)


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
        "not_counted": standing.folded if counted else "takes no side",
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
