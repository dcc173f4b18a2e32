"""Which words a verb attributes: its clause run on or cut short, or the words around the attribution."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline.claims.attribution.frames import Filled, tells_occasion
from pipeline.claims.attribution.lexicon import load_lexicon
from pipeline.claims.attribution.spans import Range, after_connective, before_aside, trim_content

_PLAIN = frozenset(["say", "add", "note", "explain"])  # speech without a deed of its own
_SUBORDINATORS = frozenset(
    ["when", "while", "after", "as", "asked", "if", "although", "though", "before", "in", "on", "at"]
)
_OPENING = frozenset(["“", '"', "``", "''", "‘", "'"])
_CLOSING = frozenset(["”", '"', "''", "’", "'"])
_BOUNDARIES = frozenset([",", "-", "–", "—", "--", "?", "!", ".", ",''", "…", *_CLOSING])


def content_pieces(verb: Token, filled: Filled, holes: list[Range]) -> list[Range]:
    """The content's ranges: the filled range without ``holes``, run on where the parser broke the clause off."""
    assert filled.content is not None
    doc = verb.doc
    first, last = filled.content
    last = _run_on(verb, last, filled.frame == "clause")
    opening = _quotation_after(verb)
    if opening is not None and filled.frame in ("clause", "question") and first > verb.i:
        first, last = opening, max(opening, last)
    elif filled.frame not in ("question", "object_predicate") and first > verb.i:
        last = before_aside(doc, first, last)
        if filled.frame.startswith("prep_"):
            last = _before_apposition(doc, first, last)
    ranges = [(first, last)]
    for hole in holes:
        ranges = _without(ranges, hole)
    return [r for r in (trim_content(doc, *piece) for piece in ranges) if r is not None]


def _before_apposition(doc: Doc, first: int, last: int) -> int:
    """The last token before a final ", a …", with which the article describes the name before it."""
    for token in doc[first + 1 : last]:
        if token.dep_ == "appos" and token.right_edge.i >= last - 1 and doc[token.left_edge.i - 1].text == ",":
            return int(token.left_edge.i - 2) if token.left_edge.tag_ == "DT" else last
    return last


def _quotation_after(verb: Token) -> int | None:
    """The opening mark in "S said, “C”" and "S told the Gazette: “C”"."""
    doc = verb.doc
    at = skip_adjuncts(verb, verb.i)
    if at + 1 < len(doc) and doc[at].text in (",", ":") and doc[at + 1].text in _OPENING:
        return at + 1
    return None


def _run_on(verb: Token, last: int, clausal: bool) -> int:
    """The last token of content that the parser cut: what follows without a comma belongs to the content's clause.

    A coordinated verb in the present goes with the content when the cue stands in the past ("said the deal is
    important, but changes little").
    """
    doc, end = verb.doc, verb.sent.end
    if last <= verb.i:
        return last
    for child in verb.children:
        goes_on = child.dep_ == "conj" and child.i > last
        if goes_on and (_other_tense(verb, child) or (clausal and _tells_on(verb, child))):
            return child.right_edge.i
    following = last + 1
    if following < end:
        token = doc[following]
        if token.text == ":" and following + 1 < end:
            return end - 1  # what follows the colon says what was meant
        if (token.pos_ in ("VERB", "AUX", "PROPN", "NOUN", "DET") and token.dep_ != "npadvmod") or token.tag_ == "TO":
            top = token
            while top.head.i not in (top.i, verb.i) and top.head.i > last:
                top = top.head
            if top.left_edge.i >= following:
                return top.right_edge.i if top.right_edge.i < end else end - 1
    return last


def _tells_on(verb: Token, other: Token) -> bool:
    """Whether a verb joined to one of speech is what is said: "said he was alarmed and went home to see for himself".

    A second verb of speech is the speaker's next deed, as is one behind "and he".
    """
    lexicon = load_lexicon()
    subject = next((c for c in other.children if c.dep_ in ("nsubj", "nsubjpass")), None)
    if (
        verb.lemma_.lower() not in _PLAIN
        or lexicon.frames("verb", other.lemma_.lower())
        or other.pos_ not in ("VERB", "AUX")
    ):
        return False
    return subject is None or subject.pos_ != "PRON"


