"""Conflicts over words: quotations that differ, headlines against bodies, one quotation with two speakers or none."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from pipeline.claims.quotes import Clash, Version, clash, difference_blocks, shared_runs
from pipeline.claims.sides import Conflict, Group, Member, ids, speakers, uris, verb
from pipeline.claims.words import weight

_COMPARED = 40  # quoting claims of a group that are compared with each other
_VERBATIM = 0.75  # share of words in common from which two quotations claim to give the same words
_HEADLINE_RUN = 3  # quoted words that headline and body share
_COINED_RUN = 6  # quoted words that two speakers cannot both have coined
_COINED_WEIGHT = 2.5  # what those words weigh at least
_REPLACED = 2  # words on the shorter side of a replacement at most
_REPLACEMENT = 5  # words on its longer side at most
_BESIDE = 4  # words in common right before or after a replaced word


def quotation_variant(group: Group) -> Iterator[Conflict]:
    """Hard: two verbatim quotations that cannot both be; soft: one quotes a word that the other replaces by its own.

    Quotations that share less than `_VERBATIM` of their words are more likely two translations: soft. Versions that
    differ in the same words are one conflict.
    """
    differing: dict[tuple[str, str], tuple[list[Member], list[Member], Clash]] = {}
    for one, two in _quoting_pairs(group.members):
        if one.place == two.place or not one.version.speakers & two.version.speakers:
            continue
        found = clash(one.version, two.version)
        if found is None:
            replaced = _replaced_words(one.version, two.version)
            if replaced is not None:
                explanation = _quoted_and_own(one, two, *replaced)
                yield Conflict("quotation_variant", "soft", (one.claim_id,), (two.claim_id,), explanation)
        elif (found.words[1], found.words[0]) in differing:
            sides = differing[found.words[1], found.words[0]]
            sides[0].append(two)
            sides[1].append(one)
        else:
            sides = differing.setdefault(found.words, ([], [], found))
            sides[0].append(one)
            sides[1].append(two)
    for a, b, found in differing.values():
        strength = "hard" if found.shared >= _VERBATIM else "soft"
        explanation = f"{uris(a)} {verb('quotes', 'quote', a)} {speakers(a)} as “{found.a}”, {uris(b)} as “{found.b}”."
        yield Conflict("quotation_variant", strength, ids(a), ids(b), explanation)


def _quoted_and_own(one: Member, two: Member, a: str, b: str, first_quotes: bool) -> str:
    quoting, other, quoted, own = (one, two, a, b) if first_quotes else (two, one, b, a)
    return f"{quoting.uri} quotes “{quoted}” where {other.uri} writes “{own}” in its own words."


def _quoting_pairs(members: Sequence[Member]) -> Iterator[tuple[Member, Member]]:
    quoting = [m for m in members if m.claim["source_entity_ids"] and m.side != "silent"]
    for one, two in itertools.combinations(quoting[:_COMPARED], 2):
        if one.version.segments or two.version.segments:
            yield one, two


def _replaced_words(a: Version, b: Version) -> tuple[str, str, bool] | None:
    """Words that one version quotes and the other replaces, right beside a run that both have; which one quotes."""
    for difference, beside in difference_blocks(a, b):
        if difference.op != "replace" or difference.a_quoted == difference.b_quoted or beside < _BESIDE:
            continue
        sizes = sorted((len(difference.a), len(difference.b)))
        if (
            sizes[0] <= _REPLACED
            and sizes[1] <= _REPLACEMENT
            and all(any(weight(word.lower()) > 0 for word in words) for words in (difference.a, difference.b))
        ):
            return " ".join(difference.a), " ".join(difference.b), difference.a_quoted
    return None


def headline_vs_body(group: Group) -> Iterator[Conflict]:
    """Hard: a headline gives words to someone to whom the body of the same article does not give them."""
    for title in group.members:
        if not title.claim["in_title"] or not title.claim["source_entity_ids"]:
            continue
        body = [m for m in group.members if m.place == title.place and _gives_words_of(title, m)]
        given = frozenset().union(*(m.version.speakers for m in body))
        extra = [e for e in title.claim["source_entity_ids"] if not ({e} | title.parties.actors([e])) & given]
        if body and extra:
            named = sorted(title.parties.names.get(e, e) for e in extra)
            yield Conflict(
                "headline_vs_body",
                "hard",
                (title.claim_id,),
                ids(body),
                f"The headline of {title.uri} gives the words to {' and '.join(named)}, "
                f"its body to {speakers(body)} only.",
            )


def _gives_words_of(title: Member, member: Member) -> bool:
    """Whether a claim of the body names a speaker and has words that the headline quotes."""
    if member.claim["in_title"] or not member.claim["source_entity_ids"]:
        return False
    return any(len(run) >= _HEADLINE_RUN for run in shared_runs(title.version.segments, [member.version.words]))


def speaker_mismatch(group: Group) -> Iterator[Conflict]:
    """The same quotation with different speakers: hard where both are named persons, else soft.

    Who relays the words is not their speaker, nor is an outer claim's source that of the claim inside it. All articles
    that give the words to the same two speakers make one conflict.
    """
    found: dict[tuple[str, str], tuple[list[Member], list[Member], list[tuple[str, ...]]]] = {}
    for one, two in _quoting_pairs(group.members):
        if one.place == two.place or one.version.speakers & two.version.speakers or _relays(one, two):
            continue
        if _alike_in_name(one, two):
            continue
        coined = max(filter(_is_coined, shared_runs(one.version.segments, two.version.segments)), key=len, default=())
        if coined:
            first, second = sorted((one, two), key=lambda m: speakers([m]))
            sides = found.setdefault((speakers([first]), speakers([second])), ([], [], []))
            sides[0].append(first)
            sides[1].append(second)
            sides[2].append(coined)
    for a, b, runs in found.values():
        strength = "hard" if all(map(_is_named_person, (*a, *b))) else "soft"
        longest: tuple[str, ...] = max(runs, key=len)
        explanation = (
            f"{uris(a)} {verb('gives', 'give', a)} “{' '.join(longest)}” to {speakers(a)}, {uris(b)} to {speakers(b)}."
        )
        yield Conflict("speaker_mismatch", strength, ids(a), ids(b), explanation)


def _relays(one: Member, two: Member) -> bool:
    relayed = {*one.claim["relayed_by"], *two.claim["relayed_by"]}
    sources = {*one.claim["source_entity_ids"], *two.claim["source_entity_ids"]}
    return bool(relayed & sources) or one.claim["layer"] != two.claim["layer"]


def _alike_in_name(one: Member, two: Member) -> bool:
    """Whether two sources share a word of their names, or one name is the other's initials: perhaps they are one."""
    first, second = (_name_words(member) for member in (one, two))
    return bool(first & second)


