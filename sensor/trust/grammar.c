#include "sensor/trust/grammar.h"

static const char *const kind_names[GRAMMAR_KINDS] = {
	[GRAMMAR_GUID] = "guid",
	[GRAMMAR_LABEL] = "label",
	[GRAMMAR_HOST] = "host",
	[GRAMMAR_AUTHORITY] = "authority",
	[GRAMMAR_SEGMENT] = "segment",
	[GRAMMAR_WORD] = "word",
	[GRAMMAR_HEX] = "hex",
	[GRAMMAR_DIGITS] = "digits",
	[GRAMMAR_LOCAL] = "local",
	[GRAMMAR_ANY] = "any",
};

enum { GUID_LEN = 36, LABEL_LEN = 63, HOST_LEN = 253 };

/* Which bytes a placeholder takes: bit c % 32 of word c / 32. */
enum {
	AT_DIGITS = 0x03ff0000,  /* of word 1 */
	AT_HEX = 0x0000007e,     /* a-f, of word 3 */
	AT_LETTERS = 0x07fffffe, /* of word 2 upper case, of word 3 lower case */
	AT_PLUS = 1 << 11,       /* of word 1 */
	AT_HYPHEN = 1 << 13,
	AT_DOT = 1 << 14,
	AT_COLON = 1 << 26,
	AT_SIGNS = 0x2c001ff2,   /* ! $ % & ' ( ) * + , : ; = of word 1 */
	AT_TILDE = 1 << 30,      /* of word 3 */
	AT_AT = 1,               /* of word 2 */
};

#define AT_UNDERSCORE 0x80000000u /* of word 2 */
#define AT_ALL 0xffffffffu

static const uint32_t alphabets[GRAMMAR_KINDS][8] = {
	[GRAMMAR_GUID] = { 0, AT_DIGITS | AT_HYPHEN, 0, AT_HEX },
	[GRAMMAR_LABEL] = { 0, AT_DIGITS | AT_HYPHEN, 0, AT_LETTERS },
	[GRAMMAR_HOST] = { 0, AT_DIGITS | AT_HYPHEN | AT_DOT, AT_LETTERS, AT_LETTERS },
	[GRAMMAR_AUTHORITY] = { 0, AT_DIGITS | AT_HYPHEN | AT_DOT | AT_COLON, AT_LETTERS, AT_LETTERS },
	/* pchar of RFC 3986 3.3 */
	[GRAMMAR_SEGMENT] = { 0, AT_DIGITS | AT_HYPHEN | AT_DOT | AT_SIGNS, AT_LETTERS | AT_UNDERSCORE | AT_AT,
		AT_LETTERS | AT_TILDE },
	[GRAMMAR_WORD] = { 0, AT_DIGITS | AT_HYPHEN, AT_LETTERS | AT_UNDERSCORE, AT_LETTERS },
	[GRAMMAR_HEX] = { 0, AT_DIGITS, 0, AT_HEX },
	[GRAMMAR_DIGITS] = { 0, AT_DIGITS },
	[GRAMMAR_LOCAL] = { 0, AT_DIGITS | AT_HYPHEN | AT_DOT | AT_PLUS, AT_UNDERSCORE, AT_LETTERS },
	[GRAMMAR_ANY] = { AT_ALL, AT_ALL, AT_ALL, AT_ALL, AT_ALL, AT_ALL, AT_ALL, AT_ALL },
};

static inline bool in_alphabet(enum grammar_kind kind, uint8_t c)
{
	return alphabets[kind][c / 32] >> c % 32 & 1;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
	return in_alphabet(GRAMMAR_HEX, c);
}

#define BYTES_OF(c) (UINT64_C(0x0101010101010101) * (c))

/* Are eight bytes hex digits? Adding 0x80 keeps a byte's subtraction from borrowing from the next; the
 * high bit that is left says "not below". Letters are looked at with `fold` set in them: 0x20 takes either case. */
static inline bool eight_hex(uint64_t eight, uint64_t fold)
{
	uint64_t digits = eight | BYTES_OF(0x80), letters = digits | fold;
	uint64_t hex = ((digits - BYTES_OF('0')) & ~(digits - BYTES_OF('9' + 1))) |
		       ((letters - BYTES_OF('a')) & ~(letters - BYTES_OF('f' + 1)));

	return (hex & ~eight & BYTES_OF(0x80)) == BYTES_OF(0x80);
}

static inline uint64_t load(const uint8_t *at, size_t len)
{
	uint64_t eight = 0;

	memcpy(&eight, at, len);
	return eight;
}

/* 36 bytes at `at`: 8-4-4-4-12. */
static bool guid_shape(const uint8_t *at, bool fold)
{
	uint64_t either = fold ? BYTES_OF(0x20) : 0;

	return at[8] == '-' && at[13] == '-' && at[18] == '-' && at[23] == '-' && eight_hex(load(at, 8), either) &&
	       eight_hex(load(at + 9, 4) | load(at + 14, 4) << 32, either) &&
	       eight_hex(load(at + 19, 4) | load(at + 24, 4) << 32, either) && eight_hex(load(at + 28, 8), either);
}

