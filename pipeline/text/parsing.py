"""Runs a spaCy pipeline over documents; its transition parsers step by step, which gives the same faster.

spaCy's parser and entity recogniser choose their next transition in C, with the interpreter's lock given up. Since
spaCy 3.8 each look at a state takes the lock back to ask whether there was an error: a third of all the time that
annotation takes goes into that. The same steps through the same library's own methods for training and beam search
(`ParserStepModel.predict`, `Parser.transition_states`) hold the lock, and come to the same states.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spacy.language import Language
from spacy.pipeline.transition_parser import Parser
from spacy.tokens import Doc
from thinc.api import NumpyOps

_AT_A_TIME = 32  # documents of about one length, as many as spaCy's own parser takes; results do not depend on it


def run_pipeline(nlp: Language, docs: list[Doc]) -> list[Doc]:
    """What `nlp.pipe` gives for these documents."""
    for _, component in nlp.pipeline:
        docs = _run_component(component, docs)
    return docs


def _run_component(component: Callable[[Doc], Doc], docs: list[Doc]) -> list[Doc]:
    if isinstance(component, Parser) and component.cfg["beam_width"] == 1 and type(component.model.ops) is NumpyOps:
        by_length = sorted(docs, key=len)
        for first in range(0, len(docs), _AT_A_TIME):
            together = by_length[first : first + _AT_A_TIME]
            component.set_annotations(together, _final_states(component, together))
        return docs
    pipe = getattr(component, "pipe", None)
    return list(pipe(docs, batch_size=len(docs))) if pipe is not None else [component(doc) for doc in docs]


def _final_states(parser: Any, docs: list[Doc]) -> list[Any]:
    """The states that a greedy parse of the documents ends in."""
    states = parser.moves.init_batch(docs)
    unfinished = [state for state in states if not state.is_final()]
    if unfinished:
        model = parser.model.predict(docs)
        while unfinished:
            unfinished = parser.transition_states(unfinished, model.predict(unfinished))
        model.clear_memory()
    return list(states)
