"""Whatever the text, the whole chain runs over it: no exception, and every stored span gives its text."""

from __future__ import annotations

import csv
import datetime
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.chain import run_chain
from pipeline.invariants import check_table
from pipeline.lake import Lake
from pipeline.settings import Settings
from pipeline.tables import PUBLISHED

NOON = datetime.datetime(2031, 10, 1, 12, tzinfo=datetime.UTC)
PLAIN = (
    "The ferry union said on Monday that the night crossings would stop. "
    '"We have asked for crews, and got promises," said Ada Berg, its speaker. Norland Lines denied the claim. '
)
HOSTILE = {
    "one line": PLAIN * 40,
    "a hundred thousand characters without a space": "harbour," * 12_500,
    "ten thousand quotation marks": '"' * 10_000,
    "opening quotation marks": "“" * 1000,
    "quoted words": "“harbour” ‘Berg’ " * 100,
    "unbalanced quotes": '“The pier, said Berg. "It is shut, she said. ‘No’” ' * 40,
    "apostrophes": "the crews' boats' nets' " * 60,
    "deep brackets": "(" * 1000 + "Berg" + ")" * 1000,
    "brackets and names": "(Berg [Norland (Halm " * 60,
    "one word": "harbour " * 600,
    "one name": "Berg " * 400,
    "one cue": "said " * 400,
    "relays": "according to Berg " * 100,
    "right to left": "قال الوزير إن الميناء مفتوح \u202eBerg said no\u202c " * 40,
    "without word breaks": "港口开放" * 300,
    "emoji": "👩\u200d👩\u200d👧🏽🇳🇴 said Berg " * 50,
    "combining marks": "Be\u0301\u0302\u0303rg sa\u0308id no. " * 50,
    "control characters": "Berg\x01 said\x0b the\x1f pier\x7f is\x85 shut.\u2028" * 50,
    "escapes": r"\ud83d \u0000 &#0; %00 <script> said Berg " * 50,
    "non-characters": "Berg said \ufffe\uffff\U0010ffff no. " * 50,
    "line ends": "Berg said\r\n\n\rno.\n\t\n" * 60,
    "rows of stops": "." * 1000 + " Berg said " + "…" * 1000,
}
WORDS = (
    "Ada_Berg Berg Norland the_union she they said denied according_to claims that told_reporters of and not 42 U.S. By"
)
MARKS = "“ ” \" ‘ ’ ' '' ( ) [ : ; , . — - … \u200b \u202e \ufeff e\u0301 港口 قال \x00 \x1c \\ud83d <p> &amp; # *"
TELLING = [
    *(word.replace("_", " ") for word in WORDS.split()),
    *MARKS.split(" "),
    "\n",
    "\n\n",
    "the pier is shut",
    "http://halm.example/a",
]
JUMBLES = st.lists(st.one_of(st.sampled_from(TELLING), st.text(max_size=8)), max_size=60)


def run_over(texts: list[str], folder: Path) -> list[str]:
    """Run the chain over articles that hold these texts, all of them tagged; what the checks complain of."""
    sources = folder / "sources"
    sources.mkdir()
    with (sources / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "language"])
        for number, text in enumerate(texts):
            (sources / f"{number}.txt").write_bytes(f"{PLAIN}\n\n{text}\n\n{PLAIN}".encode(errors="replace"))
            rows.writerow([f"{number}.txt", "en"])
    # A file of control characters is no text: it may land in quarantine, even where it is the only one.
    chosen = Settings(
        sources=sources, data=folder / "data", overrides=folder / "none", workers=1, max_quarantine_share=1
    )
    lake = Lake(chosen.data)
    with lake.locked(1):
        run_chain(lake, chosen, NOON)
    assert lake.required_head("articles").rows + lake.required_head("quarantine").rows == len(texts)
    outcomes = [outcome for table in PUBLISHED for outcome in check_table(lake, table, chosen)]
    return [problem for outcome in outcomes for problem in outcome.problems]


@pytest.fixture(scope="session")
def problems_by_shape(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every shape in one corpus, so that stages over all articles meet them side by side."""
    return run_over(list(HOSTILE.values()), tmp_path_factory.mktemp("hostile"))


def test_hostile_shapes_run_through_the_chain_and_pass_its_checks(problems_by_shape: list[str]) -> None:
    assert problems_by_shape == []


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(JUMBLES, min_size=1, max_size=6))
def test_any_jumble_of_words_and_marks_runs_through_the_chain(jumbles: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert run_over([" ".join(jumble) for jumble in jumbles], Path(folder)) == []


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=300), min_size=1, max_size=6))
def test_any_text_runs_through_the_chain(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert run_over(texts, Path(folder)) == []
