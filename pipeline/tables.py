"""The schema of every table: columns, types, what each means, keys and order. The one source of all of it.

Readers' documentation (`docs/data-dictionary.md`), Dagster's column schemas, the asset checks and the store's file
layout are all derived from the `TableSpec`s here. A table with ``published=False`` is working state of the chain: it
is kept in the lake but is no part of a release.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

ID = pa.string()
OFFSET = pa.int32()
TIME = pa.timestamp("us", tz="UTC")
STRINGS = pa.list_(pa.string())
TEXT_SPANS = pa.list_(pa.struct([("text", pa.string()), ("start", OFFSET), ("end", OFFSET)]))
SPANS = pa.list_(pa.struct([("start", OFFSET), ("end", OFFSET)]))
EVIDENCE = pa.list_(pa.struct([("field", pa.string()), ("start", OFFSET), ("end", OFFSET), ("rule", pa.string())]))

PASSAGE_KINDS = ("title", "summary", "dateline", "caption", "body", "boilerplate")
TAGGED_KINDS = ("title", "summary", "body")
SHINGLED_KINDS = ("summary", "body")
STATUSES = ("tagged", "untagged_language", "too_short")
STANCES = (
    "assert",
    "accuse",
    "deny",
    "warn",
    "concern",
    "predict",
    "praise",
    "criticize",
    "pledge",
    "characterize",
    "desire",
    "not_said",
)
QUOTE_TYPES = ("direct", "mixed", "indirect")
SOURCE_RESOLUTIONS = ("named", "coreference", "inherited", "implicit")
PAIR_KINDS = ("exact", "near", "contained")
SHARED_KINDS = ("exact", "near", "contained", "run")
CANONICAL_REASONS = ("only", "earliest", "longest", "smallest_id")
ORIGIN_EVIDENCE = ("publisher", "credit_line", "according_to", "byline", "shared_quotation", "copy", "contained")
MATCHED = ("alone", "copy", "repeat", "like", "points", "passes", "followed", "joined", "rejected")
RELATIONS = ("same", "denies", "variant")
SIDES = ("asserts", "denies", "silent")
VARIANT_RELATIONS = ("same", "truncated", "altered", "paraphrase")
CONFLICT_TYPES = (
    "accusation_vs_denial",
    "quotation_variant",
    "headline_vs_body",
    "speaker_mismatch",
    "attribution_lost",
    "numbers_differ",
    "characterisation",
    "counter_assertion",
    "omitted_denial",
)
STRENGTHS = ("hard", "soft")
QUARANTINE_REASONS = (
    "empty",
    "no_text",
    "binary",
    "undecodable",
    "malformed",
    "unreadable",
    "unsupported_format",
    "too_large",
    "duplicate_key",
    "link_outside_source",
)


def row_id(*parts: str) -> str:
    """The first 16 hex digits of the SHA-256 of the parts, joined by U+001F (unit separator)."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def column(name: str, type_: pa.DataType, description: str, *, nullable: bool = True) -> pa.Field:
    """A documented column. The description travels inside the Parquet schema, under the key ``description``."""
    return pa.field(name, type_, nullable=nullable, metadata={"description": description})


@dataclass(frozen=True)
class TableSpec:
    """What the chain knows of a table.

    ``key`` are the columns that identify a row, ``sort_by`` its total order, ``bucket_by`` the column whose hash
    decides the part a row lies in, ``rows_per_part`` the number of rows that make about 64 MB, ``rows_per_group`` the
    number of rows of a part that are read together (fewer where single large rows are looked up), ``references`` the
    columns that must be found in another table (column -> "table.column"; list columns are unnested),
    ``closed`` the columns whose values come from a closed list. A ``log`` is not cut into buckets, its changes lie side
    by side (see `pipeline.lake.logs`); it is unpublished and has one row for each value of ``bucket_by``.
    """

    name: str
    group: str
    description: str
    schema: pa.Schema
    key: tuple[str, ...]
    sort_by: tuple[str, ...]
    bucket_by: str
    rows_per_part: int = 1 << 20
    rows_per_group: int = 1 << 16
    published: bool = True
    log: bool = False
    references: tuple[tuple[str, str], ...] = ()
    closed: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def empty(self) -> pa.Table:
        """A table of this schema without rows."""
        return self.schema.empty_table()

    def from_rows(self, rows: list[dict[str, Any]]) -> pa.Table:
        """Rows (dicts keyed by column name; a missing key is null) as a table of this schema."""
        return pa.Table.from_pylist(rows, schema=self.schema)


