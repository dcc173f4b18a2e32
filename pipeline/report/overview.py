"""The figures on top of the report."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report.corpus import Corpus
from pipeline.report.wording import date_words


@dataclass(frozen=True)
class Overview:
    """Numbers of rows in the tables; ``n_copies`` are articles beyond the first of their copy group."""

    n_articles: int
    n_quarantined: int
    n_copy_groups: int
    n_copies: int
    n_claims: int
    n_claim_groups: int
    n_contested: int
    n_sources: int
    first_date: str
    last_date: str


def overview(corpus: Corpus) -> Overview:
    """Count the corpus. Quarantined inputs are counted once each, whatever the number of reasons."""
    dates = [row["published_at"] for row in corpus.rows("articles") if row["published_at"]]
    n_copy_groups = len(corpus.by("copy_groups", "copy_group_id"))
    groups = corpus.rows("claim_groups")
    return Overview(
        n_articles=len(corpus.rows("articles")),
        n_quarantined=len({row["source_uri"] for row in corpus.rows("quarantine")}),
        n_copy_groups=n_copy_groups,
        n_copies=len(corpus.rows("copy_groups")) - n_copy_groups,
        n_claims=len(corpus.rows("claims")),
        n_claim_groups=len(groups),
        n_contested=sum(row["contested"] for row in groups),
        n_sources=len({corpus.actor_of(e) for row in corpus.rows("claims") for e in row["source_entity_ids"]}),
        first_date=date_words(min(dates, default=None)),
        last_date=date_words(max(dates, default=None)),
    )
