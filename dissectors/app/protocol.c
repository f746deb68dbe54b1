/* TLS record:    type u8 | version u16 | length u16                               (RFC 8446 5.1)
 * QUIC:          1 1 type 2 bits ... | version u32 | length of an id u8           (RFC 9000 17.2) */
#include "dissectors/app/protocol.h"

#include "dissectors/app/dissector.h"
#include "dissectors/app/http2_frame.h"

#define H2_PREFACE "PRI * HTTP/2.0\r\n"
#define SSLPROXY "SSLproxy: ["

enum {
	TLS_RECORD_LEN = 5,
	TLS_TYPE_LEAST = 20, /* change_cipher_spec, alert, handshake, application_data */
	TLS_TYPE_MOST = 24,
	TLS_HANDSHAKE = 22,
	TLS_CLIENT_HELLO = 1,
	TLS_LENGTH_MOST = 16384 + 2048, /* RFC 5246 6.2.3 */
	H2_FRAMES = 2, /* so many that fit each other are no accident */
	HEAD_LOOKED_AT = 8192,
};

static bool begins(struct bytes data, const char *text)
{
	return bytes_is(bytes_head(data, strlen(text)), text);
}

static bool is_http1(struct bytes data, enum direction dir)
{
	const struct chunk chunk = { .data = data, .dir = dir };

	return http1_dissector.probe(&chunk) == VERDICT_YES;
}

/* How many frames, up to H2_FRAMES, follow one another in this direction: one alone must fill the segment. */
static unsigned h2_frames(struct bytes data, enum direction dir)
{
	struct http2_frame frame;
	unsigned n = 0;
	size_t at = 0;

	for (; n < H2_FRAMES && http2_frame_parse(bytes_tail(data, at), &frame); n++) {
		if (!http2_frame_is_sane(&frame, dir))
			return 0;
		at += HTTP2_FRAME_HEADER + frame.len;
		if (at > data.len)
			return n ? H2_FRAMES : 0;
	}
	return n == H2_FRAMES || at == data.len ? n : 0;
}

/* Its record length, with the record's header; 0: none. */
static size_t tls_record(struct bytes data, bool *client_hello)
{
	struct reader r = reader_of(data);
	uint8_t type = read_u8(&r);
	uint16_t version = read_be16(&r), len = read_be16(&r);
	uint8_t handshake = reader_left(&r) ? read_u8(&r) : 0;

	if (r.over || type < TLS_TYPE_LEAST || type > TLS_TYPE_MOST || version < 0x0300 || version > 0x0304 ||
	    len > TLS_LENGTH_MOST)
		return 0;
	*client_hello = type == TLS_HANDSHAKE && handshake == TLS_CLIENT_HELLO;
	return (size_t)TLS_RECORD_LEN + len;
}

static struct protocol_guess guess_clear(struct bytes data)
{
	if (begins(data, H2_PREFACE))
		return (struct protocol_guess){ PROTOCOL_HTTP2, PROTOCOL_FROM_CLIENT };
	if (is_http1(data, TO_SERVER))
		return (struct protocol_guess){ PROTOCOL_HTTP1, PROTOCOL_FROM_CLIENT };
	if (is_http1(data, TO_CLIENT))
		return (struct protocol_guess){ PROTOCOL_HTTP1, PROTOCOL_FROM_SERVER };
	if (begins(data, "SSH-"))
		return (struct protocol_guess){ PROTOCOL_SSH, 0 };
	unsigned sent = h2_frames(data, TO_SERVER), answered = h2_frames(data, TO_CLIENT), frames = sent > answered ? sent : answered;

	if (frames)
		return (struct protocol_guess){ PROTOCOL_HTTP2,
			PROTOCOL_NO_PREFACE | (frames == 1 ? PROTOCOL_ONE_FRAME : 0) };
	return (struct protocol_guess){ PROTOCOL_OTHER, 0 };
}

struct protocol_guess protocol_of_tcp(struct bytes data)
{
	bool client_hello = false;
	unsigned flags = 0;

