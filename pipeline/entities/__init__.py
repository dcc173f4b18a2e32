"""Entities: mentions found and clustered in each article, then linked over the whole corpus."""

from pipeline.entities.linking import link_entities, linking_version, resolve_mentions
from pipeline.entities.mentions import find_mentions, mentions_version

__all__ = [
    "find_mentions",
    "link_entities",
    "linking_version",
    "mentions_version",
    "resolve_mentions",
]
