"""Claim groups, quotation variants and conflicts, brought in step with what changed: group by group, like a rebuild.

What each claim proposes is read article by article; pairs of claims are compared only where a claim, or a block that
they share, is new; a group is described anew when anything that it is made from differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import claims
from pipeline.chain.claim_inputs import GroupInputs
from pipeline.lake import KeyedStage, Lake, StageReport, run_global_stage, run_keyed_stage
from pipeline.lake.runs import RunStore
from pipeline.lake.stages import combine_digests, output_digests, versioned_with_schemas
from pipeline.overrides import read_claim_overrides
from pipeline.settings import Settings

_GROUPS_PER_BATCH = 1 << 14
_FOLLOWING = ("claim_id", "parent_claim_id", "refers_to")
_WITHOUT_TEXT = (
    "article_id", "source_uri", "article_digest", "publisher", "title", "published_at",
)  # fmt: skip


def read_features(lake: Lake, settings: Settings, version: str) -> StageReport:
    """Keyed by article: what its claims propose depends on them and on who stands behind the entities they name."""
    parties: list[claims.Parties] = []

    def inputs() -> pa.Table:
        found = GroupInputs(lake)
        parties.append(found.parties)
        made = output_digests(lake, "claims")
        behind = found.by_article(found.entity_hashes("type", "actor_id"))
        hashes = (f"{behind.get(key, 0):x}" for key in made["key"].to_pylist())
        table = made.append_column("behind", pa.array(hashes, pa.string()))
        return combine_digests("key", {"output_digest": "", "behind": ""}, table)

    def read(batch: list[str]) -> Mapping[str, pa.Table]:
        return {"claim_features": claims.read_features(lake.read("claims", keys=batch), parties[0])}

    return run_keyed_stage(
        lake,
        KeyedStage("claim_features", ("claim_features",), "article_id", version, max(2048, settings.batch_size)),
        inputs=inputs,
        upstream=lake.digests(["claims", "entities"]),
        compute=read,
    )


def match_claims(lake: Lake, settings: Settings, version: str) -> StageReport:
    """Over whole tables, but only pairs of claims that are new, or in large blocks that changed, are compared.

    The stage's record holds the pairs found, as a run.
    """
    stage = "claim_matches"
    overrides = read_claim_overrides(settings)
    recorded = lake.stage(stage) or {}
    known = recorded if recorded.get("code_version") == versioned_with_schemas(version, _MATCHED) else {}
    runs = RunStore(lake.storage)
    written: dict[str, Any] = {}

    def compute() -> Mapping[str, pa.Table]:
        before = None
        if known:
            before = claims.KnownPairs(**{name: values.all() for name, values in runs.open(known["pairs"]).items()})
        matched = claims.match_claims(
            lake.read("claim_features"),
            lake.read("claims", _FOLLOWING),
            lake.read("articles", ["article_id", "published_at"]),
            lake.read("copy_groups"),
            overrides,
            before,
        )
        written["pairs"] = runs.write((name, [values]) for name, values in matched.known.arrays().items())
        return dict(zip(_MATCHED, (matched.matches, matched.outcomes), strict=True))

    return run_global_stage(
        lake,
        stage,
        _MATCHED,
        code_version=version,
        upstream=lake.digests(["claim_features", "claims", "articles", "copy_groups"])
        | {"overrides": overrides.digest},
        compute=compute,
        notes=lambda: {**written, "files": [{"object": written["pairs"]["object"]}]},
    )


_MATCHED = ("claim_matches", "claim_overrides")


def describe_groups(lake: Lake, _: Settings, version: str) -> StageReport:
    """Keyed by group: described anew when a claim, an actor, a copy, an origin or a match of it differs."""
    state: list[GroupInputs] = []

    def inputs() -> pa.Table:
        state.append(GroupInputs(lake))
        return state[0].of_groups(("claims", "matches", "published", "copies", "origins", "actors", "names"))

    def describe(batch: list[str]) -> Mapping[str, pa.Table]:
        matches = lake.read("claim_matches", keys=batch)
        articles = pc.unique(matches["article_id"]).to_pylist()
        groups, members = claims.describe_groups(
            matches,
            lake.read("claims", keys=articles),
            lake.read("claim_features", keys=articles),
            state[0].parties,
            state[0].publication,
        )
        return {"claim_groups": groups, "claim_group_members": members}

    return _by_group(
        lake,
        "claim_groups",
        ("claim_groups", "claim_group_members"),
        version,
        ("claim_matches", "claims", "claim_features", "entities", "articles", "copy_groups", "origins"),
        inputs,
        describe,
    )


def compare_quotes(lake: Lake, settings: Settings, version: str) -> StageReport:
    """Keyed by group of several claims: compared anew when a claim, an actor or a copy of it differs."""

    def inputs() -> pa.Table:
        return GroupInputs(lake).of_groups(("claims", "copies", "actors"), least=2)

    def compare(batch: list[str]) -> Mapping[str, pa.Table]:
        members = lake.read("claim_group_members", keys=batch)
        rows = _claims_of(lake, members["claim_id"].combine_chunks(), batch)
        found = claims.compare_quotes(
            rows, members, settings, entities=lake.read("entities"), copy_groups=lake.read("copy_groups")
        )
        return {"quote_variants": found}

    return _by_group(
        lake,
        "quote_variants",
        ("quote_variants",),
        version,
        ("claims", "claim_matches", "claim_group_members", "entities", "copy_groups"),
        inputs,
        compare,
    )


def find_conflicts(lake: Lake, settings: Settings, version: str) -> StageReport:
    """Keyed by group: searched anew when it, or a group with a claim in an article that accuses, differs.

    Opposite characterisations may lie anywhere. They are looked for in the few claims that hold a word of the table,
    and are themselves part of what a group's conflicts are made from.
    """
    characterised: list[pa.Table] = []
    state: list[GroupInputs] = []

    def inputs() -> pa.Table:
        state.append(GroupInputs(lake))
        worded = claims.may_characterise(lake.read("claims"))
        found = _conflicts(lake, settings, worded, state[0].group_ids_of(worded["claim_id"].combine_chunks()))
        characterised.append(found.filter(pc.equal(found["type"], "characterisation")))
        own = ("claims", "groups", "articles", "copies", "actors", "names", "aliases")
        return state[0].of_groups(own, beside=True, extra=characterised[0])

    def search(batch: list[str]) -> Mapping[str, pa.Table]:
        groups = state[0].with_groups_beside(batch)
        members = lake.read("claim_group_members", ["claim_id"], keys=groups)
        found = _conflicts(lake, settings, _claims_of(lake, members["claim_id"].combine_chunks(), groups), groups)
        among = pa.array(batch, pa.string())
        kept = found.filter(
            pc.and_(pc.is_in(found["claim_group_id"], value_set=among), pc.not_equal(found["type"], "characterisation"))
        )
        opposed = characterised[0].filter(pc.is_in(characterised[0]["claim_group_id"], value_set=among))
        return {"conflicts": pa.concat_tables([kept, opposed])}

    return _by_group(
        lake,
        "conflicts",
        ("conflicts",),
        version,
        (
            "claims",
            "claim_matches",
            "claim_groups",
            "claim_group_members",
            "quote_variants",
            "entities",
            "articles",
            "copy_groups",
        ),
        inputs,
        search,
    )


def _conflicts(lake: Lake, settings: Settings, rows: pa.Table, groups: list[str]) -> pa.Table:
    """What `find_conflicts` finds in these claims of these groups, those left out that a user rejected."""
    matches = lake.read("claim_matches", ["claim_id", "how"], keys=groups)
    rejected = matches.filter(pc.equal(matches["how"], "rejected"))["claim_id"].combine_chunks()
    rows = rows.filter(pc.invert(pc.is_in(rows["claim_id"], value_set=rejected)))
    members = lake.read("claim_group_members", keys=groups)
    members = members.filter(pc.is_in(members["claim_id"], value_set=rows["claim_id"].combine_chunks()))
    articles = pc.unique(rows["article_id"])
    described, copies = lake.read("articles", _WITHOUT_TEXT), lake.read("copy_groups")
    return claims.find_conflicts(
        rows,
        lake.read("claim_groups", keys=groups),
        members,
        lake.read("quote_variants").slice(0, 0),
        lake.read("entities"),
        described.filter(pc.is_in(described["article_id"], value_set=articles)),
        copies.filter(pc.is_in(copies["article_id"], value_set=articles)),
        settings,
    )


def _claims_of(lake: Lake, claim_ids: pa.Array, groups: list[str]) -> pa.Table:
    """Rows of `claims` by id, which are those of some groups."""
    articles = pc.unique(lake.read("claim_matches", ["article_id"], keys=groups)["article_id"]).to_pylist()
    rows = lake.read("claims", keys=articles)
    return rows.filter(pc.is_in(rows["claim_id"], value_set=claim_ids))


def _by_group(
    lake: Lake,
    name: str,
    outputs: tuple[str, ...],
    version: str,
    reads: tuple[str, ...],
    inputs: Callable[[], pa.Table],
    compute: Callable[[list[str]], Mapping[str, pa.Table]],
) -> StageReport:
    return run_keyed_stage(
        lake,
        KeyedStage(name, outputs, "claim_group_id", version, _GROUPS_PER_BATCH),
        inputs=inputs,
        upstream=lake.digests(reads),
        compute=compute,
    )
