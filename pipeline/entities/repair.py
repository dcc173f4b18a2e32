"""Repair of spans: furniture dropped, edges trimmed, names split and joined where the model cut them wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from pipeline.entities.lexicon import Lexicon
from pipeline.entities.names import is_demonym_form
from pipeline.entities.spans import Mention, Passage, surface
from pipeline.gazetteer import Gazetteer

_EDGE = " \t\n\r\u00a0\"'“”„«»‘’`´.,;:!?()[]{}<>*_|/\\-–—•…®™©"
_POSSESSIVE = re.compile(r"\s?['’`´]\s?s$|['’]$", re.IGNORECASE)
_PARTY_AND_STATE = re.compile(r"[RDI]-[A-Z][\w.]*")
_ADDRESS = re.compile(r"https?://|www\.|\S+@\S+\.\S|\S+\.(?:com|org|net|html?|php)\b", re.IGNORECASE)
_PLACE_INSIDE = re.compile(r"\s(?:of|in|for)\s+(?:the\s+)?([A-Z][^,]*)$")
_BRACKET = re.compile(r"\s*[(\[]\s*")
_TITLE = re.compile(r"(?:the\s+)?([^\W\d_]+)\.?\s+(?=\S)", re.IGNORECASE)

Step = Callable[[Mention, Passage], Sequence[Mention]]


def repair_span(mention: Mention, passage: Passage, gazetteer: Gazetteer, lexicon: Lexicon) -> list[Mention]:
    """The mention, repaired: none where nothing that could be a name is left, several where it held several names."""
    if not mention.is_name:
        return [mention]
    steps: tuple[Step, ...] = (
        drop_furniture,
        split_brackets,
        lambda m, p: complete_hyphens(m, p, lexicon),
        lambda m, p: trim_edges(m, p, lexicon),
        lambda m, p: split_place_and_person(m, p, gazetteer),
        lambda m, p: strip_titles(m, p, lexicon),
        lambda m, p: strip_plain_words(m, p, lexicon),
        lambda m, p: trim_edges(m, p, lexicon),
        lambda m, p: drop_common_words(m, p, lexicon),
        lambda m, p: cut_portfolio(m, p, lexicon),
        lambda m, p: drop_portfolios(m, p, lexicon),
    )
    parts = [mention]
    for step in steps:
        parts = [repaired for part in parts for repaired in step(part, passage)]
    return parts


def drop_furniture(mention: Mention, passage: Passage) -> Sequence[Mention]:  # noqa: ARG001 (a step's signature)
    """Nothing for addresses of the web and of mail and for a legislator's party and state (`D-Tarn`)."""
    is_furniture = _ADDRESS.search(mention.text) or _PARTY_AND_STATE.fullmatch(mention.text)
    return [] if is_furniture else [mention]


def split_brackets(mention: Mention, passage: Passage) -> Sequence[Mention]:
    """The name before and the name inside an opened bracket: `Norland Trade Board (NTB`."""
    match = _BRACKET.search(mention.text)
    if match is None or ")" in mention.text[match.end() : -1]:
        return [mention]
    return [
        passage.cut(mention, left, right, "repaired")
        for left, right in ((0, match.start()), (match.end(), len(mention.text)))
        if mention.text[left:right].strip(_EDGE)
    ]


def complete_hyphens(mention: Mention, passage: Passage, lexicon: Lexicon) -> Sequence[Mention]:
    """A person's name with the hyphenated parts that the model cut off: `Han Sol-` of `Han Sol-mi`."""
    if mention.label != "PERSON":
        return [mention]
    doc, after = passage.doc, mention.after
    while after < len(doc):
        if doc[after - 1].text == "-" and doc[after].is_alpha:
            after += 1
        elif (
            doc[after].text == "-"
            and not doc[after - 1].whitespace_
            and not doc[after].whitespace_
            and after + 1 < len(doc)
            and doc[after + 1].is_alpha
            and doc[after + 1].lower_ not in lexicon.small_words["joined"]
        ):
            after += 2
        else:
            break
    return [mention if after == mention.after else passage.grown(mention, after, "repaired")]


