"""Releases: immutable, complete generations of all published tables, their manifests, and what lies between two."""

from __future__ import annotations

import datetime
import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake.errors import LakeError
from pipeline.lake.lake import Head, Lake
from pipeline.lake.parts import Part
from pipeline.lake.row_texts import write_rows
from pipeline.lake.storage import sha256_of_file, sync_folder
from pipeline.tables import TABLES, TableSpec

LISTED_IDS = 10_000  # ids of a change that a manifest lists; more are counted only, `newsclaims diff` finds them
_RELEASE = re.compile(r"v(\d{6,})$")


@dataclass(frozen=True)
class Blob:
    """A file of a release that is no table: its path in the release and its object's file name."""

    path: str
    object: str


@dataclass(frozen=True)
class Release:
    """A published release: its name (``v000012``) and manifest; ``created`` is False when nothing had changed."""

    name: str
    manifest: Mapping[str, Any]
    created: bool = True


@dataclass
class TableChange:
    """Ids of rows that came, changed and went between two releases of one table."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Counts and, up to `LISTED_IDS` of each, the ids; null where there are more."""
        return {
            kind: {"count": len(ids), "ids": ids if len(ids) <= LISTED_IDS else None}
            for kind, ids in (("added", self.added), ("changed", self.changed), ("removed", self.removed))
        }


def publish(
    lake: Lake,
    tables: Sequence[str],
    blobs: Sequence[Blob],
    settings: Mapping[str, Any],
    now: datetime.datetime,
) -> Release:
    """Publish the heads of ``tables`` as the next release and swap ``latest`` to it.

    Nothing is published when the last release holds the same content: that one is returned with ``created=False``.
    Raises `LakeError` when a head was made from inputs that have changed since.
    """
    heads = {table: lake.required_head(table) for table in tables}
    check_consistent(lake, heads)
    content = _content_digest(heads, blobs)
    latest = latest_release(lake)
    if latest and latest.manifest["content"] == content:
        return Release(latest.name, latest.manifest, created=False)
    newest = _newest_release(lake)
    if newest and newest.manifest["content"] == content and newest.manifest["parent"] == (latest and latest.name):
        # An interrupted run had finished the release and not yet pointed `latest` at it.
        lake.storage.swap_link("latest", f"releases/{newest.name}")
        return newest
    name = f"v{(int(newest.name[1:]) if newest else 0) + 1:06d}"
    manifest = {
        "version": name,
        "parent": latest.name if latest else None,
        "created_at": now.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        "content": content,
        "settings": dict(settings),
        "files": [{"path": blob.path, "object": blob.object} for blob in blobs],
        "tables": {
            table: {**head.to_json(), "changes": _changes(lake, latest, head).to_json()}
            for table, head in heads.items()
        },
    }
    _write_release(lake, name, manifest)
    return Release(name, manifest)


def check_consistent(lake: Lake, heads: Mapping[str, Head]) -> None:
    """Raise `LakeError` unless every head, and every head it was made from, rests on its inputs' current digests."""
    seen: set[str] = set()
    waiting = list(heads.values())
    while waiting:
        head = waiting.pop()
        if head.table in seen:
            continue
        seen.add(head.table)
        for name, digest in head.upstream.items():
            if name not in TABLES:
                continue
            below = lake.required_head(name)
            if below.digest != digest:
                raise LakeError(
                    f"no release: {head.table} was made from an earlier state of {name}; materialize {head.table} "
                    "(or all assets) first"
                )
            waiting.append(below)


def list_releases(lake: Lake) -> list[Release]:
    """All complete releases, oldest first."""
    folder = lake.root / "releases"
    names = sorted(path.name for path in folder.glob("v*") if _RELEASE.match(path.name)) if folder.is_dir() else []
    return [release for name in names if (release := _read_release(lake, name))]


def latest_release(lake: Lake) -> Release | None:
    """The release that ``latest`` points at, or None before the first."""
    link = lake.root / "latest"
    return _read_release(lake, link.readlink().name) if link.is_symlink() else None


