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
Age = tuple[bool, str, bool, str]

# Texts are read for the page at hand alone, and mentions are counted in bulk: both can be most of a corpus.
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
        self.age = functools.cache(self._age)
        self.n_mentions = functools.cache(self._n_mentions)
        self._states = functools.cache(self._states_of_outlets)
        self._text_rows = functools.cache(self._rows_of_texts)

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

    def _rows_of_texts(self) -> dict[str, int]:
        """Row of every article in the table as given."""
        return {article_id: row for row, article_id in enumerate(self._tables["articles"]["article_id"].to_pylist())}

    def texts(self, article_ids: Collection[str]) -> dict[str, str]:
        """Full texts of some articles, by article id."""
        column = self._tables["articles"]["text"]
        return {article_id: column[self._text_rows()[article_id]].as_py() for article_id in sorted(article_ids)}

    def n_characters(self) -> dict[str, int]:
        """Length of every article's text in code points, by article id."""
        table = self._tables["articles"]
        lengths = pc.utf8_length(table["text"])
        return dict(zip(table["article_id"].to_pylist(), lengths.to_pylist(), strict=True))

    def _n_mentions(self) -> Mapping[str, Mapping[str, int]]:
        """Number of mentions of each entity in each article: article id -> entity id -> mentions."""
        counts = self._tables["mentions"].group_by(["article_id", "entity_id"]).aggregate([([], "count_all")])
        found: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for row in counts.to_pylist():
            if row["entity_id"] is not None:
                found[row["article_id"]][row["entity_id"]] = row["count_all"]
        return found

    def place(self, article_id: str) -> str:
        """The copy group of an article; an article without one stands for itself."""
        row = self.one("copy_groups", "article_id").get(article_id)
        return str(row["copy_group_id"]) if row else article_id

    def articles_of(self, place: str) -> tuple[str, ...]:
        """The articles of a copy group, the one that stands for it first, then by age."""
        ids = [row["article_id"] for row in self.by("copy_groups", "copy_group_id")[place]] or [place]
        return tuple(sorted(ids, key=lambda article_id: (not self.is_canonical(article_id), self.age(article_id))))

    def is_canonical(self, article_id: str) -> bool:
        """Whether an article stands for its copy group."""
        row = self.one("copy_groups", "article_id").get(article_id)
        return row is None or bool(row["is_canonical"])

    def _age(self, article_id: str) -> Age:
        """Sort key: dated before undated, early before late, the canonical copy before the others."""
        published = self.one("articles", "article_id")[article_id]["published_at"]
        time = published.isoformat() if published else ""
        return published is None, time, not self.is_canonical(article_id), article_id

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

    def state_media_of(self, entity_id: str) -> str:
        """Name of the state that runs an outlet, where the tables say so; else empty."""
        row = self.one("entities", "entity_id").get(entity_id)
        state = row["state_media_of"] if row else None
        return self.entity_name(state) if state else ""

    def _states_of_outlets(self) -> Mapping[str, str]:
        states: dict[str, str] = {}
        for row in self.rows("entities"):
            if row["state_media_of"] is not None:
                for name in (row["name"], *row["aliases"]):
                    states.setdefault(name.casefold(), self.entity_name(row["state_media_of"]))
        return states

    def state_of_outlet(self, name: str | None) -> str:
        """Name of the state that runs an outlet known by ``name`` (a publisher, an origin); else empty."""
        return self._states().get(name.casefold(), "") if name else ""

    def outlet(self, article_id: str) -> str:
        """The publisher of an article (of a host name without ``www.``), empty where it is unknown."""
        return str(self.one("articles", "article_id")[article_id]["publisher"] or "").removeprefix("www.")

    def article_label(self, article_id: str) -> str:
        """What a reader knows an article by: its outlet, else its headline, else its file."""
        row = self.one("articles", "article_id")[article_id]
        return self.outlet(article_id) or str(row["title"] or row["source_uri"])

    def article_title(self, article_id: str) -> str:
        """The headline of an article, else its file."""
        row = self.one("articles", "article_id")[article_id]
        return str(row["title"] or row["source_uri"])
