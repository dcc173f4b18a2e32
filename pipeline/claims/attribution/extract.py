"""The order of steps from a parsed article to its rows of the `attributions` table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from spacy.tokens import Doc

from pipeline.claims.attribution.adjectives import attribute_adjectives
from pipeline.claims.attribution.announced import Announcements
from pipeline.claims.attribution.denials import find_denials
from pipeline.claims.attribution.experiencers import attribute_experiences
from pipeline.claims.attribution.found import Found, Place, Span
from pipeline.claims.attribution.headlines import attribute_headline, attribute_headline_verb, attribute_turn
from pipeline.claims.attribution.layers import Layered, arrange_layers, split_by_quotation
from pipeline.claims.attribution.lexicon import load_lexicon
from pipeline.claims.attribution.nouns import (
    attribute_drawn_nouns,
    attribute_followers,
    attribute_named_aims,
    attribute_nouns,
)
from pipeline.claims.attribution.parties import Parties, describe_parties
from pipeline.claims.attribution.phrases import attribute_according_to, attribute_phrases, attribute_points_of_view
from pipeline.claims.attribution.quotations import find_quotations
from pipeline.claims.attribution.quoting import QuotationIndex, fit_to_quotations, quote_type, quoted_parts
from pipeline.claims.attribution.references import find_references
from pipeline.claims.attribution.relatives import attribute_relative_objects
from pipeline.claims.attribution.rules import confidence_of
from pipeline.claims.attribution.speech import Speech
from pipeline.claims.attribution.stance import content_negated, stance_of
from pipeline.claims.attribution.tangles import untangle
from pipeline.claims.attribution.times import Dates
from pipeline.claims.attribution.verbs import attribute_verbs
from pipeline.claims.attribution.voices import finish_reports, settle_voices
from pipeline.tables import ATTRIBUTIONS, row_id
from pipeline.text.parsed import ParsedArticle, parse_articles

MAX_HEADLINE = 24  # tokens
MIN_TURNS = 3  # paragraphs that begin with a speaker and a colon, from which an article is an interview


def extract_attributions(
    articles: pa.Table, passages: pa.Table, annotations: pa.Table, document_mentions: pa.Table
) -> pa.Table:
    """All attributions of the articles, as rows of the `attributions` table, in no particular order."""
    mentions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for mention in document_mentions.to_pylist():
        mentions[mention["article_id"]].append(mention)
    rows: list[dict[str, Any]] = []
    for article in parse_articles(articles, passages, annotations):
        rows.extend(attribute_article(article, mentions[article.article_id]))
    return ATTRIBUTIONS.from_rows(rows)


def attribute_article(article: ParsedArticle, mentions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one article: rules on each passage, then what spans passages, then parties, references and layers."""
    tagged = list(article.tagged)
    quotations = find_quotations(article.text, [(p.passage_no, p.start, p.end) for p in tagged])
    places = [
        Place(p.passage_no, p.start, p.doc, p.kind == "title", _reads_as_headline(p.kind, p.passage_no, p.doc))
        for p in tagged
        if p.doc is not None
    ]
    known = _names_in(places)
    turns = {place.passage_no: turn for place in places if (turn := attribute_turn(place)) is not None}
    if len(turns) < MIN_TURNS:
        turns = {}
    found = [f for place in places if place.passage_no not in turns for f in apply_rules(place, known)] + list(
        turns.values()
    )
    found = fit_to_quotations(article.text, found, quotations)
    inner, outer = split_by_quotation(found, quotations)
    outer = untangle(article.text, outer)
    outer = settle_voices(article.text, outer, quotations)
    outer = Speech(article.text, places, quotations, load_lexicon()).attribute(outer)
    outer = Announcements(article.text, places, quotations, load_lexicon()).attribute(outer)
    outer = finish_reports(article.text, places, quotations, outer, load_lexicon())
    layered = arrange_layers(article.text, outer, inner)
    stances = [stance_of(item.found) for item in layered]
    parties = describe_parties(article.text, layered, mentions, quotations, stances)
    ids = [_claim_id(article, item.found) for item in layered]
    references = find_references(article.text, layered, stances)
    index = QuotationIndex(quotations)
    spoken = [_is_direct(article.text, item, index) for item in layered]
    denials = find_denials(article.text, layered, stances, spoken, parties, mentions)
    references |= denials
    stances = ["deny" if i in denials else stance for i, stance in enumerate(stances)]
    dates = Dates(places, article.published_at)
    rows: dict[str, dict[str, Any]] = {}
    for i, item in enumerate(layered):
        row = _row(article, item, parties[i], index)
        row["parent_claim_id"] = None if item.parent is None else ids[item.parent]
        row["refers_to"] = ids[references[i]] if i in references else None
        row["stance"] = stances[i]
        time = dates.of(item.found.content)
        row |= {"event_time_start": time.start, "event_time_end": time.end, "time_text": time.text}
        rows.setdefault(ids[i], row)
    return list(rows.values())


