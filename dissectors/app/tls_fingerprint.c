#include "dissectors/app/tls_fingerprint.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "dissectors/app/tls_text.h"

/* ---- JA3: "771,4865-4866,0-11-10,29-23,0", numbers in the order of the message ---- */

/* The items of a list, `width` bytes each. */
static void ja3_list(struct tls_text *text, struct bytes list, size_t width)
{
	struct reader r = reader_of(list);
	bool first = true;

	while (reader_left(&r) >= width) {
		uint16_t item = width == 1 ? read_u8(&r) : read_be16(&r);

		if (width == 2 && tls_is_grease(item))
			continue;
		if (!first)
			tls_text_char(text, '-');
		first = false;
		tls_text_number(text, item);
	}
}

static void ja3_extensions(struct tls_text *text, struct bytes extensions)
{
	struct reader r = reader_of(extensions);
	struct tls_extension extension;
	bool first = true;

	while (tls_extension_next(&r, &extension)) {
		if (tls_is_grease(extension.type))
			continue;
		if (!first)
			tls_text_char(text, '-');
		first = false;
		tls_text_number(text, extension.type);
	}
}

/* The list within the extension of that type, whose length takes `prefix` bytes; empty where it is not there. */
static struct bytes list_of(struct bytes extensions, uint16_t type, size_t prefix)
{
	struct reader r = reader_of(extensions);
	struct tls_extension extension;

	while (tls_extension_next(&r, &extension))
		if (extension.type == type)
			return bytes_tail(extension.body, prefix);
	return bytes_of(extensions.data, 0);
}

static void ja3_write(struct tls_text *text, const struct tls_client_hello *hello)
{
	tls_text_number(text, hello->legacy_version);
	tls_text_char(text, ',');
	ja3_list(text, hello->suites, 2);
	tls_text_char(text, ',');
	ja3_extensions(text, hello->extensions);
	tls_text_char(text, ',');
	ja3_list(text, list_of(hello->extensions, TLS_EXT_GROUPS, 2), 2);
	tls_text_char(text, ',');
	ja3_list(text, list_of(hello->extensions, TLS_EXT_POINT_FORMATS, 1), 1);
}

static void ja3s_write(struct tls_text *text, const struct tls_server_hello *hello)
{
	tls_text_number(text, hello->legacy_version);
	tls_text_char(text, ',');
	tls_text_number(text, hello->suite);
	tls_text_char(text, ',');
	ja3_extensions(text, hello->extensions);
}

struct bytes tls_ja3_string(const struct tls_client_hello *hello, struct arena *arena)
{
	struct tls_text text = { 0 };

	if (hello->v2)
		return bytes_of("", 0);
	ja3_write(&text, hello);
	text = (struct tls_text){ .at = arena_alloc(arena, text.len) };
	if (text.at)
		ja3_write(&text, hello);
	return bytes_of(text.at, text.len);
}

struct bytes tls_ja3s_string(const struct tls_server_hello *hello, struct arena *arena)
{
	struct tls_text text = { 0 };

	ja3s_write(&text, hello);
	text = (struct tls_text){ .at = arena_alloc(arena, text.len) };
	if (text.at)
		ja3s_write(&text, hello);
	return bytes_of(text.at, text.len);
}

/* The first `n` bytes of a digest, in hex. */
static void digest_hex(struct tls_text *text, const EVP_MD *type, struct bytes b, size_t n)
{
	uint8_t digest[EVP_MAX_MD_SIZE] = { 0 };

	(void)EVP_Digest(b.data, b.len, digest, NULL, type, NULL);
	tls_text_hex(text, bytes_of(digest, n), TLS_TEXT_LOWER, 0);
}

struct bytes tls_ja3_hash(struct bytes ja3_string, struct arena *arena)
{
	enum { MD5_LEN = 16 };
	struct tls_text text = { 0 };

	if (ja3_string.len > 0)
		text.at = arena_alloc(arena, 2 * MD5_LEN);
	if (text.at)
		digest_hex(&text, EVP_md5(), ja3_string, MD5_LEN);
	return bytes_of(text.at, text.len);
}

/* ---- JA4: "t13d1516h2_8daaf6152771_e5627efa2ab1" ---- */

enum { JA4_LEN = 36, JA4_HASH_LEN = 6 /* bytes */, JA4_COUNT_MAX = 99 };

static int by_value(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void ja4_items(struct tls_text *text, const uint16_t *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t wire[2] = { (uint8_t)(items[i] >> 8), (uint8_t)items[i] };

		if (i > 0)
			tls_text_char(text, ',');
		tls_text_hex(text, bytes_of(wire, 2), TLS_TEXT_LOWER, 0);
	}
}

/* Without GREASE. */
static size_t ja4_list(struct bytes list, uint16_t *items)
{
	struct reader r = reader_of(list);
	size_t n = 0;

	while (reader_left(&r) >= 2) {
		uint16_t item = read_be16(&r);

		if (!tls_is_grease(item))
			items[n++] = item;
	}
	return n;
}

