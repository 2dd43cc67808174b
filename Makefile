# `make help` lists what there is. Everything runs in .venv, which `make setup` makes.
SHELL := /bin/bash
# A name on PATH may be of a Python that isn't there (pyenv).
PYTHON ?= $(shell python3.11 -c "" 2>/dev/null && echo python3.11 || command -v python3)
PY := .venv/bin/python
# Twice two cores: tests wait about a fifth of their time, for processes that start and end.
WORKERS ?= 4
# Where they are set, every process of the sandbox's would compile its modules anew, and none would find this folder.
unexport PYTHONDONTWRITEBYTECODE PYTHONSAFEPATH

.DEFAULT_GOAL := help
.PHONY: help setup up sentinel-demo down incident shell test quick check format lock bench policy-bundle plugin reference

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make .venv, and build the Pulumi CLI once (minutes) if there is none
	@$(or $(PYTHON),$(error Python 3.11 or newer is needed and none is on PATH)) sandbox/setup.py

up: setup ## pulumi up of this project on the sandbox, then identity-center status
	@$(PY) -m sandbox run --end-with-parent --keep .sandbox -- sandbox/main-job.sh

sentinel-demo: setup ## Show a timeline: someone turns trusted access off, the Sentinel turns it on again
	@$(PY) -m sandbox.sentinel_demo

down: ## Delete the sandbox of `make up`, with its stack's configuration
	@rm -rf .sandbox Pulumi.sandbox.yaml

incident: setup ## Show the incident and what stops it, in 20 lines
	@$(PY) -m sandbox run --end-with-parent -- sandbox/incident.sh

shell: setup ## A shell in the sandbox of `make up`: pulumi and identity-center, without an AWS account
	@$(PY) -m sandbox run --end-with-parent --keep .sandbox -- sandbox/shell.sh

# Properties are tried on a fifth of `make test`'s examples (tests/conftest.py).
quick: setup ## The tests that start no engine
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal -m "not engine" --hypothesis-profile quick

# The engine's tests come first (tests/conftest.py), a few at a time for each worker: so none is left alone at the end.
test: setup ## All tests
	@$(PY) -m pytest -n $(WORKERS) --dist load --maxschedchunk 16

check: setup ## Format, lint, types, import contracts
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy components/pulumi_aws_identity_center policies sandbox tests benchmarks
	@PYTHONPATH=policies .venv/bin/lint-imports

format: setup ## Format, and fix what ruff can fix
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

lock: ## Pin every dependency again, from requirements.in
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" --all-extras requirements.in components/pyproject.toml -o requirements.txt

policy-bundle: setup ## Make dist/policy-pack, a policy pack that needs no repository
	@$(PY) policies/bundle.py dist/policy-pack

plugin: setup ## Make dist/pulumi-resource-…tar.gz, which `pulumi plugin install resource … --file` takes
	@$(PY) components/archive.py dist

reference: setup ## Write docs/reference.md from the plugin's schema
	@$(PY) components/reference.py

bench: setup ## Figures and ratios, as JSON
	@for file in benchmarks/*.py; do echo "== $$file" >&2; $(PY) $$file || exit 1; done
