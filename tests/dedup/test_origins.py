"""Origins: credits, what copies pass on to one another, and what a shared long quotation points to."""

from collections.abc import Callable
from typing import Any

from pipeline.dedup import find_credits, group_copies, origins_version, trace_origins
from pipeline.settings import Settings
from pipeline.tables import DUPLICATE_PAIRS

QUOTE = "“No ship of ours will leave this harbour before the crews are paid in full,” said Ada Quill."


def trace(
    corpus: tuple[Any, Any],
    settings: Settings,
    near: tuple[tuple[str, str], ...] = (),
    contained: tuple[tuple[str, str], ...] = (),
) -> set[tuple[Any, ...]]:
    """(article, origin, evidence, span) of every origin; ``near`` are the pairs of copies."""
    articles, passages = corpus
    numbers = {"jaccard": 0.9, "containment_a_in_b": 0.9, "containment_b_in_a": 0.9}
    edges = [*((pair, "near") for pair in near), *((pair, "contained") for pair in contained)]
    pairs = DUPLICATE_PAIRS.from_rows(
        [{"article_id_a": a, "article_id_b": b, "kind": kind, **numbers} for (a, b), kind in edges]
    )
    found = find_credits(articles, passages, settings)
    groups = group_copies(pairs, articles)
    table = trace_origins(found, articles, passages, groups, settings, duplicate_pairs=pairs)
    texts = dict(zip(articles.column("article_id").to_pylist(), articles.column("text").to_pylist(), strict=True))
    return {
        (row["article_id"], row["origin"], row["evidence"], texts[row["article_id"]][row["start"] : row["end"]])
        if row["start"] is not None
        else (row["article_id"], row["origin"], row["evidence"], None)
        for row in table.to_pylist()
    }


def test_copies_share_their_credits_and_the_canonical_publisher(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings, noon: Any
) -> None:
    metadata = {"a": {"publisher": "Alder Post"}, "b": {"publisher": "Norland Gazette", "published_at": noon}, "c": {}}
    built = corpus({"a": "It rained, Quay News Agency reported.", "b": "It rained.", "c": "It rained."}, metadata)
    assert trace(built, settings, near=(("a", "b"),)) == {
        ("a", "Alder Post", "publisher", None),
        ("a", "Quay News Agency", "according_to", "Quay News Agency reported"),
        ("a", "Norland Gazette", "copy", None),
        ("b", "Norland Gazette", "publisher", None),
        ("b", "Quay News Agency", "copy", None),
    }


def test_the_agency_of_an_item_is_an_origin_of_the_longer_article_that_holds_it_and_of_its_copies(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    item = "ALDER (Northlight Wire) - Rain fell on the harbour."
    built = corpus({"a": item, "b": "Rain fell on the harbour. More.", "c": "Rain fell on the harbour. More."})
    found = trace(built, settings, near=(("b", "c"),), contained=(("a", "b"),))
    assert {row for row in found if row[0] != "a"} == {
        ("b", "Northlight Wire", "contained", None),
        ("c", "Northlight Wire", "copy", None),
    }


def test_a_shortened_print_has_the_agency_of_the_whole_report(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    metadata = {"a": {"publisher": "Northlight Wire"}}
    found = trace(corpus({"a": "Rain fell. More.", "b": "Rain fell."}, metadata), settings, contained=(("a", "b"),))
    assert found == {("a", "Northlight Wire", "publisher", None), ("b", "Northlight Wire", "contained", None)}


def test_papers_and_cited_agencies_are_not_passed_on_by_containment(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    built = corpus(
        {"a": "It rained, Quay News Agency reported.", "b": "It rained."}, {"a": {"publisher": "Alder Post"}}
    )
    assert {row for row in trace(built, settings, contained=(("a", "b"),)) if row[0] == "b"} == set()


def test_a_long_quotation_carries_the_agency_to_an_article_that_credits_nobody(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    straight = QUOTE.replace("“", '"').replace("”", '"')
    found = trace(
        corpus({"a": f"ALDER (Northlight Wire) — Rain fell. {QUOTE}", "b": f"Strike goes on. {straight}"}), settings
    )
    quotation = straight[: straight.rindex('"') + 1]
    assert ("b", "Northlight Wire", "shared_quotation", quotation) in found
    assert len(found) == 2


def test_an_outlet_named_beside_the_quotation_is_its_origin(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    told = QUOTE.replace("said Ada Quill", "Ada Quill told Alder Television")
    found = trace(corpus({"a": told, "b": f"Strike goes on. {QUOTE}"}), settings)
    assert ("b", "Alder Television", "shared_quotation", QUOTE[: QUOTE.index("”") + 1]) in found


def test_an_article_that_says_where_it_has_the_quotation_from_gets_no_other_origin(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    found = trace(
        corpus({"a": f"ALDER (Northlight Wire) — Rain. {QUOTE}", "b": f"ALDER (Quay Press Agency) — Rain. {QUOTE}"}),
        settings,
    )
    assert {evidence for _, _, evidence, _ in found} == {"credit_line"}


def test_the_printing_paper_is_no_origin_of_a_quotation(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    first = [("body", QUOTE), ("boilerplate", "Read the original article on Alder Insider")]
    found = trace(corpus({"a": first, "b": QUOTE}), settings)
    assert {(article, evidence) for article, _, evidence, _ in found} == {("a", "credit_line")}


def test_short_and_widely_printed_quotations_are_no_evidence(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    short = "“Not before the crews are paid,” she said."
    assert len(trace(corpus({"a": f"ALDER (Northlight Wire) — Rain. {short}", "b": short}), settings)) == 1
    many = {"a": f"ALDER (Northlight Wire) — Rain. {QUOTE}", **{name: f"{name} {QUOTE}" for name in "bcd"}}
    assert len(trace(corpus(many), settings)) == 1


def test_copies_count_once_towards_how_widely_a_quotation_is_printed(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    many = {"a": f"ALDER (Northlight Wire) — Rain. {QUOTE}", **{name: f"{name} {QUOTE}" for name in "bcd"}}
    found = trace(corpus(many), settings, near=(("b", "c"), ("c", "d")))
    assert sorted(article for article, _, evidence, _ in found if evidence == "shared_quotation") == ["b", "c", "d"]


def test_the_order_of_articles_does_not_show(corpus: Callable[..., tuple[Any, Any]], settings: Settings) -> None:
    texts = {
        "a": f"ALDER (Northlight Wire) — Rain. {QUOTE}",
        "b": f"Strike. {QUOTE}",
        "c": "Quay News Agency reported rain.",
    }
    articles, passages = corpus(texts)
    turned = articles.take([2, 1, 0])
    assert trace((articles, passages), settings) == trace((turned, passages), settings)


def test_the_version_follows_the_rules_of_credits(settings: Settings) -> None:
    assert "credits" in origins_version(settings)
