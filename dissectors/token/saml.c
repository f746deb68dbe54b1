#include "dissectors/token/saml.h"

#include <openssl/sha.h>

#include "dissectors/token/base64url.h"
#include "dissectors/token/datetime.h"
#include "dissectors/token/saml_odd.h"
#include "dissectors/token/saml_text.h"
#include "dissectors/token/saml_xml.h"
#include "sensor/model/token.h"

enum { FIELD_LEN = 4096 /* bytes of any one text */ };

/* What a signature refers to, by rank. */
enum cover {
	COVER_OTHER,
	COVER_DOCUMENT,  /* all of it, whose root is neither of these */
	COVER_RESPONSE,
	COVER_ASSERTION,
	COVERS
};

struct scan {
	struct saml_walk walk;
	struct record *record;
	struct arena *arena;
	bool whole;                     /* the document was read to its end */
	uint32_t odd;
	unsigned n_covers[COVERS];      /* how many references to each */
	const struct saml_signature *chosen; /* that of the highest rank; NULL: there is none */
};

static void note(struct scan *scan, enum saml_odd odd)
{
	scan->odd |= saml_odd_bit(odd);
}

/* A copy without white space around it, cut where it is too long; empty where there is none. */
static struct bytes copy(struct scan *scan, struct bytes text)
{
	text = bytes_trim_space(text);
	if (text.len > FIELD_LEN)
		note(scan, SAML_ODD_TOO_LONG);
	return arena_copy(scan->arena, bytes_head(text, FIELD_LEN));
}

static void set_text(struct scan *scan, enum token_field field, struct bytes text)
{
	text = copy(scan, text);
	if (text.len)
		record_text(scan->record, field, text);
}

static void set_time(struct scan *scan, enum token_field field, struct bytes text)
{
	int64_t seconds;

	if (!text.data)
		return;
	if (datetime_read(text, &seconds))
		record_int(scan->record, field, seconds);
	else
		note(scan, SAML_ODD_BAD_TIME);
}

static void set_audiences(struct scan *scan)
{
	const struct saml_walk *walk = &scan->walk;
	struct bytes *texts = walk->n_audiences ? arena_alloc(scan->arena, walk->n_audiences * sizeof *texts) : NULL;
	size_t n = 0;

	for (size_t i = 0; texts && i < walk->n_audiences; i++) {
		texts[n] = copy(scan, walk->audiences[i]);
		n += texts[n].len > 0;
	}
	if (n)
		record_texts(scan->record, SAML_AUDIENCE, texts, n);
}

static void set_fields(struct scan *scan, struct bytes *subject)
{
	const struct saml_walk *walk = &scan->walk;
	const struct saml_part *part = walk->assertion.seen ? &walk->assertion : &walk->response;
	struct bytes request = walk->assertion.in_response_to, name = copy(scan, walk->subject);

	if (name.len)
		*subject = name;
	set_text(scan, SAML_VERSION, part->version);
	set_text(scan, SAML_ISSUER, part->issuer);
	set_audiences(scan);
	set_time(scan, SAML_IAT, part->issued);
	set_time(scan, SAML_NBF, walk->not_before);
	set_time(scan, SAML_EXP, walk->not_on_or_after);
	set_text(scan, SAML_IN_RESPONSE_TO, request.len ? request : walk->response.in_response_to);
	record_int(scan->record, SAML_ASSERTIONS, walk->n_assertions);
	if (walk->encrypted)
		record_flag(scan->record, SAML_ENCRYPTED, true);
	if (walk->n_assertions > 1)
		note(scan, SAML_ODD_MANY_ASSERTIONS);
}

/* ---- signatures ---- */

/* An URI of "" is the whole document (xmldsig-core 4.4.3.2), "#id" an element of it. */
static enum cover cover_of(const struct saml_walk *walk, struct bytes uri)
{
	if (uri.data && uri.len == 0)
		return walk->assertion.is_root ? COVER_ASSERTION : walk->response.is_root ? COVER_RESPONSE : COVER_DOCUMENT;
	if (uri.len < 2 || uri.data[0] != '#')
		return COVER_OTHER;
	if (bytes_equal(walk->assertion.id, bytes_tail(uri, 1)))
		return COVER_ASSERTION;
	return bytes_equal(walk->response.id, bytes_tail(uri, 1)) ? COVER_RESPONSE : COVER_OTHER;
}

static bool is_twice(const struct saml_walk *walk, struct bytes id)
{
	const struct saml_id *known = id.len ? saml_walk_id(walk, id) : NULL;

	return known && known->twice;
}

static void judge_references(struct scan *scan)
{
	const struct saml_walk *walk = &scan->walk;
	enum cover best = COVER_OTHER;
	bool twice = is_twice(walk, walk->assertion.id) || is_twice(walk, walk->response.id);

	scan->chosen = walk->n_signatures ? &walk->signatures[0] : NULL;
	for (size_t i = 0; i < walk->n_references; i++) {
		const struct saml_reference *reference = &walk->references[i];
		enum cover cover = cover_of(walk, reference->uri);

		scan->n_covers[cover]++;
		twice |= reference->uri.len > 0 && is_twice(walk, bytes_tail(reference->uri, 1));
		if (cover > best) {
			best = cover;
			scan->chosen = &walk->signatures[reference->signature];
		}
	}
	if (twice)
		note(scan, SAML_ODD_DUPLICATE_ID);
}

