# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp-dev
ARGS ?=

# The suite starts Python often; it must not compile everything anew each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo run doctor test check lint types layers bench requirements clean

$(STAMP): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || (echo "Handoff needs Python 3.11 to 3.13. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)  ## the whole product against a local sandbox workspace; no Slack account needed
	$(BIN)/handoff demo $(ARGS)

run: $(STAMP)  ## the product against Slack; see README for the tokens
	$(BIN)/handoff run $(ARGS)

doctor: $(STAMP)  ## what is missing for `make run`, and what to do
	$(BIN)/handoff doctor

test: $(STAMP)  ## all tests this machine can run; `make test ARGS="-k packet"` runs some
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

check: lint types layers  ## everything a change must pass, with branch coverage
	$(MAKE) test ARGS='-m "not untraced" -n 3 --cov --cov-report= $(ARGS)'
	$(MAKE) test ARGS='-m untraced -n 3 --dist load --maxschedchunk 1 $(ARGS)'
	$(BIN)/python -m coverage report --fail-under=99 --include='handoff/*,storage/*' --omit='storage/migrations/*' --skip-covered --skip-empty
	$(BIN)/python -m coverage report --fail-under=90 --include='bot/*' --skip-covered --skip-empty

$(VENV)/bench/.stamp: requirements-bench.txt $(STAMP)
	$(BIN)/python -m venv $(VENV)/bench
	$(VENV)/bench/bin/python -m pip install --quiet --require-hashes -r requirements-bench.txt
	@touch $@

bench: $(VENV)/bench/.stamp  ## the goals of performance against their peers; GOAL=P6 for one, QUICK=1 for a look
	PYTHONPATH=$$($(VENV)/bench/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
	  $(BIN)/python -m tests.benchmarks $(if $(GOAL),--goal $(GOAL)) $(if $(QUICK),--quick) $(ARGS)

requirements:  ## pin again, with hashes and without addresses
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --quiet \
	  pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --quiet \
	  pyproject.toml --group dev -c requirements.txt build-requirements.in -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --quiet \
	  --group bench -c requirements-dev.txt -o requirements-bench.txt

clean:
	rm -rf $(VENV) build .coverage* .hypothesis .ruff_cache .mypy_cache
