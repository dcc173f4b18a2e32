"""Addresses inside the report (element ids) and out of it (links to the articles' own pages)."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_UNPRINTABLE_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\"<>\\^`{|}]")


def anchor(kind: str, row_id: str) -> str:
    """The element id of a row: its kind and its table id (``claim-0123456789abcdef``).

    An id that could not stand in an HTML id or a link fragment is replaced by a digest of itself.
    """
    if not _PLAIN.fullmatch(row_id):
        row_id = hashlib.sha256(row_id.encode()).hexdigest()[:16]
    return f"{kind}-{row_id}"


def safe_url(url: str | None) -> str | None:
    """``url`` if it may stand in a link: absolute, http or https, with a host and no stray characters; else None."""
    if url is None or _UNPRINTABLE_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:  # such as an unclosed bracket in the host
        return None
    return url if parts.scheme in ("http", "https") and host else None
