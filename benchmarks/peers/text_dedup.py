"""text-dedup: the stages of its MinHash command, exact check included, on one process."""

# The library is installed in its own environment alone.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import os

from benchmarks.peers import contest

CONFIG = """
[input]
input_type = "local_files"
file_type = "parquet"
read_arguments = {{ path = "parquet", data_files = "{articles}", split = "train" }}

[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_proc = 1
hash_bits = 32
num_perm = {contest.NUM_PERM}
bands = {contest.BANDS}
rows = {contest.BAND_ROWS}
ngram_size = {contest.SHINGLE_WORDS}
threshold = {contest.THRESHOLD}
check_false_positive = {verify}

[output]
output_dir = "{out}"
skip_filtering = true

[debug]
"""


def main() -> None:
    options = contest.read_options()
    # The library's cache would hand a second run the first one's results.
    os.environ["HF_HOME"] = str(options.work / "cache")
    os.environ["HF_HUB_OFFLINE"] = "1"
    from text_dedup import minhash  # noqa: PLC0415 - reads the environment
    from text_dedup.config.base import load_config_from_toml  # noqa: PLC0415

    settings = options.work / "config.toml"
    settings.write_text(
        CONFIG.format(
            articles=options.articles, out=options.work / "out", verify=str(options.verify).lower(), contest=contest
        )
    )
    config = load_config_from_toml(settings)
    articles, _, _ = minhash.load_and_preprocess(config)
    embedded = minhash.fingerprint(config, articles)
    groups = minhash.cluster(config, embedded)
    articles = minhash.assign(config, articles, groups)
    if options.verify:
        articles, groups = minhash.check_false_positives(config, articles)
    cluster_column = config.algorithm.cluster_column
    contest.write_groups(options.groups, list(articles["article_id"]), list(articles[cluster_column]))


if __name__ == "__main__":
    main()
