"""The frames a reporting verb can take, read off the parse: who is the subject, what stands as content, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from pipeline.claims.attribution.spans import Range, noun_phrase

_MAX_CHAIN = 6  # verbs up to the one whose subject is taken
_GOVERNORS = frozenset(["conj", "xcomp", "advcl", "dep", "ccomp", "pcomp", "parataxis"])
_OBJECTS = frozenset(["pobj", "dobj", "conj", "npadvmod"])
_LOOSE = 20  # tokens from a verb within which its content clause is looked for on other words
_FINITE = frozenset(["VBD", "VBZ", "VBP", "MD"])
_WH = frozenset(["what", "how", "why", "where", "when", "who", "which", "whether", "if", "whose", "whom"])
_PARTING = frozenset(["about", "from"])  # only what stands behind them is content: "asked the mayor about C"
_ADJUNCTS = frozenset(["in", "to", "as", "for", "from", "over", "against", "with", "by"])
_OCCASIONS = frozenset(
    ["interview", "statement", "speech", "email", "tweet", "letter", "memo", "debate", "rally", "message", "reporter"]
)
_NAMES = frozenset(["PROPN", "NOUN", "PRON", "DET", "ADJ", "NUM", "ADP", "PART"])
_IMPERSONAL = frozenset(["it", "that", "this", "there", "what"])
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


def find_subject(verb: Token) -> Subject | None:
    """The subject of ``verb`` by the parse, else by position: the noun phrase right before a finite verb.

    The parser sometimes makes a subject the apposition of a noun in an adverbial before it ("In a note to the
    Gazette, the mayor wrote …"). None when nothing can be the subject.
    """
    subject = _parsed_subject(verb)
    if subject is not None and subject.token.ent_type_ in ("DATE", "TIME"):
        return _before_time(verb, subject.token)
    return subject if subject is not None else _subject_by_position(verb)


def _before_time(verb: Token, time: Token) -> Subject | None:
    """The subject of "the mayor, a former judge, said Tuesday evening that …" where the parser took the time for it."""
    if time.i < verb.i:
        return None
    return _subject_by_position(verb, ignored=time)


def _subject_by_position(verb: Token, ignored: Token | None = None) -> Subject | None:
    if verb.tag_ not in ("VBD", "VBZ", "VBP") or any(
        c.dep_ in ("auxpass", "nsubjpass", "expl", "nsubj") and c != ignored for c in verb.children
    ):
        return None
    doc, at = verb.doc, verb.i - 1
    start = verb.sent.start
    while at > start and (doc[at].pos_ in ("ADV", "AUX") or doc[at].text == ","):
        at -= 1
    aside = _before_aside(verb, at)
    if aside is not None:
        return Subject(aside)
    if at < start or doc[at].pos_ not in ("NOUN", "PROPN", "PRON"):
        return None
    noun = _phrase_head(doc[at])
    while noun.dep_ in ("appos", "compound", "conj") and noun.head.i < noun.i and noun.head.dep_ not in _OBJECTS:
        if noun.dep_ == "conj" or noun.head.pos_ not in ("NOUN", "PROPN"):
            break
        noun = noun.head
    return Subject(noun) if noun.dep_ in ("appos", "ROOT", "conj", "npadvmod", "dep") else None


def _before_aside(verb: Token, at: int) -> Token | None:
    """The name that begins the sentence before an aside that ends right before the verb: "S, who is 28, said …"."""
    doc, start = verb.doc, verb.sent.start
    if at + 1 >= verb.i or doc[at + 1].text != ",":
        return None
    comma = next((t.i for t in doc[start:at] if t.text == ","), None)
    if comma is None or comma == start or comma + 1 > at:
        return None
    opens = doc[comma + 1]
    described = opens.tag_ in ("WP", "WDT", "WP$", "VBG", "VBN") or (
        opens.pos_ == "ADV" and doc[comma + 2].tag_ in ("VBG", "VBN")
    )
    name = [t for t in doc[start:comma] if t.pos_ != "CCONJ" or t.i > start]
    nominal = bool(name) and all(t.pos_ in _NAMES or t.text in ("(", ")", "-", ".") for t in name)
    verbs = any(t.tag_ in _FINITE and t.dep_ not in ("relcl", "aux", "auxpass", "ccomp") for t in doc[comma:at])
    if not described or not nominal or verbs:
        return None
    head = next((t for t in reversed(name) if t.pos_ in ("PROPN", "NOUN", "PRON")), None)
    while head is not None and start <= head.head.i < comma and head.head.i != head.i and head.dep_ != "conj":
        head = head.head
    return head if head is not None and head.pos_ in ("PROPN", "NOUN", "PRON") else None


def _phrase_head(noun: Token) -> Token:
    """The head of the phrase behind the last comma that ends with ``noun`` ("…, a study by the council found")."""
    head = noun
    while head.dep_ == "pobj" and head.head.dep_ == "prep" and head.head.head.pos_ in ("NOUN", "PROPN"):
        above = head.head.head
        if above.i > head.i or any(token.text == "," for token in noun.doc[above.i : noun.i]):
            break
        head = above
    return head


def _parsed_subject(verb: Token) -> Subject | None:
    """The subject of ``verb``: its own, that of the verb it is coordinated with or depends on, or the noun it modifies.

    A participle or infinitive takes the subject of the verb it hangs on ("called the vote a farce, saying that …",
    "refused to say"), or the noun that it describes ("a letter saying that …"). In the passive the agent counts.
    """
    subject, passive, agent = _own_subject(verb)
    if passive:
        return Subject(agent, passive=True) if agent is not None else None
    if subject is not None:
        return None if subject.dep_ == "expl" else Subject(subject)
    if agent is not None:
        return Subject(agent, passive=True)
    return _controller(verb)


def _controller(verb: Token) -> Subject | None:
    """The subject of the verb that governs ``verb``, or the noun that it describes."""
    node = verb
    for _ in range(_MAX_CHAIN):
        if node.dep_ == "acl":
            return Subject(node.head, True) if node.tag_ == "VBG" or (node.tag_ == "VB" and node.i != verb.i) else None
        if not _shares_subject(node):
            return None
        head = node.head.head if node.dep_ == "pcomp" else node.head
        if head.pos_ == "ADJ" and node.dep_ == "xcomp" and head.dep_ == "acomp":
            head = head.head  # "S is quick to say"
        if head.pos_ not in ("VERB", "AUX"):
            noun = head.pos_ in ("NOUN", "PROPN") and node.dep_ in ("pcomp", "advcl")
            return Subject(head, True) if noun else None
        if node.dep_ == "xcomp" and node.tag_ == "VB":
            told = next((c for c in head.children if c.dep_ in ("dobj", "dative") and c.i < node.i), None)
            if told is not None:
                return Subject(told, True)
        subject, _, _ = _own_subject(head)
        if subject is not None:
            judged = node.dep_ == "xcomp" and any(c.dep_ == "acomp" for c in head.children)
            nobody = subject.dep_ == "expl" or (judged and subject.lower_ in _IMPERSONAL)  # "it is hard to say"
            return None if nobody else Subject(subject, True)
        node = head
    return None


def _shares_subject(node: Token) -> bool:
    """Whether a verb without a subject takes that of the verb above it."""
    dep, head = node.dep_, node.head
    if head.i == node.i or dep not in _GOVERNORS:
        return False
    if dep in ("advcl", "ccomp", "parataxis"):
        return bool(node.tag_ in ("VBG", "VB"))
    return not (dep == "conj" and _present_after_past(head, node))


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
        yield Filled("bare", None)


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


def _clausal_frames(verb: Token, child: Token, obj: Token | None, addressee: Token | None) -> Iterator[Filled]:
    span = child.left_edge.i, child.right_edge.i
    grand = list(child.children)
    told = addressee or obj
    if verb.i > child.i:
        if _is_finite(child) or child.pos_ not in ("VERB", "AUX"):
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
    return int(following.right_edge.i) if joined and inner is not None and not _tells_occasion(following) else last


def _tells_occasion(preposition: Token) -> bool:
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
        elif child.dep_ == "prep" and (passive or not _tells_occasion(child)):
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