def split_place_and_person(mention: Mention, passage: Passage, gazetteer: Gazetteer) -> Sequence[Mention]:
    """The listed place and the person of a span that ran both together: `Norland Ada Berg`."""
    if mention.label != "PERSON":
        return [mention]
    words = list(re.finditer(r"\S+", mention.text))
    for count in range(min(3, len(words) - 1), 0, -1):
        place = mention.text[: words[count - 1].end()]
        entry = gazetteer.lookup(place)
        if entry is None or entry.type != "GPE" or gazetteer.is_ambiguous(place):
            continue
        if not words[count].group()[:1].isalpha():
            break
        label = "NORP" if gazetteer.is_demonym(place) else "GPE"
        before = replace(passage.cut(mention, 0, len(place), "split"), label=label)
        return [before, passage.cut(mention, words[count].start(), len(mention.text), "split")]
    return [mention]


def trim_edges(mention: Mention, passage: Passage, lexicon: Lexicon) -> Sequence[Mention]:
    """The span without punctuation, possessive endings and joined participles (`-led`) at its edges.

    Nothing where no capital and no digit is left.
    """
    text = mention.text
    left = len(text) - len(text.lstrip(_EDGE))
    right = len(text)
    while right > left:
        before = right
        ending = _POSSESSIVE.search(text, left, right)
        if ending is not None and ending.start() > left:
            right = ending.start()
        hyphen = max(text.rfind("-", left, right), text.rfind("–", left, right))
        if hyphen > left and text[hyphen + 1 : right].casefold() in lexicon.small_words["joined"]:
            right = hyphen
        stripped = left + len(text[left:right].rstrip(_EDGE))
        # The full stop of an abbreviation (`U.S.`, `Inc.`) belongs to the name.
        keeps_stop = text[stripped : min(stripped + 1, right)] == "." and _is_abbreviated(text[left:stripped])
        right = stripped + 1 if keeps_stop else stripped
        if right == before or keeps_stop:
            break
    if not any(character.isupper() or character.isdigit() for character in text[left:right]):
        return []
    return [passage.cut(mention, left, right, "repaired")]


def _is_abbreviated(text: str) -> bool:
    words = text.split()
    return bool(words) and ("." in words[-1] or (len(words[-1]) <= 4 and words[-1][0].isupper()))


def strip_titles(mention: Mention, passage: Passage, lexicon: Lexicon) -> Sequence[Mention]:
    """A person's name without forms of address and titles before it (`Dr`, `Gen`, `Foreign Minister`).

    A body or place whose name begins with a form of address and does not end in a word for one is a person.
    """
    if mention.label in ("ORG", "GPE", "FAC", "PRODUCT") and mention.key is None:
        words = surface(mention.text).split()
        if len(words) < 2 or not lexicon.addresses_person(words[0]) or lexicon.label_of_head(mention.text):
            return [mention]
        mention = replace(mention, label="PERSON", method="address")
    if mention.label != "PERSON":
        return [mention]
    left = 0
    while match := _TITLE.match(mention.text, left):
        if match.group(1).casefold() not in lexicon.honorifics:
            break
        left = match.end()
    return [passage.cut(mention, left, len(mention.text), "repaired")]


def strip_plain_words(mention: Mention, passage: Passage, lexicon: Lexicon) -> Sequence[Mention]:
    """A name without lower-case words at its edges: `Ada Berg later`, `Trade Board for Delivery and`."""
    words = list(re.finditer(r"\S+", mention.text))
    while len(words) > 1 and _is_plain(words[-1].group(), mention, lexicon) and words[-2].group() != "-":
        words.pop()
    while len(words) > 1 and mention.label == "PERSON" and _is_plain(words[0].group(), mention, lexicon):
        words.pop(0)
    return [passage.cut(mention, words[0].start(), words[-1].end(), "repaired")]


