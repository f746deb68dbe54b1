/* saml_walk: what a SAML message says of itself, gathered element by element in the order of the document (saml-core-2.0-os,
 * saml-core 1.1, xmldsig-core). Elements go by their local names, as they do for the readers that are fooled. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_SAML_WALK_H
#define STORMGLASS_DISSECTORS_TOKEN_SAML_WALK_H

#include "sensor/base/bytes.h"

enum {
	SAML_WALK_DEPTH = 64,
	SAML_WALK_AUDIENCES = 32,
	SAML_WALK_SIGNATURES = 16,
	SAML_WALK_REFERENCES = 32, /* of all signatures together */
	SAML_WALK_IDS = 64,
};

/* Texts of one document that are kept, which take no more room than the document: those between tags from the front, for they
 * come in parts, attributes from the back. */
struct saml_pool {
	uint8_t *at;
	size_t len; /* at the front */
	size_t cap; /* where the back begins */
};

struct saml_attribute {
	struct bytes name; /* local */
	struct bytes value;
	bool prefixed;
};

/* Where an element stands. */
struct saml_frame {
	uint8_t element;
	uint8_t signature;   /* index of the innermost signature around it; SAML_WALK_SIGNATURES: there is none */
	bool in_assertion;   /* the innermost assertion around it is the first of the document */
	bool in_response;    /* it stands in the first response */
	bool in_signed_info;
};

/* The first assertion, or the first response. Texts that are not there have no data. */
struct saml_part {
	bool seen;
	bool is_root;
	struct bytes id, version, issuer, issued;
	struct bytes in_response_to;
};

struct saml_signature {
	struct bytes method;      /* URI of its algorithm */
	struct bytes certificate; /* the first that its KeyInfo brings, in base64 */
	bool enveloped;           /* it stands right in an assertion or a response */
	bool has_signed_info;
	bool is_weak;             /* SHA-1 or MD5, there or in a digest */
	bool transforms;          /* others than saml-core-2.0-os 5.4.4 allows */
};

struct saml_reference {
	uint8_t signature;
	struct bytes uri; /* no data: it names none */
};

struct saml_id {
	struct bytes id;
	bool twice;
};

struct saml_walk {
	struct saml_pool pool;
	struct saml_frame frames[SAML_WALK_DEPTH + 1]; /* the first is around the root */
	size_t depth;
	size_t capturing;                /* depth of the element whose text is captured; 0: none */
	struct bytes *captured;          /* where that text goes */
	bool ended;                      /* the root did, and nothing follows */
	uint32_t odd;                    /* bits of enum saml_odd */

	uint32_t n_assertions;
	bool encrypted;                  /* there is an EncryptedAssertion */
	bool assertion_in_response;      /* the first stands in the first */
	struct saml_part assertion, response;
	struct bytes subject;
	struct bytes not_before, not_on_or_after;
	struct bytes audiences[SAML_WALK_AUDIENCES];
	size_t n_audiences;

	struct saml_signature signatures[SAML_WALK_SIGNATURES];
	struct saml_reference references[SAML_WALK_REFERENCES];
	struct saml_id ids[SAML_WALK_IDS];
	size_t n_signatures, n_references, n_ids;
};

/* Texts are kept in `room`, which should be as long as the document. */
void saml_walk_init(struct saml_walk *walk, uint8_t *room, size_t room_len);

/* An element begins; false where it is deeper than is read: then nothing more may be told. Views live for the call. */
bool saml_walk_start(struct saml_walk *walk, struct bytes name, const struct saml_attribute *attributes, size_t n);
void saml_walk_text(struct saml_walk *walk, struct bytes text); /* any part of it */
void saml_walk_comment(struct saml_walk *walk);
void saml_walk_end(struct saml_walk *walk);

/* Nothing more comes: the text of an element that did not end is not one. */
void saml_walk_finish(struct saml_walk *walk);

/* The kept id, NULL for one that was not seen among the first. */
const struct saml_id *saml_walk_id(const struct saml_walk *walk, struct bytes id);

#endif
