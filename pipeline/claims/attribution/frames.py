"""The frames a reporting verb can take, read off the parse: who is the subject, what stands as content, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from pipeline.claims.attribution.spans import Range, noun_phrase

_GOVERNORS = frozenset(["conj", "xcomp", "advcl", "dep", "ccomp", "pcomp", "parataxis"])
_WH = frozenset(["what", "how", "why", "where", "when", "who", "which", "whether", "if", "whose", "whom"])
_REFLEXIVE = frozenset(["himself", "herself", "itself", "themselves", "myself", "yourself", "ourselves"])


@dataclass(frozen=True)
class Subject:
    """The party that a verb's action is ascribed to; ``shared`` when it is the subject of a governing verb or noun."""

    token: Token
    shared: bool = False
    passive: bool = False


@dataclass(frozen=True)
class Filled:
    """One frame of a verb as filled in a sentence.

    ``content`` is a token range, or None where the content is the clause around the verb (``parenthetical``). ``head``
    is the content's head word, ``target`` and ``addressee`` are head words of noun phrases, ``preposition`` the governed one.
    """

    frame: str
    content: Range | None
    head: Token | None = None
    target: Token | None = None
    addressee: Token | None = None
    preposition: Token | None = None


def find_subject(verb: Token) -> Subject | None:
    """The subject of ``verb``: its own, that of the verb it is coordinated with or depends on, or the noun it modifies.

    A participle or infinitive takes the subject of the verb it hangs on ("called the vote a farce, saying that …",
    "refused to say"), or the noun that it describes ("a letter saying that …"). In the passive the agent counts.
    """
    node, shared = verb, False
    for _ in range(6):
        subject, passive, agent = _own_subject(node)
        if passive:
            if node.i != verb.i:
                return Subject(subject, True) if subject is not None else None
            return Subject(agent, shared, passive=True) if agent is not None else None
        if subject is not None:
            return None if subject.dep_ == "expl" else Subject(subject, shared)
        if agent is not None and node.i == verb.i:
            return Subject(agent, shared, passive=True)
        dep, head, tag = node.dep_, node.head, node.tag_
        if dep == "acl":
            return Subject(head, True) if tag == "VBG" or (tag == "VB" and node.i != verb.i) else None
        if head.i == node.i or dep not in _GOVERNORS:
            return None
        if dep in ("advcl", "ccomp", "parataxis") and tag not in ("VBG", "VB"):
            return None
        if dep == "pcomp":
            head = head.head
        if dep == "conj" and _present_after_past(head, node):
            return None
        if head.pos_ not in ("VERB", "AUX"):
            return Subject(head, True) if head.pos_ in ("NOUN", "PROPN") and dep in ("pcomp", "advcl") else None
        if dep == "xcomp" and tag == "VB":
            controller = next((c for c in head.children if c.dep_ in ("dobj", "dative") and c.i < node.i), None)
            if controller is not None:
                return Subject(controller, True)
        node, shared = head, True
    return None


def _present_after_past(first: Token, second: Token) -> bool:
    """A coordinated present after a reporting past belongs to what is reported, not to the reporter."""
    return (
        first.tag_ == "VBD"
        and second.tag_ in ("VBZ", "VBP")
        and any(c.dep_ in ("ccomp", "xcomp") and first.i < c.i < second.i for c in first.children)
    )


def _own_subject(verb: Token) -> tuple[Token | None, bool, Token | None]:
    subject, passive, agent = None, False, None
    for child in verb.children:
        dep = child.dep_
        if dep == "nsubj" or (dep == "expl" and subject is None):
            subject = child
        elif dep == "nsubjpass":
            subject, passive = child, True
        elif dep == "auxpass":
            passive = True
        elif dep == "agent":
            agent = next((c for c in child.children if c.dep_ == "pobj"), None)
    return subject, passive, agent


def fill_frames(verb: Token, passive: bool) -> Iterator[Filled]:
    """Every frame that ``verb`` can be read with here, the likelier first. Frames are named as in ``cues.tsv``."""
    children = list(verb.children)
    clausal = [c for c in children if c.dep_ in ("ccomp", "xcomp", "parataxis") and c.pos_ != "PUNCT"]
    objects = [c for c in children if c.dep_ == "dobj"]
    patient = next((c for c in children if c.dep_ == "nsubjpass"), None) if passive else None
    addressee = next((c for c in children if c.dep_ == "dative"), None)
    obj = objects[0] if objects else patient
    for child in clausal:
        yield from _clausal_frames(verb, child, obj, addressee)
    predicates = [c for c in children if c.dep_ == "oprd" and c.i > verb.i]
    if obj is None and len(predicates) > 1:
        first, last = noun_phrase(predicates[0])[0], max(c.right_edge.i for c in predicates)
        yield Filled("object_predicate", (first, last), predicates[-1], target=predicates[0])
    if obj is not None:
        yield from _object_frames(verb, obj, patient is not None and not objects, children)
    for child in children:
        if child.dep_ == "prep" and child.i > verb.i:
            yield from _prepositional_frames(verb, child)
        elif child.dep_ == "acomp" and child.i > verb.i:
            yield Filled("adjective", (child.left_edge.i, child.right_edge.i), child)
    if not clausal:
        yield Filled("bare", None)


