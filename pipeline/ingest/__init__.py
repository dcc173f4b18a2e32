"""Ingestion: from a folder of files to articles, passages and quarantine."""

from pipeline.ingest.articles import ingest_version, read_sources
from pipeline.ingest.passages import passages_version, split_passages
from pipeline.ingest.sources import scan_sources

__all__ = ["ingest_version", "passages_version", "read_sources", "scan_sources", "split_passages"]
