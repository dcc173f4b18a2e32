"""Stories: the articles that belong on one page, found through the claims and the texts that they share.

The bonds lie between copy groups. Two that carry the same claim are bonded, the more so the fewer others carry it; an
article that stands inside another is bonded to it. Starting with the strongest bond, two parts are joined as long as
they have no more than `MAX_COPY_GROUPS_PER_STORY` together. So a component within that size is one story whole, and a
greater one is parted where it hangs together least. (Kruskal's algorithm, with a bound on the size of the trees.)
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import MAX_COPY_GROUPS_ALL_BONDED, MAX_COPY_GROUPS_PER_STORY


@dataclass(frozen=True)
class Story:
    """Articles of one page, earliest first. ``story_id`` is the earliest one's id: later articles do not change it.

    ``group_ids`` are the telling claim groups (see `is_telling`) most of whose claims stand here, in the order of
    `weight_of_group`; every such group is at home in one story. ``title`` is the headline of the article that shares
    most.
    """

    story_id: str
    title: str
    article_ids: tuple[str, ...]
    copy_group_ids: tuple[str, ...]
    group_ids: tuple[str, ...]

    @property
    def is_lone(self) -> bool:
        """Whether it is one article in which nothing is contested: it needs no page of its own."""
        return len(self.article_ids) == 1 and not self.group_ids


def is_telling(group: Row, corpus: Corpus) -> bool:
    """Whether a claim group says more than each of its claims: contested, carried by several, or in conflict."""
    conflicts = corpus.by("conflicts", "claim_group_id")
    return bool(group["contested"]) or group["n_copy_groups"] > 1 or bool(conflicts[group["claim_group_id"]])


def weight_of_group(group: Row) -> tuple[bool, int, int, int, str]:
    """Sort key: contested first, most independent sources on the smaller side, then on both, then most carried."""
    asserting, denying = group["n_independent_asserting"], group["n_independent_denying"]
    return (
        not group["contested"],
        -min(asserting, denying),
        -(asserting + denying),
        -group["n_copy_groups"],
        group["claim_group_id"],
    )


def find_stories(corpus: Corpus) -> tuple[Story, ...]:
    """The articles of the corpus parted into stories, in the order of their earliest articles."""
    carriers = _carriers(corpus)
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for copy_group_id, root in _join(corpus, _bonds(corpus, carriers)).items():
        parts[root].append(copy_group_id)
    articles = [
        sorted((a for place in places for a in corpus.articles_of(place)), key=corpus.age) for places in parts.values()
    ]
    articles.sort(key=lambda ids: corpus.age(ids[0]))
    homes = _homes(corpus, {article_id: ids[0] for ids in articles for article_id in ids})
    shared = Counter(place for places in carriers.values() for place in places)

    def headline_of(ids: list[str]) -> str:
        most = max(ids, key=lambda article_id: (shared[corpus.place(article_id)], -ids.index(article_id)))
        return corpus.article_title(most)

    return tuple(
        Story(
            story_id=ids[0],
            title=headline_of(ids),
            article_ids=tuple(ids),
            copy_group_ids=tuple(dict.fromkeys(corpus.place(article_id) for article_id in ids)),
            group_ids=homes.get(ids[0], ()),
        )
        for ids in articles
    )


def _carriers(corpus: Corpus) -> dict[str, list[str]]:
    """Copy groups that carry each claim group that several carry, earliest first."""
    claims = corpus.one("claims", "claim_id")
    places: defaultdict[str, set[str]] = defaultdict(set)
    for member in corpus.rows("claim_group_members"):
        places[member["claim_group_id"]].add(corpus.place(claims[member["claim_id"]]["article_id"]))
    return {
        group_id: sorted(found, key=lambda place: corpus.age(corpus.articles_of(place)[0]))
        for group_id, found in places.items()
        if len(found) > 1
    }


def _bonds(corpus: Corpus, carriers: Mapping[str, list[str]]) -> list[tuple[float, str, str]]:
    """(strength, copy group, copy group), strongest first.

    A claim that very many carry bonds neighbours in time only: all pairs would be too many, and each of them weak.
    """
    strength: defaultdict[tuple[str, str], float] = defaultdict(float)
    for group_id in sorted(carriers):
        places = carriers[group_id]
        several = len(places) <= MAX_COPY_GROUPS_ALL_BONDED
        for a, b in itertools.combinations(places, 2) if several else itertools.pairwise(places):
            strength[min(a, b), max(a, b)] += 1 / (len(places) - 1)
    for pair in corpus.rows("duplicate_pairs"):
        a, b = corpus.place(pair["article_id_a"]), corpus.place(pair["article_id_b"])
        if a != b:
            strength[min(a, b), max(a, b)] += 1.0
    return sorted(((round(force, 9), a, b) for (a, b), force in strength.items()), key=lambda s: (-s[0], s[1], s[2]))


def _join(corpus: Corpus, bonds: Iterable[tuple[float, str, str]]) -> dict[str, str]:
    """The root of every copy group's part."""
    parent = {corpus.place(row["article_id"]): corpus.place(row["article_id"]) for row in corpus.rows("articles")}
    size = dict.fromkeys(parent, 1)

    def root(place: str) -> str:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for _, a, b in bonds:
        one, two = root(a), root(b)
        if one != two and size[one] + size[two] <= MAX_COPY_GROUPS_PER_STORY:
            parent[two] = one
            size[one] += size[two]
    return {place: root(place) for place in parent}


def _homes(corpus: Corpus, story_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Telling claim groups by the story (its id) that has most of their claims; of equals, the earliest."""
    claims = corpus.one("claims", "claim_id")
    members = corpus.by("claim_group_members", "claim_group_id")
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for group in sorted(corpus.rows("claim_groups"), key=weight_of_group):
        group_id = group["claim_group_id"]
        found = Counter(story_of[claims[m["claim_id"]]["article_id"]] for m in members[group_id])
        if found and is_telling(group, corpus):
            homes[min(found, key=lambda story: (-found[story], corpus.age(story)))].append(group_id)
    return {story: tuple(group_ids) for story, group_ids in homes.items()}