def _clausal_frames(verb: Token, child: Token, obj: Token | None, addressee: Token | None) -> Iterator[Filled]:
    span = child.left_edge.i, child.right_edge.i
    grand = list(child.children)
    marker = next((c for c in grand if c.dep_ == "mark" and c.lower_ != "that"), None)
    finite = child.tag_ in ("VBD", "VBZ", "VBP", "MD") or any(
        c.tag_ in ("VBD", "VBZ", "VBP", "MD") and c.dep_ in ("aux", "auxpass", "cop") for c in grand
    )
    to = next((c for c in grand if c.dep_ == "aux" and c.lower_ == "to" and c.i < child.i), None)
    subject = next((c for c in grand if c.dep_ in ("nsubj", "nsubjpass", "expl")), None)
    if verb.i > child.i:
        if finite or child.pos_ not in ("VERB", "AUX"):
            yield Filled("clause", None, child, addressee=addressee or obj)
        return
    if finite:
        wh = child.doc[span[0]].lower_ in _WH or marker is not None
        yield Filled("question" if wh else "clause", span, child, addressee=addressee or obj)
    elif to is not None:
        lead = child.doc[span[0]]
        if lead.lower_ == "for" and lead.i > verb.i:
            yield Filled("prep_for", (lead.i + 1, span[1]), child, target=subject, preposition=lead)
        elif lead.lower_ in _WH:
            yield Filled("question", span, child, addressee=addressee or obj)
        elif subject is not None:
            yield Filled("object_infinitive", span, child, target=subject, addressee=subject)
        elif obj is not None and obj.i < child.i and obj.lower_ not in _REFLEXIVE:
            yield Filled("object_infinitive", (noun_phrase(obj)[0], span[1]), child, target=obj, addressee=obj)
        else:
            yield Filled("infinitive", span, child)
    elif child.tag_ == "VBG":
        yield Filled("gerund", span, child, target=subject)
    elif child.pos_ in ("NOUN", "PROPN", "ADJ", "PRON") or child.tag_ == "VBN":
        if subject is not None:
            yield Filled("object_predicate", span, child, target=subject)
        else:
            yield Filled("clause", span, child)
    else:
        yield Filled("clause", span, child, addressee=addressee or obj)


def _without_aside(phrase: Token) -> int:
    """The last token of a phrase before a relative clause that a comma sets off."""
    last = phrase.right_edge.i
    for child in phrase.children:
        if child.dep_ == "relcl" and child.right_edge.i == last and child.left_edge.i - 1 > phrase.i:
            if phrase.doc[child.left_edge.i - 1].text == ",":
                return int(child.left_edge.i - 2)
    return int(last)


def _object_frames(verb: Token, obj: Token, passive: bool, children: list[Token]) -> Iterator[Filled]:
    first, last = noun_phrase(obj)[0], _without_aside(obj)
    after = [c for c in children if c.i > (verb.i if passive else obj.i)]
    for child in after:
        if child.dep_ == "oprd":
            content = (first, child.right_edge.i) if not passive else (child.left_edge.i, child.right_edge.i)
            yield Filled("object_predicate", content, child, target=obj)
        elif child.dep_ == "prep":
            yield Filled(
                f"object_{child.lower_}",
                (first, child.right_edge.i) if not passive else (child.left_edge.i, child.right_edge.i),
                child,
                target=obj,
                preposition=child,
            )
    # The parser often hangs "of …", "for …", "as …" on the object instead of the verb.
    if not passive:
        for child in obj.children:
            if child.dep_ == "prep" and child.i > obj.i and child.lower_ in ("of", "for", "as"):
                yield Filled(
                    f"object_{child.lower_}", (first, child.right_edge.i), child, target=obj, preposition=child
                )
        yield Filled("object", (first, last), obj, target=obj)
    else:
        yield Filled("object", (first, last), obj, target=obj)


def _prepositional_frames(verb: Token, preposition: Token) -> Iterator[Filled]:
    inner = next((c for c in preposition.children if c.dep_ in ("pobj", "pcomp")), None)
    if inner is None:
        return
    if inner.dep_ == "pobj":
        first, last = noun_phrase(inner)[0], inner.right_edge.i
        asked = next((c for c in verb.children if c.dep_ in ("xcomp", "advcl") and c.left_edge.i == last + 1), None)
        if asked is not None and asked.left_edge.tag_ == "TO":
            last = asked.right_edge.i
    else:
        first, last = inner.left_edge.i, inner.right_edge.i
    yield Filled(f"prep_{preposition.lower_}", (first, last), inner, target=inner, preposition=preposition)
