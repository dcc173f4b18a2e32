"""What a newcomer may rely on in the seeds: the invented articles that a first run reads."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[2] / "seeds"
SIDECAR = "metadata.csv"
BROKEN = "broken-export.json"
FOLD = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
ADDRESS = re.compile(r"(?:https?://|www\.|[\w.+-]+@)([\w.-]*\w)")
BARE_DOMAIN = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|info|news|int|gov|edu|io|eu|uk|us|de|es)\b", re.IGNORECASE)
NOT_BODY = re.compile(r"<(head|nav|header|footer|aside|section|figure)\b.*?</\1>", re.DOTALL)


def seed_files() -> list[Path]:
    return sorted(path for path in SEEDS.rglob("*") if path.is_file())


def read_seed(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


def article_texts(path: Path) -> list[str]:
    """The article texts in one seed file, with a page's furniture taken out of HTML."""
    text = read_seed(path)
    name = path.name.removesuffix(".gz")
    if name.endswith(".jsonl"):
        return [json.loads(line)["text"] for line in text.splitlines()]
    if name.endswith(".csv"):
        return [row["text"] for row in csv.DictReader(io.StringIO(text))]
    if name.endswith(".json"):
        return [json.loads(text)["articleBody"]]
    if name.endswith(".html"):
        return [html.unescape(re.sub(r"<[^>]+>", " ", NOT_BODY.sub(" ", text)))]
    return [text]


def articles() -> dict[str, list[str]]:
    """Texts by path relative to the seeds, the sidecar and the broken file left out."""
    files = [path for path in seed_files() if path.name not in (SIDECAR, BROKEN)]
    return {path.relative_to(SEEDS).as_posix(): article_texts(path) for path in files}


def shingles(text: str, size: int = 5) -> set[tuple[str, ...]]:
    """Word shingles after curly quotation marks were folded and punctuation was dropped."""
    words = re.findall(r"[\w']+", text.translate(FOLD).lower())
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def jaccard(a: str, b: str) -> float:
    return len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))


def containment(inner: str, outer: str) -> float:
    return len(shingles(inner) & shingles(outer)) / len(shingles(inner))


def article(path: str) -> str:
    (text,) = articles()[path]
    return text


def test_three_stories_of_sixteen_articles_in_all() -> None:
    per_story: Counter[str] = Counter()
    for path, texts in articles().items():
        per_story[path.split("/")[0]] += len(texts)
    assert per_story == {"harbour-pact": 5, "river-spill": 4, "hospital-strike": 7}


def test_every_kind_of_input_is_shown() -> None:
    kinds = {"".join(path.suffixes) for path in seed_files()}
    assert kinds == {".txt", ".md", ".html", ".jsonl", ".json.gz", ".csv", ".json"}


@pytest.mark.parametrize("path", seed_files(), ids=lambda path: path.name)
def test_a_seed_decodes_as_utf8_without_a_mark_of_lost_characters(path: Path) -> None:
    text = read_seed(path)
    assert "\ufffd" not in text
    assert not text.startswith("\ufeff")


@pytest.mark.parametrize("path", seed_files(), ids=lambda path: path.name)
def test_a_seed_names_no_address_outside_the_reserved_domain(path: Path) -> None:
    text = read_seed(path)
    assert [host for host in ADDRESS.findall(text) if not host.endswith(".example")] == []
    assert BARE_DOMAIN.findall(text) == []


def test_one_file_is_broken_on_purpose_so_that_a_first_run_shows_the_quarantine() -> None:
    assert (SEEDS / BROKEN).read_bytes() == b""


def test_the_sidecar_describes_files_that_exist() -> None:
    rows = list(csv.DictReader(io.StringIO(read_seed(SEEDS / SIDECAR))))
    assert list(rows[0]) == ["file", "title", "publisher", "url", "published_at", "byline"]
    assert len(rows) >= 2
    assert [row["file"] for row in rows if not (SEEDS / row["file"]).is_file()] == []


def test_the_syndicated_copy_shares_most_shingles_although_no_quotation_mark_is_the_same() -> None:
    original = article("harbour-pact/courier-harbour-treaty.txt")
    copy = article("harbour-pact/bayline-syndicated-treaty.txt")
    assert jaccard(original, copy) > 0.8
    assert '"' in original and '"' not in copy
    assert "“" in copy and "“" not in original
    assert copy.rstrip().endswith("Latest posts")


def test_rewrites_and_the_sister_piece_are_nobodys_copies() -> None:
    names = (
        "courier-harbour-treaty.txt",
        "courier-no-storm-can-close.txt",
        "standard-fleets-tied-together.html",
        "tribune-pact-neighbours-object.txt",
    )
    texts = [article(f"harbour-pact/{name}") for name in names]
    similar = [jaccard(a, b) for i, a in enumerate(texts) for b in texts[:i]]
    assert max(similar) < 0.2


def test_both_rewrites_credit_the_agency_and_share_one_rare_passage() -> None:
    standard = article("harbour-pact/standard-fleets-tied-together.html")
    tribune = article("harbour-pact/tribune-pact-neighbours-object.txt")
    assert "Northlight" in standard and "Northlight" in tribune
    assert len(shingles(standard, 12) & shingles(tribune, 12)) >= 1


def test_the_agency_item_stands_whole_in_the_longer_feature() -> None:
    item = article("river-spill/northlight-solvent-in-yarle.txt")
    feature = article("river-spill/gazette-river-that-smelled-of-paint.html")
    assert containment(item, feature) > 0.8
    assert jaccard(item, feature) < 0.7


def test_one_utterance_is_given_in_full_cut_short_and_with_a_word_changed() -> None:
    short = "begging at every quay for the engines it can no longer build"
    full = f"{short}, because its foundries have been bled white"
    changed = short.replace("quay", "port")
    assert full in article("harbour-pact/courier-no-storm-can-close.txt")
    assert f'"{short}"' in article("harbour-pact/courier-harbour-treaty.txt")
    assert f'"{changed}."' in article("harbour-pact/tribune-pact-neighbours-object.txt")


def test_the_original_and_its_copy_leave_the_denials_out() -> None:
    deny = re.compile(r"\b(?:den(?:y|ies|ied)|reject|There are no engines)", re.IGNORECASE)
    mentioning = {
        path for path, texts in articles().items() if path.startswith("harbour-pact/") and deny.search(texts[0])
    }
    assert mentioning == {
        "harbour-pact/courier-no-storm-can-close.txt",
        "harbour-pact/standard-fleets-tied-together.html",
        "harbour-pact/tribune-pact-neighbours-object.txt",
    }


def test_the_amount_spilt_differs_from_article_to_article() -> None:
    amounts = {path: set(re.findall(r"\d+,\d{3} litres", texts[0])) for path, texts in articles().items()}
    assert {path: found for path, found in amounts.items() if found} == {
        "river-spill/northlight-solvent-in-yarle.txt": {"40,000 litres"},
        "river-spill/gazette-river-that-smelled-of-paint.html": {"40,000 litres"},
        "river-spill/observer-stennard-rejects-blame.json.gz": {"25,000 litres"},
        "river-spill/gazette-correction-fourteen-thousand.md": {"14,000 litres"},
    }


def test_one_article_is_in_another_language_and_one_is_very_short() -> None:
    spanish = [path for path, texts in articles().items() if " el hospital " in texts[0]]
    assert spanish == ["hospital-strike/farol-huelga-en-corriston.md"]
    assert min(len(text.split()) for texts in articles().values() for text in texts) < 15
