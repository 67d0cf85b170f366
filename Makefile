# Every command a developer or CI runs. Each target does its own set-up: needed are Go, a C and C++ compiler and
# Python 3.10 or later with venv; Java 17 only for real Spark (oracle, bench-peers). What is downloaded or made
# (Python environments, data sets) is kept outside the repository, in $(SHOAL_CACHE).

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

export SHOAL_CACHE ?= $(HOME)/.cache/shoal
export CGO_ENABLED = 1
comma := ,

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# Symbols of the C++ libraries need not be visible outside the binary: that is 5 MB.
HIDE := $(if $(filter Linux,$(shell uname)),-extldflags '-Wl$(comma)--gc-sections -Wl$(comma)--exclude-libs$(comma)ALL')
LDFLAGS := -s -w -X main.version=$(VERSION) $(HIDE)
# Arrow's compute kernels come with its Parquet writer, and are never run: not inlined they are 5 MB less.
SMALL := -gcflags='github.com/apache/arrow-go/v18/arrow/compute/internal/kernels=-l'
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
PROTOC_GEN := google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12 google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2
FUZZTIME ?= 1m
CLIENTS := 3.5 4.0 4.1 4.2 newest

.PHONY: help
help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  \1\t/' | column -t -s "$$(printf '\t')"

# --- build and run ---

.PHONY: build
build: ## bin/shoal, the one binary
	@command -v g++ >/dev/null || { echo "a C++ compiler is needed (Debian and Ubuntu: apt-get install g++)"; exit 1; }
	go build -trimpath $(SMALL) -ldflags "$(LDFLAGS)" -o bin/shoal ./cmd/shoal

.PHONY: run
run: build ## build and start Shoal; ARGS="--listen ..." adds flags of shoal serve
	bin/shoal serve $(ARGS)

# --- checks ---

.PHONY: test
test: lint test-go test-examples test-clients test-deaths ## everything CI runs
	@echo "make test: all passed"

.PHONY: lint
lint: ## gofmt, go vet, staticcheck; reports long functions and files
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "gofmt is needed for:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...
	go run ./internal/archtest/sizes

.PHONY: test-go
test-go: tpch-test tpcds-test flights ## go test -race of every package
	go test -race -timeout 20m ./...

# Not part of test: what it finds is found by chance, and would decide over changes that have nothing to do with it.
# test-go runs the seeds, and all that was ever found.
.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (1m)
	tools/fuzz $(FUZZTIME)

.PHONY: test-examples
test-examples: build flights tpch-test ## the notebooks under real Jupyter; the 22 TPC-H queries, SQL and DataFrame
	"$$(tools/venv notebook)" -m pytest -q -rs --timeout 300 --disable-warnings examples

.PHONY: test-clients
test-clients: build tpch-test $(CLIENTS:%=test-client-%) ## unmodified PySpark clients of each version
test-client-%: build tpch-test
	"$$(tools/venv client-$*)" -m pytest -q -rs --timeout 300 --disable-warnings e2e

# The whole of these folders is run by e2e-spark and test-cluster.
.PHONY: test-deaths
test-deaths: build ## real Spark, its workers, volumes, servers and Shoal killed in the middle of queries; skipped where Java is missing
	@if ! java -version >/dev/null 2>&1; then \
		echo "test-deaths is skipped: it needs Java 17 (Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"; exit 0; fi; \
	python="$$(tools/venv client-4.1)" && spark="$$("$$(tools/venv oracle)" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')" && \
	"$$python" -m pytest -q -rs --timeout 600 --disable-warnings e2e_spark/test_death.py && \
	SPARK_HOME="$$spark" "$$python" -m pytest -q -rs --timeout 600 --disable-warnings cluster/local/e2e -k "killed or volume or down_leaves"

.PHONY: e2e-spark
e2e-spark: build tpch-test tpcds-test flights ## real Spark behind Shoal: clients of every version, notebooks, TPC-H, the corpus; skipped where Java is missing
	@if ! java -version >/dev/null 2>&1; then \
		echo "e2e-spark is skipped: it needs Java 17 (Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"; exit 0; fi; \
	"$$(tools/venv oracle)" tools/e2e_spark.py

.PHONY: test-cluster
test-cluster: build java ## a local cluster of real Spark through its life and its deaths (about five minutes)
	SPARK_HOME="$$("$$(tools/venv oracle)" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')" \
	"$$(tools/venv client-4.1)" -m pytest -q -rs -s --timeout 600 --disable-warnings cluster/local/e2e

# --- generated and recorded ---

.PHONY: gen
gen: ## generate internal/sparkpb again; fails where that changes anything
	for tool in $(PROTOC_GEN); do GOBIN="$(SHOAL_CACHE)/bin" go install $$tool; done
	PATH="$(SHOAL_CACHE)/bin:$$PATH" "$$(tools/venv oracle)" tools/gen_sparkpb.py internal/sparkpb
	git diff --exit-code internal/sparkpb

.PHONY: java
java:
	@java -version >/dev/null 2>&1 || { echo "real Spark needs Java 17 (Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"; exit 1; }

