"""Bad parameters are named before any work, wherever they come from."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.dedup.corpus import find_copies
from pipeline.parameters import CopyParameters
from pipeline.settings import Settings


@pytest.mark.parametrize("name", ["jaccard_threshold", "containment_threshold"])
@pytest.mark.parametrize("value", [0, -0.1, 1.01, 70])
def test_a_threshold_outside_0_to_1_is_refused(name: str, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=rf"{name} .* must be above 0 and at most 1, not {value}"):
        CopyParameters(**given)
    with pytest.raises(ValueError, match=rf"{name} .* must be above 0 and at most 1, not {value}"):
        Settings.model_validate(given)
    monkeypatch.setenv(f"NEWSCLAIMS_{name.upper()}", str(value))
    with pytest.raises(ValueError, match=name):
        Settings()


@pytest.mark.parametrize(
    "shape",
    [{"bands": 16}, {"band_rows": 5}, {"num_perm": 64}, {"bands": 0}, {"band_rows": -4, "bands": -32}, {"num_perm": 0}],
)
def test_bands_times_rows_must_be_the_permutations(shape: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"BANDS\) × .*BAND_ROWS\) must be .*NUM_PERM|a whole number above 0, not"):
        Settings.model_validate(shape)
    Settings(num_perm=64, bands=16, band_rows=4)


@pytest.mark.parametrize("given", [{"min_shingles": 0}, {"min_shingles": 2.5}, {"workers": 0}, {"no_such": 1}])
def test_other_values_that_make_no_sense_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        Settings.model_validate(given)


@pytest.mark.parametrize("given", [{"bands": 0}, {"min_shingles": 2.5}, {"num_perm": "128"}, {"jaccard_threshold": ""}])
def test_parameters_given_in_python_are_checked_as_well(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=rf"{next(iter(given))} .*, not {next(iter(given.values()))!r}"):
        CopyParameters(**given)


def test_keywords_win_over_the_environment_and_it_over_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCLAIMS_MIN_SHINGLES", "31")
    monkeypatch.setenv("newsclaims_languages", "en, de")
    monkeypatch.setenv("NEWSCLAIMS_NO_SUCH", "ignored, for it may belong to something else")
    assert Settings().min_shingles == 31
    assert Settings().languages == ("en", "de")
    assert Settings(min_shingles=7).min_shingles == 7
    assert Settings().jaccard_threshold == 0.7


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        find_copies(tmp_path / "nowhere.parquet", Settings(workers=1))
