"""How sentences name articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.article_names import Article, file_name, name_articles


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("004_0123456789abcdef.txt", "004"),
        ("harbour/pact.html", "pact"),
        ("export.jsonl#echo-17", "echo-17"),
        ("export.json.gz", "export"),
        ("briefs.csv#https://radio.example/briefs/17", "17"),
        ("0123456789abcdef.json", "0123456789abcdef"),
    ],
)
def test_a_file_is_known_by_its_telling_part(uri: str, name: str) -> None:
    assert file_name(uri) == name


def test_an_outlet_goes_before_a_file_and_a_headline_tells_its_articles_apart() -> None:
    articles = [
        Article("a", "a.txt", "www.gazette.example", "Pilots strike"),
        Article("b", "b.txt", "Courier", "A treaty of paper"),
        Article("c", "c.txt", "Courier", "No storm can close it"),
        Article("d", "d.txt"),
    ]
    assert name_articles(articles) == {
        "a": "gazette.example",
        "b": "Courier (“A treaty of paper”)",
        "c": "Courier (“No storm can close it”)",
        "d": "d",
    }


def test_a_headline_stands_for_a_file_whose_name_says_nothing() -> None:
    uri = f"{'0a' * 28}.json"
    assert name_articles([Article("a", uri, None, "Pilots strike")]) == {"a": "“Pilots strike”"}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["x/004_0123456789.txt", "y/004_9876543210.txt", "b.txt", "c.txt", "c.html", "d/c.txt"]),
            st.sampled_from([None, "Courier", "Gazette"]),
            st.sampled_from([None, "Pilots strike", "Pilots return"]),
        ),
        unique_by=lambda row: row[0],
    )
)
def test_no_two_articles_of_a_sentence_have_one_name(rows: list[tuple[str, str | None, str | None]]) -> None:
    articles = [Article(uri, uri, publisher, title) for uri, publisher, title in rows]
    names = name_articles(articles)
    assert names.keys() == {uri for uri, _, _ in rows}
    assert len(set(names.values())) == len(names)
    assert name_articles(reversed(articles)) == names
