"""Origins: where an article's content comes from, by its own credits, by its copies, and by quotations it shares.

Copies pass on what they credit: what any member of a copy group credits holds for all its members, and the canonical
member's publisher is an origin of the copies (the copies' publishers are none of the original's).

Where an article stands inside a longer one, either may be the original: an agency's item worked into a longer story, or
a paper's shortened print of an agency's report, whose credit was cut off with the end. In both cases the text came from
the agency that one of them is credited to, so that agency is an origin of the other one. Papers are not passed on: that
a paper printed the one says nothing about who wrote the other.

A long quotation that stands word for word in two articles which are no copies points to one report behind both. Where
one of them says whose report it is and the other does not, the other one gets that origin. A quotation that stands in
many copy groups is public property and is no evidence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mmh3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup import credits as credit_search
from pipeline.dedup.outlet_names import is_agency
from pipeline.parameters import CopyParameters
from pipeline.tables import ORIGINS, SHINGLED_KINDS
from pipeline.text import normalise

CODE_VERSION = "2"
QUOTED_WORDS = 8  # words in a row, inside quotation marks, that must agree
MOST_GROUPS = 3  # copy groups in which a quotation may stand and still point to one report
_ANY_MARK = re.compile('["“”„‟«»]')
_QUOTATION = re.compile(r'"([^"]+)(?:"|$)')

Row = dict[str, Any]


def origins_version(settings: CopyParameters) -> str:
    """Everything that decides a row of `origins` given its inputs, as one line."""
    return f"origins {CODE_VERSION} {(QUOTED_WORDS, MOST_GROUPS)}, {credit_search.credits_version(settings)}"


def trace_origins(
    credits: pa.Table,  # noqa: A002 - the table's name
    articles: pa.Table,
    passages: pa.Table,
    copy_groups: pa.Table,
    settings: CopyParameters,  # noqa: ARG001 - every stage is called in one way
    *,
    duplicate_pairs: pa.Table | None = None,
) -> pa.Table:
    """The rows of `origins` for all of ``articles``: their credits, what copies pass on, what quotations point to.

    With ``duplicate_pairs`` also the agencies of articles that stand in one another. Rows of evidence `copy` and
    `contained` have no span; those of `shared_quotation` span the quotation.
    """
    rows = credits.select(ORIGINS.schema.names).to_pylist()
    group_of = dict(
        zip(copy_groups.column("article_id").to_pylist(), copy_groups.column("copy_group_id").to_pylist(), strict=True)
    )
    if duplicate_pairs is not None:
        rows += _pass_on_agencies(rows, duplicate_pairs, group_of)
    inherited = _inherit(rows, copy_groups)
    known: dict[str, set[str]] = defaultdict(set)
    for row in [*rows, *inherited]:
        known[row["article_id"]].add(row["origin"])
    shared = _match_quotations(_read_quotations(articles, passages), _credits_by_article(rows), group_of, known)
    return ORIGINS.from_rows([*rows, *inherited, *shared])


def _pass_on_agencies(rows: Sequence[Row], duplicate_pairs: pa.Table, group_of: Mapping[str, str]) -> list[Row]:
    """Rows of evidence `contained`: the agencies that the other article of a contained pair is credited to.

    What a copy of the other article credits counts too, and so does what an agency publishes itself.
    """
    agencies: dict[str, set[str]] = defaultdict(set)
    own: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        own[row["article_id"]].add(row["origin"])
        if row["evidence"] in ("publisher", "credit_line", "byline") and is_agency(row["origin"]):
            agencies[group_of[row["article_id"]]].add(row["origin"])
    contained = duplicate_pairs.filter(pc.equal(duplicate_pairs.column("kind"), "contained"))
    pairs = zip(contained.column("article_id_a").to_pylist(), contained.column("article_id_b").to_pylist(), strict=True)
    found = {
        (article_id, origin)
        for pair in pairs
        for article_id, other in (pair, pair[::-1])
        if group_of[article_id] != group_of[other]
        for origin in agencies.get(group_of[other], set()) - own[article_id]
    }
    return [
        {"article_id": article_id, "origin": origin, "evidence": "contained", "start": None, "end": None}
        for article_id, origin in sorted(found)
    ]


def _inherit(rows: Iterable[Row], copy_groups: pa.Table) -> list[Row]:
    """Rows of evidence `copy`: origins that other members of the group credit."""
    grouped = copy_groups.filter(pc.greater(copy_groups.column("n_articles"), 1)).to_pylist()
    group_of = {row["article_id"]: row["copy_group_id"] for row in grouped}
    canonical = {row["article_id"] for row in grouped if row["is_canonical"]}
    own: dict[str, set[str]] = defaultdict(set)
    passed_on: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        article_id = row["article_id"]
        own[article_id].add(row["origin"])
        if article_id in group_of and (row["evidence"] != "publisher" or article_id in canonical):
            passed_on[group_of[article_id]].add(row["origin"])
    return [
        {"article_id": article_id, "origin": origin, "evidence": "copy", "start": None, "end": None}
        for article_id, group_id in sorted(group_of.items())
        for origin in sorted(passed_on[group_id] - own[article_id])
    ]


@dataclass(frozen=True)
class Quotation:
    """A long quotation: its span in the article, the span of its passage, and its words in the normal form."""

    article_id: str
    start: int
    end: int
    passage_start: int
    passage_end: int
    words: tuple[str, ...]

    def runs(self) -> Iterator[tuple[str, ...]]:
        """Every run of `QUOTED_WORDS` words."""
        return (self.words[i : i + QUOTED_WORDS] for i in range(len(self.words) - QUOTED_WORDS + 1))


def _read_quotations(articles: pa.Table, passages: pa.Table) -> Iterator[Quotation]:
    """The quotations of at least `QUOTED_WORDS` words in the body passages of ``articles``."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    body = passages.filter(pc.is_in(passages.column("kind"), pa.array(SHINGLED_KINDS)))
    columns = body.select(["article_id", "start", "end"]).to_pydict()
    for article_id, start, end in zip(*columns.values(), strict=True):
        spans[article_id].append((start, end))
    for batch in articles.select(["article_id", "text"]).to_batches(max_chunksize=1024):
        for article in batch.to_pylist():
            for start, end in sorted(spans[article["article_id"]]):
                yield from _quotations_of(article["article_id"], article["text"][start:end], start)


