"""Bytes to text: byte order marks, encodings, what is no text, and gzip."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.decoding import decode, gunzip
from pipeline.ingest.quarantine import RefusedError

SENTENCE = "The mayor’s aide said: “Nobody in Brenlow will be left behind,” — and the café closed at five. "


def reason_of(data: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        decode(data)
    return caught.value.reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_and_is_dropped(encoding: str) -> None:
    assert decode(SENTENCE.encode(encoding)) == SENTENCE


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_utf8_text_comes_back_unchanged(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(("Said: " + text).encode()) == "Said: " + text


def test_line_ends_and_odd_spaces_stay() -> None:
    text = "One line.\r\nAnother.\rA third.\n\tAnd\u00a0one more.  \n"
    assert decode(text.encode()) == text


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman"])
def test_curly_quotes_in_western_encodings_are_recognised(encoding: str) -> None:
    assert decode(SENTENCE.encode(encoding)) == SENTENCE


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Мэр города сказал в понедельник, что порт «Бренлоу» останется закрытым до четверга. " * 3),
        ("cp1250", "Starosta řekl v pondělí, že přístav zůstane zavřený až do čtvrtka, „dokud nezačnou jednat“. " * 3),
        ("shift_jis", "市長は月曜日、港は木曜日まで閉鎖されると述べた。" * 5),
    ],
)
def test_other_scripts_are_detected(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_utf16_without_a_mark_is_recognised() -> None:
    assert decode(SENTENCE.encode("utf-16-le")) == SENTENCE
    assert decode(SENTENCE.encode("utf-16-be")) == SENTENCE


def test_the_charset_that_a_page_declares_wins_over_detection() -> None:
    page = '<html><head><meta charset="iso-8859-5"></head><body>Мэр сказал</body></html>'
    assert decode(page.encode("iso-8859-5"), html=True) == page


@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\xef\xbb\xbf \n", "\u2003".encode()])
def test_nothing_but_space_is_empty(data: bytes) -> None:
    assert reason_of(data) == "empty"


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7 text", b"PK\x03\x04rest", b"\x89PNG\r\n\x1a\n", b"\x00\x01\x02\x03" * 50, bytes(range(256)) * 4],
)
def test_other_kinds_of_file_are_binary(data: bytes) -> None:
    assert reason_of(data) == "binary"


def test_bytes_that_contradict_their_mark_are_undecodable() -> None:
    assert reason_of(b"\xef\xbb\xbfabc\xff\xfe\xfd") == "undecodable"


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_a_refusal(data: bytes) -> None:
    try:
        text = decode(data)
    except RefusedError as error:
        assert error.message
    else:
        assert text.encode("utf-8")


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4))
def test_gzip_of_several_members_is_decompressed_whole(parts: list[bytes]) -> None:
    assert gunzip(b"".join(gzip.compress(part) for part in parts), 10_000) == b"".join(parts)


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with pytest.raises(RefusedError) as caught:
        gunzip(bomb, 1_000)
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize("data", [gzip.compress(SENTENCE.encode() * 9)[:-9], b"no gzip at all", zlib.compress(b"x")])
def test_broken_gzip_is_malformed(data: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        gunzip(data, 10_000)
    assert caught.value.reason == "malformed"


def test_exactly_the_limit_is_allowed() -> None:
    assert gunzip(gzip.compress(b"x" * 100), 100) == b"x" * 100
