# Tumen. `make run` and `make test` need Python 3.11 or newer and make; everything else is set up
# here, in .venv/, from the pinned list in requirements.txt. Nothing is written outside this folder,
# but for a browser that `make test` may have to install (tools/browser.py says what it does).

PYTHON ?= python3
PORT ?= 8501
UV ?= uv
CASES ?= 100000
VIEWERS ?= 50
SECONDS ?= 600
PROCESSES ?= 1 4
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test browser shots plotlyjs bench bench-big fuzz load audit licences texts release lock clean

help: ## what can be asked for here
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

run: .venv/ready ## serve the dashboard on http://localhost:8501, for this machine only
	@echo "Tumen: http://localhost:$(PORT)   (Ctrl+C ends it)"
	@$(BIN)/streamlit run dashboard.py --server.port $(PORT)

test: .venv/ready .venv/browser ## style, types, data, and all tests, browser included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/tumen check
	$(BIN)/python -m pytest --durations=10

browser: .venv/browser ## find a Chromium for the browser tests, or install one

shots: .venv/ready .venv/browser ## a picture of every page: narrow, wide and large, light and dark, in shots/
	$(BIN)/python -m tools.shots

plotlyjs: .venv/ready ## make our part of plotly.js again, after plotly has a new version (needs npm)
	$(BIN)/python -m tools.bundle

bench: .venv/ready .venv/browser ## measure speed and bytes beside yardsticks, about five minutes
	$(BIN)/python -m bench.run --json bench/results/bench.json

bench-big: .venv/ready .venv/browser ## the same, and with a thousand times the data (2 GB of disk and of memory)
	$(BIN)/python -m bench.run --big .cache/big --json bench/results/bench-big.json

fuzz: .venv/ready ## 100,000 hostile cases for each way in (three hours of one processor; CASES=… for fewer)
	TUMEN_FUZZ=$(CASES) $(BIN)/python -m pytest tests/fuzz --durations=0

load: .venv/ready .venv/browser ## 50 viewers for ten minutes, one process and four behind nginx (VIEWERS, SECONDS, PROCESSES)
	TUMEN_DEPLOY=1 $(BIN)/python -m pytest tests/deploy
	$(BIN)/python -m tools.load --viewers $(VIEWERS) --seconds $(SECONDS) --processes $(PROCESSES)

audit: .venv/ready ## look up known weaknesses of every pinned package (needs the network)
	$(BIN)/python -m pip_audit --requirement requirements.txt --require-hashes --disable-pip --strict --progress-spinner off

licences: .venv/ready ## write docs/licences.md: what runs, and under which licence
	$(BIN)/python -m tools.supply licences

texts: .venv/ready ## gather all texts of the interface in tumen/locale/tumen.pot, and compile the translations
	$(BIN)/python -m tools.texts

release: .venv/ready ## all that must hold before a release; leaves the bill of materials in dist/
	$(BIN)/python -m tools.supply new
	$(MAKE) test audit licences
	git diff --exit-code docs/licences.md
	$(BIN)/python -m tools.supply sbom

lock: ## pin what is new, with hashes; with UPGRADE=--upgrade pin everything again (needs uv)
	@command -v $(UV) > /dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	$(UV) pip compile pyproject.toml --group dev --extra sign-in --generate-hashes --universal --python-version 3.11 $(UPGRADE) \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet -o requirements.txt
	@! grep -n '://' requirements.txt || { echo "requirements.txt names a host (see above)"; exit 1; }

clean: ## forget the set-up and everything made by tools
	rm -rf bench/results .venv .cache .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache dist shots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Done again whenever the pinned list or the package's own description changes.
.venv/ready: requirements.txt pyproject.toml tools/setup.py
	@$(PYTHON) tools/setup.py

.venv/browser: .venv/ready tools/browser.py
	@$(BIN)/python -m tools.browser
	@touch $@
