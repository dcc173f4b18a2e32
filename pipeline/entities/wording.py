"""Labels of mentions by the words beside them: titles and ages, verbs of speech, prepositions of place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.entities.lexicon import Lexicon
from pipeline.entities.spans import PLACES, Mention, Passage, surface

EVIDENCE = ("addressed", "articled", "speaking", "placed", "body")
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
    return [_label_by_wording(mention, evidence, lexicon) for mention in mentions]


def _evidence(mention: Mention, passage: Passage, lexicon: Lexicon) -> Iterator[str]:
    """What the words beside a mention say of it: `addressed`, `articled`, `speaking`, `placed`, `body`."""
    words, doc = lexicon.small_words, passage.doc
    before = [doc[index].lower_ for index in range(max(0, mention.first - 2), mention.first)]
    after = doc[mention.after] if mention.after < len(doc) else None
    last = before[-1] if before else ""
    if lexicon.addresses_person(last) or last in lexicon.roles or _AGE.match(passage.article_text, mention.end):
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
    if form in evidence["addressed"] and mention.label in ("ORG", "NORP", "PRODUCT", *PLACES):
        return mention.relabelled("PERSON", "address")
    is_single = " " not in form and not form.isupper() and not lexicon.is_common(form)
    is_placed = form in evidence["placed"] and form not in evidence["addressed"] | evidence["speaking"]
    if form in evidence["body"] - evidence["addressed"] and is_single and mention.label in ("PERSON", "GPE", "NORP"):
        return mention.relabelled("ORG", "body_wording")
    if is_placed and (mention.label == "PERSON" or (is_single and mention.label in ("ORG", "NORP", "PRODUCT"))):
        return mention.relabelled("GPE", "place_wording")
    is_plain_word = form[1:].islower() and form not in evidence["articled"]
    if is_single and is_plain_word and mention.label == "ORG" and form in evidence["speaking"]:
        return mention.relabelled("PERSON", "speech")
    return mention