	if (data.len == 0)
		return (struct protocol_guess){ PROTOCOL_SILENT, 0 };
	if (begins(data, SSLPROXY)) {
		const uint8_t *lf = memchr(data.data, '\n', data.len);

		flags = PROTOCOL_SSLPROXY;
		data = lf ? bytes_tail(data, (size_t)(lf - data.data) + 1) : bytes_tail(data, data.len);
	}
	size_t record = tls_record(data, &client_hello);
	struct protocol_guess guess = { PROTOCOL_TLS, client_hello ? PROTOCOL_CLIENT_HELLO | PROTOCOL_FROM_CLIENT : 0 };

	if (client_hello && record < data.len) {
		struct protocol_guess behind = guess_clear(bytes_tail(data, record));

		if (behind.protocol == PROTOCOL_HTTP1 ||
		    (behind.protocol == PROTOCOL_HTTP2 && !(behind.flags & PROTOCOL_NO_PREFACE))) {
			guess = behind;
			flags |= PROTOCOL_AFTER_HELLO;
		}
	}
	if (!record)
		guess = guess_clear(data);
	guess.flags |= flags;
	return guess;
}

static bool is_quic_version(uint32_t version)
{
	return version == 1 || version == 0x6b3343cf			  /* RFC 9000, RFC 9369 */
	       || version >> 8 == 0xff0000 || version >> 8 == 0xfaceb0	  /* drafts, mvfst */
	       || (version >> 24 == 'Q' && (version >> 16 & 0xff) == '0') /* Google's own, as text: Q043 */
	       || (version >> 24 == 'T' && (version >> 16 & 0xff) == '0');
}

struct protocol_guess protocol_of_udp(struct bytes data)
{
	enum { LONG_FORM = 0x80, GOOGLE_VERSION = 0x01, GOOGLE_ID = 8, ID_MOST = 20 };
	struct reader r = reader_of(data);

	if (data.len == 0)
		return (struct protocol_guess){ PROTOCOL_SILENT, 0 };
	uint8_t first = read_u8(&r);

	if (first & LONG_FORM) {
		uint32_t version = read_be32(&r);

		if (is_quic_version(version) && !r.over &&
		    (reader_left(&r) == 0 || *r.at <= ID_MOST || version >> 24 == 'Q'))
			return (struct protocol_guess){ PROTOCOL_QUIC, 0 };
	} else if (first & GOOGLE_VERSION) { /* Q043 and before: flags u8 | connection id 8 | version u32 */
		read_skip(&r, GOOGLE_ID);
		uint32_t version = read_be32(&r);

		if (!r.over && version >> 16 == ('Q' << 8 | '0'))
			return (struct protocol_guess){ PROTOCOL_QUIC, 0 };
	}
	return (struct protocol_guess){ PROTOCOL_OTHER, 0 };
}

bool protocol_has_credential(struct bytes data)
{
	static const char name[] = "uthorization:"; /* the A in either case, Proxy- before it or not */
	struct bytes head = bytes_head(data, HEAD_LOOKED_AT);

	return memmem(head.data, head.len, name, sizeof name - 1) != NULL;
}

static const struct {
	const char *id, *name, *dissector;
} names[PROTOCOLS] = {
	[PROTOCOL_SILENT] = { "no_data", "connections without data", NULL },
	[PROTOCOL_OTHER] = { "other", "other protocols", NULL },
	[PROTOCOL_HTTP1] = { "http1", "HTTP/1, clear text", "http1" },
	[PROTOCOL_HTTP2] = { "http2", "HTTP/2, clear text", "http2" },
	[PROTOCOL_TLS] = { "tls", "TLS, encrypted (no keys loaded)", NULL },
	[PROTOCOL_QUIC] = { "quic", "QUIC, encrypted (no keys loaded)", NULL },
	[PROTOCOL_SSH] = { "ssh", "SSH, encrypted", NULL },
};

bool protocol_is_read(enum protocol protocol)
{
	const char *want = names[protocol].dissector;

	for (size_t i = 0; want && dissectors[i]; i++)
		if (strcmp(dissectors[i]->name, want) == 0)
			return true;
	return false;
}

const char *protocol_id(enum protocol protocol)
{
	return names[protocol].id;
}

const char *protocol_name(enum protocol protocol)
{
	return names[protocol].name;
}
