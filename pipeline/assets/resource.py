"""The lake as a Dagster resource: settings from environment and run config, the lock held for the whole run."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr

from pipeline.lake import Lake
from pipeline.overrides import check_overrides
from pipeline.settings import Settings


class LakeResource(dg.ConfigurableResource):  # type: ignore[type-arg]  # the generic parameter is Dagster's own default
    """The data folder and the settings of a run.

    With Dagster's in-process executor (the default here) the resource lives as long as the run, and so does the lock:
    a second run on the same data folder waits for the first.
    """

    overrides: dict[str, Any] = Field(
        default_factory=dict,
        description="Settings that win over the NEWSCLAIMS_* environment, by name: {sources: articles, workers: 1}.",
    )
    _lake: Lake | None = PrivateAttr(default=None)
    _settings: Settings | None = PrivateAttr(default=None)

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[LakeResource]:
        """Read the settings, refuse broken corrections, and hold the lake's lock while the run uses it."""
        settings = Settings(**self.overrides)
        check_overrides(settings)
        lake = Lake(settings.data)
        if context.log is not None:
            context.log.info(f"articles from {settings.sources}, tables in {settings.data}")
        with lake.locked(settings.lock_timeout):
            self._lake, self._settings = lake, settings
            yield self

    @property
    def lake(self) -> Lake:
        """The lake, while a run uses the resource."""
        if self._lake is None:
            raise RuntimeError("the lake is open only while a run uses it")
        return self._lake

    @property
    def settings(self) -> Settings:
        """The settings of the run."""
        if self._settings is None:
            raise RuntimeError("the settings are known only while a run uses the lake")
        return self._settings
