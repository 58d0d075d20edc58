# `make grade` grades the sample class, `make test` runs every test, `make attacks` the corpus of attacks on the sandbox.
# Each sets up what it needs in .venv first.

PYTHON ?= python3
BIN := .venv/bin
# In the order of their files: by default those of few tests come last, and they are the long ones.
PYTEST = $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

.PHONY: setup grade test test-beside test-others attacks lint bench pictures quality clean

setup: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Python 3.11 to 3.13 is needed; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' \
		|| { echo "this Python cannot make virtual environments (Debian: apt-get install python3-venv)"; exit 2; }
	@echo "setting up .venv (once, a minute or two)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

grade: setup
	@$(BIN)/grader grade $(GRADE_OPTIONS)

# A process beside the two has what mostly waits, for Slurm or for a browser, and measures nothing that another program could disturb;
# it says at its end what it has to say. With options there are but the two.
BESIDE := tests/cluster tests/report tests/cli tests/history

ifdef PYTEST_OPTIONS
test: setup
	@$(PYTEST) $(PYTEST_OPTIONS)
else
test: setup
	@$(MAKE) --no-print-directory --jobs 2 --keep-going test-beside test-others
endif

test-beside:
	@said=$$($(BIN)/python -m pytest $(BESIDE) 2>&1); code=$$?; echo "$$said"; exit $$code

test-others:
	@$(PYTEST) $(BESIDE:%=--ignore=%)

attacks: setup
	@$(BIN)/python -m tests.attacks.run $(ATTACKS_OPTIONS)

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup
	@$(BIN)/python -m benchmarks.harness

# Those of the README, from the sample class.
pictures: setup
	@$(BIN)/python -m benchmarks.pictures

# Half an hour, on a machine that does nothing else.
quality: setup
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@$(BIN)/python -m benchmarks.quality --out docs $(QUALITY_OPTIONS)

clean:
	rm -rf .venv results html .asv *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
