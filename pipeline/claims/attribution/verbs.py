"""Rules for verbs: a reporting verb in one of the frames that the lexicon gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from spacy.tokens import Doc, Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.frames import Filled, Subject, fill_frames, find_subject
from pipeline.claims.attribution.lexicon import Cue, Lexicon, load_lexicon
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.spans import (
    Range,
    after_connective,
    noun_phrase,
    strip_edges,
    trim_content,
    verb_group,
)

_MAX_CARRIER = 6  # tokens of "issued a joint statement" before "saying"
_LIGHT = frozenset(["be", "have", "do", "get", "seem", "appear", "ensure", "mean", "happen", "take", "bring", "come"])
_PLAIN = frozenset(["say", "add", "note", "explain"])  # speech without a deed of its own
_SPEECH_FRAMES = frozenset(["clause", "question", "bare"])
_EMPTY_SUBJECTS = frozenset(["it", "that", "which", "what", "this", "there", "you", "i", "we"])
_SUBORDINATORS = frozenset(
    ["when", "while", "after", "as", "asked", "if", "although", "though", "before", "in", "on", "at"]
)
_OPENING = frozenset(["“", '"', "``", "''", "‘", "'"])
_CLOSING = frozenset(["”", '"', "''", "’", "'"])
_BOUNDARIES = frozenset([",", "-", "–", "—", "--", "?", "!", ".", ",''", "…", *_CLOSING])
_GAPS = frozenset(["that", "which", "who", "whom", "what"])
_RELATIVES = frozenset(["that", "which", "who", "whom", "what", "it", "this"])


def attribute_verbs(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """Every attribution that a verb of the lexicon makes in one document."""
    verbs = lexicon.cues["verb"]
    for token in place.tokens:
        known = token.pos_ in ("VERB", "AUX") and token.lemma_.lower() in verbs
        if known or (token.pos_ == "VERB" and token.lemma_.lower() not in _LIGHT):
            found = attribute_verb(place, token, lexicon)
            if found is not None:
                yield found


def attribute_verb(place: Place, verb: Token, lexicon: Lexicon) -> Found | None:
    """The attribution that one verb makes: its first frame that the lexicon knows and that has a source."""
    senses = lexicon.frames("verb", verb.lemma_.lower())
    subject = find_subject(verb)
    if subject is None or subject.token.i == verb.i:
        return None
    rest = lexicon.frames("verb", "*") if not subject.passive and _is_named(subject.token) else {}
    if not senses and not rest:
        return None
    for filled in fill_frames(verb, subject.passive):
        cue = senses.get(filled.frame) or _quoted_predicate(filled, senses) or _other_sense(verb, filled, rest)
        if filled.frame == "bare" and (subject.passive or verb.dep_ == "relcl"):
            continue
        if cue is None or not _is_source(subject.token, filled.frame, cue) or not _is_content(filled, lexicon):
            continue
        found = _build(place, verb, subject, filled, cue)
        if found is not None:
            return found
    return None


def _is_named(head: Token) -> bool:
    """Whether a subject is named as a party: a person, a body or a state, or a personal pronoun."""
    return head.ent_type_ in ("PERSON", "ORG", "GPE", "NORP") or head.lower_ in ("he", "she", "they")


def _other_sense(verb: Token, filled: Filled, rest: Mapping[str, Cue]) -> Cue | None:
    """The sense of a verb that the lexicon has no frame for, where the frame alone tells of speech or thought."""
    cue = rest.get(filled.frame)
    if cue is None or filled.content is None or verb.lemma_.lower() in _LIGHT:
        return None
    lead = verb.doc[filled.content[0]]
    if filled.frame == "clause" and (lead.lower_ != "that" or lead.dep_ != "mark"):
        return None
    if filled.head is not None and filled.head.dep_ == "advcl":
        return None  # a condition
    return replace(cue, lemma=verb.lemma_.lower())


def _build(place: Place, verb: Token, subject: Subject, filled: Filled, cue: Cue) -> Found | None:
    cue_range = _with_governors(verb, verb_group(verb))
    subject, cue_range = _issuer(subject, cue_range)
    source = _apart(noun_phrase(subject.token), cue_range, subject.token)
    pieces = _cue_pieces(cue_range, filled, cue)
    if filled.content is None:
        contents = surrounding_content(verb, source, cue_range, filled)
    else:
        contents = content_pieces(verb, filled, [source, *pieces])
        core = min(source[0], cue_range[0])
        after = _skip_adjuncts(verb, max(source[1], cue_range[1]))
        behind = filled.frame == "clause" and not subject.shared and contents[:1] and contents[0][0] > verb.i
        if behind and _runs_on(verb.doc, after + 1):
            contents = _enclosed(verb, core, after) or contents
    if not contents:
        return None
    if filled.patient is not None and filled.patient[1] < min(contents[0][0], cue_range[0]):
        contents = [filled.patient, *contents]
    lemma = cue.lemma if filled.preposition is None else f"{cue.lemma} {filled.preposition.lower_}"
    return Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + verb.idx,
        cue=tuple(place.span(*piece) for piece in pieces),
        cue_lemma=lemma,
        rule=f"verb_{filled.frame}" + ("_passive" if subject.passive else ""),
        frame=filled.frame,
        stance=cue.stance,
        content=tuple(place.span(*content) for content in contents),
        source=place.span(*source),
        source_token=subject.token,
        cue_token=verb,
        content_token=filled.head,
        target=_party(filled.target),
        addressee=_party(filled.addressee),
        in_title=place.in_title,
        negated_cue=any(c.dep_ == "neg" or (c.dep_ == "advmod" and c.lower_ == "longer") for c in verb.children),
    )


def _with_governors(verb: Token, cue: Range) -> Range:
    """The cue with the verbs right before it that it depends on ("continued to argue", "was quick to add")."""
    first, node = cue[0], verb
    while node.dep_ == "xcomp" and node.head.i < first and node.head.pos_ in ("VERB", "AUX", "ADJ"):
        above = node.head
        top = above.head if above.dep_ == "acomp" else above
        before = verb_group(top)[0]
        linked = all(token.pos_ in ("PART", "ADV", "ADP") for token in verb.doc[above.i + 1 : first])
        if not linked or cue[0] - before > _MAX_CARRIER or (top.i != above.i and above.i - top.i > 3):
            break
        first, node = before, top
    return first, cue[1]


def _issuer(subject: Subject, cue: Range) -> tuple[Subject, Range]:
    """Who issued the text that speaks: of "issued a statement saying C" the issuer, with all of it as the cue."""
    text = subject.token
    if not subject.shared or text.dep_ != "dobj" or not load_nominals().is_a(text.lemma_.lower(), "text"):
        return subject, cue
    issuer = find_subject(text.head)
    if issuer is None or issuer.passive:
        return subject, cue
    first = verb_group(text.head)[0]
    return Subject(issuer.token, True), ((first, cue[1]) if cue[0] - first <= _MAX_CARRIER else cue)


def _apart(source: Range, cue: Range, head: Token) -> Range:
    """The source without the cue, which stands inside it where a participle describes the source: a letter saying …"""
    if head.i < cue[0] <= source[1]:
        trimmed = strip_edges(head.doc, source[0], cue[0] - 1)
        return trimmed if trimmed is not None else (head.i, head.i)
    return source


def _cue_pieces(cue: Range, filled: Filled, sense: Cue) -> list[Range]:
    preposition = filled.preposition
    if preposition is None:
        return [cue]
    if filled.frame.startswith("prep_"):
        return [(cue[0], preposition.i)] if preposition.i - cue[1] <= 2 else [cue]
    relative_object = filled.frame == "object_as" and filled.target is not None and filled.target.lower_ in _GAPS
    parting = filled.content is not None and filled.content[0] == preposition.i + 1
    if (filled.frame == "object_of" and sense.stance == "accuse") or relative_object or parting:
        return [cue, (preposition.i, preposition.i)]
    return [cue]


def _quoted_predicate(filled: Filled, senses: Mapping[str, Cue]) -> Cue | None:
    """The sense "calls O C" when the parser took O and the quoted C for one object: called the bridge "a gift"."""
    if filled.frame != "object" or filled.content is None or filled.head is None:
        return None
    cue = senses.get("object_predicate")
    if cue is None or cue.stance != "characterize":
        return None
    doc, (_, last) = filled.head.doc, filled.content
    quoted = any(t.text in _OPENING for t in doc[filled.head.i + 1 : min(last + 2, len(doc))])
    return cue if quoted else None


def _is_source(head: Token, frame: str, cue: Cue) -> bool:
    """Whether a subject can be a source in that frame: an attitude needs a holder that is named by more than "it"."""
    if frame in _SPEECH_FRAMES or cue.stance == "accuse" or head.lower_ not in _EMPTY_SUBJECTS:
        return True
    return head.lower_ in ("that", "which") and _relates_to_speaker(head)


def _relates_to_speaker(relative: Token) -> bool:
    """Whether a relative pronoun stands for a body, a state or a text ("the union, which opposes the closure")."""
    clause = relative.head
    if clause.dep_ != "relcl" or relative.dep_ != "nsubj":
        return False
    noun = clause.head
    nominals = load_nominals()
    return noun.ent_type_ in ("ORG", "GPE", "NORP") or any(
        nominals.is_a(noun.lemma_.lower(), kind) for kind in ("person", "body", "state", "text", "outlet")
    )


def _is_content(filled: Filled, lexicon: Lexicon) -> bool:
    """Whether an object can be content: no bare relative pronoun, no noun cue that brings its own content."""
    if filled.frame != "object" or filled.head is None:
        return True
    head = filled.head
    if head.lower_ in _RELATIVES:
        return False
    return not (head.lemma_.lower() in lexicon.cues["noun"] and any(c.dep_ == "acl" for c in head.children))


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
        last = _before_aside(doc, first, last)
        if filled.frame.startswith("prep_"):
            last = _before_apposition(doc, first, last)
    ranges = [(first, last)]
    for hole in holes:
        ranges = _without(ranges, hole)
    return [r for r in (trim_content(doc, *piece) for piece in ranges) if r is not None]


def _before_aside(doc: Doc, first: int, last: int) -> int:
    """The last token before a final ", which …" or ", who …": an addition of the article more often than not."""
    for token in doc[first + 3 : last]:
        if token.tag_ in ("WDT", "WP") and doc[token.i - 1].text == "," and token.lower_ in ("which", "who"):
            clause = token.head
            while clause.dep_ != "relcl" and clause.head.i != clause.i and clause.head.i > token.i:
                clause = clause.head
            if clause.dep_ == "relcl" and clause.right_edge.i >= last - 1:
                return int(token.i - 2)
    return last


def _before_apposition(doc: Doc, first: int, last: int) -> int:
    """The last token before a final ", a …", with which the article describes the name before it."""
    for token in doc[first + 1 : last]:
        if token.dep_ == "appos" and token.right_edge.i >= last - 1 and doc[token.left_edge.i - 1].text == ",":
            return int(token.left_edge.i - 2) if token.left_edge.tag_ == "DT" else last
    return last


def _quotation_after(verb: Token) -> int | None:
    """The opening mark in "S said, “C”" and "S told the Gazette: “C”"."""
    doc = verb.doc
    at = _skip_adjuncts(verb, verb.i)
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


def _party(head: Token | None) -> Token | None:
    return head if head is not None and head.pos_ not in ("VERB", "AUX") else None


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
    if any(c.dep_ in ("mark", "advmod") and c.lower_ == "as" and c.i < verb.i for c in verb.children):
        return _content_beside_as(verb, core_first, core_last)
    after_first = _skip_adjuncts(verb, core_last)
    head = filled.head if filled.head is not None else _governor(verb)
    enclosed = _enclosed(verb, core_first, after_first)
    if enclosed:
        return enclosed
    contents: list[Range] = []
    before = trim_content(doc, _content_start(verb, head, core_first), core_first - 1)
    if before is not None and doc[core_first - 1].text in _BOUNDARIES and not _is_adjunct(verb, before, head):
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


def _enclosed(verb: Token, core_first: int, after_first: int) -> list[Range]:
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
    if following.text in _OPENING and led_by_adjunct and not _runs_on(doc, after_first + 1):
        return []
    start = _content_start(verb, None, core_first)
    sides = [trim_content(doc, start, core_first - 1), trim_content(doc, after_first + 1, sentence.end - 1)]
    return [side for side in sides if side is not None]


def _runs_on(doc: Doc, opening: int) -> bool:
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


def _skip_adjuncts(verb: Token, core_last: int) -> int:
    """The first token after source and cue that is no adverbial of the cue ("told reporters on Monday")."""
    position = core_last + 1
    for child in sorted(verb.children, key=lambda c: c.i):
        if child.left_edge.i == position and child.dep_ in ("npadvmod", "prep", "dobj", "dative", "advmod", "tmod"):
            position = child.right_edge.i + 1
    return position
