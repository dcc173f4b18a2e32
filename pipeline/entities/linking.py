"""From the articles' clusters to canonical entities over the corpus, with a user's corrections applied."""

from __future__ import annotations

import pyarrow as pa

from pipeline.entities.canonical import ArticleCluster, canonical_keys
from pipeline.entities.corrections import Corrections, resolve_corrections
from pipeline.entities.lexicon import lexicon_digest, load_lexicon
from pipeline.entities.rows import EntityRows
from pipeline.entities.spans import surface
from pipeline.gazetteer import load_gazetteer
from pipeline.overrides import EntityOverride, Overrides, outcome_rows
from pipeline.settings import Settings
from pipeline.tables import ENTITIES, ENTITY_LINKS, ENTITY_OVERRIDES, MENTIONS, row_id

CODE_VERSION = "2"
_CLUSTER_COLUMNS = (
    "article_id",
    "text",
    "cluster_no",
    "cluster_name",
    "cluster_type",
    "gazetteer_id",
    "affiliation",
)
_NO_OVERRIDES: Overrides[EntityOverride] = Overrides()


def link_entities(
    document_mentions: pa.Table,
    articles: pa.Table,
    copy_groups: pa.Table,
    settings: Settings,  # noqa: ARG001 (a stage's signature)
    overrides: Overrides[EntityOverride] = _NO_OVERRIDES,
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """(`entities`, `entity_links`, `entity_overrides`) of all articles' clusters.

    Of ``articles`` only ids and uris are read, and only where there are overrides. A cluster that an override rejects
    has no link. Time grows with the number of mentions.
    """
    gazetteer, lexicon = load_gazetteer(), load_lexicon()
    clusters = _gather_clusters(document_mentions)
    ids, groups = (copy_groups.column(name).to_pylist() for name in ("article_id", "copy_group_id"))
    group_of = dict(zip(ids, groups, strict=True))
    keys = canonical_keys(clusters, group_of, gazetteer, lexicon)
    rows = EntityRows(keys, clusters, group_of, gazetteer).rows()
    corrections = Corrections()
    if len(overrides):
        uris = dict(zip(articles["source_uri"].to_pylist(), articles["article_id"].to_pylist(), strict=True))
        corrections = resolve_corrections(overrides, rows, keys, uris, gazetteer)
        corrected = {place: corrections.of(corrections.moved.get(place, key)) for place, key in keys.items()}
        keys = {place: key for place, key in corrected.items() if key is not None}
        rows = EntityRows(keys, clusters, group_of, gazetteer, corrections).rows()
    links = [
        {
            "article_id": article_id,
            "cluster_no": number,
            "entity_id": row_id(key),
            "actor_id": rows[key]["actor_id"],
        }
        for (article_id, number), key in sorted(keys.items())
    ]
    return (
        ENTITIES.from_rows(list(rows.values())),
        ENTITY_LINKS.from_rows(links),
        ENTITY_OVERRIDES.from_rows(outcome_rows(corrections.outcomes)),
    )


def linking_version(settings: Settings) -> str:  # noqa: ARG001 (a stage's signature)
    """What decides the links, besides the mentions and the corrections: this code and the data files."""
    return f"linking {CODE_VERSION} gazetteer {load_gazetteer().digest} lexicon {lexicon_digest()}"


def resolve_mentions(document_mentions: pa.Table, entity_links: pa.Table) -> pa.Table:
    """The published `mentions`: each mention with the entity that its cluster is linked to, null without a link."""
    links = {(row["article_id"], row["cluster_no"]): row["entity_id"] for row in entity_links.to_pylist()}
    entity_ids = [
        links.get((article_id, number))
        for article_id, number in zip(
            document_mentions.column("article_id").to_pylist(),
            document_mentions.column("cluster_no").to_pylist(),
            strict=True,
        )
    ]
    columns = [
        pa.array(entity_ids, pa.string()) if name == "entity_id" else document_mentions.column(name)
        for name in MENTIONS.schema.names
    ]
    return pa.Table.from_arrays(columns, schema=MENTIONS.schema)


def _gather_clusters(document_mentions: pa.Table) -> list[ArticleCluster]:
    clusters: dict[tuple[str, int], ArticleCluster] = {}
    for row in document_mentions.select(_CLUSTER_COLUMNS).to_pylist():
        if row["cluster_no"] is None:
            continue
        place = (row["article_id"], row["cluster_no"])
        if place not in clusters:
            clusters[place] = ArticleCluster(
                *place, row["cluster_name"], row["cluster_type"], row["gazetteer_id"], row["affiliation"]
            )
        clusters[place].texts[surface(row["text"])] += 1
    return [clusters[place] for place in sorted(clusters)]
