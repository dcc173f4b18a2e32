"""A user's corrections: files beside the articles that say what the chain got wrong, read as inputs like any other."""

from pipeline.overrides.outcomes import Outcome, outcome_rows, unapplied
from pipeline.overrides.reading import OverrideError, check_overrides, read_claim_overrides, read_entity_overrides
from pipeline.overrides.records import ClaimOverride, EntityOverride, Overrides

__all__ = [
    "ClaimOverride",
    "EntityOverride",
    "Outcome",
    "OverrideError",
    "Overrides",
    "check_overrides",
    "outcome_rows",
    "read_claim_overrides",
    "read_entity_overrides",
    "unapplied",
]
