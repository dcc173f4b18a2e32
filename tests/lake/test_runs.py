"""Runs: arrays in one object, whole or in part as they were written, counted by the page, safe from the broom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.lake import Lake, LakeError, run_global_stage
from pipeline.lake.releases import collect_garbage, verify
from pipeline.lake.runs import PAGE, RunStore
from pipeline.tables import TABLES


@pytest.fixture
def store(lake: Lake) -> RunStore:
    return RunStore(lake.storage)


KINDS = st.sampled_from(["u4", "u8", "S3", "i2"])


@given(
    arrays=st.lists(
        st.tuples(KINDS, st.lists(st.integers(0, 90), min_size=1, max_size=4), st.integers(0, 3)), max_size=4
    )
)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arrays_come_back_as_they_were_written_in_whatever_chunks(
    store: RunStore, arrays: list[tuple[str, list[int], int]]
) -> None:
    chunked = {}
    for number, (kind, lengths, width) in enumerate(arrays):
        shape = (width,) if width else ()
        chunked[f"array {number}"] = [np.full((n, *shape), n % 7).astype(kind) for n in lengths]
    run = json.loads(json.dumps(store.write(chunked.items())))
    opened = store.open(run)
    for name, chunks in chunked.items():
        np.testing.assert_array_equal(opened[name].all(), np.concatenate(chunks))
        assert opened[name].all().dtype == chunks[0].dtype
    assert run == store.write(chunked.items())


def test_only_the_pages_asked_for_are_counted(store: RunStore) -> None:
    numbers = np.arange(100_000, dtype=np.uint64)
    stored = store.open(store.write([("numbers", [numbers])]))["numbers"]
    assert store.traffic.read == 0
    assert stored.take(np.array([70_000, 3, 70_001, 3])).tolist() == [70_000, 3, 70_001, 3]
    assert store.traffic.read == 2 * PAGE
    assert stored.slice(512, 1024).tolist() == list(range(512, 1024))
    assert store.traffic.read == 3 * PAGE
    assert stored.take(np.array([], np.int64)).tolist() == stored.slice(5, 5).tolist() == []
    assert store.traffic.read == 3 * PAGE
    assert store.traffic.written >= numbers.nbytes


def test_a_stored_array_cannot_be_altered(store: RunStore) -> None:
    stored = store.open(store.write([("numbers", [np.arange(5)])]))["numbers"]
    with pytest.raises(ValueError, match="read-only"):
        stored.all()[0] = 9


def test_a_run_that_its_stage_names_is_kept_and_others_are_swept(lake: Lake, store: RunStore) -> None:
    kept, dropped = (store.write([("numbers", [np.arange(n)])]) for n in (5, 6))
    run_global_stage(
        lake,
        "copy_groups",
        ["copy_groups"],
        code_version="1",
        upstream={},
        compute=lambda: {"copy_groups": TABLES["copy_groups"].empty()},
        notes=lambda: {"index": kept, "files": [{"object": kept["object"]}]},
    )
    recorded = lake.stage("copy_groups")
    assert recorded is not None
    collect_garbage(lake, keep=1)
    assert store.open(recorded["index"])["numbers"].all().tolist() == [0, 1, 2, 3, 4]
    assert verify(lake) == []
    with pytest.raises(LakeError, match="newsclaims verify"):
        store.open(dropped)


def test_a_run_cut_short_is_an_error(lake: Lake, store: RunStore) -> None:
    run = store.write([("numbers", [np.arange(500)])])
    path = lake.storage.objects / run["object"]
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(LakeError, match="3992 bytes instead of 4000"):
        store.open(run)
    assert any("does not match its name" in problem for problem in verify(lake))


def test_a_write_that_fails_leaves_nothing(lake: Lake, store: RunStore) -> None:
    def broken() -> Iterator[Any]:
        yield np.arange(5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write([("numbers", broken())])
    assert list(lake.storage.objects.iterdir()) == []
