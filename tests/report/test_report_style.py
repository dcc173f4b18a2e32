"""The style sheet: readable contrast in light and dark, nothing fetched, rules for small screens and for paper."""

from __future__ import annotations

import re

import pytest

from pipeline.report import charts
from pipeline.report.page import TEMPLATES

STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8")
LIGHT, DARK, PRINT = re.findall(r":root \{(.*?)\}", STYLE, flags=re.DOTALL)


def _colors(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("block", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "raised", "mark", "mark-target"])
@pytest.mark.parametrize("text", ["ink", "link", "soft"])
def test_text_meets_aa_on_every_ground_it_stands_on(block: str, ground: str, text: str) -> None:
    colors = _colors(block)
    assert _contrast(colors[text], colors[ground]) >= 4.5


@pytest.mark.parametrize("block", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
@pytest.mark.parametrize("text", ["assert", "deny", "hard", "soft-strength", "flag"])
def test_coloured_words_meet_aa(block: str, ground: str, text: str) -> None:
    colors = _colors(block)
    assert _contrast(colors[text], colors[ground]) >= 4.5


@pytest.mark.parametrize("block", [LIGHT, DARK], ids=["light", "dark"])
def test_bars_stand_out_from_the_page(block: str) -> None:
    colors = _colors(block)
    assert _contrast(colors["bar"], colors["paper"]) >= 3


@pytest.mark.parametrize("block", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["del", "ins"])
def test_differing_words_meet_aa(block: str, ground: str) -> None:
    colors = _colors(block)
    assert _contrast(colors["ink"], colors[ground]) >= 4.5


def test_nothing_is_fetched_and_every_colour_has_a_name() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "@font-face" not in STYLE
    used = set(re.findall(r"var\(--([a-z-]+)\)", STYLE))
    assert used <= {*_colors(LIGHT), "text-face", "page-face"}
    assert set(re.findall(r"var\(--([a-z-]+)\)", " ".join(charts.VARIABLES.values()))) <= set(_colors(LIGHT))
    assert set(_colors(DARK)) == set(_colors(LIGHT))
    assert set(_colors(PRINT)) == set(_colors(LIGHT))


def test_there_are_rules_for_dark_small_and_paper() -> None:
    for query in ("prefers-color-scheme: dark", "max-width", "@media print"):
        assert query in STYLE
