# Two commands for a fresh machine:
#   make review            set everything up and review the bundled example (DIR=path reviews another workspace,
#                          AGENT=1 prints the event stream)
#   make test              set everything up and run all tests
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Compiled tests are kept: each process that runs tests would compile all of them anew.
unexport PYTHONDONTWRITEBYTECODE


.PHONY: review test test-cases test-llama-server test-vllm fuzz kill setup lint schemas docs docs-reference lock bench clean

$(VENV)/.installed: pyproject.toml requirements-dev.lock
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "reviewer needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

setup: $(VENV)/.installed

review: setup
	@$(BIN)/python examples/try_it.py $(if $(AGENT),--agent) $(DIR)

test: setup
	$(BIN)/python -m pytest -n 4 --dist loadfile

# The tests of the evaluation cases in examples/evals: with and without the defect, in six languages.
test-cases: setup
	$(BIN)/python -m pytest -n 2 -m cases tests/lab/evals

# What `serve start` makes of llama-server, against a real one with the bundled model (220 MB of packages, on the CPU).
test-llama-server: setup
	tests/llama_server/run.sh

# The same client, server management and pipeline against a real vLLM with a tiny Gemma 4 (3 GB of packages, on the CPU).
test-vllm: setup
	tests/vllm/run.sh

# Minutes, with figures: what git reads of damaged patches is read alike or refused (COUNT=20000 SEED=7: other ones).
fuzz: setup
	$(BIN)/python tests/fuzz/patches.py $(or $(COUNT),20000) $(or $(SEED),1)
	$(BIN)/python tests/fuzz/replies.py $(or $(COUNT),14000) $(or $(SEED),1)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs 3 --output-sync mypy-linux mypy-darwin mypy-win32

mypy-%:
	$(BIN)/mypy --platform $* --cache-dir .mypy_cache/$*

schemas: setup
	@for name in $$($(BIN)/python -c 'from reviewer.cli.schema import NAMES; print(*NAMES)'); do \
	  $(BIN)/reviewer schema $$name --write schemas; done

# Runs the commands that the pages show, follows the recipes, and builds the site into site/: broken links fail, and so
# does anything that would be loaded from elsewhere.
docs: setup $(VENV)/.docs
	$(BIN)/python -m pytest -n 2 -m docs tests/docs
	$(BIN)/zensical build --clean --strict
	$(BIN)/python tests/docs/check_site.py site

$(VENV)/.docs: requirements-docs.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --requirement requirements-docs.lock
	@touch $@

# The pages and tables of docs/ and README.md that are made from the code.
docs-reference: setup
	PYTHONPATH=tests $(BIN)/python -m support.reference

lock:
	$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-header --generate-hashes \
	  --extra embedded --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-header --generate-hashes \
	  --constraint requirements-dev.lock --group docs -o requirements-docs.lock

# Kills reviews, fixes, undos and decisions at random moments, and counts what is lost (a second or two each).
kill: setup
	$(BIN)/python tests/fuzz/kill.py $(or $(COUNT),300) $(or $(SEED),1)

bench: setup
	$(BIN)/python tests/benchmarks/large_change.py
	$(BIN)/python tests/benchmarks/analyzers_speed.py
	$(BIN)/python tests/benchmarks/context_recall.py
	$(BIN)/python tests/benchmarks/passes.py
	$(BIN)/python tests/benchmarks/precision.py
	$(BIN)/python tests/benchmarks/worst_cases.py
	$(BIN)/python tests/benchmarks/scale.py
	$(BIN)/python tests/benchmarks/patterns.py

clean:
	rm -rf $(VENV) site .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
