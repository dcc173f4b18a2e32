"""Credits: the agencies, papers and broadcasters that an article's own text or metadata names as its sources.

Every rule stands in a data file (`outlet_phrases.tsv`, `credit_lines.tsv`, `outlet_words.tsv` in `data/`); this module
holds the mechanism.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.dedup.outlet_names import LAST_WORDS, OutletMention, OutletNames, listed_outlets
from pipeline.dedup.rule_files import DATA, read_rules
from pipeline.gazetteer import load_gazetteer
from pipeline.parameters import CopyParameters
from pipeline.tables import CREDITS, ORIGIN_EVIDENCE, PASSAGE_KINDS
from pipeline.text import normalise

CODE_VERSION = "1"
PHRASES, LINES = DATA / "outlet_phrases.tsv", DATA / "credit_lines.tsv"
_WINDOW = 160  # code points of a passage looked at before and after a name
_WORD = r"[A-Z0-9](?:[\w&'-]|\.(?=\w))*(?:(?<=\b[A-Z])\.)?"  # a full stop inside a word or after an initial only
_DATE = (
    r"\d+\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b"
)
_NAME = rf"(?P<name>(?:[Tt]he )?(?!{_DATE}){_WORD}(?:,? (?:(?:of|the|and|for|de|la|&) ){{0,2}}{_WORD}){{0,7}})"

Row = dict[str, Any]


@dataclass(frozen=True)
class OutletPhrase:
    """What must stand around the name of a listed outlet to make it a credit; see the header of the data file."""

    rule: str
    evidence: str
    kinds: frozenset[str]
    ambiguous: bool
    before: re.Pattern[str]
    after: re.Pattern[str]

    def span(self, passage: str, mention: OutletMention) -> tuple[int, int] | None:
        """The span in ``passage`` of phrase and name together; None where the phrase is not there."""
        if mention.ambiguous and not self.ambiguous:
            return None
        if self.evidence == "byline" and not mention.listed:  # where the author's name ends cannot be told
            return None
        first = max(0, mention.start - _WINDOW)
        # Where the window starts inside the passage, a character that no word holds keeps ^ from matching there.
        window = passage[: mention.start] if first == 0 else "\0" + passage[first + 1 : mention.start]
        before = self.before.search(window)
        if before is None:
            return None
        after = self.after.match(passage, mention.end, min(len(passage), mention.end + _WINDOW))
        if after is None:
            return None
        return first + before.start(), after.end()


@dataclass(frozen=True)
class CreditLine:
    """A line that names the publisher of the original in its group ``name``."""

    rule: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]


def credits_version(settings: CopyParameters) -> str:  # noqa: ARG001 - every stage's version is asked for in one way
    """Everything that decides a row of `credits`, as one line."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in (PHRASES, LINES, LAST_WORDS))).hexdigest()[:16]
    names = f"gazetteer {load_gazetteer().digest}, normalise {normalise.CODE_VERSION}"
    return f"credits {CODE_VERSION}, rules {digest}, {names}"


def find_credits(articles: pa.Table, passages: pa.Table, settings: CopyParameters) -> pa.Table:  # noqa: ARG001
    """The rows of `credits` for ``articles``; ``passages`` must hold theirs and may hold others.

    Of one article no two rows agree in origin, evidence and start. Metadata (publisher, byline) gives no span.
    """
    names = listed_outlets()
    of_article: dict[str, list[Row]] = defaultdict(list)
    for passage in passages.select(["article_id", "start", "end", "kind"]).to_pylist():
        of_article[passage["article_id"]].append(passage)
    rows: list[Row] = []
    for batch in articles.select(["article_id", "text", "publisher", "byline"]).to_batches(max_chunksize=1024):
        for article in batch.to_pylist():
            text = normalise.fold_typography(article["text"])
            found = [*_read_metadata(article, names), *_read_text(text, of_article[article["article_id"]], names)]
            rows += ({"article_id": article["article_id"], **row} for row in _without_repeats(found))
    return CREDITS.from_rows(rows)


def _read_metadata(article: Row, names: OutletNames) -> Iterator[Row]:
    """Credits of the publisher and of bylines that are, or end in, a listed outlet."""
    if article["publisher"] and article["publisher"].strip():
        yield _row(names.normalise_publisher(article["publisher"]), "publisher", None, None)
    for author in article["byline"] or ():
        folded = normalise.fold_typography(author)
        for mention in names.find(folded):
            alone = not folded[: mention.start].strip() and not folded[mention.end :].strip()
            if alone or not mention.ambiguous:
                yield _row(mention.outlet, "byline", None, None)


