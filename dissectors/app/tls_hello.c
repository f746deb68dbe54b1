#include "dissectors/app/tls_hello.h"

enum { SESSION_ID_CAP = 32, V2_SESSION_ID = 16, V2_CHALLENGE_MIN = 16 };

/* RFC 8446 4.1.3: a ServerHello with SHA-256("HelloRetryRequest") for its random asks for another ClientHello. */
static const uint8_t retry_random[32] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

bool tls_is_grease(uint16_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/* Vectors as RFC 8446 3.4 has them: a length of one or two bytes, then so many. */
static struct bytes vector8(struct reader *r)
{
	size_t len = read_u8(r);

	return read_bytes(r, len);
}

static struct bytes vector16(struct reader *r)
{
	size_t len = read_be16(r);

	return read_bytes(r, len);
}

static bool is_done(const struct reader *r)
{
	return !r->over && reader_left(r) == 0;
}

bool tls_extension_next(struct reader *r, struct tls_extension *extension)
{
	if (r->over || reader_left(r) == 0)
		return false;
	extension->type = read_be16(r);
	extension->body = vector16(r);
	return !r->over;
}

/* Whole, and none comes twice. */
static bool extensions_are_sound(struct bytes extensions)
{
	struct reader r = reader_of(extensions);
	struct tls_extension extension;
	uint64_t seen[65536 / 64] = { 0 };

	while (tls_extension_next(&r, &extension)) {
		uint64_t bit = UINT64_C(1) << extension.type % 64;

		if (seen[extension.type / 64] & bit)
			return false;
		seen[extension.type / 64] |= bit;
	}
	return is_done(&r);
}

/* What ends a hello. Hellos before RFC 3546 end without. */
static bool extensions_take(struct reader *r, struct bytes *extensions)
{
	*extensions = bytes_of(r->at, 0);
	if (r->over || reader_left(r) == 0)
		return !r->over;
	*extensions = vector16(r);
	return is_done(r) && extensions_are_sound(*extensions);
}

/* struct { NameType name_type; opaque name<1..2^16-1>; } list<1..2^16-1>: RFC 6066 3. Of each type there may be one name. */
static bool server_name(struct reader *r, struct bytes *sni)
{
	struct reader names = reader_of(vector16(r));

	while (!names.over && reader_left(&names) > 0) {
		uint8_t type = read_u8(&names);
		struct bytes name = vector16(&names);

		if (name.len == 0 || (type == 0 && sni->len > 0))
			return false;
		if (type == 0)
			*sni = name;
	}
	return is_done(&names) && is_done(r);
}

/* opaque ProtocolName<1..2^8-1>; ProtocolName list<2..2^16-1>: RFC 7301 3.1. Names beyond `cap` are passed over, but counted. */
static bool protocols(struct reader *r, struct bytes *names, size_t cap, size_t *n)
{
	struct reader list = reader_of(vector16(r));

	for (*n = 0; !list.over && reader_left(&list) > 0; ++*n) {
		struct bytes name = vector8(&list);

		if (name.len == 0)
			return false;
		if (*n < cap)
			names[*n] = name;
	}
	return is_done(&list) && is_done(r) && *n > 0;
}

/* A server's choice is a list of one. */
static bool protocol(struct reader *r, struct bytes *name)
{
	size_t n;

	return protocols(r, name, 1, &n) && n == 1;
}

/* ProtocolVersion versions<2..254>: RFC 8446 4.2.1 */
static bool versions(struct reader *r, uint16_t *version)
{
	struct bytes list = vector8(r);
	struct reader left = reader_of(list);
	uint16_t highest = 0;

	for (size_t n = list.len / 2; n > 0; n--) {
		uint16_t offered = read_be16(&left);

		if (offered > highest && !tls_is_grease(offered))
			highest = offered;
	}
	if (highest)
		*version = highest;
	return list.len > 0 && list.len % 2 == 0 && is_done(r);
}

/* Lists that only fingerprints look at: all of the body, and whole numbers of items. */
static bool is_list16(struct reader *r)
{
	struct bytes list = vector16(r);

	return list.len > 0 && list.len % 2 == 0 && is_done(r);
}

static bool is_list8(struct reader *r)
{
	return vector8(r).len > 0 && is_done(r);
}

/* RFC 6066 4: 1 to 4 stand for 2^9 to 2^12. RFC 8449 4 has the number itself, and takes precedence. */
static bool fragment_limit(struct reader *r, uint16_t type, uint16_t *limit)
{
	if (type == TLS_EXT_RECORD_SIZE) {
		*limit = read_be16(r);
	} else {
		uint8_t code = read_u8(r);

		if (*limit == 0 && code >= 1 && code <= 4)
			*limit = (uint16_t)(256u << code);
	}
	return is_done(r);
}

static bool client_extension(struct tls_client_hello *hello, const struct tls_extension *extension)
{
	struct reader r = reader_of(extension->body);

	switch (extension->type) {
	case TLS_EXT_SERVER_NAME:
		return server_name(&r, &hello->sni);
	case TLS_EXT_MAX_FRAGMENT:
	case TLS_EXT_RECORD_SIZE:
		return fragment_limit(&r, extension->type, &hello->max_fragment);
	case TLS_EXT_GROUPS:
	case TLS_EXT_SIGNATURES:
		return is_list16(&r);
	case TLS_EXT_POINT_FORMATS:
		return is_list8(&r);
	case TLS_EXT_ALPN:
		return protocols(&r, hello->alpns, TLS_ALPNS, &hello->n_alpns);
	case TLS_EXT_ENCRYPT_THEN_MAC:
		hello->encrypt_then_mac = true;
		return is_done(&r);
	case TLS_EXT_EXTENDED_MASTER:
		hello->extended_master = true;
		return is_done(&r);
	case TLS_EXT_TICKET:
		hello->has_ticket = true;
		hello->ticket = extension->body;
		return true;
	case TLS_EXT_PSK:
		hello->psk = true;
		return true;
	case TLS_EXT_EARLY_DATA:
		hello->early_data = true;
		return is_done(&r);
	case TLS_EXT_VERSIONS:
		return versions(&r, &hello->version);
	default:
		return true;
	}
}

/* uint16 legacy_version; opaque random[32]; opaque session_id<0..32>; uint16 cipher_suites<2..2^16-2>;
 * uint8 compressions<1..2^8-1>; Extension extensions<0..2^16-1>; */
bool tls_client_hello_parse(struct tls_client_hello *hello, struct bytes body)
{
	struct reader r = reader_of(body), left;
	struct tls_extension extension;
	uint16_t record_version = hello->record_version;

	*hello = (struct tls_client_hello){ .record_version = record_version };
	hello->version = hello->legacy_version = read_be16(&r);
	struct bytes random = read_bytes(&r, sizeof hello->random);

	hello->session_id = vector8(&r);
	hello->suites = vector16(&r);
	hello->compressions = vector8(&r);
	if (!extensions_take(&r, &hello->extensions) || hello->session_id.len > SESSION_ID_CAP || hello->suites.len == 0 ||
	    hello->suites.len % 2 || hello->compressions.len == 0)
		return false;
	memcpy(hello->random, random.data, sizeof hello->random);
	left = reader_of(hello->extensions);
	while (tls_extension_next(&left, &extension))
		if (!client_extension(hello, &extension))
			return false;
	if (hello->n_alpns > TLS_ALPNS)
		hello->n_alpns = TLS_ALPNS;
	return true;
}

/* uint8 msg_type; uint16 version; uint16 cipher_spec_length, session_id_length, challenge_length; and these three. */
bool tls_client_hello_parse_v2(struct tls_client_hello *hello, struct bytes body)
{
	struct reader r = reader_of(body);
	uint16_t record_version = hello->record_version;
	uint8_t type = read_u8(&r);

	*hello = (struct tls_client_hello){ .record_version = record_version, .v2 = true };
	hello->version = hello->legacy_version = read_be16(&r);
	size_t suites_len = read_be16(&r), session_id_len = read_be16(&r), challenge_len = read_be16(&r);

	hello->v2_suites = read_bytes(&r, suites_len);
	hello->session_id = read_bytes(&r, session_id_len);
	struct bytes challenge = read_bytes(&r, challenge_len);

	if (!is_done(&r) || type != 1 || suites_len == 0 || suites_len % 3 || (session_id_len && session_id_len != V2_SESSION_ID) ||
	    challenge_len < V2_CHALLENGE_MIN || challenge_len > sizeof hello->random)
		return false;
	memcpy(hello->random + sizeof hello->random - challenge_len, challenge.data, challenge_len);
	return true;
}

static bool server_extension(struct tls_server_hello *hello, const struct tls_extension *extension)
{
	struct reader r = reader_of(extension->body);

	switch (extension->type) {
	case TLS_EXT_ALPN:
		return protocol(&r, &hello->alpn);
	case TLS_EXT_ENCRYPT_THEN_MAC:
		hello->encrypt_then_mac = true;
		return is_done(&r);
	case TLS_EXT_EXTENDED_MASTER:
		hello->extended_master = true;
		return is_done(&r);
	case TLS_EXT_TICKET:
		hello->ticket = true;
		return is_done(&r);
	case TLS_EXT_PSK:
		/* An identity takes seven bytes of a list of 65,535 at most: 65,535 names none. */
		hello->psk = (uint16_t)(read_be16(&r) + 1);
		return is_done(&r) && hello->psk > 0;
	case TLS_EXT_EARLY_DATA:
		hello->early_data = true;
		return is_done(&r);
	case TLS_EXT_VERSIONS:
		hello->version = read_be16(&r);
		return is_done(&r);
	default:
		return true;
	}
}

/* uint16 legacy_version; opaque random[32]; opaque session_id<0..32>; uint16 cipher_suite; uint8 compression;
 * Extension extensions<0..2^16-1>; */
bool tls_server_hello_parse(struct tls_server_hello *hello, struct bytes body)
{
	struct reader r = reader_of(body), left;
	struct tls_extension extension;

	*hello = (struct tls_server_hello){ 0 };
	hello->version = hello->legacy_version = read_be16(&r);
	struct bytes random = read_bytes(&r, sizeof hello->random);

	hello->session_id = vector8(&r);
	hello->suite = read_be16(&r);
	hello->compression = read_u8(&r);
	if (!extensions_take(&r, &hello->extensions) || hello->session_id.len > SESSION_ID_CAP)
		return false;
	memcpy(hello->random, random.data, sizeof hello->random);
	hello->retry = memcmp(hello->random, retry_random, sizeof retry_random) == 0;
	left = reader_of(hello->extensions);
	while (tls_extension_next(&left, &extension))
		if (!server_extension(hello, &extension))
			return false;
	return true;
}

bool tls_encrypted_extensions_parse(struct bytes body, struct bytes *alpn, bool *early_data)
{
	struct reader r = reader_of(body), left;
	struct bytes extensions = vector16(&r);
	struct tls_extension extension;

	*alpn = bytes_of(body.data, 0);
	*early_data = false;
	if (!is_done(&r) || !extensions_are_sound(extensions))
		return false;
	left = reader_of(extensions);
	while (tls_extension_next(&left, &extension)) {
		struct reader inner = reader_of(extension.body);

		if (extension.type == TLS_EXT_ALPN && !protocol(&inner, alpn))
			return false;
		if (extension.type == TLS_EXT_EARLY_DATA && !is_done(&inner))
			return false;
		*early_data |= extension.type == TLS_EXT_EARLY_DATA;
	}
	return true;
}
