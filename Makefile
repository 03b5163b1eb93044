# Two commands do everything on a fresh Debian 12 that has Swift 6.3: `make demo` and `make test`.
SHELL := /bin/bash
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PACKAGES := libgsl-dev libglpk-dev libsqlite3-dev sqlite3 libdnnl-dev libpng-dev zlib1g-dev gnuplot-nox
TEST_PACKAGES := python3-jsonschema python3-yaml python3-pandas python3-torch chromium chromium-driver
SWIFT_BUILD := swift build -c release
QOSDIFF := .build/release/qosdiff
OUT := out

.PHONY: demo here accelerator-kit reports test test-slurm test-modules torture coverage sanitize bench lint format setup build clean

demo: build
	@mkdir -p $(OUT)
	$(QOSDIFF) compare Scenarios/quickstart.yaml --db $(OUT)/quickstart.sqlite --out $(OUT)/quickstart
	$(QOSDIFF) report $(OUT)/quickstart.sqlite --out $(OUT)/quickstart --quiet > /dev/null
	@echo "Report: $(OUT)/quickstart/index.html"

# This machine's own latencies, measured the first time, in a cluster beside a modelled GPU.
here: build
	@mkdir -p $(OUT)
	$(QOSDIFF) compare Scenarios/here.yaml --db $(OUT)/here.sqlite --out $(OUT)/here

