"""The kinds of stages: article by article, or over whole tables; each reads tables, calls a function, writes tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake import KeyedStage, Lake, StageReport, run_global_stage, run_keyed_stage
from pipeline.lake.buckets import chunked, digest_by_key, digest_rows_by_key
from pipeline.lake.stages import NO_ROWS, combine_digests, output_digests
from pipeline.overrides import Overrides
from pipeline.parallel import Workers
from pipeline.settings import Settings
from pipeline.tables import ENTITY_LINKS, TABLES

_ARTICLES_PER_TASK = 64
_WITHOUT_TEXT = tuple(name for name in TABLES["articles"].schema.names if name != "text")

Version = Callable[[Settings], str]


class Stage(Protocol):
    """What the assets and `run_chain` need of a stage: names of its tables, its code version, and its run."""

    @property
    def name(self) -> str:
        """The stage's name."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The tables it writes."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The tables it reads."""

    @property
    def version(self) -> Version:
        """Its code version: everything but its inputs that decides what it writes."""

    def run(self, lake: Lake, settings: Settings) -> StageReport:
        """Bring its tables in step with what it reads."""


@dataclass(frozen=True)
class ArticleStage:
    """A stage computed article by article: ``compute(*tables, settings)`` over some articles' rows of ``reads``.

    ``heavy`` work is spread over worker processes; its ``compute`` must then be importable by name. A stage that reads
    `annotations` names `passages` before them.
    """

    name: str
    reads: tuple[str, ...]
    version: Version
    compute: Callable[..., pa.Table]
    heavy: bool = False

    @property
    def outputs(self) -> tuple[str, ...]:
        """The one table it writes, of the stage's own name."""
        return (self.name,)

    def run(self, lake: Lake, settings: Settings) -> StageReport:
        """Compute the articles whose rows in ``reads`` changed; keep the others."""
        batch_size = settings.batch_size * (settings.workers if self.heavy else 1)
        stage = KeyedStage(self.name, self.outputs, "article_id", self.version(settings), batch_size)
        with Workers(settings.workers if self.heavy else 1) as workers:

            def compute(batch: list[str]) -> Mapping[str, pa.Table]:
                tables = {table: read_articles(lake, table, batch) for table in self.reads}
                tasks = [(*_rows_of(tables, keys), settings) for keys in chunked(batch, _ARTICLES_PER_TASK)]
                return {self.name: pa.concat_tables(workers.map(self.compute, tasks))}

            return run_keyed_stage(
                lake,
                stage,
                inputs=lambda: article_inputs(lake, self.reads),
                upstream=lake.digests(self.reads),
                compute=compute,
            )


@dataclass(frozen=True)
class WholeStage:
    """A stage over whole tables: ``compute(*tables, settings)`` gives one table for each of ``outputs``.

    The articles' texts are read only where ``texts`` says that they are needed. ``overrides`` reads the user's
    corrections that the stage applies: they are an input like its tables, given to ``compute`` last.
    """

    name: str
    outputs: tuple[str, ...]
    reads: tuple[str, ...]
    version: Version
    compute: Callable[..., Sequence[pa.Table]]
    texts: bool = False
    overrides: Callable[[Settings], Overrides[Any]] | None = None

    def run(self, lake: Lake, settings: Settings) -> StageReport:
        """Compute all, unless nothing that it reads changed."""
        corrections = [self.overrides(settings)] if self.overrides else []

        def compute() -> Mapping[str, pa.Table]:
            tables = [
                lake.read(table, _WITHOUT_TEXT if table == "articles" and not self.texts else None)
                for table in self.reads
            ]
            return dict(zip(self.outputs, self.compute(*tables, settings, *corrections), strict=True))

        return run_global_stage(
            lake,
            self.name,
            self.outputs,
            code_version=self.version(settings),
            upstream=lake.digests(self.reads) | ({"overrides": corrections[0].digest} if corrections else {}),
            compute=compute,
        )


@dataclass(frozen=True)
class CustomStage:
    """A stage with a key of its own (a file, a passage, a pair): ``step`` says how it is brought in step."""

    name: str
    outputs: tuple[str, ...]
    reads: tuple[str, ...]
    version: Version
    step: Callable[[Lake, Settings, str], StageReport]

    def run(self, lake: Lake, settings: Settings) -> StageReport:
        """Compute the keys whose inputs changed; keep the others."""
        return self.step(lake, settings, self.version(settings))


def read_articles(lake: Lake, table: str, keys: list[str]) -> pa.Table:
    """The rows of a table that belong to some articles; for `annotations`, those of their passages."""
    if table == "annotations":
        hashes = lake.read("passages", ["article_id", "passage_sha256"], keys=keys)["passage_sha256"]
        return lake.read("annotations", keys=hashes.to_pylist())
    return lake.read(table, keys=keys)


def _rows_of(tables: Mapping[str, pa.Table], keys: list[str]) -> list[pa.Table]:
    """The rows of some of the articles that the tables hold; `annotations` need `passages` beside them."""
    found: dict[str, pa.Table] = {}
    for table, rows in tables.items():
        if table == "annotations":
            among = found["passages"]["passage_sha256"].combine_chunks()
        else:
            among = pa.array(keys, pa.string())
        found[table] = rows.filter(pc.is_in(rows[TABLES[table].bucket_by], value_set=among))
    return list(found.values())


def article_inputs(lake: Lake, tables: Sequence[str], among: pa.Array | None = None) -> pa.Table:
    """``(key, input_digest)`` for every article, or those ``among`` some ids: its digests in all the tables named."""
    inputs = lake.read("articles", ["article_id", "article_digest"])
    if among is not None:
        inputs = inputs.filter(pc.is_in(inputs["article_id"], value_set=among))
    columns = {}
    for table in tables:
        if table == "articles":
            columns["article_digest"] = NO_ROWS
        else:
            digests = _article_digests(lake, table).rename_columns(["article_id", table])
            inputs = inputs.join(digests, "article_id", join_type="left outer")
            columns[table] = NO_ROWS
    return combine_digests("article_id", columns, inputs)


def pairs_of(table: pa.Table, left: str, right: str) -> zip[tuple[Any, Any]]:
    """Two columns, row by row."""
    return zip(table[left].to_pylist(), table[right].to_pylist(), strict=True)


def _article_digests(lake: Lake, table: str) -> pa.Table:
    """``(article_id, digest)`` of each article's rows in a table."""
    if table == "annotations":
        return _annotation_digests(lake)
    if table == "entity_links":
        links = lake.read("entity_links")
        return _digest_table(digest_rows_by_key(links, ENTITY_LINKS, links["article_id"].combine_chunks()))
    return output_digests(lake, table)


def _annotation_digests(lake: Lake) -> pa.Table:
    """One digest for each article over the annotations of its passages, in order."""
    order = [("article_id", "ascending"), ("passage_no", "ascending")]
    passages = lake.read("passages", ["article_id", "passage_no", "passage_sha256"]).sort_by(order)
    made = output_digests(lake, "annotations")
    found = made["output_digest"].take(pc.index_in(passages["passage_sha256"], made["key"]))
    digests = pa.table({"digest": pc.fill_null(found, NO_ROWS)})
    return _digest_table(digest_by_key(digests, passages["article_id"].combine_chunks()))


def _digest_table(digests: Mapping[str, str]) -> pa.Table:
    names, values = list(digests), list(digests.values())
    return pa.table({"article_id": pa.array(names, pa.string()), "digest": pa.array(values, pa.string())})
