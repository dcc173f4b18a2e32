"""Each release check finds the fault it is there for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.invariants import check_table
from pipeline.lake import Lake
from pipeline.settings import Settings
from pipeline.tables import PUBLISHED, TABLES

Row = dict[str, Any]


@pytest.fixture
def lake(seed_lake: Lake, tmp_path: Path) -> Lake:
    """A copy of the seeds' lake, to be spoilt."""
    shutil.copytree(seed_lake.root, tmp_path / "data", symlinks=True)
    return Lake(tmp_path / "data")


def spoil(lake: Lake, table: str, change: Callable[[list[Row]], None]) -> None:
    """Rewrite a table with changed rows, past every stage."""
    spec = TABLES[table]
    rows = lake.read(table).to_pylist()
    change(rows)
    parts = lake.write_parts(spec, pa.Table.from_pylist(rows, schema=spec.schema))
    lake.write_heads([lake.make_head(spec, "spoilt", parts, "1", {})])


def failed(lake: Lake, table: str, settings: Settings | None = None) -> dict[str, str]:
    outcomes = check_table(lake, table, settings or Settings())
    return {outcome.check: outcome.problems[0] for outcome in outcomes if outcome.problems}


def test_the_seeds_break_nothing(lake: Lake) -> None:
    assert [failed(lake, table) for table in PUBLISHED] == [{} for _ in PUBLISHED]


def set_first(**values: Any) -> Callable[[list[Row]], None]:
    return lambda rows: rows[0].update(values)


@pytest.mark.parametrize(
    ("table", "change", "check", "complaint"),
    [
        ("mentions", set_first(start=0, end=3, text="not what stands there"), "offsets_round_trip", "do not give"),
        ("shared_passages", set_first(end_b=10**6), "offsets_round_trip", "start_b"),
        ("claims", set_first(quoted_spans=[{"start": 5, "end": 5}]), "offsets_round_trip", "quoted_spans"),
        ("claims", lambda rows: rows.append(rows[0]), "keys_unique", "stand twice"),
        ("claims", set_first(stance="guess"), "closed_values", "guess"),
        ("claims", set_first(target_entity_ids=["0000000000000000"]), "references_resolve", "entities.entity_id"),
        ("copy_groups", set_first(n_articles=9), "counts_consistent", "n_articles"),
        ("claim_group_members", lambda rows: rows.pop(), "counts_consistent", "n_claims"),
    ],
)
def test_a_spoilt_table_is_found_out(
    lake: Lake, table: str, change: Callable[[list[Row]], None], check: str, complaint: str
) -> None:
    spoil(lake, table, change)
    assert complaint in failed(lake, table)[check]


def test_too_much_quarantine_is_found_out(lake: Lake) -> None:
    strict = Settings(max_quarantine_share=0.01)
    assert "NEWSCLAIMS_MAX_QUARANTINE_SHARE=0.01" in failed(lake, "quarantine", strict)["quarantine_share"]


def test_a_check_that_held_is_not_run_again(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    assert failed(lake, "claims") == {}
    monkeypatch.setattr(lake, "read", lambda *_, **__: pytest.fail("the tables were read again"))
    assert failed(lake, "claims") == {}