def _reads_as_headline(kind: str, passage_no: int, doc: Doc) -> bool:
    """Whether a passage is a title, or stands first and is one short sentence or none."""
    return kind == "title" or (passage_no == 0 and len(doc) <= MAX_HEADLINE and sum(1 for _ in doc.sents) <= 2)


def _names_in(places: Sequence[Place]) -> frozenset[str]:
    """The words, lower case, of the names of people and bodies in the text below the title."""
    return frozenset(
        token.lower_
        for place in places
        if not place.headline
        for token in place.doc
        if token.ent_type_ in ("PERSON", "ORG", "NORP") and token.pos_ == "PROPN" and token.text[:1].isupper()
    )


def apply_rules(place: Place, known: frozenset[str] = frozenset()) -> Iterable[Found]:
    """What the rules for single sentences find in one passage; ``known`` are words of names in the article."""
    lexicon = load_lexicon()
    yield from attribute_headline(place, known)
    yield from attribute_relative_objects(place, lexicon)
    verbs = list(attribute_verbs(place, lexicon))
    yield from verbs
    if place.headline and not verbs:
        headline = attribute_headline_verb(place, lexicon)
        yield from [headline] if headline is not None else []
    yield from attribute_according_to(place)
    yield from attribute_phrases(place, lexicon)
    yield from attribute_points_of_view(place)
    yield from attribute_nouns(place, lexicon)
    yield from attribute_drawn_nouns(place, lexicon)
    yield from attribute_named_aims(place, lexicon)
    yield from attribute_followers(place, lexicon)
    yield from attribute_adjectives(place, lexicon)
    yield from attribute_experiences(place, lexicon)


def _is_direct(text: str, item: Layered, index: QuotationIndex) -> bool:
    return quote_type(text, item.found.content, quoted_parts(item.found.content, index)) == "direct"


def _claim_id(article: ParsedArticle, found: Found) -> str:
    spans = ";".join(f"{start}-{end}" for start, end in (*found.cue, (-1, -1), *found.content))
    return row_id(article.article_id, spans)


def _row(
    article: ParsedArticle,
    item: Layered,
    parties: Parties,
    quotations: QuotationIndex,
) -> dict[str, Any]:
    found, text = item.found, article.text
    quoted = quoted_parts(found.content, quotations)
    return {
        "claim_id": _claim_id(article, found),
        "article_id": article.article_id,
        "content_sha256": article.content_sha256,
        "layer": 0 if item.parent is None else 1,
        "relayed_by_clusters": parties.relays,
        "source_clusters": parties.source,
        "target_clusters": parties.targets,
        "addressee_clusters": parties.addressees,
        "content_clusters": [cluster for _, _, cluster in parties.inside],
        "content_entity_starts": [start for start, _, _ in parties.inside],
        "content_entity_ends": [end for _, end, _ in parties.inside],
        "source_text": None if found.source is None else text[slice(*found.source)],
        "source_start": None if found.source is None else found.source[0],
        "source_end": None if found.source is None else found.source[1],
        "source_resolution": parties.resolution,
        "source_anonymous": parties.anonymous,
        "cue": [_text_span(text, span) for span in found.cue],
        "cue_lemma": found.cue_lemma,
        "content": [_text_span(text, span) for span in found.content],
        "content_text": " … ".join(text[slice(*span)] for span in found.content),
        "quoted_spans": [{"start": start, "end": end} for start, end in quoted],
        "quote_type": quote_type(text, found.content, quoted),
        "negated": content_negated(found),
        "in_title": found.in_title,
        "confidence": confidence_of(found),
        "rule": found.rule,
    }


def _text_span(text: str, span: Span) -> dict[str, Any]:
    return {"text": text[slice(*span)], "start": span[0], "end": span[1]}
