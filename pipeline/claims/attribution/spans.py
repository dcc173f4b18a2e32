"""From a head word to the words that belong to it: noun phrases, clauses and cues as token ranges of one document."""

from __future__ import annotations

from spacy.tokens import Doc, Span, Token

Range = tuple[int, int]  # first and last token, both included

_EDGE = frozenset(
    [",", ";", ":", ".", "-", "–", "—", "--", "...", "…", "!", "?", " ", "(", "[", "“", '"', "``", "''", "”", "‘", "’"]
)
_LEFT_EDGE = _EDGE | frozenset([")", "]"])
_CLAUSES = frozenset(["relcl", "ccomp", "advcl", "parataxis", "dep"])
_EMPTY_ADVERBS = frozenset(["also", "then", "too", "just", "even", "still", "only", "now"])  # leave the cue as it is
_CONNECTIVES = frozenset(["and", "but", "yet", "so", "still", "meanwhile", "however", "indeed", "plus"])
_AUXILIARIES = frozenset(["aux", "auxpass", "neg"])


def strip_edges(doc: Doc, first: int, last: int) -> Range | None:
    """The range without punctuation and space at its edges; None when nothing is left."""
    while first <= last and (doc[first].text in _LEFT_EDGE or doc[first].is_space):
        first += 1
    while last >= first and (doc[last].text in _EDGE or doc[last].is_space):
        last -= 1
    return (first, last) if first <= last else None


def noun_phrase(head: Token) -> Range:
    """The noun phrase of ``head``: its subtree without relative clauses and what follows them.

    An apposition stays, as does a prepositional phrase. Clauses that the parser hung on the right of the
    phrase (`ccomp`, `advcl`, `parataxis`) are cut off, as is a conjunction before the phrase.
    """
    doc = head.doc
    first, last = head.left_edge.i, head.right_edge.i
    for token in doc[head.i + 1 : last + 1]:
        if token.i > last:
            break
        if token.dep_ in _CLAUSES and token.left_edge.i > head.i and token.head.i < token.left_edge.i:
            last = min(last, token.left_edge.i - 1)
        elif token.is_space and "\n" in token.text:
            last = min(last, token.i - 1)
    for token in doc[first : head.i]:
        if token.head.i == head.i and token.dep_ in _CLAUSES:
            first = token.right_edge.i + 1
    for token in doc[first : head.i]:
        if token.head.i == head.i and token.dep_ == "nmod" and doc[token.right_edge.i + 1].text == ",":
            first = token.right_edge.i + 2  # "At a meeting in Brevik, Anna Holm said …"
    while (
        first < head.i
        and doc[first].dep_ in ("cc", "punct", "advmod", "mark")
        and doc[first].head.i >= head.i
        and (doc[first].dep_ != "advmod" or doc[first].head.i != head.i)
    ):
        first += 1
    first, last = strip_edges(doc, first, last) or (head.i, head.i)
    return _balanced(doc, _whole_list(doc, first), last)


_LISTED = frozenset(["PROPN", "NOUN", "DET", "ADJ", "NUM"])


def _whole_list(doc: Doc, first: int) -> int:
    """The start of a list of names whose last member starts at ``first`` ("Norland, Vessia and the League").

    The parser often takes only the last member as the subject. The list must begin a sentence.
    """
    if first < 2 or doc[first - 1].lower_ not in ("and", "or", "&"):
        return first
    start = doc[first].sent.start
    commas = 0
    for token in doc[start : first - 1]:
        if token.text == ",":
            commas += 1
        elif token.pos_ not in _LISTED and token.lower_ not in ("and", "of"):
            return first
    names = [t for t in doc[start : first - 1] if t.pos_ == "PROPN"]
    return start if names and (commas or first - start <= 4) else first


def _balanced(doc: Doc, first: int, last: int) -> Range:
    """The range with a closing bracket or quotation mark taken in when the range holds its opening one."""
    if last + 1 < len(doc) and doc[last + 1].text in (")", "]"):
        opening = "(" if doc[last + 1].text == ")" else "["
        if any(token.text == opening for token in doc[first : last + 1]):
            return first, last + 1
    return first, last


def verb_group(verb: Token) -> Range:
    """The cue of a verb: its auxiliaries, negation and particle with it, and adverbs only where they stand between."""
    first = last = verb.i
    for child in verb.children:
        if child.dep_ in _AUXILIARIES and child.i < verb.i and child.lower_ not in (",",):
            first = min(first, child.i)
        elif child.dep_ in ("prt", "neg") and child.i == verb.i + 1:
            last = child.i
    for token in verb.doc[first : verb.i]:
        if token.dep_ in ("nsubj", "nsubjpass", "expl") or token.is_punct:
            first = token.i + 1  # inverted question or a parenthesis between auxiliary and verb
    first = min(first, verb.i)
    if first - 1 > verb.sent.start and verb.doc[first - 1].lower_ == "longer" and verb.doc[first - 2].lower_ == "no":
        return first - 2, last
    return (first - 1 if _changes(verb, first) else first), last


def _changes(verb: Token, first: int) -> bool:
    """Whether the word before the cue is an adverb of it that says when or how ("repeatedly denied", "later said")."""
    if first <= verb.sent.start:
        return False
    before = verb.doc[first - 1]
    adverb = before.pos_ == "ADV" and before.dep_ == "advmod" and first <= before.head.i <= verb.i
    return adverb and before.lower_ not in _EMPTY_ADVERBS


_CONTENT_EDGE = frozenset([",", ";", ":", ".", "-", "–", "—", "--", "...", "…"])


def trim_content(doc: Doc, first: int, last: int) -> Range | None:
    """The range without commas, dashes, stops and space at its edges; quotation marks and brackets stay."""
    while first <= last and (doc[first].text in _CONTENT_EDGE or doc[first].is_space):
        first += 1
    while last >= first and (doc[last].text in _CONTENT_EDGE or doc[last].is_space):
        last -= 1
    return (first, last) if first <= last else None


def after_connective(sentence: Span) -> int:
    """The first token behind an "And", "But" or "However," that links the sentence to the one before."""
    first = int(sentence.start)
    return first + 1 if len(sentence) > 2 and sentence[0].lower_ in _CONNECTIVES else first


def before_aside(doc: Doc, first: int, last: int) -> int:
    """The last token before a final ", which …" or ", who …": an addition of the article more often than not."""
    for token in doc[first + 3 : last]:
        if token.tag_ in ("WDT", "WP") and doc[token.i - 1].text == "," and token.lower_ in ("which", "who"):
            clause = token.head
            while clause.dep_ != "relcl" and clause.head.i != clause.i and clause.head.i > token.i:
                clause = clause.head
            if clause.dep_ == "relcl" and clause.right_edge.i >= last - 1:
                return int(token.i - 2)
    return last