def _other_tense(verb: Token, other: Token) -> bool:
    """Whether ``other`` stands in the present and has no subject of its own while ``verb`` stands in the past."""
    if verb.tag_ != "VBD" or any(c.dep_ in ("nsubj", "nsubjpass") for c in other.children):
        return False
    return other.tag_ in ("VBZ", "VBP") or any(
        c.tag_ in ("MD", "VBZ", "VBP") and c.dep_ in ("aux", "auxpass") for c in other.children
    )


def _without(contents: list[Range], hole: Range) -> list[Range]:
    """The ranges with the words of ``hole`` taken out."""
    kept: list[Range] = []
    for first, last in contents:
        if hole[1] < first or hole[0] > last:
            kept.append((first, last))
            continue
        if first < hole[0]:
            kept.append((first, hole[0] - 1))
        if hole[1] < last:
            kept.append((hole[1] + 1, last))
    return kept


def surrounding_content(verb: Token, source: Range, cue: Range, filled: Filled) -> list[Range]:
    """Content that stands before or around the attribution: "C, S said" and "C, S said, C".

    Before: from the content clause's start to the comma or closing mark before source and cue. After: what belongs to
    the content clause and stands behind a comma or opening mark; without content before, only a quotation.
    """
    doc, sentence = verb.doc, verb.sent
    core_first, core_last = min(source[0], cue[0]), max(source[1], cue[1])
    if _beside_as(verb):
        return _content_beside_as(verb, core_first, core_last)
    after_first = skip_adjuncts(verb, core_last)
    head = filled.head if filled.head is not None else _governor(verb)
    enclosed = enclosed_content(verb, core_first, after_first)
    if enclosed:
        return enclosed
    contents: list[Range] = []
    before = trim_content(doc, _content_start(verb, head, core_first), core_first - 1)
    said_last = after_first >= sentence.end or (doc[after_first].text in (".", ";") and after_first + 1 >= sentence.end)
    whole = said_last and before is not None and _says_something(doc, before)
    bounded = before is not None and doc[core_first - 1].text in _BOUNDARIES
    if before is not None and bounded and (whole or not _is_adjunct(verb, before, head)):
        contents.append(before)
    if after_first >= sentence.end:
        return contents
    following = doc[after_first].text
    if contents:
        if head is not None and head.right_edge.i > after_first and following in (",", *_OPENING):
            after = trim_content(doc, after_first, head.right_edge.i)
            if after is not None:
                contents.append(after)
        return contents
    opening = after_first + 1 if following in (",", ":") else after_first
    if opening < sentence.end and doc[opening].text in _OPENING:
        after = trim_content(doc, opening, sentence.end - 1)
        return [after] if after is not None else []
    return []


def enclosed_content(verb: Token, core_first: int, after_first: int) -> list[Range]:
    """Both sides of an attribution between two commas: "In the end, S said, the port closed"."""
    doc, sentence = verb.doc, verb.sent
    if core_first - 1 <= sentence.start or after_first + 2 >= sentence.end:
        return []
    if doc[core_first - 1].text not in (",", *_CLOSING) or doc[after_first].text != ",":
        return []
    following = doc[after_first + 1]
    if following.tag_ in ("VBG", "WDT", "WP") or following.lower_ in ("who", "which", "when", "also", "with"):
        return []
    if following.lower_ == "as" and doc[after_first + 2].lower_ != "well":
        return []
    opening = doc[sentence.start]
    led_by_adjunct = opening.tag_ in ("VBN", "VBG") or opening.lower_ in _SUBORDINATORS
    if following.text in _OPENING and led_by_adjunct and not runs_on(doc, after_first + 1):
        return []
    start = _content_start(verb, None, core_first)
    if doc[start].dep_ == "prep" and tells_occasion(doc[start]):
        start = core_first  # "In an interview, S said, C"
    sides = [trim_content(doc, start, core_first - 1), trim_content(doc, after_first + 1, sentence.end - 1)]
    return [side for side in sides if side is not None]


