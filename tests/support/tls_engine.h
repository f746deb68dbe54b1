/* tls_engine: one flow with the TLS dissector on it and nothing above: what it decrypts is written down. The layers are
 * the real ones; secrets may come at any time. Every chunk is fed from memory of exactly its size. Whatever goes wrong
 * ends the program. */
#ifndef STORMGLASS_TESTS_SUPPORT_TLS_ENGINE_H
#define STORMGLASS_TESTS_SUPPORT_TLS_ENGINE_H

#include "sensor/flow/layers.h"
#include "sensor/secrets/keylog.h"

enum { TLS_ENGINE_MS = 1000000 };

/* Secrets that several connections share. */
struct tls_store {
	struct budget budget;
	struct secrets *secrets;
};

void tls_store_init(struct tls_store *store);
void tls_store_fini(struct tls_store *store);
void tls_store_add(struct tls_store *store, struct bytes lines, uint64_t number); /* key-log lines, before packet `number` */

struct tls_engine_spec {
	const struct crypto *crypto;
	struct tls_store *store;       /* NULL: there are no secrets */
	const struct private_keys *keys;
	bool may_come;                 /* secrets may still */
	bool midstream;                /* the flow's start was not seen */
	bool quiet;                    /* nobody wants events */
	size_t memcap, wait_len;       /* 0: plenty */
	uint32_t search;               /* 0: 4096 */
};

struct tls_text { /* NUL-ended */
	char *text;
	size_t len, cap;
};

struct tls_engine {
	struct budget top, layers_budget, outbox_budget;
	struct stream_memory streams;
	struct layers_memory layers;
	struct arena arena;
	struct outbox out;
	struct flow flow;
	struct tls_env env;
	struct tls_store *store;
	uint64_t n_news;
	struct session_key waits_for;  /* len 0: it does not */
	unsigned n_told;               /* times that the connection was reported */
	uint64_t at[2];                /* bytes of each side so far */
	uint64_t said_number;          /* whose content was written last */
	unsigned said_side;
	bool out_of_time;              /* a packet's number does not tell its time any more */
	struct tls_text content[2];    /* by side; "<100>" for 100 bytes lost */
	struct tls_text log;           /* of both: "\n0#12 " and what side 0 said in packet 12 */
	struct tls_text anomalies;     /* "tls.bad_record_mac|" */
	struct tls_text facts;         /* of the connection as told: "sni=...|version=...|" */
};

/* The client is side 0. */
void tls_engine_init(struct tls_engine *engine, const struct tls_engine_spec *spec);
void tls_engine_begin_at(struct tls_engine *engine, uint64_t number); /* of the packet before the first */

/* The next packet, a millisecond later. */
void tls_engine_send(struct tls_engine *engine, unsigned side, struct bytes data, uint64_t gap);

void tls_engine_pass_time(struct tls_engine *engine, int64_t ns); /* and who has waited too long is told */
void tls_engine_tell(struct tls_engine *engine, struct bytes lines); /* key-log lines come, before the next packet */
void tls_engine_end(struct tls_engine *engine);  /* the flow ends */
void tls_engine_fini(struct tls_engine *engine); /* after the end; checks that all memory went back */

#endif
