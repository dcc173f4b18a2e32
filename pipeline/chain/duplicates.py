"""Duplicate pairs and copy groups, brought in step with what changed: neither search nor grouping begins anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import dedup
from pipeline.chain.stage import article_inputs, pairs_of
from pipeline.dedup.index import SignatureIndex
from pipeline.lake import KeyedStage, Lake, Part, StageReport, run_global_stage, run_keyed_stage
from pipeline.lake.changes import changed_rows
from pipeline.lake.runs import RunStore
from pipeline.lake.stages import computed_keys, output_digests, versioned_with_schemas
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, DUPLICATE_PAIRS, SIGNATURES

_DECIDING = ("article_id", "published_at", "n_words")  # what `group_copies` reads of an article
_EDGE = ("article_id_a", "article_id_b", "kind")


def verify_pairs(lake: Lake, settings: Settings, version: str) -> StageReport:
    """Keyed by pair: a candidate is verified once for the two texts it is made of.

    The index of signatures is part of the stage's record, so it holds what the candidates were found in.
    """
    stage = KeyedStage("duplicate_pairs", ("duplicate_pairs",), _pair_keys, version, settings.batch_size)
    recorded = lake.stage(stage.name) or {}
    known = recorded if recorded.get("code_version") == stage.version else {}
    index = SignatureIndex(RunStore(lake.storage), known.get("index"), settings)

    def candidates() -> pa.Table:
        found = _follow(lake, index, stage.name if known else None)
        named = pc.unique(pa.chunked_array([*found["article_id_a"].chunks, *found["article_id_b"].chunks], pa.string()))
        digests = dict(pairs_of(article_inputs(lake, ("articles", "passages"), named), "key", "input_digest"))
        pairs = pairs_of(found, "article_id_a", "article_id_b")
        inputs = pa.array([f"{digests[a]} {digests[b]}" for a, b in pairs], pa.string())
        return pa.table({"key": _pair_keys(found), "input_digest": inputs})

    def verify(batch: list[str]) -> Mapping[str, pa.Table]:
        pairs = _split_keys(pa.array(batch, pa.string()))
        named = [*pairs["article_id_a"].to_pylist(), *pairs["article_id_b"].to_pylist()]
        articles, passages = (lake.read(table, keys=named) for table in ("articles", "passages"))
        return {"duplicate_pairs": dedup.verify_pairs(pairs, articles, passages, settings)}

    return run_keyed_stage(
        lake,
        stage,
        inputs=candidates,
        upstream=lake.digests(["signatures", "articles", "passages"]),
        compute=verify,
        notes=lambda: {"index": index.to_json(), "files": [{"object": name} for name in index.objects]},
    )


def _follow(lake: Lake, index: SignatureIndex, stage: str | None) -> pa.Table:
    """Bring the index in step with the signatures; returns all candidate pairs.

    Pairs of articles whose signatures did not change are those of the ``stage``'s last run; the index finds the others.
    """
    changed, gone = _differences(index.articles(), output_digests(lake, "signatures"))
    left_out = [*changed["article_id"].to_pylist(), *gone]
    index.update(SIGNATURES.empty(), pa.array([], pa.string()), left_out)
    found = []
    for signatures in lake.scan("signatures", SIGNATURES.schema.names, keys=changed["article_id"].to_pylist()):
        versions = changed["version"].take(pc.index_in(signatures["article_id"], changed["article_id"]))
        index.update(signatures, versions)
        found.append(index.find_candidates(signatures))
    if stage:
        before = _split_keys(computed_keys(lake, stage))
        touched = pa.array(left_out, pa.string())
        moved = pc.or_(pc.is_in(before["article_id_a"], touched), pc.is_in(before["article_id_b"], touched))
        found.append(before.filter(pc.invert(moved)))
    # An article of a later portion finds those of earlier ones, so no pair is found twice.
    return pa.concat_tables([pa.table({name: pa.array([], pa.string()) for name in _EDGE[:2]}), *found])


def _differences(held: pa.Table, current: pa.Table) -> tuple[pa.Table, list[str]]:
    """Articles whose signatures are new or differ, with their versions, and those that have gone."""
    versions = pc.utf8_slice_codeunits(current["output_digest"], 0, 16)
    old = pc.take(held["version"], pc.index_in(current["key"], held["article_id"]))
    changed = pc.fill_null(pc.not_equal(versions, old), True)
    gone = pc.invert(pc.is_in(held["article_id"], current["key"]))
    wanted = pa.table({"article_id": current["key"], "version": versions}).filter(changed)
    return wanted, held["article_id"].filter(gone).to_pylist()


def _pair_keys(pairs: pa.Table) -> pa.Array:
    keys = pc.binary_join_element_wise(pairs["article_id_a"], pairs["article_id_b"], "|")
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _split_keys(keys: pa.Array) -> pa.Table:
    parts = pc.split_pattern(keys, "|")
    return pa.table({name: pc.list_element(parts, side) for side, name in enumerate(_EDGE[:2])})


def group_copies(lake: Lake, _: Settings, version: str) -> StageReport:
    """Over whole tables, but only groups that an article or a pair that changed has a part in are formed anew.

    The stage's record names the parts that the groups were made of, so that the next run can tell what changed.
    """
    stage, upstream = "copy_groups", ("duplicate_pairs", "articles")
    heads = {table: lake.required_head(table) for table in upstream}
    recorded = lake.stage(stage) or {}
    known = recorded.get("code_version") == versioned_with_schemas(version, [stage]) and "made_of" in recorded

    def compute() -> Mapping[str, pa.Table]:
        pairs, articles = lake.read("duplicate_pairs", _EDGE), lake.read("articles", _DECIDING)
        if not known:
            return {stage: dedup.group_copies(pairs, articles)}
        before = {table: [Part(**part) for part in recorded["made_of"][table]] for table in upstream}
        edges = changed_rows(lake, DUPLICATE_PAIRS, before["duplicate_pairs"], heads["duplicate_pairs"].parts, _EDGE)
        members = changed_rows(lake, ARTICLES, before["articles"], heads["articles"].parts, _DECIDING)
        ids = [edges["article_id_a"], edges["article_id_b"], members["article_id"]]
        touched = pc.unique(pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.string()))
        return {stage: dedup.regroup_copies(lake.read(stage), touched, pairs, articles)}

    def notes() -> Mapping[str, Any]:
        made_of: dict[str, Sequence[Any]] = {table: head.to_json()["parts"] for table, head in heads.items()}
        objects = [part.object for head in heads.values() for part in head.parts]
        return {"made_of": made_of, "files": [{"object": f"{name}.parquet"} for name in objects]}

    return run_global_stage(
        lake,
        stage,
        [stage],
        code_version=version,
        upstream={table: head.digest for table, head in heads.items()},
        compute=compute,
        notes=notes,
    )
