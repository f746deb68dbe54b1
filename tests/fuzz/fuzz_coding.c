/* Input: a body as sent, in up to three codings. Whole and in pieces it must become the same, within its cap and its memory.
 *
 *   codings 1 | piece 1 | body         codings: base 6, the first one applied lowest; 0: none */
#include "dissectors/app/body.h"

#include <stdio.h>
#include <stdlib.h>

enum { CAP = 1 << 17, MEMORY = 40 << 20, NAMES = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct bytes fuzz_names(uint8_t pick, char text[64])
{
	static const char *const names[NAMES] = { "", "gzip", "deflate", "br", "zstd", "identity" };
	int n = snprintf(text, 64, "%s,%s,%s", names[pick % NAMES], names[pick / NAMES % NAMES], names[pick / NAMES / NAMES % NAMES]);

	return bytes_of(text, (size_t)n);
}

static void fuzz_body(struct body_env *env, struct bytes names, struct bytes sent, size_t piece, struct http_message *message,
    struct arena *arena)
{
	struct body_head head = { .content_type = bytes_text("application/json"), .content_encoding = names, .length = UINT64_MAX };
	struct body *body = body_open(env, &head);

	if (!body)
		abort();
	while (sent.len) {
		body_add(body, bytes_head(sent, piece));
		sent = bytes_tail(sent, piece);
	}
	body_finish(body, message, arena);
	if (message->content.len > CAP || !message->content.data || env->budget->used)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[64];
	struct budget budget, memory;
	struct arena arena;
	struct body_env env = { .cap = CAP, .budget = &budget };
	struct http_message whole = { .is_end = true }, cut = { .is_end = true };

	if (len < 2)
		return 0;
	budget_init(&budget, MEMORY, NULL);
	budget_init(&memory, MEMORY, NULL);
	arena_init(&arena, 4096, &memory);
	struct bytes names = fuzz_names(data[0], text), sent = bytes_of(data + 2, len - 2);

	fuzz_body(&env, names, sent, SIZE_MAX, &whole, &arena);
	fuzz_body(&env, names, sent, data[1] + 1u, &cut, &arena);
	if (!bytes_equal(whole.content, cut.content) || whole.content_cut != cut.content_cut)
		abort();
	arena_fini(&arena);
	return 0;
}
