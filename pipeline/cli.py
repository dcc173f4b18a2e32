"""The `newsclaims` command: look at releases, compare them, show rows, verify and tidy the lake, export tables."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from pipeline import __version__
from pipeline.data_dictionary import render_data_dictionary
from pipeline.lake import Lake, LakeError
from pipeline.lake.releases import (
    Release,
    collect_garbage,
    compare_releases,
    find_release,
    list_releases,
    read_release_table,
    verify,
)
from pipeline.settings import Settings
from pipeline.tables import PUBLISHED

# Tables whose rows `show` finds by id, and the column that holds it.
_SHOWN = (
    ("claims", "claim_id"),
    ("claim_groups", "claim_group_id"),
    ("articles", "article_id"),
    ("entities", "entity_id"),
    ("conflicts", "conflict_id"),
)
_EXPORTS = ("csv", "jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0, 1 when something is wrong, 2 for unusable arguments."""
    parser = _parser()
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True)
    try:
        settings = Settings(**({"data": options.data} if options.data else {}))
        command: Callable[[argparse.Namespace, Lake, Settings, Console], int] = options.command
        return command(options, Lake(settings.data), settings, console)
    except (LakeError, ValueError) as error:
        Console(stderr=True, soft_wrap=True).print(Text(f"newsclaims: {error}"))
        return 1
    except BrokenPipeError:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="newsclaims", description=__doc__)
    parser.add_argument("--version", action="version", version=f"newsclaims {__version__}")
    parser.add_argument("--data", type=Path, help="data folder (default: NEWSCLAIMS_DATA, else data)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function: Callable[..., int], description: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=description, description=description)
        command.set_defaults(command=function)
        return command

    add("summary", _summary, "Counts and paths of the latest release, and what the last run computed.")
    add("releases", _releases, "List the releases.")
    diff = add("diff", _diff, "What came, changed and went between two releases.")
    diff.add_argument("before", help="release, such as v000003 or 3")
    diff.add_argument("after", nargs="?", default="latest", help="release (default: latest)")
    diff.add_argument("--json", action="store_true", help="all ids, as JSON")
    show = add("show", _show, "Show a claim, claim group, article, entity or conflict by its id.")
    show.add_argument("id", help="id, or the beginning of one")
    show.add_argument("--release", default="latest", help="release (default: latest)")
    show.add_argument("--json", action="store_true", help="as JSON")
    add("verify", _verify, "Re-hash all objects and releases; exit status 1 when something is damaged.")
    gc = add("gc", _gc, "Remove old releases and objects that nothing refers to.")
    gc.add_argument("--keep", type=int, required=True, metavar="N", help="number of newest releases to keep")
    export = add("export", _export, "Write a table of a release as CSV or JSON lines.")
    export.add_argument("table", choices=PUBLISHED)
    export.add_argument("--format", choices=_EXPORTS, default="jsonl")
    export.add_argument("--release", default="latest", help="release (default: latest)")
    export.add_argument("--output", type=Path, help="file (default: standard output)")
    add("dictionary", _dictionary, "Print the data dictionary as Markdown.")
    return parser


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


def _diff(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    before, after = find_release(lake, options.before), find_release(lake, options.after)
    changes = compare_releases(lake, before, after)
    if options.json:
        print(json.dumps({table: change.__dict__ for table, change in changes.items()}, indent=1))
        return 0
    grid = Grid("table", "added", "changed", "removed", title=f"{before.name} → {after.name}", box=None)
    for table, change in changes.items():
        grid.add_row(table, str(len(change.added)), str(len(change.changed)), str(len(change.removed)))
    console.print(grid)
    return 0


def _show(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    release = find_release(lake, options.release)
    found = [
        (table, row)
        for table, key in _SHOWN
        for row in _rows_starting_with(read_release_table(lake, release, table), key, options.id)
    ]
    if not found:
        raise LakeError(f"nothing in {release.name} has an id that begins with {options.id!r}")
    if options.json:
        print(json.dumps([{"table": table, **row} for table, row in found], indent=1, default=str, ensure_ascii=False))
        return 0
    for table, row in found:
        grid = Grid(title=table, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
        for name, value in row.items():
            grid.add_row(Text(name, style="bold"), Text("–" if value is None else str(value)))
        console.print(grid)
        for line in _related(lake, release, table, row):
            console.print(Text(line))
    return 0


def _rows_starting_with(rows: pa.Table, key: str, prefix: str) -> list[dict[str, Any]]:
    return list(rows.filter(pc.starts_with(rows[key], prefix)).to_pylist())


def _related(lake: Lake, release: Release, table: str, row: dict[str, Any]) -> list[str]:
    """The claims of a group or an article, one line each."""
    claims = read_release_table(lake, release, "claims")
    if table == "claim_groups":
        members = read_release_table(lake, release, "claim_group_members")
        chosen = members.filter(pc.equal(members["claim_group_id"], row["claim_group_id"]))["claim_id"]
        claims = claims.filter(pc.is_in(claims["claim_id"], value_set=chosen.combine_chunks()))
    elif table == "articles":
        claims = claims.filter(pc.equal(claims["article_id"], row["article_id"]))
    else:
        return []
    return [
        f"  {claim['claim_id']}  {claim['source_text'] or '(implicit)'} – {claim['cue_lemma']} [{claim['stance']}]: "
        f"{claim['content_text']}"
        for claim in claims.to_pylist()
    ]


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


def _export(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    rows = read_release_table(lake, find_release(lake, options.release), options.table)
    sink = options.output.open("w", encoding="utf-8") if options.output else contextlib.nullcontext(sys.stdout)
    with sink as file:
        if options.format == "csv":
            _without_nesting(rows).to_csv(file, index=False)
        else:
            file.writelines(f"{json.dumps(row, default=str, ensure_ascii=False)}\n" for row in rows.to_pylist())
    return 0


def _without_nesting(rows: pa.Table) -> pd.DataFrame:
    """The rows as a data frame; lists and structs become JSON text, since CSV knows none."""
    frame: pd.DataFrame = rows.to_pandas()
    for name in rows.schema.names:
        if pa.types.is_nested(rows[name].type):
            frame[name] = [json.dumps(value, default=str, ensure_ascii=False) for value in rows[name].to_pylist()]
    return frame


def _dictionary(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    sys.stdout.write(render_data_dictionary())
    return 0


if __name__ == "__main__":
    sys.exit(main())
