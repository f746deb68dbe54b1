#include "tests/support/tls_made.h"

#include "dissectors/app/tls_gather.h"
#include "dissectors/app/tls_record.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 1024, SECRET = 0x5e }; /* the byte that every secret is made of, and a number */

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* A growing message. */
struct pen {
	uint8_t data[ROOM];
	size_t len;
};

static void put(struct pen *pen, unsigned n, uint32_t value)
{
	must(pen->len + n <= ROOM);
	while (n--)
		pen->data[pen->len++] = (uint8_t)(value >> 8 * n);
}

static void put_fill(struct pen *pen, uint8_t first, uint8_t rest, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put(pen, 1, i ? rest : first);
}

/* A length of `n` bytes, to be known when what it counts is written. */
static size_t open_len(struct pen *pen, unsigned n)
{
	put(pen, n, 0);
	return pen->len;
}

static void close_len(struct pen *pen, unsigned n, size_t at)
{
	size_t len = pen->len - at;

	for (unsigned i = 1; i <= n; i++, len >>= 8)
		pen->data[at - i] = (uint8_t)len;
}

static struct bytes bytes_in(const struct pen *pen)
{
	return bytes_of(pen->data, pen->len);
}

/* ---- records ---- */

static void add_record(struct tls_made *made, unsigned side, uint8_t type, uint16_t version, struct bytes fragment)
{
	uint8_t *record = malloc(TLS_RECORD_HEADER + fragment.len);

	must(record && fragment.len <= UINT16_MAX);
	record[0] = type;
	record[1] = (uint8_t)(version >> 8);
	record[2] = (uint8_t)version;
	record[3] = (uint8_t)(fragment.len >> 8);
	record[4] = (uint8_t)fragment.len;
	if (fragment.len)
		memcpy(record + TLS_RECORD_HEADER, fragment.data, fragment.len);
	tls_tape_add(&made->tape, side, bytes_of(record, TLS_RECORD_HEADER + fragment.len));
	free(record);
}

static uint16_t record_version(const struct tls_made *made)
{
	return made->spec.version == TLS_13 ? TLS_12 : made->spec.version;
}

void tls_made_clear(struct tls_made *made, unsigned side, uint8_t type, struct bytes content)
{
	add_record(made, side, type, record_version(made), content);
}

void tls_made_seal(struct tls_made *made, unsigned side, uint8_t type, struct bytes content)
{
	struct sealer *sealer = &made->sealer[side];
	uint8_t *fragment = malloc(content.len + sealer->padding * 16 + 512);

	must(fragment != NULL);
	size_t len = sealer_seal(sealer, type, content, fragment);

	add_record(made, side, made->spec.version == TLS_13 ? TLS_APPLICATION_DATA : type, record_version(made),
	    bytes_of(fragment, len));
	free(fragment);
}

void tls_made_say(struct tls_made *made, unsigned side, const char *content)
{
	tls_made_seal(made, side, TLS_APPLICATION_DATA, bytes_text(content));
}

/* ---- the handshake ---- */

static void random_of(const struct tls_made *made, unsigned side, uint8_t random[RANDOM_LEN])
{
	memset(random, side ? 0x22 : 0x11, RANDOM_LEN);
	if (side)
		return;
	random[0] = made->spec.first;
	for (unsigned i = 0; i < 4; i++)
		random[1 + i] ^= (uint8_t)(made->spec.number >> 8 * i);
}

static void put_random(struct pen *pen, const struct tls_made *made, unsigned side)
{
	uint8_t random[RANDOM_LEN];

	random_of(made, side, random);
	for (size_t i = 0; i < RANDOM_LEN; i++)
		put(pen, 1, random[i]);
}

