"""Compiled loops over claims as numbers: their phrases and keys, how alike two are, pairs that are, and clusters.

All of it stands in one file because the cache of compiled code notices changes in the file of a function only.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.compiled import compile_loop

Numbers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Weights = npt.NDArray[np.float32]

SAME = 0.5  # score from which two claims propose the same
PAIRED_RUN = 4  # quoted words in a row that make two claims of one speaker one utterance
HEADLINE_RUN = 3  # quoted words that suffice between a headline and its body
ANY_RUN = 6  # quoted words in a row that make one utterance even where different speakers are named
TELLING_RUN = 1.5  # weight of a shared quoted run, names left out: grammatical words are shared by chance
TELLING_ANY = 2.5  # the same where different speakers are named
MOST = 0.5  # share of the shorter claim's weight that two paraphrases of one speaker have in common
PARAPHRASE = 0.15  # what that adds to the likeness of the words
SAME_PHRASE = 0.25  # what a phrase in common adds
SHARED_GRAMS = 3  # runs of three words, one telling at least, that make a phrase
ENOUGH_SAID = 2.0  # weight that they have in common at least
NAME = 0.5  # weight of a party in common
REPEATED = 0.8  # share of the longer claim that a quotation repeated in one body makes up at least
SAME_ADDRESS = 0.38  # what it adds that one speaker praises, blames or warns the same party
ROLE_CLASH = 0.3
OTHER_TIME = 0.4
NO_PARTIES = 0.8
OTHER_PARTIES = 0.3
LATER = 0.8
LATER_AMOUNTS = 0.6
WEEKS = 14 * 24 * 3600 * 1_000_000  # microseconds
ENOUGH = 3.0  # shared weight, parties included, below which agreement may be chance
FRAME_SHARE = 0.2  # share of a claim that an act with its parties makes up at least
STRONG_ACT = 0.7  # weight from which an act with both its roles identifies a proposition
UTTERANCE_BOND = 0.38  # mean score across two clusters of versions of one utterance
BOND = 0.42  # mean score across two clusters that are to become one group
REPRESENTATIVES = 6  # members of each cluster that the mean is taken over
TERM = 0.5  # weight from which a term makes a key with a party
GRAM_TELLING, GRAM_QUOTED = 1, 2  # flags of runs of three words
UNKNOWN = np.iinfo(np.int64).min  # a time that is not known


class Forms(NamedTuple):
    """Claims alike in all features, as arrays: for a column ``x``, form i has ``x[x_at[i]:x_at[i + 1]]``.

    Rows of ``frames`` are act, agent, patient and things (bits), of ``frame_weights`` weight and share.
    ``quoted`` counts words; times are microseconds or `UNKNOWN`; ``places`` are the copy groups of the claims.
    """

    terms_at: Numbers
    terms: Hashes
    term_weights: Weights
    pair_terms_at: Numbers
    pair_terms: Hashes
    mass: npt.NDArray[np.float64]
    words_at: Numbers
    words: Hashes
    word_weights: Weights
    quoted_at: Numbers
    quoted: npt.NDArray[np.int32]
    grams_at: Numbers
    grams: Hashes
    gram_flags: npt.NDArray[np.uint8]
    parties_at: Numbers
    parties: Hashes
    speakers_at: Numbers
    speakers: Hashes
    voices_at: Numbers
    voices: Hashes
    actors_at: Numbers
    actors: Hashes
    targets_at: Numbers
    targets: Hashes
    frames_at: Numbers
    frames: Hashes
    frame_weights: npt.NDArray[np.float64]
    amounts_at: Numbers
    amounts: Hashes
    places_at: Numbers
    places: Hashes
    first: Numbers
    last: Numbers
    time_start: Numbers
    time_end: Numbers
    stance: npt.NDArray[np.int8]
    in_title: npt.NDArray[np.uint8]


@compile_loop
def mix(a: Any, b: Any) -> Any:
    """Two hashes as one (the finaliser of splitmix64: Steele, Lea and Flood, 2014)."""
    x = a * np.uint64(0x9E3779B97F4A7C15) + b
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compile_loop
def find_grams(words_at: Any, words: Any, word_weights: Any, quoted_at: Any, quoted: Any) -> Any:
    """The distinct runs of three words of each form, sorted, with their flags: offsets, hashes, flags."""
    n = len(words_at) - 1
    at = np.zeros(n + 1, np.int64)
    room = 0
    for i in range(n):
        room += max(0, words_at[i + 1] - words_at[i] - 2)
    grams, flags = np.empty(room, np.uint64), np.empty(room, np.uint8)
    end = 0
    for i in range(n):
        first, last = words_at[i], words_at[i + 1]
        count = max(0, last - first - 2)
        found, found_flags = np.empty(count, np.uint64), np.zeros(count, np.uint8)
        for k in range(count):
            w = first + k
            found[k] = mix(mix(words[w], words[w + 1]), words[w + 2])
            if max(word_weights[w], word_weights[w + 1], word_weights[w + 2]) >= 1.0:
                found_flags[k] |= GRAM_TELLING
        for q in range(quoted_at[i], quoted_at[i + 1], 2):
            for k in range(quoted[q], quoted[q + 1] - 2):
                found_flags[k] |= GRAM_QUOTED
        order = np.argsort(found)
        start = end
        for k in order:
            if end > start and grams[end - 1] == found[k]:
                flags[end - 1] |= found_flags[k]
            else:
                grams[end], flags[end] = found[k], found_flags[k]
                end += 1
        at[i + 1] = end
    return at, grams[:end].copy(), flags[:end].copy()


@compile_loop
def list_keys(f: Any, bits: Any) -> Any:
    """Block keys that several forms may have: owner and key; the last bit of a key says that sharing it is enough.

    Keys are an act with both its roles; a party with a telling term; an actor who speaks with any term; a speaker with
    the party addressed; two of the longest terms; a telling run of three words. Most stand in one form only: they are
    counted by their first ``bits`` before any is kept.
    """
    counts = np.zeros(1 << bits, np.uint8)
    shift = np.uint64(64 - bits)
    n = len(f.mass)
    keys = np.empty(256, np.uint64)
    kept = 0
    for step in range(3):
        if step == 2:
            owners, found = np.empty(kept, np.int32), np.empty(kept, np.uint64)
            kept = 0
        for i in range(n):
            keys, n_keys = _keys_of(f, i, keys)
            for k in range(n_keys):
                slot = keys[k] >> shift
                if step == 0:
                    counts[slot] = min(2, counts[slot] + 1)
                elif counts[slot] > 1:
                    if step == 2:
                        owners[kept], found[kept] = i, keys[k]
                    kept += 1
    return owners, found


@compile_loop
def _keys_of(f: Any, i: Any, room: Any) -> Any:  # noqa: PLR0912 - one branch for each kind of key
    """The keys of one form, written into ``room`` or, where that is too small, a larger array; and how many."""
    n_terms, n_pairs = f.terms_at[i + 1] - f.terms_at[i], f.pair_terms_at[i + 1] - f.pair_terms_at[i]
    n_others = f.parties_at[i + 1] - f.parties_at[i] + f.actors_at[i + 1] - f.actors_at[i]
    n_addresses = (f.speakers_at[i + 1] - f.speakers_at[i]) * (f.targets_at[i + 1] - f.targets_at[i])
    most = f.frames_at[i + 1] - f.frames_at[i] + n_terms * n_others + n_addresses + n_pairs * n_pairs
    most += f.grams_at[i + 1] - f.grams_at[i]
    keys = room if len(room) >= most else np.empty(2 * most, np.uint64)
    n = 0
    for r in range(f.frames_at[i], f.frames_at[i + 1], 4):
        if f.frames[r + 1] and f.frames[r + 2]:
            keys[n] = _key(1, f.frames[r], mix(f.frames[r + 1], f.frames[r + 2]), True)
            n += 1
    for t in range(f.terms_at[i], f.terms_at[i + 1]):
        if f.term_weights[t] >= TERM:
            for p in range(f.parties_at[i], f.parties_at[i + 1]):
                keys[n] = _key(2, f.parties[p], f.terms[t], False)
                n += 1
        for a in range(f.actors_at[i], f.actors_at[i + 1]):
            keys[n] = _key(3, f.actors[a], f.terms[t], False)
            n += 1
    if f.stance[i] != 0:
        for s in range(f.speakers_at[i], f.speakers_at[i + 1]):
            for t in range(f.targets_at[i], f.targets_at[i + 1]):
                keys[n] = _key(4, f.speakers[s], mix(f.targets[t], np.uint64(f.stance[i])), True)
                n += 1
    for s in range(f.pair_terms_at[i], f.pair_terms_at[i + 1]):
        for t in range(s + 1, f.pair_terms_at[i + 1]):
            low, high = min(f.pair_terms[s], f.pair_terms[t]), max(f.pair_terms[s], f.pair_terms[t])
            keys[n] = _key(5, low, high, False)
            n += 1
    for g in range(f.grams_at[i], f.grams_at[i + 1]):
        if f.gram_flags[g] & GRAM_TELLING:
            keys[n] = _key(6, f.grams[g], np.uint64(0), False)
            n += 1
    return keys, n


@compile_loop
def _key(kind: Any, first: Any, second: Any, strong: Any) -> Any:
    key = mix(mix(np.uint64(kind), first), second)
    return (key | np.uint64(1)) if strong else (key & ~np.uint64(1))


@compile_loop
def list_part_keys(f: Any, forms: Any, keys: Any) -> Any:
    """For members of blocks that are too large: the block's key together with each telling term: owner and key."""
    n = 0
    for m in range(len(forms)):
        for t in range(f.terms_at[forms[m]], f.terms_at[forms[m] + 1]):
            n += f.term_weights[t] >= TERM
    owners, parts = np.empty(n, np.int32), np.empty(n, np.uint64)
    n = 0
    for m in range(len(forms)):
        for t in range(f.terms_at[forms[m]], f.terms_at[forms[m] + 1]):
            if f.term_weights[t] >= TERM:
                key = mix(mix(np.uint64(7), keys[m]), f.terms[t])
                owners[n], parts[n] = forms[m], (key & ~np.uint64(1)) | (keys[m] & np.uint64(1))
                n += 1
    return owners, parts


