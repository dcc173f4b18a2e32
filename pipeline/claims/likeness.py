"""Whether two claims of one group, taken by themselves, propose the same: groups chain claims that need not."""

from __future__ import annotations

import math

from pipeline.claims.propositions import Proposition

_SHARED = 0.5  # share of the weight of the shorter claim that both have
_LONGER = 0.35  # share of the weight of the longer one
_NEARLY_ALL = 0.8  # share of both from which they are the same words
_ENOUGH = 1.5  # weight that they have in common at least


def is_one_proposition(a: Proposition, b: Proposition, denying: frozenset[str] = frozenset()) -> bool:
    """Whether two claims say the same about the same parties, or tell of one act in the same roles.

    ``denying`` are the actors that deny it in ``a``: they are mostly a party that ``b`` names. Nearly the same words
    need no party in common.
    """
    if is_one_deed(a, b):
        return True
    common = math.fsum(a.terms[term] for term in a.terms.keys() & b.terms.keys())
    if common < max(_ENOUGH, _SHARED * min(a.mass, b.mass), _LONGER * max(a.mass, b.mass)):
        return False
    if common >= _NEARLY_ALL * max(a.mass, b.mass):
        return True
    named = a.parties | denying
    return bool(named & (b.parties | b.targets)) if denying or (a.parties and b.parties) else True


def is_one_deed(a: Proposition, b: Proposition) -> bool:
    """Whether two claims tell of one act between the same parties in the same roles."""
    return any(
        (f.act, f.agent, f.patient) == (g.act, g.agent, g.patient) and f.agent is not None and f.patient is not None
        for f in a.frames
        for g in b.frames
    )
