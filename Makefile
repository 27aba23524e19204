# The one door. `make` alone prints what there is.
#
# Needs make and Python 3.11 or newer; everything else goes into .venv, with the versions of
# constraints.txt. Another interpreter: make test PYTHON=python3.12

PYTHON   ?= python3
VENV     ?= .venv
JOBS     ?= 2
SCENARIO ?= scenarios/byd.yaml
ARGS     ?=
COVERING := tests/model tests/engine tests/oracle tests/scenario tests/golden/test_fingerprints.py

ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
PY  := $(BIN)/python.exe
else
BIN := $(VENV)/bin
PY  := $(BIN)/python
endif

# A stamp says what is installed. It carries a checksum of this folder's path, because an editable
# install points to the folder it was made in: a moved or copied clone installs again.
HERE := $(shell printf '%s' '$(CURDIR)' | cksum | cut -d' ' -f1)
BASE := $(VENV)/.installed-$(HERE)
DEV  := $(VENV)/.installed-dev-$(HERE)
MUT  := $(VENV)/.installed-mutation-$(HERE)
PEER := $(VENV)/.installed-peers-$(HERE)
RIVALS := .venv-bench/.installed-$(HERE)
PIP  := $(PY) -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test quick nightly verify coverage mutants check format bench docs reference build clean

help: ## print this list
	@echo 'make <target>   (PYTHON=$(PYTHON)  JOBS=$(JOBS)  SCENARIO=$(SCENARIO)  ARGS=...)'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

run: $(BASE) ## simulate SCENARIO, print the comparison
	$(BIN)/chainsim run $(SCENARIO) $(ARGS)

test: $(DEV) ## run the tests
	$(PY) -m pytest -n $(JOBS) $(ARGS)

quick: $(DEV) ## run the tests of tests/quick.txt, the most sensitive ones, in one process
	HYPOTHESIS_PROFILE=quick $(PY) -m pytest -x -p no:xdist @tests/quick.txt $(ARGS)

nightly: $(PEER) ## run all tests with many more examples, those against peers, 2,000 random networks, the gallery
	HYPOTHESIS_PROFILE=nightly $(PY) -m pytest -n $(JOBS) -m "nightly or not nightly" $(ARGS)
	$(BIN)/chainsim fuzz --seed 0 --count 2000 -j $(JOBS)
	$(BIN)/chainsim verify-model -j $(JOBS)

verify: $(BASE) ## the textbook gallery: simulated against theory
	$(BIN)/chainsim verify-model -j $(JOBS) $(ARGS)

coverage: $(DEV) ## say which lines and branches of model/ and engine/ no test reaches
	$(PY) -m coverage run -m pytest -q -p no:xdist $(COVERING) $(ARGS)
	$(PY) -m coverage report

mutants: $(MUT) ## try 200 random mutants of model/ and engine/ on the quick tests (takes half an hour)
	$(PY) tools/mutants.py --jobs $(JOBS) $(ARGS)

check: $(DEV) ## lint, formatting, types, layers
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command as main; main()'

format: $(DEV) ## reformat, and repair what the linter can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(DEV) $(RIVALS) ## the same work here, elsewhere and by hand, into docs/benchmarks.md; ARGS="a b c d e f"
	$(PY) -m benchmarks.run $(ARGS)

docs: $(DEV) ## write reference pages and figures anew, build the site into site/
	$(PY) tools/reference.py
	$(PY) tools/figures.py
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet

reference: $(DEV) ## refresh golden files and reference tables (then say why in CHANGELOG.md)
	$(PY) -m pytest tests/golden --refresh $(ARGS)

build: $(DEV) ## build sdist and wheel into dist/
	$(PY) -m build

clean: ## remove .venv, caches and build output; results/ stays
	rm -rf $(VENV) .venv-bench dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .benchmarks \
		.hypothesis .coverage site
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------ environment

$(PY):
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "chainsim needs Python 3.11 or newer; '$(PYTHON)' was not found." >&2; \
		echo "hint: install it, or name one: make PYTHON=python3.12 <target>" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "chainsim needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "hint: name a newer one: make PYTHON=python3.12 <target>" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make a virtual environment: its venv or ensurepip module is missing." >&2; \
		echo "hint: on Debian and Ubuntu, install the package python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

$(BASE): pyproject.toml constraints.txt | $(PY)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[fast]'
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(PY)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(BASE) $@

$(MUT): pyproject.toml constraints.txt | $(PY)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev,mutation]'
	@touch $(BASE) $(DEV) $@

# Other authors' programs: what they need does not go together with what the tests run with.
$(RIVALS): pyproject.toml benchmarks/constraints.txt | $(PY)
	$(PYTHON) -m venv --clear .venv-bench
	$(dir $(RIVALS))$(if $(filter Windows_NT,$(OS)),Scripts/python.exe,bin/python) -m pip install --quiet \
		--disable-pip-version-check --no-input --constraint benchmarks/constraints.txt \
		$$($(PY) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["bench"])')
	@touch $@

$(PEER): pyproject.toml constraints.txt | $(PY)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev,peers]'
	@touch $(BASE) $(DEV) $@