/* type 1 | version 2 | lengths of suites, session id, challenge, 2 each | suites, 3 each | challenge (RFC 5246 E.2) */
static void say_v2_hello(struct tls_made *made)
{
	struct pen pen = { .len = 0 };
	size_t at = open_len(&pen, 2);

	put(&pen, 1, TLS_CLIENT_HELLO);
	put(&pen, 2, made->spec.version);
	put(&pen, 2, 3);
	put(&pen, 2, 0);
	put(&pen, 2, RANDOM_LEN);
	put(&pen, 3, made->spec.suite);
	put_random(&pen, made, 0);
	close_len(&pen, 2, at);
	pen.data[0] |= 0x80;
	tls_tape_add(&made->tape, 0, bytes_in(&pen));
}

static void say_client_hello(struct tls_made *made)
{
	struct pen pen = { .len = 0 };

	put(&pen, 1, TLS_CLIENT_HELLO);
	size_t body = open_len(&pen, 3);

	put(&pen, 2, record_version(made));
	put_random(&pen, made, 0);
	put(&pen, 1, 0);
	put(&pen, 2, 2);
	put(&pen, 2, made->spec.suite);
	put(&pen, 2, 0x0100);
	size_t extensions = open_len(&pen, 2);

	if (made->spec.version == TLS_13) { /* supported_versions */
		put(&pen, 2, 43);
		put(&pen, 3, 3 << 8 | 2);
		put(&pen, 2, TLS_13);
	}
	close_len(&pen, 2, extensions);
	close_len(&pen, 3, body);
	tls_made_clear(made, 0, TLS_HANDSHAKE, bytes_in(&pen));
}

static void say_server_hello(struct tls_made *made)
{
	struct pen pen = { .len = 0 };

	put(&pen, 1, TLS_SERVER_HELLO);
	size_t body = open_len(&pen, 3);

	put(&pen, 2, record_version(made));
	put_random(&pen, made, 1);
	put(&pen, 1, made->spec.session_id ? 32 : 0);
	put_fill(&pen, made->spec.session_id, made->spec.session_id, made->spec.session_id ? 32 : 0);
	put(&pen, 2, made->spec.suite);
	put(&pen, 1, made->spec.compression);
	size_t extensions = open_len(&pen, 2);

	if (made->spec.version == TLS_13) {
		put(&pen, 2, 43);
		put(&pen, 2, 2);
		put(&pen, 2, TLS_13);
	} else if (made->spec.encrypt_then_mac) {
		put(&pen, 4, 22 << 16);
	}
	close_len(&pen, 2, extensions);
	close_len(&pen, 3, body);
	tls_made_clear(made, 1, TLS_HANDSHAKE, bytes_in(&pen));
}

static void write_line(struct tls_made *made, const char *label, const uint8_t *secret, size_t len)
{
	char *line = made->keylog + strlen(made->keylog), *end = made->keylog + sizeof made->keylog;
	uint8_t random[RANDOM_LEN];

	random_of(made, 0, random);
	line += snprintf(line, (size_t)(end - line), "%s ", label);
	for (size_t i = 0; i < RANDOM_LEN; i++)
		line += snprintf(line, (size_t)(end - line), "%02x", random[i]);
	line += snprintf(line, (size_t)(end - line), " ");
	for (size_t i = 0; i < len; i++)
		line += snprintf(line, (size_t)(end - line), "%02x", secret[i]);
	line += snprintf(line, (size_t)(end - line), "\n");
	must(line < end - 1);
}

static bool begin_sealing(struct tls_made *made, unsigned side, const struct suite *suite, const struct direction_keys *keys)
{
	size_t padding = made->sealer[side].padding;

	sealer_fini(&made->sealer[side]);
	bool ok = sealer_init(&made->sealer[side], made->spec.crypto, made->spec.version, suite, made->spec.encrypt_then_mac,
	    keys);

	made->sealer[side].padding = padding;
	return ok;
}

static bool agree(struct tls_made *made, const struct suite *suite)
{
	uint8_t master[MASTER_LEN], randoms[2][RANDOM_LEN];
	struct direction_keys keys[2];

	memset(master, SECRET, sizeof master);
	for (unsigned side = 0; side < 2; side++)
		random_of(made, side, randoms[side]);
	write_line(made, "CLIENT_RANDOM", master, sizeof master);
	must(key_schedule_block(made->spec.version, suite, master, randoms[0], randoms[1], &keys[0], &keys[1]));
	return begin_sealing(made, 0, suite, &keys[0]) && begin_sealing(made, 1, suite, &keys[1]);
}

