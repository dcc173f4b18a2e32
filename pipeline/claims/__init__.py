"""Who says what: attributions, the same claim across articles, independent counts, quotations and conflicts."""

from __future__ import annotations

from pipeline.claims.attribution import attributions_version, find_attributions, resolve_claims
from pipeline.claims.conflicts import conflicts_version, find_conflicts
from pipeline.claims.grouping import group_claims, grouping_version
from pipeline.claims.quotes import compare_quotes, quotes_version

__all__ = [
    "attributions_version",
    "compare_quotes",
    "conflicts_version",
    "find_attributions",
    "find_conflicts",
    "group_claims",
    "grouping_version",
    "quotes_version",
    "resolve_claims",
]
