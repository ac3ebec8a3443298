# Every target makes the virtual environment it needs; `make demo` and `make test` are all the set-up there is.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test test-long programs lint types docs bench-quick bench bench-mapped bench-hashers bench-hashing peers pythons pins clean

help:
	@echo "make demo         run the flights pipeline three times: work, no work, only what changed"
	@echo "make test         format, lint, import contracts, types, tests, docs (about 5 minutes)"
	@echo "make test-long    the tests that take minutes each"
	@echo "make programs     run the programs written for Prefect by the real Prefect, too"
	@echo "make lint types docs    one part of it"
	@echo "make bench-quick  the budgets beside the peers in under a minute; make bench: more repetitions"
	@echo "make bench-mapped maps of 10,000 tasks: time and memory for each, beside Prefect and Dask"
	@echo "make bench-hashers  the corpus of values against the hashers of other tools"
	@echo "make bench-hashing  the speed of hashing large arrays and tables, beside BLAKE3, joblib and Dask"
	@echo "make pythons      environments of all minor versions that are installed: digests are then compared across them, too"
	@echo "make pins         raise the pinned versions of requirements/dev.txt"

.venv/.ready: pyproject.toml requirements/dev.txt requirements/torch.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Recoup needs Python 3.11 or newer: make PYTHON=python3.11 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --requirement requirements/dev.txt --editable .
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --retries 1 --requirement requirements/torch.txt
	touch $@

demo: .venv/.ready
	$(BIN)/python examples/flights/demo.py

test: lint types
	$(BIN)/python -m pytest -n 2 -m "not long" tests

test-long: .venv/.ready
	$(BIN)/python -m pytest -n 2 tests

programs: peers
	$(BIN)/python -m pytest tests/behaviour/test_prefect_programs.py tests/docs/test_migrating.py

lint: .venv/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: .venv/.ready
	$(BIN)/mypy
	$(BIN)/basedpyright

docs: .venv/.ready
	$(BIN)/python -m pytest tests/docs

bench-quick: peers
	$(BIN)/python -m benchmarks --quick

bench: peers
	$(BIN)/python -m benchmarks --publish

bench-mapped: peers
	$(BIN)/python -m benchmarks.mapped --publish

bench-hashers: .venv/.ready
	$(BIN)/python -m benchmarks.hashers --check --publish

bench-hashing: .venv/.ready
	$(BIN)/python -W ignore -m benchmarks.hashing --publish

peers: .venv/.ready
	$(BIN)/python -m benchmarks.peers_env

pythons: .venv/.ready
	for version in 3.11 3.12 3.13; do \
		python=$$(ls -d $${PYENV_ROOT:-$$HOME/.pyenv}/versions/$$version.*/bin/python 2> /dev/null | tail -1); \
		$(BIN)/uv venv --quiet --allow-existing --python $${python:-$$version} .venv-$$version 2> /dev/null || continue; \
		$(BIN)/uv pip install --quiet --python .venv-$$version/bin/python --editable . || exit 1; done

pins: .venv/.ready
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header --no-emit-index-url \
		--group dev --extra flights pyproject.toml --output-file requirements/dev.txt

clean:
	rm -rf .venv .venv-* .mypy_cache .pytest_cache .ruff_cache .hypothesis
