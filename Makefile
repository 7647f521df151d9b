# Two commands matter: `make demo` (the real bot, no token needed) and `make test` (every check).
.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint types pytest screenshots bench bench-load fuzz soak lock image clean

# The newest Python of 3.11 or later on this machine; override with `make PYTHON=/path/to/python3`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(READY) ## create .venv with every pinned dependency

$(READY): requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Nazh Engine needs Python 3.11 or newer; none was found on PATH."; exit 78; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"; exit 78; }
	@echo "Installing pinned dependencies into $(VENV) (once) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $(READY)

demo: $(READY) ## the real bot in a simulated Discord, in your browser: no token needed
	@exec $(BIN)/python demo.py

run: $(READY) ## the bot itself, with the settings in .env
	@exec $(BIN)/python main.py

test: lint types pytest ## every check

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

pytest: $(READY)
	$(BIN)/pytest -n auto

bench: benchmarks/.venv/.ready $(READY) ## the engine beside its peers, and what watching costs; into benchmarks/README.md
	benchmarks/.venv/bin/python benchmarks/engine.py --write
	$(BIN)/python -m benchmarks.sidecar --write

benchmarks/.venv/.ready: benchmarks/requirements.txt benchmarks/package.json
	@test -x benchmarks/.venv/bin/python || $(PYTHON) -m venv benchmarks/.venv
	@benchmarks/.venv/bin/python -m pip install -qq --disable-pip-version-check -r benchmarks/requirements.txt
	@if command -v npm >/dev/null; then npm --prefix benchmarks install --silent --no-package-lock --no-audit --no-fund; fi
	@touch $@

fuzz: build/fuzz-venv/.ready ## a minute of random bytes against the engine (FUZZ_SECONDS=60)
	build/fuzz-venv/bin/python tests/dice/fuzz.py -max_total_time=$(or $(FUZZ_SECONDS),60) -max_len=1200 \
		-artifact_prefix=build/ build/fuzz tests/dice/corpus

build/fuzz-venv/.ready: benchmarks/requirements-fuzz.txt
	@mkdir -p build/fuzz
	@test -x build/fuzz-venv/bin/python || $(PYTHON) -m venv build/fuzz-venv
	@build/fuzz-venv/bin/python -m pip install -qq --disable-pip-version-check -r benchmarks/requirements-fuzz.txt
	@touch $@

screenshots: $(READY) ## the pictures in docs/images, taken of the running bot (ten minutes of play)
	$(BIN)/python -m tests.browser.screenshots

lock: $(READY) ## pin requirements anew from the .in files
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" requirements-dev.in -c requirements.txt -o requirements-dev.txt

image: ## build the container image and smoke-test it (ENGINE=docker|podman|buildah, BASE=another base image)
	@exec $(PYTHON) deploy/image.py $(if $(ENGINE),--engine $(ENGINE)) $(if $(BASE),--base $(BASE))

soak: $(READY) ## the bot under random faults for SOAK_SECONDS (600): nothing lost, doubled or leaked
	$(BIN)/python -m benchmarks.soak

bench-load: $(READY) ## the bot under load, beside bare echo bots (ROUNDS=3)
	@exec $(BIN)/python -m benchmarks.load --rounds $(or $(ROUNDS),3)

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build
