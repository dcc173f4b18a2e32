"""The one place that touches the file system: atomic, durable writes and content-addressed objects.

Everything else speaks of object names and relative paths, so that an object store could stand behind this module.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import os
import shutil
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.lake.errors import LakeError

_PARQUET = {
    "compression": "zstd",
    "version": "2.6",
    "data_page_version": "1.0",
    "write_statistics": True,
    "use_dictionary": True,
}
_TEMPORARY = ".tmp-"
_CACHED_TABLES = 4
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Storage:
    """Files below one root folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.objects = root / "objects"
        self._read_again = functools.lru_cache(maxsize=_CACHED_TABLES)(self._read_columns)

    def prepare(self) -> None:
        """Create the root and the objects folder; raises `LakeError` when that is not allowed."""
        with self._explained(self.root):
            self.objects.mkdir(parents=True, exist_ok=True)

    def write_table(self, table: pa.Table, rows_per_group: int = 1 << 16) -> tuple[str, int]:
        """Write a table as an immutable Parquet object; returns (SHA-256 of the file, bytes).

        ``rows_per_group`` rows are encoded together: no fewer of them can be read (`read_rows`). Equal tables (schema,
        rows, order) give equal bytes, so an object that is there already is not replaced.
        """
        sink = pa.BufferOutputStream()
        pq.write_table(table.combine_chunks(), sink, row_group_size=rows_per_group, **_PARQUET)
        buffer = sink.getvalue()
        name = hashlib.sha256(buffer).hexdigest()
        self._write_object(f"{name}.parquet", buffer)
        return name, buffer.size

    def write_blob(self, data: bytes, suffix: str) -> str:
        """Write bytes as an immutable object ``<sha256><suffix>``; returns the SHA-256."""
        name = hashlib.sha256(data).hexdigest()
        self._write_object(f"{name}{suffix}", data)
        return name

    def write_stream(self, chunks: Iterable[bytes | memoryview], suffix: str) -> tuple[str, int]:
        """Write bytes that come in pieces as an immutable object ``<sha256><suffix>``; returns (SHA-256, bytes).

        For objects larger than memory. Errors raised by ``chunks`` leave nothing behind.
        """
        temporary = self.objects / f"{_TEMPORARY}stream{suffix}"
        digest, size = hashlib.sha256(), 0
        with self._explained(temporary):
            try:
                with temporary.open("wb") as file:
                    for chunk in chunks:
                        digest.update(chunk)
                        size += file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
                name = digest.hexdigest()
                temporary.replace(self.objects / f"{name}{suffix}")
            finally:
                temporary.unlink(missing_ok=True)
            sync_folder(self.objects)
        return name, size

    def list_objects(self) -> list[Path]:
        """The files of all objects, sorted; what a killed run began to write is none."""
        files = sorted(self.objects.iterdir()) if self.objects.is_dir() else []
        return [file for file in files if not file.name.startswith(_TEMPORARY)]

    def read_table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """Read a Parquet object, whole or some columns of it."""
        return self._open_table(name).read(columns=columns)

    def read_rows(self, name: str, columns: list[str], key: str, wanted: pa.Array) -> pa.Table:
        """The rows, some columns of them, of a Parquet object whose value in the column ``key`` is among ``wanted``.

        Little is read where these values lie in few row groups; else the columns are read whole and kept for the next
        call.
        """
        names = list(dict.fromkeys([*columns, key]))
        file = self._open_table(name)
        groups = _groups_with(file.metadata, key, sorted(wanted.to_pylist()))
        if len(groups) * 4 <= file.metadata.num_row_groups:
            rows = file.read_row_groups(groups, columns=names)
        else:
            rows = self._read_again(name, tuple(names))
        return rows.filter(pc.is_in(rows[key], value_set=wanted)).select(columns)

    def _read_columns(self, name: str, columns: tuple[str, ...]) -> pa.Table:
        return self.read_table(name, list(columns))

    def _open_table(self, name: str) -> pq.ParquetFile:
        path = self.objects / f"{name}.parquet"
        try:
            return pq.ParquetFile(path)
        except FileNotFoundError as error:
            raise LakeError(
                f"{path} is gone; run `newsclaims verify`, or remove the data folder and rebuild"
            ) from error

    def read_json(self, path: str) -> dict[str, Any] | None:
        """A JSON document below the root, or None when there is none."""
        try:
            document = json.loads((self.root / path).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise LakeError(
                f"{self.root / path} is no valid JSON: {error}; remove it, its stage is computed anew"
            ) from error
        if not isinstance(document, dict):
            raise LakeError(f"{self.root / path} holds no JSON object; remove it, its stage is computed anew")
        return document

    def write_json(self, path: str, document: dict[str, Any]) -> None:
        """Replace a JSON document atomically and durably."""
        target = self.root / path
        data = (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
        with self._explained(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        self._write_atomically(target, data)

    def link_object(self, file_name: str, target: Path) -> None:
        """Hard-link an object to ``target`` (a copy where the file system has no links)."""
        source = self.objects / file_name
        with self._explained(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target)
            except OSError as error:
                if error.errno not in (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP):
                    raise
                shutil.copyfile(source, target)

    def swap_link(self, link: str, target: str) -> None:
        """Point the symbolic link ``link`` at ``target`` in one atomic step."""
        path = self.root / link
        temporary = path.with_name(f"{_TEMPORARY}{path.name}")
        with self._explained(path):
            temporary.unlink(missing_ok=True)
            temporary.symlink_to(target)
            temporary.replace(path)
            sync_folder(path.parent)

    def move(self, source: Path, target: Path) -> None:
        """Rename a finished folder into place, durably."""
        with self._explained(target):
            source.rename(target)
            sync_folder(target.parent)

    def sweep_temporaries(self) -> None:
        """Remove what an interrupted run left half-written; call it with the lock held."""
        for folder in (self.root, self.objects, self.root / "heads", self.root / "stages", self.root / "releases"):
            for path in folder.glob(f"{_TEMPORARY}*") if folder.is_dir() else ():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def temporary_folder(self, beside: Path) -> Path:
        """A fresh folder next to ``beside``, to be filled and then moved into place."""
        path = beside.with_name(f"{_TEMPORARY}{beside.name}")
        with self._explained(path):
            if path.exists():
                shutil.rmtree(path)
            path.mkdir(parents=True)
        return path

    def _write_object(self, file_name: str, data: bytes | pa.Buffer) -> None:
        target = self.objects / file_name
        if not target.exists():
            self._write_atomically(target, data)

    def _write_atomically(self, target: Path, data: bytes | pa.Buffer) -> None:
        temporary = target.with_name(f"{_TEMPORARY}{target.name}")
        with self._explained(target):
            try:
                with temporary.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(target)
            except OSError:
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
                raise
            sync_folder(target.parent)

    @contextlib.contextmanager
    def _explained(self, path: Path) -> Iterator[None]:
        """Turn the operating system's refusals into errors that say what to do."""
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                remedy = "make room or set NEWSCLAIMS_DATA to another disk, then run again"
            elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
                remedy = "make the folder writable or set NEWSCLAIMS_DATA to another one, then run again"
            else:
                remedy = "run again when this is mended"
            raise LakeError(
                f"cannot write {path}: {error.strerror or error}; the last release is untouched; {remedy}"
            ) from error


def _groups_with(metadata: pq.FileMetaData, key: str, wanted: list[str]) -> list[int]:
    """The row groups that may hold one of the sorted values ``wanted`` in the column ``key``, by its least and most."""
    place = next(n for n in range(metadata.num_columns) if metadata.schema.column(n).path == key)
    groups = []
    for group in range(metadata.num_row_groups):
        limits = metadata.row_group(group).column(place).statistics
        known = limits is not None and limits.has_min_max
        if not known or bisect_left(wanted, limits.min) < bisect_right(wanted, limits.max):
            groups.append(group)
    return groups


def sync_folder(folder: Path) -> None:
    """Make a rename inside ``folder`` durable (a no-op where folders cannot be opened)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
