# SPDX-License-Identifier: GPL-3.0-or-later
# helplined - one Makefile, no recursion into folders. `make help` lists the targets.
# What:  builds into build/<flavour>/ ; a flavour is release (default), asan, tsan, fuzz, cover or control (answers before it
#        commits, empties slots before it is told to: the positive controls of the crash harnesses). Flavours differ in flags only.
# Keeps: changed flags rebuild everything that used them; nothing is written outside build/ except by install and deps.
# Where: programs build/<flavour>/NAME, objects .../obj, tests .../tests/{unit,property,fuzz,bench}, manual pages .../man.

FLAVOUR ?= release
$(if $(filter $(FLAVOUR),release asan tsan fuzz cover control),,$(error unknown flavour $(FLAVOUR)))
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
B := build/$(FLAVOUR)
VERSION := 0.1.0
CC ?= cc
PREFIX ?= /usr
SYSCONFDIR ?= /etc
DESTDIR ?=
FUZZ_SECONDS ?= 60
CRASH_KILLS ?= 1000
STORM_SEEDS ?= 5
CRASH_KILLS_SHORT := 60
CLANG := clang-14

# What a bare Debian 12 lacks: for building, checking and the demonstration; then for the tools of lint, fuzz and cover.
DEPS := gcc libc6-dev make pkg-config libsqlite3-dev libmicrohttpd-dev libconfig-dev libcurl4-openssl-dev libjansson-dev \
        libsodium-dev libutf8proc-dev libssl-dev libexpat1-dev libqrencode-dev libcmocka-dev python3 openssl curl mandoc \
        systemd tzdata
DEPS_LINT := clang-14 clang-format-14 clang-tidy-14 cppcheck shellcheck
DEPS_FUZZ := clang-14 libclang-rt-14-dev llvm-14
DEPS_COVER := gcovr
DEPS_SDK := nodejs npm
DEPS_DECODERS := tshark python3-gammu
# The fonts of the scripts that our texts are written in.
DEPS_BROWSER := chromium fonts-noto-core

WARNINGS := -Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes \
            -Wwrite-strings -Wformat=2 -Wformat-security -Wundef -Wvla -Wimplicit-fallthrough -Werror
MACHINE := $(shell uname -m)
HARDENING := -fstack-protector-strong -fstack-clash-protection -fPIE \
             $(if $(filter x86_64,$(MACHINE)),-fcf-protection) $(if $(filter aarch64,$(MACHINE)),-mbranch-protection=standard)
CPPFLAGS += -I. -I$(B)/gen -D_GNU_SOURCE -DHELPLINED_VERSION='"$(VERSION)"'
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=3 $(HARDENING)
LDFLAGS_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack
# These two look at optimised code, and instrumented code misleads them; the release flavour is their place.
QUIETER := -Wno-format-truncation -Wno-maybe-uninitialized
CFLAGS_asan := $(QUIETER) -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS_asan := -fsanitize=address,undefined
CFLAGS_tsan := $(QUIETER) -O1 -g -fsanitize=thread
LDFLAGS_tsan := -fsanitize=thread
CFLAGS_cover := $(QUIETER) -O0 -g --coverage
LDFLAGS_cover := --coverage
CFLAGS_control := $(CFLAGS_release) -DCONTROL_ANSWER_BEFORE_COMMIT -DCONTROL_DELETE_BEFORE_STORED
LDFLAGS_control := $(LDFLAGS_release)
CFLAGS_fuzz := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS_fuzz := -fsanitize=address,undefined
CFLAGS += -std=gnu11 $(WARNINGS) $(CFLAGS_$(FLAVOUR))
LDFLAGS += $(LDFLAGS_$(FLAVOUR)) -Wl,--as-needed
ifeq ($(FLAVOUR),fuzz)
CC := $(CLANG)
endif

