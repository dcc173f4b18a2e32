"""Commands that write: a table as CSV or JSON lines, the data dictionary as Markdown."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
from rich.console import Console

from pipeline.cli.adding import AddCommand
from pipeline.data_dictionary import render_data_dictionary
from pipeline.lake import Lake
from pipeline.lake.releases import find_release, read_release_table
from pipeline.settings import Settings
from pipeline.tables import PUBLISHED

_FORMATS = ("csv", "jsonl")


def add_commands(add: AddCommand) -> None:
    """Register `export` and `dictionary`."""
    export = add("export", _export, "Write a table of a release as CSV or JSON lines.")
    export.add_argument("table", choices=PUBLISHED)
    export.add_argument("--format", choices=_FORMATS, default="jsonl")
    export.add_argument("--release", default="latest", help="release (default: latest)")
    export.add_argument("--output", type=Path, help="file (default: standard output)")
    add("dictionary", _dictionary, "Print the data dictionary as Markdown.")


def _export(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    rows = read_release_table(lake, find_release(lake, options.release), options.table)
    sink = options.output.open("w", encoding="utf-8") if options.output else contextlib.nullcontext(sys.stdout)
    with sink as file:
        if options.format == "csv":
            _without_nesting(rows).to_csv(file, index=False)
        else:
            file.writelines(f"{json.dumps(row, default=str, ensure_ascii=False)}\n" for row in rows.to_pylist())
    return 0


def _without_nesting(rows: pa.Table) -> pd.DataFrame:
    """The rows as a data frame; lists and structs become JSON text, since CSV knows none."""
    frame: pd.DataFrame = rows.to_pandas()
    for name in rows.schema.names:
        if pa.types.is_nested(rows[name].type):
            frame[name] = [json.dumps(value, default=str, ensure_ascii=False) for value in rows[name].to_pylist()]
    return frame


def _dictionary(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    sys.stdout.write(render_data_dictionary())
    return 0
