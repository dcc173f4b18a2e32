"""Every stage of the chain, in order: what it reads, what decides its result, and the function that makes it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import claims, dedup, entities, ingest
from pipeline.chain import claim_groups, duplicates
from pipeline.chain.stage import ArticleStage, CustomStage, Stage, WholeStage, pairs_of
from pipeline.lake import KeyedStage, Lake, StageReport, run_keyed_stage
from pipeline.lake.buckets import chunked
from pipeline.overrides import read_claim_overrides, read_entity_overrides
from pipeline.parallel import Workers
from pipeline.settings import Settings
from pipeline.tables import TAGGED_KINDS
from pipeline.text import annotation

_PASSAGES_PER_TASK = 256


def _read_sources(lake: Lake, settings: Settings, version: str) -> StageReport:
    """Keyed by file: every file and record becomes an article or a quarantine row."""
    files = ingest.scan_sources(settings)
    inputs = pa.table({"key": files["source_file"], "input_digest": files["input_digest"]}).sort_by("key")
    listing = "\n".join(f"{digest} {key}" for key, digest in pairs_of(inputs, "key", "input_digest"))

    def read(batch: list[str]) -> Mapping[str, pa.Table]:
        articles, quarantine = ingest.read_sources(batch, settings)
        return {"articles": articles, "quarantine": quarantine}

    return run_keyed_stage(
        lake,
        KeyedStage("articles", ("articles", "quarantine"), "source_file", version, settings.batch_size),
        inputs=lambda: inputs,
        upstream={"sources": hashlib.sha256(listing.encode()).hexdigest()},
        compute=read,
    )


def _annotate_passages(lake: Lake, settings: Settings, version: str) -> StageReport:
    """Keyed by passage text: what stands in several articles is parsed once."""
    where: dict[str, tuple[str, int, int]] = {}

    def distinct_passages() -> pa.Table:
        articles = lake.read("articles", ["article_id", "status"])
        tagged = articles.filter(pc.equal(articles["status"], "tagged"))["article_id"].combine_chunks()
        passages = lake.read("passages")
        wanted = passages.filter(
            pc.and_(
                pc.is_in(passages["kind"], value_set=pa.array(TAGGED_KINDS)),
                pc.is_in(passages["article_id"], value_set=tagged),
            )
        )
        keys = pc.unique(wanted["passage_sha256"])
        once = wanted.take(pc.index_in(keys, value_set=wanted["passage_sha256"]))
        places = zip(*(once[name].to_pylist() for name in ("article_id", "start", "end")), strict=True)
        where.update(zip(keys.to_pylist(), places, strict=True))
        return pa.table({"key": keys, "input_digest": keys})

    def annotate(batch: list[str]) -> Mapping[str, pa.Table]:
        articles = lake.read("articles", ["article_id", "text"], keys=[where[key][0] for key in batch])
        texts = dict(pairs_of(articles, "article_id", "text"))
        tasks = [
            ([texts[article][start:end] for article, start, end in map(where.__getitem__, keys)], keys, model)
            for keys in chunked(batch, _PASSAGES_PER_TASK)
        ]
        return {"annotations": pa.concat_tables(workers.map(annotation.annotate, tasks))}

    model = settings.spacy_model
    batch_size = _PASSAGES_PER_TASK * 16 * settings.workers
    with Workers(settings.workers) as workers:
        return run_keyed_stage(
            lake,
            KeyedStage("annotations", ("annotations",), "passage_sha256", version, batch_size),
            inputs=distinct_passages,
            upstream=lake.digests(["articles", "passages"]),
            compute=annotate,
        )


def _annotation_version(settings: Settings) -> str:
    languages = ",".join(settings.languages)
    return f"annotation {annotation.CODE_VERSION} {annotation.model_version(settings.spacy_model)} {languages}"


def _claims_version(settings: Settings) -> str:
    """The stances that a user set decide the claims like code does: when they change, all claims are written anew."""
    stances = "\n".join(f"{row.claim} {row.value}" for row in read_claim_overrides(settings).of("stance"))
    digest = hashlib.sha256(stances.encode()).hexdigest()[:8] if stances else "none"
    return f"{claims.attributions_version(settings)}, stances {digest}"


STAGES: tuple[Stage, ...] = (
    CustomStage("articles", ("articles", "quarantine"), (), ingest.ingest_version, _read_sources),
    ArticleStage(
        "passages",
        ("articles",),
        lambda _: ingest.passages_version(),
        lambda articles, _: ingest.split_passages(articles),
    ),
    ArticleStage("signatures", ("articles", "passages"), dedup.signatures_version, dedup.compute_signatures),
    CustomStage(
        "duplicate_pairs",
        ("duplicate_pairs",),
        ("signatures", "articles", "passages"),
        dedup.pairs_version,
        duplicates.verify_pairs,
    ),
    CustomStage(
        "copy_groups",
        ("copy_groups",),
        ("duplicate_pairs", "articles"),
        lambda _: dedup.groups_version(),
        duplicates.group_copies,
    ),
    ArticleStage("credits", ("articles", "passages"), dedup.credits_version, dedup.find_credits),
    WholeStage(
        "origins",
        ("origins",),
        ("credits", "articles", "passages", "copy_groups", "duplicate_pairs"),
        dedup.origins_version,
        lambda found, articles, passages, copies, pairs, settings: [
            dedup.trace_origins(found, articles, passages, copies, settings, duplicate_pairs=pairs)
        ],
        texts=True,
    ),
    WholeStage(
        "shared_passages",
        ("shared_passages",),
        ("articles", "passages", "copy_groups"),
        lambda _: dedup.shared_passages_version(),
        lambda *tables: [dedup.find_shared_passages(*tables)],
        texts=True,
    ),
    CustomStage("annotations", ("annotations",), ("articles", "passages"), _annotation_version, _annotate_passages),
    ArticleStage(
        "document_mentions",
        ("articles", "passages", "annotations"),
        entities.mentions_version,
        entities.find_mentions,
        heavy=True,
    ),
    WholeStage(
        "entities",
        ("entities", "entity_links", "entity_overrides"),
        ("document_mentions", "articles", "copy_groups"),
        entities.linking_version,
        entities.link_entities,
        overrides=read_entity_overrides,
    ),
    ArticleStage(
        "mentions",
        ("document_mentions", "entity_links"),
        entities.linking_version,
        lambda found, links, _: entities.resolve_mentions(found, links),
    ),
    ArticleStage(
        "attributions",
        ("articles", "passages", "annotations", "document_mentions"),
        claims.attributions_version,
        claims.find_attributions,
        heavy=True,
    ),
    ArticleStage(
        "claims",
        ("attributions", "entity_links"),
        _claims_version,
        lambda found, links, settings: claims.set_stances(
            claims.resolve_claims(found, links), read_claim_overrides(settings)
        ),
    ),
    CustomStage(
        "claim_features",
        ("claim_features",),
        ("claims", "entities"),
        lambda _: claims.features_version(),
        claim_groups.read_features,
    ),
    CustomStage(
        "claim_matches",
        ("claim_matches", "claim_overrides"),
        ("claim_features", "claims", "articles", "copy_groups"),
        lambda _: claims.matching_version(),
        claim_groups.match_claims,
    ),
    CustomStage(
        "claim_groups",
        ("claim_groups", "claim_group_members"),
        ("claim_matches", "claims", "claim_features", "entities", "articles", "copy_groups", "origins"),
        claims.grouping_version,
        claim_groups.describe_groups,
    ),
    CustomStage(
        "quote_variants",
        ("quote_variants",),
        ("claims", "claim_matches", "claim_group_members", "entities", "copy_groups"),
        lambda _: claims.quotes_version(),
        claim_groups.compare_quotes,
    ),
    CustomStage(
        "conflicts",
        ("conflicts",),
        (
            "claims",
            "claim_matches",
            "claim_groups",
            "claim_group_members",
            "quote_variants",
            "entities",
            "articles",
            "copy_groups",
        ),
        lambda _: claims.conflicts_version(),
        claim_groups.find_conflicts,
    ),
)
