"""Plain text and Markdown: title line, header lines and front matter, read in place without touching the text."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import frontmatter
import yaml

from pipeline.ingest.field_maps import Metadata, load_field_maps
from pipeline.ingest.quarantine import RefusedError

_LINE = re.compile(r"[^\r\n]+")
_HEADER = re.compile(r"[ \t]*(?P<name>[A-Za-z][A-Za-z ]{1,20}?)[ \t]*:[ \t]+(?P<value>\S.*?)[ \t]*")
_MAX_HEADER_LINE = 320
# A longer value is a sentence that happens to begin like a header ("Source: the minister said that …").
_MAX_HEADER_WORDS = {
    "title": 40,
    "byline": 14,
    "publisher": 8,
    "url": 1,
    "published_at": 10,
    "modified_at": 10,
    "language": 3,
}
_ADDRESS_LINE = re.compile(r"\s*(?P<address>https?://\S+)[ \t]*(?:[\r\n]|\Z)")
# The first line must be a key: prose between two rules of dashes is no front matter.
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\r?\n(?=\s*(?:#|[\"']?[A-Za-z_][\w -]*[\"']?[ \t]*:)).*?^---[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class HeaderLine:
    """A `Name: value` line on top of a text; the offsets are of the line and of its value."""

    field: str
    value: str
    start: int
    value_start: int
    end: int


@functools.lru_cache(maxsize=1)
def _header_fields() -> dict[str, str]:
    paths = load_field_maps()["header"].paths
    return {path[0]: field for field, names in paths.items() for path in names}


def front_matter_end(text: str) -> int:
    """Where the text after a YAML front matter block begins; 0 without one."""
    match = _FRONT_MATTER.match(text)
    return match.end() if match else 0


def read_front_matter(text: str) -> Metadata:
    """What a YAML front matter block says. Raises `RefusedError` when there is one that is not valid YAML."""
    end = front_matter_end(text)
    if not end:
        return Metadata()
    try:
        values, _ = frontmatter.parse(text[:end].replace("\r\n", "\n"))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError) as error:
        problem = " ".join(str(error).split())[:200]
        raise RefusedError("malformed", f"the front matter is not valid YAML ({problem}): repair it") from error
    folded: Mapping[str, Any] = {str(name).casefold(): value for name, value in values.items()}
    return load_field_maps()["frontmatter"].metadata(folded)


def find_header_lines(text: str, start: int = 0) -> list[HeaderLine]:
    """The header lines on top of ``text`` from ``start``: known names only, after at most one other line (the title).

    They end at the first line that is none; blank lines between them are passed over, but a sentence with a blank line
    below it is no title: what follows it is a credit at the end of a short item.
    """
    found: list[HeaderLine] = []
    title: re.Match[str] | None = None
    for line in _LINE.finditer(text, start):
        if not line.group().strip():
            continue
        header = _as_header(line)
        if header is not None and not found and title is not None and _is_sentence_above(text, title, line):
            break
        if header is not None:
            found.append(header)
        elif found or title is not None:
            break
        else:
            title = line
    return found


def _is_sentence_above(text: str, line: re.Match[str], following: re.Match[str]) -> bool:
    gap = text[line.end() : following.start()]
    return line.group().rstrip().endswith((".", "!", "?")) and len(re.findall(r"\r\n|\r|\n", gap)) > 1


def _as_header(line: re.Match[str]) -> HeaderLine | None:
    match = _HEADER.fullmatch(line.group()) if len(line.group()) <= _MAX_HEADER_LINE else None
    if match is None:
        return None
    field = _header_fields().get(match["name"].casefold())
    if field is None or len(match["value"].split()) > _MAX_HEADER_WORDS[field]:
        return None
    base = line.start()
    return HeaderLine(
        field, match["value"], base + match.start("name"), base + match.start("value"), base + match.end("value")
    )


def header_metadata(field: str, value: str | Sequence[str]) -> Metadata:
    """What one header line says: metadata with that field alone, or nothing when the value cannot be read."""
    names = load_field_maps()["header"]
    return names.metadata({names.paths[field][0][0]: value})


def find_address_line(text: str, start: int = 0) -> tuple[int, int] | None:
    """Offsets of the web address that the first line consists of, None when it is something else."""
    match = _ADDRESS_LINE.match(text, start)
    return match.span("address") if match else None


def split_byline(names: str) -> list[str]:
    """The names of a byline, which commas and `and` separate, without a full stop at the end."""
    parts = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*", names.rstrip(". "))
    return [part for part in parts if part]


def plain_version() -> str:
    """The libraries that decide what is read from front matter."""
    return f"python-frontmatter {version('python-frontmatter')}, PyYAML {version('PyYAML')}"
