"""Assets of the group deduplication: signatures, duplicate pairs, copy groups, origins and shared passages."""

from pipeline.assets.results import stage_assets

DEDUPLICATION = [
    stage_assets("signatures", kinds={"numba"}),
    stage_assets("duplicate_pairs", kinds={"pyarrow"}),
    stage_assets("copy_groups", kinds={"pyarrow"}),
    stage_assets("credits", kinds={"pyarrow"}),
    stage_assets("origins", kinds={"pyarrow"}),
    stage_assets("shared_passages", kinds={"pyarrow"}),
]