# All that a Linux machine with a GPU and PyTorch needs to measure its latencies: carry the folder there. The models
# in order of worth.
KIT := $(OUT)/accelerator-kit
accelerator-kit: build
	@rm -rf $(KIT)/accelerator $(KIT)/manifests && mkdir -p $(KIT)/manifests
	@cp Scenarios/Profiles/measure_accelerator.py $(KIT)
	@mkdir $(KIT)/accelerator && cp Scenarios/Profiles/accelerator/*.py $(KIT)/accelerator
	$(QOSDIFF) bench --model sd15 --batch 1,2,4,8,16 --manifest $(KIT)/manifests/1-sd15.json > /dev/null
	$(QOSDIFF) bench --model sdxl --batch 1,2,4,8 --manifest $(KIT)/manifests/2-sdxl.json > /dev/null
	$(QOSDIFF) bench --model sd21,sd-turbo --batch 1,2,4,8 --manifest $(KIT)/manifests/3-others.json > /dev/null
	@echo "$(KIT): carry it to the machine with the GPU and run there: python3 measure_accelerator.py"

# What is committed in Reports. The paper's experiment takes about six minutes on two cores; the short one is
# what a test makes again, byte for byte.
SHORT := --policies baseline,qos-diff,without-finish --replications 3 \
  --set experiment.slo_scales=[2,3] --set experiment.loads=[0.5,0.8,0.95,1.5]
reports: build
	@mkdir -p $(OUT)
	@rm -f $(OUT)/paper.sqlite* $(OUT)/short.sqlite* $(OUT)/rivals.sqlite* $(OUT)/mixed-sizes.sqlite*
	$(QOSDIFF) compare Scenarios/mixed-sizes.yaml --replications 10 --no-queries --db $(OUT)/mixed-sizes.sqlite \
	  --out Reports/mixed-sizes > /dev/null
	$(QOSDIFF) compare Scenarios/rivals.yaml --replications 10 --no-queries --db $(OUT)/rivals.sqlite \
	  --out Reports/rivals > /dev/null
	$(QOSDIFF) compare Scenarios/qosdiff-paper.yaml --replications 10 --db $(OUT)/paper.sqlite \
	  --out Reports/qosdiff-paper > /dev/null
	$(QOSDIFF) report $(OUT)/paper.sqlite --out Reports/qosdiff-paper > /dev/null
	$(QOSDIFF) compare Scenarios/qosdiff-paper.yaml $(SHORT) --db $(OUT)/short.sqlite > /dev/null
	$(QOSDIFF) report $(OUT)/short.sqlite --out Reports/short --format csv,tex,svg,html > /dev/null

# The debug build serves the test that debug and release give the same bytes.
test: PACKAGES += $(TEST_PACKAGES)
test: build
	swift build --product qosdiff
	swift test -c release -Xswiftc -enable-testing --scratch-path .build-tests

# A sweep on a real Slurm, a cluster of this one machine, against the same sweep without it.
test-slurm: PACKAGES += slurm-wlm munge
test-slurm: build
	Tests/slurm.sh

# That nothing reads the words of notes, and that the simulation's library needs neither oneDNN nor libpng: two builds.
test-modules: build
	Tests/reword.py $(QOSDIFF) .build-reword
	Tests/bare_build.sh

# Kills, full disks, two writers at a time, extreme numbers, a run of MINUTES, INPUTS spoiled inputs for each reader, and
# SCENARIOS random ones beside the second implementation of SEMANTICS.md.
INPUTS := 100000
MINUTES := 1
SCENARIOS := 10000
torture: PACKAGES += python3-yaml
torture: build
	Tests/torture.py $(QOSDIFF) --minutes $(MINUTES)
	FUZZ_INPUTS=$(INPUTS) swift test -c release -Xswiftc -enable-testing --scratch-path .build-tests \
	  --filter ReaderFuzzTests
	python3 -B Tests/Reference/compare.py $(QOSDIFF) --count $(SCENARIOS) --show 1

# The suite and the program under the address and the thread sanitizer; each build takes minutes.
# Swift marks pointers to what lives for ever in bits that the leak detector does not look through, so it
# is off. The thread sanitizer does not know libgomp's barriers: the tests that run oneDNN are left out of it.
SANITIZERS := address thread
ONEDNN_TESTS := KernelBenchTests BenchCommandTests LiveServerTests LiveCommandTests
sanitize: PACKAGES += $(TEST_PACKAGES)
sanitize: setup
	@set -e -o pipefail; for sanitizer in $(SANITIZERS); do \
	  skip=""; if [ $$sanitizer = thread ]; then \
	    echo "left out, for oneDNN: $(ONEDNN_TESTS)"; skip="$(ONEDNN_TESTS:%=--skip %)"; fi; \
	  OMP_NUM_THREADS=1 ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS="halt_on_error=1 exitcode=99" \
	  QOSDIFF=$(CURDIR)/.build-$$sanitizer/release/qosdiff \
	  swift test -c release -Xswiftc -enable-testing --sanitize=$$sanitizer \
	    --scratch-path .build-$$sanitizer $$skip; \
	  echo "$$sanitizer sanitizer: no report"; \
	done

# How often each interval holds the truth, and each decision is right, over EXPERIMENTS experiments of populations whose truth
# is known: the table of INTERVALS.md. `make test` has the same with 200.
EXPERIMENTS := 4000
coverage: setup
	@set -o pipefail; COVERAGE=$(EXPERIMENTS) swift test -c release -Xswiftc -enable-testing \
	  --scratch-path .build-tests --no-parallel --filter CoverageT --filter DecisionCoverage --filter QueueVerdict 2>&1 \
	  | grep -E '^(population|M/M|modulated|mixture|lognormal|gamma|decision|queue|oracles)|✘|error:|Test run with'

# Ratios of timings taken in turn in one run; never a test.
bench: build
	swift run -c release -Xswiftc -enable-testing --package-path Tests/Benchmarks \
	  --scratch-path .build-bench kernels
	@mkdir -p $(OUT)
	swift run -c release -Xswiftc -enable-testing --package-path Tests/Benchmarks \
	  --scratch-path .build-bench simulation --json $(OUT)/bench.json
	@echo "step decisions: 100 000 queries of 50 steps, without a look and with 49 looks each"
	@for policy in fixed entropy; do echo "steps: $$policy"; rm -f $(OUT)/decisions.sqlite*; \
	  $(QOSDIFF) run Tests/Benchmarks/decisions.yaml --no-queries \
	  --policy $$policy --jobs 1 --db $(OUT)/decisions.sqlite 2>&1 >/dev/null; done
	@Tests/Benchmarks/sweep.sh

lint:
	swift format lint --strict --recursive Package.swift Plugins Sources Tests

format:
	swift format --in-place --recursive Package.swift Plugins Sources Tests

build: setup
	$(SWIFT_BUILD) --product qosdiff

# Installs what is missing and says what; does nothing, and needs no rights, where all is there.
setup:
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' \
	    || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing from Debian:$$missing"; \
	  $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi
	@command -v swift >/dev/null || { echo "error: swift is not on the PATH; install Swift 6.3"; exit 66; }

clean:
	rm -rf .build .build-tests .build-bench .build-address .build-thread $(OUT)
