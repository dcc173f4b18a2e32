"""The report's own words for the closed values of the tables, for numbers and for dates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

# "X said Y, per Z": the verb that stands between the source and the content, by stance.
STANCE_VERBS = {
    "assert": "said",
    "accuse": "accused",
    "deny": "denied",
    "warn": "warned",
    "concern": "voiced concern",
    "predict": "predicted",
    "praise": "praised",
    "criticize": "criticized",
    "pledge": "pledged",
    "characterize": "characterized",
    "desire": "wanted",
    "not_said": "did not say",
}
# Stances whose verb takes the party spoken of as its object, where that party is known.
TAKES_TARGET = ("accuse", "praise", "criticize", "characterize")
ACCUSED_UNKNOWN = "alleged"
# The sides of a claim group, as an article takes them.
SIDE_WORDS = {"asserts": "asserts", "denies": "denies", "silent": "takes no side"}
QUOTE_TYPES = {"direct": "quoted", "mixed": "partly quoted", "indirect": ""}
CONFLICT_TYPES = {
    "accusation_vs_denial": "Accusation and denial",
    "quotation_variant": "Quotations differ",
    "headline_vs_body": "Headline against body",
    "speaker_mismatch": "Different speakers",
    "attribution_lost": "Attribution lost",
    "numbers_differ": "Numbers differ",
    "characterisation": "Opposite characterizations",
    "counter_assertion": "Counter-assertion",
    "omitted_denial": "Denial left out",
}
VARIANT_RELATIONS = {
    "same": "Same words",
    "truncated": "Shortened",
    "altered": "Altered",
    "paraphrase": "Paraphrased",
}
PAIR_KINDS = {"exact": "same text", "near": "near copy", "contained": "contained"}
SHARED_KINDS = {
    "exact": "Same passage",
    "near": "Passage edited",
    "contained": "Passage inside a longer one",
    "run": "Words in a row",
}
# What tells the article that stands for a group of copies from the others; a group of one has no others.
CANONICAL_REASONS = {
    "only": "",
    "earliest": "published first",
    "longest": "the longest",
    "smallest_id": "nothing tells the copies apart",
}
ORIGIN_EVIDENCE = {
    "publisher": "publisher",
    "credit_line": "credit line",
    "according_to": "cited in the text",
    "byline": "byline",
    "shared_quotation": "shared passage",
    "copy": "copy of an article that credits it",
    "contained": "holds, or stands in, an article of this agency",
}
QUARANTINE_REASONS = {
    "empty": "Empty",
    "no_text": "No article text",
    "binary": "Binary file",
    "undecodable": "Encoding not recognized",
    "malformed": "Malformed",
    "unreadable": "Cannot be read",
    "unsupported_format": "Format not supported",
    "too_large": "Too large",
    "duplicate_key": "Duplicate key",
    "link_outside_source": "Link out of the source folder",
}
# Entities that are shown, by type; dates, numbers and the like are not.
ENTITY_TYPES = {
    "PERSON": "person",
    "ORG": "body",
    "GPE": "state or place",
    "LOC": "place",
    "NORP": "people or party",
    "FAC": "site",
    "EVENT": "event",
    "PRODUCT": "product",
    "WORK_OF_ART": "work",
    "LAW": "law",
}
PASSAGE_KINDS = {
    "title": "Headline",
    "summary": "Summary",
    "dateline": "Dateline",
    "caption": "Caption",
    "body": "",
    "boilerplate": "Furniture",
}
STATUSES = {
    "tagged": "",
    "untagged_language": "not tagged: no model for its language",
    "too_short": "not tagged: too short",
}
_HEADLINE = 240  # characters of a proposition as a heading
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def date_words(moment: datetime.datetime | None) -> str:
    """A date such as ``4 March 2031`` (UTC), empty where it is unknown. Independent of the locale."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}" if moment else ""


def date_range(moments: Sequence[datetime.datetime]) -> str:
    """The days from the first to the last moment, short: ``4–6 Mar 2031``, ``28 Feb – 4 Mar 2031``; empty for none."""
    if not moments:
        return ""
    start, end = min(moments), max(moments)
    last = f"{end.day} {_MONTHS[end.month - 1][:3]} {end.year}"
    if start.date() == end.date():
        return last
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{last}"
    year = "" if start.year == end.year else f" {start.year}"
    return f"{start.day} {_MONTHS[start.month - 1][:3]}{year} – {last}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun: ``1 article``, ``2,000 articles``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def headline(proposition: str) -> str:
    """A proposition as a heading: on one line, without the conjunction it was cut off at, with a capital letter."""
    words = " ".join(proposition.split())
    words = words.removeprefix("that ") or words
    return shortened(words[:1].upper() + words[1:], _HEADLINE)


def month_words(month: int) -> str:
    """The name of a month, from 1."""
    return _MONTHS[month - 1]


def shortened(text: str, limit: int) -> str:
    """``text`` within ``limit`` characters, cut at a word, with an ellipsis where it was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


def printable(text: str) -> str:
    """``text`` with line breaks as U+000A, and characters that HTML cannot carry shown as U+FFFD."""
    if not _UNPRINTABLE.search(text):
        return text
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
