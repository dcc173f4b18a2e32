"""Sources that are pronouns or descriptions: whom they mean, from what stands before them in the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from pipeline.claims.attribution.cast import Cast, Mention
from pipeline.claims.attribution.found import Found, Span
from pipeline.claims.attribution.genders import gender_of_name, gender_of_noun
from pipeline.claims.attribution.nominals import PRONOUNS
from pipeline.claims.attribution.quoting import QuotationIndex

REACH = 3000  # code points back in which an antecedent is looked for
_PRONOUN_REACH = 120  # code points behind a name in which a pronoun may tell its gender
_GENDER_MENTIONS = 30  # mentions of a person that are asked
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
                person=head.ent_type_ == "PERSON",
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

    def _pronoun(self, found: Found, gender: str) -> Resolved:
        assert found.source is not None
        position = found.source[0]
        last = next((r for at, r in reversed(self._past) if at < position and position - at < REACH), None)
        if gender in ("male", "female"):
            cluster = self._person_before(position, gender, found, last)
            if cluster is None and last is not None and last.anonymous and not last.plural:
                return Resolved(last.clusters, "coreference", True, person=True)
            return Resolved((cluster,) if cluster is not None else (), "coreference", False, person=True)
        if gender == "neuter":
            if last is not None and not last.person and not last.plural and last.clusters:
                return Resolved(last.clusters, "coreference", last.anonymous, outlet=last.outlet)
            near = self._subject_before(position, lambda m: m.type in ("ORG", "GPE"))
            return Resolved((near,) if near is not None else (), "coreference", False)
        if last is not None and (last.plural or last.anonymous or not last.person):
            return Resolved(last.clusters, "coreference", last.anonymous, plural=True)
        return Resolved((), "coreference", False, plural=True)

    def _person_before(self, position: int, gender: str, found: Found, last: Resolved | None) -> int | None:
        """The person that "he" or "she" means: the last speaker or the nearest person before, gender agreeing."""
        contents = found.content
        best: tuple[float, int] | None = None
        seen: set[int] = set()
        for mention in self._cast.before(position):
            if position - mention.start > REACH:
                break
            if mention.type != "PERSON" or mention.cluster in seen:
                continue
            if any(a <= mention.start < b for a, b in contents) or self._quotations.at(mention.start) is not None:
                continue
            known = self._gender(mention.cluster)
            if known is not None and known != gender:
                continue
            seen.add(mention.cluster)
            between = self._text[mention.end : position]
            distance = between.count(". ") + between.count(".” ") + between.count('." ') + 2 * between.count("\n")
            score = -float(distance)
            if last is not None and mention.cluster in last.clusters:
                score += 2.5
            if known == gender:
                score += 2.0
            if _opens_sentence(self._text, mention.start):
                score += 1.0
            if best is None or score > best[0]:
                best = score, mention.cluster
            if len(seen) >= 6:
                break
        return best[1] if best is not None else None

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

    def _subject_before(self, position: int, accept: Callable[[Mention], bool]) -> int | None:
        for mention in self._cast.before(position):
            if position - mention.start > REACH:
                return None
            if accept(mention) and self._quotations.at(mention.start) is None:
                return mention.cluster
        return None

    def _pair(self, found: Found, head: Token, earlier: Sequence[tuple[Found, Resolved]]) -> Resolved:
        """ "Both countries", "the two sides": the accused ones of an accusation just made, else the two named last."""
        assert found.source is not None
        persons = self._cast.nominals.is_a(head.lemma_.lower(), "person")
        position = found.source[0]

        def fits(mention: Mention) -> bool:
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

    def _first_two(self, spans: Sequence[Span], fits: Callable[[Mention], bool]) -> list[int]:
        found: list[int] = []
        for start, end in spans:
            for mention in self._cast.within(start, end):
                cluster = self._cast.government(mention)
                if fits(mention) and cluster not in found:
                    found.append(cluster)
        return found[:2]

    def _description(self, found: Found, head: Token, anonymous: bool) -> Resolved:
        """ "The outlet", "the minister", "the country": the last one named that the noun fits; else unnamed."""
        assert found.source is not None
        lemma, position = head.lemma_.lower(), found.source[0]
        nominals = self._cast.nominals
        definite = any(c.lower_ in ("the", "this", "that") for c in head.children)
        plural = head.tag_ == "NNS"
        if definite and not plural:
            if nominals.is_a(lemma, "outlet"):
                near = self._subject_before(position, lambda m: m.cluster in self._cast.outlets)
                if near is not None:
                    return Resolved((near,), "coreference", False, outlet=True)
            if nominals.is_a(lemma, "person"):
                gender = gender_of_noun(lemma)
                for mention in self._cast.before(position):
                    if position - mention.start > REACH:
                        break
                    roles = self._cast.roles.get(mention.cluster, set())
                    if mention.type == "PERSON" and lemma in roles:
                        known = self._gender(mention.cluster)
                        if gender is None or known is None or gender == known:
                            return Resolved((mention.cluster,), "coreference", False, person=True)
        return Resolved((), "named", anonymous or nominals.is_a(lemma, "person"), plural=plural)


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
    return head.pos_ == "NOUN" and not named and ("both" in modifiers or {"the", "two"} <= modifiers)


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 40) : start].rstrip()
    return not before or before[-1] in '.!?”"\n' or "\n" in text[max(0, start - 4) : start]