ARTICLES = TableSpec(
    name="articles",
    group="ingestion",
    description="One row per article that could be read. The text is stored as decoded, never altered.",
    schema=pa.schema(
        [
            column("article_id", ID, "Id of the article: hash of `source_uri`.", nullable=False),
            column(
                "source_uri",
                pa.string(),
                "Path relative to the source folder; `#key` follows for a record inside a file.",
                nullable=False,
            ),
            column("source_file", pa.string(), "Path of the file the record came from.", nullable=False),
            column("content_sha256", pa.string(), "SHA-256 of the record's bytes.", nullable=False),
            column(
                "article_digest",
                pa.string(),
                "SHA-256 over every other column; later stages compare it to see whether the article changed.",
                nullable=False,
            ),
            column(
                "format",
                pa.string(),
                "`txt`, `md`, `html`, `json`, `jsonl`, `csv`, `parquet`.",
                nullable=False,
            ),
            column(
                "text",
                pa.string(),
                "The decoded (for HTML: extracted) text. All offsets in all tables are code points into it.",
                nullable=False,
            ),
            column("title", pa.string(), "Headline, null when unknown."),
            column("byline", STRINGS, "Authors as given; empty when unknown."),
            column("publisher", pa.string(), "Publishing outlet, null when unknown."),
            column("url", pa.string(), "Address of the article, null when unknown."),
            column("published_at", TIME, "Time of publication, UTC; null when unknown."),
            column("modified_at", TIME, "Time of the last change, UTC; null when unknown."),
            column(
                "language",
                pa.string(),
                "ISO 639-1 code: as a sidecar states it, else as the text shows, else as the record says.",
            ),
            column("n_words", pa.int32(), "Number of words in `text` (runs of non-space).", nullable=False),
            column("status", pa.string(), f"One of {', '.join(f'`{s}`' for s in STATUSES)}.", nullable=False),
            column(
                "metadata_evidence",
                EVIDENCE,
                "Spans of `text` from which a metadata field was read, with the rule that read it.",
            ),
        ]
    ),
    key=("article_id",),
    sort_by=("article_id",),
    bucket_by="article_id",
    rows_per_part=1 << 14,
    closed=(("status", STATUSES),),
)

PASSAGES = TableSpec(
    name="passages",
    group="ingestion",
    description="Every article cut into passages (paragraphs and furniture) covering all its non-space text.",
    schema=pa.schema(
        [
            column("article_id", ID, "The article.", nullable=False),
            column("passage_no", pa.int32(), "Position in the article, from 0.", nullable=False),
            column("start", OFFSET, "First code point in `articles.text`.", nullable=False),
            column("end", OFFSET, "Code point after the last.", nullable=False),
            column("kind", pa.string(), f"One of {', '.join(f'`{k}`' for k in PASSAGE_KINDS)}.", nullable=False),
            column(
                "passage_sha256",
                pa.string(),
                "SHA-256 of the passage's text; passages of equal text are annotated once.",
                nullable=False,
            ),
        ]
    ),
    key=("article_id", "passage_no"),
    sort_by=("article_id", "passage_no"),
    bucket_by="article_id",
    rows_per_part=1 << 19,
    references=(("article_id", "articles.article_id"),),
    closed=(("kind", PASSAGE_KINDS),),
)

QUARANTINE = TableSpec(
    name="quarantine",
    group="ingestion",
    description="Every input that could not be turned into an article, with a reason a user can act on.",
    schema=pa.schema(
        [
            column("source_uri", pa.string(), "The file or record that was refused.", nullable=False),
            column("source_file", pa.string(), "The file it stands in.", nullable=False),
            column("content_sha256", pa.string(), "SHA-256 of its bytes, null when they could not be read."),
            column("stage", pa.string(), "The stage that refused it.", nullable=False),
            column(
                "reason",
                pa.string(),
                f"One of {', '.join(f'`{r}`' for r in QUARANTINE_REASONS)}.",
                nullable=False,
            ),
            column("message", pa.string(), "What is wrong and what to do about it.", nullable=False),
        ]
    ),
    key=("source_uri", "reason", "message"),
    sort_by=("source_uri", "reason", "message"),
    bucket_by="source_file",
    closed=(("reason", QUARANTINE_REASONS),),
)

SIGNATURES = TableSpec(
    name="signatures",
    group="deduplication",
    description="MinHash signatures, LSH band keys and the FracMinHash sketch of every article's normalised body.",
    schema=pa.schema(
        [
            column("article_id", ID, "The article.", nullable=False),
            column("n_tokens", pa.int32(), "Words of normalised body text.", nullable=False),
            column("n_shingles", pa.int32(), "Distinct word 5-shingles.", nullable=False),
            column(
                "signature",
                pa.list_(pa.uint32()),
                "datasketch MinHash values (affine32, seed 1, 32-bit murmur3); empty without shingles.",
                nullable=False,
            ),
            column(
                "bands",
                pa.list_(pa.uint64()),
                "LSH key of each band; empty without shingles.",
                nullable=False,
            ),
            column(
                "sketch",
                pa.list_(pa.uint32()),
                "Sorted shingle hashes below 2^32/8 (FracMinHash), for containment.",
                nullable=False,
            ),
            column(
                "anchors",
                pa.list_(pa.uint32()),
                "Sorted smallest hashes of those runs of shingles that have none in the sketch (winnowing): keys that "
                "find short articles inside longer ones.",
                nullable=False,
            ),
        ]
    ),
    key=("article_id",),
    sort_by=("article_id",),
    bucket_by="article_id",
    rows_per_part=1 << 15,
    published=False,
    log=True,
)

