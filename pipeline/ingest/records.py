"""Records inside files: JSON, JSON lines, CSV and Parquet, each record with its key and its bytes."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.ingest.decoding import decode, has_lone_surrogate
from pipeline.ingest.field_maps import load_field_maps, map_for
from pipeline.ingest.quarantine import RefusedError

csv.field_size_limit(sys.maxsize)  # an article is longer than the 128 KiB that csv allows by default
_ROWS_AT_A_TIME = 256
_MAX_KEY = 500


@dataclass(frozen=True)
class Record:
    """One record of a file.

    ``number`` is its line (JSON lines), row (CSV, Parquet) or place in the list (JSON), from 1; None for a file that
    is one record. ``content`` is either the record's object or the error that reading it gave.
    """

    number: int | None
    sha256: str
    content: Mapping[str, Any] | RefusedError

    @property
    def key(self) -> str | None:
        """The record's own id or address, else its number; None for a file that is one record."""
        if self.number is None:
            return None
        if not isinstance(self.content, RefusedError):
            for value in map_for(self.content).values(self.content, "key"):
                if isinstance(value, str | int) and not isinstance(value, bool):
                    key = str(value).strip()
                    if key and len(key) <= _MAX_KEY and key.isprintable() and not has_lone_surrogate(key):
                        return key
        return str(self.number)


def read_json(data: bytes) -> Iterator[Record]:
    """The records of a JSON file: one object, a list, an object with a list of records, or JSON lines after all."""
    text = decode(data)
    try:
        value = _loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and _is_object(text.lstrip().split("\n", 1)[0]):
            yield from read_jsonl(data)
            return
        where = f"line {error.lineno}, column {error.colno}"
        raise RefusedError("malformed", f"not valid JSON ({error.msg}, {where}): repair the file") from error
    except (ValueError, RecursionError) as error:
        raise RefusedError("malformed", f"not readable as JSON ({error}): repair the file") from error
    value = _only_article_of_graph(value)
    records = _records_within(value)
    if records is None:
        yield Record(None, _sha256(data), _as_object(value))
        return
    if not records:
        raise RefusedError("empty", "the list of records is empty: remove the file or fill it")
    for number, item in enumerate(records, start=1):
        yield Record(number, _sha256(canonical_json(item)), _as_object(item))


def read_jsonl(data: bytes) -> Iterator[Record]:
    """The records of a file with one JSON object per line; a bad line yields its error and reading goes on."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode(data).encode()
    if not data.strip():
        raise RefusedError("empty", "the file is empty: remove it or fill it")
    for number, whole in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line := whole.strip(b" \t\r"):
            yield Record(number, _sha256(line), _read_line(line, number))


def read_csv(data: bytes) -> Iterator[Record]:
    """The rows of a CSV file with a header; a row that does not fit the header yields its error."""
    header, rows = read_table_rows(data)
    names = _canonical_names(header)
    _require_text_column(names, header)
    for number, row in enumerate(rows, start=1):
        if isinstance(row, RefusedError):
            yield Record(number, _sha256(row.message.encode()), row)
        else:
            yield Record(number, _sha256(canonical_json(row)), dict(zip(names, row, strict=True)))


def read_table_rows(data: bytes) -> tuple[list[str], Iterator[list[str] | RefusedError]]:
    """Header and rows of a CSV file; blank rows are passed over, a row that does not fit the header is its error."""
    text = decode(data)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [name.strip() for name in next(lines)]
    except csv.Error as error:
        raise RefusedError("malformed", f"the CSV header cannot be read ({error}): repair line 1") from error
    return header, _rows_after(header, lines)


def _rows_after(header: list[str], lines: Any) -> Iterator[list[str] | RefusedError]:
    while True:
        line = lines.line_num + 1
        try:
            row = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield RefusedError("malformed", f"line {line}: not valid CSV ({error}): check the quotes of this row")
            continue
        if row and len(row) != len(header):
            yield RefusedError(
                "malformed", f"line {line}: {len(row)} fields where the header has {len(header)}: check its quotes"
            )
        elif row:
            yield row


def read_parquet(data: bytes, limit: int) -> Iterator[Record]:
    """The rows of a Parquet file whose columns together take at most ``limit`` bytes uncompressed."""
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        groups = range(file.metadata.num_row_groups)
        size = sum(file.metadata.row_group(group).total_byte_size for group in groups)
        if size > limit:
            raise RefusedError(
                "too_large",
                f"{size:,} bytes after decompression: split the file or raise NEWSCLAIMS_MAX_FILE_BYTES ({limit:,})",
            )
        header = list(file.schema_arrow.names)
        _require_text_column(_canonical_names(header), header)
        if not file.metadata.num_rows:
            raise RefusedError("empty", "the file has no rows: remove it or fill it")
        names = _canonical_names(header)
        number = 0
        for batch in file.iter_batches(batch_size=_ROWS_AT_A_TIME):
            for row in batch.rename_columns(names).to_pylist():
                number += 1
                yield Record(number, _sha256(canonical_json(row)), row)
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
        raise RefusedError("malformed", f"not readable as Parquet ({_first_line(error)}): write it again") from error


READERS: dict[str, Callable[[bytes, int], Iterator[Record]]] = {
    "json": lambda data, _: read_json(data),
    "jsonl": lambda data, _: read_jsonl(data),
    "csv": lambda data, _: read_csv(data),
    "parquet": read_parquet,
}


def canonical_json(value: Any) -> bytes:
    """One fixed serialisation of a value: sorted keys, no spaces, ASCII; dates in ISO form, bytes as hex."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_serialise).encode()
    except RecursionError as error:
        raise RefusedError("malformed", "nested too deep to be an article: flatten the record") from error


