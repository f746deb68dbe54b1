/* Input: bytes of both directions of a connection. Whole and cut up must give the same content, and all memory back. The
 * secrets of a few sessions are known, so that records of the corpus open.
 *
 *   how 1 | ( flags 1 | len 2 | bytes len )*
 *
 *   how: 1 midstream, 2 secrets may come, 4 nobody wants events, upper four: how to cut
 *   flags: 1 to the client, 2 a gap of len bytes, 4 secrets come before, 8 time passes
 *
 * Sessions are those of tests/support/tls_made.h whose client random begins with a1 (TLS 1.3, AES-128-GCM) to a4, and theirs
 * of TLS 1.2 and before with b1 to b4. */
#include "tests/support/script.h"

/* A fuzz target is linked with the program's own objects only. */
#include "tests/support/tls_engine.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { SESSIONS = 4, SECRET = 0x5e, TRIALS = 4096 };

static void write_fill(struct tls_text *to, unsigned first, unsigned rest, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		write_text(to, "%02x", i ? rest : first);
}

static void write_secret(struct tls_text *to, const char *label, unsigned session, unsigned secret, unsigned n)
{
	write_text(to, "%s ", label);
	write_fill(to, session, 0x11, 32);
	write_text(to, " ");
	write_fill(to, secret, secret, n);
	write_text(to, "\n");
}

static void write_lines(struct tls_text *to)
{
	for (unsigned i = 1; i <= SESSIONS; i++) {
		write_secret(to, "SERVER_HANDSHAKE_TRAFFIC_SECRET", 0xa0 + i, SECRET + 1, 32);
		write_secret(to, "SERVER_TRAFFIC_SECRET_0", 0xa0 + i, SECRET + 3, 32);
		write_secret(to, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", 0xa0 + i, SECRET, 32);
		write_secret(to, "CLIENT_TRAFFIC_SECRET_0", 0xa0 + i, SECRET + 2, 32);
		write_secret(to, "CLIENT_RANDOM", 0xb0 + i, SECRET, 48);
	}
}

struct fuzz {
	struct tls_store store;
	struct tls_engine engine;
	struct tls_text lines;
	bool compares;           /* what it is was clear at once: else that depends on the cutting */
};

static void fuzz_send(struct fuzz *fuzz, unsigned side, struct bytes b, uint64_t gap, unsigned cut)
{
	while (b.len) {
		size_t len = cut ? cut : b.len;

		tls_engine_send(&fuzz->engine, side, bytes_head(b, len), gap);
		b = bytes_tail(b, len < b.len ? len : b.len);
		gap = 0;
	}
}

static void fuzz_run(struct fuzz *fuzz, const struct crypto *crypto, struct bytes input, unsigned cut)
{
	struct reader r = reader_of(input);
	uint8_t how = read_u8(&r);
	struct tls_engine_spec spec = { .crypto = crypto, .store = &fuzz->store, .midstream = how & 1, .may_come = how & 2,
		.quiet = how & 4, .search = 32 };
	uint64_t gaps[2] = { 0 };

	*fuzz = (struct fuzz){ .compares = false };
	write_lines(&fuzz->lines);
	tls_store_init(&fuzz->store);
	if (!(how & 2))
		tls_store_add(&fuzz->store, bytes_of(fuzz->lines.text, fuzz->lines.len), 0);
	tls_engine_init(&fuzz->engine, &spec);
	for (bool first = true; reader_left(&r) >= 3;) {
		uint8_t flags = read_u8(&r);
		uint16_t len = read_be16(&r);

		fuzz->engine.env.trials = TRIALS;
		if (flags & 4)
			tls_engine_tell(&fuzz->engine, bytes_of(fuzz->lines.text, fuzz->lines.len));
		if (flags & 8)
			tls_engine_pass_time(&fuzz->engine, 2 * (int64_t)WAIT_NS);
		if (flags & 2) {
			gaps[flags & 1] += len;
			continue;
		}
		fuzz_send(fuzz, flags & 1, read_bytes(&r, len < reader_left(&r) ? len : reader_left(&r)), gaps[flags & 1], cut);
		gaps[flags & 1] = 0;
		fuzz->compares = fuzz->compares || (first && fuzz->engine.flow.layers.dissector == &tls_dissector);
		first = false;
	}
	tls_engine_end(&fuzz->engine);
}

static void fuzz_end(struct fuzz *fuzz)
{
	tls_engine_fini(&fuzz->engine);
	tls_store_fini(&fuzz->store);
	free(fuzz->lines.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct crypto *crypto;
	struct fuzz whole, cut;

	if (len == 0)
		return 0;
	if (!crypto)
		crypto = crypto_new();
	must(crypto != NULL);
	fuzz_run(&whole, crypto, bytes_of(data, len), 0);
	fuzz_run(&cut, crypto, bytes_of(data, len), 1 + (data[0] >> 4));
	for (unsigned side = 0; side < 2 && whole.compares && cut.compares; side++)
		must(whole.engine.content[side].len == cut.engine.content[side].len &&
		    memcmp(whole.engine.content[side].text, cut.engine.content[side].text, whole.engine.content[side].len) == 0);
	fuzz_end(&whole);
	fuzz_end(&cut);
	return 0;
}
