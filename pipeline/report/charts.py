"""Charts as inline SVG, drawn by Altair (Vega-Lite) through vl-convert, in the colours of the page.

Layout must not depend on the fonts of the machine: sizes and paddings are fixed (``autosize: none``) and labels are
given, not computed. Colours are placeholders that become CSS variables, so that a chart follows light, dark and print.
Vega's own ARIA attributes are taken out: the page names each chart in words and gives its figures as a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from pipeline.report.wording import printable

_WIDTH = 440
_STRIP = 52  # height of the strip of one claim
_ASSERT, _DENY, _SOFT, _LINE, _INK, _BAR, _COPY, _PAPER = (f"#a0000{number}" for number in range(1, 9))
VARIABLES = {
    _ASSERT: "var(--assert)",
    _DENY: "var(--deny)",
    _SOFT: "var(--soft)",
    _LINE: "var(--line)",
    _INK: "var(--ink)",
    _BAR: "var(--bar)",
    _COPY: "var(--bar-copy)",
    _PAPER: "var(--raised)",
}
_SVG = "{http://www.w3.org/2000/svg}"
_KEPT = {"d", "fill", "stroke", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "viewBox"} | {
    *("text-anchor", "font-size", "font-weight", "stroke-width", "stroke-dasharray", "opacity"),
}
_NUMBER = re.compile(r"-?\d+\.\d{3,}")


@dataclass(frozen=True)
class Bar:
    """Articles of one period; ``own`` are those that are no copies."""

    period: int
    own: bool
    n: int


@dataclass(frozen=True)
class Dot:
    """Articles of one period that take a side on the claim of a row."""

    row: int
    period: int
    side: str
    n: int


def draw_bars(name: str, labels: Sequence[str], bars: Sequence[Bar]) -> Markup:
    """Stacked bars over periods, copies on top; ``name`` says in words what they show.

    ``labels`` has one for each period; empty ones are not drawn.
    """
    alt = _altair()
    most = max(sum(bar.n for bar in bars if bar.period == period) for period in range(len(labels)))
    rows = [{"x": bar.period, "n": bar.n, "own": bar.own} for bar in bars if bar.n]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(width={"band": 0.8}, stroke=_BAR, strokeWidth=0.75)
        .encode(
            x=alt.X("x:O", axis=_time_axis(labels), scale=alt.Scale(domain=list(range(len(labels))), padding=0)),
            y=alt.Y(
                "n:Q",
                stack="zero",
                scale=alt.Scale(domain=[0, max(most, 1)], nice=False),
                axis=alt.Axis(values=_ticks(most), title=None, format="d", domain=False, ticks=False),
            ),
            order=alt.Order("own:N", sort="descending"),
            fill=alt.Fill("own:N", scale=alt.Scale(domain=[True, False], range=[_BAR, _COPY]), legend=None),
        )
    )
    return _svg(name, chart, height=130, left=30)


def draw_strips(name: str, claims: Sequence[str], labels: Sequence[str], dots: Sequence[Dot]) -> Markup:
    """A strip for each of ``claims``: what asserts it as filled circles, what denies it as open diamonds, by period."""
    alt = _altair()
    height = _STRIP * len(claims)
    lanes = {"asserts": 24, "denies": 40}
    rows = [{"x": d.period, "y": _STRIP * d.row + lanes[d.side], "side": d.side, "n": d.n} for d in dots]
    names = [{"y": _STRIP * row + 8, "claim": printable(claim)} for row, claim in enumerate(claims)]
    most = max(dot.n for dot in dots)
    x = alt.X("x:O", axis=_time_axis(labels), scale=alt.Scale(domain=list(range(len(labels))), padding=0.5))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    sides = list(lanes)
    lines = (
        alt.Chart(alt.Data(values=[{"y": _STRIP * row + 32} for row in range(len(claims))]))
        .mark_rule(color=_LINE)
        .encode(y=y)
    )
    titles = (
        alt.Chart(alt.Data(values=names))
        .mark_text(align="left", baseline="middle", fontSize=10.5, color=_INK, limit=0)
        .encode(y=y, x=alt.value(0), text="claim:N")
    )
    marks = (
        alt.Chart(alt.Data(values=rows))
        .mark_point(opacity=1, strokeWidth=1.75)
        .encode(
            x=x,
            y=y,
            size=alt.Size("n:Q", scale=alt.Scale(domain=[1, max(most, 2)], range=[32, 130]), legend=None),
            shape=alt.Shape("side:N", scale=alt.Scale(domain=sides, range=["circle", "diamond"]), legend=None),
            stroke=alt.Stroke("side:N", scale=alt.Scale(domain=sides, range=[_ASSERT, _DENY]), legend=None),
            fill=alt.Fill("side:N", scale=alt.Scale(domain=sides, range=[_ASSERT, _PAPER]), legend=None),
        )
    )
    return _svg(name, alt.layer(lines, titles, marks), height=height, left=20)


def _altair() -> Any:
    """Altair, loaded when a chart is drawn: most commands draw none, and it takes a third of a second."""
    import altair  # noqa: PLC0415

    return altair


def _time_axis(labels: Sequence[str]) -> Any:
    shown = [number for number, label in enumerate(labels) if label]
    words = ", ".join(f"'{labels[number]}'" for number in shown)
    return _altair().Axis(
        values=shown,
        labelExpr=f"[{words}][indexof([{', '.join(map(str, shown))}], datum.value)]",
        labelAngle=0,
        labelOverlap=False,
        title=None,
        ticks=True,
        domain=True,
    )


def _ticks(most: int) -> list[int]:
    """Zero, the greatest number and, where there is room, one between."""
    return sorted({0, most // 2 if most > 3 else 0, most})


def _svg(name: str, chart: Any, *, height: int, left: int) -> Markup:
    import vl_convert  # noqa: PLC0415 - as in `_altair`

    themed = (
        chart.properties(width=_WIDTH - left - 12, height=height)
        .properties(autosize=_altair().AutoSizeParams(type="none"))
        .properties(padding={"left": left, "right": 12, "top": 8, "bottom": 24})
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_SOFT,
            domainColor=_SOFT,
            tickColor=_SOFT,
            gridColor=_LINE,
            labelFontSize=10.5,
            grid=False,
        )
        .configure_axisY(grid=True)
    )
    drawn: str = vl_convert.vegalite_to_svg(themed.to_dict())
    return Markup(_tidy(drawn, name))


def _tidy(drawn: str, name: str) -> str:
    """Vega's SVG without its background, invisible parts, fonts and roles, and with CSS variables for colours."""
    root = ElementTree.fromstring(drawn)
    for parent in root.iter():
        for child in list(parent):
            invisible = child.get("display") == "none" or child.get("d") in ("", "M0,0h0v0h0Z")
            if invisible or child.get("fill") == "white" or child.get("class") == "background":
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        kept = {key: VARIABLES.get(value, _short(value)) for key, value in element.attrib.items() if key in _KEPT}
        element.attrib.clear()
        element.attrib.update(kept)
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    root.attrib.update({"class": "chart", "role": "img", "aria-label": printable(name)})
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _short(value: str) -> str:
    """Coordinates to two places: what lies behind them may differ between machines."""
    return _NUMBER.sub(lambda number: f"{float(number.group()):.2f}", value)
