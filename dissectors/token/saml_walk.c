#include "dissectors/token/saml_walk.h"

#include "dissectors/token/saml_odd.h"

enum element {
	OTHER,
	ASSERTION,
	ATTRIBUTE_VALUE,
	AUDIENCE,
	AUDIENCE_RESTRICTION,
	CONDITIONS,
	DIGEST_METHOD,
	ENCRYPTED_ASSERTION,
	ISSUER,
	KEY_INFO,
	NAME_ID,
	REFERENCE,
	RESPONSE,
	SIGNATURE,
	SIGNATURE_METHOD,
	SIGNED_INFO,
	SUBJECT,
	SUBJECT_CONFIRMATION_DATA,
	TRANSFORM,
	X509_CERTIFICATE,
	X509_DATA,
};

static const struct {
	const char *name;
	enum element element;
} elements[] = {
	{ "Assertion", ASSERTION },
	{ "AttributeValue", ATTRIBUTE_VALUE },
	{ "Audience", AUDIENCE },
	{ "AudienceRestriction", AUDIENCE_RESTRICTION },
	{ "AudienceRestrictionCondition", AUDIENCE_RESTRICTION }, /* SAML 1.x */
	{ "Conditions", CONDITIONS },
	{ "DigestMethod", DIGEST_METHOD },
	{ "EncryptedAssertion", ENCRYPTED_ASSERTION },
	{ "Issuer", ISSUER },
	{ "KeyInfo", KEY_INFO },
	{ "NameID", NAME_ID },
	{ "NameIdentifier", NAME_ID }, /* SAML 1.x */
	{ "Reference", REFERENCE },
	{ "Response", RESPONSE },
	{ "Signature", SIGNATURE },
	{ "SignatureMethod", SIGNATURE_METHOD },
	{ "SignedInfo", SIGNED_INFO },
	{ "Subject", SUBJECT },
	{ "SubjectConfirmationData", SUBJECT_CONFIRMATION_DATA },
	{ "Transform", TRANSFORM },
	{ "X509Certificate", X509_CERTIFICATE },
	{ "X509Data", X509_DATA },
};

static enum element element_of(struct bytes name)
{
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		if (name.len && name.data[0] == (uint8_t)elements[i].name[0] && bytes_is(name, elements[i].name))
			return elements[i].element;
	return OTHER;
}

static void note(struct saml_walk *walk, enum saml_odd odd)
{
	walk->odd |= saml_odd_bit(odd);
}

/* ---- texts ---- */

/* Room for an attribute; NULL where there is none. */
static uint8_t *pool_back(struct saml_walk *walk, size_t len)
{
	struct saml_pool *pool = &walk->pool;

	if (len > pool->cap - pool->len) {
		note(walk, SAML_ODD_TOO_LONG);
		return NULL;
	}
	pool->cap -= len;
	return pool->at + pool->cap;
}

/* No data where `text` has none. */
static struct bytes keep(struct saml_walk *walk, struct bytes text)
{
	uint8_t *at = text.data ? pool_back(walk, text.len) : NULL;

	if (at && text.len)
		memcpy(at, text.data, text.len);
	return bytes_of(at, at ? text.len : 0);
}

/* Only the first of a kind is captured, for then *text has data; and nothing within what is captured. */
static void capture(struct saml_walk *walk, struct bytes *text)
{
	if (text->data || walk->capturing)
		return;
	*text = bytes_of(walk->pool.at + walk->pool.len, 0);
	walk->captured = text;
	walk->capturing = walk->depth;
}

struct attributes {
	const struct saml_attribute *all;
	size_t n;
};

/* Without a prefix, for those with one are another's. No data where there is none. */
static struct bytes attribute(const struct attributes *attributes, const char *name)
{
	for (size_t i = 0; i < attributes->n; i++)
		if (!attributes->all[i].prefixed && bytes_is(attributes->all[i].name, name))
			return attributes->all[i].value;
	return bytes_of(NULL, 0);
}