DUPLICATE_PAIRS = TableSpec(
    name="duplicate_pairs",
    group="deduplication",
    description="Pairs of articles that share most of their text, verified exactly on word 5-shingles.",
    schema=pa.schema(
        [
            column("article_id_a", ID, "The smaller of the two ids.", nullable=False),
            column("article_id_b", ID, "The greater of the two ids.", nullable=False),
            column("jaccard", pa.float64(), "Shared shingles over all shingles of both, exact.", nullable=False),
            column(
                "containment_a_in_b",
                pa.float64(),
                "Share of a's shingles that stand in b, exact.",
                nullable=False,
            ),
            column(
                "containment_b_in_a",
                pa.float64(),
                "Share of b's shingles that stand in a, exact.",
                nullable=False,
            ),
            column(
                "kind",
                pa.string(),
                "`exact` (same normalised text), `near` (Jaccard at the threshold), `contained` (containment only).",
                nullable=False,
            ),
        ]
    ),
    key=("article_id_a", "article_id_b"),
    sort_by=("article_id_a", "article_id_b"),
    bucket_by="article_id_a",
    references=(("article_id_a", "articles.article_id"), ("article_id_b", "articles.article_id")),
    closed=(("kind", PAIR_KINDS),),
)

COPY_GROUPS = TableSpec(
    name="copy_groups",
    group="deduplication",
    description="Which articles are copies of one another: connected components of `exact` and `near` pairs.",
    schema=pa.schema(
        [
            column(
                "article_id",
                ID,
                "The article; every article has a row, alone in its group or not.",
                nullable=False,
            ),
            column("copy_group_id", ID, "Id of the group: hash of its smallest article id.", nullable=False),
            column(
                "is_canonical",
                pa.bool_(),
                "True for the member that stands for the group: first published, then longest, then smallest id.",
                nullable=False,
            ),
            column("n_articles", pa.int32(), "Articles in the group.", nullable=False),
            column(
                "canonical_reason",
                pa.string(),
                "What made the group's canonical member so, the same in all its rows: `only` (no copies), `earliest` "
                "(published before every other one whose time is known), `longest` (most words among the earliest), "
                "`smallest_id` (nothing else tells them apart).",
                nullable=False,
            ),
        ]
    ),
    key=("article_id",),
    sort_by=("article_id",),
    bucket_by="article_id",
    references=(("article_id", "articles.article_id"),),
    closed=(("canonical_reason", CANONICAL_REASONS),),
)

CREDITS = TableSpec(
    name="credits",
    group="deduplication",
    description="Upstream sources that an article's own text or metadata names, before copies are considered.",
    schema=pa.schema(
        [
            column("article_id", ID, "The article.", nullable=False),
            column("origin", pa.string(), "Normalised name of the upstream.", nullable=False),
            column("evidence", pa.string(), f"One of {', '.join(ORIGIN_EVIDENCE)}.", nullable=False),
            column("start", OFFSET, "Start of the span that says so; null for metadata."),
            column("end", OFFSET, "End of that span."),
        ]
    ),
    key=("article_id", "origin", "evidence", "start"),
    sort_by=("article_id", "origin", "evidence", "start", "end"),
    bucket_by="article_id",
    published=False,
)

ORIGINS = TableSpec(
    name="origins",
    group="deduplication",
    description="Where an article's content comes from: agencies, papers and broadcasters it credits or copies.",
    schema=CREDITS.schema,
    key=("article_id", "origin", "evidence", "start"),
    sort_by=("article_id", "origin", "evidence", "start", "end"),
    bucket_by="article_id",
    references=(("article_id", "articles.article_id"),),
    closed=(("evidence", ORIGIN_EVIDENCE),),
)

SHARED_PASSAGES = TableSpec(
    name="shared_passages",
    group="deduplication",
    description="Body passages that two articles share although they are no copies: reuse in part, with both spans.",
    schema=pa.schema(
        [
            column("shared_id", ID, "Hash of both articles and both spans.", nullable=False),
            column("article_id_a", ID, "The smaller of the two ids.", nullable=False),
            column("article_id_b", ID, "The greater of the two ids; never of the same copy group.", nullable=False),
            column("passage_no_a", pa.int32(), "The passage of article a.", nullable=False),
            column("passage_no_b", pa.int32(), "The passage of article b.", nullable=False),
            column("start_a", OFFSET, "Where the first shared word starts in article a.", nullable=False),
            column("end_a", OFFSET, "Code point after the last shared word in article a.", nullable=False),
            column("start_b", OFFSET, "Where the first shared word starts in article b.", nullable=False),
            column("end_b", OFFSET, "Code point after the last shared word in article b.", nullable=False),
            column(
                "kind",
                pa.string(),
                "`exact` (both passages have the same words), `near` (one passage, edited), `contained` (the shorter "
                "passage stands in the longer one), `run` (both have a run of words, and more of their own).",
                nullable=False,
            ),
            column("n_words", pa.int32(), "Words that both spans have, in the same order.", nullable=False),
        ]
    ),
    key=("shared_id",),
    sort_by=("article_id_a", "article_id_b", "start_a", "start_b", "shared_id"),
    bucket_by="article_id_a",
    references=(("article_id_a", "articles.article_id"), ("article_id_b", "articles.article_id")),
    closed=(("kind", SHARED_KINDS),),
)

