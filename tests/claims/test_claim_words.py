"""Words made comparable: one key for the forms of a word, weights, numbers, and data files that say what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims import words
from pipeline.claims.words import read_number, read_table, stem, tokenize, weight


@pytest.mark.parametrize(
    "forms",
    [
        ("supply", "supplies", "supplied", "supplying"),
        ("agree", "agreed", "agrees", "agreeing"),
        ("ship", "shipped", "shipping"),
        ("buy", "bought", "buying", "buys"),
        ("strike", "struck", "striking"),
        ("accuse", "accused", "accusing"),
    ],
)
def test_forms_of_a_verb_share_one_key(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


def test_arms_are_not_the_plural_of_arm() -> None:
    assert stem("arms") != stem("arm")


def test_possessives_and_curly_apostrophes_leave_the_name() -> None:
    assert [t.text for t in tokenize("Norland’s ships and Vessia's own")] == [
        "norland",
        "ships",
        "and",
        "vessia",
        "own",
    ]


def test_grammatical_words_weigh_nothing_and_common_words_little() -> None:
    assert weight("of") == 0
    assert 0 < weight("agreement") < weight("lighthouse") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,250 boats", (1250, 1, True)),
        ("three million shells", (3_000_000, 2, True)),
        ("2.5 billion crowns", (2.5e9, 2, True)),
        ("dozens of boats", (12, 1, False)),
    ],
)
def test_numbers_are_read_with_their_scale(text: str, expected: tuple[float, int, bool]) -> None:
    assert read_number([t.text for t in tokenize(text)], 0) == expected


def test_a_word_that_is_no_number_gives_none() -> None:
    assert read_number(["harbour"], 0) is None


@given(st.text())
def test_tokens_stand_where_they_say(text: str) -> None:
    for token in tokenize(text):
        assert 0 <= token.start < token.end <= len(text)


def test_a_row_with_too_few_fields_names_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path
    (folder / "broken.tsv").write_text("# a table\nform\tbase\nran\n", encoding="utf-8")
    monkeypatch.setattr(words, "_FOLDER", folder)
    with pytest.raises(ValueError, match=r"broken\.tsv, line 3"):
        read_table("broken.tsv", ("form", "base"))


def test_a_wrong_header_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path
    (folder / "broken.tsv").write_text("one\ttwo\n", encoding="utf-8")
    monkeypatch.setattr(words, "_FOLDER", folder)
    with pytest.raises(ValueError, match="the header must be form base"):
        read_table("broken.tsv", ("form", "base"))