static void keep_attribute(struct saml_walk *walk, struct bytes *text, const struct attributes *attributes, const char *name)
{
	struct bytes value = attribute(attributes, name);

	if (!text->data && value.data)
		*text = keep(walk, value);
}

/* ---- ids ---- */

const struct saml_id *saml_walk_id(const struct saml_walk *walk, struct bytes id)
{
	for (size_t i = 0; i < walk->n_ids; i++)
		if (bytes_equal(walk->ids[i].id, id))
			return &walk->ids[i];
	return NULL;
}

/* ID of SAML 2.0, AssertionID and ResponseID of 1.x, Id of signatures; wsu:Id and xml:id. */
static bool is_id(const struct saml_attribute *attribute)
{
	struct bytes name = attribute->name;

	if (bytes_is(name, "Id") || (attribute->prefixed && bytes_is(name, "id")))
		return true;
	return !attribute->prefixed && (bytes_is(name, "ID") || bytes_is(name, "AssertionID") || bytes_is(name, "ResponseID"));
}

static void keep_ids(struct saml_walk *walk, const struct attributes *attributes)
{
	for (size_t i = 0; i < attributes->n; i++) {
		if (!is_id(&attributes->all[i]))
			continue;
		const struct saml_id *known = saml_walk_id(walk, attributes->all[i].value);

		if (known)
			walk->ids[known - walk->ids].twice = true;
		else if (walk->n_ids < SAML_WALK_IDS)
			walk->ids[walk->n_ids++] = (struct saml_id){ .id = keep(walk, attributes->all[i].value) };
	}
}

/* ---- assertion and response ---- */

static const struct saml_frame *above(const struct saml_walk *walk, size_t n)
{
	return &walk->frames[walk->depth > n ? walk->depth - n : 0];
}

/* SAML 1.x has its version in two parts. */
static struct bytes old_version(struct saml_walk *walk, const struct attributes *attributes)
{
	struct bytes major = attribute(attributes, "MajorVersion"), minor = attribute(attributes, "MinorVersion");
	uint8_t *at = major.len && minor.len ? pool_back(walk, major.len + 1 + minor.len) : NULL;

	if (!at)
		return bytes_of(NULL, 0);
	memcpy(at, major.data, major.len);
	at[major.len] = '.';
	memcpy(at + major.len + 1, minor.data, minor.len);
	return bytes_of(at, major.len + 1 + minor.len);
}

static void begin_part(struct saml_walk *walk, struct saml_part *part, const struct attributes *attributes, const char *old_id)
{
	part->seen = true;
	part->is_root = walk->depth == 1;
	keep_attribute(walk, &part->id, attributes, "ID");
	keep_attribute(walk, &part->id, attributes, old_id);
	keep_attribute(walk, &part->issued, attributes, "IssueInstant");
	keep_attribute(walk, &part->in_response_to, attributes, "InResponseTo");
	keep_attribute(walk, &part->version, attributes, "Version");
	if (part->version.data)
		return;
	part->version = old_version(walk, attributes);
	keep_attribute(walk, &part->issuer, attributes, "Issuer");
}

static void begin_assertion(struct saml_walk *walk, struct saml_frame *frame, const struct attributes *attributes)
{
	frame->in_assertion = walk->n_assertions++ == 0;
	if (!frame->in_assertion)
		return;
	walk->assertion_in_response = frame->in_response;
	begin_part(walk, &walk->assertion, attributes, "AssertionID");
}

static void begin_response(struct saml_walk *walk, struct saml_frame *frame, const struct attributes *attributes)
{
	if (walk->response.seen)
		return;
	frame->in_response = true;
	begin_part(walk, &walk->response, attributes, "ResponseID");
}

