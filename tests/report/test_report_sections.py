"""Each section of the report states facts of the invented corpus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest

from pipeline.report import render_report
from pipeline.report.anchors import anchor

Rows = dict[str, list[dict[str, Any]]]
AsTables = Callable[[Rows], dict[str, pa.Table]]
Checked = Callable[[Mapping[str, bytes]], dict[str, Any]]
Render = Callable[[Rows], Any]


@pytest.fixture
def rows(invented_corpus: Callable[[], Rows]) -> Rows:
    return invented_corpus()


@pytest.fixture
def render(as_tables: AsTables, checked: Checked) -> Render:
    return lambda rows: checked(render_report(as_tables(rows)))["index.html"]


def contested_card(rows: Rows) -> str:
    group = next(row for row in rows["claim_groups"] if row["contested"])
    return anchor("group", group["claim_group_id"])


def test_a_contested_claim_shows_both_sides_with_actors_and_counts(rows: Rows, render: Render) -> None:
    card = render(rows).words(contested_card(rows))
    assert "Asserted by 1 independent source Vessia" in card
    assert "Denied by 1 independent source Norland" in card
    assert "Vessia accuses Norland of laying mines; Norland denies it." in card


def test_a_count_opens_to_what_is_folded_into_it_and_why(rows: Rows, render: Render) -> None:
    card = render(rows).words(contested_card(rows))
    assert "also in 1 copy: Inland Courier" in card
    assert "1 further statement folded into this one" in card
    assert "Adds no source: its source is counted already." in card
    assert "Adds no source: headline of an article whose body names the source." in card


def test_file_names_in_explanations_become_outlets(rows: Rows, render: Render) -> None:
    rows["conflicts"][0]["explanation"] = (
        "harbour.txt reports the accusation, coast.md the denial, old-harbour.txt none."
    )
    page = render(rows)
    card = page.words(contested_card(rows))
    assert (
        "Harbour Wire reports the accusation, Norland rejects strait claims the denial, old-harbour.txt none." in card
    )


def test_the_matrix_says_who_asserts_denies_and_is_silent(rows: Rows, render: Render) -> None:
    page = render(rows)
    matrix = page.words("matrix")
    assert "Norland rejects strait claims" in matrix
    assert "asserts" in matrix
    assert "denies" in matrix
    coast = next(a["article_id"] for a in rows["articles"] if a["source_uri"] == "coast.md")
    denial = next(c for c in rows["claims"] if c["article_id"] == coast and c["stance"] == "deny")
    cells = [attributes for tag, attributes in page.elements if tag == "a" and "mark" in str(attributes.get("class"))]
    assert ("mark denies", "#" + anchor("claim", denial["claim_id"])) in [(c["class"], c["href"]) for c in cells]


def test_an_article_without_the_denial_of_others_is_flagged(rows: Rows, render: Render) -> None:
    coast = next(a["article_id"] for a in rows["articles"] if a["source_uri"] == "coast.md")
    for member in rows["claim_group_members"]:
        claim = next(c for c in rows["claims"] if c["claim_id"] == member["claim_id"])
        if claim["article_id"] == coast and member["side"] == "denies":
            member["side"] = "silent"
    accusation = next(c for c in rows["claims"] if c["content_text"] == "about mines in the Aldra Strait")
    rows["conflicts"][0] |= {"type": "omitted_denial", "claim_ids_a": [accusation["claim_id"]], "claim_ids_b": []}
    flags = [attributes for _, attributes in render(rows).elements if attributes.get("title") == "without the denial"]
    assert len(flags) == 1


def test_quotations_stand_side_by_side_with_differences_marked(rows: Rows, render: Render) -> None:
    page = render(rows)
    section = page.words("quotations")
    assert "Shortened 1 difference inside quotation marks" in section
    assert '<del class="in">eleven</del>' in page.html
    assert "<ins>her sailors had</ins>" in page.html
    assert "eleven (nothing) yes" in section


def test_quotation_marks_on_one_side_only_are_said(rows: Rows, render: Render) -> None:
    for claim in rows["claims"]:
        if claim["article_id"] == next(a["article_id"] for a in rows["articles"] if a["source_uri"] == "coast.md"):
            claim["quoted_spans"] = []
    assert "only one version is quoted" in render(rows).words("quotations")


def test_the_tree_shows_the_copy_under_its_original(rows: Rows, render: Render) -> None:
    copies = render(rows).words("copies")
    assert "1 copy here" in copies
    assert "Harbour Wire state media, Vessia" in copies
    assert "near copy, 96" in copies


def test_the_timeline_says_what_each_article_was_first_to_carry(rows: Rows, render: Render) -> None:
    page = render(rows)
    timeline = page.words("timeline")
    assert timeline.index("3 March 2031") < timeline.index("4 March 2031")
    assert "first here to assert" in timeline
    assert "first here to deny" in timeline
    assert "When each contested claim was asserted and denied" in timeline
    assert "Laying mines in the Aldra Strait 4 March 2031 1 1" in timeline


def test_without_dates_the_timeline_says_so(rows: Rows, render: Render) -> None:
    for article in rows["articles"]:
        article["published_at"] = None
    assert "No article carries a date." in render(rows).words("timeline")


def test_entities_say_for_whom_they_speak_and_which_are_state_media(rows: Rows, render: Render) -> None:
    mention = {"start": 0, "end": 6, "text": "Vessia", "label": "GPE", "method": "invented"}
    rows["mentions"] = [
        {**mention, "mention_id": f"{entity['entity_id']}{article['article_id']}", **ids}
        for entity in rows["entities"]
        for article in rows["articles"]
        for ids in ({"entity_id": entity["entity_id"], "article_id": article["article_id"]},)
    ]
    rows["entities"][0]["wikidata_id"] = "Q12345"
    page = render(rows)
    entities = page.words("entities")
    assert "Mira Tolvane state or place Vessia 4 0 3 3" in entities
    assert "Harbour Wire state media, Vessia" in entities
    assert "https://www.wikidata.org/wiki/Q12345" in page.links


def test_quarantined_inputs_come_with_a_remedy(rows: Rows, render: Render) -> None:
    quarantine = render(rows).words("quarantine")
    assert "broken/week12.json Malformed The JSON ends" in quarantine
    assert "save the file again and re-run" in quarantine


def test_sections_stand_in_the_order_an_editor_needs_them(rows: Rows, render: Render) -> None:
    page = render(rows)
    sections = [attributes["id"] for tag, attributes in page.elements if tag == "section" and "id" in attributes]
    first = ["contested", "matrix", "quotations", "copies", "timeline", "entities", "quarantine"]
    assert [section for section in sections if section in first] == first
    assert set(first) <= {link.removeprefix("#") for link in page.links}
