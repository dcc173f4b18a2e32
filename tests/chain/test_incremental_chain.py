"""The whole chain under change: what is computed anew, and that the bytes are those of a rebuild."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.chain import STAGES, run_chain
from pipeline.ingest import passages as passage_stage
from pipeline.lake import Lake, StageReport
from pipeline.lake.releases import Release
from pipeline.settings import Settings
from pipeline.tables import PUBLISHED, TABLES

NOON = datetime.datetime(2031, 10, 1, 12, tzinfo=datetime.UTC)
ARTICLES = ("passages", "signatures", "credits", "document_mentions", "mentions", "attributions", "claims")
NEW = """Harbour workers in Port Lethe reject the night shifts

The dockers' union of Port Lethe said on Friday that the government had ordered night shifts without asking anyone.

"Nobody told us what is in the crates," said Mirela Strand, who leads the union. She denied that her \
members had been paid to stay away.
"""

Run = tuple[dict[str, StageReport], Release]
Runner = Callable[[str], Run]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of one story of the seeds, to be changed."""
    folder = tmp_path / "sources"
    shutil.copytree(Path(__file__).parents[2] / "seeds" / "harbour-pact", folder)
    return folder


@pytest.fixture
def run(tmp_path: Path, sources: Path) -> Runner:
    """Runs the chain over the sources into a data folder of the given name."""

    def call(name: str) -> Run:
        settings = Settings(sources=sources, data=tmp_path / name, workers=1)
        lake = Lake(settings.data)
        with lake.locked(1):
            reports, release = run_chain(lake, settings, NOON)
        return {report.stage: report for report in reports}, release

    return call


def published_files(data: Path) -> dict[str, bytes]:
    """Every file of the latest release but the manifest, which tells the release's own history."""
    root = (data / "latest").resolve()
    return {
        str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name != "manifest.json"
    }


def counts(report: StageReport) -> tuple[int, int, int]:
    return report.computed, report.reused, report.removed


def test_add_edit_remove_and_add_again(run: Runner, sources: Path, tmp_path: Path) -> None:
    first, release = run("grown")
    assert release.name == "v000001"
    assert all(counts(first[stage])[0] == 5 for stage in ARTICLES)

    again, unchanged = run("grown")
    assert not unchanged.created
    assert all(report.status == "unchanged" for report in again.values())

    (sources / "dockers.txt").write_text(NEW, encoding="utf-8")
    added, release = run("grown")
    assert release.name == "v000002"
    assert counts(added["articles"]) == (1, 5, 0)
    for stage in ("passages", "signatures", "credits", "document_mentions", "attributions"):
        assert counts(added[stage]) == (1, 5, 0), stage
    run("rebuilt")
    assert published_files(tmp_path / "grown") == published_files(tmp_path / "rebuilt")

    (sources / "dockers.txt").write_text(NEW.replace("on Friday", "on Monday"), encoding="utf-8")
    edited, _ = run("grown")
    assert counts(edited["articles"]) == (1, 5, 0)
    assert counts(edited["annotations"])[0] == 1
    run("rebuilt after the edit")
    assert published_files(tmp_path / "grown") == published_files(tmp_path / "rebuilt after the edit")

    text = (sources / "dockers.txt").read_text(encoding="utf-8")
    (sources / "dockers.txt").unlink()
    removed, _ = run("grown")
    assert counts(removed["articles"]) == (0, 5, 1)
    assert counts(removed["attributions"]) == (0, 5, 1)
    first_release = tmp_path / "grown" / "releases" / "v000001"
    for table in PUBLISHED:
        for part in (first_release / table).iterdir():
            assert part.read_bytes() == (tmp_path / "grown" / "latest" / table / part.name).read_bytes()

    (sources / "dockers.txt").write_text(text, encoding="utf-8")
    run("grown")
    assert published_files(tmp_path / "grown") == published_files(tmp_path / "rebuilt after the edit")


def test_the_order_in_which_articles_arrive_does_not_show(run: Runner, sources: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in sources.iterdir())
    waiting = tmp_path / "waiting"
    shutil.move(sources, waiting)
    sources.mkdir()
    for name in reversed(names):
        shutil.move(waiting / name, sources / name)
        run("one by one")
    run("at once")
    assert published_files(tmp_path / "one by one") == published_files(tmp_path / "at once")


def test_a_new_code_version_recomputes_its_stage_and_stops_where_nothing_differs(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("data")
    monkeypatch.setattr(passage_stage, "CODE_VERSION", "next")
    reports, release = run("data")
    assert counts(reports["passages"]) == (5, 0, 0)
    # Articles take their titles from the same reading of paragraphs, so they share that code version.
    assert {name for name in reports if reports[name].status != "unchanged"} == {"articles", "passages"}
    assert not release.created


def test_results_do_not_depend_on_workers_or_batches(sources: Path, tmp_path: Path) -> None:
    for name, options in (("one", {"workers": 1, "batch_size": 256}), ("many", {"workers": 2, "batch_size": 2})):
        settings = Settings(sources=sources, data=tmp_path / name, **options)  # type: ignore[arg-type]
        lake = Lake(settings.data)
        with lake.locked(1):
            run_chain(lake, settings, NOON)
    assert published_files(tmp_path / "one") == published_files(tmp_path / "many")


def test_an_empty_source_folder_gives_empty_tables(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    settings = Settings(sources=tmp_path / "nothing", data=tmp_path / "data", workers=1)
    lake = Lake(settings.data)
    with lake.locked(1):
        _, release = run_chain(lake, settings, NOON)
    assert all(entry["rows"] == 0 for entry in release.manifest["tables"].values())
    assert (lake.root / "latest" / "report" / "index.html").exists()


def test_stages_stand_in_order_and_every_table_has_one() -> None:
    made: set[str] = set()
    for stage in STAGES:
        assert set(stage.reads) <= made, stage.name
        assert not made & set(stage.outputs)
        made |= set(stage.outputs)
    assert made == set(TABLES)
