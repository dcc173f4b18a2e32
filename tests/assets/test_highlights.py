"""What Dagster shows of a table at a glance: counts, the most contested first, nothing that breaks the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.assets.highlights import count_values, first_to_look_at, preview
from pipeline.lake import Lake
from pipeline.lake.stages import run_global_stage
from pipeline.tables import CLAIM_GROUPS, CONFLICTS, PASSAGES, QUARANTINE, TableSpec


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "data")


def store(lake: Lake, spec: TableSpec, rows: list[dict[str, Any]]) -> None:
    with lake.locked(1):
        run_global_stage(
            lake,
            spec.name,
            (spec.name,),
            code_version="1",
            upstream={},
            compute=lambda: {spec.name: spec.from_rows(rows)},
        )


def group(name: str, asserting: int, denying: int) -> dict[str, Any]:
    return {
        "claim_group_id": name,
        "proposition": f"the {name} fell",
        "n_claims": 2,
        "n_articles": 2,
        "n_copy_groups": 2,
        "n_origins": 1,
        "asserting_actor_ids": [],
        "denying_actor_ids": [],
        "n_independent_asserting": asserting,
        "n_independent_denying": denying,
        "contested": bool(asserting and denying),
    }


def test_the_most_contested_group_comes_first(lake: Lake) -> None:
    store(lake, CLAIM_GROUPS, [group("bridge", 9, 0), group("tower", 2, 1), group("wall", 1, 2)])
    shown = first_to_look_at(lake, "claim_groups")
    assert shown is not None
    assert [line.split(" | ")[0] for line in shown.splitlines()[2:]] == [
        "| the wall fell",
        "| the tower fell",
        "| the bridge fell",
    ]
    assert "| contested | true | 2 |" in str(count_values(lake, CLAIM_GROUPS))


def test_hard_conflicts_come_first_and_are_counted(lake: Lake) -> None:
    rows = [
        {"conflict_id": i, "claim_group_id": "g", "type": t, "strength": s, "claim_ids_a": [], "claim_ids_b": [],
         "explanation": f"explained {i}"}
        for i, t, s in (("1", "numbers_differ", "soft"), ("2", "speaker_mismatch", "hard"))
    ]  # fmt: skip
    store(lake, CONFLICTS, rows)
    shown = str(first_to_look_at(lake, "conflicts"))
    assert shown.index("explained 2") < shown.index("explained 1")
    assert "| strength | hard | 1 |" in str(count_values(lake, CONFLICTS))


def test_other_tables_show_their_first_rows(lake: Lake) -> None:
    store(lake, PASSAGES, [])
    assert first_to_look_at(lake, "passages") is None
    assert len(str(count_values(lake, PASSAGES)).splitlines()) == 2


def test_a_preview_cannot_break_out_of_its_cell() -> None:
    evil = "a | b\n<img src=x> [link](javascript:x) `code`"
    rows = QUARANTINE.from_rows(
        [{"source_uri": evil, "source_file": "f", "stage": "articles", "reason": "empty", "message": "m"}]
    )
    line = preview(rows, QUARANTINE).splitlines()[2]
    assert "<img" not in line
    assert "\\|" in line
    assert line.count(" | ") == len(QUARANTINE.schema.names) - 1
