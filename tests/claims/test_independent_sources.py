"""Who independently asserts and denies: what copies, rewrites and relays must not add, and what must count."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.claims.independence import n_components
from pipeline.tables import row_id

DEED = "Norland has been supplying Vessia with rockets"
OTHER_WORDS = "Norland shipped artillery shells to Vessia"
PEOPLE = ("Ostmark", "Council", "Ada Quill", "Mira Tolvanen", "")


def test_a_minister_and_her_state_are_one_actor(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Pavel Dressen", "Norland attacked the lighthouse of Ostmark")
    newsroom.claim("b.txt", "Vessia", "Norland attacked the lighthouse of Ostmark at dawn")
    matched = newsroom.match()
    assert matched.counts(a) == (1, 0)
    assert matched.asserting(a) == {"Vessia"}


def test_several_sources_of_one_claim_count_each(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", ["Ostmark", "Council"], DEED)
    assert newsroom.match().counts(a) == (2, 0)


def test_a_contested_claim_shows_both_sides(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", ["Ostmark", "Council"], DEED, "accuse", targets=["Norland"])
    newsroom.claim("a.txt", ["Norland", "Vessia"], "a claim", "deny", refers_to=a)
    matched = newsroom.match()
    assert matched.counts(a) == (2, 2)
    assert matched.denying(a) == {"Norland", "Vessia"}
    assert matched.group(a)["contested"]


def test_one_source_that_says_both_contests_nothing(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", DEED)
    newsroom.claim("b.txt", "Ostmark", OTHER_WORDS, "deny")
    matched = newsroom.match()
    assert matched.counts(a) == (1, 1)
    assert not matched.group(a)["contested"]


def test_worry_and_silence_take_no_side(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", DEED, "concern")
    newsroom.claim("b.txt", "Council", DEED, "not_said")
    newsroom.claim("c.txt", "Ada Quill", DEED, "desire")
    assert newsroom.match().counts(a) == (0, 0)


def test_an_article_s_own_voice_is_no_source(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "", DEED, source_text=None, source_resolution="implicit")
    assert newsroom.match().counts(a) == (0, 0)


def test_a_relay_counts_only_as_the_source_it_relays(newsroom: Any) -> None:
    outer = newsroom.claim("a.txt", "Harbour Wire", f"Ostmark says {DEED}")
    newsroom.claim("a.txt", "Ostmark", DEED, parent=outer, relayed_by=["Harbour Wire"])
    matched = newsroom.match()
    assert matched.counts(outer) == (1, 0)
    assert matched.asserting(outer) == {"Ostmark"}


def test_unnamed_sources_of_one_agency_count_once(newsroom: Any) -> None:
    newsroom.article("a.txt", credits=["Harbour Wire"])
    newsroom.article("b.txt", credits=["Harbour Wire"])
    a = newsroom.claim("a.txt", "", DEED, source_text="officials", source_anonymous=True)
    newsroom.claim("b.txt", "", OTHER_WORDS, source_text="sources", source_anonymous=True)
    assert newsroom.match().counts(a) == (1, 0)


def test_unnamed_sources_of_two_papers_count_twice(newsroom: Any) -> None:
    newsroom.article("a.txt", publisher="Norhaven Gazette")
    newsroom.article("b.txt", publisher="Ostmark Courier")
    a = newsroom.claim("a.txt", "", DEED, source_text="officials", source_anonymous=True)
    newsroom.claim("b.txt", "", OTHER_WORDS, source_text="sources", source_anonymous=True)
    assert newsroom.match().counts(a) == (2, 0)


def test_unnamed_sources_told_to_one_broadcaster_count_once(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "", DEED, source_anonymous=True, relayed_by=["Harbour Wire"])
    newsroom.claim("b.txt", "", OTHER_WORDS, source_anonymous=True, relayed_by=["Harbour Wire"])
    assert newsroom.match().counts(a) == (1, 0)


def test_unnamed_officials_of_a_named_state_are_that_state(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", DEED, source_anonymous=True)
    newsroom.claim("b.txt", "Ostmark", OTHER_WORDS)
    assert newsroom.match().counts(a) == (1, 0)


def test_a_state_and_its_allies_are_two(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", DEED, source_text="Ostmark and its allies")
    matched = newsroom.match()
    assert matched.counts(a) == (2, 0)
    assert matched.asserting(a) == {"Ostmark"}


def test_an_unresolved_pronoun_adds_nobody_to_known_sources(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", DEED)
    newsroom.claim("b.txt", "", OTHER_WORDS, source_text="he", source_resolution="coreference")
    assert newsroom.match().counts(a) == (1, 0)


def test_a_headline_counts_for_the_speaker_of_its_body(newsroom: Any) -> None:
    newsroom.claim("a.txt", ["Ostmark", "Council"], "“the tolls strangle honest skippers” on the coast", in_title=True)
    a = newsroom.claim("a.txt", "Ostmark", "“the tolls strangle honest skippers of every port”")
    assert newsroom.match().asserting(a) == {"Ostmark"}


def test_to_say_that_it_is_not_so_is_to_deny_it(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", DEED)
    newsroom.claim("b.txt", "Council", "Norland has not been supplying Vessia with rockets", negated=True)
    matched = newsroom.match()
    assert matched.asserting(a) == {"Ostmark"}
    assert matched.denying(a) == {"Council"}


def test_a_proposition_that_is_itself_a_negation_is_asserted(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ostmark", "the harbour will not close before winter", negated=True)
    assert newsroom.match().counts(a) == (1, 0)


def test_a_negated_assertion_beside_a_denial_is_not_read_as_support(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Norland", "that Norland sent rockets to Vessia", "deny")
    newsroom.claim("b.txt", "Council", "no rockets were sent to Vessia by Norland")
    assert not newsroom.match().group(a)["contested"]


def test_of_several_quoted_sentences_a_negated_one_denies_nothing(newsroom: Any) -> None:
    a = newsroom.claim("a.txt", "Ada Quill", "“The keepers rowed to the burning ferry with lanterns and blankets.”")
    newsroom.claim(
        "b.txt", "Mira Tolvanen",
        "“I did not sleep. The keepers rowed to the burning ferry with lanterns and blankets.”", negated=True,
    )  # fmt: skip
    matched = newsroom.match()
    assert matched.together(*(row["claim_id"] for row in matched.members))
    assert matched.counts(a)[1] == 0


def test_each_membership_says_whom_it_counts_for_or_why_not(newsroom: Any) -> None:
    outer = newsroom.claim("a.txt", "Harbour Wire", f"Dressen says {DEED}")
    inner = newsroom.claim("a.txt", "Pavel Dressen", DEED, parent=outer)
    worry = newsroom.claim("b.txt", "Ostmark", DEED, "concern")
    matched = newsroom.match()
    assert [matched.names[actor] for actor in matched.member(inner)["counted_actor_ids"]] == ["Vessia"]
    assert matched.member(outer)["not_counted"] == "passes on the claim inside it"
    assert matched.member(worry)["not_counted"] == "takes no side"


claims_of_articles = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(PEOPLE),
        st.sampled_from([DEED, OTHER_WORDS, "that Norland sent rockets to Vessia"]),
        st.sampled_from(["assert", "accuse", "deny", "concern"]),
    ),
    min_size=1,
    max_size=8,
    unique=True,
)


def tell(room: Any, story: list[tuple[int, str, str, str]], credits: list[str], names: list[str]) -> None:  # noqa: A002
    for number, name in enumerate(names):
        room.article(name, credits=[c for c in [credits[number % len(credits)]] if c])
    for number, source, content, stance in story:
        room.claim(
            names[number], source, content, stance, source_anonymous=not source, source_text=source or "officials"
        )


def independent(room: Any) -> list[tuple[Any, ...]]:
    columns = (
        "asserting_actor_ids",
        "denying_actor_ids",
        "n_independent_asserting",
        "n_independent_denying",
        "contested",
    )
    return sorted(tuple(map(str, (row[c] for c in columns))) for row in room.match().groups)


@settings(max_examples=40, deadline=None)
@given(
    story=claims_of_articles,
    credits=st.lists(st.sampled_from(["", "Harbour Wire", "Coast Press"]), min_size=1, max_size=3),
    copied=st.lists(st.integers(0, 3), min_size=1, max_size=4),
)
def test_copies_change_no_independent_count(
    open_newsroom: Callable[[], Any],
    story: list[tuple[int, str, str, str]],
    credits: list[str],  # noqa: A002
    copied: list[int],
) -> None:
    names = [f"article{n}.txt" for n in range(4)]
    room = open_newsroom()
    tell(room, story, credits, names)
    before = independent(room)
    for number, original in enumerate(copied):
        credit = credits[original % len(credits)]
        room.article(
            f"copy{number}.txt", copy_of=names[original], credits=[credit] if credit else [], publisher="Reprint"
        )
        for place, source, content, stance in story:
            if place == original:
                room.claim(
                    f"copy{number}.txt", source, content, stance,
                    source_anonymous=not source, source_text=source or "officials",
                )  # fmt: skip
    assert independent(room) == before


@settings(max_examples=30, deadline=None)
@given(story=claims_of_articles)
def test_a_new_actor_adds_exactly_one_and_leaves_again(
    open_newsroom: Callable[[], Any], story: list[tuple[int, str, str, str]]
) -> None:
    names = [f"article{n}.txt" for n in range(4)]
    room = open_newsroom()
    room.entity("Southmoor")
    tell(room, story, [""], names)
    first = room.claim("first.txt", "Ostmark", DEED)
    before = room.match().counts(first)
    room.claim("second.txt", "Southmoor", OTHER_WORDS, "accuse", targets=["Norland"])
    assert room.match().counts(first) == (before[0] + 1, before[1])
    room.claims.pop()
    assert room.match().counts(first) == before


@settings(max_examples=30, deadline=None)
@given(story=claims_of_articles, order=st.permutations(range(4)))
def test_renaming_files_changes_no_count(
    open_newsroom: Callable[[], Any], story: list[tuple[int, str, str, str]], order: list[int]
) -> None:
    results = []
    for names in ([f"article{n}.txt" for n in range(4)], [f"moved/{n}.txt" for n in order]):
        room = open_newsroom()
        tell(room, story, ["Harbour Wire", ""], names)
        results.append(independent(room))
    assert results[0] == results[1]


def test_a_rewrite_that_cites_the_same_agency_adds_nothing(newsroom: Any) -> None:
    newsroom.article("a.txt", credits=["Harbour Wire"])
    a = newsroom.claim("a.txt", "", DEED, source_text="officials", source_anonymous=True)
    before = newsroom.match().counts(a)
    newsroom.article(
        "rewrite.txt", credits=["Harbour Wire"], published=datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
    )
    newsroom.claim("rewrite.txt", "", OTHER_WORDS, source_text="officials", source_anonymous=True)
    assert newsroom.match().counts(a) == before == (1, 0)


@given(st.lists(st.frozensets(st.sampled_from("abcdef"), max_size=3), max_size=8))
def test_components_are_at_most_the_sets_and_merge_where_they_touch(sets: list[frozenset[str]]) -> None:
    found = n_components(sets)
    assert found <= len({s for s in sets if s})
    assert n_components([*sets, frozenset("abcdef")]) == 1


@settings(max_examples=25, deadline=None)
@given(story=claims_of_articles, dropped=st.integers(0, 3))
def test_a_removed_article_takes_only_its_own_actors_along(
    open_newsroom: Callable[[], Any], story: list[tuple[int, str, str, str]], dropped: int
) -> None:
    names = [f"article{n}.txt" for n in range(4)]
    actors = []
    for kept in (story, [row for row in story if row[0] != dropped]):
        room = open_newsroom()
        tell(room, kept, [""], names)
        actors.append({actor for group in room.match().groups for actor in group["asserting_actor_ids"]})
    own = {row_id("entity", source) for place, source, _, _ in story if place == dropped}
    own |= {row_id("entity", "Norland")} if ("Mira Tolvanen" in {s for p, s, _, _ in story if p == dropped}) else set()
    assert actors[1] - actors[0] <= {row_id("entity", name) for name in ("Norland", *PEOPLE)}
    assert actors[0] - actors[1] <= own
