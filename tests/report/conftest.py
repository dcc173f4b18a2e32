"""Tables of three invented articles: an accusation, its denial, a syndicated copy and a drifted quotation."""

from __future__ import annotations

import datetime
import itertools
import json
import posixpath
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

import pyarrow as pa
import pytest

from pipeline.tables import PUBLISHED, TABLES, row_id

Rows = dict[str, list[dict[str, Any]]]

HARBOUR = """Vessia accuses Norland of mining the strait

Port Aldra — Vessia on Monday accused Norland of laying mines in the Aldra Strait.

“We found eleven mines in one night,” said Mira Tolvane, the Vessian defence minister.

Norland denies the accusation.

“Our fishermen will not leave,” Tolvane said, “until the strait is open.”

Latest posts"""
COAST = """Norland rejects strait claims

Norland’s foreign ministry said on Tuesday that the allegations by Vessia about mines in the Aldra Strait were invented.

According to the Harbour Wire, analysts predict that shipping will stop for weeks.

Vessia’s minister said her sailors had found "mines in one night"."""
ARTICLES: tuple[tuple[str, str, str | None, str | None, int], ...] = (
    ("harbour.txt", HARBOUR, "Harbour Wire", "https://harbourwire.example/strait", 3),
    ("inland.txt", HARBOUR, "Inland Courier", None, 4),
    ("coast.md", COAST, None, "http://coast.example/reply?a=1&b=2", 4),
)


def article_id(source_uri: str) -> str:
    return row_id(source_uri)


def entity_id(name: str) -> str:
    return row_id("entity", name)


def span(text: str, words: str, after: str = "") -> dict[str, Any]:
    """The first place of ``words`` in ``text`` behind the first place of ``after``."""
    start = text.index(words, text.index(after))
    return {"text": words, "start": start, "end": start + len(words)}


def quoted(text: str, words: str) -> dict[str, int]:
    """The span of words inside quotation marks."""
    place = span(text, words)
    return {"start": place["start"], "end": place["end"]}


def claim_row(
    source_uri: str, text: str, source: str | None, cue: list[str], content: list[str], stance: str, **more: Any
) -> dict[str, Any]:
    pieces = [span(text, words) for words in content]
    place = span(text, source) if source else None
    return {
        "claim_id": row_id(source_uri, *cue, *content),
        "article_id": article_id(source_uri),
        "content_sha256": row_id(text),
        "layer": 0,
        "relayed_by": [],
        "source_text": source,
        "source_start": place["start"] if place else None,
        "source_end": place["end"] if place else None,
        "source_entity_ids": [],
        "source_resolution": "named" if source else "implicit",
        "source_anonymous": False,
        "cue": [span(text, words) for words in cue],
        "cue_lemma": cue[0] if cue else "",
        "content": pieces,
        "content_text": " … ".join(content),
        "quoted_spans": [],
        "quote_type": "indirect",
        "stance": stance,
        "negated": False,
        "target_entity_ids": [],
        "addressee_entity_ids": [],
        "in_title": False,
        "confidence": 0.9,
        "rule": "invented",
        **more,
    }


def article_row(
    source_uri: str, text: str, publisher: str | None = None, url: str | None = None, day: int | None = None
) -> dict[str, Any]:
    return {
        "article_id": article_id(source_uri),
        "source_uri": source_uri,
        "source_file": source_uri,
        "content_sha256": row_id(text),
        "article_digest": row_id(source_uri, text),
        "format": "txt",
        "text": text,
        "title": text.split("\n", 1)[0],
        "byline": [],
        "publisher": publisher,
        "url": url,
        "published_at": datetime.datetime(2031, 3, day, tzinfo=datetime.UTC) if day else None,
        "language": "en",
        "n_words": len(text.split()),
        "status": "tagged",
        "metadata_evidence": [],
    }


