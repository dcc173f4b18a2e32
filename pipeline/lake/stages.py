"""The incremental step: compute what is missing, keep the rest, drop what is gone, stop early when nothing differs.

A keyed stage (one article, one passage, one pair at a time) keeps a state table ``(key, input_digest, code_version,
output_digest)``. Inputs are anti-joined against it; only keys whose input or code version changed are computed. Later
stages take the output digests as their inputs, so a recomputation that gives the same rows goes no further.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake.buckets import buckets_of, chunked, count_buckets, digest_rows_by_key, hash_keys
from pipeline.lake.errors import LakeError
from pipeline.lake.lake import Head, Lake, Part
from pipeline.tables import ID, TABLES, TableSpec, column

KeyColumn = Callable[[pa.Table], pa.Array]

STATE = TableSpec(
    name="state",
    group="state",
    description="What a keyed stage has computed: one row for each key.",
    schema=pa.schema(
        [
            column("key", ID, "The key.", nullable=False),
            column("input_digest", pa.string(), "Digest of what the key's rows were computed from.", nullable=False),
            column("code_version", pa.string(), "Code version that computed them.", nullable=False),
            column("output_digest", pa.string(), "Digest of the rows.", nullable=False),
        ]
    ),
    key=("key",),
    sort_by=("key",),
    bucket_by="key",
    published=False,
)
NO_ROWS = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class KeyedStage:
    """A stage computed key by key.

    ``outputs`` name its tables; ``key`` is the column of each that holds the key, or a function from a table of output
    rows to the key of each row; ``batch_size`` keys are computed at a time.
    """

    name: str
    outputs: tuple[str, ...]
    key: str | KeyColumn
    code_version: str
    batch_size: int = 256

    @property
    def version(self) -> str:
        """The code version together with the schemas of the outputs: rows of another shape are computed anew."""
        return versioned_with_schemas(self.code_version, self.outputs)

    def keys_of(self, rows: pa.Table) -> pa.Array:
        """The key of each row."""
        keys = rows[self.key] if isinstance(self.key, str) else self.key(rows)
        return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


@dataclass(frozen=True)
class StageReport:
    """What a stage did: counts of keys (rows, for a stage over whole tables), and the heads of its tables."""

    stage: str
    computed: int
    reused: int
    removed: int
    heads: Mapping[str, Head]

    @property
    def status(self) -> str:
        """``unchanged`` when nothing was computed or dropped, else ``computed``."""
        return "computed" if self.computed or self.removed else "unchanged"


def run_keyed_stage(
    lake: Lake,
    stage: KeyedStage,
    *,
    inputs: Callable[[], pa.Table],
    upstream: Mapping[str, str],
    compute: Callable[[list[str]], Mapping[str, pa.Table]],
) -> StageReport:
    """Bring a keyed stage's tables in step with its inputs.

    ``inputs`` gives a table ``(key, input_digest)``; it is not called when neither ``upstream`` (digests by name) nor
    the code version changed. ``compute`` gets keys and returns, for each output table, the rows of those keys; a key
    may have none. Raises `LakeError` when it returns rows of other keys.
    """
    recorded = lake.stage(stage.name)
    previous = _heads(recorded)
    upstream = dict(sorted(upstream.items()))
    if recorded and (recorded["code_version"], recorded["upstream"]) == (stage.version, upstream):
        lake.write_heads(list(previous.values()))
        return _reported(lake, StageReport(stage.name, 0, recorded["keys"], 0, previous))

    old_state = _read_state(lake, recorded)
    wanted = inputs().select(["key", "input_digest"])
    reused, missing, removed = _compare(old_state, wanted, stage.version)
    fresh: dict[str, list[pa.Table]] = {table: [TABLES[table].empty()] for table in stage.outputs}
    digests: dict[str, str] = {}
    for batch in chunked(_in_bucket_order(missing), stage.batch_size):
        made = compute(batch)
        digests.update(_digest_outputs(stage, made, batch))
        for table in stage.outputs:
            fresh[table].append(made[table].select(TABLES[table].schema.names).cast(TABLES[table].schema))

    kept_keys = pa.array(sorted(reused), pa.string())
    dirty = pa.array(sorted({*missing, *removed}), pa.string())
    heads = {}
    for table in stage.outputs:
        rows = pa.concat_tables(fresh.pop(table))
        parts = _merge(lake, stage, TABLES[table], previous.get(table), rows, kept_keys, dirty)
        heads[table] = lake.make_head(TABLES[table], stage.name, parts, stage.version, upstream)
    state = _next_state(old_state, kept_keys, wanted, missing, digests, stage.version)
    document = {
        "stage": stage.name,
        "code_version": stage.version,
        "upstream": upstream,
        "keys": len(wanted),
        "state": [part.__dict__ for part in lake.write_parts(STATE, state)],
    }
    lake.commit(stage.name, document, list(heads.values()))
    return _reported(lake, StageReport(stage.name, len(missing), len(reused), len(removed), heads))


def run_global_stage(
    lake: Lake,
    name: str,
    outputs: Sequence[str],
    *,
    code_version: str,
    upstream: Mapping[str, str],
    compute: Callable[[], Mapping[str, pa.Table]],
) -> StageReport:
    """Compute whole tables, unless neither inputs nor code version changed since the last time.

    Counts in the report are rows of the first output table.
    """
    recorded = lake.stage(name)
    code_version = versioned_with_schemas(code_version, outputs)
    upstream = dict(sorted(upstream.items()))
    previous = _heads(recorded)
    if recorded and (recorded["code_version"], recorded["upstream"]) == (code_version, upstream):
        lake.write_heads(list(previous.values()))
        return _reported(lake, StageReport(name, 0, previous[outputs[0]].rows, 0, previous))
    tables = compute()
    heads = {
        table: lake.make_head(
            TABLES[table], name, lake.write_parts(TABLES[table], tables[table]), code_version, upstream
        )
        for table in outputs
    }
    lake.commit(name, {"stage": name, "code_version": code_version, "upstream": upstream}, list(heads.values()))
    first = outputs[0]
    return _reported(lake, StageReport(name, heads[first].rows, 0, 0, heads))


def versioned_with_schemas(code_version: str, tables: Sequence[str]) -> str:
    """A code version that also changes when a table's schema does."""
    schemas = hashlib.sha256("\n".join(str(TABLES[table].schema) for table in tables).encode()).hexdigest()[:8]
    return f"{code_version}+{schemas}"