/* Is something signed, but not the assertion that counts? Of what was read in part, nobody knows. */
static void judge_coverage(struct scan *scan)
{
	const struct saml_walk *walk = &scan->walk;
	unsigned n_direct = scan->n_covers[COVER_ASSERTION] + scan->n_covers[COVER_DOCUMENT];
	bool by_response = scan->n_covers[COVER_RESPONSE] && (walk->assertion_in_response || !walk->assertion.seen);

	if (!scan->whole || (!walk->assertion.seen && !walk->response.seen))
		return;
	if (walk->n_references == 0 && !walk->encrypted)
		note(scan, SAML_ODD_NO_SIGNATURE);
	if (walk->n_references > 0 && n_direct == 0 && !by_response)
		note(scan, SAML_ODD_WRAPPED);
}

/* Signatures over something else, like those of WS-Security over a message, may do as they like. */
static void judge_algorithms(struct scan *scan)
{
	const struct saml_walk *walk = &scan->walk;

	for (size_t i = 0; i < walk->n_signatures; i++) {
		const struct saml_signature *signature = &walk->signatures[i];

		if (!signature->enveloped && signature != scan->chosen)
			continue;
		if (signature->is_weak)
			note(scan, SAML_ODD_WEAK_ALG);
		if (signature->transforms)
			note(scan, SAML_ODD_TRANSFORMS);
	}
}

static void set_signed(struct scan *scan)
{
	struct bytes *texts = scan->walk.n_references ? arena_alloc(scan->arena, COVERS * sizeof *texts) : NULL;
	size_t n = 0;

	if (!texts)
		return;
	if (scan->n_covers[COVER_RESPONSE])
		texts[n++] = bytes_text("response");
	if (scan->n_covers[COVER_ASSERTION])
		texts[n++] = bytes_text("assertion");
	if (scan->n_covers[COVER_OTHER] || scan->n_covers[COVER_DOCUMENT])
		texts[n++] = bytes_text("other");
	record_texts(scan->record, SAML_SIGNED, texts, n);
}

/* The part of an algorithm's URI that tells it from others: http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 */
static struct bytes algorithm_of(struct bytes uri)
{
	size_t n = uri.len;

	while (n > 0 && uri.data[n - 1] != '#' && uri.data[n - 1] != '/')
		n--;
	return bytes_tail(uri, n);
}

static void set_certificate(struct scan *scan, struct bytes text)
{
	static const char digits[] = "0123456789abcdef";
	size_t room = base64url_room(text.len);
	uint8_t *der = text.len ? budget_alloc(scan->arena->budget, room) : NULL, sha256[SHA256_DIGEST_LENGTH], *hex;
	uint32_t spelling = 0;

	if (!der)
		return;
	size_t len = base64url_decode(text, der, room, &spelling);

	SHA256(der, len, sha256);
	budget_free(scan->arena->budget, der, room);
	hex = len ? arena_alloc(scan->arena, 2 * sizeof sha256) : NULL;
	if (!hex)
		return;
	for (size_t i = 0; i < sizeof sha256; i++) {
		hex[2 * i] = (uint8_t)digits[sha256[i] >> 4];
		hex[2 * i + 1] = (uint8_t)digits[sha256[i] & 15];
	}
	record_text(scan->record, SAML_CERT_SHA256, bytes_of(hex, 2 * sizeof sha256));
}

static void set_signature(struct scan *scan)
{
	judge_references(scan);
	judge_coverage(scan);
	judge_algorithms(scan);
	set_signed(scan);
	if (!scan->chosen)
		return;
	if (scan->chosen->method.len)
		set_text(scan, SAML_ALG, algorithm_of(bytes_trim_space(scan->chosen->method)));
	set_certificate(scan, scan->chosen->certificate);
}

/* ---- the scan ---- */

void saml_start(void)
{
	saml_xml_start();
}

/* `room` holds the decoded text, and behind it what the walk keeps of it. */
static void scan_text(struct scan *scan, struct bytes secret, uint8_t *room, size_t text_len, size_t room_len,
    struct bytes *subject)
{
	struct saml_text text = saml_text_of(secret, room, text_len);

	saml_walk_init(&scan->walk, room + text_len, room_len - text_len);
	scan->odd = text.odd;
	if (text.xml.len > 0 && !saml_xml_walk(text.xml, &scan->walk, scan->arena->budget))
		return;
	saml_walk_finish(&scan->walk);
	scan->whole = scan->walk.ended && !text.cut;
	/* What was cut off breaks the XML that is left, and says nothing of the whole. */
	scan->odd |= text.cut ? scan->walk.odd & ~saml_odd_bit(SAML_ODD_BAD_XML) : scan->walk.odd;
	set_fields(scan, subject);
	set_signature(scan);
	saml_odd_record(scan->odd, scan->record, scan->arena);
}

void saml_scan(struct bytes secret, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct scan scan = { .record = record, .arena = arena };
	size_t text_len = saml_text_room(secret), kept_len = secret.len < SAML_TEXT_LEN ? secret.len : SAML_TEXT_LEN;
	uint8_t *room = budget_alloc(arena->budget, text_len + kept_len + 1);

	*subject = bytes_of("", 0);
	if (!room)
		return;
	scan_text(&scan, secret, room, text_len, text_len + kept_len, subject);
	budget_free(arena->budget, room, text_len + kept_len + 1);
}
