"""`newsclaims diff`: what came, went and changed between two releases, in words or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline.cli.adding import AddCommand
from pipeline.cli.comparison import compare
from pipeline.cli.lookup import shorten
from pipeline.lake import Lake
from pipeline.lake.releases import find_release
from pipeline.settings import Settings

_LIMIT = 20
_SIGNS = {"came": "+", "went": "-", "changed": "~"}
_STYLES = {"came": "green", "went": "red", "changed": "yellow"}


def add_commands(add: AddCommand) -> None:
    """Register `diff`."""
    diff = add("diff", _diff, "What came, changed and went between two releases.")
    diff.add_argument("before", help="release, such as v000003 or 3")
    diff.add_argument("after", nargs="?", default="latest", help="release (default: latest)")
    diff.add_argument("--json", action="store_true", help="everything, as JSON (docs/recipes.md describes the shape)")
    diff.add_argument(
        "--limit", type=int, default=_LIMIT, metavar="N", help=f"lines a kind, 0: all (default: {_LIMIT})"
    )


def _diff(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    if options.limit < 0:
        raise ValueError(f"--limit {options.limit}: give 0 for no limit, or a positive number")
    found = compare(lake, find_release(lake, options.before), find_release(lake, options.after))
    if options.json:
        json.dump(found, sys.stdout, indent=1, default=str, ensure_ascii=False)
        sys.stdout.write("\n")
        return 0
    for line in _told(found, options.limit):
        console.print(line)
    return 0


def _told(found: dict[str, Any], limit: int) -> Iterable[Text]:
    yield Text(f"{found['before']} → {found['after']}", style="bold")
    if found["not_compared"]:
        yield Text(f"not compared, written by another version: {', '.join(found['not_compared'])}", style="bold yellow")
    if not any(any(change.values()) for change in found["tables"].values()):
        if not found["not_compared"]:
            yield Text("nothing changed")
        return
    for name, label, tell in (
        ("articles", "articles", _article),
        ("groups", "claim groups", _group),
        ("claims", "claims", _claim),
        ("entities", "entities", _entity),
        ("conflicts", "conflicts", _conflict),
    ):
        changes = found[name]
        if not changes:
            continue
        yield Text()
        yield Text.assemble((label, "bold"), f": {_numbers(changes)}")
        for change in changes[: limit or None]:
            yield from tell(change)
        if limit and len(changes) > limit:
            yield Text(f"  and {len(changes) - limit} more (--limit 0 shows all)", style="dim")
    others = [
        f"{table} +{len(c['added'])} ~{len(c['changed'])} -{len(c['removed'])}"
        for table, c in found["tables"].items()
        if table not in ("articles", "claims", "claim_groups", "entities", "conflicts") and any(c.values())
    ]
    if others:
        yield Text()
        yield Text(f"rows of other tables: {', '.join(others)}", style="dim")


def _numbers(changes: Sequence[dict[str, Any]]) -> str:
    kinds = list(dict.fromkeys(("came", "went", "changed", *(c["change"] for c in changes))))
    counted = [(kind, sum(c["change"] == kind for c in changes)) for kind in kinds]
    return ", ".join(f"{number} {kind}" for kind, number in counted if number)


def _line(change: str, text: str, row_id: str = "") -> Text:
    sign = _SIGNS.get(change, "~")
    return Text.assemble(
        "  ", (f"{sign} ", _STYLES.get(change, "yellow")), text, (f"  {row_id}" if row_id else "", "dim")
    )


def _article(change: dict[str, Any]) -> Iterable[Text]:
    title = f" “{change['title']}”" if change["title"] else ""
    yield _line(change["change"], f"{change['file']}{title}{_columns(change)}", change["article_id"])


def _claim(change: dict[str, Any]) -> Iterable[Text]:
    said = f"{change['source'] or '(no source)'} [{change['stance']}] “{shorten(change['content'], 25)}”"
    yield _line(change["change"], f"{said} ({change['file']}){_columns(change)}", change["claim_id"])


def _columns(change: dict[str, Any]) -> str:
    return f": {', '.join(change['columns'])}" if change.get("columns") else ""


def _group(change: dict[str, Any]) -> Iterable[Text]:
    kind = change["change"]
    sides = f"{_count(change['asserting'])} asserting, {_count(change['denying'])} denying"
    row_id = change["after"] or change["before"]
    told = {
        "came": f" came: {sides}",
        "went": " went" + (f", its claims are in {change['into']}" if change["into"] else ""),
        "changed": f": {sides}",
    }[kind]
    yield _line(kind, f"“{shorten(change['proposition'], 20)}”{told}", row_id)
    for side in ("asserting", "denying"):
        for sign, who in (("+", change[side]["came"]), ("-", change[side]["went"])):
            for actor in who if kind == "changed" else ():
                where = f" ({', '.join(actor['files'])})" if actor["files"] else ""
                yield Text(f"      {side} {sign} {actor['name']}{where}")
    if kind != "changed":
        return
    before, after = change["contested"]
    if before != after:
        yield Text(f"      {'is contested now' if after else 'is no longer contested'}", style="bold")
    if change["before"] != change["after"]:
        yield Text(f"      was {change['before']}", style="dim")
    moved = [
        f"{len(change[key])} claims {word}"
        for key, word in (("claims_came", "came"), ("claims_went", "went"))
        if change[key]
    ]
    if moved:
        yield Text(f"      {', '.join(moved)}", style="dim")


def _count(side: dict[str, Any]) -> str:
    before, after = side["count"]
    return (
        f"{after}" if before is None or before == after else f"{before} → {after}" if after is not None else f"{before}"
    )


def _entity(change: dict[str, Any]) -> Iterable[Text]:
    kind = change["change"]
    other = change["other"] and f"{change['other']['name']} [{change['other']['entity_id']}]"
    told = {
        "merged": f"{change['name']} merged into {other}",
        "split": f"{change['name']} split off from {other}",
        "renamed": f"{other} is now {change['name']}",
    }.get(kind, f"{change['name']} ({change['type']}){_columns(change)}")
    yield _line(kind, told, change["entity_id"])


def _conflict(change: dict[str, Any]) -> Iterable[Text]:
    kind = f"{change['strength']} {change['type'].replace('_', ' ')}"
    yield _line(change["change"], f"{kind}: {change['explanation']}", change["conflict_id"])
