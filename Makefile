# make run, make test: from a fresh clone to the app, or to the tests' last line. The rest is for those who change things.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: run test lint bench bench-mnist bench-browser bench-coach judge networks clean

run: .venv/app
	$(BIN)/streamlit run app.py

test: .venv/dev
	$(BIN)/python -m pytest

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

# This engine beside PyTorch, scikit-learn, Keras, JAX and plain C, in an environment of its own (ten minutes). Fewer
# contests and rounds: make bench ARGS="bits points --rounds 3"; to write down what was measured: ARGS=--write.
bench: .bench/installed
	.bench/bin/python -m benchmarks.suite $(ARGS)

# The tutorial's network on MNIST, Keras also on other back ends: seconds an epoch, then accuracy (half an hour).
bench-mnist: .bench/installed
	.bench/bin/python -m benchmarks.mnist speed
	.bench/bin/python -m benchmarks.mnist accuracy jax

# How quick the app feels in Chromium: drags, releases, playback; seeds, a search, and what others notice of it.
bench-browser: .venv/dev
	$(BIN)/python -m benchmarks.browser
	$(BIN)/python -m benchmarks.browser_many
	$(BIN)/python -m benchmarks.browser_pages

# What the coach says of 600 runs drawn by chance: false alarms, misses, and whether its cures help (two minutes).
bench-coach: .venv/app
	$(BIN)/python -m benchmarks.coach $(ARGS)

# The shipped digit networks on pen strokes, one by one and side by side as numbers: make judge STROKES=folder-or-file.npz
judge: .venv/app
	$(BIN)/python -m benchmarks.judge $(STROKES)
	$(BIN)/python -m benchmarks.judge_numbers $(STROKES)

# Train the shipped digit networks again (several minutes).
networks: .venv/app
	$(BIN)/python data/make_networks.py

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/app: .venv/bin/python requirements.txt
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

.venv/dev: .venv/bin/python requirements.txt requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@ .venv/app

.bench/installed: requirements.txt benchmarks/requirements.txt
	$(PYTHON) -m venv .bench
	.bench/bin/python -m pip install --quiet -r requirements.txt -r benchmarks/requirements.txt
	touch $@

clean:
	rm -rf .venv .bench
