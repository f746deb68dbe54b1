#include "dissectors/token/cookie.h"

#include "sensor/base/scan.h"

enum { DIGITS_CAP = 3, NO_NUMBER = 1000 };

static struct bytes unquote(struct bytes b)
{
	if (b.len >= 2 && b.data[0] == '"' && b.data[b.len - 1] == '"')
		return bytes_of(b.data + 1, b.len - 2);
	return b;
}

/* One pair, up to the ';' or the end, which *rest is moved past. */
static struct cookie take_pair(struct bytes *rest)
{
	const uint8_t *end = rest->data + rest->len, *at = scan_any(rest->data, end, ";;;="), *stop = at;
	struct cookie cookie = { .name = bytes_of(rest->data, 0) };
	struct bytes value;

	if (at < end && *at == '=') {
		cookie.name = bytes_trim_blanks(bytes_of(rest->data, (size_t)(at - rest->data)));
		value = bytes_tail(*rest, (size_t)(at - rest->data) + 1);
		stop = value.len ? memchr(value.data, ';', value.len) : NULL;
		if (!stop)
			stop = end;
		value = bytes_of(value.data, (size_t)(stop - value.data));
	} else {
		value = bytes_of(rest->data, (size_t)(at - rest->data));
	}
	cookie.value = unquote(bytes_trim_blanks(value));
	*rest = bytes_tail(*rest, (size_t)(stop - rest->data) + 1);
	return cookie;
}

bool cookie_next(struct bytes *rest, struct cookie *cookie)
{
	while (rest->len > 0) {
		*cookie = take_pair(rest);
		if (cookie->name.len > 0 || cookie->value.len > 0)
			return true;
	}
	return false;
}

struct cookie cookie_set(struct bytes value)
{
	return take_pair(&value);
}

/* ---- chunks ---- */

/* The number at a name's end, which *stem is without; NO_NUMBER: there is none, or it is not written as one counts. */
static unsigned number_of(struct bytes name, struct bytes *stem)
{
	size_t n = 0;
	unsigned number = 0;

	while (n < name.len && n <= DIGITS_CAP && name.data[name.len - n - 1] >= '0' && name.data[name.len - n - 1] <= '9')
		n++;
	*stem = bytes_head(name, name.len - n);
	if (n == 0 || n > DIGITS_CAP || n == name.len || (n > 1 && name.data[name.len - n] == '0'))
		return NO_NUMBER;
	for (size_t i = stem->len; i < name.len; i++)
		number = number * 10 + (unsigned)(name.data[i] - '0');
	return number;
}

static bool is_mark(uint8_t c)
{
	return c == 'C' || c == '.' || c == '-' || c == '_';
}

struct bytes cookie_base(struct bytes name)
{
	struct bytes stem;

	if (number_of(name, &stem) == NO_NUMBER)
		return name;
	return stem.len > 1 && is_mark(stem.data[stem.len - 1]) ? bytes_head(stem, stem.len - 1) : stem;
}

static bool is_header(struct bytes value)
{
	return bytes_is(bytes_head(value, 7), "chunks-") || bytes_is(bytes_head(value, 7), "chunks:");
}

void cookie_chunks_begin(struct cookie_chunks *chunks, struct cookie cookie)
{
	chunks->first = cookie;
	chunks->n = 0;
	if (!is_header(cookie.value))
		chunks->pieces[chunks->n++] = cookie.value;
}

/* Does `stem` belong to the name that stands without number? */
static bool is_stem_of(struct bytes name, struct bytes stem)
{
	if (stem.len == name.len + 1 && is_mark(stem.data[name.len]))
		stem.len--;
	return bytes_equal(name, stem);
}

/* Is `number` with this stem the one behind the first cookie? */
static bool follows_first(const struct cookie_chunks *chunks, struct bytes stem, unsigned number)
{
	struct bytes first_stem;
	unsigned first = number_of(chunks->first.name, &first_stem);

	if (first == NO_NUMBER)
		return number == 1 && is_stem_of(chunks->first.name, stem);
	return first <= 1 && number == first + 1 && bytes_equal(first_stem, stem);
}

bool cookie_chunks_add(struct cookie_chunks *chunks, struct cookie cookie)
{
	uint8_t last = cookie.name.len > 0 ? cookie.name.data[cookie.name.len - 1] : 0;
	struct bytes stem;
	unsigned number;

	if (last < '0' || last > '9' || chunks->n == COOKIE_CHUNKS_CAP)
		return false; /* nearly all cookies */
	number = number_of(cookie.name, &stem);
	bool announced = is_header(chunks->first.value);

	if (number == NO_NUMBER || (chunks->n > 0 && !announced && chunks->pieces[chunks->n - 1].len < COOKIE_CHUNK_LEAST))
		return false;
	if (chunks->n > 1 || (chunks->n == 1 && announced)) {
		if (number != chunks->number + 1 || !bytes_equal(stem, chunks->stem))
			return false;
	} else if (!follows_first(chunks, stem, number)) {
		return false;
	}
	chunks->stem = stem;
	chunks->number = number;
	chunks->pieces[chunks->n++] = cookie.value;
	return true;
}

struct cookie cookie_chunks_join(const struct cookie_chunks *chunks, struct arena *arena)
{
	size_t len = 0;
	uint8_t *text;

	if (chunks->n == 0 || (chunks->n == 1 && !is_header(chunks->first.value)))
		return chunks->first;
	for (size_t i = 0; i < chunks->n; i++)
		len += chunks->pieces[i].len;
	text = arena_alloc(arena, len);
	struct cookie joined = { cookie_base(chunks->first.name), bytes_of(text, text ? len : 0) };

	for (size_t i = 0; text && i < chunks->n; i++) {
		if (chunks->pieces[i].len > 0)
			memcpy(text, chunks->pieces[i].data, chunks->pieces[i].len);
		text += chunks->pieces[i].len;
	}
	return joined;
}
