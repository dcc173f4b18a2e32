"""The index of signatures: finds the candidate pairs of a few articles among very many, and follows every change."""

from pipeline.dedup.index.upkeep import SignatureIndex, index_version

__all__ = ["SignatureIndex", "index_version"]
