"""The Dagster face: what is defined, what a run reports, and that a failed check stops the release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipeline import invariants
from pipeline.assets.automation import digest_listing, source_folder
from pipeline.assets.resource import LakeResource
from pipeline.definitions import build_definitions
from pipeline.tables import TABLES

STORY = """The strike at the ferry works

The owners of the ferry works said on Friday that no one would be dismissed. The union denied \
this and accused the owners of hiding a list.

"We have seen the list," said Petra Quillan, the union's secretary. She added that talks would go on \
until the end of the month.
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "strike.txt").write_text(STORY, encoding="utf-8")
    return folder


def materialize(sources: Path, data: Path, selection: list[str] | None = None) -> dg.ExecuteInProcessResult:
    overrides = {"sources": str(sources), "data": str(data), "workers": 1, "lock_timeout": 0.5}
    definitions = build_definitions({"lake": LakeResource(overrides=overrides)})
    job = definitions.resolve_implicit_global_asset_job_def()
    keys = [dg.AssetKey(name) for name in selection] if selection else None
    return job.execute_in_process(asset_selection=keys, raise_on_error=False)


def metadata_of(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    event = next(e for e in result.get_asset_materialization_events() if e.asset_key == dg.AssetKey(asset))
    return {key: value.value for key, value in event.materialization.metadata.items()}


def test_groups_and_assets_follow_the_tables() -> None:
    graph = build_definitions().resolve_asset_graph()
    groups = {key.to_user_string(): graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {**{name: spec.group for name, spec in TABLES.items()}, "report": "release", "release": "release"}


def test_the_sensor_and_the_schedule_are_shipped_stopped() -> None:
    definitions = build_definitions()
    assert [s.default_status for s in definitions.sensors or []] == [dg.DefaultSensorStatus.STOPPED]
    schedules = [s for s in definitions.schedules or [] if isinstance(s, dg.ScheduleDefinition)]
    assert [s.default_status for s in schedules] == [dg.DefaultScheduleStatus.STOPPED]


def test_a_run_releases_and_reports_what_it_computed(sources: Path, tmp_path: Path) -> None:
    result = materialize(sources, tmp_path / "data")
    assert result.success
    claims = metadata_of(result, "claims")
    assert (claims["articles_computed"], claims["articles_reused"], claims["status"]) == (1, 0, "computed")
    assert claims["dagster/row_count"] > 0
    assert claims["dagster/column_schema"].columns[0].name == "claim_id"
    assert "| stance | accuse | 1 |" in claims["counts"]
    assert metadata_of(result, "report")["pages"] == 1
    assert metadata_of(result, "release")["release"] == "v000001"
    again = materialize(sources, tmp_path / "data")
    assert metadata_of(again, "claims")["status"] == "unchanged"
    assert metadata_of(again, "release")["status"] == "unchanged"


def test_a_failed_check_fails_the_run_and_releases_nothing(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = ["claims.content: spans that do not give their text: 1"]
    monkeypatch.setitem(invariants._CHECKS, "offsets_round_trip", lambda *_: complaint)
    result = materialize(sources, tmp_path / "data")
    assert not result.success
    assert not (tmp_path / "data" / "latest").exists()
    failed = [e for e in result.get_asset_check_evaluations() if not e.passed]
    assert failed
    assert failed[0].blocking


def test_a_lake_in_use_gives_a_clear_message(sources: Path, tmp_path: Path) -> None:
    from pipeline.lake import Lake  # noqa: PLC0415

    with Lake(tmp_path / "data").locked(1):
        result = materialize(sources, tmp_path / "data")
    assert not result.success
    assert any("is in use by process" in str(event.event_specific_data) for event in result.all_events)


def test_the_listing_changes_with_the_folder(sources: Path) -> None:
    before = digest_listing(sources)
    assert digest_listing(sources) == before
    (sources / "another.txt").write_text("x", encoding="utf-8")
    assert digest_listing(sources) != before


def test_the_sensor_runs_once_for_a_change_and_again_when_it_is_undone(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCLAIMS_SOURCES", str(sources))
    monkeypatch.setenv("NEWSCLAIMS_OVERRIDES", str(tmp_path / "overrides"))
    moved = next(path for path in sources.iterdir() if path.is_file())
    cursor: str | None = None
    requests: list[dg.RunRequest] = []

    def tick() -> None:
        nonlocal cursor
        context = dg.build_sensor_context(cursor=cursor)
        result = source_folder(context)
        if isinstance(result, dg.SensorResult):
            cursor = result.cursor
            requests.extend(result.run_requests or [])

    tick()
    tick()
    assert len(requests) == 1
    moved.rename(tmp_path / "away")
    tick()
    (tmp_path / "away").rename(moved)
    tick()
    assert len(requests) == 3
    assert [request.run_key for request in requests] == [None] * 3
    (tmp_path / "overrides").mkdir()
    (tmp_path / "overrides" / "claims.csv").write_text("x", encoding="utf-8")
    tick()
    assert len(requests) == 4
