/* fuzz_carriers: the bytes as a message. The first byte chooses what kind of one, the second the memory there is; heads are lines
 * "name: value", of which the first is the target. */
#include "dissectors/token/carriers.h"

#include <stdalign.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEADERS_CAP = 64, FOUND_CAP = 64, SOME = 3, PLACE_LEN = 1 << 20 };

enum { IS_REQUEST = 1, IS_CUT = 2, IS_MORE = 4, FORM_SHIFT = 4 };
enum form { FORM_HEAD, FORM_TEXT, FORM_BODY }; /* and what its content is */

struct room {
	alignas(max_align_t) uint8_t place[PLACE_LEN];
	size_t len;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static bool within(struct bytes part, struct bytes whole)
{
	return part.data >= whole.data && part.data + part.len <= whole.data + whole.len;
}

static struct bytes line(struct bytes *rest)
{
	const uint8_t *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
	struct bytes text = bytes_head(*rest, end ? (size_t)(end - rest->data) : rest->len);

	*rest = bytes_tail(*rest, text.len + 1);
	return text;
}

static void fill_head(struct http_message *message, struct bytes text, struct http_header headers[HEADERS_CAP])
{
	message->target = line(&text);
	message->headers = headers;
	while (text.len > 0 && message->n_headers < HEADERS_CAP) {
		struct bytes field = line(&text);
		const uint8_t *colon = field.len ? memchr(field.data, ':', field.len) : NULL;
		struct http_header *header = &headers[message->n_headers++];

		header->name = bytes_head(field, colon ? (size_t)(colon - field.data) : field.len);
		header->value = bytes_tail(field, header->name.len + 1);
		while (header->value.len > 0 && header->value.data[0] == ' ')
			header->value = bytes_tail(header->value, 1);
	}
}

/* Reads every byte, so that a sanitizer sees a view that is none. */
static unsigned touch(struct bytes b)
{
	unsigned sum = 0;

	for (size_t i = 0; i < b.len; i++)
		sum += b.data[i];
	return sum;
}

static size_t find(const struct http_message *message, const struct carriers_more *more, struct room *room,
    struct credential *found, size_t cap)
{
	struct budget none;
	struct arena arena;
	size_t n;

	budget_init(&none, 0, NULL);
	arena_init(&arena, 512, &none);
	arena_lend(&arena, room->place, room->len);
	n = carriers_find(message, more, &arena, found, cap);
	arena_fini(&arena);
	return n;
}

static void check(const struct credential *credential, struct bytes input, const struct room *room)
{
	static const char *const words[] = { "authorization", "proxy-authorization", "header", "cookie", "query", "path",
	    "referer",
		"form", "json", "xml", "text", "websocket", "set-cookie", "location", "response-header", "response-json",
		"response-form", "response-xml", "response-text", "response-websocket" };
	struct bytes place = bytes_of(room->place, room->len);
	struct credential told = *credential;
	size_t i = 0;

	while (i < sizeof words / sizeof *words && strcmp(words[i], credential->carrier) != 0)
		i++;
	expect(i < sizeof words / sizeof *words);
	expect(within(credential->secret, input) || within(credential->secret, place));
	expect(within(credential->scheme, input) || within(credential->scheme, place) || credential->scheme.len == 0);
	expect(credential->name.len <= 64);
	expect(credential->kind <= CREDENTIAL_UNTOLD);
	expect(!memmem(credential->name.data, credential->name.len, "eyJ", 3));
	touch(credential->name);
	touch(credential->scheme);
	touch(credential->secret);
	credential_classify(&told);
	expect(told.kind < CREDENTIAL_KINDS);
}

static bool same(const struct credential *a, const struct credential *b)
{
	return a->carrier == b->carrier && bytes_equal(a->name, b->name) && bytes_equal(a->secret, b->secret) &&
	    a->kind == b->kind && a->weak == b->weak;
}

static void look(const struct http_message *message, const struct carriers_more *more, struct bytes input, size_t room_len)
{
	static struct room rooms[2];
	struct credential found[FOUND_CAP], some[SOME];
	size_t n, n_some;

	rooms[0].len = rooms[1].len = room_len;
	n = find(message, more, &rooms[0], found, FOUND_CAP);
	for (size_t i = 0; i < n && i < FOUND_CAP; i++)
		check(&found[i], input, &rooms[0]);
	n_some = find(message, more, &rooms[1], some, SOME);
	expect(n_some <= n || n >= SOME); /* which ones are the same is told for those that were written */
	for (size_t i = 0; n <= SOME && i < n; i++)
		expect(same(&found[i], &some[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const names[] = { "x-own", "own" };
	static const struct carriers_more own = { names, names, names, 2, 2, 2 };
	struct http_header headers[HEADERS_CAP];
	struct http_message message = { 0 };
	struct bytes input;
	unsigned form;

	if (len < 2)
		return 0;
	input = bytes_of(data + 2, len - 2);
	form = data[0] >> FORM_SHIFT;
	message.dir = data[0] & IS_REQUEST ? TO_SERVER : TO_CLIENT;
	message.content_cut = data[0] & IS_CUT;
	message.is_text = form == FORM_TEXT;
	message.is_end = form >= FORM_BODY;
	message.content_type = form >= FORM_BODY ? (form - FORM_BODY) % (HTTP_CONTENT_TEXT + 1) : 0;
	if (form == FORM_HEAD)
		fill_head(&message, input, headers);
	else
		message.content = input;
	look(&message, data[0] & IS_MORE ? &own : NULL, input, data[1] >= 0x80 ? (data[1] & 0x7Fu) * 64 : PLACE_LEN);
	return 0;
}
