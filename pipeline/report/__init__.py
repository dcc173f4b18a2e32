"""The report: HTML pages made from the published tables, each self-contained."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

import pyarrow as pa

from pipeline.report.page import render_page, templates_digest
from pipeline.report.pages import build_pages

CODE_VERSION = "2"

__all__ = ["CODE_VERSION", "render_report", "report_version"]


def render_report(tables: Mapping[str, pa.Table]) -> dict[str, bytes]:
    """The pages of the report, as path -> UTF-8 HTML; ``index.html`` is the one to open first.

    ``tables`` holds all published tables by name, with the schemas of `pipeline.tables`; the result depends on their
    rows alone, not on the order of the rows. A small corpus is one page; a greater one has an index, a page for each
    story (``stories/….html``) and the articles that share nothing with others by month (``articles/….html``). No page
    has a script or refers to anything but the report's other pages; what comes from articles is escaped, and only http
    and https addresses become links. Raises `ValueError` naming the published tables that are missing.
    """
    return {page.path: render_page(page).encode() for page in build_pages(tables)}


def report_version() -> str:
    """What decides the report besides the tables: code, templates, the template engine and what draws the charts."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("jinja2", "altair", "vl-convert-python"))
    return f"report {CODE_VERSION}, templates {templates_digest()[:16]}, {libraries}"
