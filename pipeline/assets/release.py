"""Assets of the group release: the report, and the release that publishes everything at once."""

import datetime
import hashlib
from typing import Any

import dagster as dg

from pipeline.assets.resource import LakeResource
from pipeline.assets.results import OWNERS
from pipeline.chain import make_release, update_report
from pipeline.lake.releases import Release
from pipeline.tables import PUBLISHED


@dg.asset(group_name="release", deps=list(PUBLISHED), kinds={"html"}, owners=OWNERS)
def report(lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Self-contained pages: what is contested, who carries what, quotations, copies, and every article."""
    rendered = update_report(lake.lake)
    files = (lake.lake.stage("report") or {"files": []})["files"]
    digest = hashlib.sha256("\n".join(f"{file['path']} {file['object']}" for file in files).encode())
    return dg.MaterializeResult(
        data_version=dg.DataVersion(digest.hexdigest()),
        metadata={
            "status": "computed" if rendered else "unchanged",
            "pages": len(files),
            "stories": sum(file["path"].startswith("report/stories/") for file in files),
        },
    )


@dg.asset(group_name="release", deps=[*PUBLISHED, "report"], kinds={"parquet"}, owners=OWNERS)
def release(lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Publish all tables and the report as one immutable release, and point `latest` at it."""
    made = make_release(lake.lake, lake.settings, datetime.datetime.now(datetime.UTC))
    folder = lake.lake.root / "releases" / made.name
    return dg.MaterializeResult(
        data_version=dg.DataVersion(made.manifest["content"]),
        metadata={
            "release": made.name,
            "status": "published" if made.created else "unchanged",
            "dagster/row_count": sum(table["rows"] for table in made.manifest["tables"].values()),
            "tables": dg.MetadataValue.path(str(folder)),
            "report": dg.MetadataValue.path(str(folder / "report" / "index.html")),
            "changes": dg.MetadataValue.md(_changes(made)),
        },
    )


def _changes(made: Release) -> str:
    lines = ["| table | rows | added | changed | removed |", "| --- | ---: | ---: | ---: | ---: |"]
    for table, entry in made.manifest["tables"].items():
        counts = (entry["changes"][kind]["count"] for kind in ("added", "changed", "removed"))
        lines.append(f"| {table.replace('_', ' ')} | {entry['rows']} | {' | '.join(map(str, counts))} |")
    return "\n".join(lines)


RELEASE = [report, release]
