# SPDX-License-Identifier: Apache-2.0
# mote's front door. CMake presets do the work; `cmake --list-presets` shows them all.
#
#   make demo   installs missing Debian packages, builds, runs the shipped example
#   make test   builds and passes all tests
#   make build  leaves the program at build/mote
#   make size   prints the code size of the runtime and of each kernel on Cortex-M4
#   make bench  prints the measures of docs/measures.md
#   make fuzz   fuzzes the readers of .tflite, .onnx and .mote files (SECONDS=600)
#   make docs   writes docs/operators.md from the operators' records, docs/project_file.md from mote.toml's keys
#   make format formats the sources

JOBS ?= $(shell nproc)
SECONDS ?= 600
CMAKE_FLAGS ?= -DMOTE_WERROR=OFF

.PHONY: help demo configure build test size bench fuzz docs format packages clean

help:
	@sed -n 's/^#   //p' Makefile

demo: packages build
	@.ci/demo

packages:
	@.ci/install_packages

configure: packages
	@cmake --preset host $(CMAKE_FLAGS) > build.log 2>&1 || { cat build.log; rm -f build.log; exit 1; }
	@rm -f build.log

build: configure
	@cmake --build --preset host -j $(JOBS) --target mote examples

test: configure
	@cmake --build --preset host -j $(JOBS)
	@ctest --test-dir build --output-on-failure -j $(JOBS)

size: packages
	@.ci/device_size

bench: build
	@build/bench/peers
	@bench/measure
	@bench/boards
	@bench/operators
	@bench/layers
	@build/bench/kernels

fuzz:
	@.ci/fuzz $(SECONDS)

docs: build
	@build/mote ops --markdown > docs/operators.md
	@build/mote new --keys > docs/project_file.md

format:
	@git ls-files -co --exclude-standard '*.h' '*.cc' '*.c' | xargs clang-format -i

clean:
	rm -rf build build-*
