"""Assets of the group ingestion: articles, quarantine and passages."""

from pipeline.assets.results import stage_assets

INGESTION = [
    stage_assets("articles", kinds={"file"}),
    stage_assets("passages", kinds={"pyarrow"}),
]