.PHONY: oracle
oracle: java tpch-test tpcds-test flights ## record what real Spark answers: corpus, notebook, TPC-H
	"$$(tools/venv oracle)" tools/oracle.py
	"$$(tools/venv notebook)" tools/record_examples.py "$$(tools/venv oracle)"

.PHONY: fuzz-diff
fuzz-diff: build java ## random queries on real Spark and on Shoal (20,000; SEED and COUNT); what differs is shrunk to sparktest/candidates
	"$$(tools/venv oracle)" tools/fuzz_diff.py --seed $(or $(SEED),1) --count $(or $(COUNT),20000)

.PHONY: parity
parity: build java ## generate docs/parity.md: PySpark's API on Shoal beside real Spark (about ten minutes)
	"$$(tools/venv oracle)" tools/parity.py docs/parity.md

.PHONY: eventlogs
eventlogs: java tpch-test ## record event logs of real Spark 4.1 and 3.5, test data of planner/eventlog
	"$$(tools/venv oracle)" tools/record_logs.py "$(SHOAL_CACHE)/eventlogs/4.1" --tpch "$(SHOAL_CACHE)/tpch/sf0.1"
	"$$(tools/venv client-3.5)" tools/record_logs.py "$(SHOAL_CACHE)/eventlogs/3.5" --tpch "$(SHOAL_CACHE)/tpch/sf0.1"
	"$$(tools/venv oracle)" tools/trim_logs.py "$(SHOAL_CACHE)/eventlogs" planner/eventlog/testdata

.PHONY: validate-planner
validate-planner: java tpch-test ## hold the planner's simulator against real Spark (20 minutes); ONLY="APP..." for parts
	"$$(tools/venv oracle)" tools/validate_planner.py "$(SHOAL_CACHE)/validate" --tpch "$(SHOAL_CACHE)/tpch/sf0.1" $(if $(ONLY),--only $(ONLY))
	go run ./planner/validate -runs "$(SHOAL_CACHE)/validate"

# --- data ---

.PHONY: tpch tpch-test tpcds-test flights
tpch: tpch-test ## TPC-H data at scale 0.01, 0.1 and 1
	@"$$(tools/venv data)" tools/data.py tpch 1 "$(SHOAL_CACHE)/tpch/sf1"
tpch-test:
	@"$$(tools/venv data)" tools/data.py tpch 0.01 "$(SHOAL_CACHE)/tpch/sf0.01"
	@"$$(tools/venv data)" tools/data.py tpch 0.1 "$(SHOAL_CACHE)/tpch/sf0.1"
tpcds-test: ## TPC-DS data at scale 0.1
	@"$$(tools/venv data)" tools/data.py tpcds 0.1 "$(SHOAL_CACHE)/tpcds/sf0.1"
flights: ## the flights out of New York in 2013, as Parquet
	@"$$(tools/venv data)" tools/data.py flights "$(SHOAL_CACHE)/flights"

# --- benchmarks ---

.PHONY: bench-data bench bench-peers
bench-data: tpch
	@"$$(tools/venv data)" tools/data.py bench "$(SHOAL_CACHE)/bench"
bench: build bench-data ## the standing benchmarks; JSON under bench/results
	"$$(tools/venv bench)" bench/run.py
bench-peers: build bench-data java ## the same, with Sail and Spark side by side
	"$$(tools/venv bench)" bench/run.py --peers "sail=$$(tools/venv peers)" "spark=$$(tools/venv oracle)"

.PHONY: bench-load bench-load-peers bench-load-spark load
load: build bench-data
	go build -o bin/load ./bench/load
bench-load: load ## many users at once: latency beside heavy queries, crowds, floods (six minutes); SOAK=600 for a long soak
	"$$(tools/venv bench)" bench/load.py --soak $(or $(SOAK),60)
bench-load-peers: load java ## the same, with Sail, Spark and Shoal in front of Spark side by side
	"$$(tools/venv bench)" bench/load.py --soak $(or $(SOAK),60) --peers "sail=$$(tools/venv peers)" "spark=$$(tools/venv oracle)"
bench-load-spark: load java ## what pools, few heavy queries at once, small tasks, and Shoal do for short queries on Spark (15 minutes)
	"$$(tools/venv bench)" bench/lanes.py "$$(tools/venv oracle)"
	"$$(tools/venv bench)" bench/lanes.py "$$(tools/venv oracle)" --sleep --only fifo,fair,shoal

.PHONY: bench-eventlog
bench-eventlog: ## reading Spark event logs: speed, and the memory that 10 GB need
	go test -run '^$$' -bench Read ./planner/eventlog
	SHOAL_EVENTLOG_MB=10240 go test -count=1 -timeout 30m -run TestMemory -v ./planner/eventlog

.PHONY: bench-spark
bench-spark: build java ## what Shoal adds to a real Spark behind it
	go test ./cmd/shoal -run '^$$' -bench Unary -benchtime 3000x
	"$$(tools/venv bench)" bench/through.py "$$(tools/venv oracle)"

.PHONY: bench-route
bench-route: build bench-data tpcds-test java ## how well queries are sent to engines and lanes: the router's time, auto beside each engine, classes (fifteen minutes)
	"$$(tools/venv bench)" bench/route.py "$$(tools/venv oracle)"

.PHONY: clean
clean: ## remove what was built in the repository
	rm -rf bin bench/results
