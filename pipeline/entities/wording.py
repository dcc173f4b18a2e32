"""Labels of mentions by the words beside them: titles and ages, verbs of speech, prepositions of place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.entities.lexicon import Lexicon
from pipeline.entities.spans import PLACES, Mention, Passage, surface

EVIDENCE = ("addressed", "articled", "speaking", "placed", "body")
_SAYS_WHAT = frozenset({"addressed", "placed", "speaking"})
_NO_BODIES = frozenset({"PERSON", "NORP", *PLACES})
_AGE = re.compile(r", [1-9]\d(?=[,;.])")


def label_by_wording(mentions: Sequence[Mention], passages: Mapping[int, Passage], lexicon: Lexicon) -> list[Mention]:
    """The mentions with unlisted names relabelled where the words around one of them say what it is.

    A form of address or a role before it, or an age after it, makes a name a person's; a verb of speech beside a
    single name that never has an article likewise. A preposition of place before it, or a word for places beside it,
    makes a name a place unless it speaks or is addressed elsewhere; a word for bodies after it makes it a body.
    """
    evidence: dict[str, set[str]] = {kind: set() for kind in EVIDENCE}
    for mention in mentions:
        if mention.is_name and mention.key is None:
            for kind in _evidence(mention, passages[mention.passage_no], lexicon):
                evidence[kind].add(surface(mention.text))
    evidence["longer"] = _first_words(mentions)
    return [_label_by_wording(mention, evidence, lexicon) for mention in mentions]


def _first_words(mentions: Sequence[Mention]) -> set[str]:
    """The first words of the document's unlisted longer bodies, less those that persons' names begin or end with."""
    words: dict[str, set[str]] = {"ORG": set(), "PERSON": set()}
    for mention in mentions:
        parts = surface(mention.text).split()
        if len(parts) > 1 and mention.key is None and mention.label in words:
            words[mention.label].update(parts[:1] if mention.label == "ORG" else (parts[0], parts[-1]))
    return words["ORG"] - words["PERSON"]


def _evidence(mention: Mention, passage: Passage, lexicon: Lexicon) -> Iterator[str]:
    """What the words beside a mention say of it: `addressed`, `articled`, `speaking`, `placed`, `body`."""
    words, doc = lexicon.small_words, passage.doc
    before = [doc[index].lower_ for index in range(max(0, mention.first - 2), mention.first)]
    after = doc[mention.after] if mention.after < len(doc) else None
    last = before[-1] if before else ""
    if lexicon.addresses_person(last) or last in lexicon.roles or _AGE.match(passage.article_text, mention.end):
        yield "addressed"
    if after is not None and after.text in (",", "and") and mention.after + 1 < len(doc):
        human = doc[mention.after + 1].lower_ in words["human"]
        if human and (after.text == "and") == (doc[mention.after + 1].tag_ == "PRP$"):
            yield "addressed"
    if after is not None and doc[mention.after : mention.after + 2].text in words["person_verb"]:
        yield "addressed"
    if last in words["determiner"] or surface(mention.text) != mention.text:
        yield "articled"
    if last in words["speech"] or (after is not None and after.lower_ in words["speech"]):
        yield "speaking"
    modifies = after is not None and (after.pos_ in ("NOUN", "PROPN") or after.text in ("'s", "’s", "'", "’"))
    if not modifies and (last in words["place_preposition"] or (last == "of" and before[0] in words["place_noun"])):
        yield "placed"
    if after is not None and after.text in lexicon.place_words:
        yield "placed"
    if after is not None and after.text in words["body_noun"]:
        yield "body"


def _label_by_wording(mention: Mention, evidence: Mapping[str, set[str]], lexicon: Lexicon) -> Mention:
    form = surface(mention.text)
    if not mention.is_name or mention.key is not None:
        return mention
    said = {kind for kind in evidence if form in evidence[kind]}
    is_single = " " not in form and not form.isupper() and not lexicon.is_common(form)
    is_placed = "placed" in said and not said & {"addressed", "speaking"}
    is_called = is_single and form[1:].islower() and "articled" not in said
    was = mention.label
    rules = (
        ("addressed" in said and was in ("ORG", "NORP", "PRODUCT", *PLACES), "PERSON", "address"),
        ("body" in said and "addressed" not in said and is_single and was in _NO_BODIES, "ORG", "body_wording"),
        (is_placed and (was == "PERSON" or (is_single and was in ("ORG", "NORP", "PRODUCT"))), "GPE", "place_wording"),
        ("longer" in said and not said & _SAYS_WHAT and is_single and was in _NO_BODIES, "ORG", "longer_body"),
        (is_called and was == "ORG" and "speaking" in said, "PERSON", "speech"),
    )
    label, method = next(((label, method) for holds, label, method in rules if holds), (was, ""))
    return mention.relabelled(label, method)
