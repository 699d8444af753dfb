# Two commands do everything: `make run` starts the system on this machine, `make test` checks it.
# A machine needs git, make and any Python from 3.11 on; uv, Python 3.13 and all packages follow.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test storm lint types imports unit sam-validate transformed audit build deploy deploy-local test-deploy-local emulated-aws emulator sam sam-python sam-local clean bench-parse bench-ingest bench-search bench-cold bench-cost bench-growth simulate-growth screenshots ocr pooler browser drill-restore drill-upgrade

# A uv that works here, or one of our own: a pyenv shim may stand on the PATH and do nothing.
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo $(CURDIR)/.tools/bin/uv)
PYTHON ?= python3
export UV
# Nothing reports home from here.
export DO_NOT_TRACK := 1
export SAM_CLI_TELEMETRY := 0
# Whoever sets it has every process that tests start compile every library anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(CURDIR)/.tools/bin/uv:
	@echo "Installing uv into .tools"
	@$(PYTHON) -m venv .tools && .tools/bin/pip install --quiet --disable-pip-version-check uv \
	  || { echo "uv could not be installed: python3 with venv and pip is needed (Debian: apt-get install python3-venv)"; exit 1; }

setup: $(UV) ## install uv, Python and every package, and build the local embedding model
	@$(UV) sync --frozen --all-extras
	@$(UV) run --frozen python -m footnote.embedding.build_local_model

run: setup ## start the whole system on this machine, with a page to try it in
	@exec $(UV) run --frozen footnote up $(ARGS)

# The order of sets decides what Schemathesis draws: the same in every run. Tests wait for others a
# third of their time, so there is one more of them than cores. Files go out in the order of
# tests/conftest.py: by themselves those of few tests, the longest among them, would be last.
test: setup ## run every check; ends in pytest's summary
	@$(MAKE) --no-print-directory --jobs=2 types sam-validate imports lint
	@PYTHONHASHSEED=0 $(UV) run --frozen pytest --numprocesses=$$(($$(nproc) + 1)) \
	  --dist=loadfile --no-loadscope-reorder $(ARGS)

# Each run draws other examples; `make storm STORM_SEED=...` with the seed it prints repeats one.
STORM_SEED ?= $(shell date +%s)
storm: setup ## the long forms of the tests, on every core: an hour and more
	@FOOTNOTE_STORM_SEED=$(STORM_SEED) $(UV) run --frozen pytest -m storm --verbose \
	  --numprocesses=auto --dist=worksteal $(ARGS)

lint: $(UV)
	@echo "ruff"
	@$(UV) run --frozen ruff format --check --quiet
	@$(UV) run --frozen ruff check --quiet

types: $(UV)
	@echo "mypy"
	@$(UV) run --frozen mypy

imports: $(UV)
	@echo "import-linter"
	@$(UV) run --frozen lint-imports

unit: $(UV) ## the quick tests only: no sockets, no database
	@$(UV) run --frozen pytest tests/unit $(ARGS)

# `sam` is a tool of its own environment; it wants the runtime's own Python first on the PATH (a
# version manager's shim does not pass its check), and the layers' Makefile wants uv.
SAM_CLI = $(UV) tool run --quiet --from aws-sam-cli==1.170.0
SAM = PATH="$$(dirname "$$($(UV) python find 3.13)"):$$PATH" \
	$(SAM_CLI) sam

# SAM's own Python, with SAM's own transform: what CloudFormation makes of the template, offline.
TRANSFORM = $(SAM_CLI) python tests/template/transform.py

transformed: $(UV)
	@$(TRANSFORM) template.yaml $(ARGS)

# Beside `make test`: both are tools of their own environments, and checkov's is large.
audit: $(UV) ## bandit over the code, checkov over the transformed template (.checkov.yaml has what is let pass)
	@echo "bandit"
	@$(UV) tool run --quiet --from bandit==1.9.4 bandit --quiet --severity-level medium -r shared/footnote functions layers
	@echo "checkov"
	@mkdir -p .aws-sam && $(TRANSFORM) template.yaml > .aws-sam/transformed.json 2>/dev/null
	@$(UV) tool run --quiet --from checkov==3.2.495 checkov --config-file .checkov.yaml -f .aws-sam/transformed.json

sam-validate: $(UV)
	@echo "sam validate"
	@$(SAM) validate --lint --region eu-central-1

