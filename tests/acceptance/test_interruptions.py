"""kill -9, two runs at once, a disk that is full: the latest release is always whole, and the next run completes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.lake import Lake
from pipeline.lake.releases import latest_release, list_releases, verify
from pipeline.tables import PUBLISHED

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MATERIALIZE = [
    sys.executable,
    "-W",
    "ignore",
    "-m",
    "dagster",
    "asset",
    "materialize",
    "--select",
    "*",
    "-m",
    "pipeline.definitions",
]

RUN_WITH_SMALL_FILES_ONLY = """
import datetime, resource, signal
from pipeline.chain import run_chain
from pipeline.lake import Lake
from pipeline.settings import Settings

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
settings = Settings()
lake = Lake(settings.data)
with lake.locked(1):
    run_chain(lake, settings, datetime.datetime.now(datetime.UTC))
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    shutil.copytree(ROOT / "seeds" / "harbour-pact", folder)
    return folder


@pytest.fixture(autouse=True)
def dagster_home(tmp_path: Path) -> Path:
    """A Dagster instance whose own tables are there: two first runs at once would race for them, not for ours."""
    home = tmp_path / "dagster-home"
    home.mkdir()
    migrate = [sys.executable, "-W", "ignore", "-m", "dagster", "instance", "migrate"]
    subprocess.run(migrate, env={**os.environ, "DAGSTER_HOME": str(home)}, check=True, capture_output=True)
    return home


def start(sources: Path, data: Path, **settings: str) -> subprocess.Popen[bytes]:
    """A run of everything through Dagster, in its own process group."""
    home = sources.parent / "dagster-home"
    environment = {
        **os.environ,
        "NEWSCLAIMS_SOURCES": str(sources),
        "NEWSCLAIMS_DATA": str(data),
        "NEWSCLAIMS_WORKERS": "1",
        "DAGSTER_HOME": str(home),
        **settings,
    }
    return subprocess.Popen(
        MATERIALIZE, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )


def finish(run: subprocess.Popen[bytes]) -> tuple[int, str]:
    output, _ = run.communicate(timeout=300)
    return run.returncode, output.decode()


def assert_whole(data: Path) -> None:
    """The latest release is complete, undamaged and made of tables that fit together."""
    lake = Lake(data)
    release = latest_release(lake)
    if release is None:
        assert not (data / "latest").exists()
        return
    assert verify(lake) == []
    assert set(release.manifest["tables"]) == set(PUBLISHED)
    for table, entry in release.manifest["tables"].items():
        for name, digest in entry["upstream"].items():
            if name in release.manifest["tables"]:
                assert release.manifest["tables"][name]["digest"] == digest, (table, name)


def published(data: Path) -> dict[str, bytes]:
    root = (data / "latest").resolve()
    return {
        str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name != "manifest.json"
    }


def test_twenty_kills_at_random_moments(sources: Path, tmp_path: Path) -> None:
    data, chance = tmp_path / "data", random.Random(20)
    started = time.monotonic()
    assert finish(start(sources, data))[0] == 0
    duration = time.monotonic() - started
    story = (sources / "courier-harbour-treaty.txt").read_text(encoding="utf-8")
    killed = 0
    for number in range(20):
        (sources / "edited.txt").write_text(f"{story}\nEdition {number} went to press late.\n", encoding="utf-8")
        run = start(sources, data)
        time.sleep(chance.uniform(0.2, 1.0) * duration)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            killed += 1
        run.communicate()
        assert_whole(data)
    assert killed > 5
    status, output = finish(start(sources, data))
    assert status == 0, output
    assert_whole(data)
    assert finish(start(sources, tmp_path / "rebuilt"))[0] == 0
    assert published(data) == published(tmp_path / "rebuilt")


def test_two_runs_at_once_do_not_mix(sources: Path, tmp_path: Path) -> None:
    first, second = start(sources, tmp_path / "data"), start(sources, tmp_path / "data")
    for run in (first, second):
        status, output = finish(run)
        assert status == 0, output
    assert_whole(tmp_path / "data")
    assert [release.name for release in list_releases(Lake(tmp_path / "data"))] == ["v000001"]


def test_a_run_that_may_not_wait_says_who_is_in_the_way(sources: Path, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "data")
    with lake.locked(1):
        status, output = finish(start(sources, lake.root, NEWSCLAIMS_LOCK_TIMEOUT="0.1"))
    assert status == 1
    assert f"is in use by process {os.getpid()}" in output


def test_a_full_disk_leaves_the_last_release(sources: Path, tmp_path: Path) -> None:
    """The file size limit stands in for a full disk: every write beyond it fails."""
    data = tmp_path / "data"
    assert finish(start(sources, data))[0] == 0
    before = published(data)
    (sources / "more.txt").write_text("The ferry sank, said the harbour master of Port Lethe. " * 40, encoding="utf-8")
    environment = {
        **os.environ,
        "NEWSCLAIMS_SOURCES": str(sources),
        "NEWSCLAIMS_DATA": str(data),
        "NEWSCLAIMS_WORKERS": "1",
    }
    run = subprocess.run(
        [sys.executable, "-c", RUN_WITH_SMALL_FILES_ONLY],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "the last release is untouched; make room" in run.stderr
    assert published(data) == before
    assert_whole(data)
    assert finish(start(sources, data))[0] == 0
