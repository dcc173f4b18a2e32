"""From finished tables to a release: the report, the release itself, and the whole chain in one call."""

from __future__ import annotations

import datetime
from typing import Any

from pipeline.chain.stages import STAGES
from pipeline.lake import Lake, StageReport
from pipeline.lake.releases import Blob, Release, publish
from pipeline.overrides import check_overrides
from pipeline.report import render_report, report_version
from pipeline.settings import Settings
from pipeline.tables import PUBLISHED

# Where the tables lie and how the work was spread does not decide what they hold, so a manifest leaves it out.
_NOT_RECORDED = frozenset({"sources", "data", "overrides", "workers", "lock_timeout", "batch_size"})


def update_report(lake: Lake) -> bool:
    """Render the report's pages over all published tables; False when those at hand are up to date."""
    upstream = lake.digests(PUBLISHED)
    recorded = lake.stage("report")
    if recorded and (recorded["code_version"], recorded["upstream"]) == (report_version(), upstream):
        return False
    pages = render_report({table: lake.read(table) for table in PUBLISHED})
    files = [
        {"path": f"report/{path}", "object": f"{lake.storage.write_blob(pages[path], '.html')}.html"}
        for path in sorted(pages)
    ]
    document: dict[str, Any] = {
        "stage": "report",
        "code_version": report_version(),
        "upstream": upstream,
        "files": files,
    }
    lake.commit("report", document, [])
    return True


def make_release(lake: Lake, settings: Settings, now: datetime.datetime) -> Release:
    """Publish all tables and the report at time ``now``; the last release is returned when nothing changed.

    Raises `LakeError` when a table was made from inputs that have changed since.
    """
    update_report(lake)
    recorded = lake.stage("report")
    blobs = [Blob(file["path"], file["object"]) for file in (recorded or {"files": []})["files"]]
    return publish(lake, PUBLISHED, blobs, settings.model_dump(mode="json", exclude=set(_NOT_RECORDED)), now)


def run_chain(lake: Lake, settings: Settings, now: datetime.datetime) -> tuple[list[StageReport], Release]:
    """All stages and the release, without Dagster; call it with the lake's lock held.

    Raises `OverrideError` before any work when a user's corrections cannot be read.
    """
    check_overrides(settings)
    reports = [stage.run(lake, settings) for stage in STAGES]
    return reports, make_release(lake, settings, now)
