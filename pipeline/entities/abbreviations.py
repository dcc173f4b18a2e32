"""Abbreviations of bodies: introduced in brackets, or matched to the initials of one long name in the article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.entities.lexicon import load_lexicon
from pipeline.entities.spans import Mention, surface
from pipeline.gazetteer import Entry, Gazetteer

_BRACKETS = re.compile(r"[\"'”’]?\s{0,2}\(\s{0,2}[\"'“‘]?([A-Z][A-Za-z&.\-]{1,11})[\"'”’]?\s{0,2}\)")
_CAPITALISED_RUN = re.compile(r"[A-Z][^\W\d_]+(?:[ \t][A-Z][^\W\d_]+)+")
_LONGEST_OUTLET = 4  # words of an outlet's name that may be called by its initials
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


class LongForms:
    """The long names of an article's bodies, found by their initials, their first or their last word."""

    def __init__(self, mentions: Iterable[Mention], gazetteer: Gazetteer) -> None:
        self._by_form: dict[str, dict[str, Mention]] = {}
        for mention in mentions:
            entry = gazetteer.get(mention.key)
            for form in {surface(mention.text), surface(mention.full_text)}:
                words = form.split()
                if len(words) < 2:
                    continue
                shortened = [words[0], words[-1]] if entry is None else [words[-1]] if entry.is_outlet else []
                for short in {initials(form), *shortened}:
                    self._by_form.setdefault(short, {}).setdefault(surface(mention.full_text), mention)

    def of(self, short: str) -> Mention | None:
        """The one long name that a single word stands for; None where none fits or several.

        It may be all its initials, the first or last word of an unlisted name (`the League`), or the last word of an
        outlet's (`the Times`).
        """
        letters = short.replace(".", "")
        if letters.isupper() and len(letters) > 1:
            fitting = self._by_form.get(letters, {})
        elif short[:1].isupper() and len(short) > 3:
            fitting = self._by_form.get(short, {})
        else:
            return None
        return next(iter(fitting.values())) if len(fitting) == 1 else None


def outlets_by_initials(text: str, gazetteer: Gazetteer) -> dict[str, Entry]:
    """Initials -> the one listed outlet of more words than one that the text names and that has these initials."""
    found: dict[str, dict[str, Entry]] = {}
    for run in _CAPITALISED_RUN.finditer(text):
        words = run.group().split()
        for first in range(len(words) - 1):
            for after in range(first + 2, min(first + _LONGEST_OUTLET, len(words)) + 1):
                entry = gazetteer.lookup(" ".join(words[first:after]))
                if entry is not None and entry.is_outlet:
                    found.setdefault(initials(" ".join(words[first:after])), {})[entry.key] = entry
    return {letters: next(iter(entries.values())) for letters, entries in found.items() if len(entries) == 1}
