"""HTML pages: text and metadata by trafilatura, structured data by the schema.org field map, dates by htmldate."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

import htmldate
import trafilatura
from trafilatura.settings import Document

from pipeline.ingest.dates import parse_date
from pipeline.ingest.field_maps import Metadata, load_field_maps, read_names
from pipeline.ingest.quarantine import RefusedError

# Fixed bounds: the library's own upper bound is today, and a result must not depend on the clock.
_DATE_OPTIONS: dict[str, Any] = {
    "min_date": datetime.datetime(1990, 1, 1),
    "max_date": datetime.datetime(2100, 1, 1),
    "original_date": True,
    "extensive_search": False,
}
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datePublished",
    "parsely-pub-date",
    "dc.date.issued",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "og:article:modified_time", "dateModified")
_ARTICLE_TYPE = re.compile(r"(?:^|[/:])(?:\w*Article|\w*NewsArticle|BlogPosting|Report)$")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_html(text: str) -> tuple[str, Metadata]:
    """The article's text and metadata out of an HTML page.

    Raises `RefusedError`: ``malformed`` when it cannot be parsed, ``no_text`` when no article text is found in it.
    """
    source = _DECLARATION.sub("", text)  # lxml refuses a str that declares an encoding
    try:
        tree = trafilatura.load_html(source)
        document = trafilatura.bare_extraction(
            source,
            include_comments=False,
            include_tables=False,
            with_metadata=True,
            date_extraction_params=_DATE_OPTIONS,
        )
    except Exception as error:  # these parsers raise many kinds of error on broken pages
        raise RefusedError(
            "malformed", f"not readable as HTML ({type(error).__name__}): save the page again"
        ) from error
    if tree is None or not isinstance(document, Document) or not (document.text or "").strip():
        raise RefusedError("no_text", "no article text was found in the page: save the text itself as .txt")
    found = _structured_metadata(tree).filled_from(_meta_metadata(tree))
    names = load_field_maps()["trafilatura"]
    found = found.filled_from(names.metadata({"title": document.title, "author": document.author, "url": document.url}))
    found = found.filled_from(names.metadata({"sitename": document.sitename, "hostname": document.hostname}))
    if found.published_at is None:
        found = found.filled_from(Metadata(published_at=_find_date(source)))
    return document.text or "", found


def html_version() -> str:
    """The libraries that decide what is read from a page."""
    return ", ".join(f"{name} {version(name)}" for name in ("trafilatura", "htmldate", "lxml"))


def _find_date(source: str) -> datetime.datetime | None:
    try:
        return parse_date(htmldate.find_date(source, **_DATE_OPTIONS))
    except Exception:  # a page whose date cannot be found has none
        return None


def _structured_metadata(tree: Any) -> Metadata:
    """What the page's JSON-LD says of the first article it describes."""
    schema = load_field_maps()["schema.org"]
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            value = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(value):
            if any(_ARTICLE_TYPE.search(kind) for kind in read_names(node.get("@type"))):
                return schema.metadata(node)
    return Metadata()


def _nodes(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        yield from _nodes(value.get("@graph"), depth + 1)


def _meta_metadata(tree: Any) -> Metadata:
    found = {
        (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower(): meta.get("content")
        for meta in reversed(list(tree.iter("meta")))
    }

    def first_date(names: tuple[str, ...]) -> datetime.datetime | None:
        return next((date for name in names if (date := parse_date(found.get(name.lower())))), None)

    return Metadata(published_at=first_date(_PUBLISHED), modified_at=first_date(_MODIFIED))
