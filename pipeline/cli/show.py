"""`newsclaims show`: a claim, group, article, entity or conflict in words, or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from pipeline.cli.adding import AddCommand
from pipeline.cli.lookup import KINDS, find
from pipeline.cli.marking import marked
from pipeline.cli.reading import ReleaseRows
from pipeline.cli.views import View, view
from pipeline.lake import Lake
from pipeline.lake.releases import find_release
from pipeline.settings import Settings

_SIDES = {"asserts": "asserts it", "denies": "denies it", "silent": "takes no side"}


def add_commands(add: AddCommand) -> None:
    """Register `show`."""
    show = add("show", _show, "Show a claim, claim group, article, entity or conflict.")
    show.add_argument("id", help="id or the beginning of one; an article's file; an entity's name")
    show.add_argument("--kind", choices=list(KINDS), help="what it is, where an id may mean several things")
    show.add_argument("--release", default="latest", help="release (default: latest)")
    show.add_argument("--json", action="store_true", help="as JSON (docs/recipes.md describes the shapes)")


def _show(options: argparse.Namespace, lake: Lake, settings: Settings, console: Console) -> int:  # noqa: ARG001
    rows = ReleaseRows(lake, find_release(lake, options.release))
    found = view(rows, find(rows, options.id, options.kind))
    if options.json:
        json.dump(found, sys.stdout, indent=1, default=str, ensure_ascii=False)
        sys.stdout.write("\n")
        return 0
    tell = {"claim": _claim, "group": _group, "article": _article, "entity": _entity, "conflict": _conflict}
    for line in tell[found["kind"]](found, console.is_terminal):
        console.print(line)
    return 0


def _claim(found: View, styled: bool) -> Iterable[Text]:
    row, membership, group = found["claim"], found["membership"], found["group"]
    yield _title("claim", row["claim_id"])
    yield _line("article", _article_name(found["article"]), found["article"]["article_id"])
    yield Text()
    yield Text("  ") + marked(found["sentence"], styled)
    yield Text()
    yield _line("source", _source(row["source_text"], _names(found["sources"])), _resolution(row))
    yield _line("cue", row["cue_lemma"] or "(none)", row["rule"])
    yield _line("stance", row["stance"] + (", of something negated" if row["negated"] else ""))
    yield _line("quotation", row["quote_type"])
    for key, label in (("targets", "about"), ("addressees", "told to"), ("relayed_by", "passed on by")):
        if found[key]:
            yield _line(label, _names(found[key]))
    if row["event_time_start"]:
        yield _line("time", _time(row), row["time_text"] or "")
    for key, label in (("parent", "stands inside"), ("refers_to", "points to")):
        if found[key]:
            yield from _brief_lines(label, [found[key]])
    yield from _brief_lines("holds", found["inside"])
    yield _line("group", _quoted(group["proposition"]), group["claim_group_id"])
    yield _line("", f"{_counts(group)}; this claim {_SIDES[membership['side']]}")
    yield _line("", f"because: {membership['evidence']}")
    if membership["not_counted"]:
        yield _line("", f"adds no source: {membership['not_counted']}")
    yield from _conflict_lines(found["conflicts"])


def _group(found: View, styled: bool) -> Iterable[Text]:  # noqa: ARG001 - nothing is marked
    group = found["group"]
    yield _title("group", group["claim_group_id"], "contested" if group["contested"] else "")
    yield Text(f"  {_quoted(group['proposition'])}", style="bold")
    carried = f"{group['n_claims']} claims, {group['n_articles']} articles, {group['n_copy_groups']} copy groups, "
    yield _line("", carried + f"{group['n_origins']} origins")
    for key, label in (("asserting", "asserted"), ("denying", "denied")):
        number = group[f"n_independent_{key}"]
        yield Text()
        yield Text(f"{label} by {number} independent source{'s' * (number != 1)}", style="bold")
        for actor in found[key]:
            yield Text(f"  {actor['name'] or 'unnamed or unlinked sources'}", style="bold cyan") + _dim(
                actor["id"] or ""
            )
            for claim in actor["claims"]:
                yield from _indented(claim, 4)
                yield Text("      ") + _dim(claim["evidence"])
    if found["folded"]:
        yield Text()
        yield Text("folded: adds no source", style="bold")
        for claim in found["folded"]:
            yield from _indented(claim, 2)
            yield Text("    ") + _dim(claim["why"])
    if found["silent"]:
        yield Text()
        yield Text("takes no side", style="bold")
        for claim in found["silent"]:
            yield from _indented(claim, 2)
    yield from _conflict_lines(found["conflicts"])
    if found["variants"]:
        yield Text()
        yield Text("versions of one utterance", style="bold")
        for pair in found["variants"]:
            yield _line(pair["relation"], f"{_quoted(pair['a']['content'])} ({_file(pair['a'])})")
            yield _line("", f"{_quoted(pair['b']['content'])} ({_file(pair['b'])})")


def _article(found: View, styled: bool) -> Iterable[Text]:  # noqa: ARG001 - nothing is marked
    row = found["article"]
    yield _title("article", row["article_id"])
    for label, value in (
        ("file", row["source_uri"]),
        ("headline", row["title"]),
        ("outlet", row["publisher"]),
        ("published", row["published_at"]),
        ("by", ", ".join(row["byline"] or [])),
        ("language", row["language"]),
        ("status", row["status"]),
    ):
        if value:
            yield _line(label, str(value))
    for copy in found["copies"]:
        if copy["article_id"] != row["article_id"]:
            standing = " (the one that stands for the group)" if copy["is_canonical"] else ""
            yield _line("copy", _article_name(copy) + standing, copy["article_id"])
    for origin in dict.fromkeys((o["origin"], o["evidence"]) for o in found["origins"]):
        yield _line("origin", origin[0], origin[1].replace("_", " "))
    for refused in found["quarantine"]:
        yield _line("quarantine", f"{refused['source_uri']}: {refused['message']}", refused["reason"])
    yield Text()
    yield Text(f"{len(found['claims'])} claims, in the order of the text", style="bold")
    for claim in found["claims"]:
        contested = ", contested" if claim["contested"] else ""
        yield from _indented(claim, 2 + 2 * claim["layer"], file=False)
        yield Text(" " * (4 + 2 * claim["layer"])) + _dim(
            f"{_SIDES[claim['side']]}, group {claim['claim_group_id']}{contested}"
        )


def _entity(found: View, styled: bool) -> Iterable[Text]:  # noqa: ARG001 - nothing is marked
    row = found["entity"]
    yield _title("entity", row["entity_id"], row["type"])
    yield _line("name", row["name"])
    yield _line("also", ", ".join(alias for alias in row["aliases"] if alias != row["name"]) or "–")
    if row["actor_id"] != row["entity_id"] and found["actor"]:
        yield _line("speaks for", found["actor"], row["actor_id"])
    if found["state_media_of"]:
        yield _line("state media", found["state_media_of"], row["state_media_of"])
    if row["wikidata_id"]:
        yield _line("Wikidata", row["wikidata_id"])
    if found["speaks_for_it"]:
        yield _line("spoken for by", _names(found["speaks_for_it"]))
    counts = f"{row['n_mentions']} mentions in {row['n_articles']} articles"
    yield _line("", f"{counts}, {row['n_copy_groups']} copy groups")
    for key in ("asserting", "denying"):
        if found[key]:
            yield Text()
            yield Text(f"counts as {key}", style="bold")
            for group in found[key]:
                yield Text(f"  {_quoted(group['proposition'])}") + _dim(group["claim_group_id"])
                yield Text("    ") + _dim(_counts(group))
    if found["claims"]:
        yield Text()
        yield Text(f"source of {len(found['claims'])} claims", style="bold")
        for claim in found["claims"]:
            yield from _indented(claim, 2)


def _conflict(found: View, styled: bool) -> Iterable[Text]:  # noqa: ARG001 - nothing is marked
    row = found["conflict"]
    yield _title("conflict", row["conflict_id"], f"{row['strength']}, {row['type'].replace('_', ' ')}")
    yield Text(f"  {row['explanation']}", style="bold")
    yield _line("group", _quoted(found["group"]["proposition"]), row["claim_group_id"])
    for side in ("a", "b"):
        for number, claim in enumerate(found[side]):
            if not number:
                yield Text()
            yield from _indented(claim, 2)


def _title(kind: str, row_id: str, more: str = "") -> Text:
    return Text.assemble((f"{kind} ", "bold"), row_id, (f"  {more}" if more else "", "bold yellow"))


def _line(label: str, value: str, more: str = "") -> Text:
    return Text.assemble((f"  {label:<13} ", "bold"), value) + _dim(more)


def _dim(more: str) -> Text:
    return Text(f"  {more}" if more else "", style="dim")


def _indented(claim: View, indent: int, *, file: bool = True) -> Iterable[Text]:
    """A brief claim in a line: id, source, what it says and where."""
    place = f" ({_file(claim)})" if file else ""
    head = " (headline)" if claim["in_title"] else ""
    yield Text.assemble(
        " " * indent,
        (claim["claim_id"], "dim"),
        "  ",
        (_source(claim["source"], ", ".join(claim["source_names"])), "cyan"),
        f" [{claim['stance']}{', negated' if claim['negated'] else ''}] {_quoted(claim['content'])}{place}{head}",
    )


def _brief_lines(label: str, claims: Sequence[View]) -> Iterable[Text]:
    for claim in claims:
        said = f"{_source(claim['source'], ', '.join(claim['source_names']))}: {_quoted(claim['content'])}"
        yield _line(label, said, claim["claim_id"])


def _conflict_lines(conflicts: Sequence[View]) -> Iterable[Text]:
    if conflicts:
        yield Text()
        yield Text("conflicts", style="bold")
    for conflict in conflicts:
        style = "bold red" if conflict["strength"] == "hard" else "yellow"
        kind = conflict["type"].replace("_", " ")
        yield Text.assemble("  ", (f"{conflict['strength']} {kind}: ", style), conflict["explanation"]) + _dim(
            conflict["conflict_id"]
        )


def _counts(group: View) -> str:
    asserting, denying = group["n_independent_asserting"], group["n_independent_denying"]
    return f"{asserting} independent asserting, {denying} denying" + (", contested" if group["contested"] else "")


def _source(written: str | None, known: str) -> str:
    """The source as written, and who that is where the words do not say it."""
    words = " ".join((written or "").split())
    if not words:
        return known or "(no source)"
    return words if not known or known in words else f"{words} = {known}"


def _resolution(row: View) -> str:
    return f"{row['source_resolution']}{', unnamed' if row['source_anonymous'] else ''}"


def _names(entities: Sequence[View]) -> str:
    return ", ".join(entity["name"] for entity in entities)


def _time(row: View) -> str:
    return f"{row['event_time_start']:%Y-%m-%d %H:%M} to {row['event_time_end']:%Y-%m-%d %H:%M}"


def _article_name(article: View) -> str:
    known = [part for part in (article["publisher"], article["title"] and f"“{article['title']}”") if part]
    return " – ".join(part for part in (str(article["file"]), ", ".join(known)) if part)


def _file(claim: View) -> str:
    file: str = claim["article"]["file"]
    return file


def _quoted(text: str) -> str:
    """The words between marks, once: content that is one quotation brings its own."""
    words = " ".join(text.split())
    whole = words[:1] in '"“' and words[-1:] in '"”' and len(words) > 1 and not any(m in words[1:-1] for m in '"“”')
    return f"“{words[1:-1] if whole else words}”"
