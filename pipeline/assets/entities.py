"""Assets of the group entities: annotations, mentions and canonical entities."""

from pipeline.assets.results import stage_assets

ENTITIES = [
    stage_assets("annotations", kinds={"spacy"}),
    stage_assets("document_mentions", kinds={"spacy"}),
    stage_assets("entities", kinds={"pyarrow"}),
    stage_assets("mentions", kinds={"pyarrow"}),
]
