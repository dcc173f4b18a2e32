"""Claim groups: what is contested with both sides and the conflicts beside, and what several statements agree on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.report.anchors import anchor
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import (
    MAX_CONFLICTS_PER_GROUP,
    MAX_CONTESTED_GROUPS,
    MAX_LINES_PER_SIDE,
    MAX_LINKS_PER_LINE,
    MAX_OTHER_GROUPS,
    MAX_VARIANTS_PER_GROUP,
    Printed,
    first,
)
from pipeline.report.lines import Line, Report, lines_of, report_of, source_words
from pipeline.report.quotations import DiffPart, compare_words
from pipeline.report.wording import CONFLICT_TYPES, NEITHER_STANCES, VARIANT_RELATIONS, counted, date_words, headline


@dataclass(frozen=True)
class Side:
    """Those who assert, those who deny, or those who do neither. ``actors`` are words, counts in front of them."""

    name: str
    n_independent: int
    actors: tuple[str, ...]
    lines: Printed[Line]


@dataclass(frozen=True)
class Conflict:
    """Something in a group that does not fit together, with the claims of both sides."""

    title: str
    strength: str
    explanation: str
    side_a: Printed[Report]
    side_b: Printed[Report]


@dataclass(frozen=True)
class Variant:
    """Two versions of one utterance, as parts that are equal or differ."""

    title: str
    who: str
    report_a: Report
    report_b: Report
    parts_a: tuple[DiffPart, ...]
    parts_b: tuple[DiffPart, ...]


@dataclass(frozen=True)
class Group:
    """One claim group. ``share_asserting`` is a percentage for the bar, None where one side is empty."""

    anchor: str
    proposition: str
    contested: bool
    counts: tuple[str, ...]
    share_asserting: float | None
    sides: tuple[Side, ...]
    conflicts: Printed[Conflict]
    variants: Printed[Variant]


def contested_groups(corpus: Corpus) -> Printed[Group]:
    """Contested groups: those with most independent sources on the smaller side first, then on both, then by id."""
    return _groups(corpus, lambda row: row["contested"], MAX_CONTESTED_GROUPS)


def other_groups(corpus: Corpus) -> Printed[Group]:
    """Uncontested groups that several copy groups carry, or with a conflict; most independent sources first."""
    conflicts = corpus.by("conflicts", "claim_group_id")
    return _groups(
        corpus,
        lambda row: not row["contested"] and (row["n_copy_groups"] > 1 or row["claim_group_id"] in conflicts),
        MAX_OTHER_GROUPS,
    )


def _groups(corpus: Corpus, chosen: Callable[[Row], bool], limit: int) -> Printed[Group]:
    ordered = sorted((row for row in corpus.rows("claim_groups") if chosen(row)), key=_weight)
    printed = first(ordered, limit)
    return Printed(tuple(_group(row, corpus) for row in printed.items), printed.left_out)


def _weight(row: Row) -> tuple[int, int, int, str]:
    asserting, denying = row["n_independent_asserting"], row["n_independent_denying"]
    return (-min(asserting, denying), -(asserting + denying), -row["n_copy_groups"], row["claim_group_id"])


def _group(row: Row, corpus: Corpus) -> Group:
    group_id = row["claim_group_id"]
    asserting, denying = row["n_independent_asserting"], row["n_independent_denying"]
    conflicts = sorted(
        corpus.by("conflicts", "claim_group_id")[group_id],
        key=lambda c: (c["strength"] != "hard", c["type"], c["conflict_id"]),
    )
    printed = first(conflicts, MAX_CONFLICTS_PER_GROUP)
    return Group(
        anchor=anchor("group", group_id),
        proposition=headline(row["proposition"]),
        contested=row["contested"],
        counts=_counts(row),
        share_asserting=round(100 * asserting / (asserting + denying), 1) if asserting and denying else None,
        sides=_sides(row, corpus),
        conflicts=Printed(tuple(_conflict(c, corpus) for c in printed.items), printed.left_out),
        variants=_variants(group_id, corpus),
    )


def _counts(row: Row) -> tuple[str, ...]:
    counts = [
        counted(row["n_claims"], "claim"),
        counted(row["n_articles"], "article"),
        counted(row["n_copy_groups"], "copy group"),
        counted(row["n_origins"], "origin"),
    ]
    if row["first_published_at"]:
        counts.append(f"first on {date_words(row['first_published_at'])}")
    return tuple(counts)


def _sides(row: Row, corpus: Corpus) -> tuple[Side, ...]:
    claims = corpus.one("claims", "claim_id")
    members = [
        (member["relation"], claims[member["claim_id"]])
        for member in corpus.by("claim_group_members", "claim_group_id")[row["claim_group_id"]]
    ]
    denying = [claim for relation, claim in members if relation == "denies"]
    silent = [claim for relation, claim in members if relation != "denies" and claim["stance"] in NEITHER_STANCES]
    apart = {claim["claim_id"] for claim in (*denying, *silent)}
    asserting = [claim for _, claim in members if claim["claim_id"] not in apart]
    sides = [
        _side("Asserted", row["n_independent_asserting"], row["asserting_actor_ids"], asserting, corpus),
        _side("Denied", row["n_independent_denying"], row["denying_actor_ids"], denying, corpus),
        _side("Neither asserted nor denied", 0, [], silent, corpus),
    ]
    return tuple(side for side in sides if side.lines.items or side.n_independent)


def _side(name: str, n_independent: int, actor_ids: Sequence[str], claims: list[Row], corpus: Corpus) -> Side:
    actors = sorted(corpus.entity_names(actor_ids), key=lambda actor: (actor.casefold(), actor))
    unlinked = n_independent - len(set(actor_ids))  # unnamed sources, and names that no entity stands for
    if actors and unlinked > 0:
        actors.append(counted(unlinked, "further source"))
    return Side(name, n_independent, tuple(actors), first(lines_of(claims, corpus), MAX_LINES_PER_SIDE))


def _conflict(row: Row, corpus: Corpus) -> Conflict:
    return Conflict(
        title=CONFLICT_TYPES[row["type"]],
        strength=row["strength"],
        explanation=row["explanation"],
        side_a=_reports(row["claim_ids_a"], corpus),
        side_b=_reports(row["claim_ids_b"], corpus),
    )


def _reports(claim_ids: Sequence[str], corpus: Corpus) -> Printed[Report]:
    """Where claims stand, earliest first, each article once (with the first of its claims in text order)."""
    claims = corpus.one("claims", "claim_id")
    rows = sorted((claims[claim_id] for claim_id in claim_ids), key=_place, reverse=True)
    reports = list({row["article_id"]: report_of(row, corpus) for row in rows}.values())
    reports.sort(key=lambda report: (report.datetime or "~", report.label, report.claim_id))
    return first(reports, MAX_LINKS_PER_LINE)


def _place(claim: Row) -> tuple[int, str]:
    return min((piece["start"] for piece in claim["content"]), default=0), claim["claim_id"]


def _variants(group_id: str, corpus: Corpus) -> Printed[Variant]:
    """Pairs of versions that differ in their words; the earlier published one stands on the left."""
    claims = corpus.one("claims", "claim_id")
    members = {m["claim_id"] for m in corpus.by("claim_group_members", "claim_group_id")[group_id]}
    rows = [
        row
        for claim_id in sorted(members)
        for row in corpus.by("quote_variants", "claim_id_a")[claim_id]
        if row["claim_id_b"] in members and row["relation"] != "same"
    ]
    rows.sort(
        key=lambda row: (
            row["relation"] != "altered",
            row["relation"],
            sorted(_age(claims[row[end]], corpus) for end in ("claim_id_a", "claim_id_b")),
        )
    )
    distinct: dict[tuple[str, ...], Variant] = {}
    for row in rows:
        pair = sorted((claims[row["claim_id_a"]], claims[row["claim_id_b"]]), key=lambda claim: _age(claim, corpus))
        words = [" ".join(claim["content_text"].split()) for claim in pair]
        if words[0] != words[1]:  # copies repeat the same difference
            distinct.setdefault(tuple(sorted(words)), _variant(row["relation"], pair, words, corpus))
    return first(list(distinct.values()), MAX_VARIANTS_PER_GROUP)


def _age(claim: Row, corpus: Corpus) -> tuple[str, bool, str]:
    """Earliest published first, the first of several copies before the others."""
    copy = corpus.one("copy_groups", "article_id").get(claim["article_id"])
    return report_of(claim, corpus).datetime or "~", not (copy and copy["is_canonical"]), claim["claim_id"]


def _variant(relation: str, pair: list[Row], words: Sequence[str], corpus: Corpus) -> Variant:
    parts_a, parts_b = compare_words(words[0], words[1])
    written, names = source_words(pair[0], corpus)
    return Variant(
        title=VARIANT_RELATIONS[relation],
        who=names or written,
        report_a=report_of(pair[0], corpus),
        report_b=report_of(pair[1], corpus),
        parts_a=parts_a,
        parts_b=parts_b,
    )
