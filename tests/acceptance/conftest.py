"""Folders outside the repository that the acceptance runs read, named by environment variables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def _folder(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} names no folder")
    return Path(value).resolve()


@pytest.fixture(scope="session")
def real_sources() -> Path:
    """Five real articles on one summit: NEWSCLAIMS_ACCEPTANCE_SOURCES."""
    return _folder("NEWSCLAIMS_ACCEPTANCE_SOURCES")


@pytest.fixture(scope="session")
def evaluation() -> Path:
    """Labelled articles and their scorers: NEWSCLAIMS_EVALUATION."""
    return _folder("NEWSCLAIMS_EVALUATION")
