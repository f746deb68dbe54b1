#include "dissectors/token/tokentext.h"

#include "dissectors/token/base64url.h"
#include "dissectors/token/jsontext.h"
#include "dissectors/token/urlencoded.h"
#include "sensor/base/scan.h"

enum {
	HEADER_CAP = 2048, /* bytes of a decoded header that are looked at */
	TRIES = 4,         /* marks within one part at which a token is looked for: more would make hostile text dear */
	PARTS_JWS = 3,
	PARTS_JWE = 5,
};

enum { SAYS_ALG = 1, SAYS_ENC = 2 };

/* ---- parts ---- */

struct walk {
	const uint8_t *at, *end;
	bool encoded; /* a dot or padding was percent-encoded */
};

static bool is_letter(uint8_t c)
{
	return c == '=' || (c != '+' && c != '/' && base64url_value(c) >= 0);
}

/* Bytes that one percent-encoded `c` takes at `at`; 0: it is none. */
static size_t encoded_len(const uint8_t *at, const uint8_t *end, uint8_t c)
{
	uint8_t one;

	if (end - at < 3 || *at != '%' || urlencoded_decode(bytes_of(at, 3), false, &one, 1) != 1)
		return 0;
	return one == c ? 3 : 0;
}

/* Goes to the end of the part at hand. */
static void pass_part(struct walk *walk)
{
	for (;;) {
		size_t len = walk->end - walk->at >= 16 ? scan_name16(walk->at) : 0;

		walk->at += len;
		if (len == 16)
			continue;
		if (walk->at < walk->end && is_letter(*walk->at)) {
			walk->at++;
			continue;
		}
		len = encoded_len(walk->at, walk->end, '=');
		if (len == 0)
			return;
		walk->at += len;
		walk->encoded = true;
	}
}

/* Takes the dot behind a part. */
static bool pass_dot(struct walk *walk)
{
	size_t len = walk->at < walk->end && *walk->at == '.' ? 1 : encoded_len(walk->at, walk->end, '.');

	walk->at += len;
	walk->encoded |= len > 1;
	return len > 0;
}

static unsigned says(const struct jsontext *text)
{
	if (text->depth != 1)
		return 0;
	if (jsontext_equal(text->raw, bytes_text("alg")))
		return SAYS_ALG;
	return jsontext_equal(text->raw, bytes_text("enc")) ? SAYS_ENC : 0;
}

/* Which of two members does the object have that a first part decodes to? A broken one those before the break. */
static unsigned header_says(struct bytes part)
{
	uint8_t decoded[HEADER_CAP];
	uint32_t flags = 0;
	struct jsontext text;
	enum jsontext_event event;
	unsigned said = 0;

	jsontext_init(&text, bytes_of(decoded, base64url_decode(part, decoded, sizeof decoded, &flags)));
	do {
		event = jsontext_next(&text);
		if (event == JSONTEXT_NAME)
			said |= says(&text);
	} while (event != JSONTEXT_ERROR && event != JSONTEXT_END && said != (SAYS_ALG | SAYS_ENC));
	return said;
}

/* Is a token at `mark`, whose first part ends where `walk` stands? Then *walk is moved to its end. */
static bool is_token(const uint8_t *mark, struct walk *walk)
{
	const struct bytes header = bytes_of(mark, (size_t)(walk->at - mark));
	struct walk parts = *walk, jws = parts;
	unsigned n = 1, said;

	if (!pass_dot(&parts))
		return false;
	said = header_says(header);
	if (!(said & SAYS_ALG))
		return false;
	do {
		pass_part(&parts);
		if (++n == PARTS_JWS)
			jws = parts;
	} while (n < (said & SAYS_ENC ? PARTS_JWE : PARTS_JWS) && pass_dot(&parts));
	if (n < PARTS_JWS)
		return false;
	*walk = n == PARTS_JWE ? parts : jws;
	return true;
}

bool tokentext_next(struct bytes *rest, bool cut, struct arena *arena, struct bytes *token)
{
	const uint8_t *mark = rest->data, *end = rest->data + rest->len, *part_end = mark;
	unsigned tries = 0;

	for (; (mark = scan_jwt(mark, end)) < end; mark++) {
		struct walk walk = { .at = mark, .end = end };

		pass_part(&walk);
		if (walk.at > part_end)
			tries = 0;
		part_end = walk.at;
		if (is_token(mark, &walk) && !(cut && walk.at == end)) {
			*token = bytes_of(mark, (size_t)(walk.at - mark));
			if (walk.encoded)
				*token = urlencoded_undo(*token, false, arena);
			*rest = bytes_of(walk.at, (size_t)(end - walk.at));
			return token->data;
		}
		if (++tries == TRIES)
			mark = part_end - 1;
	}
	*rest = bytes_of(end, 0);
	return false;
}