def output_digests(lake: Lake, stage: str) -> pa.Table:
    """The digest of each key's rows, as the stage last computed them: a table ``(key, output_digest)``."""
    return _read_state(lake, lake.stage(stage)).select(["key", "output_digest"])


def combine_digests(key: str, columns: Mapping[str, str], table: pa.Table) -> pa.Table:
    """A stage's inputs ``(key, input_digest)`` from a table with several digest columns; nulls count as no rows."""
    joined = pc.binary_join_element_wise(
        *(pc.fill_null(table[name], default) for name, default in columns.items()), " "
    )
    digests = [hashlib.sha256(value.encode()).hexdigest() for value in joined.to_pylist()]
    return pa.table({"key": table[key], "input_digest": pa.array(digests, pa.string())})


def _reported(lake: Lake, report: StageReport) -> StageReport:
    """Keep the counts for whoever asks what the last run did; no table depends on them."""
    counts = {"computed": report.computed, "reused": report.reused, "removed": report.removed}
    lake.storage.write_json(f"last_run/{report.stage}.json", {"stage": report.stage, **counts})
    return report


def _heads(recorded: dict[str, Any] | None) -> dict[str, Head]:
    return {table: Head.from_json(head) for table, head in recorded["outputs"].items()} if recorded else {}


def _read_state(lake: Lake, recorded: dict[str, Any] | None) -> pa.Table:
    parts = recorded["state"] if recorded else []
    return pa.concat_tables([STATE.empty(), *(lake.storage.read_table(part["object"]) for part in parts)])