def _serialise(value: Any) -> str:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _loads(text: str) -> Any:
    # Numbers too long for int() are kept as text: they are ids, never amounts.
    return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 30 else digits)


def _is_object(line: str) -> bool:
    try:
        return isinstance(_loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _read_line(line: bytes, number: int) -> Mapping[str, Any] | RefusedError:
    try:
        return _as_object(_loads(decode(line)), f"line {number}: ")
    except RefusedError as error:
        return RefusedError(error.reason, f"line {number}: {error.message}")
    except json.JSONDecodeError as error:
        return RefusedError(
            "malformed", f"line {number} is not valid JSON ({error.msg}, column {error.colno}): repair that line"
        )
    except (ValueError, RecursionError) as error:
        return RefusedError("malformed", f"line {number} is not readable as JSON ({error}): repair that line")


def _as_object(value: Any, where: str = "") -> Mapping[str, Any] | RefusedError:
    if isinstance(value, dict):
        return value
    return RefusedError(
        "malformed", f"{where}a record must be a JSON object with a text, not {type(value).__name__}: repair it"
    )


def _records_within(value: Any) -> list[Any] | None:
    """The list of records that a JSON document holds, or None when the document is itself one record."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or map_for(value).first_text(value, "text"):
        return None
    for (name,) in load_field_maps()["container"].paths["container"]:
        items = value.get(name)
        if isinstance(items, list) and any(isinstance(item, dict) for item in items):
            return _articles_of_graph(items) or items if name == "@graph" else items
    return None


def _articles_of_graph(nodes: list[Any]) -> list[Any]:
    """The articles among the nodes of a JSON-LD graph, which also holds the site, its pages and its people."""
    return [node for node in nodes if isinstance(node, dict) and "articleBody" in node]


def _only_article_of_graph(value: Any) -> Any:
    """The article of a JSON-LD graph that holds one, so that the file counts as one record; else the value itself."""
    nodes = value.get("@graph") if isinstance(value, dict) else None
    articles = _articles_of_graph(nodes) if isinstance(nodes, list) else []
    return articles[0] if len(articles) == 1 else value


def _delimiter(text: str) -> str:
    """The separator that splits the header into most columns; a comma when none does."""
    header = text.split("\n", 1)[0]
    return max(",;\t|", key=lambda separator: (header.count(separator), separator == ","))


def _canonical_names(header: list[str]) -> list[str]:
    """Column names as the field maps write them: their case is the maps', spaces around them are dropped."""
    known = {
        path[0].casefold(): path[0]
        for field_map in load_field_maps().values()
        if field_map.name not in ("container", "header", "frontmatter", "sidecar")
        for paths in field_map.paths.values()
        for path in paths
    }
    names = [name.strip() for name in header]
    return [name if name in known.values() else known.get(name.casefold(), name) for name in names]


def _require_text_column(names: list[str], header: list[str]) -> None:
    probe = dict.fromkeys(names, "x")
    field_map = map_for(probe)
    if not field_map.first_text(probe, "text") and not field_map.first_text(probe, "lead"):
        shown = ", ".join(header[:12])
        raise RefusedError("malformed", f"no column holds the text (found: {shown}): name one of them `text`")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
