"""Finding what a user means: an id or the beginning of one, a file or record of the source folder, a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.cli.reading import ReleaseRows
from pipeline.lake import LakeError

# What can be shown: its table, its id, and the column that says in words what it is.
KINDS = {
    "claim": ("claims", "claim_id", "content_text"),
    "group": ("claim_groups", "claim_group_id", "proposition"),
    "article": ("articles", "article_id", "source_uri"),
    "entity": ("entities", "entity_id", "name"),
    "conflict": ("conflicts", "conflict_id", "explanation"),
}
_LISTED = 12  # choices named when several things are meant
_WORDS = 12


@dataclass(frozen=True, order=True, slots=True)
class Hit:
    """One thing that may be meant."""

    kind: str
    id: str
    label: str


def find(rows: ReleaseRows, asked: str, kind: str | None = None) -> Hit:
    """The one thing that ``asked`` names: the whole of its id, file or name first, else the beginning of one.

    Raises `LakeError` where nothing or more than one thing answers; then it lists the choices.
    """
    kinds = [kind] if kind else list(KINDS)
    for found in (set(_whole(rows, asked, kinds)), set(_beginnings(rows, asked, kinds))):
        if len(found) == 1:
            return found.pop()
        if found:
            raise LakeError(_choices(asked, sorted(found)))
    wanted = f"{kind} " if kind else ""
    raise LakeError(
        f"nothing in {rows.release.name} has an id, file or name that begins with {asked!r}; "
        f"`newsclaims export {KINDS[kind or 'claim'][0]}` lists every {wanted or 'claim '}there is"
    )


def _whole(rows: ReleaseRows, asked: str, kinds: list[str]) -> Iterator[Hit]:
    for kind in kinds:
        table, key, label = KINDS[kind]
        columns = rows.column(table, key, label)
        mask = pc.equal(columns[key], asked)
        if kind == "entity":
            mask = pc.or_(mask, pc.equal(pc.utf8_lower(columns[label]), asked.lower()))
        yield from _hits(kind, columns.filter(mask))
        if kind == "article":
            yield from (hit for hit in _hits(kind, columns) if asked in _file_names(hit.label))


def _beginnings(rows: ReleaseRows, asked: str, kinds: list[str]) -> Iterator[Hit]:
    for kind in kinds:
        table, key, label = KINDS[kind]
        columns = rows.column(table, key, label)
        mask = pc.starts_with(columns[key], asked)
        if kind == "entity":
            mask = pc.or_(mask, pc.starts_with(columns[label], asked, ignore_case=True))
        yield from _hits(kind, columns.filter(mask))
        if kind == "article":
            hits = _hits(kind, columns)
            yield from (hit for hit in hits if any(name.startswith(asked) for name in _file_names(hit.label)))


def _hits(kind: str, columns: pa.Table) -> Iterator[Hit]:
    for row_id, label in zip(columns[0].to_pylist(), columns[1].to_pylist(), strict=True):
        yield Hit(kind, row_id, label or "")


def _file_names(uri: str) -> set[str]:
    """The ways to name a file or a record: its address, the file's name with and without extension, the key."""
    path, _, key = uri.partition("#")
    return {uri, PurePosixPath(path).name, PurePosixPath(path).stem, key} - {""}


def _choices(asked: str, found: list[Hit]) -> str:
    listed = "\n".join(f"  {hit.kind:<9} {hit.id}  {shorten(hit.label)}" for hit in found[:_LISTED])
    more = f"\n  and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return f"{asked!r} may mean {len(found)} things; give more of the id, or --kind:\n{listed}{more}"


def shorten(text: str, words: int = _WORDS) -> str:
    """The first words of a text, on one line."""
    parts = text.split()
    return " ".join(parts[:words]) + (" …" if len(parts) > words else "")