def _compare(old: pa.Table, wanted: pa.Table, code_version: str) -> tuple[set[str], list[str], list[str]]:
    """Keys to reuse, keys to compute, keys that are gone."""
    valid = old.filter(pc.equal(old["code_version"], code_version))
    known = dict(zip(valid["key"].to_pylist(), valid["input_digest"].to_pylist(), strict=True))
    current = dict(zip(wanted["key"].to_pylist(), wanted["input_digest"].to_pylist(), strict=True))
    if len(current) != len(wanted):
        raise LakeError("a stage's inputs name a key twice")
    reused = {key for key, digest in current.items() if known.get(key) == digest}
    removed = [key for key in old["key"].to_pylist() if key not in current]
    return reused, [key for key in current if key not in reused], removed


def _in_bucket_order(keys: list[str]) -> list[str]:
    """Keys by their hash, so that neighbours lie in the same parts of the tables they are read from."""
    hashes = hash_keys(pa.array(keys, pa.string())).tolist() if keys else []
    return [key for _, key in sorted(zip(hashes, keys, strict=True))]


def _digest_outputs(stage: KeyedStage, made: Mapping[str, pa.Table], batch: list[str]) -> dict[str, str]:
    expected = set(batch)
    by_table = [digest_rows_by_key(made[table], TABLES[table], stage.keys_of(made[table])) for table in stage.outputs]
    for table, digests in zip(stage.outputs, by_table, strict=True):
        if strange := digests.keys() - expected:
            raise LakeError(f"stage {stage.name} gave rows of {table} for {min(strange)!r}, which was not asked for")
    return {
        key: hashlib.sha256(" ".join(digests.get(key, NO_ROWS) for digests in by_table).encode()).hexdigest()
        for key in batch
    }


def _merge(
    lake: Lake,
    stage: KeyedStage,
    spec: TableSpec,
    previous: Head | None,
    fresh: pa.Table,
    kept_keys: pa.Array,
    dirty: pa.Array,
) -> tuple[Part, ...]:
    """The table's parts after the change: untouched parts stay, the others are rewritten."""
    old_parts = previous.parts if previous and len(kept_keys) else ()
    untouched, survivors = [], [fresh]
    touched_buckets = _touched_buckets(stage, spec, len(old_parts), dirty)
    for part in old_parts:
        if part.bucket not in touched_buckets:
            untouched.append(part)
            continue
        rows = lake.storage.read_table(part.object)
        survivors.append(rows.filter(pc.is_in(stage.keys_of(rows), value_set=kept_keys)))
    changed = pa.concat_tables(survivors)
    n_buckets = count_buckets(len(changed) + sum(part.rows for part in untouched), spec.rows_per_part)
    if n_buckets != len(old_parts):
        whole = pa.concat_tables([changed, *(lake.storage.read_table(part.object) for part in untouched)])
        return lake.write_parts(spec, whole, n_buckets=n_buckets)
    return lake.write_parts(spec, changed, kept=untouched, n_buckets=n_buckets)


def _touched_buckets(stage: KeyedStage, spec: TableSpec, n_buckets: int, dirty: pa.Array) -> set[int]:
    """Buckets that may hold rows of the dirty keys: known by hash where the table is bucketed by key, else all."""
    if stage.key != spec.bucket_by or not n_buckets:
        return set(range(n_buckets))
    found = buckets_of(hash_keys(dirty), n_buckets) if len(dirty) else np.array([], np.int64)
    return set(found.tolist())


def _next_state(
    old: pa.Table,
    kept_keys: pa.Array,
    wanted: pa.Table,
    missing: list[str],
    digests: Mapping[str, str],
    code_version: str,
) -> pa.Table:
    kept = old.filter(pc.is_in(old["key"], value_set=kept_keys))
    inputs = dict(zip(wanted["key"].to_pylist(), wanted["input_digest"].to_pylist(), strict=True))
    computed = {
        "key": missing,
        "input_digest": [inputs[key] for key in missing],
        "code_version": [code_version] * len(missing),
        "output_digest": [digests[key] for key in missing],
    }
    return pa.concat_tables([kept, pa.table(computed, schema=STATE.schema)])
