"""The README's snippets run as they stand on a release of the seeds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.lake import Lake

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("library", ["pandas", "duckdb", "polars"])
def test_the_snippet_prints_rows(
    library: str, seed_lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    snippet = next(code for code in SNIPPETS if f"import {library}" in code)
    monkeypatch.chdir(seed_lake.root.parent)
    exec(compile(snippet, f"README {library}", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) > 5


def test_the_readme_leads_with_the_two_commands() -> None:
    first_block = README.split("```sh\n")[1].split("```")[0]
    assert [line.split("#")[0].strip() for line in first_block.strip().splitlines()] == ["make run", "make test"]


def test_paths_that_the_readme_names_exist() -> None:
    for path in re.findall(r"\]\((docs/[\w./-]+)\)", README):
        assert (Path(__file__).parents[1] / path).exists(), path
