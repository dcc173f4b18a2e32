"""Two releases compared: rows by id, then groups, entities, claims and conflicts as a reader thinks of them.

The shape is that of `newsclaims diff --json`: before, after (release names), not_compared (tables that one of them was
written with other columns of, by another version), tables (for each table the ids added, changed, removed), and lists
of changes, each with ``change`` (`came`, `went`, `changed`; of entities also `merged`,
`split`, `renamed`):

- articles: article_id, file, title, columns (those that differ)
- claims: claim_id, source, stance, content, file, columns
- groups: before, after (ids or null), proposition; asserting and denying, each with count [before, after] and the
  actors that came and went (id, name, files); contested [before, after]; claims_came, claims_went; into (the group that
  the claims of one that went are in)
- entities: entity_id, name, type, other (entity_id and name of the one that it was merged into, split off or named by),
  columns
- conflicts: conflict_id, type, strength, explanation
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.cli.entity_moves import entity_moves
from pipeline.cli.reading import ReleaseRows, Row
from pipeline.cli.views import names
from pipeline.lake import Lake
from pipeline.lake.releases import Release, TableChange, compare_releases

Change = dict[str, Any]
_UNTOLD = frozenset({"content_sha256", "article_digest", "text"})  # columns whose change says nothing by itself


def compare(lake: Lake, before: Release, after: Release) -> Change:
    """Everything that differs between two releases."""
    old, new = ReleaseRows(lake, before), ReleaseRows(lake, after)
    tables = compare_releases(lake, before, after)
    other = [table for table in tables if not (old.has_layout(table) and new.has_layout(table))]
    tables.update({table: TableChange() for table in other})
    return {
        "before": before.name,
        "after": after.name,
        "not_compared": other,
        "tables": {name: {"added": c.added, "changed": c.changed, "removed": c.removed} for name, c in tables.items()},
        "articles": _articles(old, new, tables["articles"]),
        "groups": compare_groups(old, new, tables["claim_groups"], tables["claim_group_members"]),
        "claims": _claims(old, new, tables["claims"]),
        "entities": _entities(old, new, tables["entities"], tables["mentions"]),
        "conflicts": _conflicts(old, new, tables["conflicts"]),
    }


def _versions(
    old: ReleaseRows, new: ReleaseRows, table: str, key: str, change: TableChange
) -> Iterable[tuple[str, Row | None, Row | None]]:
    """(`came`, `went` or `changed`, row before, row after) of each row that differs, by id."""
    before = {row[key]: row for row in old.where(table, key, [*change.removed, *change.changed])}
    after = {row[key]: row for row in new.where(table, key, [*change.added, *change.changed])}
    for row_id in sorted(before.keys() | after.keys()):
        kind = "came" if row_id not in before else "went" if row_id not in after else "changed"
        yield kind, before.get(row_id), after.get(row_id)


def _columns(before: Row | None, after: Row | None) -> list[str]:
    """The columns that differ, in the table's order; none where a row came or went."""
    if before is None or after is None:
        return []
    every = [name for name in after if before.get(name) != after[name]]
    return [name for name in every if name not in _UNTOLD] or every


def _articles(old: ReleaseRows, new: ReleaseRows, change: TableChange) -> list[Change]:
    found = []
    for kind, before, after in _versions(old, new, "articles", "article_id", change):
        row = after or before or {}
        columns = _columns(before, after)
        if before and after and before["text"] != after["text"]:
            columns = [*columns, "text"] if "text" not in columns else columns
        found.append(
            {
                "change": kind,
                "article_id": row["article_id"],
                "file": row["source_uri"],
                "title": row["title"],
                "columns": columns,
            }
        )
    return sorted(found, key=lambda c: (_order(c["change"]), c["file"]))


def _claims(old: ReleaseRows, new: ReleaseRows, change: TableChange) -> list[Change]:
    versions = list(_versions(old, new, "claims", "claim_id", change))
    rows = [after or before or {} for _, before, after in versions]
    files = _files(old, new, (row["article_id"] for row in rows))
    found = [
        {
            "change": kind,
            "claim_id": row["claim_id"],
            "source": row["source_text"],
            "stance": row["stance"],
            "content": row["content_text"],
            "file": files.get(row["article_id"], row["article_id"]),
            "columns": _columns(before, after),
        }
        for (kind, before, after), row in zip(versions, rows, strict=True)
    ]
    return sorted(found, key=lambda c: (_order(c["change"]), c["file"], c["claim_id"]))