ANNOTATIONS = TableSpec(
    name="annotations",
    group="entities",
    description="Tokens, tags, dependencies and entities of each distinct passage text, as spaCy gives them.",
    schema=pa.schema(
        [
            column("passage_sha256", pa.string(), "SHA-256 of the passage's text.", nullable=False),
            column(
                "token_start",
                pa.list_(OFFSET),
                "Token starts, code points from the passage's start.",
                nullable=False,
            ),
            column("token_end", pa.list_(OFFSET), "Token ends.", nullable=False),
            column("lemma", STRINGS, "Lemmas.", nullable=False),
            column("pos", STRINGS, "Universal part-of-speech tags.", nullable=False),
            column("tag", STRINGS, "Fine-grained part-of-speech tags.", nullable=False),
            column("morph", STRINGS, "Morphological features.", nullable=False),
            column("dep", STRINGS, "Dependency labels.", nullable=False),
            column("head", pa.list_(pa.int32()), "Index of each token's head.", nullable=False),
            column("sent_start", pa.list_(pa.bool_()), "Whether a sentence starts at the token.", nullable=False),
            column("ent_iob", STRINGS, "`B`, `I` or `O`.", nullable=False),
            column("ent_type", STRINGS, "OntoNotes label or empty.", nullable=False),
        ]
    ),
    key=("passage_sha256",),
    sort_by=("passage_sha256",),
    bucket_by="passage_sha256",
    rows_per_part=1 << 16,
    rows_per_group=1 << 8,
    published=False,
    log=True,
)

DOCUMENT_MENTIONS = TableSpec(
    name="document_mentions",
    group="entities",
    description="Entity mentions of one article, clustered within that article, before articles are compared.",
    schema=pa.schema(
        [
            column("mention_id", ID, "Hash of article id, start, end.", nullable=False),
            column("article_id", ID, "The article.", nullable=False),
            column("start", OFFSET, "First code point.", nullable=False),
            column("end", OFFSET, "Code point after the last.", nullable=False),
            column("text", pa.string(), "The span.", nullable=False),
            column("label", pa.string(), "OntoNotes label.", nullable=False),
            column("method", pa.string(), "The step that decided label and cluster.", nullable=False),
            column("cluster_no", pa.int32(), "Number of the entity within the article; null where none is meant."),
            column("cluster_name", pa.string(), "Fullest name of that entity in the article."),
            column("cluster_type", pa.string(), "Type of that entity."),
            column("gazetteer_id", pa.string(), "Key of the entity in the gazetteer, where it is listed."),
            column("role", pa.string(), "Title or role read from the text beside the name."),
            column(
                "affiliation",
                pa.string(),
                "Gazetteer key, or normalised name, of the state or body that the entity speaks for.",
            ),
        ]
    ),
    key=("mention_id",),
    sort_by=("article_id", "start", "end", "mention_id"),
    bucket_by="article_id",
    rows_per_part=1 << 19,
    published=False,
)

ENTITY_LINKS = TableSpec(
    name="entity_links",
    group="entities",
    description="Which canonical entity each article's clusters are.",
    schema=pa.schema(
        [
            column("article_id", ID, "The article.", nullable=False),
            column("cluster_no", pa.int32(), "Number of the entity within the article.", nullable=False),
            column("entity_id", ID, "The canonical entity.", nullable=False),
            column("actor_id", ID, "The state or body that it speaks for, if any."),
        ]
    ),
    key=("article_id", "cluster_no"),
    sort_by=("article_id", "cluster_no"),
    bucket_by="article_id",
    published=False,
)

MENTIONS = TableSpec(
    name="mentions",
    group="entities",
    description="Every entity mention, anchored to the text and linked to its canonical entity.",
    schema=pa.schema(
        [
            column("mention_id", ID, "Hash of article id, start, end.", nullable=False),
            column("article_id", ID, "The article.", nullable=False),
            column("start", OFFSET, "First code point in `articles.text`.", nullable=False),
            column("end", OFFSET, "Code point after the last.", nullable=False),
            column("text", pa.string(), "`articles.text[start:end]`.", nullable=False),
            column(
                "label",
                pa.string(),
                "OntoNotes label (`PERSON`, `ORG`, `GPE`, `LOC`, `NORP`, …).",
                nullable=False,
            ),
            column("entity_id", ID, "The canonical entity, null where nothing can be said."),
            column("method", pa.string(), "The step that decided.", nullable=False),
        ]
    ),
    key=("mention_id",),
    sort_by=("article_id", "start", "end", "mention_id"),
    bucket_by="article_id",
    rows_per_part=1 << 19,
    references=(("article_id", "articles.article_id"), ("entity_id", "entities.entity_id")),
)

