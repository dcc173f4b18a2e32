"""The snippets of the README and of the recipes run as they stand on a release of the seeds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.lake import Lake

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = [
    pytest.param(code, id=f"{name}-{number}")
    for name in ("README.md", "docs/recipes.md")
    for number, code in enumerate(
        re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    )
]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_snippet_prints_something(
    snippet: str, seed_lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(seed_lake.root.parent)
    exec(compile(snippet, "snippet", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_the_readme_reads_with_three_libraries() -> None:
    code = "".join(str(snippet.values[0]) for snippet in SNIPPETS if str(snippet.id).startswith("README"))
    assert all(f"import {library}" in code for library in ("pandas", "duckdb", "polars"))


def test_the_readme_leads_with_the_two_commands() -> None:
    first_block = README.split("```sh\n")[1].split("```")[0]
    assert [line.split("#")[0].strip() for line in first_block.strip().splitlines()] == ["make run", "make test"]


def test_paths_that_the_readme_names_exist() -> None:
    for path in re.findall(r"\]\((docs/[\w./-]+)\)", README):
        assert (ROOT / path).exists(), path