def _read_text(text: str, passages: Iterable[Row], names: OutletNames) -> Iterator[Row]:
    for passage in passages:
        if passage["kind"] == "caption":  # credits of the photograph, not of the article
            continue
        start = passage["start"]
        for credit in read_passage(text[start : passage["end"]], passage["kind"], names):
            yield _row(credit["origin"], credit["evidence"], start + credit["start"], start + credit["end"])


def read_passage(passage: str, kind: str, names: OutletNames) -> list[Row]:
    """Credits in one passage of that kind: ``origin``, ``evidence``, ``rule``, ``start`` and ``end`` in the passage.

    ``passage`` has its typography folded. Where several phrases fit one name, the first of the data file counts; a
    credit line is preferred to any of them.
    """
    found: list[Row] = []
    lowered = passage.lower()
    for line in credit_lines():
        for match in line.pattern.finditer(passage) if any(word in lowered for word in line.words) else ():
            name = match["name"].rstrip(".,'-& ")
            end = match.start("name") + len(name)
            found.append({**_row(names.normalise(name), "credit_line", match.start(), end), "rule": line.rule})
    taken = [(row["start"], row["end"]) for row in found]
    for mention in names.find(passage):
        if any(start <= mention.start and mention.end <= end for start, end in taken):
            continue
        for phrase in outlet_phrases():
            span = phrase.span(passage, mention) if kind in phrase.kinds else None
            if span is not None:
                start, end = _trim(passage, *span)
                found.append({**_row(mention.outlet, phrase.evidence, start, end), "rule": phrase.rule})
                break
    return found


def _row(origin: str, evidence: str, start: int | None, end: int | None) -> Row:
    return {"origin": origin, "evidence": evidence, "start": start, "end": end}


def _trim(passage: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space and closing punctuation at its ends."""
    while start < end and passage[start] in " \t\n.!?,;:":
        start += 1
    while start < end and passage[end - 1] in " \t\n.,;:":
        end -= 1
    return start, end


def _without_repeats(rows: Iterable[Row]) -> list[Row]:
    """One row for each origin, evidence and start: the longest."""
    longest: dict[tuple[str, str, int | None], Row] = {}
    for row in rows:
        key = (row["origin"], row["evidence"], row["start"])
        if key not in longest or (row["end"] or 0) > (longest[key]["end"] or 0):
            longest[key] = row
    return list(longest.values())


@functools.lru_cache(maxsize=1)
def outlet_phrases() -> tuple[OutletPhrase, ...]:
    """The phrases of the data file, in its order. Raises `ValueError` naming the rule that is wrong."""
    phrases = []
    for row in read_rules(PHRASES, ("rule", "evidence", "kinds", "ambiguous", "before", "after")):
        kinds = frozenset(row["kinds"].split("|"))
        if (
            row["evidence"] not in ORIGIN_EVIDENCE
            or not kinds <= set(PASSAGE_KINDS)
            or row["ambiguous"] not in ("yes", "no")
        ):
            raise ValueError(f"{PHRASES.name}: rule {row['rule']!r} has an unknown evidence, kind of passage or yes/no")
        before = _compile(PHRASES, row["rule"], f"(?:{row['before']})$")
        after = _compile(PHRASES, row["rule"], row["after"])
        phrases.append(OutletPhrase(row["rule"], row["evidence"], kinds, row["ambiguous"] == "yes", before, after))
    return tuple(phrases)


@functools.lru_cache(maxsize=1)
def credit_lines() -> tuple[CreditLine, ...]:
    """The lines of the data file, in its order. Raises `ValueError` naming the rule that is wrong."""
    lines = []
    for row in read_rules(LINES, ("rule", "words", "pattern")):
        if row["pattern"].count("{name}") != 1:
            raise ValueError(f"{LINES.name}: the pattern of rule {row['rule']!r} must hold {{name}} once")
        pattern = _compile(LINES, row["rule"], row["pattern"].replace("{name}", _NAME))
        lines.append(CreditLine(row["rule"], tuple(row["words"].split("|")), pattern))
    return tuple(lines)


def _compile(path: Path, rule: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{path.name}: rule {rule!r} is no valid regular expression: {error}") from error
