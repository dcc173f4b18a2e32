"""Assembles the code location: assets, checks, jobs, sensor, schedule, resources; nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipeline.assets.automation import JOBS, SCHEDULES, SENSORS
from pipeline.assets.checks import CHECKS
from pipeline.assets.claims import CLAIMS
from pipeline.assets.deduplication import DEDUPLICATION
from pipeline.assets.entities import ENTITIES
from pipeline.assets.ingestion import INGESTION
from pipeline.assets.release import RELEASE
from pipeline.assets.resource import LakeResource


def build_definitions(resource_overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """The definitions; ``resource_overrides`` replaces resources by name, for tests."""
    return dg.Definitions(
        assets=[*INGESTION, *DEDUPLICATION, *ENTITIES, *CLAIMS, *RELEASE],
        asset_checks=CHECKS,
        jobs=JOBS,
        sensors=SENSORS,
        schedules=SCHEDULES,
        resources={"lake": LakeResource(), **(resource_overrides or {})},
        # One process for a run: the lake's lock spans all of it, and nothing is imported again for each step.
        executor=dg.in_process_executor,
    )


defs = build_definitions()
