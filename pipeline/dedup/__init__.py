"""Deduplication: which articles are copies of one another, and whose report each of them carries.

What stands here is loaded when it is first asked for: whoever compares one file of articles needs a third of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "compute_signatures": "signatures",
    "credits_version": "credits",
    "find_candidates": "candidates",
    "find_credits": "credits",
    "find_shared_passages": "shared_passages",
    "group_copies": "groups",
    "groups_version": "groups",
    "origins_version": "origins",
    "pairs_version": "verification",
    "regroup_copies": "groups",
    "shared_passages_version": "shared_passages",
    "signatures_version": "signatures",
    "trace_origins": "origins",
    "verify_pairs": "verification",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
