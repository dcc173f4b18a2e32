"""One statement as the report prints it: who said what, and per which articles; copies fold into one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.report.addresses import Addresses, Target
from pipeline.report.corpus import Age, Corpus, Row
from pipeline.report.limits import MAX_CONTENT_CHARACTERS, MAX_LINKS_PER_LINE, Printed, first
from pipeline.report.wording import (
    ACCUSED_UNKNOWN,
    QUOTE_TYPES,
    STANCE_VERBS,
    TAKES_TARGET,
    counted,
    date_words,
    shortened,
)

_LABEL = 56  # characters by which an article is named in a line of text


@dataclass(frozen=True)
class Reference:
    """An article as others refer to it. ``label`` is its outlet, else its headline, else its file.

    ``outlet``, ``title`` and ``date`` are empty where they are unknown.
    """

    article: Target
    label: str
    outlet: str
    title: str
    file: str
    state_media_of: str
    date: str
    datetime: str


@dataclass(frozen=True)
class Report:
    """One article's carrying of a statement; ``sentence`` is the marked sentence."""

    sentence: Target
    by: Reference


@dataclass(frozen=True)
class Line:
    """A statement. ``who`` is the source as written, ``who_is`` the entities it stands for where that says more.

    ``copies`` are further reports of the same words in copies of the article; ``group`` is its claim group's card.
    """

    who: str
    who_is: str
    verb: str
    content: str
    report: Report
    copies: Printed[Report]
    relayed_by: str
    notes: tuple[str, ...]
    group: Target | None
    contested: bool


def reference_to(article_id: str, corpus: Corpus, addresses: Addresses) -> Reference:
    """An article by outlet, headline, date and file."""
    row = corpus.one("articles", "article_id")[article_id]
    published = row["published_at"]
    return Reference(
        article=addresses.article(article_id),
        label=shortened(corpus.article_label(article_id), _LABEL),
        outlet=corpus.outlet(article_id),
        title=row["title"] or "",
        file=row["source_uri"],
        state_media_of=corpus.state_of_outlet(row["publisher"]),
        date=date_words(published),
        datetime=published.date().isoformat() if published else "",
    )


def report_of(claim: Row, corpus: Corpus, addresses: Addresses) -> Report:
    """Where a claim stands."""
    return Report(addresses.claim(claim), reference_to(claim["article_id"], corpus, addresses))


def lines_of(claims: Iterable[Row], corpus: Corpus, addresses: Addresses) -> list[Line]:
    """Claims as lines, earliest first. The same words of the same source in copies of one article are one line."""
    return [line_of(rows, corpus, addresses) for rows in fold_copies(claims, corpus)]


def fold_copies(claims: Iterable[Row], corpus: Corpus) -> list[list[Row]]:
    """Claims that copies of one article carry in the same words, earliest first inside and by their first."""
    folded: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for claim in claims:
        who = " ".join((claim["source_text"] or "").split())
        folded[(corpus.place(claim["article_id"]), who, _content(claim), claim["stance"])].append(claim)
    versions = [sorted(rows, key=lambda claim: order_of(claim, corpus)) for rows in folded.values()]
    return sorted(versions, key=lambda rows: order_of(rows[0], corpus))


def order_of(claim: Row, corpus: Corpus) -> tuple[Age, int, str]:
    """Sort key: by age of the article, then by place in it."""
    start = min((piece["start"] for piece in claim["content"]), default=0)
    return corpus.age(claim["article_id"]), start, claim["claim_id"]


def _content(claim: Row) -> str:
    return " ".join(claim["content_text"].split())


def line_of(versions: list[Row], corpus: Corpus, addresses: Addresses) -> Line:
    """A statement from its versions in copies, the one to be shown first."""
    claim = versions[0]
    who, who_is = source_words(claim, corpus)
    reports = [report_of(version, corpus, addresses) for version in versions]
    member = corpus.one("claim_group_members", "claim_id").get(claim["claim_id"])
    group = corpus.one("claim_groups", "claim_group_id").get(member["claim_group_id"]) if member else None
    return Line(
        who=who,
        who_is=who_is,
        verb=_verb(claim, corpus),
        content=shortened(_content(claim), MAX_CONTENT_CHARACTERS) or "(no words of its own: see the sentence)",
        report=reports[0],
        copies=first(reports[1:], MAX_LINKS_PER_LINE),
        relayed_by=", ".join(_with_state(entity_id, corpus) for entity_id in claim["relayed_by"]),
        notes=_notes(claim),
        group=addresses.group(group["claim_group_id"]) if group else None,
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
    """How widely claims are carried: ``7 claims in 5 articles``, and without copies where there are any."""
    rows = list(claims)
    articles = {row["article_id"] for row in rows}
    n_groups = len({corpus.place(article_id) for article_id in articles})
    words = f"{counted(len(rows), 'claim')} in {counted(len(articles), 'article')}"
    return words if n_groups == len(articles) else f"{words} ({n_groups} without copies)"
