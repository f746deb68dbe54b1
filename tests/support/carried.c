#include "tests/support/carried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

void carried_init(struct carried *carried)
{
	workspace_init(&carried->workspace, 16 << 20, 4096);
	carried->n = 0;
	carried->more = NULL;
}

void carried_fini(struct carried *carried)
{
	workspace_fini(&carried->workspace);
}

void carried_message(struct carried *carried, const struct http_message *message)
{
	arena_reset(&carried->workspace.arena);
	memset(carried->found, 0, sizeof carried->found);
	carried->n = carriers_find(message, carried->more, &carried->workspace.arena, carried->found, CARRIED_CAP);
}

void carried_header(struct carried *carried, enum direction dir, const char *name, const char *value)
{
	const struct http_header header = { bytes_text(name), bytes_text(value) };
	const struct http_message message = { .dir = dir, .headers = &header, .n_headers = 1 };

	carried_message(carried, &message);
}

void carried_target(struct carried *carried, const char *target)
{
	const struct http_message message = { .dir = TO_SERVER, .target = bytes_text(target) };

	carried_message(carried, &message);
}

void carried_body(struct carried *carried, enum direction dir, enum http_content type, const char *content)
{
	const struct http_message message = {
		.dir = dir, .is_end = true, .content_type = type, .content = bytes_text(content) };

	carried_message(carried, &message);
}

void carried_text(struct carried *carried, enum direction dir, const char *text)
{
	const struct http_message message = { .dir = dir, .is_text = true, .content = bytes_text(text) };

	carried_message(carried, &message);
}

static void expect(struct bytes have, const char *want)
{
	if (bytes_is(have, want))
		return;
	print_error("have \"%.*s\", want \"%s\"\n", (int)have.len, (const char *)have.data, want);
	fail();
}

void carried_is(struct carried *carried, size_t i, const char *carrier, const char *name, const char *secret)
{
	assert_true(i < carried->n && i < CARRIED_CAP);
	assert_string_equal(carried->found[i].carrier, carrier);
	expect(carried->found[i].name, name);
	expect(carried->found[i].secret, secret);
}

void carried_one(struct carried *carried, const char *carrier, const char *name, const char *secret, enum credential_kind kind)
{
	assert_int_equal(carried->n, 1);
	carried_is(carried, 0, carrier, name, secret);
	credential_classify(&carried->found[0]);
	assert_int_equal(carried->found[0].kind, kind);
}

void carried_none(const struct carried *carried)
{
	if (carried->n == 0)
		return;
	print_error("found \"%.*s\"\n", (int)carried->found[0].secret.len, (const char *)carried->found[0].secret.data);
	fail();
}
