/* grammar: the shape of an `iss` value, e.g. "https://login.microsoftonline.com/{tenant:guid}/v2.0".
 *
 * A grammar is literal text and placeholders {name:kind}. It matches a whole string, byte for byte. A name that comes
 * again, as {name}, stands for the same text. A placeholder takes the longest run of its alphabet, and compiling
 * refuses a grammar whose next literal begins within that alphabet: so there is one way to match and it costs one
 * pass.
 *
 *   guid       8-4-4-4-12 lower-case hex digits          word   A-Z a-z 0-9 _ -
 *   label      one host label: a-z 0-9 -, inner -        hex    0-9 a-f
 *   host       labels joined by dots, either case        digits 0-9
 *   authority  host, perhaps with :port                  any    what is left; only at the end
 *   segment    one path segment, RFC 3986 3.3            local  mailbox name: a-z 0-9 . _ + -
 * */
#ifndef STORMGLASS_TRUST_GRAMMAR_H
#define STORMGLASS_TRUST_GRAMMAR_H

#include "sensor/base/arena.h"

enum { GRAMMAR_PIECES = 16, GRAMMAR_LEN = 512 };

enum grammar_kind {
	GRAMMAR_LITERAL,
	GRAMMAR_GUID,
	GRAMMAR_LABEL,
	GRAMMAR_HOST,
	GRAMMAR_AUTHORITY,
	GRAMMAR_SEGMENT,
	GRAMMAR_WORD,
	GRAMMAR_HEX,
	GRAMMAR_DIGITS,
	GRAMMAR_LOCAL,
	GRAMMAR_ANY,
	GRAMMAR_KINDS
};

struct grammar_piece {
	enum grammar_kind kind;
	struct bytes text; /* the literal, or the placeholder's name */
	int same_as;       /* earlier piece of the same name, or -1 */
};

struct grammar {
	struct bytes text;
	struct grammar_piece pieces[GRAMMAR_PIECES];
	unsigned n_pieces;
	int tenant;        /* piece named "tenant", or -1 */
	struct bytes host; /* literal host, or its literal end ("okta.com"); empty where strangers choose the host */
	bool host_is_end;  /* `host` follows a placeholder */
};

/* Compiles `text`, which must outlive the grammar. NULL, or what is wrong with it. */
const char *grammar_compile(struct grammar *grammar, struct bytes text);

/* Does all of `text` fit? *tenant becomes the part under {tenant}, empty where there is none. `fold` ignores ASCII
 * case. */
bool grammar_match(const struct grammar *grammar, struct bytes text, bool fold, struct bytes *tenant);

/* No placeholder at all. */
bool grammar_literal(const struct grammar *grammar);

/* Can it be imitated: it has a host of its own, or is one fixed text. */
bool grammar_imitable(const struct grammar *grammar);

/* 8-4-4-4-12 hex digits, either case. */
bool grammar_is_guid(struct bytes text);

#endif
