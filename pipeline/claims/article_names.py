"""How a sentence names articles: by outlet, by headline where outlets do not tell them apart, else by file."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

_DIGEST = re.compile(r"(?<=\w)[_.-][0-9a-f]{8,}$")  # a digest that ends a file's name says nothing to a reader
_EXTENSIONS = re.compile(r"(?:\.(?:txt|md|html?|json|jsonl|csv|parquet|gz))+$", re.IGNORECASE)
_SHORT = 32  # code points of a file's name up to which it is shown before a headline is
_HEADLINE_WORDS = 8
_SITE = re.compile(r"^www\.")


@dataclass(frozen=True, slots=True)
class Article:
    """What names an article, and when it came out."""

    article_id: str
    uri: str
    publisher: str | None = None
    title: str | None = None
    published_at: datetime.datetime | None = None


def name_articles(articles: Iterable[Article]) -> dict[str, str]:
    """Article id -> the shortest name that no other of these articles has."""
    waiting = sorted(set(articles), key=lambda article: article.uri)
    forms = {article.article_id: list(_forms(article)) for article in waiting}
    named: dict[str, str] = {}
    depth = 0
    while waiting:
        current = {a.article_id: forms[a.article_id][min(depth, len(forms[a.article_id]) - 1)] for a in waiting}
        shared = Counter(current.values())
        named.update(current)
        waiting = [a for a in waiting if shared[current[a.article_id]] > 1 and depth + 1 < len(forms[a.article_id])]
        depth += 1
    return named


def _forms(article: Article) -> Iterator[str]:
    """Names of an article, from the shortest to its full address, which is unique."""
    file = file_name(article.uri)
    headline = f"“{_shortened(article.title)}”" if article.title else None
    if article.publisher:
        yield _SITE.sub("", article.publisher)
        if headline:
            yield f"{_SITE.sub('', article.publisher)} ({headline})"
    elif headline and len(file) > _SHORT:
        yield headline
    else:
        yield file
    yield article.uri


def file_name(uri: str) -> str:
    """The telling part of an article's address: file name or record key, without extension and trailing digest."""
    name = uri.rsplit("#", maxsplit=1)[-1].rstrip("/")
    name = PurePosixPath(name).name or name
    return _DIGEST.sub("", _EXTENSIONS.sub("", name) or name)


def _shortened(title: str) -> str:
    words = title.split()
    return " ".join(words[:_HEADLINE_WORDS]) + (" …" if len(words) > _HEADLINE_WORDS else "")
