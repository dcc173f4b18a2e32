"""Data files: comments are left out, lines keep their numbers, and a mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.data_files import numbered_lines, read_rows, read_words


def test_comments_and_blank_lines_count_but_say_nothing() -> None:
    assert list(numbered_lines("# why\n\nfirst\n  \nsecond # not a comment\n")) == [
        (3, "first"),
        (5, "second # not a comment"),
    ]


def test_words_are_parted_by_white_space(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# little words\nof  the\nand\n", encoding="utf-8")
    assert read_words(path) == ["of", "the", "and"]


def test_a_tsv_file_takes_quotation_marks_as_they_are_and_a_csv_file_does_not(tmp_path: Path) -> None:
    tabs, commas = tmp_path / "a.tsv", tmp_path / "a.csv"
    tabs.write_text('# rules\nname\tmark\nopen\t"\n', encoding="utf-8")
    commas.write_text('name,mark\nopen,"a, b"\n', encoding="utf-8")
    assert list(read_rows(tabs, ("name", "mark"))) == [(3, {"name": "open", "mark": '"'})]
    assert list(read_rows(commas, ("name", "mark"))) == [(2, {"name": "open", "mark": "a, b"})]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,sign\nopen,x\n", r"a\.csv: the header must be name mark, not name sign"),
        ("", r"a\.csv: the header must be name mark"),
        ("# why\nname,mark\nopen,x\nclose\n", r"a\.csv, line 4: 1 fields, 2 are needed: name, mark"),
        ("name,mark\nopen,x,y\n", r"a\.csv, line 2: 3 fields"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        list(read_rows(path, ("name", "mark")))
