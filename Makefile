# mmtui - two commands do it all:  make demo   (install what is missing, build, open the demo)
#                                  make test   (install what is missing, build, run every test)
#
# The tree is read from left to right as in CONTRIBUTING.md: the folders from base to report make up libmmtui.a;
# ui, views and cli stand on it. Everything that is made goes to $(BUILD).

# ---- what has to be installed: the one list (Debian names) ----
PACKAGES_BUILD := gcc libc6-dev libncurses-dev libprotobuf-c-dev protobuf-c-compiler libutf8proc-dev zlib1g-dev \
                  libdeflate-dev gettext
PACKAGES_TEST  := $(PACKAGES_BUILD) libcmocka-dev libcjson-dev libvterm-dev protobuf-compiler python3 python3-numpy \
                  python3-protobuf python3-onnx python3-yaml libonnx-testdata clang-format parallel gcc-aarch64-linux-gnu \
                  libc6-dev-arm64-cross qemu-user $(if $(shell command -v npm 2>/dev/null),,npm)

BUILD   ?= build
PROGRAM ?= mmtui
CC      ?= cc
OPT     ?= -O2 -g
SAN     ?=
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
           -Wformat=2 -Wno-format-nonliteral -Wno-unknown-warning-option -Wno-missing-field-initializers -Wno-format-truncation -Wvla -Werror=implicit-function-declaration -Werror=incompatible-pointer-types
# -ffp-contract=off: the same digits on every machine; no -ffast-math ever (base.h refuses it)
CFLAGS_ALL := -std=c11 -D_GNU_SOURCE $(OPT) $(WARN) -ffp-contract=off -fno-math-errno -fno-trapping-math \
              -fno-common -Iinclude -Isrc -I$(BUILD) -pthread $(SAN) $(CFLAGS)
# What only some machines of a family can run, in files of its own; chosen when the program starts.
MACHINE := $(shell $(CC) -dumpmachine 2>/dev/null)
FLAGS_x86_64 = $(FLAGS_$(*F))
FLAGS_kernels_avx2   := -mavx2 -mfma -mf16c
FLAGS_kernels_avx512 := $(FLAGS_kernels_avx2) -mavx512f -mavx512vl -mavx512dq -mavx512bw -mprefer-vector-width=256
FLAGS_FILE = $(FLAGS_$(firstword $(subst -, ,$(MACHINE))))
LIBS_LIB := -lprotobuf-c -lutf8proc -lz -ldeflate -lm -ldl -pthread
LIBS_TEST := -lcmocka -lcjson
LIBS_UI  := -lncursesw -ltinfo

# ---- the library, in the order in which arrows point down ----
FOLDERS := base tensor plan format graph operator dump runtime pair compare remote whatif cause triage suggest export verify session report
# what a folder's code (and so its unit tests) may link with: itself and what the design lets it know
KNOWS_base    := base
KNOWS_tensor  := $(KNOWS_base) tensor
KNOWS_plan    := $(KNOWS_base) plan
KNOWS_format  := $(KNOWS_tensor) format
KNOWS_graph   := $(KNOWS_format) graph
KNOWS_operator := $(KNOWS_graph) operator
KNOWS_dump    := $(KNOWS_format) dump
KNOWS_pair    := $(KNOWS_graph) dump pair
KNOWS_compare := $(KNOWS_pair) compare
KNOWS_remote  := $(KNOWS_compare) remote
KNOWS_whatif  := $(KNOWS_compare) whatif
KNOWS_runtime := $(KNOWS_whatif) runtime
KNOWS_cause   := $(KNOWS_whatif) operator runtime cause
KNOWS_triage  := $(KNOWS_cause) triage
KNOWS_suggest := $(KNOWS_triage) plan suggest
KNOWS_export  := $(KNOWS_graph) plan export
KNOWS_verify  := $(KNOWS_whatif) plan verify
KNOWS_session := $(KNOWS_suggest) remote export verify session
KNOWS_report  := $(KNOWS_session) report
KNOWS_ui      := $(KNOWS_base) ui
KNOWS_views   := $(KNOWS_report) ui views