ENTITIES = TableSpec(
    name="entities",
    group="entities",
    description="Canonical persons, bodies, places and peoples over the whole corpus.",
    schema=pa.schema(
        [
            column("entity_id", ID, "Hash of the canonical key.", nullable=False),
            column("name", pa.string(), "Canonical name.", nullable=False),
            column("type", pa.string(), "OntoNotes label of the entity.", nullable=False),
            column("aliases", STRINGS, "Surface forms seen, sorted.", nullable=False),
            column("wikidata_id", pa.string(), "Wikidata item, where the gazetteer knows it."),
            column("actor_id", ID, "Entity id of the state or organisation it speaks for; itself for those."),
            column(
                "state_media_of",
                ID,
                "Entity id of the state that runs this outlet, where the gazetteer says so.",
            ),
            column("n_mentions", pa.int32(), "Mentions in all articles.", nullable=False),
            column("n_articles", pa.int32(), "Articles that mention it.", nullable=False),
            column("n_copy_groups", pa.int32(), "Copy groups that mention it.", nullable=False),
            column("overrides", STRINGS, "Corrections (`entity_overrides`) that made it so, sorted.", nullable=False),
        ]
    ),
    key=("entity_id",),
    sort_by=("entity_id",),
    bucket_by="entity_id",
    rows_per_part=1 << 19,
    references=(
        ("actor_id", "entities.entity_id"),
        ("state_media_of", "entities.entity_id"),
        ("overrides", "entity_overrides.override_id"),
    ),
)

_OVERRIDES = pa.schema(
    [
        column("override_id", ID, "Hash of the action and of what it names.", nullable=False),
        column("file", pa.string(), "The file that the correction stands in.", nullable=False),
        column("line", pa.int32(), "Its line in that file.", nullable=False),
        column("action", pa.string(), "What is to be done.", nullable=False),
        column("target", pa.string(), "What is corrected, as the file names it.", nullable=False),
        column("value", pa.string(), "What it is corrected to, where the action needs that."),
        column("article", pa.string(), "The article that the correction is limited to."),
        column("author", pa.string(), "Who corrected.", nullable=False),
        column("reason", pa.string(), "Why.", nullable=False),
        column("date", pa.string(), "When, as the file says."),
        column("applied", pa.bool_(), "False where nothing in the corpus answers to it; it is kept.", nullable=False),
        column("note", pa.string(), "What was done, or why nothing was.", nullable=False),
    ]
)

ENTITY_OVERRIDES = TableSpec(
    name="entity_overrides",
    group="entities",
    description="A user's corrections of entities, and what became of each.",
    schema=_OVERRIDES,
    key=("override_id",),
    sort_by=("file", "line", "override_id"),
    bucket_by="override_id",
)

CLAIM_OVERRIDES = TableSpec(
    name="claim_overrides",
    group="claims",
    description="A user's corrections of claims and groups, and what became of each.",
    schema=_OVERRIDES,
    key=("override_id",),
    sort_by=("file", "line", "override_id"),
    bucket_by="override_id",
)

# Columns that attributions (within one article) and claims (entities resolved over the corpus) have in common.
_CLAIM_HEAD = [
    column("claim_id", ID, "Hash of article id, cue and content spans.", nullable=False),
    column("article_id", ID, "The article.", nullable=False),
    column("content_sha256", pa.string(), "`articles.content_sha256` of the article as read.", nullable=False),
    column(
        "layer",
        pa.int8(),
        "0 for a claim that the article's own voice attributes, 1 for one nested in another claim.",
        nullable=False,
    ),
    column("parent_claim_id", ID, "The claim this one stands inside, for layer 1."),
]
_CLAIM_BODY = [
    column("source_text", pa.string(), "The source as written, null where it is implicit."),
    column("source_start", OFFSET, "First code point of the source, null where it is implicit."),
    column("source_end", OFFSET, "Code point after the last."),
    column(
        "source_resolution",
        pa.string(),
        f"How the source was found: {', '.join(f'`{r}`' for r in SOURCE_RESOLUTIONS)}.",
        nullable=False,
    ),
    column(
        "source_anonymous",
        pa.bool_(),
        "True where no name is given (`officials`, `a source`).",
        nullable=False,
    ),
    column("cue", TEXT_SPANS, "The words that attribute, in text order.", nullable=False),
    column(
        "cue_lemma",
        pa.string(),
        "Dictionary form of the cue (`say`, `according to`, `accuse`).",
        nullable=False,
    ),
    column("content", TEXT_SPANS, "What is attributed, possibly in pieces, in text order.", nullable=False),
    column("content_text", pa.string(), "The pieces joined by ` … `.", nullable=False),
    column(
        "quoted_spans",
        SPANS,
        "The parts of the content inside quotation marks, marks left out.",
        nullable=False,
    ),
    column(
        "quote_type",
        pa.string(),
        "`direct` (nine tenths of the words quoted), `mixed`, `indirect`.",
        nullable=False,
    ),
    column(
        "content_entity_starts",
        pa.list_(OFFSET),
        "Article offsets of the entity mentions inside the content, in text order.",
        nullable=False,
    ),
    column(
        "content_entity_ends",
        pa.list_(OFFSET),
        "Article offsets after those mentions, one for each of `content_entity_starts`.",
        nullable=False,
    ),
    column(
        "content_head",
        pa.string(),
        "Dictionary form, lower case, of the content's main word: its main verb, or noun for a noun phrase.",
    ),
    column("stance", pa.string(), f"One of {', '.join(f'`{s}`' for s in STANCES)}.", nullable=False),
    column("negated", pa.bool_(), "Whether the content itself is negated.", nullable=False),
]
_CLAIM_TAIL = [
    column("refers_to", ID, "The claim that `these accusations`, `a claim` points to."),
    column("event_time_start", TIME, "Start of the time the content speaks of, UTC, where it can be read."),
    column("event_time_end", TIME, "End of that time (exclusive)."),
    column("time_text", pa.string(), "The words that say so."),
    column("in_title", pa.bool_(), "Whether the claim stands in the headline.", nullable=False),
    column("confidence", pa.float32(), "How sure the rule is, 0 to 1.", nullable=False),
    column("rule", pa.string(), "The rule that found it.", nullable=False),
]
_CORRECTED = column("corrected_by", STRINGS, "The user's correction that set the stance; null without one.")
_CLAIM_CLOSED = (
    ("stance", STANCES),
    ("quote_type", QUOTE_TYPES),
    ("source_resolution", SOURCE_RESOLUTIONS),
)

ATTRIBUTIONS = TableSpec(
    name="attributions",
    group="claims",
    description="Claims of one article, with parties as that article's entity clusters.",
    schema=pa.schema(
        [
            *_CLAIM_HEAD,
            column(
                "relayed_by_clusters",
                pa.list_(pa.int32()),
                "Clusters of those who pass the claim on.",
                nullable=False,
            ),
            column(
                "source_clusters",
                pa.list_(pa.int32()),
                "Clusters of the source or of its body.",
                nullable=False,
            ),
            column(
                "target_clusters",
                pa.list_(pa.int32()),
                "Clusters of the accused, praised, described.",
                nullable=False,
            ),
            column("addressee_clusters", pa.list_(pa.int32()), "Clusters of those spoken to.", nullable=False),
            column(
                "content_clusters",
                pa.list_(pa.int32()),
                "Clusters of the mentions inside the content, one for each of `content_entity_starts`.",
                nullable=False,
            ),
            *_CLAIM_BODY,
            *_CLAIM_TAIL,
        ]
    ),
    key=("claim_id",),
    sort_by=("article_id", "claim_id"),
    bucket_by="article_id",
    rows_per_part=1 << 17,
    published=False,
    closed=_CLAIM_CLOSED,
)

CLAIMS = TableSpec(
    name="claims",
    group="claims",
    description="Who says what, in whose words: one row per attribution, anchored to the article's text.",
    schema=pa.schema(
        [
            *_CLAIM_HEAD,
            column("relayed_by", STRINGS, "Entities that pass the claim on.", nullable=False),
            *_CLAIM_BODY[:3],
            column(
                "source_entity_ids",
                STRINGS,
                "Entities of the source, or of the body it belongs to.",
                nullable=False,
            ),
            *_CLAIM_BODY[3:],
            column("target_entity_ids", STRINGS, "Entities accused, praised, described.", nullable=False),
            column("addressee_entity_ids", STRINGS, "Entities spoken to.", nullable=False),
            column(
                "content_entity_ids",
                STRINGS,
                "Entities mentioned inside the content, one for each of `content_entity_starts`.",
                nullable=False,
            ),
            *_CLAIM_TAIL,
            _CORRECTED,
        ]
    ),
    key=("claim_id",),
    sort_by=("article_id", "claim_id"),
    bucket_by="article_id",
    rows_per_part=1 << 17,
    references=(
        ("article_id", "articles.article_id"),
        ("parent_claim_id", "claims.claim_id"),
        ("refers_to", "claims.claim_id"),
        ("source_entity_ids", "entities.entity_id"),
        ("relayed_by", "entities.entity_id"),
        ("target_entity_ids", "entities.entity_id"),
        ("addressee_entity_ids", "entities.entity_id"),
        ("content_entity_ids", "entities.entity_id"),
    ),
    closed=_CLAIM_CLOSED,
)

