"""Stories and pages: what belongs together, what a story is called, and a report of several pages."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.report import render_report
from pipeline.report.addresses import Target
from pipeline.report.anchors import anchor
from pipeline.report.corpus import Corpus
from pipeline.report.stories import Story, find_stories
from pipeline.tables import PUBLISHED, TABLES

Rows = dict[str, list[dict[str, Any]]]
AsTables = Callable[[Rows], dict[str, pa.Table]]
Checked = Callable[[Mapping[str, bytes]], dict[str, Any]]


@pytest.fixture
def rows(invented_corpus: Callable[[], Rows]) -> Rows:
    return invented_corpus()


@pytest.fixture
def several_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.report.addresses.MAX_ARTICLES_ON_ONE_PAGE", 0)


def lone_article(rows: Rows, uri: str, day: int | None) -> None:
    """Add an article that shares nothing with the others."""
    text = f"{uri} and its weather\n\nThe ferry ran."
    rows["articles"].append(
        {
            **rows["articles"][0],
            "article_id": uri,
            "source_uri": uri,
            "text": text,
            "title": uri,
            "publisher": None,
            "published_at": datetime.datetime(2031, 4, day, tzinfo=datetime.UTC) if day else None,
        }
    )


def sharing(groups: Mapping[str, list[str]], days: Mapping[str, int]) -> tuple[Story, ...]:
    """Stories over articles ``days`` (name -> day) that share claim groups (name -> articles)."""
    rows: Rows = {name: [] for name in PUBLISHED}
    for name, day in days.items():
        published = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(days=day)
        rows["articles"].append({"article_id": name, "source_uri": name, "text": "", "published_at": published})
    for group, carriers in groups.items():
        rows["claim_groups"].append(
            {
                "claim_group_id": group,
                "contested": False,
                "n_copy_groups": len(set(carriers)),
                "n_independent_asserting": 1,
                "n_independent_denying": 0,
            }
        )
        for name in sorted(set(carriers)):
            claim_id = f"{group} {name}"
            rows["claims"].append({"claim_id": claim_id, "article_id": name})
            rows["claim_group_members"].append({"claim_id": claim_id, "claim_group_id": group})
    return find_stories(Corpus({name: TABLES[name].from_rows(rows[name]) for name in PUBLISHED}))


def test_articles_that_share_a_claim_are_one_story_named_after_the_earliest() -> None:
    stories = sharing({"toll": ["a", "b"], "gate": ["b", "c"]}, {"c": 1, "b": 2, "a": 3, "d": 0})
    assert [(story.story_id, story.article_ids) for story in stories] == [("d", ("d",)), ("c", ("c", "b", "a"))]
    assert [story.is_lone for story in stories] == [True, False]
    assert stories[1].group_ids == ("gate", "toll")


def test_a_later_article_changes_no_name() -> None:
    days = {"b": 1, "a": 2}
    before = sharing({"toll": ["a", "b"]}, days)
    after = sharing({"toll": ["a", "b", "0"]}, {**days, "0": 3})
    assert [story.story_id for story in before] == [story.story_id for story in after] == ["b"]


def test_a_story_that_is_too_large_is_parted_where_it_hangs_together_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.report.stories.MAX_COPY_GROUPS_PER_STORY", 3)
    groups = {f"one {n}": ["a", "b", "c"] for n in range(3)} | {f"two {n}": ["d", "e", "f"] for n in range(3)}
    stories = sharing(groups | {"bridge": ["c", "d"]}, {name: day for day, name in enumerate("abcdef")})
    assert [story.article_ids for story in stories] == [("a", "b", "c"), ("d", "e", "f")]


@settings(max_examples=60, deadline=None)
@given(
    groups=st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=5), max_size=12),
    shuffler=st.randoms(use_true_random=False),
)
def test_stories_part_the_articles_whatever_their_order(groups: list[list[str]], shuffler: random.Random) -> None:
    days = {name: ord(name) % 4 for name in "abcdefghij"}
    named = {f"g{number}": carriers for number, carriers in enumerate(groups)}
    stories = sharing(named, days)
    assert sorted(name for story in stories for name in story.article_ids) == sorted(days)
    homes = [group for story in stories for group in story.group_ids]
    assert sorted(homes) == sorted(group for group, carriers in named.items() if len(set(carriers)) > 1)
    shuffled = {name: shuffler.sample(carriers, len(carriers)) for name, carriers in named.items()}
    assert sharing(dict(shuffler.sample(sorted(shuffled.items()), len(shuffled))), days) == stories


def test_the_index_leads_to_each_story_and_to_the_articles_of_their_own(
    rows: Rows, as_tables: AsTables, checked: Checked, several_pages: None
) -> None:
    lone_article(rows, "ferry.txt", 5)
    lone_article(rows, "fog.txt", None)
    documents = checked(render_report(as_tables(rows)))
    (story,) = [path for path in documents if path.startswith("stories/")]
    assert sorted(documents) == ["articles/2031-04.html", "articles/undated.html", "index.html", story]
    index = documents["index.html"]
    assert {story, "articles/2031-04.html", "articles/undated.html"} <= set(index.links)
    assert "Laying mines in the Aldra Strait Asserted by 1: Vessia Denied by 1: Norland" in index.words("contested")
    assert "broken/week12.json" in index.words("quarantine")
    assert "Vessia accuses Norland" in index.words("stories")
    assert "The ferry ran." in documents["articles/2031-04.html"].text
    assert "../index.html" in documents[story].links


def test_a_story_has_its_own_figures_and_all_its_articles(
    rows: Rows, as_tables: AsTables, checked: Checked, several_pages: None
) -> None:
    lone_article(rows, "ferry.txt", 5)
    documents = checked(render_report(as_tables(rows)))
    (story,) = [document for path, document in documents.items() if path.startswith("stories/")]
    assert "articles 3" in story.words("top")
    for article in rows["articles"][:3]:
        shown = story.text_by_id[anchor("article", article["article_id"])]
        assert article["text"].split("\n\n")[-2] in shown


def test_a_new_month_moves_no_other_page(rows: Rows, as_tables: AsTables, several_pages: None) -> None:
    lone_article(rows, "ferry.txt", 5)
    before = render_report(as_tables(rows))
    lone_article(rows, "fog.txt", 6)
    rows["articles"][-1]["published_at"] = datetime.datetime(2031, 6, 6, tzinfo=datetime.UTC)
    after = render_report(as_tables(rows))
    assert set(after) - set(before) == {"articles/2031-06.html"}
    assert {path for path in before if before[path] != after[path]} == {"index.html"}


def test_many_lone_articles_of_a_month_fill_several_pages(
    rows: Rows, as_tables: AsTables, checked: Checked, several_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.report.addresses.MAX_LONE_ARTICLES_PER_PAGE", 2)
    for day in range(1, 6):
        lone_article(rows, f"ferry {day}.txt", day)
    pages = [path for path in checked(render_report(as_tables(rows))) if path.startswith("articles/")]
    assert pages == ["articles/2031-04.html", "articles/2031-04-2.html", "articles/2031-04-3.html"]


def test_links_lead_to_what_was_parted_from_a_story(
    rows: Rows, as_tables: AsTables, checked: Checked, several_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.report.stories.MAX_COPY_GROUPS_PER_STORY", 1)
    documents = checked(render_report(as_tables(rows)))
    (story,) = [path for path in documents if path.startswith("stories/")]
    name = next(a["article_id"] for a in rows["articles"] if a["source_uri"] == "coast.md")
    assert f"../articles/2031-03.html#{anchor('article', name)}" in documents[story].links
    assert [link for link in documents["articles/2031-03.html"].links if link.startswith(f"../{story}#group-")]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shuffler=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_show_on_any_page(
    shuffler: random.Random, invented_corpus: Callable[[], Rows], as_tables: AsTables, several_pages: None
) -> None:
    rows = invented_corpus()
    lone_article(rows, "ferry.txt", 5)
    shuffled = {name: shuffler.sample(rows[name], len(rows[name])) for name in PUBLISHED}
    assert render_report(as_tables(shuffled)) == render_report(as_tables(rows))


@pytest.mark.parametrize(
    ("page", "target", "link"),
    [
        ("index.html", Target("index.html", "x"), "#x"),
        ("index.html", Target("stories/a.html", "x"), "stories/a.html#x"),
        ("stories/a.html", Target("stories/b.html", "x"), "b.html#x"),
        ("stories/a.html", Target("index.html"), "../index.html"),
        ("stories/a.html", Target("stories/a.html"), "#top"),
    ],
)
def test_links_are_relative(page: str, target: Target, link: str) -> None:
    assert target.seen_from(page) == link