bool grammar_is_guid(struct bytes text)
{
	return text.len == GUID_LEN && guid_shape(text.data, true);
}

static bool label_shape(struct bytes b)
{
	return b.len > 0 && b.len <= LABEL_LEN && b.data[0] != '-' && b.data[b.len - 1] != '-';
}

static bool host_shape(struct bytes b)
{
	size_t from = 0;

	if (b.len > HOST_LEN)
		return false;
	for (size_t i = 0; i <= b.len; i++) {
		if (i < b.len && b.data[i] != '.')
			continue;
		if (!label_shape(bytes_of(b.data + from, i - from)))
			return false;
		from = i + 1;
	}
	return true;
}

static bool authority_shape(struct bytes b)
{
	size_t host_len = 0;

	while (host_len < b.len && b.data[host_len] != ':')
		host_len++;
	if (host_len == b.len)
		return host_shape(b);
	struct bytes port = bytes_tail(b, host_len + 1);

	for (size_t i = 0; i < port.len; i++)
		if (!is_digit(port.data[i]))
			return false;
	return port.len >= 1 && port.len <= 5 && host_shape(bytes_head(b, host_len));
}

static bool segment_shape(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		if (b.data[i] != '%')
			continue;
		if (b.len - i < 3 || !is_hex(bytes_lower(b.data[i + 1])) || !is_hex(bytes_lower(b.data[i + 2])))
			return false;
		i += 2;
	}
	return !bytes_is(b, ".") && !bytes_is(b, "..");
}

static bool shape_fits(enum grammar_kind kind, struct bytes run)
{
	if (run.len == 0)
		return false;
	switch (kind) {
	case GRAMMAR_LABEL:
		return label_shape(run);
	case GRAMMAR_HOST:
		return host_shape(run);
	case GRAMMAR_AUTHORITY:
		return authority_shape(run);
	case GRAMMAR_SEGMENT:
		return segment_shape(run);
	default:
		return true;
	}
}

static bool same(struct bytes a, struct bytes b, bool fold)
{
	return fold ? bytes_equal_fold(a, b) : bytes_equal(a, b);
}

/* A GUID that ends where its alphabet does, looked at as a whole; empty: none. */
static struct bytes guid_run(struct bytes rest, bool fold)
{
	bool ends = rest.len == GUID_LEN || (rest.len > GUID_LEN && !in_alphabet(GRAMMAR_GUID,
		fold ? bytes_lower(rest.data[GUID_LEN]) : rest.data[GUID_LEN]));

	return bytes_head(rest, ends && guid_shape(rest.data, fold) ? GUID_LEN : 0);
}

static struct bytes run_of(const struct grammar_piece *piece, struct bytes rest, bool fold)
{
	size_t n = 0;

	if (piece->kind == GRAMMAR_GUID)
		return guid_run(rest, fold);
	while (n < rest.len && in_alphabet(piece->kind, fold ? bytes_lower(rest.data[n]) : rest.data[n]))
		n++;
	return bytes_head(rest, n);
}

bool grammar_match(const struct grammar *grammar, struct bytes text, bool fold, struct bytes *tenant)
{
	struct bytes runs[GRAMMAR_PIECES], rest = text;

	for (unsigned i = 0; i < grammar->n_pieces; i++) {
		const struct grammar_piece *piece = &grammar->pieces[i];

		if (piece->kind == GRAMMAR_LITERAL) {
			runs[i] = bytes_head(rest, piece->text.len);
			if (!same(runs[i], piece->text, fold))
				return false;
		} else {
			runs[i] = run_of(piece, rest, fold);
			if (!shape_fits(piece->kind, runs[i]))
				return false;
			if (piece->same_as >= 0 && !same(runs[i], runs[piece->same_as], fold))
				return false;
		}
		rest = bytes_tail(rest, runs[i].len);
	}
	if (rest.len)
		return false;
	*tenant = grammar->tenant >= 0 ? runs[grammar->tenant] : bytes_of("", 0);
	return true;
}

bool grammar_literal(const struct grammar *grammar)
{
	return grammar->n_pieces == 1 && grammar->pieces[0].kind == GRAMMAR_LITERAL;
}

bool grammar_imitable(const struct grammar *grammar)
{
	return grammar->host.len || grammar_literal(grammar);
}

static int piece_named(const struct grammar *grammar, struct bytes name)
{
	for (unsigned i = 0; i < grammar->n_pieces; i++)
		if (grammar->pieces[i].kind != GRAMMAR_LITERAL && bytes_equal(grammar->pieces[i].text, name))
			return (int)i;
	return -1;
}

