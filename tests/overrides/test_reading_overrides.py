"""The two files of corrections: what they may say, and the complaint that each mistake in them gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.overrides import OverrideError, check_overrides, read_claim_overrides, read_entity_overrides
from pipeline.overrides.records import CLAIM_SHAPE, ENTITY_SHAPE
from pipeline.settings import Settings

ENTITIES = "action,entity,value,article,author,reason,date\n"
CLAIMS = "action,claim,other,value,author,reason,date\n"
ONE, TWO = "00000000000000aa", "00000000000000bb"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(overrides=tmp_path)


def write(settings: Settings, file: str, text: str) -> None:
    (settings.overrides / file).write_text(text, encoding="utf-8")


def complaint(settings: Settings, file: str, text: str) -> str:
    write(settings, file, text)
    with pytest.raises(OverrideError) as caught:
        check_overrides(settings)
    return str(caught.value)


def test_no_folder_means_no_corrections(tmp_path: Path) -> None:
    settings = Settings(overrides=tmp_path / "nowhere")
    assert (len(read_entity_overrides(settings)), len(read_claim_overrides(settings))) == (0, 0)
    check_overrides(settings)


def test_rows_are_read_past_comments_blank_lines_and_quoted_commas(settings: Settings) -> None:
    text = "# kept by the desk\n\n" + ENTITIES + 'merge, Berg ,Ada Berg,,mk,"one person, says the desk",2031-10-01\n'
    write(settings, "entities.csv", "\ufeff" + text)
    (row,) = read_entity_overrides(settings)
    assert (row.line, row.action, row.entity, row.value) == (4, "merge", "Berg", "Ada Berg")
    assert (row.article, row.author, row.reason, row.date) == ("", "mk", "one person, says the desk", "2031-10-01")


def test_columns_stand_in_any_order_and_the_date_may_be_missing(settings: Settings) -> None:
    write(settings, "claims.csv", f"reason,author,action,claim,value,other\nwrong,mk,stance,{ONE},deny,\n")
    (row,) = read_claim_overrides(settings)
    assert (row.action, row.claim, row.value, row.given, row.date) == ("stance", ONE, "deny", "deny", "")


def test_every_action_on_claims_is_read(settings: Settings) -> None:
    rows = [f"reject,{ONE},,", f"join,{ONE},{TWO},", f"part,{ONE},,", f"part,{ONE},{TWO},", f"stance,{ONE},,praise"]
    write(settings, "claims.csv", CLAIMS + "".join(f"{row},mk,wrong,\n" for row in rows))
    overrides = read_claim_overrides(settings)
    assert [row.action for row in overrides] == ["reject", "join", "part", "part", "stance"]
    assert [row.given for row in overrides.of("part")] in (["", TWO], [TWO, ""])
    assert len({row.override_id for row in overrides}) == len(rows)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("mrege,Berg,Ada Berg,,mk,why,", ("line 2", "'action'", "'mrege'", "merge, split")),
        ("merge,Berg,,,mk,why,", ("line 2", "'value'", "`merge` needs entity, value")),
        ("merge,Berg,Ada Berg,,mk,,", ("'reason'", "fill it")),
        ("merge,Berg,Berg,,mk,why,", ("'value'", "another entity")),
        ("rename,Berg,Ada Berg,a.txt,mk,why,", ("'article'", "'a.txt'", "leave it empty")),
        ("split,Berg,Olav Berg,,mk,why,", ("'article'", "fill it")),
        ("rename,Berg,Ada Berg,,mk,why,yesterday", ("'date'", "'yesterday'", "2031-10-01")),
        ("rename,Berg,Ada, Berg,,mk,why,", ("8 fields where the header has 7", "quotation marks")),
        ('rename,Berg,"Ada Berg,,mk,why,', ("line 2", "close every quotation mark")),
        ("merge,Berg,A,,mk,why,\nmerge,Berg,B,,mk,why,", ("line 3", "line 2", "keep one")),
    ],
)
def test_a_row_that_will_not_do_is_named_with_its_remedy(
    settings: Settings, row: str, expected: tuple[str, ...]
) -> None:
    message = complaint(settings, "entities.csv", f"{ENTITIES}{row}\n")
    assert all(words in message for words in ("entities.csv", *expected)), message


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("reject,claim of Berg,,,mk,why,", ("'claim'", "16 hexadecimal digits")),
        (f"stance,{ONE},,doubt,mk,why,", ("'value'", "'doubt'", "assert, accuse, deny")),
        (f"join,{ONE},,,mk,why,", ("'other'", "fill it")),
        (f"join,{ONE},{ONE},,mk,why,", ("'other'", "another claim or group")),
        (f"stance,{ONE},,deny,mk,why,\nstance,{ONE},,assert,mk,why,", ("line 3", "line 2")),
    ],
)
def test_a_claim_row_that_will_not_do_is_named_with_its_remedy(
    settings: Settings, row: str, expected: tuple[str, ...]
) -> None:
    message = complaint(settings, "claims.csv", f"{CLAIMS}{row}\n")
    assert all(words in message for words in ("claims.csv", *expected)), message


def test_all_mistakes_of_both_files_are_told_at_once(settings: Settings) -> None:
    write(settings, "claims.csv", CLAIMS + "drop,x,,,mk,why,\n")
    message = complaint(settings, "entities.csv", ENTITIES + "mrege,Berg,A,,mk,why,\nmerge,Berg,,,mk,why,\n")
    assert all(words in message for words in ("entities.csv line 2", "entities.csv line 3", "claims.csv line 2"))


@pytest.mark.parametrize("header", ["action,entity,value", "entity,action,value,article,author,reason,colour"])
def test_a_wrong_header_is_told_what_it_must_be(settings: Settings, header: str) -> None:
    assert ENTITIES.strip() in complaint(settings, "entities.csv", f"{header}\n")


def test_bytes_that_are_no_text_are_refused(settings: Settings) -> None:
    (settings.overrides / "entities.csv").write_bytes(b"action\xff\xfe")
    with pytest.raises(OverrideError, match="not UTF-8"):
        read_entity_overrides(settings)


def test_ids_survive_another_line_author_and_reason_but_the_digest_tells_them(settings: Settings) -> None:
    seen = []
    for text in ("merge,A,B,,mk,why,\n", "# moved\nmerge,A,B,,nn,because,\n"):
        write(settings, "entities.csv", ENTITIES + text)
        overrides = read_entity_overrides(settings)
        seen.append(([row.override_id for row in overrides], overrides.digest))
    assert seen[0][0] == seen[1][0]
    assert seen[0][1] != seen[1][1]


@given(st.text(max_size=200), st.sampled_from([ENTITY_SHAPE, CLAIM_SHAPE]))
def test_any_text_is_read_or_refused_with_the_file_named(tmp_path_factory: pytest.TempPathFactory, text: str, shape):  # type: ignore[no-untyped-def]
    settings = Settings(overrides=tmp_path_factory.mktemp("any"))
    (settings.overrides / shape.file).write_bytes(
        (",".join(shape.columns) + "\n" + text).encode("utf-8", "surrogatepass")
    )
    try:
        check_overrides(settings)
    except OverrideError as error:
        assert shape.file in str(error)
