"""What the gazetteer answers for names, abbreviations and demonyms, and what it refuses to load."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.gazetteer import Entry, Gazetteer, load_gazetteer
from pipeline.gazetteer.entries import COLUMNS, DATA, FILES, normal_form, read_entries, read_gazetteer


def key_of(alias: str) -> str | None:
    entry = load_gazetteer().lookup(alias)
    return entry.key if entry else None


@pytest.mark.parametrize(
    "alias", ["U.S.", "US", "USA", "United States", "the United States of America", "America", "Americans", "U. S."]
)
def test_all_names_of_the_united_states_are_one_entry(alias: str) -> None:
    assert key_of(alias) == "country:us"


@pytest.mark.parametrize(
    "alias", ["DPRK", "North Korea", "North Korean", "North Koreans", "NORTH KOREA", "North Korea’s"]
)
def test_all_names_of_north_korea_are_one_entry(alias: str) -> None:
    assert key_of(alias) == "country:kp"


@pytest.mark.parametrize("word", ["us", "Us", "who", "turkey", "polish", "chad", "", "the", "'s"])
def test_common_words_are_no_names(word: str) -> None:
    assert key_of(word) is None


def test_accents_and_apostrophes_do_not_matter() -> None:
    assert key_of("Côte d’Ivoire") == key_of("Cote d'Ivoire") == "country:ci"


def test_a_demonym_is_told_from_the_country() -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.is_demonym("Danes")
    assert not gazetteer.is_demonym("Denmark")


def test_a_name_that_needs_its_article_is_not_found_without() -> None:
    assert key_of("The Guardian") == "outlet:guardian"
    assert key_of("Guardian") is None


def test_names_that_often_mean_a_person_are_marked() -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.is_ambiguous("Jordan")
    assert not gazetteer.is_ambiguous("Norway")


@pytest.mark.parametrize(
    ("name", "state"), [("Pyongyang", "country:kp"), ("the Kremlin", "country:ru"), ("Norway", "country:no")]
)
def test_capitals_and_seats_of_power_stand_for_their_state(name: str, state: str) -> None:
    gazetteer = load_gazetteer()
    entry = gazetteer.lookup(name)
    assert entry is not None
    speaker = gazetteer.state_of(entry.key)
    assert speaker is not None
    assert speaker.key == state


def test_state_media_name_the_state_that_runs_them() -> None:
    gazetteer = load_gazetteer()
    assert gazetteer["outlet:tass"].state_media_of == "country:ru"
    assert gazetteer["outlet:reuters"].state_media_of is None
    assert all(entry.is_outlet for entry in gazetteer if entry.state_media_of)


def test_the_world_is_covered() -> None:
    kinds = [entry.kind for entry in load_gazetteer()]
    assert kinds.count("country") >= 195
    assert sum(entry.is_outlet for entry in load_gazetteer()) >= 120


def test_the_digest_changes_with_the_data(tmp_path: Path) -> None:
    copies = [tmp_path / name for name in FILES]
    for copy in copies:
        copy.write_bytes((DATA / copy.name).read_bytes())
    assert read_gazetteer(copies).digest == load_gazetteer().digest
    copies[0].write_bytes(copies[0].read_bytes() + b"# a comment\n")
    assert read_gazetteer(copies).digest != load_gazetteer().digest


def norland(**changes: object) -> Entry:
    return Entry(**({"key": "country:nl1", "name": "Norland", "type": "GPE", "kind": "country"} | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([norland(), norland(name="Vessia")], "country:nl1.*twice"),
        ([norland(), norland(key="country:v", name="Norland")], "claimed by country:nl1 and country:v"),
        ([norland(), norland(key="country:v", name="Vessia", aliases=("NORLAND", "norland"))], "claimed by"),
        ([norland(type="PLACE")], "type 'PLACE'"),
        ([norland(kind="realm")], "kind 'realm'"),
        ([norland(stands_for="country:none")], "stands_for names 'country:none'"),
        ([norland(state_media_of="country:none")], "state_media_of names"),
        ([norland(wikidata_id="20")], "'20' is not a Wikidata item"),
        ([norland(ambiguous=frozenset({"Vessia"}))], "ambiguous"),
    ],
)
def test_inconsistent_entries_are_refused_by_name(entries: list[Entry], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Gazetteer(entries)


def test_a_row_with_too_few_fields_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "countries.csv"
    path.write_text(f"# comment\n{','.join(COLUMNS)}\ncountry:n,Norland\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"countries.csv, line 3: 2 fields"):
        read_entries(path)


@pytest.mark.parametrize(("alias", "form"), [("Norland’s", "Norland"), ("the  Sund", "the Sund"), ("U. N.", "U.N.")])
def test_the_normal_form_of_a_name(alias: str, form: str) -> None:
    assert normal_form(alias) == form