/* `inner` is what stands between the braces: name:kind, or the name of an earlier placeholder. */
static const char *add_placeholder(struct grammar *grammar, struct bytes inner)
{
	struct grammar_piece *piece = &grammar->pieces[grammar->n_pieces];
	const uint8_t *colon = inner.len ? memchr(inner.data, ':', inner.len) : NULL;
	struct bytes name = colon ? bytes_head(inner, (size_t)(colon - inner.data)) : inner;
	int earlier = piece_named(grammar, name);

	if (name.len == 0)
		return "a placeholder has no name";
	*piece = (struct grammar_piece){ .text = name, .same_as = earlier };
	if (!colon) {
		if (earlier < 0)
			return "a placeholder has no kind: {name:kind}";
		piece->kind = grammar->pieces[earlier].kind;
	} else if (earlier >= 0) {
		return "a placeholder is described twice: write {name} the second time";
	} else {
		struct bytes word = bytes_tail(inner, name.len + 1);

		for (int kind = GRAMMAR_GUID; kind < GRAMMAR_KINDS; kind++)
			if (bytes_is(word, kind_names[kind]))
				piece->kind = (enum grammar_kind)kind;
		if (piece->kind == GRAMMAR_LITERAL)
			return "a placeholder has an unknown kind";
	}
	if (bytes_is(name, "tenant") && earlier < 0)
		grammar->tenant = (int)grammar->n_pieces;
	grammar->n_pieces++;
	return NULL;
}

static const char *check_unambiguous(const struct grammar *grammar)
{
	for (unsigned i = 0; i + 1 < grammar->n_pieces; i++) {
		const struct grammar_piece *piece = &grammar->pieces[i], *next = piece + 1;

		if (piece->kind == GRAMMAR_LITERAL)
			continue;
		if (next->kind != GRAMMAR_LITERAL)
			return "two placeholders stand side by side";
		if (in_alphabet(piece->kind, next->text.data[0]))
			return "the text after a placeholder begins with a byte the placeholder takes itself";
	}
	return NULL;
}

/* The literal part of the host: all of it, or what follows its last placeholder ("https://{t:label}.okta.com" ->
 * "okta.com"). A host that a placeholder ends, or an end of one label ("com"), is nobody's in particular. */
static void find_host(struct grammar *grammar)
{
	const struct grammar_piece *first = &grammar->pieces[0];
	struct bytes text = bytes_of("", 0);
	bool in_host = false, placeholder = false;

	if (first->kind != GRAMMAR_LITERAL)
		return;
	for (unsigned i = 0; i < grammar->n_pieces; i++) {
		const struct grammar_piece *piece = &grammar->pieces[i];
		struct bytes literal = piece->text;

		if (piece->kind != GRAMMAR_LITERAL) {
			placeholder = true;
			text = bytes_of("", 0);
			continue;
		}
		if (i == 0) {
			const uint8_t *mark = memmem(literal.data, literal.len, "://", 3);

			in_host = true;
			if (mark)
				literal = bytes_tail(literal, (size_t)(mark - literal.data) + 3);
		}
		const uint8_t *slash = literal.len ? memchr(literal.data, '/', literal.len) : NULL;

		text = slash ? bytes_head(literal, (size_t)(slash - literal.data)) : literal;
		if (slash)
			break;
	}
	if (placeholder && text.len && text.data[0] == '.')
		text = bytes_tail(text, 1);
	else if (placeholder)
		text = bytes_of("", 0);
	if (in_host && text.len && host_shape(text) && memchr(text.data, '.', text.len)) {
		grammar->host = text;
		grammar->host_is_end = placeholder;
	}
}

static const char *add_literal(struct grammar *grammar, struct bytes literal)
{
	for (size_t i = 0; i < literal.len; i++)
		if (literal.data[i] <= ' ' || literal.data[i] >= 0x7f || literal.data[i] == '}')
			return "a byte that no issuer has: blank, control, not ASCII or a stray brace";
	grammar->pieces[grammar->n_pieces++] = (struct grammar_piece){ GRAMMAR_LITERAL, literal, -1 };
	return NULL;
}

const char *grammar_compile(struct grammar *grammar, struct bytes text)
{
	const char *wrong = NULL;
	struct bytes rest = text;

	*grammar = (struct grammar){ .text = text, .tenant = -1 };
	if (text.len == 0 || text.len > GRAMMAR_LEN)
		return "empty or longer than 512 bytes";
	while (rest.len && !wrong) {
		const uint8_t *open = memchr(rest.data, '{', rest.len);
		size_t literal_len = open ? (size_t)(open - rest.data) : rest.len;

		if (grammar->n_pieces == GRAMMAR_PIECES)
			return "more than 16 pieces";
		if (literal_len) {
			wrong = add_literal(grammar, bytes_head(rest, literal_len));
			rest = bytes_tail(rest, literal_len);
			continue;
		}
		const uint8_t *close = memchr(rest.data, '}', rest.len);

		if (!close)
			return "a brace is not closed";
		size_t inner_len = (size_t)(close - rest.data) - 1;

		wrong = add_placeholder(grammar, bytes_of(rest.data + 1, inner_len));
		rest = bytes_tail(rest, inner_len + 2);
	}
	if (!wrong)
		wrong = check_unambiguous(grammar);
	if (!wrong)
		find_host(grammar);
	return wrong;
}