/* type, length u24, verify data: nobody checks it. */
static void say_finished(struct tls_made *made, unsigned side)
{
	static const uint8_t finished[16] = { TLS_FINISHED, 0, 0, 12, 1, 2, 3 };

	tls_made_seal(made, side, TLS_HANDSHAKE, bytes_of(finished, sizeof finished));
}

static bool finish_12(struct tls_made *made, const struct suite *suite)
{
	static const uint8_t done[] = { TLS_SERVER_HELLO_DONE, 0, 0, 0 }, one[] = { 1 };
	static const uint8_t exchange[] = { TLS_CLIENT_KEY_EXCHANGE, 0, 0, 2, 0, 0 };

	tls_made_clear(made, 1, TLS_HANDSHAKE, bytes_of(done, sizeof done));
	tls_made_clear(made, 0, TLS_HANDSHAKE, bytes_of(exchange, sizeof exchange));
	if (!agree(made, suite))
		return false;
	for (unsigned side = 0; side < 2; side++) {
		tls_made_clear(made, side, TLS_CHANGE_CIPHER_SPEC, bytes_of(one, 1));
		say_finished(made, side);
	}
	return true;
}

static bool key_13(struct tls_made *made, const struct suite *suite, unsigned side, const uint8_t *secret)
{
	struct direction_keys keys;

	return key_schedule_traffic(&made->hkdf, suite, bytes_of(secret, made->secret_len), &keys) &&
	    begin_sealing(made, side, suite, &keys);
}

static bool finish_13(struct tls_made *made, const struct suite *suite)
{
	static const char *const labels[2][2] = { { "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0" },
		{ "SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0" } };
	static const uint8_t extensions[] = { TLS_ENCRYPTED_EXTENSIONS, 0, 0, 2, 0, 0 };
	uint8_t secret[48];

	made->secret_len = strcmp(suite->prf, "SHA384") == 0 ? 48 : 32;
	for (unsigned n = 0; n < 2; n++) {
		unsigned side = !n; /* the server is the first to finish */

		memset(secret, SECRET + (int)side, sizeof secret);
		memset(made->traffic[side], SECRET + 2 + (int)side, sizeof made->traffic[side]);
		write_line(made, labels[side][0], secret, made->secret_len);
		write_line(made, labels[side][1], made->traffic[side], made->secret_len);
		if (!key_13(made, suite, side, secret))
			return false;
		if (side)
			tls_made_seal(made, side, TLS_HANDSHAKE, bytes_of(extensions, sizeof extensions));
		say_finished(made, side);
		must(key_13(made, suite, side, made->traffic[side]));
	}
	return true;
}

bool tls_made_init(struct tls_made *made, const struct tls_made_spec *spec)
{
	const struct suite *suite = suite_find(spec->suite);

	*made = (struct tls_made){ .spec = *spec, .hkdf = { .crypto = spec->crypto } };
	must(suite != NULL);
	if (spec->v2)
		say_v2_hello(made);
	else
		say_client_hello(made);
	say_server_hello(made);
	return spec->version == TLS_13 ? finish_13(made, suite) : finish_12(made, suite);
}

void tls_made_fini(struct tls_made *made)
{
	for (unsigned side = 0; side < 2; side++)
		sealer_fini(&made->sealer[side]);
	hkdf_fini(&made->hkdf);
	tls_tape_fini(&made->tape);
}

void tls_made_update(struct tls_made *made, unsigned side)
{
	static const uint8_t update[] = { TLS_KEY_UPDATE, 0, 0, 1, 0 };
	const struct suite *suite = suite_find(made->spec.suite);

	tls_made_seal(made, side, TLS_HANDSHAKE, bytes_of(update, sizeof update));
	must(key_schedule_update(&made->hkdf, suite, made->traffic[side], made->secret_len) &&
	    key_13(made, suite, side, made->traffic[side]));
}
