"""Names of news outlets in running text: those of the gazetteer, and those whose last word tells."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.dedup.rule_files import DATA, read_rules
from pipeline.gazetteer import Entry, load_gazetteer
from pipeline.text.normalise import fold_typography

LAST_WORDS = DATA / "outlet_words.tsv"
_WORD = re.compile(r"[^\W_]\w*")
_CAPITALISED = r"[^\W_a-z]\w*"
# Words that begin a sentence, in capitals for that alone, and are no part of the name after them.
_OPENINGS = "The|A|An|But|And|Or|In|On|At|As|For|From|While|When|After|Before|Then|Meanwhile|However|Also|By|Per|Via"
_SHAPE = (
    r"(?<![\w.'-])(?!(?:OPENINGS)\s)(?:(?!(?:ENDINGS)(?![\w-]))[A-Z][\w'&-]*\s+){0,3}"
    r"[A-Z][\w'&-]*\s+(?P<last>ENDINGS)(?![\w-])"
)
_ADDRESS = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_ARTICLE = re.compile(r"^(?:the|The|THE)\s+")
_ARTICLE_BEFORE = re.compile(r"(?:the|The|THE)\s+$")


@dataclass(frozen=True)
class OutletMention:
    """An outlet named in ``text[start:end]``, a leading `the` included.

    ``ambiguous`` names often mean something else; ``listed`` ones are in the gazetteer, others are known by their form.
    """

    start: int
    end: int
    outlet: str
    ambiguous: bool
    listed: bool = True


class OutletNames:
    """Finds outlets by any of their names, in the letter case in which these are listed or all in capitals."""

    def __init__(
        self,
        entries: Iterable[tuple[str, Iterable[str], frozenset[str]]],
        last_words: Mapping[str, bool] = MappingProxyType({}),
    ) -> None:
        """``entries`` gives for each outlet its name, all names it goes by, and those of them that are ambiguous;
        ``last_words`` the words by which unlisted names are known, and whether such names are ambiguous.
        """
        self._by_first_word: dict[str, list[tuple[re.Pattern[str], str, bool]]] = defaultdict(list)
        self._exact: dict[str, str] = {}
        self._squeezed: dict[str, str] = {}
        spellings: dict[str, tuple[str, bool]] = {}
        for outlet, names, ambiguous in entries:
            for name in names:
                for spelling in (name, name.upper()):
                    spellings.setdefault(fold_typography(spelling), (outlet, name in ambiguous))
        for spelling in sorted(spellings, key=lambda s: (-len(s), s)):
            outlet, is_ambiguous = spellings[spelling]
            words = [re.escape(word) for word in spelling.split()]
            first = _WORD.search(spelling)
            if first is not None and first.start() == 0:
                pattern = re.compile(r"\s+".join(words) + r"(?!\w)")
                self._by_first_word[first.group()].append((pattern, outlet, is_ambiguous))
            self._exact[_bare(spelling)] = outlet
            self._squeezed[re.sub(r"\W", "", _bare(spelling))] = outlet
        self._last_words = dict(last_words)
        endings = "|".join(re.escape(word) for word in sorted(last_words, key=lambda word: (-len(word), word)))
        shape = _SHAPE.replace("OPENINGS", _OPENINGS).replace("ENDINGS", endings)
        self._shape = re.compile(shape) if last_words else None
        # Of the words in lower case only those are looked at that a name starts with.
        small = sorted(re.escape(word) for word in self._by_first_word if word[0].islower())
        self._first_word = re.compile(
            r"(?<!\w)(?:" + "|".join([_CAPITALISED, *(rf"{word}(?!\w)" for word in small)]) + ")"
        )

    def find(self, text: str) -> list[OutletMention]:
        """The outlets named in ``text``, in order, without overlap; the longest name wins, a listed one before others.

        ``text`` has its typography folded (`fold_typography`), so offsets are those of the text it was made of.
        """
        listed = self._find_listed(text)
        taken = {position for mention in listed for position in range(mention.start, mention.end)}
        shaped = [mention for mention in self._find_shaped(text) if taken.isdisjoint(range(mention.start, mention.end))]
        return sorted([*listed, *shaped], key=lambda mention: mention.start)

    def _find_shaped(self, text: str) -> Iterator[OutletMention]:
        for match in self._shape.finditer(text) if self._shape else ():
            article = _ARTICLE_BEFORE.search(text, 0, match.start())
            start = article.start() if article else match.start()
            yield OutletMention(start, match.end(), self.normalise(match[0]), self._last_words[match["last"]], False)

    def _find_listed(self, text: str) -> list[OutletMention]:
        found: list[OutletMention] = []
        reached = 0
        for word in self._first_word.finditer(text):
            for pattern, outlet, is_ambiguous in self._by_first_word.get(word.group(), ()):
                match = pattern.match(text, word.start()) if word.start() >= reached else None
                if match is not None:
                    article = _ARTICLE_BEFORE.search(text, reached, match.start())
                    start = article.start() if article else match.start()
                    found.append(OutletMention(start, match.end(), outlet, is_ambiguous))
                    reached = match.end()
                    break
        return found

    def normalise(self, name: str) -> str:
        """The listed name of the outlet that goes by ``name``; else ``name`` with single spaces, without a `the`."""
        written = " ".join(name.split())
        return self._exact.get(_bare(fold_typography(written)), _ARTICLE.sub("", written) or written)

    def normalise_publisher(self, publisher: str) -> str:
        """`normalise`, where an address stands for the outlet that a part of it spells (`news.alderpost.example`)."""
        outlet = self.normalise(publisher)
        if outlet == publisher.strip() and _ADDRESS.fullmatch(outlet):
            for part in outlet.casefold().split("."):
                if part in self._squeezed:
                    return self._squeezed[part]
            return outlet.casefold().removeprefix("www.")
        return outlet


def _bare(name: str) -> str:
    return " ".join(name.split()).casefold().removeprefix("the ")


@functools.lru_cache(maxsize=1)
def listed_outlets() -> OutletNames:
    """The outlets of the gazetteer, and those that are known by their last word."""
    ambiguous = {word: is_ambiguous for word, (is_ambiguous, _) in last_words().items()}
    return OutletNames((_names(entry) for entry in load_gazetteer() if entry.is_outlet), ambiguous)


@functools.lru_cache(maxsize=1 << 12)
def is_agency(outlet: str) -> bool:
    """Whether an outlet, by its normalised name, is a news agency, whose reports other outlets print."""
    entry = load_gazetteer().lookup(outlet)
    if entry is not None and entry.is_outlet:
        return entry.kind == "agency"
    return any(agency and outlet.endswith(f" {word}") for word, (_, agency) in last_words().items())


@functools.lru_cache(maxsize=1)
def last_words() -> Mapping[str, tuple[bool, bool]]:
    """For each word by which unlisted outlets are known: whether such names are ambiguous, and whether of agencies.

    Raises `ValueError` naming the words whose columns are neither yes nor no.
    """
    rows = read_rules(LAST_WORDS, ("word", "ambiguous", "agency"))
    wrong = [row["word"] for row in rows if not {row["ambiguous"], row["agency"]} <= {"yes", "no"}]
    if wrong:
        raise ValueError(f"{LAST_WORDS.name}: ambiguous and agency must be yes or no for {', '.join(wrong)}")
    return {row["word"]: (row["ambiguous"] == "yes", row["agency"] == "yes") for row in rows}


def _names(entry: Entry) -> tuple[str, tuple[str, ...], frozenset[str]]:
    return entry.name, entry.names, entry.ambiguous
