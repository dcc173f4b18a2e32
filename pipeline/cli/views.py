"""What `newsclaims show` tells of a claim, a group, an article, an entity or a conflict, as plain dictionaries.

The shapes below are those of `--json`. A ``brief`` claim has: claim_id, article (brief), layer, in_title, source,
source_names, cue, stance, negated, content. A ``brief`` article has: article_id, file, publisher, title, published_at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.cli.lookup import Hit
from pipeline.cli.reading import ReleaseRows, Row, Rows
from pipeline.cli.sentences import sentence_of

View = dict[str, Any]
_ARTICLE = ("article_id", "source_uri", "publisher", "title", "published_at")
_BRIEF = (
    "claim_id",
    "article_id",
    "layer",
    "in_title",
    "source_text",
    "source_entity_ids",
    "cue_lemma",
    "stance",
    "negated",
    "content",
    "content_text",
)


def view(rows: ReleaseRows, hit: Hit) -> View:
    """The view of one thing."""
    made = {"claim": claim, "group": group, "article": article, "entity": entity, "conflict": conflict}[hit.kind]
    return {"kind": hit.kind, "release": rows.release.name, **made(rows, hit.id)}


def claim(rows: ReleaseRows, claim_id: str) -> View:
    """A claim.

    Keys: claim (the row), article (brief), sentence (text, start, end, marks), sources, targets, addressees, relayed_by
    (id and name each), group (the row of `claim_groups`), membership (the row of `claim_group_members`), parent,
    inside, refers_to (brief claims), conflicts (rows).
    """
    row = _required(rows.one("claims", "claim_id", claim_id), claim_id)
    text = _required(rows.one("articles", "article_id", row["article_id"]), row["article_id"])
    passages = rows.where("passages", "article_id", [row["article_id"]])
    membership = _required(rows.one("claim_group_members", "claim_id", claim_id), claim_id)
    here = rows.where("claims", "article_id", [row["article_id"]], (*_BRIEF, "parent_claim_id"))
    related = [
        row["parent_claim_id"],
        row["refers_to"],
        *(r["claim_id"] for r in here if r["parent_claim_id"] == claim_id),
    ]
    briefs = {b["claim_id"]: b for b in brief_claims(rows, [r for r in here if r["claim_id"] in related])}
    named = names(rows, (e for role in _ROLES.values() for e in row[role]))
    conflicts = rows.where("conflicts", "claim_group_id", [membership["claim_group_id"]])
    return {
        "claim": row,
        "article": _brief_article(text),
        "sentence": sentence_of(row, text["text"], passages),
        **{key: [{"id": e, "name": named.get(e, e)} for e in row[role]] for key, role in _ROLES.items()},
        "group": rows.one("claim_groups", "claim_group_id", membership["claim_group_id"]),
        "membership": membership,
        "parent": briefs.get(row["parent_claim_id"]),
        "inside": [briefs[r["claim_id"]] for r in here if r["parent_claim_id"] == claim_id],
        "refers_to": briefs.get(row["refers_to"]),
        "conflicts": [c for c in conflicts if claim_id in (*c["claim_ids_a"], *c["claim_ids_b"])],
    }


_ROLES = {
    "sources": "source_entity_ids",
    "targets": "target_entity_ids",
    "addressees": "addressee_entity_ids",
    "relayed_by": "relayed_by",
}


def group(rows: ReleaseRows, group_id: str) -> View:
    """A claim group.

    Keys: group (the row), asserting and denying (for each counted actor: id, name, claims (brief) that it rests on; an
    id of null gathers sources without one), folded (brief claims with ``why`` and ``side``), silent (brief claims),
    conflicts (rows), variants (rows with both claims brief).
    """
    row = _required(rows.one("claim_groups", "claim_group_id", group_id), group_id)
    members = {m["claim_id"]: m for m in rows.where("claim_group_members", "claim_group_id", [group_id])}
    claims = {b["claim_id"]: b for b in brief_claims(rows, rows.where("claims", "claim_id", members, _BRIEF))}
    named = names(rows, (e for m in members.values() for e in m["counted_actor_ids"]))
    ordered = sorted(claims.values(), key=_by_time)
    variants = [v for v in rows.where("quote_variants", "claim_id_a", members) if v["claim_id_b"] in claims]
    return {
        "group": row,
        "asserting": _actors(ordered, members, named, "asserts"),
        "denying": _actors(ordered, members, named, "denies"),
        "folded": [
            {**brief, "side": member["side"], "why": member["not_counted"]}
            for brief in ordered
            if (member := members[brief["claim_id"]])["side"] != "silent" and member["not_counted"] is not None
        ],
        "silent": [brief for brief in ordered if members[brief["claim_id"]]["side"] == "silent"],
        "conflicts": _hard_first(rows.where("conflicts", "claim_group_id", [group_id])),
        "variants": [{**v, "a": claims[v["claim_id_a"]], "b": claims[v["claim_id_b"]]} for v in variants],
    }


def _actors(ordered: Sequence[View], members: dict[str, Row], named: dict[str, str], side: str) -> list[View]:
    """The counted actors of one side by name, each with the claims that it rests on; sources without an id last."""
    resting: dict[str | None, list[View]] = defaultdict(list)
    for brief in ordered:
        member = members[brief["claim_id"]]
        if member["side"] == side and member["not_counted"] is None:
            for actor in member["counted_actor_ids"] or [None]:
                resting[actor].append({**brief, "relation": member["relation"], "evidence": member["evidence"]})
    made = [
        {"id": actor, "name": named.get(actor, actor) if actor else None, "claims": c} for actor, c in resting.items()
    ]
    return sorted(made, key=lambda a: (a["id"] is None, a["name"] or "", a["id"] or ""))


def article(rows: ReleaseRows, article_id: str) -> View:
    """An article.

    Keys: article (the row without its text), claims (brief, in text order, with claim_group_id, side and contested),
    copies (brief articles of its copy group, with is_canonical), origins (rows), quarantine (rows of the same file).
    """
    row = dict(_required(rows.one("articles", "article_id", article_id), article_id))
    row.pop("text")
    found = rows.where("claims", "article_id", [article_id], _BRIEF)
    members = rows.by_id("claim_group_members", "claim_id", (c["claim_id"] for c in found), ("claim_group_id", "side"))
    groups = rows.by_id(
        "claim_groups", "claim_group_id", (m["claim_group_id"] for m in members.values()), ("contested",)
    )
    briefs = [
        {
            **brief,
            "claim_group_id": (group_id := members[brief["claim_id"]]["claim_group_id"]),
            "side": members[brief["claim_id"]]["side"],
            "contested": groups[group_id]["contested"],
        }
        for brief in brief_claims(rows, sorted(found, key=_place))
    ]
    own = _required(rows.one("copy_groups", "article_id", article_id), article_id)
    copies = rows.where("copy_groups", "copy_group_id", [own["copy_group_id"]])
    others = rows.by_id("articles", "article_id", (c["article_id"] for c in copies), _ARTICLE)
    return {
        "article": row,
        "claims": briefs,
        "copies": [
            {**_brief_article(others[c["article_id"]]), "is_canonical": c["is_canonical"]}
            for c in sorted(copies, key=lambda c: (not c["is_canonical"], others[c["article_id"]]["source_uri"]))
            if len(copies) > 1
        ],
        "origins": rows.where("origins", "article_id", [article_id]),
        "quarantine": rows.where("quarantine", "source_file", [row["source_file"]]),
    }


def entity(rows: ReleaseRows, entity_id: str) -> View:
    """An entity.

    Keys: entity (the row), actor and state_media_of (names), speaks_for_it (entities whose actor it is), asserting and
    denying (rows of the groups in which it counts on that side), claims (brief, of which it is a source).
    """
    row = _required(rows.one("entities", "entity_id", entity_id), entity_id)
    named = names(rows, filter(None, (row["actor_id"], row["state_media_of"])))
    speaking = [e for e in rows.where("entities", "actor_id", [entity_id]) if e["entity_id"] != entity_id]
    found = rows.containing("claims", "source_entity_ids", entity_id)
    return {
        "entity": row,
        "actor": named.get(row["actor_id"]),
        "state_media_of": named.get(row["state_media_of"]),
        "speaks_for_it": [{"id": e["entity_id"], "name": e["name"]} for e in speaking],
        "asserting": rows.containing("claim_groups", "asserting_actor_ids", entity_id),
        "denying": rows.containing("claim_groups", "denying_actor_ids", entity_id),
        "claims": sorted(brief_claims(rows, found), key=_by_time),
    }


def conflict(rows: ReleaseRows, conflict_id: str) -> View:
    """A conflict: the row, its group's row, and the brief claims of both sides (``a``, ``b``)."""
    row = _required(rows.one("conflicts", "conflict_id", conflict_id), conflict_id)
    found = rows.where("claims", "claim_id", [*row["claim_ids_a"], *row["claim_ids_b"]], _BRIEF)
    briefs = sorted(brief_claims(rows, found), key=_by_time)
    return {
        "conflict": row,
        "group": rows.one("claim_groups", "claim_group_id", row["claim_group_id"]),
        "a": [b for b in briefs if b["claim_id"] in row["claim_ids_a"]],
        "b": [b for b in briefs if b["claim_id"] in row["claim_ids_b"]],
    }