def _is_plain(word: str, mention: Mention, lexicon: Lexicon) -> bool:
    if not word.islower():
        return False
    if mention.label == "PERSON":
        return word not in lexicon.small_words["particle"] and len(word) > 2 and word.isascii()
    return word in lexicon.small_words["dangling"]


def drop_common_words(mention: Mention, passage: Passage, lexicon: Lexicon) -> Sequence[Mention]:  # noqa: ARG001 (a step)
    """Nothing for a capitalised common noun, or the abbreviation of one, that names nothing: `the Ministry`, `GDP`."""
    form = surface(mention.text)
    words = lexicon.abbreviations if form.rstrip("s").isupper() else lexicon.common_words
    return [] if form.casefold() in words else [mention]


def cut_portfolio(mention: Mention, passage: Passage, lexicon: Lexicon) -> Sequence[Mention]:
    """The state of a span that took in what its minister is minister of: `Norland Defence` before `Secretary`."""
    following = passage.doc[mention.after].lower_ if mention.after < len(passage.doc) else ""
    if mention.label not in ("ORG", "PERSON", "GPE") or lexicon.roles.get(following) != "state":
        return [mention]
    words = list(re.finditer(r"\S+", mention.text))
    left = len(words)
    while left and words[left - 1].group().casefold() in lexicon.small_words["portfolio"]:
        left -= 1
    if left == len(words):
        return [mention]
    if not left or lexicon.is_common(words[0].group()):
        return []
    state = passage.cut(mention, 0, words[left - 1].end(), "repaired")
    return trim_edges(replace(state, label="NORP" if is_demonym_form(state.text) else "GPE"), passage, lexicon)


def drop_portfolios(mention: Mention, passage: Passage, lexicon: Lexicon) -> Sequence[Mention]:
    """Nothing for what a minister is minister of, where the model takes that for a body: `Minister of Fisheries`."""
    if mention.label != "ORG" or mention.first < 2:
        return [mention]
    before = [token.lower_ for token in passage.doc[max(0, mention.first - 3) : mention.first]]
    linked = before[-1] in ("of", "for") or before[-2:] in (["of", "the"], ["for", "the"])
    is_portfolio = linked and any(word in lexicon.small_words["minister"] for word in before)
    return [] if is_portfolio and not lexicon.is_body(mention.text) else [mention]


def split_owner(
    mention: Mention, passage: Passage, gazetteer: Gazetteer, lexicon: Lexicon, places: Set[str]
) -> Sequence[Mention]:
    """A body named with its country, city or region as two names: `Norland` and `Health Council`.

    Not where the whole is a listed name of its own or an outlet's, and after an unlisted place only where the rest
    begins or ends with a word for bodies; a place after `of` only where the rest is an organ of the state. ``places``
    are names that the document uses for places.
    """
    if mention.label != "ORG":
        return [mention]
    text = mention.text
    begin = text.index(surface(text)) if surface(text) in text else 0
    words = [(begin + word.start(), begin + word.end()) for word in re.finditer(r"\S+", text[begin:])]
    for count in range(min(4, len(words) - 1), 0, -1):
        owner = _POSSESSIVE.sub("", text[begin : words[count - 1][1]])
        body = text[words[count][0] :]
        label = _place_label(owner, gazetteer, places)
        if label is None or not body[0].isupper():
            continue
        listed = gazetteer.lookup(text)
        if listed is not None and gazetteer.lookup(body) != listed:
            break
        if body.casefold() in lexicon.roles:
            return [replace(passage.cut(mention, begin, begin + len(owner), "split"), label=label)]
        known = gazetteer.lookup(owner) is not None and not lexicon.is_outlet_name(body)
        if known or lexicon.is_body(body):
            before = passage.cut(mention, begin, begin + len(owner), "split")
            after = passage.cut(mention, words[count][0], len(text), "split")
            return [replace(before, label=label, key=None), replace(after, owner=owner, key=None)]
        break
    return _split_owner_after(mention, passage, gazetteer, lexicon, places)


