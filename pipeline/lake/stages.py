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

from pipeline.lake import logs
from pipeline.lake.buckets import buckets_of, chunked, count_buckets, digest_rows_by_key, hash_keys
from pipeline.lake.errors import LakeError
from pipeline.lake.lake import Head, Lake
from pipeline.lake.parts import Part
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
    rows_per_part=1 << 14,
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
        return _keys_of(rows, self.key)


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
    notes: Callable[[], Mapping[str, Any]] = dict,
) -> StageReport:
    """Bring a keyed stage's tables in step with its inputs.

    ``inputs`` gives a table ``(key, input_digest)``; it is not called when neither ``upstream`` (digests by name) nor
    the code version changed. ``compute`` gets keys and returns, for each output table, the rows of those keys; a key
    may have none. ``notes`` are asked for at the end and recorded in the stage's document, in the same atomic step as
    the tables; objects listed there under ``files`` are kept. Raises `LakeError` when ``compute`` returns rows of other
    keys.
    """
    recorded = lake.stage(stage.name)
    previous = _heads(recorded)
    upstream = dict(sorted(upstream.items()))
    if recorded and (recorded["code_version"], recorded["upstream"]) == (stage.version, upstream):
        lake.write_heads(list(previous.values()))
        return _reported(lake, StageReport(stage.name, 0, recorded["keys"], 0, previous))

    old_state = _read_state(lake, recorded, ["key", "input_digest", "code_version"])
    wanted = inputs().select(["key", "input_digest"])
    missing, removed = _compare(old_state, wanted, stage.version)
    n_reused = len(wanted) - len(missing)
    fresh: dict[str, list[pa.Table]] = {table: [TABLES[table].empty()] for table in stage.outputs}
    digests: dict[str, str] = {}
    for batch in chunked(_in_bucket_order(missing), stage.batch_size):
        made = compute(batch)
        digests.update(_digest_outputs(stage, made, batch))
        for table in stage.outputs:
            fresh[table].append(made[table].select(TABLES[table].schema.names).cast(TABLES[table].schema))

    dirty, old_keys = pa.array([*missing, *removed], pa.string()), old_state["key"]
    heads = {}
    for table in stage.outputs:
        rows = pa.concat_tables(fresh.pop(table))
        old_parts = previous[table].parts if table in previous and n_reused else ()
        if TABLES[table].log:
            parts = _append(lake, TABLES[table], old_parts, rows, missing, dirty.filter(pc.is_in(dirty, old_keys)))
        else:
            parts = _merge(lake, TABLES[table], stage.key, old_parts, rows, dirty)
        heads[table] = lake.make_head(TABLES[table], stage.name, parts, stage.version, upstream)
    old_parts = tuple(Part(**part) for part in recorded["state"]) if recorded and n_reused else ()
    state = _merge(lake, STATE, "key", old_parts, _new_state(wanted, missing, digests, stage.version), dirty)
    document = {
        **notes(),
        "stage": stage.name,
        "code_version": stage.version,
        "upstream": upstream,
        "keys": len(wanted),
        "state": [part.__dict__ for part in state],
    }
    lake.commit(stage.name, document, list(heads.values()))
    return _reported(lake, StageReport(stage.name, len(missing), n_reused, len(removed), heads))


def run_global_stage(
    lake: Lake,
    name: str,
    outputs: Sequence[str],
    *,
    code_version: str,
    upstream: Mapping[str, str],
    compute: Callable[[], Mapping[str, pa.Table]],
    notes: Callable[[], Mapping[str, Any]] = dict,
) -> StageReport:
    """Compute whole tables, unless neither inputs nor code version changed since the last time.

    ``notes`` are recorded as in `run_keyed_stage`. Counts in the report are rows of the first output table.
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
    document = {**notes(), "stage": name, "code_version": code_version, "upstream": upstream}
    lake.commit(name, document, list(heads.values()))
    first = outputs[0]
    return _reported(lake, StageReport(name, heads[first].rows, 0, 0, heads))


def versioned_with_schemas(code_version: str, tables: Sequence[str]) -> str:
    """A code version that also changes when a table's schema does."""
    schemas = hashlib.sha256("\n".join(str(TABLES[table].schema) for table in tables).encode()).hexdigest()[:8]
    return f"{code_version}+{schemas}"


