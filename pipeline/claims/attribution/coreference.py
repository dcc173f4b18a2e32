"""Sources that are pronouns or descriptions: whom they mean, from what stands before them in the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from pipeline.claims.attribution.cast import JOINT, Cast, Mention
from pipeline.claims.attribution.descriptions import Descriptions
from pipeline.claims.attribution.found import Found, Span
from pipeline.claims.attribution.genders import gender_of_name, gender_of_noun
from pipeline.claims.attribution.nominals import PRONOUNS
from pipeline.claims.attribution.quoting import QuotationIndex
from pipeline.claims.attribution.salience import Salience

REACH = 3000  # code points back in which an antecedent is looked for
_PRONOUN_REACH = 120  # code points behind a name in which a pronoun may tell its gender
_GENDER_MENTIONS = 30  # mentions of a person that are asked
_CANDIDATES = 6  # people before a pronoun that are weighed
_SPOKE_LAST = 2.5  # what speaks for the last speaker, in sentences of distance
_GENDER_TOLD = 2.0  # for one whose gender the article tells
_IS_SUBJECT = 1.5  # for a subject, or the first words of a sentence where no parse is known
_OWNER = 1.0  # against a name that only says whose something is ("Brevik's office")
_MARGIN = 0.5  # a lead smaller than this decides nothing
_NEAR = 2  # sentences back in which "they" may mean two people named together
_LOOK_BACK = 80  # tokens before "they" in which another plural subject is looked for
_POSSESSED = re.compile(r"['’]s?\b|['’](?=\s)")
_GENDERED = re.compile(r"\b(?:he|him|his|she|her)\b", re.IGNORECASE)
_RELATIVE = frozenset(["who", "which", "that"])


@dataclass(frozen=True)
class Resolved:
    """The source of an attribution as clusters; ``number`` and ``anonymous`` help those that come after it."""

    clusters: tuple[int, ...]
    resolution: str
    anonymous: bool
    plural: bool = False
    person: bool = False
    outlet: bool = False


class Antecedents:
    """Finds what a pronoun or description in source position means; keeps the sources met so far."""

    def __init__(self, text: str, cast: Cast, quotations: QuotationIndex) -> None:
        self._text = text
        self._cast = cast
        self._quotations = quotations
        self._salience = Salience(text, quotations)
        self._descriptions = Descriptions(cast, self._salience, self._gender)
        self._past: list[tuple[int, Resolved]] = []
        self._genders: dict[int, str | None] = {}

    def remember(self, position: int, resolved: Resolved) -> None:
        """Note a resolved source at its position; call in text order."""
        self._past.append((position, resolved))

    def resolve(self, found: Found, offset: int, earlier: Sequence[tuple[Found, Resolved]]) -> Resolved:
        """The source of ``found``.

        ``offset`` is where the source's document starts, ``earlier`` are the attributions shortly before it.
        """
        assert found.source is not None and found.source_token is not None
        head = found.source_token
        self._salience.show(head.doc, offset)
        word = head.lower_ if head.pos_ in ("PRON", "DET") else ""
        if word in _RELATIVE:
            return self._relative(head, offset)
        if word in PRONOUNS:
            return self._pronoun(found, PRONOUNS[word][1])
        if word in ("i", "we", "you", "me", "us"):
            return Resolved((), "coreference", False, person=True)
        if _is_pair(head):
            return self._pair(found, head, earlier)
        named = self._cast.named(head, offset, found.source)
        if named.found and not _is_anaphoric(head, named.clusters):
            outlet = any(cluster in self._cast.outlets for cluster in named.clusters)
            return Resolved(
                named.clusters,
                "named",
                named.anonymous,
                plural=len(named.clusters) > 1 or head.tag_ in ("NNS", "NNPS"),
                person=any(self._cast.by_cluster[cluster][0].type == "PERSON" for cluster in named.clusters),
                outlet=outlet,
            )
        return self._description(found, head, named.anonymous)

    def _relative(self, head: Token, offset: int) -> Resolved:
        verb = head.head
        while verb.dep_ not in ("relcl", "ROOT") and verb.head.i != verb.i:
            verb = verb.head
        if verb.dep_ != "relcl":
            return Resolved((), "coreference", False)
        noun = verb.head
        span = offset + noun.left_edge.idx, offset + head.idx
        named = self._cast.named(noun, offset, span)
        if not named.found and noun.dep_ == "appos":
            span = offset + noun.head.left_edge.idx, offset + head.idx
            named = self._cast.named(noun.head, offset, span)
        return Resolved(named.clusters, "coreference", named.anonymous, person=word_is_person(noun))

    def _last(self, position: int, persons: bool = False) -> tuple[int, Resolved] | None:
        """The last source before ``position`` with its place; the last person among them if ``persons``."""
        for at, resolved in reversed(self._past):
            if position - at >= REACH:
                return None
            if at < position and (not persons or (resolved.person and not resolved.plural)):
                return at, resolved
        return None

    def _pronoun(self, found: Found, gender: str) -> Resolved:
        assert found.source is not None
        position = found.source[0]
        if gender in ("male", "female"):
            return self._person_before(position, gender, found)
        last = self._last(position)
        if gender == "neuter":
            if last is not None and not last[1].person and not last[1].plural:
                return Resolved(last[1].clusters, "coreference", last[1].anonymous, outlet=last[1].outlet)
            near = self._thing_before(position)
            return Resolved((near,) if near is not None else (), "coreference", False)
        together = self._together_before(position)
        if together and (last is None or last[0] < together[0]):
            return Resolved(together[1], "coreference", False, plural=True, person=True)
        if last is not None and (last[1].plural or last[1].anonymous or not last[1].person):
            other = self._plural_subject_between(found, last[0])
            if not other:
                return Resolved(last[1].clusters, "coreference", last[1].anonymous, plural=True)
        return Resolved((), "coreference", False, plural=True)

    def _person_before(self, position: int, gender: str, found: Found) -> Resolved:
        """Whom "he" or "she" means: the last speaker or the nearest person before, gender agreeing.

        Distance in sentences, who spoke last, who is a subject and whose gender is told are weighed; an unnamed speaker
        ("a clerk said") is weighed like a named one. Unresolved where two are as likely.
        """
        last = self._last(position, persons=True)
        described = _noun_described(found)
        scores: dict[int | None, float] = {}
        if last is not None and last[1].anonymous:
            scores[None] = _SPOKE_LAST + _IS_SUBJECT - self._salience.distance(last[0], position)
        for mention in self._cast.before(position):
            if position - mention.start > REACH or len(scores) > _CANDIDATES:
                break
            if mention.type != "PERSON" or self._quotations.at(mention.start) is not None:
                continue
            if any(a <= mention.start < b for a, b in found.content) or mention.start <= described < mention.end:
                continue
            known = self._gender(mention.cluster)
            if known is not None and known != gender:
                continue
            score = self._weight(mention, position)
            score += _GENDER_TOLD if known == gender else 0.0
            score += _SPOKE_LAST if last is not None and mention.cluster in last[1].clusters else 0.0
            scores[mention.cluster] = max(score, scores.get(mention.cluster, score))
        ranked = sorted(scores, key=lambda cluster: (-scores[cluster], -1 if cluster is None else cluster))
        if not ranked or (len(ranked) > 1 and scores[ranked[0]] - scores[ranked[1]] < _MARGIN):
            return Resolved((), "coreference", False, person=True)
        if ranked[0] is None:
            assert last is not None
            return Resolved(last[1].clusters, "coreference", True, person=True)
        return Resolved((ranked[0],), "coreference", False, person=True)

    def _weight(self, mention: Mention, position: int) -> float:
        """How likely a mention is to be taken up by a pronoun, by distance and by its place in the sentence."""
        score = -float(self._salience.distance(mention.end, position))
        if self._salience.is_subject(mention) or _opens_sentence(self._text, mention.start):
            score += _IS_SUBJECT
        if _POSSESSED.match(self._text, mention.end):
            score -= _OWNER
        return score

    def _thing_before(self, position: int) -> int | None:
        """The body or state that is a subject in the sentence of ``position`` or the one before, where it is one."""
        near: list[int] = []
        for mention in self._cast.before(position):
            if position - mention.start > REACH or self._salience.distance(mention.end, position) > 1:
                break
            if mention.type in ("ORG", "GPE") and self._salience.is_subject(mention) and mention.cluster not in near:
                near.append(mention.cluster)
        return near[0] if len(near) == 1 else None

    def _together_before(self, position: int) -> tuple[int, tuple[int, ...]] | None:
        """(where, clusters) of people named together as a subject in the last sentences: "Brevik and Sund met"."""
        behind: Mention | None = None
        for mention in self._cast.before(position):
            if self._salience.distance(mention.end, position) > _NEAR:
                return None
            if mention.type != "PERSON" or self._quotations.at(mention.start) is not None:
                behind = None
                continue
            if (
                behind is not None
                and behind.cluster != mention.cluster
                and JOINT.fullmatch(self._text, mention.end, behind.start)
                and self._salience.is_subject(mention)
            ):
                return mention.start, tuple(sorted({mention.cluster, behind.cluster}))
            behind = mention
        return None

    def _plural_subject_between(self, found: Found, last: int) -> bool:
        """Whether another plural noun is a subject between the last source and the pronoun, in its passage."""
        assert found.source_token is not None and found.source is not None
        head = found.source_token
        for token in reversed(head.doc[max(0, head.i - _LOOK_BACK) : head.i]):
            if found.doc_start + token.idx <= last:
                return False
            if token.dep_ in ("nsubj", "nsubjpass") and token.tag_ in ("NNS", "NNPS"):
                around = token.left_edge.idx + found.doc_start, token.idx + len(token.text) + found.doc_start
                return not around[0] <= last < around[1]
        return False

    def _gender(self, cluster: int) -> str | None:
        """What the article says about a person's gender: a title or role, else the first name."""
        if cluster not in self._genders:
            self._genders[cluster] = self._read_gender(cluster)
        return self._genders[cluster]

    def _read_gender(self, cluster: int) -> str | None:
        """By title, role or first name; else by the pronouns that follow the name in its sentence, where they agree."""
        votes = {"male": 0, "female": 0}
        for mention in self._cast.by_cluster[cluster][:_GENDER_MENTIONS]:
            if mention.label != "PERSON":
                continue
            before = self._text[max(0, mention.start - 12) : mention.start].split()
            known = gender_of_noun(before[-1]) if before else None
            known = known or next((g for r in mention.role.split() if (g := gender_of_noun(r))), None)
            known = known or gender_of_name(self._text[mention.start : mention.end])
            if known is not None:
                return known
            vote = self._pronoun_after(mention)
            if vote is not None:
                votes[vote] += 1
        leading = max(votes, key=lambda gender: (votes[gender], gender))
        return leading if votes[leading] > 2 * min(votes.values()) else None

    def _pronoun_after(self, mention: Mention) -> str | None:
        """Gender of the first personal pronoun behind a name, before the sentence ends or another person is named."""
        end = mention.end + _PRONOUN_REACH
        other = next((m for m in self._cast.within(mention.end, end) if m.type == "PERSON"), None)
        window = self._text[mention.end : other.start if other is not None else end]
        window = re.split(r"[.!?\n“”\"]", window, maxsplit=1)[0]
        pronoun = _GENDERED.search(window)
        return PRONOUNS[pronoun.group().lower()][1] if pronoun is not None else None

    def _pair(self, found: Found, head: Token, earlier: Sequence[tuple[Found, Resolved]]) -> Resolved:
        """ "Both countries", "the two sides": the accused ones of an accusation just made, else the two named last."""
        assert found.source is not None
        position = found.source[0]
        together = self._together_before(position) if head.pos_ != "NOUN" else None
        if together is not None:
            return Resolved(together[1], "coreference", False, plural=True, person=True)
        persons = self._cast.nominals.is_a(head.lemma_.lower(), "person") or (
            head.pos_ != "NOUN" and self._people_before(position)
        )

        lemma = head.lemma_.lower()
        bearers = {cluster for cluster, roles in self._cast.roles.items() if lemma in roles}

        def fits(mention: Mention) -> bool:
            if persons and len(bearers) > 1:
                return mention.cluster in bearers
            return mention.type == "PERSON" if persons else mention.is_state

        if found.stance == "deny":
            for other, _ in reversed(earlier):
                if other.stance == "accuse" and other.cue_at < found.cue_at and found.cue_at - other.cue_at < REACH:
                    spans = [s for s in other.content if s[1] <= position] or [
                        (a, min(b, position)) for a, b in other.content
                    ]
                    pair = self._first_two(spans, fits)
                    if len(pair) == 2:
                        return Resolved(tuple(sorted(pair)), "coreference", False, plural=True)
        recent: list[int] = []
        for mention in self._cast.before(position):
            if position - mention.start > REACH:
                break
            if fits(mention) and self._quotations.at(mention.start) is None:
                cluster = self._cast.government(mention)
                if cluster not in recent:
                    recent.append(cluster)
                if len(recent) == 2:
                    break
        return Resolved(tuple(sorted(recent)) if len(recent) == 2 else (), "coreference", False, plural=True)

    def _people_before(self, position: int) -> bool:
        """Whether the party named last outside quotations is a person rather than a state."""
        for mention in self._cast.before(position):
            if self._quotations.at(mention.start) is None and (mention.type == "PERSON" or mention.is_state):
                return mention.type == "PERSON"
        return False

    def _first_two(self, spans: Sequence[Span], fits: Callable[[Mention], bool]) -> list[int]:
        found: list[int] = []
        for start, end in spans:
            for mention in self._cast.within(start, end):
                cluster = self._cast.government(mention)
                if fits(mention) and cluster not in found:
                    found.append(cluster)
        return found[:2]

    def _description(self, found: Found, head: Token, anonymous: bool) -> Resolved:
        """ "The outlet", "the minister", "the paper's editors": what it goes back to; else unnamed."""
        assert found.source is not None
        lemma, position = head.lemma_.lower(), found.source[0]
        is_person = self._cast.nominals.is_a(lemma, "person")
        described = self._descriptions.resolve(head, position)
        if described is not None:
            several = len(described.clusters) > 1
            return Resolved(
                described.clusters,
                "coreference",
                False,
                plural=several,
                person=described.person,
                outlet=described.outlet,
            )
        owner = next((c for c in head.children if c.dep_ == "poss" and c.pos_ == "NOUN"), None)
        owned = self._descriptions.resolve(owner, position) if owner is not None else None
        if owned is not None and not owned.person:
            return Resolved(owned.clusters, "coreference", is_person, plural=head.tag_ == "NNS", person=is_person)
        return Resolved((), "named", anonymous or is_person, plural=head.tag_ == "NNS", person=is_person)


def _noun_described(found: Found) -> int:
    """Where the noun starts whose relative clause the source stands in ("Sund, whom he called a liar"), else -1."""
    assert found.source_token is not None
    verb = found.source_token.head
    return found.doc_start + verb.head.idx if verb.dep_ == "relcl" else -1


def word_is_person(head: Token) -> bool:
    """Whether a head word is labelled as a person."""
    return bool(head.ent_type_ == "PERSON")


def _is_anaphoric(head: Token, clusters: tuple[int, ...]) -> bool:
    return not clusters and head.pos_ == "NOUN"


def _is_pair(head: Token) -> bool:
    if head.lower_ == "both":
        return True
    named = any(c.dep_ in ("conj", "appos") for c in head.children)
    modifiers = {c.lower_ for c in head.children if c.dep_ in ("det", "predet", "nummod", "preconj")}
    if head.lower_ == "two" and "the" in modifiers:
        return True
    return head.pos_ == "NOUN" and not named and ("both" in modifiers or {"the", "two"} <= modifiers)


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 40) : start].rstrip()
    return not before or before[-1] in '.!?”"\n' or "\n" in text[max(0, start - 4) : start]
