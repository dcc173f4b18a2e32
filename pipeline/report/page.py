"""The rendering of a page through the templates."""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path

import jinja2
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.report.addresses import INDEX, Target
from pipeline.report.limits import MAX_OPEN_CARDS
from pipeline.report.pages import Page
from pipeline.report.wording import counted, printable, shortened

TEMPLATES = Path(__file__).parent / "templates"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def _finalize(value: object) -> object:
    """Make text of the tables printable; what the templates themselves have made (`Markup`) stays."""
    return printable(value) if type(value) is str else value


@jinja2.pass_context
def _link(context: jinja2.runtime.Context, target: Target) -> str:
    """The address of a target, from the page that is rendered."""
    page: Page = context["page"]
    return target.seen_from(page.path)


def _grouped(number: int) -> str:
    return f"{number:,}"


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
    environment.globals["max_open"] = MAX_OPEN_CARDS
    environment.globals["index"] = Target(INDEX)
    environment.globals["style"] = Markup(style_sheet())
    environment.filters["to"] = _link
    environment.filters["grouped"] = _grouped
    environment.filters["shortened"] = shortened
    return environment


def style_sheet() -> str:
    """The style sheet as it stands in every page: without comments and blank lines."""
    style = _COMMENT.sub("", (TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return "\n".join(line.strip() for line in style.splitlines() if line.strip())


def render_page(page: Page) -> str:
    """The page as one HTML document without scripts and without references to anything but the report's own pages."""
    return _environment().get_template("report.html.j2").render(page=page)


def templates_digest() -> str:
    """SHA-256 over names and contents of all templates and the style sheet."""
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.iterdir()):
        digest.update(path.name.encode() + b"\x00" + path.read_bytes() + b"\x00")
    return digest.hexdigest()
