"""The normal form: what it makes equal, what it keeps apart, and which offsets it keeps."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.normalise import (
    fold_typography,
    join_words,
    normalise_text,
    normalise_unicode,
    spaced_words,
    split_words,
    standalone_words,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
newsroom = st.text("aéßﬁİ ’‘“”—–…\u00a0\u00ad\u0301Ａ１中ไ่-.'\"\n", max_size=60)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("“We won’t,” he said", '"we won\'t," he said'),
        ("‘Norland’ and „Vessia“", "'norland' and \"vessia\""),
        ("harbour\u00a0strike — again – now", "harbour strike - again - now"),
        ("the ﬁrst ﬂood", "the first flood"),
        ("ＮＯＲＬＡＮＤ ２０２４", "norland 2024"),
        ("co\u00adoper\u00adation", "cooperation"),
        ("zero\u200bwidth", "zerowidth"),
        ("Cafe\u0301 Zu\u0308rich", "café zürich"),
        ("Straße", "strasse"),
        ("wait … done", "wait ... done"),
        ("  two\t\nlines  ", "two lines"),
        ("", ""),
    ],
)
def test_typography_case_and_composition_do_not_matter(written: str, plain: str) -> None:
    assert normalise_text(written) == plain


def test_accents_and_digits_do_matter() -> None:
    assert normalise_text("resume 4") != normalise_text("résumé 4")
    assert normalise_text("44 killed") != normalise_text("4 killed")


@given(st.one_of(texts, newsroom))
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    normal = normalise_text(text)
    assert normalise_text(normal) == normal


@given(st.one_of(texts, newsroom))
def test_decomposed_and_composed_text_have_one_normal_form(text: str) -> None:
    assert normalise_text(unicodedata.normalize("NFD", text)) == normalise_text(unicodedata.normalize("NFC", text))


@given(st.one_of(texts, newsroom))
def test_words_do_not_depend_on_the_fast_path_for_ascii(text: str) -> None:
    # A letter that no fast path takes, as a word of its own behind the text, must not change the words before it.
    assert split_words(text + " ж") == [*split_words(text), "ж"]
    assert join_words(text).decode().split(" ") == (split_words(text) or [""])


@given(st.one_of(texts, newsroom))
def test_part_by_part_is_the_whole_by_the_book(text: str) -> None:
    assert normalise_text(text) == " ".join(normalise_unicode(text).split())
    assert normalise_text(text * 40) == " ".join(normalise_unicode(text * 40).split())
    assert split_words(text) == split_words(normalise_unicode(text))


@given(st.one_of(texts, newsroom))
def test_words_are_letters_digits_and_marks(text: str) -> None:
    for word in split_words(text):
        assert all(unicodedata.category(character)[0] in "LNM" for character in word)


def test_apostrophes_hyphens_and_full_stops_end_a_word() -> None:
    assert split_words("The U.S. won’t re-open Norland's 1,000 mines") == (
        ["the", "u", "s", "won", "t", "re", "open", "norland", "s", "1", "000", "mines"]
    )


def test_scripts_without_spaces_give_one_word_a_character() -> None:
    assert split_words("港口罢工 continues") == ["港", "口", "罢", "工", "continues"]
    assert split_words("abc港def") == ["abc", "港", "def"]
    assert split_words("서울 항구") == ["서울", "항구"]


@given(st.one_of(texts, newsroom))
def test_folding_keeps_every_offset(text: str) -> None:
    folded = fold_typography(text)
    assert len(folded) == len(text)
    changed = [(a, b) for a, b in zip(text, folded, strict=True) if a != b]
    assert all(b in "'\"- " for _, b in changed)


def test_folding_changes_quotes_dashes_and_spaces_only() -> None:
    assert fold_typography("“Né” — it’s\u00a0ﬁne…") == '"Né" - it\'s ﬁne…'


@pytest.mark.parametrize("character", ["\u0301", "\u1161", "\u11a8", "\u3099", "\u0dcf", "\u05b0"])
def test_what_joins_the_character_before_it_does_not_stand_alone(character: str) -> None:
    assert standalone_words(character) is None


def test_no_second_part_of_a_composition_stands_alone() -> None:
    decompositions = (unicodedata.decomposition(chr(code_point)).split() for code_point in range(0x110000))
    seconds = {chr(int(parts[1], 16)) for parts in decompositions if len(parts) == 2 and parts[0][0] != "<"}
    assert len(seconds) > 80
    assert [second for second in seconds if standalone_words(second) is not None] == []


@pytest.mark.parametrize(
    ("character", "words"),
    [
        ("é", "é"),
        ("Ł", "ł"),
        ("ß", "ss"),
        ("ﬁ", "fi"),
        ("’", " "),
        ("\u00ad", ""),
        ("港", " 港 "),
        ("½", "1 2"),
        ("가", "가"),
    ],
)
def test_what_stands_alone_gives_the_same_everywhere(character: str, words: str) -> None:
    assert standalone_words(character) == words.encode()


@given(st.one_of(texts, newsroom))
def test_characters_that_stand_alone_make_the_words_of_their_text(text: str) -> None:
    parts = [character.encode() if character.isascii() else standalone_words(character) for character in text]
    known = [part for part in parts if part is not None]
    if len(known) == len(parts):
        assert spaced_words(b"".join(known).decode()).split() == spaced_words(text).split()
