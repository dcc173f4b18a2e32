"""Linguistic annotation of passages with spaCy, as rows of the `annotations` table, and back to spaCy documents.

Only `annotate` needs the statistical model; whoever reads annotations rebuilds `Doc` objects over a bare vocabulary,
so that later stages never load it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import spacy
from spacy.about import __version__ as spacy_version
from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, LEMMA, MORPH, POS, SENT_START, TAG
from spacy.lang.en import English
from spacy.language import Language
from spacy.parts_of_speech import IDS
from spacy.tokens import Doc, Token
from spacy.vocab import Vocab, create_vocab

from pipeline.tables import ANNOTATIONS
from pipeline.text.parsing import run_pipeline
from pipeline.text.tokenizing import tokenize

CODE_VERSION = "2"
_BATCH = 128  # passages per call into the model; results do not depend on it
_ATTRIBUTES = [POS, HEAD, DEP, LEMMA, TAG, MORPH, SENT_START, ENT_IOB, ENT_TYPE]
_IOB = Token.iob_strings()


@functools.lru_cache(maxsize=2)
def load_model(name: str) -> Language:
    """The spaCy pipeline of that package name or folder.

    Raises `ValueError` naming the setting when there is none, or when it lacks a component the chain needs.
    """
    try:
        with warnings.catch_warnings():
            # The packaged weights were trained with the minor release before; their output was checked.
            warnings.filterwarnings("ignore", message=r"\[W095\]")
            nlp = spacy.load(name)
    except OSError as error:
        raise ValueError(
            f"NEWSCLAIMS_SPACY_MODEL={name!r} cannot be loaded: install that package. ({error})"
        ) from error
    missing = {"parser", "ner", "lemmatizer"} - set(nlp.pipe_names)
    if missing:
        raise ValueError(f"NEWSCLAIMS_SPACY_MODEL={name!r} lacks {', '.join(sorted(missing))}")
    return nlp


def model_version(name: str) -> str:
    """What decides every annotation: the pipeline's name, version and description file, and spaCy's version.

    Reads the pipeline's ``meta.json`` only. Raises `ValueError` like `load_model`.
    """
    folder = Path(name)
    if not folder.is_dir():
        package = importlib.util.find_spec(name) if name.isidentifier() else None
        if package is None or not package.submodule_search_locations:
            raise ValueError(f"NEWSCLAIMS_SPACY_MODEL={name!r} is neither an installed package nor a folder")
        folder = Path(package.submodule_search_locations[0])
    description = (folder / "meta.json").read_bytes()
    meta = json.loads(description)
    digest = hashlib.sha256(description).hexdigest()[:8]
    return f"{meta['lang']}_{meta['name']} {meta['version']} {digest}, spacy {spacy_version}"


def annotate(texts: Sequence[str], keys: Sequence[str], model: str) -> pa.Table:
    """Annotate passages: one row of the `annotations` table for each (key, text), in the order given.

    ``keys`` are the passages' SHA-256 values, ``model`` names the spaCy pipeline.
    """
    nlp = load_model(model)
    rows: list[dict[str, Any]] = []
    for first in range(0, len(texts), _BATCH):
        docs = run_pipeline(nlp, [tokenize(text, nlp) for text in texts[first : first + _BATCH]])
        rows += ({"passage_sha256": key, **_columns(doc)} for key, doc in zip(keys[first:], docs, strict=False))
    return ANNOTATIONS.from_rows(rows)


def _columns(doc: Doc) -> dict[str, list[Any]]:
    return {
        "token_start": [t.idx for t in doc],
        "token_end": [t.idx + len(t.text) for t in doc],
        "lemma": [t.lemma_ for t in doc],
        "pos": [t.pos_ for t in doc],
        "tag": [t.tag_ for t in doc],
        "morph": [str(t.morph) for t in doc],
        "dep": [t.dep_ for t in doc],
        "head": [t.head.i for t in doc],
        "sent_start": [bool(t.is_sent_start) for t in doc],
        "ent_iob": [t.ent_iob_ or "O" for t in doc],
        "ent_type": [t.ent_type_ for t in doc],
    }


@functools.lru_cache(maxsize=1)
def bare_vocab() -> Vocab:
    """A vocabulary with English lexical attributes and no vectors, shared by all rebuilt documents."""
    return create_vocab("en", English.Defaults)


def rebuild_docs(annotations: pa.Table, texts: Mapping[str, str]) -> Iterator[tuple[str, Doc]]:
    """(passage hash, document) for each row of ``annotations`` whose hash is a key of ``texts``.

    A document's text equals the passage's, token for token, so `token.idx` is an offset into the passage.
    """
    wanted = pc.is_in(annotations["passage_sha256"], value_set=pa.array(texts, pa.string()))
    for batch in annotations.filter(wanted).combine_chunks().to_batches(max_chunksize=1024):
        ends = np.cumsum(pc.list_value_length(batch["token_start"]).to_numpy()).tolist()
        starts, stops = (batch[name].flatten().to_pylist() for name in ("token_start", "token_end"))
        attributes, first = _token_attributes(batch), 0
        for key, last in zip(batch["passage_sha256"].to_pylist(), ends, strict=True):
            doc = _words_of(texts[key], starts[first:last], stops[first:last])
            yield key, doc.from_array(_ATTRIBUTES, attributes[first:last])  # type: ignore[arg-type]  # it wants unsigned
            first = last


def _words_of(text: str, starts: list[int], stops: list[int]) -> Doc:
    """A document with words alone."""
    spaces = [stop < after for stop, after in zip(stops, [*starts[1:], len(text)], strict=False)]  # none in no text
    words = [text[start:stop] for start, stop in zip(starts, stops, strict=True)]
    return Doc(bare_vocab(), words=words, spaces=spaces)


def _token_attributes(batch: pa.RecordBatch) -> npt.NDArray[np.uint64]:
    """What `Doc.from_array` takes for all tokens of a batch, shape (tokens, len(_ATTRIBUTES))."""
    lengths = pc.list_value_length(batch["token_start"]).to_numpy()
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    columns = {
        HEAD: batch["head"].flatten().to_numpy().astype(np.int64) - (np.arange(len(first)) - first),
        SENT_START: np.where(batch["sent_start"].flatten().to_numpy(zero_copy_only=False), 1, -1),
        POS: _coded(batch["pos"], IDS.__getitem__),
        ENT_IOB: _coded(batch["ent_iob"], _IOB.index),
    }
    for attribute, name in ((TAG, "tag"), (MORPH, "morph"), (LEMMA, "lemma"), (DEP, "dep"), (ENT_TYPE, "ent_type")):
        columns[attribute] = _coded(batch[name], bare_vocab().strings.add)
    return np.stack([columns[attribute].astype(np.uint64) for attribute in _ATTRIBUTES], axis=1)


def _coded(column: pa.ListArray, code_of: Callable[[str], int]) -> npt.NDArray[np.uint64]:
    """The numbers that spaCy knows the values of a list column by, all lists one after the other."""
    encoded = column.flatten().dictionary_encode()
    codes = np.array([code_of(value) for value in encoded.dictionary.to_pylist()], np.uint64)
    return codes[encoded.indices.to_numpy()] if len(codes) else codes
