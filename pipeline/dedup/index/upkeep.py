"""Keeping the index in step: what came, changed or went is written beside what is there, and merged now and then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.dedup import candidates
from pipeline.dedup.index.search import Sought, find_partners
from pipeline.dedup.index.segments import (
    OpenSegment,
    Segment,
    bury,
    choose_merges,
    fixed_width,
    merge,
    strings,
    write_segment,
)
from pipeline.dedup.index.stored import Store
from pipeline.dedup.signatures import least_share, signatures_version
from pipeline.parameters import CopyParameters

CODE_VERSION = "1"
_ARTICLES_A_SEGMENT = 1 << 16  # of what is added at once; bounds memory to some 500 MB


def index_version(settings: CopyParameters) -> str:
    """Everything that decides what the index says of given signatures, as one line."""
    parts = (settings.min_shingles, least_share(settings), candidates.CODE_VERSION)
    return f"index {CODE_VERSION} {parts}, {signatures_version(settings)}"


class SignatureIndex:
    """The keys of all articles' signatures, in segments that a store keeps.

    Changes are written to the store at once, but hold only when what `to_json` gives is recorded: objects are never
    altered, so a process that dies on the way leaves the recorded index as it was.
    """

    def __init__(self, store: Store, recorded: Mapping[str, Any] | None, settings: CopyParameters) -> None:
        """``recorded`` is what `to_json` gave; an index of another version, or None, begins empty."""
        self._store, self._settings = store, settings
        usable = recorded is not None and recorded["version"] == index_version(settings)
        self.segments = [Segment(**segment) for segment in recorded["segments"]] if recorded and usable else []
        self._opened: dict[tuple[str, ...], OpenSegment] = {}

    def to_json(self) -> dict[str, Any]:
        """What to record of the index, ready for JSON; equal histories give equal documents."""
        return {
            "version": index_version(self._settings),
            "segments": [segment.to_json() for segment in self.segments],
        }

    @property
    def objects(self) -> list[str]:
        """The names of all objects of the store that the index needs."""
        return [name for segment in self.segments for name in segment.objects]

    @property
    def n_articles(self) -> int:
        """How many articles it holds."""
        return sum(segment.n - segment.n_dead for segment in self.segments)

    def articles(self) -> pa.Table:
        """All articles it holds: ``article_id`` and ``version``, in no order."""
        parts = [_articles_of(self._open(segment)) for segment in self.segments]
        schema = pa.schema([("article_id", pa.string()), ("version", pa.string())])
        return pa.concat_tables([schema.empty_table(), *parts])

    def update(self, signatures: pa.Table, versions: pa.Array, gone: Sequence[str] = ()) -> None:
        """Put articles in, in place of what it holds of them, and take those out that have ``gone``.

        ``versions`` tells for each row of ``signatures`` what `articles` shall say of it: of a digest, its first 16
        characters.
        """
        left_out = np.unique(
            np.concatenate([fixed_width(signatures["article_id"]), fixed_width(pa.array(gone, pa.string()))])
        )
        self.segments = [
            bury(self._store, opened, opened.find_articles(left_out)) for opened in map(self._open, self.segments)
        ]
        words = fixed_width(versions.cast(pa.string()))
        for first in range(0, len(signatures), _ARTICLES_A_SEGMENT):
            rows = signatures.slice(first, _ARTICLES_A_SEGMENT)
            self.segments.append(write_segment(self._store, rows, words[first : first + len(rows)], self._settings))
        while numbers := choose_merges(self.segments):
            merged = merge(self._store, [self._open(self.segments[number]) for number in numbers])
            self.segments = [segment for number, segment in enumerate(self.segments) if number not in numbers]
            self.segments += [merged] if merged else []
        wanted = {tuple(segment.objects) for segment in self.segments}
        self._opened = {objects: opened for objects, opened in self._opened.items() if objects in wanted}

    def find_candidates(self, signatures: pa.Table) -> pa.Table:
        """The pairs of `find_candidates` over all articles of the index that these articles have a part in.

        ``signatures`` are rows that the index holds. Columns and order are those of `find_candidates`.
        """
        sought = Sought.of(signatures, self._settings)
        return find_partners(sought, [self._open(segment) for segment in self.segments], self._settings)

    def _open(self, segment: Segment) -> OpenSegment:
        objects = tuple(segment.objects)
        if objects not in self._opened:
            self._opened[objects] = OpenSegment(segment, self._store)
        return self._opened[objects]


def _articles_of(opened: OpenSegment) -> pa.Table:
    alive = opened.alive()
    columns = {"article_id": opened.arrays["ids"].all()[alive], "version": opened.arrays["versions"].all()[alive]}
    return pa.table({name: strings(values) for name, values in columns.items()})
