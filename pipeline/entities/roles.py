"""Titles and roles beside a person's name, and the state or body for which they make the person speak."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from pipeline.entities.lexicon import Lexicon
from pipeline.entities.names import body_form, is_demonym_form
from pipeline.entities.spans import Mention, Passage
from pipeline.gazetteer import Gazetteer

_BEFORE = 14  # tokens looked at before a name
_AFTER = 24  # tokens of an apposition after a name
_NOUN_WITHIN = 14  # tokens within which an apposition must show its role noun
_APPOSITION_END = frozenset({";", ":", ".", "--", "–", "—", '"', "“", "”", "(", ")", ","})
_OPENS_APPOSITION = frozenset({",", "-", "–", "—", "("})
_BODIES = frozenset({"GPE", "ORG", "NORP"})
_POSSESSIVE = frozenset({"'s", "’s", "'", "’"})


@dataclass(frozen=True)
class Role:
    """A role as written, and the gazetteer key or normalised name of the state or body that it speaks for.

    ``body`` is the mention that the affiliation was read from. The text is empty for an institution, which has no role
    but belongs to a state.
    """

    text: str
    affiliation: str | None
    body: Mention | None = field(default=None, compare=False)


@dataclass(frozen=True)
class RoleReader:
    """Reads the roles in one passage, whose mentions it knows by token.

    ``places`` are the normalised names of the document's places and peoples that are not listed.
    """

    passage: Passage
    by_token: Mapping[int, Mention]
    gazetteer: Gazetteer
    lexicon: Lexicon
    places: Set[str] = frozenset()

    @property
    def doc(self) -> Doc:
        """The passage's document."""
        return self.passage.doc

    def read(self, mention: Mention) -> Role | None:
        """The role of a person beside its name, or the state of an institution."""
        if mention.label == "PERSON":
            return self.before(mention) or self.after(mention)
        if mention.label == "ORG" and mention.key is None:
            state = self.state_of_institution(mention)
            return Role("", state) if state else None
        return None

    def before(self, mention: Mention) -> Role | None:
        """A title before the name: `Norland Foreign Minister Ada Berg`, `the mayor of Halm, Ada Berg`."""
        low = mention.first
        while low > max(0, mention.first - _BEFORE) and not self.doc[low].is_sent_start:
            low -= 1
        if mention.first and self.doc[mention.first - 1].lower_ in self.lexicon.small_words["role_link"]:
            return None
        for index in range(mention.first - 1, low - 1, -1):
            first = self._noun_ending_at(index, low)
            if first is not None:
                role = self._role(self._phrase_start(first, low), mention.first, index + 1)
                return role if role.affiliation is not None else self._with_body_after(role, mention)
            if not self._may_follow_title(self.doc[index]):
                return None
        return None

    def _with_body_after(self, role: Role, mention: Mention) -> Role:
        """The role with the affiliation that `of` gives after the name: `Foreign Minister Ada Berg of Norland`."""
        words = role.text.lower().split()
        is_over = any(word in self.lexicon.small_words["former"] for word in words)
        follows = mention.after + 1 < len(self.doc) and self.doc[mention.after].lower_ == "of"
        speaks_for = self.lexicon.roles.get(self._words_of(role), "self")
        body = (self.by_token.get(mention.after + 1) or self.by_token.get(mention.after + 2)) if follows else None
        if is_over or body is None or body.label not in _BODIES or speaks_for == "self":
            return role
        name = affiliation_name(body, self.gazetteer, self.lexicon, itself=speaks_for == "place")
        return Role(role.text, name, body) if name is not None else role

    def _words_of(self, role: Role) -> str:
        """The longest role noun that the role as written ends with."""
        words = role.text.lower().split()
        endings = (" ".join(words[start:]) for start in range(len(words)))
        return next((ending for ending in endings if ending in self.lexicon.roles), "")

    def after(self, mention: Mention) -> Role | None:
        """An apposition after the name: `Ada Berg, a professor at Halm University,`."""
        if mention.after >= len(self.doc) or self.doc[mention.after].text not in _OPENS_APPOSITION:
            return None
        start = mention.after + 1
        stop = self._apposition_end(start, min(len(self.doc), start + _AFTER))
        for index in range(start, min(stop, start + _NOUN_WITHIN)):
            beside = self.by_token.get(index)
            if beside is not None and beside.label == "PERSON":
                return None
            length = self._noun_at(index)
            if length is not None and self._heads_phrase(index + length - 1, stop):
                return self._role(start, stop, index + length)
            if self.doc[index].pos_ in ("PRON", "SCONJ") or self.doc[index].tag_ in ("WDT", "WP", "WRB"):
                return None
        return None

    def _apposition_end(self, start: int, limit: int) -> int:
        for index in range(start, limit):
            token = self.doc[index]
            spaced_hyphen = token.text == "-" and index > start and bool(self.doc[index - 1].whitespace_)
            finite = token.pos_ in ("VERB", "AUX") and token.tag_ not in ("VBN", "VBG")
            if token.text in _APPOSITION_END or spaced_hyphen or finite or token.is_sent_start:
                return index
        return limit

    def _heads_phrase(self, index: int, stop: int) -> bool:
        """Whether a role noun is no modifier of what follows (`president's office`, `director role`)."""
        if index + 1 >= stop:
            return True
        following = self.doc[index + 1]
        return following.text not in _POSSESSIVE and following.pos_ != "NOUN"

    def _noun_at(self, index: int) -> int | None:
        """Number of tokens of the longest role noun that starts here."""
        for length in range(min(self.lexicon.longest_role, len(self.doc) - index), 0, -1):
            if self._words(index, index + length) in self.lexicon.roles and self._is_noun(index + length - 1):
                return length
        return None

    def _noun_ending_at(self, index: int, low: int) -> int | None:
        """Start of the longest role noun whose last token this is."""
        for first in range(max(low, index + 1 - self.lexicon.longest_role), index + 1):
            if self._words(first, index + 1) in self.lexicon.roles and self._is_noun(index):
                return first
        return None

    def _is_noun(self, index: int) -> bool:
        return self.doc[index].pos_ in ("NOUN", "PROPN")

    def _words(self, first: int, after: int) -> str:
        return re.sub(r" ?- ?", "-", " ".join(token.lower_ for token in self.doc[first:after]))

    def _may_follow_title(self, token: Token) -> bool:
        """Whether a word may stand between the title and the name: `of State`, `for trade`, a comma, a rank."""
        beside = self.by_token.get(token.i)
        if beside is not None and beside.label == "PERSON":
            return False
        if token.text in (",", "-", "&") or token.lower_ == "and" or token.pos_ in ("PROPN", "NOUN", "ADJ"):
            return True
        word = token.lower_.rstrip(".")
        return any(
            word in words for words in (self.lexicon.small_words["role_link"], ("the",), self.lexicon.honorifics)
        )

    def _phrase_start(self, index: int, low: int) -> int:
        """Where the noun phrase that holds the title begins: leftwards over modifiers and possessives."""
        while index > low:
            before = self.doc[index - 1]
            if before.pos_ not in ("PROPN", "ADJ", "NOUN", "NUM") and before.text not in (*_POSSESSIVE, "-", "–"):
                break
            index -= 1
        return index

    def _role(self, first: int, after: int, noun_after: int) -> Role:
        """The role between two tokens, whose role noun ends before ``noun_after``."""
        while first < after and (self.doc[first].pos_ == "DET" or self.doc[first].text in (",", "-", *_POSSESSIVE)):
            first += 1
        while after > first and self.doc[after - 1].text in (",", "and", "-", "–", "("):
            after -= 1
        affiliation, body = self._affiliation(first, after, noun_after)
        return Role(self.doc[first:after].text, affiliation, body)

    def _affiliation(self, first: int, after: int, noun_after: int) -> tuple[str | None, Mention | None]:
        """The body nearest after the role noun by a preposition, else the one before it; None for past roles."""
        words = [token.lower_ for token in self.doc[first:after]]
        if any(word in self.lexicon.small_words["former"] for word in words):
            return None, None
        found = [self.lexicon.roles[self._words(i, i + n)] for i in range(first, noun_after) if (n := self._noun_at(i))]
        if not found or "self" in found:
            return None, None
        linked = self._bodies(noun_after, after, linked_only=True)
        owning = self._bodies(first, noun_after, linked_only=False)[::-1]
        for body in (*linked[:1], *owning[:1], *linked[1:], *owning[1:]):
            if "voice" not in found and self.lexicon.is_place_of_learning(body.full_text):
                return None, None
            name = affiliation_name(body, self.gazetteer, self.lexicon, itself="place" in found)
            if name is not None:
                return name, body
        return None, None

    def _bodies(self, low: int, high: int, *, linked_only: bool) -> list[Mention]:
        found: list[Mention] = []
        for index in range(low, high):
            body = self.by_token.get(index)
            if body is None or body.label not in _BODIES or (found and body == found[-1]) or self._names_owned(body):
                continue
            if not linked_only or self._is_linked(body, low):
                found.append(body)
        return found

    def _names_owned(self, place: Mention) -> bool:
        """Whether a place is the first part of a body's name, which then is the affiliation: `Norland | Robotics`."""
        body = self.by_token.get(place.after)
        return body is not None and body.label == "ORG" and body.owner is not None and body.first == place.after

    def _is_linked(self, body: Mention, low: int) -> bool:
        """Whether a body follows its role noun by a preposition: `spokesman for the Harbour Board`."""
        before = self.by_token.get(body.first - 1)
        index = (before.first if before is not None and self._names_owned(before) else body.first) - 1
        while index >= low and (self.doc[index].pos_ in ("DET", "ADJ") or self.doc[index].text in _POSSESSIVE):
            index -= 1
        return index >= low and self.doc[index].lower_ in self.lexicon.small_words["role_link"]

    def state_of_institution(self, mention: Mention) -> str | None:
        """Key of the state whose ministry or parliament a body is, by its name or by `of` and a state after it."""
        named = named_state(mention, self.gazetteer, self.lexicon)
        if named is not None or not self.lexicon.is_state_organ(mention.text):
            return named
        first = body_form(body_form(mention.full_text).split()[0])
        if first in self.places or is_demonym_form(first):
            return first
        if mention.after + 1 < len(self.doc) and self.doc[mention.after].lower_ == "of":
            owner = self.by_token.get(mention.after + 1) or self.by_token.get(mention.after + 2)
            if owner is not None and owner.key is None and body_form(owner.text) in self.places:
                return body_form(owner.text)
            return _state_key(owner.key if owner else None, self.gazetteer)
        return None


