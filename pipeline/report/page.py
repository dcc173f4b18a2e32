"""The whole report as one view, and its rendering through the templates."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.report.articles import Articles, printed_articles
from pipeline.report.copies import Copies, CopyGroup, Credit, Member, copies_and_origins
from pipeline.report.corpus import Corpus
from pipeline.report.groups import Group, contested_groups, other_groups
from pipeline.report.limits import MAX_OPEN_CONTESTED_GROUPS, Printed
from pipeline.report.lines import Report
from pipeline.report.overview import Overview, overview
from pipeline.report.quarantine import Quarantine, refused_inputs
from pipeline.report.sources import Sources, claims_by_source
from pipeline.report.wording import counted, printable

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Page:
    """Everything the templates print. ``group_anchors`` are the element ids of the claim groups that have a card."""

    overview: Overview
    contested: Printed[Group]
    others: Printed[Group]
    sources: Sources
    copies: Copies
    quarantine: Quarantine
    articles: Articles
    group_anchors: frozenset[str]


def build_page(tables: Mapping[str, pa.Table]) -> Page:
    """The report's view of the published tables (by name); independent of the order of their rows."""
    corpus = Corpus(tables)
    contested, others = contested_groups(corpus), other_groups(corpus)
    sources, copies = claims_by_source(corpus), copies_and_origins(corpus)
    linked_articles: set[str] = set()
    linked_claims: set[str] = set()
    linked_anchors: set[str] = set()
    for part in _parts((contested, others, sources, copies)):
        if isinstance(part, Report):
            linked_claims.add(part.claim_id)
        if isinstance(part, Report | Member | Credit):
            linked_articles.add(part.article_id)
        if isinstance(part, Group | CopyGroup):
            linked_anchors.add(part.anchor)
        if isinstance(part, Credit):
            linked_anchors.add(part.target)
    return Page(
        overview=overview(corpus),
        contested=contested,
        others=others,
        sources=sources,
        copies=copies,
        quarantine=refused_inputs(corpus),
        articles=printed_articles(corpus, linked_articles, linked_claims, linked_anchors),
        group_anchors=frozenset(group.anchor for group in (*contested.items, *others.items)),
    )


def _parts(value: object) -> Iterator[object]:
    """Every dataclass inside ``value``, at any depth."""
    if isinstance(value, tuple):
        for item in value:
            yield from _parts(item)
    elif dataclasses.is_dataclass(value):
        yield value
        for field in dataclasses.fields(value):
            yield from _parts(getattr(value, field.name))


def _finalize(value: object) -> object:
    """Make text of the tables printable; what the templates themselves have made (`Markup`) stays."""
    return printable(value) if type(value) is str else value


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    environment.globals["counted"] = counted
    environment.globals["max_open"] = MAX_OPEN_CONTESTED_GROUPS
    environment.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return environment


def render_page(page: Page) -> str:
    """The page as one HTML document without scripts and without references to anything outside it."""
    return _environment().get_template("report.html.j2").render(page=page)


def templates_digest() -> str:
    """SHA-256 over names and contents of all templates and the style sheet."""
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.iterdir()):
        digest.update(path.name.encode() + b"\x00" + path.read_bytes() + b"\x00")
    return digest.hexdigest()
