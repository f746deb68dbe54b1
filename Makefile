# stormglass: `make help` lists what can be made.
VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=

# Every package beyond Debian 12's base system, in one place. README.md says in a line what each is for.
DEPS_BUILD := gcc libc6-dev make pkg-config libndpi-dev libssl-dev libjansson-dev libyaml-dev libpcre2-dev
DEPS_DEMO := jq
DEPS_TEST := jq python3 libcmocka-dev libasan8 libubsan1
DEPS_LIVE := curl nginx-light openssl python3 python3-cryptography tcpdump iproute2
DEPS_BENCH := libpcap-dev python3
DEPS_FUZZ := clang libclang-rt-14-dev
# --------------------------------------------------------------------------------------------------------------------

CC ?= cc
V ?= release
B := build/$(V)
OPT_release := -O2 -g
OPT_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith -Wwrite-strings
WERROR ?=
CFLAGS ?= $(OPT_$(V))
HARDEN := -fstack-protector-strong -fPIE $(if $(filter release,$(V)),-D_FORTIFY_SOURCE=2)
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -I. $(WARN) $(WERROR) $(HARDEN) $(CFLAGS) -DSTORMGLASS_VERSION='"$(VERSION)"' \
	-DSTORMGLASS_SHARE='"$(PREFIX)/share/stormglass"'
LIBS := -lndpi -lcrypto -ljansson -lyaml -lpcre2-8 -lm -lpthread
LINK := -pie -Wl,-z,relro,-z,now $(LDFLAGS)

SRC := $(wildcard sensor/*/*.c dissectors/*/*.c)
OBJ := $(SRC:%.c=$(B)/%.o)
LIB := $(B)/libstormglass.a
SUPPORT := $(patsubst %.c,$(B)/%.o,$(wildcard tests/support/*.c))
UNIT := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c tests/prop/prop_*.c))
FUZZ := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))

all: build/stormglass ## build/stormglass, the program

build/stormglass: $(B)/stormglass
	@ln -sf $(V)/stormglass $@

$(B)/stormglass: $(B)/sensor/main.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(LINK) -o $@ $^ $(LIBS)

$(LIB): $(OBJ)
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(SUPPORT) $(LIB)
	$(CC) $(ALL_CFLAGS) $(LINK) -o $@ $^ -lcmocka $(LIBS)

$(B)/tests/prop/%: $(B)/tests/prop/%.o $(SUPPORT) $(LIB)
	$(CC) $(ALL_CFLAGS) $(LINK) -o $@ $^ -lcmocka $(LIBS)

# A fuzz target replays the files it is given; only the fuzz variant links libFuzzer.
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(if $(filter fuzz,$(V)),,$(B)/tests/fuzz/replay.o) $(LIB)
	$(CC) $(ALL_CFLAGS) $(LINK) $(if $(filter fuzz,$(V)),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

unit: $(UNIT)
fuzzers: $(FUZZ)

-include $(shell find build -name '*.d' 2>/dev/null)
.PHONY: all unit fuzzers
.SECONDARY:
