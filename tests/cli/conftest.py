"""The command on the seeds: one release, and a lake of two releases between which an article went."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.chain import run_chain
from pipeline.cli import main
from pipeline.lake import Lake
from pipeline.settings import Settings

LATER = datetime.datetime(2031, 10, 2, 12, tzinfo=datetime.UTC)
WENT = "harbour-pact/tribune-pact-neighbours-object.txt"

Run = Callable[..., tuple[int, str, str]]


def _runner(root: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(["--data", str(root), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def run(seed_lake: Lake, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command on the seeds' lake: exit status, output, errors."""
    return _runner(seed_lake.root, capsys)


@pytest.fixture
def read(run: Run) -> Callable[..., Any]:
    """Call the command and parse the JSON that it prints."""

    def call(*arguments: str) -> Any:
        status, out, err = run(*arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return call


@pytest.fixture(scope="session")
def shrunk_lake(seed_lake: Lake, seed_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The seeds' lake as its first release, and a second one without the article `WENT`."""
    folder = tmp_path_factory.mktemp("shrunk")
    shutil.copytree(seed_settings.sources, folder / "seeds")
    shutil.copytree(seed_lake.root, folder / "data", symlinks=True)
    (folder / "seeds" / WENT).unlink()
    settings = seed_settings.model_copy(update={"sources": folder / "seeds", "data": folder / "data"})
    lake = Lake(settings.data)
    with lake.locked(1):
        run_chain(lake, settings, LATER)
    return lake


@pytest.fixture
def run_shrunk(shrunk_lake: Lake, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command on the lake of two releases."""
    return _runner(shrunk_lake.root, capsys)
