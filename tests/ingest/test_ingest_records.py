"""Records: JSON in its shapes, JSON lines, CSV, Parquet, field maps, keys, sidecars, and what is refused."""

from __future__ import annotations

import csv
import datetime
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.ingest import field_maps
from pipeline.ingest.field_maps import load_field_maps, map_for, read_names

UTC = datetime.UTC
TEXT = "Pilots in Brenlow walked out on Monday.\n\nThe port authority said that talks would resume."


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")


def reasons(quarantine: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["source_uri"], row["reason"]) for row in quarantine]


NEWS_SERVICE = {
    "source": {"id": None, "name": "Brenlow Post"},
    "author": "Ada Quill; Tom Reed",
    "title": "Harbour shut",
    "description": "A lead.",
    "url": "https://post.example/1",
    "publishedAt": "2031-06-03T08:00:00Z",
    "content": TEXT,
}
NEWS_PLEASE = {
    "authors": ["Ada Quill", "Tom Reed"],
    "date_publish": "2031-06-03 08:00:00",
    "date_modify": None,
    "description": "A lead.",
    "maintext": TEXT,
    "source_domain": "post.example",
    "title": "Harbour shut",
    "url": "https://post.example/1",
}
SCHEMA_ORG = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Harbour shut",
    "articleBody": TEXT,
    "datePublished": "2031-06-03T10:00:00+02:00",
    "dateModified": "2031-06-04",
    "author": [{"@type": "Person", "name": "Ada Quill"}, {"@type": "Person", "name": "Tom Reed"}],
    "publisher": {"@type": "Organization", "name": "Brenlow Post"},
    "mainEntityOfPage": {"@id": "https://post.example/1"},
}
FUNDUS = {
    "title": "Harbour shut",
    "authors": ["Ada Quill", "Tom Reed"],
    "publishing_date": "2031-06-03 08:00:00+00:00",
    "topics": ["ports"],
    "body": {
        "summary": ["Pilots in Brenlow walked out on Monday."],
        "sections": [{"headline": [], "paragraphs": ["The port authority said that talks would resume."]}],
    },
    "html": {"requested_url": "https://post.example/1", "source_info": {"publisher": "Brenlow Post"}},
}
TRAFILATURA = {
    "title": "Harbour shut",
    "author": "Ada Quill; Tom Reed",
    "hostname": "post.example",
    "date": "2031-06-03",
    "fingerprint": "abc",
    "id": None,
    "raw_text": TEXT,
    "source": "https://post.example/1",
    "source-hostname": "Brenlow Post",
    "excerpt": "A lead.",
    "text": TEXT,
}


@pytest.mark.parametrize(
    ("record", "publisher", "published_at"),
    [
        (NEWS_PLEASE, "post.example", datetime.datetime(2031, 6, 3, 8, tzinfo=UTC)),
        (SCHEMA_ORG, "Brenlow Post", datetime.datetime(2031, 6, 3, 8, tzinfo=UTC)),
        (FUNDUS, "Brenlow Post", datetime.datetime(2031, 6, 3, 8, tzinfo=UTC)),
        (TRAFILATURA, "Brenlow Post", datetime.datetime(2031, 6, 3, tzinfo=UTC)),
        (NEWS_SERVICE, "Brenlow Post", datetime.datetime(2031, 6, 3, 8, tzinfo=UTC)),
    ],
    ids=["news-please", "schema.org", "fundus", "trafilatura", "generic"],
)
def test_records_of_known_tools_are_understood(
    folder: Path, ingest: Any, record: dict[str, Any], publisher: str, published_at: datetime.datetime
) -> None:
    write_json(folder / "a.json", record)
    articles, quarantine = ingest()
    assert quarantine == []
    row = articles["a.json"]
    assert row["text"] == "Harbour shut\n\n" + TEXT
    assert (row["title"], row["publisher"], row["published_at"]) == ("Harbour shut", publisher, published_at)
    assert (row["byline"], row["url"]) == (["Ada Quill", "Tom Reed"], "https://post.example/1")
    assert row["format"] == "json"


def test_content_hash_of_a_file_that_is_one_record_is_the_files(folder: Path, ingest: Any) -> None:
    write_json(folder / "a.json", NEWS_PLEASE)
    data = (folder / "a.json").read_bytes()
    (folder / "b.json.gz").write_bytes(gzip.compress(data, mtime=1))
    articles, _ = ingest()
    assert {row["content_sha256"] for row in articles.values()} == {hashlib.sha256(data).hexdigest()}


