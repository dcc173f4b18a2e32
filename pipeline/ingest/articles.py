"""From source files to rows of the articles table; what cannot be read becomes rows of the quarantine table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from pipeline.ingest.decoding import decode, gunzip, has_lone_surrogate
from pipeline.ingest.field_maps import Metadata, field_maps_digest, map_for
from pipeline.ingest.html import html_version, read_html
from pipeline.ingest.language import detect_language, language_version
from pipeline.ingest.passages import find_title_and_byline, passages_version
from pipeline.ingest.plain import (
    find_address_line,
    find_header_lines,
    front_matter_end,
    header_metadata,
    plain_version,
    read_front_matter,
    split_byline,
)
from pipeline.ingest.quarantine import Refusal, RefusedError
from pipeline.ingest.records import READERS, Record, canonical_json
from pipeline.ingest.sidecars import SIDECAR, sidecar_metadata
from pipeline.ingest.sources import SourceFolder
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, QUARANTINE, row_id

CODE_VERSION = "1"
_FORMATS = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
}
_SETTINGS = ("max_file_bytes", "max_article_chars", "min_words", "languages")


@dataclass(frozen=True)
class Reading:
    """What reading one record gave: its text, what is known of it, and the spans that metadata was taken from."""

    sha256: str
    text: str
    metadata: Metadata
    evidence: tuple[dict[str, Any], ...] = ()


def ingest_version(settings: Settings) -> str:
    """Everything besides the files themselves that decides the rows of articles and quarantine."""
    parts = [f"articles {CODE_VERSION}"]
    parts += [f"{name}={getattr(settings, name)}" for name in _SETTINGS]
    parts += [html_version(), plain_version(), language_version()]
    parts += [f"{name} {version(name)}" for name in ("charset-normalizer", "pyarrow")]
    parts += [f"fieldmaps {field_maps_digest()[:16]}", passages_version()]  # titles are read as passages are cut
    return "; ".join(parts)


def read_sources(source_files: Sequence[str], settings: Settings) -> tuple[pa.Table, pa.Table]:
    """The rows of the articles and quarantine tables for these files (names as `scan_sources` gives them).

    Never raises for what a file holds: whatever cannot be read is a quarantine row. Raises `ValueError` when the
    source folder does not exist.
    """
    folder = SourceFolder(settings)
    articles: list[dict[str, Any]] = []
    refusals: list[dict[str, Any]] = []
    for source_file in dict.fromkeys(source_files):
        for outcome in _read_file(source_file, folder, settings):
            if isinstance(outcome, Refusal):
                refusals.append(outcome.as_row())
            else:
                articles.append(outcome)
    unique = {(row["source_uri"], row["reason"], row["message"]): row for row in refusals}
    return ARTICLES.from_rows(articles), QUARANTINE.from_rows(list(unique.values()))


def source_format(source_file: str) -> tuple[str, bool]:
    """Format by extension, and whether the file is gzipped. Raises `RefusedError` for any other extension."""
    path = PurePosixPath(source_file)
    zipped = path.suffix.lower() == ".gz"
    suffix = PurePosixPath(path.stem).suffix if zipped else path.suffix
    found = _FORMATS.get(suffix.lower())
    if found is None:
        raise RefusedError(
            "unsupported_format",
            f"files ending in {suffix + '.gz' if zipped else suffix!r} are not read: convert it to one of "
            f"{', '.join(sorted(_FORMATS))} (each also .gz), or remove it",
        )
    return found, zipped


def _read_file(source_file: str, folder: SourceFolder, settings: Settings) -> Iterator[dict[str, Any] | Refusal]:
    """Article rows and refusals of one file."""
    sha256: str | None = None
    try:
        if PurePosixPath(source_file).name == SIDECAR:
            raise folder.sidecar_error(source_file) or RefusedError(
                "malformed", f"a {SIDECAR} holds no articles: give the file another name"
            )
        folder.checked_path(source_file)  # a link that leads out is refused as such, whatever its name ends in
        format_, zipped = source_format(source_file)
        data = folder.read_bytes(source_file)
        sha256 = hashlib.sha256(data).hexdigest()
        if zipped:
            data = gunzip(data, settings.max_file_bytes)
        sidecar = folder.sidecar_rows(source_file)
        if format_ in READERS:
            yield from _read_records(source_file, format_, data, sidecar, settings)
        else:
            reading = _READ_WHOLE[format_](data)
            yield _article_row(source_file, source_file, format_, reading, sidecar.get("", {}), settings)
    except RefusedError as error:
        yield Refusal(source_file, source_file, sha256, error)
    except Exception as error:  # a run must not die of one file, whatever a parser stumbles over
        problem = f"{type(error).__name__}: {error}"[:200]
        refusal = RefusedError("malformed", f"unexpected error while reading ({problem}): report it, remove the file")
        yield Refusal(source_file, source_file, sha256, refusal)


def _read_records(
    source_file: str, format_: str, data: bytes, sidecar: Mapping[str, Any], settings: Settings
) -> Iterator[dict[str, Any] | Refusal]:
    """Article rows and refusals of a file of records; of two records with one key the first stays."""
    seen: dict[str | None, int | None] = {}
    n_records = 0
    for record in READERS[format_](data, settings.max_file_bytes):
        n_records += 1
        uri = source_file if record.key is None else f"{source_file}#{record.key}"
        try:
            if record.key in seen:
                raise RefusedError(
                    "duplicate_key",
                    f"record {record.number} has the key {record.key!r} of record {seen[record.key]}, which was kept: "
                    "give it an id of its own or remove it",
                )
            row = {**sidecar.get("", {}), **sidecar.get(record.key or "", {})}
            article = _article_row(uri, source_file, format_, _read_record(record), row, settings)
            seen[record.key] = record.number
            yield article
        except RefusedError as error:
            yield Refusal(uri, source_file, record.sha256, error)
    if not n_records:
        raise RefusedError("empty", "the file holds no records: remove it or fill it")


def _read_record(record: Record) -> Reading:
    """Text and metadata of a structured record; the title goes on top of a text that does not begin with it."""
    if isinstance(record.content, RefusedError):
        raise record.content
    names = map_for(record.content)
    body = names.first_text(record.content, "text") or names.first_text(record.content, "lead")
    if body is None:
        raise RefusedError("no_text", "the record has no text: fill in its text field or remove it")
    metadata = names.metadata(record.content)
    return Reading(record.sha256, _with_title(metadata.title, body), metadata)


def _read_txt(data: bytes) -> Reading:
    return _read_plain(data, decode(data), "txt")


def _read_md(data: bytes) -> Reading:
    return _read_plain(data, decode(data), "md")


def _read_plain(data: bytes, text: str, format_: str) -> Reading:
    """Metadata of a text file: its front matter, then its header lines, then title line and byline as they stand."""
    metadata = read_front_matter(text) if format_ == "md" else Metadata()
    start = front_matter_end(text) if format_ == "md" else 0
    if not text[start:].strip():
        raise RefusedError("no_text", "there is no text after the front matter: add it or remove the file")
    evidence: list[dict[str, Any]] = []
    headers = find_header_lines(text, start)
    title, byline = find_title_and_byline(text, format_)
    address = find_address_line(text, start)
    found: list[tuple[str, str | list[str], int, int, str]]
    found = [(line.field, line.value, line.value_start, line.end, "header_line") for line in headers]
    if title is not None:
        headline = text[title.start : title.end].rstrip(" ;")
        found.append(("title", headline, title.start, title.start + len(headline), "title_line"))
    if byline is not None:
        begin = byline.start + len("By ")
        found.append(("byline", split_byline(text[begin : byline.end]), begin, byline.end, "byline_line"))
    if address is not None:
        found.append(("url", text[slice(*address)], *address, "url_line"))
    for field, value, begin, end, rule in found:
        if not getattr(metadata, field):
            metadata = metadata.filled_from(header_metadata(field, value))
            if getattr(metadata, field):
                evidence.append({"field": field, "start": begin, "end": end, "rule": rule})
    evidence.sort(key=lambda item: (item["start"], item["field"]))
    return Reading(hashlib.sha256(data).hexdigest(), text, metadata, tuple(evidence))


def _read_page(data: bytes) -> Reading:
    text, metadata = read_html(decode(data, html=True))
    return Reading(hashlib.sha256(data).hexdigest(), _with_title(metadata.title, text), metadata)


_READ_WHOLE = {"txt": _read_txt, "md": _read_md, "html": _read_page}


def _with_title(title: str | None, body: str) -> str:
    return f"{title}\n\n{body}" if title and not body.lstrip().startswith(title) else body


def _article_row(
    uri: str, source_file: str, format_: str, reading: Reading, sidecar: Mapping[str, Any], settings: Settings
) -> dict[str, Any]:
    """One row of the articles table, digest included; `RefusedError` when the text cannot or must not be stored."""
    text = reading.text
    if has_lone_surrogate(text):
        raise RefusedError("undecodable", "the text holds half of a surrogate pair: write it again as UTF-8")
    if len(text) > settings.max_article_chars:
        raise RefusedError(
            "too_large",
            f"{len(text):,} characters, more than NEWSCLAIMS_MAX_ARTICLE_CHARS ({settings.max_article_chars:,}): "
            "split the article or raise the limit",
        )
    overriding = sidecar_metadata(sidecar)
    known = overriding.filled_from(reading.metadata)
    language = overriding.language or detect_language(text) or reading.metadata.language
    n_words = len(text.split())
    row: dict[str, Any] = {
        "article_id": row_id(uri),
        "source_uri": uri,
        "source_file": source_file,
        "content_sha256": reading.sha256,
        "format": format_,
        "text": text,
        "title": known.title,
        "byline": list(known.byline),
        "publisher": known.publisher,
        "url": known.url,
        "published_at": known.published_at,
        "modified_at": known.modified_at,
        "language": language,
        "n_words": n_words,
        "status": _status(n_words, language, settings),
        "metadata_evidence": [e for e in reading.evidence if not getattr(overriding, e["field"])],
    }
    row["article_digest"] = hashlib.sha256(canonical_json(row)).hexdigest()
    return row


def _status(n_words: int, language: str | None, settings: Settings) -> str:
    if n_words < settings.min_words:
        return "too_short"
    return "tagged" if language in settings.languages else "untagged_language"
