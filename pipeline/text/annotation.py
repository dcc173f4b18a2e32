"""Linguistic annotation of passages with spaCy, as rows of the `annotations` table, and back to spaCy documents.

Only `annotate` needs the statistical model; whoever reads annotations rebuilds `Doc` objects over a bare vocabulary,
so that later stages never load it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import itertools
import json
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import spacy
from spacy.about import __version__ as spacy_version
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.tables import ANNOTATIONS

CODE_VERSION = "1"
_BATCH = 128  # passages per call into the model; results do not depend on it


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
    rows = [
        {"passage_sha256": key, **_columns(doc)}
        for key, doc in zip(keys, nlp.pipe(texts, batch_size=_BATCH), strict=True)
    ]
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
    return spacy.blank("en").vocab


def rebuild_doc(row: Mapping[str, Any], text: str) -> Doc:
    """The spaCy document of one annotation row over its passage text.

    The document's text equals ``text``, token for token, so `token.idx` is an offset into the passage.
    """
    starts, ends = row["token_start"], row["token_end"]
    words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    following = itertools.chain(starts[1:], [len(text)])
    spaces = [end < after for end, after in zip(ends, following, strict=True)]
    return Doc(
        bare_vocab(),
        words=words,
        spaces=spaces,
        tags=row["tag"],
        pos=row["pos"],
        morphs=row["morph"],
        lemmas=row["lemma"],
        heads=row["head"],
        deps=row["dep"],
        sent_starts=row["sent_start"],
        ents=[f"{iob}-{label}" if label else "O" for iob, label in zip(row["ent_iob"], row["ent_type"], strict=True)],
    )


def rebuild_docs(annotations: pa.Table, texts: Mapping[str, str]) -> Iterable[tuple[str, Doc]]:
    """(passage hash, document) for each row of ``annotations`` whose hash is a key of ``texts``."""
    for batch in annotations.to_batches(max_chunksize=1024):
        for row in batch.to_pylist():
            text = texts.get(row["passage_sha256"])
            if text is not None:
                yield row["passage_sha256"], rebuild_doc(row, text)
