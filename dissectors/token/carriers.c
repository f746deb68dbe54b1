#include "dissectors/token/carriers.h"

/* Header fields that carry a credential: name in lower case, and what cuts its value. */
#define HEADERS(_) \
	_("authorization", credential_of) \
	_("proxy-authorization", credential_of)

struct carrier {
	const char *name;
	size_t name_len;
	struct credential (*cut)(const char *carrier, struct bytes value);
};

#define ROW(name, cut) { name, sizeof name - 1, cut },
#define LENGTH_BIT(name, cut) | UINT64_C(1) << (sizeof name - 1)

static const struct carrier headers[] = { HEADERS(ROW) };

/* Bit n: some carrier's name has n letters. One shift turns nearly every header away. */
static const uint64_t header_lengths = 0 HEADERS(LENGTH_BIT);

static const struct carrier *find(struct bytes name)
{
	if (name.len >= 64 || !(header_lengths >> name.len & 1))
		return NULL;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		const struct carrier *carrier = &headers[i];

		if (carrier->name_len == name.len && carrier->name[0] == (char)bytes_lower(name.data[0]) &&
		    bytes_equal_fold(name, bytes_of(carrier->name, carrier->name_len)))
			return carrier;
	}
	return NULL;
}

size_t carriers_find(const struct http_message *message, const struct carriers_more *more, struct arena *arena,
    struct credential *out, size_t cap)
{
	size_t n = 0;

	(void)more;
	(void)arena;
	if (message->dir != TO_SERVER || message->is_end)
		return 0;
	for (size_t i = 0; i < message->n_headers; i++) {
		const struct carrier *carrier = find(message->headers[i].name);

		if (!carrier)
			continue;
		if (n < cap)
			out[n] = carrier->cut(carrier->name, message->headers[i].value);
		n++;
	}
	return n;
}
