"""The report: one self-contained HTML file made from the published tables."""

from __future__ import annotations

from collections.abc import Mapping

import jinja2
import pyarrow as pa

from pipeline.report.page import build_page, render_page, templates_digest

CODE_VERSION = "1"

__all__ = ["CODE_VERSION", "render_report", "report_version"]


def render_report(tables: Mapping[str, pa.Table]) -> str:
    """One HTML document that shows who claims what, who denies it, and every claim in its sentence.

    ``tables`` holds all published tables by name, with the schemas of `pipeline.tables`; the result depends on their
    rows alone, not on the order of the rows. The document has no script and refers to nothing outside itself; what
    comes from articles is escaped, and only http and https addresses become links. Raises `ValueError` naming the
    published tables that are missing.
    """
    return render_page(build_page(tables))


def report_version() -> str:
    """What decides the report besides the tables: code, templates and the template engine."""
    return f"report {CODE_VERSION}, templates {templates_digest()[:16]}, jinja2 {jinja2.__version__}"