@compile_loop
def mark_repeated(keys: Any, bits: Any) -> Any:
    """Whether each key may stand there more than once; few of those that do not are marked."""
    counts = np.zeros(1 << bits, np.uint8)
    shift = np.uint64(64 - bits)
    for key in keys:
        slot = key >> shift
        if counts[slot] < 2:
            counts[slot] += 1
    found = np.empty(len(keys), np.bool_)
    for k in range(len(keys)):
        found[k] = counts[keys[k] >> shift] > 1
    return found


@compile_loop
def n_shared(left: Any, left_at: Any, i: Any, right: Any, right_at: Any, j: Any) -> Any:
    """How many values two sorted lists have in common."""
    a, b, n = left_at[i], right_at[j], 0
    while a < left_at[i + 1] and b < right_at[j + 1]:
        if left[a] == right[b]:
            n, a, b = n + 1, a + 1, b + 1
        elif left[a] < right[b]:
            a += 1
        else:
            b += 1
    return n


@compile_loop
def shared_weight(f: Any, i: Any, j: Any) -> Any:
    """Weight of the terms that two forms have in common."""
    a, b, common = f.terms_at[i], f.terms_at[j], 0.0
    while a < f.terms_at[i + 1] and b < f.terms_at[j + 1]:
        if f.terms[a] == f.terms[b]:
            common += min(f.term_weights[a], f.term_weights[b])
            a, b = a + 1, b + 1
        elif f.terms[a] < f.terms[b]:
            a += 1
        else:
            b += 1
    return common


