# Every target says after ## what it does; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TEMPL := $(shell find . -name '*.templ' -not -path './node_modules/*')
# every room, without the folders of Node.js that may hold Go files
ROOMS = $(shell go list ./... 2>/dev/null | grep -v /node_modules/)
STATIC := $(shell find static -type f -not -path 'static/dist/*')
# all that can name a class or an element: the style sheet is cut down to those
PAGES := $(shell find views -type f -not -name '*_templ.go' -not -name '*_test.go' -not -path 'views/viewstest/*')
ASSETS := static/dist/manifest.json
NOTICES := internal/licenses/built/notices.json
# the suite from outside, where its folder stands beside the checkout; the part is what this checkout has come to
CONTRACT ?= ../shared/contract
CONTRACT_PART ?= 3
# several tests and the database's scripts share one server
POSTGRES = SWITCHBOARD_TEST_POSTGRES="$$(scripts/postgres.sh)"
# rooms wait for commits, so four at a time keep two cores busy; garbage collection takes a fifth of the tests' time at Go's own setting
MEMORY = GOGC=400
.PHONY: help run dev build assets notices generate test race journeys cover outdated check lint format clients contract crash fire providers screenshots pictures pictures-compare rooms fuzz matrix mutants soak bench

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

run: build ## build, and start the demo on http://127.0.0.1:8080
	@echo "The demo is at http://127.0.0.1:8080"
	@bin/switchboard

dev: ## the demo again after each edit; the page at http://127.0.0.1:7331 reloads itself
	@mkdir -p .cache && go build -o .cache/dev ./scripts/dev && exec .cache/dev

build: assets notices generate ## bin/switchboard: one static file with pages, assets, licences and migrations inside
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/switchboard ./cmd/web

assets: $(ASSETS) ## style sheet, script and fonts, if their sources are newer

$(ASSETS): node_modules/.package-lock.json $(STATIC) $(PAGES)
	node static/build.mjs
	@touch $@

node_modules/.package-lock.json: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

notices: $(NOTICES) ## the licence texts of all that others wrote and the program is made of

