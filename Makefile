# stormglass: `make help` lists what can be made.
VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=

# Every package beyond Debian 12's base system, in one place. README.md says in a line what each is for.
DEPS_BUILD := gcc libc6-dev make pkg-config libndpi-dev libssl-dev libjansson-dev libyaml-dev libpcre2-dev libpcap-dev \
	zlib1g-dev libzstd-dev libbrotli-dev liblzma-dev liblz4-dev libxml2-dev
DEPS_DEMO := jq
DEPS_TEST := jq python3 libcmocka-dev libnghttp2-dev libasan8 libubsan1 zstd xz-utils lz4
DEPS_LIVE := curl nginx-light openssl python3 python3-cryptography tcpdump tcpreplay iproute2 gnutls-bin tshark \
	nghttp2-client nghttp2-proxy nodejs
DEPS_BENCH := python3 openssl libnghttp2-dev
DEPS_FUZZ := clang libclang-rt-14-dev
# --------------------------------------------------------------------------------------------------------------------

V ?= release
JOBS ?= $(shell nproc)
S ?= 60
B := build/$(V)
# The program is optimised as a whole; tests link the same objects without, which is quicker.
OPT_release := -O3 -g -flto -ffat-lto-objects
LTO_release := -flto=auto
NO_LTO := -fno-lto
OPT_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_tsan := -O1 -g -fsanitize=thread
OPT_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith -Wwrite-strings
WERROR ?=
CFLAGS ?= $(OPT_$(V))
HARDEN := -fstack-protector-strong -fPIE $(if $(filter release,$(V)),-D_FORTIFY_SOURCE=2)
# On a bare machine there is no pkg-config yet; `deps` brings it.
XML_CFLAGS := $(shell pkg-config --cflags libxml-2.0 2>/dev/null)
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -I. $(XML_CFLAGS) $(WARN) $(WERROR) $(HARDEN) $(CFLAGS) -DSTORMGLASS_VERSION='"$(VERSION)"' \
	-DSTORMGLASS_SHARE='"$(PREFIX)/share/stormglass"'
LIBS := -lndpi -lcrypto -ljansson -lyaml -lpcre2-8 -lpcap -lz -lzstd -lbrotlidec -llzma -llz4 -lxml2 -lm -lpthread
LINK := -pie -Wl,-z,relro,-z,now $(LDFLAGS)

