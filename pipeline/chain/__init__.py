"""The chain: which stage reads and writes what, and how all of it becomes a release. It knows nothing of Dagster."""

from pipeline.chain.release import make_release, run_chain, update_report
from pipeline.chain.stages import STAGES

__all__ = ["STAGES", "make_release", "run_chain", "update_report"]