def read_roles(
    passages: Mapping[int, Passage], mentions: Sequence[Mention], gazetteer: Gazetteer, lexicon: Lexicon
) -> dict[Mention, Role]:
    """The role of each person whose name stands beside one, and the state of each institution named with it."""
    by_token: dict[int, dict[int, Mention]] = {number: {} for number in passages}
    for mention in mentions:
        by_token[mention.passage_no].update(dict.fromkeys(range(mention.first, mention.after), mention))
    places = {body_form(m.text) for m in mentions if m.key is None and m.label in ("GPE", "NORP")}
    readers = {n: RoleReader(passage, by_token[n], gazetteer, lexicon, places) for n, passage in passages.items()}
    found = ((mention, readers[mention.passage_no].read(mention)) for mention in mentions)
    return {mention: role for mention, role in found if role is not None}


def affiliation_name(body: Mention, gazetteer: Gazetteer, lexicon: Lexicon, *, itself: bool = False) -> str | None:
    """Gazetteer key of the state or body that a listed name speaks for; else the body's state or normalised name.

    With ``itself`` a listed place is itself and not the state whose capital it is: a mayor speaks for the city.
    """
    if body.key is not None:
        entry = gazetteer[body.key] if itself else gazetteer.state_of(body.key)
        return entry.key if entry is not None and entry.type in ("GPE", "ORG") else None
    words = body_form(body.full_text).split()
    while words and words[-1] in lexicon.small_words["portfolio"]:
        words.pop()  # `Norland Defence` before `Secretary`
    return named_state(body, gazetteer, lexicon) or " ".join(words) or None


def named_state(body: Mention, gazetteer: Gazetteer, lexicon: Lexicon) -> str | None:
    """Key of the state whose name or demonym begins or ends the name of one of its institutions."""
    if not lexicon.is_state_organ(body.text):
        return None
    words = re.sub(r"['’]s\b", "", body.full_text).split()
    candidates = [words[:count] for count in range(min(4, len(words) - 1), 0, -1)]
    if "of" in words:
        candidates.append(words[len(words) - words[::-1].index("of") :])
    for candidate in candidates:
        entry = gazetteer.lookup(" ".join(candidate))
        state = _state_key(entry.key if entry else None, gazetteer)
        if state is not None:
            return state
    return None


def _state_key(key: str | None, gazetteer: Gazetteer) -> str | None:
    state = gazetteer.state_of(key)
    return state.key if state is not None and state.kind in ("country", "former_country", "territory") else None
