"""Abbreviations of bodies: introduced in brackets, or matched to the initials of one long name in the article."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.entities.lexicon import load_lexicon
from pipeline.entities.spans import Mention, surface
from pipeline.gazetteer import Entry, Gazetteer

_BRACKETS = re.compile(r"[\"'”’]?\s{0,2}\(\s{0,2}[\"'“‘]?([A-Z][A-Za-z&.\-]{1,11})[\"'”’]?\s{0,2}\)")
_LONG_LABELS = frozenset({"ORG", "EVENT", "FAC", "LAW", "PRODUCT", "WORK_OF_ART"})


def initials(name: str) -> str:
    """The first letters of a name's words, small words left out, upper case."""
    left_out = load_lexicon().small_words["left_out"]
    words = re.findall(r"[^\W_]+", surface(name))
    return "".join(word[0] for word in words if word.casefold() not in left_out).upper()


def find_introductions(text: str, mentions: Sequence[Mention], gazetteer: Gazetteer) -> dict[str, Mention]:
    """Abbreviation -> the long name that it was introduced for, as in `Norland Atomic Agency (NAA)`.

    Where an abbreviation is introduced twice, the first introduction counts.
    """
    introduced: dict[str, Mention] = {}
    for mention in mentions:
        span = introduced_abbreviation(text, mention, gazetteer)
        if span is not None:
            introduced.setdefault(text[span[0] : span[1]], mention)
    return introduced


def introduced_abbreviation(text: str, mention: Mention, gazetteer: Gazetteer) -> tuple[int, int] | None:
    """Start and end of the abbreviation in brackets after a long name; None where there is none to be believed.

    One whose letters do not come from the name is believed only if the gazetteer does not know it otherwise.
    """
    if mention.label not in _LONG_LABELS or " " not in mention.full_text:
        return None
    match = _BRACKETS.match(text, mention.end)
    if match is None:
        return None
    abbreviation = match.group(1).rstrip(".")
    letters = abbreviation.replace(".", "")
    listed = gazetteer.lookup(abbreviation)
    foreign = letters.isupper() and mention.label == "ORG" and (listed is None or listed.key == mention.key)
    if foreign or abbreviates(letters, mention.full_text):
        return match.start(1), match.start(1) + len(abbreviation)
    return None


def abbreviates(letters: str, name: str) -> bool:
    """Whether the capitals of an abbreviation are the initials of the name, or half of them and more in their order."""
    capitals = [letter for letter in letters if letter.isupper()]
    wanted = initials(name)
    if len(capitals) < 2 or not wanted or capitals[0] != wanted[0]:
        return False
    remaining = iter(wanted)
    return all(letter in remaining for letter in capitals) and len(capitals) * 2 >= len(wanted)


def matching_long_form(short: str, long_forms: Sequence[Mention]) -> Mention | None:
    """The one long name that a single word stands for: by all its initials, or as its first word; else None."""
    letters = short.replace(".", "")
    if letters.isupper() and len(letters) > 1:
        fitting = {surface(m.text): m for m in long_forms if initials(m.text) == letters}
    elif short[:1].isupper() and len(short) > 3:
        fitting = {surface(m.text): m for m in long_forms if m.key is None and surface(m.text).split()[0] == short}
    else:
        return None
    return next(iter(fitting.values())) if len(fitting) == 1 else None


def outlet_of_initials(short: str, text: str, gazetteer: Gazetteer) -> Entry | None:
    """The one listed outlet named in the text whose initials an unlisted abbreviation is; else None."""
    if len(short) < 2 or not short.isalpha() or not short.isupper():
        return None
    names = re.findall(r"\b" + r"[^\W\d_]*\s".join(short) + r"[^\W\d_]+", text)
    outlets = {entry.key: entry for name in names if (entry := gazetteer.lookup(name)) is not None and entry.is_outlet}
    return next(iter(outlets.values())) if len(outlets) == 1 else None
