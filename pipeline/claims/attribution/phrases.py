"""Rules for phrases: according to, in a poll, nouns and adjectives that attribute."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.frames import find_subject
from pipeline.claims.attribution.lexicon import Lexicon
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.spans import Range, after_connective, noun_phrase, trim_content, verb_group

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
        stands_apart = (opens and closed) or (apart and not said)
        if not stands_apart or (owner is None and not said):
            continue
        contents = _content_around(place, preposition, (preposition.i + 1, last))
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


def attribute_nouns(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "accusations that C", "his claim that C", "made the point that C", "voiced concern about C"."""
    nouns = lexicon.cues["noun"].keys() | lexicon.cues["carried"].keys()
    for token in place.tokens:
        if token.pos_ not in ("NOUN", "PROPN") or token.lemma_.lower() not in nouns:
            continue
        found = _attribute_noun(place, token, lexicon)
        if found is not None:
            yield found


def _attribute_noun(place: Place, noun: Token, lexicon: Lexicon) -> Found | None:
    content, frame, preposition = _noun_content(noun)
    trimmed = trim_content(place.doc, *content) if content is not None else None
    if content is None or frame is None or trimmed is None:
        return None
    lemma = noun.lemma_.lower()
    alone = lexicon.frames("noun", lemma).get(frame)
    sense = alone or lexicon.frames("carried", lemma).get(frame)
    if sense is None:
        return None
    last = preposition.i if preposition is not None else noun.i
    source = _noun_holder(noun, content[0]) if alone is not None else None
    found = Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + noun.idx,
        cue=(place.span(noun.i, last),),
        cue_lemma=sense.lemma,
        rule=f"noun_{frame}",
        frame=frame,
        stance=sense.stance,
        content=(place.span(*trimmed),),
        content_token=_clause_head(noun),
        in_title=place.in_title,
    )
    if source is not None:
        return found.but(source=place.span(*noun_phrase(source)), source_token=source)
    return _carried(place, found, noun, last, lexicon)


def _noun_holder(noun: Token, content_first: int) -> Token | None:
    """Whose claim a noun is: its possessor, or the name behind "by", "from" and "among"."""
    owner = next((c for c in noun.children if c.dep_ == "poss"), None)
    if owner is not None:
        return owner
    by = next((c for c in noun.children if c.dep_ == "prep" and c.lower_ in ("by", "from", "among")), None)
    if by is None or by.i >= content_first:
        return None
    return next((c for c in by.children if c.dep_ == "pobj"), None)


def _carried(place: Place, found: Found, noun: Token, last: int, lexicon: Lexicon) -> Found | None:
    """The attribution of a noun that is the object of a carrier: the carrier's subject is the source."""
    verb = noun.head
    carrier = lexicon.frames("carrier", verb.lemma_.lower()).get("object") if noun.dep_ == "dobj" else None
    subject = find_subject(verb) if carrier is not None else None
    if carrier is None or subject is None or subject.token.i == verb.i:
        return None
    return found.but(
        cue_at=place.start + verb.idx,
        cue=(place.span(verb_group(verb)[0], last),),
        cue_lemma=f"{verb.lemma_.lower()} {found.cue_lemma}",
        rule=f"carried_{found.rule}",
        stance=found.stance if carrier.stance == "assert" else carrier.stance,
        source=place.span(*noun_phrase(subject.token)),
        source_token=subject.token,
        negated_cue=any(c.dep_ == "neg" for c in verb.children),
    )


def _clause_behind(preposition: Token) -> Token | None:
    """The clause of "allegations by S that C", which the parser hangs on S."""
    return next(
        (
            clause
            for inner in preposition.children
            for clause in inner.children
            if clause.dep_ in ("acl", "relcl", "ccomp") and clause.left_edge.lower_ == "that" and clause.i > inner.i
        ),
        None,
    )


def _clause_head(noun: Token) -> Token | None:
    return next((c for c in noun.children if c.dep_ in ("acl", "ccomp", "relcl") and c.i > noun.i), None)


