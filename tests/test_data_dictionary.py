"""The documentation generated from the schemas, and the schemas themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.data_dictionary import render_data_dictionary
from pipeline.settings import Settings
from pipeline.tables import TABLES

ROOT = Path(__file__).parents[1]


def test_the_data_dictionary_in_docs_is_up_to_date() -> None:
    assert (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == render_data_dictionary(), "make docs"


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described_and_every_key_exists(name: str) -> None:
    spec = TABLES[name]
    assert all((field.metadata or {}).get(b"description") for field in spec.schema)
    assert {*spec.key, *spec.sort_by, spec.bucket_by} <= set(spec.schema.names)
    assert set(spec.key) <= set(spec.sort_by)


@pytest.mark.parametrize("name", TABLES)
def test_references_point_at_columns_that_exist(name: str) -> None:
    for column, target in TABLES[name].references:
        table, key = target.split(".")
        assert column in TABLES[name].schema.names
        assert TABLES[table].key == (key,)


@pytest.mark.parametrize("name", TABLES)
def test_closed_columns_exist(name: str) -> None:
    for column, values in TABLES[name].closed:
        assert column in TABLES[name].schema.names
        assert len(set(values)) == len(values)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_bands_that_do_not_fit_the_permutations_are_refused() -> None:
    with pytest.raises(ValueError, match="32 × 5 is not 128"):
        Settings(band_rows=5)


def test_settings_come_from_the_environment_and_arguments_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCLAIMS_MIN_WORDS", "7")
    assert Settings().min_words == 7
    assert Settings(min_words=9).min_words == 9


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="min_wrods"):
        Settings(min_wrods=3)  # type: ignore[call-arg]