/* The issuer of an assertion stands right in it, and so does that of a response. */
static void begin_issuer(struct saml_walk *walk, const struct saml_frame *parent)
{
	if (parent->element == ASSERTION && parent->in_assertion)
		capture(walk, &walk->assertion.issuer);
	else if (parent->element == RESPONSE && parent->in_response)
		capture(walk, &walk->response.issuer);
}

static void begin_audience(struct saml_walk *walk, const struct saml_frame *parent)
{
	if (parent->element != AUDIENCE_RESTRICTION || walk->capturing)
		return;
	if (walk->n_audiences < SAML_WALK_AUDIENCES)
		capture(walk, &walk->audiences[walk->n_audiences++]);
	else
		note(walk, SAML_ODD_TOO_LONG);
}

static void begin_in_assertion(struct saml_walk *walk, const struct saml_frame *parent, enum element element,
    const struct attributes *attributes)
{
	switch (element) {
	case AUDIENCE:
		begin_audience(walk, parent);
		break;
	case CONDITIONS:
		if (parent->element == ASSERTION) {
			keep_attribute(walk, &walk->not_before, attributes, "NotBefore");
			keep_attribute(walk, &walk->not_on_or_after, attributes, "NotOnOrAfter");
		}
		break;
	case NAME_ID: /* of the subject, which SAML 1.x has in each statement */
		if (parent->element == SUBJECT && (above(walk, 2)->element == ASSERTION || above(walk, 3)->element == ASSERTION))
			capture(walk, &walk->subject);
		break;
	case SUBJECT_CONFIRMATION_DATA:
		keep_attribute(walk, &walk->assertion.in_response_to, attributes, "InResponseTo");
		break;
	default:
		break;
	}
}

/* ---- signatures ---- */

static void begin_signature(struct saml_walk *walk, struct saml_frame *frame, const struct saml_frame *parent)
{
	bool room = walk->n_signatures < SAML_WALK_SIGNATURES;

	frame->signature = room ? (uint8_t)walk->n_signatures++ : SAML_WALK_SIGNATURES;
	if (room)
		walk->signatures[frame->signature].enveloped = parent->element == ASSERTION || parent->element == RESPONSE;
	else
		note(walk, SAML_ODD_TOO_LONG);
}

static void begin_reference(struct saml_walk *walk, uint8_t signature, const struct attributes *attributes)
{
	struct bytes uri = attribute(attributes, "URI");

	if (walk->n_references < SAML_WALK_REFERENCES)
		walk->references[walk->n_references++] = (struct saml_reference){ signature, keep(walk, uri) };
	else
		note(walk, SAML_ODD_TOO_LONG);
}

static void begin_signed_info(struct saml_walk *walk, struct saml_frame *frame)
{
	struct saml_signature *signature = &walk->signatures[frame->signature];

	frame->in_signed_info = true;
	if (signature->has_signed_info)
		note(walk, SAML_ODD_MANY_SIGNED_INFO);
	signature->has_signed_info = true;
}

