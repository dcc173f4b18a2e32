"""Credits: what an article says about where it comes from, with the span that says so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.dedup import credits as credit_search
from pipeline.dedup import credits_version, find_credits
from pipeline.dedup.outlet_names import OutletNames, is_agency
from pipeline.dedup.rule_files import read_rules
from pipeline.settings import Settings
from pipeline.text.normalise import fold_typography

NAMES = OutletNames(
    [
        ("Harbour Wire", ("Harbour Wire", "HW", "Harbour Wire Agency"), frozenset()),
        ("Norland Gazette", ("Norland Gazette", "The Gazette"), frozenset()),
        ("Beacon", ("Beacon", "Beacon News"), frozenset({"Beacon"})),
        ("Quay TV", ("Quay TV",), frozenset()),
    ],
    {"Post": True, "News Agency": False},
)


def read(passage: str, kind: str = "body") -> list[tuple[str, str, str]]:
    """(origin, evidence, span) for each credit in a passage."""
    rows = credit_search.read_passage(fold_typography(passage), kind, NAMES)
    return [(row["origin"], row["evidence"], passage[row["start"] : row["end"]]) for row in rows]


@pytest.mark.parametrize(
    ("passage", "origin", "span"),
    [
        ("VESSIA CITY (Harbour Wire) — Crews walked out.", "Harbour Wire", "VESSIA CITY (Harbour Wire) —"),
        ("PORT ALDER, Norland, May 3 (HW) - Crews left.", "Harbour Wire", "PORT ALDER, Norland, May 3 (HW) -"),
        ("(HW) Crews walked out on Monday.", "Harbour Wire", "(HW)"),
        ("Crews walked out on Monday. (HW)", "Harbour Wire", "(HW)"),
        ("Crews walked out on Monday. — Harbour Wire", "Harbour Wire", "— Harbour Wire"),
        ("The Harbour Wire contributed to this report.", "Harbour Wire", "The Harbour Wire contributed to this report"),
        ("With reporting by Quay TV", "Quay TV", "With reporting by Quay TV"),
        ("Source: Harbour Wire", "Harbour Wire", "Source: Harbour Wire"),
        ("Copyright 2024 The Harbour Wire. All rights reserved.", "Harbour Wire", "Copyright 2024 The Harbour Wire"),
        ("© 2024 Quay TV", "Quay TV", "© 2024 Quay TV"),
        ("Harbour Wire | Updated: 2024-05-03 17:52", "Harbour Wire", "Harbour Wire | Updated"),
        ("Harbour Wire", "Harbour Wire", "Harbour Wire"),
    ],
)
def test_credit_lines_and_tags_of_listed_outlets(passage: str, origin: str, span: str) -> None:
    assert read(passage) == [(origin, "credit_line", span)]


@pytest.mark.parametrize(
    ("passage", "origin"),
    [
        ("Read the original article on Harbour Insider", "Harbour Insider"),
        ("Read the full story at the Norland Gazette.", "Norland Gazette"),
        ("This story was first published by The Alder Post. More to come.", "Alder Post"),
        ("A version of this article originally appeared on Quay TV.", "Quay TV"),
        ("Republished from U.S. Dock Review under licence", "U.S. Dock Review"),
    ],
)
def test_lines_that_name_the_original_need_no_listed_name(passage: str, origin: str) -> None:
    ((found, evidence, _),) = read(passage, "boilerplate")
    assert (found, evidence) == (origin, "credit_line")


@pytest.mark.parametrize(
    ("passage", "span"),
    [
        ("The pact is void, according to the Harbour Wire.", "according to the Harbour Wire"),
        ("It failed, according to Vessian state media outlet HW news.", "according to Vessian state media outlet HW"),
        ("Norland's Harbour Wire Agency reported that crews left.", "Harbour Wire Agency reported"),
        ("“We left,” she told the Harbour Wire on Monday.", "told the Harbour Wire"),
        ("In an interview with HW, she agreed.", "interview with HW"),
        ("The HW news agency said so, citing the ministry.", "The HW news agency said"),
        ("The text, first published by the Harbour Wire, is short.", None),
        ("The order, seen by Harbour Wire, is short.", "seen by Harbour Wire"),
        ("HW’s report named nobody.", "HW’s report"),
    ],
)
def test_attributions_to_outlets(passage: str, span: str | None) -> None:
    ((origin, evidence, found),) = read(passage)
    assert origin == "Harbour Wire"
    assert (evidence, found) == (("according_to", span) if span else ("credit_line", found))


@pytest.mark.parametrize(
    "passage",
    [
        "The Harbour Wire has forty reporters and a canteen.",
        "Crews boarded the Beacon; Beacon said nothing.",
        "HWX reported that crews left.",
        "the hw reported that crews left.",
        "according to the ministry. Harbour Wire shares fell.",
        "She read the original article on her way home.",
        "The article first appeared in March.",
        "The play was first published in 1989 and on Monday again.",
    ],
)
def test_an_outlet_that_is_only_named_is_no_credit(passage: str) -> None:
    assert read(passage) == []


def test_ambiguous_names_need_a_plain_credit() -> None:
    assert read("according to Beacon, it rained") == [("Beacon", "according_to", "according to Beacon")]
    assert read("Beacon News reported rain") == [("Beacon", "according_to", "Beacon News reported")]
    assert read("Beacon reported rain") == []


@pytest.mark.parametrize(
    ("passage", "origin"),
    [
        ("Rain fell, according to the Alder Post.", "Alder Post"),
        ("But Upper Alder Post reporters told Alder Morning Post so.", "Alder Morning Post"),
        ("Meanwhile Northlight News Agency reported rain.", "Northlight News Agency"),
        ("By Ada Quill, Northlight News Agency", None),
        ("Upper Alder Post said nothing.", None),
        ("The Post told nobody.", None),
    ],
)
def test_outlets_that_are_not_listed_are_known_by_their_last_word(passage: str, origin: str | None) -> None:
    assert [found for found, _, _ in read(passage)] == ([origin] if origin else [])


def test_several_outlets_of_one_sentence() -> None:
    passage = "The Harbour Wire and Quay TV contributed to this report."
    assert [origin for origin, _, _ in read(passage)] == ["Harbour Wire", "Quay TV"]


@pytest.mark.parametrize("line", ["By Ada Quill, Harbour Wire", "By ADA QUILL The Harbour Wire", "By HW staff writers"])
def test_bylines_in_the_text(line: str) -> None:
    ((origin, evidence, _),) = read(line)
    assert (origin, evidence) == ("Harbour Wire", "byline")


def test_names_are_found_over_line_breaks_and_in_capitals() -> None:
    assert [mention.outlet for mention in NAMES.find("the Harbour\nWire, HARBOUR WIRE, harbour wire")] == [
        "Harbour Wire"
    ] * 2
    assert NAMES.normalise("  the  harbour wire ") == "Harbour Wire"
    assert NAMES.normalise("The Alder  Post") == "Alder Post"


@pytest.mark.parametrize("site", ["norlandgazette.example", "www.norlandgazette.co.example", "Norland Gazette"])
def test_the_address_of_a_site_names_its_publisher(site: str) -> None:
    assert NAMES.normalise_publisher(site) == "Norland Gazette"
    assert NAMES.normalise_publisher("www.AlderPost.example") == "alderpost.example"


def test_listed_agencies_of_the_gazetteer_are_known(corpus: Callable[..., tuple[Any, Any]], settings: Settings) -> None:
    texts = {
        "a": [
            ("title", "Port shut, Reuters reports"),
            ("caption", "Cranes on Monday. (AP)"),
            ("body", "ALDER (AFP) — Crews left, Yonhap reported."),
            ("boilerplate", "Read the original article on Harbour Insider"),
        ]
    }
    metadata = {"a": {"publisher": "www.reuters.com", "byline": ["Ada Quill", "AP"]}}
    articles, passages = corpus(texts, metadata)
    text = articles.column("text")[0].as_py()
    rows = find_credits(articles, passages, settings).to_pylist()
    found = {
        (row["origin"], row["evidence"], None if row["start"] is None else text[row["start"] : row["end"]])
        for row in rows
    }
    assert found == {
        ("Reuters", "publisher", None),
        ("Associated Press", "byline", None),
        ("Reuters", "according_to", "Reuters reports"),
        ("Agence France-Presse", "credit_line", "ALDER (AFP) —"),
        ("Yonhap News Agency", "according_to", "Yonhap reported"),
        ("Harbour Insider", "credit_line", "Read the original article on Harbour Insider"),
    }


def test_an_articles_credits_do_not_depend_on_the_batch(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    texts = {"a": "ALDER (Northlight Wire) — Rain.", "b": "Quay News Agency reported rain.", "c": "No credit here."}
    articles, passages = corpus(texts)
    together = find_credits(articles, passages, settings).to_pylist()
    alone = [row for i in range(3) for row in find_credits(articles.slice(i, 1), passages, settings).to_pylist()]
    assert together == alone
    assert len(together) == 2


def test_agencies_are_told_from_papers() -> None:
    assert is_agency("Northlight News Agency")
    assert is_agency("Reuters")
    assert not is_agency("Alder Morning Post")
    assert not is_agency("Wire")


def test_the_rule_files_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "rules.tsv"
    path.write_text("# comment\nrule\tpattern\na\tx\na\ty\n")
    with pytest.raises(ValueError, match="rule 'a' stands twice"):
        read_rules(path, ("rule", "pattern"))
    path.write_text("rule\tregex\n")
    with pytest.raises(ValueError, match="header must be rule pattern"):
        read_rules(path, ("rule", "pattern"))


def test_the_shipped_rules_load_and_have_names() -> None:
    names = [phrase.rule for phrase in credit_search.outlet_phrases()] + [
        line.rule for line in credit_search.credit_lines()
    ]
    assert len(names) == len(set(names)) > 20
    assert "rules" in credits_version(Settings())
