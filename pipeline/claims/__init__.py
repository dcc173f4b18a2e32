"""Who says what: attributions, the same claim across articles, independent counts, quotations and conflicts."""

from __future__ import annotations

from pipeline.claims.attribution import attributions_version, find_attributions, resolve_claims
from pipeline.claims.clustering import Known as KnownPairs
from pipeline.claims.conflict_inputs import may_characterise
from pipeline.claims.conflicts import conflicts_version, find_conflicts
from pipeline.claims.corrections import set_stances
from pipeline.claims.features import features_version, read_features
from pipeline.claims.grouping import describe_groups, group_claims, grouping_version
from pipeline.claims.independence import Publication, read_publication
from pipeline.claims.matching import match_claims, matching_version
from pipeline.claims.propositions import Parties, read_parties
from pipeline.claims.quotes import compare_quotes, quotes_version

__all__ = [
    "KnownPairs",
    "Parties",
    "Publication",
    "attributions_version",
    "compare_quotes",
    "conflicts_version",
    "describe_groups",
    "features_version",
    "find_attributions",
    "find_conflicts",
    "group_claims",
    "grouping_version",
    "match_claims",
    "matching_version",
    "may_characterise",
    "quotes_version",
    "read_features",
    "read_parties",
    "read_publication",
    "resolve_claims",
    "set_stances",
]
