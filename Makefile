# Every target sets up what it needs by itself; with nothing missing that takes no time.

PYTHON = .venv/bin/python
UV = $(or $(wildcard .venv/bin/uv),uv)
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate $(if $(UPGRADE),--upgrade) pyproject.toml

.PHONY: run test lint format bench pictures setup setup-dev lock

run: setup            ## open the window (without a screen: play the tour into tour/)
	@scripts/run.sh

test: setup-dev       ## run the tests
	@scripts/core.sh
	$(PYTHON) -m pytest

lint: setup-dev       ## style, types, walls between the packages
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

format: setup-dev     ## rewrite the sources in the one style
	$(PYTHON) -m ruff check --fix-only
	$(PYTHON) -m ruff format

bench: setup-dev      ## measure start, lookups, capture, serving, explaining, big files
	$(PYTHON) tests/benchmarks/start.py
	$(PYTHON) tests/benchmarks/lookup.py
	$(PYTHON) tests/benchmarks/hosts.py
	$(PYTHON) tests/benchmarks/nodejs.py
	$(PYTHON) tests/benchmarks/database.py
	$(PYTHON) tests/benchmarks/serve.py
	$(PYTHON) tests/benchmarks/journal.py
	$(PYTHON) tests/benchmarks/explain.py
	PYTHONPATH=. $(PYTHON) tests/benchmarks/gap.py
	PYTHONPATH=. $(PYTHON) tests/benchmarks/network.py
	PYTHONPATH=. $(PYTHON) tests/benchmarks/learn.py
	PYTHONPATH=. $(PYTHON) tests/benchmarks/har.py

pictures: setup-dev   ## take the pictures of docs/why-not-found.md anew
	$(PYTHON) scripts/pictures.py docs/pictures

setup:
	@scripts/setup.sh

setup-dev:
	@scripts/setup.sh --dev

lock:                 ## write the lock files anew (UPGRADE=1: newest versions); needs uv
	@command -v $(UV) >/dev/null || { echo "Needs uv: .venv/bin/pip install uv"; exit 1; }
	$(COMPILE) --output-file requirements.lock >/dev/null
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock >/dev/null