@compile_loop
def _shared_grams(f: Any, i: Any, j: Any) -> Any:
    """Runs of three words in common: how many, whether one is telling in both, whether one is quoted in either."""
    a, b, n, telling, quoted = f.grams_at[i], f.grams_at[j], 0, False, False
    while a < f.grams_at[i + 1] and b < f.grams_at[j + 1]:
        if f.grams[a] == f.grams[b]:
            n += 1
            both, either = f.gram_flags[a] & f.gram_flags[b], f.gram_flags[a] | f.gram_flags[b]
            telling = telling or both & GRAM_TELLING != 0
            quoted = quoted or either & GRAM_QUOTED != 0
            a, b = a + 1, b + 1
        elif f.grams[a] < f.grams[b]:
            a += 1
        else:
            b += 1
    return n, telling, quoted


@compile_loop
def _longest_run(f: Any, i: Any, j: Any) -> Any:
    """The longest run of words inside quotation marks of one form and in the other's words: words, weight.

    The weight leaves names out. By the table of common suffixes, row by row.
    """
    best, weight = 0, 0.0
    for turn in range(2):
        one, two = (i, j) if turn == 0 else (j, i)
        first, last = f.words_at[two], f.words_at[two + 1]
        before, here = np.zeros(last - first + 1, np.int32), np.zeros(last - first + 1, np.int32)
        for q in range(f.quoted_at[one], f.quoted_at[one + 1], 2):
            before[:] = 0
            for w in range(f.words_at[one] + f.quoted[q], f.words_at[one] + f.quoted[q + 1]):
                for k in range(last - first):
                    here[k + 1] = before[k] + 1 if f.words[w] == f.words[first + k] else 0
                    if here[k + 1] > best:
                        best = here[k + 1]
                        weight = 0.0
                        for back in range(best):
                            if f.word_weights[w - back] > 0 and f.word_weights[first + k - back] > 0:
                                weight += f.word_weights[w - back]
                before, here = here, before
    return best, weight


