"""Deduplication: which articles are copies of one another, and whose report each of them carries."""

from pipeline.dedup.candidates import find_candidates
from pipeline.dedup.credits import credits_version, find_credits
from pipeline.dedup.groups import group_copies, groups_version, regroup_copies
from pipeline.dedup.origins import origins_version, trace_origins
from pipeline.dedup.shared_passages import find_shared_passages, shared_passages_version
from pipeline.dedup.signatures import compute_signatures, signatures_version
from pipeline.dedup.verification import pairs_version, verify_pairs

__all__ = [
    "compute_signatures",
    "credits_version",
    "find_candidates",
    "find_credits",
    "find_shared_passages",
    "group_copies",
    "groups_version",
    "origins_version",
    "pairs_version",
    "regroup_copies",
    "shared_passages_version",
    "signatures_version",
    "trace_origins",
    "verify_pairs",
]