@pytest.mark.parametrize("wrap", [lambda records: records, lambda records: {"articles": records, "total": 2}])
def test_lists_and_wrapped_lists_give_one_article_per_record(folder: Path, ingest: Any, wrap: Any) -> None:
    write_json(folder / "a.json", wrap([{"id": 7, "text": TEXT}, {"text": TEXT}]))
    articles, quarantine = ingest()
    assert (sorted(articles), quarantine) == (["a.json#2", "a.json#7"], [])


def test_a_graph_with_one_article_is_that_article(folder: Path, ingest: Any) -> None:
    write_json(folder / "a.json", {"@graph": [{"@type": "WebSite", "name": "Brenlow Post"}, SCHEMA_ORG]})
    (uri,) = ingest()[0]
    assert uri == "a.json"


def test_a_graph_with_several_articles_gives_each_its_address_as_key(folder: Path, ingest: Any) -> None:
    other = SCHEMA_ORG | {"mainEntityOfPage": "https://post.example/2"}
    write_json(folder / "a.json", {"@graph": [SCHEMA_ORG, other, {"@type": "Person", "name": "Ada Quill"}]})
    assert sorted(ingest()[0]) == ["a.json#https://post.example/1", "a.json#https://post.example/2"]


def test_a_reference_to_another_node_is_no_name(folder: Path, ingest: Any) -> None:
    node = {"@id": "https://post.example/#org"}
    write_json(folder / "a.json", SCHEMA_ORG | {"publisher": node, "author": [node]})
    row = ingest()[0]["a.json"]
    assert (row["publisher"], row["byline"]) == (None, [])


def test_a_bad_line_is_quarantined_and_the_others_are_read(folder: Path, ingest: Any) -> None:
    lines = [json.dumps({"id": "x", "text": TEXT}), '{"id": "y", "text": ', json.dumps({"text": TEXT}), "[1, 2]", ""]
    (folder / "a.jsonl").write_text("\n".join(lines))
    articles, quarantine = ingest()
    assert sorted(articles) == ["a.jsonl#3", "a.jsonl#x"]
    assert reasons(quarantine) == [("a.jsonl#2", "malformed"), ("a.jsonl#4", "malformed")]
    assert "line 2" in quarantine[0]["message"]


def test_a_line_separator_inside_a_string_does_not_end_the_line(folder: Path, ingest: Any) -> None:
    text = TEXT + "\u2028More was to follow.\x85"
    (folder / "a.ndjson").write_text(json.dumps({"id": 1, "text": text}, ensure_ascii=False) + "\r\n")
    articles, _ = ingest()
    assert articles["a.ndjson#1"]["text"] == text
    assert articles["a.ndjson#1"]["format"] == "jsonl"


def test_json_lines_under_the_name_of_json_are_read(folder: Path, ingest: Any) -> None:
    (folder / "a.json").write_text(json.dumps({"id": 1, "text": TEXT}) + "\n" + json.dumps({"id": 2, "text": TEXT}))
    assert sorted(ingest()[0]) == ["a.json#1", "a.json#2"]


def test_of_two_records_with_one_key_the_first_stays(folder: Path, ingest: Any) -> None:
    (folder / "a.jsonl").write_text('{"id": "k", "text": "First text."}\n{"id": "k", "text": "Second text."}\n')
    articles, quarantine = ingest()
    assert articles["a.jsonl#k"]["text"] == "First text."
    assert reasons(quarantine) == [("a.jsonl#k", "duplicate_key")]


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_a_record_without_text_is_refused_unless_it_has_a_lead(folder: Path, ingest: Any, text: str | None) -> None:
    lead = NEWS_PLEASE | {"maintext": text}
    write_json(folder / "lead.json", lead)
    write_json(folder / "none.json", lead | {"description": None})
    articles, quarantine = ingest()
    assert articles["lead.json"]["text"] == "Harbour shut\n\nA lead."
    assert reasons(quarantine) == [("none.json", "no_text")]


