"""What the report of a large corpus costs: CPU seconds, pages, bytes, the largest page.

The tables of a finished run are multiplied under new ids (articles, claims, groups; entities stay shared), each
multiple a week later than the one before, until there are enough articles::

    python benchmarks/report.py DATA --articles 5000

DATA is a data folder with a release. Nothing is written, but with ``--output`` the pages.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.report import render_report
from pipeline.tables import PUBLISHED, TABLES, row_id

# Tables that are multiplied; the others (entities, quarantine, corrections) stay as they are.
_MULTIPLIED = (
    *("articles", "passages", "duplicate_pairs", "copy_groups", "origins", "shared_passages", "mentions"),
    *("claims", "claim_groups", "claim_group_members", "quote_variants", "conflicts"),
)
_IDS = {
    *("article_id", "article_id_a", "article_id_b", "copy_group_id", "shared_id", "mention_id", "conflict_id"),
    *("claim_id", "claim_id_a", "claim_id_b", "claim_ids_a", "claim_ids_b", "parent_claim_id", "refers_to"),
    "claim_group_id",
}


def read_release(data: Path) -> dict[str, pa.Table]:
    """The published tables of the newest release in a data folder."""
    tables = {}
    for name in PUBLISHED:
        parts = [pq.ParquetFile(path).read() for path in sorted((data / "latest" / name).glob("*.parquet"))]
        tables[name] = pa.concat_tables(parts or [TABLES[name].empty()])
    return tables


def multiply(tables: Mapping[str, pa.Table], times: int) -> dict[str, pa.Table]:
    """The tables with ``times`` times the articles, the first as they are."""
    return {
        name: pa.concat_tables([_again(table, number) for number in range(times)]) if name in _MULTIPLIED else table
        for name, table in tables.items()
    }


def _again(table: pa.Table, number: int) -> pa.Table:
    if number == 0:
        return table
    for position, field in enumerate(table.schema):
        if field.name in _IDS:
            values = [_renamed(value, number) for value in table[field.name].to_pylist()]
            table = table.set_column(position, field, pa.array(values, field.type))
        elif field.name in ("published_at", "first_published_at"):
            week = datetime.timedelta(weeks=number)
            values = [value and value + week for value in table[field.name].to_pylist()]
            table = table.set_column(position, field, pa.array(values, field.type))
    return table


def _renamed(value: Any, number: int) -> Any:
    if isinstance(value, list):
        return sorted(_renamed(item, number) for item in value)
    return value and row_id(value, str(number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="data folder with a release")
    parser.add_argument("--articles", type=int, default=5000, help="articles at least")
    parser.add_argument("--output", type=Path, help="folder for the pages")
    arguments = parser.parse_args()
    tables = read_release(arguments.data)
    tables = multiply(tables, -(-arguments.articles // max(1, len(tables["articles"]))))
    before = time.process_time()
    pages = render_report(tables)
    seconds = time.process_time() - before
    sizes = sorted(len(page) for page in pages.values())
    digest = hashlib.sha256(b"".join(hashlib.sha256(pages[path]).digest() for path in sorted(pages))).hexdigest()
    print(f"articles       {len(tables['articles']):,}")
    print(f"claims         {len(tables['claims']):,}")
    print(f"CPU            {seconds:.1f} s, {1000 * seconds / len(tables['articles']):.1f} ms an article")
    for kind in ("stories", "articles"):
        print(f"{kind:14} {sum(path.startswith(kind) for path in pages):,} pages")
    print(f"bytes          {sum(sizes):,}, index {len(pages['index.html']):,}")
    print(f"page           median {statistics.median(sizes):,.0f}, largest {sizes[-1]:,}")
    print(f"digest         {digest[:16]}")
    for path, page in pages.items() if arguments.output else ():
        target = arguments.output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(page)


if __name__ == "__main__":
    main()