/* Extensions to be hashed; *n_all counts server_name and ALPN too, which depend on the server and not on the client. */
static size_t ja4_extensions(struct bytes extensions, uint16_t *items, size_t *n_all, bool *named)
{
	struct reader r = reader_of(extensions);
	struct tls_extension extension;
	size_t n = 0;

	while (tls_extension_next(&r, &extension)) {
		if (tls_is_grease(extension.type))
			continue;
		++*n_all;
		*named |= extension.type == TLS_EXT_SERVER_NAME;
		if (extension.type != TLS_EXT_SERVER_NAME && extension.type != TLS_EXT_ALPN)
			items[n++] = extension.type;
	}
	return n;
}

static const char *ja4_version(uint16_t version)
{
	switch (version) {
	case 0x0304:
		return "13";
	case 0x0303:
		return "12";
	case 0x0302:
		return "11";
	case 0x0301:
		return "10";
	case 0x0300:
		return "s3";
	case 0x0002:
		return "s2";
	default:
		return "00";
	}
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (bytes_lower(c) >= 'a' && bytes_lower(c) <= 'z');
}

/* First and last character of the first protocol; of its hex where either is no letter or digit. */
static void ja4_protocol(struct tls_text *text, const struct tls_client_hello *hello)
{
	static const char hex[] = "0123456789abcdef";

	if (hello->n_alpns == 0) {
		tls_text_add(text, bytes_text("00"));
		return;
	}
	uint8_t first = hello->alpns[0].data[0], last = hello->alpns[0].data[hello->alpns[0].len - 1];
	bool plain = is_alphanumeric(first) && is_alphanumeric(last);

	tls_text_char(text, plain ? (char)first : hex[first >> 4]);
	tls_text_char(text, plain ? (char)last : hex[last & 15]);
}

static void ja4_count(struct tls_text *text, size_t n)
{
	size_t shown = n < JA4_COUNT_MAX ? n : JA4_COUNT_MAX;

	tls_text_char(text, (char)('0' + shown / 10));
	tls_text_char(text, (char)('0' + shown % 10));
}

/* Of nothing a hash is written as zeros. */
static void ja4_hash(struct tls_text *text, struct bytes hashed)
{
	tls_text_char(text, '_');
	if (hashed.len > 0)
		digest_hex(text, EVP_sha256(), hashed, JA4_HASH_LEN);
	else
		tls_text_add(text, bytes_text("000000000000"));
}

/* Room for what a part of JA4 is the hash of. */
struct ja4_room {
	uint16_t *items;
	uint8_t *text;
};

static size_t ja4_suites(struct tls_text *hashed, const struct tls_client_hello *hello, const struct ja4_room *room)
{
	size_t n = ja4_list(hello->suites, room->items);

	qsort(room->items, n, sizeof *room->items, by_value);
	ja4_items(hashed, room->items, n);
	return n;
}

/* Extensions in ascending order, then signature algorithms in the client's: "0005,000d_0403,0804". Returns how many extensions
 * there are in all. */
static size_t ja4_offers(struct tls_text *hashed, const struct tls_client_hello *hello, const struct ja4_room *room, bool *named)
{
	size_t n_all = 0, n = ja4_extensions(hello->extensions, room->items, &n_all, named);

	qsort(room->items, n, sizeof *room->items, by_value);
	ja4_items(hashed, room->items, n);
	n = ja4_list(list_of(hello->extensions, TLS_EXT_SIGNATURES, 2), room->items);
	if (n > 0)
		tls_text_char(hashed, '_');
	ja4_items(hashed, room->items, n);
	return n_all;
}

struct bytes tls_ja4(const struct tls_client_hello *hello, struct arena *arena)
{
	size_t items_len = hello->suites.len + hello->extensions.len; /* an extension takes four bytes, and its number two */
	struct tls_text text = { 0 }, suites = { 0 }, offers = { 0 };
	struct ja4_room room = { 0 };
	bool named = false;

	if (hello->v2)
		return bytes_of("", 0);
	text.at = arena_alloc(arena, JA4_LEN);
	room.items = arena_alloc(arena, items_len);
	room.text = arena_alloc(arena, items_len / 2 * 5); /* "c02b," */
	if (!text.at || !room.items || !room.text)
		return bytes_of("", 0);
	suites.at = room.text;
	size_t n_suites = ja4_suites(&suites, hello, &room);

	offers.at = room.text + suites.len;
	size_t n_extensions = ja4_offers(&offers, hello, &room, &named);

	tls_text_char(&text, 't');
	tls_text_add(&text, bytes_text(ja4_version(hello->version)));
	tls_text_char(&text, named ? 'd' : 'i');
	ja4_count(&text, n_suites);
	ja4_count(&text, n_extensions);
	ja4_protocol(&text, hello);
	ja4_hash(&text, bytes_of(suites.at, suites.len));
	ja4_hash(&text, bytes_of(offers.at, offers.len));
	return bytes_of(text.at, text.len);
}
