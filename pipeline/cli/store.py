"""Commands over the whole store: summary, list of releases, verification, removal of what is old."""

from __future__ import annotations

import argparse

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from pipeline.cli.adding import AddCommand
from pipeline.lake import Lake
from pipeline.lake.releases import collect_garbage, find_release, list_releases, read_release_table, verify
from pipeline.settings import Settings


def add_commands(add: AddCommand) -> None:
    """Register `summary`, `releases`, `verify` and `gc`."""
    add("summary", _summary, "Counts and paths of the latest release, and what the last run computed.")
    add("releases", _releases, "List the releases.")
    add("verify", _verify, "Re-hash all objects and releases; exit status 1 when something is damaged.")
    gc = add("gc", _gc, "Remove old releases and objects that nothing refers to.")
    gc.add_argument("--keep", type=int, required=True, metavar="N", help="number of newest releases to keep")


def _summary(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    release = find_release(lake, "latest")
    rows = {table: entry["rows"] for table, entry in release.manifest["tables"].items()}
    groups = read_release_table(lake, release, "claim_groups")
    copies = read_release_table(lake, release, "copy_groups")
    contested = pc.sum(groups["contested"].cast(pa.int64())).as_py() or 0
    folder = lake.root / "releases" / release.name
    lines = [
        ("articles", f"{rows['articles']}"),
        ("quarantined", f"{rows['quarantine']}"),
        ("copy groups", f"{len(pc.unique(copies['copy_group_id']))} ({_with_copies(copies)} with copies)"),
        ("claims", f"{rows['claims']}"),
        ("claim groups", f"{rows['claim_groups']}"),
        ("contested", f"{contested}"),
        ("computed", _work(lake, "computed")),
        ("reused", _work(lake, "reused")),
        ("release", release.name),
        ("tables", f"{lake.root / 'latest'}  ({folder})"),
        ("report", f"{lake.root / 'latest' / 'report' / 'index.html'}"),
    ]
    # No grid: it would cut long paths at the terminal's width.
    for name, value in lines:
        console.print(Text.assemble((f"{name:<13}", "bold"), value))
    return 0


def _with_copies(copies: pa.Table) -> int:
    return len(pc.unique(copies.filter(pc.greater(copies["n_articles"], 1))["copy_group_id"]))


def _work(lake: Lake, kind: str) -> str:
    """What the last run of the stages that read files and parse passages did."""
    files, parsed = (lake.storage.read_json(f"last_run/{stage}.json") or {} for stage in ("articles", "annotations"))
    return f"{files.get(kind, 0)} files, {parsed.get(kind, 0)} passages"


def _releases(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    grid = Grid("release", "parent", "created", "articles", "claims", "claim groups", box=None)
    for release in list_releases(lake):
        rows = {table: str(entry["rows"]) for table, entry in release.manifest["tables"].items()}
        parent = release.manifest["parent"] or "–"
        created = release.manifest["created_at"]
        grid.add_row(release.name, parent, created, rows["articles"], rows["claims"], rows["claim_groups"])
    console.print(grid)
    return 0


def _verify(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    problems = verify(lake)
    for problem in problems:
        console.print(Text(problem))
    releases = len(list_releases(lake))
    console.print(
        Text(f"{len(problems)} problems in {releases} releases" if problems else f"{releases} releases are sound")
    )
    return 1 if problems else 0


def _gc(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:
    with lake.locked(settings.lock_timeout):
        removed, objects, freed = collect_garbage(lake, options.keep)
    console.print(Text(f"removed {len(removed)} releases and {objects} objects, {freed / 2**20:.1f} MiB"))
    return 0
