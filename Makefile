# The commands of the house. Thin on purpose: what they do stands in deploy/, in cargo and in dashboards/package.json.
# Each may be called again and again; what is done already is not done twice.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test lint bench soak schemathesis sqlmap deny sbom fresh web sta-client smtp-server oidc-provider setup-run setup-test setup-all

# Node may have been put aside by deploy/setup.sh; Rust may not be on a service's PATH
export PATH := /opt/chengshu/bin:$(PATH):$(HOME)/.cargo/bin
# a short break of the network is no reason to stop
export CARGO_NET_RETRY := 10
export npm_config_fetch_retries := 8
export npm_config_audit := false
export npm_config_fund := false
export npm_config_update_notifier := false
# what the macros learn from a database is committed: no build asks one
export SQLX_OFFLINE := true

help: ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

run: setup-run web ## set up what is missing, build, start the demo (ARGS="--devices 500 …")
	cargo build --workspace --bin chengshu
	exec target/debug/chengshu demo $(ARGS)

test: setup-test web sta-client smtp-server oidc-provider ## every test: Rust, dashboards, dashboards in a browser
	cargo build --workspace --all-targets
	RUST_TEST_THREADS=3 cargo test --workspace # most of the time they wait for one another
	cd dashboards && npm test
	cd dashboards && npm run test:browser
	cd dashboards && CHENGSHU_BIN=$(CURDIR)/target/debug/chengshu npm run test:real

lint: setup-all web ## formatting, clippy, committed SQL answers, types, shell scripts, alert rules
	cargo fmt --check
	shellcheck deploy/*.sh .ci/run
	deploy/check-alerts.sh
	cd dashboards && npm run lint
	cargo clippy --workspace --all-targets -- -D warnings
	deploy/sqlx-prepare.sh --check

bench: setup-test web ## the figures of README (ARGS=… goes to the bench)
	cargo build --release --workspace --bins
	target/release/bench $(ARGS)

soak: setup-test web ## the long forms of the fault tests
	cargo build --release --workspace --bins
	target/release/soak $(ARGS)

schemathesis: setup-test web ## questions made from the OpenAPI document against a demo hub (SECONDS=300)
	cargo build --workspace --bin chengshu
	deploy/schemathesis.sh $(or $(SECONDS),300)

sqlmap: setup-test web ## SQL injection on every parameter of the API of a demo hub
	cargo build --workspace --bin chengshu
	deploy/sqlmap.sh

deny: ## licences, bans, sources and known dangers of all that the hub is made of (needs the network)
	deploy/supply.sh deny

sbom: web ## what the hub is made of, as CycloneDX files in target/sbom
	deploy/supply.sh sbom

fresh: ## both README commands on a bare Debian in a chroot (SUITE=bookworm|trixie)
	deploy/fresh.sh $(SUITE)

sta-client: target/sta-client/.made ## the client of SensorThings that tests drive (Python, pinned)

target/sta-client/.made: tests/sta/requirements.txt
	python3 -m venv --clear target/sta-client
	target/sta-client/bin/pip install --quiet --disable-pip-version-check --no-cache-dir --retries 8 -r tests/sta/requirements.txt
	@touch $@

smtp-server: target/smtp-server/.made ## the server that tests send mails to (Python, pinned)

target/smtp-server/.made: tests/smtp/requirements.txt
	python3 -m venv --clear target/smtp-server
	target/smtp-server/bin/pip install --quiet --disable-pip-version-check --no-cache-dir --retries 8 -r tests/smtp/requirements.txt
	@touch $@

oidc-provider: tests/oidc/node_modules/.package-lock.json ## the provider of single sign-on that tests sign in at (npm, pinned)

tests/oidc/node_modules/.package-lock.json: tests/oidc/package-lock.json
	cd tests/oidc && npm ci
	@touch $@

web: dashboards/dist/index.html ## the dashboards, when their sources changed

setup-run setup-test setup-all: setup-%:
	@deploy/setup.sh $*

# npm's own mark of what it installed: newer than the lock file, or npm runs
dashboards/node_modules/.package-lock.json: dashboards/package-lock.json
	cd dashboards && npm ci
	@touch $@

web_sources := $(shell find dashboards -path dashboards/node_modules -prune -o -path dashboards/dist -prune \
  -o -path dashboards/shots -prune -o -type f -not -name '*.test.ts' -not -path '*/browser/*' -print 2>/dev/null)

dashboards/dist/index.html: dashboards/node_modules/.package-lock.json $(web_sources)
	cd dashboards && npm run build
	@touch $@
