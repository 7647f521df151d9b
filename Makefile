# Two commands matter: `make demo` (the real bot, no token needed) and `make test` (every check).
.DEFAULT_GOAL := help
.PHONY: help demo test run setup setup-demo setup-audit lint types pytest coverage screenshots bench bench-load fuzz soak lock \
	image audit sbom clean

# The first Python of 3.11 or later on this machine; override with `make PYTHON=/path/to/python3`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# Into a virtual environment, exactly what a lock names; nothing to do where it is there already.
SETUP = @PYTHON="$(or $(PYTHON),python3)" deploy/setup.sh
DEMO_LOCKS := requirements.txt requirements-demo.txt
VENV := .venv
BIN := $(VENV)/bin
AUDIT := build/audit-venv

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: setup-demo ## the real bot in a simulated Discord, in your browser: no token needed
	@exec $(BIN)/python demo.py

test: lint types pytest ## every check

run: setup-demo ## the bot itself, with the settings in .env
	@exec $(BIN)/python main.py

setup: ## .venv with everything the checks need
	$(SETUP) $(VENV) $(DEMO_LOCKS) requirements-dev.txt

setup-demo: ## .venv with what the bot and its demo need
	$(SETUP) $(VENV) $(DEMO_LOCKS)

lint: setup ## ruff: rules and format; import-linter: the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo --no-cache

types: setup ## mypy, strict
	$(BIN)/mypy

# How many tests run at once: twice the processors, because tests of processes and browsers wait more than they compute.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')

pytest: setup ## the test suite, on every core
	@# Python 3.12 and newer cannot run that pip; their venv brings a newer one.
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info >= (3, 12))'; then \
		PYTHON="$(or $(PYTHON),python3)" deploy/setup.sh build/oldest-pip tests/setup/oldest-pip.txt; fi
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

# Without the tests that count distributions or look for news: those take minutes, and reach no branch that these do not.
coverage: setup ## every branch of what reads and rolls, by the quick tests of the dice
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal tests/dice --ignore tests/dice/odds --ignore tests/dice/test_worst.py \
		-m "not hypothesis" -k "not distribution and not exact and not close and not breaks" \
		--cov=modules.dice.notation --cov=modules.dice.rolling --cov-branch \
		--cov-report=term-missing:skip-covered --cov-fail-under=100

bench: setup ## the engine beside its peers, and what watching costs; into benchmarks/README.md
	$(SETUP) benchmarks/.venv benchmarks/requirements.txt
	@if command -v npm >/dev/null; then npm --prefix benchmarks ci --silent --no-audit --no-fund; fi
	benchmarks/.venv/bin/python -m benchmarks.engine --write
	$(BIN)/python -m benchmarks.odds --write
	$(BIN)/python -m benchmarks.sidecar --write
	$(BIN)/python -m benchmarks.storage --write

bench-load: setup ## the bot under load, beside bare echo bots (ROUNDS=3)
	@exec $(BIN)/python -m benchmarks.load --rounds $(or $(ROUNDS),3)

fuzz: setup ## 10,000 new expressions against two libraries of odds; a minute of random bytes (FUZZ_SECONDS=60)
	ODDS_EXAMPLES=10000 $(BIN)/pytest -q tests/dice/odds/test_oracles.py
	$(SETUP) build/fuzz-venv benchmarks/requirements-fuzz.txt
	@mkdir -p build/fuzz
	build/fuzz-venv/bin/python tests/dice/fuzz.py -max_total_time=$(or $(FUZZ_SECONDS),60) -max_len=1200 \
		-artifact_prefix=build/ build/fuzz tests/dice/corpus

soak: setup ## the bot under random faults for SOAK_SECONDS (600): nothing lost, doubled or leaked
	$(BIN)/python -m benchmarks.soak

screenshots: setup ## the pictures in docs/images: each kind of answer, and the dashboard after a simulated day
	$(BIN)/python -m tests.browser.screenshots

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --emit-build-options --custom-compile-command "make lock"
lock: setup ## write the locks (*.txt) anew from what is asked for (*.in)
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-demo.in -c requirements.txt -o requirements-demo.txt
	$(COMPILE) requirements-dev.in -c requirements-demo.txt -o requirements-dev.txt
	$(COMPILE) requirements-audit.in -o requirements-audit.txt
	$(COMPILE) benchmarks/requirements.in -o benchmarks/requirements.txt
	$(COMPILE) benchmarks/requirements-fuzz.in -o benchmarks/requirements-fuzz.txt
	$(COMPILE) tests/setup/oldest-pip.in -o tests/setup/oldest-pip.txt

image: ## build the container image and smoke-test it (ENGINE=docker|podman|buildah, BASE=another base image)
	@exec $(PYTHON) deploy/image.py $(if $(ENGINE),--engine $(ENGINE)) $(if $(BASE),--base $(BASE))

setup-audit: ## build/audit-venv, for `audit` and `sbom`
	$(SETUP) $(AUDIT) requirements-audit.txt

audit: setup-audit ## known vulnerabilities in what is locked
	$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.txt
	$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements-dev.txt

sbom: setup-audit ## what the image installs, as CycloneDX, into build/sbom.cdx.json (PYTHON=the image's version)
	$(SETUP) build/image-venv requirements.txt
	@$(AUDIT)/bin/python -m pip --python build/image-venv/bin/python uninstall -qq --yes pip setuptools
	@$(AUDIT)/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--output-file build/sbom.cdx.json build/image-venv/bin/python

clean: ## remove every virtual environment and cache
	rm -rf $(VENV) benchmarks/.venv benchmarks/node_modules build .mypy_cache .ruff_cache .pytest_cache .hypothesis
