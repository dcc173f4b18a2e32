"""What of an article is compared: the words of its body, and the overlapping runs of five of them (shingles)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.tables import SHINGLED_KINDS
from pipeline.text import normalise

SHINGLE_WORDS = 5
VERSION = f"shingles {SHINGLE_WORDS}, normalise {normalise.CODE_VERSION}, unicode {normalise.UNICODE_VERSION}"


def body_words(articles: pa.Table, passages: pa.Table) -> Iterator[tuple[str, bytes]]:
    """(article id, its body's words in UTF-8 with spaces between them) for each row of ``articles``, in their order.

    The body is the passages of kinds `SHINGLED_KINDS` in the order of their numbers; headlines, captions and furniture
    are left out, because two stories may share them. ``passages`` may hold other articles' passages too.
    """
    spans = _body_spans(articles.column("article_id"), passages)
    for batch in articles.select(["article_id", "text"]).to_batches(max_chunksize=1024):
        for article_id, text in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
            body = "\n".join([text[start:end] for _, start, end in sorted(spans.get(article_id, ()))])
            yield article_id, normalise.spaced_words(body)


def _body_spans(article_ids: pa.ChunkedArray, passages: pa.Table) -> dict[str, list[tuple[int, int, int]]]:
    wanted = pc.and_(
        pc.is_in(passages.column("kind"), pa.array(SHINGLED_KINDS)),
        pc.is_in(passages.column("article_id"), article_ids),
    )
    columns = passages.select(["article_id", "passage_no", "start", "end"]).filter(wanted).to_pydict()
    spans: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for article_id, passage_no, start, end in zip(*columns.values(), strict=True):
        spans[article_id].append((passage_no, start, end))
    return spans


def shingles(words: bytes) -> list[bytes]:
    """The shingles of ``words`` in order, repeated ones repeated: each is five words with one space between any two.

    Fewer than five words make one shingle of all of them; no words make none.
    """
    parts = words.split()
    if len(parts) <= SHINGLE_WORDS:
        return [b" ".join(parts)] if parts else []
    return [b" ".join(run) for run in zip(*(parts[i:] for i in range(SHINGLE_WORDS)), strict=False)]
