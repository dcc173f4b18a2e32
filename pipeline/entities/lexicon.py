"""The word lists of this package, read from data files and checked on load."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.data_files import read_rows

DATA = Path(__file__).parent / "data"
SPEAKS_FOR = frozenset({"state", "place", "body", "voice", "self"})
ORGANS = frozenset({"state", "free", "named", "learning", "outlet"})
FOLLOWS = frozenset({"person", "any"})
OTHER_LABELS = frozenset({"law", "event", "product", "work_of_art"})
USES = (
    "particle",
    "joined",
    "dangling",
    "place_preposition",
    "place_noun",
    "speech",
    "body_noun",
    "calendar",
    "month_or_surname",
    "portfolio",
    "determiner",
    "left_out",
    "role_link",
    "former",
    "generation",
    "government",
    "minister",
    "human",
    "person_verb",
)


@dataclass(frozen=True)
class Lexicon:
    """The lists, all in lower case; each data file says what its columns mean.

    ``roles``: role noun -> whom its bearer speaks for. ``honorifics``: forms of address and titles that are no part of
    a name -> what may follow them. ``bodies``: word for a body -> how a state's name before it is read. ``place_words``
    (word -> whether it outweighs the model) end names of places, ``other_words`` (word -> label) names of other things.
    ``common_words`` and ``abbreviations`` (of common nouns) name nothing alone. ``first_names``: short form or spelling
    -> the form that stands for all. ``small_words``: use -> words.
    """

    roles: Mapping[str, str]
    honorifics: Mapping[str, str]
    bodies: Mapping[str, str]
    place_words: Mapping[str, str]
    other_words: Mapping[str, str]
    common_words: frozenset[str]
    abbreviations: frozenset[str]
    first_names: Mapping[str, str]
    small_words: Mapping[str, frozenset[str]]

    @functools.cached_property
    def longest_role(self) -> int:
        """Words in the longest role noun."""
        return max(len(role.split()) for role in self.roles)

    def addresses_person(self, word: str) -> bool:
        """Whether only a person's name can follow the word (`Dr`), with or without a full stop."""
        return self.honorifics.get(word.casefold().rstrip(".")) == "person"

    def is_body(self, name: str) -> bool:
        """Whether a name begins or ends with a word for bodies that a state's name may stand before."""
        return any(self.bodies.get(word) in ("state", "free") for word in _edge_words(name))

    def is_state_organ(self, name: str) -> bool:
        """Whether a body so called is part of the state that it is named with."""
        return any(self.bodies.get(word) == "state" for word in _edge_words(name))

    def is_place_of_learning(self, name: str) -> bool:
        """Whether a body is a school, a college or a university."""
        return any(self.bodies.get(word) == "learning" for word in _edge_words(name))

    def is_outlet_name(self, name: str) -> bool:
        """Whether a name ends as names of newspapers and other outlets end."""
        return self.bodies.get(name.casefold().split()[-1]) == "outlet"

    def is_place_name(self, name: str) -> bool:
        """Whether the last word of a longer name makes it a place's, whatever the model says."""
        words = name.casefold().split()
        endings = (" ".join(words[-count:]) for count in (2, 1) if len(words) > count)
        return any(self.place_words.get(ending) == "yes" for ending in endings)

    def is_common(self, word: str) -> bool:
        """Whether a capitalised word names nothing by itself: a common noun, a title, a word for bodies or places."""
        lists = (self.common_words, self.bodies, self.place_words, self.honorifics, self.roles)
        return any(word.casefold() in words for words in lists)

    def label_of_head(self, name: str) -> str | None:
        """The label that the last word of a longer name demands (`ORG` for `Ada Berg Foundation`), else None."""
        words = name.replace("’", "'").casefold().split()
        for ending in (" ".join(words[-count:]) for count in (2, 1) if len(words) > count):
            if ending in self.bodies:
                return "ORG"
            if ending in self.place_words:
                return "LOC"
            if ending in self.other_words:
                return self.other_words[ending].upper()
        return None