def find_release(lake: Lake, name: str) -> Release:
    """A release by name (``v000012``, ``12`` or ``latest``); raises `LakeError` listing what there is."""
    if name == "latest":
        release = latest_release(lake)
    else:
        release = _read_release(lake, f"v{int(name.lstrip('v')):06d}") if name.lstrip("v").isdigit() else None
    if release is None:
        there = ", ".join(release.name for release in list_releases(lake)) or "none"
        raise LakeError(f"there is no release {name!r} in {lake.root}; there are: {there}")
    return release


def read_release_table(lake: Lake, release: Release, table: str) -> pa.Table:
    """A table as of a release."""
    parts = release.manifest["tables"][table]["parts"]
    return pa.concat_tables([lake.storage.read_table(part["object"]) for part in parts])


def compare_releases(lake: Lake, before: Release, after: Release) -> dict[str, TableChange]:
    """What changed in each table between two releases, by row id."""
    return {
        table: _compare_parts(lake, TABLES[table], _parts(before.manifest, table), _parts(after.manifest, table))
        for table in after.manifest["tables"]
        if table in TABLES
    }


def collect_garbage(lake: Lake, keep: int) -> tuple[list[str], int, int]:
    """Remove all but the newest ``keep`` releases and every object nothing refers to; call it with the lock held.

    The release that ``latest`` points at always stays. Returns (names of removed releases, objects removed, bytes
    freed).
    """
    if keep < 1:
        raise LakeError(f"--keep {keep}: at least one release must stay")
    latest = latest_release(lake)
    releases = list_releases(lake)
    stay = {release.name for release in releases[-keep:]} | ({latest.name} if latest else set())
    removed = [release.name for release in releases if release.name not in stay]
    for name in removed:
        shutil.rmtree(lake.root / "releases" / name)
    used = _referenced_objects(lake)
    count = freed = 0
    for path in sorted(lake.storage.objects.iterdir()):
        if path.name not in used:
            freed += path.stat().st_size
            path.unlink()
            count += 1
    sync_folder(lake.storage.objects)
    return removed, count, freed


def verify(lake: Lake) -> list[str]:
    """Re-hash every object and every release's files; returns one sentence for each thing that is wrong."""
    problems = []
    for stored in lake.storage.list_objects():
        if sha256_of_file(stored) != stored.stem:
            problems.append(f"{stored}: its content does not match its name; the file was altered or damaged")
    for name in sorted(_referenced_objects(lake)):
        if not (lake.storage.objects / name).exists():
            problems.append(f"{lake.storage.objects / name}: missing, but a head or a release refers to it")
    for release in list_releases(lake):
        for path, name in _release_files(release.manifest):
            file = lake.root / "releases" / release.name / path
            if not file.exists():
                problems.append(f"{file}: missing")
            elif sha256_of_file(file) != Path(name).stem:
                problems.append(f"{file}: its content does not match the manifest")
    link = lake.root / "latest"
    if link.is_symlink() and latest_release(lake) is None:
        problems.append(f"{link}: points at {link.readlink()}, which is no complete release")
    return problems


def _write_release(lake: Lake, name: str, manifest: Mapping[str, Any]) -> None:
    folder = lake.root / "releases" / name
    temporary = lake.storage.temporary_folder(folder)
    for path, file_name in _release_files(manifest):
        lake.storage.link_object(file_name, temporary / path)
    lake.storage.write_json(str((temporary / "manifest.json").relative_to(lake.root)), dict(manifest))
    for subfolder in sorted({path.parent for path in temporary.rglob("*")}):
        sync_folder(subfolder)
    lake.storage.move(temporary, folder)
    lake.storage.swap_link("latest", f"releases/{name}")


