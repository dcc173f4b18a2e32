"""Blocking asset checks: a table that breaks an invariant stops the run before the release."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.resource import LakeResource
from pipeline.invariants import check_names, check_table
from pipeline.tables import PUBLISHED

_DESCRIPTIONS = {
    "schema": "Columns and types are those of the data dictionary, and columns without nulls have none.",
    "keys_unique": "No key stands twice.",
    "closed_values": "Coded columns hold only the codes of the data dictionary.",
    "references_resolve": "Every id points at a row that is there.",
    "offsets_round_trip": "Every span lies inside its article's text and gives the text stored beside it.",
    "counts_consistent": "Stated counts are what counting gives.",
    "quarantine_share": "Not too many inputs are in quarantine.",
}


def _checks_of(*tables: str) -> dg.AssetChecksDefinition:
    """One check step for the tables of one stage."""
    specs = [
        dg.AssetCheckSpec(name, asset=table, blocking=True, description=_DESCRIPTIONS[name])
        for table in tables
        for name in check_names(table)
    ]

    @dg.multi_asset_check(name=f"check_{tables[0]}", specs=specs, can_subset=True)
    def check(context: dg.AssetCheckExecutionContext, lake: LakeResource) -> Iterator[dg.AssetCheckResult]:
        selected = context.selected_asset_check_keys
        for table in tables:
            for outcome in check_table(lake.lake, table, lake.settings):
                if dg.AssetCheckKey(dg.AssetKey(table), outcome.check) in selected:
                    yield dg.AssetCheckResult(
                        asset_key=table,
                        check_name=outcome.check,
                        passed=not outcome.problems,
                        metadata={"problems": list(outcome.problems)},
                        description="; ".join(outcome.problems) or None,
                    )

    return check


_TOGETHER = (("articles", "quarantine"), ("claim_groups", "claim_group_members"))
_ALONE = tuple((table,) for table in PUBLISHED if not any(table in tables for tables in _TOGETHER))
CHECKS = [_checks_of(*tables) for tables in (*_TOGETHER, *_ALONE)]
