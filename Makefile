# make demo    build everything and run the main job: a simulated MRI scan, its images, a segmentation (in demo/)
# make test    build everything and run the test suite
# make lint    formatters, linters and type checks
# make warnings  a second build in which every compiler warning is an error
# make check   what the built extensions may import, export and mark
# make asan    the test suite under the address and undefined-behaviour sanitizers
# make fuzz    damaged files for the parser and the codecs, a minute of them
# make parallel  the test suite with every test on four threads at once
# make isa     the test suite at each instruction-set level that this processor has
# make wheel   sdist, wheel, and the wheel repaired for machines without gfortran (in dist/)
# make bench   this library beside its peers

PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
PYTEST_ARGS ?=

.PHONY: setup demo test lint warnings check asan fuzz parallel isa wheel bench clean

setup:
	@$(PYTHON) tools/setup.py

demo: setup
	@python examples/main_job.py --out demo --progress

test: setup
	@python -c "import scikit"  # rebuilds what has changed, once
	@python -m pytest -n 2 $(PYTEST_ARGS)

lint: setup
	ruff check .
	ruff format --check .
	mypy
	python tools/check_style.py

warnings: setup
	@test -d build-warnings || meson setup build-warnings -Dbuildtype=release -Dwerror=true >/dev/null
	@ninja -C build-warnings --quiet

check: setup
	python tools/check_binaries.py

asan: setup
	python tools/sanitize.py $(PYTEST_ARGS)

fuzz: setup
	python tools/fuzz.py --seconds 60

parallel: setup
	python -m pytest --parallel-threads=4 $(PYTEST_ARGS)

isa: setup
	SCIKIT_ISA=base python -m pytest -n 2 $(PYTEST_ARGS)
	SCIKIT_ISA=v3 python -m pytest -n 2 $(PYTEST_ARGS)

wheel: setup
	python tools/make_wheel.py

bench: setup
	python benchmarks/compare.py

clean:
	rm -rf build build-* dist demo .venv .venv-asan