def _split_owner_after(
    mention: Mention, passage: Passage, gazetteer: Gazetteer, lexicon: Lexicon, places: Set[str]
) -> Sequence[Mention]:
    body, of, place = mention.text.rpartition(" of ")
    label = _place_label(surface(place), gazetteer, places)
    if (
        not of
        or label is None
        or gazetteer.lookup(mention.text) is not None
        or not lexicon.is_state_organ(surface(body))
    ):
        return [mention]
    before = replace(passage.cut(mention, 0, len(body), "split"), owner=surface(place))
    after = replace(passage.cut(mention, len(mention.text) - len(place), len(mention.text), "split"), label=label)
    return [*drop_common_words(before, passage, lexicon), after]


def find_place_inside(mention: Mention, passage: Passage, gazetteer: Gazetteer) -> Sequence[Mention]:
    """The listed place that an unlisted body's name ends with, as a mention of its own: `University of Halm`."""
    match = _PLACE_INSIDE.search(mention.text)
    if mention.label != "ORG" or mention.key is not None or match is None:
        return []
    entry = gazetteer.lookup(match.group(1))
    if entry is None or entry.type not in ("GPE", "LOC") or gazetteer.is_demonym(match.group(1)):
        return []
    place = passage.cut(mention, *match.span(1), "nested")
    return [replace(place, label=entry.type, key=entry.key, owner=None)]


def _place_label(name: str, gazetteer: Gazetteer, places: Set[str]) -> str | None:
    """Label of a listed place, of its demonym or of one of the document's places; None for other names."""
    entry = gazetteer.lookup(name)
    if entry is not None and entry.type in ("GPE", "LOC"):
        return "NORP" if gazetteer.is_demonym(name) else entry.type
    return "GPE" if name in places else None


def join_names(mentions: Sequence[Mention], passages: Mapping[int, Passage], lexicon: Lexicon) -> list[Mention]:
    """The mentions, in text order, with persons' names made whole: halves joined, a missing last part taken in."""
    joined: list[Mention] = []
    taken = {(mention.passage_no, index) for mention in mentions for index in range(mention.first, mention.after)}
    for mention in mentions:
        passage = passages[mention.passage_no]
        whole = mention
        if joined and _are_halves(joined[-1], mention, passage, lexicon):
            whole = passage.grown(joined.pop(), mention.after, "joined")
        joined.append(_take_in_last_part(whole, passage, taken, lexicon))
    return joined


def _are_halves(before: Mention, mention: Mention, passage: Passage, lexicon: Lexicon) -> bool:
    """Whether two neighbours are one person's name, the second perhaps a surname that is also a month (`Ada May`)."""
    if before.passage_no != mention.passage_no or before.label != "PERSON":
        return False
    if passage.article_text[before.end : mention.start] != " ":
        return False
    is_month = mention.label == "DATE" and mention.text.casefold() in lexicon.small_words["month_or_surname"]
    return mention.label == "PERSON" or (is_month and " " not in before.text)


def _take_in_last_part(mention: Mention, passage: Passage, taken: Set[tuple[int, int]], lexicon: Lexicon) -> Mention:
    """A person's name with the one name token that follows it directly, where only one does."""
    doc, after = passage.doc, mention.after
    if mention.label != "PERSON" or after >= len(doc) or passage.article_text[mention.end : mention.end + 1] != " ":
        return mention
    token = doc[after]
    fits = (
        token.pos_ == "PROPN"
        and token.text.isalpha()
        and token.text[:1].isupper()
        and not token.text.isupper()
        and (mention.passage_no, after) not in taken
        and not lexicon.is_common(token.text)
        and token.lower_ not in lexicon.other_words
    )
    if not fits or (after + 1 < len(doc) and doc[after + 1].pos_ == "PROPN"):
        return mention
    return passage.grown(mention, after + 1, "joined")


def without_overlaps(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions in text order; of two that overlap the longer one, of equal ones the first."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if kept and mention.start < kept[-1].end:
            if mention.end - mention.start > kept[-1].end - kept[-1].start:
                kept[-1] = mention
            continue
        kept.append(mention)
    return kept
