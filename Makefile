# Everything runs in .venv, which is made here from the hash-locked requirements. Needs Python 3.11, pip and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
WORKERS ?= 2
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo score test check bench docs fuzz trial protect mutate test-real lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

demo: .venv/.runtime-installed  ## set up and run the monthly job on sample_data/, into demo/
	rm -rf demo
	$(BIN)/lift demo

# Files go out in their own order, property tests and whole runs first and the many small ones last: sorted by their number
# of tests, the heaviest would begin when the others end.
test: .venv/.dev-installed  ## set up and run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: .venv/.dev-installed  ## style, types, direction of imports, and that generated docs are current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m lift.cli.docs --check

score: .venv/.runtime-installed  ## invent a city, run it and compare the run with the truth
	$(BIN)/python -m score

bench: .venv/.dev-installed  ## speed, as ratios within one run
	$(BIN)/python -m benchmarks

docs: .venv/.dev-installed  ## write the generated pages of docs/
	$(BIN)/python -m lift.cli.docs

fuzz: .venv/.dev-installed  ## the property tests, 100,000 fresh cases each
	LIFT_FUZZ_CASES=$${LIFT_FUZZ_CASES:-100000} $(BIN)/python -m pytest tests/properties -p no:xdist

trial: .venv/.dev-installed  ## every example of every rule on both engines, and each fact of them forgotten once
	$(BIN)/lift rules test

protect: .venv/.dev-installed  ## 1,000 small cities in which some must not be contacted: nobody of them in any file
	LIFT_CITIES=$${LIFT_CITIES:-1000} $(BIN)/python -m pytest tests/properties/test_protection.py -p no:xdist

mutate: .venv/.dev-installed  ## one mistake at a time in the rules: what share do their own examples notice?
	$(BIN)/python -m mutate

test-real: .venv/.dev-installed  ## tests that need LibreOffice or a browser
	@$(BIN)/python -m pytest -m real; status=$$?; \
	if [ $$status -eq 5 ]; then echo "No test needs LibreOffice or a browser yet."; exit 0; fi; exit $$status

# A lock file carries names, versions and hashes: no address, no path, nothing of the machine that made it.
LOCK_LINE := ^([a-z0-9.-]+==[^ /]+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?|\#[^/]*|)$$$$
COMPILE := $(BIN)/python -m piptools compile pyproject.toml --quiet --generate-hashes --allow-unsafe --strip-extras \
	--build-deps-for editable --extra windows --no-annotate --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: .venv/.dev-installed  ## choose versions anew and write requirements*.txt
	$(COMPILE) --upgrade --extra dev --output-file requirements-dev.txt
	$(COMPILE) --upgrade --constraint requirements-dev.txt --output-file requirements.txt
	@if grep -nvE '$(LOCK_LINE)' requirements.txt requirements-dev.txt; then \
		echo "The lines above say more than a version and its hashes; take them out." >&2; exit 1; fi

clean:  ## remove what can be made again, .venv and demo/ too
	rm -rf .venv demo dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 was not found. Install it, or say where it is: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than 3.11 or lacks venv (Debian: apt install python3.11-venv)." >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	@touch $@

.venv/.runtime-installed: requirements.txt pyproject.toml | .venv/.made
	@echo "Installing what $< names, into .venv …"
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev-installed: requirements-dev.txt pyproject.toml | .venv/.made
	@echo "Installing what $< names, into .venv …"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ .venv/.runtime-installed
