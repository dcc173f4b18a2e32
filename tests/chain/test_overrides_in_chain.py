"""A user's corrections as inputs of the chain: applied on the next run, to what they touch, as a rebuild would."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from pipeline.chain import STAGES, run_chain
from pipeline.lake import Lake, StageReport
from pipeline.overrides import OverrideError, unapplied
from pipeline.settings import Settings

NOON = datetime.datetime(2031, 10, 1, 12, tzinfo=datetime.UTC)
HEADER = "action,entity,value,article,author,reason,date\n"
FOLLOWED = ("entities", "entity_links", "entity_overrides", "mentions", "claims")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings over a copy of one story of the seeds, with a folder of corrections that is still empty."""
    shutil.copytree(Path(__file__).parents[2] / "seeds" / "harbour-pact", tmp_path / "sources")
    (tmp_path / "overrides").mkdir()
    return Settings(sources=tmp_path / "sources", overrides=tmp_path / "overrides", data=tmp_path / "data", workers=1)


def follow(settings: Settings, data: str) -> tuple[Lake, dict[str, StageReport]]:
    """Bring the tables of a data folder in step, without a release."""
    settings = settings.model_copy(update={"data": settings.data.with_name(data)})
    lake = Lake(settings.data)
    with lake.locked(1):
        reports = {stage.name: stage.run(lake, settings) for stage in STAGES if stage.name not in ("conflicts",)}
    return lake, reports


def correct(settings: Settings, rows: str) -> None:
    (settings.overrides / "entities.csv").write_text(HEADER + rows, encoding="utf-8")


def test_a_correction_touches_what_it_names_and_equals_a_rebuild(settings: Settings) -> None:
    grown, _ = follow(settings, "grown")
    names = dict(zip(*(grown.read("entities")[c].to_pylist() for c in ("name", "entity_id")), strict=True))
    correct(settings, "rename,Meridian League,The League,,desk,as it calls itself,\nmerge,Nobody,Karlin,,desk,why,\n")
    grown, reports = follow(settings, "grown")
    assert reports["entities"].status == "computed"
    assert reports["document_mentions"].status == reports["mentions"].status == "unchanged"
    renamed = grown.read("entities", keys=[names["Meridian League"]]).to_pylist()
    assert [row["name"] for row in renamed] == ["The League"]
    assert unapplied(grown.read("entity_overrides")) == [
        "entities.csv line 3: merge 'Nobody' was not applied: no entity of this corpus has the id or the name 'Nobody'"
    ]

    article = grown.read("articles", ["source_uri"]).sort_by("source_uri")["source_uri"][0].as_py()
    correct(settings, f"split,Astovia,Astovia the ship,{article},desk,why,\n")
    grown, reports = follow(settings, "grown")
    assert (reports["mentions"].computed, reports["claims"].computed) == (1, 1)
    rebuilt, _ = follow(settings, "rebuilt")
    for table in FOLLOWED:
        assert grown.required_head(table).digest == rebuilt.required_head(table).digest

    (settings.overrides / "entities.csv").unlink()
    grown, _ = follow(settings, "grown")
    assert {name: names[name] for name in names} == dict(
        zip(*(grown.read("entities")[c].to_pylist() for c in ("name", "entity_id")), strict=True)
    )


def test_a_broken_correction_stops_the_run_before_any_work(settings: Settings) -> None:
    correct(settings, "mrege,Astovia,Paravia,,desk,why,\n")
    with pytest.raises(OverrideError, match=r"entities\.csv line 2, column 'action': 'mrege'"):
        run_chain(Lake(settings.data), settings, NOON)
    assert not (settings.data / "heads").exists()
