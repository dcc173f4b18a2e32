"""Attributions and entities against labelled articles, with the scorers that come with them."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.chain import run_chain
from pipeline.lake import Lake
from pipeline.settings import Settings

pytestmark = pytest.mark.slow
NOON = datetime.datetime(2031, 10, 1, 12, tzinfo=datetime.UTC)


def score(evaluation: Path, scorer: str, gold: str, data: Path) -> str:
    """The scorer's printout for a run over the gold texts."""
    settings = Settings(sources=evaluation / gold / "text", data=data)
    lake = Lake(data)
    with lake.locked(1):
        run_chain(lake, settings, NOON)
    command = [sys.executable, str(evaluation / scorer), str(data / "latest"), str(evaluation / gold)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    return done.stdout


def figure(printout: str, pattern: str) -> float:
    match = re.search(pattern, printout, flags=re.MULTILINE)
    assert match, printout
    return float(match[1])


def test_attributions_reach_their_floor(evaluation: Path, tmp_path: Path) -> None:
    printout = score(evaluation, "score_attribution.py", "polnear/dev", tmp_path / "data")
    assert figure(printout, r"^source .*?F1 ([\d.]+) ") >= 0.64
    assert figure(printout, r"^cue .*?F1 ([\d.]+) ") >= 0.56
    assert figure(printout, r"^content .*?F1 ([\d.]+) ") >= 0.54
    assert figure(printout, r"right speaker ([\d.]+)$") >= 0.82


def test_entities_reach_their_floor(evaluation: Path, tmp_path: Path) -> None:
    printout = score(evaluation, "score_entities.py", "entities/worldwide_dev", tmp_path / "data")
    assert figure(printout, r"^all .*F1 ([\d.]+)") >= 0.66
