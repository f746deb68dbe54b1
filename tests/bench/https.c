#include "tests/bench/https.h"

#include "dissectors/app/tls_record.h"

#include <stdlib.h>

enum { AES_128_GCM_SHA256 = 0x1301 };

/* What was written to the tape goes over: flights of several records are one. */
static void send_tape(struct wire *wire, struct wire_flow *flow, struct tls_tape *tape)
{
	size_t next;

	for (size_t i = 0; i < tape->n; i = next) {
		struct bytes flight = tls_tape_piece(tape, i);

		for (next = i + 1; next < tape->n && tape->pieces[next].side == tape->pieces[i].side; next++)
			flight.len += tape->pieces[next].len;
		wire_say(wire, flow, tape->pieces[i].side, flight.data, flight.len);
	}
	tls_tape_fini(tape);
}

struct tls_made *https_connect(struct wire *wire, struct wire_flow *flow, const struct crypto *crypto, uint32_t number,
    FILE *keylog)
{
	const struct tls_made_spec spec = { .crypto = crypto, .version = TLS_13, .suite = AES_128_GCM_SHA256, .number = number };
	struct tls_made *made = malloc(sizeof *made);

	if (!made || !tls_made_init(made, &spec) || fputs(made->keylog, keylog) < 0)
		abort();
	send_tape(wire, flow, &made->tape);
	return made;
}

void https_free(struct tls_made *made)
{
	if (made)
		tls_made_fini(made);
	free(made);
}

void https_say(struct wire *wire, struct wire_flow *flow, struct tls_made *made, bool from_server, struct bytes content)
{
	while (content.len) {
		struct bytes part = bytes_head(content, RECORD_PLAIN_CAP);

		tls_made_seal(made, from_server, TLS_APPLICATION_DATA, part);
		content = bytes_tail(content, part.len);
	}
	send_tape(wire, flow, &made->tape);
}
