# Two commands matter: `make run` opens the whole office on this machine, `make test` checks all that must hold.
# Both set themselves up: system packages, a virtual environment, the locked Python packages.

VENV := .venv
BIN := $(VENV)/bin
# What is compiled is kept, whatever this machine's habit: else each program that a test starts compiles all of ours again.
export PYTHONDONTWRITEBYTECODE :=
CODE := broker counter display hardware kiosk tests

.PHONY: run test property compiled checked-types checked-style checked-format checked-layers checked-config fmt bench soak chaos pictures tables icons
.PHONY: wheel-test deb postgres-test fuzz sbom audit i18n lock setup scripts clean

run: setup
	@$(BIN)/antrean up

# Tests of true processes wait for a third of their time: three of them keep two cores busy.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 3 / 2)

# First what takes seconds, side by side and each to its end, so that all that is wrong there is said at once.
# What the screens need for the words of config.yaml is not asked here: a test lays out every page of each of them.
# The order is that of `tests/conftest.py`: pytest-xdist would begin with the files of most tests, which are the quickest.
test: setup scripts
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target compiled $(addprefix checked-,types style format layers config)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# The tests of a fresh clone, once for all workers, while types are checked. What cannot be gathered is told by the run itself.
compiled:
	@ls tests/unit/domain/__pycache__/*pytest* >/dev/null 2>&1 || $(BIN)/pytest --collect-only --quiet >/dev/null 2>&1 || true

# Properties with thirty times as many examples, in each run by others. Half an hour.
property: setup
	HYPOTHESIS_PROFILE=night $(BIN)/pytest -n $(WORKERS) --timeout 3600 $$(grep -rlE 'hypothesis' tests --include='test_*.py')

checked-types:
	$(BIN)/mypy

checked-style:
	$(BIN)/ruff check .

checked-format:
	$(BIN)/ruff format --check .

checked-layers:
	$(BIN)/lint-imports

checked-config:
	$(BIN)/antrean check-config --no-layout config.yaml

fmt: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# As an office installs it: the wheel and all that it needs, fetched into an environment of its own. Some minutes.
wheel-test: setup
	sh tests/wheel_test.sh $(abspath $(BIN))/python

# A Debian package for the release that this is run on, in dist/. `make deb VERSION=0.2.0~rc1` names another version.
deb: setup
	sh .ci/deb $(VENV) $(VERSION)

bench: setup
	$(BIN)/python -m tests.bench docs/benchmarks.md

# Does anything grow? `make soak MINUTES=60` for a longer day: docs/benchmarks.md.
soak: setup
	$(BIN)/python -m tests.bench.soak $(MINUTES)

# A million hostile payloads, seeded; what is found goes into tests/fuzz/corpus.json. Some minutes.
fuzz: setup
	$(BIN)/python -m tests.fuzz --count $(or $(COUNT),1000000) --seed $(or $(SEED),1)

# The store on a real PostgreSQL, which is installed for it (190 MB). `make test` does the same where it is installed.
postgres-test: setup
	@sh .ci/setup $(VENV) postgres
	ANTREAN_TEST_POSTGRES=required $(BIN)/pytest tests/e2e/test_postgres.py

# What the product is made of, as CycloneDX.
sbom: setup
	$(BIN)/python -m tests.sbom build/sbom.json

# Known holes in what is locked. Asks the index and its advisories: not a part of `make test`, which works offline.
audit: setup
	$(BIN)/python -m pip_audit --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/python -m pip_audit --requirement requirements.lock --require-hashes --disable-pip

# What breaks: processes, lines, disk, clocks, database, at random but the same again. `make chaos ROUNDS=1000 SEED=7`: docs/reliability.md.
chaos: setup
	$(BIN)/python -m tests.chaos --rounds $(or $(ROUNDS),300) --seed $(or $(SEED),1)

# Three minutes for the README's, then six for the contact sheet. More of it: `python -m tests.contact_sheet --help`.
pictures: setup scripts
	$(BIN)/python -m tests.pictures docs/images
	$(BIN)/python -m tests.contact_sheet build/pictures

tables: setup
	$(BIN)/python -m tests.tables docs/commands.md
	$(BIN)/python -m tests.printer_faults docs/hardware.md
	$(BIN)/python -m tests.figures_table docs/supervisor.md

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml .ci/setup
	@sh .ci/setup $(VENV)
	@touch $@

# What the source says, into the catalogues; `make i18n LANGUAGES=th` begins a new one: docs/languages.md.
i18n: setup
	$(BIN)/python -m tests.messages $(LANGUAGES)

# Fonts of other scripts, for tests and pictures, and for an office that lists such a language.
scripts: $(VENV)/.scripts

$(VENV)/.scripts: $(VENV)/.ready
	@sh .ci/setup $(VENV) scripts
	@touch $@

icons: setup
	@sh .ci/icons $(VENV)

lock: setup
	$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --upgrade --all-extras --group dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
