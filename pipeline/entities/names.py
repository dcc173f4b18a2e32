"""Names as keys: persons by their name tokens, bodies by their normalised name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set

from pipeline.entities.lexicon import Lexicon
from pipeline.gazetteer.entries import normal_form

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*\.?")
_LEGAL_FORM = re.compile(
    r"[\s,]+(?:inc|ltd|llc|llp|plc|corp|corporation|co|company|limited|gmbh|ag|s\.?a|n\.?v|b\.?v|group plc|pty ltd)\.?$"
)

_SLAVIC_ENDING = re.compile(r"(?<=\w\w)sk(?:yy|iy|ii|ij|yj|yi|i)$")
_PEOPLE_ENDING = re.compile(r"(?:an|ese|ish)s?$")
_DEMONYM_ENDING = re.compile(r"(?:(?:ian|an|ese|ish|ic|n|i|er)s?|ia|a|y|e|o)$")

Name = tuple[str, ...]


def person_tokens(text: str, lexicon: Lexicon) -> Name:
    """A person's name as lower-case tokens without forms of address, inner initials and generation suffixes.

    Hyphens separate, so that `Jong-un` and `Jong Un` agree; so do short and long first names (`Joe`, `Joseph`) and the
    endings of Slavic surnames (`-sky`, `-skyy`, `-skiy`). A text of nothing but forms of address keeps its last one.
    """
    tokens = [token.rstrip(".") for token in _TOKEN.findall(normal_form(text).casefold())]
    while len(tokens) > 1 and tokens[0] in lexicon.honorifics:
        tokens = tokens[1:]
    while len(tokens) > 1 and tokens[-1] in lexicon.small_words["generation"]:
        tokens = tokens[:-1]
    if len(tokens) > 2:
        tokens = [tokens[0], *(token for token in tokens[1:-1] if len(token) > 1), tokens[-1]]
    return tuple(_SLAVIC_ENDING.sub("sky", lexicon.first_names.get(token, token)) for token in tokens)


def is_full_name(name: Name) -> bool:
    """Whether a name has more than one part."""
    return len(name) > 1


def merge_full_names(names: Set[Name]) -> dict[Name, Name]:
    """Each full name with the fullest name that it must mean: same first and last part, or its ending.

    A name that fits several fuller names stays itself.
    """
    by_ends: dict[tuple[str, str], list[Name]] = {}
    by_ending: dict[Name, list[Name]] = {}
    lengths = {len(name) for name in names}  # other endings are nobody's name
    for name in sorted(names):
        by_ends.setdefault((name[0], name[-1]), []).append(name)
        for length in lengths:
            if length < len(name):
                by_ending.setdefault(name[-length:], []).append(name)
    merged = {}
    for name in names:
        same_ends = [other for other in by_ends[name[0], name[-1]] if len(other) > len(name)]
        fuller = same_ends or by_ending.get(name, [])
        merged[name] = fuller[0] if len(fuller) == 1 else name
    return {name: merged.get(fullest, fullest) for name, fullest in merged.items()}


def names_by_part(names: Iterable[Name]) -> dict[str, set[Name]]:
    """First or last part -> the full names that have it."""
    by_part: dict[str, set[Name]] = {}
    for name in names:
        for part in (name[0], name[-1]):
            by_part.setdefault(part, set()).add(name)
    return by_part


def single_name_owner(name: Name, by_part: Mapping[str, Set[Name]]) -> Name | None:
    """The only full name of which this is the last part or, failing that, the first; None when there are none or more.

    First parts are looked at because family names stand first in much of East Asia and Hungary.
    """
    if len(name) != 1:
        return None
    for position in (-1, 0):
        owners = {full for full in by_part.get(name[0], ()) if full[position] == name[0]}
        if owners:
            return owners.pop() if len(owners) == 1 else None
    return None


def body_form(text: str) -> str:
    """The normalised name of a body or place: lower case, no accents, no leading article, no legal form (`Inc.`)."""
    form = normal_form(text).casefold()
    form = re.sub(r"^(?:the|an?)\s+(?=\S)", "", form)
    while shorter := _LEGAL_FORM.sub("", form):
        if shorter == form:
            break
        form = shorter
    return form


def place_stem(text: str) -> str | None:
    """What a place's name and its demonym have in common: `vestr` of `Vestria`, `Vestrian`, `Vestrians`.

    None for names too short or of several words, whose demonyms cannot be told by their endings.
    """
    form = body_form(text)
    stem = _DEMONYM_ENDING.sub("", form)
    return stem if " " not in form and len(stem) > 3 else None


def is_demonym_form(text: str) -> bool:
    """Whether a name of one word ends as names of peoples end: `Vestrian`, `Vestrians`, `Tarnese`."""
    form = body_form(text)
    return " " not in form and _PEOPLE_ENDING.search(form) is not None