# What SAM keeps of the package's layer does not know of a change in how layers are made.
.aws-sam/cache: layers/build.py layers/builders.txt
	@rm -rf $@ && mkdir -p $@

build: $(UV) .aws-sam/cache ## build every function and layer for AWS Lambda
	@$(SAM) build --cached --parallel

deploy: build ## deploy what was built; see samconfig.toml
	@$(SAM) deploy $(ARGS)

deploy-local: setup ## deploy into an emulated AWS, the built functions in Lambda's own runtime
	@exec $(UV) run --frozen python -m tests.deployed $(ARGS)

test-deploy-local: setup ## the end-to-end tests against such a deployment
	@$(UV) run --frozen pytest -m deployed tests/deployed $(ARGS)

# The Python of an AWS that also transforms SAM templates, with the version of SAM CLI's own translator.
emulated-aws: $(UV)
	@$(UV) tool run --quiet --python 3.13 --from ministack==1.5.33 --with aws-sam-translator==1.115.0 python -c 'import sys; print(sys.executable)'

# SAM CLI's own Python, for a script on standard input: what it finds is what SAM CLI finds.
sam-python: $(UV)
	@$(SAM_CLI) python -

sam: $(UV)
	@$(SAM) $(ARGS)

sam-local: setup build ## every event in events/ through `sam local invoke` and start-api, on Docker or podman; see docs/sam-local.md
	@$(UV) run --frozen python -m tests.sam_local $(ARGS)

# What Lambda runs a function in, as SAM CLI ships it.
emulator: $(UV)
	@$(SAM_CLI) python -c 'import platform, samcli.local.rapid as r; print(r.__path__[0] + "/aws-lambda-rie-" + {"x86_64": "x86_64"}.get(platform.machine(), "arm64"))'

clean: ## remove what can be made again; documents and index in .footnote stay
	@rm -rf .venv .tools .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

bench-parse: setup ## readers beside stock Unstructured and Kreuzberg, format by format
	@$(UV) run --frozen python -m benchmarks.parse $(ARGS)

bench-ingest: setup ## how fast files become knowledge, beside the bare work
	@$(UV) run --frozen python -m benchmarks.ingest $(ARGS)

bench-search: setup ## search of 50,000 and 1,000,000 chunks beside raw SQL and other frameworks
	@$(UV) run --frozen python -m benchmarks.search $(ARGS)

bench-cold: setup build ## the built api function in Lambda's own runtime: first reply and warm ones, beside Haystack's imports
	@$(UV) run --frozen python -m benchmarks.cold $(ARGS)

bench-cost: setup ## what one question and one document take, for `footnote cost`
	@$(UV) run --frozen python -m benchmarks.cost $(ARGS)

GROWTH_DIR ?= .cache/bench/growth
bench-growth: setup ## curves of chunks, clients at once and a backlog of events; goes on where it was
	@$(UV) run --frozen python -m benchmarks.growth --data-dir $(GROWTH_DIR) $(ARGS)

simulate-growth: setup ## a thousand million chunks and 1,000 questions a second, worked out from what was measured
	@$(UV) run --frozen footnote growth $(ARGS)

drill-restore: setup ## a lost database: backup, restore, and what the bucket says since; timed
	@$(UV) run --frozen python -m tests.drills restore $(ARGS)

drill-upgrade: setup ## old and new code on one database under traffic: errors and the longest wait for a lock
	@$(UV) run --frozen python -m tests.drills upgrade $(ARGS)

screenshots: setup ## every view of the page in light, dark, phone and right-to-left, into .screenshots and docs/console.png
	@$(UV) run --frozen python -m tests.browser.screenshots .screenshots

ocr: ## install Tesseract, so that scans and pictures are read (Debian, Ubuntu; needs root)
	@command -v tesseract >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd; } \
	  || { echo "Tesseract could not be installed; run: sudo apt-get install tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd"; exit 1; }

pooler: ## install PgBouncer, so that Footnote is tested behind it (Debian; needs root)
	@PATH="$$PATH:/usr/sbin" command -v pgbouncer >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends pgbouncer; } \
	  || { echo "PgBouncer could not be installed; run: sudo apt-get install pgbouncer"; exit 1; }

browser: ## install Chromium, so that the page is tested in it (Debian; needs root)
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } \
	  || { echo "Chromium could not be installed; run: sudo apt-get install chromium"; exit 1; }
