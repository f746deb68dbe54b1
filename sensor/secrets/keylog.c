#include "sensor/secrets/keylog.h"

enum { WORDS_CAP = 4 /* none of our lines has more than three */, RANDOM_DIGITS = 64, ENCRYPTED_DIGITS = 16, MASTER_DIGITS = 96 };
enum { GENERATION_DIGITS = 5 };

/* Values of hex digits, from 1; 0: it is none. */
static const uint8_t digit_values[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* ---- words ---- */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The words of a line; more than there is room for count as one more. */
static size_t split(struct bytes line, struct bytes words[WORDS_CAP])
{
	const uint8_t *at = line.data, *end = line.data + line.len;
	size_t n = 0;

	while (n < WORDS_CAP) {
		while (at < end && is_blank(*at))
			at++;
		if (at == end)
			break;
		words[n].data = at;
		while (at < end && !is_blank(*at))
			at++;
		words[n].len = (size_t)(at - words[n].data);
		n++;
	}
	return n;
}

/* The bytes that hex digits stand for; false: something else is among them, or their number is odd. */
static bool unhex(struct bytes digits, uint8_t *bytes)
{
	unsigned bad = digits.len & 1;

	for (size_t i = 0; i + 1 < digits.len; i += 2) {
		unsigned high = digit_values[digits.data[i]] - 1u, low = digit_values[digits.data[i + 1]] - 1u;

		bad |= (high | low) >> 4;
		bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	return bad == 0;
}

static bool is_hex(struct bytes digits)
{
	bool good = digits.len > 0 && digits.len % 2 == 0;

	for (size_t i = 0; good && i < digits.len; i++)
		good = digit_values[digits.data[i]] > 0;
	return good;
}

static bool starts(struct bytes word, const char *with)
{
	return bytes_equal(bytes_head(word, strlen(with)), bytes_text(with));
}

/* ---- what a line is made of ---- */

/* `least` to `most` digits. */
static bool take_key(struct bytes digits, size_t least, size_t most, enum session_kind kind, struct session_key *key)
{
	if (digits.len < least || digits.len > most)
		return false;
	*key = (struct session_key){ .kind = (uint8_t)kind, .len = (uint8_t)(digits.len / 2) };
	return unhex(digits, key->bytes);
}

static bool take_secret(struct bytes digits, enum secret_label label, struct secret *secret)
{
	secret->label = label;
	secret->generation = 0;
	secret->len = (uint16_t)(digits.len / 2);
	return unhex(digits, secret->bytes);
}

/* The number at the end of CLIENT_TRAFFIC_SECRET_0. */
static bool take_generation(struct bytes digits, uint16_t *generation)
{
	unsigned n = 0;

	if (digits.len == 0 || digits.len > GENERATION_DIGITS)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		n = n * 10 + digits.data[i] - '0';
	}
	*generation = (uint16_t)n;
	return n <= UINT16_MAX;
}

/* ---- lines ---- */

/* A label of TLS 1.3, RFC 8446 7.1; false: it is none. */
static bool traffic_label(struct bytes word, enum secret_label *label, uint16_t *generation)
{
	static const struct {
		const char *word;
		enum secret_label label;
		bool numbered;
	} labels[] = {
		{ "CLIENT_HANDSHAKE_TRAFFIC_SECRET", SECRET_CLIENT_HANDSHAKE, false },
		{ "SERVER_HANDSHAKE_TRAFFIC_SECRET", SECRET_SERVER_HANDSHAKE, false },
		{ "CLIENT_TRAFFIC_SECRET_", SECRET_CLIENT_TRAFFIC, true },
		{ "SERVER_TRAFFIC_SECRET_", SECRET_SERVER_TRAFFIC, true },
		{ "CLIENT_EARLY_TRAFFIC_SECRET", SECRET_CLIENT_EARLY, false },
	};

	*generation = 0;
	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
		*label = labels[i].label;
		if (!labels[i].numbered && bytes_is(word, labels[i].word))
			return true;
		if (labels[i].numbered && starts(word, labels[i].word))
			return take_generation(bytes_tail(word, strlen(labels[i].word)), generation);
	}
	return false;
}

static bool traffic_line(const struct bytes words[3], enum secret_label label, uint16_t generation, struct session_key *key,
    struct secret *secret)
{
	if (words[2].len != 64 && words[2].len != 96) /* SHA-256, SHA-384 */
		return false;
	if (!take_key(words[1], RANDOM_DIGITS, RANDOM_DIGITS, SESSION_BY_RANDOM, key) || !take_secret(words[2], label, secret))
		return false;
	secret->generation = generation;
	return true;
}

static bool master_line(const struct bytes words[3], struct session_key *key, struct secret *secret)
{
	return words[2].len == MASTER_DIGITS && take_key(words[1], RANDOM_DIGITS, RANDOM_DIGITS, SESSION_BY_RANDOM, key) &&
	       take_secret(words[2], SECRET_MASTER, secret);
}

static bool premaster_line(const struct bytes words[3], struct session_key *key, struct secret *secret)
{
	return words[2].len > 0 && words[2].len <= 2 * SECRET_CAP &&
	       take_key(words[1], RANDOM_DIGITS, RANDOM_DIGITS, SESSION_BY_RANDOM, key) &&
	       take_secret(words[2], SECRET_PREMASTER, secret);
}

