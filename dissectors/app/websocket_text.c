#include "dissectors/app/websocket_text.h"

/* A word is looked for by three letters of it that are rare in other words. */
static const struct word {
	const char *word; /* lower case */
	uint8_t rare;     /* place of its three letters */
} words[] = {
	{ "token", 1 },  { "jwt", 0 },       { "bearer", 3 },   { "authorization", 6 },
	{ "secret", 1 }, { "assertion", 1 }, { "password", 2 },
};

enum { BLOCK = 64, RARE = 3, NAME_SPACE_CAP = 100 };

/* Are there any rare letters at `at`, or after it within a block? Reads BLOCK + 2 bytes. Plain loops over arrays, of which
 * compilers make one step for many bytes. */
static bool block_has_hint(const uint8_t *at)
{
	uint8_t hit = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		uint8_t a = at[i] | 0x20, b = at[i + 1] | 0x20, c = at[i + 2] | 0x20;

		hit |= (uint8_t)((a == 'o') & (b == 'k') & (c == 'e'));
		hit |= (uint8_t)((a == 'j') & (b == 'w') & (c == 't'));
		hit |= (uint8_t)((a == 'r') & (b == 'e') & (c == 'r'));
		hit |= (uint8_t)((a == 'i') & (b == 'z') & (c == 'a'));
		hit |= (uint8_t)((a == 'e') & (b == 'c') & (c == 'r'));
		hit |= (uint8_t)((a == 's') & (b == 's') & (c == 'e'));
		hit |= (uint8_t)((a == 's') & (b == 's') & (c == 'w'));
	}
	return hit;
}

static bool block_has_token(const uint8_t *at)
{
	uint8_t hit = 0;

	for (size_t i = 0; i < BLOCK; i++)
		hit |= (uint8_t)((at[i] == 'e') & (at[i + 1] == 'y') & (at[i + 2] == 'J'));
	return hit;
}

static bool word_stands_at(struct bytes text, size_t at)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t rare = words[i].rare;

		if (at < rare || (text.data[at] | 0x20) != words[i].word[rare])
			continue;
		struct bytes word = bytes_text(words[i].word), there = bytes_tail(text, at - rare);

		if (bytes_equal_fold(bytes_head(there, word.len), word))
			return true;
	}
	return false;
}

/* Some of the letters start in the next BLOCK bytes from `from`: does a word? */
static bool block_has_word(struct bytes text, size_t from)
{
	size_t to = text.len - from < BLOCK ? text.len : from + BLOCK;

	for (size_t at = from; at < to; at++)
		if (word_stands_at(text, at))
			return true;
	return false;
}

/* Goes on from `from`, by blocks; what is left at the end is looked at in a block of zeros. */
static bool look(struct bytes text, bool for_words)
{
	uint8_t last[BLOCK + RARE - 1] = { 0 };

	for (size_t from = 0; from < text.len; from += BLOCK) {
		const uint8_t *at = text.data + from;

		if (text.len - from < sizeof last) {
			memset(last, 0, sizeof last);
			memcpy(last, at, text.len - from);
			at = last;
		}
		if (block_has_token(at))
			return true;
		if (for_words && block_has_hint(at) && block_has_word(text, from))
			return true;
	}
	return false;
}

bool websocket_text_may_tell(struct bytes text)
{
	return look(text, true);
}

bool websocket_text_has_token(struct bytes data)
{
	return look(data, false);
}

/* Its type, and perhaps a name space. */
static struct bytes without_packet_type(struct bytes text)
{
	struct bytes rest = text;

	while (rest.len && rest.data[0] >= '0' && rest.data[0] <= '9')
		rest = bytes_tail(rest, 1);
	if (rest.len < text.len && rest.len && rest.data[0] == '/') {
		const uint8_t *comma = memchr(rest.data, ',', rest.len < NAME_SPACE_CAP ? rest.len : NAME_SPACE_CAP);

		if (comma)
			rest = bytes_tail(rest, (size_t)(comma + 1 - rest.data));
	}
	return rest;
}

struct bytes websocket_text_json(struct bytes text)
{
	text = without_packet_type(text);
	while (text.len && (text.data[0] == ' ' || (text.data[0] >= '\t' && text.data[0] <= '\r')))
		text = bytes_tail(text, 1);
	return text.len && (text.data[0] == '{' || text.data[0] == '[') ? text : bytes_of("", 0);
}
