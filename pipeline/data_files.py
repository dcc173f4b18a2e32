"""Data files of the package: words, patterns and tables as text, whose lines beginning with `#` explain them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, each with its number in the file: no comments, no blank ones."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def read_words(path: Path) -> list[str]:
    """All words of a file, in order, as white space parts them."""
    return [word for _, line in numbered_lines(path.read_text(encoding="utf-8")) for word in line.split()]


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row of a table with a header, by column, with its line number.

    A `.tsv` file is parted by tabs and takes quotation marks as they are; any other is CSV. Raises `ValueError` naming
    file, line and remedy when the header is not ``columns`` or a row has too few or too many fields.
    """
    tabs = path.suffix == ".tsv"
    lines = list(numbered_lines(path.read_text(encoding="utf-8")))
    reader = csv.reader(
        (line for _, line in lines),
        delimiter="\t" if tabs else ",",
        quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
    )
    header = next(reader, [])
    if header != list(columns):
        raise ValueError(f"{path.name}: the header must be {' '.join(columns)}, not {' '.join(header)}")
    for (number, _), fields in zip(lines[1:], reader, strict=True):
        if len(fields) != len(columns):
            raise ValueError(
                f"{path.name}, line {number}: {len(fields)} fields, {len(columns)} are needed: {', '.join(columns)}"
            )
        yield number, dict(zip(columns, fields, strict=True))
