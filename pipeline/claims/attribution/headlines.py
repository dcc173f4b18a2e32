"""Headlines and transcripts: the colon behind a name, and verbs that the tagger took for names."""

from __future__ import annotations

from collections.abc import Iterator, Set

from spacy.tokens import Span, Token

from pipeline.claims.attribution.found import Found, Place
from pipeline.claims.attribution.lexicon import Cue, Lexicon
from pipeline.claims.attribution.nominals import load_nominals
from pipeline.claims.attribution.spans import Range, trim_content

_MAX_HEADLINE_NAME = 6  # tokens
_MIN_HEADLINE = 3  # tokens behind the colon, less one, that say something without a verb
_MAX_HEADLINE = 60  # tokens; a longer title is broken text, and would cost more than linear time
_MAX_TURN_NAME = 4  # tokens
_HEADLINE_NOUNS = frozenset(["PROPN", "NOUN", "ADJ", "ADP", "CCONJ", "PUNCT", "PART"])
_QUOTES = frozenset(["“", '"', "‘", "'", "''", "``"])


def attribute_headline(place: Place, known: Set[str] = frozenset()) -> Iterator[Found]:
    """ "S: C" in a headline: a name, a colon, and words with a verb; of a ``known`` name, any words.

    ``known`` are the words of the names that the article's text mentions, lower case: a headline gives the parser too
    little to tell "Marsh" from a noun.
    """
    doc = place.doc
    colon = next((t.i for t in doc[: _MAX_HEADLINE_NAME + 1] if t.text == ":"), None)
    if not place.headline or not colon or colon + 2 >= len(doc):
        return
    trimmed = trim_content(doc, colon + 1, len(doc) - 1)
    name = doc[:colon]
    sure = _is_nominal(name[-1]) or (len(name) <= 3 and all(_is_known(t, known) for t in name))
    named = all(t.pos_ in ("PROPN", "ADP", "CCONJ", "PUNCT", "PART") for t in name) and name[-1].pos_ == "PROPN"
    named = named or (sure and all(t.pos_ in _HEADLINE_NOUNS or _is_known(t, known) for t in name))
    speaks = any(t.pos_ in ("VERB", "AUX") or t.text in _QUOTES for t in doc[colon + 1 :])
    if trimmed is None or not named or not (speaks or (sure and trimmed[1] - trimmed[0] >= _MIN_HEADLINE)):
        return
    yield _before_colon(place, name, name.root, trimmed, "headline_colon")


def _is_known(token: Token, known: Set[str]) -> bool:
    word = token.lower_
    return token.text[:1].isupper() and (word in known or word.removesuffix("s") in known)


def attribute_turn(place: Place) -> Found | None:
    """ "BREVIK: We will build it." or "Q: Why?" at the start of a paragraph of an interview: a turn of its speaker."""
    doc = place.doc
    start = 1 if len(doc) > 1 and doc[0].text in _QUOTES else 0
    colon = next((t.i for t in doc[start : start + _MAX_TURN_NAME + 1] if t.text == ":"), None)
    if place.in_title or colon is None or colon == start or colon + 2 >= len(doc):
        return None
    name = doc[start:colon]
    if not all(t.text.isupper() and t.text.replace(".", "").isalpha() for t in name):
        return None
    content = trim_content(doc, colon + 1, len(doc) - 1)
    if content is None:
        return None
    return _before_colon(place, name, name[-1], content, "transcript_turn")


def _before_colon(place: Place, name: Span, head: Token, content: Range, rule: str) -> Found:
    """What stands behind the colon that follows a name, given to that name."""
    return Found(
        passage_no=place.passage_no,
        doc_start=place.start,
        cue_at=place.start + place.doc[name.end].idx,
        cue=(place.span(name.end, name.end),),
        cue_lemma=":",
        rule=rule,
        frame="phrase",
        stance="assert",
        content=(place.span(*content),),
        source=place.span(name.start, name.end - 1),
        source_token=head,
        in_title=place.in_title,
    )


def _is_nominal(noun: Token) -> bool:
    """Whether a noun is one that can stand for a source ("Poll: …", "Experts: …")."""
    word = noun.lower_
    return any(form in load_nominals().kinds for form in (word, word.removesuffix("s")))


def attribute_headline_verb(place: Place, lexicon: Lexicon) -> Found | None:
    """ "Brevik Slams Bridge Plan": a verb of the lexicon that the tagger, misled by its capital, took for a name.

    The verb is the first one that can be read so; before it stand only names, nouns and what belongs to them, after it
    at least two words, which are the content.
    """
    doc = place.doc
    if not place.headline or not _MIN_HEADLINE < len(doc) <= _MAX_HEADLINE:
        return None
    start = next((t.i + 1 for t in doc[: len(doc) - 3] if t.text in (":", ";")), 0)
    for token in doc[start + 1 : len(doc) - 2]:
        if token.text == "," and doc[start].pos_ in ("ADP", "SCONJ"):
            start = token.i + 1  # "Amid Floods, Brevik Slams Dam"
            continue
        if token.i == start or token.text in (*_QUOTES, ":", ";", ","):
            if token.i != start:
                return None
            continue
        sense = _read_as_verb(token, lexicon)
        if sense is None and token.pos_ in ("VERB", "AUX"):
            return None
        content = trim_content(doc, token.i + 1, len(doc) - 1) if sense is not None else None
        if sense is None or content is None or not _ends_a_name(doc[token.i - 1]):
            continue
        return Found(
            passage_no=place.passage_no,
            doc_start=place.start,
            cue_at=place.start + token.idx,
            cue=(place.span(token.i, token.i),),
            cue_lemma=sense.lemma,
            rule="headline_verb",
            frame=sense.frame,
            stance=sense.stance,
            content=(place.span(*content),),
            source=place.span(start, token.i - 1),
            source_token=doc[token.i - 1],
            in_title=True,
        )
    return None


def _ends_a_name(token: Token) -> bool:
    return token.pos_ in ("PROPN", "NOUN", "PUNCT") and token.text[-1].isalnum()


def _read_as_verb(token: Token, lexicon: Lexicon) -> Cue | None:
    """The sense of a capitalised word as a verb in the present: "Slams", or "Show" behind a plural ("Polls Show")."""
    word = token.lower_
    if token.pos_ == "VERB":
        stems = [token.lemma_.lower()] if token.tag_ in ("VBZ", "VBP") else []
    elif token.pos_ not in ("PROPN", "NOUN"):
        stems = []
    elif word.endswith("s") and (token.text[0].isupper() or _only_verb(token)):
        stems = [word[:-1], word[:-2] if word.endswith("es") else "", f"{word[:-3]}y" if word.endswith("ies") else ""]
    elif token.text[0].isupper() and token.nbor(-1).text.endswith("s"):
        stems = [word]
    else:
        stems = []
    for stem in stems:
        senses = lexicon.frames("verb", stem)
        for frame in ("clause", "object"):
            if frame in senses:
                return senses[frame]
    return None


def _only_verb(noun: Token) -> bool:
    """Whether a small plural behind a name is the one word that can be the verb: "Brevik claims victory"."""
    others = (t for t in noun.doc if t.pos_ in ("VERB", "AUX") and t.tag_ in ("VBZ", "VBP", "VBD", "VBN", "MD"))
    return noun.nbor(-1).ent_type_ in ("PERSON", "ORG") and next(others, None) is None
