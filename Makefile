# Sightline: what developers type. `make demo` and `make test` work in a fresh clone with Python 3.11+, git and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
JOBS   ?= auto

.PHONY: demo test campaign check lint types imports lock redmine mspdi bench wheel docs clean help crash-campaign leadtimes leak-campaign

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

$(VENV)/.ready: requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Sightline needs Python 3.11 or newer; this is %s" % sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(VENV)/.ready  ## a made-up consultancy, collected over real HTTP: portfolio and client reports in ./demo
	$(BIN)/sightline demo --dir demo

test: $(VENV)/.ready  ## all tests
	$(BIN)/python -m pytest -n $(JOBS)

HISTORIES ?= 10000
SEED ?= 1

campaign: $(VENV)/.ready  ## the master property on 10,000 random histories (HISTORIES=n SEED=n); table in campaign.md
	SIGHTLINE_HISTORIES=$(HISTORIES) SIGHTLINE_SEED=$(SEED) SIGHTLINE_CAMPAIGN_REPORT=campaign.md \
	  $(BIN)/python -m pytest -n 0 -s tests/faults/test_master.py

check: lint types imports test  ## lint, types, imports, tests

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready
	$(BIN)/mypy core/sightline $(wildcard plugins/*/sightline_*)

imports: $(VENV)/.ready
	$(BIN)/lint-imports --no-cache

# `all` refers to the project itself, which is not part of its own lock: the last line takes it out again.
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	--strip-extras --allow-unsafe --no-header --no-annotate --resolver=backtracking $(LOCK_FLAGS)

lock: $(VENV)/.ready  ## pin every dependency (hashed, without a host); LOCK_FLAGS=--upgrade takes the newest
	$(LOCK) -o requirements.txt pyproject.toml
	$(LOCK) -o requirements-dev.txt --extra all --extra dev pyproject.toml
	sed -i -e '/^sightline @ /d' -e '/^# WARNING: /d' -e '/^# Consider /d' requirements-dev.txt

redmine: $(VENV)/.ready  ## the Redmine connector against a real Redmine on loopback (root and apt, once)
	SIGHTLINE_REDMINE="$$(tests/plugins/redmine/real-redmine.sh reset)" $(BIN)/python -m pytest -q -n 0 tests/plugins/redmine/test_real.py; \
		code=$$?; tests/plugins/redmine/real-redmine.sh stop; exit $$code

MPXJ := $(VENV)-mpxj

mspdi: $(VENV)/.ready  ## project files as we read them, beside what mpxj reads in them (Java; mpxj in an environment of its own)
	test -x $(MPXJ)/bin/python || ($(PYTHON) -m venv $(MPXJ) && $(MPXJ)/bin/python -m pip install --quiet mpxj jpype1)
	$(MPXJ)/bin/python tests/planfiles/second_reader.py tests/planfiles/files > $(MPXJ)/read.json
	SIGHTLINE_MPXJ=$(CURDIR)/$(MPXJ)/read.json $(BIN)/python -m pytest -q -n 0 tests/planfiles

bench: $(VENV)/.ready  ## speed, as ratios measured in one run
	$(BIN)/python bench/run.py

leadtimes: $(VENV)/.ready  ## how many days before a slip was to be seen the first warning stood, in the demo's history
	$(BIN)/python bench/lead_times.py

KILLS ?= 200
RACES ?= 1000

crash-campaign: $(VENV)/.ready  ## kill -9 at random points, KILLS a connector, and RACES for one rotating token; SEED=… repeats one
	SIGHTLINE_KILLS=$(KILLS) SIGHTLINE_RACES=$(RACES) $(if $(SEED),SIGHTLINE_SEED=$(SEED)) SIGHTLINE_KILL_TABLE=$(CURDIR)/crash-campaign.jsonl \
		$(BIN)/python -m pytest -n $(JOBS) --timeout 14400 tests/faults_local/test_crash.py tests/faults_local/test_d_auth.py
	cat crash-campaign.jsonl

OUTPUTS ?= 1000

leak-campaign: $(VENV)/.ready  ## OUTPUTS generated client documents full of canaries, every byte searched; SEED=n repeats one
	SIGHTLINE_LEAK_OUTPUTS=$(OUTPUTS) SIGHTLINE_SEED=$(SEED) $(BIN)/python -m pytest -n 0 -s --timeout 3600 tests/app/test_report_leaks.py -k generated

wheel: $(VENV)/.ready  ## dist/sightline-*.whl
	$(BIN)/python -m hatchling build -t wheel

docs: $(VENV)/.ready  ## rewrite what the documentation takes from the code
	$(BIN)/python -c 'import sys; sys.path.insert(0, "tests"); from docs import pages; pages.write()'

clean:
	rm -rf dist build demo