def _conflicts(old: ReleaseRows, new: ReleaseRows, change: TableChange) -> list[Change]:
    found = [
        {"change": kind, **{k: row[k] for k in ("conflict_id", "type", "strength", "explanation")}}
        for kind, before, after in _versions(old, new, "conflicts", "conflict_id", change)
        for row in [after or before or {}]
    ]
    return sorted(found, key=lambda c: (_order(c["change"]), c["strength"] != "hard", c["type"], c["conflict_id"]))


def _order(change: str) -> int:
    return ("merged", "split", "renamed", "changed", "came", "went").index(change)


def _files(old: ReleaseRows, new: ReleaseRows, article_ids: Iterable[str]) -> dict[str, str]:
    wanted = set(article_ids)
    found: dict[str, str] = {}
    for rows in (old, new):
        known = rows.by_id("articles", "article_id", wanted, ("source_uri",))
        found.update({article: row["source_uri"] for article, row in known.items()})
    return found


def compare_groups(old: ReleaseRows, new: ReleaseRows, groups: TableChange, members: TableChange) -> list[Change]:
    """Groups that came, went or changed.

    A group's id is that of its smallest claim and may change with it: a group that went and one that came are one where
    each has more claims of the other than of any third.
    """
    before = _Side(old, {*groups.removed, *groups.changed, *_groups_of(old, members)})
    after = _Side(new, {*groups.added, *groups.changed, *_groups_of(new, members)})
    found = []
    for one, two in _pairs(before, after):
        change = _group_change(one, two, before, after, old, new)
        if change["change"] != "changed" or _is_telling(change):
            found.append(change)
    return sorted(found, key=_by_weight)


def _groups_of(rows: ReleaseRows, members: TableChange) -> set[str]:
    claims = [*members.added, *members.changed, *members.removed]
    return {row["claim_group_id"] for row in rows.where("claim_group_members", "claim_id", claims, ("claim_group_id",))}


class _Side:
    """Some groups of one release, with their members by claim id."""

    def __init__(self, rows: ReleaseRows, group_ids: Iterable[str]) -> None:
        self.rows = rows
        wanted = sorted(group_ids)
        self.groups = {row["claim_group_id"]: row for row in rows.where("claim_groups", "claim_group_id", wanted)}
        self.members: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in rows.where("claim_group_members", "claim_group_id", wanted):
            self.members[row["claim_group_id"]][row["claim_id"]] = row
        self.group_of = {claim: group for group, found in self.members.items() for claim in found}
        counted = {actor for found in self.members.values() for m in found.values() for actor in m["counted_actor_ids"]}
        self.names = names(rows, counted)

    def towards(self, group_id: str, other: _Side) -> str | None:
        """The group of another release that most of this group's claims are in."""
        shared = Counter(other.group_of[claim] for claim in self.members[group_id] if claim in other.group_of)
        return min(shared, key=lambda group: (-shared[group], group)) if shared else None


def _pairs(before: _Side, after: _Side) -> Iterable[tuple[str | None, str | None]]:
    paired = set()
    for group in sorted(before.groups):
        same = group if group in after.groups else before.towards(group, after)
        if same is not None and same not in paired and (same == group or after.towards(same, before) == group):
            if same != group and same in before.groups:
                same = None  # that id goes on in its own right
            else:
                paired.add(same)
        else:
            same = None
        yield group, same
    for group in sorted(after.groups.keys() - paired):
        yield None, group


def _group_change(
    one: str | None, two: str | None, before: _Side, after: _Side, old: ReleaseRows, new: ReleaseRows
) -> Change:
    row = after.groups[two] if two is not None else before.groups[str(one)]
    was, now = before.members.get(one or "", {}), after.members.get(two or "", {})
    files = _files(old, new, _articles_of(old, was) | _articles_of(new, now))
    change = "came" if one is None else "went" if two is None else "changed"
    return {
        "change": change,
        "before": one,
        "after": two,
        "proposition": row["proposition"],
        "asserting": _side_change("asserts", "n_independent_asserting", one, two, before, after, files),
        "denying": _side_change("denies", "n_independent_denying", one, two, before, after, files),
        "contested": [side.groups[g]["contested"] if g else None for side, g in ((before, one), (after, two))],
        "claims_came": sorted(now.keys() - was.keys()),
        "claims_went": sorted(was.keys() - now.keys()),
        "into": before.towards(one, after) if one is not None and two is None else None,
    }