HASHES = pa.list_(pa.uint64())
CLAIM_FEATURES = TableSpec(
    name="claim_features",
    group="claims",
    description="What each claim proposes, as numbers that are compared: hashes of words, terms, parties, acts.",
    schema=pa.schema(
        [
            column("claim_id", ID, "The claim.", nullable=False),
            column("article_id", ID, "Its article.", nullable=False),
            column("follows", ID, "The claim of its article that decides its group: what it denies or passes on."),
            column("form", pa.uint64(), "Hash of all features: claims of one form are compared once.", nullable=False),
            column("telling", pa.bool_(), "False where the words say too little to be one claim elsewhere."),
            column("terms", HASHES, "Stems and classes that carry weight, sorted.", nullable=False),
            column("term_weights", pa.list_(pa.float32()), "The weight of each term.", nullable=False),
            column("shown", STRINGS, "The words of each term, for readers.", nullable=False),
            column("mass", pa.float32(), "Sum of the weights.", nullable=False),
            column("pair_terms", HASHES, "The longest telling terms.", nullable=False),
            column("words", HASHES, "All words in order.", nullable=False),
            column("word_weights", pa.list_(pa.float32()), "Weight of each word, -1 in a name.", nullable=False),
            column(
                "quoted", pa.list_(pa.int32()), "First word, word after the last, of each quotation.", nullable=False
            ),
            column("parties", HASHES, "Actors named or accused, sorted.", nullable=False),
            column("speakers", HASHES, "Sources, sorted.", nullable=False),
            column("voices", HASHES, "Sources that are persons or bodies, sorted.", nullable=False),
            column("actors", HASHES, "Actors of the sources, sorted.", nullable=False),
            column("targets", HASHES, "Actors accused, praised, described, sorted.", nullable=False),
            column("frames", HASHES, "Act, agent, patient, kinds of things (as bits) of each act.", nullable=False),
            column(
                "frame_weights", pa.list_(pa.float64()), "Weight (negative: needs a thing) and share.", nullable=False
            ),
            column(
                "amounts", HASHES, "Number (bits of a float64) and thing counted, one after the other.", nullable=False
            ),
            column("time_start", TIME, "Start of the time that the content speaks of."),
            column("time_end", TIME, "End of that time (exclusive)."),
            column("stance", pa.int8(), "Place of the stance in the list of stances.", nullable=False),
            column("in_title", pa.bool_(), "Whether the claim stands in the headline.", nullable=False),
        ]
    ),
    key=("claim_id",),
    sort_by=("article_id", "claim_id"),
    bucket_by="article_id",
    rows_per_part=1 << 15,
    published=False,
)

CLAIM_MATCHES = TableSpec(
    name="claim_matches",
    group="claims",
    description="Which group each claim came to and through which other claim: what groups are described from.",
    schema=pa.schema(
        [
            column("claim_id", ID, "The claim.", nullable=False),
            column("article_id", ID, "Its article.", nullable=False),
            column("claim_group_id", ID, "Its group: hash of the smallest claim id in it.", nullable=False),
            column("how", pa.string(), f"One of {', '.join(f'`{h}`' for h in MATCHED)}.", nullable=False),
            column("other", ID, "The nearest other claim of the group, or the one that it follows."),
            column("score", pa.float64(), "How alike the two are, 0 to 1.", nullable=False),
            column("utterance", pa.bool_(), "Whether they give one utterance.", nullable=False),
            column("act", pa.uint64(), "Hash of the act that both name with the same roles, or 0.", nullable=False),
            column("run", pa.int32(), "Words of the longest quotation that they share.", nullable=False),
            column("corrected_by", STRINGS, "Corrections that name the claim.", nullable=False),
            column("note", pa.string(), "What a user's correction did to it, by whom and why."),
        ]
    ),
    key=("claim_id",),
    sort_by=("claim_group_id", "claim_id"),
    bucket_by="claim_group_id",
    rows_per_part=1 << 17,
    published=False,
    closed=(("how", MATCHED),),
)

CLAIM_GROUPS = TableSpec(
    name="claim_groups",
    group="claims",
    description="One proposition each, with who asserts and who denies it, counted over independent sources.",
    schema=pa.schema(
        [
            column("claim_group_id", ID, "Hash of the smallest claim id in the group.", nullable=False),
            column("proposition", pa.string(), "The clearest member's content.", nullable=False),
            column("n_claims", pa.int32(), "Claims in the group.", nullable=False),
            column("n_articles", pa.int32(), "Articles that carry it.", nullable=False),
            column("n_copy_groups", pa.int32(), "Copy groups that carry it.", nullable=False),
            column(
                "n_origins",
                pa.int32(),
                "Distinct upstream origins of the articles that carry it.",
                nullable=False,
            ),
            column("asserting_actor_ids", STRINGS, "Actors that assert it, sorted.", nullable=False),
            column("denying_actor_ids", STRINGS, "Actors that deny it, sorted.", nullable=False),
            column("n_independent_asserting", pa.int32(), "Independent sources that assert it.", nullable=False),
            column("n_independent_denying", pa.int32(), "Independent sources that deny it.", nullable=False),
            column("contested", pa.bool_(), "Whether some source asserts and another denies it.", nullable=False),
            column("first_published_at", TIME, "Earliest publication among its articles."),
        ]
    ),
    key=("claim_group_id",),
    sort_by=("claim_group_id",),
    bucket_by="claim_group_id",
    rows_per_part=1 << 18,
    references=(
        ("asserting_actor_ids", "entities.entity_id"),
        ("denying_actor_ids", "entities.entity_id"),
    ),
)