def fronted_part(verb: Token, core_first: int, after_first: int) -> list[Range]:
    """What of the content stands before source and cue: "If the dam breaks, S said, C", "If …, S says C"."""
    doc, sentence = verb.doc, verb.sent
    start = after_connective(sentence)
    if core_first - 2 <= start or doc[core_first - 1].text != ",":
        return []
    opening = doc[start]
    condition = opening.lower_ in ("if", "unless") and opening.dep_ == "mark" and opening.head.head.i == verb.i
    enclosed = (
        after_first + 1 < sentence.end
        and doc[after_first].text == ","
        and doc[after_first + 1].text not in _OPENING
        and opening.tag_ not in ("VBN", "VBG", "VBD")
    )
    occasion = opening.dep_ == "prep" and tells_occasion(opening)
    before = trim_content(doc, start, core_first - 1)
    return [before] if before is not None and (condition or (enclosed and not occasion)) else []


def runs_on(doc: Doc, opening: int) -> bool:
    """Whether a quotation begins in the middle of a sentence: In the end, she said, “the port closed.”"""
    return opening + 1 < len(doc) and doc[opening].text in _OPENING and doc[opening + 1].text[:1].islower()


def _governor(verb: Token) -> Token | None:
    governor = verb.head
    return governor if verb.dep_ in ("parataxis", "ccomp", "advcl", "conj") and governor.i < verb.i else None


def _content_start(verb: Token, head: Token | None, core_first: int) -> int:
    """Where content before the attribution starts: with the sentence, unless another main clause comes first."""
    doc, start = verb.doc, verb.sent.start
    if head is not None and start < head.left_edge.i < core_first:
        between = [t for t in doc[start : head.left_edge.i] if not (t.is_punct or t.is_space)]
        if any(t.pos_ in ("VERB", "AUX") and t.dep_ != "aux" for t in between) and not _one_clause(between, head):
            return int(head.left_edge.i)
    return after_connective(verb.sent)


def _is_adjunct(verb: Token, before: Range, head: Token | None) -> bool:
    """Whether the words before are an adverbial of the cue ("Asked about it, she said …") rather than content."""
    doc = verb.doc
    if head is not None and before[0] <= head.i <= before[1]:
        return False
    return not any(t.text in _CLOSING for t in doc[before[0] : before[1] + 1])


def _says_something(doc: Doc, before: Range) -> bool:
    """Whether words before a cue that ends its sentence are said rather than the occasion: "A wreck, S said."""
    opening = doc[before[0]]
    occasion = opening.tag_ in ("VBN", "VBG", "WRB", "IN") or opening.lower_ in _SUBORDINATORS
    return not occasion and before[1] > before[0] and opening.ent_type_ not in ("DATE", "TIME")


def _beside_as(verb: Token) -> bool:
    return any(c.dep_ in ("mark", "advmod") and c.lower_ == "as" and c.i < verb.i for c in verb.children)


def opens_with_as(verb: Token) -> bool:
    """Whether a sentence begins "As reported by S, …"."""
    return _beside_as(verb) and verb.left_edge.i == after_connective(verb.sent)


def _content_beside_as(verb: Token, core_first: int, core_last: int) -> list[Range]:
    """Content of "As S reported, C" and "C, as S reported": the clause that the as-clause modifies."""
    doc, sentence = verb.doc, verb.sent
    if verb.dep_ != "advcl" or verb.head.i == verb.i:
        return []
    first, last = min(core_first, verb.left_edge.i), max(core_last, verb.right_edge.i)
    contents = [trim_content(doc, sentence.start, first - 1), trim_content(doc, last + 1, sentence.end - 1)]
    return [c for c in contents if c is not None and c[1] - c[0] >= 2]


def _one_clause(between: list[Token], head: Token) -> bool:
    return all(t.head.i >= between[0].i for t in between) and any(t.head.i == head.i for t in between)


def skip_adjuncts(verb: Token, core_last: int) -> int:
    """The first token after source and cue that is no adverbial of the cue ("told reporters on Monday")."""
    position = core_last + 1
    for child in sorted(verb.children, key=lambda c: c.i):
        if child.left_edge.i == position and child.dep_ in ("npadvmod", "prep", "dobj", "dative", "advmod", "tmod"):
            position = child.right_edge.i + 1
    return position
