"""The published tables, indexed for the report: rows in their total order, looked up by id."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.tables import PUBLISHED, TABLES

Row = dict[str, Any]

# Mentions are not shown and texts are read for the printed articles alone: both can be most of a corpus.
_COLUMNS_LEFT_OUT = {"articles": {"text", "metadata_evidence"}}


class Corpus:
    """Read access to one consistent set of published tables; nothing here depends on the order of their rows."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        """Index ``tables`` (by table name). Raises `ValueError` naming the published tables that are missing."""
        missing = sorted(set(PUBLISHED) - set(tables))
        if missing:
            raise ValueError(f"the report needs every published table, but {', '.join(missing)} is missing")
        self._tables = tables
        # Caches of the instance, not of the class: the tables are let go with the corpus.
        self.rows = functools.cache(self._rows)
        self.by = functools.cache(self._by)
        self.one = functools.cache(self._one)

    def _rows(self, name: str) -> tuple[Row, ...]:
        """Rows of a table in the table's own total order."""
        spec, table = TABLES[name], self._tables[name]
        table = table.drop_columns([c for c in table.column_names if c in _COLUMNS_LEFT_OUT.get(name, ())])
        return tuple(table.sort_by([(column, "ascending") for column in spec.sort_by]).to_pylist())

    def _by(self, name: str, column: str) -> Mapping[str, tuple[Row, ...]]:
        """Rows of a table by the value of a column; a value without rows has none."""
        grouped: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.rows(name):
            grouped[row[column]].append(row)
        return defaultdict(tuple, {key: tuple(rows) for key, rows in grouped.items()})

    def _one(self, name: str, column: str) -> Mapping[str, Row]:
        """The row of a table that has a value in a column that identifies rows."""
        return {row[column]: row for row in self.rows(name)}

    def texts(self, article_ids: Collection[str]) -> dict[str, str]:
        """Full texts of some articles, by article id."""
        table = self._tables["articles"].select(["article_id", "text"])
        chosen = table.filter(pc.is_in(table["article_id"], value_set=pa.array(sorted(article_ids), pa.string())))
        return {row["article_id"]: row["text"] for row in chosen.to_pylist()}

    def n_characters(self) -> dict[str, int]:
        """Length of every article's text in code points, by article id."""
        table = self._tables["articles"]
        lengths = pc.utf8_length(table["text"])
        return dict(zip(table["article_id"].to_pylist(), lengths.to_pylist(), strict=True))

    def entity_name(self, entity_id: str) -> str:
        """Canonical name of an entity."""
        row = self.one("entities", "entity_id").get(entity_id)
        return str(row["name"]) if row else "an entity without a name"

    def entity_names(self, entity_ids: Iterable[str]) -> tuple[str, ...]:
        """Canonical names of entities, each once, in the order given."""
        return tuple(dict.fromkeys(self.entity_name(entity_id) for entity_id in entity_ids))

    def actor_of(self, entity_id: str) -> str:
        """Id of the state or organisation an entity speaks for: its own where none is known."""
        row = self.one("entities", "entity_id").get(entity_id)
        return (row["actor_id"] if row else None) or entity_id

    def state_media_of(self, entity_id: str) -> str | None:
        """Name of the state that runs an outlet, where the tables say so."""
        row = self.one("entities", "entity_id").get(entity_id)
        state = row["state_media_of"] if row else None
        return self.entity_name(state) if state else None

    def article_label(self, article_id: str) -> str:
        """What a reader knows an article by: its publisher, else its headline, else its file."""
        row = self.one("articles", "article_id")[article_id]
        return str(row["publisher"] or row["title"] or row["source_uri"])