@compile_loop
def _text_score(f: Any, i: Any, j: Any, common: Any, n_parties: Any) -> Any:
    """Mean of weighted cosine and weighted containment; containment is damped where little stands in the smaller."""
    if common <= 0:
        return 0.0
    cosine = common / (f.mass[i] * f.mass[j]) ** 0.5
    containment = common / (min(f.mass[i], f.mass[j]) + 1.0)
    enough = common + NAME * n_parties
    return 0.5 * (cosine + containment) * min(1.0, enough / ENOUGH)


@compile_loop
def _party_factor(f: Any, i: Any, j: Any, n_parties: Any) -> Any:
    """1 where the smaller claim's parties are all the other's too, less where not; between where none is named."""
    smaller = min(f.parties_at[i + 1] - f.parties_at[i], f.parties_at[j + 1] - f.parties_at[j])
    if smaller == 0:
        return NO_PARTIES
    return OTHER_PARTIES + (1 - OTHER_PARTIES) * n_parties / smaller


@compile_loop
def _have_other_amounts(f: Any, i: Any, j: Any) -> Any:
    """Whether both give exact numbers and share none; what is counted is left out, as it is worded in many ways."""
    for a in range(f.amounts_at[i], f.amounts_at[i + 1], 2):
        for b in range(f.amounts_at[j], f.amounts_at[j + 1], 2):
            if f.amounts[a] == f.amounts[b]:
                return False
    return f.amounts_at[i] < f.amounts_at[i + 1] and f.amounts_at[j] < f.amounts_at[j + 1]


@compile_loop
def _occasion(f: Any, i: Any, j: Any) -> Any:
    """Less than 1 where the claims came out weeks apart: like words then more often tell of another occasion.

    Less still where both give numbers and share none. On one occasion that is a difference between reports.
    """
    if f.first[i] == UNKNOWN or f.first[j] == UNKNOWN:
        return 1.0
    apart = max(f.first[i] - f.last[j], f.first[j] - f.last[i])
    if apart <= WEEKS:
        return 1.0
    return LATER_AMOUNTS if _have_other_amounts(f, i, j) else LATER


