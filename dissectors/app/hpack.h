/* hpack: header blocks of one direction of an HTTP/2 connection into header fields (RFC 7541), by someone who may have come late.
 *
 * A conforming decoder that missed one block must give up for good. This one goes on: literals and entries of the static table
 * decode, entries inserted since the join or the loss are known by their place counted from the newest, which is what an index
 * says. What an index beyond those refers to is unknown: left out, and told. A value is right or missing, never wrong.
 *
 *   newest                                      oldest
 *   | 62 | 63 | ... | 61 + n_known |  unknown from before   |      how many of these there are nobody knows */
#ifndef STORMGLASS_DISSECTORS_APP_HPACK_H
#define STORMGLASS_DISSECTORS_APP_HPACK_H

#include "sensor/base/budget.h"
#include "sensor/model/http.h"

enum {
	HPACK_TABLE_DEFAULT = 4096,   /* SETTINGS_HEADER_TABLE_SIZE at first, RFC 9113 6.5.2 */
	HPACK_TABLE_CAP = 65536,      /* of what is kept: an encoder may have more, whose oldest are unknown here */
	HPACK_HEADERS_CAP = 1024,     /* fields of a block */
	HPACK_LIST_CAP = 256 * 1024,  /* bytes of names and values of a block: what a block expands to */
	HPACK_INDEXED_CAP = 32768,    /* those of them that stand in the table, for a byte each (HPACK bomb): at most, and no more
	                               * than the table could hold twice; one entry always */
};

enum hpack_status {
	HPACK_OK,
	HPACK_BAD,   /* the block breaks RFC 7541 (5.1, 5.2, 6): fields before the mistake are there; from here on as after
		      * a loss, and nothing is known of the table's size */
	HPACK_FULL,  /* it expands to more than a cap: fields before that are there, and behind HPACK_INDEXED_CAP those that do not
		      * stand in the table; the table was kept up to date, unless more than HPACK_LIST_CAP was to be put into
		      * it: then as after a loss */
	HPACK_MEMORY /* refused: fields are missing, or what is known of the table is lost as by hpack_lost */
};

/* Zeroed, then hpack_init. */
struct hpack {
	struct budget *budget;
	struct hpack_table *table; /* made with the first entry */
	uint32_t limit;            /* what the receiver allows, SETTINGS_HEADER_TABLE_SIZE; UINT32_MAX: not known */
	uint32_t allowed;          /* what a size update may say: an older limit too, until the encoder has seen the newer one */
	uint32_t max;              /* the encoder's table is no larger than this; UINT32_MAX: not known */
	bool older;                /* it may hold entries older than those that are known */
};

/* What a block says. Names and values live in the arena (or are static): they outlast later blocks. */
struct hpack_fields {
	struct http_header *headers; /* names as sent; of a name that is unknown alone: an empty name, its value */
	size_t n;
	size_t n_unknown;            /* fields that are missing, or whose name is */
	bool never_indexed;          /* some field asked for that, RFC 7541 6.2.3 */
	bool resized;                /* the table's size was changed */
	bool lax;                    /* it has what only lenient decoders take: a size update where none belongs (4.2) or beyond
	                              * what is allowed (6.3), an integer with zeros after its end (5.1) */
};

/* `from_start`: the connection was seen from its beginning. */
void hpack_init(struct hpack *hpack, struct budget *budget, bool from_start);
void hpack_fini(struct hpack *hpack);

/* The receiver's SETTINGS_HEADER_TABLE_SIZE. Encoders use it some time later: a size update up to the larger of both is good.
 * UINT32_MAX where it may have been lost: every update is good. */
void hpack_settings(struct hpack *hpack, uint32_t limit);

/* Blocks of this direction were lost: what the table holds now is at unknown places. */
void hpack_lost(struct hpack *hpack);

/* Decodes one whole block (HEADERS or PUSH_PROMISE with its CONTINUATIONs). */
enum hpack_status hpack_decode(struct hpack *hpack, struct bytes block, struct hpack_fields *fields, struct arena *arena);

#endif
