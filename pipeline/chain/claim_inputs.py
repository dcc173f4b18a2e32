"""What a claim group is made from, as one digest for each group: its claims, and what is known of them elsewhere."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import claims
from pipeline.chain.stage import pairs_of
from pipeline.lake import Lake
from pipeline.lake.stages import output_digests
from pipeline.tables import CONFLICTS

Hashes = npt.NDArray[np.uint64]
_ROLES = ("source_entity_ids", "target_entity_ids", "content_entity_ids", "relayed_by")
_MIX = np.uint64(0x9E3779B97F4A7C15)


class GroupInputs:
    """64-bit hashes of what bears on each claim, and their sums over groups; read from the lake when asked for.

    Sums of hashes do not depend on the order of the claims. Two states of a group are taken for one where their sums of
    all parts agree, which in 64 bits does not happen by chance.
    """

    def __init__(self, lake: Lake) -> None:
        self.lake = lake

    @functools.cached_property
    def rows(self) -> pa.Table:
        """Claim and article ids, stances and entities of all claims."""
        return self.lake.read("claims", ["claim_id", "article_id", "stance", *_ROLES])

    @functools.cached_property
    def entities(self) -> pa.Table:
        """The table `entities`."""
        return self.lake.read("entities")

    @functools.cached_property
    def parties(self) -> claims.Parties:
        """Who stands behind each entity."""
        return claims.read_parties(self.entities)

    @functools.cached_property
    def publication(self) -> claims.Publication:
        """Where and when each article came out."""
        articles = self.lake.read("articles", ["article_id", "published_at"])
        copies, origins = self.lake.read("copy_groups"), self.lake.read("origins")
        return claims.read_publication(articles, copies, origins, self.parties)

    @functools.cached_property
    def _group(self) -> tuple[npt.NDArray[np.int64], pa.Array]:
        """For each claim its group's place in the sorted list of group ids, and that list."""
        matches = self.lake.read("claim_matches", ["claim_id", "claim_group_id"])
        groups = matches["claim_group_id"].take(pc.index_in(self.rows["claim_id"], matches["claim_id"]))
        encoded = groups.combine_chunks().dictionary_encode()
        order = pc.sort_indices(encoded.dictionary).to_numpy()
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        return rank[encoded.indices.to_numpy()], encoded.dictionary.take(pa.array(order))

    def of_groups(
        self, parts: Sequence[str], *, least: int = 1, beside: bool = False, extra: pa.Table | None = None
    ) -> pa.Table:
        """``(key, input_digest)`` for each group of ``least`` claims, over the named parts of its claims' inputs.

        With ``beside`` a group that accuses is made from all groups with a claim in the same articles, too; ``extra``
        are rows of `conflicts` that belong to a group's inputs.
        """
        group, ids = self._group
        total = np.zeros(len(ids), np.uint64)
        for number, part in enumerate(parts):
            salted = _mixed(getattr(self, f"_{part}")(), np.uint64(number + 1))
            np.add.at(total, group, _mixed(self._claim_hashes, salted))
        digests = total if not beside else total + self._beside(total) * _MIX
        if extra is not None:
            digests = digests + self._of_conflicts(extra)
        chosen = np.bincount(group, minlength=len(ids)) >= least
        texts = pa.array([f"{value:016x}" for value in digests[chosen].tolist()], pa.string())
        return pa.table({"key": ids.filter(pa.array(chosen)), "input_digest": texts})

    def group_ids_of(self, claim_ids: pa.Array) -> list[str]:
        """The groups of these claims."""
        group, ids = self._group
        rows = pc.is_in(self.rows["claim_id"], value_set=claim_ids).to_numpy()
        found: list[str] = ids.take(pa.array(np.unique(group[rows]))).to_pylist()
        return found

    def with_groups_beside(self, group_ids: list[str]) -> list[str]:
        """These groups and those that have a claim in an article in which one of these accuses."""
        group, ids = self._group
        asked = pc.is_in(ids, value_set=pa.array(group_ids, pa.string())).to_numpy(zero_copy_only=False)
        article = self._article_numbers
        accusing = np.zeros(int(article.max(initial=-1)) + 1, np.bool_)
        accusing[article[self._accuses & asked[group]]] = True
        asked[group[accusing[article]]] = True
        found: list[str] = ids.filter(pa.array(asked)).to_pylist()
        return found

    def _beside(self, own: Hashes) -> Hashes:
        """For each group the sum over the articles in which it accuses, of all groups with a claim there."""
        group, _ = self._group
        article = self._article_numbers
        in_article = np.zeros(int(article.max(initial=-1)) + 1, np.uint64)
        np.add.at(in_article, article, own[group])
        found = np.zeros(len(own), np.uint64)
        np.add.at(found, group[self._accuses], in_article[article[self._accuses]])
        return found

    def _of_conflicts(self, rows: pa.Table) -> Hashes:
        """The sum over each group's rows of `conflicts`."""
        _, ids = self._group
        found = np.zeros(len(ids), np.uint64)
        texts = [repr(row) for row in rows.select(CONFLICTS.schema.names).to_pylist()]
        at = pc.index_in(rows["claim_group_id"], ids).to_numpy()
        np.add.at(found, at, np.array([_hash(text) for text in texts], np.uint64))
        return found

    @functools.cached_property
    def _accuses(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = pc.equal(self.rows["stance"], "accuse").to_numpy()
        return found

    @functools.cached_property
    def _article_numbers(self) -> npt.NDArray[np.int64]:
        encoded = self.rows["article_id"].combine_chunks().dictionary_encode()
        found: npt.NDArray[np.int64] = encoded.indices.to_numpy().astype(np.int64)
        return found

    @functools.cached_property
    def _claim_hashes(self) -> Hashes:
        return _hashes(self.rows["claim_id"])

    def _claims(self) -> Hashes:
        """Of each claim the digest of its article's claims: an article that changed has changed them all."""
        made = output_digests(self.lake, "claims")
        return self._by_article(dict(pairs_of(made, "key", "output_digest")))

    def _matches(self) -> Hashes:
        """Of each claim its row of `claim_matches`."""
        matches = self.lake.read("claim_matches")
        columns = ["other", "how", "score", "utterance", "act", "run"]
        values = zip(*(matches[name].to_pylist() for name in columns), strict=True)
        hashes = np.array([_hash(repr(row)) for row in values], np.uint64)
        at = pc.index_in(self.rows["claim_id"], matches["claim_id"]).to_numpy()
        found: Hashes = hashes[at]
        return found

    def _groups(self) -> Hashes:
        """Of each claim what its group was found to be: all columns of the group and of the membership."""
        made = output_digests(self.lake, "claim_groups")
        group, ids = self._group
        digests = made["output_digest"].take(pc.index_in(ids, made["key"]))
        return _hashes(digests)[group]

    def _published(self) -> Hashes:
        """Of each claim when its article came out."""
        times = self.lake.read("articles", ["article_id", "published_at"])
        return self._by_article({article: str(time) for article, time in pairs_of(times, "article_id", "published_at")})

    def _articles(self) -> Hashes:
        """Of each claim its article as read."""
        read = self.lake.read("articles", ["article_id", "article_digest"])
        return self._by_article(dict(pairs_of(read, "article_id", "article_digest")))

    def _copies(self) -> Hashes:
        """Of each claim the copy group of its article, and whether the article stands for it."""
        copies = self.lake.read("copy_groups", ["article_id", "copy_group_id", "is_canonical"])
        rows = zip(*(copies[name].to_pylist() for name in ("article_id", "copy_group_id", "is_canonical")), strict=True)
        return self._by_article({article: f"{group} {canonical}" for article, group, canonical in rows})

    def _origins(self) -> Hashes:
        """Of each claim the origins of the copy group that its article is in."""
        known = self.publication
        origins = {group: " ".join(sorted(found)) for group, found in known.origins.items()}
        return self._by_article({article: origins[group] for article, group in known.copy_group.items()})

    def _actors(self) -> Hashes:
        """Of each claim what its entities are and whom they speak for."""
        return self._over_entities(self.entity_hashes("type", "actor_id"))

    def _names(self) -> Hashes:
        """Of each claim the names of its entities and of their actors."""
        names = self.parties.names
        own = zip(*(self.entities[column].to_pylist() for column in ("entity_id", "actor_id")), strict=True)
        return self._over_entities(
            np.array([_hash(f"{names[entity]}|{names.get(actor, '')}") for entity, actor in own], np.uint64)
        )

    def _aliases(self) -> Hashes:
        """Of each claim the other names of its entities and of their actors."""
        aliases = dict(pairs_of(self.entities, "entity_id", "aliases"))
        own = pairs_of(self.entities, "entity_id", "actor_id")
        return self._over_entities(
            np.array([_hash(repr((aliases[entity], aliases.get(actor)))) for entity, actor in own], np.uint64)
        )

    def entity_hashes(self, *columns: str) -> Hashes:
        """One hash over these columns for each row of `entities`."""
        rows = zip(*(self.entities[name].to_pylist() for name in ("entity_id", *columns)), strict=True)
        return np.array([_hash(repr(row)) for row in rows], np.uint64)

    def by_article(self, hashes: Hashes) -> dict[str, int]:
        """Article -> sum of the entities' ``hashes`` over its claims."""
        over = self._over_entities(hashes)
        encoded = self.rows["article_id"].combine_chunks().dictionary_encode()
        total = np.zeros(len(encoded.dictionary), np.uint64)
        np.add.at(total, encoded.indices.to_numpy(), over)
        return dict(zip(encoded.dictionary.to_pylist(), total.tolist(), strict=True))

    def _over_entities(self, hashes: Hashes) -> Hashes:
        """For each claim the sum over its entities in any role."""
        total = np.zeros(len(self.rows), np.uint64)
        known = self.entities["entity_id"].combine_chunks()
        for role in _ROLES:
            lists = self.rows[role].combine_chunks()
            owners = pc.list_parent_indices(lists).to_numpy()
            at = pc.index_in(pc.list_flatten(lists), known).to_numpy()
            np.add.at(total, owners, hashes[at])
        return total

    def _by_article(self, texts: Mapping[str, str]) -> Hashes:
        encoded = self.rows["article_id"].combine_chunks().dictionary_encode()
        hashes = np.array([_hash(texts.get(article, "")) for article in encoded.dictionary.to_pylist()], np.uint64)
        return hashes[encoded.indices.to_numpy()] if len(encoded) else np.empty(0, np.uint64)


def _mixed(values: Hashes, salt: Any) -> Hashes:
    found: Hashes = (values ^ (values >> np.uint64(29)) ^ salt) * _MIX
    return found ^ (found >> np.uint64(32))


def _hashes(texts: pa.ChunkedArray) -> Hashes:
    return np.array([_hash(text) for text in texts.to_pylist()], np.uint64)


def _hash(text: str | Iterable[Any]) -> int:
    return int.from_bytes(hashlib.blake2b(str(text).encode(), digest_size=8).digest(), "little")
