"""The frames a reporting verb can take, read off the parse: what stands as content, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from pipeline.claims.attribution.spans import Range, noun_phrase

_LOOSE = 20  # tokens from a verb within which its content clause is looked for on other words
_FINITE = frozenset(["VBD", "VBZ", "VBP", "MD"])
_WH = frozenset(["what", "how", "why", "where", "when", "who", "which", "whether", "if", "whose", "whom"])
_PARTING = frozenset(["about", "from"])  # only what stands behind them is content: "asked the mayor about C"
_ADJUNCTS = frozenset(["in", "to", "as", "for", "from", "over", "against", "with", "by"])
_OCCASIONS = frozenset(
    ["interview", "statement", "speech", "email", "tweet", "letter", "memo", "debate", "rally", "message", "reporter"]
)
_REFLEXIVE = frozenset(["himself", "herself", "itself", "themselves", "myself", "yourself", "ourselves"])


@dataclass(frozen=True)
class Filled:
    """One frame of a verb as filled in a sentence.

    ``content`` is a token range, or None where the content is the clause around the verb. ``head`` is the content's
    head word, ``target`` and ``addressee`` are head words of noun phrases, ``preposition`` the governed one.
    """

    frame: str
    content: Range | None
    head: Token | None = None
    target: Token | None = None
    addressee: Token | None = None
    preposition: Token | None = None
    patient: Range | None = None  # the subject of a passive, when it is told of apart from the content


def fill_frames(verb: Token, passive: bool) -> Iterator[Filled]:
    """Every frame that ``verb`` can be read with here, the likelier first. Frames are named as in ``cues.tsv``."""
    children = list(verb.children)
    clausal = [c for c in children if c.dep_ in ("ccomp", "xcomp", "parataxis") and c.pos_ != "PUNCT"]
    objects = [c for c in children if c.dep_ == "dobj"]
    patient = next((c for c in children if c.dep_ == "nsubjpass"), None) if passive else None
    addressee = next((c for c in children if c.dep_ == "dative"), None)
    obj = objects[0] if objects else patient
    for child in clausal or _fronted_clauses(verb, children):
        yield from _clausal_frames(verb, child, obj, addressee)
    predicates = [c for c in children if c.dep_ == "oprd" and c.i > verb.i]
    if obj is None and predicates:
        first, last = predicates[0].left_edge.i, max(c.right_edge.i for c in predicates)
        described = next((c for c in predicates[0].children if c.dep_ == "nsubj"), predicates[0])
        quoted = any(token.tag_ == "``" for token in verb.doc[first : last + 1])
        if passive or quoted or len(predicates) > 1 or described.i != predicates[0].i:
            yield Filled("object_predicate", (first, last), predicates[-1], target=described)
    if obj is not None:
        yield from _object_frames(verb, obj, patient is not None and not objects, children)
    for child in children:
        if child.dep_ == "prep" and child.i > verb.i:
            yield from _prepositional_frames(verb, child)
        elif child.dep_ == "advcl" and child.i > verb.i and child.left_edge.lower_ == "for" and child.tag_ == "VB":
            first = child.left_edge.i
            yield Filled("prep_for", (first + 1, child.right_edge.i), child, preposition=child.left_edge)
        elif child.dep_ == "advcl" and child.i > verb.i and child.left_edge.lower_ in ("if", "whether"):
            yield Filled("question", (child.left_edge.i, child.right_edge.i), child, addressee=addressee or obj)
        elif child.dep_ == "acomp" and child.i > verb.i:
            yield Filled("adjective", (child.left_edge.i, child.right_edge.i), child)
    yield from _misread_clauses(verb, clausal, addressee)
    if not any(c.i > verb.i for c in clausal):
        loose = _loose_clause(verb)
        if loose is not None:
            yield Filled("clause", (loose.i, loose.head.right_edge.i), loose.head, addressee=addressee or obj)
        unmarked = _clause_behind_adverbial(verb)
        if unmarked is not None:
            yield Filled("clause", (unmarked.left_edge.i, unmarked.right_edge.i), unmarked)
        yield Filled("bare", None)


def _fronted_clauses(verb: Token, children: list[Token]) -> list[Token]:
    """A clause before the verb that the parser took for an adverbial though no conjunction leads it: "C, S said"."""
    return [
        c
        for c in children
        if c.dep_ == "advcl"
        and c.i < verb.i
        and c.tag_ in ("VBN", "VBD")
        and _has_subject(c)
        and not any(d.dep_ == "mark" or d.tag_ in ("WRB", "WDT", "WP") for d in c.children)
    ]


def _misread_clauses(verb: Token, clausal: list[Token], addressee: Token | None) -> Iterator[Filled]:
    """Clauses behind the verb that the parser made something else of: "said any memo sent was lost"."""
    for child in clausal:
        bare_gerund = child.tag_ == "VBG" and child.left_edge.i == child.i
        if child.i > verb.i and child.left_edge.tag_ != "TO" and child.left_edge.lower_ not in _WH and not bare_gerund:
            yield Filled("clause", (child.left_edge.i, child.right_edge.i), child, addressee=addressee)


def _loose_clause(verb: Token) -> Token | None:
    """The "that" of a content clause that the parser hung on a noun before it ("told reporters Monday that C")."""
    for token in verb.doc[verb.i + 1 : min(verb.i + _LOOSE, verb.sent.end)]:
        if token.lower_ == "that" and token.dep_ == "mark" and token.head.i > token.i and verb.is_ancestor(token):
            return token
        if token.text in (":", "“", '"') or token.pos_ == "VERB":
            return None
    return None


def _clause_behind_adverbial(verb: Token) -> Token | None:
    """A clause without "that" which the parser took for a relative clause: "said after the vote he would resign"."""
    for child in verb.children:
        if child.dep_ != "prep" or child.i != verb.i + 1:
            continue
        noun = next((c for c in child.children if c.dep_ == "pobj"), None)
        clause = next((c for c in noun.children if c.dep_ == "relcl"), None) if noun is not None else None
        if clause is None or clause.left_edge.pos_ not in ("PRON", "PROPN", "DET") or not _is_finite(clause):
            continue
        subject = next((c for c in clause.children if c.dep_ == "nsubj"), None)
        if (
            subject is not None
            and subject.left_edge.i == clause.left_edge.i
            and clause.left_edge.tag_ not in ("WDT", "WP")
        ):
            return clause
    return None


def _clausal_frames(verb: Token, child: Token, obj: Token | None, addressee: Token | None) -> Iterator[Filled]:
    span = child.left_edge.i, child.right_edge.i
    grand = list(child.children)
    told = addressee or obj
    if verb.i > child.i:
        if _is_finite(child) or child.pos_ not in ("VERB", "AUX") or _has_subject(child):
            yield Filled("clause", None, child, addressee=told)
        return
    subject = next((c for c in grand if c.dep_ in ("nsubj", "nsubjpass", "expl")), None)
    if _is_finite(child):
        marked = any(c.dep_ == "mark" and c.lower_ != "that" for c in grand)
        question = child.left_edge.lower_ in _WH or marked
        yield Filled("question" if question else "clause", span, child, addressee=told)
    elif any(c.dep_ == "aux" and c.lower_ == "to" and c.i < child.i for c in grand):
        yield _infinitive_frame(verb, child, subject, obj, told)
    elif child.tag_ == "VBG":
        yield Filled("gerund", span, child, target=subject)
    elif subject is not None and (child.pos_ in ("NOUN", "PROPN", "ADJ", "PRON") or child.tag_ == "VBN"):
        yield Filled("object_predicate", span, child, target=subject)
    else:
        yield Filled("clause", span, child, addressee=told)


def _has_subject(verb: Token) -> bool:
    return any(c.dep_ in ("nsubj", "nsubjpass", "expl") for c in verb.children)


def _is_finite(verb: Token) -> bool:
    return verb.tag_ in _FINITE or any(c.tag_ in _FINITE and c.dep_ in ("aux", "auxpass", "cop") for c in verb.children)


def _infinitive_frame(
    verb: Token, child: Token, subject: Token | None, obj: Token | None, told: Token | None
) -> Filled:
    """ "vowed to C", "urged O to C", "called for O to C", "asked how to C"."""
    first, last = child.left_edge.i, child.right_edge.i
    lead = child.doc[first]
    if lead.lower_ == "for" and lead.i > verb.i:
        return Filled("prep_for", (first + 1, last), child, target=subject, preposition=lead)
    if lead.lower_ in _WH:
        return Filled("question", (first, last), child, addressee=told)
    if subject is not None:
        return Filled("object_infinitive", (first, last), child, target=subject, addressee=subject)
    if obj is not None and obj.i < child.i and obj.lower_ not in _REFLEXIVE:
        return Filled("object_infinitive", (noun_phrase(obj)[0], last), child, target=obj, addressee=obj)
    return Filled("infinitive", (first, last), child)


def _without_aside(phrase: Token) -> int:
    """The last token of a phrase before a relative clause that a comma sets off."""
    last = phrase.right_edge.i
    for child in phrase.children:
        before = child.left_edge.i - 1
        if (
            child.dep_ == "relcl"
            and child.right_edge.i == last
            and before > phrase.i
            and phrase.doc[before].text == ","
        ):
            return int(before - 1)
    return int(last)


def _with_adjunct(verb: Token, last: int) -> int:
    """The last token of an object with the phrase behind it that says where or as what ("sees progress in the talks").

    Such a phrase hangs on the verb by the parse, but tells what is attributed; times and places of the telling ("on
    Monday", "at a rally") stay outside.
    """
    if last + 1 >= verb.sent.end:
        return last
    following = verb.doc[last + 1]
    inner = next((c for c in following.children if c.dep_ in ("pobj", "pcomp")), None)
    joined = following.dep_ == "prep" and following.head.i == verb.i and following.lower_ in _ADJUNCTS
    return int(following.right_edge.i) if joined and inner is not None and not tells_occasion(following) else last


def tells_occasion(preposition: Token) -> bool:
    """Whether a phrase says when or in what setting something was told ("on Monday", "in a statement")."""
    inner = next((c for c in preposition.children if c.dep_ == "pobj"), None)
    return inner is not None and (inner.ent_type_ in ("DATE", "TIME") or inner.lemma_.lower() in _OCCASIONS)


def _object_frames(verb: Token, obj: Token, passive: bool, children: list[Token]) -> Iterator[Filled]:
    first, last = noun_phrase(obj)[0], _without_aside(obj)
    after = [c for c in children if c.i > (verb.i if passive else obj.i)]
    for child in after:
        if child.dep_ == "oprd":
            content = (first, child.right_edge.i) if not passive else (child.left_edge.i, child.right_edge.i)
            yield Filled("object_predicate", content, child, target=obj, patient=noun_phrase(obj) if passive else None)
        elif child.dep_ == "prep" and not passive and child.lower_ in _PARTING and child.right_edge.i > child.i:
            behind = child.i + 1, child.right_edge.i
            yield Filled(f"object_{child.lower_}", behind, child, addressee=obj, preposition=child)
        elif child.dep_ == "prep" and (passive or not tells_occasion(child)):
            yield Filled(
                f"object_{child.lower_}",
                (first, child.right_edge.i) if not passive else (child.left_edge.i, child.right_edge.i),
                child,
                target=obj,
                preposition=child,
                patient=noun_phrase(obj) if passive else None,
            )
    # The parser often hangs "of …", "for …", "as …" on the object instead of the verb.
    if not passive:
        for child in obj.children:
            if child.dep_ == "prep" and child.i > obj.i and child.lower_ in ("of", "for", "as"):
                content = first, max(child.right_edge.i, last)
                yield Filled(f"object_{child.lower_}", content, child, target=obj, preposition=child)
        yield Filled("object", (first, _with_adjunct(verb, last)), obj, target=obj)
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
        elif last + 1 < verb.sent.end and verb.doc[last + 1].lower_ == "as" and verb.doc[last + 1].dep_ == "prep":
            last = verb.doc[last + 1].right_edge.i
    else:
        first, last = inner.left_edge.i, inner.right_edge.i
    yield Filled(f"prep_{preposition.lower_}", (first, last), inner, target=inner, preposition=preposition)