def _release_files(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(path inside the release, object file name) of every file but the manifest."""
    parts = [
        (f"{table}/part-{part['bucket']:05d}.parquet", f"{part['object']}.parquet")
        for table, entry in manifest["tables"].items()
        for part in entry["parts"]
    ]
    return parts + [(entry["path"], entry["object"]) for entry in manifest["files"]]


def _content_digest(heads: Mapping[str, Head], blobs: Sequence[Blob]) -> str:
    lines = [f"{table} {head.digest}" for table, head in sorted(heads.items())]
    lines += [f"{blob.path} {blob.object}" for blob in sorted(blobs, key=lambda blob: blob.path)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _read_release(lake: Lake, name: str) -> Release | None:
    manifest = lake.storage.read_json(f"releases/{name}/manifest.json")
    return Release(name, manifest) if manifest else None


def _newest_release(lake: Lake) -> Release | None:
    releases = list_releases(lake)
    return releases[-1] if releases else None


def _changes(lake: Lake, parent: Release | None, head: Head) -> TableChange:
    before = _parts(parent.manifest, head.table) if parent else ()
    return _compare_parts(lake, TABLES[head.table], before, head.parts)


def _parts(manifest: Mapping[str, Any], table: str) -> tuple[Part, ...]:
    entry = manifest["tables"].get(table)
    return tuple(Part(**part) for part in entry["parts"]) if entry else ()


def _compare_parts(lake: Lake, spec: TableSpec, before: Sequence[Part], after: Sequence[Part]) -> TableChange:
    """Row-wise difference; parts that both sides share are not read."""
    shared = {part.object for part in before} & {part.object for part in after}
    old, new = (_read_parts(lake, spec, [p for p in parts if p.object not in shared]) for parts in (before, after))
    old_keys, new_keys = (pd.Index(row_keys(rows, spec).to_pylist(), dtype="str") for rows in (old, new))
    both = new_keys.intersection(old_keys, sort=False)
    differ = _rows_that_differ(old.take(old_keys.get_indexer(both)), new.take(new_keys.get_indexer(both)))
    return TableChange(
        added=sorted(new_keys.difference(old_keys, sort=False)),
        changed=sorted(both[differ]),
        removed=sorted(old_keys.difference(new_keys, sort=False)),
    )


def _read_parts(lake: Lake, spec: TableSpec, parts: Sequence[Part]) -> pa.Table:
    """The parts' rows; those of a release whose schema was another count as rows that are gone."""
    tables = (lake.storage.read_table(part.object) for part in parts)
    return pa.concat_tables([spec.empty(), *(rows for rows in tables if rows.schema.equals(spec.schema))])


def _rows_that_differ(old: pa.Table, new: pa.Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """For two tables of the same rows, in the same order: whether any column differs."""
    differ = np.zeros(len(old), dtype=np.bool_)
    for name in old.schema.names:
        left, right = old[name], new[name]
        if pa.types.is_nested(left.type):
            left, right = write_rows(old.select([name])), write_rows(new.select([name]))
        unequal = pc.fill_null(pc.not_equal(left, right), False)
        one_null = pc.xor(pc.is_null(left), pc.is_null(right))
        differ |= pc.or_(unequal, one_null).to_numpy(zero_copy_only=False)
    return differ


def row_keys(rows: pa.Table, spec: TableSpec) -> pa.Array:
    """The id of each row: its key column, or its key columns joined by a colon."""
    columns = [pc.fill_null(rows[name].cast(pa.string()), "") for name in spec.key]
    return pc.binary_join_element_wise(*columns, ":").combine_chunks()


def _referenced_objects(lake: Lake) -> set[str]:
    """File names of all objects that a head, a stage's state or a release refers to."""
    used: set[str] = set()
    for folder in ("heads", "stages"):
        for path in sorted((lake.root / folder).glob("*.json")):
            document = lake.storage.read_json(f"{folder}/{path.name}") or {}
            for entry in (document, *document.get("outputs", {}).values()):
                used.update(f"{part['object']}.parquet" for part in [*entry.get("parts", []), *entry.get("state", [])])
                used.update(blob["object"] for blob in entry.get("files", []))
    for release in list_releases(lake):
        used.update(name for _, name in _release_files(release.manifest))
    return used
