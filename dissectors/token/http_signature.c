#include "dissectors/token/http_signature.h"

#include "dissectors/token/authparam.h"
#include "dissectors/token/keep.h"
#include "dissectors/token/numericdate.h"
#include "dissectors/token/structured.h"

/* Parameters under the names of both; `covers` is not among them. */
static const struct {
	const char *name;
	enum token_field field;
	bool is_date;
} parameters[] = {
	{ "keyid", HTTPSIG_KEYID, false },
	{ "alg", HTTPSIG_ALG, false },
	{ "algorithm", HTTPSIG_ALG, false },
	{ "tag", HTTPSIG_TAG, false },
	{ "created", HTTPSIG_CREATED, true },
	{ "expires", HTTPSIG_EXPIRES, true },
};

static void set_parameter(struct record *record, struct bytes name, struct bytes value, struct arena *arena)
{
	int64_t seconds;
	bool plain;

	for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
		enum token_field field = parameters[i].field;

		if (!bytes_equal_fold(name, bytes_text(parameters[i].name)) || record_has(record, field))
			continue;
		if (!parameters[i].is_date)
			keep_text(record, field, value, arena);
		else if (value.len && numericdate_read(value, &seconds, &plain) && plain)
			record_int(record, field, seconds);
	}
}

/* The components that are covered, kept in the arena. */
struct covers {
	struct bytes items[HTTP_SIGNATURE_COVERS];
	size_t n;
};

static void set_covers(struct record *record, const struct covers *covers, struct arena *arena)
{
	struct bytes *items = arena_alloc(arena, covers->n * sizeof *items);

	if (!items || record_has(record, HTTPSIG_COVERS))
		return;
	if (covers->n > 0)
		memcpy(items, covers->items, covers->n * sizeof *items);
	record_texts(record, HTTPSIG_COVERS, items, covers->n);
}

static void add(struct covers *covers, struct bytes text)
{
	if (text.data && covers->n < HTTP_SIGNATURE_COVERS)
		covers->items[covers->n++] = text;
}

/* ---- RFC 9421 ---- */

/* Behind '(': what is covered, to ')'. The parameters of a component are left out. */
static bool read_list(struct bytes *left, struct covers *covers, struct arena *arena)
{
	struct structured_item item;
	struct bytes key;

	covers->n = 0;
	while (!structured_take(left, ')')) {
		if (!structured_item(left, &item))
			return false;
		add(covers, structured_text(&item, arena));
		while (structured_parameter(left, &key, &item))
			;
	}
	return true;
}

static bool read_input(struct bytes left, struct record *record, struct arena *arena)
{
	struct structured_item item;
	struct covers covers;
	struct bytes key;

	if (!structured_key(&left, &key) || !structured_take(&left, '=') || !structured_take(&left, '('))
		return false;
	if (!read_list(&left, &covers, arena))
		return true;
	set_covers(record, &covers, arena);
	while (structured_parameter(&left, &key, &item)) {
		struct bytes value = structured_text(&item, arena);

		if (value.data)
			set_parameter(record, key, value, arena);
	}
	return true;
}

/* ---- the drafts ---- */

static void read_headers(struct bytes names, struct record *record, struct arena *arena)
{
	struct covers covers = { .n = 0 };

	while (names.len > 0) {
		const uint8_t *blank = memchr(names.data, ' ', names.len);
		size_t len = blank ? (size_t)(blank - names.data) : names.len;

		if (len > 0)
			add(&covers, arena_copy(arena, bytes_head(names, len)));
		names = bytes_tail(names, len + 1);
	}
	set_covers(record, &covers, arena);
}

static void read_draft(struct bytes left, struct record *record, struct arena *arena)
{
	struct authparam param;

	while (authparam_next(&left, &param)) {
		struct bytes value = authparam_text(&param, arena);

		if (authparam_is(&param, "headers"))
			read_headers(value, record, arena);
		else
			set_parameter(record, param.name, value, arena);
	}
}

void http_signature_scan(
    const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	(void)subject;
	if (!read_input(credential->secret, record, arena))
		read_draft(credential->secret, record, arena);
}