def _noun_content(noun: Token) -> tuple[Range | None, str | None, Token | None]:
    for child in noun.children:
        if child.i < noun.i:
            continue
        if child.dep_ in ("acl", "ccomp", "relcl"):
            lead = child.left_edge
            if lead.lower_ == "that" and lead.dep_ == "mark":
                return (lead.i, child.right_edge.i), "clause", None
            if lead.lower_ == "to" and child.tag_ == "VB":
                return (lead.i, child.right_edge.i), "infinitive", None
        elif child.dep_ == "prep" and child.lower_ in ("by", "from") and (clause := _clause_behind(child)) is not None:
            return (clause.left_edge.i, clause.right_edge.i), "clause", None
        elif child.dep_ == "prep":
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if inner is None or child.lower_ in ("by", "from", "among", "in"):
                continue
            span = inner.left_edge.i, inner.right_edge.i
            name = "object_of" if child.lower_ == "of" and noun.lemma_.lower() in ("accusation", "allegation") else None
            return (max(span[0], child.i + 1), span[1]), name or f"prep_{child.lower_}", child
    return None, None, None


def attribute_denied_nouns(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "…, a claim (that) both S deny": a verb of denial in the relative clause of a noun for a claim."""
    nouns = lexicon.cues["noun"]
    for verb in place.tokens:
        if verb.dep_ not in ("relcl", "acl"):
            continue
        if verb.tag_ not in ("VBP", "VBZ", "VBD") and not any(c.dep_ == "aux" for c in verb.children):
            continue
        sense = lexicon.frames("verb", verb.lemma_.lower()).get("object")
        noun = verb.head
        if sense is None or sense.stance != "deny" or noun.lemma_.lower() not in nouns:
            continue
        subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
        if subject is None or any(c.dep_ == "dobj" and c.lower_ not in ("which", "that") for c in verb.children):
            continue
        first = noun_phrase(noun)[0]
        first = max(first, min([c.left_edge.i for c in noun.children if c.i < noun.i] + [noun.i]))
        yield Found(
            passage_no=place.passage_no,
            doc_start=place.start,
            cue_at=place.start + verb.idx,
            cue=(place.span(*verb_group(verb)),),
            cue_lemma=sense.lemma,
            rule="denied_noun",
            frame="object",
            stance=sense.stance,
            content=(place.span(first, noun.i),),
            source=place.span(*noun_phrase(subject)),
            source_token=subject,
            in_title=place.in_title,
            negated_cue=any(c.dep_ == "neg" for c in verb.children),
        )


def attribute_adjectives(place: Place, lexicon: Lexicon) -> Iterator[Found]:
    """ "S is concerned that C", "S was confident C"."""
    adjectives = lexicon.cues["adjective"]
    for token in place.tokens:
        if token.lower_ not in adjectives or token.dep_ not in (
            "acomp",
            "ROOT",
            "conj",
            "ccomp",
            "advcl",
            "amod",
            "relcl",
            "attr",
            "acl",
        ):
            continue
        copula = token.head if token.dep_ == "acomp" else token
        if copula.pos_ not in ("VERB", "AUX") or copula.lemma_ not in (
            "be",
            "feel",
            "remain",
            "become",
            "seem",
            "sound",
        ):
            continue
        subject = find_subject(copula)
        if subject is None or subject.token.i == token.i or subject.token.lower_ in ("it", "that", "this", "there"):
            continue
        for child in list(token.children) + [c for c in copula.children if c.i > token.i]:
            content: Range | None = None
            frame = ""
            first = copula
            last_cue = token.i
            if child.dep_ == "ccomp" and child.i > token.i:
                content, frame = (child.left_edge.i, child.right_edge.i), "clause"
            elif child.dep_ == "xcomp" and child.i > token.i and child.left_edge.tag_ == "TO":
                content, frame = (child.left_edge.i, child.right_edge.i), "infinitive"
            elif child.dep_ == "prep" and child.i > token.i:
                inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
                if inner is not None:
                    content = noun_phrase(inner) if inner.dep_ == "pobj" else (inner.left_edge.i, inner.right_edge.i)
                    frame, last_cue = f"prep_{child.lower_}", child.i
            if content is None or frame not in lexicon.frames("adjective", token.lower_):
                continue
            trimmed = trim_content(place.doc, *content)
            if trimmed is None:
                continue
            sense = lexicon.frames("adjective", token.lower_)[frame]
            group = verb_group(first)
            yield Found(
                passage_no=place.passage_no,
                doc_start=place.start,
                cue_at=place.start + token.idx,
                cue=(place.span(group[0], last_cue),),
                cue_lemma=f"be {sense.lemma}",
                rule=f"adjective_{frame}",
                frame=frame,
                stance=sense.stance,
                content=(place.span(*trimmed),),
                source=place.span(*noun_phrase(subject.token)),
                source_token=subject.token,
                content_token=child if frame == "clause" else None,
                in_title=place.in_title,
            )
            break
