"""Passages: what each kind looks like, what stays body, and that nothing is lost or cut in mid-sentence."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import passage_patterns, split_passages
from pipeline.ingest.passage_patterns import load_patterns
from pipeline.ingest.passages import cut_article

LEAD = "The harbour of Brenlow stayed shut on Monday after its pilots walked out over a new rota of night shifts."
SECOND = "The port authority said that talks would resume on Thursday, and that the ferries to the islands still run."
THIRD = "“Nobody asked us,” said Ada Quill, who speaks for the pilots. “We learned of it from the noticeboard.”"
BODY = "\n\n".join((LEAD, SECOND, THIRD))


def kinds(text: str, title: str | None = None, format_: str = "txt") -> list[tuple[str, str]]:
    return [(str(piece.kind), text[piece.start : piece.end]) for piece in cut_article(text, title, format_)]


def furniture(text: str, title: str | None = None, format_: str = "txt") -> list[tuple[str, str]]:
    return [(kind, passage) for kind, passage in kinds(text, title, format_) if kind != "body"]


def test_blank_lines_separate_paragraphs() -> None:
    assert kinds(BODY) == [("body", LEAD), ("body", SECOND), ("body", THIRD)]


def test_without_blank_lines_each_line_is_a_paragraph() -> None:
    assert kinds("\n".join((LEAD, SECOND, THIRD))) == [("body", LEAD), ("body", SECOND), ("body", THIRD)]


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_hard_wrapped_lines_are_not_cut(gap: str, newline: str) -> None:
    paragraphs = (
        "The harbour of Brenlow stayed shut on Monday after\nits pilots walked out over a new rota of night\n"
        "shifts that they say leaves no crew time to sleep.\nThe rota came into force at midnight.",
        "The port authority said that talks would resume on\nThursday, and that the ferries to the islands run\n"
        "as they always do.",
    )
    text = gap.join(paragraphs).replace("\n", newline)
    assert [passage.replace(newline, " ") for _, passage in kinds(text)] == [p.replace("\n", " ") for p in paragraphs]


def test_a_line_that_goes_on_in_lower_case_is_not_cut() -> None:
    broken = LEAD.replace(" after ", "\nafter ")
    assert kinds(f"{broken}\n{SECOND}") == [("body", broken), ("body", SECOND)]


def test_a_first_line_that_is_no_sentence_is_the_title() -> None:
    assert furniture(f"Pilots shut Brenlow harbour\n\n{BODY}") == [("title", "Pilots shut Brenlow harbour")]
    assert furniture(f"Pilots shut Brenlow harbour\n{LEAD}\n{SECOND}") == [("title", "Pilots shut Brenlow harbour")]


@pytest.mark.parametrize(
    "title",
    [
        "Harbour pact is ‘safe for pilots,’ Quill says",
        "Harbour is 'shut for good'",
        '"We were never asked," pilots say',
        "Who shut the Brenlow harbour?",
    ],
)
def test_quotation_marks_and_questions_do_not_hide_a_title(title: str) -> None:
    assert furniture(f"{title}\n\n{BODY}") == [("title", title)]


def test_a_title_with_a_full_stop_is_known_by_the_lead_that_repeats_it() -> None:
    assert furniture(f"Pilots shut Brenlow harbour over rota.\n\n{BODY}") == [
        ("title", "Pilots shut Brenlow harbour over rota.")
    ]


def test_title_case_makes_a_title_too() -> None:
    title = "Seven Things Nobody Tells Young Sailors."
    assert furniture(f"{title}\n\n{BODY}") == [("title", title)]


def test_a_semicolon_parts_a_headline_from_the_deck_below_it() -> None:
    assert furniture(f"Pilots shut Brenlow harbour;\nNight shifts are to blame.\n\n{BODY}") == [
        ("title", "Pilots shut Brenlow harbour;")
    ]


@pytest.mark.parametrize(
    "first",
    [
        "The mayor of Brenlow left office on Friday.",
        "It was a quiet night at sea.",
        "He said:",
        "First of all; a word on the weather,",
    ],
)
def test_a_first_sentence_is_no_title(first: str) -> None:
    assert kinds(f"{first}\n\n{BODY}")[0] == ("body", first)


def test_a_known_title_is_found_whatever_its_quotation_marks() -> None:
    text = f"“Nobody asked,” say pilots.\n\n{BODY}"
    assert furniture(text, '"Nobody asked," say pilots.', "json") == [("title", "“Nobody asked,” say pilots.")]


def test_header_lines_are_boilerplate_but_the_titles_value_is_the_title() -> None:
    text = f"Title: Pilots shut harbour\nDate: June 3, 2031\n\n{LEAD}"
    assert furniture(text) == [
        ("boilerplate", "Title:"),
        ("title", "Pilots shut harbour"),
        ("boilerplate", "Date: June 3, 2031"),
    ]


def test_front_matter_and_heading_marks_are_boilerplate() -> None:
    text = f"---\ntitle: x\n---\n\n# Pilots shut harbour.\n\n{LEAD}\n\n## What next\n\n{SECOND}"
    assert kinds(text, None, "md") == [
        ("boilerplate", "---\ntitle: x\n---"),
        ("boilerplate", "#"),
        ("title", "Pilots shut harbour."),
        ("body", LEAD),
        ("boilerplate", "##"),
        ("body", "What next"),
        ("body", SECOND),
    ]


def test_bullets_on_top_are_the_summary() -> None:
    text = f"• Pilots walked out on Monday.\n  • Talks go on.\n\n{BODY}"
    assert furniture(text) == [
        ("boilerplate", "•"),
        ("summary", "Pilots walked out on Monday."),
        ("boilerplate", "•"),
        ("summary", "Talks go on."),
    ]


def test_bullets_in_the_middle_and_an_article_of_bullets_stay_body() -> None:
    listed = f"{LEAD}\n\n- Ferries run as usual.\n- Freight waits.\n\n{SECOND}"
    assert furniture(listed) == []
    assert furniture("- Ferries run as usual.\n- Freight waits until Friday night.") == []


def test_bullets_that_lost_their_lines_are_parted() -> None:
    text = f"Pilots shut harbour\n\nPilots walked out on Monday.The port’s talks go on.Ferries run.\u00a0\n\n{BODY}"
    assert furniture(text) == [
        ("title", "Pilots shut harbour"),
        ("summary", "Pilots walked out on Monday."),
        ("summary", "The port’s talks go on."),
        ("summary", "Ferries run."),
    ]


def test_a_slip_of_the_space_bar_in_running_text_is_no_summary() -> None:
    slip = f"{LEAD} It is the first time.Crews had asked for talks. None came. The mayor waits."
    assert kinds(f"{slip}\n\n{SECOND}\n\n{THIRD}")[0] == ("body", slip)


def test_short_sentences_under_the_title_that_the_text_takes_up_again_are_its_deck() -> None:
    deck = "Pilots walked out on Monday.\nThe port authority will resume talks."
    text = (
        f"Pilots shut Brenlow harbour\n{deck}\n{LEAD} It is the third walk-out in Brenlow this year.\n"
        f"{SECOND}\n{THIRD}\nIn Brenlow, the authority wants pilots to walk back to work and resume the old rota."
    )
    assert [passage for kind, passage in kinds(text) if kind == "summary"] == deck.split("\n")


def test_short_opening_paragraphs_that_are_not_repeated_are_body() -> None:
    text = f"Pilots shut Brenlow harbour\nNobody slept.\nIt rained all through the evening.\n{LEAD}\n{SECOND}\n{THIRD}"
    assert furniture(text) == [("title", "Pilots shut Brenlow harbour")]


@pytest.mark.parametrize(
    "dateline",
    [
        "BRENLOW (Wire) —",
        "BRENLOW, Norland, June 3 (Wire) —",
        "Brenlow, June 3 (Wire) --",
        "BRENLOW, 3 June (Wire) -",
        "BRENLOW, June 3. /Wire/.",
        "PORT BRENLOW --",
        "Brenlow (Wire) –",
        "BRENLOW/SALT BAY -",
    ],
)
def test_a_dateline_is_parted_from_its_sentence(dateline: str) -> None:
    assert kinds(f"{dateline} {LEAD}\n\n{SECOND}")[:2] == [("dateline", dateline), ("body", LEAD)]


@pytest.mark.parametrize(
    "line",
    ["By Ada Quill", "By ADA QUILL and TOM REED, Brenlow Post", "June 3, 2031", "Updated June 3, 2031 at 4:05 PM ET"],
)
def test_bylines_and_dates_on_top_are_datelines(line: str) -> None:
    assert furniture(f"Pilots shut Brenlow harbour\n\n{line}\n\n{BODY}") == [
        ("title", "Pilots shut Brenlow harbour"),
        ("dateline", line),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "TRUCKERS-union leaders said no — and went home to wait for news of the talks.",
        "BREAKING - the harbour of Brenlow is shut, the port authority said on Monday.",
        "EU-wide rules — long awaited — came into force, the port authority said.",
    ],
)
def test_other_openings_with_dashes_stay_whole(sentence: str) -> None:
    assert kinds(f"{sentence}\n\n{SECOND}")[0] == ("body", sentence)


@pytest.mark.parametrize(
    "caption",
    [
        "Mayor Ada Quill shakes hands with pilot Tom Reed at the harbour gate in Brenlow, on June 2, 2031.",
        "Pilots at the gate of Brenlow harbour on Monday. (Photo by Tom Reed/Brenlow Post)",
        "File photo: The harbour of Brenlow in spring",
        "FILE - The harbour of Brenlow is seen on a quiet day in spring.",
        "Photo: Tom Reed",
        "Tom Reed/Getty Images",
        "Tom Reed via Getty Images",
        "Tom Reed/Brenlow Pool via AP",
        "AP Photo/Tom Reed",
    ],
)
def test_captions_and_credits(caption: str) -> None:
    text = f"Pilots shut Brenlow harbour\n\n    {caption}\n\n{BODY}"
    assert furniture(text) == [("title", "Pilots shut Brenlow harbour"), ("caption", caption)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The mayor of Brenlow said that the harbour would be open again on June 2, 2031.",
        "Pilots in Brenlow signed a pact with the port authority on June 2, 2031.",
        "Video — the only proof of the blaze — was wiped, the port authority said.",
        "Photos of the blaze were wiped, the port authority said on Monday (see the report of June 2).",
        "The video was bought via a broker, the port authority said in a note to Getty.",
    ],
)
def test_sentences_that_look_like_captions_stay_body(sentence: str) -> None:
    assert furniture(f"Pilots shut Brenlow harbour\n\n{sentence}\n\n{BODY}") == [
        ("title", "Pilots shut Brenlow harbour")
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Read the original article on Brenlow Post",
        "Latest posts",
        "Read more: Ferry burns off Salt Bay",
        "READ MORE: Ferry burns off Salt Bay",
        "Related: Ferry burns off Salt Bay",
        "Click here to subscribe",
        "Follow us on Facebook and X",
        "Follow Ada Quill on Twitter @adaquill",
        "Share this",
        "Sign up for our newsletter",
        "Advertisement",
        "© 2031 Brenlow Post",
        "Copyright 2031 Brenlow Post. All rights reserved.",
        "This article was originally published by the Brenlow Post.",
        "All rights reserved.",
        "We use cookies to improve your visit.",
        "https://post.example/1?a=b#c",
        "* * *",
    ],
)
def test_furniture_between_and_after_paragraphs(line: str) -> None:
    assert furniture(f"{LEAD}\n\n{line}\n\n{SECOND}") == [("boilerplate", line)]
    assert furniture(f"{BODY}\n\n{line}\n") == [("boilerplate", line)]


@pytest.mark.parametrize("line", ["Source: Brenlow Post", "(Reporting by Ada Quill; Editing by Tom Reed)"])
def test_credits_at_the_end_are_furniture_only_there(line: str) -> None:
    assert furniture(f"{BODY}\n\n{line}") == [("boilerplate", line)]
    assert furniture(f"{LEAD}\n\n{line}\n\n{BODY}\n\n{LEAD}") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The story was first published by the Gazette, which said so.",
        "Like Quill on Twitter, the mayor says it was a mistake.",
        "(c) to provide the islands with food, the treaty says.",
        "The agency sold its archive to Getty Images.",
        "He had the news via AP.",
        "Copyright law in 2031 is out of date, the minister said.",
        "Follow the money, Quill said on Monday.",
        "Share prices fell by a tenth, the exchange said.",
        "Related parties denied the charge, the court heard.",
        "Read the letter aloud, the judge told him.",
        "Published 2031 figures show a fall, the bank said.",
        "Posted 12 guards at the gate, the port said it did.",
        "Comments by the mayor angered pilots.",
        "Subscribers to the fund said that they had been misled.",
        "Advertisement spending fell, the agency said.",
        "Get out of Brenlow, the mayor told them.",
        "By Monday, pilots said, nobody had called.",
        "Cookies were sold out, the baker said.",
    ],
)
def test_sentences_that_begin_like_furniture_stay_body(sentence: str) -> None:
    for text in (f"{LEAD}\n\n{sentence}\n\n{SECOND}", f"{BODY}\n\n{sentence}", f"{LEAD}\n{sentence}\n{SECOND}"):
        assert furniture(text) == []


ARTICLE_TEXT = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            [LEAD, SECOND, "• One.", "- Two three", "A.B.C", "x.Yes it is. No.Maybe so", "BRENLOW (Wire) —", "\n",
             "\n\n", "\r\n", "   ", "\u2028", "---\n", "Title: x", "Date: y", "# Head", "Read more: z", "By Ada Quill",
             "Photo: T", "\x0b", "\x85"]
        ),
        max_size=12,
    ).map("".join),
)  # fmt: skip


@given(ARTICLE_TEXT, st.none() | st.text(max_size=20), st.sampled_from(["txt", "md", "html", "json"]))
def test_passages_hold_every_non_space_character_once(text: str, title: str | None, format_: str) -> None:
    schema = [("article_id", pa.string()), ("text", pa.string()), ("title", pa.string()), ("format", pa.string())]
    row = {"article_id": "a", "text": text, "title": title, "format": format_}
    passages = split_passages(pa.Table.from_pylist([row], schema=pa.schema(schema))).to_pylist()
    position = 0
    for number, passage in enumerate(passages):
        start, end = passage["start"], passage["end"]
        assert passage["passage_no"] == number
        assert start < end
        assert text[position:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        position = end
    assert text[position:].strip() == ""


@given(ARTICLE_TEXT)
def test_a_text_has_at_most_one_title(text: str) -> None:
    assert sum(piece.kind == "title" for piece in cut_article(text, None, "json")) <= 1


def test_long_runs_of_anything_take_no_long_time() -> None:
    for unit in (" ", "1-", "A.", "- ", "(", "“", "a\n", "share \n", "\n\n"):
        assert cut_article("Updated " + unit * 50_000 + "x", None, "txt")


def test_a_broken_pattern_is_an_error_that_names_its_line(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "p.tsv").write_text("kind\twhere\tmax_words\tcase\tpattern\ncaption\tany\t5\ti\t(unclosed\n")
    monkeypatch.setattr(passage_patterns, "PATTERNS", tmp_path / "p.tsv")
    load_patterns.cache_clear()
    try:
        with pytest.raises(ValueError, match="line 2"):
            load_patterns()
    finally:
        load_patterns.cache_clear()