def test_the_title_is_not_put_before_a_body_that_begins_with_it(folder: Path, ingest: Any) -> None:
    write_json(folder / "a.json", {"title": "Harbour shut", "text": "Harbour shut\n\n" + TEXT})
    assert ingest()[0]["a.json"]["text"] == "Harbour shut\n\n" + TEXT


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"[]", "empty"),
        (b"{", "malformed"),
        (b"null", "malformed"),
        (b'"text"', "malformed"),
        (b"[" * 100_000, "malformed"),
        (b'{"a":' * 100_000, "malformed"),
        (b"{}", "no_text"),
        (b'{"title": "Only a title"}', "no_text"),
        (b'{"text": "half a pair: \\ud800"}', "undecodable"),
        (b"\x89PNG\r\n\x1a\n", "binary"),
    ],
)
def test_wrong_json_is_refused_with_a_reason(folder: Path, ingest: Any, content: bytes, reason: str) -> None:
    (folder / "a.json").write_bytes(content)
    articles, quarantine = ingest()
    assert (articles, reasons(quarantine)) == ({}, [("a.json", reason)])
    assert "unexpected error" not in quarantine[0]["message"]


@pytest.mark.parametrize("depth", [50, 450, 900])
def test_deep_nesting_costs_only_its_own_record(folder: Path, ingest: Any, depth: int) -> None:
    nested = "[" * depth + '"x"' + "]" * depth
    lines = [f'{{"id": "deep", "text": {nested}, "title": {nested}}}', '{"id": "flat", "text": "A text."}']
    (folder / "a.jsonl").write_text("\n".join(lines))
    articles, quarantine = ingest()
    assert list(articles) == ["a.jsonl#flat"]
    assert [row["reason"] for row in quarantine] in (["no_text"], ["malformed"])
    assert "unexpected error" not in quarantine[0]["message"]


def test_numbers_of_any_length_do_no_harm(folder: Path, ingest: Any) -> None:
    (folder / "a.json").write_text('{"id": ' + "9" * 6000 + ', "text": "A text.", "date": 1e999}')
    articles, quarantine = ingest()
    assert (articles["a.json"]["published_at"], quarantine) == (None, [])


