"""`newsclaims show`: every kind of thing, by id, beginning, file and name, in words and as JSON."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc
import pytest

from pipeline.lake import Lake

FLEETS = "harbour-pact/standard-fleets-tied-together.html"
COPY = "bayline-syndicated-treaty"


def _rows(lake: Lake, table: str) -> list[dict[str, Any]]:
    return list(lake.read(table).to_pylist())


def _contested(lake: Lake) -> dict[str, Any]:
    return max(_rows(lake, "claim_groups"), key=lambda row: (row["contested"], row["n_claims"]))


class TestClaim:
    """A claim: its sentence with marks, its parties, its group."""

    def test_the_marks_are_the_claims_own_words(self, read: Any, seed_lake: Lake) -> None:
        for claim in _rows(seed_lake, "claims")[:40]:
            sentence = read("show", claim["claim_id"])["sentence"]
            cut = {
                kind: [sentence["text"][m["start"] : m["end"]] for m in sentence["marks"] if m["kind"] == kind]
                for kind in ("source", "cue", "content")
            }
            assert cut["content"] == [piece["text"] for piece in claim["content"]]
            assert cut["cue"] == [piece["text"] for piece in claim["cue"]]
            assert cut["source"] == ([claim["source_text"]] if claim["source_text"] else [])

    def test_the_sentence_is_the_articles(self, read: Any, seed_lake: Lake) -> None:
        claim = _rows(seed_lake, "claims")[0]
        texts = {row["article_id"]: row["text"] for row in _rows(seed_lake, "articles")}
        sentence = read("show", claim["claim_id"])["sentence"]
        assert texts[claim["article_id"]][sentence["start"] : sentence["end"]] == sentence["text"]

    def test_piped_text_writes_the_marks_out(self, run: Any, seed_lake: Lake) -> None:
        claim = next(c for c in _rows(seed_lake, "claims") if c["source_text"] and len(c["source_text"].split()) == 1)
        status, out, _ = run("show", claim["claim_id"])
        assert status == 0
        assert f"[source {claim['source_text']}]" in out
        assert "\x1b" not in out

    def test_a_denial_names_what_it_points_to(self, read: Any, seed_lake: Lake) -> None:
        denial = next(c for c in _rows(seed_lake, "claims") if c["refers_to"])
        found = read("show", denial["claim_id"])
        assert found["refers_to"]["claim_id"] == denial["refers_to"]
        assert found["group"]["claim_group_id"] == found["membership"]["claim_group_id"]


class TestGroup:
    """A group: both sides, what each actor rests on, what adds nothing."""

    def test_every_counted_actor_rests_on_claims(self, read: Any, seed_lake: Lake) -> None:
        group = _contested(seed_lake)
        found = read("show", group["claim_group_id"])
        assert [a["id"] for a in found["asserting"] if a["id"]] == sorted(
            group["asserting_actor_ids"], key=lambda e: next(a["name"] for a in found["asserting"] if a["id"] == e)
        )
        assert all(actor["claims"] for side in ("asserting", "denying") for actor in found[side])

    def test_every_claim_of_the_group_is_told_somewhere(self, read: Any, seed_lake: Lake) -> None:
        group = _contested(seed_lake)
        found = read("show", group["claim_group_id"])
        told = {c["claim_id"] for side in ("asserting", "denying") for a in found[side] for c in a["claims"]}
        told |= {c["claim_id"] for key in ("folded", "silent") for c in found[key]}
        members = [m for m in _rows(seed_lake, "claim_group_members") if m["claim_group_id"] == group["claim_group_id"]]
        assert told == {m["claim_id"] for m in members}

    def test_words_name_counts_and_ids_unwrapped(
        self, run: Any, seed_lake: Lake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "40")
        group = _contested(seed_lake)
        _, out, _ = run("show", group["claim_group_id"])
        assert f"asserted by {group['n_independent_asserting']} independent source" in out
        members = [m for m in _rows(seed_lake, "claim_group_members") if m["claim_group_id"] == group["claim_group_id"]]
        lines = out.splitlines()
        assert all(any(m["claim_id"] in line for line in lines) for m in members)


class TestArticle:
    """An article: its claims in order, its copies, origins, and what was refused beside it."""

    @pytest.mark.parametrize("name", [FLEETS, "standard-fleets-tied-together.html", "standard-fleets", "standard-f"])
    def test_it_is_found_by_any_form_of_its_file(self, read: Any, name: str) -> None:
        assert read("show", name)["article"]["source_uri"] == FLEETS

    def test_its_claims_come_in_the_order_of_the_text(self, read: Any, seed_lake: Lake) -> None:
        starts = {
            c["claim_id"]: min(p["start"] for p in c["content"]) for c in _rows(seed_lake, "claims") if c["content"]
        }
        shown = [starts[c["claim_id"]] for c in read("show", FLEETS)["claims"] if c["claim_id"] in starts]
        assert len(shown) > 5
        assert shown == sorted(shown)

    def test_a_copy_names_the_article_that_stands_for_both(self, read: Any) -> None:
        copies = read("show", COPY)["copies"]
        assert [(c["file"], c["is_canonical"]) for c in copies] == [
            ("harbour-pact/courier-harbour-treaty.txt", True),
            ("harbour-pact/bayline-syndicated-treaty.txt", False),
        ]

    def test_its_origins_are_told(self, read: Any, run: Any) -> None:
        assert any("Northlight" in o["origin"] for o in read("show", FLEETS)["origins"])
        assert any(line.split()[:2] == ["origin", "Northlight"] for line in run("show", FLEETS)[1].splitlines())


class TestEntity:
    """An entity by id or name."""

    @pytest.mark.parametrize("name", ["Joan Tillery", "joan tillery", "Joan Till"])
    def test_it_is_found_by_its_name(self, read: Any, name: str) -> None:
        found = read("show", name)
        assert found["entity"]["name"] == "Joan Tillery"
        assert found["actor"] == "Harland"
        assert len(found["claims"]) >= 3

    def test_a_state_lists_who_speaks_for_it(self, read: Any) -> None:
        found = read("show", "Harland", "--kind", "entity")
        assert "Joan Tillery" in [e["name"] for e in found["speaks_for_it"]]


def test_a_conflict_lists_the_claims_of_both_sides(read: Any, run: Any, seed_lake: Lake) -> None:
    row = next(c for c in _rows(seed_lake, "conflicts") if c["strength"] == "hard")
    found = read("show", row["conflict_id"])
    assert sorted(c["claim_id"] for c in found["a"]) == row["claim_ids_a"]
    assert row["explanation"] in run("show", row["conflict_id"])[1]


def test_every_beginning_of_an_id_that_is_its_own_finds_it(read: Any, seed_lake: Lake) -> None:
    ids = seed_lake.read("claims", ["claim_id"])["claim_id"].to_pylist()
    others = [i for t, k in (("claim_groups", "claim_group_id"), ("articles", "article_id"), ("entities", "entity_id"),
                             ("conflicts", "conflict_id")) for i in seed_lake.read(t, [k])[k].to_pylist()]  # fmt: skip
    wanted = ids[3]
    length = next(n for n in range(1, 17) if sum(i.startswith(wanted[:n]) for i in [*ids, *others]) == 1)
    assert read("show", wanted[:length])["claim"]["claim_id"] == wanted


def test_an_ambiguous_beginning_lists_the_choices(run: Any, seed_lake: Lake) -> None:
    status, out, err = run("show", "a", "--kind", "claim")
    claims = seed_lake.read("claims", ["claim_id"])
    meant = claims.filter(pc.starts_with(claims["claim_id"], "a"))["claim_id"].to_pylist()
    assert (status, out) == (1, "")
    assert f"'a' may mean {len(meant)} things" in err
    assert sum(claim in err for claim in meant) == min(len(meant), 12)


def test_an_unknown_id_is_an_error(run: Any) -> None:
    status, _, err = run("show", "zzzz")
    assert status == 1
    assert "nothing in v000001 has an id, file or name that begins with 'zzzz'" in err


def test_a_terminal_gets_colours_and_no_brackets(seed_lake: Lake, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    claim = next(c for c in _rows(seed_lake, "claims") if c["source_text"])
    _, out, _ = run("show", claim["claim_id"])
    assert "\x1b[" in out
    assert "[source " not in out
