"""Gazetteer entries, their look-up by any name, and the checks that the data files must pass."""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.data_files import read_rows

DATA = Path(__file__).parent / "data"
FILES = ("countries.csv", "capitals.csv", "bodies.csv", "governments.csv", "outlets.csv", "regions.csv", "places.csv")
TYPES = ("GPE", "ORG", "LOC", "NORP", "PERSON")
KINDS = (
    "country",
    "former_country",
    "territory",
    "province",
    "capital",
    "city",
    "place",
    "region",
    "people",
    "religion",
    "international_body",
    "government_institution",
    "nongovernmental_body",
    "university",
    "party",
    "armed_group",
    "company",
    "agency",
    "broadcaster",
    "newspaper",
    "magazine",
    "news_site",
)
OUTLET_KINDS = frozenset({"agency", "broadcaster", "newspaper", "magazine", "news_site"})
COLUMNS = (
    "key",
    "name",
    "type",
    "kind",
    "aliases",
    "adjectives",
    "people",
    "wikidata_id",
    "stands_for",
    "state_media_of",
    "ambiguous",
)

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "–": "-", "‐": "-", "‑": "-"})
_SPACED_INITIALS = re.compile(r"(?<=\b[A-Z]\.) (?=[A-Z](?:\.|$))")
_ARTICLE = re.compile(r"the\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One listed thing; the columns are explained in data/README.md."""

    key: str
    name: str
    type: str
    kind: str
    aliases: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    wikidata_id: str | None = None
    stands_for: str | None = None
    state_media_of: str | None = None
    ambiguous: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The name and the aliases, without the demonyms."""
        return (self.name, *self.aliases)

    @property
    def demonyms(self) -> tuple[str, ...]:
        """Adjectives and names of the people, singular and plural."""
        return (*self.adjectives, *self.people)

    @property
    def is_outlet(self) -> bool:
        """Whether it publishes news: agency, broadcaster, newspaper, magazine or news site."""
        return self.kind in OUTLET_KINDS


class Gazetteer:
    """All entries, found by key or by any of their names.

    Raises `ValueError` naming the entry and the remedy when a key or a name is claimed twice, when a type or a kind
    is not in the closed list, or when a reference (`stands_for`, `state_media_of`) names no entry.
    """

    def __init__(self, entries: Iterable[Entry], digest: str = "") -> None:
        self.digest = digest
        self._by_key: dict[str, Entry] = {}
        self._exact: dict[str, Entry] = {}
        self._folded: dict[str, Entry] = {}
        self._demonyms: set[str] = set()
        self._ambiguous: set[str] = set()
        for entry in entries:
            self._add(entry)
        for entry in self:
            _check_references(entry, self._by_key)

    def _add(self, entry: Entry) -> None:
        _check_closed_lists(entry)
        if entry.key in self._by_key:
            raise ValueError(f"Gazetteer key {entry.key!r} stands twice; give one of the entries another key.")
        self._by_key[entry.key] = entry
        for alias in (*entry.names, *entry.demonyms):
            form = normal_form(alias)
            claimant = self._exact.setdefault(form, entry)
            if not is_abbreviation(form):
                claimant = self._folded.setdefault(form.casefold(), entry) if claimant is entry else claimant
            if claimant is not entry:
                raise ValueError(
                    f"{alias!r} is claimed by {claimant.key} and {entry.key}; leave it to the one it usually means."
                )
        self._demonyms.update(normal_form(alias).casefold() for alias in entry.demonyms)
        self._ambiguous.update(normal_form(alias).casefold() for alias in entry.ambiguous)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def get(self, key: str | None) -> Entry | None:
        """The entry of that key, None when there is none."""
        return self._by_key.get(key) if key else None

    def __getitem__(self, key: str) -> Entry:
        return self._by_key[key]

    def lookup(self, alias: str) -> Entry | None:
        """The entry that goes by this name, alias or demonym; None when none does.

        A leading `the` and a possessive ending are ignored. Names in lower case are never found and abbreviations
        (`US`) only in their own case, so that common words are not taken for names.
        """
        form = normal_form(alias)
        for candidate in (form, _ARTICLE.sub("", form, count=1) if _ARTICLE.match(form) else ""):
            if not candidate:
                continue
            entry = self._exact.get(candidate)
            if entry is None and any(character.isupper() for character in candidate):
                entry = self._folded.get(candidate.casefold())
            if entry is not None:
                return entry
        return None

    def is_demonym(self, alias: str) -> bool:
        """Whether the name is an adjective or a people rather than the place itself."""
        return normal_form(alias).casefold() in self._demonyms

    def is_ambiguous(self, alias: str) -> bool:
        """Whether the name often means something that is not listed, so that context has to agree."""
        form = normal_form(alias)
        return form.casefold() in self._ambiguous or _ARTICLE.sub("", form, count=1).casefold() in self._ambiguous

    def state_of(self, key: str | None) -> Entry | None:
        """The state or body that an entry speaks for: itself, or what it `stands_for`."""
        entry = self.get(key)
        while entry is not None and entry.stands_for:
            entry = self._by_key[entry.stands_for]
        return entry


@functools.lru_cache(maxsize=1 << 15)  # an article asks for the same few names again and again
def normal_form(alias: str) -> str:
    """The alias with straight apostrophes, plain hyphens, single spaces, unaccented, without a possessive ending.

    Initials are written without spaces between them: `U. S.` is `U.S.`.
    """
    text = _SPACED_INITIALS.sub("", " ".join(alias.translate(_APOSTROPHES).split()))
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(character for character in decomposed if not unicodedata.combining(character))
    for ending in ("'s", "'S", "'"):
        if text.endswith(ending) and len(text) > len(ending):
            return text[: -len(ending)]
    return text


def is_abbreviation(alias: str) -> bool:
    """Whether a name has no lower-case letter, as `US` and `U.N.` have none."""
    return alias.upper() == alias


def read_entries(path: Path) -> list[Entry]:
    """The entries of one data file.

    Raises `ValueError` naming file and line when the header or a row does not have the documented columns.
    """
    return [_entry(row) for _, row in read_rows(path, COLUMNS)]


def _entry(cells: Mapping[str, str]) -> Entry:
    def several(column: str) -> tuple[str, ...]:
        return tuple(value for value in cells[column].split("|") if value)

    return Entry(
        key=cells["key"],
        name=cells["name"],
        type=cells["type"],
        kind=cells["kind"],
        aliases=several("aliases"),
        adjectives=several("adjectives"),
        people=several("people"),
        wikidata_id=cells["wikidata_id"] or None,
        stands_for=cells["stands_for"] or None,
        state_media_of=cells["state_media_of"] or None,
        ambiguous=frozenset(several("ambiguous")),
    )


def _check_closed_lists(entry: Entry) -> None:
    if entry.type not in TYPES:
        raise ValueError(f"{entry.key}: type {entry.type!r} is not one of {', '.join(TYPES)}")
    if entry.kind not in KINDS:
        raise ValueError(f"{entry.key}: kind {entry.kind!r} is not one of {', '.join(KINDS)}")
    if not entry.key or not entry.name:
        raise ValueError(f"An entry needs a key and a name, but one has key {entry.key!r} and name {entry.name!r}")
    unknown = entry.ambiguous.difference(entry.names, entry.demonyms)
    if unknown:
        raise ValueError(f"{entry.key}: ambiguous {sorted(unknown)} are not among its names")
    if entry.wikidata_id is not None and not re.fullmatch(r"Q[1-9]\d*", entry.wikidata_id):
        raise ValueError(f"{entry.key}: {entry.wikidata_id!r} is not a Wikidata item (Q and a number)")


def _check_references(entry: Entry, by_key: Mapping[str, Entry]) -> None:
    for column, target in (("stands_for", entry.stands_for), ("state_media_of", entry.state_media_of)):
        if target is not None and target not in by_key:
            raise ValueError(f"{entry.key}: {column} names {target!r}, which is no entry; add it or correct the key")
    if entry.stands_for is not None and by_key[entry.stands_for].stands_for is not None:
        raise ValueError(
            f"{entry.key}: stands_for must name the state itself, but {entry.stands_for} stands for another"
        )


def read_gazetteer(paths: Sequence[Path]) -> Gazetteer:
    """A gazetteer from data files; its digest covers their bytes."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return Gazetteer((entry for path in paths for entry in read_entries(path)), digest.hexdigest()[:16])


@functools.lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The gazetteer that ships with the package, read once."""
    return read_gazetteer([DATA / name for name in FILES])
