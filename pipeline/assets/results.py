"""How a stage becomes assets, and what they tell Dagster: version, counts, schema, lineage and a short preview."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from pipeline.assets.highlights import PREVIEW_ROWS, count_values, first_to_look_at, preview
from pipeline.assets.resource import LakeResource
from pipeline.chain import STAGES
from pipeline.lake import Head, Lake, StageReport
from pipeline.overrides import unapplied
from pipeline.settings import Settings
from pipeline.tables import TABLES, TableSpec

OWNERS = ["team:newsclaims"]


def stage_assets(name: str, kinds: set[str]) -> dg.AssetsDefinition:
    """The assets of a stage of the chain: one for each of its tables, made in one step.

    They read, compute, write and report through `Stage.run`; ``kinds`` are the icons shown beside the table's own.
    """
    stage = next(stage for stage in STAGES if stage.name == name)
    specs = [
        dg.AssetSpec(
            table,
            deps=list(stage.reads),
            group_name=TABLES[table].group,
            description=TABLES[table].description,
            kinds={"parquet", *kinds},
            owners=OWNERS,
            tags={"newsclaims/published": "yes" if TABLES[table].published else "no"},
            code_version=hashlib.sha256(stage.version(Settings()).encode()).hexdigest()[:12],
            metadata={"dagster/column_schema": _column_schema(TABLES[table]), "dagster/table_name": table},
        )
        for table in stage.outputs
    ]

    @dg.multi_asset(name=f"make_{name}", specs=specs)
    def make(context: dg.AssetExecutionContext, lake: LakeResource) -> Iterator[dg.MaterializeResult[Any]]:
        report = stage.run(lake.lake, lake.settings)
        context.log.info(f"{report.computed} computed, {report.reused} reused, {report.removed} removed")
        for head in report.heads.values():
            for sentence in _not_applied(lake.lake, head):
                context.log.warning(sentence)
        yield from stage_results(lake.lake, report)

    return make


def stage_results(lake: Lake, report: StageReport) -> Iterator[dg.MaterializeResult[Any]]:
    """A result for each table of a stage; always one, whether anything was computed or not."""
    for table, head in report.heads.items():
        yield dg.MaterializeResult(
            asset_key=table,
            data_version=dg.DataVersion(head.digest),
            metadata=_metadata(lake, head, report),
        )


def _metadata(lake: Lake, head: Head, report: StageReport) -> Mapping[str, Any]:
    spec = TABLES[head.table]
    counts = count_values(lake, spec)
    not_applied = _not_applied(lake, head)
    return {
        "dagster/row_count": head.rows,
        "status": report.status,
        "articles_computed": report.computed,
        "articles_reused": report.reused,
        "articles_removed": report.removed,
        "parts": len(head.parts),
        "bytes": sum(part.bytes for part in head.parts),
        "code_version": head.code_version,
        "dagster/column_schema": _column_schema(spec),
        "dagster/column_lineage": _column_lineage(spec, head),
        "preview": dg.MetadataValue.md(_preview(lake, head)),
        **({"counts": dg.MetadataValue.md(counts)} if counts else {}),
        **({"not_applied": not_applied} if not_applied else {}),
    }


def _not_applied(lake: Lake, head: Head) -> list[str]:
    """A sentence for each of the user's corrections that nothing in the corpus answers to."""
    return unapplied(lake.read(head.table)) if head.table in ("entity_overrides", "claim_overrides") else []


def _preview(lake: Lake, head: Head) -> str:
    """What is worth a look first, else the first rows."""
    rows = lake.storage.read_table(head.parts[0].object).slice(0, PREVIEW_ROWS)
    return first_to_look_at(lake, head.table) or preview(rows, TABLES[head.table])


def _column_schema(spec: TableSpec) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=field.name,
                type=str(field.type),
                description=(field.metadata or {}).get(b"description", b"").decode(),
                constraints=dg.TableColumnConstraints(nullable=field.nullable, unique=spec.key == (field.name,)),
            )
            for field in spec.schema
        ]
    )


def _column_lineage(spec: TableSpec, head: Head) -> dg.TableColumnLineage:
    """Columns that come from a column of the same name upstream, or point at one by reference."""
    deps: dict[str, list[dg.TableColumnDep]] = {}
    for name in spec.schema.names:
        sources = [(table, name) for table in head.upstream if table in TABLES and name in TABLES[table].schema.names]
        for column, target in spec.references:
            table, key = target.split(".")
            if column == name and table in head.upstream and (table, key) not in sources:
                sources.append((table, key))
        if sources:
            deps[name] = [dg.TableColumnDep(asset_key=dg.AssetKey(table), column_name=key) for table, key in sources]
    return dg.TableColumnLineage(deps_by_column=deps)
