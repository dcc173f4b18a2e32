"""Whose deed a verb tells: its subject by the parse, by position, or that of the verb above it."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Token

_MAX_CHAIN = 6  # verbs up to the one whose subject is taken
_GOVERNORS = frozenset(["conj", "xcomp", "advcl", "dep", "ccomp", "pcomp", "parataxis"])
_OBJECTS = frozenset(["pobj", "dobj", "conj", "npadvmod"])
_FINITE = frozenset(["VBD", "VBZ", "VBP", "MD"])
_NAMES = frozenset(["PROPN", "NOUN", "PRON", "DET", "ADJ", "NUM", "ADP", "PART"])
_FRACTIONS = frozenset(["half", "third", "quarter", "fifth"])
_IMPERSONAL = frozenset(["it", "that", "this", "there", "what"])


@dataclass(frozen=True)
class Subject:
    """The party that a verb's action is ascribed to; ``shared`` when it is the subject of a governing verb or noun."""

    token: Token
    shared: bool = False
    passive: bool = False


def find_subject(verb: Token) -> Subject | None:
    """The subject of ``verb`` by the parse, else by position: the noun phrase right before a finite verb.

    The parser sometimes makes a subject the apposition of a noun in an adverbial before it ("In a note to the
    Gazette, the mayor wrote …"). None when nothing can be the subject.
    """
    subject = _parsed_subject(verb)
    if subject is not None and subject.token.ent_type_ in ("DATE", "TIME") and subject.token.pos_ != "NUM":
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
    if aside is not None or at < start:
        return Subject(aside) if aside is not None else None
    noun = _fraction(doc[at]) or _described_before(doc[at]) or _last_of_chain(doc[at]) or _named_before(verb, at)
    return Subject(noun) if noun is not None else None


def _fraction(word: Token) -> Token | None:
    """A part of those polled, which the parser takes for an adjective: "nearly a third say …"."""
    return word if word.lemma_.lower() in _FRACTIONS and word.dep_ != "nsubj" else None


def _last_of_chain(last: Token) -> Token | None:
    """The noun that ``last`` stands in apposition to, where nothing else governs it."""
    if last.pos_ not in ("NOUN", "PROPN", "PRON"):
        return None
    noun = _phrase_head(last)
    while noun.dep_ in ("appos", "compound", "conj") and noun.head.i < noun.i and noun.head.dep_ not in _OBJECTS:
        if noun.dep_ == "conj" or noun.head.pos_ not in ("NOUN", "PROPN"):
            break
        noun = noun.head
    return noun if noun.dep_ in ("appos", "ROOT", "conj", "npadvmod", "dep") else None


def _named_before(verb: Token, at: int) -> Token | None:
    """The person right before a verb and behind a comma that the parser took into the phrase before it.

    "At a meeting in Brevik, Norland, Anna Holm told the reporters that …"
    """
    name = verb.doc[at]
    if name.ent_type_ != "PERSON" or name.dep_ not in ("pobj", "conj", "appos"):
        return None
    first = at
    while first > verb.sent.start and verb.doc[first - 1].ent_type_ == "PERSON":
        first -= 1
    return name if first > verb.sent.start and verb.doc[first - 1].text == "," else None


def _described_before(last: Token) -> Token | None:
    """The noun whose relative clause ends right before the verb: "…, an official who spoke of the talks said …"."""
    node = last
    for _ in range(_MAX_CHAIN):
        if node.head.i == node.i or node.head.i > last.i:
            return None
        if node.dep_ == "relcl":
            noun = node.head
            described = noun.dep_ in ("appos", "ROOT", "dep", "npadvmod") and noun.pos_ in ("NOUN", "PROPN", "PRON")
            return noun if described and noun.right_edge.i == last.i else None
        node = node.head
    return None


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
            describes = node.tag_ == "VBG" or (node.tag_ == "VB" and node.i != verb.i)
            return Subject(node.head, True) if describes else _nominal_subject(node) if node.i == verb.i else None
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


def _nominal_subject(verb: Token) -> Subject | None:
    """The head of a sentence without a finite verb whose past tense the parser took for a participle.

    "In May, Anna Brevik, the senator, proposed closing the port."
    """
    noun, doc, sentence = verb.head, verb.doc, verb.sent
    while noun.dep_ == "appos":
        noun = noun.head
    if (
        verb.tag_ != "VBN"
        or noun.dep_ != "ROOT"
        or noun.pos_ not in ("NOUN", "PROPN", "PRON")
        or not verb.text.endswith("ed")
    ):
        return None
    if any(t.tag_ in _FINITE and t.dep_ not in ("relcl", "ccomp") for t in doc[sentence.start : sentence.end]):
        return None
    governs = any(c.dep_ in ("dobj", "xcomp", "ccomp") and c.i > verb.i for c in verb.children)
    return Subject(noun) if governs else None


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
        elif dep == "csubj" and subject is None and child.tag_ == "VBG":
            subject = next((c for c in child.children if c.dep_ == "nsubj" and c.i < child.i), None)
        elif dep == "nsubjpass":
            subject, passive = child, True
        elif dep == "auxpass":
            passive = True
        elif dep == "agent":
            agent = next((c for c in child.children if c.dep_ == "pobj"), None)
    return subject, passive, agent
