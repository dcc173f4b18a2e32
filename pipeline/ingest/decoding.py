"""From bytes to text: bounded decompression, recognising what is not text, and the ladder of encodings."""

from __future__ import annotations

import codecs
import re
import zlib

from charset_normalizer import from_bytes

from pipeline.ingest.quarantine import RefusedError

# Longest mark first: the UTF-32 LE mark begins with the UTF-16 LE one.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.01  # more control characters than this: not a text
_DETECTION_BYTES = 1 << 18  # what detection looks at; the whole is then decoded strictly
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_TYPOGRAPHIC = frozenset("‘’‚“”„‹›«»–—…•·†\u00a0£€©®™°§¢½¼¾×")
_SURROGATE = re.compile("[\ud800-\udfff]")


def gunzip(data: bytes, limit: int) -> bytes:
    """The decompressed bytes of a gzip file of one or more members.

    Stops as soon as more than ``limit`` bytes come out. Raises `RefusedError`: ``too_large`` then, ``malformed`` when
    the data is no gzip or ends early.
    """
    parts: list[bytes] = []
    size = 0
    while data:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            part = member.decompress(data, limit + 1 - size)
        except zlib.error as error:
            if parts and not data.strip(b"\0"):
                break  # gzip pads with zeros when it writes to block devices
            raise RefusedError("malformed", f"not valid gzip data ({error}): compress the file again") from error
        parts.append(part)
        size += len(part)
        if size > limit:
            raise RefusedError(
                "too_large",
                f"over {limit:,} bytes after decompression: split the file or raise NEWSCLAIMS_MAX_FILE_BYTES",
            )
        if not member.eof:
            raise RefusedError("malformed", "the gzip data ends early: copy or compress the file again")
        data = member.unused_data
    return b"".join(parts)


def decode(data: bytes, *, html: bool = False) -> str:
    """The text of ``data``, line ends and all other characters untouched; a leading byte order mark is dropped.

    A byte order mark decides; then strict UTF-8; then, for HTML, the declared charset; then detection: typographic
    marks of Windows-1252 and Mac Roman, else charset-normalizer.
    Raises `RefusedError`: ``empty``, ``binary`` or ``undecodable``.
    """
    if not data.strip():
        raise RefusedError("empty", "the file is empty: remove it or fill it")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], encoding)
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise RefusedError("binary", f"the content is {what}, not text: convert it to .txt, .html or .json")
    text = _try_decode(data, "utf-8")
    if text is None and html and (declared := _META_CHARSET.search(data[:2048])):
        text = _try_decode(data, declared.group(1).decode("ascii"))
    if text is None or "\0" in text:
        wide = _unmarked_utf16(data)
        text = wide if wide is not None else text
    if text is None:
        text = _detect(data)
    if len(_CONTROLS.findall(text)) > _MAX_CONTROL_SHARE * len(text):
        raise RefusedError("binary", "the content is binary data, not text: convert it to .txt, .html or .json")
    if not text.strip():
        raise RefusedError("empty", "the file holds nothing but white space: remove it or fill it")
    return text


def has_lone_surrogate(text: str) -> bool:
    """Whether ``text`` holds half of a surrogate pair, which no encoding can store."""
    return _SURROGATE.search(text) is not None


def _try_decode(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError, ValueError):
        return None
    return text if isinstance(text, str) and not has_lone_surrogate(text) else None


def _decode_marked(data: bytes, encoding: str) -> str:
    text = _try_decode(data, encoding)
    if text is None:
        raise RefusedError(
            "undecodable",
            f"a byte order mark says {encoding}, but the bytes after it are not: save the file as UTF-8",
        )
    if not text.strip():
        raise RefusedError("empty", "the file holds nothing but white space: remove it or fill it")
    return text


def _unmarked_utf16(data: bytes) -> str | None:
    """Text in UTF-16 without a mark shows as a zero in every other byte, at least where it is in a Latin script."""
    sample = data[:4096]
    if len(sample) < 4 or len(data) % 2:
        return None
    high, low = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if low > 0.6 * half and high < 0.1 * half:
        return _try_decode(data, "utf-16-le")
    if high > 0.6 * half and low < 0.1 * half:
        return _try_decode(data, "utf-16-be")
    return None


def _decode_typographic(data: bytes) -> str | None:
    """Western text whose bytes above ASCII are mostly quotation marks and dashes, in the two encodings that have them.

    Detection by letter frequencies has too little to go on there: it read every fifth English article in
    Windows-1252 as some other encoding, and most in Mac Roman.
    """
    for encoding in ("cp1252", "mac-roman"):
        text = _try_decode(data, encoding)
        if text is None:
            continue
        unusual = [character for character in text if not character.isascii()]
        marks = sum(character in _TYPOGRAPHIC for character in unusual)
        letters = sum(character.isalpha() for character in unusual)
        if marks > letters and marks + letters == len(unusual):
            return text
    return None


def _detect(data: bytes) -> str:
    if len(_CONTROL_BYTES.findall(data)) > _MAX_CONTROL_SHARE * len(data):
        raise RefusedError("binary", "the content is binary data, not text: convert it to .txt, .html or .json")
    if typographic := _decode_typographic(data):
        return typographic
    best = from_bytes(data[:_DETECTION_BYTES]).best()
    text = None if best is None else _try_decode(data, best.encoding)
    if text is None:
        raise RefusedError(
            "undecodable", "the text is not UTF-8 and no other encoding fits all of it: save the file as UTF-8"
        )
    return text