# pkg-config is asked once, and only when something is linked: before that `make deps` may still have to install it.
once = $(eval $(1) := $(2))$($(1))
PKG_DAEMON := sqlite3 libmicrohttpd libconfig jansson libsodium libutf8proc libcrypto expat libqrencode
LIBS_DAEMON = $(call once,LIBS_DAEMON,$(shell pkg-config --libs $(PKG_DAEMON)))
LIBS_SENDER = $(call once,LIBS_SENDER,$(shell pkg-config --libs libcurl jansson))
LIBS_MODEM = $(call once,LIBS_MODEM,$(shell pkg-config --libs jansson))
LIBS_CTL = $(call once,LIBS_CTL,$(shell pkg-config --libs jansson libconfig libutf8proc))
LIBS_TEST = $(LIBS_DAEMON) $(LIBS_SENDER) -lcmocka -lm

# ---- sources -------------------------------------------------------------------------------------------------
BASE_SRC := $(wildcard gateway/base/*.c gateway/json/*.c)
CTL_SRC := $(wildcard gateway/core/triage/*.c config/conf.c config/confnode.c config/confscan.c)
DAEMON_SRC := $(wildcard gateway/crypto/*.c gateway/xml/*.c gateway/vault/*.c gateway/store/*.c gateway/http/*.c gateway/core/*.c \
                gateway/core/triage/*.c gateway/console/*.c gateway/console/*/*.c config/*.c handlers/*.c handlers/gsm/*.c)
SENDER_SRC := $(wildcard gateway/sender/*.c)
MODEM_SRC := $(wildcard gateway/modem/*.c)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
PROPERTY_SRC := $(wildcard tests/property/test_*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC := $(wildcard tests/bench/bench_*.c)
CRASH_SRC := $(wildcard tests/crash/*.c)
STORM_SRC := $(wildcard tests/storm/*.c)
# tests/support/*.c is linked into every test; a program with its own main belongs into tests/support/programs.
SUPPORT_SRC := $(wildcard tests/support/*.c)
SUPPORT_PROGRAM_SRC := $(wildcard tests/support/programs/*.c)
TEST_SRC := $(UNIT_SRC) $(PROPERTY_SRC) $(FUZZ_SRC) $(BENCH_SRC)

comma := ,
obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
BASE_OBJ := $(call obj,$(BASE_SRC))
DAEMON_OBJ := $(call obj,$(DAEMON_SRC)) $(B)/obj/gen/schema_sql.o $(B)/obj/gen/style_css.o $(B)/obj/gen/passwords.o
SENDER_OBJ := $(call obj,$(SENDER_SRC))
MODEM_OBJ := $(call obj,$(MODEM_SRC))
CTL_OBJ := $(call obj,$(CTL_SRC))
SUPPORT_OBJ := $(call obj,$(SUPPORT_SRC))
CRASH_OBJ := $(call obj,$(CRASH_SRC))
STORM_OBJ := $(call obj,$(STORM_SRC))
PARTS := $(B)/libparts.a
SUPPORT := $(B)/libsupport.a

UNIT := $(patsubst tests/%.c,$(B)/tests/%,$(UNIT_SRC))
PROPERTY := $(patsubst tests/%.c,$(B)/tests/%,$(PROPERTY_SRC))
FUZZ := $(patsubst tests/%.c,$(B)/tests/%,$(FUZZ_SRC))
BENCH := $(patsubst tests/%.c,$(B)/tests/%,$(BENCH_SRC))
CRASH := $(if $(wildcard tests/crash/crash.c),$(B)/tests/crash)
STORM := $(B)/tests/storm
# Deliberate mistakes of the storm's own negative controls stand in front of these functions (tests/storm/mistakes.c).
STORM_WRAPPED := store_begin store_commit copies_find outbox_set_failed
SUPPORT_PROGRAMS := $(patsubst tests/support/programs/%.c,$(B)/tests/programs/%,$(SUPPORT_PROGRAM_SRC))
TESTS := $(UNIT) $(PROPERTY)
GOLDEN := $(sort $(wildcard tests/golden/golden_*.py))
INTEGRATION := $(sort $(wildcard tests/integration/it_*.py))

PROGRAMS := $(patsubst gateway/%.c,$(B)/%,$(wildcard gateway/helplined.c gateway/helplinectl.c))
PROGRAMS += $(if $(wildcard gateway/sender.c),$(B)/helpline-sender) $(if $(wildcard gateway/modem.c),$(B)/helpline-modem)
MAN := $(patsubst gateway/man/%.in,$(B)/man/%,$(wildcard gateway/man/*.in))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all programs man
all: programs man ## build the programs and the manual pages (the default)
programs: $(PROGRAMS)
man: $(MAN)

# ---- compiling and linking -----------------------------------------------------------------------------------
# Shows what is made; `make V=1` shows the commands.
run = $(if $(V),$(2),@printf '  %-4s %s\n' $(1) $@; $(2))
# The stamp changes only when the flags do, and everything that is compiled or linked depends on it.
FLAGS := $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)
FLAGS_STAMP := $(B)/flags
ifneq ($(FLAGS),$(if $(wildcard $(FLAGS_STAMP)),$(shell cat $(FLAGS_STAMP))))
.PHONY: $(FLAGS_STAMP)
endif
$(FLAGS_STAMP):
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS))' > $@

$(B)/helplined: $(B)/obj/gateway/helplined.o $(DAEMON_OBJ) $(BASE_OBJ)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_DAEMON))
$(B)/helplinectl: $(B)/obj/gateway/helplinectl.o $(CTL_OBJ) $(BASE_OBJ)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CTL))
$(B)/helpline-sender: $(B)/obj/gateway/sender.o $(SENDER_OBJ) $(BASE_OBJ)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_SENDER))
$(B)/helpline-modem: $(B)/obj/gateway/modem.o $(MODEM_OBJ) $(BASE_OBJ)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_MODEM))

$(B)/obj/%.o: %.c $(FLAGS_STAMP)
	@mkdir -p $(@D)
	$(call run,CC,$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<)

# The schema is data: the numbered SQL files become one C table (gateway/store/migrate.h).
SQL := $(sort $(wildcard gateway/store/sql/*.sql))
$(B)/gen/schema_sql.c: $(SQL) tests/support/embed-sql
	@mkdir -p $(@D)
	$(call run,SQL,sh tests/support/embed-sql $(SQL) > $@)
$(B)/gen/style_css.c: gateway/console/style.css tests/support/embed-text
	@mkdir -p $(@D)
	$(call run,CSS,sh tests/support/embed-text $< gateway/console/style.h style_css > $@)
$(B)/gen/passwords.c: gateway/core/passwords.txt tests/support/embed-text
	@mkdir -p $(@D)
	$(call run,TEXT,sh tests/support/embed-text $< gateway/core/password.h password_common > $@)
$(B)/obj/gen/schema_sql.o $(B)/obj/gen/style_css.o $(B)/obj/gen/passwords.o: $(B)/obj/gen/%.o: $(B)/gen/%.c $(FLAGS_STAMP)
	@mkdir -p $(@D)
	$(call run,CC,$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<)

# Tests link against archives of everything below the mains, so each takes only what it names.
$(PARTS): $(sort $(DAEMON_OBJ) $(SENDER_OBJ) $(MODEM_OBJ) $(BASE_OBJ))
	@rm -f $@
	$(call run,AR,$(AR) rcs $@ $^)
$(SUPPORT): $(SUPPORT_OBJ)
	@rm -f $@
	$(call run,AR,$(AR) rcs $@ $^)

$(UNIT) $(PROPERTY) $(BENCH): $(B)/tests/%: $(B)/obj/tests/%.o $(SUPPORT) $(PARTS)
	@mkdir -p $(@D)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TEST))
$(SUPPORT_PROGRAMS): $(B)/tests/programs/%: $(B)/obj/tests/support/programs/%.o $(SUPPORT) $(PARTS)
	@mkdir -p $(@D)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TEST))
$(B)/tests/crash: $(CRASH_OBJ) $(SUPPORT) $(PARTS)
	@mkdir -p $(@D)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TEST))
$(STORM): $(STORM_OBJ) $(SUPPORT) $(PARTS)
	@mkdir -p $(@D)
	$(call run,LINK,$(CC) $(LDFLAGS) $(STORM_WRAPPED:%=-Wl$(comma)--wrap=%) -o $@ $^ $(LIBS_TEST))

# A fuzz target is driven by libFuzzer in its own flavour and by the replay of its corpus in every other.
ifeq ($(FLAVOUR),fuzz)
$(FUZZ): $(B)/tests/%: $(B)/obj/tests/%.o $(SUPPORT) $(PARTS)
	@mkdir -p $(@D)
	$(call run,LINK,$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS_TEST))
else
$(FUZZ): $(B)/tests/%: $(B)/obj/tests/%.o $(B)/obj/tests/fuzz/replay.o $(SUPPORT) $(PARTS)
	@mkdir -p $(@D)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TEST))
endif

# ---- packages ------------------------------------------------------------------------------------------------
.PHONY: deps deps-lint deps-fuzz deps-cover deps-decoders deps-sdk deps-browser
deps: ## install the Debian packages that building, `check` and `demo` need
	@sh tests/support/deps $(DEPS)
deps-lint:
	@sh tests/support/deps $(DEPS) $(DEPS_LINT)
deps-fuzz:
	@sh tests/support/deps $(DEPS) $(DEPS_FUZZ)
deps-cover:
	@sh tests/support/deps $(DEPS) $(DEPS_COVER)
deps-sdk:
	@command -v npm >/dev/null || sh tests/support/deps $(DEPS_SDK)
	@sh tests/sdk/fetch
deps-browser:
	@command -v npm >/dev/null || sh tests/support/deps $(DEPS_SDK)
	@sh tests/support/deps $(DEPS_BROWSER)
	@sh tests/support/fetch-npm tests/browser build/browser

deps-decoders:
	@sh tests/support/deps $(DEPS_DECODERS)

# ---- tests ---------------------------------------------------------------------------------------------------
RUN = tests/run --build $(B)
SANITIZE := ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1 \
            LSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/lsan.txt \
            UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 TSAN_OPTIONS=halt_on_error=1

.PHONY: check check-built unit property fuzz-replay integration golden
check: deps ## build everything and run every test (installs what is missing); ends with `N passed, N failed`
	@sh tests/sdk/fetch --try
	@$(MAKE) --no-print-directory check-built
check-built: all $(TESTS) $(FUZZ) $(CRASH) $(STORM) $(SUPPORT_PROGRAMS)
	@CRASH_KILLS=$(CRASH_KILLS_SHORT) $(RUN) --timeout 600 $(STORM) $(TESTS) $(FUZZ) --serial $(GOLDEN) $(INTEGRATION) $(CRASH)
unit: $(UNIT) ## run the unit tests
	@$(RUN) $(UNIT)
property: $(PROPERTY) ## run the property tests
	@$(RUN) $(PROPERTY)
fuzz-replay: $(FUZZ) ## run every fuzz target over its committed corpus
	@$(RUN) $(FUZZ)
golden: all ## compare what the programs print with what is committed
	@$(RUN) --serial $(GOLDEN)
integration: all $(SUPPORT_PROGRAMS) ## run the integration stories against the real programs
	@$(RUN) --serial $(INTEGRATION)

.PHONY: sdk
sdk: deps deps-sdk programs ## the providers' own libraries (from npm) sign requests to the daemon, and check what it signs
	@HELPLINED_SDK=must $(RUN) --serial tests/integration/it_sdk.py

.PHONY: decoders
decoders: deps deps-decoders all $(SUPPORT_PROGRAMS) ## tshark and libgammu read what we write for a modem
	@HELPLINED_DECODERS=must $(RUN) --serial tests/integration/it_gsm_decoders.py

.PHONY: browser
browser: deps deps-browser programs ## every page in Chromium: phone, desk, dark, print, without scripts; screenshots in build/browser/screens
	@HELPLINED_BROWSER=must $(RUN) --timeout 600 --serial tests/browser/pages.py

.PHONY: crash crash-control
crash: programs $(CRASH) ## kill the daemon CRASH_KILLS times (1000) under load and count what is missing
	@CRASH_KILLS=$(CRASH_KILLS) $(RUN) --timeout 3600 --serial $(CRASH)
crash-control: programs $(CRASH) ## the same against a daemon that answers too early: the harness must report loss
	@$(MAKE) --no-print-directory FLAVOUR=control programs
	@CRASH_KILLS=$(CRASH_KILLS_SHORT) CRASH_EXPECT=loss tests/run --build build/control --timeout 3600 --serial $(CRASH)

# The kills of the worker and the daemon over a scripted modem; `check` has two runs.
MODEM_RUNS ?= 20
.PHONY: modem-crash modem-crash-control
modem-crash: programs ## kill helpline-modem and the daemon at random, MODEM_RUNS (20) times sixty messages: 0 lost, 0 doubled
	@MODEM_CRASH_RUNS=$(MODEM_RUNS) $(RUN) --timeout 3600 --serial tests/integration/it_modem_crash.py
modem-crash-control: programs ## the same with a worker that empties slots too early: the harness must report loss
	@$(MAKE) --no-print-directory FLAVOUR=control build/control/helpline-modem
	@HELPLINED_MODEM=$(CURDIR)/build/control/helpline-modem MODEM_CRASH_RUNS=$(MODEM_RUNS) MODEM_CRASH_EXPECT=loss \
	    $(RUN) --timeout 3600 --serial tests/integration/it_modem_crash.py

.PHONY: storm
storm: $(STORM) ## 24 virtual hours of bad providers, STORM_SEEDS (5) times, and every deliberate mistake
	@STORM_HOURS=24 STORM_WORKERS=200 STORM_SEEDS=$(STORM_SEEDS) STORM_CONTROLS=3 $(STORM)

.PHONY: asan tsan sanitized
asan: deps ## unit, property, corpus and integration tests under the address and undefined behaviour sanitizers
	@$(SANITIZE) $(MAKE) --no-print-directory FLAVOUR=asan sanitized
tsan: deps ## the same under the thread sanitizer
	@$(SANITIZE) $(MAKE) --no-print-directory FLAVOUR=tsan sanitized
sanitized: programs $(TESTS) $(FUZZ) $(SUPPORT_PROGRAMS)
	@$(RUN) --timeout 600 $(TESTS) $(FUZZ) --serial $(INTEGRATION)

.PHONY: fuzz fuzz-run
fuzz: deps-fuzz ## search with libFuzzer for FUZZ_SECONDS (60) a target; new inputs stay in build/fuzz/corpus
	@$(SANITIZE) $(MAKE) --no-print-directory FLAVOUR=fuzz fuzz-run
fuzz-run: $(FUZZ)
	@sh tests/fuzz/search $(FUZZ_SECONDS) $(FUZZ)

.PHONY: bench
bench: programs $(BENCH) $(SUPPORT_PROGRAMS) ## measure: one line each
	@set -e; for b in $(BENCH); do HELPLINED_BUILD=$(CURDIR)/$(B) $$b; done
	@set -e; for b in $(sort $(wildcard tests/bench/bench_*.py)); do HELPLINED_BUILD=$(CURDIR)/$(B) python3 $$b; done

.PHONY: cover cover-run
cover: deps-cover ## line and branch coverage of the tests, as build/cover/report/index.html
	@$(MAKE) --no-print-directory FLAVOUR=cover cover-run
cover-run: programs $(TESTS) $(FUZZ) $(SUPPORT_PROGRAMS)
	@find $(B)/obj -name '*.gcda' -delete
	@$(RUN) --timeout 600 $(TESTS) $(FUZZ) --serial $(INTEGRATION)
	@mkdir -p $(B)/report
	gcovr --root . --object-directory $(B)/obj --filter gateway/ --filter config/ --filter handlers/ \
	    --print-summary --html-details $(B)/report/index.html --txt $(B)/report/summary.txt

# ---- style ---------------------------------------------------------------------------------------------------
C_FILES = $(shell find gateway config handlers tests -name '*.[ch]' | sort)
.PHONY: lint lint-built tidy format
lint: deps-lint ## every rule of CONTRIBUTING.md that a machine can check, and the checks' own tests
	@$(MAKE) --no-print-directory FLAVOUR=release lint-built
lint-built: programs $(PARTS)
	@sh tests/lint/run
tidy: deps-lint ## clang-tidy with .clang-tidy (slow, a second opinion)
	clang-tidy-14 --quiet $(wildcard gateway/*.c) $(BASE_SRC) $(sort $(DAEMON_SRC) $(SENDER_SRC) $(MODEM_SRC)) -- $(CPPFLAGS) -std=gnu11
format: ## rewrite the C files in the project's format
	clang-format-14 -i $(C_FILES)

# ---- manual pages --------------------------------------------------------------------------------------------
# Their tables are printed from the definitions that the programs are made of.
$(B)/man-tables: $(call obj,$(wildcard gateway/man/*.c)) $(PARTS)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_DAEMON))
$(B)/man/%: gateway/man/%.in $(B)/man-tables
	@mkdir -p $(@D)
	$(call run,MAN,$(B)/man-tables < $< > $@)

# ---- language model ------------------------------------------------------------------------------------------
# Counts training text into config/lexicon/language.model; its README says how. Not part of a build.
$(B)/train-language: $(call obj,$(wildcard config/lexicon/build/*.c)) $(PARTS)
	$(call run,LINK,$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_DAEMON) -lm)

# ---- installing ----------------------------------------------------------------------------------------------
# Every installed file is one line "mode source target" of this list; install, uninstall, deb and their tests go by it.
UNITS := $(wildcard systemd/*.service systemd/*.socket systemd/*.timer)
DOCS := $(wildcard README.md CHANGELOG.md gateway/README.md gateway/PROTOCOL.md handlers/README.md)
WORDS := $(wildcard config/lexicon/*.conf config/lexicon/*.txt config/lexicon/*.model config/replies/*.conf config/countries.conf config/commands.conf)
define INSTALLED
755 $(B)/helplined $(PREFIX)/sbin/helplined
755 $(B)/helpline-sender $(PREFIX)/sbin/helpline-sender
755 $(B)/helpline-modem $(PREFIX)/sbin/helpline-modem
755 $(B)/helplinectl $(PREFIX)/bin/helplinectl
755 systemd/backup $(PREFIX)/lib/helplined/backup
$(foreach f,$(UNITS),644 $(f) $(PREFIX)/lib/systemd/system/$(notdir $(f))
)644 systemd/helplined.sysusers $(PREFIX)/lib/sysusers.d/helplined.conf
644 systemd/prometheus/helplined.rules.yml $(PREFIX)/share/helplined/prometheus/helplined.rules.yml
644 systemd/prometheus/helplined.dashboard.json $(PREFIX)/share/helplined/prometheus/helplined.dashboard.json
644 systemd/helplined.tmpfiles $(PREFIX)/lib/tmpfiles.d/helplined.conf
644 systemd/helpline-modem.rules $(PREFIX)/lib/udev/rules.d/70-helpline-modem.rules
$(foreach f,$(MAN),644 $(f) $(PREFIX)/share/man/man$(subst .,,$(suffix $(f)))/$(notdir $(f))
)$(foreach f,$(WORDS),644 $(f) $(PREFIX)/share/helplined/$(f:config/%=%)
)644 config/helplined.conf.example $(PREFIX)/share/doc/helplined/helplined.conf.example
$(foreach f,$(DOCS),644 $(f) $(PREFIX)/share/doc/helplined/$(subst /,-,$(f:gateway/PROTOCOL.md=PROTOCOL.md))
)
endef

.PHONY: install uninstall deb
install uninstall deb: export MANIFEST = $(INSTALLED)
install: all ## install below DESTDIR and PREFIX (/usr): programs, units, manual pages, words, example
	@PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) sh systemd/install
uninstall: ## remove what install has put there; configuration, keys and data stay
	@PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) sh systemd/install --remove
deb: all ## build a Debian package into build/
	@VERSION=$(VERSION) sh systemd/deb/build

# ---- demonstration -------------------------------------------------------------------------------------------
.PHONY: demo demo-modem
demo: deps ## start everything on loopback, send eight texts and show what became of them
	@$(MAKE) --no-print-directory programs
	@HELPLINED_BUILD=$(CURDIR)/$(B) tests/support/demo
demo-modem: deps ## the main job through a scripted modem, without any internet: SMS in, alert out, acknowledged and closed by SMS
	@$(MAKE) --no-print-directory programs
	@HELPLINED_BUILD=$(CURDIR)/$(B) tests/support/demo-modem

# ---- the rest ------------------------------------------------------------------------------------------------
.PHONY: help clean
help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r target text; do \
	    printf '  %-14s %s\n' "$$target" "$$text"; done
clean: ## remove build/
	rm -rf build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
