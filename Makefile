# Every recipe is a line or two; what it does is in scripts/.
REKBRIDGE := .venv/bin/rekbridge
PYTEST := .venv/bin/python -m pytest
WORKERS ?= 2
ARCHITECTURE ?= arm64
.DEFAULT_GOAL := help

.PHONY: help setup demo test test-unit test-tf test-code test-operator test-performance test-integration test-localstack check fmt package engine-wheel \
	cloud-up cloud-down cloud-status cloud-logs plan deploy destroy catalog-newest bench soak loadtest upgrade-drill clean

help: ## Show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv with what the project needs; every other target does so itself
	@scripts/setup

demo: setup ## Deploy both regions locally, send real images through, show what came of them
	@$(REKBRIDGE) demo

# Parts, for .ci/run has two of them run at a time.
test: test-tf test-code test-operator test-performance test-integration ## Run every test

test-code: setup
	@$(PYTEST) tests/unit tests/contract tests/plan tests/engine --numprocesses $(WORKERS)

test-operator: setup
	@$(PYTEST) tests/operator -m "not soak" --numprocesses $(WORKERS) --dist loadfile

test-performance: setup ## Run the smallest form of every benchmark: no figures, but it must run
	@.venv/bin/python -m tests.performance --smallest

test-unit: setup ## Run the tests that need no servers
	@$(PYTEST) tests/unit tests/contract

test-tf: setup ## Run `terraform test` for every module and the whole graph
	@$(REKBRIDGE) terraform test

test-integration: setup ## Run the tests against a private local cloud
	@$(PYTEST) tests/integration

test-localstack: setup ## Run the same on real LocalStack, and the tests of how we run it
	@$(PYTEST) tests/localstack
	@$(PYTEST) tests/integration --target localstack

check: setup ## Lint, types, Terraform format and validity, checkov
	@$(REKBRIDGE) check

fmt: setup ## Write Python and Terraform in their formats
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format --quiet .
	@$(REKBRIDGE) terraform fmt

package: setup ## Make one zip for each Lambda (ARCHITECTURE=arm64 or x86_64)
	@$(REKBRIDGE) package --architecture $(ARCHITECTURE)

engine-wheel: setup ## Build the wheel of the local Rekognition, rekbridge-engine, in dist/
	@.venv/bin/python -m pip wheel --quiet --no-deps --wheel-dir dist ./engine

cloud-up: setup ## Start the local cloud in the background
	@$(REKBRIDGE) cloud up

cloud-down: setup ## End it; what is in it comes back with the next cloud-up
	@$(REKBRIDGE) cloud down

cloud-status: setup ## Show its addresses, processes and health
	@$(REKBRIDGE) cloud status

cloud-logs: setup ## Print its emulator's log
	@$(REKBRIDGE) cloud logs

plan: setup ## Show what deploy would change in your AWS account (TFVARS=file OUT=file to keep the plan)
	@$(REKBRIDGE) plan --architecture $(ARCHITECTURE) $(if $(TFVARS),--tfvars $(TFVARS)) $(if $(OUT),--out $(OUT))

deploy: setup ## Package, plan, ask and apply to your AWS account (TFVARS=file, or PLAN=file to apply a kept plan)
	@$(REKBRIDGE) deploy --architecture $(ARCHITECTURE) $(if $(TFVARS),--tfvars $(TFVARS)) $(if $(PLAN),--plan $(PLAN))

destroy: setup ## Remove what deploy made (TFVARS=file)
	@$(REKBRIDGE) destroy --architecture $(ARCHITECTURE) $(if $(TFVARS),--tfvars $(TFVARS))

catalog-newest: setup ## Look whether the catalog holds on the newest botocore of PyPI
	@scripts/catalog-newest

bench: setup ## Measure, each figure beside its baseline
	@.venv/bin/python -m tests.performance --bench

soak: setup ## Measure and test what takes half an hour: regions at their quotas for minutes, one more deploy
	@$(PYTEST) tests/operator -m soak
	@.venv/bin/python -m tests.performance --soak

loadtest: setup ## Put a stack under load, in figures and a plot (ENTRY=requests RATE=5 SECONDS=60 STACK=private UI=1 …)
	@.venv/bin/python -m tests.performance.load $(if $(STACK),--stack $(STACK)) $(if $(ENTRY),--entry $(ENTRY)) \
		$(if $(OPERATION),--operation $(OPERATION)) $(if $(RATE),--rate $(RATE)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(UI),--ui) $(if $(PLOT),--plot $(PLOT))

upgrade-drill: setup ## Upgrade a deployment of an earlier version with work under way, on an emulator (FROM=revision)
	@.venv/bin/python -m tests.drills.upgrade $(FROM)

clean: setup ## End the local cloud and forget it, and all that was built; downloads and environments stay
	@$(REKBRIDGE) cloud down
	@rm -rf build .rekbridge/cloud .rekbridge/packages
