"""The data files are checked on load: a fault is named with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.claims.attribution.genders import gender_of_name, gender_of_noun, parse_genders
from pipeline.claims.attribution.lexicon import load_lexicon, parse_lexicon
from pipeline.claims.attribution.nominals import load_nominals, parse_nominals
from pipeline.claims.attribution.rules import load_reliability, parse_reliability
from pipeline.claims.attribution.wrongs import load_wrongs, parse_wrongs


@pytest.mark.parametrize(
    ("parse", "text", "fault"),
    [
        (parse_lexicon, "say\tverb\tclause", "line 1: 3 columns"),
        (parse_lexicon, "# c\nsay\tadverb\tclause\tassert", "line 2: kind 'adverb'"),
        (parse_lexicon, "say\tverb\tclause\tmurmur", "stance 'murmur'"),
        (parse_lexicon, "say\tverb\tsentence\tassert", "frame 'sentence'"),
        (parse_lexicon, "say\tverb\tclause\tassert\nsay\tverb\tclause\twarn", "line 2: 'say' has frame 'clause' twice"),
        (parse_nominals, "animal\thorse", "line 1"),
        (parse_genders, "male\tname", "line 1"),
        (parse_genders, "male\tname\tkim\nfemale\tname\tkim", "'kim' stands under both"),
        (parse_wrongs, "deed", "line 1"),
        (parse_reliability, "verb_clause\t*\t1.5", "'1.5' is no number from 0 to 1"),
        (parse_reliability, "verb_clause\t*", "2 columns"),
    ],
)
def test_a_fault_in_a_data_file_is_named(parse: Callable[[str], object], text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse(text)


def test_the_shipped_files_load_and_know_the_commonest_words() -> None:
    assert load_lexicon().frames("verb", "accuse")["object_of"].stance == "accuse"
    assert load_lexicon().frames("verb", "hop")["clause"].lemma == "hope"
    assert load_nominals().is_a("spokesperson", "person")
    assert "arm" in load_wrongs().deeds
    assert load_reliability().of("verb_clause", "say") > load_reliability().of("noun_clause", "idea")
    assert (gender_of_noun("Mrs."), gender_of_name("Anna Brevik"), gender_of_name("Brevik")) == (
        "female",
        "female",
        None,
    )
