#include "dissectors/token/spnego.h"

#include "dissectors/token/base64reader.h"
#include "dissectors/token/keep.h"

enum {
	OID_LEN = 32,         /* encoded bytes; longer ones are told by nobody */
	OID_TEXT_LEN = 160,   /* their text: four characters a byte, and some for the first two numbers */
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_GSS = 0x60,
	TAG_0 = 0xA0,
	TAG_1 = 0xA1,
	TAG_2 = 0xA2,
};

struct oid {
	uint8_t bytes[OID_LEN];
	size_t len;
};

enum { SPNEGO, KERBEROS, KERBEROS_2000, NTLM };

static const struct mechanism {
	struct oid oid;
	const char *word;
} mechanisms[] = {
	[SPNEGO] = { { { 0x2B, 6, 1, 5, 5, 2 }, 6 }, "spnego" },                             /* 1.3.6.1.5.5.2 */
	[KERBEROS] = { { { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2 }, 9 }, "kerberos" }, /* 1.2.840.113554.1.2.2 */
	[KERBEROS_2000] = { { { 0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 1, 2, 2 }, 9 }, "kerberos" }, /* 1.2.840.48018.1.2.2 */
	[NTLM] = { { { 0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0A }, 10 }, "ntlm" },           /* 1.3.6.1.4.1.311.2.2.10 */
};

/* ---- DER ---- */

struct element {
	uint8_t tag;
	struct base64reader body;
};

/* The next element; one that says it is longer than what is there is as long as that. */
static bool next(struct base64reader *r, struct element *element)
{
	uint64_t len;

	element->tag = base64reader_u8(r);
	len = base64reader_u8(r);
	if (len >= 0x80) {
		size_t n = len & 0x7F;

		if (n == 0 || n > 4)
			return false;
		for (len = 0; n > 0; n--)
			len = len << 8 | base64reader_u8(r);
	}
	if (r->over)
		return false;
	element->body = base64reader_part(r, len < base64reader_left(r) ? len : base64reader_left(r));
	return true;
}

static bool enter(struct base64reader *r, uint8_t tag)
{
	struct element element;

	if (!next(r, &element) || element.tag != tag)
		return false;
	*r = element.body;
	return true;
}

static bool read_oid(struct base64reader *r, struct oid *oid)
{
	struct element element;

	if (!next(r, &element) || element.tag != TAG_OID)
		return false;
	oid->len = base64reader_left(&element.body);
	if (oid->len == 0 || oid->len > OID_LEN)
		return false;
	base64reader_copy(&element.body, oid->bytes, oid->len);
	return true;
}

/* ---- names ---- */

static const char *word_of(const struct oid *oid)
{
	for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++)
		if (bytes_equal(bytes_of(oid->bytes, oid->len), bytes_of(mechanisms[i].oid.bytes, mechanisms[i].oid.len)))
			return mechanisms[i].word;
	return NULL;
}

static size_t put_number(uint64_t number, uint8_t *out)
{
	uint8_t digits[20];
	size_t n = 0, len;

	do
		digits[n++] = (uint8_t)('0' + number % 10);
	while (number /= 10);
	for (len = n; n > 0; n--)
		out[len - n] = digits[n - 1];
	return len;
}

/* X.690 8.19: seven bits a byte; the first two numbers are one, 40 times the first plus the second. Returns the text's length; 0:
 * a number breaks off or has more than 56 bits. */
static size_t oid_text(const struct oid *oid, uint8_t out[OID_TEXT_LEN])
{
	uint64_t number = 0;
	size_t n = 0;

	if (oid->bytes[oid->len - 1] & 0x80)
		return 0;
	for (size_t i = 0; i < oid->len; i++) {
		if (number >> 49)
			return 0;
		number = number << 7 | (oid->bytes[i] & 0x7F);
		if (oid->bytes[i] & 0x80)
			continue;
		if (n == 0) {
			uint64_t first = number < 80 ? number / 40 : 2;

			n = put_number(first, out);
			number -= 40 * first;
		}
		out[n++] = '.';
		n += put_number(number, out + n);
		number = 0;
	}
	return n;
}

/* ---- tokens ---- */

static bool is_ntlm(struct base64reader r)
{
	static const char want[8] = "NTLMSSP";
	uint8_t head[sizeof want];

	base64reader_copy(&r, head, sizeof head);
	return !r.over && memcmp(head, want, sizeof want) == 0;
}

/* NegTokenInit, behind SPNEGO's OID: leaves *oid where it has no list. */
static void read_init(struct base64reader *r, struct oid *oid)
{
	struct oid first;

	if (enter(r, TAG_0) && enter(r, TAG_SEQUENCE) && enter(r, TAG_0) && enter(r, TAG_SEQUENCE) && read_oid(r, &first))
		*oid = first;
}

/* NegTokenResp: the mechanism that was chosen, or that of the token in it; else leaves *oid. */
static void read_response(struct base64reader *r, struct oid *oid)
{
	struct element element;
	struct oid found;

	if (!enter(r, TAG_1) || !enter(r, TAG_SEQUENCE))
		return;
	while (base64reader_left(r) > 0 && next(r, &element)) {
		struct base64reader body = element.body;

		if (element.tag == TAG_1 && read_oid(&body, &found))
			*oid = found;
		if (element.tag == TAG_2 && enter(&body, TAG_OCTETS)) {
			if (is_ntlm(body))
				*oid = mechanisms[NTLM].oid;
			else if (enter(&body, TAG_GSS) && read_oid(&body, &found))
				*oid = found;
		}
		if (element.tag >= TAG_1)
			return;
	}
}

/* The mechanism that a token is for; false where it is none of GSS-API, SPNEGO or NTLM. */
static bool read_mechanism(struct bytes token, struct oid *oid)
{
	struct base64reader r, first;

	if (!base64reader_init(&r, token))
		return false;
	first = r;
	switch (base64reader_u8(&first)) {
	case TAG_GSS:
		if (!enter(&r, TAG_GSS) || !read_oid(&r, oid))
			return false;
		if (word_of(oid) == mechanisms[SPNEGO].word)
			read_init(&r, oid);
		return true;
	case TAG_1:
		*oid = mechanisms[SPNEGO].oid;
		read_response(&r, oid);
		return true;
	default:
		*oid = mechanisms[NTLM].oid;
		return is_ntlm(r);
	}
}

void spnego_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct oid oid;
	uint8_t text[OID_TEXT_LEN];
	const char *word = "ntlm";

	(void)subject;
	if (credential->kind != CREDENTIAL_NTLM) {
		if (!read_mechanism(credential->secret, &oid))
			return;
		word = word_of(&oid);
	}
	size_t len = word ? 0 : oid_text(&oid, text);

	if (word)
		record_text(record, AUTH_MECHANISM, bytes_text(word));
	else if (len)
		keep_text(record, AUTH_MECHANISM, bytes_of(text, len), arena);
}