CLAIM_GROUP_MEMBERS = TableSpec(
    name="claim_group_members",
    group="claims",
    description="Which claim belongs to which group, how, how surely and why.",
    schema=pa.schema(
        [
            column("claim_id", ID, "The claim; every claim has one row.", nullable=False),
            column("claim_group_id", ID, "Its group.", nullable=False),
            column(
                "relation",
                pa.string(),
                "`same`, `denies` or `variant` (a version of one utterance).",
                nullable=False,
            ),
            column(
                "score",
                pa.float64(),
                "Similarity to the group's nearest member, 1 for a group of one.",
                nullable=False,
            ),
            column("evidence", pa.string(), "Why, in words.", nullable=False),
            column("side", pa.string(), f"One of {', '.join(f'`{s}`' for s in SIDES)}.", nullable=False),
            column(
                "counted_actor_ids", STRINGS, "Actors that count on that side because of this claim.", nullable=False
            ),
            column("not_counted", pa.string(), "Why the claim adds no source; null where it adds one."),
            column(
                "corrected_by",
                STRINGS,
                "A user's corrections that name the claim or a copy of it; empty without any.",
                nullable=False,
            ),
        ]
    ),
    key=("claim_id",),
    sort_by=("claim_group_id", "claim_id"),
    bucket_by="claim_group_id",
    references=(
        ("claim_id", "claims.claim_id"),
        ("claim_group_id", "claim_groups.claim_group_id"),
        ("counted_actor_ids", "entities.entity_id"),
    ),
    closed=(("relation", RELATIONS), ("side", SIDES)),
)

QUOTE_VARIANTS = TableSpec(
    name="quote_variants",
    group="claims",
    description="Pairs of claims that give one utterance, and how their words differ.",
    schema=pa.schema(
        [
            column("claim_id_a", ID, "The smaller of the two ids.", nullable=False),
            column("claim_id_b", ID, "The greater of the two ids.", nullable=False),
            column(
                "relation",
                pa.string(),
                f"One of {', '.join(f'`{r}`' for r in VARIANT_RELATIONS)}.",
                nullable=False,
            ),
            column("diff", pa.string(), "Token operations from a to b, as JSON.", nullable=False),
            column("claim_group_id", ID, "The group of both.", nullable=False),
        ]
    ),
    key=("claim_id_a", "claim_id_b"),
    sort_by=("claim_id_a", "claim_id_b"),
    bucket_by="claim_group_id",
    references=(
        ("claim_id_a", "claims.claim_id"),
        ("claim_id_b", "claims.claim_id"),
        ("claim_group_id", "claim_groups.claim_group_id"),
    ),
    closed=(("relation", VARIANT_RELATIONS),),
)

CONFLICTS = TableSpec(
    name="conflicts",
    group="claims",
    description="What does not fit together: accusation and denial, differing quotations, omitted denials and more.",
    schema=pa.schema(
        [
            column("conflict_id", ID, "Hash of group, type and the claims of both sides.", nullable=False),
            column("claim_group_id", ID, "The group in question.", nullable=False),
            column("type", pa.string(), f"One of {', '.join(f'`{t}`' for t in CONFLICT_TYPES)}.", nullable=False),
            column("strength", pa.string(), "`hard` or `soft`.", nullable=False),
            column("claim_ids_a", STRINGS, "Claims of the first side, sorted.", nullable=False),
            column("claim_ids_b", STRINGS, "Claims of the other side, sorted; may be empty.", nullable=False),
            column("explanation", pa.string(), "One sentence.", nullable=False),
        ]
    ),
    key=("conflict_id",),
    sort_by=("conflict_id",),
    bucket_by="conflict_id",
    references=(
        ("claim_group_id", "claim_groups.claim_group_id"),
        ("claim_ids_a", "claims.claim_id"),
        ("claim_ids_b", "claims.claim_id"),
    ),
    closed=(("type", CONFLICT_TYPES), ("strength", STRENGTHS)),
)

TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        ARTICLES,
        PASSAGES,
        QUARANTINE,
        SIGNATURES,
        DUPLICATE_PAIRS,
        COPY_GROUPS,
        CREDITS,
        ORIGINS,
        SHARED_PASSAGES,
        ANNOTATIONS,
        DOCUMENT_MENTIONS,
        ENTITY_LINKS,
        ENTITIES,
        ENTITY_OVERRIDES,
        MENTIONS,
        ATTRIBUTIONS,
        CLAIMS,
        CLAIM_FEATURES,
        CLAIM_MATCHES,
        CLAIM_OVERRIDES,
        CLAIM_GROUPS,
        CLAIM_GROUP_MEMBERS,
        QUOTE_VARIANTS,
        CONFLICTS,
    )
}
PUBLISHED: tuple[str, ...] = tuple(name for name, spec in TABLES.items() if spec.published)