def _name_words(member: Member) -> set[str]:
    found: set[str] = set()
    for entity in {*member.claim["source_entity_ids"], *member.actors}:
        for alias in member.parties.aliases.get(entity, frozenset()):
            found.update(word for word in alias if weight(word) > 0)
            found.add("".join(word[0] for word in alias if weight(word) > 0))
    return found


def _is_named_person(member: Member) -> bool:
    types = {member.parties.types.get(entity) for entity in member.claim["source_entity_ids"]}
    return "PERSON" in types and member.claim["source_resolution"] == "named"


def attribution_lost(group: Group) -> Iterator[Conflict]:
    """Soft: words that one article gives to a named source stand in another without a name."""
    named = [m for m in group.members if m.claim["source_entity_ids"] and not m.claim["source_anonymous"]]
    nameless = [m for m in group.members if not m.claim["source_entity_ids"] and _is_nameless(m)]
    for lost in nameless:
        kept = [m for m in named if m.place != lost.place and not _relays(m, lost) and _same_words(m, lost)]
        if kept and not any(m.place == lost.place and _same_words(m, lost) for m in named):
            yield Conflict(
                "attribution_lost",
                "soft",
                ids(kept),
                (lost.claim_id,),
                f"{uris(kept)} {verb('gives', 'give', kept)} to {speakers(kept)} "
                f"what {lost.uri} gives to {lost.claim['source_text'] or 'nobody'}.",
            )


def _is_nameless(member: Member) -> bool:
    return bool(member.claim["source_anonymous"]) or member.claim["source_text"] is None


def _same_words(one: Member, two: Member) -> bool:
    runs = itertools.chain(
        shared_runs(one.version.segments, [two.version.words]), shared_runs(two.version.segments, [one.version.words])
    )
    return any(map(_is_coined, runs))


def _is_coined(run: tuple[str, ...]) -> bool:
    """Whether a run of words is long and telling enough that two speakers did not find it independently."""
    return len(run) >= _COINED_RUN and sum(map(weight, run)) >= _COINED_WEIGHT