def _articles_of(rows: ReleaseRows, members: Mapping[str, Row]) -> set[str]:
    found = rows.where("claims", "claim_id", members, ("article_id",))
    for claim in found:
        members[claim["claim_id"]]["article_id"] = claim["article_id"]
    return {claim["article_id"] for claim in found}


def _side_change(
    side: str, column: str, one: str | None, two: str | None, before: _Side, after: _Side, files: Mapping[str, str]
) -> Change:
    """Counts before and after, and the actors that came and went on one side with the files they rest on."""
    was = _resting(before.members.get(one or "", {}), side, before.names, files)
    now = _resting(after.members.get(two or "", {}), side, after.names, files)
    return {
        "count": [before.groups[one][column] if one else None, after.groups[two][column] if two else None],
        "came": [now[actor] for actor in sorted(now.keys() - was.keys())],
        "went": [was[actor] for actor in sorted(was.keys() - now.keys())],
    }


def _resting(
    members: Mapping[str, Row], side: str, named: Mapping[str, str], files: Mapping[str, str]
) -> dict[str, Change]:
    """Actor -> its id, name and the files of the claims that it counts by; unnamed sources are one by file."""
    found: dict[str, Change] = {}
    for member in members.values():
        if member["side"] != side or member["not_counted"] is not None:
            continue
        file = files.get(member.get("article_id", ""), "")
        for actor in member["counted_actor_ids"] or [""]:
            key = named.get(actor, actor) if actor else f"~ {file}"
            entry = found.setdefault(
                key, {"id": actor or None, "name": key if actor else "an unnamed source", "files": []}
            )
            if file and file not in entry["files"]:
                entry["files"] = sorted([*entry["files"], file])
    return found


def _is_telling(change: Change) -> bool:
    sides = (change["asserting"], change["denying"])
    moved = change["claims_came"] or change["claims_went"] or change["contested"][0] != change["contested"][1]
    return bool(moved) or any(s["count"][0] != s["count"][1] or s["came"] or s["went"] for s in sides)


def _by_weight(change: Change) -> tuple[Any, ...]:
    """Counts that changed first, contested ones before others, then by their size."""
    sides = (change["asserting"], change["denying"])
    moved = change["change"] == "changed" and any(s["count"][0] != s["count"][1] for s in sides)
    size = sum(count or 0 for s in sides for count in s["count"])
    return not moved, not any(change["contested"]), _order(change["change"]), -size, change["after"] or change["before"]


def _entities(old: ReleaseRows, new: ReleaseRows, change: TableChange, mentions: TableChange) -> list[Change]:
    """Entities that came, went or changed otherwise than in how often they are mentioned; merged, split, renamed."""
    moves = entity_moves(change.removed, change.added, _flows(old, new, mentions))
    others = {other for _, other in moves.values()}
    named = names(old, others) | names(new, others)
    renamed = {other for kind, other in moves.values() if kind == "renamed"}
    found = []
    for told, before, after in _versions(old, new, "entities", "entity_id", change):
        row = after or before or {}
        kind, other = moves.get(row["entity_id"], (told, None))
        columns = [name for name in _columns(before, after) if not name.startswith("n_")]
        if row["entity_id"] in renamed or (kind == "changed" and not columns):
            continue
        found.append(
            {
                "change": kind,
                "entity_id": row["entity_id"],
                "name": row["name"],
                "type": row["type"],
                "other": {"entity_id": other, "name": named.get(other, other)} if other else None,
                "columns": columns,
            }
        )
    return sorted(found, key=lambda c: (_order(c["change"]), c["name"], c["entity_id"]))


def _flows(old: ReleaseRows, new: ReleaseRows, mentions: TableChange) -> dict[str, Counter[str]]:
    """Entity before -> entity now -> how many mentions moved."""
    was = old.by_id("mentions", "mention_id", mentions.changed, ("entity_id",))
    now = new.by_id("mentions", "mention_id", mentions.changed, ("entity_id",))
    flows: dict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions.changed:
        one, two = was[mention]["entity_id"], now[mention]["entity_id"]
        if one and two and one != two:
            flows[one][two] += 1
    return flows