$(NOTICES): go.mod go.sum node_modules/.package-lock.json $(wildcard internal/licenses/collect/*.go)
	go run ./internal/licenses/collect

generate: $(TEMPL:.templ=_templ.go) ## Go code of the templ pages that are newer than theirs

%_templ.go: %.templ
	go tool templ generate -f $<
	@touch $@

test: build ## the tests of every room; installs Chromium and PostgreSQL first where they are missing
	scripts/setup.sh
	$(POSTGRES) $(MEMORY) go test -p 4 $(FLAGS) -timeout 60m $(filter-out switchboard/journeys% $(ELSEWHERE),$(ROOMS))

journeys: build ## the program in a browser, killed at odd moments, and under every fault of the matrix
	scripts/setup.sh
	$(POSTGRES) go test -count=1 -timeout 60m $(filter switchboard/journeys%,$(ROOMS))

cover: build ## how much of each room its tests reach, and .cache/cover.html, which shows what they do not
	scripts/setup.sh
	@mkdir -p .cache
	$(POSTGRES) go test -timeout 60m -coverprofile=.cache/cover.out $(filter-out switchboard/journeys%,$(ROOMS))
	@go tool cover -html=.cache/cover.out -o .cache/cover.html
	@go tool cover -func=.cache/cover.out | tail -n 1

outdated: ## which Go modules and npm packages have a newer version; CONTRIBUTING.md says how to raise one
	scripts/outdated.sh

# the rooms in which goroutines share what they change; SQLite in Go is slow under the race detector, so it looks at these in CI
RACED = $(addprefix switchboard/,graphclient $(addprefix internal/,bulk changes database desk inventory live oidc session signin tracing))
race: build ## the race detector over the rooms in which goroutines meet; RACED=./... is all of them
	scripts/setup.sh
	$(POSTGRES) $(MEMORY) CGO_ENABLED=1 go test -race -p 4 -timeout 60m $(RACED)

check: lint build ## all that CI asks: lint, tests, the race detector, journeys, clients, the suite from outside
	@$(MAKE) --no-print-directory test ELSEWHERE="$(RACED)" # which the race detector runs next
	@$(MAKE) --no-print-directory race
	@$(MAKE) --no-print-directory journeys
	@$(MAKE) --no-print-directory clients
	@if [ -d $(CONTRACT) ]; then $(MAKE) --no-print-directory contract; fi

crash: build ## kill the program at every point of a change, CRASHES times each (20) on both databases
	scripts/setup.sh
	$(POSTGRES) SWITCHBOARD_BIN=$(CURDIR)/bin/switchboard CRASHES=$${CRASHES:-20} go test -v -count=1 -timeout 30m ./journeys/crash

fire: build ## kill the program RUN_KILLS times (20) in a bulk edit of RUN_ROWS connectors (200), with throttles and lost answers
	scripts/setup.sh
	$(POSTGRES) SWITCHBOARD_BIN=$(CURDIR)/bin/switchboard RUN_ROWS=$${RUN_ROWS:-200} RUN_KILLS=$${RUN_KILLS:-20} RUN_THROTTLES=5 RUN_LOST=3 \
		go test -v -count=1 -timeout 30m -run TestRunUnderFire ./journeys/crash

fuzz: ## give what parses foreign bytes odd ones: each target for FUZZTIME (10s); FUZZ names some of them
	scripts/fuzz.sh

matrix: ## try every fault on every page and form, and write what came of it into docs/security.md
	$(POSTGRES) go test -count=1 ./journeys/matrix -run 'TestMatrix$$' -update

mutants: ## take one guard after the other out of a copy, and see the matrix fail
	$(POSTGRES) go run ./journeys/matrix/mutants

soak: build ## half of the connectors under faults for SOAK (10m): is everybody else served, is nothing lost or leaked?
	go run ./journeys/soak -for $${SOAK:-10m}

bench: build ## the program against floors that do the same work with nothing of ours; writes docs/performance.md. ROUNDS (7)
	cd journeys/bench/oauth2proxy && CGO_ENABLED=0 go build -o $(CURDIR)/.cache/oauth2-proxy github.com/oauth2-proxy/oauth2-proxy/v7
	go build -o .cache/bench ./journeys/bench
	.cache/bench -rounds $${ROUNDS:-7} -oauth2-proxy .cache/oauth2-proxy -write docs/performance.md

providers: build journeys/providers/node_modules/.package-lock.json ## follow docs/providers.md at dex and oidc-provider
	scripts/setup.sh
	cd journeys/providers/dex && CGO_ENABLED=1 go build -o $(CURDIR)/.cache/dex github.com/dexidp/dex/cmd/dex
	SWITCHBOARD_BIN=$(CURDIR)/bin/switchboard go test -tags providers -count=1 ./journeys/providers

journeys/providers/node_modules/.package-lock.json: journeys/providers/package-lock.json
	cd journeys/providers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

contract: build ## the suite from outside against bin/switchboard, on SQLite and on PostgreSQL
	scripts/setup.sh
	$(POSTGRES) CONTRACT_PART=$(CONTRACT_PART) scripts/contract.sh $(CONTRACT)

CLIENTS := journeys/clients

clients: $(CLIENTS)/node_modules/.package-lock.json ## Microsoft's own JavaScript client against the embedded Graph
	go run ./$(CLIENTS)

$(CLIENTS)/node_modules/.package-lock.json: $(CLIENTS)/package-lock.json
	cd $(CLIENTS) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

lint: assets ## generated code up to date, gofmt, vet, staticcheck, the traps of templ
	scripts/lint-generated.sh
	scripts/lint-templ.sh
	go vet -tags providers $(ROOMS)
	go tool -modfile=scripts/tools/go.mod staticcheck -tags providers $(ROOMS)

format: ## gofmt and templ's spacing and code, as lint wants them
	go tool templ fmt . && go tool templ generate
	git ls-files -co --exclude-standard -- '*.go' | grep -v '_templ\.go$$' | xargs gofmt -w

screenshots: build ## docs/screenshot.png, taken from the demo
	scripts/setup.sh
	go run ./journeys/screenshots

PICTURES ?= .cache/pictures

pictures: assets generate ## every page in every state, light, dark, on a phone, in forced colours and in print, as PNG into PICTURES (.cache/pictures)
	scripts/setup.sh
	go run ./journeys/pictures take '$(PICTURES)'

pictures-compare: ## which pictures of the folders BEFORE and AFTER differ, and where; none if no pixel has moved
	go run ./journeys/pictures compare '$(BEFORE)' '$(AFTER)'

rooms: ## draw the pictures of the rooms in docs/tour.md anew
	go test -count=1 ./scripts -run TestRoomsAreDrawnAsTheyAre -update
