"""The chain run once over the seeds, for every test that reads its tables."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from pipeline.chain import run_chain
from pipeline.lake import Lake
from pipeline.settings import Settings

ROOT = Path(__file__).parents[1]
NOON = datetime.datetime(2031, 10, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture(scope="session")
def seed_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings over the seeds and a data folder of the test session."""
    return Settings(sources=ROOT / "seeds", data=tmp_path_factory.mktemp("seeds") / "data", workers=1)


@pytest.fixture(scope="session")
def seed_lake(seed_settings: Settings) -> Lake:
    """The lake after one run of the chain over the seeds; tests must not write to it."""
    lake = Lake(seed_settings.data)
    with lake.locked(1):
        run_chain(lake, seed_settings, NOON)
    return lake
