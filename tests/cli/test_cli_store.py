"""Summary, releases, export and verification on a release of the seeds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.cli import main
from pipeline.lake import Lake


def test_the_summary_names_counts_release_and_paths(run: Any, seed_lake: Lake) -> None:
    status, out, _ = run("summary")
    assert status == 0
    shown = dict(line.split(maxsplit=1) for line in out.replace("copy groups", "copy_groups").splitlines() if line)
    assert shown["articles"].strip() == "16"
    assert shown["quarantined"].strip() == "1"
    assert shown["copy_groups"].strip() == "15 (1 with copies)"
    assert shown["release"].strip() == "v000001"
    assert "report/index.html" in shown["report"]


def test_releases_are_listed(run: Any) -> None:
    assert "v000001" in run("releases")[1]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_exported_table_has_all_rows(run: Any, seed_lake: Lake, tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"claims.{kind}"
    assert run("export", "claims", "--format", kind, "--output", str(target))[0] == 0
    read = pd.read_csv(target) if kind == "csv" else pd.read_json(target, lines=True)
    assert len(read) == len(seed_lake.read("claims"))


def test_verify_finds_nothing_wrong(run: Any) -> None:
    status, out, _ = run("verify")
    assert (status, out.strip()) == (0, "1 releases are sound")


def test_an_empty_data_folder_is_an_error_that_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "summary"]) == 1
    assert "there are: none" in capsys.readouterr().err


def test_an_unknown_command_is_unusable(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["sumary"])
    assert stopped.value.code == 2
    assert "sumary" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error(seed_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        encoding = "utf-8"

        def write(self, _: str) -> int:
            raise BrokenPipeError

        def flush(self) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", open("/dev/null", "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    monkeypatch.setattr(sys, "stdout", Gone())
    assert main(["--data", str(seed_lake.root), "dictionary"]) == 0