def passage_rows(source_uri: str, text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    start = 0
    for number, words in enumerate(text.split("\n\n")):
        start = text.index(words, start)
        end = start + len(words)
        kind = "title" if number == 0 else "boilerplate" if words == "Latest posts" else "body"
        rows.append(
            {
                "article_id": article_id(source_uri),
                "passage_no": number,
                "start": start,
                "end": end,
                "kind": kind,
                "passage_sha256": row_id(words),
            }
        )
        start = end
    return rows


def _claims() -> list[dict[str, Any]]:
    norland, vessia, wire = entity_id("Norland"), entity_id("Vessia"), entity_id("Harbour Wire")
    tolvane = entity_id("Mira Tolvane")
    claims: list[dict[str, Any]] = []
    for uri in ("harbour.txt", "inland.txt"):
        mines = "laying mines in the Aldra Strait"
        accusation = claim_row(
            uri, HARBOUR, "Vessia", ["accused", "of"], [mines], "accuse",
            source_entity_ids=[vessia], target_entity_ids=[norland],
        )  # fmt: skip
        denial = claim_row(
            uri, HARBOUR, "Norland", ["denies"], ["the accusation"], "deny",
            source_entity_ids=[norland], refers_to=accusation["claim_id"],
        )  # fmt: skip
        found = claim_row(
            uri, HARBOUR, "Mira Tolvane", ["said"], ["“We found eleven mines in one night,”"], "assert",
            source_entity_ids=[tolvane], quote_type="direct",
            quoted_spans=[quoted(HARBOUR, "We found eleven mines in one night,")],
        )  # fmt: skip
        pledge = claim_row(
            uri, HARBOUR, "Tolvane", ["Tolvane said"],
            ["“Our fishermen will not leave,”", "“until the strait is open.”"], "pledge",
            source_entity_ids=[tolvane], quote_type="direct",
        )  # fmt: skip
        headline = claim_row(
            uri, HARBOUR, "Vessia", ["accuses"], ["Norland of mining the strait"], "accuse",
            source_entity_ids=[vessia], in_title=True,
        )  # fmt: skip
        claims += [accusation, denial, found, pledge, headline]
    whole = "analysts predict that shipping will stop for weeks"
    outer = claim_row(
        "coast.md", COAST, "the Harbour Wire", ["According to"], [whole], "assert", source_entity_ids=[wire]
    )
    inner = claim_row(
        "coast.md", COAST, "analysts", ["predict"], ["that shipping will stop for weeks"], "predict",
        layer=1, parent_claim_id=outer["claim_id"], relayed_by=[wire], source_anonymous=True,
    )  # fmt: skip
    invented = claim_row(
        "coast.md", COAST, "Norland’s foreign ministry", ["said"],
        ["that the allegations by Vessia about mines in the Aldra Strait were invented"], "deny",
        source_entity_ids=[norland],
    )  # fmt: skip
    allegations = claim_row(
        "coast.md", COAST, "Vessia", ["allegations by"], ["about mines in the Aldra Strait"], "accuse",
        layer=1, parent_claim_id=invented["claim_id"], source_entity_ids=[vessia],
    )  # fmt: skip
    drifted = claim_row(
        "coast.md", COAST, "Vessia’s minister", ["said"], ["her sailors had found \"mines in one night\""], "assert",
        source_entity_ids=[vessia], source_resolution="coreference", quote_type="mixed",
        quoted_spans=[quoted(COAST, "mines in one night")],
    )  # fmt: skip
    return [*claims, outer, inner, invented, allegations, drifted]


def invented_rows() -> Rows:
    """Rows of every published table, by table name."""
    rows: Rows = {name: [] for name in PUBLISHED}
    rows["articles"] = [article_row(*article) for article in ARTICLES]
    rows["passages"] = [row for article in ARTICLES for row in passage_rows(article[0], article[1])]
    rows["quarantine"] = [
        {
            "source_uri": "broken/week12.json",
            "source_file": "broken/week12.json",
            "content_sha256": row_id("broken"),
            "stage": "ingest",
            "reason": "malformed",
            "message": "The JSON ends in the middle of a record (line 3); save the file again and re-run.",
        }
    ]
    harbour, inland, coast = (article_id(uri) for uri, *_ in ARTICLES)
    first, second = sorted((harbour, inland))
    rows["duplicate_pairs"] = [
        {
            "article_id_a": first,
            "article_id_b": second,
            "jaccard": 0.96,
            "containment_a_in_b": 1.0,
            "containment_b_in_a": 0.96,
            "kind": "near",
        }
    ]
    rows["copy_groups"] = [
        {"article_id": harbour, "copy_group_id": row_id(first), "is_canonical": True, "n_articles": 2,
         "canonical_reason": "earliest"},
        {"article_id": inland, "copy_group_id": row_id(first), "is_canonical": False, "n_articles": 2,
         "canonical_reason": "earliest"},
        {"article_id": coast, "copy_group_id": row_id(coast), "is_canonical": True, "n_articles": 1,
         "canonical_reason": "only"},
    ]  # fmt: skip
    credit = span(COAST, "According to the Harbour Wire")
    rows["origins"] = [
        {"article_id": coast, "origin": "Harbour Wire", "evidence": "according_to", "start": credit["start"],
         "end": credit["end"]},
        {"article_id": harbour, "origin": "Harbour Wire", "evidence": "publisher"},
        {"article_id": inland, "origin": "Harbour Wire", "evidence": "copy"},
    ]  # fmt: skip
    left, right = ("harbour.txt", HARBOUR), ("coast.md", COAST)
    if article_id(left[0]) > article_id(right[0]):
        left, right = right, left
    found = [span(text, "mines in one night") for _, text in (left, right)]
    rows["shared_passages"] = [
        {
            "shared_id": row_id("shared"),
            "article_id_a": article_id(left[0]),
            "article_id_b": article_id(right[0]),
            "passage_no_a": 2 if left[1] == HARBOUR else 3,
            "passage_no_b": 2 if right[1] == HARBOUR else 3,
            "start_a": found[0]["start"],
            "end_a": found[0]["end"],
            "start_b": found[1]["start"],
            "end_b": found[1]["end"],
            "kind": "run",
            "n_words": 4,
        }
    ]
    actors = {"Norland": "Norland", "Vessia": "Vessia", "Mira Tolvane": "Vessia", "Harbour Wire": "Harbour Wire"}
    rows["entities"] = [
        {
            "entity_id": entity_id(name),
            "name": name,
            "type": "GPE",
            "aliases": [name],
            "actor_id": entity_id(actor),
            "state_media_of": entity_id("Vessia") if name == "Harbour Wire" else None,
            "n_mentions": 3,
            "n_articles": 2,
            "n_copy_groups": 1,
        }
        for name, actor in actors.items()
    ]
    rows["claims"] = _claims()
    _group(rows)
    return rows


ACTORS = {
    entity_id(name): entity_id(actor)
    for name, actor in {
        "Norland": "Norland", "Vessia": "Vessia", "Mira Tolvane": "Vessia", "Harbour Wire": "Harbour Wire"
    }.items()
}  # fmt: skip


def _group(rows: Rows) -> None:
    claims = rows["claims"]
    by_content: dict[str, list[dict[str, Any]]] = {}
    topics = {
        "laying mines in the Aldra Strait": "mines", "the accusation": "mines", "Norland of mining the strait": "mines",
        "that the allegations by Vessia about mines in the Aldra Strait were invented": "mines",
        "about mines in the Aldra Strait": "mines",
        "“We found eleven mines in one night,”": "night", "her sailors had found \"mines in one night\"": "night",
    }  # fmt: skip
    for claim in claims:
        by_content.setdefault(str(topics.get(claim["content_text"], claim["content_text"])), []).append(claim)
    norland = entity_id("Norland")
    for topic, members in by_content.items():
        group_id = row_id("group", topic)
        contested = topic == "mines"
        rows["claim_groups"].append(
            {
                "claim_group_id": group_id,
                "proposition": members[0]["content_text"],
                "n_claims": len(members),
                "n_articles": len({m["article_id"] for m in members}),
                "n_copy_groups": 2 if topic in ("mines", "night") else 1,
                "n_origins": 1,
                "asserting_actor_ids": sorted(
                    {ACTORS[e] for m in members if m["stance"] != "deny" for e in m["source_entity_ids"]}
                ),
                "denying_actor_ids": [norland] if contested else [],
                "n_independent_asserting": 1,
                "n_independent_denying": 1 if contested else 0,
                "contested": contested,
                "first_published_at": datetime.datetime(2031, 3, 3, tzinfo=datetime.UTC),
            }
        )
        rows["claim_group_members"] += [
            {
                "claim_id": m["claim_id"],
                "claim_group_id": group_id,
                "relation": "denies" if m["stance"] == "deny" else "same",
                "score": 0.8,
                "evidence": "same parties and act",
                "side": "denies" if m["stance"] == "deny" else "asserts",
                "counted_actor_ids": sorted({ACTORS[e] for e in m["source_entity_ids"]}),
                "not_counted": "headline of an article whose body names the source" if m["in_title"] else None,
            }
            for m in members
        ]
    mines = by_content["mines"]
    rows["conflicts"] = [
        {
            "conflict_id": row_id("conflict"),
            "claim_group_id": row_id("group", "mines"),
            "type": "accusation_vs_denial",
            "strength": "hard",
            "claim_ids_a": sorted(m["claim_id"] for m in mines if m["stance"] != "deny"),
            "claim_ids_b": sorted(m["claim_id"] for m in mines if m["stance"] == "deny"),
            "explanation": "Vessia accuses Norland of laying mines; Norland denies it.",
        }
    ]
    night = by_content["night"]
    drifted = night[-1]["claim_id"]
    rows["quote_variants"] = [
        {
            "claim_id_a": min(drifted, other["claim_id"]),
            "claim_id_b": max(drifted, other["claim_id"]),
            "relation": "truncated",
            "diff": _night_diff(turned=drifted < other["claim_id"]),
        }
        for other in night[:-1]
    ]


def _night_diff(*, turned: bool) -> str:
    """From the quotation to its drifted version, or the other way round."""
    a, b = ("b", "a") if turned else ("a", "b")
    operations = [
        {"op": "replace", a: "We", b: "her sailors had", "inside_quotation": False},
        {"op": "insert" if turned else "delete", a: "eleven", b: "", "inside_quotation": True},
    ]
    return json.dumps(operations)


def build_tables(rows: Rows) -> dict[str, pa.Table]:
    return {name: TABLES[name].from_rows(rows[name]) for name in PUBLISHED}


@pytest.fixture(scope="session")
def invented_corpus() -> Callable[[], Rows]:
    """A fresh copy of the invented rows at each call, free to be changed."""
    return invented_rows


@pytest.fixture(scope="session")
def as_tables() -> Callable[[Rows], dict[str, pa.Table]]:
    return build_tables


_VOID = {"meta", "br", "link", "img", "input", "hr"}


class Document(HTMLParser):
    """What the tests ask of a page: elements with attributes, ids, links, the text inside each marked claim."""

    def __init__(self, html: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html.decode()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.marked: dict[str, str] = {}
        self.text_by_id: dict[str, str] = {}
        self.folded_ids: set[str | None] = set()
        self.errors: list[str] = []
        self.text = ""
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if any(around == "details" for around, _ in self.open):
            self.folded_ids.add(dict(attrs).get("id"))
        if tag in ("td", "th", "dd", "dt"):
            self.handle_data(" ")  # a cell ends a word
        if tag not in _VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.errors.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if any(tag == "style" for tag, _ in self.open):
            return
        self.text += data
        if any(tag == "sup" for tag, _ in self.open):
            return
        for tag, attributes in self.open:
            key = attributes.get("id") or attributes.get("data-of")
            if key and tag == "mark":
                self.marked[key] = self.marked.get(key, "") + data
            if element_id := attributes.get("id"):
                self.text_by_id[element_id] = self.text_by_id.get(element_id, "") + data

    @property
    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.elements if "id" in attributes]

    @property
    def links(self) -> list[str]:
        return [str(attributes["href"]) for tag, attributes in self.elements if tag == "a"]

    def words(self, element_id: str) -> str:
        """The text inside an element, spaces squeezed."""
        return " ".join(self.text_by_id[element_id].split())


def check_pages(pages: Mapping[str, bytes]) -> dict[str, Document]:
    """Facts that hold for every report; returns its documents by path."""
    documents = {path: Document(html) for path, html in pages.items()}
    assert "index.html" in documents
    targets = {f"{path}#{element_id}" for path, document in documents.items() for element_id in document.ids}
    hidden = {f"{path}#{element_id}" for path, document in documents.items() for element_id in document.folded_ids}
    for path, document in documents.items():
        _check_document(document)
        for link in document.links:
            if re.match(r"https?://", link):
                continue
            file, _, fragment = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
            assert target in documents, f"{path} links to {link}"
            assert not fragment or f"{target}#{fragment}" in targets, f"{path} links to {link}"
            assert f"{target}#{fragment}" not in hidden, f"{path} links to {link}, which is folded away"
    return documents


def _check_document(document: Document) -> None:
    assert not document.errors
    assert not document.open
    assert len(document.ids) == len(set(document.ids))
    forbidden = {"script", "iframe", "object", "embed", "img", "link", "base", "form", "image", "use", "foreignobject"}
    assert not [tag for tag, _ in document.elements if tag in forbidden]
    for tag, attributes in document.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert not set(attributes) & {"src", "srcset", "style", "action", "formaction", "background"}, tag
        assert "href" not in attributes or tag == "a"
        if tag == "th":
            assert attributes.get("scope") in ("col", "row")
        if tag == "svg" and attributes.get("aria-hidden") != "true":
            assert attributes.get("role") == "img"
            assert attributes.get("aria-label")
        for reference in ("aria-labelledby", "aria-describedby"):
            assert reference not in attributes or attributes[reference] in document.ids
    assert "@import" not in document.html
    assert "url(" not in document.html.split("</style>", maxsplit=1)[0]
    levels = [int(tag[1]) for tag, _ in document.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert [tag for tag, _ in document.elements].count("main") == 1


@pytest.fixture(scope="session")
def checked() -> Callable[[Mapping[str, bytes]], dict[str, Document]]:
    return check_pages
