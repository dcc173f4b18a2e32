"""Assets of the group claims: attributions, claims, their features and matches, groups, variants and conflicts."""

from pipeline.assets.results import stage_assets

CLAIMS = [
    stage_assets("attributions", kinds={"spacy"}),
    stage_assets("claims", kinds={"pyarrow"}),
    stage_assets("claim_features", kinds={"pyarrow"}),
    stage_assets("claim_matches", kinds={"numba"}),
    stage_assets("claim_groups", kinds={"pyarrow"}),
    stage_assets("quote_variants", kinds={"pyarrow"}),
    stage_assets("conflicts", kinds={"pyarrow"}),
]
