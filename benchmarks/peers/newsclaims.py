"""newsclaims: the copies in one Parquet file, checked exactly; with --contained the articles inside others too."""

from __future__ import annotations

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.peers import contest
from pipeline.dedup.corpus import find_copies
from pipeline.parameters import CopyParameters


def main() -> None:
    options = contest.read_options()
    found = find_copies(options.articles, CopyParameters(workers=options.cores), contained=options.contained)
    groups = found.groups.select(["article_id", "first_article_id"]).rename_columns(["article_id", "group"])
    pq.write_table(groups, options.groups)
    if options.contained:
        contained = found.pairs.filter(pc.equal(found.pairs.column("kind"), "contained"))
        columns = contained.select(["article_id_a", "article_id_b"])
        pq.write_table(columns, options.groups.with_name("contained.parquet"))


if __name__ == "__main__":
    main()
