"""Labels of mentions: corrected by the gazetteer, by the persons and the wording of the document, by majority."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.entities.lexicon import Lexicon
from pipeline.entities.names import is_full_name, person_tokens
from pipeline.entities.spans import PLACES, Mention, Passage, surface
from pipeline.gazetteer import Entry, Gazetteer

_NOT_NAMES_OF_PLACES = frozenset({"LAW", "EVENT", "PRODUCT", "WORK_OF_ART"})


def correct_label(mention: Mention, gazetteer: Gazetteer) -> Mention:
    """The mention with the label and key that the gazetteer gives its name, where the name is listed.

    A name that often means something else keeps the model's label unless both agree.
    """
    if not mention.is_name or mention.key is not None:
        return mention
    entry = gazetteer.lookup(mention.text)
    if entry is None or not _fits(mention, entry, gazetteer):
        return mention
    label = "NORP" if gazetteer.is_demonym(mention.text) else entry.type
    return mention.relabelled(label, "gazetteer", entry.key)


def _fits(mention: Mention, entry: Entry, gazetteer: Gazetteer) -> bool:
    if mention.label in _NOT_NAMES_OF_PLACES and gazetteer.is_demonym(mention.text):
        return False
    if not gazetteer.is_ambiguous(mention.text):
        return True
    if entry.type in PLACES:
        return mention.label in (*PLACES, "NORP")
    return mention.label == entry.type


def label_by_head(mention: Mention, lexicon: Lexicon) -> Mention:
    """An unlisted longer name with the label that its last word demands: `Ada Berg Foundation` is no person."""
    if mention.key is not None or mention.label not in ("PERSON", "ORG", *PLACES):
        return mention
    label = lexicon.label_of_head(mention.text)
    if label is None or (mention.label in PLACES and label != "ORG") or (mention.label == "ORG" and label == "LOC"):
        return mention
    return mention.relabelled(label, "head_word")


def label_by_wording(mentions: Sequence[Mention], passages: Mapping[int, Passage], lexicon: Lexicon) -> list[Mention]:
    """The mentions with unlisted names relabelled where the words around one of them say what it is.

    A form of address before it makes a name a person's, a verb of speech beside a single name that never has an
    article likewise. A preposition
    of place before it, or a word for places beside it, make a name a place unless it speaks or is addressed elsewhere.
    """
    evidence: dict[str, set[str]] = {kind: set() for kind in ("addressed", "articled", "speaking", "placed")}
    for mention in mentions:
        if mention.is_name and mention.key is None:
            for kind in _evidence(mention, passages[mention.passage_no], lexicon):
                evidence[kind].add(surface(mention.text))
    return [_label_by_wording(mention, evidence, lexicon) for mention in mentions]


def _evidence(mention: Mention, passage: Passage, lexicon: Lexicon) -> Iterator[str]:
    """What the words beside a mention say of it: `addressed`, `articled`, `speaking`, `placed`."""
    words, doc = lexicon.small_words, passage.doc
    before = [doc[index].lower_ for index in range(max(0, mention.first - 2), mention.first)]
    after = doc[mention.after] if mention.after < len(doc) else None
    last = before[-1] if before else ""
    if lexicon.addresses_person(last):
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


def _label_by_wording(mention: Mention, evidence: Mapping[str, set[str]], lexicon: Lexicon) -> Mention:
    form = surface(mention.text)
    if not mention.is_name or mention.key is not None:
        return mention
    if form in evidence["addressed"] and mention.label in ("ORG", "NORP", "PRODUCT", *PLACES):
        return mention.relabelled("PERSON", "address")
    is_single = " " not in form and not form.isupper() and not lexicon.is_common(form)
    is_placed = form in evidence["placed"] and form not in evidence["addressed"] | evidence["speaking"]
    if is_placed and (mention.label == "PERSON" or (is_single and mention.label in ("ORG", "NORP", "PRODUCT"))):
        return mention.relabelled("GPE", "place_wording")
    is_plain_word = form[1:].islower() and form not in evidence["articled"]
    if is_single and is_plain_word and mention.label == "ORG" and form in evidence["speaking"]:
        return mention.relabelled("PERSON", "speech")
    return mention


def label_surnames(mentions: Sequence[Mention], lexicon: Lexicon) -> list[Mention]:
    """The mentions with `PERSON` for every unlisted single name that a full name in the document ends with."""
    names = (person_tokens(m.text, lexicon) for m in mentions if m.label == "PERSON" and m.key is None)
    surnames = {name[-1] for name in names if is_full_name(name)}
    return [
        mention.relabelled("PERSON", "surname") if _is_surname(mention, surnames, lexicon) else mention
        for mention in mentions
    ]


def _is_surname(mention: Mention, surnames: set[str], lexicon: Lexicon) -> bool:
    if not mention.is_name or mention.key is not None or mention.label == "PERSON" or mention.text.isupper():
        return False
    name = person_tokens(mention.text, lexicon)
    return len(name) == 1 and name[0] in surnames


def majority_labels(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions with one label per surface form: the most frequent in the document, listed forms counting as given.

    Ties go to the label that stands first in the alphabet, so that order does not matter.
    """
    mentions = list(mentions)
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    listed: dict[str, tuple[str, str]] = {}
    for mention in mentions:
        if mention.is_name:
            votes[surface(mention.text)][mention.label] += 1
            if mention.key is not None:
                listed[surface(mention.text)] = (mention.label, mention.key)
    decided: dict[str, tuple[str, str | None]] = {
        form: listed.get(form) or (min(counter, key=lambda label: (-counter[label], label)), None)
        for form, counter in votes.items()
    }
    result = []
    for mention in mentions:
        label, key = decided[surface(mention.text)] if mention.is_name else (mention.label, None)
        result.append(mention.relabelled(label, "majority", key))
    return result