def output_digests(lake: Lake, stage: str) -> pa.Table:
    """The digest of each key's rows, as the stage last computed them: a table ``(key, output_digest)``."""
    return _read_state(lake, lake.stage(stage), ["key", "output_digest"])


def computed_keys(lake: Lake, stage: str) -> pa.ChunkedArray:
    """The keys that a keyed stage's last run was given."""
    return _read_state(lake, lake.stage(stage), ["key"])["key"]


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


def _keys_of(rows: pa.Table, key: str | KeyColumn) -> pa.Array:
    keys = rows[key] if isinstance(key, str) else key(rows)
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _read_state(lake: Lake, recorded: dict[str, Any] | None, columns: list[str]) -> pa.Table:
    # A stage that was computed whole before, by an earlier version of the code, has recorded none.
    parts = recorded.get("state", []) if recorded else []
    tables = (lake.storage.read_table(part["object"], columns) for part in parts)
    return pa.concat_tables([STATE.empty().select(columns), *tables])


def _compare(old: pa.Table, wanted: pa.Table, code_version: str) -> tuple[list[str], list[str]]:
    """Keys to compute, keys that are gone."""
    if pc.count_distinct(wanted["key"]).as_py() != len(wanted):
        raise LakeError("a stage's inputs name a key twice")
    known = old.take(pc.index_in(wanted["key"], old["key"]))
    same_input = pc.equal(known["input_digest"], wanted["input_digest"])
    reused = pc.fill_null(pc.and_(same_input, pc.equal(known["code_version"], code_version)), False)
    removed = old["key"].filter(pc.invert(pc.is_in(old["key"], wanted["key"])))
    return wanted["key"].filter(pc.invert(reused)).to_pylist(), removed.to_pylist()


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
    lake: Lake, spec: TableSpec, key: str | KeyColumn, old_parts: Sequence[Part], fresh: pa.Table, dirty: pa.Array
) -> tuple[Part, ...]:
    """A table's parts after rows of the ``dirty`` keys have given way to ``fresh`` ones: untouched parts stay."""
    untouched, survivors = [], [fresh]
    touched_buckets = _touched_buckets(spec, key, len(old_parts), dirty)
    for part in old_parts:
        if part.bucket not in touched_buckets:
            untouched.append(part)
            continue
        rows = lake.storage.read_table(part.object)
        survivors.append(rows.filter(pc.invert(pc.is_in(_keys_of(rows, key), value_set=dirty))))
    changed = pa.concat_tables(survivors)
    n_buckets = count_buckets(len(changed) + sum(part.rows for part in untouched), spec.rows_per_part)
    if n_buckets != len(old_parts):
        whole = pa.concat_tables([changed, *(lake.storage.read_table(part.object) for part in untouched)])
        return lake.write_parts(spec, whole, n_buckets=n_buckets)
    return lake.write_parts(spec, changed, kept=untouched, n_buckets=n_buckets)


def _append(
    lake: Lake, spec: TableSpec, old_parts: Sequence[Part], fresh: pa.Table, computed: list[str], gone: pa.Array
) -> tuple[Part, ...]:
    """A log's parts after the rows of the ``computed`` keys were added, in place of those of the keys ``gone``."""
    if len(fresh) != len(computed):
        raise LakeError(
            f"table {spec.name} is a log, which needs one row a key: {len(computed)} keys, {len(fresh)} rows"
        )
    return logs.append(lake.storage, spec, old_parts, fresh, gone if old_parts else gone.slice(0, 0))


def _touched_buckets(spec: TableSpec, key: str | KeyColumn, n_buckets: int, dirty: pa.Array) -> set[int]:
    """Buckets that may hold rows of the dirty keys: known by hash where the table is bucketed by key, else all."""
    if key != spec.bucket_by or not n_buckets:
        return set(range(n_buckets))
    found = buckets_of(hash_keys(dirty), n_buckets) if len(dirty) else np.array([], np.int64)
    return set(found.tolist())


def _new_state(wanted: pa.Table, computed: list[str], digests: Mapping[str, str], code_version: str) -> pa.Table:
    """State rows of the keys that were computed."""
    keys = pa.array(computed, pa.string())
    columns = {
        "key": keys,
        "input_digest": wanted["input_digest"].take(pc.index_in(keys, wanted["key"])),
        "code_version": pa.array([code_version] * len(computed), pa.string()),
        "output_digest": pa.array([digests[key] for key in computed], pa.string()),
    }
    return pa.table(columns, schema=STATE.schema)
