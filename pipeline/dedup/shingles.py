"""What of an article is compared: the words of its body, and the overlapping runs of five of them (shingles)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.tables import SHINGLED_KINDS
from pipeline.text import normalise

SHINGLE_WORDS = 5
_CHUNK_BYTES = 8 << 20  # text read at a time; bounds the buffers to some 100 MB
VERSION = f"shingles {SHINGLE_WORDS}, normalise {normalise.CODE_VERSION}, unicode {normalise.UNICODE_VERSION}"

I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Bodies:
    """The bodies of n articles: what is compared of them.

    Body i consists of the spans ``span_ends[i - 1]`` to ``span_ends[i]``, each from ``starts`` to ``stops`` in code
    points of the article's text. ``texts`` is one column of n texts, in as many chunks as it came in.
    """

    texts: pa.ChunkedArray
    span_ends: I64
    starts: I64
    stops: I64

    def words(self) -> Iterator[bytes]:
        """The words of each body in UTF-8 with spaces between them."""
        first, row = 0, 0
        for chunk in self.texts.chunks:
            for text in chunk.to_pylist():
                spans = range(first, self.span_ends[row])
                yield normalise.spaced_words("\n".join([text[self.starts[i] : self.stops[i]] for i in spans]))
                first, row = int(self.span_ends[row]), row + 1

    def chunks(self) -> Iterator[tuple[pa.StringArray, tuple[I64, I64, I64]]]:
        """Texts of some megabytes together and their spans (ends, starts, stops), as `word_kernels` reads them."""
        row, first_span = 0, 0
        for part in (piece for chunk in self.texts.chunks for piece in _pieces(chunk)):
            ends = self.span_ends[row : row + len(part)]
            last_span = int(ends[-1])
            own = slice(first_span, last_span)
            yield part, (ends - first_span, self.starts[own], self.stops[own])
            row, first_span = row + len(part), last_span


def _pieces(texts: pa.StringArray) -> Iterator[pa.StringArray]:
    """``texts`` cut where about `_CHUNK_BYTES` are reached."""
    sizes = np.cumsum(pc.binary_length(texts).to_numpy(zero_copy_only=False), dtype=np.int64)
    first = 0
    while first < len(texts):
        before = sizes[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(sizes, before + _CHUNK_BYTES, side="right")))
        yield texts.slice(first, last - first)
        first = last


def select_bodies(articles: pa.Table, passages: pa.Table) -> Bodies:
    """The body of each row of ``articles``, in their order.

    The body is the passages of kinds `SHINGLED_KINDS` in the order of their numbers; headlines, captions and furniture
    are left out, because two stories may share them. ``passages`` may hold other articles' passages too.
    """
    rows = pc.index_in(passages.column("article_id"), articles.column("article_id"))
    wanted = pc.and_(pc.is_in(passages.column("kind"), pa.array(SHINGLED_KINDS)), pc.is_valid(rows))
    table = pa.table([rows, *(passages.column(name) for name in ("passage_no", "start", "end"))], names=list("rnse"))
    row, number, starts, stops = (column.to_numpy().astype(np.int64) for column in table.filter(wanted).columns)
    order = np.lexsort((number, row))
    counts = np.bincount(row, minlength=len(articles))
    return Bodies(articles.column("text"), np.cumsum(counts), starts[order], stops[order])


def body_words(articles: pa.Table, passages: pa.Table) -> Iterator[tuple[str, bytes]]:
    """(article id, its body's words in UTF-8 with spaces between them) for each row of ``articles``, in their order."""
    yield from zip(articles.column("article_id").to_pylist(), select_bodies(articles, passages).words(), strict=True)


def shingles(words: bytes) -> list[bytes]:
    """The shingles of ``words`` in order, repeated ones repeated: each is five words with one space between any two.

    Fewer than five words make one shingle of all of them; no words make none.
    """
    parts = words.split()
    if len(parts) <= SHINGLE_WORDS:
        return [b" ".join(parts)] if parts else []
    return [b" ".join(run) for run in zip(*(parts[i:] for i in range(SHINGLE_WORDS)), strict=False)]