# generated code, a pair of files each message file
PROTO_C := $(patsubst %.proto,$(BUILD)/%.pb-c.c,$(wildcard proto/*.proto))

# the messages that a folder reads or writes as messages
PROTO_format := $(BUILD)/proto/tensor.pb-c.o
PROTO_graph  := $(BUILD)/proto/onnx.pb-c.o

objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/$(1)/*.c)) $(PROTO_$(1))
objects_of = $(foreach f,$(1),$(call objects,$(f)))

LIB_OBJ := $(call objects_of,$(FOLDERS))
UI_OBJ  := $(call objects_of,ui views)
CLI_OBJ := $(call objects,cli)
UNIT_FOLDERS := $(FOLDERS) ui views
UNIT_TESTS := $(foreach f,$(UNIT_FOLDERS),$(patsubst tests/unit/$(f)/%.c,$(BUILD)/tests/unit/$(f)/%,$(wildcard tests/unit/$(f)/test_*.c)))
TERM_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/term/test_*.c))
CORPUS := $(BUILD)/tests/triage/corpus
TRIAGE_TESTS := $(CORPUS)
TESTS := $(UNIT_TESTS) $(TERM_TESTS) $(TRIAGE_TESTS)

.PHONY: all demo test test-long deps-long peers triage-table bench unit cli-tests term-tests asan tsan ubsan lint format deps deps-test install clean fuzz
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAM)

# The catalogues of other languages, where the program finds them: beside itself, or under share/locale once installed.
LANGUAGES := $(patsubst po/%.po,%,$(wildcard po/*.po))
CATALOGUES := $(patsubst %,$(BUILD)/locale/%/LC_MESSAGES/mmtui.mo,$(LANGUAGES))
$(BUILD)/locale/%/LC_MESSAGES/mmtui.mo: po/%.po
	@mkdir -p $(@D)
	@msgfmt -o $@ $<
$(PROGRAM): | $(CATALOGUES)

$(PROGRAM): $(CLI_OBJ) $(UI_OBJ) $(BUILD)/libmmtui.a
	@echo "  LINK $@"
	@$(CC) $(SAN) $(LDFLAGS) -o $@ $(CLI_OBJ) $(UI_OBJ) $(BUILD)/libmmtui.a $(LIBS_LIB) $(LIBS_UI)

$(BUILD)/libmmtui.a: $(LIB_OBJ)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/proto/%.pb-c.c: proto/%.proto
	@mkdir -p $(@D)
	@protoc-c --proto_path=. --c_out=$(BUILD) $<
$(PROTO_C:.c=.h): %.h: %.c

$(BUILD)/proto/%.o: $(BUILD)/proto/%.c
	@$(CC) $(CFLAGS_ALL) -w -c -o $@ $<

$(BUILD)/src/%.o: src/%.c | $(PROTO_C)
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(CFLAGS_ALL) $(FLAGS_FILE) -MMD -MP -c -o $@ $<

# The dump scripts, a C string a line. \? as ??= and the like are something else in C11.
ADAPTERS := $(patsubst %.py,$(BUILD)/%.inc,$(wildcard src/cli/adapters/*.py))
$(BUILD)/src/cli/adapters/%.inc: src/cli/adapters/%.py
	@mkdir -p $(@D)
	@sed -e 's/[\\"?]/\\&/g' -e 's/.*/"&\\n",/' $< >$@
$(BUILD)/src/cli/dump_script.o: $(ADAPTERS)
$(BUILD)/src/cli/dump_script.o: CFLAGS_ALL += -I$(BUILD)/src/cli/adapters

# The themes, alike.
THEMES := $(patsubst %,$(BUILD)/%.inc,$(wildcard themes/*))
$(BUILD)/themes/%.inc: themes/%
	@mkdir -p $(@D)
	@sed -e 's/[\\"?]/\\&/g' -e 's/.*/"&\\n",/' $< >$@
$(BUILD)/src/ui/theme_text.o: $(THEMES)
$(BUILD)/src/ui/theme_text.o: CFLAGS_ALL += -I$(BUILD)/themes

# ---- tests ----
# A unit test links only with what its folder may know: an arrow that points up does not link.
define unit_rule
$(BUILD)/tests/unit/$(1)/%: $(BUILD)/tests/unit/$(1)/%.o $(UNIT_HELP_$(1)) $(call objects_of,$(KNOWS_$(1)))
	@$(CC) $(SAN) $(LDFLAGS) -o $$@ $$^ $(LIBS_TEST) $(LIBS_LIB) $(if $(filter ui views,$(1)),$(LIBS_UI)) $$(LIBS_$$(*F))
endef
# what several tests of a folder share, compiled once
UNIT_HELP_ui := $(BUILD)/tests/unit/ui/monkey.o
UNIT_HELP_views := $(UNIT_HELP_ui)
$(BUILD)/tests/%.o: tests/%.c | $(PROTO_C)
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(CFLAGS_ALL) -Itests -MMD -MP -c -o $@ $<
$(foreach f,$(UNIT_FOLDERS),$(eval $(call unit_rule,$(f))))
LIBS_test_metrics := -lquadmath
LIBS_test_metrics_long := -lquadmath

$(BUILD)/tests/term/%: $(BUILD)/tests/term/%.o
	@$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_TEST) -lvterm -lutil $(LIBS_LIB)

# Labelled faults: small networks of its own, and the demo's.
CORPUS_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/triage/*.c)) $(filter $(BUILD)/src/cli/demo_%.o,$(CLI_OBJ))
$(CORPUS): $(CORPUS_OBJ) $(BUILD)/libmmtui.a
	@$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_TEST) $(LIBS_LIB)

unit-%: # one folder's unit tests:  make unit-tensor
	@$(MAKE) --no-print-directory $(filter $(BUILD)/tests/unit/$*/%,$(UNIT_TESTS))
	@tests/run.sh $(filter $(BUILD)/tests/unit/$*/%,$(UNIT_TESTS))

test: deps-test
	@$(MAKE) --no-print-directory test-built

# Also the tests that take longer than a few seconds.
test-long: deps-test deps-long
	@MMTUI_LONG=1 $(MAKE) --no-print-directory test-built

test-built: $(PROGRAM) $(TESTS)
	@MMTUI=$(CURDIR)/$(PROGRAM) BUILD=$(BUILD) tests/run.sh $(TESTS) \
	    $(filter-out $(foreach t,$(CLI_WITHOUT),tests/cli/test_$(t).py tests/cli/test_$(t).sh),$(wildcard tests/cli/test_*.sh tests/cli/test_*.py)) $(if $(TRIAGE_TESTS),tests/triage/check_corpus.py)

# What triage makes of the labelled faults: the confusion matrix, and what went wrong. LONG=1: the other half, too.
triage-table: deps-test
	@$(MAKE) --no-print-directory $(CORPUS)
	@$(if $(LONG),MMTUI_LONG=1) $(CORPUS) --table

# The same tests under the sanitizers, each in a build folder of its own.
asan:
	@ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 LSAN_OPTIONS=suppressions=$(CURDIR)/tests/leaks_of_others.txt:print_suppressions=0 \
	 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	 $(MAKE) --no-print-directory test-built BUILD=build-asan PROGRAM=build-asan/mmtui OPT="-O1 -g" \
	 SAN="-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined"
# Without the terminal tests: they are about signals, whose handlers this sanitizer puts off, and there is one thread
# that a signal can reach. Without the labelled faults, and the unit tests of folders in which there is no second
# thread. Without the programs that go through texts, names and formats, for which the others start the same threads;
# LONG=1 runs these and all unit tests but those of ui and views.
TSAN_FOLDERS := $(if $(LONG),$(FOLDERS),dump runtime pair compare remote whatif cause suggest verify session report)
TSAN_WITHOUT := $(if $(LONG),,artefacts chinese completions docs dump_nodes dump_script export float32 gguf measure neon schema \
                schema_inferred table torch variants)
tsan:
	@TSAN_OPTIONS=halt_on_error=1 $(MAKE) --no-print-directory test-built UNIT_FOLDERS="$(TSAN_FOLDERS)" TERM_TESTS= TRIAGE_TESTS= \
	 CLI_WITHOUT="$(TSAN_WITHOUT)" \
	 BUILD=build-tsan PROGRAM=build-tsan/mmtui OPT="-O1 -g" SAN="-fsanitize=thread"

# What gcc's sanitizer does not look at (an offset to NULL): clang's, over all tests.
ubsan: deps-test deps-long
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 $(MAKE) --no-print-directory test-built BUILD=build-ubsan \
	 PROGRAM=build-ubsan/mmtui CC=clang OPT="-O1 -g" SAN="-fsanitize=undefined -fno-sanitize-recover=undefined"

lint:
	@CC="$(CC)" MAKE="$(MAKE)" LIBS="$(LIBS_LIB)" tests/lint.sh

format:
	@clang-format -i $(wildcard src/*/*.[ch] src/*/*.inc include/mmtui/*.h tests/*/*.[ch] tests/*/*/*.[ch])

# ---- fuzzing: one reader of files, with libFuzzer (clang);  make fuzz READER=npz SECONDS=600 ----
READER  ?= npz
SECONDS ?= 60
FUZZ_SAN := -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
$(BUILD)/fuzz_reader: $(BUILD)/tests/fuzz/fuzz_reader.o $(BUILD)/libmmtui.a
	@$(CC) $(SAN) -fsanitize=fuzzer -o $@ $^ $(LIBS_LIB)
fuzz:
	@$(MAKE) --no-print-directory BUILD=build-fuzz CC=clang OPT="-O1 -g" SAN="-fsanitize=fuzzer-no-link $(FUZZ_SAN)" \
	    build-fuzz/fuzz_reader
	@mkdir -p build-fuzz/corpus/$(READER)
	@MMTUI_READER=$(READER) build-fuzz/fuzz_reader -max_total_time=$(SECONDS) -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix=build-fuzz/$(READER)- build-fuzz/corpus/$(READER) tests/fuzz/corpus/$(READER)

# ---- what it costs: ratios in one run; tests/bench/README tells what each row means ----
$(BUILD)/tests/bench/bench: tests/bench/bench.c $(BUILD)/libmmtui.a
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(CFLAGS_ALL) -Wno-psabi -o $@ $< $(BUILD)/libmmtui.a $(LIBS_LIB)
$(BUILD)/tests/bench/files: tests/bench/files.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(CFLAGS_ALL) -Wno-psabi -o $@ $< -pthread

$(BUILD)/tests/bench/screen: $(BUILD)/tests/bench/screen.o $(call objects_of,$(KNOWS_views))
	@$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(LIBS_LIB) $(LIBS_UI)

BENCH_MIB ?= 256
bench: deps-test
	@$(MAKE) --no-print-directory $(PROGRAM) $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/files \
	    $(BUILD)/tests/bench/screen
	@/usr/bin/python3 tests/bench/bench.py ./$(PROGRAM) $(BUILD) $(BENCH_MIB)

# Files of real packages, made anew and read: needs the package index. Not part of the tests.
peers: deps-test $(PROGRAM)
	@MMTUI=$(CURDIR)/$(PROGRAM) BUILD=$(BUILD) tests/peers/run.sh $(BUILD)/peers

# ---- set-up ----
deps:
	@.ci/packages $(PACKAGES_BUILD)
deps-test:
	@.ci/packages $(PACKAGES_TEST)

deps-long:
	@.ci/packages chromium clang libclang-rt-14-dev zsh fish openssh-client openssh-server iproute2

demo: deps
	@$(MAKE) --no-print-directory $(PROGRAM)
	@./$(PROGRAM) demo

PREFIX ?= /usr/local
install: $(PROGRAM)
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/mmtui
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 man/*.1
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man5 man/*.5
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man7 man/*.7
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/mmtui/themes themes/*
	for language in $(LANGUAGES); do install -D -m 644 $(BUILD)/locale/$$language/LC_MESSAGES/mmtui.mo \
	    $(DESTDIR)$(PREFIX)/share/locale/$$language/LC_MESSAGES/mmtui.mo; done
	./$(PROGRAM) completions bash >$(BUILD)/mmtui.bash
	./$(PROGRAM) completions zsh >$(BUILD)/_mmtui
	./$(PROGRAM) completions fish >$(BUILD)/mmtui.fish
	install -D -m 644 $(BUILD)/mmtui.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/mmtui
	install -D -m 644 $(BUILD)/_mmtui $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_mmtui
	install -D -m 644 $(BUILD)/mmtui.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/mmtui.fish

clean:
	rm -rf build build-asan build-tsan build-ubsan build-lint build-fuzz mmtui

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
