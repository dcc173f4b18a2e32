"""From an article's entity clusters to canonical entities: `attributions` joined with `entity_links` is `claims`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.tables import CLAIMS

_PARTY_COLUMNS = {
    "relayed_by_clusters": "relayed_by",
    "source_clusters": "source_entity_ids",
    "target_clusters": "target_entity_ids",
    "addressee_clusters": "addressee_entity_ids",
}


def resolve_claims(attributions: pa.Table, entity_links: pa.Table) -> pa.Table:
    """The `claims` table: every cluster replaced by its entity.

    Parties become sorted lists of distinct entity ids; the entities inside the content keep their places. A cluster
    without a link is left out. Cluster columns are gone.
    """
    links = {(row["article_id"], row["cluster_no"]): row["entity_id"] for row in entity_links.to_pylist()}
    rows = [_resolve(row, links) for row in attributions.to_pylist()]
    return CLAIMS.from_rows(rows)


def _resolve(row: Mapping[str, Any], links: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    article = row["article_id"]
    claim = {name: value for name, value in row.items() if not name.endswith("_clusters")}
    for clusters, entities in _PARTY_COLUMNS.items():
        claim[entities] = sorted({links[article, n] for n in row[clusters] if (article, n) in links})
    inside = [
        (start, end, links[article, number])
        for start, end, number in zip(
            row["content_entity_starts"], row["content_entity_ends"], row["content_clusters"], strict=True
        )
        if (article, number) in links
    ]
    claim["content_entity_starts"] = [start for start, _, _ in inside]
    claim["content_entity_ends"] = [end for _, end, _ in inside]
    claim["content_entity_ids"] = [entity for _, _, entity in inside]
    return claim