def _edge_words(name: str) -> list[str]:
    """The first and the last one, two and three words of a name, and those before its first `of` or `for`."""
    words = name.replace("’", "'").casefold().split()
    head = next((index for index, word in enumerate(words) if word in ("of", "for")), len(words))
    edges = [words[-count:] for count in (1, 2, 3)] + [words[:count] for count in (1, 2, 3)]
    return [" ".join(edge) for edge in (*edges, words[:head][-1:], words[:head][-2:])]


def read_column_file(path: Path, columns: Sequence[str], key: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file whose leading lines may be `#` comments.

    Raises `ValueError` naming the file and the remedy when the header differs, a field is empty or has capitals, or a
    key stands twice.
    """
    rows, seen = [], set()
    for number, row in read_rows(path, columns):
        if any(not field or field != field.lower() for field in row.values()):
            raise ValueError(f"{path.name}, line {number}: a field is empty or capitalised; fill it, in lower case")
        identity = tuple(row[column] for column in key)
        if identity in seen:
            raise ValueError(f"{path.name}: {', '.join(identity)} stands twice; remove one of the lines")
        seen.add(identity)
        rows.append(dict(row))
    return rows


def _read_mapping(path: Path, column: str, value: str, allowed: frozenset[str]) -> dict[str, str]:
    mapping = {row[column]: row[value] for row in read_column_file(path, (column, value), (column,))}
    for word, found in mapping.items():
        if found not in allowed:
            raise ValueError(f"{path.name}: {value} of {word!r} is {found!r}; it must be one of {sorted(allowed)}")
    return mapping


def _read_first_names(path: Path) -> dict[str, str]:
    names = {row["name"]: row["same_as"] for row in read_column_file(path, ("name", "same_as"), ("name",))}
    for name, same_as in names.items():
        if same_as in names:
            raise ValueError(f"{path.name}: {name} is {same_as}, which is {names[same_as]}; name that one directly")
    return names


def _read_words(path: Path) -> frozenset[str]:
    return frozenset(row["word"] for row in read_column_file(path, ("word",), ("word",)))


def _read_small_words(path: Path) -> dict[str, frozenset[str]]:
    rows = read_column_file(path, ("use", "word"), ("use", "word"))
    unknown = {row["use"] for row in rows}.symmetric_difference(USES)
    if unknown:
        raise ValueError(f"{path.name}: the uses must be exactly {', '.join(USES)}; check {', '.join(sorted(unknown))}")
    return {use: frozenset(row["word"] for row in rows if row["use"] == use) for use in USES}


def read_lexicon(folder: Path) -> Lexicon:
    """The lists in a folder. Raises `ValueError` when a file does not have its documented form."""
    return Lexicon(
        roles=_read_mapping(folder / "roles.csv", "noun", "speaks_for", SPEAKS_FOR),
        honorifics=_read_mapping(folder / "honorifics.csv", "word", "follows", FOLLOWS),
        bodies=_read_mapping(folder / "body_words.csv", "word", "organ", ORGANS),
        place_words=_read_mapping(folder / "place_words.csv", "word", "outweighs", frozenset({"yes", "no"})),
        other_words=_read_mapping(folder / "other_words.csv", "word", "label", OTHER_LABELS),
        common_words=_read_words(folder / "common_words.csv"),
        abbreviations=_read_words(folder / "abbreviations.csv"),
        first_names=_read_first_names(folder / "first_names.csv"),
        small_words=_read_small_words(folder / "function_words.csv"),
    )


@functools.lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The lists that ship with the package, read once."""
    return read_lexicon(DATA)


@functools.lru_cache(maxsize=1)
def lexicon_digest() -> str:
    """Digest of the data files' bytes, for code versions."""
    digest = hashlib.sha256()
    for path in sorted(DATA.glob("*.csv")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
