"""The newsclaims command on a release of the seeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.cli import main
from pipeline.lake import Lake


@pytest.fixture
def run(seed_lake: Lake, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(["--data", str(seed_lake.root), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


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


def test_a_claim_is_found_by_the_beginning_of_its_id(run: Any, seed_lake: Lake) -> None:
    claim = seed_lake.read("claims").to_pylist()[0]
    status, out, _ = run("show", claim["claim_id"][:12], "--json")
    assert status == 0
    shown = [row for row in json.loads(out) if row["table"] == "claims"]
    assert shown[0]["content_text"] == claim["content_text"]


def test_a_group_is_shown_with_its_claims(run: Any, seed_lake: Lake) -> None:
    group = max(seed_lake.read("claim_groups").to_pylist(), key=lambda row: row["n_claims"])
    _, out, _ = run("show", group["claim_group_id"])
    members = seed_lake.read("claim_group_members").to_pandas().query("claim_group_id == @group['claim_group_id']")
    assert all(claim in out for claim in members["claim_id"])


def test_an_unknown_id_is_an_error(run: Any) -> None:
    status, _, err = run("show", "zzzz")
    assert status == 1
    assert "nothing in v000001 has an id that begins with 'zzzz'" in err


def test_an_unknown_release_is_an_error(run: Any) -> None:
    status, _, err = run("diff", "99")
    assert status == 1
    assert "there are: v000001" in err


def test_a_release_does_not_differ_from_itself(run: Any) -> None:
    changes = json.loads(run("diff", "1", "latest", "--json")[1])
    assert all(change == {"added": [], "changed": [], "removed": []} for change in changes.values())


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
