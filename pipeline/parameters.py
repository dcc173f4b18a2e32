"""What decides which articles are copies of each other: the parameters of deduplication, checked before any work.

A dataclass and not a model of pydantic, whose import takes as long as to compare some thousand articles.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

_COUNTS = ("workers", "num_perm", "bands", "band_rows", "min_shingles")
_SHARES = ("jaccard_threshold", "containment_threshold")


def _described(default: Any, description: str) -> Any:
    return field(default=default, metadata={"description": description})


@dataclass(frozen=True, kw_only=True)
class CopyParameters:
    """Parameters of signatures, candidates and exact verification; the chain's `Settings` extend them.

    Raises `ValueError` for values out of range, and where bands and rows do not make up the permutations.
    """

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    num_perm: int = _described(128, "MinHash permutations.")
    bands: int = _described(32, "LSH bands; bands times rows must be num_perm.")
    band_rows: int = _described(4, "Rows in an LSH band.")
    jaccard_threshold: float = _described(0.7, "Exact Jaccard from which two articles are near copies.")
    containment_threshold: float = _described(0.8, "Exact containment from which one article is contained in another.")
    min_shingles: int = _described(
        20, "Distinct 5-shingles of body text an article needs before it can be anybody's copy."
    )

    def __post_init__(self) -> None:
        self.check()

    def check(self) -> None:
        """Raise `ValueError` where a value is out of range or does not fit the others."""
        for name in _COUNTS:
            count = getattr(self, name)
            if not isinstance(count, int) or count < 1:
                raise ValueError(f"{_call(name)} must be a whole number above 0, not {count!r}")
        for name in _SHARES:
            share = getattr(self, name)
            if not isinstance(share, int | float) or not 0 < share <= 1:
                raise ValueError(f"{_call(name)} must be above 0 and at most 1, not {share!r}")
        if self.bands * self.band_rows != self.num_perm:
            raise ValueError(
                f"{_call('bands')} × {_call('band_rows')} must be {_call('num_perm')}, "
                f"but {self.bands} × {self.band_rows} is not {self.num_perm}"
            )


def _call(name: str) -> str:
    """A parameter by its name here and in the environment."""
    return f"{name} (NEWSCLAIMS_{name.upper()})"
