"""The word lists: what they answer and what is refused on load."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.entities.lexicon import DATA, lexicon_digest, load_lexicon, read_column_file, read_lexicon


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for path in DATA.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Ada Berg Foundation", "ORG"),
        ("Halm Harbour Bridge", "LOC"),
        ("Halm Harbour Treaty", "LAW"),
        ("Ada Berg", None),
        ("Foundation", None),
    ],
)
def test_the_last_word_of_a_longer_name_says_what_it_names(name: str, label: str | None) -> None:
    assert load_lexicon().label_of_head(name) == label


def test_a_ministry_is_an_organ_of_the_state_and_a_university_is_not() -> None:
    lexicon = load_lexicon()
    assert lexicon.is_state_organ("Ministry of Trade")
    assert lexicon.is_place_of_learning("Halm University")
    assert not lexicon.is_state_organ("Halm University")


def test_a_word_with_an_unknown_value_is_refused(copied: Path) -> None:
    (copied / "roles.csv").write_text("noun,speaks_for\nminister,everyone\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"roles.csv: speaks_for of 'minister' is 'everyone'"):
        read_lexicon(copied)


def test_a_missing_use_of_small_words_is_refused(copied: Path) -> None:
    (copied / "function_words.csv").write_text("use,word\nparticle,de\n", encoding="utf-8")
    with pytest.raises(ValueError, match="speech"):
        read_lexicon(copied)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("noun\nx\n", "header"),
        ("word\nDr\n", "capitalised"),
        ("word\ndr\ndr\n", "dr stands twice"),
        ('word\n""\n', "empty"),
    ],
)
def test_a_malformed_list_is_refused_with_the_remedy(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"list.csv.*{message}"):
        read_column_file(path, ("word",), ("word",))


def test_the_digest_is_that_of_the_shipped_files() -> None:
    assert len(lexicon_digest()) == 16


def test_a_first_name_that_leads_to_another_short_one_is_refused(copied: Path) -> None:
    (copied / "first_names.csv").write_text("name,same_as\njoey,joe\njoe,joseph\n", encoding="utf-8")
    with pytest.raises(ValueError, match="joey is joe, which is joseph"):
        read_lexicon(copied)
