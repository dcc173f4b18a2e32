"""Mentions: the spans that the model found in an article, as code points and as tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from pipeline.text.parsed import ParsedArticle

NAMED = frozenset({"PERSON", "ORG", "GPE", "LOC", "NORP", "FAC", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW", "LANGUAGE"})
PLACES = frozenset({"GPE", "LOC", "FAC"})
_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """One mention: code points into the article, the OntoNotes label and the step that decided it.

    ``passage_no`` and the token range (``first``, ``after``) say where it stands in that passage's document; a
    repaired span may cover its first or last token in part. ``key`` is the gazetteer key of the name; ``owner`` the
    place name that stood before it within one longer name (`Norland` of `Norland Health Council`); ``government`` the
    word after a person's name that makes both the name of a government (`administration`).
    """

    start: int
    end: int
    text: str
    label: str
    method: str
    passage_no: int
    first: int
    after: int
    key: str | None = None
    owner: str | None = None
    government: str | None = None

    @property
    def is_name(self) -> bool:
        """Whether it names something, as dates, amounts and numbers do not."""
        return self.label in NAMED

    @property
    def full_text(self) -> str:
        """The name with the place name that belongs to it."""
        return f"{self.owner} {self.text}" if self.owner else self.text

    def relabelled(self, label: str, method: str, key: str | None = None) -> Mention:
        """The mention with another label, marked with the step that gave it; unmarked when the label stays."""
        key = key if key is not None else self.key
        if (label, key) == (self.label, self.key):
            return self
        return replace(self, label=label, method=self.method if label == self.label else method, key=key)


@dataclass(frozen=True)
class Passage:
    """A tagged passage: its number, its first code point in the article, its document and the article's text."""

    number: int
    start: int
    doc: Doc
    article_text: str

    def mention(self, first: int, after: int, label: str, method: str) -> Mention:
        """The mention that covers the tokens from ``first`` up to ``after``."""
        last = self.doc[after - 1]
        start, end = self.start + self.doc[first].idx, self.start + last.idx + len(last.text)
        return Mention(start, end, self.article_text[start:end], label, method, self.number, first, after)

    def cut(self, mention: Mention, left: int, right: int, method: str) -> Mention:
        """The part ``[left:right]`` of a mention's text, with the tokens that it touches."""
        if (left, right) == (0, len(mention.text)):
            return mention
        start, end = mention.start + left, mention.start + right
        touched = [
            token.i
            for token in self.doc[mention.first : mention.after]
            if self.start + token.idx < end and start < self.start + token.idx + len(token.text)
        ]
        return replace(
            mention,
            start=start,
            end=end,
            text=mention.text[left:right],
            first=touched[0],
            after=touched[-1] + 1,
            method=method,
        )

    def grown(self, mention: Mention, after: int, method: str) -> Mention:
        """The mention up to the token ``after``, which is not part of it any more."""
        last = self.doc[after - 1]
        end = self.start + last.idx + len(last.text)
        return replace(mention, end=end, text=self.article_text[mention.start : end], after=after, method=method)


def tagged_passages(article: ParsedArticle) -> Mapping[int, Passage]:
    """The article's tagged passages by number, in text order."""
    return {
        passage.passage_no: Passage(passage.passage_no, passage.start, passage.doc, article.text)
        for passage in article.tagged
        if passage.doc is not None
    }


def read_spans(passage: Passage) -> Iterator[Mention]:
    """The model's entity spans in a passage, in text order."""
    for span in passage.doc.ents:
        yield passage.mention(span.start, span.end, span.label_, "model")


def surface(text: str) -> str:
    """A mention's text without leading article, with plain apostrophes and single spaces: what counts as one form."""
    text = " ".join(text.replace("’", "'").split())
    return _ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text
