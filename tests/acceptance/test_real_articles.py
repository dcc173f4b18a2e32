"""The chain on five real articles: copies, spans, furniture, and who asserts and denies what."""

from __future__ import annotations

import datetime
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.chain import run_chain
from pipeline.invariants import check_table
from pipeline.lake import Lake
from pipeline.settings import Settings
from pipeline.tables import PUBLISHED

pytestmark = pytest.mark.slow
NOON = datetime.datetime(2031, 10, 1, 12, tzinfo=datetime.UTC)


class Release:
    """The tables of a run as data frames, with short article names and entity names beside ids."""

    def __init__(self, sources: Path, data: Path) -> None:
        self.settings = Settings(sources=sources, data=data, workers=1)
        self.lake = Lake(data)
        with self.lake.locked(1):
            run_chain(self.lake, self.settings, NOON)
        self.tables = {table: self.lake.read(table).to_pandas() for table in PUBLISHED}
        names = self.tables["articles"].set_index("article_id")["source_uri"].str.slice(0, 3)
        self.entity = self.tables["entities"].set_index("entity_id")["name"]
        members = self.tables["claim_group_members"]
        self.claims = self.tables["claims"].merge(members, on="claim_id", validate="1:1")
        self.claims["article"] = self.claims["article_id"].map(names)

    def named(self, ids: Any) -> set[str]:
        """Names of the entities with these ids."""
        return {self.entity[i] for i in ids}

    def group_of(self, article: str, pattern: str) -> str:
        """The group of the one claim group whose members in an article match a pattern."""
        found = self.claims[(self.claims["article"] == article) & self.claims["content_text"].str.contains(pattern)]
        groups = set(found["claim_group_id"])
        assert len(groups) == 1, (article, pattern, found["content_text"].tolist())
        return str(groups.pop())

    def group(self, group_id: str) -> pd.Series[Any]:
        """A row of `claim_groups`."""
        row: pd.Series[Any] = self.tables["claim_groups"].set_index("claim_group_id").loc[group_id]
        return row


@pytest.fixture(scope="module")
def release(real_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return Release(real_sources, tmp_path_factory.mktemp("real") / "data")


def test_nothing_is_quarantined(release: Release) -> None:
    assert release.tables["quarantine"].empty
    assert len(release.tables["articles"]) == 5


def test_the_syndicated_pair_is_one_group_and_the_others_stand_alone(release: Release) -> None:
    names = release.tables["articles"].set_index("article_id")["source_uri"].str.slice(0, 3)
    copies = release.tables["copy_groups"]
    groups = copies.groupby("copy_group_id")["article_id"].agg(lambda ids: tuple(sorted(names[list(ids)])))
    assert sorted(groups) == [("000", "001"), ("002",), ("003",), ("004",)]


def test_every_check_holds(release: Release) -> None:
    for table in PUBLISHED:
        for outcome in check_table(release.lake, table, release.settings):
            assert outcome.problems == (), outcome


def test_furniture_and_captions_carry_no_claim(release: Release) -> None:
    passages = release.tables["passages"]
    furniture = passages[passages["kind"].isin(["boilerplate", "caption", "dateline"])]
    assert len(furniture) >= 5
    for place in furniture.itertuples():
        here = release.claims[release.claims["article_id"] == place.article_id]
        for spans in [*here["cue"], *here["content"]]:
            assert all(span["end"] <= place.start or span["start"] >= place.end for span in spans)


def test_the_arms_transfer_is_one_contested_group(release: Release) -> None:
    group_id = release.group_of("004", "giving Russia millions")
    members = release.claims[release.claims["claim_group_id"] == group_id]
    assert set(members["article"]) == {"000", "001", "002", "003", "004"}
    denials = members[members["relation"] == "denies"]
    assert set(denials["article"]) == {"002", "003"}
    group = release.group(group_id)
    assert release.named(group["asserting_actor_ids"]) == {"Ukraine", "United States", "United Nations", "South Korea"}
    assert release.named(group["denying_actor_ids"]) == {"Russia", "North Korea"}
    assert (group["n_independent_asserting"], group["n_independent_denying"]) == (4, 2)
    assert group["contested"]


def test_a_speaker_in_five_articles_counts_once(release: Release) -> None:
    spoken = release.claims[
        release.claims["content_text"].str.contains("desperation") & release.claims["source_text"].str.contains("State")
    ]
    assert set(spoken["article"]) == {"000", "001", "002", "003", "004"}
    assert spoken["claim_group_id"].nunique() == 1
    group = release.group(spoken["claim_group_id"].iloc[0])
    assert group["n_independent_asserting"] == 1
    assert group["n_copy_groups"] == 4


def test_curly_and_straight_quotation_marks_are_both_read(release: Release) -> None:
    direct = release.claims[release.claims["quote_type"] == "direct"]
    assert any(text.startswith("“") for text in direct["content_text"])
    assert any(text.startswith('"') for text in direct["content_text"])


def test_a_further_copy_changes_no_independent_count(release: Release, real_sources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    shutil.copytree(real_sources, folder)
    shutil.copy(next(folder.glob("004*")), folder / "copy-of-004.txt")
    grown = Release(folder, tmp_path / "data")
    counts = ["n_independent_asserting", "n_independent_denying"]
    # A copy may change a group's id and wording, not what it counts.
    before, after = (
        sorted(map(tuple, tables.tables["claim_groups"][counts].to_numpy().tolist())) for tables in (release, grown)
    )
    assert before == after


def test_an_addition_gives_the_bytes_of_a_rebuild(release: Release, real_sources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    shutil.copytree(real_sources, folder)
    held_back = next(folder.glob("003*"))
    text = held_back.read_bytes()
    held_back.unlink()
    Release(folder, tmp_path / "data")
    held_back.write_bytes(text)
    grown = Release(folder, tmp_path / "data")
    for table in PUBLISHED:
        assert grown.lake.required_head(table).parts == release.lake.required_head(table).parts, table
    page, other = ((run.lake.root / "latest" / "report" / "index.html").read_bytes() for run in (release, grown))
    assert page == other
    assert re.search(rb"<script", page) is None
