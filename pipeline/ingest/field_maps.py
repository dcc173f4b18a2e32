"""Field maps: where each kind of record keeps an article's fields, read from `fieldmaps.tsv`, and how to take them."""

from __future__ import annotations

import datetime
import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.data_files import read_rows
from pipeline.ingest.dates import parse_date
from pipeline.ingest.decoding import has_lone_surrogate

FIELD_MAPS = Path(__file__).with_name("fieldmaps.tsv")
_COLUMNS = ("map", "field", "path")
_METADATA = ("title", "byline", "publisher", "url", "published_at", "modified_at", "language")
_FIELDS = frozenset({"marker", "container", "key", "file", "text", "lead", *_METADATA})
_MAX_DEPTH = 8  # levels of lists and objects within a field; what is nested deeper is no article
_MAX_VALUE = 2000  # characters; a longer title or name is not one


@dataclass(frozen=True)
class Metadata:
    """What is known of an article besides its text; None or empty is unknown."""

    title: str | None = None
    byline: tuple[str, ...] = ()
    publisher: str | None = None
    url: str | None = None
    published_at: datetime.datetime | None = None
    modified_at: datetime.datetime | None = None
    language: str | None = None

    def filled_from(self, other: Metadata) -> Metadata:
        """This, with what is unknown here taken from ``other``."""
        unknown = {name: getattr(other, name) for name in _METADATA if not getattr(self, name)}
        return replace(self, **unknown)


@dataclass(frozen=True)
class FieldMap:
    """One kind of record: the markers that identify it and, for each field, the paths in order of preference."""

    name: str
    markers: tuple[tuple[str, ...], ...]
    paths: Mapping[str, tuple[tuple[str, ...], ...]]

    def fits(self, record: Mapping[str, Any]) -> bool:
        """Whether one of the markers is present; a map without markers fits nothing by itself."""
        return any(all(key in record for key in marker) for marker in self.markers)

    def values(self, record: Mapping[str, Any], field: str) -> Iterator[Any]:
        """The values that the paths of ``field`` lead to, in order of preference."""
        for path in self.paths.get(field, ()):
            value = _follow(record, path)
            if value is not None and value not in ([], ""):
                yield value

    def first_text(self, record: Mapping[str, Any], field: str) -> str | None:
        """The first value of ``field`` that is, or joins to, a non-blank text; the text itself is not altered."""
        texts = (join_paragraphs(value) for value in self.values(record, field))
        return next((text for text in texts if text and text.strip()), None)

    def metadata(self, record: Mapping[str, Any]) -> Metadata:
        """The article's metadata as this map finds it in ``record``."""
        return Metadata(
            title=self._first_line(record, "title"),
            byline=next((names for v in self.values(record, "byline") if (names := read_names(v))), ()),
            publisher=self._first_line(record, "publisher"),
            url=self._first_line(record, "url", ("@id", "url")),
            published_at=next((d for v in self.values(record, "published_at") if (d := parse_date(v))), None),
            modified_at=next((d for v in self.values(record, "modified_at") if (d := parse_date(v))), None),
            language=next((c for v in self.values(record, "language") if (c := _language_code(v))), None),
        )

    def _first_line(self, record: Mapping[str, Any], field: str, keys: tuple[str, ...] = ("name",)) -> str | None:
        return next((line for value in self.values(record, field) if (line := read_line(value, keys))), None)


@functools.lru_cache(maxsize=1)
def load_field_maps() -> dict[str, FieldMap]:
    """The field maps by name, in the order of the data file.

    Raises `ValueError` naming the line when the file breaks the rules that its header states.
    """
    rows: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for number, row in read_rows(FIELD_MAPS, _COLUMNS):
        name, field, path = row.values()
        if field not in _FIELDS or not path:
            raise ValueError(
                f"{FIELD_MAPS.name}, line {number}: field {field!r} must be one of {', '.join(_FIELDS)}, path filled"
            )
        parts = tuple(path.split("+" if field == "marker" else "."))
        rows.setdefault(name, {}).setdefault(field, []).append(parts)
    return {
        name: FieldMap(
            name=name,
            markers=tuple(fields.get("marker", ())),
            paths={field: tuple(paths) for field, paths in fields.items() if field != "marker"},
        )
        for name, fields in rows.items()
    }


def field_maps_digest() -> str:
    """SHA-256 of the data file."""
    return hashlib.sha256(FIELD_MAPS.read_bytes()).hexdigest()


def map_for(record: Mapping[str, Any]) -> FieldMap:
    """The first map whose marker fits the record, else the generic one."""
    maps = load_field_maps()
    return next((candidate for candidate in maps.values() if candidate.fits(record)), maps["generic"])


def join_paragraphs(value: Any, depth: int = 0) -> str | None:
    """Text out of a text field: a string as it is, nested lists and objects of strings joined by blank lines."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        value = list(value.values())
    if _is_list(value, depth):
        parts = [part for item in value if (part := join_paragraphs(item, depth + 1)) and part.strip()]
        return "\n\n".join(parts) or None
    return None


def read_line(value: Any, keys: tuple[str, ...] = ("name",), depth: int = 0) -> str | None:
    """One line out of a string, an object with one of ``keys``, or a list's first usable element; spaces collapsed."""
    if isinstance(value, str):
        words = value.split() if len(value) <= _MAX_VALUE else []
        return " ".join(words) if words and not has_lone_surrogate(value) else None
    if isinstance(value, Mapping):
        return next(
            (line for key in keys if depth < _MAX_DEPTH and (line := read_line(value.get(key), keys, depth + 1))), None
        )
    if _is_list(value, depth):
        return next((line for item in value if (line := read_line(item, keys, depth + 1))), None)
    return None


def read_names(value: Any, depth: int = 0) -> tuple[str, ...]:
    """Names out of a string (several separated by semicolons), an object with a name, or a list of these."""
    if isinstance(value, str):
        return tuple(dict.fromkeys(name for part in value.split(";") if (name := read_line(part))))
    if isinstance(value, Mapping):
        line = read_line(value)
        return (line,) if line else ()
    if _is_list(value, depth):
        return tuple(dict.fromkeys(name for item in value for name in read_names(item, depth + 1)))
    return ()


def _is_list(value: Any, depth: int) -> bool:
    return depth < _MAX_DEPTH and isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray)


def _follow(value: Any, path: tuple[str, ...]) -> Any:
    for position, key in enumerate(path):
        if isinstance(value, list):
            found = [_follow(item, path[position:]) for item in value if isinstance(item, Mapping)]
            return [item for item in found if item is not None]
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _language_code(value: Any) -> str | None:
    code = (read_line(value) or "").replace("_", "-").split("-")[0].lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None
