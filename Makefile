# Set-up, run, tests. Each target sets up what it needs; a second call installs nothing again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INSTANCE := .dagster/.ready
export DAGSTER_HOME := $(CURDIR)
# Numeric libraries start a thread for each core otherwise, on top of our worker processes.
export OMP_NUM_THREADS ?= 1

.PHONY: setup run ui test lint types acceptance docs lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"newsclaims needs Python 3.11 to 3.13, this is {v[0]}.{v[1]}: call make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Dagster's own tables are made once and alone: two first runs at the same moment would race for them.
$(INSTANCE): $(READY)
	@mkdir -p .dagster
	@$(BIN)/python -W ignore -m dagster instance migrate > .dagster/migrate.log
	@touch $@

run: setup $(INSTANCE)
	$(BIN)/python -W ignore -m dagster asset materialize --select '*' -m pipeline.definitions
	@$(BIN)/newsclaims summary

ui: setup $(INSTANCE)
	$(BIN)/dagster dev -w workspace.yaml

test: setup lint types
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

# The slow runs over whole folders; SOURCES names the folder with the articles.
acceptance: setup
	$(BIN)/python -m pytest -m slow

docs: setup
	$(BIN)/newsclaims dictionary > docs/data-dictionary.md

# For maintainers: pin all versions again (needs uv).
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-annotate --no-header --output-file requirements.lock

clean:
	rm -rf data .dagster .mypy_cache .pytest_cache .ruff_cache .hypothesis
