"""Attribution: who says what, with which words. The stage's public functions."""

from __future__ import annotations

import pyarrow as pa

from pipeline.claims.attribution.extract import extract_attributions
from pipeline.claims.attribution.lexicon import load_lexicon
from pipeline.claims.attribution.resolve import resolve_claims
from pipeline.settings import Settings

CODE_VERSION = "1"

__all__ = ["CODE_VERSION", "attributions_version", "find_attributions", "resolve_claims"]


def attributions_version(settings: Settings) -> str:
    """What decides the attributions of given annotations and mentions: this code and its lexicon."""
    del settings
    return f"attribution {CODE_VERSION}, cues {load_lexicon().digest}"


def find_attributions(
    articles: pa.Table, passages: pa.Table, annotations: pa.Table, document_mentions: pa.Table, settings: Settings
) -> pa.Table:
    """The `attributions` table of the articles; each article's rows depend on that article alone."""
    del settings
    return extract_attributions(articles, passages, annotations, document_mentions)
