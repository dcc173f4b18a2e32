"""What the package offers is there, and is loaded no sooner than it is asked for."""

import subprocess
import sys

import pytest

from pipeline import dedup


@pytest.mark.parametrize("name", dedup.__all__)
def test_every_name_that_is_offered_leads_somewhere(name: str) -> None:
    assert callable(getattr(dedup, name))


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'find_everything'"):
        _ = dedup.find_everything


def test_comparing_one_file_loads_neither_origins_nor_settings() -> None:
    program = "import sys, pipeline.dedup.corpus; print({'pydantic', 'pipeline.dedup.origins'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"
