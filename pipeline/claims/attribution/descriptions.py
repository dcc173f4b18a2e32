"""Descriptions in source position ("the senator", "the outlet", "the department"): the name that each goes back to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from spacy.tokens import Token

from pipeline.claims.attribution.cast import Cast, Mention
from pipeline.claims.attribution.genders import gender_of_noun
from pipeline.claims.attribution.salience import Salience

REACH = 3000  # code points back in which an antecedent is looked for
_NEAR = 2  # sentences in which a name must be the only one of its kind where the noun alone does not tell
_IN_VIEW = 8  # sentences in which a medium is still "the paper"
_BODIES = ("ORG", "FAC", "NORP")
_PLACES = ("GPE", "LOC")


@dataclass(frozen=True)
class Described:
    """What a description goes back to: clusters, and whether it is a medium or a person."""

    clusters: tuple[int, ...]
    outlet: bool = False
    person: bool = False


class Descriptions:
    """Finds the names of one article that definite descriptions go back to."""

    def __init__(self, cast: Cast, salience: Salience, gender: Callable[[int], str | None]) -> None:
        self._cast = cast
        self._salience = salience
        self._gender = gender
        self._known_bearers: dict[str, frozenset[int]] = {}

    def resolve(self, head: Token, position: int) -> Described | None:
        """The antecedent of a definite description before ``position``; None where the text does not tell it.

        A medium goes back to the last medium named (one called by that noun first), a body to the last name that holds
        the noun ("the department": the State Department), a person to the last one with that title or role, a country
        or city to the last one named, a company to the only body named just before. Where two fit in one sentence,
        none is taken.
        """
        lemma = head.lemma_.lower()
        if not any(child.lower_ in ("the", "this", "that") for child in head.children):
            return None
        if head.tag_ == "NNS":
            clusters = self._several_with_role(lemma, position)
            return Described(clusters, person=True) if clusters else None
        nominals = self._cast.nominals
        if nominals.is_a(lemma, "outlet"):
            outlet = self._outlet(lemma, position)
            if outlet is not None:
                return Described((outlet,), outlet=True)
        if nominals.is_a(lemma, "person") or nominals.is_a(lemma, "epithet"):
            person = self._person(lemma, position)
            return Described((person,), person=True) if person is not None else None
        other = self._body_or_place(head, position)
        return Described((other,)) if other is not None else None

    def _before(self, position: int, accept: Callable[[Mention], bool]) -> list[Mention]:
        """The accepted mentions of the last sentence before ``position`` that has any, the nearest first."""
        found: list[Mention] = []
        nearest = 0
        for mention in self._cast.before(position):
            if position - mention.start > REACH or (found and mention.end < nearest - 400):
                break
            if not accept(mention):
                continue
            if found and self._salience.distance(mention.end, found[0].start) > 0:
                break
            nearest = mention.start
            found.append(mention)
        return found

    def _only(self, mentions: Iterable[Mention]) -> int | None:
        clusters = {mention.cluster for mention in mentions}
        return clusters.pop() if len(clusters) == 1 else None

    def _outlet(self, lemma: str, position: int) -> int | None:
        def is_outlet(mention: Mention) -> bool:
            return mention.cluster in self._cast.outlets

        near = self._before(position, lambda m: is_outlet(m) and self._cast.is_called(m, lemma))
        if not near and self._cast.nominals.is_a(lemma, "body"):  # "the agency" may be no medium
            near = self._before(position, lambda m: is_outlet(m) or (m.type == "ORG" and self._cast.is_body(m)))
        near = near or self._before(position, is_outlet)
        return near[0].cluster if near and self._salience.distance(near[0].end, position) <= _IN_VIEW else None

    def _person(self, lemma: str, position: int) -> int | None:
        gender, bearers = gender_of_noun(lemma), self._bearers(lemma)
        near = self._before(position, lambda m: m.cluster in bearers)
        if near and (
            self._cast.nominals.is_a(lemma, "office") or self._salience.distance(near[0].end, position) <= _NEAR
        ):
            return self._only(near)
        if self._cast.nominals.is_a(lemma, "office"):
            return next(iter(bearers)) if len(bearers) == 1 else None
        if not self._cast.nominals.is_a(lemma, "epithet"):
            return None
        only = self._only_person_near(position, gender)
        return only if not near or only == near[0].cluster else None

    def _bearers(self, lemma: str) -> frozenset[int]:
        """Those people of the article who have the title or role, and a gender that agrees with the noun's."""
        if lemma not in self._known_bearers:
            gender = gender_of_noun(lemma)
            people = {m.cluster for m in self._cast.mentions if m.type == "PERSON"}
            with_role = (cluster for cluster in people if lemma in self._cast.roles.get(cluster, ()))
            self._known_bearers[lemma] = frozenset(
                cluster for cluster in with_role if gender is None or self._gender(cluster) in (None, gender)
            )
        return self._known_bearers[lemma]

    def _only_person_near(self, position: int, gender: str | None) -> int | None:
        """The only person named in the last sentences, quotations left out."""
        near: set[int] = set()
        for mention in self._cast.before(position):
            if position - mention.start > REACH or self._salience.distance(mention.end, position) > _NEAR:
                break
            if mention.type != "PERSON" or self._salience.quotations.at(mention.start) is not None:
                continue
            known = self._gender(mention.cluster) if gender is not None else None
            if known is None or known == gender:
                near.add(mention.cluster)
        return near.pop() if len(near) == 1 else None

    def _several_with_role(self, lemma: str, position: int) -> tuple[int, ...]:
        """ "The senators": the two or more with that title in the last sentence that names any."""
        near = self._before(position, lambda m: m.type == "PERSON" and lemma in self._cast.roles.get(m.cluster, set()))
        clusters = sorted({mention.cluster for mention in near})
        return tuple(clusters) if len(clusters) > 1 else ()

    def _body_or_place(self, head: Token, position: int) -> int | None:
        nominals, lemma = self._cast.nominals, head.lemma_.lower()
        called = self._before(position, lambda m: m.type in (*_BODIES, *_PLACES) and self._cast.is_called(m, lemma))
        if called:
            return called[0].cluster
        if nominals.is_a(lemma, "state") and not nominals.is_a(lemma, "outlet"):
            near = self._before(position, lambda m: m.gazetteer_id.startswith("country:") and m.type == "GPE")
            return self._only(near)
        if nominals.is_a(lemma, "city"):
            near = self._before(position, lambda m: m.type == "GPE" and not m.gazetteer_id.startswith("country:"))
            return self._only(near)
        if nominals.is_a(lemma, "company") and any(child.lower_ == "the" for child in head.children):
            near = self._before(position, lambda m: m.type == "ORG" and m.cluster not in self._cast.outlets)
            return self._only(near)
        return None
