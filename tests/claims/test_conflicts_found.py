"""Each kind of conflict on one small case, and the cases that must not be called one."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.claims.conflicts import conflicts_version, find_conflicts
from pipeline.settings import Settings
from pipeline.tables import CONFLICT_TYPES

DEED = "Norland has been supplying Vessia with rockets"
HERRING = "“the lighthouse keepers were sold for a barrel of salted herring”"
MAY = datetime.datetime(2031, 5, 1, tzinfo=datetime.UTC)


@pytest.fixture
def contested(newsroom: Any) -> Any:
    """Ostmark accuses in two articles; one of them carries the denial, and a copy repeats the other."""
    a = newsroom.claim("both.txt", "Ostmark", DEED, "accuse", targets=["Norland"])
    newsroom.claim("both.txt", ["Norland", "Vessia"], "these accusations", "deny", refers_to=a)
    newsroom.claim("one.txt", "Ostmark", "Norland shipped shells to Vessia", "accuse", targets=["Norland"])
    newsroom.article("copy.txt", copy_of="one.txt")
    newsroom.claim("copy.txt", "Ostmark", "Norland shipped shells to Vessia", "accuse", targets=["Norland"])
    return newsroom


class TestDenials:
    """`accusation_vs_denial`, hard, and `omitted_denial`, soft."""

    def test_a_denial_against_its_accusation_is_hard_and_names_both_sides(self, contested: Any) -> None:
        (row,) = contested.match().found("accusation_vs_denial")
        assert row["strength"] == "hard"
        assert row["explanation"] == (
            "“Norland shipped shells to Vessia” is alleged by Ostmark and denied by Norland and Vessia (in both)."
        )

    def test_an_omitted_denial_names_every_article_that_leaves_it_out_copies_too(self, contested: Any) -> None:
        (row,) = contested.match().found("omitted_denial")
        assert row["strength"] == "soft"
        assert row["explanation"] == (
            "both carries the denial by Norland and Vessia; copy and one report the accusation without it."
        )
        assert len(row["claim_ids_a"]) == 2

    def test_no_denial_no_dispute(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Ostmark", DEED, "accuse", targets=["Norland"])
        newsroom.claim("b.txt", "Council", DEED)
        assert not newsroom.match().conflicts

    def test_a_denial_in_other_words_meets_the_claim_that_it_denies(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Ostmark", DEED, "accuse", targets=["Norland"])
        newsroom.claim("b.txt", "Norland", "supplying Vessia with rockets", "deny")
        assert newsroom.match().found("accusation_vs_denial")

    def test_a_plan_that_is_turned_down_is_no_denial(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Ostmark", "the lighthouse toll plan of Norland needs the votes of the Council")
        newsroom.claim("b.txt", "Council", "the lighthouse toll plan of Norland", "deny", cue_lemma="reject")
        assert not newsroom.match().found("accusation_vs_denial")

    def test_a_party_that_denies_what_it_said_itself_contradicts_nobody(self, newsroom: Any) -> None:
        a = newsroom.claim("a.txt", "Norland", "Norland closed the strait")
        newsroom.claim("b.txt", "Norland", "that report", "deny", refers_to=a)
        assert not newsroom.match().conflicts


class TestQuotations:
    """`quotation_variant`: hard where both claim to be verbatim, soft otherwise."""

    def test_quotations_that_cannot_both_be_verbatim_are_hard(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", "“The tolls strangle every honest skipper on this coast”")
        newsroom.claim("b.txt", "Mira Tolvanen", "“The tolls strangle every greedy skipper on this coast”")
        (row,) = newsroom.match().found("quotation_variant")
        assert row["strength"] == "hard"
        assert row["explanation"] == (
            "b quotes Mira Tolvanen as “The tolls strangle every greedy skipper on this coast”, "
            "a as “The tolls strangle every honest skipper on this coast”."
        )

    @pytest.mark.parametrize(
        "other",
        [
            "“the tolls strangle every honest skipper”",
            "“every honest skipper on this coast” is strangled by the tolls",
            "“the tolls … strangle every honest skipper on this coast”",
            "“The tolls strangle every honest skipper on this coast.”",
            "“The tolls strangle every honest skip-per on this coast.”",
        ],
    )
    def test_a_shortened_quotation_is_no_hard_conflict(self, newsroom: Any, other: str) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", "“the tolls strangle every honest skipper on this coast”")
        newsroom.claim("b.txt", "Mira Tolvanen", other)
        assert not [row for row in newsroom.match().conflicts if row["strength"] == "hard"]

    def test_versions_that_differ_in_the_same_word_are_one_conflict(self, newsroom: Any) -> None:
        for name in ("a.txt", "b.txt"):
            newsroom.claim(name, "Mira Tolvanen", "“the tolls strangle every honest skipper on this coast”")
        newsroom.claim("c.txt", "Mira Tolvanen", "“the tolls strangle every greedy skipper on this coast”")
        (row,) = newsroom.match().found("quotation_variant")
        assert len(row["claim_ids_a"]) + len(row["claim_ids_b"]) == 3

    def test_what_reads_like_two_translations_is_soft(self, newsroom: Any) -> None:
        first = "“our coast is wounded but it will be stronger than the barons who want to sell it”"
        second = "“the shore bleeds but it will be stronger than the barons who wish to trade her”"
        newsroom.claim("a.txt", "Mira Tolvanen", first)
        newsroom.claim("b.txt", "Mira Tolvanen", second)
        assert {row["strength"] for row in newsroom.match().found("quotation_variant")} == {"soft"}

    @pytest.mark.parametrize(
        ("one", "two"),
        [
            ("we have organised the harbour pilots", "we have organized the harbor pilots"),
            ("we have sent three e-mails to the pilots", "we have sent 3 emails to the pilots"),
            ("tolls & fines have ruined the harbour pilots", "tolls and fines have ruined the harbour pilots"),
        ],
    )
    def test_spelling_spacing_and_figures_do_not_clash(self, newsroom: Any, one: str, two: str) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", f"“{one} against these tolls”")
        newsroom.claim("b.txt", "Mira Tolvanen", f"“{two} against these tolls”")
        assert not newsroom.match().found("quotation_variant")

    def test_two_sentences_of_one_speech_in_two_articles_each_do_not_clash(self, newsroom: Any) -> None:
        first, second = "“every honest skipper pays the toll twice”", "“every greedy skipper pays the toll never”"
        for name in ("a.txt", "b.txt"):
            newsroom.claim(name, "Mira Tolvanen", first)
            newsroom.claim(name, "Mira Tolvanen", second)
        assert not newsroom.match().found("quotation_variant")

    def test_a_speech_of_another_season_is_another_utterance(self, newsroom: Any) -> None:
        newsroom.article("a.txt", published=MAY)
        newsroom.article("b.txt", published=MAY + datetime.timedelta(days=200))
        newsroom.claim("a.txt", "Mira Tolvanen", "“the tolls strangle every honest skipper on this coast”")
        newsroom.claim("b.txt", "Mira Tolvanen", "“the tolls strangle every greedy skipper on this coast”")
        assert not newsroom.match().found("quotation_variant")

    def test_a_quoted_word_replaced_outside_the_marks_is_soft(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", "“a crusade of the shameless toll barons and their lackeys”")
        newsroom.claim("b.txt", "Mira Tolvanen", "a “crusade of the shameless toll barons” and their partners")
        (row,) = newsroom.match().found("quotation_variant")
        assert row["strength"] == "soft"
        assert row["explanation"] == "a quotes “lackeys” where b writes “partners” in its own words."

    def test_a_statement_retold_in_other_words_replaces_nothing(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", "“a crusade of the shameless toll barons and their lackeys”")
        newsroom.claim("b.txt", "Mira Tolvanen", "a crusade of the shameless toll barons and their partners had begun")
        assert not newsroom.match().found("quotation_variant")

    def test_a_name_for_a_pronoun_replaces_nothing(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", "“the toll barons will not forgive Dressen”")
        newsroom.claim("b.txt", "Mira Tolvanen", "“the toll barons will not forgive” the minister")
        assert not newsroom.match().found("quotation_variant")


class TestHeadlines:
    """`headline_vs_body`, hard."""

    def test_a_headline_that_adds_a_speaker_contradicts_its_body(self, newsroom: Any) -> None:
        newsroom.claim(
            "a.txt", ["Mira Tolvanen", "Pavel Dressen"], "the coast has seen “a golden age of ferries”", in_title=True
        )
        newsroom.claim("a.txt", "Mira Tolvanen", "the ports live through “a golden age of ferries”")
        (row,) = newsroom.match().found("headline_vs_body")
        assert row["strength"] == "hard"
        assert row["explanation"] == (
            "The headline of a gives the words to Pavel Dressen, its body to Mira Tolvanen only."
        )

    def test_a_headline_for_the_state_of_the_speaker_is_no_conflict(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Norland", "“a golden age of ferries” has begun", in_title=True)
        newsroom.claim("a.txt", "Mira Tolvanen", "“a golden age of ferries” has begun on the coast")
        assert not newsroom.match().found("headline_vs_body")

    def test_a_headline_for_a_body_whose_man_nobody_placed_is_no_conflict(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Council", "“a golden age of ferries” has begun", in_title=True)
        newsroom.claim("a.txt", "Ada Quill", "“a golden age of ferries” has begun on the coast")
        assert not newsroom.match().found("headline_vs_body")

    def test_a_headline_for_another_state_is_a_conflict(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Vessia", "“a golden age of ferries” has begun", in_title=True)
        newsroom.claim("a.txt", "Mira Tolvanen", "“a golden age of ferries” has begun on the coast")
        assert newsroom.match().found("headline_vs_body")


class TestSpeakers:
    """`speaker_mismatch` and `attribution_lost`."""

    def test_one_quotation_of_two_persons_is_a_hard_mismatch(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", HERRING)
        newsroom.claim("b.txt", "Ada Quill", HERRING)
        (row,) = newsroom.match().found("speaker_mismatch")
        assert row["strength"] == "hard"
        assert row["explanation"] == (
            "b gives “the lighthouse keepers were sold for a barrel of salted herring” to Ada Quill, "
            "a to Mira Tolvanen."
        )

    def test_two_persons_of_one_body_are_two_speakers(self, newsroom: Any) -> None:
        newsroom.entity("Berit Solheim", actor="Norland", kind="PERSON")
        newsroom.claim("a.txt", "Mira Tolvanen", HERRING)
        newsroom.claim("b.txt", "Berit Solheim", HERRING)
        assert newsroom.match().found("speaker_mismatch")

    def test_a_relayed_quotation_has_one_speaker(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", HERRING, relayed_by=["Harbour Wire"])
        newsroom.claim("b.txt", "Harbour Wire", HERRING)
        assert not newsroom.match().found("speaker_mismatch")

    def test_a_body_and_its_spokesman_are_no_mismatch(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Council", HERRING)
        newsroom.claim("b.txt", "Ada Quill", HERRING)
        assert not newsroom.match().found("speaker_mismatch")

    def test_a_pronoun_is_too_weak_a_ground_for_a_mismatch(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", HERRING)
        newsroom.claim("b.txt", "Ada Quill", HERRING, source_resolution="coreference")
        assert not newsroom.match().found("speaker_mismatch")

    def test_who_quotes_another_in_the_same_article_is_no_mismatch(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Mira Tolvanen", HERRING)
        newsroom.claim("a.txt", "Ada Quill", f"it was Tolvanen who said {HERRING}")
        newsroom.claim("b.txt", "Mira Tolvanen", HERRING)
        assert not newsroom.match().found("speaker_mismatch")

    def test_two_names_of_one_person_are_no_mismatch(self, newsroom: Any) -> None:
        newsroom.entity("Captain Tolvanen", kind="PERSON")
        newsroom.claim("a.txt", "Mira Tolvanen", HERRING)
        newsroom.claim("b.txt", "Captain Tolvanen", HERRING)
        assert not newsroom.match().found("speaker_mismatch")

    def test_words_that_lose_their_speaker_are_noticed(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Ada Quill", HERRING)
        newsroom.claim("b.txt", "", HERRING, source_text="an insider", source_anonymous=True)
        (row,) = newsroom.match().found("attribution_lost")
        assert row["strength"] == "soft"
        assert row["explanation"] == "a gives to Ada Quill what b gives to an insider."

    @pytest.mark.parametrize("words", ["the historian", "she", "His widow", "a historian, Ada Quill"])
    def test_a_speaker_whom_the_article_has_introduced_is_not_lost(self, newsroom: Any, words: str) -> None:
        newsroom.claim("a.txt", "Ada Quill", HERRING)
        newsroom.claim("b.txt", "", HERRING, source_text=words, source_anonymous=True)
        assert not newsroom.match().found("attribution_lost")

    def test_a_relay_in_the_place_of_its_source_is_noticed(self, newsroom: Any) -> None:
        words = "Norland will pay for the dry docks of Vessia with diesel and radar"
        newsroom.claim("a.txt", "", words, source_text="analysts", source_anonymous=True, relayed_by=["Harbour Wire"])
        newsroom.claim("b.txt", "Harbour Wire", words)
        (row,) = newsroom.match().found("attribution_lost")
        assert row["explanation"] == ("a gives to analysts, through Harbour Wire, what b gives to Harbour Wire alone.")


class TestNumbers:
    """`numbers_differ`, soft: amounts and days."""

    def test_numbers_of_the_same_thing_that_differ(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Ostmark", "the storm off Norland sank 21 trawlers and a ferry")
        newsroom.claim("b.txt", "Council", "the storm off Norland sank thirty-four trawlers and a ferry")
        (row,) = newsroom.match().found("numbers_differ")
        assert row["strength"] == "soft"
        assert row["explanation"] == "a gives 21, b thirty-four (trawlers)."

    @pytest.mark.parametrize(
        "other",
        [
            "the storm off Norland sank twenty-one trawlers and a ferry",
            "the storm off Norland sank 21 of the 200 trawlers and a ferry",
            "the storm off Norland sank about 20 trawlers and a ferry",
            "the storm off Norland sank dozens of trawlers and a ferry",
            "the storm off Norland sank trawlers and a ferry with a 60-year-old mate",
        ],
    )
    def test_the_same_number_a_share_or_a_rough_one_does_not_differ(self, newsroom: Any, other: str) -> None:
        newsroom.claim("a.txt", "Ostmark", "the storm off Norland sank 21 trawlers and a ferry")
        newsroom.claim("b.txt", "Council", other)
        assert not newsroom.match().found("numbers_differ")

    def test_numbers_of_other_things_do_not_differ(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Ostmark", "the court of Norland gave the smuggler 14 years in prison for the rockets")
        newsroom.claim("b.txt", "Council", "the court of Norland tried the smuggler for rockets shipped over 16 years")
        assert not newsroom.match().found("numbers_differ")

    def test_days_of_one_act_that_differ(self, newsroom: Any) -> None:
        (row,) = _one_group(newsroom, _dated(newsroom, (3, 1), (5, 1)))
        assert row["type"] == "numbers_differ"
        assert row["explanation"] == "a dates it to 3 May 2031 (“at dawn”), b to 5 May 2031 (“at dawn”)."

    def test_a_week_that_holds_the_day_does_not_differ(self, newsroom: Any) -> None:
        assert not _one_group(newsroom, _dated(newsroom, (3, 7), (5, 1)))


def _dated(newsroom: Any, *spells: tuple[int, int]) -> list[str]:
    """A claim of one act in an article for each spell: its first day in May and its number of days."""
    claims = []
    for name, (day, days) in zip("abcd", spells, strict=False):
        start = MAY.replace(day=day)
        claims.append(
            newsroom.claim(
                f"{name}.txt",
                "Ostmark",
                "Norland has shelled Vessia",
                "accuse",
                targets=["Norland"],
                time_text="at dawn",
                event_time_start=start,
                event_time_end=start + datetime.timedelta(days=days),
            )
        )
    return claims


def _one_group(newsroom: Any, claims: list[str]) -> list[dict[str, Any]]:
    """The conflicts of these claims when they are one group, however matching sees them."""
    table, entities, articles, copies, _ = newsroom.tables()
    groups = pa.table({"claim_group_id": ["g"], "proposition": ["p"], "contested": [False]})
    members = pa.table({"claim_id": claims, "claim_group_id": ["g"] * len(claims), "side": ["asserts"] * len(claims)})
    found = find_conflicts(table, groups, members, pa.table({}), entities, articles, copies, Settings())
    return list(found.to_pylist())


class TestAnswers:
    """`counter_assertion` and `characterisation`, soft."""

    def test_an_answer_of_the_accused_beside_the_accusation(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Ostmark", DEED, "accuse", targets=["Norland"])
        newsroom.claim("a.txt", "Norland", "its trade is in full compliance with every treaty")
        (row,) = newsroom.match().found("counter_assertion")
        assert row["strength"] == "soft"
        assert row["explanation"] == (
            "Accused by Ostmark, Norland answers “its trade is in full compliance with every treaty” (a)."
        )

    def test_what_a_third_party_says_is_no_answer(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Ostmark", DEED, "accuse", targets=["Norland"])
        newsroom.claim("a.txt", "Council", "its trade is in full compliance with every treaty")
        assert not newsroom.match().found("counter_assertion")

    def test_what_the_accused_says_of_other_matters_is_no_answer(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Ostmark", DEED, "accuse", targets=["Norland"])
        newsroom.claim("a.txt", "Norland", "with respect to the ferries it will publish a timetable")
        assert not newsroom.match().found("counter_assertion")

    def test_opposite_words_for_one_thing(self, newsroom: Any) -> None:
        newsroom.claim("a.txt", "Norland", "the Norlandic lighthouse treaty is peaceful", "characterize")
        newsroom.claim("b.txt", "Ostmark", "the lighthouse treaty of Norland is provocative", "characterize")
        (row,) = newsroom.match().found("characterisation")
        assert row["strength"] == "soft"
        assert row["explanation"] == (
            "Norland says “the Norlandic lighthouse treaty is peaceful” (a), "
            "Ostmark “the lighthouse treaty of Norland is provocative” (b)."
        )

    @pytest.mark.parametrize(
        "other",
        [
            "the ferry timetable of Norland is provocative",
            "the lighthouse treaty of Vessia is provocative",
            "the lighthouse treaty of Norland is peaceful",
            "the lighthouse treaty of Norland was signed to stop provoking the pilots",
        ],
    )
    def test_another_thing_or_no_opposite_is_no_conflict(self, newsroom: Any, other: str) -> None:
        newsroom.claim("a.txt", "Norland", "the Norlandic lighthouse treaty is peaceful", "characterize")
        newsroom.claim("b.txt", "Ostmark", other, "characterize")
        assert not newsroom.match().found("characterisation")


class TestTable:
    """What holds for every row."""

    def test_rows_fit_the_closed_lists(self, contested: Any) -> None:
        rows = contested.match().conflicts
        assert {row["type"] for row in rows} <= set(CONFLICT_TYPES)
        assert all(row["explanation"].endswith(".") for row in rows)
        assert len({row["conflict_id"] for row in rows}) == len(rows)

    def test_the_version_names_the_word_tables(self) -> None:
        assert "words" in conflicts_version()


CONTENTS = (
    DEED,
    "Norland shipped 40 shells to Vessia",
    "Norland shipped 90 shells to Vessia",
    "“the tolls strangle every honest skipper on this coast”",
    "“the tolls strangle every greedy skipper on this coast”",
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.sampled_from(["Ostmark", "Council", "Mira Tolvanen", "Ada Quill"]),
            st.sampled_from(CONTENTS),
            st.sampled_from(["assert", "accuse", "deny"]),
        ),
        max_size=8,
        unique=True,
    ),
    st.data(),
)
def test_a_groups_own_conflicts_depend_on_that_group_alone(open_newsroom: Any, claims: Any, data: Any) -> None:
    """Whatever the rest of the corpus and whatever the order of rows."""
    room = open_newsroom()
    for name, source, content, stance in claims:
        room.claim(f"{name}.txt", source, content, stance, targets=["Norland"] if stance == "accuse" else ())
    found = room.match()
    if not found.groups:
        return
    group = data.draw(st.sampled_from(sorted(row["claim_group_id"] for row in found.groups)))
    table, entities, articles, copies, _ = room.tables()
    members = pa.Table.from_pylist([row for row in found.members if row["claim_group_id"] == group])
    part = table.filter(pc.is_in(table["claim_id"], value_set=members["claim_id"].combine_chunks()))
    part = part.take(pa.array(reversed(range(len(part)))))
    groups = pa.Table.from_pylist([row for row in found.groups if row["claim_group_id"] == group])
    alone = find_conflicts(part, groups, members, pa.table({}), entities, articles, copies, Settings())
    story = {"counter_assertion", "characterisation"}
    expected = [r for r in found.conflicts if r["claim_group_id"] == group and r["type"] not in story]
    key = lambda row: row["conflict_id"]  # noqa: E731
    assert sorted((r for r in alone.to_pylist() if r["type"] not in story), key=key) == sorted(expected, key=key)
