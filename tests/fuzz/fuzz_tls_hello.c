/* fuzz_tls_hello: the bytes behind the first one as the body of a handshake message, whole and cut everywhere; the first chooses the parser
 * and the memory there is. */
#include "dissectors/app/tls_certificate.h"
#include "dissectors/app/tls_fingerprint.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { CUTS_MAX = 2048 }; /* of longer messages the first so many bytes are cut */

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void expect_within(struct bytes part, struct bytes whole)
{
	expect(part.len == 0 || (part.data >= whole.data && part.data + part.len <= whole.data + whole.len));
}

static void client(struct bytes body, bool v2, struct arena *arena)
{
	struct tls_client_hello hello = { .record_version = 0x0301 };

	if (!(v2 ? tls_client_hello_parse_v2(&hello, body) : tls_client_hello_parse(&hello, body)))
		return;
	expect(hello.v2 == v2 && hello.record_version == 0x0301 && hello.n_alpns <= TLS_ALPNS && hello.session_id.len <= 32);
	expect_within(hello.session_id, body);
	expect_within(hello.suites, body);
	expect_within(hello.v2_suites, body);
	expect_within(hello.compressions, body);
	expect_within(hello.extensions, body);
	expect_within(hello.sni, body);
	expect_within(hello.ticket, body);
	for (size_t i = 0; i < hello.n_alpns; i++)
		expect_within(hello.alpns[i], body);
	struct bytes ja3 = tls_ja3_string(&hello, arena), ja4 = tls_ja4(&hello, arena), md5 = tls_ja3_hash(ja3, arena);

	expect(ja4.len == 0 || ja4.len == 36);
	expect(md5.len == 0 || md5.len == 32);
	expect(ja3.len == 0 || !v2);
}

static void server(struct bytes body, struct arena *arena)
{
	struct tls_server_hello hello;

	if (!tls_server_hello_parse(&hello, body))
		return;
	expect_within(hello.session_id, body);
	expect_within(hello.extensions, body);
	expect_within(hello.alpn, body);
	(void)tls_ja3s_string(&hello, arena);
}

static void certificate(struct bytes body, bool tls13, struct arena *arena)
{
	struct tls_certificate found;
	struct bytes der;

	if (!tls_certificate_leaf(body, tls13, &der))
		return;
	expect_within(der, body);
	if (tls_certificate_read(&found, der, arena))
		expect(found.fingerprint.len == 59 && found.x5t_s256.len == 43);
}

static void parse(uint8_t choice, struct bytes body, struct arena *arena)
{
	struct bytes alpn;
	bool early;

	switch (choice & 7) {
	case 0:
		client(body, false, arena);
		break;
	case 1:
		client(body, true, arena);
		break;
	case 2:
		server(body, arena);
		break;
	case 3:
		if (tls_encrypted_extensions_parse(body, &alpn, &early))
			expect_within(alpn, body);
		break;
	case 4:
	case 5:
		certificate(body, choice & 1, arena);
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget;
	struct arena arena;

	if (len == 0)
		return 0;
	budget_init(&budget, data[0] >= 0x80 ? (size_t)(data[0] & 0x78) * 64 : 4 << 20, NULL);
	arena_init(&arena, 512, &budget);
	parse(data[0], bytes_of(data + 1, len - 1), &arena);
	for (size_t cut = 0; cut + 1 < len && cut < CUTS_MAX; cut++) {
		uint8_t *copy = malloc(cut ? cut : 1); /* exact, so that a sanitizer sees a read past its end */

		expect(copy != NULL);
		memcpy(copy, data + 1, cut);
		arena_reset(&arena);
		parse(data[0], bytes_of(copy, cut), &arena);
		free(copy);
	}
	arena_fini(&arena);
	expect(budget.used == 0);
	return 0;
}
