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

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool among(uint8_t c, const char *set)
{
	return c && strchr(set, c);
}

static bool in_alphabet(enum grammar_kind kind, uint8_t c)
{
	uint8_t low = bytes_lower(c);

	switch (kind) {
	case GRAMMAR_LABEL:
		return is_lower(c) || is_digit(c) || c == '-';
	case GRAMMAR_HOST:
		return is_lower(low) || is_digit(c) || among(c, "-.");
	case GRAMMAR_AUTHORITY:
		return is_lower(low) || is_digit(c) || among(c, "-.:");
	case GRAMMAR_SEGMENT: /* pchar of RFC 3986 3.3 */
		return is_lower(low) || is_digit(c) || among(c, "-._~!$&'()*+,;=:@%");
	case GRAMMAR_WORD:
		return is_lower(low) || is_digit(c) || among(c, "_-");
	case GRAMMAR_GUID:
		return is_hex(c) || c == '-';
	case GRAMMAR_HEX:
		return is_hex(c);
	case GRAMMAR_DIGITS:
		return is_digit(c);
	case GRAMMAR_LOCAL:
		return is_lower(c) || is_digit(c) || among(c, "._+-");
	default:
		return kind == GRAMMAR_ANY;
	}
}

static bool guid_shape(struct bytes b, bool fold)
{
	for (size_t i = 0; i < b.len; i++) {
		uint8_t c = fold ? bytes_lower(b.data[i]) : b.data[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? c != '-' : !is_hex(c))
			return false;
	}
	return b.len == GUID_LEN;
}

bool grammar_is_guid(struct bytes text)
{
	return guid_shape(text, true);
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

static bool shape_fits(enum grammar_kind kind, struct bytes run, bool fold)
{
	if (run.len == 0)
		return false;
	switch (kind) {
	case GRAMMAR_GUID:
		return guid_shape(run, fold);
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

static struct bytes run_of(const struct grammar_piece *piece, struct bytes rest, bool fold)
{
	size_t n = 0;

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
			if (!shape_fits(piece->kind, runs[i], fold))
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
