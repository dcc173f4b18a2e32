"""Rules for phrases: according to, in a poll, in her view, to S."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.lexicon import Lexicon
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.spans import Range, after_connective, noun_phrase, trim_content

_FINITE = frozenset(["VBD", "VBZ", "VBP", "MD"])


def attribute_according_to(place: Place) -> Iterator[Found]:
    """ "C, according to S" and "According to S, C": the content is the clause around the phrase."""
    for token in place.tokens:
        if token.lower_ != "according" or token.i + 2 >= len(place.doc) or place.doc[token.i + 1].lower_ != "to":
            continue
        preposition = place.doc[token.i + 1]
        head = next((c for c in preposition.children if c.dep_ == "pobj"), None)
        if head is None:
            head = next((c for c in token.children if c.dep_ == "pobj"), None)
        if head is None or head.i <= preposition.i:
            continue
        first, last = noun_phrase(head)
        source = max(first, preposition.i + 1), last
        contents = _content_around(place, token, source)
        if contents:
            yield Found(
                passage_no=place.passage_no,
                doc_start=place.start,
                cue_at=place.start + token.idx,
                cue=(place.span(token.i, preposition.i),),
                cue_lemma="according to",
                rule="according_to",
                frame="phrase",
                stance="assert",
                content=tuple(place.span(*c) for c in contents),
                source=place.span(*source),
                source_token=head,
                in_title=place.in_title,
            )


def attribute_phrases(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "In the latest poll, C" and "C, in S's view": a text or its owner is the source of the sentence around."""
    for noun in place.tokens:
        sense = lexicon.frames("phrase", noun.lemma_.lower()).get("prep_in")
        preposition = noun.head
        if sense is None or noun.dep_ != "pobj" or preposition.lower_ != "in" or noun.i < preposition.i:
            continue
        owner = next((c for c in noun.children if c.dep_ == "poss"), None)
        said = load_nominals().is_a(sense.lemma, "text")
        first, last = noun_phrase(noun)
        sentence = noun.sent
        opens = preposition.i == after_connective(sentence)
        closed = last + 1 < sentence.end and place.doc[last + 1].text == ","
        apart = preposition.i > sentence.start and place.doc[preposition.i - 1].text == ","
        figure = _figure_given(place, preposition, last, lexicon) if said and not opens else None
        stands_apart = (opens and closed) or (apart and not said) or figure is not None
        if not stands_apart or (owner is None and not said):
            continue
        contents = [figure] if figure is not None else _content_around(place, preposition, (preposition.i + 1, last))
        if not contents or not any(t.tag_ in _FINITE for a, b in contents for t in place.doc[a : b + 1]):
            continue
        source = (first, last) if said or owner is None else noun_phrase(owner)
        cue = [(preposition.i, preposition.i)] + ([] if said else [(noun.i, noun.i)])
        yield Found(
            passage_no=place.passage_no,
            doc_start=place.start,
            cue_at=place.start + preposition.idx,
            cue=tuple(place.span(*piece) for piece in cue),
            cue_lemma="in" if said else f"in {sense.lemma}",
            rule="in_phrase",
            frame="phrase",
            stance=sense.stance,
            content=tuple(place.span(*c) for c in contents),
            source=place.span(*source),
            source_token=noun if said or owner is None else owner,
            in_title=place.in_title,
        )


_MEASURES = frozenset(
    ["lead", "trail", "ahead", "behind", "percent", "percentage", "point", "%", "tie", "rating", "first", "second"]
)


def _figure_given(place: Place, preposition: Token, last: int, lexicon: Lexicon) -> Range | None:
    """The main clause that gives a poll's result and names the poll behind it: "S leads by six points in the poll"."""
    doc, sentence = place.doc, preposition.sent
    verb = preposition.head
    while verb.pos_ not in ("VERB", "AUX") and verb.head.i != verb.i:
        verb = verb.head
    main = verb.dep_ == "ROOT" or (verb.dep_ == "conj" and verb.head.dep_ == "ROOT")
    if not main or "clause" in lexicon.frames("verb", verb.lemma_.lower()):
        return None
    ends = last + 1 >= sentence.end or doc[last + 1].is_punct
    clause = trim_content(doc, max(verb.left_edge.i, after_connective(sentence)), preposition.i - 1)
    if clause is None or not ends:
        return None
    words = doc[clause[0] : clause[1] + 1]
    return clause if any(t.lemma_.lower() in _MEASURES for t in words) else None


def attribute_points_of_view(place: Place) -> Iterator[Found]:
    """ "To S, C": whose view a sentence gives, said at its beginning."""
    for sentence in place.doc.sents:
        preposition = place.doc[after_connective(sentence)] if len(sentence) > 4 else None
        if preposition is None or preposition.lower_ != "to" or not place.reads(preposition):
            continue
        head = next((c for c in preposition.children if c.dep_ == "pobj"), None)
        if head is None or not _can_think(head):
            continue
        first, last = noun_phrase(head)
        if last + 1 >= sentence.end or place.doc[last + 1].text != ",":
            continue
        content = trim_content(place.doc, last + 2, sentence.end - 1)
        if content is None or not any(t.tag_ in _FINITE for t in place.doc[content[0] : content[1] + 1]):
            continue
        yield Found(
            passage_no=place.passage_no,
            doc_start=place.start,
            cue_at=place.start + preposition.idx,
            cue=(place.span(preposition.i, preposition.i),),
            cue_lemma=preposition.lower_,
            rule="point_of_view",
            frame="phrase",
            stance="assert",
            content=(place.span(*content),),
            source=place.span(first, last),
            source_token=head,
            in_title=place.in_title,
        )


def _can_think(head: Token) -> bool:
    """Whether a noun phrase stands for people."""
    people = head.ent_type_ in ("PERSON", "NORP") or head.lower_ in ("him", "her", "them")
    return people or load_nominals().is_a(head.lemma_.lower(), "person")


def _content_around(place: Place, token: Token, source: Range) -> list[Range]:
    sentence = token.sent
    doc = place.doc
    before = trim_content(doc, after_connective(sentence), token.i - 1)
    after_first = source[1] + 1
    contents: list[Range] = []
    if before is not None and not (before[1] - before[0] < 2 and doc[before[0]].pos_ in ("CCONJ", "ADV")):
        contents.append(before)
        if after_first < sentence.end and doc[after_first].text == ",":
            governor = token.head
            if (
                governor.right_edge.i > after_first
                and governor.i < token.i
                and doc[after_first + 1].dep_ not in ("cc", "mark")
            ):
                pass
            elif governor.i > after_first:
                after = trim_content(doc, after_first, sentence.end - 1)
                if after is not None:
                    contents.append(after)
        return contents
    after = trim_content(doc, after_first, sentence.end - 1)
    return [after] if after is not None else []
