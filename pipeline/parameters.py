"""What decides which articles are copies of each other: the parameters of deduplication, checked before any work."""

from __future__ import annotations

import os

from pydantic import BaseModel, ConfigDict, Field, model_validator


class CopyParameters(BaseModel):
    """Parameters of signatures, candidates and exact verification; the chain's `Settings` extend them.

    Raises pydantic's ``ValidationError`` for values out of range, and where bands and rows do not make up the
    permutations.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="Processes for annotation; results do not depend on it.",
    )
    num_perm: int = Field(128, gt=0, description="MinHash permutations.")
    bands: int = Field(32, gt=0, description="LSH bands; bands times rows must be num_perm.")
    band_rows: int = Field(4, gt=0, description="Rows in an LSH band.")
    jaccard_threshold: float = Field(
        0.7, gt=0, le=1, description="Exact Jaccard from which two articles are near copies."
    )
    containment_threshold: float = Field(
        0.8, gt=0, le=1, description="Exact containment from which one article is contained in another."
    )
    min_shingles: int = Field(
        20,
        ge=1,
        description="Distinct 5-shingles of body text an article needs before it can be anybody's copy.",
    )

    @model_validator(mode="after")
    def _check_bands(self) -> CopyParameters:
        if self.bands * self.band_rows != self.num_perm:
            raise ValueError(
                f"NEWSCLAIMS_BANDS × NEWSCLAIMS_BAND_ROWS must be NEWSCLAIMS_NUM_PERM, "
                f"but {self.bands} × {self.band_rows} is not {self.num_perm}"
            )
        return self
