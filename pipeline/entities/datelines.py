"""Places and agencies named in an article's dateline, which the model does not read: `OSLO, Oct 1 (Reuters) –`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.entities.spans import Mention
from pipeline.gazetteer import Gazetteer
from pipeline.text.parsed import ParsedArticle

_RUN = re.compile(r"[^\W\d_]\S*(?: [A-Z]\S*)*")
_EDGE = " \t,;:.–—-/()[]"


def find_in_datelines(article: ParsedArticle, gazetteer: Gazetteer) -> Iterator[Mention]:
    """The listed names of an article's datelines, as mentions without tokens; none in an article that is not tagged."""
    if not any(article.tagged):
        return
    for passage in article.passages:
        if passage.kind == "dateline":
            text = article.text[passage.start : passage.end]
            for piece in re.finditer(r"[^,;/()\[\]\n–—]+", text):
                yield from _listed(piece.group(), passage.start + piece.start(), passage.passage_no, gazetteer)


def _listed(piece: str, start: int, passage_no: int, gazetteer: Gazetteer) -> Iterator[Mention]:
    for run in _RUN.finditer(piece):
        words = list(re.finditer(r"\S+", run.group()))
        for count in range(len(words), 0, -1):
            name = run.group()[: words[count - 1].end()].strip(_EDGE)
            entry = gazetteer.lookup(name)
            if entry is not None and entry.type in ("GPE", "LOC", "ORG"):
                first = start + run.start()
                yield Mention(first, first + len(name), name, entry.type, "dateline", passage_no, 0, 0, key=entry.key)
                break