def brief_claims(rows: ReleaseRows, claims: Rows) -> list[View]:
    """Claims in the order given, in brief."""
    articles = rows.by_id("articles", "article_id", (c["article_id"] for c in claims), _ARTICLE)
    named = names(rows, (e for c in claims for e in c["source_entity_ids"]))
    return [
        {
            "claim_id": c["claim_id"],
            "article": _brief_article(articles[c["article_id"]]),
            "layer": c["layer"],
            "in_title": c["in_title"],
            "source": c["source_text"],
            "source_names": [named.get(e, e) for e in c["source_entity_ids"]],
            "cue": c["cue_lemma"],
            "stance": c["stance"],
            "negated": c["negated"],
            "content": c["content_text"],
        }
        for c in claims
    ]


def names(rows: ReleaseRows, entity_ids: Iterable[str]) -> dict[str, str]:
    """Entity id -> name."""
    return {k: row["name"] for k, row in rows.by_id("entities", "entity_id", entity_ids, ("name",)).items()}


def _brief_article(row: Row) -> View:
    return {
        "article_id": row["article_id"],
        "file": row["source_uri"],
        "publisher": row["publisher"],
        "title": row["title"],
        "published_at": row["published_at"],
    }


def _hard_first(conflicts: Rows) -> Rows:
    return sorted(conflicts, key=lambda c: (c["strength"] != "hard", c["type"], c["conflict_id"]))


def _by_time(brief: View) -> tuple[bool, str, str, str]:
    published = brief["article"]["published_at"]
    return published is None, str(published or ""), brief["article"]["file"], brief["claim_id"]


def _place(row: Row) -> tuple[int, int, str]:
    return min((piece["start"] for piece in row["content"]), default=0), row["layer"], row["claim_id"]


def _required(row: Row | None, row_id: str) -> Row:
    if row is None:
        raise ValueError(f"{row_id} is named by another row of the release but is not there; run `newsclaims verify`")
    return row
