"""Names that the model passed over: those it found elsewhere in the document, listed ones, introduced abbreviations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from pipeline.entities.abbreviations import introduced_abbreviation
from pipeline.entities.lexicon import Lexicon
from pipeline.entities.names import is_full_name, person_tokens
from pipeline.entities.spans import Mention, Passage, surface
from pipeline.gazetteer import Gazetteer

_LONGEST = 6  # tokens of a name that is looked for
_SPREAD = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP"})


def find_passed_over(
    passages: Mapping[int, Passage], mentions: Sequence[Mention], gazetteer: Gazetteer, lexicon: Lexicon
) -> list[Mention]:
    """New mentions in the tagged passages, none overlapping ``mentions``.

    Looked for are abbreviations introduced in brackets after a body's name, names that the document's other mentions
    have, surnames of its persons, and listed names that mean nothing else.
    """
    introduced = list(_introduced(passages, mentions, gazetteer))
    everything = [*mentions, *introduced]
    known = _known_names(everything, lexicon)
    covered: dict[int, set[int]] = {number: set() for number in passages}
    for mention in everything:
        covered[mention.passage_no].update(range(mention.first, mention.after))
    found = [
        mention
        for passage in passages.values()
        for mention in _search(passage, covered[passage.number], known, gazetteer, lexicon)
    ]
    return introduced + found


def _introduced(
    passages: Mapping[int, Passage], mentions: Iterable[Mention], gazetteer: Gazetteer
) -> Iterator[Mention]:
    taken = {(mention.passage_no, index) for mention in mentions for index in range(mention.first, mention.after)}
    for mention in mentions:
        passage = passages[mention.passage_no]
        span = introduced_abbreviation(passage.article_text, mention, gazetteer)
        if span is None:
            continue
        start, end = span[0] - passage.start, span[1] - passage.start
        inside = [
            token.i for token in passage.doc[mention.after : mention.after + _LONGEST] if start <= token.idx < end
        ]
        if inside and not any((mention.passage_no, index) in taken for index in inside):
            found = passage.mention(inside[0], inside[-1] + 1, "ORG", "introduced")
            yield passage.cut(found, 0, span[1] - found.start, "introduced") if found.end > span[1] else found


def _known_names(mentions: Iterable[Mention], lexicon: Lexicon) -> dict[str, Mention]:
    """Name -> a mention that has it; for full names of persons also the surname."""
    known: dict[str, Mention] = {}
    surnames: dict[str, Mention] = {}
    for mention in mentions:
        form = surface(mention.text)
        if mention.label not in _SPREAD or len(form) < 2 or form.islower() or lexicon.is_common(form):
            continue
        known.setdefault(form, mention)
        if mention.label == "PERSON" and is_full_name(person_tokens(mention.text, lexicon)):
            last = form.split()[-1]
            if len(last) > 2 and last[0].isupper() and not lexicon.is_common(last):
                surnames.setdefault(last, replace(mention, key=None))
    return surnames | known


def _search(
    passage: Passage, covered: Set[int], known: Mapping[str, Mention], gazetteer: Gazetteer, lexicon: Lexicon
) -> Iterator[Mention]:
    index = 0
    while index < len(passage.doc):
        match = _longest_match(passage, index, covered, known, gazetteer, lexicon)
        if match is None:
            index += 1
        else:
            yield match
            index = match.after


def _longest_match(
    passage: Passage,
    index: int,
    covered: Set[int],
    known: Mapping[str, Mention],
    gazetteer: Gazetteer,
    lexicon: Lexicon,
) -> Mention | None:
    doc = passage.doc
    if index in covered or not _may_be_name(passage, index):
        return None
    limit = next((i for i in range(index, min(index + _LONGEST, len(doc))) if i in covered), index + _LONGEST)
    for after in range(min(limit, len(doc)), index, -1):
        if not _may_be_name(passage, after - 1):
            continue
        text = surface(doc[index:after].text)
        found = _known_match(passage, index, after, known.get(text), lexicon) or _listed_match(
            passage, index, after, text, gazetteer
        )
        if found is not None:
            return found
    return None


def _known_match(passage: Passage, first: int, after: int, known: Mention | None, lexicon: Lexicon) -> Mention | None:
    if known is None:
        return None
    words, doc = lexicon.small_words, passage.doc
    leads = after < len(doc) and doc[after].lower_ in words["government"]
    if known.label == "PERSON" and first and doc[first - 1].lower_ in words["determiner"] and not leads:
        return None
    return replace(passage.mention(first, after, known.label, "propagated"), key=known.key, owner=known.owner)


def _listed_match(passage: Passage, first: int, after: int, text: str, gazetteer: Gazetteer) -> Mention | None:
    if gazetteer.is_ambiguous(text):
        return None
    if after - first == 1 and text.isupper() and len(text) < 5 and passage.doc[first].pos_ != "PROPN":
        return None
    entry = gazetteer.lookup(text)
    if entry is None:
        return None
    label = "NORP" if gazetteer.is_demonym(text) else entry.type
    return replace(passage.mention(first, after, label, "listed"), key=entry.key)


def _may_be_name(passage: Passage, index: int) -> bool:
    token = passage.doc[index]
    return bool(token.text[:1].isupper()) and (token.pos_ in ("PROPN", "ADJ", "NOUN") or not token.is_sent_start)