/* SHA-1 and MD5 in the names that algorithms of signatures and digests have: rsa-sha1, hmac-md5, sha1 ... */
static bool is_weak(struct bytes uri)
{
	static const char *const words[] = { "sha1", "md5" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		for (size_t at = 0, len = strlen(words[i]); at + len <= uri.len; at++)
			if (bytes_equal_fold(bytes_of(uri.data + at, len), bytes_text(words[i])))
				return true;
	return false;
}

/* saml-core-2.0-os 5.4.4 */
static bool is_fine_transform(struct bytes uri)
{
	static const char *const fine[] = {
		"http://www.w3.org/2000/09/xmldsig#enveloped-signature",
		"http://www.w3.org/2001/10/xml-exc-c14n#",
		"http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
	};

	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		if (bytes_is(uri, fine[i]))
			return true;
	return false;
}

static void begin_in_signature(struct saml_walk *walk, struct saml_frame *frame, const struct attributes *attributes)
{
	struct saml_signature *signature = &walk->signatures[frame->signature];
	struct bytes algorithm = attribute(attributes, "Algorithm");
	enum element parent = above(walk, 1)->element;
	bool signs = frame->in_signed_info && parent == SIGNED_INFO;

	switch ((enum element)frame->element) {
	case SIGNED_INFO:
		if (parent == SIGNATURE)
			begin_signed_info(walk, frame);
		break;
	case SIGNATURE_METHOD:
		if (signs)
			keep_attribute(walk, &signature->method, attributes, "Algorithm");
		signature->is_weak |= signs && is_weak(algorithm);
		break;
	case DIGEST_METHOD:
		signature->is_weak |= frame->in_signed_info && parent == REFERENCE && is_weak(algorithm);
		break;
	case REFERENCE:
		if (signs)
			begin_reference(walk, frame->signature, attributes);
		break;
	case TRANSFORM:
		signature->transforms |= !is_fine_transform(algorithm);
		break;
	case X509_CERTIFICATE:
		if (parent == X509_DATA && above(walk, 2)->element == KEY_INFO && above(walk, 3)->element == SIGNATURE)
			capture(walk, &signature->certificate);
		break;
	default:
		break;
	}
}

/* ---- the walk ---- */

void saml_walk_init(struct saml_walk *walk, uint8_t *room, size_t room_len)
{
	*walk = (struct saml_walk){ .pool = { room, 0, room_len } };
	walk->frames[0].signature = SAML_WALK_SIGNATURES;
}

bool saml_walk_start(struct saml_walk *walk, struct bytes name, const struct saml_attribute *attributes, size_t n)
{
	struct attributes all = { attributes, n };

	if (walk->depth == SAML_WALK_DEPTH) {
		note(walk, SAML_ODD_TOO_DEEP);
		return false;
	}
	const struct saml_frame *parent = &walk->frames[walk->depth++];
	struct saml_frame *frame = &walk->frames[walk->depth];

	*frame = *parent;
	frame->element = (uint8_t)element_of(name);
	keep_ids(walk, &all);
	if (frame->element == ASSERTION)
		begin_assertion(walk, frame, &all);
	else if (frame->element == RESPONSE)
		begin_response(walk, frame, &all);
	else if (frame->element == SIGNATURE)
		begin_signature(walk, frame, parent);
	else if (frame->element == ISSUER)
		begin_issuer(walk, parent);
	else if (frame->element == ENCRYPTED_ASSERTION)
		walk->encrypted = true;
	else if (frame->in_assertion)
		begin_in_assertion(walk, parent, (enum element)frame->element, &all);
	if (frame->signature < SAML_WALK_SIGNATURES)
		begin_in_signature(walk, frame, &all);
	return true;
}

void saml_walk_text(struct saml_walk *walk, struct bytes text)
{
	struct saml_pool *pool = &walk->pool;

	if (!walk->capturing || text.len == 0)
		return;
	if (text.len > pool->cap - pool->len) {
		note(walk, SAML_ODD_TOO_LONG);
		return;
	}
	memcpy(pool->at + pool->len, text.data, text.len);
	pool->len += text.len;
	walk->captured->len += text.len;
}

void saml_walk_comment(struct saml_walk *walk)
{
	const struct saml_frame *frame = &walk->frames[walk->depth];

	if (frame->element == NAME_ID || frame->element == ATTRIBUTE_VALUE)
		note(walk, SAML_ODD_COMMENT_IN_NAME);
	else if (frame->in_signed_info)
		note(walk, SAML_ODD_COMMENT_IN_SIGNATURE);
}

void saml_walk_end(struct saml_walk *walk)
{
	if (walk->depth == walk->capturing)
		walk->capturing = 0;
	if (walk->depth && --walk->depth == 0)
		walk->ended = true;
}

void saml_walk_finish(struct saml_walk *walk)
{
	if (walk->capturing)
		walk->captured->len = 0;
	walk->capturing = 0;
}
