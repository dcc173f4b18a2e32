"""The lake: immutable Parquet objects, working heads, incremental stages and releases. It knows no domain."""

from pipeline.lake.errors import LakeBusyError, LakeError
from pipeline.lake.lake import Head, Lake
from pipeline.lake.parts import Part
from pipeline.lake.stages import KeyedStage, StageReport, run_global_stage, run_keyed_stage

__all__ = [
    "Head",
    "KeyedStage",
    "Lake",
    "LakeBusyError",
    "LakeError",
    "Part",
    "StageReport",
    "run_global_stage",
    "run_keyed_stage",
]
