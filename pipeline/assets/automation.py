"""Jobs for the usual selections, and the drop-folder sensor and nightly schedule, both shipped stopped."""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from pipeline.settings import Settings

everything_job = dg.define_asset_job(
    "everything", dg.AssetSelection.all(), description="The whole chain, from the source folder to a release."
)
deduplication_job = dg.define_asset_job(
    "ingest_and_deduplicate",
    dg.AssetSelection.groups("ingestion", "deduplication"),
    description="Read the source folder and find copies; no release.",
)
claims_job = dg.define_asset_job(
    "claims_and_release",
    dg.AssetSelection.groups("claims", "release"),
    description="Claims and a release from the articles, copies and entities at hand.",
)


@dg.sensor(
    job=everything_job,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Runs the chain when a source file or a correction came, went, or changed its size or time.",
)
def source_folder(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """The cursor is a digest of the folders' listings, so unchanged folders start no run.

    Runs have no key: Dagster starts a key once and never again, but a file moved away and back gives the same listing.
    """
    settings = Settings()
    listing = digest_listing(settings.sources, settings.overrides)
    if listing == context.cursor:
        return dg.SkipReason("no file of the source folder changed, and no correction")
    return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=listing)


def digest_listing(*folders: Path) -> str:
    """SHA-256 over the path, size and time of every file below some folders; no file is opened."""
    lines: list[bytes] = []
    for folder in folders:
        for parent, _, names in os.walk(folder):
            lines.extend(_list_files(parent, names))
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


def _list_files(parent: str, names: Sequence[str]) -> Iterator[bytes]:
    for name in names:
        path = Path(parent, name)
        with contextlib.suppress(FileNotFoundError):
            status = path.lstat()
            yield os.fsencode(f"{path}\x1f{status.st_size}\x1f{status.st_mtime_ns}")


nightly = dg.ScheduleDefinition(
    name="nightly",
    job=everything_job,
    cron_schedule="0 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="The whole chain every night at 03:00 UTC.",
)

JOBS = [everything_job, deduplication_job, claims_job]
SENSORS = [source_folder]
SCHEDULES = [nightly]
