"""Attribution: who says what, with which words. The stage's public functions."""

from __future__ import annotations

import pyarrow as pa

from pipeline.claims.attribution.extract import extract_attributions
from pipeline.claims.attribution.genders import genders_digest
from pipeline.claims.attribution.lexicon import load_lexicon
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.resolve import resolve_claims
from pipeline.claims.attribution.rules import load_reliability
from pipeline.claims.attribution.wrongs import load_wrongs
from pipeline.settings import Settings

CODE_VERSION = "9"

__all__ = ["CODE_VERSION", "attributions_version", "find_attributions", "resolve_claims"]


def attributions_version(settings: Settings) -> str:
    """What decides the attributions of given annotations and mentions: this code and its data files."""
    del settings
    digests = (
        ("cues", load_lexicon().digest),
        ("nominals", load_nominals().digest),
        ("genders", genders_digest()),
        ("wrongs", load_wrongs().digest),
        ("rules", load_reliability().digest),
    )
    return ", ".join([f"attribution {CODE_VERSION}", *(f"{name} {digest}" for name, digest in digests)])


def find_attributions(
    articles: pa.Table, passages: pa.Table, annotations: pa.Table, document_mentions: pa.Table, settings: Settings
) -> pa.Table:
    """The `attributions` table of the articles; each article's rows depend on that article alone.

    ``annotations`` holds the tagged passages of ``passages`` (more does no harm), ``document_mentions`` the entity
    mentions; without mentions every cluster list is empty and the rest is the same.
    """
    del settings  # no setting decides an attribution yet; the version above would have to name it
    return extract_attributions(articles, passages, annotations, document_mentions)
