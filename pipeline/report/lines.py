"""One statement as the report prints it: who said what, and per which articles; copies fold into one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.report.anchors import anchor
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import MAX_LINKS_PER_LINE, Printed, first
from pipeline.report.wording import ACCUSED_UNKNOWN, QUOTE_TYPES, STANCE_VERBS, TAKES_TARGET, counted, date_words


@dataclass(frozen=True)
class Report:
    """One article's carrying of a statement: ``claim_anchor`` is the marked sentence, ``date`` may be empty."""

    claim_id: str
    claim_anchor: str
    article_id: str
    article_anchor: str
    label: str
    date: str
    datetime: str


@dataclass(frozen=True)
class Line:
    """A statement. ``who`` is the source as written, ``who_is`` the entities it stands for where that says more.

    ``group_anchor`` is the element id of its claim group's card, empty for a claim without a group.
    """

    who: str
    who_is: str
    verb: str
    content: str
    report: Report
    copies: Printed[Report]
    relayed_by: str
    notes: tuple[str, ...]
    group_anchor: str
    contested: bool


def report_of(claim: Row, corpus: Corpus) -> Report:
    """Where a claim stands."""
    article = corpus.one("articles", "article_id")[claim["article_id"]]
    published = article["published_at"]
    return Report(
        claim_id=claim["claim_id"],
        claim_anchor=anchor("claim", claim["claim_id"]),
        article_id=claim["article_id"],
        article_anchor=anchor("article", claim["article_id"]),
        label=corpus.article_label(claim["article_id"]),
        date=date_words(published),
        datetime=published.date().isoformat() if published else "",
    )


def lines_of(claims: Iterable[Row], corpus: Corpus) -> list[Line]:
    """Claims as lines, earliest first. The same words of the same source in copies of one article are one line."""
    folded: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    groups = corpus.one("copy_groups", "article_id")
    for claim in claims:
        group = groups.get(claim["article_id"])
        copy_group_id = group["copy_group_id"] if group else claim["article_id"]
        who = " ".join((claim["source_text"] or "").split())
        folded[(copy_group_id, who, _content(claim), claim["stance"])].append(claim)
    versions = [sorted(rows, key=lambda claim: _order(claim, corpus)) for rows in folded.values()]
    return [_line(rows, corpus) for rows in sorted(versions, key=lambda rows: _order(rows[0], corpus))]


def _order(claim: Row, corpus: Corpus) -> tuple[bool, str, bool, str, int, str]:
    """Dated before undated, early before late, the canonical copy first, then by place in the article."""
    published = corpus.one("articles", "article_id")[claim["article_id"]]["published_at"]
    group = corpus.one("copy_groups", "article_id").get(claim["article_id"])
    start = min((piece["start"] for piece in claim["content"]), default=0)
    return (
        published is None,
        published.isoformat() if published else "",
        not (group and group["is_canonical"]),
        claim["article_id"],
        start,
        claim["claim_id"],
    )


def _content(claim: Row) -> str:
    return " ".join(claim["content_text"].split())


def _line(versions: list[Row], corpus: Corpus) -> Line:
    claim = versions[0]
    who, who_is = source_words(claim, corpus)
    reports = [report_of(version, corpus) for version in versions]
    member = corpus.one("claim_group_members", "claim_id").get(claim["claim_id"])
    group = corpus.one("claim_groups", "claim_group_id").get(member["claim_group_id"]) if member else None
    return Line(
        who=who,
        who_is=who_is,
        verb=_verb(claim, corpus),
        content=_content(claim) or "(no words of its own: see the sentence)",
        report=reports[0],
        copies=first(reports[1:], MAX_LINKS_PER_LINE),
        relayed_by=", ".join(_with_state(entity_id, corpus) for entity_id in claim["relayed_by"]),
        notes=_notes(claim),
        group_anchor=anchor("group", group["claim_group_id"]) if group else "",
        contested=bool(group and group["contested"]),
    )


def _verb(claim: Row, corpus: Corpus) -> str:
    """The stance in words: ``accused Norland``, ``alleged`` where the content names the accused itself, ``said``."""
    verb = STANCE_VERBS[claim["stance"]]
    if claim["stance"] not in TAKES_TARGET:
        return verb
    content = claim["content_text"].casefold().lstrip("“‘\"' ")
    targets = corpus.entity_names(claim["target_entity_ids"])
    if any(content.startswith(name.casefold()) for name in targets):
        return verb
    if targets and not any(name.casefold() in content for name in targets):
        return f"{verb} {', '.join(targets)}"
    return ACCUSED_UNKNOWN if claim["stance"] == "accuse" else verb


def source_words(claim: Row, corpus: Corpus) -> tuple[str, str]:
    """The source as written, and the names of its entities where the written words do not contain them."""
    entity_ids = list(dict.fromkeys(claim["source_entity_ids"]))
    written = " ".join((claim["source_text"] or "").split())
    if not written:
        return ", ".join(_with_state(entity_id, corpus) for entity_id in entity_ids) or "An unnamed source", ""
    more = []
    for entity_id in entity_ids:
        if corpus.entity_name(entity_id).casefold() not in written.casefold():
            more.append(_with_state(entity_id, corpus))
        elif state := corpus.state_media_of(entity_id):
            more.append(f"state media, {state}")
    return written, ", ".join(dict.fromkeys(more))


def _with_state(entity_id: str, corpus: Corpus) -> str:
    name, state = corpus.entity_name(entity_id), corpus.state_media_of(entity_id)
    return f"{name} (state media, {state})" if state else name


def _notes(claim: Row) -> tuple[str, ...]:
    notes = [
        "headline" if claim["in_title"] else "",
        QUOTE_TYPES[claim["quote_type"]],
        "unnamed source" if claim["source_anonymous"] else "",
        "inside another claim" if claim["layer"] else "",
    ]
    return tuple(note for note in notes if note)


def carriers(claims: Iterable[Row], corpus: Corpus) -> str:
    """How widely claims are carried: ``7 claims in 5 articles``, and copy groups where they are fewer."""
    rows = list(claims)
    articles = {row["article_id"] for row in rows}
    groups = corpus.one("copy_groups", "article_id")
    n_groups = len({groups[article]["copy_group_id"] if article in groups else article for article in articles})
    words = f"{counted(len(rows), 'claim')} in {counted(len(articles), 'article')}"
    return words if n_groups == len(articles) else f"{words} ({counted(n_groups, 'copy group')})"
