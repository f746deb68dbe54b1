/* fuzz_redact: the bytes as a URL. What carriers find in it is not left in it. */
#include "dissectors/app/redact.h"
#include "dissectors/token/carriers.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { CAP = 8, LEAST = 8 /* bytes: what is shorter may stand there for other reasons */ };

static const uint8_t *find(struct bytes text, struct bytes part)
{
	return part.data && part.len && text.len ? memmem(text.data, text.len, part.data, part.len) : NULL;
}

/* Does it stand there once, so that it stands for the secret? One that was decoded stands nowhere. */
static bool is_once(struct bytes text, struct bytes part)
{
	const uint8_t *at = find(text, part);

	return at == part.data && !find(bytes_tail(text, (size_t)(at - text.data) + 1), part);
}

static void expect_gone(struct bytes url, struct bytes redacted, struct arena *arena)
{
	const struct http_message message = { .dir = TO_SERVER, .target = url };
	struct credential found[CAP];
	size_t n = carriers_find(&message, NULL, arena, found, CAP);

	for (size_t i = 0; i < n && i < CAP; i++)
		if (found[i].kind != CREDENTIAL_SIGV4 && found[i].secret.len >= LEAST && is_once(url, found[i].secret) &&
		    find(redacted, found[i].secret))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct bytes url = bytes_of(data, len);
	struct budget budget;
	struct arena arena;

	budget_init(&budget, 1 << 24, NULL);
	arena_init(&arena, 4096, &budget);
	expect_gone(url, redact_url(url, NULL, &arena), &arena);
	arena_fini(&arena);
	return 0;
}
