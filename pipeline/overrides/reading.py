"""Corrections read from their files and checked row by row, all complaints at once, before any work begins."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.overrides.records import CLAIM_SHAPE, ENTITY_SHAPE, ClaimOverride, EntityOverride, Overrides, Shape
from pipeline.settings import Settings
from pipeline.tables import STANCES

_LINE_END = re.compile(r"\r\n|\r|\n")
_ID = re.compile(r"[0-9a-f]{16}")
Cells = Mapping[str, str]


class OverrideError(ValueError):
    """A file of corrections that cannot be read as it was meant; each line of the message names place and remedy."""


def read_entity_overrides(settings: Settings) -> Overrides[EntityOverride]:
    """The corrections in `entities.csv`, none where the folder or the file is absent.

    Raises `OverrideError` naming file, line, column, value and remedy for every row that is not as documented.
    """
    rows = _read(settings.overrides, ENTITY_SHAPE)
    problems = list(_contradictions(rows, ENTITY_SHAPE, ("entity", "article"), ("merge", "split", "rename", "actor")))
    for line, cells in rows:
        if cells["action"] in ("merge", "split", "actor") and cells["value"] == cells["entity"]:
            problems.append(
                _complaint(ENTITY_SHAPE, line, "value", cells["value"], "name another entity than `entity`")
            )
    _refuse(settings.overrides / ENTITY_SHAPE.file, problems)
    return Overrides(tuple(EntityOverride(line=line, **cells) for line, cells in rows))


def read_claim_overrides(settings: Settings) -> Overrides[ClaimOverride]:
    """The corrections in `claims.csv`, none where the folder or the file is absent.

    Raises `OverrideError` naming file, line, column, value and remedy for every row that is not as documented.
    """
    rows = _read(settings.overrides, CLAIM_SHAPE)
    problems = list(_contradictions(rows, CLAIM_SHAPE, ("claim",), ("stance",)))
    for line, cells in rows:
        for column in ("claim", "other"):
            if cells[column] and not _ID.fullmatch(cells[column]):
                remedy = "give an id of 16 hexadecimal digits, as in the tables"
                problems.append(_complaint(CLAIM_SHAPE, line, column, cells[column], remedy))
        if cells["action"] == "stance" and cells["value"] not in STANCES:
            remedy = f"give one of {', '.join(STANCES)}"
            problems.append(_complaint(CLAIM_SHAPE, line, "value", cells["value"], remedy))
        if cells["other"] and cells["other"] == cells["claim"]:
            remedy = "name another claim or group than `claim`"
            problems.append(_complaint(CLAIM_SHAPE, line, "other", cells["other"], remedy))
    _refuse(settings.overrides / CLAIM_SHAPE.file, problems)
    return Overrides(tuple(ClaimOverride(line=line, **cells) for line, cells in rows))


def check_overrides(settings: Settings) -> None:
    """Raise `OverrideError` when either file is broken: called before a run, so that none stops half-way for it."""
    problems = []
    for read in (read_entity_overrides, read_claim_overrides):
        try:
            read(settings)
        except OverrideError as error:
            problems.append(str(error))
    if problems:
        raise OverrideError("\n".join(problems))


def _read(folder: Path, shape: Shape) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells of each row of a file, columns in any order, blanks at the edges of cells removed."""
    path = folder / shape.file
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise OverrideError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[str] = []
    header: list[str] | None = None
    for line, cells in _cells(text, shape, problems):
        if header is None:
            header = _checked_header(path, line, cells, shape)
        elif len(cells) != len(header):
            problems.append(
                f"{shape.file} line {line}: {len(cells)} fields where the header has {len(header)}; put "
                "a field that holds a comma into quotation marks"
            )
        else:
            row = dict.fromkeys(shape.columns, "") | dict(zip(header, cells, strict=True))
            found = list(_misfilled(line, row, shape))
            problems.extend(found)
            rows += [] if found else [(line, row)]
    _refuse(path, problems)
    return rows


def _cells(text: str, shape: Shape, problems: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each line that is neither blank nor a comment (`#`); a row is one line."""
    for number, line in enumerate(_LINE_END.split(text), 1):
        if line.strip(" \t,") and not line.lstrip().startswith("#"):
            try:
                yield number, [cell.strip() for cell in next(csv.reader([line], strict=True))]
            except csv.Error as error:
                problems.append(f"{shape.file} line {number}: {error}; close every quotation mark on its own line")


def _checked_header(path: Path, line: int, cells: Sequence[str], shape: Shape) -> list[str]:
    required = [column for column in shape.columns if column != "date"]
    wrong = [cell for cell in cells if cell not in shape.columns or cells.count(cell) > 1]
    missing = [column for column in required if column not in cells]
    if wrong or missing:
        raise OverrideError(
            f"{path} line {line}: the header must be {','.join(shape.columns)}; "
            + "; ".join(
                [f"column {cell!r} is unknown or stands twice" for cell in wrong]
                + [f"column {column!r} is missing" for column in missing]
            )
        )
    return list(cells)


def _misfilled(line: int, row: Cells, shape: Shape) -> Iterator[str]:
    """What is wrong with one row by itself."""
    action = row["action"]
    if action not in shape.needed:
        yield _complaint(shape, line, "action", action, f"give one of {', '.join(shape.needed)}")
        return
    needed = (*shape.needed[action], "author", "reason")
    for column in shape.columns:
        if column in needed and not row[column]:
            yield _complaint(shape, line, column, "", f"fill it, `{action}` needs {', '.join(needed)}")
        if column not in ("action", "date", *needed, *shape.allowed.get(action, ())) and row[column]:
            yield _complaint(shape, line, column, row[column], f"leave it empty, `{action}` does not use it")
    try:
        datetime.date.fromisoformat(row["date"] or "2000-01-01")
    except ValueError:
        yield _complaint(shape, line, "date", row["date"], "give a date as 2031-10-01, or none")


def _contradictions(
    rows: Sequence[tuple[int, Cells]], shape: Shape, about: Sequence[str], once: Sequence[str]
) -> Iterator[str]:
    """Rows that stand twice, and rows of an action that can be done only ``once`` to what the row is ``about``."""
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in rows:
        settled = cells["action"] in once
        columns = ("action", *about) if settled else shape.columns[: -len(("author", "reason", "date"))]
        identity = tuple(cells[column] for column in columns)
        if identity in seen:
            named = " ".join(filter(None, identity))
            yield f"{shape.file} line {line}: {named!r} is decided in line {seen[identity]} already; keep one of them"
        seen.setdefault(identity, line)


def _complaint(shape: Shape, line: int, column: str, value: str, remedy: str) -> str:
    return f"{shape.file} line {line}, column {column!r}: {value!r} will not do; {remedy}"


def _refuse(path: Path, problems: Sequence[str]) -> None:
    if problems:
        raise OverrideError("\n".join([f"{path} cannot be applied, so nothing was run:", *problems]))