SRC := $(wildcard sensor/*/*.c dissectors/*/*.c)
OBJ := $(SRC:%.c=$(B)/%.o)
LIB := $(B)/libstormglass.a
SUPPORT := $(patsubst %.c,$(B)/%.o,$(wildcard tests/support/*.c))
UNIT := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c tests/prop/prop_*.c))
BENCH_MAKER := bench/make-capture bench/wire bench/bearer bench/h2 bench/https support/sealer support/tls_made support/tls_tape
FUZZ := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))

all: build/stormglass ## build/stormglass, the program

build/stormglass: build/release/stormglass
	@ln -sf release/stormglass $@

$(B)/stormglass: $(B)/sensor/main.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(LTO_$(V)) $(LINK) -o $@ $^ $(LIBS)

$(LIB): $(OBJ)
	@rm -f $@
	ar rcsP $@ $^

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(SUPPORT) $(LIB)
	$(CC) $(ALL_CFLAGS) $(NO_LTO) $(LINK) -o $@ $^ -lcmocka -lssl -lbrotlienc -lnghttp2 $(LIBS)

$(B)/tests/prop/%: $(B)/tests/prop/%.o $(SUPPORT) $(LIB)
	$(CC) $(ALL_CFLAGS) $(NO_LTO) $(LINK) -o $@ $^ -lcmocka -lssl -lbrotlienc -lnghttp2 $(LIBS)

# A fuzz target replays the files it is given; only the fuzz variant links libFuzzer.
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(if $(filter fuzz,$(V)),,$(B)/tests/fuzz/replay.o) $(LIB)
	$(CC) $(ALL_CFLAGS) $(LINK) $(if $(filter fuzz,$(V)),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

$(B)/tests/bench/make-capture: $(patsubst %,$(B)/tests/%.o,$(BENCH_MAKER)) $(LIB)
	$(CC) $(ALL_CFLAGS) $(NO_LTO) $(LINK) -o $@ $^ -lnghttp2 $(LIBS)

unit: $(UNIT)
fuzzers: $(FUZZ)

# ---- packages: `deps` installs what of a list is missing, as root or through sudo
deps: ; @tests/support/install-packages $(DEPS_BUILD)
deps-demo: ; @tests/support/install-packages $(DEPS_BUILD) $(DEPS_DEMO)
deps-test: ; @tests/support/install-packages $(sort $(DEPS_BUILD) $(DEPS_DEMO) $(DEPS_TEST) $(DEPS_LIVE))
deps-bench: ; @tests/support/install-packages $(DEPS_BUILD) $(DEPS_BENCH)
deps-fuzz: ; @tests/support/install-packages $(DEPS_BUILD) $(DEPS_FUZZ)

demo: deps-demo ## install what is missing, build, and look at pcaps/storm-0558
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@tests/support/demo

check: deps-test ## install what the tests need, build, run all tests; the last line counts them
	@$(MAKE) --no-print-directory -s -j$(JOBS) WERROR=-Werror all unit build/release/tests/bench/make-capture
	@$(MAKE) --no-print-directory -s -j$(JOBS) WERROR=-Werror V=asan build/asan/stormglass unit fuzzers
	@tests/run

asan: deps-test ## build/asan/stormglass, with AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory -s -j$(JOBS) V=asan build/asan/stormglass

tsan: deps-test ## with ThreadSanitizer: several workers on made and recorded captures
	@$(MAKE) --no-print-directory -s -j$(JOBS) V=tsan build/tsan/stormglass build/tsan/tests/unit/test_engine build/tsan/tests/unit/test_ring
	@tests/support/tsan

fuzz: deps-fuzz ## fuzz every target, or T=http1, for S=60 seconds each
	@$(MAKE) --no-print-directory -s -j$(JOBS) V=fuzz CC=clang fuzzers
	@tests/fuzz/run "$(T)" "$(S)"

bench: deps-bench all $(B)/tests/bench/make-capture ## packets/s, requests/s, memory, beside bare libpcap; TLS beside openssl
	@tests/bench/run

golden-accept: all ## rewrite want.jsonl of every case, or of CASE=name
	@tests/golden/accept $(or $(CASE),--all)

live: deps-test all ## real clients and servers against the program
	@tests/live/http1-real
	@tests/live/http2-real
	@tests/live/tls-real
	@tests/live/capture-live
	@tests/live/tls-live

install: all ## under $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/stormglass/sigs/keys $(DESTDIR)$(PREFIX)/share/man/man1
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 755 $(B)/stormglass $(DESTDIR)$(PREFIX)/bin/stormglass
	install -m 644 sigs/*.rules sigs/*.json sigs/*.config $(DESTDIR)$(PREFIX)/share/stormglass/sigs/
	install -m 644 sigs/keys/* $(DESTDIR)$(PREFIX)/share/stormglass/sigs/keys/
	install -m 644 sensor/share/stormglass.yaml $(DESTDIR)$(PREFIX)/share/stormglass/
	install -m 644 sensor/share/stormglass.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	sed 's,@PREFIX@,$(PREFIX),' sensor/share/stormglass.service | \
		install -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/lib/systemd/system/stormglass.service

clean: ## remove build/
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' Makefile

-include $(shell find build -name '*.d' 2>/dev/null)
.PHONY: all unit fuzzers deps deps-demo deps-test deps-bench deps-fuzz demo check asan tsan fuzz bench golden-accept live install clean help
.SECONDARY:
