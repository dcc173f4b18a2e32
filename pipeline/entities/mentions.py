"""From annotations to one article's clustered mentions: the steps of `find_mentions`, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
from spacy.tokens import Token

from pipeline.entities.clusters import Cluster, cluster_mentions
from pipeline.entities.datelines import find_in_datelines
from pipeline.entities.labels import correct_label, label_by_head, label_by_shape, label_surnames, majority_labels
from pipeline.entities.lexicon import Lexicon, lexicon_digest, load_lexicon
from pipeline.entities.propagation import find_passed_over
from pipeline.entities.repair import (
    find_place_inside,
    join_names,
    repair_span,
    split_owner,
    strip_titles,
    without_overlaps,
)
from pipeline.entities.roles import Role, read_roles
from pipeline.entities.spans import Mention, Passage, read_spans, surface, tagged_passages
from pipeline.entities.wording import label_by_wording
from pipeline.gazetteer import Gazetteer, load_gazetteer
from pipeline.settings import Settings
from pipeline.tables import DOCUMENT_MENTIONS, row_id
from pipeline.text.parsed import ParsedArticle, parse_articles

CODE_VERSION = "3"


def find_mentions(articles: pa.Table, passages: pa.Table, annotations: pa.Table, settings: Settings) -> pa.Table:  # noqa: ARG001 (a stage's signature)
    """The `document_mentions` of the articles, each article on its own.

    ``passages`` and ``annotations`` may hold more than these articles need. Offsets are code points into
    `articles.text`. Dates, times and amounts are mentions without a cluster.
    """
    gazetteer, lexicon = load_gazetteer(), load_lexicon()
    rows: list[dict[str, Any]] = []
    for article in parse_articles(articles, passages, annotations):
        rows.extend(article_mentions(article, gazetteer, lexicon))
    return DOCUMENT_MENTIONS.from_rows(rows)


def mentions_version(settings: Settings) -> str:  # noqa: ARG001 (a stage's signature)
    """What decides the mentions, besides the annotations: this code and the data files."""
    return f"mentions {CODE_VERSION} gazetteer {load_gazetteer().digest} lexicon {lexicon_digest()}"


def article_mentions(article: ParsedArticle, gazetteer: Gazetteer, lexicon: Lexicon) -> list[dict[str, Any]]:
    """The rows of one article."""
    passages = tagged_passages(article)
    mentions = label_mentions(passages, gazetteer, lexicon)
    roles = read_roles(passages, mentions, gazetteer, lexicon)
    everything = sorted([*find_in_datelines(article, gazetteer), *mentions], key=lambda m: (m.start, m.end))
    clusters = cluster_mentions(article.text, everything, gazetteer, lexicon, roles)
    return [_row(article.article_id, mention, clusters.get(mention), roles.get(mention)) for mention in everything]


def label_mentions(passages: Mapping[int, Passage], gazetteer: Gazetteer, lexicon: Lexicon) -> list[Mention]:
    """The mentions in an article's passages with final spans and labels, in text order.

    None overlap, but a body's name may hold that of the place at its end.
    """
    repaired = [
        mention
        for passage in passages.values()
        for found in read_spans(passage)
        for mention in repair_span(found, passage, gazetteer, lexicon)
    ]
    places = {surface(mention.text) for mention in repaired if mention.label == "GPE"}
    split = [
        label_by_shape(correct_label(part, gazetteer), passages[mention.passage_no], lexicon)
        for mention in repaired
        for part in split_owner(
            label_by_head(correct_label(mention, gazetteer), lexicon),
            passages[mention.passage_no],
            gazetteer,
            lexicon,
            places,
        )
    ]
    worded = label_by_wording(split, passages, lexicon)
    labelled = majority_labels(label_surnames(worded, lexicon))
    stripped = [part for m in labelled for part in strip_titles(m, passages[m.passage_no], lexicon)]
    joined = without_overlaps(join_names(stripped, passages, lexicon))
    found = find_passed_over(passages, joined, gazetteer, lexicon)
    complete = without_overlaps(majority_labels([*joined, *found]))
    owned = own_organs(mark_governments(complete, passages, lexicon), passages, lexicon)
    inside = [place for m in owned for place in find_place_inside(m, passages[m.passage_no], gazetteer)]
    return sorted([*owned, *inside], key=lambda mention: (mention.start, mention.end))


def mark_governments(mentions: Sequence[Mention], passages: Mapping[int, Passage], lexicon: Lexicon) -> list[Mention]:
    """The mentions with the word noted that makes a person's name that of a government: `the Berg administration`."""
    return [
        replace(mention, government=following.text)
        if mention.label == "PERSON" and (following := _government_after(mention, passages, lexicon)) is not None
        else mention
        for mention in mentions
    ]


def _government_after(mention: Mention, passages: Mapping[int, Passage], lexicon: Lexicon) -> Token | None:
    doc = passages[mention.passage_no].doc
    after = mention.after
    if after < len(doc) and doc[after].text in ("'s", "’s", "'", "’"):
        after += 1
    following = doc[after] if after < len(doc) else None
    before = doc[mention.first - 1].lower_ if mention.first else ""
    is_modified = before in lexicon.small_words["determiner"] or before in lexicon.small_words["former"]
    named = following is not None and following.lower_ in lexicon.small_words["government"]
    return following if named and (is_modified or " " not in mention.text) else None


def own_organs(mentions: list[Mention], passages: Mapping[int, Passage], lexicon: Lexicon) -> list[Mention]:
    """The mentions with the state's name noted on every state organ that stands right after it.

    `Norland's Trade Ministry` and `the Norlandish Trade Ministry` name the organ with its state, in two mentions.
    """
    result: list[Mention] = []
    for mention in mentions:
        owner = result[-1] if result else None
        if (
            owner is not None
            and mention.label == "ORG"
            and mention.owner is None
            and owner.passage_no == mention.passage_no
            and owner.key is not None
            and owner.label in ("GPE", "NORP")
            and lexicon.is_state_organ(mention.text)
            and passages[mention.passage_no].article_text[owner.end : mention.start].strip()
            in ("", "'s", "’s", "’", "'")
        ):
            result.append(replace(mention, owner=surface(owner.text)))
        else:
            result.append(mention)
    return result


def _row(article_id: str, mention: Mention, cluster: Cluster | None, role: Role | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "mention_id": row_id(article_id, str(mention.start), str(mention.end)),
        "article_id": article_id,
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "label": mention.label,
        "method": mention.method,
        "role": role.text or None if role else None,
    }
    if cluster is not None:
        row |= {
            "cluster_no": cluster.number,
            "cluster_name": cluster.name,
            "cluster_type": cluster.type,
            "gazetteer_id": cluster.key,
            "affiliation": cluster.affiliation,
        }
    return row