def _quotations_of(article_id: str, passage: str, start: int) -> Iterator[Quotation]:
    if _ANY_MARK.search(passage) is None:
        return
    for match in _QUOTATION.finditer(normalise.fold_typography(passage)):
        words = tuple(normalise.split_words(match[1]))
        if len(words) >= QUOTED_WORDS:
            span = start + match.start(), start + match.end()
            yield Quotation(article_id, *span, start, start + len(passage), words)


def _sharing(quotations: Iterable[Quotation]) -> list[list[Quotation]]:
    """The quotations that hold one and the same run of words, for each run that stands in two quotations or more.

    Runs are found by their hashes, sorted; that all words agree is checked after.
    """
    listed = list(quotations)
    hashes = [[mmh3.hash64(" ".join(run))[0] for run in quotation.runs()] for quotation in listed]
    keys = np.fromiter((key for own in hashes for key in own), np.int64, sum(map(len, hashes)))
    owners = np.repeat(np.arange(len(listed)), [len(own) for own in hashes])
    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    shared = np.zeros(len(keys) + 1, np.bool_)
    shared[1:-1] = keys[1:] == keys[:-1]
    holders: dict[tuple[str, ...], dict[int, Quotation]] = defaultdict(dict)
    wanted = set(keys[shared[1:] | shared[:-1]].tolist())
    for owner in np.unique(owners[shared[1:] | shared[:-1]]).tolist():
        for run, key in zip(listed[owner].runs(), hashes[owner], strict=True):
            if key in wanted:
                holders[run][owner] = listed[owner]
    return [list(sharing.values()) for sharing in holders.values() if len(sharing) > 1]


def _credits_by_article(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The credits that say where a report comes from: all but the publisher."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["evidence"] != "publisher":
            found[row["article_id"]].append(row)
    return found


def _origins_of(quotation: Quotation, credited: Iterable[Row]) -> tuple[set[str], bool]:
    """The origins of a quotation by its own article, and whether the article says anything about where it has it from.

    An outlet credited in the quotation's passage is its origin; failing that, an agency that the article as a whole
    is credited to. (That a paper or a broadcaster printed the article says nothing about a single quotation.)
    """
    in_passage, of_article = set(), set()
    for row in credited:
        if row["start"] is not None and quotation.passage_start <= row["start"] < quotation.passage_end:
            in_passage.add(row["origin"])
        elif row["evidence"] in ("credit_line", "byline"):
            of_article.add(row["origin"])
    return in_passage or set(filter(is_agency, of_article)), bool(in_passage or of_article)


def _match_quotations(
    quotations: Iterable[Quotation],
    credited: dict[str, list[Row]],
    group_of: dict[str, str],
    known: dict[str, set[str]],
) -> list[Row]:
    """Rows of evidence `shared_quotation`: for articles that credit nobody for a quotation that another one credits."""
    found: set[tuple[str, str, int, int]] = set()
    for sharing in _sharing(quotations):
        groups = {group_of[quotation.article_id] for quotation in sharing}
        if not 1 < len(groups) <= MOST_GROUPS:
            continue
        origins = {quotation: _origins_of(quotation, credited.get(quotation.article_id, ())) for quotation in sharing}
        for quotation, (_, says_so) in origins.items():
            if says_so:
                continue
            elsewhere = (
                origin
                for other, (named, _) in origins.items()
                if group_of[other.article_id] != group_of[quotation.article_id]
                for origin in named
            )
            for origin in set(elsewhere) - known[quotation.article_id]:
                found.add((quotation.article_id, origin, quotation.start, quotation.end))
    return [
        {"article_id": article_id, "origin": origin, "evidence": "shared_quotation", "start": start, "end": end}
        for article_id, origin, start, end in sorted(found)
    ]
