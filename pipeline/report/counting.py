"""What a count of independent sources rests on: each counted source with its statements, and what adds none, and why.

`claim_group_members` says for every claim on which side it stands, which actors count because of it, or why it adds
no source. Of the claims that one source counts by, the earliest is the one it rests on; the others are folded into it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.report.addresses import Addresses
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import MAX_LINES_PER_ACTOR, MAX_LINES_PER_SIDE, Printed, first
from pipeline.report.lines import Line, carriers, fold_copies, line_of
from pipeline.report.wording import counted

_ONCE = "its source is counted already"
_UTTERANCE = "another version of the same utterance"
_NO_NAME = "no name to count by: such a source counts only where nobody else stands on its side"


@dataclass(frozen=True)
class Folded:
    """A statement that adds no source, and why."""

    line: Line
    why: str


@dataclass(frozen=True)
class Counted:
    """A source that counts once (or, without a name, ``number`` sources): the statement it rests on, those folded."""

    name: str
    state_media_of: str
    number: int
    carried: str
    rests_on: tuple[Line, ...]
    folded: Printed[Folded]


@dataclass(frozen=True)
class Side:
    """Those who assert, those who deny, or those who take no side; ``apart`` adds no source."""

    key: str
    name: str
    n_independent: int
    sources: tuple[Counted, ...]
    apart: Printed[Folded]


def count_sides(group: Row, corpus: Corpus, addresses: Addresses) -> tuple[Side, ...]:
    """The sides of a claim group that have a claim or a source."""
    members = corpus.by("claim_group_members", "claim_group_id")[group["claim_group_id"]]
    asserting, denying = group["n_independent_asserting"], group["n_independent_denying"]
    sides = (
        _side("asserts", "Asserted", asserting, group["asserting_actor_ids"], members, corpus, addresses),
        _side("denies", "Denied", denying, group["denying_actor_ids"], members, corpus, addresses),
        _side("silent", "Neither asserted nor denied", 0, (), members, corpus, addresses),
    )
    return tuple(side for side in sides if side.n_independent or side.apart.total)


def _side(
    key: str,
    name: str,
    number: int,
    actor_ids: Sequence[str],
    members: Iterable[Row],
    corpus: Corpus,
    addresses: Addresses,
) -> Side:
    claims = corpus.one("claims", "claim_id")
    mine = {member["claim_id"]: member for member in members if member["side"] == key}
    by_actor: defaultdict[str, list[Row]] = defaultdict(list)
    nameless: list[Row] = []
    apart: list[Row] = []
    for claim_id, member in mine.items():
        if member["not_counted"] is not None:
            apart.append(claims[claim_id])
            continue
        for actor_id in member["counted_actor_ids"]:
            by_actor[actor_id].append(claims[claim_id])
        if not member["counted_actor_ids"]:
            nameless.append(claims[claim_id])
    sources = [_counted(actor_id, by_actor[actor_id], mine, corpus, addresses) for actor_id in sorted(set(actor_ids))]
    sources.sort(key=lambda source: (-len(source.rests_on) - source.folded.total, source.name.casefold(), source.name))
    n_nameless = number - len(set(actor_ids))
    if n_nameless > 0:
        sources.append(_nameless(n_nameless, nameless, corpus, addresses))
        nameless = []
    reasons = {claim["claim_id"]: mine[claim["claim_id"]]["not_counted"] or _NO_NAME for claim in (*apart, *nameless)}
    without = [
        Folded(line_of(rows, corpus, addresses), reasons[rows[0]["claim_id"]])
        for rows in fold_copies([*apart, *nameless], corpus)
    ]
    return Side(key, name, number, tuple(sources), first(without, MAX_LINES_PER_SIDE))


def _counted(
    actor_id: str, claims: Collection[Row], members: Mapping[str, Row], corpus: Corpus, addresses: Addresses
) -> Counted:
    statements = fold_copies(claims, corpus)
    folded = [
        Folded(
            line_of(rows, corpus, addresses),
            _UTTERANCE if members[rows[0]["claim_id"]]["relation"] == "variant" else _ONCE,
        )
        for rows in statements[1:]
    ]
    return Counted(
        name=corpus.entity_name(actor_id),
        state_media_of=corpus.state_media_of(actor_id),
        number=1,
        carried=carriers(claims, corpus) if claims else "",
        rests_on=tuple(line_of(rows, corpus, addresses) for rows in statements[:1]),
        folded=first(folded, MAX_LINES_PER_ACTOR),
    )


def _nameless(number: int, claims: Collection[Row], corpus: Corpus, addresses: Addresses) -> Counted:
    """Sources that no entity stands for. Without claims of their own they are the company of a named one."""
    lines = [line_of(rows, corpus, addresses) for rows in fold_copies(claims, corpus)]
    rest = [Folded(line, "counted once for each origin, or each name") for line in lines[number:]]
    return Counted(
        name=counted(number, "source") + (" without a known name" if lines else " named only as company of these"),
        state_media_of="",
        number=number,
        carried=carriers(claims, corpus) if claims else "",
        rests_on=tuple(lines[:number][:MAX_LINES_PER_ACTOR]),
        folded=first(rest, MAX_LINES_PER_ACTOR),
    )
