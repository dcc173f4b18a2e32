"""A source folder that a test fills, and how to run ingestion over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from pipeline.ingest import read_sources, scan_sources
from pipeline.settings import Settings

# Timed assertions fail on a busy machine and say nothing about the code.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

STORY = (
    "The harbour of Brenlow stayed shut on Monday after its pilots walked out over night shifts.\n"
    "\n"
    "The port authority said that talks would resume on Thursday, and that ferries were not affected.\n"
)


@pytest.fixture
def story() -> str:
    return STORY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sources = tmp_path / "sources"
    sources.mkdir()
    return sources


Ingest = Callable[..., tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]]


@pytest.fixture
def ingest(folder: Path) -> Ingest:
    """Scan and read the folder: articles by source_uri, and the quarantine rows in order."""

    def run(**settings: Any) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
        chosen = Settings(sources=folder, **settings)
        files = scan_sources(chosen)["source_file"].to_pylist()
        articles, quarantine = read_sources(files, chosen)
        refused = sorted(quarantine.to_pylist(), key=lambda row: (row["source_uri"], row["message"]))
        return {row["source_uri"]: row for row in articles.to_pylist()}, refused

    return run