@compile_loop
def _act_score(f: Any, a: Any, b: Any, text: Any) -> Any:
    """Same act, same roles: decides by itself where the act is telling, else lifts the score of the words."""
    things, others = f.frames[a + 3], f.frames[b + 3]
    if things and others and not things & others:
        return text
    weight = f.frame_weights[a // 2]
    share = min(f.frame_weights[a // 2 + 1], f.frame_weights[b // 2 + 1])
    needs_thing = weight < 0 or f.frame_weights[b // 2] < 0
    if abs(weight) < STRONG_ACT or share < FRAME_SHARE or (needs_thing and not things & others):
        return text + 0.1
    return 0.55 + (0.1 if things & others else 0.0) + 0.35 * text


@compile_loop
def _frame_score(f: Any, i: Any, j: Any, text: Any) -> Any:
    """The best agreement of two acts with roles: its score, the act; whether roles only clash; whether some agree."""
    best, act, clash, agreed = 0.0, np.uint64(0), False, False
    for a in range(f.frames_at[i], f.frames_at[i + 1], 4):
        for b in range(f.frames_at[j], f.frames_at[j + 1], 4):
            if f.frames[a] != f.frames[b]:
                continue
            agent, patient, agent2, patient2 = f.frames[a + 1], f.frames[a + 2], f.frames[b + 1], f.frames[b + 2]
            if agent == 0 or patient == 0:
                continue
            if agent == agent2 and patient == patient2:
                agreed = True
                score = _act_score(f, a, b, text)
                if score > best:
                    best, act = score, f.frames[a]
            elif agent == patient2 and patient == agent2:
                clash = True
    return best, act, clash and not agreed, agreed


@compile_loop
def _is_same_quotation(f: Any, i: Any, j: Any, run: Any, weight: Any, beside: Any, n_parties: Any) -> Any:
    """Whether the shared quoted words are many and telling enough to be one utterance.

    Between a headline and its body fewer suffice; where the speakers differ more are needed, and a party in common.
    Beside each other in one body two claims are one utterance only where the quotation is nearly all of both.
    """
    longer = max(f.words_at[i + 1] - f.words_at[i], f.words_at[j + 1] - f.words_at[j])
    if beside and run < REPEATED * longer:
        return False
    if f.in_title[i] != f.in_title[j] and n_shared(f.places, f.places_at, i, f.places, f.places_at, j):
        return run >= HEADLINE_RUN and weight >= TELLING_RUN
    if n_shared(f.actors, f.actors_at, i, f.actors, f.actors_at, j):
        return run >= PAIRED_RUN and weight >= TELLING_RUN
    some = f.parties_at[i + 1] > f.parties_at[i] and f.parties_at[j + 1] > f.parties_at[j]
    return run >= ANY_RUN and weight >= TELLING_ANY and not (some and n_parties == 0)


@compile_loop
def _is_beside(f: Any, i: Any, j: Any) -> Any:
    """Whether both stand in one article only, the same, and neither in its headline."""
    if f.in_title[i] or f.in_title[j]:
        return False
    single = f.places_at[i + 1] - f.places_at[i] == 1 and f.places_at[j + 1] - f.places_at[j] == 1
    return single and f.places[f.places_at[i]] == f.places[f.places_at[j]]


@compile_loop
def score_pair(f: Any, i: Any, j: Any) -> Any:
    """How alike two forms are, i before j: score 0 to 1, whether they give one utterance, the act, the shared run.

    A function of the two alone. Without a shared quotation one utterance needs the very speaker, person or body, in
    different articles or a headline: nobody says one thing twice in a row.
    """
    common = shared_weight(f, i, j)
    n_parties = n_shared(f.parties, f.parties_at, i, f.parties, f.parties_at, j)
    text = _text_score(f, i, j, common, n_parties) * _party_factor(f, i, j, n_parties)
    text *= _occasion(f, i, j)
    frame, act, clash, agreed = _frame_score(f, i, j, text)
    score = max(text, frame)
    utterance, run, weight = 0.0, 0, 0.0
    n_grams, telling, quoted = _shared_grams(f, i, j)
    if quoted:
        run, weight = _longest_run(f, i, j)
    if not clash:
        beside = _is_beside(f, i, j)
        if _is_same_quotation(f, i, j, run, weight, beside, n_parties):
            utterance = 0.7 + 0.3 * min(1.0, run / 12)
        elif not beside and n_shared(f.voices, f.voices_at, i, f.voices, f.voices_at, j):
            likeness = 0.0
            enough = common + NAME * n_parties >= ENOUGH_SAID and common >= MOST * min(f.mass[i], f.mass[j])
            if enough or agreed:
                likeness = PARAPHRASE
            if telling and n_grams >= SHARED_GRAMS:
                likeness = SAME_PHRASE
            if f.stance[i] == f.stance[j] != 0 and n_shared(f.targets, f.targets_at, i, f.targets, f.targets_at, j):
                likeness += SAME_ADDRESS
            utterance = score + likeness
    by_act = frame >= text and frame >= utterance
    score = max(score, utterance)
    if clash:
        score *= ROLE_CLASH
    if (
        f.time_start[i] != UNKNOWN
        and f.time_start[j] != UNKNOWN
        and not (f.time_start[i] < f.time_end[j] and f.time_start[j] < f.time_end[i])
    ):
        score *= OTHER_TIME
    return min(1.0, score), utterance >= SAME, (act if by_act else np.uint64(0)), run


@compile_loop
def search_pairs(f: Any, blocks: Any, wanted: Any) -> Any:  # noqa: PLR0912 - compiled loops share their arrays
    """Pairs of which one form at least is ``wanted``, that share keys enough and score `SAME` or more.

    Returns arrays: first form, second form (greater), score, utterance. Counting shared keys form by form needs no list
    of candidates (ScanCount: Li, Lu and Lu, Efficient merging and filtering algorithms, 2008).
    """
    n = len(f.mass)
    strength = np.zeros(n, np.int16)
    met = np.empty(n, np.int32)
    room, end = 1024, 0
    left, right = np.empty(room, np.int32), np.empty(room, np.int32)
    scores, utterances = np.empty(room, np.float64), np.empty(room, np.bool_)
    for i in range(n):
        if not wanted[i]:
            continue
        n_met = 0
        for k in range(blocks.owned_at[i], blocks.owned_at[i + 1]):
            b = blocks.owned[k]
            large = blocks.large[b]
            if large < 0:
                first, last = blocks.members_at[b], blocks.members_at[b + 1]
                for m in range(first, last):
                    n_met = _meet(i, blocks.members[m], blocks.strength[b], strength, met, n_met, wanted)
                continue
            is_pivot = False
            for p in blocks.pivots[large]:
                is_pivot = is_pivot or p == i
                n_met = _meet(i, p, blocks.strength[b], strength, met, n_met, wanted)
            if is_pivot:
                for m in range(blocks.members_at[b], blocks.members_at[b + 1]):
                    j = blocks.members[m]
                    pivot = False
                    for p in blocks.pivots[large]:
                        pivot = pivot or p == j
                    if not pivot:
                        n_met = _meet(i, j, blocks.strength[b], strength, met, n_met, wanted)
        for m in range(n_met):
            j = met[m]
            enough = strength[j] >= 2
            strength[j] = 0
            if not enough:
                continue
            low, high = min(i, j), max(i, j)
            score, utterance, _, _ = score_pair(f, low, high)
            if score >= SAME:
                if end == room:
                    room *= 2
                    left, right = _grown(left, room), _grown(right, room)
                    scores, utterances = _grown(scores, room), _grown(utterances, room)
                left[end], right[end], scores[end], utterances[end] = low, high, score, utterance
                end += 1
    return left[:end].copy(), right[:end].copy(), scores[:end].copy(), utterances[:end].copy()


@compile_loop
def _meet(i: Any, j: Any, by: Any, strength: Any, met: Any, n_met: Any, wanted: Any) -> Any:
    """Count a shared key, unless the pair is counted on the other form's turn."""
    if j == i or (j < i and wanted[j]):
        return n_met
    if strength[j] == 0:
        met[n_met] = j
        n_met += 1
    strength[j] = min(strength[j] + by, 100)
    return n_met


@compile_loop
def _grown(values: Any, room: Any) -> Any:
    larger = np.empty(room, values.dtype)
    larger[: len(values)] = values
    return larger


@compile_loop
def join_clusters(f: Any, left: Any, right: Any, utterances: Any, order: Any) -> Any:
    """The cluster of each form, named after its first one: pairs in the ``order`` given, strongest first.

    Two clusters are joined only where the mean score over their first members is high enough, so that groups do not
    chain.
    """
    n = len(f.mass)
    parent = np.arange(n)
    first = np.full((n, REPRESENTATIVES), -1, np.int64)
    first[:, 0] = np.arange(n)
    merged = np.empty(REPRESENTATIVES, np.int64)
    for e in order:
        one, two = _root(parent, left[e]), _root(parent, right[e])
        if one == two:
            continue
        if two < one:
            one, two = two, one
        total, count = 0.0, 0
        for i in first[one]:
            for j in first[two]:
                if i >= 0 and j >= 0:
                    total += score_pair(f, min(i, j), max(i, j))[0]
                    count += 1
        if total / count < (UTTERANCE_BOND if utterances[e] else BOND):
            continue
        parent[two] = one
        a, b = 0, 0
        for k in range(REPRESENTATIVES):
            from_one = a < REPRESENTATIVES and first[one, a] >= 0
            from_two = b < REPRESENTATIVES and first[two, b] >= 0
            if from_one and (not from_two or first[one, a] < first[two, b]):
                merged[k] = first[one, a]
                a += 1
            elif from_two:
                merged[k] = first[two, b]
                b += 1
            else:
                merged[k] = -1
        first[one, :] = merged
    for i in range(n):
        parent[i] = _root(parent, i)
    return parent


@compile_loop
def _root(parent: Any, i: Any) -> Any:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@compile_loop
def nearest_members(cluster: Any, left: Any, right: Any, order: Any) -> Any:
    """For each form the strongest pair that it makes with another one of its cluster, a place in the lists, or -1."""
    found = np.full(len(cluster), -1, np.int64)
    for e in order:
        i, j = left[e], right[e]
        if cluster[i] == cluster[j]:
            if found[i] < 0:
                found[i] = e
            if found[j] < 0:
                found[j] = e
    return found


@compile_loop
def describe_pairs(f: Any, left: Any, right: Any) -> Any:
    """Act in common and length of the shared quotation of pairs."""
    acts, runs = np.zeros(len(left), np.uint64), np.zeros(len(left), np.int32)
    for e in range(len(left)):
        _, _, acts[e], runs[e] = score_pair(f, left[e], right[e])
    return acts, runs
