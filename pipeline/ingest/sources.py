"""The source folder: which files there are, what their bytes are, which links leave it, and the sidecar tables."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from pipeline.ingest.quarantine import RefusedError
from pipeline.ingest.records import canonical_json
from pipeline.ingest.sidecars import SIDECAR, Sidecar, read_sidecar
from pipeline.settings import Settings

SOURCES_SCHEMA = pa.schema([("source_file", pa.string()), ("input_digest", pa.string())])
_CHUNK = 1 << 20
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")
# A `#` in such a name could be read as the start of a record's key.
_KEYED_NAME = re.compile(r"(?i)(\.(?:json|jsonl|ndjson|csv|parquet)(?:\.gz)?)#")


def escape_path(path: str) -> str:
    r"""A relative path as it stands in tables.

    Bytes that are no UTF-8 become ``\xNN``, and so does a ``#`` that could be taken for the start of a record's key;
    a backslash that would read as such an escape is escaped itself, so that `unescape_path` gives the path back.
    """
    raw = os.fsencode(path).replace(os.fsencode(os.sep), b"/")
    text = re.sub(rb"\\(?=x[0-9a-f]{2})", rb"\\x5c", raw).decode("utf-8", errors="backslashreplace")
    return _KEYED_NAME.sub(r"\1\\x23", text)


def unescape_path(source_file: str) -> str:
    """The path that `escape_path` was given, with surrogate escapes for bytes that are no UTF-8."""
    return os.fsdecode(_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), source_file.encode()))


def scan_sources(settings: Settings) -> pa.Table:
    """Every input below ``settings.sources`` with the digest of all that decides what becomes of it.

    Returns columns ``source_file`` (relative path, see `escape_path`) and ``input_digest`` (SHA-256 over the file's
    bytes and its sidecar rows, or over the reason why it is refused unread). Hidden files and folders are left out.
    Raises `ValueError` when the source folder does not exist or cannot be listed.
    """
    folder = SourceFolder(settings)
    digests = {source_file: folder.digest(source_file) for source_file in folder.list_files()}
    return pa.table({"source_file": list(digests), "input_digest": list(digests.values())}, schema=SOURCES_SCHEMA)


class SourceFolder:
    """The folder of ``settings.sources`` and its sidecar tables; files are named as in tables (`escape_path`)."""

    def __init__(self, settings: Settings) -> None:
        self.root = Path(os.path.realpath(settings.sources))
        self.limit = settings.max_file_bytes
        self._sidecars: dict[str, Sidecar] = {}
        if not self.root.is_dir() or not os.access(self.root, os.R_OK | os.X_OK):
            raise ValueError(
                f"NEWSCLAIMS_SOURCES={str(settings.sources)!r} is not a folder that can be listed: "
                "create it, or name the one that holds the articles"
            )

    def list_files(self) -> Iterator[str]:
        """Everything that is to be read or refused.

        Sidecar tables are listed only when they are broken. A link to a folder is listed itself when it leaves the
        source folder or leads to a hidden one, and is otherwise passed over: what it shows is read at its own place.
        """
        for path in self._walk():
            yield escape_path(str(path.relative_to(self.root)))

    def checked_path(self, source_file: str) -> Path:
        """The file's place on disk, after the checks that come before reading.

        Raises `RefusedError`: ``link_outside_source``, ``unreadable`` (dangling links, loops, folders that cannot be
        listed, pipes and other special files) or ``too_large``.
        """
        try:
            target = Path(os.path.realpath(self.root / unescape_path(source_file), strict=True))
            status = target.stat()
        except FileNotFoundError as error:
            raise RefusedError(
                "unreadable", "the file, or what the link points to, is missing: restore it or remove the link"
            ) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise RefusedError(
                "unreadable", f"cannot be opened ({_os_reason(error)}): check the link and its rights"
            ) from error
        self._check(target, status)
        return target

    def read_bytes(self, source_file: str) -> bytes:
        """The file's bytes as they are on disk. Raises `RefusedError` as `checked_path` does."""
        target = self.checked_path(source_file)
        try:
            with target.open("rb") as stream:
                data = stream.read(self.limit + 1)
        except OSError as error:
            raise RefusedError("unreadable", f"cannot be read ({_os_reason(error)}): check its rights") from error
        if len(data) > self.limit:
            raise RefusedError("too_large", "the file grew while it was read: run again once it is complete")
        return data

    def digest(self, source_file: str) -> str:
        """SHA-256 over the file's bytes and its sidecar rows; over the refusal when it cannot be read."""
        whole = hashlib.sha256()
        try:
            with self.checked_path(source_file).open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    whole.update(chunk)
        except RefusedError as error:
            whole = hashlib.sha256(f"refused\x1f{error.reason}\x1f{error.message}".encode())
        except OSError as error:
            whole = hashlib.sha256(f"refused\x1funreadable\x1f{_os_reason(error)}".encode())
        return hashlib.sha256(whole.digest() + canonical_json(self.sidecar_rows(source_file))).hexdigest()

    def sidecar_rows(self, source_file: str) -> dict[str, Mapping[str, Any]]:
        """The sidecar rows about a file, by record key ("" for the file itself); the nearest folder's row wins.

        A row names a file by its path from the folder of its table: a bare name there, ``sub/name`` further up.
        """
        path = PurePosixPath(source_file)
        found: dict[str, Mapping[str, Any]] = {}
        for folder in path.parents:
            rows = self._sidecar(folder.as_posix()).rows.get(path.relative_to(folder).as_posix(), {})
            for key, row in rows.items():
                found.setdefault(key, row)
        return found

    def sidecar_error(self, source_file: str) -> RefusedError | None:
        """Why the sidecar table of that name cannot be used, None when it can."""
        return self._sidecar(PurePosixPath(source_file).parent.as_posix()).error

    def _walk(self) -> Iterator[Path]:
        pending = [self.root]
        while pending:
            folder = pending.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
            except OSError:
                yield folder
                continue
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(Path(entry.path))
                elif not self._is_passed_over(entry):
                    yield Path(entry.path)

    def _is_passed_over(self, entry: os.DirEntry[str]) -> bool:
        path = Path(entry.path)
        if entry.name == SIDECAR:
            return self.sidecar_error(escape_path(str(path.relative_to(self.root)))) is None
        return entry.is_symlink() and self._is_read_elsewhere(path)

    def _is_read_elsewhere(self, link: Path) -> bool:
        """Whether a link shows a folder that the walk comes to anyway."""
        target = Path(os.path.realpath(link))
        if not self._is_inside(target) or not target.is_dir():
            return False
        return not any(part.startswith(".") for part in target.relative_to(self.root).parts)

    def _is_inside(self, target: Path) -> bool:
        return target == self.root or self.root in target.parents

    def _check(self, target: Path, status: os.stat_result) -> None:
        if not self._is_inside(target):
            raise RefusedError(
                "link_outside_source", "the link leads out of the source folder: copy the file in, or remove the link"
            )
        if stat.S_ISDIR(status.st_mode):
            raise RefusedError(
                "unreadable", "a folder that cannot be listed, or a link to a hidden one: check its rights"
            )
        if not stat.S_ISREG(status.st_mode):
            raise RefusedError("unreadable", "not a regular file but a pipe, socket or device: remove it")
        if status.st_size > self.limit:
            raise RefusedError(
                "too_large",
                f"{status.st_size:,} bytes, more than NEWSCLAIMS_MAX_FILE_BYTES ({self.limit:,}): "
                "split the file or raise the limit",
            )

    def _sidecar(self, folder: str) -> Sidecar:
        if folder not in self._sidecars:
            self._sidecars[folder] = self._read_sidecar((PurePosixPath(folder) / SIDECAR).as_posix())
        return self._sidecars[folder]

    def _read_sidecar(self, source_file: str) -> Sidecar:
        if not os.path.lexists(self.root / unescape_path(source_file)):
            return Sidecar()
        try:
            return read_sidecar(self.read_bytes(source_file))
        except RefusedError as error:
            return Sidecar(error=error)


def _os_reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