static bool rsa_line(const struct bytes words[3], struct session_key *key, struct secret *secret)
{
	static const char id[] = "Session-ID:", master[] = "Master-Key:";

	if (starts(words[1], id)) {
		struct bytes digits = bytes_tail(words[2], sizeof master - 1);

		return starts(words[2], master) && digits.len == MASTER_DIGITS &&
		       take_key(bytes_tail(words[1], sizeof id - 1), 2, 2 * sizeof key->bytes, SESSION_BY_ID, key) &&
		       take_secret(digits, SECRET_MASTER, secret);
	}
	return words[2].len == MASTER_DIGITS &&
	       take_key(words[1], ENCRYPTED_DIGITS, ENCRYPTED_DIGITS, SESSION_BY_ENCRYPTED, key) &&
	       take_secret(words[2], SECRET_PREMASTER, secret);
}

/* LABEL_OF_SOME_KIND 00ff ...: written by a newer program than this. */
static enum keylog_line other_line(const struct bytes *words, size_t n)
{
	if (n < 2 || words[0].data[0] < 'A' || words[0].data[0] > 'Z')
		return KEYLOG_JUNK;
	for (size_t i = 0; i < words[0].len; i++) {
		uint8_t c = words[0].data[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_')
			return KEYLOG_JUNK;
	}
	for (size_t i = 1; i < n; i++)
		if (!is_hex(words[i]))
			return KEYLOG_JUNK;
	return KEYLOG_OTHER;
}

enum keylog_line keylog_parse(struct bytes line, struct session_key *key, struct secret *secret)
{
	struct bytes words[WORDS_CAP];
	size_t n = split(line, words);
	enum secret_label label;
	uint16_t generation;
	bool good;

	if (n == 0 || words[0].data[0] == '#')
		return KEYLOG_OTHER;
	if (traffic_label(words[0], &label, &generation))
		good = n == 3 && traffic_line(words, label, generation, key, secret);
	else if (bytes_is(words[0], "CLIENT_RANDOM"))
		good = n == 3 && master_line(words, key, secret);
	else if (bytes_is(words[0], "PMS_CLIENT_RANDOM"))
		good = n == 3 && premaster_line(words, key, secret);
	else if (bytes_is(words[0], "RSA"))
		good = n == 3 && rsa_line(words, key, secret);
	else
		return other_line(words, n);
	return good ? KEYLOG_SECRET : KEYLOG_JUNK;
}

/* ---- pieces ---- */

/* Where lines of one piece go. */
struct target {
	struct secrets *secrets;
	uint64_t number;
	struct keylog_counts *counts;
	struct session_key key;
	struct secret secret;
};

static void take_line(struct target *target, struct bytes line)
{
	switch (keylog_parse(line, &target->key, &target->secret)) {
	case KEYLOG_SECRET:
		target->counts->secrets++;
		if (!secrets_add(target->secrets, &target->key, &target->secret, target->number))
			target->counts->refused++;
		break;
	case KEYLOG_OTHER:
		target->counts->other++;
		break;
	case KEYLOG_JUNK:
		target->counts->junk++;
		break;
	}
}

/* A line that began in an earlier piece, or goes on in the next. */
static void keep(struct keylog *keylog, struct bytes part, struct keylog_counts *counts)
{
	if (keylog->too_long)
		return;
	if (part.len > KEYLOG_LINE_CAP - keylog->len) {
		keylog->too_long = true;
		counts->junk++;
		return;
	}
	if (part.len)
		memcpy(keylog->line + keylog->len, part.data, part.len);
	keylog->len += part.len;
}

/* The line that was kept is whole. */
static void take_kept(struct keylog *keylog, struct target *target)
{
	if (!keylog->too_long)
		take_line(target, bytes_of(keylog->line, keylog->len));
	keylog->len = 0;
	keylog->too_long = false;
}

void keylog_feed(struct keylog *keylog, struct bytes text, struct secrets *secrets, uint64_t number, struct keylog_counts *counts)
{
	struct target target = { .secrets = secrets, .number = number, .counts = counts, .secret.origin = keylog->origin };

	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		struct bytes line = bytes_head(text, end ? (size_t)(end - text.data) : text.len);

		if (end && keylog->len == 0 && !keylog->too_long && line.len <= KEYLOG_LINE_CAP) {
			take_line(&target, line);
		} else {
			keep(keylog, line, counts);
			if (end)
				take_kept(keylog, &target);
		}
		text = bytes_tail(text, line.len + 1);
	}
	secrets_wipe(&target.secret, sizeof target.secret);
}

void keylog_end(struct keylog *keylog, struct secrets *secrets, uint64_t number, struct keylog_counts *counts)
{
	struct target target = { .secrets = secrets, .number = number, .counts = counts, .secret.origin = keylog->origin };

	if (keylog->len > 0 || keylog->too_long)
		take_kept(keylog, &target);
	secrets_wipe(&target.secret, sizeof target.secret);
	secrets_wipe(keylog->line, sizeof keylog->line);
}