def test_csv_rows_are_records(folder: Path, ingest: Any) -> None:
    with (folder / "a.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["ID", "Headline", "Text", "Publisher", "Date"])
        rows.writerow(["n1", "Harbour shut", TEXT, "Brenlow Post", "2031-06-03"])
        rows.writerow(["", "", "x" * 200_000, "", ""])
    articles, quarantine = ingest()
    assert quarantine == []
    assert articles["a.csv#n1"]["text"] == "Harbour shut\n\n" + TEXT
    assert articles["a.csv#n1"]["publisher"] == "Brenlow Post"
    assert articles["a.csv#2"]["text"] == "x" * 200_000


def test_csv_with_semicolons_and_a_byte_order_mark(folder: Path, ingest: Any) -> None:
    (folder / "a.csv").write_text("id;text\nk;A text, with a comma.\n", encoding="utf-8-sig")
    assert ingest()[0]["a.csv#k"]["text"] == "A text, with a comma."


def test_a_csv_row_that_does_not_fit_is_quarantined_alone(folder: Path, ingest: Any) -> None:
    (folder / "a.csv").write_text('id,text\n1,One text.\n2,Two,three\n4,"Four" x\n5,Five text.\n')
    articles, quarantine = ingest()
    assert sorted(articles) == ["a.csv#1", "a.csv#5"]
    assert reasons(quarantine) == [("a.csv#2", "malformed"), ("a.csv#3", "malformed")]
    assert "line 3" in quarantine[0]["message"]


def test_csv_without_a_text_column_says_which_columns_there_are(folder: Path, ingest: Any) -> None:
    (folder / "a.csv").write_text("id,title\n1,Harbour shut\n")
    (row,) = ingest()[1]
    assert row["reason"] == "malformed"
    assert "id, title" in row["message"]


def test_parquet_rows_are_records(folder: Path, ingest: Any) -> None:
    table = pa.table(
        {
            "id": ["a", "b"],
            "text": [TEXT, None],
            "title": ["Harbour shut", None],
            "authors": [["Ada Quill"], []],
            "published_at": pa.array([1_938_263_400_000_000_001, None], pa.timestamp("ns", "UTC")),
        }
    )
    pq.write_table(table, folder / "a.parquet")
    articles, quarantine = ingest()
    row = articles["a.parquet#a"]
    assert row["published_at"] == datetime.datetime(2031, 6, 3, 14, 30, tzinfo=UTC)
    assert row["byline"] == ["Ada Quill"]
    assert reasons(quarantine) == [("a.parquet#b", "no_text")]


def test_parquet_that_unfolds_beyond_the_limit_is_refused(folder: Path, ingest: Any) -> None:
    pq.write_table(pa.table({"text": ["x" * 1000] * 5000}), folder / "a.parquet", use_dictionary=False)
    assert reasons(ingest(max_file_bytes=1_000_000)[1]) == [("a.parquet", "too_large")]


@pytest.mark.parametrize("content", [b"PAR1 and nothing else", b"", b"PAR1" + b"\0" * 40 + b"PAR1"])
def test_broken_parquet_is_refused(folder: Path, ingest: Any, content: bytes) -> None:
    (folder / "a.parquet").write_bytes(content)
    ((_, reason),) = reasons(ingest()[1])
    assert reason in ("malformed", "empty")


def test_a_sidecar_fills_and_overrides(folder: Path, ingest: Any, story: str) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("Pilots shut the harbour\nSource: Wrong Paper\n\n" + story)
    (folder / "b.jsonl").write_text(json.dumps({"id": "k", "text": TEXT, "publisher": "Old"}))
    (folder / "sub" / "metadata.csv").write_text(
        "filename,publisher,date,authors\na.txt,Brenlow Post,2031-06-03,Ada Quill; Tom Reed\n"
    )
    (folder / "metadata.csv").write_text(
        "file,publisher,url\nsub/a.txt,Ignored,\nb.jsonl#k,New,https://post.example/k\n"
    )
    articles, quarantine = ingest()
    assert quarantine == []
    row = articles["sub/a.txt"]
    assert (row["publisher"], row["title"]) == ("Brenlow Post", "Pilots shut the harbour")
    assert row["byline"] == ["Ada Quill", "Tom Reed"]
    assert row["published_at"] == datetime.datetime(2031, 6, 3, tzinfo=UTC)
    assert [e["field"] for e in row["metadata_evidence"]] == ["title"]
    assert (articles["b.jsonl#k"]["publisher"], articles["b.jsonl#k"]["url"]) == ("New", "https://post.example/k")


def test_a_broken_sidecar_is_reported_and_the_articles_are_read_without_it(
    folder: Path, ingest: Any, story: str
) -> None:
    (folder / "a.txt").write_text(story)
    (folder / "metadata.csv").write_text("title,publisher\nx,y\n")
    articles, quarantine = ingest()
    assert list(articles) == ["a.txt"]
    assert reasons(quarantine) == [("metadata.csv", "malformed")]
    assert "file" in quarantine[0]["message"]


def test_a_bad_row_of_a_sidecar_is_reported_and_the_others_count(folder: Path, ingest: Any, story: str) -> None:
    (folder / "a.txt").write_text(story)
    (folder / "metadata.csv").write_text("file,publisher\nb.txt,One,too many\na.txt,Brenlow Post\n")
    articles, quarantine = ingest()
    assert articles["a.txt"]["publisher"] == "Brenlow Post"
    assert reasons(quarantine) == [("metadata.csv", "malformed")]
    assert "line 2" in quarantine[0]["message"]


def test_a_declared_language_counts_where_none_can_be_detected(folder: Path, ingest: Any) -> None:
    write_json(folder / "short.json", {"text": "Hafen zu.", "language": "de-DE"})
    write_json(folder / "wrong.json", {"text": TEXT, "language": "de"})
    articles, _ = ingest()
    assert (articles["short.json"]["language"], articles["wrong.json"]["language"]) == ("de", "en")


def test_every_map_names_known_fields_and_every_record_finds_a_map() -> None:
    maps = load_field_maps()
    assert {"news-please", "fundus", "trafilatura", "schema.org", "generic", "sidecar", "header"} <= set(maps)
    assert map_for({"anything": 1}).name == "generic"
    assert map_for(SCHEMA_ORG).name == "schema.org"


def test_a_broken_data_file_is_an_error_that_names_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fieldmaps.tsv").write_text("map\tfield\tpath\ngeneric\tcolour\ttext\n")
    monkeypatch.setattr(field_maps, "FIELD_MAPS", tmp_path / "fieldmaps.tsv")
    load_field_maps.cache_clear()
    try:
        with pytest.raises(ValueError, match="line 2"):
            load_field_maps()
    finally:
        load_field_maps.cache_clear()


def test_names_are_taken_out_of_strings_objects_and_lists() -> None:
    assert read_names(["Ada Quill", {"name": "Tom  Reed"}, {"name": None}, 3, "Ada Quill"]) == ("Ada Quill", "Tom Reed")
    assert read_names("Ada Quill; Tom Reed;") == ("Ada Quill", "Tom Reed")
