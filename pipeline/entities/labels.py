"""Labels of mentions: corrected by the gazetteer, by head word and shape, by surnames and majority in the document."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from pipeline.entities.lexicon import Lexicon
from pipeline.entities.names import is_full_name, person_tokens
from pipeline.entities.spans import PLACES, Mention, Passage, surface
from pipeline.gazetteer import Entry, Gazetteer

_INITIALS_AND_NAME = re.compile(
    r"(?:(?:[A-Z]\.? ){2,3}|(?:[A-Z]\. ?){1,3})[A-Z][^\W\d_A-Z]+(?: [A-Z][^\W\d_A-Z]+){0,2}"
)
_ABBREVIATION = re.compile(r"[A-Z]{2,5}")
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
    if mention.label == "ORG" and lexicon.is_place_name(surface(mention.text)):
        return mention.relabelled("LOC", "head_word")
    label = lexicon.label_of_head(mention.text)
    if label is None or (mention.label in PLACES and label != "ORG") or (mention.label == "ORG" and label == "LOC"):
        return mention
    return mention.relabelled(label, "head_word")


def label_by_shape(mention: Mention, passage: Passage, lexicon: Lexicon) -> Mention:
    """An unlisted name with the label that its letters demand.

    `T P Lund` is a person; a short word of capitals among other words (`TNB`) is no person and no number but a body.
    """
    if mention.key is not None:
        return mention
    has_initials = _INITIALS_AND_NAME.fullmatch(mention.text) is not None
    if has_initials and mention.label in ("ORG", "GPE") and lexicon.label_of_head(mention.text) is None:
        return mention.relabelled("PERSON", "shape")
    if mention.label in ("PERSON", "CARDINAL") and _ABBREVIATION.fullmatch(mention.text):
        around = passage.doc[max(0, mention.first - 1) : mention.after + 1]
        if not any(token.text.isupper() and len(token.text) > 1 for token in around if token.text != mention.text):
            return mention.relabelled("ORG", "shape")
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
    if mention.key is not None or mention.label == "PERSON" or mention.text.isupper() or not mention.text[0].isupper():
        return False
    name = person_tokens(mention.text, lexicon)
    return len(name) == 1 and name[0] in surnames and name[0] not in lexicon.small_words["calendar"]


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
