/* opener: one direction's records under one set of keys, opened in every way that must work and every way that must not. */
#ifndef STORMGLASS_TESTS_SUPPORT_OPENER_H
#define STORMGLASS_TESTS_SUPPORT_OPENER_H

#include "sensor/secrets/protection.h"

enum { OPENER_CAP = 64 };

struct opened {
	struct protected_record record;
	uint8_t type;
	uint8_t *content; /* the opener's */
	size_t len;
};

struct opener {
	const struct crypto *crypto;
	const struct suite *suite;
	uint16_t version;
	bool encrypt_then_mac;
	struct direction_keys keys;
	struct budget budget;
	struct opened records[OPENER_CAP];
	size_t n;
};

void opener_init(struct opener *opener, const struct crypto *crypto, uint16_t version, const struct suite *suite,
    bool encrypt_then_mac, const struct direction_keys *keys);
void opener_fini(struct opener *opener); /* asserts that nothing is left charged */

/* Adds the next record. The bytes stay the caller's. */
void opener_add(struct opener *opener, const struct protected_record *record);

/* Opens all of them in order; asserts that each opens. What is in them is in `records` afterwards. */
void opener_open_all(struct opener *opener);

/* After opener_open_all: asserts that they open in any order where they are seekable, after a lost record where they can be
 * resumed; that none opens with another sequence number; that a damaged one does not spoil the next. */
void opener_check(struct opener *opener);

/* Asserts that the record is refused with any bit of it or of its header flipped, cut anywhere, or longer. */
void opener_abuse(struct opener *opener, size_t index);

/* The record alone, by keys that went through what was before it: does it open? */
bool opener_try(struct opener *opener, size_t index, uint64_t seq, const struct protected_record *record);

#endif
